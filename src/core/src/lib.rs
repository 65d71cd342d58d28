//! Kinora's film engine: everything a film needs except a window.
//!
//! Plain data and plain functions: no ECS, no async runtime, no network. Each room says in its `//!` what lives
//! there; `media` is the only one that names FFmpeg.

pub mod conform;
pub mod continuity;
pub mod film;
pub mod ids;
pub mod media;
pub mod planes;
pub mod preview;
pub mod progress;
pub mod render;
pub mod screenplay;
pub mod smoothing;
pub mod store;
pub mod time;
pub mod worker;
