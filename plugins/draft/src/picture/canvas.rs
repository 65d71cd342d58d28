//! A sheet of paper to cut shapes into: paths in frame units over `tiny_skia`, then the finish that makes a layer of it
//! (soft focus, ground mist, light along the edges, paper grain, glow).

use super::{
    colour::Rgb,
    finish::{Finish, Glow, Sheet, blur},
    texture::Texture,
};
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point,
    RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

/// A place in frame units: the frame is 1 high, its centre is 0,0 and y grows downwards.
pub(super) type At = (f32, f32);

/// A rectangle in frame units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }
    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }
    pub(super) fn grow(self, by: f32) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }
}

/// What fills a shape.
#[derive(Debug, Clone)]
pub(super) enum Ink {
    /// One colour and how opaque it is.
    Flat(Rgb, f32),
    /// A fall of colour between two places.
    Fall(At, At, Vec<(f32, Rgb, f32)>),
    /// A pool of colour around a place, reaching this far across and down.
    Pool(At, (f32, f32), Vec<(f32, Rgb, f32)>),
}

impl From<Rgb> for Ink {
    fn from(colour: Rgb) -> Self {
        Self::Flat(colour, 1.0)
    }
}

impl Ink {
    /// Top colour to bottom colour between two heights.
    #[inline(never)]
    pub(super) fn down(top: f32, first: Rgb, bottom: f32, second: Rgb) -> Self {
        let middle = first.mix(second, 0.5);
        Self::Fall((0.0, top), (0.0, bottom), vec![(0.0, first, 1.0), (0.5, middle, 1.0), (1.0, second, 1.0)])
    }

    /// Left colour to right colour between two places across.
    #[inline(never)]
    pub(super) fn across(left: f32, first: Rgb, right: f32, second: Rgb) -> Self {
        let middle = first.mix(second, 0.5);
        Self::Fall((left, 0.0), (right, 0.0), vec![(0.0, first, 1.0), (0.5, middle, 1.0), (1.0, second, 1.0)])
    }

    /// A soft pool that fades to nothing at its radius.
    #[inline(never)]
    pub(super) fn pool(at: At, radius: f32, colour: Rgb, alpha: f32) -> Self {
        let stops = [(0.0, 1.0), (0.25, 0.74), (0.5, 0.36), (0.75, 0.1), (1.0, 0.0)];
        Self::Pool(at, (radius, radius), stops.iter().map(|&(t, a)| (t, colour, a * alpha)).collect())
    }

    fn shader(&self) -> Option<Shader<'static>> {
        let stops = |list: &[(f32, Rgb, f32)]| {
            list.iter().map(|&(t, colour, alpha)| GradientStop::new(t, paint_colour(colour, alpha))).collect()
        };
        match self {
            Self::Flat(colour, alpha) => Some(Shader::SolidColor(paint_colour(*colour, *alpha))),
            Self::Fall(from, to, list) => LinearGradient::new(
                Point::from_xy(from.0, from.1),
                Point::from_xy(to.0, to.1),
                stops(list),
                SpreadMode::Pad,
                Transform::identity(),
            ),
            Self::Pool(at, radius, list) => RadialGradient::new(
                Point::from_xy(at.0, at.1),
                0.0,
                Point::from_xy(at.0, at.1),
                radius.0.max(1e-4),
                stops(list),
                SpreadMode::Pad,
                Transform::from_row(
                    1.0,
                    0.0,
                    0.0,
                    radius.1 / radius.0.max(1e-4),
                    0.0,
                    at.1 * (1.0 - radius.1 / radius.0.max(1e-4)),
                ),
            ),
        }
    }
}

fn paint_colour(colour: Rgb, alpha: f32) -> Color {
    let part = |value: f32| value.clamp(0.0, 1.0);
    Color::from_rgba(part(colour.0), part(colour.1), part(colour.2), part(alpha)).unwrap_or(Color::TRANSPARENT)
}

/// The sheet.
pub(super) struct Canvas {
    pixmap: Pixmap,
    area: Area,
    px_per_unit: f32,
    frame: Transform,
    base: Transform,
    glows: Vec<Glow>,
}

impl Canvas {
    /// A clear sheet over an area. Sizes are limited to what one layer may hold.
    pub(super) fn new(area: Area, px_per_unit: f32) -> Self {
        let limit = |span: f32| ((span * px_per_unit).ceil().clamp(1.0, 12_000.0)) as u32;
        let (width_px, height_px) = (limit(area.width()), limit(area.height()));
        let fallback = || Pixmap::new(1, 1).expect("one pixel always fits");
        let pixmap = Pixmap::new(width_px, height_px).unwrap_or_else(fallback);
        let base =
            Transform::from_row(px_per_unit, 0.0, 0.0, px_per_unit, -area.left * px_per_unit, -area.top * px_per_unit);
        Self { pixmap, area, px_per_unit, frame: base, base, glows: Vec::new() }
    }

