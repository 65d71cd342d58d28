//! Planes at a small common size, in floating point: where compression and grain average out.

use crate::planes::Plane;

/// A plane of floating point codes, rows from the top.
#[derive(Debug, Clone)]
pub(super) struct Gray {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    pub(super) values: Vec<f32>,
}

impl Gray {
    /// A plane averaged over areas to another size. A plane without samples gives zeros.
    pub(super) fn averaged(plane: &Plane, width_px: usize, height_px: usize) -> Self {
        let (width_px, height_px) = (width_px.max(1), height_px.max(1));
        let mut values = vec![0.0; width_px * height_px];
        if plane.width_px == 0 || plane.height_px == 0 {
            return Self { width_px, height_px, values };
        }
        let (columns, rows) = (spans(plane.width_px, width_px), spans(plane.height_px, height_px));
        let mut sums = vec![0.0_f32; plane.width_px];
        for (target, span) in values.chunks_exact_mut(width_px).zip(&rows) {
            sums.fill(0.0);
            for (y_px, weight) in span.samples() {
                for (sum, &code) in sums.iter_mut().zip(plane.row(y_px)) {
                    *sum += weight * f32::from(code);
                }
            }
            for (value, span) in target.iter_mut().zip(&columns) {
                *value = span.average(&sums);
            }
        }
        Self { width_px, height_px, values }
    }

    /// Half the size, two by two averaged.
    pub(super) fn halved(&self) -> Self {
        let (width_px, height_px) = ((self.width_px / 2).max(1), (self.height_px / 2).max(1));
        let mut values = Vec::with_capacity(width_px * height_px);
        for y_px in 0..height_px {
            for x_px in 0..width_px {
                let pair = |y: usize| self.at(2 * x_px, y) + self.at(2 * x_px + 1, y);
                values.push((pair(2 * y_px) + pair(2 * y_px + 1)) / 4.0);
            }
        }
        Self { width_px, height_px, values }
    }

    /// Softened by the weights 1 2 1 both ways, so that sampling between samples is true.
    pub(super) fn softened(&self) -> Self {
        let mut across = self.clone();
        for (target, row) in across.values.chunks_exact_mut(self.width_px).zip(self.values.chunks_exact(self.width_px))
        {
            let last = row.len() - 1;
            for x_px in 0..row.len() {
                let (before, after) = (row[x_px.saturating_sub(1)], row[(x_px + 1).min(last)]);
                target[x_px] = (before + 2.0 * row[x_px] + after) / 4.0;
            }
        }
        let mut both = across.clone();
        for y_px in 0..self.height_px {
            let (before, after) = (y_px.saturating_sub(1), (y_px + 1).min(self.height_px - 1));
            for x_px in 0..self.width_px {
                both.values[y_px * self.width_px + x_px] =
                    (across.at(x_px, before) + 2.0 * across.at(x_px, y_px) + across.at(x_px, after)) / 4.0;
            }
        }
        both
    }

    /// The sample, the nearest one beyond the edges.
    pub(super) fn at(&self, x_px: usize, y_px: usize) -> f32 {
        self.values[y_px.min(self.height_px - 1) * self.width_px + x_px.min(self.width_px - 1)]
    }

    /// The value between samples, bilinear; the edge's beyond the edges.
    pub(super) fn sample(&self, x_px: f32, y_px: f32) -> f32 {
        let x_px = x_px.clamp(0.0, (self.width_px - 1) as f32);
        let y_px = y_px.clamp(0.0, (self.height_px - 1) as f32);
        let (column, row) = (x_px as usize, y_px as usize);
        let (fx, fy) = (x_px - column as f32, y_px - row as f32);
        let mix = |y: usize| self.at(column, y) * (1.0 - fx) + self.at(column + 1, y) * fx;
        mix(row) * (1.0 - fy) + mix(row + 1) * fy
    }

    /// The slope at a sample in codes a pixel, across and down.
    pub(super) fn slope(&self, x_px: usize, y_px: usize) -> (f32, f32) {
        let across = self.at(x_px + 1, y_px) - self.at(x_px.saturating_sub(1), y_px);
        let down = self.at(x_px, y_px + 1) - self.at(x_px, y_px.saturating_sub(1));
        (across / 2.0, down / 2.0)
    }
}

/// The source samples under one target sample.
struct Span {
    first: usize,
    first_weight: f32,
    last: usize,
    last_weight: f32,
    inner_weight: f32,
}

impl Span {
    fn samples(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        (self.first..=self.last).map(|index| {
            let weight = if index == self.first {
                self.first_weight
            } else if index == self.last {
                self.last_weight
            } else {
                self.inner_weight
            };
            (index, weight)
        })
    }

    fn average(&self, row: &[f32]) -> f32 {
        if self.first == self.last {
            return row[self.first] * self.first_weight;
        }
        let inner: f32 = row[self.first + 1..self.last].iter().sum();
        row[self.first] * self.first_weight + inner * self.inner_weight + row[self.last] * self.last_weight
    }
}

fn spans(from: usize, to: usize) -> Vec<Span> {
    let step = from as f64 / to as f64;
    (0..to)
        .map(|index| {
            let (start, end) = (index as f64 * step, ((index + 1) as f64 * step).min(from as f64));
            let first = (start.floor() as usize).min(from - 1);
            let last = ((end.ceil() as usize).max(first + 1) - 1).min(from - 1);
            if first == last {
                return Span { first, first_weight: 1.0, last, last_weight: 0.0, inner_weight: 0.0 };
            }
            let length = end - start;
            Span {
                first,
                first_weight: (((first + 1) as f64 - start) / length) as f32,
                last,
                last_weight: ((end - last as f64) / length) as f32,
                inner_weight: (1.0 / length) as f32,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averaging_keeps_the_mean_at_any_size() {
        let codes: Vec<u8> = (0..37 * 23).map(|index| (index * 37 % 211) as u8).collect();
        let mean = codes.iter().map(|&code| f64::from(code)).sum::<f64>() / codes.len() as f64;
        let plane = Plane { width_px: 37, height_px: 23, codes };
        for (width_px, height_px) in [(37, 23), (10, 7), (1, 1), (36, 23), (5, 23)] {
            let small = Gray::averaged(&plane, width_px, height_px);
            let small_mean =
                small.values.iter().map(|&value| f64::from(value)).sum::<f64>() / small.values.len() as f64;
            assert!((small_mean - mean).abs() < 0.01, "{width_px}x{height_px}: {small_mean} for {mean}");
        }
    }
}
