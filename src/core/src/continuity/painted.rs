//! Procedural frames for the tests of this room.

use crate::planes::{Plane, YuvFrame};

/// A landscape of smooth hills of light with a round subject, all of it given by the seed.
#[derive(Clone, Copy)]
pub(super) struct Painting {
    /// Decides the hills.
    pub(super) seed: u64,
    /// Where the subject stands, as shares of the frame.
    pub(super) subject: (f64, f64),
    /// The subject's radius as a share of the height.
    pub(super) radius: f64,
    /// The window on the landscape: left, top, width, height, where the whole is 0, 0, 1, 1.
    pub(super) window: [f64; 4],
}

impl Painting {
    pub(super) fn of(seed: u64) -> Self {
        Self { seed, subject: (0.4, 0.5), radius: 0.12, window: [0.0, 0.0, 1.0, 1.0] }
    }

    pub(super) fn frame(&self, width_px: usize, height_px: usize) -> YuvFrame {
        let waves: Vec<[f64; 4]> = {
            let mut random = Random(self.seed);
            (0..14)
                .map(|_| [random.next() * 40.0 - 20.0, random.next() * 30.0 - 15.0, random.next() * 6.3, random.next()])
                .collect()
        };
        let light = |x: f64, y: f64, from: usize| {
            let sum: f64 =
                waves[from..].iter().map(|[fx, fy, phase, height]| (fx * x + fy * y + phase).sin() * height).sum();
            sum / 3.0
        };
        let [left, top, wide, high] = self.window;
        let plane = |width_px: usize, height_px: usize, kind: usize| {
            let codes = (0..width_px * height_px).map(|index| {
                let x = left + wide * ((index % width_px) as f64 + 0.5) / width_px as f64;
                let y = top + high * ((index / width_px) as f64 + 0.5) / height_px as f64;
                let (dx, dy) = ((x - self.subject.0) * 16.0 / 9.0, y - self.subject.1);
                let inside = ((self.radius - dx.hypot(dy)) * height_px as f64 + 0.5).clamp(0.0, 1.0);
                let hills = light(x, y, kind * 3);
                let code = match kind {
                    0 => 110.0 + hills * 40.0 + inside * 50.0 * ((dx * 60.0).sin() * 0.5 + 0.6),
                    1 => 128.0 + hills * 14.0 - inside * 12.0,
                    _ => 128.0 + hills * 14.0 + inside * 18.0,
                };
                code.round().clamp(20.0, 230.0) as u8
            });
            Plane { width_px, height_px, codes: codes.collect() }
        };
        YuvFrame {
            luma: plane(width_px, height_px, 0),
            cb: plane(width_px / 2, height_px / 2, 1),
            cr: plane(width_px / 2, height_px / 2, 2),
        }
    }
}

/// The frame as an encoder gives it back: a little softer, with steps between blocks and errors of `codes` at most.
pub(super) fn encoded(frame: &YuvFrame, codes: f64, seed: u64) -> YuvFrame {
    let mut random = Random(seed);
    let mut worn = |plane: &Plane| {
        let mut result = plane.clone();
        let blocks: Vec<f64> = (0..plane.width_px.div_ceil(8) * plane.height_px.div_ceil(8))
            .map(|_| (random.next() - 0.5) * codes)
            .collect();
        for (index, target) in result.codes.iter_mut().enumerate() {
            let (x, y) = (index % plane.width_px, index / plane.width_px);
            let row = plane.row(y);
            let (before, after) = (row[x.saturating_sub(1)], row[(x + 1).min(row.len() - 1)]);
            let soft = (f64::from(before) + 4.0 * f64::from(row[x]) + f64::from(after)) / 6.0;
            let block = blocks[y / 8 * plane.width_px.div_ceil(8) + x / 8];
            *target = (soft + block + (random.next() - 0.5) * 2.0 * codes).round().clamp(0.0, 255.0) as u8;
        }
        result
    };
    YuvFrame { luma: worn(&frame.luma), cb: worn(&frame.cb), cr: worn(&frame.cr) }
}

/// The frame with changed luma.
pub(super) fn toned(frame: &YuvFrame, change: impl Fn(f64) -> f64) -> YuvFrame {
    let mut result = frame.clone();
    for code in &mut result.luma.codes {
        *code = change(f64::from(*code)).round().clamp(1.0, 254.0) as u8;
    }
    result
}

/// The frame mirrored left to right.
pub(super) fn mirrored(frame: &YuvFrame) -> YuvFrame {
    let mut result = frame.clone();
    for plane in [&mut result.luma, &mut result.cb, &mut result.cr] {
        for row in plane.codes.chunks_exact_mut(plane.width_px.max(1)) {
            row.reverse();
        }
    }
    result
}

/// Numbers from 0 to 1 that follow from the seed (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
