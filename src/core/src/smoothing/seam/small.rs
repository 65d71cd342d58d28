//! A small, still precise copy of a picture's luma, on which motion is measured.

use crate::planes::{Plane, YuvFrame};

/// Rows that a small picture has, more or less.
const ROWS: usize = 90;

/// Pictures from this side on are halved at least, so that noise averages out.
const SMALLEST_HALVED_PX: usize = 80;

/// Luma averaged over square boxes: codec noise averages out, motion of a pixel does not.
#[derive(Debug, Clone)]
pub(super) struct SmallLuma {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) codes: Vec<f32>,
}

impl SmallLuma {
    pub(super) fn of(frame: &YuvFrame) -> Self {
        let rows = frame.height_px().min(frame.width_px());
        let side = (rows / ROWS).max(if rows >= SMALLEST_HALVED_PX { 2 } else { 1 });
        Self::boxed(&frame.luma, side)
    }

    fn boxed(plane: &Plane, side: usize) -> Self {
        let (width, height) = (plane.width_px / side, plane.height_px / side);
        let mut codes = Vec::with_capacity(width * height);
        let mut sums = vec![0_u32; width];
        for y in 0..height {
            sums.fill(0);
            for line in 0..side {
                let row = plane.row(y * side + line);
                for (sum, codes) in sums.iter_mut().zip(row.chunks_exact(side)) {
                    *sum += codes.iter().map(|&code| u32::from(code)).sum::<u32>();
                }
            }
            codes.extend(sums.iter().map(|&sum| sum as f32 / (side * side) as f32));
        }
        Self { width, height, codes }
    }

    /// The same picture at the mean and the contrast of another, so that a change of light is not taken for motion.
    pub(super) fn lit_as(&self, other: &Self) -> Self {
        let spread = |picture: &Self| {
            let count = picture.codes.len().max(1) as f32;
            let mean = picture.codes.iter().sum::<f32>() / count;
            let variance = picture.codes.iter().map(|code| (code - mean) * (code - mean)).sum::<f32>() / count;
            (mean, variance.sqrt())
        };
        let ((mean, contrast), (wanted_mean, wanted_contrast)) = (spread(self), spread(other));
        let gain = if contrast > 1.0 { (wanted_contrast / contrast).clamp(0.8, 1.25) } else { 1.0 };
        let codes = self.codes.iter().map(|code| wanted_mean + (code - mean) * gain).collect();
        Self { width: self.width, height: self.height, codes }
    }

    /// Half the size again.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut codes = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let at = |dx: usize, dy: usize| self.codes[(2 * y + dy) * self.width + 2 * x + dx];
                codes.push((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0);
            }
        }
        Self { width, height, codes }
    }

    /// The code at a place between samples; places outside take the nearest sample.
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (fx, fy) = (x - left as f32, y - top as f32);
        let row = |line: usize| {
            let line = line * self.width;
            self.codes[line + left] * (1.0 - fx) + self.codes[line + right] * fx
        };
        row(top) * (1.0 - fy) + row(bottom) * fy
    }

    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        self.codes[y.min(self.height - 1) * self.width + x.min(self.width - 1)]
    }
}
