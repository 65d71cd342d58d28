//! What can go wrong while a draft is made.

use kinora_provider::ProviderError;
use std::path::PathBuf;

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
    /// The text holds nothing to say.
    #[error("there is nothing to say in this text")]
    NothingToSay,
    /// A clip could not be read or written.
    #[error(transparent)]
    Media(#[from] kinora_core::media::MediaError),
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
            DraftError::NothingToSay => Self::invalid("text", message),
            DraftError::Media(kinora_core::media::MediaError::Cancelled(_)) => Self::Cancelled,
            DraftError::Media(_) => Self::invalid("picture", message),
            DraftError::Sound(_) | DraftError::Picture(_) => Self::Internal { message },
        }
    }
}
