//! Lays one small frame over another: which crop of the one, under which tone curve, comes nearest to the other.
//!
//! Gauss-Newton over crop and tone together, from a coarse level to the finest, with weights that let go of outliers.

use super::{residual::laid_over, small::Gray};

/// The most a model cuts off each side, with a margin, as a share of the frame.
const MOST_CROP: f64 = 0.0225;
/// The most a frame may show beyond the other's edge: sampling grids differ, pictures do not grow.
const MOST_GROWTH: f64 = 0.0025;
/// No level is smaller than this on its shorter side.
const LEAST_SIDE_PX: usize = 20;
const UNKNOWNS: usize = 7;

/// What the later frame leaves out at each side of the earlier one, as shares of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Crop {
    /// Share of the width cut off at the left.
    pub left: f64,
    /// Share of the width cut off at the right.
    pub right: f64,
    /// Share of the height cut off at the top.
    pub top: f64,
    /// Share of the height cut off at the bottom.
    pub bottom: f64,
}

impl Crop {
    fn limited(self) -> Self {
        let limit = |share: f64| share.clamp(-MOST_GROWTH, MOST_CROP);
        Self { left: limit(self.left), right: limit(self.right), top: limit(self.top), bottom: limit(self.bottom) }
    }

    /// Where a sample of the later plane lies in the earlier one, as `start + step * index` across and down.
    pub(super) fn placed(&self, earlier: &Gray, later: &Gray) -> [(f32, f32); 2] {
        let axis = |earlier_px: usize, later_px: usize, before: f64, after: f64| {
            let (earlier_px, later_px) = (earlier_px as f64, later_px as f64);
            let step = earlier_px * (1.0 - before - after) / later_px;
            ((earlier_px * before + step / 2.0 - 0.5) as f32, step as f32)
        };
        [
            axis(earlier.width_px, later.width_px, self.left, self.right),
            axis(earlier.height_px, later.height_px, self.top, self.bottom),
        ]
    }
}

/// The tone curve from the earlier frame's luma to the later one's, in codes: `code + offset + slope * t + bend * t²`
/// where `t` is `(code - 126) / 110`, -1 at black and 1 at white.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tone {
    /// Change in the middle, in codes.
    pub offset: f64,
    /// Change of contrast: codes at white against the middle.
    pub slope: f64,
    /// Change of curvature, as gamma makes it, in codes.
    pub bend: f64,
}

impl Tone {
    /// What the curve adds to a code.
    #[must_use]
    pub fn change(&self, code: f64) -> f64 {
        let t = (code - 126.0) / 110.0;
        self.offset + (self.slope + self.bend * t) * t
    }
}

/// How the earlier frame meets the later one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alignment {
    pub(super) crop: Crop,
    pub(super) tone: Tone,
}

impl Alignment {
    /// Whether the two differ by less than a fiftieth of a sample and of a code.
    fn is_near(&self, other: &Self, picture: &Gray) -> bool {
        let (w, h) = (picture.width_px as f64, picture.height_px as f64);
        [
            (self.crop.left - other.crop.left) * w,
            (self.crop.right - other.crop.right) * w,
            (self.crop.top - other.crop.top) * h,
            (self.crop.bottom - other.crop.bottom) * h,
            self.tone.offset - other.tone.offset,
            self.tone.slope - other.tone.slope,
            self.tone.bend - other.tone.bend,
        ]
        .iter()
        .all(|change| change.abs() < 0.02)
    }
}

/// Finds crop and tone that bring `earlier` nearest to `later`; both have one size.
pub(super) fn align(earlier: &Gray, later: &Gray) -> Alignment {
    let mut levels = vec![(earlier.clone(), later.clone())];
    while let Some((a, b)) = levels.last()
        && a.width_px.min(a.height_px) >= 2 * LEAST_SIDE_PX
        && levels.len() < 3
    {
        let next = (a.halved(), b.halved());
        levels.push(next);
    }
    let mut found = Alignment::default();
    let count = levels.len();
    for (index, (a, b)) in levels.iter().enumerate().rev() {
        let rounds = if index + 1 == count { 12 } else { 4 };
        let stride = if index == 0 && count > 1 { 2 } else { 1 };
        // Codes beyond which a difference counts as an outlier: generous before the frames lie over each other.
        for round in 0..rounds {
            let scale = if index + 1 == count && round < 4 { 24.0 } else { 8.0 };
            let Some(next) = improve(a, b, &found, stride, scale) else { break };
            let settled = found.is_near(&next, a);
            found = next;
            if settled && scale < 24.0 {
                break;
            }
        }
    }
    if is_too_fine(&levels) { nearest_even_crop(earlier, later, found) } else { found }
}

/// Whether the coarse levels have lost the pattern: what they say about the crop is chance then.
fn is_too_fine(levels: &[(Gray, Gray)]) -> bool {
    let (Some((fine, _)), Some((coarse, _))) = (levels.first(), levels.last()) else { return false };
    let spread = |picture: &Gray| {
        let count = picture.values.len() as f32;
        let mean = picture.values.iter().sum::<f32>() / count;
        picture.values.iter().map(|code| (code - mean).powi(2)).sum::<f32>() / count
    };
    spread(fine) > 100.0 && spread(coarse) < spread(fine) / 2.0
}

