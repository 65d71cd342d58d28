//! The facts of a character.

use super::facts::facts;
use bevy::prelude::Component;
use kinora_core::{
    film::{Character, ExtraFields, ProjectPath},
    ids::CharacterId,
};

/// A character, by its stable name.
#[derive(Component, Debug, Clone, PartialEq, Eq)]
pub struct CharacterKey(pub CharacterId);

facts! {
    /// One fact of a character.
    CharacterFact, CharacterBundle of Character {
        /// Name as the film says it.
        Name(String) = CharacterName, name;
        /// Face references, relative to the project folder.
        Portraits(Vec<ProjectPath>) = CharacterPortraits, portrait_paths;
        /// The vendor's voice.
        Voice(String) = CharacterVoice, voice_id;
        /// Added to the prompt of every shot the character is in.
        StyleTokens(String) = CharacterStyleTokens, prompt_style_tokens;
        /// Fields of the character that this build does not know.
        Extra(ExtraFields) = CharacterExtra, extra;
    }
}
