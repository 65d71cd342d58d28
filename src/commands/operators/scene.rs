//! `scene.*`

use super::overlay::overlay;
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, SceneFact, ShotFact, UnknownName},
};
use kinora_core::{
    film::{FilmScene, Shot},
    ids::{SceneId, ShotId},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const FIELDS: &[&str] = &["title", "prompt", "voice_source"];

/// `scene.add`
pub(super) struct AddScene;

#[derive(Deserialize)]
pub(super) struct AddSceneParams {
    /// Place from 0; absent for the end.
    index: Option<usize>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for AddScene {
    type Params = AddSceneParams;
    const ID: &'static str = "scene.add";
    const LABEL: &'static str = "Add scene";
    const DESCRIPTION: &'static str = "Adds an empty scene to the film.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = film.next_scene_id()?;
        let scene = overlay(&FilmScene::new(scene_id.clone(), ""), params.fields, FIELDS)?;
        let index = params.index.unwrap_or(film.scene_ids()?.len());
        let edit = Edit::InsertScene { index, scene: Box::new(scene) };
        Ok(Plan::new(vec![edit], json!({ "scene_id": scene_id })))
    }
}

/// `scene.remove`
pub(super) struct RemoveScene;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveSceneParams {
    scene_id: SceneId,
}

impl Operator for RemoveScene {
    type Params = RemoveSceneParams;
    const ID: &'static str = "scene.remove";
    const LABEL: &'static str = "Remove scene";
    const DESCRIPTION: &'static str = "Takes a scene out of the film. Its clips stay in its folder.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = params.scene_id;
        film.scene_entity(&scene_id)?;
        let mut edits = forget_continuity(film, |other, shot| {
            *other != scene_id && shot.continuity_source.as_ref().is_some_and(|from| from.scene_id == scene_id)
        })?;
        edits.push(Edit::RemoveScene { scene_id: scene_id.clone() });
        Ok(Plan::new(edits, json!({ "scene_id": scene_id })))
    }
}

/// Edits after which none of these shots continues another one. They keep the picture they start from.
pub(super) fn forget_continuity(
    film: FilmView<'_>,
    which: impl Fn(&SceneId, &Shot) -> bool,
) -> Result<Vec<Edit>, UnknownName> {
    let mut edits = Vec::new();
    for scene_id in film.scene_ids()? {
        for shot_id in film.shot_ids(&scene_id)? {
            let shot = film.shot(&scene_id, &shot_id)?;
            if which(&scene_id, &shot) {
                let (scene_id, fact) = (scene_id.clone(), ShotFact::Continuity(None));
                edits.push(Edit::SetShot { scene_id, shot_id, fact });
            }
        }
    }
    Ok(edits)
}

/// The shot that plays before a place in a scene; before the first, the last shot of the scene before.
pub(super) fn shot_before(
    film: FilmView<'_>,
    scene_id: &SceneId,
    index: usize,
) -> Result<Option<(SceneId, ShotId)>, UnknownName> {
    if let Some(before) = index.checked_sub(1) {
        return Ok(film.shot_ids(scene_id)?.into_iter().nth(before).map(|shot_id| (scene_id.clone(), shot_id)));
    }
    let scenes = film.scene_ids()?;
    let place = scenes.iter().position(|other| other == scene_id).unwrap_or(0);
    for earlier in scenes[..place].iter().rev() {
        if let Some(shot_id) = film.shot_ids(earlier)?.pop() {
            return Ok(Some((earlier.clone(), shot_id)));
        }
    }
    Ok(None)
}

/// `scene.move`
pub(super) struct MoveScene;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveSceneParams {
    scene_id: SceneId,
    /// Place from 0.
    index: usize,
}

impl Operator for MoveScene {
    type Params = MoveSceneParams;
    const ID: &'static str = "scene.move";
    const LABEL: &'static str = "Move scene";
    const DESCRIPTION: &'static str = "Moves a scene to another place in the film.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        film.scene_entity(&params.scene_id)?;
        let MoveSceneParams { scene_id, index } = params;
        let answer = json!({ "scene_id": scene_id, "index": index });
        Ok(Plan::new(vec![Edit::MoveScene { scene_id, index }], answer))
    }
}

/// `scene.set`
pub(super) struct SetScene;

#[derive(Deserialize)]
pub(super) struct SetSceneParams {
    scene_id: SceneId,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for SetScene {
    type Params = SetSceneParams;
    const ID: &'static str = "scene.set";
    const LABEL: &'static str = "Change scene";
    const DESCRIPTION: &'static str = "Changes a scene's title, prompt or source of voices.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = params.scene_id;
        let before = film.scene(&scene_id)?;
        let after = overlay(&before, params.fields, FIELDS)?;
        let edits = SceneFact::differences(&before, &after)
            .into_iter()
            .map(|fact| Edit::SetScene { scene_id: scene_id.clone(), fact })
            .collect();
        Ok(Plan::new(edits, json!({ "scene_id": scene_id })))
    }
}
