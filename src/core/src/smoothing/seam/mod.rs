//! A seam: the window of frames round a cut. Repeats are dropped, the step of light is ramped out, and the frames left
//! are spread over the window's exact length.

mod cost;
mod evenness;
mod motion;
mod pace;
mod plan;
mod repeats;
mod small;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod time_map;
mod trust;

pub use evenness::{Evenness, evenness};

use super::{Interpolator, SmoothError};
use crate::{
    continuity::{ColorStep, light_step},
    planes::YuvFrame,
    progress::CancelToken,
};
use plan::{Plan, Retiming};
use serde::{Deserialize, Serialize};
use small::SmallLuma;

/// Frames outside the window, which stay as they are: they say how fast the film moves at the window's borders. One on
/// each side joins the window without a jump; up to five make the measures of motion surer. None where a shot ends.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeamContext<'a> {
    /// Frames that lead up to the window.
    pub before: &'a [YuvFrame],
    /// Frames that follow the window.
    pub after: &'a [YuvFrame],
}

/// How a seam is smoothed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeamSpec {
    /// Frames over which speed bends at each border of the window; at most a quarter of the window is used.
    pub ease_frames: f64,
    /// The largest jump ([`Evenness::largest_jump`]) that the result should have: time passes more slowly where it would be
    /// exceeded, as far as the result stays nearer to the plan than the plain cut is.
    pub largest_jump: f64,
    /// Ask the engine for known frames first, and show the nearest frame where it does worse than that.
    pub cross_check: bool,
}

impl Default for SeamSpec {
    fn default() -> Self {
        Self { ease_frames: 3.0, largest_jump: 1.45, cross_check: true }
    }
}

impl SeamSpec {
    /// A text that differs whenever the same frames could be smoothed differently: a part of the name of a result in
    /// the cache, beside the engine's own.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("seam 3 {self:?}")
    }
}

/// Why a cut stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LeftAlone {
    /// The picture does not move and its light does not change.
    #[error("nothing moves here, so there is nothing to smooth")]
    NothingMoves,
    /// No frame repeats at the cut and the light does not change.
    #[error("nothing stalls and the light does not change at this cut")]
    NothingStalls,
    /// Frames repeat all along, by the clip's own cadence.
    #[error("frames repeat all along, not only at this cut")]
    Cadence,
}

/// What was found and done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeamReport {
    /// Indices, in the window, of the repeated frames that were dropped.
    pub dropped: Vec<usize>,
    /// For every frame of the window, where it was taken, in frames of the window as it was: -1 is the frame before.
    pub instants: Vec<f64>,
    /// Frames made by the engine; the others are source frames.
    pub interpolated_frames: usize,
    /// Frames that show the nearest source frame because the engine was not to be trusted there.
    pub nearest_frames: usize,
    /// The step of light and colour at the cut, which was ramped out over the window where it is visible.
    pub light_step: ColorStep,
    /// Stalls and jumps of the cut as it was.
    pub before: Evenness,
    /// Stalls and jumps of the result.
    pub after: Evenness,
    /// Set when the window is returned as it came.
    pub left_alone: Option<LeftAlone>,
}

/// The frames that take the window's place, exactly as many, and what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct SmoothedSeam {
    /// The window's frames.
    pub frames: Vec<YuvFrame>,
    /// What was found and done.
    pub report: SeamReport,
}

/// Smooths the window of a cut: `before` are the last frames of the first shot, `after` the first of the second.
///
/// # Errors
/// [`SmoothError::Frames`] for frames of different sizes or a side without frames, [`SmoothError::Cancelled`], and the
/// engine's.
pub fn smooth_window(
    before: &[YuvFrame],
    after: &[YuvFrame],
    context: SeamContext<'_>,
    engine: &mut dyn Interpolator,
    spec: &SeamSpec,
    cancel: &CancelToken,
) -> Result<SmoothedSeam, SmoothError> {
    let all: Vec<&YuvFrame> = context.before.iter().chain(before).chain(after).chain(context.after).collect();
    check(before, after, &all)?;
    cancel.check()?;
    let window = context.before.len()..context.before.len() + before.len() + after.len();
    let cut = context.before.len() + before.len();
    let small: Vec<SmallLuma> = all.iter().map(|frame| SmallLuma::of(frame)).collect();
    cancel.check()?;
    let step = light_step(all[cut - 1], all[cut]);
    let plan = Plan::new(&small, &window, cut, spec);
    let even_before = evenness::small_evenness(&small.iter().collect::<Vec<_>>(), window.clone());
    let mut report = SeamReport {
        dropped: Vec::new(),
        instants: (0..window.len()).map(|place| place as f64).collect(),
        interpolated_frames: 0,
        nearest_frames: 0,
        light_step: step,
        before: even_before,
        after: even_before,
        left_alone: None,
    };
    if !step.is_visible()
        && let Retiming::None(reason) = plan.retiming
    {
        report.left_alone = Some(reason);
        let frames = before.iter().chain(after).cloned().collect();
        return Ok(SmoothedSeam { frames, report });
    }
    let leveled = plan.level(&all, cut, &step, cancel)?;
    let frames = plan.fill(leveled, &all[window.clone()], engine, spec, &mut report, cancel)?;
    Ok(SmoothedSeam { frames, report })
}

fn check(before: &[YuvFrame], after: &[YuvFrame], all: &[&YuvFrame]) -> Result<(), SmoothError> {
    let refuse = |detail: String| Err(SmoothError::Frames(detail));
    if before.is_empty() || after.is_empty() {
        return refuse("a seam needs a frame on each side of the cut".to_owned());
    }
    let sizes = |frame: &YuvFrame| frame.planes().map(|plane| (plane.width_px, plane.height_px));
    let wanted = sizes(all[0]);
    if wanted.iter().any(|&(width, height)| width == 0 || height == 0) {
        return refuse("the frames have no area".to_owned());
    }
    if let Some(other) = all.iter().find(|frame| sizes(frame) != wanted) {
        let [(width, height), ..] = sizes(other);
        return refuse(format!("a frame of {width}x{height} stands among frames of {}x{}", wanted[0].0, wanted[0].1));
    }
    Ok(())
}
