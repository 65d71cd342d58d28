//! The finish of a painted sheet: soft focus, light along edges, ground mist, paper grain, glow.

use super::{
    canvas::At,
    chance::{Chance, fractal2},
    colour::Rgb,
};
use tiny_skia::{Pixmap, Transform};

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

/// Light added to a sheet, in its pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glow {
    pub(super) x_px: f32,
    pub(super) y_px: f32,
    pub(super) radius_px: f32,
    pub(super) colour: Rgb,
    pub(super) strength: f32,
}

impl Finish {
    /// How far a finish looks or paints beyond what is drawn, in frame units.
    pub(super) fn reach(&self) -> f32 {
        self.rims.iter().map(|rim| rim.width).fold(self.blur * 3.0, f32::max)
    }
}

/// The painted part of a sheet, premultiplied RGBA.
pub(super) struct Sheet {
    pub(super) data: Vec<u8>,
    pub(super) width_px: usize,
    /// Where the part was on the whole sheet.
    pub(super) left_px: usize,
    pub(super) top_px: usize,
    /// Frame units to pixels of this part.
    base: Transform,
    glows: Vec<Glow>,
}

impl Sheet {
    /// Cuts out what is painted or will glow, with a margin. `None` for an empty sheet.
    pub(super) fn cropped(pixmap: &Pixmap, base: Transform, glows: &[Glow], margin_px: f32) -> Option<Self> {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
        for (y, row) in pixmap.data().chunks_exact(width * 4).enumerate() {
            // A row inside what is known already needs a look only beyond its ends.
            if let Some(first) = row.chunks_exact(4).position(|px| px != [0; 4]) {
                let last = row.chunks_exact(4).rposition(|px| px != [0; 4]).unwrap_or(first);
                (left, right) = (left.min(first), right.max(last + 1));
                (top, bottom) = (top.min(y), y + 1);
            }
        }
        let bound = |value: f32, limit: usize| value.clamp(0.0, limit as f32) as usize;
        for glow in glows {
            left = left.min(bound(glow.x_px - glow.radius_px, width));
            right = right.max(bound(glow.x_px + glow.radius_px + 1.0, width));
            top = top.min(bound(glow.y_px - glow.radius_px, height));
            bottom = bottom.max(bound(glow.y_px + glow.radius_px + 1.0, height));
        }
        if left >= right || top >= bottom {
            return None;
        }
        let margin = margin_px.ceil() as usize + 2;
        (left, top) = (left.saturating_sub(margin), top.saturating_sub(margin));
        (right, bottom) = ((right + margin).min(width), (bottom + margin).min(height));
        let mut data = Vec::with_capacity((right - left) * (bottom - top) * 4);
        for row in pixmap.data().chunks_exact(width * 4).take(bottom).skip(top) {
            data.extend_from_slice(&row[left * 4..right * 4]);
        }
        let base = Transform { tx: base.tx - left as f32, ty: base.ty - top as f32, ..base };
        let moved = |glow: &Glow| Glow { x_px: glow.x_px - left as f32, y_px: glow.y_px - top as f32, ..*glow };
        let glows = glows.iter().map(moved).collect();
        Some(Self { data, width_px: right - left, left_px: left, top_px: top, base, glows })
    }

    /// Does all that a finish asks for.
    pub(super) fn apply(&mut self, finish: &Finish, px_per_unit: f32) {
        let width = self.width_px;
        blur(&mut self.data, width, finish.blur * px_per_unit);
        for rim in &finish.rims {
            light_edges(&mut self.data, width, &self.base, rim);
        }
        if let Some(mist) = &finish.mist {
            lay_mist(&mut self.data, width, &self.base, mist);
        }
        if finish.paper > 0.0 {
            lay_paper(&mut self.data, width, px_per_unit, finish);
        }
        for glow in &self.glows {
            add_glow(&mut self.data, width, glow);
        }
    }
}

/// Three box blurs: a soft lens at any radius, in time that does not grow with it.
pub(super) fn blur(data: &mut [u8], width: usize, radius_px: f32) {
    let radius = (radius_px * 0.6).round() as usize;
    if radius == 0 || width == 0 {
        return;
    }
    let mut source = data.to_vec();
    for _ in 0..3 {
        blur_rows(&source, data, width, radius);
        blur_columns(data, &mut source, width, radius);
    }
    data.copy_from_slice(&source);
}

