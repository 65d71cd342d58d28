//! An open project and its operators.

use super::{Failure, failure::Doing};
use crate::{commands::HeadlessEditor, document::FilmView, generation::OpenFilm};
use kinora_core::{
    film::{Film, FilmError, ProjectFolder},
    media::MediaInfo,
    progress::{CancelToken, NoProgress},
    worker::{Worker, WorkerReply, WorkerRequest},
};
use serde_json::Value;
use std::{error::Error, path::Path, sync::Arc};

/// A project that is open for change. Its lock is held until the session ends.
pub(super) struct Session {
    pub(super) folder: Arc<ProjectFolder>,
    pub(super) editor: HeadlessEditor,
}

impl Session {
    /// Opens a project.
    pub(super) fn open(dir: &Path) -> Result<Self, Failure> {
        let (folder, film) = ProjectFolder::open(dir).doing(format!("open {}", dir.display()))?;
        Ok(Self::with(folder, &film))
    }

    /// A session on a project that was just opened or made.
    pub(super) fn with(folder: ProjectFolder, film: &Film) -> Self {
        let folder = Arc::new(folder);
        Self { editor: HeadlessEditor::new(film, Arc::clone(&folder)), folder }
    }

    /// Runs an operator. `what` completes "could not …".
    pub(super) fn run(&mut self, what: &str, operator: &str, params: Value) -> Result<Value, Failure> {
        self.editor.run(operator, params).doing(what)
    }

    /// Saves what changed.
    pub(super) fn save(&mut self) -> Result<(), Failure> {
        let saved = self.editor.save();
        let kind = |error: &(dyn Error + 'static)| error.downcast_ref().map_or("store", FilmError::kind);
        saved.map(drop).map_err(|error| Failure::new(kind(&*error), error)).doing("save the film")
    }

    /// The film as generation takes it.
    pub(super) fn open_film(&mut self) -> OpenFilm<'_> {
        OpenFilm::new(&mut self.editor, &self.folder)
    }

    /// The film as it is now.
    pub(super) fn view(&self) -> FilmView<'_> {
        self.editor.view()
    }
}

/// Reads a project without its lock, for commands that only look.
pub(super) fn read(dir: &Path) -> Result<Film, Failure> {
    ProjectFolder::read(dir).doing(format!("read {}", dir.display()))
}

/// Looks into a foreign media file, in a process of its own.
pub(super) fn probe(file: &Path) -> Result<MediaInfo, Failure> {
    let request = WorkerRequest::Probe { path: file.to_path_buf() };
    match Worker::of_this_binary()?.run(&request, &CancelToken::default(), &NoProgress)? {
        WorkerReply::Media(info) => Ok(*info),
        other => Err(Failure::new("protocol", format!("the worker answered a probe with {other:?}"))),
    }
}
