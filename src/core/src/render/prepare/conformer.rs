//! Who conforms takes and sounds.

use super::RenderError;
use crate::{
    conform::{self, ConformSpec, Work},
    progress::{CancelToken, NoProgress, ProgressUpdate},
    render::sound_files,
    store::Cache,
    worker::{Worker, WorkerRequest},
};
use std::path::Path;

/// Conforms takes: in this process, or in one of its own.
pub trait TakeConformer: Sync {
    /// Conforms a take into the project's cache. `progress` hears the number of frames done.
    ///
    /// # Errors
    /// [`RenderError`] for what is wrong with the take or the disk.
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError>;

    /// Conforms a sound file into the project's cache.
    ///
    /// # Errors
    /// [`RenderError`] for what is wrong with the file or the disk.
    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError>;
}

/// A sound file that the cache lacks.
#[derive(Debug, Clone, Copy)]
pub struct SoundToConform<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its content.
    pub hash: &'a blake3::Hash,
    /// The project whose cache it goes to.
    pub project_root: &'a Path,
}

/// A take that the cache lacks.
#[derive(Debug, Clone, Copy)]
pub struct TakeToConform<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its name in the cache.
    pub key: &'a blake3::Hash,
    /// What to conform to.
    pub spec: &'a ConformSpec,
    /// The project whose cache it goes to.
    pub project_root: &'a Path,
}

/// Conforms in this process: for tests and for footage that is trusted.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl TakeConformer for InProcess {
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError> {
        let cache = Cache::open(take.project_root)?;
        conform::conform(take.path, take.key, take.spec, &cache, work)?;
        Ok(())
    }

    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError> {
        sound_files::conform_sound(sound.path, sound.hash, &Cache::open(sound.project_root)?, cancel)?;
        Ok(())
    }
}

impl TakeConformer for Worker {
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError> {
        let request = WorkerRequest::Conform {
            take: take.path.to_path_buf(),
            key: take.key.to_hex().to_string(),
            spec: *take.spec,
            project_root: take.project_root.to_path_buf(),
        };
        let sink = |update: ProgressUpdate| (work.progress)(update.done);
        self.run(&request, work.cancel, &sink)?;
        Ok(())
    }

    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError> {
        let request = WorkerRequest::ConformSound {
            file: sound.path.to_path_buf(),
            blake3: sound.hash.to_hex().to_string(),
            project_root: sound.project_root.to_path_buf(),
        };
        self.run(&request, cancel, &NoProgress)?;
        Ok(())
    }
}
