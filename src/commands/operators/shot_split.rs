//! `shot.split`

use super::carry::{Carried, carry};
use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, ShotFact},
};
use kinora_core::{
    film::{ContinuitySource, ProjectPath, ReferenceMoment, Shot, SmoothMode, limits::DURATION_SECS},
    ids::{SceneId, ShotId},
    preview::take_frames,
};
use serde::Deserialize;
use serde_json::json;

/// `shot.split`
///
/// Both parts play the same takes, one up to the frame and the other from it on, so the film looks as before. The new
/// part gets the lines that begin in it, the cut into the next shot, and the shots that continue the end of the old one.
/// The cut between the parts is never smoothed: its frames follow each other already. A shot without a take is asked
/// for in two lengths.
pub(super) struct SplitShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    /// First frame of the new part, counted from the first frame that the shot shows.
    frame: u64,
}

impl Operator for SplitShot {
    type Params = SplitShotParams;
    const ID: &'static str = "shot.split";
    const LABEL: &'static str = "Split shot";
    const DESCRIPTION: &'static str = "Makes two shots of one at a frame; the film looks as before.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let SplitShotParams { scene_id, shot_id, frame } = params;
        let (shot, rate) = (film.shot(&scene_id, &shot_id)?, film.rate()?);
        let whole = take_frames(&shot, rate);
        let end = shot.out_frame.unwrap_or(whole).min(whole).max(shot.in_frame + 1);
        if frame == 0 || shot.in_frame + frame >= end {
            return Err(OperatorError::Refused(format!(
                "{scene_id}/{shot_id} shows {} frames: split it after one of them and before the last",
                end - shot.in_frame
            )));
        }
        let index = film.shot_place(&scene_id, &shot_id)? + 1;
        let Carried { shot_id: new_id, mut edits, mut files, old_line_ids } =
            carry(film, (&scene_id, &shot_id), &scene_id, index)?;
        let secs = rate.frames_to_secs(frame);
        let mut facts = vec![ShotFact::Smooth(SmoothMode::Never)];
        let point = shot.in_frame + frame;
        let mut dropped: Vec<ProjectPath> = Vec::new();
        let mut moved = Vec::new();
        let mut old_lines = old_line_ids.into_iter();
        edits.retain_mut(|edit| match edit {
            Edit::InsertShot { shot: part, .. } => {
                second_part(part, &shot, point, secs);
                true
            }
            Edit::InsertLine { line, .. } => {
                let begins_later = line.offset_secs >= secs;
                moved.extend(old_lines.next().filter(|_| begins_later));
                if begins_later {
                    line.offset_secs -= secs;
                } else {
                    dropped.extend(line.file_path.clone());
                }
                begins_later
            }
            _ => true,
        });
        place_lines(&mut edits, film.line_ids(&scene_id)?.len());
        files.retain(|file| !dropped.contains(&file.to));
        if shot.file_path.is_some() {
            facts.push(ShotFact::OutFrame(Some(point)));
        } else {
            facts.push(ShotFact::DurationSecs(secs.clamp(*DURATION_SECS.start(), *DURATION_SECS.end())));
        }
        // The picture to end on is where the second part ends.
        facts.push(ShotFact::LastReference(None));
        let set = |fact| Edit::SetShot { scene_id: scene_id.clone(), shot_id: shot_id.clone(), fact };
        edits.extend(facts.into_iter().map(set));
        let is_end = |source: &ContinuitySource| {
            (&source.scene_id, &source.shot_id) == (&scene_id, &shot_id) && source.moment == ReferenceMoment::Last
        };
        for (other_scene, other_shot, source) in film.continuing(is_end)? {
            let source = ContinuitySource { shot_id: new_id.clone(), ..source };
            let fact = ShotFact::Continuity(Some(source));
            edits.push(Edit::SetShot { scene_id: other_scene, shot_id: other_shot, fact });
        }
        edits.extend(moved.into_iter().map(|line_id| Edit::RemoveLine { scene_id: scene_id.clone(), line_id }));
        let answer = json!({ "scene_id": scene_id, "shot_id": new_id, "index": index });
        Ok(Plan::with_files(edits, answer, files))
    }
}

/// The part from a frame of the take on. What the whole shot continued is continued by the first part alone.
fn second_part(part: &mut Shot, whole: &Shot, point: u64, secs: f64) {
    (part.continuity_source, part.reference_first_frame_path) = (None, None);
    if whole.file_path.is_some() {
        (part.in_frame, part.out_frame) = (point, whole.out_frame);
    } else {
        part.duration = (whole.duration - secs).clamp(*DURATION_SECS.start(), *DURATION_SECS.end());
    }
}

/// Lines that stay leave no gap in the places of those that come.
fn place_lines(edits: &mut [Edit], count: usize) {
    let lines = edits.iter_mut().filter_map(|edit| match edit {
        Edit::InsertLine { index, .. } => Some(index),
        _ => None,
    });
    for (place, index) in lines.enumerate() {
        *index = count + place;
    }
}
