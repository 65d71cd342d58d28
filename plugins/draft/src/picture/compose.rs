//! The compositor: planes over planes through the camera, then light, vignette and grain in one pass, tile by tile.
//!
//! A tile starts at the nearest layer that covers all of it, so hidden planes cost nothing; clear parts are skipped.
//! Every pixel depends on the frame number alone, never on which thread drew it.

use super::{
    camera::{Affine, CameraState},
    chance::{Chance, mix64},
    layer::{Lamp, Layer, Storm},
    texture::{Cover, LOW, Sampler, spread},
};
use std::sync::Mutex;

/// Height of a tile and side of a cell of the light grid, in pixels.
pub(super) const CELL_PX: usize = 16;
/// Width of a tile in pixels.
const TILE_PX: usize = 64;
const GRAIN_SIDE: usize = 256;

/// Size of the picture and its place in frame units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    pub(super) px_per_unit: f32,
}

impl Frame {
    pub(super) fn half_width(&self) -> f32 {
        self.width_px as f32 / self.px_per_unit / 2.0
    }
    pub(super) fn half_height(&self) -> f32 {
        self.height_px as f32 / self.px_per_unit / 2.0
    }

    /// Pixel places to frame units.
    pub(super) fn unit_of_px(&self) -> Affine {
        let step = 1.0 / self.px_per_unit;
        Affine {
            a: step,
            b: 0.0,
            c: 0.5 * step - self.half_width(),
            d: 0.0,
            e: step,
            f: 0.5 * step - self.half_height(),
        }
    }
}

/// How the finished picture is graded.
#[derive(Debug, Clone)]
pub(super) struct Grade {
    /// Light that everything has, per colour part.
    pub(super) ambient: [f32; 3],
    pub(super) vignette: f32,
    /// Grain in 8-bit steps.
    pub(super) grain: f32,
}

/// A picture that the shot starts from or ends on, mixed in by the light grid.
pub(super) struct PlateView<'a> {
    pub(super) sampler: Sampler<'a>,
    /// Pixel places to plate texture pixels.
    pub(super) map: Affine,
    /// Share of the new picture at a place (frame units): 0 plate, 1 picture.
    pub(super) share: Box<dyn Fn(f32, f32) -> f32 + Sync + 'a>,
}

/// One layer as the camera sees it now.
struct View<'a> {
    layer: &'a Layer,
    sampler: Sampler<'a>,
    map: Affine,
    opacity: u64,
}

/// What one frame is made of.
pub(super) struct Shot<'a> {
    pub(super) layers: &'a [Layer],
    pub(super) lamps: &'a [Lamp],
    pub(super) storm: &'a Storm,
    pub(super) grade: &'a Grade,
    pub(super) camera: CameraState,
    pub(super) secs: f32,
    pub(super) grain_seed: u64,
    pub(super) plate: Option<PlateView<'a>>,
}

/// Light grid values at one node: how much of each colour part stays, what is added, and the plate's share.
type Node = [f32; 8];

/// Grain tiles, made once.
#[derive(Debug)]
pub(super) struct Grain(Vec<i8>);

impl Grain {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed ^ 0x6EA1);
        let raw: Vec<f32> = (0..GRAIN_SIDE * GRAIN_SIDE).map(|_| chance.signed() + chance.signed()).collect();
        let soft = (0..raw.len()).map(|index| {
            let (x, y) = (index % GRAIN_SIDE, index / GRAIN_SIDE);
            let at = |dx: usize, dy: usize| raw[(y + dy) % GRAIN_SIDE * GRAIN_SIDE + (x + dx) % GRAIN_SIDE];
            // Grains are a little wider than a pixel, so a video encoder does not eat them.
            let value = at(0, 0) * 0.6 + (at(1, 0) + at(0, 1)) * 0.25 + at(1, 1) * 0.12;
            (value * 62.0).clamp(-127.0, 127.0) as i8
        });
        Self(soft.collect())
    }
}

