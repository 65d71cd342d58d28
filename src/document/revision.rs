//! What changed since someone last looked.

use super::DirtyFiles;
use bevy::prelude::Resource;
use kinora_core::ids::SceneId;
use std::collections::BTreeMap;

/// Counts the changes of the open film, those of undo and redo among them, so that a view keeps what it made of a scene
/// until that scene changes: it notes the number it saw, and looks again when the number is another.
///
/// Every number here is a value of one counter that only rises, also when another film is opened; a number is never
/// seen twice for two states. Written by the function that applies edits and by those that open and close a film.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub struct FilmRevision {
    film: u64,
    opened: u64,
    metadata: u64,
    settings: u64,
    characters: u64,
    scenes: BTreeMap<SceneId, u64>,
}

impl FilmRevision {
    /// Rises with every change of the film. 0 until a film was opened.
    #[must_use]
    pub const fn film(&self) -> u64 {
        self.film
    }

    /// Changes with the scene itself: its facts, lanes, shots, takes and lines. The place of the scene in the film is
    /// part of [`FilmRevision::metadata`].
    #[must_use]
    pub fn scene(&self, scene_id: &SceneId) -> u64 {
        self.scenes.get(scene_id).copied().unwrap_or(self.opened)
    }

    /// Changes with the title, the rate, the size and the order of the scenes.
    #[must_use]
    pub const fn metadata(&self) -> u64 {
        self.metadata
    }

    /// Changes with the settings.
    #[must_use]
    pub const fn settings(&self) -> u64 {
        self.settings
    }

    /// Changes with the characters.
    #[must_use]
    pub const fn characters(&self) -> u64 {
        self.characters
    }

    /// Another film is open, or none.
    pub(crate) fn reopen(&mut self) {
        let film = self.film + 1;
        *self = Self { film, opened: film, metadata: film, settings: film, characters: film, scenes: BTreeMap::new() };
    }

    /// The parts of the film that these files hold have changed.
    pub(crate) fn note(&mut self, touched: &DirtyFiles) {
        if touched.is_clean() {
            return;
        }
        self.film += 1;
        let parts = [
            (touched.metadata, &mut self.metadata),
            (touched.settings, &mut self.settings),
            (touched.characters, &mut self.characters),
        ];
        for (_, revision) in parts.into_iter().filter(|(is_touched, _)| *is_touched) {
            *revision = self.film;
        }
        self.scenes.extend(touched.scenes.iter().map(|scene_id| (scene_id.clone(), self.film)));
    }
}