    /// Draws the next shapes moved, turned and scaled; `mirror` faces them the other way.
    #[inline(never)]
    pub(super) fn place(&mut self, at: At, scale: f32, mirror: bool, turn_degrees: f32) {
        let flip = if mirror { -1.0 } else { 1.0 };
        self.frame = self
            .base
            .pre_concat(Transform::from_translate(at.0, at.1))
            .pre_concat(Transform::from_rotate(turn_degrees))
            .pre_concat(Transform::from_scale(scale * flip, scale));
    }

    /// Ends [`Canvas::place`].
    pub(super) fn unplace(&mut self) {
        self.frame = self.base;
    }

    /// Makes everything drawn from here on magnified about a place: the shot's framing of a set.
    #[inline(never)]
    pub(super) fn reframe(&mut self, centre: At, scale: f32) {
        self.base = self
            .base
            .pre_concat(Transform::from_scale(scale, scale))
            .pre_concat(Transform::from_translate(-centre.0, -centre.1));
        self.frame = self.base;
    }

    pub(super) fn fill(&mut self, path: Option<Path>, ink: impl Into<Ink>) {
        self.lay(path, &ink.into(), FillRule::Winding);
    }

    /// Fills with holes where shapes overlap.
    pub(super) fn fill_even_odd(&mut self, path: Option<Path>, ink: impl Into<Ink>) {
        self.lay(path, &ink.into(), FillRule::EvenOdd);
    }

    // The sets are long lists of shapes: drawing one stays out of line, which halves the code and its build time.
    #[inline(never)]
    fn lay(&mut self, path: Option<Path>, ink: &Ink, rule: FillRule) {
        let (Some(path), Some(shader)) = (path, ink.shader()) else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixmap.fill_path(&path, &paint, rule, self.frame, None);
    }

    pub(super) fn line(&mut self, path: Option<Path>, width: f32, ink: impl Into<Ink>) {
        self.stroke(path, width, &ink.into());
    }

