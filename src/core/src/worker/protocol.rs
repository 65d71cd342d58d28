//! What parent and worker say to each other: one line of JSON each.

use crate::{
    conform::ConformSpec,
    continuity::Cut,
    media::MediaInfo,
    progress::ProgressUpdate,
    render::{
        execute::{RenderJob, RenderReport, SegmentJob},
        join::{JoinReport, JoinRequest},
    },
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which frame of a clip to still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StillMoment {
    /// The first frame.
    First,
    /// The last frame that decodes.
    Last,
    /// A frame counted from 0 in the clip's own frames.
    Frame(u64),
}

/// A piece of work. The first line on the worker's standard input.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum WorkerRequest {
    /// Look into a file.
    Probe {
        /// The file.
        path: PathBuf,
    },
    /// Look into many files. Each is answered as it is done, by a line of its own; see [`super::Worker::probe_all`].
    ProbeAll {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// Write a frame of a clip as PNG.
    Still {
        /// The clip.
        clip: PathBuf,
        /// Which frame.
        moment: StillMoment,
        /// The picture to write.
        png: PathBuf,
    },
    /// Conform a take into the cache of a project.
    Conform {
        /// The take.
        take: PathBuf,
        /// Name in the cache, 64 hex digits.
        key: String,
        /// What to conform to.
        spec: ConformSpec,
        /// The project whose cache it goes to.
        project_root: PathBuf,
    },
    /// Conform a sound file into the cache of a project.
    ConformSound {
        /// The file.
        file: PathBuf,
        /// blake3 of the file, 64 hex digits.
        blake3: String,
        /// The project whose cache it goes to.
        project_root: PathBuf,
    },
    /// Measure how loud a file is.
    Loudness {
        /// The file.
        path: PathBuf,
    },
    /// Put other sound under a clip's picture.
    ReplaceSound {
        /// The clip.
        clip: PathBuf,
        /// The sound.
        sound: PathBuf,
        /// The clip to write.
        out: PathBuf,
    },
    /// Join two clips and smooth the cut.
    Join(Box<JoinRequest>),
    /// Draw the cuts of a render, before and after.
    Sheet {
        /// The render whose cuts are drawn; its seams are made where the cache lacks them.
        job: Box<RenderJob>,
        /// The picture to write.
        png: PathBuf,
    },
    /// Make seams, fades and trims of a film, whose takes are conformed, before they are asked for.
    Segments(Box<SegmentJob>),
    /// Render a scene or a film whose takes are conformed.
    Render(Box<RenderJob>),
}

/// What the work gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum WorkerReply {
    /// Of [`WorkerRequest::Probe`].
    Media(Box<MediaInfo>),
    /// Of [`WorkerRequest::Still`]: the picture's size.
    Still {
        /// Width in pixels.
        width_px: u32,
        /// Height in pixels.
        height_px: u32,
    },
    /// Of [`WorkerRequest::Conform`].
    Conformed {
        /// Length at the film's rate.
        frames: u64,
        /// Whether the take had sound.
        has_sound: bool,
    },
    /// Of [`WorkerRequest::Loudness`].
    Loudness {
        /// Integrated loudness in LUFS; absent for silence.
        integrated_lufs: Option<f64>,
    },
    /// Of [`WorkerRequest::ReplaceSound`], [`WorkerRequest::ConformSound`], [`WorkerRequest::Segments`] and
    /// [`WorkerRequest::ProbeAll`].
    Done,
    /// Of [`WorkerRequest::Sheet`]: the cuts as they came out.
    Sheet {
        /// Every cut.
        cuts: Vec<Cut>,
    },
    /// Of [`WorkerRequest::Join`].
    Joined(Box<JoinReport>),
    /// Of [`WorkerRequest::Render`].
    Rendered(Box<RenderReport>),
}

/// A line on the worker's standard output.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WorkerLine {
    /// It goes on.
    Progress(ProgressUpdate),
    /// What the next file of [`WorkerRequest::ProbeAll`] holds.
    Probed(Result<Box<MediaInfo>, Complaint>),
    /// It is done; the last line.
    Reply(WorkerReply),
    /// It failed; the last line.
    Error {
        /// A stable word.
        kind: String,
        /// What, where, what to do.
        message: String,
    },
}

/// Why a file was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Complaint {
    /// A stable word.
    pub(super) kind: String,
    /// What, where, what to do.
    pub(super) message: String,
}

/// The word on the worker's standard input that asks it to stop.
pub(super) const CANCEL_LINE: &str = "cancel";
