//! Saves what changed, and nothing else, shortly after the last edit or when asked.
//!
//! In a window the files are written on a thread of their own (`writer`): a frame only takes the changed scenes out of
//! the world. At most one save is under way; what changes meanwhile waits for the next, so many wishes to save become
//! few saves. A save that fails marks its files again, beside what was marked since.

use super::{
    DirtyFiles, FilmChanges, FilmRevision, FilmView,
    writer::{SharedStore, Writer, Written, broken},
};
use bevy::prelude::{Event, Message, Messages, Resource, World};
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

/// After a save that failed, the next waits this long unless somebody asks: a full disk is not asked every frame.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// The store of the open film and how long to wait for more edits before saving. Dropped, it waits for the save that
/// is under way.
#[derive(Resource)]
pub struct Autosave {
    store: SharedStore,
    /// Absent where saves are made in the very update that is due to make them.
    writer: Option<Writer>,
    under_way: Option<UnderWay>,
    /// The revision of the film that somebody wants on the disk, until it is there or was refused.
    asked: Option<u64>,
    quiet: Duration,
    /// Whoever edits without a pause is not waited for longer.
    longest: Duration,
    failed_at: Option<Instant>,
}

/// A save that is being written.
struct UnderWay {
    taken: DirtyFiles,
    revision: u64,
    files: usize,
}

impl Autosave {
    /// Saves into `store` once no edit came for a second, and a second and a half after the first edit at the latest.
    /// The update that saves ends when the disk has it all: for the command line, where nothing goes on meanwhile.
    pub fn new(store: impl FilmStore) -> Self {
        Self {
            store: SharedStore::new(store),
            writer: None,
            under_way: None,
            asked: None,
            quiet: Duration::from_secs(1),
            longest: Duration::from_millis(1500),
            failed_at: None,
        }
    }

    /// Saves at the same moments on a thread of its own, which calls `wake` after each save: its outcome is told in
    /// the update that follows. Where the system gives no thread, the updates save.
    pub fn behind(store: impl FilmStore, wake: impl Fn() + Send + 'static) -> Self {
        let mut autosave = Self::new(store);
        match Writer::start(autosave.store.clone(), wake) {
            Ok(writer) => autosave.writer = Some(writer),
            Err(error) => tracing::warn!("the film is saved between frames, not beside them: {error}"),
        }
        autosave
    }

    fn is_due(&self, dirty: &DirtyFiles) -> bool {
        let is_old = dirty.first_edit.is_some_and(|at| at.elapsed() >= self.longest);
        let quiet = is_old || dirty.last_edit.is_none_or(|at| at.elapsed() >= self.quiet);
        quiet && self.failed_at.is_none_or(|at| at.elapsed() >= RETRY_PAUSE)
    }
}

/// Asks for every change to be saved now.
#[derive(Message, Debug, Clone, Copy)]
pub struct SaveNow;

/// A save is about to take the changes out of the world: the last moment to note what it will hold.
#[derive(Event, Debug, Clone, Copy)]
pub struct SaveBegins;

/// The outcome of a save.
#[derive(Message, Debug, Clone)]
pub enum SaveOutcome {
    /// The files are on the disk.
    Saved {
        /// Number of files.
        files: usize,
        /// Every change up to this [`FilmRevision::film`] is on the disk.
        revision: u64,
    },
    /// The files stay marked, and some of them may be as they were before.
    Failed {
        /// Why.
        error: Arc<dyn Error + Send + Sync>,
        /// The [`FilmRevision::film`] that was to be saved.
        revision: u64,
    },
}

impl SaveOutcome {
    /// The revision of the film it speaks of.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        match self {
            Self::Saved { revision, .. } | Self::Failed { revision, .. } => *revision,
        }
    }
}

/// Whether the disk says all that the film says.
#[must_use]
pub fn is_saved(world: &World) -> bool {
    let is_writing = world.get_resource::<Autosave>().is_some_and(|autosave| autosave.under_way.is_some());
    !is_writing && world.get_resource::<DirtyFiles>().is_none_or(DirtyFiles::is_clean)
}