    #[inline(never)]
    fn stroke(&mut self, path: Option<Path>, width: f32, ink: &Ink) {
        let (Some(path), Some(shader)) = (path, ink.shader()) else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.frame, None);
    }

    pub(super) fn rect(&mut self, left: f32, top: f32, right: f32, bottom: f32, ink: impl Into<Ink>) {
        self.fill(polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)]), ink);
    }

    pub(super) fn ellipse(&mut self, at: At, radius_x: f32, radius_y: f32, ink: impl Into<Ink>) {
        self.fill(ellipse(at, radius_x, radius_y), ink);
    }

    /// A soft oval of light or shadow that fades to nothing at its edge.
    #[inline(never)]
    pub(super) fn pool(&mut self, at: At, (reach_x, reach_y): (f32, f32), colour: Rgb, alpha: f32) {
        let Ink::Pool(_, _, stops) = Ink::pool(at, reach_x, colour, alpha) else { return };
        self.fill(ellipse(at, reach_x, reach_y), Ink::Pool(at, (reach_x, reach_y), stops));
    }

    /// Covers the whole sheet.
    pub(super) fn wash(&mut self, ink: impl Into<Ink>) {
        let Area { left, top, right, bottom } = self.area.grow(1.0);
        let held = std::mem::replace(&mut self.frame, self.base);
        // A reframed sheet shows less than its area, never more, so the area is enough in both cases.
        self.rect(left.min(-9.0), top.min(-9.0), right.max(9.0), bottom.max(9.0), ink);
        self.frame = held;
    }

    /// Light added after everything else on this sheet: it brightens and never covers.
    #[inline(never)]
    pub(super) fn glow(&mut self, at: At, radius: f32, colour: Rgb, strength: f32) {
        let mut points = [Point::from_xy(at.0, at.1)];
        self.frame.map_points(&mut points);
        let radius_px = radius * (self.frame.sx.powi(2) + self.frame.ky.powi(2)).sqrt();
        self.glows.push(Glow { x_px: points[0].x, y_px: points[0].y, radius_px, colour, strength });
    }

    /// Direct use of the pixels, for skies and clouds: called with the place of each pixel, gives colour and alpha
    /// to lay over what is there.
    pub(super) fn each_pixel(&mut self, mut shade: impl FnMut(f32, f32) -> Option<(Rgb, f32)>) {
        let inverse = self.base.invert().unwrap_or_default();
        let width = self.pixmap.width() as usize;
        for (row_index, row) in self.pixmap.data_mut().chunks_exact_mut(width * 4).enumerate() {
            let y = inverse.sy * row_index as f32 + inverse.ty;
            for (column, px) in row.chunks_exact_mut(4).enumerate() {
                let x = inverse.sx * column as f32 + inverse.tx;
                let Some((colour, alpha)) = shade(x, y) else { continue };
                let keep = 1.0 - alpha;
                for (part, value) in px.iter_mut().zip([colour.0, colour.1, colour.2, 1.0]) {
                    *part = (f32::from(*part) * keep + value * alpha * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
    }

    /// Softens what is drawn so far.
    pub(super) fn soften(&mut self, radius: f32) {
        let (radius_px, width) = (radius * self.base.sx, self.pixmap_width());
        blur(self.pixmap.data_mut(), width, radius_px);
    }

    fn pixmap_width(&self) -> usize {
        self.pixmap.width() as usize
    }

    /// Lays another sheet of the same area on this one, only where this one already has paint.
    pub(super) fn lay_inside(&mut self, other: &Self) {
        for (under, over) in self.pixmap.data_mut().chunks_exact_mut(4).zip(other.pixmap.data().chunks_exact(4)) {
            let cover = u32::from(under[3]);
            let keep = 255 - u32::from(over[3]);
            for index in 0..3 {
                let top = u32::from(over[index]) * cover / 255;
                under[index] = (top + u32::from(under[index]) * keep / 255).min(255) as u8;
            }
        }
    }

    /// Ends [`Canvas::reframe`]: what the finish is given is in frame places.
    pub(super) fn unframe(&mut self) {
        let px = self.px_per_unit;
        self.base = Transform::from_row(px, 0.0, 0.0, px, -self.area.left * px, -self.area.top * px);
        self.frame = self.base;
    }

    /// A clear sheet like this one, with the same framing.
    #[inline(never)]
    pub(super) fn another(&self) -> Self {
        let mut sheet = Self::new(self.area, self.px_per_unit);
        sheet.base = self.base;
        sheet.frame = self.frame;
        sheet
    }

    /// Turns the sheet into a layer's texture, cropped to what is painted. `None` when nothing is.
    pub(super) fn finish(self, finish: &Finish) -> Option<Texture> {
        let mut sheet = Sheet::cropped(&self.pixmap, self.base, &self.glows, finish.reach() * self.px_per_unit)?;
        sheet.apply(finish, self.px_per_unit);
        let (left, top) = (sheet.left_px as f32 / self.px_per_unit, sheet.top_px as f32 / self.px_per_unit);
        let area = Area { left: self.area.left + left, top: self.area.top + top, ..self.area };
        Texture::cropped(sheet.data, sheet.width_px, area, self.px_per_unit)
    }
}

/// A closed polygon.
#[inline(never)]
pub(super) fn polygon(points: &[At]) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0, first.1);
    for point in rest {
        path.line_to(point.0, point.1);
    }
    path.close();
    path.finish()
}

/// An open line of straight parts.
#[inline(never)]
pub(super) fn polyline(points: &[At]) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0, first.1);
    for point in rest {
        path.line_to(point.0, point.1);
    }
    path.finish()
}

/// An ellipse.
#[inline(never)]
pub(super) fn ellipse(at: At, radius_x: f32, radius_y: f32) -> Option<Path> {
    let rect = tiny_skia::Rect::from_ltrb(at.0 - radius_x, at.1 - radius_y, at.0 + radius_x, at.1 + radius_y)?;
    PathBuilder::from_oval(rect)
}

/// A smooth closed shape through points (Catmull-Rom). A point written twice in a row is a corner.
#[inline(never)]
pub(super) fn smooth(points: &[At]) -> Option<Path> {
    spline(points, true)
}

/// A smooth open line through points.
#[inline(never)]
pub(super) fn curve(points: &[At]) -> Option<Path> {
    spline(points, false)
}

fn spline(points: &[At], closed: bool) -> Option<Path> {
    let count = points.len();
    if count < 3 {
        return polyline(points);
    }
    let at = |index: isize| {
        let bound = count as isize;
        if closed { points[index.rem_euclid(bound) as usize] } else { points[index.clamp(0, bound - 1) as usize] }
    };
    let mut path = PathBuilder::new();
    path.move_to(points[0].0, points[0].1);
    let last = if closed { count as isize } else { count as isize - 1 };
    for index in 0..last {
        let (before, from, to, after) = (at(index - 1), at(index), at(index + 1), at(index + 2));
        // A doubled point has no tangent: the curve arrives and leaves straight.
        let out = if from == before { (0.0, 0.0) } else { ((to.0 - before.0) / 6.0, (to.1 - before.1) / 6.0) };
        let into = if to == after { (0.0, 0.0) } else { ((after.0 - from.0) / 6.0, (after.1 - from.1) / 6.0) };
        path.cubic_to(from.0 + out.0, from.1 + out.1, to.0 - into.0, to.1 - into.1, to.0, to.1);
    }
    if closed {
        path.close();
    }
    path.finish()
}
