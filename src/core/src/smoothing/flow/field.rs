//! A flow field: how far every sample of a plane moves.

use super::image::split;

/// How far every sample of one plane lies from its like in another, rows from the top without padding.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowField {
    /// Width in samples.
    pub width_px: usize,
    /// Height in samples.
    pub height_px: usize,
    /// Way to the right in samples.
    pub dx: Vec<f32>,
    /// Way down in samples.
    pub dy: Vec<f32>,
}

impl FlowField {
    /// A field without motion.
    #[must_use]
    pub fn still(width_px: usize, height_px: usize) -> Self {
        Self { width_px, height_px, dx: vec![0.0; width_px * height_px], dy: vec![0.0; width_px * height_px] }
    }

    /// The flow between samples, from the nearest four; outside the field, that of its edge.
    #[inline(always)]
    pub(super) fn sample(&self, x_px: f32, y_px: f32) -> (f32, f32) {
        let (x, fx) = split(x_px.clamp(0.0, (self.width_px - 1) as f32));
        let (y, fy) = split(y_px.clamp(0.0, (self.height_px - 1) as f32));
        let (x, y) = (x as usize, y as usize);
        let (right, below) = ((x + 1).min(self.width_px - 1), (y + 1).min(self.height_px - 1) * self.width_px);
        let y = y * self.width_px;
        let mixed = |plane: &[f32]| {
            let top = plane[y + x] + fx * (plane[y + right] - plane[y + x]);
            let bottom = plane[below + x] + fx * (plane[below + right] - plane[below + x]);
            top + fy * (bottom - top)
        };
        (mixed(&self.dx), mixed(&self.dy))
    }

    /// The same motion for a plane of another size, which this one shrank from or grows to.
    #[must_use]
    pub(super) fn scaled_to(&self, width_px: usize, height_px: usize, scale: f32) -> Self {
        let mut field = Self::still(width_px, height_px);
        for y_px in 0..height_px {
            // Centres of samples fall together, not corners.
            let y_from = (y_px as f32 + 0.5) / scale - 0.5;
            for x_px in 0..width_px {
                let (dx, dy) = self.sample((x_px as f32 + 0.5) / scale - 0.5, y_from);
                field.dx[y_px * width_px + x_px] = dx * scale;
                field.dy[y_px * width_px + x_px] = dy * scale;
            }
        }
        field
    }
}