fn blur_rows(source: &[u8], target: &mut [u8], width: usize, radius: usize) {
    let window = (2 * radius + 1) as u32;
    let share = (1 << 24) / window;
    for (from, to) in source.chunks_exact(width * 4).zip(target.chunks_exact_mut(width * 4)) {
        let at = |index: isize| {
            let start = index.clamp(0, width as isize - 1) as usize * 4;
            [from[start], from[start + 1], from[start + 2], from[start + 3]].map(u32::from)
        };
        let mut sum = [window / 2; 4];
        for index in -(radius as isize)..=radius as isize {
            let px = at(index);
            sum = std::array::from_fn(|part| sum[part] + px[part]);
        }
        for (index, px) in to.chunks_exact_mut(4).enumerate() {
            for part in 0..4 {
                px[part] = ((u64::from(sum[part]) * u64::from(share)) >> 24).min(255) as u8;
            }
            let (coming, going) = (at((index + radius + 1) as isize), at(index as isize - radius as isize));
            sum = std::array::from_fn(|part| sum[part] + coming[part] - going[part]);
        }
    }
}

/// All columns at once, row after row, so that memory is read in order.
fn blur_columns(source: &[u8], target: &mut [u8], width: usize, radius: usize) {
    let row_bytes = width * 4;
    let height = source.len() / row_bytes;
    let window = (2 * radius + 1) as u32;
    let share = 1.0 / window as f32;
    let row = |index: isize| {
        let start = index.clamp(0, height as isize - 1) as usize * row_bytes;
        &source[start..start + row_bytes]
    };
    let mut sums = vec![0_u32; row_bytes];
    for index in -(radius as isize)..=radius as isize {
        for (sum, part) in sums.iter_mut().zip(row(index)) {
            *sum += u32::from(*part);
        }
    }
    for (index, to) in target.chunks_exact_mut(row_bytes).enumerate() {
        let (coming, going) = (row((index + radius + 1) as isize), row(index as isize - radius as isize));
        for (((part, sum), come), go) in to.iter_mut().zip(&mut sums).zip(coming).zip(going) {
            *part = (*sum as f32 * share + 0.5) as u8;
            *sum = *sum + u32::from(*come) - u32::from(*go);
        }
    }
}

/// Side of the blocks that tell inner parts from edges.
const BLOCK_PX: usize = 16;

/// Blocks that have an edge in reach: everywhere else no light can come in.
fn blocks_at_edges(alpha: &[u8], width: usize, reach_px: f32) -> (Vec<bool>, usize) {
    let height = alpha.len() / width;
    let (across, down) = (width.div_ceil(BLOCK_PX), height.div_ceil(BLOCK_PX));
    let mut open = vec![false; across * down];
    for (y, row) in alpha.chunks_exact(width).enumerate() {
        for (x, part) in row.chunks(BLOCK_PX).enumerate() {
            open[y / BLOCK_PX * across + x] |= part.iter().any(|&value| value < 255);
        }
    }
    let reach = (reach_px / BLOCK_PX as f32).ceil() as usize;
    let mut near = vec![false; open.len()];
    for y in 0..down {
        for x in 0..across {
            let rows = y.saturating_sub(reach)..(y + reach + 1).min(down);
            near[y * across + x] = rows
                .flat_map(|row| (x.saturating_sub(reach)..(x + reach + 1).min(across)).map(move |column| (row, column)))
                .any(|(row, column)| open[row * across + column]);
        }
    }
    (near, across)
}

