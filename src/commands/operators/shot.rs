//! `shot.*`

use super::{
    overlay::overlay,
    scene::{forget_continuity, shot_before},
};
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, ShotFact},
};
use kinora_core::{
    film::{ContinuitySource, ExtraFields, ReferenceMoment, Shot},
    ids::{SceneId, ShotId},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// What a shot is given when it is made or changed. Its takes have operators of their own.
const FIELDS: &[&str] = &[
    "prompt",
    "model",
    "duration",
    "aspect_ratio",
    "character_ids",
    "seed",
    "in_frame",
    "out_frame",
    "fit",
    "smooth",
    "gain_db",
    "mute",
    "continuity_source",
    "reference_first_frame_path",
    "reference_last_frame_path",
    "parameters",
];

/// Length of a shot that names none, in seconds. Vendors' models make clips of 4 to 8 s.
const DEFAULT_DURATION_SECS: f64 = 6.0;

/// Which shot a shot continues.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ContinueFrom {
    /// `true` is the shot before it, `false` none.
    Before(bool),
    /// A shot by name, of the same scene if none is named; without a name the shot before it. From its last frame, or
    /// from `frame`, counted at the film's rate.
    Shot { scene_id: Option<SceneId>, shot_id: Option<ShotId>, frame: Option<u64> },
}

impl ContinueFrom {
    fn source(
        &self,
        film: FilmView<'_>,
        scene_id: &SceneId,
        index: usize,
    ) -> Result<Option<ContinuitySource>, OperatorError> {
        let frame = match self {
            Self::Before(false) => return Ok(None),
            Self::Before(true) => None,
            Self::Shot { frame, .. } => *frame,
        };
        let (scene_id, shot_id) = match self {
            Self::Before(_) | Self::Shot { shot_id: None, .. } => {
                shot_before(film, scene_id, index)?.ok_or_else(|| {
                    OperatorError::Refused("there is no shot before this one to continue: name one".to_owned())
                })?
            }
            Self::Shot { scene_id: other, shot_id: Some(shot_id), .. } => {
                (other.as_ref().unwrap_or(scene_id).clone(), shot_id.clone())
            }
        };
        film.shot_entity(&scene_id, &shot_id)?;
        Ok(Some(ContinuitySource {
            scene_id,
            shot_id,
            take_id: None,
            take_blake3: String::new(),
            moment: frame.map_or(ReferenceMoment::Last, ReferenceMoment::Frame),
            extra: ExtraFields::new(),
        }))
    }
}

/// What shots are about to continue.
type NewSources = HashMap<(SceneId, ShotId), Option<ContinuitySource>>;

/// What a shot speaks of is in the film, and it does not continue itself. `new` is what other shots are about to
/// continue in the same step.
fn check_references(
    film: FilmView<'_>,
    scene_id: &SceneId,
    shot: &Shot,
    new: &NewSources,
) -> Result<(), OperatorError> {
    for character_id in &shot.character_ids {
        film.character_entity(character_id)?;
    }
    let mut seen = HashSet::from([(scene_id, &shot.shot_id)]);
    let mut source = shot.continuity_source.as_ref();
    while let Some(from) = source {
        if !seen.insert((&from.scene_id, &from.shot_id)) {
            return Err(OperatorError::Refused(format!(
                "{}/{} would continue itself: let it continue a shot that does not come from it",
                from.scene_id, from.shot_id
            )));
        }
        source = match new.get(&(from.scene_id.clone(), from.shot_id.clone())) {
            Some(source) => source.as_ref(),
            None => film.continuity_of(&from.scene_id, &from.shot_id)?,
        };
    }
    Ok(())
}

/// `shot.add`
pub(super) struct AddShot;

#[derive(Deserialize)]
pub(super) struct AddShotParams {
    scene_id: SceneId,
    /// Place from 0; absent for the end.
    index: Option<usize>,
    continue_from: Option<ContinueFrom>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for AddShot {
    type Params = AddShotParams;
    const ID: &'static str = "shot.add";
    const LABEL: &'static str = "Add shot";
    const DESCRIPTION: &'static str = "Adds a shot to a scene; it has no take until one is generated or brought.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = params.scene_id;
        let shot_id = film.next_shot_id(&scene_id)?;
        let index = params.index.unwrap_or(film.shot_ids(&scene_id)?.len());
        let mut shot = overlay(&Shot::new(shot_id.clone(), "", DEFAULT_DURATION_SECS), params.fields, FIELDS)?;
        if let Some(from) = params.continue_from {
            shot.continuity_source = from.source(film, &scene_id, index)?;
        }
        check_references(film, &scene_id, &shot, &NewSources::new())?;
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id });
        Ok(Plan::new(vec![Edit::InsertShot { scene_id, index, shot: Box::new(shot) }], answer))
    }
}

