//! Filmstrips, shapes of sounds and scrub pictures, drawn from memory of the graphics card with shaders of their own: a
//! few draw calls for everything of a kind, however many clips there are and at any zoom.
//!
//! - `atlas`: the small pictures, which the preview puts there; `sounds`: peaks of sounds;
//! - `batch`: what is drawn in one go; `pipeline`, `paint`: how, as a part of egui's own pass;
//! - `draws`: draw calls counted.
//!
//! Without a graphics card there is no [`Strips`], and the panels draw the old way.

mod atlas;
mod batch;
mod draws;
mod paint;
mod pipeline;
mod sounds;

pub use draws::DrawCounts;

use crate::preview::{ScrubMemory, ScrubPicture, ScrubPlace};
use atlas::Atlas;
use batch::{Batch, Tile, Wave};
use bevy::{
    asset::load_internal_asset,
    prelude::*,
    render::{
        GpuResourceAppExt, Render, RenderApp, RenderSystems,
        renderer::{RenderDevice, RenderQueue},
    },
    shader::Shader,
};
use bevy_egui::egui::{Color32, Rect, Shape};
use draws::Draws;
use kinora_core::preview::Peaks;
use pipeline::{Pipelines, Ready, TILES_SHADER, WAVES_SHADER};
use sounds::Sounds;
use std::sync::Arc;

/// Adds [`Strips`] where there is a graphics card, and gives the preview its memory. Comes after the renderer, egui and
/// the preview.
#[derive(Debug, Default)]
pub struct StripsPlugin;

impl Plugin for StripsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<DrawCounts>();
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_internal_asset!(app, TILES_SHADER, "tiles.wgsl", Shader::from_wgsl);
        load_internal_asset!(app, WAVES_SHADER, "waves.wgsl", Shader::from_wgsl);
        app.add_systems(First, renew.run_if(resource_exists::<Strips>))
            .add_systems(Last, draws::note.run_if(resource_exists::<Strips>));
    }

    fn finish(&self, app: &mut App) {
        let world = app.world_mut();
        let (Some(device), Some(queue)) = (world.get_resource::<RenderDevice>(), world.get_resource::<RenderQueue>())
        else {
            return;
        };
        let strips = Strips {
            atlas: Arc::new(Atlas::new(device, queue)),
            sounds: Sounds::new(device, queue),
            draws: Arc::default(),
            batch: Batch::default(),
        };
        let memory: Arc<dyn ScrubMemory> = strips.atlas.clone();
        let draws = Arc::clone(&strips.draws);
        world.insert_resource(ScrubPlace(Some(memory)));
        world.insert_resource(strips);
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else { return };
        render_app.init_gpu_resource::<Pipelines>().init_resource::<Ready>().add_systems(
            Render,
            (move |mut ready: ResMut<'_, Ready>| {
                ready.0.clear();
                draws.turn();
            })
            .in_set(RenderSystems::Prepare),
        );
    }
}

/// After a graphics card was lost everything that lay in its memory is gone: the new one gets a memory of its own, and the
/// preview fills it. The first card is no news.
#[expect(clippy::needless_pass_by_value, reason = "a system is handed what it reads by value")]
fn renew(
    card: (Res<'_, RenderDevice>, Res<'_, RenderQueue>),
    mut strips: ResMut<'_, Strips>,
    mut place: ResMut<'_, ScrubPlace>,
    mut has_first: Local<'_, bool>,
) {
    let (device, queue) = &card;
    if device.is_changed() && std::mem::replace(&mut *has_first, true) {
        strips.atlas = Arc::new(Atlas::new(device, queue));
        strips.sounds = Sounds::new(device, queue);
        strips.batch = Batch::default();
        place.0 = Some(strips.atlas.clone());
    }
}

/// Collects what the panels show of pictures and sounds, and turns it into shapes of egui.
#[derive(Resource)]
pub struct Strips {
    atlas: Arc<Atlas>,
    sounds: Sounds,
    draws: Arc<Draws>,
    batch: Batch,
}

/// How a row of pictures lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TilePlace {
    /// Where the whole picture lies, in points.
    pub rect: Rect,
    /// What it is cut to.
    pub frame: Rect,
    /// Radius of the frame's lower corners, in points.
    pub radius: f32,
    /// Width of a dark line at the picture's right, in points; none at 0.
    pub line: f32,
}

impl Strips {
    /// Adds a small picture to what is drawn next.
    pub fn push_tile(&mut self, picture: ScrubPicture, place: TilePlace) {
        let TilePlace { rect, frame, radius, line } = place;
        self.batch.tiles.push(Tile { rect, frame, radius, line, slot: picture.slot });
    }

    /// Adds the shape of a sound from a moment on, at so many seconds a pixel of the screen. Nothing is added where its
    /// rectangle is empty.
    pub fn push_wave(
        &mut self,
        peaks: &Arc<Peaks>,
        (rect, colour): (Rect, Color32),
        start_secs: f64,
        secs_per_px: f64,
    ) {
        if rect.width() > 0.0
            && rect.height() > 0.0
            && let Some(levels) = self.sounds.levels(peaks)
        {
            self.batch.waves.extend(Wave::new(peaks, &levels, (rect, colour), start_secs, secs_per_px));
        }
    }

    /// Bytes of the graphics card's memory that sounds take.
    #[must_use]
    pub const fn sound_bytes(&self) -> u64 {
        self.sounds.bytes()
    }

    /// Everything added since the last call, to be drawn inside a rectangle of the window; none if that is nothing.
    pub fn take_shape(&mut self, rect: Rect) -> Option<Shape> {
        let batch = std::mem::take(&mut self.batch);
        let is_something = !batch.is_empty() && rect.is_positive();
        is_something.then(|| paint::shape(batch, &self.atlas, self.sounds.buffer(), &self.draws, rect))
    }

    /// Drops what was added and not drawn: a pass of the panels begins.
    pub fn begin_pass(&mut self) {
        self.batch = Batch::default();
    }

    /// Forgets the sounds of a film that was closed. Its small pictures are forgotten by who put them.
    pub fn forget_sounds(&mut self) {
        self.sounds.clear();
    }
}