fn light_edges(data: &mut [u8], width: usize, base: &Transform, rim: &Rim) {
    let height = data.len() / 4 / width.max(1);
    let alpha: Vec<u8> = data.chunks_exact(4).map(|px| px[3]).collect();
    let (light_x, light_y) = (rim.light.0 * base.sx + base.tx, rim.light.1 * base.sy + base.ty);
    let (width_px, reach_px) = (rim.width * base.sx, rim.reach * base.sx);
    let (near, across) = blocks_at_edges(&alpha, width, width_px);
    for y in 0..height {
        for x in 0..width {
            let index = y * width + x;
            if alpha[index] < 8 || !near[y / BLOCK_PX * across + x / BLOCK_PX] {
                continue;
            }
            let (to_x, to_y) = (light_x - x as f32, light_y - y as f32);
            let distance = (to_x * to_x + to_y * to_y).sqrt().max(1.0);
            let step = width_px / distance;
            let mut open = 0.0;
            for (tap, weight) in [(0.3_f32, 0.3), (0.65, 0.35), (1.0, 0.35)] {
                let (sample_x, sample_y) = (x as f32 + to_x * step * tap, y as f32 + to_y * step * tap);
                let inside = sample_x >= 0.0 && sample_y >= 0.0 && sample_x < width as f32 && sample_y < height as f32;
                // Beyond the sheet there is more of the same thing.
                let covered = if inside { alpha[sample_y as usize * width + sample_x as usize] } else { 255 };
                open += weight * (1.0 - f32::from(covered) / 255.0);
            }
            if open <= 0.01 {
                continue;
            }
            let fall = if reach_px.is_finite() { 1.0 / (1.0 + (distance / reach_px).powi(2)) } else { 1.0 };
            let gain = open * rim.strength * fall * f32::from(alpha[index]);
            let colour = [rim.colour.0, rim.colour.1, rim.colour.2];
            for (part, value) in data[index * 4..index * 4 + 3].iter_mut().zip(colour) {
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

/// Side of the tile of fine grain.
const GRAIN_SIDE: usize = 256;
/// Broad mottling is worked out at every so many pixels.
const MOTTLE_PX: usize = 16;

/// Fibre and stone grain, stronger in the lights, as of a litho print; it also hides the steps of dark gradients.
fn lay_paper(data: &mut [u8], width: usize, px_per_unit: f32, finish: &Finish) {
    let scale = 1080.0 / px_per_unit.max(1.0);
    let mut chance = Chance::new(u64::from(finish.seed));
    let raw: Vec<f32> = (0..GRAIN_SIDE * GRAIN_SIDE).map(|_| chance.unit() - 0.5).collect();
    let soft = |x: usize, y: usize| {
        let at = |dx: usize, dy: usize| raw[(y + dy) % GRAIN_SIDE * GRAIN_SIDE + (x + dx) % GRAIN_SIDE];
        at(0, 0) * 0.45 + (at(1, 0) + at(0, 1)) * 0.3 + at(1, 1) * 0.2
    };
    let grain: Vec<f32> = (0..raw.len()).map(|index| soft(index % GRAIN_SIDE, index / GRAIN_SIDE)).collect();
    let mottle =
        |x: usize, y: usize| fractal2(x as f32 * scale * 0.0042, y as f32 * scale * 0.0061, 3, finish.seed ^ 77) - 0.5;
    let mut nodes = vec![0.0_f32; width / MOTTLE_PX + 2];
    for (y, row) in data.chunks_exact_mut(width * 4).enumerate() {
        if row.iter().skip(3).step_by(4).all(|&alpha| alpha == 0) {
            continue;
        }
        for (index, node) in nodes.iter_mut().enumerate() {
            *node = mottle(index * MOTTLE_PX, y);
        }
        for (x, px) in row.chunks_exact_mut(4).enumerate() {
            if px[3] == 0 {
                continue;
            }
            let fine = grain[y % GRAIN_SIDE * GRAIN_SIDE + x % GRAIN_SIDE];
            let (node, along) = (x / MOTTLE_PX, (x % MOTTLE_PX) as f32 / MOTTLE_PX as f32);
            let broad = nodes[node] + (nodes[node + 1] - nodes[node]) * along;
            let gain = 1.0 + finish.paper * (fine * 0.15 + broad * 0.24);
            let alpha = f32::from(px[3]);
            for part in &mut px[..3] {
                *part = (f32::from(*part) * gain + fine * finish.paper * 1.6 + 0.5).clamp(0.0, alpha) as u8;
            }
        }
    }
}

fn add_glow(data: &mut [u8], width: usize, glow: &Glow) {
    let height = data.len() / 4 / width.max(1);
    let Glow { x_px, y_px, radius_px, colour, strength } = *glow;
    let bound = |value: f32, top: usize| value.clamp(0.0, top as f32) as usize;
    let (left, right) = (bound(x_px - radius_px, width), bound(x_px + radius_px + 1.0, width));
    let (top, bottom) = (bound(y_px - radius_px, height), bound(y_px + radius_px + 1.0, height));
    let mut chance = Chance::new(5);
    for y in top..bottom {
        for x in left..right {
            let distance = (x as f32 - x_px).hypot(y as f32 - y_px) / radius_px.max(0.5);
            if distance >= 1.0 {
                continue;
            }
            let fall = (1.0 - distance) * (1.0 - distance);
            let gain = strength * fall * (0.35 + 0.65 * fall) * 255.0;
            let dither = chance.unit() - 0.5;
            let index = (y * width + x) * 4;
            for (part, value) in data[index..index + 3].iter_mut().zip([colour.0, colour.1, colour.2]) {
                *part = (f32::from(*part) + value * gain + dither).clamp(f32::from(*part), 255.0) as u8;
            }
        }
    }
}
