//! The band of scenes above the shots: a click selects, a drag moves a scene. Scenes too narrow for their number answer
//! through one place for all of them.

use super::{drag::Drag, plain::Plain, spoken, text_in, view::View};
use crate::ui::{desk::Desk, state::Selection};
use bevy_egui::egui::{
    Align2, CursorIcon, FontFamily, FontId, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType,
    accesskit::{Action, Role},
    pos2,
};
use kinora_core::ids::SceneId;

/// Width of the flag of an empty scene at least, and of a scene with a place of its own.
const FLAG_PX: f32 = 26.0;
/// A narrower scene is part of the band and no thing to be hit.
const BAR_PX: f32 = 4.0;
/// Points left and right of a scene's number.
const MARGIN_PX: f32 = 7.0;

pub(super) fn scenes_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, band: Rect) {
    let seen = seen_scenes(desk, view);
    let spans = &desk.model.scene_spans;
    let is_empty = |index: &usize| spans[*index].frames == 0;
    let is_wide = |index: &usize| view.width_of(spans[*index].frames as f64) >= FLAG_PX;
    let narrow: Vec<usize> = seen.clone().filter(|index| !is_empty(index) && !is_wide(index)).collect();
    narrow_ui(ui, desk, view, band, &narrow);
    for index in seen.clone().filter(|index| !is_empty(index) && is_wide(index)) {
        let span = spans[index];
        let left = view.x_of(span.start_frame);
        let right = left + view.width_of(span.frames as f64) - 1.0;
        scene_ui(ui, desk, view, index, Rect::from_x_y_ranges(left..=right, band.y_range()));
    }
    // Scenes without a shot take no time: they are flags between the others, drawn over them.
    for index in seen.filter(is_empty) {
        let x = view.x_of(spans[index].start_frame);
        // A flag is as wide as its number.
        let galley = ui.painter().layout_no_wrap((index + 1).to_string(), font(), desk.theme.text);
        let width = (galley.size().x + 2.0 * MARGIN_PX).max(FLAG_PX);
        // The last flag must not hang over the end of the film into nothing.
        let left = (x - width * 0.5).max(view.tracks.left().min(x));
        let rect = Rect::from_min_max(pos2(left, band.top()), pos2(left + width - 1.0, band.bottom()));
        scene_ui(ui, desk, view, index, rect);
    }
}

fn font() -> FontId {
    FontId::new(12.0, FontFamily::Name("medium".into()))
}

fn label(desk: &Desk<'_>, index: usize) -> String {
    format!("Scene {}: {}", index + 1, desk.model.scenes[index].title)
}

fn is_chosen(desk: &Desk<'_>, scene_id: &SceneId) -> bool {
    matches!(&desk.state.selection, Selection::Scene(chosen) if chosen == scene_id)
}

/// A scene with a place of its own.
fn scene_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, index: usize, rect: Rect) {
    let (model, theme) = (desk.model, desk.theme);
    let scene = &model.scenes[index];
    let is_empty = model.scene_spans[index].frames == 0;
    let id = Id::new(("scene", &scene.scene_id));
    let response = ui.interact(rect, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::PointingHand);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label(desk, index)));
    let chosen = is_chosen(desk, &scene.scene_id);
    let fill = if chosen || response.hovered() || is_empty { theme.hovered } else { theme.raised };
    ui.painter().rect_filled(rect, 3, fill);
    if chosen || response.has_focus() {
        ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    }
    if is_empty {
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, index + 1, font(), theme.text);
    } else {
        // The title stays in sight while any part of its scene does.
        let text_left = rect.left().max(view.tracks.left()) + MARGIN_PX;
        let place = Rect::from_min_max(pos2(text_left, rect.top()), pos2(rect.right() - 6.0, rect.bottom()));
        text_in(ui, place, format!("{}  {}", index + 1, scene.title), font(), theme.text);
    }
    answer(desk, index, &response);
}

