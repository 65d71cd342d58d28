//! Flow carried forward to where its samples are at a moment.

use super::{field::FlowField, image::split};

/// Flow gathered at the places it was carried to: sums, and the weights they hold.
pub(super) struct Splat {
    pub(super) dx: Vec<f32>,
    pub(super) dy: Vec<f32>,
    pub(super) weight: Vec<f32>,
}

impl Splat {
    pub(super) fn new(count: usize) -> Self {
        Self { dx: vec![0.0; count], dy: vec![0.0; count], weight: vec![0.0; count] }
    }

    /// Carries each sample of a field the given part of its way and leaves its flow there, times `sign`, on the
    /// nearest four samples.
    pub(super) fn carry(&mut self, flow: &FlowField, weights: &[f32], part: f32, sign: f32) {
        let (width_px, height_px) = (flow.width_px, flow.height_px);
        let ways = flow.dx.iter().zip(&flow.dy).zip(weights);
        for (index, ((dx, dy), weight)) in ways.enumerate() {
            let x_px = (index % width_px) as f32 + part * dx;
            let y_px = (index / width_px) as f32 + part * dy;
            let inside = (-1.0..width_px as f32).contains(&x_px) && (-1.0..height_px as f32).contains(&y_px);
            if !inside {
                continue;
            }
            let ((x, fx), (y, fy)) = (split(x_px), split(y_px));
            let (dx, dy) = (sign * dx, sign * dy);
            let corners = [
                (x, y, (1.0 - fx) * (1.0 - fy)),
                (x + 1, y, fx * (1.0 - fy)),
                (x, y + 1, (1.0 - fx) * fy),
                (x + 1, y + 1, fx * fy),
            ];
            for (x, y, share) in corners {
                if (0..width_px as isize).contains(&x) && (0..height_px as isize).contains(&y) {
                    let at = y as usize * width_px + x as usize;
                    let weight = weight * share;
                    self.weight[at] += weight;
                    self.dx[at] += weight * dx;
                    self.dy[at] += weight * dy;
                }
            }
        }
    }
}
