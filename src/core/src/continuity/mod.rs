//! Continuity: whether a shot really starts where another ended, said as a score.
//!
//! `small` brings frames to a common small size, `align` lays one over the other (crop and tone), `residual` looks at
//! what is left through windows, `chroma` does so for the colours, and `compare` makes the score of it. `drift` follows
//! a chain of shots, `light_step` measures the step of light and colour at a cut that matches, `hash` names a frame by
//! its codes.

mod align;
mod chroma;
mod compare;
mod drift;
mod hash;
mod light_step;
#[cfg(test)]
mod painted;
mod residual;
mod small;
#[cfg(test)]
mod tests;

pub use align::{Crop, Tone};
pub use compare::{DEFAULT_THRESHOLD, FrameMatch, compare};
pub use drift::{Drift, drift};
pub use hash::frame_hash;
pub use light_step::{ColorStep, light_step};
