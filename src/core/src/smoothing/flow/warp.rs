//! Pictures fetched along a flow.

use super::{
    between::Between,
    image::{Image, PAD_PX},
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
        Self((0..STEPS).map(weights).collect())
    }

    #[inline(always)]
    fn sample(&self, image: &Image, place: Place) -> f32 {
        let across = &self.0[place.across as usize % STEPS];
        let down = &self.0[place.down as usize % STEPS];
        let mut columns = [0.0_f32; 4];
        for (row, weight) in down.iter().enumerate() {
            let samples = &image.samples[place.start as usize + row * image.stride..][..4];
            for lane in 0..4 {
                columns[lane] += weight * samples[lane];
            }
        }
        (columns[0] * across[0] + columns[2] * across[2]) + (columns[1] * across[1] + columns[3] * across[3])
    }
}

/// Makes one plane of a picture between `a` and `b`. One sample of the flow spans 2^`scale` of the plane's.
pub(super) fn warp_plane(cubic: &Cubic, a: &Image, b: &Image, between: &Between, scale: usize) -> Plane {
    let mut plane = Plane::filled(a.width_px, a.height_px, 0);
    let rows = plane.codes.chunks_exact_mut(a.width_px).enumerate();
    let mut line = Line::new(a.width_px, between.width_px << scale);
    for (y_px, codes) in rows {
        line.spread(between, scale, y_px);
        line.locate(y_px as f32, (1 << scale) as f32, a);
        fetch(cubic, (a, b), &line, codes);
    }
    plane
}

/// Where a sample of the picture is fetched: the first of its four by four samples, and the steps beyond the second.
#[derive(Clone, Copy, Default)]
struct Place {
    start: i32,
    across: i32,
    down: i32,
}

/// One row of the picture in the making.
struct Line {
    /// A row of the flow.
    mixed: Vec<f32>,
    /// The flow of the row's samples, as in [`Between::planes`].
    ways: [Vec<f32>; 5],
    places: [Vec<Place>; 2],
}

impl Line {
    fn new(width_px: usize, spread_px: usize) -> Self {
        let places = vec![Place::default(); width_px];
        Self { mixed: Vec::new(), ways: [(); 5].map(|()| vec![0.0; spread_px]), places: [places.clone(), places] }
    }

    /// Interpolates the flow of a row of the picture.
    fn spread(&mut self, between: &Between, scale: usize, y_px: usize) {
        let width_px = between.width_px;
        let span = (1 << scale) as f32;
        let y = ((y_px as f32 + 0.5) / span - 0.5).clamp(0.0, (between.height_px - 1) as f32);
        let (first, rest) = (y as usize, y.fract());
        let second = (first + 1).min(between.height_px - 1);
        for (plane, way) in between.planes.iter().zip(&mut self.ways) {
            let (upper, lower) = (&plane[first * width_px..][..width_px], &plane[second * width_px..][..width_px]);
            self.mixed.clear();
            self.mixed.extend(upper.iter().zip(lower).map(|(upper, lower)| upper + rest * (lower - upper)));
            match scale {
                0 => way.copy_from_slice(&self.mixed),
                1 => spread::<2>(&self.mixed, way),
                2 => spread::<4>(&self.mixed, way),
                _ => spread_any(&self.mixed, way, 1 << scale),
            }
        }
    }

    fn locate(&mut self, y_px: f32, span: f32, image: &Image) {
        let [a_dx, a_dy, b_dx, b_dy, _] = &self.ways;
        let [a, b] = &mut self.places;
        locate((a_dx, a_dy), (y_px, span), image, a);
        locate((b_dx, b_dy), (y_px, span), image, b);
    }
}

vectorised! {
    fn locate(ways: (&[f32], &[f32]), row: (f32, f32), image: &Image, places: &mut [Place]) {
        let (y_px, span) = row;
        let (right_px, bottom_px) = (image.width_px as f32 + 4.0, image.height_px as f32 + 4.0);
        let steps = STEPS as f32;
        let half_step = 0.5 / steps;
        // The first of four samples lies one before the place.
        let origin = ((PAD_PX - 4) * (image.stride + 1)) as i32;
        for (x_px, ((place, dx), dy)) in places.iter_mut().zip(ways.0).zip(ways.1).enumerate() {
            // `max` before `min` turns what is not a number into a number. Three samples of border on every side.
            let x = (x_px as i32 as f32 + span * dx + (3.0 + half_step)).max(0.0).min(right_px);
            let y = (y_px + span * dy + (3.0 + half_step)).max(0.0).min(bottom_px);
            // SAFETY: both lie between 0 and the largest side of a picture, so their product fits as well.
            let (across, down) = unsafe {
                ((x * steps).to_int_unchecked::<i32>(), (y * steps).to_int_unchecked::<i32>())
            };
            let (x, y) = (across >> 8, down >> 8);
            *place = Place { start: origin + y * image.stride as i32 + x, across: across & 255, down: down & 255 };
        }
    }
}

vectorised! {
    fn fetch(cubic: &Cubic, images: (&Image, &Image), line: &Line, codes: &mut [u8]) {
        let [from_a, from_b] = &line.places;
        let shares = &line.ways[4];
        for (((code, a), b), share) in codes.iter_mut().zip(from_a).zip(from_b).zip(shares) {
            let a = cubic.sample(images.0, *a);
            let b = cubic.sample(images.1, *b);
            // The cast clamps; adding a half rounds.
            *code = (a + share * (b - a) + 0.5) as u8;
        }
    }
}

/// Interpolates a row between its samples, each of which becomes `SPAN`.
#[inline(always)]
fn spread<const SPAN: usize>(from: &[f32], to: &mut [f32]) {
    let half = SPAN / 2;
    to[..half].fill(from[0]);
    let inner = to.len() - half;
    for (to, from) in to[half..inner].chunks_exact_mut(SPAN).zip(from.windows(2)) {
        for (step, to) in to.iter_mut().enumerate() {
            *to = from[0] + (step as f32 + 0.5) / SPAN as f32 * (from[1] - from[0]);
        }
    }
    to[inner..].fill(from[from.len() - 1]);
}

fn spread_any(from: &[f32], to: &mut [f32], span: usize) {
    for (x_px, to) in to.iter_mut().enumerate() {
        let x = ((x_px as f32 + 0.5) / span as f32 - 0.5).clamp(0.0, (from.len() - 1) as f32);
        let (left, right) = (from[x as usize], from[(x as usize + 1).min(from.len() - 1)]);
        *to = left + x.fract() * (right - left);
    }
}
