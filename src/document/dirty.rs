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
        self.metadata |= touched.metadata;
        self.settings |= touched.settings;
        self.characters |= touched.characters;
        self.scenes.extend(touched.scenes);
        self.last_edit = Some(Instant::now());
    }

    /// What has to be written.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn collect(&self, view: FilmView<'_>) -> Result<FilmChanges, UnknownName> {
        let listed = view.scene_ids()?;
        Ok(FilmChanges {
            removed: self.scenes.iter().filter(|id| !listed.contains(id)).cloned().collect(),
            scenes: listed
                .iter()
                .filter(|id| self.scenes.contains(*id))
                .map(|id| view.scene(id))
                .collect::<Result<_, _>>()?,
            characters: self.characters.then(|| view.characters()).transpose()?,
            settings: self.settings.then(|| view.settings()).transpose()?,
            metadata: self.metadata.then(|| view.metadata()).transpose()?,
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
