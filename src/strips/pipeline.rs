//! The two pipelines, and what is made ready for the frame that is being drawn.

use bevy::{
    asset::{Handle, uuid_handle},
    mesh::VertexBufferLayout,
    prelude::*,
    render::{
        render_resource::{
            BindGroup, BindGroupLayoutDescriptor, BindGroupLayoutEntries, BlendState, Buffer, CachedRenderPipelineId,
            ColorTargetState, ColorWrites, FilterMode, FragmentState, MultisampleState, PipelineCache, PrimitiveState,
            PrimitiveTopology, RenderPipelineDescriptor, Sampler, SamplerBindingType, SamplerDescriptor, ShaderStages,
            TextureFormat, TextureSampleType, VertexFormat, VertexState, VertexStepMode,
            binding_types::{sampler, storage_buffer_read_only_sized, texture_2d_array, uniform_buffer_sized},
        },
        renderer::RenderDevice,
    },
    shader::Shader,
};
use std::{collections::HashMap, ops::Range};

pub(super) const TILES_SHADER: Handle<Shader> = uuid_handle!("7a3f0c52-5b7e-4a51-9d5d-0d6c2a1f5c01");
pub(super) const WAVES_SHADER: Handle<Shader> = uuid_handle!("7a3f0c52-5b7e-4a51-9d5d-0d6c2a1f5c02");

/// What a pipeline draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Tiles,
    Waves,
}

/// Layouts, and the pipelines for each format that is drawn to.
#[derive(Resource)]
pub(super) struct Pipelines {
    pub(super) view_layout: BindGroupLayoutDescriptor,
    pub(super) tiles_layout: BindGroupLayoutDescriptor,
    pub(super) waves_layout: BindGroupLayoutDescriptor,
    pub(super) sampler: Sampler,
    made: HashMap<(Kind, TextureFormat), CachedRenderPipelineId>,
}

/// Everything that the callbacks of a frame draw with. Each holds the number of its own part.
#[derive(Resource, Default)]
pub(super) struct Ready(pub(super) Vec<ReadyBatch>);

pub(super) struct ReadyBatch {
    pub(super) view: BindGroup,
    pub(super) tiles: Option<Drawn>,
    pub(super) waves: Option<Drawn>,
}

/// Quads of one pipeline.
pub(super) struct Drawn {
    pub(super) pipeline: CachedRenderPipelineId,
    pub(super) instances: Buffer,
    /// What each draw call reads from, and which quads it draws.
    pub(super) runs: Vec<(BindGroup, Range<u32>)>,
}

impl FromWorld for Pipelines {
    fn from_world(world: &mut World) -> Self {
        let device = world.resource::<RenderDevice>();
        let sampler_made = device.create_sampler(&SamplerDescriptor {
            label: Some("small pictures"),
            mag_filter: FilterMode::Linear,
            min_filter: FilterMode::Linear,
            ..SamplerDescriptor::default()
        });
        let view = BindGroupLayoutEntries::single(ShaderStages::VERTEX_FRAGMENT, uniform_buffer_sized(false, None));
        let tiles = BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (texture_2d_array(TextureSampleType::Float { filterable: true }), sampler(SamplerBindingType::Filtering)),
        );
        let waves = BindGroupLayoutEntries::single(ShaderStages::FRAGMENT, storage_buffer_read_only_sized(false, None));
        Self {
            view_layout: BindGroupLayoutDescriptor::new("strips view", &view),
            tiles_layout: BindGroupLayoutDescriptor::new("strips tiles", &tiles),
            waves_layout: BindGroupLayoutDescriptor::new("strips waves", &waves),
            sampler: sampler_made,
            made: HashMap::new(),
        }
    }
}

impl Pipelines {
    /// The pipeline of a kind. The first time it is waited for: a strip that comes a frame late would not be seen until
    /// the window is drawn again.
    pub(super) fn get(world: &mut World, kind: Kind, format: TextureFormat) -> Option<CachedRenderPipelineId> {
        let pipelines = world.get_resource::<Self>()?;
        if let Some(made) = pipelines.made.get(&(kind, format)) {
            return Some(*made);
        }
        let descriptor = pipelines.descriptor(kind, format);
        let mut cache = world.get_resource_mut::<PipelineCache>()?;
        let id = cache.queue_render_pipeline(descriptor);
        cache.block_on_render_pipeline(id);
        world.resource_mut::<Self>().made.insert((kind, format), id);
        Some(id)
    }

    fn descriptor(&self, kind: Kind, format: TextureFormat) -> RenderPipelineDescriptor {
        let (label, shader, layout) = match kind {
            Kind::Tiles => ("strips tiles", TILES_SHADER, &self.tiles_layout),
            Kind::Waves => ("strips waves", WAVES_SHADER, &self.waves_layout),
        };
        let formats: &[VertexFormat] = match kind {
            Kind::Tiles => {
                &[VertexFormat::Float32x4, VertexFormat::Float32x4, VertexFormat::Float32x2, VertexFormat::Uint32]
            }
            Kind::Waves => {
                &[VertexFormat::Float32x4, VertexFormat::Float32x4, VertexFormat::Uint32x4, VertexFormat::Float32x4]
            }
        };
        RenderPipelineDescriptor {
            label: Some(label.into()),
            layout: vec![self.view_layout.clone(), layout.clone()],
            immediate_size: 0,
            vertex: VertexState {
                shader: shader.clone(),
                shader_defs: Vec::new(),
                entry_point: Some("vertex".into()),
                buffers: vec![VertexBufferLayout::from_vertex_formats(
                    VertexStepMode::Instance,
                    formats.iter().copied(),
                )],
            },
            primitive: PrimitiveState { topology: PrimitiveTopology::TriangleStrip, ..PrimitiveState::default() },
            depth_stencil: None,
            multisample: MultisampleState::default(),
            fragment: Some(FragmentState {
                shader,
                shader_defs: Vec::new(),
                entry_point: Some("fragment".into()),
                targets: vec![Some(ColorTargetState {
                    format,
                    blend: Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: ColorWrites::ALL,
                })],
            }),
            zero_initialize_workgroup_memory: false,
        }
    }
}