/// Clicks and drags of a scene, and what is said of it.
fn answer(desk: &mut Desk<'_>, index: usize, response: &Response) {
    let scene_id = &desk.model.scenes[index].scene_id;
    if response.clicked() || response.drag_started() {
        desk.state.selection = Selection::Scene(scene_id.clone());
    }
    if response.drag_started() {
        desk.state.timeline.drag = Some(Drag::Scene { scene_id: scene_id.clone() });
    }
    if response.hovered() {
        let is_empty = desk.model.scene_spans[index].frames == 0;
        let hint = if is_empty { "It has no shot yet" } else { "Drag to move the scene" };
        response.clone().on_hover_text(format!("{}\n{hint}", label(desk, index)));
    }
}

/// The scenes without room for their number: the one under the pointer is found by arithmetic.
fn narrow_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, band: Rect, narrow: &[usize]) {
    let (Some(first), Some(last)) = (narrow.first(), narrow.last()) else { return };
    let (model, theme) = (desk.model, desk.theme);
    let spans = &model.scene_spans;
    let place = |index: usize| {
        let left = view.x_of(spans[index].start_frame);
        let right = left + (view.width_of(spans[index].frames as f64) - 1.0).max(1.0);
        Rect::from_x_y_ranges(left..=right, band.y_range())
    };
    let all = place(*first).union(place(*last));
    let response = ui.interact(all, Id::new("narrow-scenes"), Sense::CLICK | Sense::DRAG);
    let pressed = ui.input(|input| input.pointer.press_origin());
    let at = response.interact_pointer_pos().map(|at| pressed.unwrap_or(at)).or_else(|| response.hover_pos());
    let hit = at
        .and_then(|at| model.scene_at(view.frame_at(at.x)))
        .filter(|index| narrow.binary_search(index).is_ok() && place(*index).width() >= BAR_PX - 1.0);
    if let Some(index) = hit {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        answer(desk, index, &response);
    }
    let chosen =
        if let Selection::Scene(scene_id) = &desk.state.selection { model.scene_index(scene_id) } else { None };
    let mut grounds = Plain::new(ui);
    let mut band_open: Option<Rect> = None;
    for index in narrow {
        let rect = place(*index);
        let lit = chosen == Some(*index) || hit == Some(*index);
        // The narrowest run together.
        match &mut band_open {
            Some(known) if !lit && rect.width() < BAR_PX - 1.0 && rect.left() - known.right() < 2.0 => {
                *known = known.union(rect);
            }
            known => {
                if let Some(ended) = known.take() {
                    grounds.add(ended, theme.raised);
                }
                if lit {
                    grounds.add(rect, theme.hovered);
                } else {
                    *known = Some(rect);
                }
            }
        }
        if chosen == Some(*index) {
            grounds.border(rect, 1.0, theme.accent);
        }
    }
    if let Some(ended) = band_open {
        grounds.add(ended, theme.raised);
    }
    grounds.paint(ui);
    if !spoken::is_heard(ui) {
        return;
    }
    for index in narrow.iter().filter(|index| place(**index).width() >= BAR_PX) {
        let scene_id = &model.scenes[*index].scene_id;
        let id = Id::new(("scene", scene_id));
        spoken::say(ui, id, place(*index), Role::Button, || label(desk, *index));
        if spoken::is_asked(ui, id, Action::Click) {
            desk.state.selection = Selection::Scene(scene_id.clone());
        }
    }
}

/// The scenes that can be seen, empty ones among them.
pub(super) fn seen_scenes(desk: &Desk<'_>, view: &View) -> std::ops::Range<usize> {
    let (first, end) = view.seen();
    let spans = &desk.model.scene_spans;
    let from = spans.partition_point(|span| span.start_frame + span.frames < first);
    let to = spans.partition_point(|span| span.start_frame <= end);
    from..to.max(from)
}