pub(super) fn autosave(world: &mut World) {
    let asked = world.resource_mut::<Messages<SaveNow>>().drain().count() > 0;
    let waits = world.get_resource::<Autosave>().is_some_and(|autosave| autosave.asked.is_some());
    if !asked && !waits && is_saved(world) {
        return;
    }
    let revision = world.resource::<FilmRevision>().film();
    let Some(mut autosave) = world.remove_resource::<Autosave>() else {
        if asked {
            world.write_message(if is_saved(world) {
                SaveOutcome::Saved { files: 0, revision }
            } else {
                SaveOutcome::Failed { error: broken("the film has no place to be saved to"), revision }
            });
        }
        return;
    };
    if asked {
        autosave.asked = Some(revision);
    }
    if let Some(written) = autosave.writer.as_ref().filter(|_| autosave.under_way.is_some()).and_then(Writer::ended) {
        take_in(world, &mut autosave, written);
    }
    if autosave.under_way.is_none() {
        let dirty = world.resource::<DirtyFiles>();
        if dirty.is_clean() {
            if autosave.asked.take().is_some() {
                world.write_message(SaveOutcome::Saved { files: 0, revision });
            }
        } else if autosave.asked.is_some() || autosave.is_due(dirty) {
            begin(world, &mut autosave);
        }
    }
    world.insert_resource(autosave);
}

/// Saves what changed before anything else happens, after what is being saved already.
pub(crate) fn save_now(world: &mut World) -> Written {
    let Some(mut autosave) = world.remove_resource::<Autosave>() else { return Ok(()) };
    if autosave.under_way.is_some() {
        let written = autosave.writer.as_ref().map_or(Ok(()), Writer::wait);
        take_in(world, &mut autosave, written);
    }
    let mut saved = Ok(());
    if !world.resource::<DirtyFiles>().is_clean() {
        saved = match collect(world, &mut autosave) {
            Ok(changes) => autosave.store.write(&changes),
            Err(error) => Err(error),
        };
        take_in(world, &mut autosave, saved.clone());
    }
    world.insert_resource(autosave);
    saved
}

/// Brings media to the scenes that are about to use them, after the save that is under way. A film that has no place on
/// a disk has none to bring.
pub(crate) fn bring_files(world: &World, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
    world.get_resource::<Autosave>().map_or(Ok(()), |autosave| autosave.store.lock().bring_files(files))
}

/// Begins a save, and ends it too where there is no thread for it.
fn begin(world: &mut World, autosave: &mut Autosave) {
    let written = match collect(world, autosave) {
        Ok(changes) => {
            let kept = match &autosave.writer {
                Some(writer) => writer.begin(changes),
                None => Some(changes),
            };
            let Some(changes) = kept else { return };
            autosave.store.write(&changes)
        }
        Err(error) => Err(error),
    };
    take_in(world, autosave, written);
}

/// Takes what changed out of the world: from now on it counts as under way.
fn collect(world: &mut World, autosave: &mut Autosave) -> Result<FilmChanges, Arc<dyn Error + Send + Sync>> {
    world.trigger(SaveBegins);
    let taken = std::mem::take(&mut *world.resource_mut::<DirtyFiles>());
    let changes = taken.collect(FilmView::new(world));
    let revision = world.resource::<FilmRevision>().film();
    let files = changes.as_ref().map_or(0, FilmChanges::file_count);
    autosave.under_way = Some(UnderWay { taken, revision, files });
    changes.map_err(|error| Arc::new(error) as _)
}

/// The save under way has ended.
fn take_in(world: &mut World, autosave: &mut Autosave, written: Written) {
    let Some(UnderWay { taken, revision, files }) = autosave.under_way.take() else { return };
    let outcome = match written {
        Ok(()) => {
            autosave.failed_at = None;
            // Revisions that left no mark, such as of edits that were refused, need no save of their own.
            let is_all = world.resource::<DirtyFiles>().is_clean();
            let revision = if is_all { world.resource::<FilmRevision>().film() } else { revision };
            SaveOutcome::Saved { files, revision }
        }
        Err(error) => {
            autosave.failed_at = Some(Instant::now());
            world.resource_mut::<DirtyFiles>().mark_again(taken);
            SaveOutcome::Failed { error, revision }
        }
    };
    autosave.asked = autosave.asked.filter(|asked| *asked > outcome.revision());
    world.write_message(outcome);
}
