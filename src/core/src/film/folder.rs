//! A project that is open: its lock is held, and its files are saved whole or not at all.
//!
//! Saves are ordered so that a process killed between two files leaves a film that opens: what is named is written
//! before what names it. A scene's folder comes before the list of scenes; a removed scene leaves its folder first.

use super::{
    Character, CharactersFile, Film, FilmError, FilmScene, Metadata, OpenNote, Problem, ProjectLayout, ProjectPath,
    SCHEMA_VERSION, Settings, json,
    layout::{CHARACTERS, METADATA, SETTINGS, scene_file_name},
    limits,
    load::{Loaded, for_each_path, load},
    prints::text_of,
    validate,
};
use crate::{
    ids::SceneId,
    store::{ProjectLock, StoreError, sweep_parts, sync_folder, write_atomic},
};
use serde::Serialize;
use std::{
    collections::{HashMap, HashSet},
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// An open project. Holds the project's lock until dropped; gives the paths of [`ProjectLayout`].
#[derive(Debug)]
pub struct ProjectFolder {
    layout: ProjectLayout,
    notes: Vec<OpenNote>,
    /// A film of an older schema version, until its files are first saved.
    unsaved_migration: Mutex<Option<(u32, Film)>>,
    _lock: ProjectLock,
}

impl Deref for ProjectFolder {
    type Target = ProjectLayout;
    fn deref(&self) -> &ProjectLayout {
        &self.layout
    }
}

impl ProjectFolder {
    /// Makes a project in `root`, which may exist and hold other files, and keeps it open.
    ///
    /// # Errors
    /// [`FilmError::AlreadyAProject`] if a file or folder of a project is already there; [`FilmError::Invalid`] if the
    /// film breaks a rule; [`FilmError::Store`] if a file cannot be written.
    pub fn create(root: &Path, film: &Film) -> Result<Self, FilmError> {
        let layout = ProjectLayout::new(root);
        // An earlier attempt that was cut short left this note and nothing of value: what it made may be replaced.
        let begun = layout.hidden_dir().join("creating");
        if !begun.exists() || layout.metadata_file().exists() {
            for found in [METADATA, SETTINGS, CHARACTERS, super::layout::SCENES] {
                if root.join(found).symlink_metadata().is_ok() {
                    return Err(FilmError::AlreadyAProject { root: root.to_path_buf(), found });
                }
            }
        }
        refuse_invalid(root, broken_rules(film, &film.scenes.iter().collect::<Vec<_>>()))?;
        fs::create_dir_all(root).map_err(|source| StoreError::from_io("make", root, source))?;
        let lock = ProjectLock::acquire(root)?;
        let folder = Self { layout, notes: Vec::new(), unsaved_migration: Mutex::new(None), _lock: lock };
        write_atomic(&begun, b"")?;
        for scene in &film.scenes {
            folder.save_scene(scene)?;
        }
        folder.save_characters(&film.characters)?;
        folder.save_settings(&film.settings)?;
        folder.save_metadata(&ordered_metadata(film))?;
        fs::remove_file(&begun).map_err(|source| StoreError::from_io("remove", &begun, source))?;
        Ok(folder)
    }

    /// Opens a project to work on it.
    ///
    /// What a killed process left half-written is removed; files of an older schema version are brought up to date in
    /// memory, and on the disk with the first save.
    ///
    /// # Errors
    /// [`FilmError::NotAProject`], [`FilmError::Newer`], [`FilmError::Invalid`] for the first broken place, or
    /// [`FilmError::Store`], among others if another process has the project open.
    pub fn open(root: &Path) -> Result<(Self, Film), FilmError> {
        let layout = ProjectLayout::new(root);
        if layout.metadata_file().symlink_metadata().is_err() {
            return Err(FilmError::NotAProject { root: root.to_path_buf() });
        }
        let lock = ProjectLock::acquire(root)?;
        let loaded = sound(root, load(root)?)?;
        for removed in sweep_parts(&lock)? {
            tracing::info!("removed the unfinished file {}", removed.display());
        }
        // The note of an attempt to make the project that was cut short at its very end.
        let _ = fs::remove_file(layout.hidden_dir().join("creating"));
        let film = loaded.film;
        let unsaved_migration = Mutex::new(loaded.migrated_from.map(|from| (from, film.clone())));
        Ok((Self { layout, notes: loaded.notes, unsaved_migration, _lock: lock }, film))
    }

    /// Reads a project without the lock and without changing a byte, even while another process works on it.
    ///
    /// # Errors
    /// As [`ProjectFolder::open`], except for the lock.
    pub fn read(root: &Path) -> Result<Film, FilmError> {
        Ok(sound(root, load(root)?)?.film)
    }

    /// What was unusual when the project was opened.
    #[must_use]
    pub fn notes(&self) -> &[OpenNote] {
        &self.notes
    }

    /// Saves `metadata.json`.
    ///
    /// # Errors
    /// [`FilmError::Invalid`] or [`FilmError::Store`]; the old file is intact.
    pub fn save_metadata(&self, metadata: &Metadata) -> Result<(), FilmError> {
        let metadata = Metadata { schema_version: SCHEMA_VERSION, ..metadata.clone() };
        self.save(METADATA, &metadata, validate::validate_metadata(METADATA, &metadata))
    }

    /// Saves `settings.json`.
    ///
    /// # Errors
    /// As [`ProjectFolder::save_metadata`].
    pub fn save_settings(&self, settings: &Settings) -> Result<(), FilmError> {
        self.save(SETTINGS, settings, validate::validate_settings(SETTINGS, settings))
    }

    /// Saves `characters.json`.
    ///
    /// # Errors
    /// As [`ProjectFolder::save_metadata`].
    pub fn save_characters(&self, characters: &[Character]) -> Result<(), FilmError> {
        let problems = validate::validate_characters(CHARACTERS, characters);
        self.save(CHARACTERS, &CharactersFile(characters.to_vec()), problems)
    }

    /// Saves a scene and makes its folders. A scene that was removed and comes back gets its media back.
    ///
    /// # Errors
    /// As [`ProjectFolder::save_metadata`].
    pub fn save_scene(&self, scene: &FilmScene) -> Result<(), FilmError> {
        let file = scene_file_name(&scene.scene_id);
        let problems = validate::validate_scene(&file, scene);
        self.complete_migration()?;
        refuse_invalid(self.root(), problems.clone())?;
        self.inside(&file)?;
        self.restore_media(scene)?;
        let id = &scene.scene_id;
        let (is_new, is_first) = (!self.scene_dir(id).is_dir(), !self.scenes_dir().is_dir());
        for folder in [self.shots_dir(id), self.frames_dir(id), self.audio_dir(id)] {
            fs::create_dir_all(&folder).map_err(|source| StoreError::from_io("make", &folder, source))?;
        }
        self.save(&file, scene, problems)?;
        if is_new {
            // The new folder's own name must be on the disk before anything names the scene.
            let scenes = self.scenes_dir();
            for folder in [scenes.as_path(), self.root()].into_iter().take(1 + usize::from(is_first)) {
                sync_folder(folder).map_err(|source| StoreError::from_io("save", folder, source))?;
            }
        }
        Ok(())
    }

    /// Takes a scene out of the project: its folder moves to `.kinora/trash`, so that no media are lost. Save the
    /// metadata without it afterwards.
    ///
    /// # Errors
    /// [`FilmError::NoSuchScene`] or [`FilmError::Store`]; the folder is where it was.
    pub fn remove_scene(&self, scene_id: &SceneId) -> Result<PathBuf, FilmError> {
        self.complete_migration()?;
        let folder = self.scene_dir(scene_id);
        if !folder.is_dir() {
            return Err(FilmError::NoSuchScene { root: self.root().to_path_buf(), scene_id: scene_id.clone() });
        }
        self.inside(&scene_file_name(scene_id))?;
        let trash = self.trash_dir();
        self.inside(".kinora/trash/scene")?;
        fs::create_dir_all(&trash).map_err(|source| StoreError::from_io("make", &trash, source))?;
        let number = self.trashed(scene_id).last().map_or(1, |(number, _)| number + 1);
        let target = trash.join(format!("{scene_id}.{number:04}"));
        move_folder(&folder, &target)?;
        Ok(target)
    }

    /// Saves what differs between two states of the film, and returns the files written or moved away.
    ///
    /// The order of the scenes in `new.scenes` is the film's order; `metadata.scene_order` follows it.
    ///
    /// # Errors
    /// As [`ProjectFolder::save_metadata`]. Nothing is written if anything breaks a rule; if the disk fails between
    /// two files, what was saved stays, and saving again finishes the work.
    pub fn save_changed(&self, old: &Film, new: &Film) -> Result<Vec<PathBuf>, FilmError> {
        let old_scenes: HashMap<_, _> = old.scenes.iter().map(|scene| (&scene.scene_id, scene)).collect();
        let new_ids: HashSet<_> = new.scenes.iter().map(|scene| &scene.scene_id).collect();
        let is_changed = |scene: &&FilmScene| old_scenes.get(&scene.scene_id) != Some(scene);
        let changed: Vec<_> = new.scenes.iter().filter(is_changed).collect();
        refuse_invalid(self.root(), broken_rules(new, &changed))?;
        let mut written = Vec::new();
        for scene in changed {
            self.save_scene(scene)?;
            written.push(self.scene_file(&scene.scene_id));
        }
        if old.characters != new.characters {
            self.save_characters(&new.characters)?;
            written.push(self.characters_file());
        }
        if old.settings != new.settings {
            self.save_settings(&new.settings)?;
            written.push(self.settings_file());
        }
        for scene in &old.scenes {
            if !new_ids.contains(&scene.scene_id) && self.scene_dir(&scene.scene_id).is_dir() {
                self.remove_scene(&scene.scene_id)?;
                written.push(self.scene_dir(&scene.scene_id));
            }
        }
        let metadata = ordered_metadata(new);
        if ordered_metadata(old) != metadata {
            self.save_metadata(&metadata)?;
            written.push(self.metadata_file());
        }
        Ok(written)
    }

    fn save<T: Serialize>(&self, file: &str, content: &T, problems: Vec<Problem>) -> Result<(), FilmError> {
        refuse_invalid(self.root(), problems)?;
        self.complete_migration()?;
        self.write(file, content)
    }

    fn write<T: Serialize>(&self, file: &str, content: &T) -> Result<(), FilmError> {
        self.inside(file)?;
        let path = self.root().join(file);
        let text =
            text_of(content).map_err(|error| StoreError::from_io("save", &path, std::io::Error::other(error)))?;
        // What could not be read again is not written.
        let too_much = if text.len() as u64 > limits::MAX_FILE_BYTES {
            Some(format!("the file would have more than {} bytes", limits::MAX_FILE_BYTES))
        } else {
            json::scan(&text).err().map(|too_much| too_much.message)
        };
        if let Some(message) = too_much {
            refuse_invalid(self.root(), vec![Problem::error(file, "", message, "split the scene")])?;
        }
        Ok(write_atomic(&path, &text)?)
    }

    /// Brings every file of an older schema version up to date, before anything else is saved. The old files are kept
    /// under `.kinora/backup`; `metadata.json`, which names the version, comes last.
    fn complete_migration(&self) -> Result<(), FilmError> {
        let mut pending = self.unsaved_migration.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((from, film)) = pending.as_ref() else { return Ok(()) };
        for scene in &film.scenes {
            let file = scene_file_name(&scene.scene_id);
            self.back_up(*from, &file)?;
            self.write(&file, scene)?;
        }
        for file in [CHARACTERS, SETTINGS, METADATA] {
            self.back_up(*from, file)?;
        }
        self.write(CHARACTERS, &CharactersFile(film.characters.clone()))?;
        self.write(SETTINGS, &film.settings)?;
        self.write(METADATA, &ordered_metadata(film))?;
        *pending = None;
        Ok(())
    }

    /// Copies a file to `.kinora/backup/schema_0/…`, beside any older copy that differs.
    fn back_up(&self, version: u32, file: &str) -> Result<(), FilmError> {
        let path = self.root().join(file);
        let Ok(text) = fs::read(&path) else { return Ok(()) };
        self.inside(&format!(".kinora/backup/schema_{version}/{file}"))?;
        let copy = self.backup_dir().join(format!("schema_{version}")).join(file);
        let mut target = copy.clone();
        let mut number = 2;
        while let Ok(existing) = fs::read(&target) {
            if existing == text {
                return Ok(());
            }
            target = copy.with_extension(format!("json.{number}"));
            number += 1;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
        }
        Ok(write_atomic(&target, &text)?)
    }

    /// Moves a scene's folder back from the trash, if the scene names files in it and is in no folder now. Work that
    /// ended while the scene was away may have made a folder for what it brought: that stays, beside what comes back.
    fn restore_media(&self, scene: &FilmScene) -> Result<(), FilmError> {
        let folder = self.scene_dir(&scene.scene_id);
        if self.scene_file(&scene.scene_id).symlink_metadata().is_ok() {
            return Ok(());
        }
        for (_, trashed) in self.trashed(&scene.scene_id).into_iter().rev() {
            let mut is_its_own = false;
            for_each_path(scene, |_, path| is_its_own |= path.under(&trashed).is_file());
            if is_its_own {
                let scenes = self.scenes_dir();
                fs::create_dir_all(&scenes).map_err(|source| StoreError::from_io("make", &scenes, source))?;
                return if folder.is_dir() { move_into(&trashed, &folder) } else { move_folder(&trashed, &folder) };
            }
        }
        Ok(())
    }

    /// The folders a scene had in the trash, the oldest first.
    fn trashed(&self, scene_id: &SceneId) -> Vec<(u32, PathBuf)> {
        let Ok(entries) = fs::read_dir(self.trash_dir()) else { return Vec::new() };
        let mut found: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| {
                let name = entry.file_name();
                let (name, number) = name.to_str()?.rsplit_once('.')?;
                (name == scene_id.as_str()).then_some(())?;
                Some((number.parse().ok()?, entry.path()))
            })
            .collect();
        found.sort();
        found
    }

    /// Refuses to write where a link leads out of the project.
    pub(super) fn inside(&self, file: &str) -> Result<(), FilmError> {
        let refuse = |error: super::PathError| {
            let problem = Problem::error(file, "", error.to_string(), "nothing was written");
            FilmError::Invalid { root: self.root().to_path_buf(), problem: Box::new(problem), others: 0 }
        };
        ProjectPath::new(file).and_then(|path| path.resolve(self.root(), self.root())).map(drop).map_err(refuse)
    }
}

