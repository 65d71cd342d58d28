//! What comes back: the state of a job, and the files of one that succeeded.

use crate::{ProviderError, RequestKind};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Accepted, not started.
    Queued,
    /// Being made.
    Running {
        /// Share done, 0 to 1; absent where the vendor does not say. Never falls within one job.
        progress: Option<f32>,
        /// What is happening, for a person; may be empty.
        #[serde(default)]
        note: String,
    },
    /// Made.
    Succeeded(GenerationOutput),
    /// Not made.
    Failed(ProviderError),
    /// Stopped by its owner.
    Cancelled,
}

impl JobState {
    /// Whether it will not change any more.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::Failed(_) | Self::Cancelled)
    }
}

/// What a finished job made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GenerationOutput {
    /// The files, the main one first; at least one.
    pub files: Vec<OutputFile>,
    /// The seed that was used, if the provider tells.
    #[serde(default)]
    pub seed: Option<u64>,
    /// What it cost in US dollars, if the provider tells; 0 for free.
    #[serde(default, deserialize_with = "crate::money::read_some_usd")]
    pub cost_usd: Option<f64>,
    /// When each word is said, where the provider tells; empty otherwise.
    #[serde(default)]
    pub words: Vec<WordTiming>,
    /// Whatever else the vendor told and a person may want to look up (request ids, song ids).
    #[serde(default)]
    pub vendor: serde_json::Map<String, serde_json::Value>,
}

/// One file that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// What it is.
    pub kind: OutputKind,
    /// Where it is.
    pub source: OutputSource,
    /// MIME type as it really is, for example `video/mp4`.
    pub media_type: String,
}

/// What a made file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// A clip.
    Video,
    /// A still.
    Image,
    /// Sound.
    Audio,
    /// Anything else (captions, a plan).
    Other,
}

impl OutputKind {
    /// What a request of this kind must bring as its main file.
    #[must_use]
    pub const fn of(kind: RequestKind) -> Self {
        match kind {
            RequestKind::Video | RequestKind::LipSync => Self::Video,
            RequestKind::Image => Self::Image,
            RequestKind::Speech | RequestKind::VoiceConversion | RequestKind::Music | RequestKind::SoundEffect => {
                Self::Audio
            }
        }
    }
}

/// Where a made file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputSource {
    /// In the job's work folder, whole.
    File(PathBuf),
    /// At the vendor, for [`crate::Provider::download`] to bring; may expire within the hour.
    Url(String),
}

/// When one word is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordTiming {
    /// The word as written in the text.
    pub word: String,
    /// Start in seconds from the start of the file.
    pub start_secs: f64,
    /// End in seconds from the start of the file.
    pub end_secs: f64,
}
