//! What can go wrong while a draft is made.

use kinora_core::{media::MediaError, store::StoreError};
use kinora_provider::ProviderError;
use std::path::{Path, PathBuf};

/// Why a draft sound was not made.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The owner stopped it.
    #[error("cancelled")]
    Cancelled,
    /// A program is not installed.
    #[error("{name} is not installed")]
    MissingTool {
        /// The program.
        name: &'static str,
        /// How to get it.
        how_to_install: &'static str,
    },
    /// A program ran and failed, or ran too long.
    #[error("{name}: {what}")]
    Tool {
        /// The program.
        name: &'static str,
        /// What it said, or what was wrong with it.
        what: String,
    },
    /// A recording could not be used.
    #[error("{}: {what}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file could not be written.
    #[error("{}: {what}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What failed.
        what: String,
    },
    /// There is no room for a file.
    #[error("{}: the disk is full; free some space and generate again", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The text holds nothing to say.
    #[error("there is nothing to say in this text")]
    NothingToSay,
    /// A clip could not be read or written.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A reference frame or portrait could not be used.
    #[error("cannot use the picture {}: {what}", path.display())]
    Reference {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A picture could not be drawn.
    #[error("{0}")]
    Picture(String),
    /// A sound could not be calculated.
    #[error("{0}")]
    Sound(String),
}

impl DraftError {
    /// A file that the store could not save.
    pub(crate) fn saving(path: &Path, error: &StoreError) -> Self {
        match error {
            StoreError::DiskFull { .. } => Self::DiskFull { path: path.to_owned() },
            other => Self::File { path: path.to_owned(), what: other.to_string() },
        }
    }
}

impl From<DraftError> for ProviderError {
    fn from(error: DraftError) -> Self {
        let message = error.to_string();
        match error {
            DraftError::Cancelled => Self::Cancelled,
            DraftError::MissingTool { name, how_to_install } => {
                Self::MissingTool { name: name.into(), how_to_install: how_to_install.into() }
            }
            DraftError::Tool { .. } => {
                Self::VendorTrouble { provider: crate::PROVIDER_ID.into(), message, retryable: true }
            }
            DraftError::Reference { .. } => Self::invalid("reference_first_frame", message),
            DraftError::Recording { .. } => Self::invalid("recording", message),
            DraftError::File { path, what } => Self::File { path: path.display().to_string(), message: what },
            DraftError::DiskFull { path } => Self::DiskFull { path: path.display().to_string() },
            DraftError::NothingToSay => Self::invalid("text", message),
            DraftError::Media(MediaError::Cancelled(_)) => Self::Cancelled,
            DraftError::Media(MediaError::DiskFull { path } | MediaError::Store(StoreError::DiskFull { path, .. })) => {
                Self::DiskFull { path: path.display().to_string() }
            }
            DraftError::Media(_) => Self::invalid("picture", message),
            DraftError::Sound(_) | DraftError::Picture(_) => Self::Internal { message },
        }
    }
}
