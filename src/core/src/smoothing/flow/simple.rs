//! The plainest engines, to hold the others against.

use super::interpolator::check_frames;
use crate::{
    planes::{Plane, YuvFrame},
    progress::CancelToken,
    smoothing::{Interpolator, SmoothError},
};

/// Mixes the two frames round an instant by their distance.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlendInterpolator;

/// Repeats the nearest frame; half way between two, the earlier one.
#[derive(Debug, Clone, Copy, Default)]
pub struct NearestInterpolator;

impl Interpolator for BlendInterpolator {
    fn fingerprint(&self) -> String {
        "blend 1".to_owned()
    }

    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        check_frames(frames, instants)?;
        let blend = |instant: &f64| {
            cancel.check()?;
            let first = instant.floor() as usize;
            let (a, b) = (&frames[first], &frames[(first + 1).min(frames.len() - 1)]);
            let share = instant.fract() as f32;
            let mixed = |a: &Plane, b: &Plane| Plane {
                width_px: a.width_px,
                height_px: a.height_px,
                codes: a.codes.iter().zip(&b.codes).map(|(a, b)| mix(*a, *b, share)).collect(),
            };
            Ok(YuvFrame { luma: mixed(&a.luma, &b.luma), cb: mixed(&a.cb, &b.cb), cr: mixed(&a.cr, &b.cr) })
        };
        instants.iter().map(blend).collect()
    }
}

/// A code between two.
fn mix(a: u8, b: u8, share: f32) -> u8 {
    let (a, b) = (f32::from(a), f32::from(b));
    (a + share * (b - a) + 0.5) as u8
}

impl Interpolator for NearestInterpolator {
    fn fingerprint(&self) -> String {
        "nearest 1".to_owned()
    }

    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        check_frames(frames, instants)?;
        let nearest = |instant: &f64| {
            cancel.check()?;
            Ok(frames[(instant - 0.5).ceil() as usize].clone())
        };
        instants.iter().map(nearest).collect()
    }
}
