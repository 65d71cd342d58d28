//! `line.*` and `lane.*`

use super::overlay::overlay;
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, LaneData, LaneFact, LineFact, SceneFact},
};
use kinora_core::{
    film::{AudioLane, ExtraFields, ProjectPath, VoiceLine, VoiceSource},
    ids::{LineId, SceneId, ShotId},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LINE_FIELDS: &[&str] =
    &["shot_id", "character_id", "text", "parenthetical", "offset_secs", "file_path", "duration_secs", "voice_id"];
const MIX_FIELDS: &[&str] = &["gain_db", "mute", "offset_secs", "fade_in_secs", "fade_out_secs", "loop"];

fn check_references(film: FilmView<'_>, scene_id: &SceneId, line: &VoiceLine) -> Result<(), OperatorError> {
    film.shot_entity(scene_id, &line.shot_id)?;
    if let Some(character_id) = &line.character_id {
        film.character_entity(character_id)?;
    }
    Ok(())
}

/// `line.add`
pub(super) struct AddLine;

#[derive(Deserialize)]
pub(super) struct AddLineParams {
    scene_id: SceneId,
    /// Place from 0 in the scene's list; absent for the end.
    index: Option<usize>,
    shot_id: ShotId,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for AddLine {
    type Params = AddLineParams;
    const ID: &'static str = "line.add";
    const LABEL: &'static str = "Add line";
    const DESCRIPTION: &'static str = "Adds a line of dialogue to a shot.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let scene_id = params.scene_id;
        let line_id = film.next_line_id(&scene_id)?;
        let empty = VoiceLine {
            line_id: line_id.clone(),
            shot_id: params.shot_id,
            character_id: None,
            text: String::new(),
            parenthetical: String::new(),
            offset_secs: 0.0,
            file_path: None,
            duration_secs: 0.0,
            voice_id: String::new(),
            extra: ExtraFields::new(),
        };
        let line = overlay(&empty, params.fields, LINE_FIELDS)?;
        check_references(film, &scene_id, &line)?;
        let index = params.index.unwrap_or(film.line_ids(&scene_id)?.len());
        let answer = json!({ "scene_id": scene_id, "line_id": line_id });
        Ok(Plan::new(vec![Edit::InsertLine { scene_id, index, line }], answer))
    }
}

/// `line.set`
pub(super) struct SetLine;

#[derive(Deserialize)]
pub(super) struct SetLineParams {
    scene_id: SceneId,
    line_id: LineId,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operator for SetLine {
    type Params = SetLineParams;
    const ID: &'static str = "line.set";
    const LABEL: &'static str = "Change line";
    const DESCRIPTION: &'static str = "Changes a line of dialogue; `file_path` is its spoken sound.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let SetLineParams { scene_id, line_id, fields } = params;
        let before = film.line(&scene_id, &line_id)?;
        let after = overlay(&before, fields, LINE_FIELDS)?;
        check_references(film, &scene_id, &after)?;
        let edits = LineFact::differences(&before, &after)
            .into_iter()
            .map(|fact| Edit::SetLine { scene_id: scene_id.clone(), line_id: line_id.clone(), fact })
            .collect();
        Ok(Plan::new(edits, json!({ "scene_id": scene_id, "line_id": line_id })))
    }
}

/// `line.remove`
pub(super) struct RemoveLine;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveLineParams {
    scene_id: SceneId,
    line_id: LineId,
}

impl Operator for RemoveLine {
    type Params = RemoveLineParams;
    const ID: &'static str = "line.remove";
    const LABEL: &'static str = "Remove line";
    const DESCRIPTION: &'static str = "Takes a line of dialogue out of its scene.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let RemoveLineParams { scene_id, line_id } = params;
        film.line_entity(&scene_id, &line_id)?;
        let answer = json!({ "scene_id": scene_id, "line_id": line_id });
        Ok(Plan::new(vec![Edit::RemoveLine { scene_id, line_id }], answer))
    }
}

/// `lane.set`
pub(super) struct SetLane;

#[derive(Deserialize)]
pub(super) struct SetLaneParams {
    scene_id: SceneId,
    lane: AudioLane,
    /// The lane's sound; `null` empties the lane, absent leaves it.
    #[serde(default, deserialize_with = "null_is_some")]
    file_path: Option<Option<ProjectPath>>,
    /// What the voice lane plays; absent lets `file_path` decide.
    voice_source: Option<VoiceSource>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Tells `null` from absent.
fn null_is_some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<ProjectPath>>, D::Error> {
    Option::<ProjectPath>::deserialize(from).map(Some)
}

impl Operator for SetLane {
    type Params = SetLaneParams;
    const ID: &'static str = "lane.set";
    const LABEL: &'static str = "Change sound lane";
    const DESCRIPTION: &'static str = "Changes the sound or the mix of a scene's voice, music or ambient lane.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let SetLaneParams { scene_id, lane, file_path, voice_source, fields } = params;
        let before = film.lane(&scene_id, lane)?;
        let mix = overlay(&before.mix, fields, MIX_FIELDS)?;
        let after = LaneData { file: file_path.clone().unwrap_or_else(|| before.file.clone()), mix };
        let mut edits: Vec<_> = LaneFact::differences(&before, &after)
            .into_iter()
            .map(|fact| Edit::SetLane { scene_id: scene_id.clone(), lane, fact })
            .collect();
        // A recorded voice plays instead of the lines; without one, the lines play again.
        let decided = file_path.map(|file| if file.is_some() { VoiceSource::File } else { VoiceSource::Lines });
        let source = voice_source.or(decided).filter(|_| lane == AudioLane::Voice);
        if let Some(source) = source {
            edits.push(Edit::SetScene { scene_id: scene_id.clone(), fact: SceneFact::VoiceSource(source) });
        }
        Ok(Plan::new(edits, json!({ "scene_id": scene_id, "lane": lane })))
    }
}