/// `shot.remove`
pub(super) struct RemoveShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
}

impl Operator for RemoveShot {
    type Params = ShotParams;
    const ID: &'static str = "shot.remove";
    const LABEL: &'static str = "Remove shot";
    const DESCRIPTION: &'static str = "Takes a shot and its lines out of its scene. Its clips stay in the folder.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let ShotParams { scene_id, shot_id } = params;
        film.shot_entity(&scene_id, &shot_id)?;
        let mut edits = forget_continuity(film, |source| source.scene_id == scene_id && source.shot_id == shot_id)?;
        for line_id in film.line_ids(&scene_id)? {
            if film.line(&scene_id, &line_id)?.shot_id == shot_id {
                edits.push(Edit::RemoveLine { scene_id: scene_id.clone(), line_id });
            }
        }
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id });
        edits.push(Edit::RemoveShot { scene_id, shot_id });
        Ok(Plan::new(edits, answer))
    }
}

/// `shot.set`
pub(super) struct SetShot;

#[derive(Deserialize)]
pub(super) struct SetShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    continue_from: Option<ContinueFrom>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for SetShot {
    type Params = SetShotParams;
    const ID: &'static str = "shot.set";
    const LABEL: &'static str = "Change shot";
    const DESCRIPTION: &'static str = "Changes what a shot asks for and how it plays.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let SetShotParams { scene_id, shot_id, continue_from, fields } = params;
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id });
        let shots = [ShotParams { scene_id, shot_id }];
        Ok(Plan::new(set_edits(film, &shots, continue_from.as_ref(), &fields)?, answer))
    }
}

/// `shot.set_many`
pub(super) struct SetShots;

#[derive(Deserialize)]
pub(super) struct SetShotsParams {
    shots: Vec<ShotParams>,
    continue_from: Option<ContinueFrom>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for SetShots {
    type Params = SetShotsParams;
    const ID: &'static str = "shot.set_many";
    const LABEL: &'static str = "Change shots";
    const DESCRIPTION: &'static str = "Gives several shots the same fields in one step.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let SetShotsParams { shots, continue_from, fields } = params;
        let edits = set_edits(film, &shots, continue_from.as_ref(), &fields)?;
        Ok(Plan::new(edits, json!({ "shots": shots.len() })))
    }
}

/// The edits that lay fields over shots, together: either all of them fit or none is changed.
fn set_edits(
    film: FilmView<'_>,
    shots: &[ShotParams],
    continue_from: Option<&ContinueFrom>,
    fields: &Map<String, Value>,
) -> Result<Vec<Edit>, OperatorError> {
    let mut changed = Vec::new();
    let mut sources = NewSources::new();
    for ShotParams { scene_id, shot_id } in shots {
        let before = film.shot(scene_id, shot_id)?;
        let mut after = overlay(&before, fields.clone(), FIELDS)?;
        if let Some(from) = continue_from {
            after.continuity_source = from.source(film, scene_id, film.shot_place(scene_id, shot_id)?)?;
        }
        if before.continuity_source != after.continuity_source {
            sources.insert((scene_id.clone(), shot_id.clone()), after.continuity_source.clone());
        }
        changed.push((scene_id, before, after));
    }
    let mut edits = Vec::new();
    for (scene_id, before, after) in changed {
        // A shot that speaks of something gone can still be changed in every other way.
        if before.continuity_source != after.continuity_source || before.character_ids != after.character_ids {
            check_references(film, scene_id, &after, &sources)?;
        }
        edits.extend(ShotFact::differences(&before, &after).into_iter().map(|fact| Edit::SetShot {
            scene_id: scene_id.clone(),
            shot_id: after.shot_id.clone(),
            fact,
        }));
    }
    Ok(edits)
}
