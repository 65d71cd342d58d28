//! Moving a shot's in or out point; of a shot without a take, the length that is asked of the model.

use super::{snap, view::View};
use crate::ui::{ask::Ask, desk::Desk, inspector::request, model::ShotName};
use bevy_egui::egui::{CursorIcon, Rect, Ui};
use kinora_core::{
    film::{Shot, limits},
    preview::take_frames,
};
use serde_json::json;

/// Reach of an edge, inwards.
pub(super) const EDGE_PX: f32 = 6.0;

/// An end of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Where it begins.
    In,
    /// Where it ends.
    Out,
}

impl Edge {
    /// The edge of a clip that lies at a point. A clip too narrow to be taken by its middle has none.
    pub(super) fn at(clip: Rect, x: f32) -> Option<Self> {
        if clip.width() < 4.0 * EDGE_PX || !clip.x_range().contains(x) {
            return None;
        }
        if x <= clip.left() + EDGE_PX {
            return Some(Self::In);
        }
        (x >= clip.right() - EDGE_PX).then_some(Self::Out)
    }

    /// Where an edge of a clip lies.
    pub(super) fn place(self, clip: Rect) -> Rect {
        match self {
            Self::In => clip.with_max_x(clip.left() + EDGE_PX),
            Self::Out => clip.with_min_x(clip.right() - EDGE_PX),
        }
    }

    /// What it is called.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::In => "in point",
            Self::Out => "out point",
        }
    }
}

/// An edge that is being dragged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trim {
    pub(super) name: ShotName,
    pub(super) edge: Edge,
    group: u64,
    began: Began,
    /// Where the edge lay in the film.
    border: u64,
    /// Where the hand was.
    start_x: f32,
    /// Frames by which the edge was moved last.
    moved: i64,
}

/// What a drag of an edge began with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Began {
    /// The edge's frame in the take.
    Take(u64),
    /// Length of a shot without a take.
    Length { frames: u64, secs: f64 },
}

impl Trim {
    pub(super) fn begin(desk: &mut Desk<'_>, name: &ShotName, edge: Edge, start_x: f32) -> Option<Self> {
        let (shot, span) = (desk.model.shot(name)?, *desk.model.span(name)?);
        let began = match (&shot.file_path, edge) {
            (None, _) => Began::Length { frames: span.frames, secs: shot.duration },
            (Some(_), Edge::In) => Began::Take(shot.in_frame),
            (Some(_), Edge::Out) => Began::Take(shot.in_frame + span.frames),
        };
        let border = if edge == Edge::In { span.start_frame } else { span.end_frame() };
        let group = desk.state.new_group();
        Some(Self { name: name.clone(), edge, group, began, border, start_x, moved: 0 })
    }

    /// The edge follows the hand.
    pub(super) fn follow(&mut self, ui: &Ui, desk: &mut Desk<'_>, view: &View, x: f32) {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        let by_hand = (f64::from(x - self.start_x) / view.px_per_frame).round() as i64;
        let wanted = self.border.saturating_add_signed(by_hand);
        // A hand that is still where it began is not held anywhere.
        let held = (by_hand != 0).then(|| snap::edge(desk, view, &self.name, wanted)).flatten();
        desk.state.timeline.held = held.map(|held| held.frame);
        let moved = held.map_or(wanted, |held| held.frame) as i64 - self.border as i64;
        if moved != self.moved {
            self.moved = moved;
            let ask = self.ask(desk, moved);
            desk.asks.0.extend(ask);
        }
    }

    /// What puts the edge back where it was; nothing if it never left.
    pub(super) fn put_back(&self, desk: &Desk<'_>) -> Option<Ask> {
        if self.moved == 0 {
            return None;
        }
        match self.began {
            Began::Take(_) => self.ask(desk, 0),
            Began::Length { secs, .. } => Some(set_length(&self.name, secs, self.group)),
        }
    }

    fn ask(&self, desk: &Desk<'_>, moved: i64) -> Option<Ask> {
        match self.began {
            Began::Take(point) => trim(desk, &self.name, self.edge, point as i64 + moved, self.group),
            Began::Length { frames, .. } => {
                let longer = if self.edge == Edge::In { -moved } else { moved };
                lengthen(desk, &self.name, frames as i64 + longer, self.group)
            }
        }
    }
}

/// Asks for an edge of a shot to lie at a frame of the film, as the shot lies now.
#[must_use]
pub fn trim_to(desk: &Desk<'_>, name: &ShotName, edge: Edge, frame: u64, group: u64) -> Option<Ask> {
    let (shot, span) = (desk.model.shot(name)?, desk.model.span(name)?);
    let offset = frame as i64 - span.start_frame as i64;
    if shot.file_path.is_none() {
        let frames = if edge == Edge::In { span.frames as i64 - offset } else { offset };
        return lengthen(desk, name, frames, group);
    }
    trim(desk, name, edge, shot.in_frame as i64 + offset, group)
}

/// Asks for an edge to lie at a frame of the take, kept where the take has pictures.
fn trim(desk: &Desk<'_>, name: &ShotName, edge: Edge, point: i64, group: u64) -> Option<Ask> {
    let shot = desk.model.shot(name)?;
    shot.file_path.as_ref()?;
    let most = take_frames(shot, desk.model.rate());
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

/// Asks for the length that a shot without a take wants of its model: the one nearest to so many frames that the model
/// can make. Nothing where that is no change, or where the shot cannot have it.
fn lengthen(desk: &Desk<'_>, name: &ShotName, frames: i64, group: u64) -> Option<Ask> {
    let (model, shot) = (desk.model, desk.model.shot(name)?);
    // Milliseconds are finer than a frame, and still readable in the file and in the inspector.
    let secs = (model.rate().frames_to_secs(frames.max(1) as u64) * 1000.0).round() / 1000.0;
    let card = request::card_of_shot(model, desk.providers, shot).map(|(_, card)| card);
    let secs = card.and_then(|card| card.durations.as_ref()).map_or(secs, |rule| rule.nearest(secs));
    let secs = secs.clamp(*limits::DURATION_SECS.start(), *limits::DURATION_SECS.end());
    let change = |shot: &mut Shot| shot.duration = secs;
    let names = std::slice::from_ref(name);
    let is_possible = request::why_not(model, desk.providers, names, &change).is_none();
    (is_possible && (secs - shot.duration).abs() > 1e-9).then(|| set_length(name, secs, group))
}

fn set_length(name: &ShotName, secs: f64, group: u64) -> Ask {
    let params = json!({ "scene_id": name.0, "shot_id": name.1, "duration": secs });
    Ask::Run { operator: "shot.set", params, group: Some(group) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::pos2;

    #[test]
    fn an_edge_is_found_by_arithmetic_and_narrow_clips_have_none() {
        let clip = |width: f32| Rect::from_min_max(pos2(100.0, 0.0), pos2(100.0 + width, 50.0));
        for (width, x, expected) in [
            (50.0, 100.0, Some(Edge::In)),
            (50.0, 106.0, Some(Edge::In)),
            (50.0, 107.0, None),
            (50.0, 143.0, None),
            (50.0, 144.0, Some(Edge::Out)),
            (50.0, 150.0, Some(Edge::Out)),
            (50.0, 99.0, None),
            (50.0, 151.0, None),
            (23.0, 101.0, None),
        ] {
            assert_eq!(Edge::at(clip(width), x), expected, "{x} in {width}");
        }
        for edge in [Edge::In, Edge::Out] {
            let place = edge.place(clip(50.0));
            assert_eq!(Edge::at(clip(50.0), place.center().x), Some(edge));
        }
    }
}
