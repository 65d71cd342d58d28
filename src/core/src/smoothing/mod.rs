//! Smoothing: the frames round a cut between continued shots, re-timed and interpolated so that the cut is not seen.
//!
//! `engine` is the trait behind which the engines stand, `flow` Kinora's own, `minterpolate` the one that FFmpeg brings; `seam` decides what
//! is dropped, where in time every frame of the window lies, and where the cut is better left alone.

mod engine;
mod flow;
mod minterpolate;
mod seam;

pub use engine::{Interpolator, SmoothError, open_engine};
pub use flow::{BlendInterpolator, DisInterpolator, DisParams, FlowField, NearestInterpolator, dense_flow};
pub use minterpolate::MinterpolateInterpolator;
pub use seam::{Evenness, LeftAlone, SeamContext, SeamReport, SeamSpec, SmoothedSeam, evenness, smooth_window};
