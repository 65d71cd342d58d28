//! Dense inverse search optical flow (DIS, Kroeger et al. 2016, arXiv 1603.03590) and pictures made with it.
//!
//! Written as passes over planes that read one set and write another, so that they vectorise here and could run as
//! compute passes on a graphics card.

mod between;
mod comb;
mod dense;
mod densify;
mod field;
mod image;
mod interpolator;
mod jobs;
mod meeting;
mod params;
mod refine;
mod relax;
mod search;
mod simple;
mod splat;
mod vectorised;
mod warp;

pub use dense::dense_flow;
pub use field::FlowField;
pub use interpolator::DisInterpolator;
pub use params::DisParams;
pub use simple::{BlendInterpolator, NearestInterpolator};

#[cfg(test)]
mod tests;
