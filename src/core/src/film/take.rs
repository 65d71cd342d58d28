//! Takes: every clip a shot ever had. They are added, never overwritten.

use super::{ExtraFields, ProjectPath};
use crate::{ids::TakeId, time::FrameRate};
use serde::{Deserialize, Serialize};

/// What a probe found in a take's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeMedia {
    /// Coded width in pixels, after rotation.
    pub width: u32,
    /// Coded height in pixels, after rotation.
    pub height: u32,
    /// Average frame rate.
    pub rate: FrameRate,
    /// Length of the picture in seconds.
    pub duration_secs: f64,
    /// Whether the file carries sound.
    pub has_audio: bool,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

/// One clip of a shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Take {
    /// Stable name within the shot.
    pub take_id: TakeId,
    /// The clip, relative to the scene folder.
    pub file_path: ProjectPath,
    /// Model that made it; empty for footage the maker brought.
    #[serde(default)]
    pub model: String,
    /// Provider that ran the model; `file` for footage the maker brought.
    #[serde(default)]
    pub provider: String,
    /// The prompt as it was sent.
    #[serde(default)]
    pub prompt: String,
    /// The seed, if the model takes one.
    #[serde(default)]
    pub seed: Option<u64>,
    /// What it cost in US dollars; absent when unknown.
    #[serde(default)]
    pub cost_usd: Option<f64>,
    /// When it arrived, RFC 3339 in UTC.
    #[serde(default)]
    pub created_at: String,
    /// blake3 of the file, 64 hex digits.
    #[serde(default)]
    pub blake3: String,
    /// What is in the file; absent until probed.
    #[serde(default)]
    pub media: Option<TakeMedia>,
    /// Whether the maker keeps it: a pinned take cannot be taken out of the list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}
