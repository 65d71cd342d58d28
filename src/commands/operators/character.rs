//! `character.*`

use super::overlay::overlay;
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{CharacterFact, FilmView, LineFact, ShotFact, empty_character},
};
use kinora_core::{film::ProjectPath, ids::CharacterId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const FIELDS: &[&str] = &["name", "portrait_paths", "voice_id", "prompt_style_tokens"];

/// An id like `char_lord_ruthven` that no character of the film has.
fn character_id_for(film: FilmView<'_>, name: &str) -> CharacterId {
    let mut slug = String::new();
    for part in name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        if slug.len() + part.len() < 48 {
            slug.push('_');
            slug.push_str(&part.to_ascii_lowercase());
        }
    }
    let plain = CharacterId::new(format!("char{slug}")).ok().filter(|_| !slug.is_empty());
    let numbered = (2..).map(|number| match &plain {
        Some(plain) => CharacterId::new(format!("{plain}_{number}")).unwrap_or_else(|_| CharacterId::numbered(number)),
        None => CharacterId::numbered(number - 1),
    });
    let mut candidates = plain.clone().into_iter().chain(numbered);
    candidates.find(|id| film.character_entity(id).is_err()).unwrap_or_else(|| CharacterId::numbered(1))
}

/// `character.add`
pub(super) struct AddCharacter;

#[derive(Deserialize)]
pub(super) struct AddCharacterParams {
    /// Absent for a name made from the character's.
    character_id: Option<CharacterId>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for AddCharacter {
    type Params = AddCharacterParams;
    const ID: &'static str = "character.add";
    const LABEL: &'static str = "Add character";
    const DESCRIPTION: &'static str = "Adds a character to the film.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let name = params.fields.get("name").and_then(Value::as_str).unwrap_or_default();
        let character_id = params.character_id.unwrap_or_else(|| character_id_for(film, name));
        let character = overlay(&empty_character(character_id.clone()), params.fields, FIELDS)?;
        if character.name.trim().is_empty() {
            return Err(OperatorError::Refused("a character needs a name".to_owned()));
        }
        let index = film.characters()?.len();
        let edit = Edit::InsertCharacter { index, character };
        Ok(Plan::new(vec![edit], json!({ "character_id": character_id })))
    }
}

/// `character.set`
pub(super) struct SetCharacter;

#[derive(Deserialize)]
pub(super) struct SetCharacterParams {
    character_id: CharacterId,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for SetCharacter {
    type Params = SetCharacterParams;
    const ID: &'static str = "character.set";
    const LABEL: &'static str = "Change character";
    const DESCRIPTION: &'static str = "Changes a character's name, portraits, voice or style.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let character_id = params.character_id;
        let before = film.character(&character_id)?;
        let after = overlay(&before, params.fields, FIELDS)?;
        let edits = CharacterFact::differences(&before, &after)
            .into_iter()
            .map(|fact| Edit::SetCharacter { character_id: character_id.clone(), fact })
            .collect();
        Ok(Plan::new(edits, json!({ "character_id": character_id })))
    }
}

/// `character.remove`
pub(super) struct RemoveCharacter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveCharacterParams {
    character_id: CharacterId,
}

impl Operator for RemoveCharacter {
    type Params = RemoveCharacterParams;
    const ID: &'static str = "character.remove";
    const LABEL: &'static str = "Remove character";
    const DESCRIPTION: &'static str = "Takes a character out of the film, its shots and its lines.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let character_id = params.character_id;
        film.character_entity(&character_id)?;
        let mut edits = Vec::new();
        for scene_id in film.scene_ids()? {
            let scene = film.scene(&scene_id)?;
            for mut shot in scene.shots {
                if shot.character_ids.contains(&character_id) {
                    shot.character_ids.retain(|other| *other != character_id);
                    let fact = ShotFact::Characters(shot.character_ids);
                    edits.push(Edit::SetShot { scene_id: scene_id.clone(), shot_id: shot.shot_id, fact });
                }
            }
            for line in scene.voice_lines {
                if line.character_id.as_ref() == Some(&character_id) {
                    let (scene_id, fact) = (scene_id.clone(), LineFact::Character(None));
                    edits.push(Edit::SetLine { scene_id, line_id: line.line_id, fact });
                }
            }
        }
        let answer = json!({ "character_id": character_id });
        edits.push(Edit::RemoveCharacter { character_id });
        Ok(Plan::new(edits, answer))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PortraitParams {
    character_id: CharacterId,
    /// A picture under `portraits/`, relative to the project folder.
    portrait_path: ProjectPath,
    /// Place from 0, the first is the face that models are shown first; absent for the end. Not for removal.
    index: Option<usize>,
}

/// `character.add_portrait`
pub(super) struct AddPortrait;

impl Operator for AddPortrait {
    type Params = PortraitParams;
    const ID: &'static str = "character.add_portrait";
    const LABEL: &'static str = "Add portrait";
    const DESCRIPTION: &'static str = "Adds a picture of a character's face, or moves one it has to another place.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let PortraitParams { character_id, portrait_path, index } = params;
        let mut portraits = film.character(&character_id)?.portrait_paths;
        portraits.retain(|other| *other != portrait_path);
        portraits.insert(index.unwrap_or(portraits.len()).min(portraits.len()), portrait_path);
        Ok(set_portraits(character_id, portraits))
    }
}

/// `character.remove_portrait`
pub(super) struct RemovePortrait;

impl Operator for RemovePortrait {
    type Params = PortraitParams;
    const ID: &'static str = "character.remove_portrait";
    const LABEL: &'static str = "Remove portrait";
    const DESCRIPTION: &'static str = "Takes a picture from a character. Its file stays.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let PortraitParams { character_id, portrait_path, .. } = params;
        let mut portraits = film.character(&character_id)?.portrait_paths;
        let count = portraits.len();
        portraits.retain(|other| *other != portrait_path);
        if portraits.len() == count {
            return Err(OperatorError::Refused(format!("{character_id} has no portrait {portrait_path}")));
        }
        Ok(set_portraits(character_id, portraits))
    }
}

fn set_portraits(character_id: CharacterId, portraits: Vec<ProjectPath>) -> Plan {
    let answer = json!({ "character_id": character_id, "portrait_paths": portraits });
    Plan::new(vec![Edit::SetCharacter { character_id, fact: CharacterFact::Portraits(portraits) }], answer)
}
