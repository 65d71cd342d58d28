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
        let source = shot.continuity_source.as_ref().filter(|source| source.take_id.is_some())?;
        let name = format!("{}/{}", source.scene_id, source.shot_id);
        let Some(earlier) = self.scene(&source.scene_id).and_then(|scene| scene.shot(&source.shot_id)) else {
            return Some(format!("{name}, which {scene_id}/{} continues, is no longer in the film", shot.shot_id));
        };
        let Some(take) = earlier.chosen_take() else {
            return Some(format!("{name} has no take any more"));
        };
        let is_known = !source.take_blake3.is_empty();
        let other_file = is_known && !take.blake3.is_empty() && take.blake3 != source.take_blake3;
        if source.take_id.as_ref() != Some(&take.take_id) || other_file {
            return Some(format!("the take of {name} has changed since this shot continued it"));
        }
        let expected = ContinuitySource::frame_name(&shot.shot_id, &source.take_blake3, source.moment_in(earlier));
        let made_here = shot.reference_first_frame_path.as_ref().filter(|path| path.as_str().contains("_from_"));
        made_here
            .is_some_and(|path| is_known && path.as_str() != expected)
            .then(|| format!("the moment of {name} that this shot continues has changed with its out point"))
    }

    /// A character by name.
    #[must_use]
    pub fn character(&self, character_id: &CharacterId) -> Option<&Character> {
        self.characters.iter().find(|character| character.character_id == *character_id)
    }
}
