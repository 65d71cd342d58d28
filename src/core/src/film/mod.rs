//! The film as it lies on disk: the serde types of a project's JSON files (mission sections 3 and 8), and how they
//! are loaded, validated, migrated and saved.
//!
//! Field names are fixed by the file format. Fields Kinora does not know survive a round trip in `extra`.

mod audio;
mod character;
mod metadata;
mod paths;
mod scene;
mod settings;
mod shot;
mod take;

pub use audio::{AudioLane, AudioTracks, LaneMix, LaneMixes, VoiceLine, VoiceSource};
pub use character::Character;
pub use metadata::{FrameSize, Metadata, SCHEMA_VERSION};
pub use paths::{PathError, ProjectPath};
pub use scene::FilmScene;
pub use settings::Settings;
pub use shot::{AspectRatio, ContinuitySource, FitMode, ReferenceMoment, Shot, SmoothMode};
pub use take::{Take, TakeMedia};

/// Unknown JSON fields, kept in order and written back.
pub type ExtraFields = serde_json::Map<String, serde_json::Value>;

/// A whole film in memory: everything the project's JSON files say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Film {
    /// `metadata.json`.
    pub metadata: Metadata,
    /// `settings.json`.
    pub settings: Settings,
    /// `characters.json`.
    pub characters: Vec<Character>,
    /// Every `scenes/*/scene.json`, in the order of `metadata.scene_order`.
    pub scenes: Vec<FilmScene>,
}
