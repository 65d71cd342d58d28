//! Moving a shot's in or out point.

use crate::ui::{
    ask::Ask,
    model::{FilmModel, ShotName},
};
use kinora_core::preview::take_frames;
use serde_json::json;

/// An end of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Where it begins.
    In,
    /// Where it ends.
    Out,
}

/// Asks for an edge of a shot to lie at a frame of the film, as the shot lies now.
#[must_use]
pub fn trim_to(model: &FilmModel, name: &ShotName, edge: Edge, frame: u64, group: u64) -> Option<Ask> {
    let (shot, span) = (model.shot(name)?, model.span(name)?);
    let offset = frame as i64 - span.start_frame as i64;
    let point = shot.in_frame as i64 + offset;
    trim(model, name, edge, point, group)
}

/// Asks for an edge to lie at a frame of the take, kept where the take has pictures. Nothing while there is no take:
/// then a shot's length is what it asks of the model.
pub(super) fn trim(model: &FilmModel, name: &ShotName, edge: Edge, point: i64, group: u64) -> Option<Ask> {
    let shot = model.shot(name)?;
    shot.file_path.as_ref()?;
    let most = take_frames(shot, model.rate());
    let end = shot.out_frame.unwrap_or(most).min(most);
    let params = match edge {
        Edge::In => {
            let in_frame = (point.max(0) as u64).min(end.saturating_sub(1));
            json!({ "scene_id": name.0, "shot_id": name.1, "in_frame": in_frame })
        }
        Edge::Out => {
            let out_frame = (point.max(0) as u64).clamp(shot.in_frame + 1, most.max(shot.in_frame + 1));
            // The whole take again is no out point at all.
            let out_frame = (out_frame < most).then_some(out_frame);
            json!({ "scene_id": name.0, "shot_id": name.1, "out_frame": out_frame })
        }
    };
    Some(Ask::Run { operator: "shot.trim", params, group: Some(group) })
}
