//! The step of light between the two shots, and its ramp.

use super::small::SmallLuma;
use crate::planes::{Plane, YuvFrame};

/// What maps the first shot's light on the second's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LightStep {
    gain: f64,
    offset: f64,
}

const BLACK: f64 = 16.0;

impl LightStep {
    pub(super) fn measure(last: &YuvFrame, first: &YuvFrame) -> Self {
        let (a, b) = (SmallLuma::of(last), SmallLuma::of(first));
        let (mut up, mut down) = (0.0, 0.0);
        for (&x, &y) in a.codes.iter().zip(&b.codes) {
            up += (f64::from(y) - BLACK).max(0.0);
            down += (f64::from(x) - BLACK).max(0.0);
        }
        Self { gain: if down > 1.0 { (up / down).clamp(0.5, 2.0) } else { 1.0 }, offset: 0.0 }
    }

    pub(super) const fn gain(&self) -> f64 {
        self.gain
    }

    pub(super) fn is_seen(&self) -> bool {
        (self.gain - 1.0).abs() > 0.004 || self.offset.abs() > 0.4
    }

    pub(super) fn apply(&self, frame: &YuvFrame, share: f64) -> YuvFrame {
        let gain = self.gain.powf(share);
        let map = |plane: &Plane, pivot: f64| {
            let table: Vec<u8> = (0..=255_u8)
                .map(|code| (pivot + (f64::from(code) - pivot) * gain).round().clamp(0.0, 255.0) as u8)
                .collect();
            Plane {
                codes: plane.codes.iter().map(|&code| table[usize::from(code)]).collect(),
                width_px: plane.width_px,
                height_px: plane.height_px,
            }
        };
        YuvFrame { luma: map(&frame.luma, BLACK), cb: map(&frame.cb, 128.0), cr: map(&frame.cr, 128.0) }
    }
}
