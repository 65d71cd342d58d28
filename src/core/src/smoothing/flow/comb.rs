//! Planes split into their even and odd columns, so that neighbours of a checkerboard's colour lie side by side.

use std::ops::Range;

/// A plane in two halves, the even columns and the odd ones, with a border of one sample.
#[derive(Clone)]
pub(super) struct Comb {
    width_px: usize,
    /// Samples from one row of a half to the next.
    pub(super) stride: usize,
    /// Even columns, odd columns.
    pub(super) halves: [Vec<f32>; 2],
}

impl Comb {
    pub(super) fn new(width_px: usize, height_px: usize) -> Self {
        let stride = width_px.div_ceil(2) + 2;
        let half = vec![0.0; stride * (height_px + 2)];
        Self { width_px, stride, halves: [half.clone(), half] }
    }

    /// Splits rows that follow one another without padding.
    pub(super) fn split<'a>(width_px: usize, height_px: usize, rows: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut comb = Self::new(width_px, height_px);
        for (y_px, row) in rows.enumerate() {
            let start = comb.row(0, y_px).start;
            let [even, odd] = &mut comb.halves;
            let pairs = row.chunks_exact(2);
            if let [last] = pairs.remainder() {
                even[start + row.len() / 2] = *last;
            }
            for (pair, (even, odd)) in pairs.zip(even[start..].iter_mut().zip(&mut odd[start..])) {
                (*even, *odd) = (pair[0], pair[1]);
            }
        }
        comb
    }

    /// Puts the halves together again.
    pub(super) fn join(&self, plane: &mut [f32]) {
        for (y_px, row) in plane.chunks_exact_mut(self.width_px).enumerate() {
            let start = self.row(0, y_px).start;
            for (x_px, sample) in row.iter_mut().enumerate() {
                *sample = self.halves[x_px % 2][start + x_px / 2];
            }
        }
    }

    /// Where a row of a half lies.
    #[inline(always)]
    pub(super) const fn row(&self, side: usize, y_px: usize) -> Range<usize> {
        let start = (y_px + 1) * self.stride + 1;
        start..start + (self.width_px + 1 - side) / 2
    }
}