/// Draws one frame as RGBA bytes.
pub(super) fn compose(shot: &Shot<'_>, frame: &Frame, grain: &Grain, out: &mut [u8], threads: usize) {
    let unit_of_px = frame.unit_of_px();
    let views: Vec<View<'_>> = shot
        .layers
        .iter()
        .filter_map(|layer| {
            let (pose, opacity) = layer.pose(shot.secs, shot.storm);
            let opacity = (opacity.clamp(0.0, 1.0) * 256.0).round() as u64;
            if opacity == 0 {
                return None;
            }
            let back = shot.camera.view(layer.depth).after(pose).inverse().after(unit_of_px);
            let texture = &layer.texture;
            let scale = texture.px_per_unit;
            let to_px = Affine {
                a: scale,
                b: 0.0,
                c: -texture.left * scale - 0.5,
                d: 0.0,
                e: scale,
                f: -texture.top * scale - 0.5,
            };
            Some(View { layer, sampler: texture.sampler(), map: to_px.after(back), opacity })
        })
        .collect();
    let nodes_across = frame.width_px.div_ceil(CELL_PX) + TILE_PX / CELL_PX + 1;
    let nodes = light_nodes(shot, frame, nodes_across);
    let offset = mix64(shot.grain_seed);
    let row_bytes = frame.width_px * 4;
    let bands = Mutex::new(out.chunks_mut(row_bytes * CELL_PX).enumerate());
    let work = || {
        let mut tile = vec![0_u64; TILE_PX * CELL_PX];
        let mut strip = Vec::with_capacity(2 * TILE_PX);
        loop {
            let Some((band, rows)) = bands.lock().ok().and_then(|mut iter| iter.next()) else { return };
            for tile_left in (0..frame.width_px).step_by(TILE_PX) {
                let width = TILE_PX.min(frame.width_px - tile_left);
                let height = rows.len() / row_bytes;
                let spot = Spot { left: tile_left, top: band * CELL_PX, width, height };
                draw_tile(&views, &spot, &mut tile, &mut strip);
                let light = &nodes[band * nodes_across + tile_left / CELL_PX..];
                light_tile(&spot, &tile, (light, nodes_across), (grain, offset, shot), rows, row_bytes);
            }
        }
    };
    if threads <= 1 {
        work();
        return;
    }
    std::thread::scope(|scope| {
        for index in 1..threads {
            // A machine that refuses another thread still gets its picture from this one.
            let _helper = std::thread::Builder::new().name(format!("draft-picture-{index}")).spawn_scoped(scope, work);
        }
        work();
    });
}

