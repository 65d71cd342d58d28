//! The step of light and colour at a cut between continued shots: measured, and given back by shares.

use super::{
    align::{Crop, align},
    residual::laid_over,
    small::Gray,
};
use crate::planes::{Plane, YuvFrame};

/// Black, about which gain counts.
const BLACK: f64 = 16.0;
/// The longer side the step is measured at.
const MEASURED_SIDE_PX: usize = 320;
/// Steps below these are not seen.
const SEEN_GAIN: f64 = 0.005;
const SEEN_CODES: f64 = 0.6;
/// A luma gain outside of this is no step of light but another picture.
const GAINS: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// A step of light and colour: luma becomes `16 + (luma - 16) * luma_gain + luma_offset`, the chroma planes shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColorStep {
    /// Gain of luma about black.
    pub luma_gain: f64,
    /// Offset of luma after the gain, in eight-bit codes.
    pub luma_offset: f64,
    /// Offset of Cb in eight-bit codes.
    pub cb_offset: f64,
    /// Offset of Cr in eight-bit codes.
    pub cr_offset: f64,
}

impl ColorStep {
    /// No step.
    pub const NONE: Self = Self { luma_gain: 1.0, luma_offset: 0.0, cb_offset: 0.0, cr_offset: 0.0 };

    /// The frame with a share of the step: 0 leaves it as it is, 1 gives the light of the frame after the cut.
    /// Rounds once, so the error stays at half a code; codes stay in the limited range unless they were outside before.
    #[must_use]
    pub fn apply(&self, frame: &YuvFrame, share: f64) -> YuvFrame {
        let share = share.clamp(0.0, 1.0);
        let gain = 1.0 + (self.luma_gain - 1.0) * share;
        let luma = table(235, |code| BLACK + (code - BLACK) * gain + self.luma_offset * share);
        let chroma = |offset: f64| table(240, |code| code + offset * share);
        YuvFrame {
            luma: looked_up(&frame.luma, &luma),
            cb: looked_up(&frame.cb, &chroma(self.cb_offset)),
            cr: looked_up(&frame.cr, &chroma(self.cr_offset)),
        }
    }

    /// The step the other way: applied to the frame after the cut it gives the light of the frame before.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let gain = 1.0 / self.luma_gain.clamp(*GAINS.start(), *GAINS.end());
        Self {
            luma_gain: gain,
            luma_offset: -self.luma_offset * gain,
            cb_offset: -self.cb_offset,
            cr_offset: -self.cr_offset,
        }
    }

    /// Whether an eye would see the step at a cut: half a percent of gain, or 0.6 codes anywhere.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        let middle = (self.luma_gain - 1.0) * (126.0 - BLACK) + self.luma_offset;
        (self.luma_gain - 1.0).abs() > SEEN_GAIN
            || [middle, self.luma_offset, self.cb_offset, self.cr_offset].iter().any(|codes| codes.abs() > SEEN_CODES)
    }
}

/// The step of light and colour from `last` to `first`, two frames that are known to match (see
/// [`compare`](super::compare)). A small crop is aligned first; clipped codes, edges and outliers do not count.
/// Where the picture cannot tell gain from offset (a flat one), the whole step is an offset.
#[must_use]
pub fn light_step(last: &YuvFrame, first: &YuvFrame) -> ColorStep {
    if last == first {
        return ColorStep::NONE;
    }
    let (width_px, height_px) =
        (last.width_px().min(first.width_px()).max(1), last.height_px().min(first.height_px()).max(1));
    let longest = width_px.max(height_px).max(MEASURED_SIDE_PX);
    let size = [width_px, height_px].map(|side| (side * MEASURED_SIDE_PX / longest).max(1));
    let (a, b) = (Gray::averaged(&last.luma, size[0], size[1]), Gray::averaged(&first.luma, size[0], size[1]));
    let crop = align(&a.softened(), &b.softened()).crop;
    let (luma_gain, luma_offset) = luma_line(&luma_pairs(last, first, size, crop));
    let half = size.map(|side| side.div_ceil(2));
    let offset = |from: &Plane, to: &Plane| {
        let (a, b) = (Gray::averaged(from, half[0], half[1]), Gray::averaged(to, half[0], half[1]));
        trimmed_mean(
            laid_over(&a, &b, &crop).values.into_iter().zip(&b.values).map(|(a, b)| f64::from(b - a)).collect(),
        )
    };
    let (cb_offset, cr_offset) = (offset(&last.cb, &first.cb), offset(&last.cr, &first.cr));
    ColorStep { luma_gain, luma_offset, cb_offset, cr_offset }
}

