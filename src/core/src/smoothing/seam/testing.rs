//! Moving scenes and a plain engine for the tests of this room.

use crate::{
    planes::{Plane, YuvFrame},
    progress::CancelToken,
    smoothing::{Interpolator, SmoothError},
};

/// A textured scene that moves evenly.
pub(super) struct Scene {
    /// Pixels a frame, to the left.
    pub(super) speed_px: f64,
}

pub(super) const WIDTH: usize = 256;
pub(super) const HEIGHT: usize = 144;

impl Scene {
    pub(super) const PAN: Self = Self { speed_px: 1.5 };
    pub(super) const STILL: Self = Self { speed_px: 0.0 };

    /// The picture at a time in frames.
    pub(super) fn at(&self, frame: f64) -> YuvFrame {
        self.noisy(frame, 0.0, 0)
    }

    /// The picture with noise of up to `codes` either way.
    pub(super) fn noisy(&self, frame: f64, codes: f64, seed: u64) -> YuvFrame {
        let mut picture = YuvFrame::filled(WIDTH, HEIGHT, [0, 120, 136]);
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for (place, code) in picture.luma.codes.iter_mut().enumerate() {
            let (x, y) = ((place % WIDTH) as f64 + frame * self.speed_px, (place / WIDTH) as f64);
            let wave = |fx: f64, fy: f64, phase: f64| (x * fx + y * fy + phase).sin();
            let light =
                120.0 + 40.0 * wave(0.11, 0.07, 0.3) + 25.0 * wave(-0.05, 0.19, 1.0) + 15.0 * wave(0.31, 0.02, 2.0);
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = ((state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5) * 2.0 * codes;
            *code = (light + noise).round().clamp(16.0, 235.0) as u8;
        }
        picture
    }

    pub(super) fn run(&self, frames: std::ops::Range<usize>) -> Vec<YuvFrame> {
        frames.map(|frame| self.at(frame as f64)).collect()
    }
}

/// Mixes the two neighbours.
#[derive(Default)]
pub(super) struct Mix {
    /// Pictures asked for so far.
    pub(super) asked: usize,
}

impl Interpolator for Mix {
    fn fingerprint(&self) -> String {
        "mix".to_owned()
    }

    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        cancel.check()?;
        self.asked += instants.len();
        let last = frames.len() - 1;
        Ok(instants
            .iter()
            .map(|&instant| {
                let (from, share) = (instant.floor() as usize, instant.fract());
                let (from, to) = (&frames[from], &frames[(from + 1).min(last)]);
                let mix = |from: &Plane, to: &Plane| Plane {
                    width_px: from.width_px,
                    height_px: from.height_px,
                    codes: from
                        .codes
                        .iter()
                        .zip(&to.codes)
                        .map(|(&a, &b)| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8)
                        .collect(),
                };
                YuvFrame { luma: mix(&from.luma, &to.luma), cb: mix(&from.cb, &to.cb), cr: mix(&from.cr, &to.cr) }
            })
            .collect())
    }
}
