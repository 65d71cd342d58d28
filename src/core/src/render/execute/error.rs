//! Why a render failed.

use crate::{media::MediaError, progress::Cancelled, render::mix::MixError, smoothing::SmoothError, store::StoreError};
use std::path::PathBuf;

/// An error of a render. Each says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// Picture, encoder or muxer.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The sound.
    #[error(transparent)]
    Mix(MixError),
    /// A seam that could not be smoothed.
    #[error("a cut could not be smoothed: {0}; forbid its smoothing with `kinora shot set … --smooth never`")]
    Smooth(String),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Something the plan names is no longer in the cache.
    #[error("the {what} {key} is not in the cache: run the render again to make it")]
    Missing {
        /// Conformed take, sound or segment.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// A cached file does not hold what it should, and was dropped.
    #[error("{}: the cached file was damaged and has been dropped: run the render again to make it anew", path.display())]
    DamagedCache {
        /// The file.
        path: PathBuf,
    },
    /// A job that asks for a delivery format names no take for a shot.
    #[error("the original take of {shot} is not known: run the render again")]
    NoTake {
        /// The shot.
        shot: String,
    },
    /// A thread for encoding could not be started.
    #[error("cannot start a thread for encoding: {0}; close other programs and run the render again")]
    Thread(std::io::Error),
}

impl From<MixError> for ExecuteError {
    fn from(error: MixError) -> Self {
        match error {
            MixError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            MixError::Store(store) => Self::Store(store),
            other => Self::Mix(other),
        }
    }
}

impl From<SmoothError> for ExecuteError {
    fn from(error: SmoothError) -> Self {
        match error {
            SmoothError::Media(media) => Self::Media(media),
            SmoothError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            SmoothError::Frames(detail) => Self::Smooth(detail),
        }
    }
}

impl ExecuteError {
    /// A stable word for the kind of error, for scripts and for the worker's protocol.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Media(error) => error.kind(),
            Self::Mix(_) => "mix",
            Self::Smooth(_) => "smooth",
            Self::Store(error) => error.kind(),
            Self::Cancelled(_) => "cancelled",
            Self::Missing { .. } => "missing",
            Self::DamagedCache { .. } => "damaged_cache",
            Self::NoTake { .. } => "no_take",
            Self::Thread(_) => "thread",
        }
    }
}
