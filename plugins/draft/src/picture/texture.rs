//! One painted layer as pixels, with a coarse map of where it is clear and where it covers.

use super::canvas::Area;

/// Side of a coarse block in pixels.
const BLOCK_PX: usize = 16;
/// Nothing in the block.
const CLEAR: u8 = 0;
/// Every pixel of the block covers what is behind.
const COVERS: u8 = 2;

/// Premultiplied RGBA pixels placed in frame units. A clear border of one pixel stands for everything outside.
#[derive(Debug)]
pub(super) struct Texture {
    px: Vec<u32>,
    width_px: usize,
    height_px: usize,
    /// Frame position of the pixel at 0,0.
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) px_per_unit: f32,
    blocks: Vec<u8>,
    blocks_across: usize,
}

/// What a part of a layer does to the picture behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    Clear,
    Partly,
    Full,
}

impl Texture {
    /// Keeps the painted part of a sheet. `None` when nothing is painted.
    #[expect(clippy::needless_pass_by_value, reason = "the canvas is given up: only a part of it is kept")]
    pub(super) fn cropped(data: Vec<u8>, width_px: usize, area: Area, px_per_unit: f32) -> Option<Self> {
        let height_px = data.len() / 4 / width_px.max(1);
        let row_has_paint = |y: usize| data[y * width_px * 4..(y + 1) * width_px * 4].iter().any(|&part| part != 0);
        let top = (0..height_px).find(|&y| row_has_paint(y))?;
        let bottom = (top..height_px).rev().find(|&y| row_has_paint(y))? + 1;
        let (mut left, mut right) = (width_px, 0);
        for y in top..bottom {
            let row = &data[y * width_px * 4..(y + 1) * width_px * 4];
            if let Some(first) = row.chunks_exact(4).position(|px| px != [0; 4]) {
                left = left.min(first);
                right = right.max(row.chunks_exact(4).rposition(|px| px != [0; 4]).unwrap_or(first) + 1);
            }
        }
        let (inner_width, inner_height) = (right - left, bottom - top);
        let (full_width, full_height) = (inner_width + 2, inner_height + 2);
        let mut px = vec![0_u32; full_width * full_height];
        for y in 0..inner_height {
            let from = ((top + y) * width_px + left) * 4;
            let row = &data[from..from + inner_width * 4];
            let to = (y + 1) * full_width + 1;
            for (target, source) in px[to..to + inner_width].iter_mut().zip(row.chunks_exact(4)) {
                *target = u32::from_le_bytes([source[0], source[1], source[2], source[3]]);
            }
        }
        let blocks_across = full_width.div_ceil(BLOCK_PX);
        let mut texture = Self {
            px,
            width_px: full_width,
            height_px: full_height,
            left: area.left + (left as f32 - 1.0) / px_per_unit,
            top: area.top + (top as f32 - 1.0) / px_per_unit,
            px_per_unit,
            blocks: Vec::new(),
            blocks_across,
        };
        texture.map_blocks();
        Some(texture)
    }

    fn map_blocks(&mut self) {
        for block_y in 0..self.height_px.div_ceil(BLOCK_PX) {
            for block_x in 0..self.blocks_across {
                let (mut any, mut all) = (false, true);
                for y in block_y * BLOCK_PX..((block_y + 1) * BLOCK_PX).min(self.height_px) {
                    let from = y * self.width_px + block_x * BLOCK_PX;
                    let to = y * self.width_px + ((block_x + 1) * BLOCK_PX).min(self.width_px);
                    for &px in &self.px[from..to] {
                        any |= px != 0;
                        all &= px >> 24 == 255;
                    }
                }
                self.blocks.push(if all { COVERS } else { u8::from(any) });
            }
        }
    }

    /// What the texture does within a box of texture pixels.
    pub(super) fn cover(&self, left: f32, top: f32, right: f32, bottom: f32) -> Cover {
        if right < 0.0 || bottom < 0.0 || left > self.width_px as f32 || top > self.height_px as f32 {
            return Cover::Clear;
        }
        let inside =
            left >= 0.0 && top >= 0.0 && right + 1.0 < self.width_px as f32 && bottom + 1.0 < self.height_px as f32;
        let block = |value: f32, count: usize| ((value.max(0.0) as usize) / BLOCK_PX).min(count.saturating_sub(1));
        let blocks_down = self.blocks.len() / self.blocks_across.max(1);
        let (mut any, mut all) = (false, inside);
        for y in block(top, blocks_down)..=block(bottom + 1.0, blocks_down) {
            for x in block(left, self.blocks_across)..=block(right + 1.0, self.blocks_across) {
                let state = self.blocks[y * self.blocks_across + x];
                any |= state != CLEAR;
                all &= state == COVERS;
            }
        }
        if !any {
            Cover::Clear
        } else if all {
            Cover::Full
        } else {
            Cover::Partly
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.px.len() * 4
    }

    /// A sampler over the pixels.
    pub(super) fn sampler(&self) -> Sampler<'_> {
        Sampler {
            px: &self.px,
            stride: self.width_px,
            last_u: ((self.width_px as i64 - 1) << 16) - 1,
            last_v: ((self.height_px as i64 - 1) << 16) - 1,
        }
    }
}

