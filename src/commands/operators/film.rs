//! `film.*` and `settings.*`

use super::overlay::overlay;
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmFact, FilmView, UsedNumbers},
};
use kinora_core::{
    film::{Character, ExtraFields, Film, FilmScene},
    ids::SceneId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// `film.set`
pub(super) struct SetFilm;

impl Operator for SetFilm {
    type Params = Map<String, Value>;
    const ID: &'static str = "film.set";
    const LABEL: &'static str = "Change film";
    const DESCRIPTION: &'static str = "Changes the film's title, frame rate or picture size.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let before = Film { metadata: film.metadata()?, ..Film::default() };
        let metadata = overlay(&before.metadata, params, &["title", "rate", "size"])?;
        let after = Film { metadata, ..Film::default() };
        let edits = FilmFact::differences(&before, &after).into_iter().map(|fact| Edit::SetFilm { fact }).collect();
        Ok(Plan::new(edits, json!({})))
    }
}

/// `settings.set`
pub(super) struct SetSettings;

impl Operator for SetSettings {
    type Params = Map<String, Value>;
    const ID: &'static str = "settings.set";
    const LABEL: &'static str = "Change settings";
    const DESCRIPTION: &'static str = "Changes fields of settings.json.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let before = film.settings()?;
        let known = match serde_json::to_value(kinora_core::film::Settings::default()) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let names: Vec<_> = known.keys().map(String::as_str).collect();
        let after = overlay(&before, params, &names)?;
        let edits =
            if before == after { vec![] } else { vec![Edit::SetFilm { fact: FilmFact::Settings(after.clone()) }] };
        Ok(Plan::new(edits, json!({ "settings": after })))
    }
}

/// `film.import`
pub(super) struct Import;

/// Parameters of `film.import`: scenes and characters from somewhere else, for example a screenplay.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportFilm {
    /// Given to the film if it has no scenes yet.
    pub title: Option<String>,
    /// Fields of metadata.json to add that this build gives no meaning to; `null` takes one out.
    #[serde(default)]
    pub metadata: ExtraFields,
    /// Added unless the film has a character of that id.
    #[serde(default)]
    pub characters: Vec<Character>,
    /// Added at the end, under new ids.
    #[serde(default)]
    pub scenes: Vec<FilmScene>,
}

impl Operator for Import {
    type Params = ImportFilm;
    const ID: &'static str = "film.import";
    const LABEL: &'static str = "Import";
    const DESCRIPTION: &'static str = "Adds the scenes and characters of a screenplay or another film.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let mut edits = Vec::new();
        let count = film.scene_ids()?.len();
        let metadata = film.metadata()?;
        if let Some(title) = params.title.filter(|title| count == 0 && *title != metadata.title) {
            edits.push(Edit::SetFilm { fact: FilmFact::Title(title) });
        }
        let mut extra = metadata.extra;
        UsedNumbers::remove_from(&mut extra);
        for (name, value) in params.metadata {
            if value.is_null() {
                extra.shift_remove(&name);
            } else {
                extra.insert(name, value);
            }
        }
        edits.push(Edit::SetFilm { fact: FilmFact::Extra(extra) });
        let known = film.characters()?;
        let new = params
            .characters
            .into_iter()
            .filter(|character| !known.iter().any(|other| other.character_id == character.character_id));
        let mut character_ids = Vec::new();
        for (offset, character) in new.enumerate() {
            character_ids.push(character.character_id.clone());
            edits.push(Edit::InsertCharacter { index: known.len() + offset, character });
        }
        let first = film.next_scene_id()?.number().unwrap_or(1);
        let names: HashMap<SceneId, SceneId> = params
            .scenes
            .iter()
            .enumerate()
            .map(|(offset, scene)| (scene.scene_id.clone(), SceneId::numbered(first + offset)))
            .collect();
        let mut scene_ids = Vec::new();
        for (offset, mut scene) in params.scenes.into_iter().enumerate() {
            scene.scene_id = SceneId::numbered(first + offset);
            for source in scene.shots.iter_mut().filter_map(|shot| shot.continuity_source.as_mut()) {
                if let Some(name) = names.get(&source.scene_id) {
                    source.scene_id = name.clone();
                }
            }
            scene_ids.push(scene.scene_id.clone());
            edits.push(Edit::InsertScene { index: count + offset, scene: Box::new(scene) });
        }
        Ok(Plan::new(edits, json!({ "scene_ids": scene_ids, "character_ids": character_ids })))
    }
}
