//! A batch as a part of egui's own pass: clipped by it, over what was painted before and under what comes after.

use super::{
    atlas::Atlas,
    batch::Batch,
    draws::Draws,
    pipeline::{Drawn, Kind, Pipelines, Ready, ReadyBatch},
};
use bevy::{
    prelude::*,
    render::{
        render_phase::TrackedRenderPass,
        render_resource::{
            BindGroup, BindGroupEntries, Buffer, BufferDescriptor, BufferUsages, CachedRenderPipelineId, PipelineCache,
        },
        renderer::{RenderDevice, RenderQueue},
        sync_world::RenderEntity,
    },
};
use bevy_egui::{
    egui::{PaintCallbackInfo, Rect, Shape},
    render::{EguiBevyPaintCallback, EguiBevyPaintCallbackImpl, EguiPipelineKey},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Nothing was made ready.
const NOTHING: usize = usize::MAX;

struct Paint {
    batch: Batch,
    atlas: Arc<Atlas>,
    sounds: Option<Buffer>,
    draws: Arc<Draws>,
    /// Its place in [`Ready`].
    ready: AtomicUsize,
}

/// The shape that draws a batch inside a rectangle.
pub(super) fn shape(batch: Batch, atlas: &Arc<Atlas>, sounds: Option<Buffer>, draws: &Arc<Draws>, rect: Rect) -> Shape {
    let (atlas, draws) = (Arc::clone(atlas), Arc::clone(draws));
    let paint = Paint { batch, atlas, sounds, draws, ready: AtomicUsize::new(NOTHING) };
    EguiBevyPaintCallback::new_paint_callback(rect, paint).into()
}

impl EguiBevyPaintCallbackImpl for Paint {
    fn update(&self, info: PaintCallbackInfo, _: RenderEntity, key: EguiPipelineKey, world: &mut World) {
        self.ready.store(NOTHING, Ordering::Relaxed);
        let pipelines = [Kind::Tiles, Kind::Waves].map(|kind| Pipelines::get(world, kind, key.target_format));
        let [Some(tile_pipeline), Some(wave_pipeline)] = pipelines else { return };
        let (Some(device), Some(queue), Some(cache), Some(pipelines)) = (
            world.get_resource::<RenderDevice>(),
            world.get_resource::<RenderQueue>(),
            world.get_resource::<PipelineCache>(),
            world.get_resource::<Pipelines>(),
        ) else {
            return;
        };
        let make = Make { device, queue, cache, pipelines };
        let ready = ReadyBatch {
            view: make.view(&info, &self.atlas),
            tiles: make.tiles(tile_pipeline, &self.batch, &self.atlas),
            waves: make.waves(wave_pipeline, &self.batch, self.sounds.as_ref()),
        };
        if let Some(mut all) = world.get_resource_mut::<Ready>() {
            self.ready.store(all.0.len(), Ordering::Relaxed);
            all.0.push(ready);
        }
    }

    fn render<'pass>(
        &self,
        _: PaintCallbackInfo,
        pass: &mut TrackedRenderPass<'pass>,
        _: RenderEntity,
        _: EguiPipelineKey,
        world: &'pass World,
    ) {
        let ready = world.get_resource::<Ready>().and_then(|all| all.0.get(self.ready.load(Ordering::Relaxed)));
        let (Some(ready), Some(cache)) = (ready, world.get_resource::<PipelineCache>()) else { return };
        for (kind, drawn) in [(Kind::Tiles, &ready.tiles), (Kind::Waves, &ready.waves)] {
            let Some(drawn) = drawn else { continue };
            let Some(pipeline) = cache.get_render_pipeline(drawn.pipeline) else { continue };
            pass.set_render_pipeline(pipeline);
            pass.set_bind_group(0, &ready.view, &[]);
            pass.set_vertex_buffer(0, drawn.instances.slice(..));
            for (source, quads) in &drawn.runs {
                pass.set_bind_group(1, source, &[]);
                pass.draw(0..4, quads.clone());
                self.draws.count(kind, quads.end - quads.start);
            }
        }
    }
}

