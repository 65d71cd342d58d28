//! `shot.trim`

use crate::{
    commands::{Edit, Operator, OperatorError, Plan},
    document::{FilmView, ShotFact},
};
use kinora_core::{
    film::limits::MAX_POINT_FRAMES,
    ids::{SceneId, ShotId},
};
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// `shot.trim`
///
/// Made for a drag that sends it many times in one group: what lies outside the take is moved to its nearest frame, the
/// point that is not named stays, and one frame is always left. An out point at the end of the take is none, so that
/// the shot plays to the end of its next take too.
pub(super) struct TrimShot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrimShotParams {
    scene_id: SceneId,
    shot_id: ShotId,
    /// First frame used, counted at the film's rate; absent stays.
    in_frame: Option<i64>,
    /// One past the last frame used; absent stays, `null` is the end of the take.
    #[serde(default, deserialize_with = "null_is_some")]
    out_frame: Option<Option<i64>>,
}

/// Tells `null` from absent.
fn null_is_some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(from).map(Some)
}

impl Operator for TrimShot {
    type Params = TrimShotParams;
    const ID: &'static str = "shot.trim";
    const LABEL: &'static str = "Trim shot";
    const DESCRIPTION: &'static str = "Moves a shot's in or out point within its take.";

    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError> {
        let TrimShotParams { scene_id, shot_id, in_frame, out_frame } = params;
        let shot = film.shot(&scene_id, &shot_id)?;
        let media = shot.chosen_take().and_then(|take| take.media.as_ref());
        let take_frames = match media {
            Some(media) => Some(film.rate()?.secs_to_frames(media.duration_secs).clamp(1, MAX_POINT_FRAMES)),
            None => None,
        };
        let end = take_frames.unwrap_or(MAX_POINT_FRAMES);
        let frame = |frame: i64| u64::try_from(frame).unwrap_or(0);
        let mut first = in_frame.map_or(shot.in_frame, frame).min(end - 1);
        let mut out = out_frame.map_or(shot.out_frame, |out| out.map(frame)).map(|out| out.min(end));
        match (in_frame, out_frame) {
            // The point that is moved stops before the one that stays.
            (Some(_), None) => first = first.min(out.unwrap_or(end).max(1) - 1),
            _ => out = out.map(|out| out.max(first + 1)),
        }
        let out = out.filter(|out| take_frames.is_none_or(|frames| *out < frames));
        let facts = [ShotFact::InFrame(first), ShotFact::OutFrame(out)];
        let answer = json!({ "scene_id": scene_id, "shot_id": shot_id, "in_frame": first, "out_frame": out });
        let edit = |fact| Edit::SetShot { scene_id: scene_id.clone(), shot_id: shot_id.clone(), fact };
        Ok(Plan::new(facts.map(edit).into(), answer))
    }
}
