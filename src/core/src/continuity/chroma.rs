//! Whether the colours of two frames agree where luma has laid them over each other.

use super::{
    align::Alignment,
    residual::{Residual, difference, laid_over},
    small::Gray,
};
use crate::planes::YuvFrame;

/// Gains of chroma that come with a gain of the picture.
const CHROMA_GAINS: std::ops::RangeInclusive<f32> = 0.9..=1.1;
/// Chroma further apart than this tells nothing of its gain.
const NEAR_CODES: f32 = 16.0;

/// The worst windows of the two chroma planes, and the length of their shift in codes.
pub(super) fn chroma_residual(
    last: &YuvFrame,
    first: &YuvFrame,
    size: (usize, usize),
    found: &Alignment,
) -> (f64, f64) {
    let (mut worst, mut shift) = (0.0_f64, 0.0_f64);
    for (from, to) in [(&last.cb, &first.cb), (&last.cr, &first.cr)] {
        let a = Gray::averaged(from, size.0, size.1).softened();
        let b = Gray::averaged(to, size.0, size.1).softened();
        let mut moved = laid_over(&a, &b, &found.crop);
        shift = shift.hypot(match_chroma(&mut moved, &b));
        worst = worst.max(difference(&moved, &b, Residual::CHROMA).residual);
    }
    (worst, shift)
}

/// Brings a chroma plane to the shift and, within [`CHROMA_GAINS`], to the gain of another. Gives the shift in codes.
fn match_chroma(from: &mut Gray, to: &Gray) -> f64 {
    let mut steps: Vec<f32> = from.values.iter().zip(&to.values).map(|(from, to)| to - from).collect();
    let middle = steps.len() / 2;
    let step = *steps.select_nth_unstable_by(middle, f32::total_cmp).1;
    let near = || from.values.iter().zip(&to.values).filter(|(from, to)| (*to - *from - step).abs() < NEAR_CODES);
    let count = near().count().max(1) as f32;
    let mean = near().map(|(from, _)| from).sum::<f32>() / count;
    let (mut spread, mut joint) = (count, count);
    for (from, to) in near() {
        spread += (from - mean).powi(2);
        joint += (from - mean) * (to - step - mean);
    }
    let gain = (joint / spread).clamp(*CHROMA_GAINS.start(), *CHROMA_GAINS.end());
    // About the mean, so that gain alone moves no colour that is everywhere.
    for code in &mut from.values {
        *code = mean + (*code - mean) * gain + step;
    }
    let mut rest: Vec<f32> = from.values.iter().zip(&to.values).map(|(from, to)| to - from).collect();
    let rest = *rest.select_nth_unstable_by(middle, f32::total_cmp).1;
    for code in &mut from.values {
        *code += rest;
    }
    f64::from(step)
}
