//! `characters.json`: who is in the film (mission sections 3.2 and 7).

use super::{ExtraFields, ProjectPath, limits};
use crate::ids::CharacterId;
use serde::{Deserialize, Serialize};

/// One entry of `characters.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Character {
    /// Stable name.
    pub character_id: CharacterId,
    /// Name as the film says it.
    pub name: String,
    /// Face references, relative to the project folder.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_PER_CHARACTER_LIST }>")]
    pub portrait_paths: Vec<ProjectPath>,
    /// The vendor's voice, for example `draft:baritone`; empty for the film's default.
    #[serde(default)]
    pub voice_id: String,
    /// Added to the prompt of every shot the character is in.
    #[serde(default)]
    pub prompt_style_tokens: String,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

/// `characters.json`: a list of characters.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct CharactersFile(
    #[serde(deserialize_with = "limits::bounded::<_, _, { limits::MAX_CHARACTERS }>")] pub(super) Vec<Character>,
);