struct Spot {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

fn draw_tile(views: &[View<'_>], spot: &Spot, tile: &mut [u64], strip: &mut Vec<u32>) {
    let corners = |map: &Affine| {
        let (x0, y0) = (spot.left as f32, spot.top as f32);
        let (x1, y1) = (x0 + spot.width as f32, y0 + spot.height as f32);
        let points = [map.apply(x0, y0), map.apply(x1, y0), map.apply(x0, y1), map.apply(x1, y1)];
        let low = |pick: fn(&(f32, f32)) -> f32| points.iter().map(pick).fold(f32::INFINITY, f32::min);
        let high = |pick: fn(&(f32, f32)) -> f32| points.iter().map(pick).fold(f32::NEG_INFINITY, f32::max);
        (low(|p| p.0), low(|p| p.1), high(|p| p.0), high(|p| p.1))
    };
    let covers: Vec<Cover> = views
        .iter()
        .map(|view| {
            let (left, top, right, bottom) = corners(&view.map);
            view.layer.texture.cover(left, top, right, bottom)
        })
        .collect();
    let start = (0..views.len()).rev().find(|&index| covers[index] == Cover::Full && views[index].opacity == 256);
    if start.is_none() {
        tile.fill(0x00FF_0000_0000_0000);
    }
    for (index, view) in views.iter().enumerate().skip(start.unwrap_or(0)) {
        if covers[index] != Cover::Clear {
            draw_view(view, spot, tile, strip, start == Some(index));
        }
    }
}

fn draw_view(view: &View<'_>, spot: &Spot, tile: &mut [u64], strip: &mut Vec<u32>, replace: bool) {
    let fixed = |value: f32| (f64::from(value) * 65536.0).round() as i64;
    let (step_u, step_v) = (fixed(view.map.a), fixed(view.map.d));
    for row in 0..spot.height {
        let (u, v) = view.map.apply(spot.left as f32, (spot.top + row) as f32);
        let (u, v) = (fixed(u), fixed(v));
        let line = &mut tile[row * TILE_PX..row * TILE_PX + spot.width];
        if step_v == 0 {
            // Without roll a row of the frame lies between two rows of the texture.
            let last_u = u + step_u * (spot.width as i64 - 1);
            let Some(from) = view.sampler.strip(v, u, last_u, strip) else {
                if replace {
                    line.fill(0);
                }
                continue;
            };
            let mut u = u;
            lay_line(line, view.opacity, replace, || {
                let px = view.sampler.along(strip, from, u);
                u += step_u;
                px
            });
        } else {
            let (mut u, mut v) = (u, v);
            lay_line(line, view.opacity, replace, || {
                let px = view.sampler.at(u, v);
                u += step_u;
                v += step_v;
                px
            });
        }
    }
}

#[inline(always)]
fn lay_line(line: &mut [u64], opacity: u64, replace: bool, mut next: impl FnMut() -> u64) {
    if replace {
        for px in line {
            *px = next();
        }
    } else if opacity == 256 {
        for px in line {
            let over = next();
            if over != 0 {
                *px = lay_over(*px, over);
            }
        }
    } else {
        for px in line {
            let over = next();
            if over != 0 {
                *px = lay_over(*px, ((over * opacity) >> 8) & LOW);
            }
        }
    }
}

/// Premultiplied `over`; paint with no alpha adds light. Lanes stop at 255.
#[inline(always)]
fn lay_over(under: u64, over: u64) -> u64 {
    let keep = 256 - (over >> 48) - (over >> 55);
    let sum = over + (((under * keep) >> 8) & LOW);
    let spilled = (sum >> 8) & 0x0001_0001_0001_0001;
    (sum | (spilled * 255)) & LOW
}

fn light_nodes(shot: &Shot<'_>, frame: &Frame, nodes_across: usize) -> Vec<Node> {
    let nodes_down = frame.height_px.div_ceil(CELL_PX) + 1;
    let unit_of_px = frame.unit_of_px();
    struct Seen {
        at: (f32, f32),
        radius: f32,
        lift: [f32; 3],
        bleed: [f32; 3],
    }
    let lamps: Vec<Seen> = shot
        .lamps
        .iter()
        .map(|lamp| {
            let view = shot.camera.view(lamp.depth);
            let gain = lamp.gain(shot.secs, shot.storm);
            let parts = [lamp.colour.0, lamp.colour.1, lamp.colour.2];
            Seen {
                at: view.apply(lamp.at.0, lamp.at.1),
                radius: lamp.radius * view.a.hypot(view.b).max(0.01),
                lift: parts.map(|part| part * lamp.lift * gain),
                bleed: parts.map(|part| part * lamp.bleed * gain * 255.0),
            }
        })
        .filter(|seen| seen.lift != [0.0; 3] || seen.bleed != [0.0; 3])
        .collect();
    let (half_width, half_height) = (frame.half_width(), frame.half_height());
    let corner = half_width.hypot(half_height);
    let mut nodes = Vec::with_capacity(nodes_across * nodes_down);
    for node_y in 0..nodes_down {
        for node_x in 0..nodes_across {
            let (x, y) = unit_of_px.apply((node_x * CELL_PX) as f32, (node_y * CELL_PX) as f32);
            let edge =
                (x / half_width.max(0.2)).hypot(y / half_height.max(0.2)) * 0.45 + x.hypot(y) / corner.max(0.01) * 0.55;
            let fall = ((edge - 0.42) / 0.75).clamp(0.0, 1.0);
            let vignette = 1.0 - shot.grade.vignette * fall * fall * (3.0 - 2.0 * fall);
            let mut keep = shot.grade.ambient;
            let mut add = [0.0_f32; 3];
            for lamp in &lamps {
                let near = 1.0 - (x - lamp.at.0).hypot(y - lamp.at.1) / lamp.radius;
                if near <= 0.0 {
                    continue;
                }
                let pool = near * near * (3.0 - 2.0 * near);
                let core = near * near * near;
                for part in 0..3 {
                    keep[part] += pool * lamp.lift[part];
                    add[part] += core * core.sqrt() * lamp.bleed[part];
                }
            }
            let share = shot.plate.as_ref().map_or(1.0, |plate| (plate.share)(x, y));
            nodes.push([
                keep[0] * vignette,
                keep[1] * vignette,
                keep[2] * vignette,
                0.0,
                add[0] * vignette,
                add[1] * vignette,
                add[2] * vignette,
                share,
            ]);
        }
    }
    nodes
}

fn light_tile(
    spot: &Spot,
    tile: &[u64],
    (nodes, nodes_across): (&[Node], usize),
    (grain, offset, shot): (&Grain, u64, &Shot<'_>),
    rows: &mut [u8],
    row_bytes: usize,
) {
    let strength = shot.grade.grain / 62.0;
    for row in 0..spot.height {
        let down = (row as f32 + 0.5) / CELL_PX as f32;
        let grain_y = (spot.top + row + (offset & 255) as usize) % GRAIN_SIDE;
        let grain_row = &grain.0[grain_y * GRAIN_SIDE..(grain_y + 1) * GRAIN_SIDE];
        let node = |index: usize| -> Node {
            let (top, low) = (&nodes[index], &nodes[(index + nodes_across).min(nodes.len() - 1)]);
            std::array::from_fn(|part| top[part] + (low[part] - top[part]) * down)
        };
        let line = &mut rows[row * row_bytes + spot.left * 4..row * row_bytes + (spot.left + spot.width) * 4];
        let mut left = node(0);
        for (cell, px_run) in line.chunks_mut(CELL_PX * 4).enumerate() {
            let right = node(cell + 1);
            let step: Node = std::array::from_fn(|part| (right[part] - left[part]) / CELL_PX as f32);
            let mut value: Node = std::array::from_fn(|part| left[part] + step[part] * 0.5);
            let from = cell * CELL_PX;
            for (index, px) in px_run.chunks_exact_mut(4).enumerate() {
                let lanes = tile[row * TILE_PX + from + index];
                let x = spot.left + from + index;
                let speck = f32::from(grain_row[(x + (offset >> 8 & 255) as usize) % GRAIN_SIDE]) * strength;
                let red = (lanes & 255) as f32 * value[0] + value[4] + speck;
                let green = (lanes >> 32 & 255) as f32 * value[1] + value[5] + speck;
                let blue = (lanes >> 16 & 255) as f32 * value[2] + value[6] + speck;
                let mut parts = [red, green, blue];
                if let Some(plate) = &shot.plate {
                    mix_plate(plate, (x, spot.top + row), value[7], &mut parts);
                }
                px[0] = (parts[0] + 0.5) as u8;
                px[1] = (parts[1] + 0.5) as u8;
                px[2] = (parts[2] + 0.5) as u8;
                px[3] = 255;
                for part in 0..8 {
                    value[part] += step[part];
                }
            }
            left = right;
        }
    }
}

#[inline]
fn mix_plate(plate: &PlateView<'_>, (x, y): (usize, usize), share: f32, parts: &mut [f32; 3]) {
    if share >= 0.999 {
        return;
    }
    let (u, v) = plate.map.apply(x as f32, y as f32);
    let lanes = plate.sampler.at((u * 65536.0) as i64, (v * 65536.0) as i64);
    // Where the camera has left the plate behind there is only the new picture.
    let present = (lanes >> 48 & 255) as f32 / 255.0;
    let keep = (1.0 - share.clamp(0.0, 1.0)) * present;
    let held = [(lanes & 255) as f32, (lanes >> 32 & 255) as f32, (lanes >> 16 & 255) as f32];
    for (part, plate_part) in parts.iter_mut().zip(held) {
        *part = part.clamp(0.0, 255.0) * (1.0 - keep) + plate_part * (1.0 - share.clamp(0.0, 1.0));
    }
}

/// Lays a texture (straight onto the frame, no camera) over finished RGBA rows: slates and captions.
pub(super) fn lay_overlay(out: &mut [u8], frame: &Frame, overlay: &super::slate::Overlay, opacity: f32) {
    let gain = (opacity.clamp(0.0, 1.0) * 256.0) as u64;
    if gain == 0 {
        return;
    }
    for y in 0..overlay.height_px {
        let Some(row) = (y + overlay.top_px < frame.height_px).then_some(y + overlay.top_px) else { break };
        for x in 0..overlay.width_px.min(frame.width_px.saturating_sub(overlay.left_px)) {
            let from = (y * overlay.width_px + x) * 4;
            let px = &overlay.data[from..from + 4];
            let over = spread(u32::from_le_bytes([px[0], px[1], px[2], px[3]]));
            if over == 0 {
                continue;
            }
            let to = (row * frame.width_px + x + overlay.left_px) * 4;
            let under = spread(u32::from_le_bytes([out[to], out[to + 1], out[to + 2], 255]));
            let mixed = lay_over(under, ((over * gain) >> 8) & LOW);
            out[to] = (mixed & 255) as u8;
            out[to + 1] = (mixed >> 32 & 255) as u8;
            out[to + 2] = (mixed >> 16 & 255) as u8;
        }
    }
}
