//! `scene.*`

use super::{overlay::overlay, take::frame_paths};
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, SceneFact, ShotFact, UnknownName, UsedNumbers},
};
use kinora_core::{
    film::{AudioLane, ContinuitySource, FileCopy, FilmScene, ProjectPath},
    ids::{SceneId, ShotId},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const FIELDS: &[&str] = &["title", "prompt", "prompt_template", "voice_source", "music_prompt", "ambience_prompt"];

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
        let mut edits = forget_continuity(film, |source| source.scene_id == scene_id)?;
        // Those inside the scene leave and come back as they are.
        edits.retain(|edit| !matches!(edit, Edit::SetShot { scene_id: other, .. } if *other == scene_id));
        edits.push(Edit::RemoveScene { scene_id: scene_id.clone() });
        Ok(Plan::new(edits, json!({ "scene_id": scene_id })))
    }
}

/// Edits after which no shot continues one of these. They keep the picture they start from.
pub(super) fn forget_continuity(
    film: FilmView<'_>,
    which: impl Fn(&ContinuitySource) -> bool,
) -> Result<Vec<Edit>, UnknownName> {
    let forget = |(scene_id, shot_id, _)| Edit::SetShot { scene_id, shot_id, fact: ShotFact::Continuity(None) };
    Ok(film.continuing(which)?.into_iter().map(forget).collect())
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
    const DESCRIPTION: &'static str = "Changes a scene's title, prompts, template or source of voices.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = params.scene_id;
        let mut before = film.scene(&scene_id)?;
        // Kept beside the unknown fields, not among them: the prompts of the beds are unknown fields of the file.
        UsedNumbers::remove_from(&mut before.extra);
        let after = overlay(&before, params.fields, FIELDS)?;
        let edits = SceneFact::differences(&before, &after)
            .into_iter()
            .map(|fact| Edit::SetScene { scene_id: scene_id.clone(), fact })
            .collect();
        Ok(Plan::new(edits, json!({ "scene_id": scene_id })))
    }
}

/// `scene.duplicate`
pub(super) struct DuplicateScene;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicateSceneParams {
    scene_id: SceneId,
    /// Place from 0; absent for the one behind the scene.
    index: Option<usize>,
}

impl Operator for DuplicateScene {
    type Params = DuplicateSceneParams;
    const ID: &'static str = "scene.duplicate";
    const LABEL: &'static str = "Duplicate scene";
    const DESCRIPTION: &'static str = "Makes a second scene of one, with its shots, takes, lines and sounds.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let DuplicateSceneParams { scene_id, index } = params;
        let mut scene = film.scene(&scene_id)?;
        let new_id = film.next_scene_id()?;
        let place = film.scene_ids()?.iter().position(|other| *other == scene_id).unwrap_or(0);
        scene.scene_id = new_id.clone();
        for source in scene.shots.iter_mut().filter_map(|shot| shot.continuity_source.as_mut()) {
            if source.scene_id == scene_id {
                source.scene_id = new_id.clone();
            }
        }
        let copy = |path: ProjectPath| FileCopy {
            from_scene: scene_id.clone(),
            from: path.clone(),
            to_scene: new_id.clone(),
            to: path,
        };
        let files = paths_of(&scene)?.into_iter().map(copy).collect();
        let index = index.unwrap_or(place + 1);
        let answer = json!({ "scene_id": new_id, "index": index });
        Ok(Plan::with_files(vec![Edit::InsertScene { index, scene: Box::new(scene) }], answer, files))
    }
}

/// Every file a scene uses, once.
fn paths_of(scene: &FilmScene) -> Result<BTreeSet<ProjectPath>, OperatorError> {
    let mut paths = BTreeSet::new();
    for shot in &scene.shots {
        let named = [
            &shot.file_path,
            &shot.first_frame_path,
            &shot.last_frame_path,
            &shot.reference_first_frame_path,
            &shot.reference_last_frame_path,
        ];
        paths.extend(named.into_iter().flatten().cloned());
        for take in &shot.takes {
            let (first, last) =
                frame_paths(&take.file_path).map_err(|error| OperatorError::Refused(error.to_string()))?;
            paths.extend([first, last, take.file_path.clone()]);
        }
    }
    paths.extend(AudioLane::ALL.iter().filter_map(|lane| scene.audio_tracks.lane(*lane).cloned()));
    paths.extend(scene.voice_lines.iter().filter_map(|line| line.file_path.clone()));
    Ok(paths)
}
