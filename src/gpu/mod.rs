//! Pictures on the graphics card: planes of luma and chroma into textures, and one shader that makes light of them.
//!
//! - `screen`: what is shown and where it lies, told once a frame by whoever draws the window;
//! - `paint`: the render world's side: uploads what is new, and paints it into the texture that the window shows;
//! - `picture.wgsl`: the shader. Nothing is converted by the processor.
//!
//! Bytes go from the decoder's own planes into the textures without a copy in between, and only when the picture is
//! another one; a picture that stays costs nothing, whatever else the window draws.

mod paint;
mod screen;

pub use screen::{Screen, ScreenCounts, ScreenLayout};

use bevy::{
    prelude::*,
    render::{ExtractSchedule, GpuResourceAppExt, Render, RenderApp, RenderSystems},
};

/// Adds [`Screen`]. Without a renderer it shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct GpuPicturePlugin;

impl Plugin for GpuPicturePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Screen>();
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else { return };
        render_app
            .init_gpu_resource::<paint::Painter>()
            .init_resource::<paint::Shown>()
            .add_systems(ExtractSchedule, paint::extract)
            .add_systems(Render, paint::paint.in_set(RenderSystems::PrepareBindGroups));
    }
}
