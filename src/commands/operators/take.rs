//! `take.*`

use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, ShotFact, TakeFact, UnknownName},
};
use kinora_core::{
    film::{PathError, ProjectPath, Take},
    ids::{SceneId, ShotId, TakeId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where the first and the last frame of a take are kept: beside each other, named like its clip.
///
/// # Errors
/// [`PathError`] if the clip's name is too long for it.
pub fn frame_paths(clip: &ProjectPath) -> Result<(ProjectPath, ProjectPath), PathError> {
    let name = clip.file_name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let frame = |which: &str| ProjectPath::new(format!("frames/{stem}_{which}.png"));
    Ok((frame("first")?, frame("last")?))
}

/// The edits that make a take the chosen one.
fn choose(scene_id: &SceneId, shot_id: &ShotId, clip: &ProjectPath) -> Result<Vec<Edit>, OperatorError> {
    let (first, last) = frame_paths(clip).map_err(|error| OperatorError::Refused(error.to_string()))?;
    let facts =
        [ShotFact::File(Some(clip.clone())), ShotFact::FirstFrame(Some(first)), ShotFact::LastFrame(Some(last))];
    Ok(facts
        .map(|fact| Edit::SetShot { scene_id: scene_id.clone(), shot_id: shot_id.clone(), fact })
        .into_iter()
        .collect())
}

/// `take.add`
pub(super) struct AddTake;

/// Parameters of `take.add`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTake {
    /// Scene of the shot.
    pub scene_id: SceneId,
    /// The shot.
    pub shot_id: ShotId,
    /// The take. Its clip and its two frames are already on disk.
    pub take: Take,
}

impl Operator for AddTake {
    type Params = NewTake;
    const ID: &'static str = "take.add";
    const LABEL: &'static str = "Add take";
    const DESCRIPTION: &'static str = "Adds a clip to a shot's takes and chooses it.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let NewTake { scene_id, shot_id, take } = params;
        let takes = film.shot(&scene_id, &shot_id)?.takes;
        if takes.iter().any(|other| other.file_path == take.file_path) {
            let clip = &take.file_path;
            return Err(OperatorError::Refused(format!("{clip} is already a take of {scene_id}/{shot_id}")));
        }
        let mut edits = choose(&scene_id, &shot_id, &take.file_path)?;
        let answer =
            json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take.take_id, "file_path": take.file_path });
        edits.insert(0, Edit::InsertTake { scene_id, shot_id, index: takes.len(), take });
        Ok(Plan::new(edits, answer))
    }
}

/// `take.choose`
pub(super) struct ChooseTake;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChooseTakeParams {
    scene_id: SceneId,
    shot_id: ShotId,
    take_id: TakeId,
}

impl Operator for ChooseTake {
    type Params = ChooseTakeParams;
    const ID: &'static str = "take.choose";
    const LABEL: &'static str = "Choose take";
    const DESCRIPTION: &'static str = "Makes one of a shot's takes the one that plays.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let ChooseTakeParams { scene_id, shot_id, take_id } = params;
        let (_, entity) = film.take_entity(&scene_id, &shot_id, &take_id)?;
        let take = film
            .take_at(entity)
            .ok_or_else(|| OperatorError::Refused(format!("{scene_id}/{shot_id}/{take_id} has lost its clip")))?;
        let edits = choose(&scene_id, &shot_id, &take.file_path)?;
        let answer =
            json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take_id, "file_path": take.file_path });
        Ok(Plan::new(edits, answer))
    }
}

/// `take.remove`
pub(super) struct RemoveTake;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveTakeParams {
    scene_id: SceneId,
    shot_id: ShotId,
    take_id: TakeId,
    /// The take to play instead, if it is the chosen one that is removed.
    choose_take_id: Option<TakeId>,
}

impl Operator for RemoveTake {
    type Params = RemoveTakeParams;
    const ID: &'static str = "take.remove";
    const LABEL: &'static str = "Remove take";
    const DESCRIPTION: &'static str = "Takes a take out of its shot's list. Its clip stays in the folder.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let RemoveTakeParams { scene_id, shot_id, take_id, choose_take_id } = params;
        let shot = film.shot(&scene_id, &shot_id)?;
        let named = |id: &TakeId| {
            let unknown = || UnknownName::Take(scene_id.clone(), shot_id.clone(), id.clone());
            shot.takes.iter().find(|take| take.take_id == *id).ok_or_else(unknown)
        };
        let take = named(&take_id)?;
        if take.pinned {
            return Err(OperatorError::Refused(format!("{take_id} is pinned: unpin it first")));
        }
        let mut edits = match &choose_take_id {
            Some(id) if *id == take_id => {
                return Err(OperatorError::Refused(format!("{take_id} is the take to remove: choose another one")));
            }
            Some(id) => choose(&scene_id, &shot_id, &named(id)?.file_path)?,
            None if shot.file_path.as_ref() == Some(&take.file_path) => {
                return Err(OperatorError::Refused(format!(
                    "{take_id} is the take that plays: choose another one first"
                )));
            }
            None => Vec::new(),
        };
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take_id });
        edits.push(Edit::RemoveTake { scene_id, shot_id, take_id });
        Ok(Plan::new(edits, answer))
    }
}

/// `take.pin`
pub(super) struct PinTake;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinTakeParams {
    scene_id: SceneId,
    shot_id: ShotId,
    take_id: TakeId,
    /// Absent for true.
    pinned: Option<bool>,
}

impl Operator for PinTake {
    type Params = PinTakeParams;
    const ID: &'static str = "take.pin";
    const LABEL: &'static str = "Pin take";
    const DESCRIPTION: &'static str = "Keeps a take from being removed, or lets it go again.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let PinTakeParams { scene_id, shot_id, take_id, pinned } = params;
        film.take_entity(&scene_id, &shot_id, &take_id)?;
        let pinned = pinned.unwrap_or(true);
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take_id, "pinned": pinned });
        let fact = TakeFact::Pinned(pinned);
        Ok(Plan::new(vec![Edit::SetTake { scene_id, shot_id, take_id, fact }], answer))
    }
}
