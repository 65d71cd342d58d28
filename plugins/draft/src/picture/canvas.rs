//! A sheet of paper to cut shapes into: paths in frame units over `tiny_skia`, then the finish that makes a layer of it
//! (soft focus, ground mist, light along the edges, paper grain, glow).

use super::{
    chance::{fractal2, noise2},
    colour::Rgb,
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

/// Light along the edges that face a lamp.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rim {
    pub(super) light: At,
    pub(super) colour: Rgb,
    pub(super) width: f32,
    pub(super) strength: f32,
    /// Distance at which the lamp gives half its light; infinite for sun and moon.
    pub(super) reach: f32,
}

/// Mist rising over the lower part of a layer, or haze over all of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mist {
    pub(super) colour: Rgb,
    pub(super) top: f32,
    pub(super) top_share: f32,
    pub(super) bottom: f32,
    pub(super) bottom_share: f32,
}

/// How a painted sheet becomes a layer.
#[derive(Debug, Clone, Default)]
pub(super) struct Finish {
    /// Soft focus radius in frame units.
    pub(super) blur: f32,
    pub(super) rims: Vec<Rim>,
    pub(super) mist: Option<Mist>,
    /// Paper grain, 0..1.
    pub(super) paper: f32,
    pub(super) seed: u32,
}