/// Luma before and after at places that are neither clipped nor on an edge, with black as zero.
fn luma_pairs(last: &YuvFrame, first: &YuvFrame, size: [usize; 2], crop: Crop) -> Vec<(f64, f64)> {
    let clipped = |plane: &Plane| {
        let ends =
            Plane { codes: plane.codes.iter().map(|&code| u8::from(!(18..=233).contains(&code))).collect(), ..*plane };
        Gray::averaged(&ends, size[0], size[1])
    };
    let (a, b) = (Gray::averaged(&last.luma, size[0], size[1]), Gray::averaged(&first.luma, size[0], size[1]));
    let (a, b) = (a.softened(), b.softened());
    let (lost_a, lost_b) = (laid_over(&clipped(&last.luma), &b, &crop).values, clipped(&first.luma));
    let from = laid_over(&a, &b, &crop).values;
    let pairs = |limit: f32| -> Vec<(f64, f64)> {
        let steep = |index: usize| {
            let (across, down) = b.slope(index % b.width_px, index / b.width_px);
            across.abs() + down.abs()
        };
        (0..from.len())
            .filter(|&index| lost_a[index] < 0.02 && lost_b.values[index] < 0.02 && steep(index) < limit)
            .map(|index| (f64::from(from[index]) - BLACK, f64::from(b.values[index]) - BLACK))
            .collect()
    };
    let calm = pairs(6.0);
    if calm.len() * 10 >= from.len() { calm } else { pairs(f32::MAX) }
}

/// Gain and offset by least squares with Tukey's weights, which let go of what moved.
fn luma_line(pairs: &[(f64, f64)]) -> (f64, f64) {
    let mut differences: Vec<f64> = pairs.iter().map(|(from, to)| to - from).collect();
    let (mut gain, mut offset) = (1.0, median(&mut differences));
    for _ in 0..12 {
        let misses = || pairs.iter().map(|(from, to)| to - from * gain - offset);
        let reach = 4.0 * (1.5 * median(&mut misses().map(f64::abs).collect::<Vec<_>>())).max(0.3);
        let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((from, to), miss) in pairs.iter().zip(misses()) {
            let weight = (1.0 - (miss / reach).powi(2)).max(0.0).powi(2);
            n += weight;
            x += weight * from;
            y += weight * to;
            xx += weight * from * from;
            xy += weight * from * to;
        }
        if n < 1.0 {
            break;
        }
        // A picture of one tone has no gain: the prior holds it at 1 and the offset carries the step.
        let (spread, joint) = (xx - x * x / n, xy - x * y / n);
        gain = ((joint + n * 0.5) / (spread + n * 0.5)).clamp(*GAINS.start(), *GAINS.end());
        offset = (y - gain * x) / n;
    }
    (gain, offset)
}

fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The mean of the middle half.
fn trimmed_mean(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let quarter = values.len() / 4;
    let middle = &values[quarter..values.len() - quarter];
    middle.iter().sum::<f64>() / middle.len().max(1) as f64
}

/// The result for each code: rounded once, inside the limited range or no further out than the code was.
fn table(highest: u8, change: impl Fn(f64) -> f64) -> [u8; 256] {
    std::array::from_fn(|index| {
        let code = index as u8;
        let (low, high) = (code.min(16), code.max(highest));
        change(f64::from(code)).round().clamp(f64::from(low), f64::from(high)) as u8
    })
}

