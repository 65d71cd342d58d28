//! What lies over the panes: welcome screen, new project, palette, cheat sheet, tray of jobs, toasts, reference frames.

use super::desk::Desk;
use bevy_egui::egui::{Context, Ui};
use kinora_core::{
    film::AudioLane,
    ids::{CharacterId, SceneId, ShotId},
};
use std::path::PathBuf;

/// What the overlays remember.
#[derive(Debug, Default)]
pub struct OverlayState {
    /// Projects opened lately, the latest first.
    pub recent: Vec<PathBuf>,
    browsing: Option<Browse>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Browse {
    Project,
    Screenplay,
    Audio(SceneId, AudioLane),
    Portrait(CharacterId),
    Clip(SceneId, Option<ShotId>),
}

impl OverlayState {
    /// Asks for the folder of a project to open.
    pub fn browse_project(&mut self) {
        self.browsing = Some(Browse::Project);
    }

    /// Asks for a screenplay to import.
    pub fn browse_screenplay(&mut self) {
        self.browsing = Some(Browse::Screenplay);
    }

    /// Asks for a sound for a lane.
    pub fn browse_audio(&mut self, scene_id: SceneId, lane: AudioLane) {
        self.browsing = Some(Browse::Audio(scene_id, lane));
    }

    /// Asks for a portrait of a character.
    pub fn browse_portrait(&mut self, character_id: CharacterId) {
        self.browsing = Some(Browse::Portrait(character_id));
    }

    /// Asks for a clip: a take of a shot, or a shot of its own.
    pub fn browse_clip(&mut self, scene_id: SceneId, shot_id: Option<ShotId>) {
        self.browsing = Some(Browse::Clip(scene_id, shot_id));
    }

    /// Whether a file dialog has the keys.
    #[must_use]
    pub const fn is_browsing(&self) -> bool {
        self.browsing.is_some()
    }
}

/// The first thing a maker sees while no film is open.
pub fn welcome_ui(_ui: &mut Ui, _desk: &mut Desk<'_>) {}

/// Everything that lies over the panes just now.
pub fn overlays_ui(_ctx: &Context, _desk: &mut Desk<'_>) {}