/// What is needed to make things ready.
struct Make<'a> {
    device: &'a RenderDevice,
    queue: &'a RenderQueue,
    cache: &'a PipelineCache,
    pipelines: &'a Pipelines,
}

impl Make<'_> {
    /// The rectangle that is drawn to, in pixels, and how pictures lie in a layer.
    fn view(&self, info: &PaintCallbackInfo, atlas: &Atlas) -> BindGroup {
        // The same whole pixels that the viewport is set to. How large the screen is, is not known yet here, and our
        // rectangles lie on it.
        let [left, top, right, bottom] =
            [info.viewport.min.x, info.viewport.min.y, info.viewport.max.x, info.viewport.max.y]
                .map(|side| (side * info.pixels_per_point).round());
        let (grid, _) = atlas.pages();
        let [width, height] = grid.cell_px.map(|side| side as f32);
        let values = [
            [left, top, (right - left).max(1.0), (bottom - top).max(1.0)],
            [width, height, grid.columns as f32, grid.per_layer() as f32],
            [info.pixels_per_point, Atlas::side_px() as f32, 0.0, 0.0],
        ];
        let bytes: Vec<u8> = values.iter().flatten().flat_map(|value| value.to_ne_bytes()).collect();
        let buffer = self.buffer(&bytes, BufferUsages::UNIFORM);
        let layout = self.cache.get_bind_group_layout(&self.pipelines.view_layout);
        self.device.create_bind_group("strips view", &layout, &BindGroupEntries::single(buffer.as_entire_binding()))
    }

    /// The pictures' instances, and which of them each page draws.
    fn tiles(&self, pipeline: CachedRenderPipelineId, batch: &Batch, atlas: &Atlas) -> Option<Drawn> {
        let (grid, pages) = atlas.pages();
        let (mut bytes, mut runs, mut count) = (Vec::new(), Vec::new(), 0);
        for (number, page) in (0..).zip(&pages) {
            let from = count;
            for tile in batch.tiles.iter().filter(|tile| tile.slot / grid.per_page() == number) {
                tile.write(tile.slot % grid.per_page(), &mut bytes);
                count += 1;
            }
            if count > from {
                let layout = self.cache.get_bind_group_layout(&self.pipelines.tiles_layout);
                let entries = BindGroupEntries::sequential((page, &self.pipelines.sampler));
                runs.push((self.device.create_bind_group("strips page", &layout, &entries), from..count));
            }
        }
        (count > 0).then(|| Drawn { pipeline, instances: self.buffer(&bytes, BufferUsages::VERTEX), runs })
    }

    fn waves(&self, pipeline: CachedRenderPipelineId, batch: &Batch, sounds: Option<&Buffer>) -> Option<Drawn> {
        let sounds = sounds.filter(|_| !batch.waves.is_empty())?;
        let mut bytes = Vec::new();
        batch.waves.iter().for_each(|wave| wave.write(&mut bytes));
        let layout = self.cache.get_bind_group_layout(&self.pipelines.waves_layout);
        let entries = BindGroupEntries::single(sounds.as_entire_binding());
        let group = self.device.create_bind_group("strips sounds", &layout, &entries);
        let runs = vec![(group, 0..batch.waves.len() as u32)];
        Some(Drawn { pipeline, instances: self.buffer(&bytes, BufferUsages::VERTEX), runs })
    }

    fn buffer(&self, contents: &[u8], usage: BufferUsages) -> Buffer {
        // Not made with its contents: that maps it, which a card that was lost a moment ago cannot do.
        let size = contents.len() as u64;
        let usage = usage | BufferUsages::COPY_DST;
        let buffer = self.device.create_buffer(&BufferDescriptor {
            label: Some("strips"),
            size,
            usage,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, contents);
        buffer
    }
}
