//! `take.to_shot`

use super::{
    carry::{Carried, carry_shot},
    take::frame_paths,
};
use crate::{
    commands::{Operator, OperatorError, Plan},
    document::{FilmView, UnknownName},
};
use kinora_core::ids::{SceneId, ShotId, TakeId};
use serde::Deserialize;
use serde_json::json;

/// `take.to_shot`
///
/// The new shot asks for what the old one asks for and plays this take alone. It continues nothing, and lines stay
/// where they are. The take stays where it is too; its clip is given a second name (see `carry`).
pub(super) struct TakeToShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeToShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    take_id: TakeId,
    /// Absent for the scene it is in.
    to_scene_id: Option<SceneId>,
    /// Place from 0; absent for the one behind the shot, in another scene for the end.
    index: Option<usize>,
}

impl Operator for TakeToShot {
    type Params = TakeToShotParams;
    const ID: &'static str = "take.to_shot";
    const LABEL: &'static str = "Make shot of take";
    const DESCRIPTION: &'static str = "Makes a shot of its own of one of a shot's takes.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let TakeToShotParams { scene_id, shot_id, take_id, to_scene_id, index } = params;
        let mut shot = film.shot(&scene_id, &shot_id)?;
        let Some(take) = shot.takes.iter().find(|take| take.take_id == take_id).cloned() else {
            return Err(UnknownName::Take(scene_id, shot_id, take_id).into());
        };
        let (first, last) = frame_paths(&take.file_path).map_err(|error| OperatorError::Refused(error.to_string()))?;
        if shot.file_path.as_ref() != Some(&take.file_path) {
            // The points are places in the take that plays.
            (shot.in_frame, shot.out_frame) = (0, None);
        }
        (shot.file_path, shot.first_frame_path, shot.last_frame_path) =
            (Some(take.file_path.clone()), Some(first), Some(last));
        (shot.continuity_source, shot.reference_first_frame_path, shot.reference_last_frame_path) = (None, None, None);
        shot.takes = vec![take];
        let place = film.shot_place(&scene_id, &shot_id)?;
        let to_scene = to_scene_id.unwrap_or_else(|| scene_id.clone());
        let behind = if to_scene == scene_id { place + 1 } else { film.shot_count(&to_scene)? };
        let index = index.unwrap_or(behind);
        let Carried { shot_id, edits, files, .. } = carry_shot(film, &scene_id, shot, &to_scene, index)?;
        let answer = json!({ "scene_id": to_scene, "shot_id": shot_id, "take_id": take_id, "index": index });
        Ok(Plan::with_files(edits, answer, files))
    }
}
