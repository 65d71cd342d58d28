//! The draft provider: previs pictures, speech, music and ambience with no key and no network.
//!
//! It is meant to be used, not to stand in for something: a film can be cut, timed and judged with it before a single
//! paid clip is made. `speech` speaks through espeak-ng and changes recorded voices, `music` composes, `atmos` makes
//! beds of ambience and effects, `picture` draws, `sound` holds the tools they share, [`DraftProvider`] offers all of it.
//! Everything is deterministic: the same request with the same seed gives the same bytes.

mod atmos;
mod error;
mod music;
pub mod picture;
mod provider;
mod sound;
mod speech;

pub use error::DraftError;
pub use provider::DraftProvider;
pub use speech::cast_voices;

/// The provider's id in model addresses: `draft:previs`.
pub const PROVIDER_ID: &str = "draft";
