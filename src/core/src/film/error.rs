//! Why a project could not be opened or saved.

use super::{Problem, SCHEMA_VERSION};
use crate::{ids::SceneId, store::StoreError};
use std::path::PathBuf;

/// A project could not be made, opened or saved. Nothing was overwritten.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// The folder has no `metadata.json`.
    #[error("{} is not a Kinora project: it has no metadata.json. Make a project with `kinora new`, or name the folder \
        that holds metadata.json", root.display())]
    NotAProject {
        /// The folder.
        root: PathBuf,
    },
    /// The folder for a new project already holds one, or files that a new one would replace.
    #[error("{} already has {found}, which a new project would replace: open it, or choose another folder",
        root.display())]
    AlreadyAProject {
        /// The folder.
        root: PathBuf,
        /// What is in the way.
        found: &'static str,
    },
    /// The project was made by a newer version of this program.
    #[error("{}: schema_version is {found}, but this Kinora knows versions up to {SCHEMA_VERSION}: the project was \
        made by a newer Kinora, so update Kinora to open it", file.display())]
    Newer {
        /// The project's `metadata.json`.
        file: PathBuf,
        /// The version it names.
        found: u64,
    },
    /// A file of the project, or what was about to be saved to it, is broken.
    #[error("{}/{problem}{}", root.display(), others_text(*others))]
    Invalid {
        /// The project folder.
        root: PathBuf,
        /// The first thing wrong.
        problem: Box<Problem>,
        /// How many more things are wrong.
        others: usize,
    },
    /// The project has no such scene.
    #[error("{} has no scene {scene_id}: `kinora scene list` names its scenes", root.display())]
    NoSuchScene {
        /// The project folder.
        root: PathBuf,
        /// The scene asked for.
        scene_id: SceneId,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FilmError {
    /// A stable word for the kind of error: `disk_full`, or `project` for the rest.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Store(StoreError::DiskFull { .. }) => "disk_full",
            _ => "project",
        }
    }
}

fn others_text(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (and 1 more problem: `kinora check` lists them)".to_owned(),
        more => format!(" (and {more} more problems: `kinora check` lists them)"),
    }
}