/// The sheet.
pub(super) struct Canvas {
    pixmap: Pixmap,
    area: Area,
    px_per_unit: f32,
    frame: Transform,
    base: Transform,
    glows: Vec<(At, f32, Rgb, f32)>,
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
        self.glows.push(((points[0].x, points[0].y), radius_px, colour, strength));
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
    pub(super) fn finish(mut self, finish: &Finish) -> Option<Texture> {
        let width = self.pixmap_width();
        blur(self.pixmap.data_mut(), width, finish.blur * self.px_per_unit);
        for rim in &finish.rims {
            light_edges(self.pixmap.data_mut(), width, &self.base, rim);
        }
        if let Some(mist) = &finish.mist {
            lay_mist(self.pixmap.data_mut(), width, &self.base, mist);
        }
        if finish.paper > 0.0 {
            lay_paper(self.pixmap.data_mut(), width, self.px_per_unit, finish);
        }
        let glows = std::mem::take(&mut self.glows);
        for (at, radius_px, colour, strength) in glows {
            add_glow(self.pixmap.data_mut(), width, at, radius_px, colour, strength);
        }
        Texture::cropped(self.pixmap.take(), width, self.area, self.px_per_unit)
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

/// Three box blurs: a soft lens at any radius, in time that does not grow with it.
fn blur(data: &mut [u8], width: usize, radius_px: f32) {
    let radius = (radius_px * 0.6).round() as usize;
    if radius == 0 || width == 0 {
        return;
    }
    let height = data.len() / 4 / width;
    let mut line = Vec::new();
    for _ in 0..3 {
        for row in data.chunks_exact_mut(width * 4) {
            line.clear();
            line.extend_from_slice(row);
            box_line(&line, row, 4, width, radius);
        }
        line.resize(height * 4, 0);
        let mut column = vec![0_u8; height * 4];
        for x in 0..width {
            for y in 0..height {
                let from = (y * width + x) * 4;
                column[y * 4..y * 4 + 4].copy_from_slice(&data[from..from + 4]);
            }
            line.copy_from_slice(&column);
            box_line(&line, &mut column, 4, height, radius);
            for y in 0..height {
                let to = (y * width + x) * 4;
                data[to..to + 4].copy_from_slice(&column[y * 4..y * 4 + 4]);
            }
        }
    }
}

fn box_line(source: &[u8], target: &mut [u8], step: usize, count: usize, radius: usize) {
    let window = (2 * radius + 1) as u32;
    for part in 0..4 {
        let at = |index: isize| u32::from(source[index.clamp(0, count as isize - 1) as usize * step + part]);
        let mut sum: u32 = (-(radius as isize)..=radius as isize).map(at).sum();
        for index in 0..count {
            target[index * step + part] = ((sum + window / 2) / window) as u8;
            sum += at(index as isize + radius as isize + 1);
            sum -= at(index as isize - radius as isize);
        }
    }
}

fn light_edges(data: &mut [u8], width: usize, base: &Transform, rim: &Rim) {
    let height = data.len() / 4 / width.max(1);
    let alpha: Vec<u8> = data.chunks_exact(4).map(|px| px[3]).collect();
    let (light_x, light_y) = (rim.light.0 * base.sx + base.tx, rim.light.1 * base.sy + base.ty);
    let (width_px, reach_px) = (rim.width * base.sx, rim.reach * base.sx);
    for y in 0..height {
        for x in 0..width {
            let index = y * width + x;
            if alpha[index] < 8 {
                continue;
            }
            let (to_x, to_y) = (light_x - x as f32, light_y - y as f32);
            let distance = to_x.hypot(to_y).max(1.0);
            let mut open = 0.0;
            for (tap, weight) in [(0.3_f32, 0.3), (0.65, 0.35), (1.0, 0.35)] {
                let sample_x = x as f32 + to_x / distance * width_px * tap;
                let sample_y = y as f32 + to_y / distance * width_px * tap;
                let inside = sample_x >= 0.0 && sample_y >= 0.0 && sample_x < width as f32 && sample_y < height as f32;
                let covered = if inside { alpha[sample_y as usize * width + sample_x as usize] } else { 255 };
                open += weight * (1.0 - f32::from(covered) / 255.0);
            }
            if open <= 0.01 {
                continue;
            }
            let fall = if reach_px.is_finite() { 1.0 / (1.0 + (distance / reach_px).powi(2)) } else { 1.0 };
            let gain = open * rim.strength * fall * f32::from(alpha[index]);
            for (part, value) in
                data[index * 4..index * 4 + 3].iter_mut().zip([rim.colour.0, rim.colour.1, rim.colour.2])
            {
                *part = (f32::from(*part) + value * gain).min(f32::from(alpha[index])) as u8;
            }
        }
    }
}

fn lay_mist(data: &mut [u8], width: usize, base: &Transform, mist: &Mist) {
    let colour = [mist.colour.0 * 255.0, mist.colour.1 * 255.0, mist.colour.2 * 255.0];
    for (row_index, row) in data.chunks_exact_mut(width * 4).enumerate() {
        let y = (row_index as f32 - base.ty) / base.sy;
        let t = ((y - mist.top) / (mist.bottom - mist.top)).clamp(0.0, 1.0);
        let t = t * t * (3.0 - 2.0 * t);
        let share = mist.top_share + (mist.bottom_share - mist.top_share) * t;
        if share <= 0.0 {
            continue;
        }
        for px in row.chunks_exact_mut(4) {
            let alpha = f32::from(px[3]) / 255.0;
            for (part, value) in px.iter_mut().zip(colour) {
                *part = (f32::from(*part) * (1.0 - share) + value * alpha * share + 0.5).min(255.0) as u8;
            }
        }
    }
}

/// Fibre and stone grain, stronger in the lights, as of a litho print; it also hides the steps of dark gradients.
fn lay_paper(data: &mut [u8], width: usize, px_per_unit: f32, finish: &Finish) {
    let scale = 1080.0 / px_per_unit.max(1.0);
    for (row_index, row) in data.chunks_exact_mut(width * 4).enumerate() {
        let y = row_index as f32 * scale;
        for (column, px) in row.chunks_exact_mut(4).enumerate() {
            if px[3] == 0 {
                continue;
            }
            let x = column as f32 * scale;
            let fine = noise2(x * 0.55, y * 0.55, finish.seed) - 0.5;
            let broad = fractal2(x * 0.0042, y * 0.0061, 3, finish.seed ^ 77) - 0.5;
            let gain = 1.0 + finish.paper * (fine * 0.15 + broad * 0.24);
            for part in &mut px[..3] {
                *part = (f32::from(*part) * gain + fine * finish.paper * 1.6 + 0.5).clamp(0.0, 255.0) as u8;
            }
            let alpha = px[3];
            for part in &mut px[..3] {
                *part = (*part).min(alpha);
            }
        }
    }
}

fn add_glow(data: &mut [u8], width: usize, at: At, radius_px: f32, colour: Rgb, strength: f32) {
    let height = data.len() / 4 / width.max(1);
    let bound = |value: f32, top: usize| value.clamp(0.0, top as f32) as usize;
    let (left, right) = (bound(at.0 - radius_px, width), bound(at.0 + radius_px + 1.0, width));
    let (top, bottom) = (bound(at.1 - radius_px, height), bound(at.1 + radius_px + 1.0, height));
    for y in top..bottom {
        for x in left..right {
            let distance = (x as f32 - at.0).hypot(y as f32 - at.1) / radius_px.max(0.5);
            if distance >= 1.0 {
                continue;
            }
            let fall = (1.0 - distance) * (1.0 - distance);
            let gain = strength * fall * (0.35 + 0.65 * fall) * 255.0;
            let dither = fractal2(x as f32 * 0.9, y as f32 * 0.9, 1, 5) - 0.5;
            let index = (y * width + x) * 4;
            for (part, value) in data[index..index + 3].iter_mut().zip([colour.0, colour.1, colour.2]) {
                *part = (f32::from(*part) + value * gain + dither).clamp(f32::from(*part), 255.0) as u8;
            }
        }
    }
}
