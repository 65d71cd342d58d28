//! ElevenLabs as a provider: speech with the time of every word, voice conversion, sound effects and music.
//!
//! [`ElevenLabsProvider`] sends; everything it decides is decided by rooms that send nothing and are tested alone:
//! `cards` (the models as data), `request` (from a request of the film to a call), `refusal` (what the vendor's errors
//! mean), `format` and `alignment` (from an answer to a file and word times), `stitching` (which lines join), `history`
//! (a lost answer, looked up), `voices`, `account`, and `keep` (what a job leaves in its folder).
//!
//! The vendor answers a request with the sound itself, so a submit takes as long as the work. It is sent once: an
//! answer that got lost is looked for in the vendor's history, never asked for again.

mod account;
mod alignment;
mod cards;
mod format;
mod history;
mod keep;
mod provider;
mod refusal;
mod request;
#[cfg(any(test, feature = "simulator"))]
pub mod simulator;
mod stitching;
mod voices;

pub use cards::KEY_VARIABLE;
pub use provider::{BASE_URL_VARIABLE, ElevenLabsProvider, Settings};

/// The provider's id in model addresses: `elevenlabs:eleven_v3`.
pub const PROVIDER_ID: &str = "elevenlabs";