/// Bilinear reads at 16.16 fixed-point places; outside is clear.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampler<'a> {
    px: &'a [u32],
    stride: usize,
    last_u: i64,
    last_v: i64,
}

/// Four 8-bit parts as four 16-bit lanes (red, blue, green, alpha from the low end).
pub(super) const fn spread(px: u32) -> u64 {
    let wide = px as u64;
    (wide & 0x00FF_00FF) | ((wide & 0xFF00_FF00) << 24)
}

/// The lanes' lower bytes.
pub(super) const LOW: u64 = 0x00FF_00FF_00FF_00FF;

impl Sampler<'_> {
    /// One row of the picture between two rows of pixels, for a run that goes straight across.
    ///
    /// Fills `strip` with the pixels from the first one that the run needs; answers with that first one, or `None` where the run is
    /// clear all along.
    pub(super) fn strip(&self, v: i64, first_u: i64, last_u: i64, strip: &mut Vec<u32>) -> Option<i64> {
        let v = v.clamp(0, self.last_v);
        let (from, to) =
            ((first_u.min(last_u)).clamp(0, self.last_u) >> 16, first_u.max(last_u).clamp(0, self.last_u) >> 16);
        let row = (v >> 16) as usize * self.stride;
        let span = from as usize..to as usize + 2;
        let (top, low) = (&self.px[row..row + self.stride][span.clone()], &self.px[row + self.stride..][span]);
        let fy = ((v >> 8) & 255) as u32;
        strip.clear();
        if top.iter().chain(low).all(|&px| px == 0) {
            return None;
        }
        // Red and blue, then green and alpha, two parts to a word: plain arithmetic that compilers put in vectors.
        strip.extend(top.iter().zip(low).map(|(&top, &low)| {
            let keep = 256 - fy;
            let even = (((top & 0x00FF_00FF) * keep + (low & 0x00FF_00FF) * fy) >> 8) & 0x00FF_00FF;
            let odd = ((top >> 8) & 0x00FF_00FF) * keep + ((low >> 8) & 0x00FF_00FF) * fy;
            even | (odd & 0xFF00_FF00)
        }));
        Some(from)
    }

    /// The picture at a place of a strip, in lanes.
    #[inline(always)]
    pub(super) fn along(&self, strip: &[u32], from: i64, u: i64) -> u64 {
        let u = u.clamp(0, self.last_u);
        let index = ((u >> 16) - from) as usize;
        let (Some(&left), Some(&right)) = (strip.get(index), strip.get(index + 1)) else { return 0 };
        if left | right == 0 {
            return 0;
        }
        let fx = (u >> 8) as u64 & 255;
        ((spread(left) * (256 - fx) + spread(right) * fx) >> 8) & LOW
    }

    /// The picture at a place, in lanes.
    #[inline(always)]
    pub(super) fn at(&self, u: i64, v: i64) -> u64 {
        let u = u.clamp(0, self.last_u);
        let v = v.clamp(0, self.last_v);
        let index = (v >> 16) as usize * self.stride + (u >> 16) as usize;
        let (fx, fy) = ((u >> 8) as u64 & 255, (v >> 8) as u64 & 255);
        let top = &self.px[index..index + 2];
        let low = &self.px[index + self.stride..index + self.stride + 2];
        if top[0] | top[1] | low[0] | low[1] == 0 {
            return 0;
        }
        let upper = ((spread(top[0]) * (256 - fx) + spread(top[1]) * fx) >> 8) & LOW;
        let lower = ((spread(low[0]) * (256 - fx) + spread(low[1]) * fx) >> 8) & LOW;
        ((upper * (256 - fy) + lower * fy) >> 8) & LOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_texture_keeps_what_is_painted_and_where() {
        let mut data = vec![0_u8; 40 * 40 * 4];
        for y in 3..37 {
            for x in 2..38 {
                data[(y * 40 + x) * 4..(y * 40 + x) * 4 + 4].copy_from_slice(&[10, 20, 30, 255]);
            }
        }
        let area = Area { left: -1.0, top: -1.0, right: 1.0, bottom: 1.0 };
        let texture = Texture::cropped(data, 40, area, 20.0).unwrap();
        assert_eq!((texture.width_px, texture.height_px), (38, 36));
        assert!((texture.left - (-0.95)).abs() < 1e-6);
        assert_eq!(texture.sampler().at(5 << 16, 5 << 16), spread(u32::from_le_bytes([10, 20, 30, 255])));
        assert_eq!(texture.sampler().at(-9 << 16, 5 << 16), 0);
        assert_eq!(texture.cover(-50.0, -50.0, -40.0, -40.0), Cover::Clear);
        assert_eq!(texture.cover(17.0, 17.0, 30.0, 30.0), Cover::Full);
        assert_eq!(texture.cover(0.0, 0.0, 60.0, 30.0), Cover::Partly);
        assert!(Texture::cropped(vec![0; 400], 10, area, 5.0).is_none());
    }
}
