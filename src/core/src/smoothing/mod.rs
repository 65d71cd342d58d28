//! Smoothing: the frames round a cut between continued shots, re-timed and interpolated so that the cut is not seen.

mod engine;
mod flow;

pub use engine::{Interpolator, SmoothError};
pub use flow::{BlendInterpolator, DisInterpolator, DisParams, FlowField, NearestInterpolator, dense_flow};
