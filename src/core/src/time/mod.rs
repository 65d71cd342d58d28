//! Time is rational: frames at a rational rate inside, seconds only at the edges. Every rounding rule lives here.

mod rate;
mod timecode;

pub use rate::{FrameRate, RateError};
pub use timecode::{Timecode, format_clock};

/// Every sound inside Kinora has this many samples a second.
pub const SAMPLE_RATE_HZ: u32 = 48_000;
