//! `shot.move` and `shot.duplicate`

use super::carry::{Carried, carry};
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, ShotFact},
};
use kinora_core::{
    film::ContinuitySource,
    ids::{SceneId, ShotId},
};
use serde::Deserialize;
use serde_json::json;

/// `shot.move`
///
/// Within a scene a shot keeps its id. In another scene it gets one that no shot there ever had, because ids are names
/// within a scene and are never given twice; the answer says which. Its lines move with it under new ids, its takes'
/// files are given names in the new scene's folder (see `carry`), and the shots that continue it follow the new name.
/// The files under their old names stay where they are: undo puts the shot back to them, and no clip is ever lost.
pub(super) struct MoveShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    /// Absent for the scene it is in.
    to_scene_id: Option<SceneId>,
    /// Place from 0.
    index: usize,
}

impl Operator for MoveShot {
    type Params = MoveShotParams;
    const ID: &'static str = "shot.move";
    const LABEL: &'static str = "Move shot";
    const DESCRIPTION: &'static str =
        "Moves a shot to another place in its scene or in another one; its lines go along.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let MoveShotParams { scene_id, shot_id, to_scene_id, index } = params;
        film.shot_entity(&scene_id, &shot_id)?;
        let Some(to_scene) = to_scene_id.filter(|to_scene| *to_scene != scene_id) else {
            let answer = json!({ "scene_id": scene_id, "shot_id": shot_id, "index": index });
            return Ok(Plan::new(vec![Edit::MoveShot { scene_id, shot_id, index }], answer));
        };
        let Carried { shot_id: new_id, mut edits, files, old_line_ids } =
            carry(film, (&scene_id, &shot_id), &to_scene, index)?;
        for (other_scene, other_shot, source) in
            film.continuing(|source| source.scene_id == scene_id && source.shot_id == shot_id)?
        {
            let source = ContinuitySource { scene_id: to_scene.clone(), shot_id: new_id.clone(), ..source };
            let fact = ShotFact::Continuity(Some(source));
            edits.push(Edit::SetShot { scene_id: other_scene, shot_id: other_shot, fact });
        }
        edits.extend(old_line_ids.into_iter().map(|line_id| Edit::RemoveLine { scene_id: scene_id.clone(), line_id }));
        let moved_from = json!({ "scene_id": scene_id, "shot_id": shot_id });
        let answer = json!({ "scene_id": to_scene, "shot_id": new_id, "index": index, "moved_from": moved_from });
        edits.push(Edit::RemoveShot { scene_id, shot_id });
        Ok(Plan::with_files(edits, answer, files))
    }
}

/// `shot.duplicate`
pub(super) struct DuplicateShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicateShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    /// Absent for the scene it is in.
    to_scene_id: Option<SceneId>,
    /// Place from 0; absent for the one behind the shot, in another scene for the end.
    index: Option<usize>,
}

impl Operator for DuplicateShot {
    type Params = DuplicateShotParams;
    const ID: &'static str = "shot.duplicate";
    const LABEL: &'static str = "Duplicate shot";
    const DESCRIPTION: &'static str = "Makes a second shot of one, with its takes and its lines.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let DuplicateShotParams { scene_id, shot_id, to_scene_id, index } = params;
        let place = film.shot_place(&scene_id, &shot_id)?;
        let to_scene = to_scene_id.unwrap_or_else(|| scene_id.clone());
        let behind = if to_scene == scene_id { place + 1 } else { film.shot_count(&to_scene)? };
        let index = index.unwrap_or(behind);
        let carried = carry(film, (&scene_id, &shot_id), &to_scene, index)?;
        let answer = json!({ "scene_id": to_scene, "shot_id": carried.shot_id, "index": index });
        Ok(Plan::with_files(carried.edits, answer, carried.files))
    }
}
