//! The render world's side of the screen.

#![expect(clippy::needless_pass_by_value, reason = "systems are handed what they read by value")]

use super::screen::{Screen, ScreenLayout, Tallies};
use bevy::{
    prelude::*,
    render::{
        Extract,
        render_asset::RenderAssets,
        render_resource::{
            AddressMode, BindGroup, BindGroupEntry, BindGroupLayout, BindGroupLayoutEntry, BindingResource,
            BindingType, Buffer, BufferBindingType, BufferDescriptor, BufferUsages, ColorTargetState, ColorWrites,
            CommandEncoderDescriptor, Extent3d, FilterMode, LoadOp, MultisampleState, Operations, Origin3d,
            PipelineCompilationOptions, PipelineLayoutDescriptor, PrimitiveState, RawFragmentState,
            RawRenderPipelineDescriptor, RawVertexState, RenderPassColorAttachment, RenderPassDescriptor,
            RenderPipeline, Sampler, SamplerBindingType, SamplerDescriptor, ShaderModuleDescriptor, ShaderSource,
            ShaderStages, StoreOp, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect,
            TextureDescriptor, TextureDimension, TextureFormat, TextureId, TextureSampleType, TextureUsages,
            TextureView, TextureViewDescriptor, TextureViewDimension,
        },
        renderer::{RenderDevice, RenderQueue},
        texture::GpuImage,
    },
};
use kinora_core::{
    media::{PlanarPicture, PlaneView},
    planes::YuvColor,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

/// Most samples along a side for a pixel of the screen: a film seen at an eighth of its size still does not flicker.
const MOST_SAMPLES: u32 = 4;
/// Pixels of the film that a sample mixes, along a side: the sampler is a linear one.
const PIXELS_A_SAMPLE: f32 = 2.0;
/// From this many pixels of the screen for one of the film on, pixels are seen as squares.
const CLOSE_FROM: f32 = 2.0;
/// Numbers of the shader's `Layout`.
const LAYOUT_FLOATS: usize = 2 * 16 + 8;

/// The screen as the main world left it.
#[derive(Resource, Default)]
pub(super) struct Shown(Option<Screen>);

pub(super) fn extract(screen: Extract<'_, '_, Res<'_, Screen>>, mut shown: ResMut<'_, Shown>) {
    if screen.is_changed() || shown.0.is_none() {
        shown.0 = Some(screen.clone());
    }
}

/// Paints the screen if anything about it is another.
pub(super) fn paint(
    shown: Res<'_, Shown>,
    images: Res<'_, RenderAssets<GpuImage>>,
    device: Res<'_, RenderDevice>,
    queue: Res<'_, RenderQueue>,
    mut painter: ResMut<'_, Painter>,
) {
    let Some(screen) = &shown.0 else { return };
    if let Some(target) = screen.image.as_ref().and_then(|image| images.get(image)) {
        painter.paint(screen, target, &device, &queue);
    }
}

/// What it takes to paint.
#[derive(Resource)]
pub(super) struct Painter {
    pipeline: RenderPipeline,
    bindings: BindGroupLayout,
    samplers: [Sampler; 2],
    layout: Buffer,
    sides: [Option<Side>; 2],
    bind_group: Option<BindGroup>,
    painted: Option<Painted>,
}

/// A picture in textures.
struct Side {
    /// Held, so that another picture never has its address.
    picture: Arc<PlanarPicture>,
    textures: [(Texture, TextureView); 3],
}

#[derive(PartialEq)]
struct Painted {
    target: TextureId,
    layout: Vec<u8>,
}

impl FromWorld for Painter {
    fn from_world(world: &mut World) -> Self {
        let device = world.resource::<RenderDevice>();
        let texture = BindingType::Texture {
            sample_type: TextureSampleType::Float { filterable: true },
            view_dimension: TextureViewDimension::D2,
            multisampled: false,
        };
        let sampler = BindingType::Sampler(SamplerBindingType::Filtering);
        let uniform =
            BindingType::Buffer { ty: BufferBindingType::Uniform, has_dynamic_offset: false, min_binding_size: None };
        let entries: Vec<_> = (0..)
            .zip([vec![uniform, sampler, sampler], vec![texture; 6]].concat())
            .map(|(binding, ty)| BindGroupLayoutEntry { binding, visibility: ShaderStages::FRAGMENT, ty, count: None })
            .collect();
        let bindings = device.create_bind_group_layout("picture", &entries);
        let shader = device.create_and_validate_shader_module(ShaderModuleDescriptor {
            label: Some("picture"),
            source: ShaderSource::Wgsl(include_str!("picture.wgsl").into()),
        });
        let groups = [Some(&*bindings)];
        let pipeline_layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: Some("picture"),
            bind_group_layouts: &groups,
            immediate_size: 0,
        });
        let target = ColorTargetState { format: TextureFormat::Rgba8Unorm, blend: None, write_mask: ColorWrites::ALL };
        let pipeline = device.create_render_pipeline(&RawRenderPipelineDescriptor {
            label: Some("picture"),
            layout: Some(&pipeline_layout),
            vertex: RawVertexState {
                module: &shader,
                entry_point: Some("corners"),
                compilation_options: PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: PrimitiveState::default(),
            depth_stencil: None,
            multisample: MultisampleState::default(),
            fragment: Some(RawFragmentState {
                module: &shader,
                entry_point: Some("light"),
                compilation_options: PipelineCompilationOptions::default(),
                targets: &[Some(target)],
            }),
            multiview_mask: None,
            cache: None,
        });
        let samplers = [FilterMode::Linear, FilterMode::Nearest].map(|filter| {
            device.create_sampler(&SamplerDescriptor {
                address_mode_u: AddressMode::ClampToEdge,
                address_mode_v: AddressMode::ClampToEdge,
                mag_filter: filter,
                min_filter: filter,
                ..SamplerDescriptor::default()
            })
        });
        let layout = device.create_buffer(&BufferDescriptor {
            label: Some("picture"),
            size: (LAYOUT_FLOATS * 4) as u64,
            usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { pipeline, bindings, samplers, layout, sides: [None, None], bind_group: None, painted: None }
    }
}

impl Painter {
    fn paint(&mut self, screen: &Screen, target: &GpuImage, device: &RenderDevice, queue: &RenderQueue) {
        let mut is_new = false;
        for (index, picture) in screen.pictures.iter().enumerate() {
            is_new |= self.put(index, picture.as_ref(), device, queue, &screen.tallies);
        }
        let layout = layout_bytes(screen);
        let painted = Painted { target: target.texture.id(), layout };
        if !is_new && self.painted.as_ref() == Some(&painted) {
            return;
        }
        queue.write_buffer(&self.layout, 0, &painted.layout);
        let bind_group = self.bind_group.take().unwrap_or_else(|| self.bind(device));
        let view = target
            .texture
            .create_view(&TextureViewDescriptor { format: Some(TextureFormat::Rgba8Unorm), ..Default::default() });
        let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor { label: Some("picture") });
        {
            let mut pass = encoder.begin_render_pass(&RenderPassDescriptor {
                label: Some("picture"),
                color_attachments: &[Some(RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: Operations { load: LoadOp::Clear(Default::default()), store: StoreOp::Store },
                })],
                ..RenderPassDescriptor::default()
            });
            if screen.is_lit() {
                pass.set_pipeline(&self.pipeline);
                pass.set_bind_group(0, &*bind_group, &[]);
                pass.draw(0..3, 0..1);
            }
        }
        queue.submit([encoder.finish()]);
        screen.tallies.paints.fetch_add(1, Ordering::Relaxed);
        (self.bind_group, self.painted) = (Some(bind_group), Some(painted));
    }

    /// Puts a picture into textures, unless it is the one that is there. Answers whether anything changed.
    fn put(
        &mut self,
        index: usize,
        picture: Option<&Arc<PlanarPicture>>,
        device: &RenderDevice,
        queue: &RenderQueue,
        tallies: &Tallies,
    ) -> bool {
        let Some(picture) = picture else {
            let was_there = self.sides[index].take().is_some();
            if was_there {
                self.bind_group = None;
            }
            return was_there;
        };
        let old = self.sides[index].take();
        if let Some(side) = old {
            if Arc::ptr_eq(&side.picture, picture) {
                self.sides[index] = Some(side);
                return false;
            }
            // Textures of the same size are written again; others are made anew below.
            let fits = side
                .textures
                .iter()
                .zip(picture.planes())
                .all(|((texture, _), plane)| [texture.width(), texture.height()] == plane.size_px);
            if fits {
                self.sides[index] = Some(Side { picture: Arc::clone(picture), textures: side.textures });
            }
        }
        if self.sides[index].is_none() {
            let textures = picture.planes().map(|plane| texture_for(&plane, device));
            self.sides[index] = Some(Side { picture: Arc::clone(picture), textures });
            self.bind_group = None;
        }
        let Some(side) = &self.sides[index] else { return false };
        let began = Instant::now();
        for ((texture, _), plane) in side.textures.iter().zip(picture.planes()) {
            write(texture, &plane, queue);
        }
        let micros = began.elapsed().as_micros() as u64;
        tallies.uploads.fetch_add(1, Ordering::Relaxed);
        tallies.upload_micros.store(micros, Ordering::Relaxed);
        tallies.all_uploads_micros.fetch_add(micros, Ordering::Relaxed);
        true
    }

    fn bind(&self, device: &RenderDevice) -> BindGroup {
        let dark = PlaneView { size_px: [1, 1], stride_bytes: 1, bytes: &[] };
        let stand_in = texture_for(&dark, device).1;
        let views = self.sides.iter().flat_map(|side| match side {
            Some(side) => [0, 1, 2].map(|plane| &side.textures[plane].1),
            None => [&stand_in; 3],
        });
        let resources = [BindingResource::Buffer(self.layout.as_entire_buffer_binding())]
            .into_iter()
            .chain(self.samplers.iter().map(|sampler| BindingResource::Sampler(sampler)))
            .chain(views.map(|view| BindingResource::TextureView(view)));
        let entries: Vec<_> =
            (0..).zip(resources).map(|(binding, resource)| BindGroupEntry { binding, resource }).collect();
        device.create_bind_group("picture", &self.bindings, &entries)
    }
}

