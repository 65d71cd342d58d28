//! Replicate as a Kinora provider: its video, image and lip-sync models.
//!
//! `provider` is the [`ReplicateProvider`] itself. Before a create: `cards` (what the models take), `input` (a request in
//! the vendor's words), `journal` (what was sent, kept in the job's folder), `send` (uploads and the create). After it: `state` (where a prediction
//! stands), `progress` (read from logs), `outputs` (what was made), `refusal` (what an error means for the form), `lost`
//! (a prediction whose answer never came, found in the vendor's list). `schema` turns a model's live schema into a card, `live` reads and keeps them.
//! `wire` holds the vendor's own shapes.

mod cards;
#[cfg(test)]
mod edges;
mod input;
mod journal;
mod live;
mod lost;
mod outputs;
mod progress;
mod provider;
mod refusal;
mod schema;
mod send;
mod state;
mod wire;

pub use provider::{Patience, ReplicateOptions, ReplicateProvider};
pub use schema::{SchemaError, card_from_model};

/// The provider's id in model addresses: `replicate:google/veo-3.1`.
pub const PROVIDER_ID: &str = "replicate";
/// Environment variable of the key.
pub const KEY_VARIABLE: &str = "REPLICATE_API_TOKEN";
/// Environment variable that sets another address.
pub const BASE_URL_VARIABLE: &str = "REPLICATE_BASE_URL";
/// The vendor's own address.
pub const BASE_URL: &str = "https://api.replicate.com/v1";