/// Moves a folder within the project and flushes both places to the disk.
fn move_folder(from: &Path, to: &Path) -> Result<(), FilmError> {
    fs::rename(from, to).map_err(|source| StoreError::from_io("move", from, source))?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        sync_folder(folder).map_err(|source| StoreError::from_io("save", folder, source))?;
    }
    Ok(())
}

/// Moves what is in one folder into another, and leaves what has the name of something there.
fn move_into(from: &Path, to: &Path) -> Result<(), FilmError> {
    let entries = fs::read_dir(from).map_err(|source| StoreError::from_io("list", from, source))?;
    for entry in entries.flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let is_folder = |path: &Path| path.symlink_metadata().is_ok_and(|known| known.is_dir());
        if target.symlink_metadata().is_err() {
            fs::rename(&path, &target).map_err(|source| StoreError::from_io("move", &path, source))?;
        } else if is_folder(&path) && is_folder(&target) {
            move_into(&path, &target)?;
        }
    }
    for folder in [from, to] {
        sync_folder(folder).map_err(|source| StoreError::from_io("save", folder, source))?;
    }
    Ok(())
}

/// The rules that a film breaks as a whole, in its short files and in the scenes that changed.
fn broken_rules(film: &Film, changed: &[&FilmScene]) -> Vec<Problem> {
    let mut problems = validate::validate_metadata(METADATA, &ordered_metadata(film));
    problems.extend(validate::validate_film_size(film));
    problems.extend(validate::validate_settings(SETTINGS, &film.settings));
    problems.extend(validate::validate_characters(CHARACTERS, &film.characters));
    for scene in changed {
        problems.extend(validate::validate_scene(&scene_file_name(&scene.scene_id), scene));
    }
    problems
}

/// The metadata with the order in which the scenes stand.
fn ordered_metadata(film: &Film) -> Metadata {
    let scene_order = film.scenes.iter().map(|scene| scene.scene_id.clone()).collect();
    Metadata { schema_version: SCHEMA_VERSION, scene_order, ..film.metadata.clone() }
}

/// The project, if nothing in it is broken.
fn sound(root: &Path, mut loaded: Loaded) -> Result<Loaded, FilmError> {
    let problems = std::mem::take(&mut loaded.problems);
    refuse_invalid(root, problems)?;
    Ok(loaded)
}

fn refuse_invalid(root: &Path, problems: Vec<Problem>) -> Result<(), FilmError> {
    let others = problems.len().saturating_sub(1);
    match problems.into_iter().next() {
        Some(first) => Err(FilmError::Invalid { root: root.to_path_buf(), problem: Box::new(first), others }),
        None => Ok(()),
    }
}
