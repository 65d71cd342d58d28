//! Which files no longer say what the film says.

use super::{FilmView, UnknownName};
use bevy::prelude::Resource;
use kinora_core::{
    film::{Character, FilmScene, Metadata, Settings},
    ids::SceneId,
};
use std::{collections::BTreeSet, time::Instant};

/// The files that wait to be saved. Marked by the one system that applies edits.
#[derive(Resource, Debug, Default, Clone, PartialEq)]
pub struct DirtyFiles {
    /// `metadata.json`.
    pub metadata: bool,
    /// `settings.json`.
    pub settings: bool,
    /// `characters.json`.
    pub characters: bool,
    /// The `scene.json` of each of these scenes.
    pub scenes: BTreeSet<SceneId>,
    /// Those of them that a shot or a line came to. They are written first: what moves from scene to scene is then in
    /// two files for a moment, where it could have been in none.
    pub gained: BTreeSet<SceneId>,
    /// When the first of them was marked.
    pub first_edit: Option<Instant>,
    /// When the last of them was marked.
    pub last_edit: Option<Instant>,
}

impl DirtyFiles {
    /// Whether every file is up to date.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.metadata && !self.settings && !self.characters && self.scenes.is_empty()
    }

    /// Adds the files of an edit that was made just now.
    pub(crate) fn merge(&mut self, touched: Self) {
        if touched.is_clean() {
            return;
        }
        self.metadata |= touched.metadata;
        self.settings |= touched.settings;
        self.characters |= touched.characters;
        self.scenes.extend(touched.scenes);
        self.gained.extend(touched.gained);
        let now = Instant::now();
        self.first_edit.get_or_insert(now);
        self.last_edit = Some(now);
    }

    /// What has to be written.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn collect(&self, view: FilmView<'_>) -> Result<FilmChanges, UnknownName> {
        view.root()?;
        let (gained, others): (Vec<_>, Vec<_>) = self.scenes.iter().partition(|id| self.gained.contains(*id));
        let mut changes = FilmChanges::default();
        for scene_id in gained.into_iter().chain(others) {
            // A scene is in the index as long as it is in the film; the list of all scenes is never walked.
            if view.scene_entity(scene_id).is_ok() {
                changes.scenes.push(view.scene(scene_id)?);
            } else {
                changes.removed.push(scene_id.clone());
            }
        }
        Ok(FilmChanges {
            characters: self.characters.then(|| view.characters()).transpose()?,
            settings: self.settings.then(|| view.settings()).transpose()?,
            metadata: self.metadata.then(|| view.metadata()).transpose()?,
            ..changes
        })
    }
}

/// The files to write, in the order to write them: `metadata.json` last, because it names the scenes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FilmChanges {
    /// `scene.json` of each scene that changed.
    pub scenes: Vec<FilmScene>,
    /// Scenes that changed and are no longer in the film.
    pub removed: Vec<SceneId>,
    /// `characters.json`, if it changed.
    pub characters: Option<Vec<Character>>,
    /// `settings.json`, if it changed.
    pub settings: Option<Settings>,
    /// `metadata.json`, if it changed.
    pub metadata: Option<Metadata>,
}
