//! Saves what changed, and nothing else, shortly after the last edit or when asked.

use super::{DirtyFiles, FilmChanges, FilmView};
use bevy::prelude::{Message, Messages, Resource, World};
use kinora_core::film::FileCopy;
use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

/// Where the open film's files are written.
pub trait FilmStore: Send + Sync + 'static {
    /// Writes the files in the order [`FilmChanges`] holds them, each whole or not at all.
    ///
    /// # Errors
    /// Whatever kept a file from being written; the files written before it stay written.
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Brings media to the scenes that are about to use them, as [`kinora_core::film::ProjectFolder::bring_files`] says.
    ///
    /// # Errors
    /// Whatever kept a file from being brought; a [`kinora_core::store::StoreError::Exists`] if its name is taken.
    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// The store of the open film and how long to wait for more edits before saving.
#[derive(Resource)]
pub struct Autosave {
    store: Box<dyn FilmStore>,
    quiet: Duration,
    /// Whoever edits without a pause is not waited for longer.
    longest: Duration,
    failed_at: Option<Instant>,
}

impl Autosave {
    /// Saves into `store` once no edit came for a second, and a second and a half after the first edit at the latest.
    pub fn new(store: impl FilmStore) -> Self {
        Self {
            store: Box::new(store),
            quiet: Duration::from_secs(1),
            longest: Duration::from_millis(1500),
            failed_at: None,
        }
    }

    fn is_due(&self, dirty: &DirtyFiles) -> bool {
        let is_old = dirty.first_edit.is_some_and(|at| at.elapsed() >= self.longest);
        let quiet = is_old || dirty.last_edit.is_none_or(|at| at.elapsed() >= self.quiet);
        // A full disk is not asked again every frame.
        quiet && self.failed_at.is_none_or(|at| at.elapsed() >= Duration::from_secs(10))
    }
}

/// Asks for every change to be saved now.
#[derive(Message, Debug, Clone, Copy)]
pub struct SaveNow;

/// The outcome of a save.
#[derive(Message, Debug, Clone)]
pub enum SaveOutcome {
    /// These many files were written.
    Saved {
        /// Number of files.
        files: usize,
    },
    /// The files are as they were before, and stay marked.
    Failed(Arc<dyn Error + Send + Sync>),
}

pub(super) fn autosave(world: &mut World) {
    let asked = world.resource_mut::<Messages<SaveNow>>().drain().count() > 0;
    if world.resource::<DirtyFiles>().is_clean() {
        if asked {
            world.write_message(SaveOutcome::Saved { files: 0 });
        }
        return;
    }
    let dirty = world.resource::<DirtyFiles>().clone();
    let Some(mut autosave) = world.remove_resource::<Autosave>() else { return };
    if asked || autosave.is_due(&dirty) {
        let outcome = save(world, &mut autosave);
        autosave.failed_at = matches!(outcome, SaveOutcome::Failed(_)).then(Instant::now);
        world.write_message(outcome);
    }
    world.insert_resource(autosave);
}

/// Saves what changed before anything else happens.
pub(crate) fn save_now(world: &mut World) -> Result<(), Arc<dyn Error + Send + Sync>> {
    let Some(mut autosave) = world.remove_resource::<Autosave>() else { return Ok(()) };
    let outcome = if world.resource::<DirtyFiles>().is_clean() { None } else { Some(save(world, &mut autosave)) };
    world.insert_resource(autosave);
    let Some(outcome) = outcome else { return Ok(()) };
    world.write_message(outcome.clone());
    match outcome {
        SaveOutcome::Saved { .. } => Ok(()),
        SaveOutcome::Failed(error) => Err(error),
    }
}

/// Brings media to the scenes that are about to use them. A film that has no place on a disk has none to bring.
pub(crate) fn bring_files(world: &mut World, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
    world.get_resource_mut::<Autosave>().map_or(Ok(()), |mut autosave| autosave.store.bring_files(files))
}

fn save(world: &mut World, autosave: &mut Autosave) -> SaveOutcome {
    let changes = match world.resource::<DirtyFiles>().collect(FilmView::new(world)) {
        Ok(changes) => changes,
        Err(error) => return SaveOutcome::Failed(Arc::new(error)),
    };
    match autosave.store.save(&changes) {
        Ok(()) => {
            *world.resource_mut::<DirtyFiles>() = DirtyFiles::default();
            let single = [changes.characters.is_some(), changes.settings.is_some(), changes.metadata.is_some()];
            SaveOutcome::Saved {
                files: changes.scenes.len() + changes.removed.len() + single.iter().filter(|written| **written).count(),
            }
        }
        Err(error) => SaveOutcome::Failed(Arc::from(error)),
    }
}
