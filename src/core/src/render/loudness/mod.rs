//! Loudness by EBU R128 in two passes: measure the mix, then play it with a gain and a true-peak limiter.
//!
//! Both passes stream, so memory does not grow with the film. What the first finds depends only on the mix, the
//! target and the limit: a [`LoudnessPlan`] can be kept under those and the first pass left out.

mod limiter;
mod meter;
mod normalise;
mod true_peak;

pub use limiter::Limiter;
pub use meter::{Loudness, LoudnessMeter, measure_loudness};
pub use normalise::{LoudMixer, LoudnessPlan, normalise_plan};

/// How far below the finished file's limit the limiter works when the sound is encoded with loss: AAC shifts phases,
/// and peaks grow by up to this much.
pub const CODEC_HEADROOM_DB: f64 = 1.0;
