//! Dragging shots and scenes to another place, with a mark where they would land.

use super::{Parts, lanes::Moved, trim::Trim, view::View};
use crate::ui::{
    desk::Desk,
    model::{ShotName, ShotSpan},
    state::ShotSet,
};
use bevy_egui::egui::{CursorIcon, Rect, Stroke, Ui, pos2};
use kinora_core::ids::SceneId;
use serde_json::{Value, json};

/// What is being dragged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drag {
    /// Shots, to another place.
    Shots { names: ShotSet },
    /// A scene, to another place.
    Scene { scene_id: SceneId },
    /// An edge of a shot.
    Trim(Trim),
    /// A sound on a lane.
    Sound(Moved),
}

/// A gap between shots.
pub(super) struct Gap {
    pub(super) scene_id: SceneId,
    pub(super) index: usize,
    pub(super) frame: u64,
}

/// Shows where the drag would land, and lands it.
pub(super) fn drag_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, parts: &Parts) {
    let Some(drag) = desk.state.timeline.drag.clone() else { return };
    let (pointer, released, cancelled) = ui.input(|input| {
        (input.pointer.latest_pos(), !input.pointer.any_down(), input.key_pressed(bevy_egui::egui::Key::Escape))
    });
    if cancelled {
        desk.state.timeline.drag = None;
        put_back(desk, &drag);
        return;
    }
    if let Some(pointer) = pointer {
        let border = view.border_at(pointer.x);
        match drag {
            Drag::Shots { names } => {
                ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
                if let Some(gap) = gap_at(desk, border) {
                    mark(ui, desk, view.x_of(gap.frame), parts.video);
                    if released {
                        land_shots(desk, &names, &gap);
                    }
                }
            }
            Drag::Scene { scene_id } => {
                ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
                let (index, frame) = scene_gap(desk, border);
                mark(ui, desk, view.x_of(frame), parts.scenes.union(parts.video));
                if let Some(to) = scene_place(desk, &scene_id, index).filter(|_| released) {
                    desk.asks.run("scene.move", json!({ "scene_id": scene_id, "index": to }));
                }
            }
            Drag::Trim(mut trim) => {
                trim.follow(ui, desk, view, pointer.x);
                desk.state.timeline.drag = Some(Drag::Trim(trim));
            }
            Drag::Sound(mut moved) => {
                moved.follow(desk, view, pointer.x);
                desk.state.timeline.drag = Some(Drag::Sound(moved));
            }
        }
    }
    if released {
        desk.state.timeline.drag = None;
    }
}

/// What was changed under the hand is as it was before, in the step of the drag.
fn put_back(desk: &mut Desk<'_>, drag: &Drag) {
    let ask = match drag {
        Drag::Trim(trim) => trim.put_back(desk),
        Drag::Sound(moved) => moved.put_back(),
        Drag::Shots { .. } | Drag::Scene { .. } => None,
    };
    desk.asks.0.extend(ask);
}

fn mark(ui: &Ui, desk: &Desk<'_>, x: f32, rows: Rect) {
    let painter = ui.painter();
    painter.vline(x, rows.y_range(), Stroke::new(3.0, desk.theme.accent));
    for y in [rows.top(), rows.bottom()] {
        painter.circle_filled(pos2(x, y), 4.0, desk.theme.accent);
    }
}

/// The gap between shots that is nearest to a border.
pub(super) fn gap_at(desk: &Desk<'_>, border: u64) -> Option<Gap> {
    let scene_index = desk.model.scene_at(border)?;
    let span = desk.model.scene_spans[scene_index];
    let shots = &desk.model.shot_spans[span.first_shot..span.first_shot + span.shots];
    let index = shots.partition_point(|shot| shot.start_frame + shot.frames / 2 < border);
    let frame = shots.get(index).map_or(span.start_frame + span.frames, |shot| shot.start_frame);
    Some(Gap { scene_id: desk.model.scenes[scene_index].scene_id.clone(), index, frame })
}

/// The gap between scenes that is nearest to a border: which scene comes after it, and where it lies.
pub(super) fn scene_gap(desk: &Desk<'_>, border: u64) -> (usize, u64) {
    let spans = &desk.model.scene_spans;
    let index = spans.partition_point(|span| span.start_frame + span.frames / 2 < border);
    (index, spans.get(index).map_or(desk.model.frames, |span| span.start_frame))
}

/// The place a scene has once it is moved into a gap; none where it lies there already.
pub(super) fn scene_place(desk: &Desk<'_>, scene_id: &SceneId, gap: usize) -> Option<usize> {
    let from = desk.model.scene_index(scene_id)?;
    let to = if gap > from { gap - 1 } else { gap };
    (from != to).then_some(to)
}

/// Moves shots into a gap, as one step.
fn land_shots(desk: &mut Desk<'_>, names: &[ShotName], gap: &Gap) {
    let group = desk.state.new_group();
    for params in moves(desk, names, gap) {
        desk.asks.run_in("shot.move", params, group);
    }
}

/// What moves shots into a gap in their order in the film: parameters of `shot.move` for each. None for a single one
/// that lies there already.
pub(super) fn moves(desk: &Desk<'_>, names: &[ShotName], gap: &Gap) -> Vec<Value> {
    let mut names: Vec<_> = names.iter().filter_map(|name| Some((desk.model.span(name)?, name))).collect();
    names.sort_by_key(|(span, _)| span.start_frame);
    // Each shot that leaves a place before the gap in the gap's own scene moves the gap one to the left.
    let before = names.iter().filter(|(span, name)| name.0 == gap.scene_id && span.shot_index < gap.index).count();
    let index = gap.index - before;
    if let [(span, name)] = names[..]
        && name.0 == gap.scene_id
        && span.shot_index == index
    {
        return Vec::new();
    }
    let of = |(place, (_, name)): (usize, &(&ShotSpan, &ShotName))| {
        let mut params = json!({ "scene_id": name.0, "shot_id": name.1, "index": index + place });
        if name.0 != gap.scene_id {
            params["to_scene_id"] = json!(gap.scene_id);
        }
        params
    };
    names.iter().enumerate().map(of).collect()
}