fn texture_for(plane: &PlaneView<'_>, device: &RenderDevice) -> (Texture, TextureView) {
    let texture = device.create_texture(&TextureDescriptor {
        label: Some("plane"),
        size: extent(plane),
        mip_level_count: 1,
        sample_count: 1,
        dimension: TextureDimension::D2,
        format: TextureFormat::R8Unorm,
        usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let view = texture.create_view(&TextureViewDescriptor::default());
    (texture, view)
}

fn write(texture: &Texture, plane: &PlaneView<'_>, queue: &RenderQueue) {
    queue.write_texture(
        TexelCopyTextureInfo { texture, mip_level: 0, origin: Origin3d::ZERO, aspect: TextureAspect::All },
        plane.bytes,
        TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(plane.stride_bytes), rows_per_image: None },
        extent(plane),
    );
}

const fn extent(plane: &PlaneView<'_>) -> Extent3d {
    Extent3d { width: plane.size_px[0], height: plane.size_px[1], depth_or_array_layers: 1 }
}

/// The shader's `Layout`.
fn layout_bytes(screen: &Screen) -> Vec<u8> {
    let ScreenLayout { corner_px, picture_px, split_px } = screen.layout;
    let picture_px = picture_px.map(|side| side.max(1e-3));
    let mut floats = Vec::with_capacity(LAYOUT_FLOATS);
    for picture in &screen.pictures {
        let color = picture.as_ref().map_or_else(YuvColor::default, |picture| picture.color());
        floats.extend(color.to_rgb_rows().as_flattened());
        let (scale, shift) = picture.as_ref().map_or(([1.0; 2], [0.0; 2]), |picture| in_frame(picture, picture_px));
        floats.extend([scale, shift].as_flattened());
    }
    floats.extend([corner_px, picture_px].as_flattened());
    // Without a right side everything is left of the line.
    floats.push(split_px.filter(|_| screen.pictures[1].is_some()).unwrap_or(f32::MAX));
    let film_px = screen.pictures[0].as_ref().map_or([1, 1], |picture| picture.size_px());
    let enlarged = picture_px[0] / film_px[0].max(1) as f32;
    let shrunk = 1.0 / enlarged;
    let samples = ((shrunk / PIXELS_A_SAMPLE).ceil() as u32).clamp(1, MOST_SAMPLES);
    let mut bytes: Vec<u8> = floats.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes.extend([samples, u32::from(enlarged >= CLOSE_FROM), 0].map(u32::to_le_bytes).as_flattened());
    bytes
}

/// How a picture lies in the film's frame: wholly seen, in the middle. And how far off its chroma lies.
fn in_frame(picture: &PlanarPicture, frame_px: [f32; 2]) -> ([f32; 2], [f32; 2]) {
    let [width, height] = picture.size_px().map(|side| side as f32);
    let wider = (width / height) / (frame_px[0] / frame_px[1]);
    // Rounding of the frame to whole pixels is no other shape.
    let scale = if (wider - 1.0).abs() < 0.01 {
        [1.0, 1.0]
    } else if wider > 1.0 {
        [1.0, wider]
    } else {
        [1.0 / wider, 1.0]
    };
    // A quarter of a sample of chroma, of which there are half as many.
    let shift = if picture.has_chroma_left() { [0.5 / width, 0.0] } else { [0.0, 0.0] };
    (scale, shift)
}
