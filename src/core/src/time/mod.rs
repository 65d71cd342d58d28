//! Time is rational: frames at a rational rate inside, seconds only at the edges. Every rounding rule lives here.

mod rate;
mod timecode;

pub use rate::{FrameRate, RateError};
pub use timecode::{Timecode, format_clock};

/// Every sound inside Kinora has this many samples a second.
pub const SAMPLE_RATE_HZ: u32 = 48_000;

/// The sample at 48 kHz nearest to a moment in seconds (half away from zero); negative before the start, NaN gives 0.
/// Spans beyond about 34 years stop there.
#[must_use]
pub fn secs_to_samples(secs: f64) -> i64 {
    const LIMIT: f64 = (1_u64 << 45) as f64;
    (secs * f64::from(SAMPLE_RATE_HZ)).round().clamp(-LIMIT, LIMIT) as i64
}
