//! From stable names to entities.

use bevy::prelude::{Entity, Resource};
use kinora_core::ids::{CharacterId, LineId, SceneId, ShotId};
use std::collections::HashMap;

/// Where each named thing of the open film is. Kept by the functions that spawn and despawn; read by everyone.
#[derive(Resource, Debug, Default)]
pub struct FilmIndex {
    pub(super) film: Option<Entity>,
    pub(super) scenes: HashMap<SceneId, SceneEntry>,
    pub(super) characters: HashMap<CharacterId, Entity>,
}

#[derive(Debug)]
pub(super) struct SceneEntry {
    pub(super) entity: Entity,
    pub(super) shots: HashMap<ShotId, Entity>,
    pub(super) lines: HashMap<LineId, Entity>,
}

impl FilmIndex {
    /// The root entity of the open film.
    #[must_use]
    pub const fn film(&self) -> Option<Entity> {
        self.film
    }

    /// A scene.
    #[must_use]
    pub fn scene(&self, scene_id: &SceneId) -> Option<Entity> {
        self.scenes.get(scene_id).map(|entry| entry.entity)
    }

    /// A shot.
    #[must_use]
    pub fn shot(&self, scene_id: &SceneId, shot_id: &ShotId) -> Option<Entity> {
        self.scenes.get(scene_id)?.shots.get(shot_id).copied()
    }

    /// A line of dialogue.
    #[must_use]
    pub fn line(&self, scene_id: &SceneId, line_id: &LineId) -> Option<Entity> {
        self.scenes.get(scene_id)?.lines.get(line_id).copied()
    }

    /// A character.
    #[must_use]
    pub fn character(&self, character_id: &CharacterId) -> Option<Entity> {
        self.characters.get(character_id).copied()
    }
}
