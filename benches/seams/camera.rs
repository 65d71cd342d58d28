//! A camera that moves over a still: its picture is exact at any instant.

use kinora_core::planes::{Plane, YuvFrame};

/// A still and the camera's way over it.
pub(crate) struct Camera {
    /// The picture looked at.
    pub(crate) still: YuvFrame,
    /// Sides of the camera's picture, even.
    pub(crate) size_px: (usize, usize),
    /// Pixels of the still for one of the camera's, at the middle of the way.
    pub(crate) scale: f64,
    /// Pixels of the still that the view moves a frame.
    pub(crate) pan_px: (f64, f64),
    /// Part by which the scale grows a frame.
    pub(crate) zoom: f64,
    /// Turn a frame, in degrees.
    pub(crate) turn_degrees: f64,
    /// The instant at which the camera looks at the still's middle.
    pub(crate) middle: f64,
}

/// Samples along each side of a pixel.
const SAMPLES: usize = 2;

impl Camera {
    /// The picture at an instant, in frames.
    pub(crate) fn at(&self, instant: f64) -> YuvFrame {
        let (width, height) = self.size_px;
        YuvFrame {
            luma: self.plane(&self.still.luma, (width, height), 1.0, instant),
            cb: self.plane(&self.still.cb, (width / 2, height / 2), 0.5, instant),
            cr: self.plane(&self.still.cr, (width / 2, height / 2), 0.5, instant),
        }
    }

    /// A plane; `share` is its size against luma's.
    fn plane(&self, still: &Plane, (width, height): (usize, usize), share: f64, instant: f64) -> Plane {
        let time = instant - self.middle;
        let scale = self.scale * (self.zoom * time).exp();
        let (sin, cos) = (self.turn_degrees * time).to_radians().sin_cos();
        let center_x = still.width_px as f64 / 2.0 + self.pan_px.0 * time * share;
        let center_y = still.height_px as f64 / 2.0 + self.pan_px.1 * time * share;
        let mut codes = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for sample in 0..SAMPLES * SAMPLES {
                    let offset = |part: usize| (part as f64 + 0.5) / SAMPLES as f64;
                    let dx = (x as f64 + offset(sample % SAMPLES) - width as f64 / 2.0) * scale;
                    let dy = (y as f64 + offset(sample / SAMPLES) - height as f64 / 2.0) * scale;
                    sum += sample_at(still, center_x + dx * cos - dy * sin - 0.5, center_y + dx * sin + dy * cos - 0.5);
                }
                codes.push((sum / (SAMPLES * SAMPLES) as f64).round().clamp(0.0, 255.0) as u8);
            }
        }
        Plane { width_px: width, height_px: height, codes }
    }
}

/// The code at a place between samples, by Catmull and Rom's cubic.
fn sample_at(plane: &Plane, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let (wx, wy) = (weights(x - left), weights(y - top));
    let clamp = |at: f64, end: usize| at.clamp(0.0, (end - 1) as f64) as usize;
    let mut sum = 0.0;
    for (line, weight_y) in wy.iter().enumerate() {
        let row = plane.row(clamp(top + line as f64 - 1.0, plane.height_px));
        let mut along = 0.0;
        for (column, weight_x) in wx.iter().enumerate() {
            along += weight_x * f64::from(row[clamp(left + column as f64 - 1.0, plane.width_px)]);
        }
        sum += weight_y * along;
    }
    sum
}

fn weights(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3]
}
