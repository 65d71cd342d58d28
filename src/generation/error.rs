//! Why something could not be generated or brought in.

use crate::{commands::OperatorError, document::UnknownName};
use kinora_core::{
    film::{PathError, ProjectPath},
    ids::{SceneId, ShotId},
    media::MediaError,
    progress::Cancelled,
    store::StoreError,
};
use kinora_provider::{ProviderError, RequestKind};
use std::path::{Path, PathBuf};

/// Why something could not be generated or brought in. The film has lost nothing.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// The provider refused or failed.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// No provider has such a model.
    #[error("no provider has a {kind} model called {name:?}: `kinora doctor` lists the models there are")]
    NoModel {
        /// What it was to make.
        kind: RequestKind,
        /// The name asked for.
        name: String,
    },
    /// A shot has to be made before this can be.
    #[error("{0}/{1} has no take yet: generate it first, or bring a clip with `kinora shot add --clip`")]
    NoTake(SceneId, ShotId),
    /// Nobody speaks.
    #[error("{0} has no spoken line here: generate its voices first, or name a recording")]
    NoVoice(String),
    /// A job was handed in, and its answer was lost; it may be paid for.
    #[error(
        "job {job_id} was handed to {provider} and its answer was lost; it may be running and paid for already. Look \
         at your jobs there, then run this again with --again to hand it in anew"
    )]
    LostJob {
        /// The job.
        job_id: String,
        /// The provider.
        provider: String,
    },
    /// A provider's job ended without the file it promised.
    #[error("{provider} says the job is done but brought no file: report this to its author")]
    NoOutput {
        /// The provider.
        provider: String,
    },
    /// The media could not be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A file is no video.
    #[error("{}: it has no picture: bring a video", .0.display())]
    NoPicture(PathBuf),
    /// Another file lies where a take was to be put.
    #[error("{0} is there already and is another file: move it away")]
    InTheWay(ProjectPath),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A path leads out of the project.
    #[error(transparent)]
    Path(#[from] PathError),
    /// It speaks of something that is not in the film.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// The film refused the change.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The film could not be saved.
    #[error("{0}")]
    Save(String),
    /// The person stopped it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl GenerationError {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_path_buf(), source }
    }

    /// A stable word for programs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Provider(ProviderError::Cancelled) | Self::Cancelled(_) => "cancelled",
            Self::Provider(_) | Self::NoModel { .. } | Self::LostJob { .. } | Self::NoOutput { .. } => "provider",
            Self::Media(_) | Self::NoPicture(_) => "media",
            Self::NoTake(..) | Self::NoVoice(_) | Self::Unknown(_) | Self::Operator(_) => "operator",
            Self::InTheWay(_) | Self::Store(_) | Self::Read { .. } | Self::Path(_) | Self::Save(_) => "store",
        }
    }
}
