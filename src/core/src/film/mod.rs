//! The film as it lies on disk: the serde types of a project's JSON files (mission sections 3 and 8), and how they
//! are loaded, validated, migrated and saved.
//!
//! [`ProjectFolder`] opens and saves a project, [`check()`] lists what is wrong with one. Field names are fixed by the file format. Fields Kinora does not know
//! survive a round trip in `extra`. A project may come from anyone: [`limits`] bound what is read, no path and no link
//! leads out of the folder, and a broken file is a [`Problem`] with file, place and advice.

mod audio;
mod carry;
mod character;
mod check;
mod error;
mod folder;
mod json;
mod layout;
pub mod limits;
mod links;
mod load;
mod metadata;
mod migrate;
mod parse;
mod paths;
mod prints;
mod problem;
mod read;
mod scene;
mod settings;
mod shot;
mod take;
mod validate;

pub use audio::{AudioLane, AudioTracks, LaneMix, LaneMixes, VoiceLine, VoiceSource};
pub use carry::FileCopy;
pub use character::Character;
pub use check::{CheckCounts, CheckOptions, CheckReport, MediaFile, MediaKind, check};
pub use error::FilmError;
pub use folder::ProjectFolder;
pub use layout::ProjectLayout;
pub use load::OpenNote;
pub use metadata::{FrameSize, Metadata, SCHEMA_VERSION};
pub use paths::{PathError, ProjectPath};
pub use prints::FilePrints;
pub use problem::{Problem, Severity};
pub use scene::FilmScene;
pub use settings::{Settings, SmoothingEngine};
pub use shot::{AspectRatio, AspectRatioError, ContinuitySource, FitMode, ReferenceMoment, Shot, SmoothMode};
pub use take::{Take, TakeMedia};
pub use validate::{validate_characters, validate_metadata, validate_scene, validate_settings};

use crate::ids::{CharacterId, SceneId};
use character::CharactersFile;

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

impl Film {
    /// A scene by name.
    #[must_use]
    pub fn scene(&self, scene_id: &SceneId) -> Option<&FilmScene> {
        self.scenes.iter().find(|scene| scene.scene_id == *scene_id)
    }

    /// Why a shot that continues another has to be made again; none if it does not.
    #[must_use]
    pub fn out_of_date(&self, scene_id: &SceneId, shot: &Shot) -> Option<String> {
        let source = shot.continuity_source.as_ref()?;
        let earlier = self.scene(&source.scene_id).and_then(|scene| scene.shot(&source.shot_id));
        shot.out_of_date(scene_id, earlier, self.metadata.rate)
    }

    /// A character by name.
    #[must_use]
    pub fn character(&self, character_id: &CharacterId) -> Option<&Character> {
        self.characters.iter().find(|character| character.character_id == *character_id)
    }
}
