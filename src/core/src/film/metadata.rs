//! `metadata.json`: what the film is.

use super::{ExtraFields, limits};
use crate::{ids::SceneId, time::FrameRate};
use serde::{Deserialize, Serialize};

/// The version of the project files this build writes.
pub const SCHEMA_VERSION: u32 = 1;

/// Width and height of a picture in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)] // a member lost silently here would change the picture
pub struct FrameSize {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// `metadata.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Version of the file format.
    pub schema_version: u32,
    /// The film's title.
    pub title: String,
    /// The film's frame rate.
    pub rate: FrameRate,
    /// The film's picture size; both sides even.
    pub size: FrameSize,
    /// The scenes in the order they play.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_SCENES }>")]
    pub scene_order: Vec<SceneId>,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            title: "Untitled".to_owned(),
            rate: FrameRate::FPS_24,
            size: FrameSize { width: 1920, height: 1080 },
            scene_order: Vec::new(),
            extra: ExtraFields::new(),
        }
    }
}