/// Tries even crops at the finest level, and keeps what comes nearest.
fn nearest_even_crop(a: &Gray, b: &Gray, found: Alignment) -> Alignment {
    let tries = (0..=8).map(|step| {
        let share = MOST_CROP * f64::from(step) / 8.0;
        let crop = Crop { left: share, right: share, top: share, bottom: share };
        (0..4).try_fold(Alignment { crop, ..Alignment::default() }, |from, _| improve(a, b, &from, 2, 24.0))
    });
    let all = tries.flatten().chain([found]).map(|tried| (miss(a, b, &tried), tried));
    all.min_by(|(one, _), (other, _)| one.total_cmp(other)).map_or(found, |(_, best)| best)
}

/// The mean difference under an alignment, in codes.
fn miss(a: &Gray, b: &Gray, under: &Alignment) -> f64 {
    let over = laid_over(a, b, &under.crop);
    let toned = over.values.iter().map(|&code| f64::from(code) + under.tone.change(f64::from(code)));
    toned.zip(&b.values).map(|(code, &other)| (code - f64::from(other)).abs()).sum::<f64>() / over.values.len() as f64
}

/// One weighted Gauss-Newton step; `None` where the equations have no answer.
fn improve(a: &Gray, b: &Gray, from: &Alignment, stride: usize, scale: f32) -> Option<Alignment> {
    let [(x_start, x_step), (y_start, y_step)] = from.crop.placed(a, b);
    let (slope, bend) = (from.tone.slope as f32, from.tone.bend as f32);
    let mut normal = [[0.0_f64; UNKNOWNS]; UNKNOWNS];
    let mut right = [0.0_f64; UNKNOWNS];
    let mut weight_sum = 0.0_f64;
    for y_px in (0..b.height_px).step_by(stride) {
        let down = (y_px as f32 + 0.5) / b.height_px as f32;
        let mut row_normal = [[0.0_f32; UNKNOWNS]; UNKNOWNS];
        let mut row_right = [0.0_f32; UNKNOWNS];
        let mut row_weight = 0.0_f32;
        let y = y_start + y_step * y_px as f32;
        for x_px in (0..b.width_px).step_by(stride) {
            let x = x_start + x_step * x_px as f32;
            let code = a.sample(x, y);
            let t = (code - 126.0) / 110.0;
            let toned = code + from.tone.offset as f32 + (slope + bend * t) * t;
            let residual = toned - b.at(x_px, y_px);
            let weight = {
                let ratio = residual / scale;
                1.0 / ((1.0 + ratio * ratio) * (1.0 + ratio * ratio))
            };
            let steep = 1.0 + (slope + 2.0 * bend * t) / 110.0;
            let (gx, gy) = a.slope((x + 0.5).max(0.0) as usize, (y + 0.5).max(0.0) as usize);
            let (gx, gy) = (gx * steep * a.width_px as f32, gy * steep * a.height_px as f32);
            let across = (x_px as f32 + 0.5) / b.width_px as f32;
            let slopes = [gx * (1.0 - across), -gx * across, gy * (1.0 - down), -gy * down, 1.0, t, t * t];
            for i in 0..UNKNOWNS {
                let weighted = slopes[i] * weight;
                row_right[i] -= weighted * residual;
                for j in 0..=i {
                    row_normal[i][j] += weighted * slopes[j];
                }
            }
            row_weight += weight;
        }
        for i in 0..UNKNOWNS {
            right[i] += f64::from(row_right[i]);
            for j in 0..=i {
                normal[i][j] += f64::from(row_normal[i][j]);
            }
        }
        weight_sum += f64::from(row_weight);
    }
    // What the picture does not show stays as it is: a flat frame has no crop, a narrow range of codes no curve.
    let crop_prior = weight_sum * 100.0;
    let tone_prior = [0.0, weight_sum * 2e-3, weight_sum * 1e-2];
    let tone_now = [from.tone.offset, from.tone.slope, from.tone.bend];
    for (i, row) in normal.iter_mut().enumerate() {
        if i < 4 {
            row[i] += crop_prior;
        } else {
            row[i] += tone_prior[i - 4] + weight_sum * 1e-6;
            right[i] -= tone_prior[i - 4] * tone_now[i - 4];
        }
    }
    let step = solved(normal, right)?;
    let crop = Crop {
        left: from.crop.left + step[0],
        right: from.crop.right + step[1],
        top: from.crop.top + step[2],
        bottom: from.crop.bottom + step[3],
    };
    let tone = Tone { offset: tone_now[0] + step[4], slope: tone_now[1] + step[5], bend: tone_now[2] + step[6] };
    Some(Alignment { crop: crop.limited(), tone })
}

/// Solves symmetric equations given by their lower triangle (Cholesky); `None` when they are singular.
fn solved(mut matrix: [[f64; UNKNOWNS]; UNKNOWNS], mut right: [f64; UNKNOWNS]) -> Option<[f64; UNKNOWNS]> {
    for i in 0..UNKNOWNS {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - known;
            if i == j {
                if !(rest.is_finite() && rest > 1e-12) {
                    return None;
                }
                matrix[i][i] = rest.sqrt();
            } else {
                matrix[i][j] = rest / matrix[j][j];
            }
        }
    }
    for i in 0..UNKNOWNS {
        let known: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    for i in (0..UNKNOWNS).rev() {
        let known: f64 = (i + 1..UNKNOWNS).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right.iter().all(|value| value.is_finite()).then_some(right)
}
