//! Which files no longer say what the film says.

use super::{FilmRevision, FilmView, UnknownName};
use bevy::prelude::Resource;
use kinora_core::{
    film::{Character, FilePrints, FilmScene, Metadata, Settings},
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

    /// Takes back the marks of a save that failed. What was marked since stays marked, and no edit counts as made now.
    pub(super) fn mark_again(&mut self, taken: Self) {
        self.metadata |= taken.metadata;
        self.settings |= taken.settings;
        self.characters |= taken.characters;
        self.scenes.extend(taken.scenes);
        self.gained.extend(taken.gained);
        self.first_edit = taken.first_edit.or(self.first_edit);
        self.last_edit = self.last_edit.or(taken.last_edit);
    }

    /// What has to be written.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn collect(&self, view: FilmView<'_>) -> Result<FilmChanges, UnknownName> {
        view.root()?;
        let revision = view.world().get_resource::<FilmRevision>().map_or(0, FilmRevision::film);
        let (gained, others): (Vec<_>, Vec<_>) = self.scenes.iter().partition(|id| self.gained.contains(*id));
        let mut changes = FilmChanges { revision, ..FilmChanges::default() };
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
    /// The [`FilmRevision::film`] they bring the files to.
    pub revision: u64,
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

impl FilmChanges {
    /// Number of files and folders that are touched.
    #[must_use]
    pub fn file_count(&self) -> usize {
        let single = [self.characters.is_some(), self.settings.is_some(), self.metadata.is_some()];
        self.scenes.len() + self.removed.len() + single.iter().filter(|written| **written).count()
    }

    /// What the files say once all of this is saved.
    ///
    /// # Errors
    /// As [`FilePrints::add_scene`].
    pub fn prints(&self) -> serde_json::Result<FilePrints> {
        let mut prints = FilePrints::default();
        self.scenes.iter().try_for_each(|scene| prints.add_scene(scene))?;
        self.removed.iter().for_each(|scene_id| prints.add_removed(scene_id));
        self.characters.iter().try_for_each(|characters| prints.add_characters(characters))?;
        self.settings.iter().try_for_each(|settings| prints.add_settings(settings))?;
        self.metadata.iter().try_for_each(|metadata| prints.add_metadata(metadata))?;
        Ok(prints)
    }
}
