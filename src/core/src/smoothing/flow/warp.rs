//! Pictures fetched along a flow.

use super::{
    between::Between,
    image::{Image, split},
    vectorised::vectorised,
};
use crate::planes::Plane;

/// Steps between two samples for which the cubic's weights are kept.
const STEPS: usize = 256;

/// Weights of the four samples round a place between two, for each of [`STEPS`] places: the Catmull-Rom cubic, which
/// keeps what the linear one blurs.
pub(super) struct Cubic(Vec<[f32; 4]>);

impl Cubic {
    pub(super) fn new() -> Self {
        let weights = |step: usize| {
            let x = step as f32 / STEPS as f32;
            let (x2, x3) = (x * x, x * x * x);
            [-0.5 * x3 + x2 - 0.5 * x, 1.5 * x3 - 2.5 * x2 + 1.0, -1.5 * x3 + 2.0 * x2 + 0.5 * x, 0.5 * x3 - 0.5 * x2]
        };
        Self((0..=STEPS).map(weights).collect())
    }

    /// The sample at a place; outside the picture, that of its edge.
    #[inline(always)]
    fn sample(&self, image: &Image, x_px: f32, y_px: f32) -> f32 {
        let (x, fx) = split(x_px.clamp(-2.0, image.width_px as f32 + 1.0));
        let (y, fy) = split(y_px.clamp(-2.0, image.height_px as f32 + 1.0));
        let across = &self.0[(fx * STEPS as f32 + 0.5) as usize];
        let down = &self.0[(fy * STEPS as f32 + 0.5) as usize];
        let start = image.at(x - 1, y - 1);
        let mut columns = [0.0_f32; 4];
        for row in 0..4 {
            let samples = &image.samples[start + row * image.stride..][..4];
            for lane in 0..4 {
                columns[lane] += down[row] * samples[lane];
            }
        }
        (columns[0] * across[0] + columns[2] * across[2]) + (columns[1] * across[1] + columns[3] * across[3])
    }
}

/// Makes one plane of a picture between `a` and `b`. `scale` is how many samples of this plane one of the flow's
/// samples spans.
pub(super) fn warp_plane(cubic: &Cubic, a: &Image, b: &Image, between: &Between, scale: f32) -> Plane {
    let mut plane = Plane::filled(a.width_px, a.height_px, 0);
    let places: Vec<_> = (0..a.width_px).map(|x_px| place(x_px, scale, between.width_px)).collect();
    warp_rows(cubic, (a, b), between, (scale, &places), &mut plane.codes);
    plane
}

/// Between which two samples of the flow a sample lies: the first, the step to the second, and how near the second.
type Place = (usize, usize, f32);

fn place(position_px: usize, scale: f32, length_px: usize) -> Place {
    let (first, rest) = split(((position_px as f32 + 0.5) / scale - 0.5).clamp(0.0, (length_px - 1) as f32));
    let first = first as usize;
    (first, usize::from(first + 1 < length_px), rest)
}

vectorised! {
    fn warp_rows(
        cubic: &Cubic, images: (&Image, &Image), between: &Between, places: (f32, &[Place]), codes: &mut [u8],
    ) {
        let ((a, b), (scale, places)) = (images, places);
        let width_px = between.width_px;
        let mut mixed = vec![[0.0_f32; 8]; width_px];
        for (y_px, row) in codes.chunks_exact_mut(a.width_px).enumerate() {
            let (first, step, rest) = place(y_px, scale, between.height_px);
            let upper = &between.ways[first * width_px..(first + 1) * width_px];
            let lower = &between.ways[(first + step) * width_px..(first + step + 1) * width_px];
            for ((mixed, upper), lower) in mixed.iter_mut().zip(upper).zip(lower) {
                for lane in 0..8 {
                    mixed[lane] = upper[lane] + rest * (lower[lane] - upper[lane]);
                }
            }
            let y_px = y_px as f32;
            for (x_px, (code, (first, step, rest))) in row.iter_mut().zip(places).enumerate() {
                let (left, right) = (&mixed[*first], &mixed[*first + *step]);
                let mut way = [0.0_f32; 8];
                for lane in 0..8 {
                    way[lane] = left[lane] + *rest * (right[lane] - left[lane]);
                }
                let x_px = x_px as f32;
                let from_a = cubic.sample(a, x_px + scale * way[0], y_px + scale * way[1]);
                let from_b = cubic.sample(b, x_px + scale * way[2], y_px + scale * way[3]);
                // The cast clamps; adding a half rounds.
                *code = (from_a + way[4] * (from_b - from_a) + 0.5) as u8;
            }
        }
    }
}
