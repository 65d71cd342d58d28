//! The match score: what is left between two frames once crop and tone are out, against what compression explains.
//!
//! A mean over the frame is blind where it counts: another moment of the same shot differs in one place. So the frame
//! is looked at through small windows and the worst of them decide. In each window the difference is divided by what
//! an encoder, a rescale and a sliver of misalignment leave there, which grows with the slope of the picture.

use super::{
    align::{Crop, Tone, align},
    chroma::chroma_residual,
    residual::{Residual, difference, laid_over},
    small::Gray,
};
use crate::planes::YuvFrame;

/// The score from which two frames count as the same picture: the middle between the two kinds of error in
/// `cargo bench --bench matches`, whose table gives the rates at this and other thresholds.
pub const DEFAULT_THRESHOLD: f64 = 0.5;

/// The longer side that frames are compared at.
const COMPARED_SIDE_PX: usize = 320;
/// Longer sides below this are not made smaller.
const LEAST_SIDE_PX: usize = 64;
/// A luma residual of this many times what compression explains gives a structure of a half.
const HALF_STRUCTURE: f64 = 2.6;
/// Local moves that stand out this many times from the picture in general, likewise.
const HALF_MOVES: f64 = 2.8;
/// The same for the chroma residual.
const HALF_COLOR: f64 = 4.0;
/// A change of tone by this many codes gives a colour of a half; gain, brightness and gamma of a model stay under it.
const HALF_TONE_CODES: f64 = 26.0;
/// A change of contrast by this share, likewise.
const HALF_CONTRAST: f64 = 0.45;
/// Changes of contrast over the whole range of a picture under this many codes mean nothing.
const IDLE_CONTRAST_CODES: f64 = 2.5;
/// A shift of the chroma planes by this many codes, likewise.
const HALF_SHIFT_CODES: f64 = 14.0;
/// One sample in this many tells which codes a picture has.
const TONE_STRIDE: usize = 7;
/// How fast the score falls round a half.
const STEEPNESS: i32 = 3;

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameMatch {
    /// The frames have the same codes.
    pub exact: bool,
    /// 0 for another picture to 1 for the same: the lower of `structure` and `color`.
    pub score: f64,
    /// Agreement of structure, 0 to 1: from the worst windows of luma after crop and tone.
    pub structure: f64,
    /// Agreement of colour, 0 to 1: chroma windows, the tone curve and the shift of chroma.
    pub color: f64,
    /// The worst windows' luma residual, in multiples of what compression explains.
    pub luma_residual: f64,
    /// How far local moves stand out from those of the picture in general, as a ratio.
    pub local_moves: f64,
    /// The worst windows' chroma residual, as of luma.
    pub chroma_residual: f64,
    /// What the second frame leaves out of the first.
    pub crop: Crop,
    /// The tone curve from the first frame to the second.
    pub tone: Tone,
}

/// Compares the last frame of a shot with the first frame of the next.
///
/// The second may be the first one encoded again (H.264 up to CRF 32), rescaled, under another gain, brightness or
/// gamma, and cropped by up to two percent a side. Frames of different sizes are compared at a common one. A camera
/// that pushes in by less than that crop cannot be told from it.
#[must_use]
pub fn compare(last: &YuvFrame, first: &YuvFrame) -> FrameMatch {
    if last == first {
        return FrameMatch {
            exact: true,
            score: 1.0,
            structure: 1.0,
            color: 1.0,
            luma_residual: 0.0,
            local_moves: 0.0,
            chroma_residual: 0.0,
            crop: Crop::default(),
            tone: Tone::default(),
        };
    }
    let (width_px, height_px) = common_size(last, first);
    let small = |frame: &YuvFrame| Gray::averaged(&frame.luma, width_px, height_px).softened();
    let (a, b) = (small(last), small(first));
    let found = align(&a, &b);
    let mut toned = laid_over(&a, &b, &found.crop);
    for code in &mut toned.values {
        *code += found.tone.change(f64::from(*code)) as f32;
    }
    let luma = difference(&toned, &b, Residual::LUMA);
    let (chroma, shift_codes) = chroma_residual(last, first, (width_px / 2, height_px / 2), &found);
    let structure = falling((luma.residual / HALF_STRUCTURE).max(luma.moves / HALF_MOVES));
    let tone = tone_strain(&a, &found.tone);
    let color = falling((chroma / HALF_COLOR).max(tone).max(shift_codes / HALF_SHIFT_CODES));
    FrameMatch {
        exact: false,
        score: structure.min(color),
        structure,
        color,
        luma_residual: luma.residual,
        local_moves: luma.moves,
        chroma_residual: chroma,
        crop: found.crop,
        tone: found.tone,
    }
}

/// 1 at nothing, a half at 1, towards 0 beyond.
fn falling(strain: f64) -> f64 {
    1.0 / (1.0 + strain.powi(STEEPNESS))
}

/// The size both frames are brought to: half the smaller of each side, the longer at most [`COMPARED_SIDE_PX`].
fn common_size(last: &YuvFrame, first: &YuvFrame) -> (usize, usize) {
    let width = last.width_px().min(first.width_px()).max(1);
    let height = last.height_px().min(first.height_px()).max(1);
    // At least two by two samples are averaged: in single ones an encoder's errors are as large as a move.
    let longest = width.max(height);
    let target = (longest / 2).clamp(LEAST_SIDE_PX.min(longest), COMPARED_SIDE_PX);
    let scaled = |side: usize| (side * target).div_ceil(longest).max(1);
    (scaled(width), scaled(height))
}

/// How far the tone curve goes over the codes that the picture has, 1 at the most a model may do.
fn tone_strain(picture: &Gray, tone: &Tone) -> f64 {
    let mut codes: Vec<f32> = picture.values.iter().step_by(TONE_STRIDE).copied().collect();
    codes.sort_unstable_by(f32::total_cmp);
    let at = |percent: usize| f64::from(codes[(codes.len() - 1) * percent / 100]);
    let points = [2, 25, 50, 75, 98].map(at);
    let most = points.iter().map(|&code| tone.change(code).abs()).fold(0.0, f64::max);
    let range = points[4] - points[0];
    let contrast = (tone.change(points[4]) - tone.change(points[0])).abs() - IDLE_CONTRAST_CODES;
    (most / HALF_TONE_CODES).max(contrast.max(0.0) / (range * HALF_CONTRAST).max(1.0))
}
