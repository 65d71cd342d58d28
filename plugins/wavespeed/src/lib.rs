//! WaveSpeed: lip-sync models that make a still or a clip speak.
//!
//! `request` turns a request and its card into an order, `envelope` and `error` read refusals, `prediction` and `output`
//! read how a job stands and what it made, `note` and `history` find an order whose answer was lost, `catalogue` brings
//! the cards up to date, `cards` holds those we ship, `provider` puts it all on the wire. `simulator` is a WaveSpeed for
//! tests (feature `simulator`).

mod cards;
mod catalogue;
mod clip;
mod envelope;
mod error;
mod history;
mod note;
mod output;
mod prediction;
mod provider;
mod request;
#[cfg(any(test, feature = "simulator"))]
pub mod simulator;

pub use provider::{Settings, WaveSpeedProvider};

/// The provider's id in model addresses: `wavespeed:sync/lipsync-2`.
pub const PROVIDER_ID: &str = "wavespeed";
