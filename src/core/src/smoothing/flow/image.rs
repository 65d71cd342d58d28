//! Planes of floats with a border, so that neighbours and samples need no test for the edge.

use super::vectorised::vectorised;
use crate::planes::Plane;

/// Border on every side, in samples: a search patch may lie wholly outside the picture.
pub(super) const PAD_PX: usize = 16;

/// A plane of floats with a border of [`PAD_PX`] samples.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    /// Samples from one row to the next.
    pub(super) stride: usize,
    /// Rows from the top of the border.
    pub(super) samples: Vec<f32>,
}

impl Image {
    pub(super) fn new(width_px: usize, height_px: usize) -> Self {
        let stride = width_px + 2 * PAD_PX;
        Self { width_px, height_px, stride, samples: vec![0.0; stride * (height_px + 2 * PAD_PX)] }
    }

    /// A picture at its own size.
    pub(super) fn from_plane(plane: &Plane) -> Self {
        let mut image = Self::new(plane.width_px, plane.height_px);
        for y_px in 0..plane.height_px {
            for (sample, code) in image.row_mut(y_px).iter_mut().zip(plane.row(y_px)) {
                *sample = f32::from(*code);
            }
        }
        image.extend();
        image
    }

    /// A picture at half its size, rounded up: the mean of two by two samples.
    pub(super) fn halved(&self) -> Self {
        let mut half = Self::new(self.width_px.div_ceil(2), self.height_px.div_ceil(2));
        halve(self, &mut half);
        half.extend();
        half
    }

    /// Where a sample lies; the coordinates may reach into the border.
    #[inline(always)]
    pub(super) const fn at(&self, x_px: isize, y_px: isize) -> usize {
        ((y_px + PAD_PX as isize) * self.stride as isize + x_px + PAD_PX as isize) as usize
    }

    /// A row without its border.
    #[inline(always)]
    pub(super) fn row(&self, y_px: usize) -> &[f32] {
        let start = self.at(0, y_px as isize);
        &self.samples[start..start + self.width_px]
    }

    /// A row without its border.
    #[inline(always)]
    pub(super) fn row_mut(&mut self, y_px: usize) -> &mut [f32] {
        let start = self.at(0, y_px as isize);
        &mut self.samples[start..start + self.width_px]
    }

    /// A row with one sample of border on either side.
    #[inline(always)]
    pub(super) fn wide_row(&self, y_px: isize) -> &[f32] {
        let start = self.at(-1, y_px);
        &self.samples[start..start + self.width_px + 2]
    }

    /// Fills the border with the nearest sample of the picture.
    pub(super) fn extend(&mut self) {
        for y_px in PAD_PX..PAD_PX + self.height_px {
            let row = &mut self.samples[y_px * self.stride..(y_px + 1) * self.stride];
            let (first, last) = (row[PAD_PX], row[PAD_PX + self.width_px - 1]);
            row[..PAD_PX].fill(first);
            row[PAD_PX + self.width_px..].fill(last);
        }
        let (first, last) = (PAD_PX * self.stride, (PAD_PX + self.height_px - 1) * self.stride);
        for y_px in 0..PAD_PX {
            self.samples.copy_within(first..first + self.stride, y_px * self.stride);
            self.samples.copy_within(last..last + self.stride, (PAD_PX + self.height_px + y_px) * self.stride);
        }
    }

    /// The sample between samples, from the nearest four; outside the picture, that of its edge.
    #[inline(always)]
    pub(super) fn sample(&self, x_px: f32, y_px: f32) -> f32 {
        let x_px = x_px.clamp(-1.0, self.width_px as f32);
        let y_px = y_px.clamp(-1.0, self.height_px as f32);
        let ((x, dx), (y, dy)) = (split(x_px), split(y_px));
        let at = self.at(x, y);
        let upper = &self.samples[at..at + 2];
        let lower = &self.samples[at + self.stride..at + self.stride + 2];
        let (top, bottom) = (upper[0] + dx * (upper[1] - upper[0]), lower[0] + dx * (lower[1] - lower[0]));
        top + dy * (bottom - top)
    }
}

/// Whole part (rounded down) and the rest of a coordinate not below -64, without the slow `floor` of plain x86-64.
#[inline(always)]
pub(super) fn split(position_px: f32) -> (isize, f32) {
    let whole = (position_px + 64.0) as i32 - 64;
    (whole as isize, position_px - whole as f32)
}

vectorised! {
    fn halve(from: &Image, to: &mut Image) {
        for y_px in 0..to.height_px {
            let start = from.at(0, 2 * y_px as isize);
            let upper = &from.samples[start..start + 2 * to.width_px];
            let lower = &from.samples[start + from.stride..start + from.stride + 2 * to.width_px];
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            for (sample, (upper, lower)) in to.row_mut(y_px).iter_mut().zip(pairs) {
                *sample = (upper[0] + upper[1] + lower[0] + lower[1]) * 0.25;
            }
        }
    }
}
