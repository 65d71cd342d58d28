//! Small pictures in memory of the graphics card: pages of a few layers, each a grid of pictures of one size.

use crate::preview::ScrubMemory;
use bevy::render::{
    render_resource::{
        Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect, TextureDescriptor,
        TextureDimension, TextureFormat, TextureUsages, TextureView, TextureViewDescriptor, TextureViewDimension,
        WgpuFeatures,
    },
    renderer::{RenderDevice, RenderQueue},
};
use kinora_core::preview::{ScrubShape, decode_bc1};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Side of a layer: every graphics card has textures as large.
const SIDE_PX: u32 = 2048;
/// Layers of a page, 16 MiB as BC1: a short film takes one page, and a frame draws once a page.
const PAGE_LAYERS: u32 = 8;

/// The pictures. One thread puts them, the renderer draws them.
pub(super) struct Atlas {
    device: RenderDevice,
    queue: RenderQueue,
    is_compressed: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    grid: Grid,
    pages: Vec<(Texture, TextureView)>,
}

/// How pictures lie in a layer, and layers in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Grid {
    /// Width and height of a picture.
    pub(super) cell_px: [u32; 2],
    /// Pictures side by side.
    pub(super) columns: u32,
    /// Pictures one above the other.
    rows: u32,
    /// Layers of a page.
    layers: u32,
    /// Pages at most.
    pages: u32,
}

impl Grid {
    /// The grid for pictures of a shape, within a limit; at least one layer.
    fn new(shape: ScrubShape, limit_bytes: usize, is_compressed: bool) -> Self {
        let layer_bytes = SIDE_PX as usize * SIDE_PX as usize * 4 / if is_compressed { 8 } else { 1 };
        let layers = u32::try_from(limit_bytes / layer_bytes).unwrap_or(u32::MAX).max(1);
        let in_page = layers.min(PAGE_LAYERS);
        let [width, height] = shape.size_px();
        Self {
            cell_px: shape.size_px(),
            columns: SIDE_PX / width,
            rows: SIDE_PX / height,
            layers: in_page,
            pages: layers / in_page,
        }
    }

    /// Pictures of a layer.
    pub(super) const fn per_layer(self) -> u32 {
        self.columns * self.rows
    }

    /// Pictures of a page.
    pub(super) const fn per_page(self) -> u32 {
        self.per_layer() * self.layers
    }

    /// Where a picture of a page lies: left, top and layer.
    const fn origin(self, number: u32) -> [u32; 3] {
        let in_layer = number % self.per_layer();
        let [width, height] = self.cell_px;
        [in_layer % self.columns * width, in_layer / self.columns * height, number / self.per_layer()]
    }
}

impl Atlas {
    pub(super) fn new(device: &RenderDevice, queue: &RenderQueue) -> Self {
        let is_compressed = device.features().contains(WgpuFeatures::TEXTURE_COMPRESSION_BC);
        Self { device: device.clone(), queue: queue.clone(), is_compressed, state: Mutex::default() }
    }

    /// Side of a layer in texels.
    pub(super) const fn side_px() -> u32 {
        SIDE_PX
    }

    /// The grid and the pages that are there.
    pub(super) fn pages(&self) -> (Grid, Vec<TextureView>) {
        let state = self.lock();
        (state.grid, state.pages.iter().map(|(_, view)| view.clone()).collect())
    }

    /// Bytes of the pages that are there.
    pub(super) fn bytes(&self) -> u64 {
        let state = self.lock();
        let texel_bits = if self.is_compressed { 4 } else { 32 };
        state.pages.len() as u64 * u64::from(state.grid.layers) * u64::from(SIDE_PX) * u64::from(SIDE_PX) * texel_bits
            / 8
    }

    fn page(&self, layers: u32) -> (Texture, TextureView) {
        let format = if self.is_compressed { TextureFormat::Bc1RgbaUnormSrgb } else { TextureFormat::Rgba8UnormSrgb };
        let texture = self.device.create_texture(&TextureDescriptor {
            label: Some("small pictures"),
            size: Extent3d { width: SIDE_PX, height: SIDE_PX, depth_or_array_layers: layers },
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&TextureViewDescriptor {
            dimension: Some(TextureViewDimension::D2Array),
            ..TextureViewDescriptor::default()
        });
        (texture, view)
    }

    /// No code of a holder panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScrubMemory for Atlas {
    fn begin(&self, shape: ScrubShape, limit_bytes: usize) -> u32 {
        let grid = Grid::new(shape, limit_bytes, self.is_compressed);
        *self.lock() = State { grid, pages: Vec::new() };
        grid.per_page() * grid.pages
    }

    fn put(&self, slot: u32, blocks: &[u8]) {
        let mut state = self.lock();
        let grid = state.grid;
        if grid.per_page() == 0 {
            return;
        }
        let page = (slot / grid.per_page()) as usize;
        while state.pages.len() <= page {
            let made = self.page(grid.layers);
            state.pages.push(made);
        }
        let [x, y, z] = grid.origin(slot % grid.per_page());
        let [width, height] = grid.cell_px;
        let (rows, bytes_per_row) = if self.is_compressed { (height / 4, width * 2) } else { (height, width * 4) };
        let decoded;
        let bytes = if self.is_compressed {
            blocks
        } else {
            decoded = decode_bc1(blocks, grid.cell_px);
            &decoded
        };
        if bytes.len() != rows as usize * bytes_per_row as usize {
            return;
        }
        self.queue.write_texture(
            TexelCopyTextureInfo {
                texture: &state.pages[page].0,
                mip_level: 0,
                origin: Origin3d { x, y, z },
                aspect: TextureAspect::All,
            },
            bytes,
            TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(bytes_per_row), rows_per_image: Some(rows) },
            Extent3d { width, height, depth_or_array_layers: 1 },
        );
    }

    fn flush(&self) {
        // While the window sleeps nothing else sends what was put, and it would pile up.
        self.queue.submit([]);
    }

    fn end(&self) {
        *self.lock() = State::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pictures_overlap_and_the_limit_holds() {
        for (shape, limit_mib, is_compressed) in [
            (ScrubShape { width_px: 160, height_px: 92 }, 128, true),
            (ScrubShape { width_px: 92, height_px: 160 }, 5, true),
            (ScrubShape { width_px: 512, height_px: 4 }, 0, true),
            (ScrubShape { width_px: 160, height_px: 92 }, 128, false),
        ] {
            let grid = Grid::new(shape, limit_mib << 20, is_compressed);
            let layer_mib = if is_compressed { 2 } else { 16 };
            let layers = (grid.layers * grid.pages) as usize;
            assert!(layers * layer_mib <= limit_mib.max(layer_mib), "{shape:?}: {grid:?}");
            assert!((layers + PAGE_LAYERS as usize) * layer_mib > limit_mib, "{shape:?}: {grid:?} wastes memory");
            let mut origins: Vec<_> = (0..grid.per_page()).map(|number| grid.origin(number)).collect();
            for [x, y, layer] in &origins {
                assert!(x % shape.width_px == 0 && y % shape.height_px == 0 && *layer < grid.layers);
                assert!(x + shape.width_px <= SIDE_PX && y + shape.height_px <= SIDE_PX);
            }
            origins.sort_unstable();
            origins.dedup();
            assert_eq!(origins.len(), grid.per_page() as usize);
        }
    }
}
