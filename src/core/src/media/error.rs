//! What can be wrong with a media file, in the words of the person who has to act on it.

use crate::{progress::Cancelled, store::StoreError};
use ffmpeg_next as ffmpeg;
use std::path::{Path, PathBuf};

/// An error of the media room. Each says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file is not there.
    #[error("{}: no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file has no bytes.
    #[error("{}: the file is empty; fetch or export it again", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// FFmpeg recognises no container in it.
    #[error("{}: not a video or sound file that FFmpeg can read ({detail})", path.display())]
    NotMedia {
        /// The file.
        path: PathBuf,
        /// FFmpeg's reason.
        detail: String,
    },
    /// It holds sound but no picture.
    #[error("{}: has no picture; use it as an audio track instead", path.display())]
    NoPicture {
        /// The file.
        path: PathBuf,
    },
    /// It holds no sound.
    #[error("{}: has no sound", path.display())]
    NoSound {
        /// The file.
        path: PathBuf,
    },
    /// The picture is larger than Kinora works with.
    #[error("{}: {width_px}x{height_px} pixels is beyond the limit of {limit_px} a side; scale it down first", path.display())]
    Oversized {
        /// The file.
        path: PathBuf,
        /// Width found.
        width_px: u32,
        /// Height found.
        height_px: u32,
        /// Largest side accepted.
        limit_px: u32,
    },
    /// The clip is longer than Kinora works with.
    #[error("{}: {duration_secs:.0} s is beyond the limit of {limit_secs:.0} s for one clip; cut it first", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Length found.
        duration_secs: f64,
        /// Longest accepted.
        limit_secs: f64,
    },
    /// Nothing in it could be decoded.
    #[error("{}: damaged: {detail}; fetch or export it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What failed.
        detail: String,
    },
    /// The linked FFmpeg lacks a decoder for it.
    #[error("{}: this FFmpeg cannot decode {codec}; install a fuller FFmpeg or convert the file", path.display())]
    NoDecoder {
        /// The file.
        path: PathBuf,
        /// Codec name.
        codec: String,
    },
    /// A frame was asked for that the clip does not have.
    #[error("{}: frame {frame} is past the end", path.display())]
    PastEnd {
        /// The file.
        path: PathBuf,
        /// Frame asked for.
        frame: u64,
    },
    /// The linked FFmpeg lacks an encoder, or it refused its settings.
    #[error("encoder {name}: {detail}; `kinora doctor` lists what this FFmpeg can encode")]
    Encoder {
        /// FFmpeg's name of the encoder.
        name: String,
        /// FFmpeg's reason.
        detail: String,
    },
    /// A filter chain could not be built or run.
    #[error("picture or sound filter `{graph}`: {detail}")]
    Filter {
        /// The chain.
        graph: String,
        /// FFmpeg's reason.
        detail: String,
    },
    /// The disk is full.
    #[error("{}: the disk is full; free some space and run it again, nothing was lost", path.display())]
    DiskFull {
        /// The file being written.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("{}: cannot be written: {detail}", path.display())]
    Write {
        /// The file being written.
        path: PathBuf,
        /// The reason.
        detail: String,
    },
    /// Packets that should join do not fit together.
    #[error("{}: was made with other encoder settings than its neighbours; delete `.kinora/cache` and render again", path.display())]
    ForeignPackets {
        /// The cached file.
        path: PathBuf,
    },
    /// A path that FFmpeg cannot be given.
    #[error("{}: the path is not valid UTF-8; rename the file", path.display())]
    BadPath {
        /// The path.
        path: PathBuf,
    },
    /// A file could not be saved.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl MediaError {
    /// A stable word for the kind of error, for scripts and for the worker's protocol.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Unreadable { .. } => "unreadable",
            Self::Empty { .. } => "empty",
            Self::NotMedia { .. } => "not_media",
            Self::NoPicture { .. } => "no_picture",
            Self::NoSound { .. } => "no_sound",
            Self::Oversized { .. } => "oversized",
            Self::TooLong { .. } => "too_long",
            Self::Damaged { .. } => "damaged",
            Self::NoDecoder { .. } => "no_decoder",
            Self::PastEnd { .. } => "past_end",
            Self::Encoder { .. } => "encoder",
            Self::Filter { .. } => "filter",
            Self::DiskFull { .. } => "disk_full",
            Self::Write { .. } => "write",
            Self::ForeignPackets { .. } => "foreign_packets",
            Self::BadPath { .. } => "bad_path",
            Self::Store(error) => error.kind(),
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// An FFmpeg error met while writing `path`.
    pub(crate) fn writing(path: &Path, error: ffmpeg::Error) -> Self {
        match error {
            ffmpeg::Error::Other { errno: ffmpeg::error::ENOSPC } => Self::DiskFull { path: path.to_path_buf() },
            other => Self::Write { path: path.to_path_buf(), detail: other.to_string() },
        }
    }

    /// A system error met while writing `path`.
    pub(crate) fn writing_io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::DiskFull { path: path.to_path_buf() },
            _ => Self::Write { path: path.to_path_buf(), detail: error.to_string() },
        }
    }

    /// A refused encoder.
    #[expect(clippy::needless_pass_by_value, reason = "an error is handed over whole by `map_err`")]
    pub(crate) fn encoder(name: &str, detail: impl ToString) -> Self {
        Self::Encoder { name: name.to_owned(), detail: detail.to_string() }
    }

    /// A refused filter chain.
    #[expect(clippy::needless_pass_by_value, reason = "an error is handed over whole by `map_err`")]
    pub(crate) fn filter(graph: &str, detail: impl ToString) -> Self {
        Self::Filter { graph: graph.to_owned(), detail: detail.to_string() }
    }
}