fn looked_up(plane: &Plane, table: &[u8; 256]) -> Plane {
    Plane { codes: plane.codes.iter().map(|&code| table[usize::from(code)]).collect(), ..*plane }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::continuity::painted::{Painting, encoded, toned};

    fn shifted(plane: &Plane, codes: i16) -> Plane {
        Plane { codes: plane.codes.iter().map(|&code| (i16::from(code) + codes) as u8).collect(), ..*plane }
    }

    /// Measures a known step after noise; `moved` puts the subject elsewhere, `crop` is taken off each side.
    fn check(gain: f64, offset: f64, [cb, cr]: [i16; 2], moved: f64, crop: f64) {
        let before = Painting::of(5);
        let after = Painting {
            subject: (before.subject.0 + moved, before.subject.1),
            window: [crop, crop, 1.0 - 2.0 * crop, 1.0 - 2.0 * crop],
            ..before
        };
        let last = encoded(&before.frame(640, 360), 1.5, 1);
        let lit = toned(&after.frame(640, 360), |code| 16.0 + (code - 16.0) * gain + offset);
        let lit = YuvFrame { cb: shifted(&lit.cb, cb), cr: shifted(&lit.cr, cr), ..lit };
        let step = light_step(&last, &encoded(&lit, 1.5, 2));
        let case = format!("{gain} {offset} {cb} {cr} moved {moved} crop {crop}: {step:?}");
        assert!((step.luma_gain - gain).abs() < 0.002, "{case}");
        assert!((step.luma_offset - offset).abs() < 0.5, "{case}");
        assert!((step.cb_offset - f64::from(cb)).abs() < 0.5, "{case}");
        assert!((step.cr_offset - f64::from(cr)).abs() < 0.5, "{case}");
        assert_eq!(step.is_visible(), gain != 1.0 || offset != 0.0 || cb != 0 || cr != 0, "{case}");
        let settled = light_step(&step.apply(&last, 1.0), &encoded(&lit, 1.5, 3));
        assert!(!settled.is_visible(), "after the whole step {settled:?} is left; {case}");
    }

    #[test]
    fn a_known_step_is_measured_through_noise_moves_and_crops() {
        check(1.0, 0.0, [0, 0], 0.0, 0.0);
        check(1.04, 0.0, [0, 0], 0.0, 0.0);
        check(0.95, 3.0, [2, -3], 0.0, 0.0);
        check(1.06, -4.0, [0, 1], 0.02, 0.0);
        check(0.97, 0.0, [-2, 0], 0.0, 0.01);
        check(1.02, 5.0, [1, 1], 0.015, 0.015);
    }

    #[test]
    fn shares_go_from_one_light_to_the_other_and_back() {
        let frame = Painting::of(3).frame(64, 36);
        let step = ColorStep { luma_gain: 1.05, luma_offset: -2.0, cb_offset: 3.0, cr_offset: -1.5 };
        assert_eq!(step.apply(&frame, 0.0), frame);
        assert_eq!(ColorStep::NONE.apply(&frame, 1.0), frame);
        for share in [0.25, 0.5, 1.0] {
            let lit = step.apply(&frame, share);
            for (code, lit) in frame.luma.codes.iter().zip(&lit.luma.codes) {
                let wanted = 16.0 + (f64::from(*code) - 16.0) * (1.0 + 0.05 * share) - 2.0 * share;
                assert!((wanted.clamp(16.0, 235.0) - f64::from(*lit)).abs() <= 0.5 + 1e-9, "{code} at {share}: {lit}");
            }
        }
        let back = step.inverse().apply(&step.apply(&frame, 1.0), 1.0);
        for (code, back) in frame.luma.codes.iter().zip(&back.luma.codes) {
            assert!(code.abs_diff(*back) <= 1, "{code} came back as {back}");
        }
    }

    #[test]
    fn codes_outside_the_range_stay_where_they_are_at_most() {
        let step = ColorStep { luma_gain: 1.2, luma_offset: 5.0, cb_offset: 9.0, cr_offset: -9.0 };
        let lit = step.apply(&YuvFrame::filled(4, 4, [250, 238, 17]), 1.0);
        assert_eq!([lit.luma.codes[0], lit.cb.codes[0], lit.cr.codes[0]], [250, 240, 16]);
    }

    #[test]
    fn a_flat_frame_steps_by_its_offset() {
        let step = light_step(&YuvFrame::filled(64, 36, [60, 128, 128]), &YuvFrame::filled(64, 36, [64, 126, 129]));
        let found = [step.luma_gain, step.luma_offset, step.cb_offset, step.cr_offset];
        for (found, wanted) in found.into_iter().zip([1.0, 4.0, -2.0, 1.0]) {
            assert!((found - wanted).abs() < 0.01, "{step:?}");
        }
    }
}
