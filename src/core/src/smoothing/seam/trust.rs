//! Where the engine can be trusted: it is asked for frames that are known.

use crate::{
    planes::{Plane, YuvFrame},
    progress::CancelToken,
    smoothing::{Interpolator, SmoothError},
};

/// The engine may err this much more than a neighbour shown as it is, in squared error, before it is not used.
const WORSE_SHARE: f64 = 1.0;

/// Whether to trust the engine between each frame and the next.
///
/// Every frame with two neighbours is made from them, at half the size, and compared with itself: the engine is
/// trusted where that is nearer to the truth than the neighbours are. Twice the distance makes this harder than the
/// engine's real work, so what passes here is safe.
///
/// # Errors
/// [`SmoothError`] of the engine.
pub(super) fn trusted_pairs(
    frames: &[YuvFrame],
    engine: &mut dyn Interpolator,
    cancel: &CancelToken,
) -> Result<Vec<bool>, SmoothError> {
    let halves: Vec<YuvFrame> = frames.iter().map(halved).collect();
    let mut gains: Vec<Option<f64>> = vec![None; frames.len()];
    for parity in 0..2 {
        let known: Vec<YuvFrame> = halves.iter().skip(parity).step_by(2).cloned().collect();
        if known.len() < 2 {
            continue;
        }
        let instants: Vec<f64> = (0..known.len() - 1).map(|place| place as f64 + 0.5).collect();
        for (place, made) in engine.interpolate(&known, &instants, cancel)?.iter().enumerate() {
            let index = parity + 2 * place + 1;
            let beside = (squared_error(&halves[index - 1], &halves[index])
                + squared_error(&halves[index + 1], &halves[index]))
                / 2.0;
            gains[index] = Some(squared_error(made, &halves[index]) / beside.max(0.25));
        }
    }
    Ok((1..frames.len())
        .map(|after| {
            let known: Vec<f64> = [gains[after - 1], gains[after]].into_iter().flatten().collect();
            known.is_empty() || known.iter().sum::<f64>() / known.len() as f64 <= WORSE_SHARE
        })
        .collect())
}

/// Mean squared error of luma, in squared codes.
fn squared_error(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let mut sum = 0_u64;
    for (&x, &y) in a.luma.codes.iter().zip(&b.luma.codes) {
        sum += u64::from(x.abs_diff(y)).pow(2);
    }
    sum as f64 / a.luma.codes.len().max(1) as f64
}

/// Half the size, even sides.
fn halved(frame: &YuvFrame) -> YuvFrame {
    let (width, height) = ((frame.width_px() / 4 * 2).max(2), (frame.height_px() / 4 * 2).max(2));
    let halve = |plane: &Plane, width_px: usize, height_px: usize| {
        let mut codes = Vec::with_capacity(width_px * height_px);
        for y in 0..height_px {
            let top = plane.row((2 * y).min(plane.height_px - 1));
            let bottom = plane.row((2 * y + 1).min(plane.height_px - 1));
            codes.extend((0..width_px).map(|x| {
                let (left, right) = ((2 * x).min(plane.width_px - 1), (2 * x + 1).min(plane.width_px - 1));
                let sum = [top[left], top[right], bottom[left], bottom[right]].map(u16::from).iter().sum::<u16>();
                ((sum + 2) / 4) as u8
            }));
        }
        Plane { width_px, height_px, codes }
    };
    YuvFrame {
        luma: halve(&frame.luma, width, height),
        cb: halve(&frame.cb, width / 2, height / 2),
        cr: halve(&frame.cr, width / 2, height / 2),
    }
}
