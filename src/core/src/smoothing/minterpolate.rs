//! FFmpeg's motion interpolation as an engine.

use super::{Interpolator, SmoothError};
use crate::{
    media::{MINTERPOLATE, interpolate_between},
    planes::YuvFrame,
    progress::CancelToken,
};

/// FFmpeg's block-based `minterpolate`, the mission's engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct MinterpolateInterpolator;

/// Smallest side that its blocks of 16 pixels and their search make sense on.
const MIN_SIDE_PX: usize = 32;

impl Interpolator for MinterpolateInterpolator {
    fn fingerprint(&self) -> String {
        format!("{MINTERPOLATE} 1")
    }

    /// Every instant costs two motion searches, whatever the others are.
    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        let Some(last) = frames.len().checked_sub(1) else {
            return if instants.is_empty() { Ok(Vec::new()) } else { Err(SmoothError::Frames("no frames".to_owned())) };
        };
        if frames[0].width_px().min(frames[0].height_px()) < MIN_SIDE_PX {
            return Err(SmoothError::Frames(format!("minterpolate needs pictures of {MIN_SIDE_PX} pixels a side")));
        }
        let mut made = Vec::with_capacity(instants.len());
        for &instant in instants {
            cancel.check()?;
            let place = (instant.max(0.0).floor() as usize).min(last);
            let share = instant - place as f64;
            made.push(if share < 1.0 / 1024.0 || place == last {
                frames[place].clone()
            } else if share > 1023.0 / 1024.0 {
                frames[place + 1].clone()
            } else {
                let around = [place.saturating_sub(1), place, place + 1, (place + 2).min(last)];
                interpolate_between(around.map(|index| &frames[index]), share)?
            });
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright square on a textured ground, its left edge at `x_px`.
    fn square(x_px: usize) -> YuvFrame {
        let mut frame = YuvFrame::filled(128, 96, [60, 128, 128]);
        for y in 0..96 {
            for x in 0..128 {
                let inside = (x_px..x_px + 32).contains(&x) && (32..64).contains(&y);
                let ground = 60 + ((x * 7 + y * 13) % 11) as u8;
                frame.luma.codes[y * 128 + x] = if inside { 180 + ((x - x_px + y) % 16) as u8 } else { ground };
            }
        }
        frame
    }

    fn left_edge(frame: &YuvFrame) -> usize {
        frame.luma.row(48).iter().position(|&code| code > 130).unwrap()
    }

    #[test]
    fn any_instant_falls_where_it_should() {
        let frames: Vec<_> = [16, 24, 32, 40].into_iter().map(square).collect();
        let mut engine = MinterpolateInterpolator;
        let instants = [0.0, 0.5, 1.0, 1.25, 1.75, 2.5, 3.0];
        let made = engine.interpolate(&frames, &instants, &CancelToken::default()).unwrap();
        assert_eq!((&made[0], &made[2], &made[6]), (&frames[0], &frames[1], &frames[3]));
        for (instant, frame) in instants.iter().zip(&made) {
            let wanted = 16.0 + 8.0 * instant;
            assert!((left_edge(frame) as f64 - wanted).abs() <= 1.0, "{instant}: {} for {wanted}", left_edge(frame));
        }
    }

    #[test]
    fn refuses_what_it_cannot_do() {
        let mut engine = MinterpolateInterpolator;
        let cancel = CancelToken::default();
        assert!(engine.interpolate(&[], &[], &cancel).unwrap().is_empty());
        assert!(engine.interpolate(&[], &[0.0], &cancel).is_err());
        let tiny = vec![YuvFrame::filled(16, 16, [16, 128, 128]); 2];
        assert!(engine.interpolate(&tiny, &[0.5], &cancel).is_err());
        cancel.cancel();
        let frames = vec![square(16), square(24)];
        assert!(matches!(engine.interpolate(&frames, &[0.5], &cancel), Err(SmoothError::Cancelled(_))));
    }
}
