//! Smoothing: the frames round a cut between continued shots, re-timed and interpolated so that the cut is not seen.

mod engine;

pub use engine::{Interpolator, SmoothError};
