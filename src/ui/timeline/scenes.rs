//! The band of scenes above the shots: a click selects, a drag moves a scene.

use super::{drag::Drag, text_in, view::View};
use crate::ui::{desk::Desk, state::Selection};
use bevy_egui::egui::{
    Align2, CursorIcon, FontFamily, FontId, Id, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2,
};

/// Width of the flag of an empty scene at least.
const FLAG_PX: f32 = 26.0;
/// Points left and right of a scene's number.
const MARGIN_PX: f32 = 7.0;

pub(super) fn scenes_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, band: Rect) {
    let seen = seen_scenes(desk, view);
    // Scenes without a shot take no time: they are flags between the others, drawn over them.
    let is_empty = |index: &usize| desk.model.scene_spans[*index].frames == 0;
    let order: Vec<usize> = seen.clone().filter(|index| !is_empty(index)).chain(seen.filter(is_empty)).collect();
    let font = FontId::new(12.0, FontFamily::Name("medium".into()));
    for index in order {
        let span = desk.model.scene_spans[index];
        let scene = &desk.model.scenes[index];
        let number = (index + 1).to_string();
        // A flag is as wide as its number.
        let flag = || {
            let galley = ui.painter().layout_no_wrap(number.clone(), font.clone(), desk.theme.text);
            (galley.size().x + 2.0 * MARGIN_PX).max(FLAG_PX)
        };
        let flag_px = if span.frames == 0 { flag() } else { 2.0 };
        // The last flag must not hang over the end of the film into nothing.
        let left = view.x_of(span.start_frame) - if span.frames == 0 { flag_px * 0.5 } else { 0.0 };
        let left = left.max(view.tracks.left().min(view.x_of(span.start_frame)));
        let width = view.width_of(span.frames as f64).max(flag_px);
        let rect = Rect::from_min_max(pos2(left, band.top()), pos2(left + width - 1.0, band.bottom()));
        let id = Id::new(("scene", &scene.scene_id));
        let response = ui.interact(rect, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::PointingHand);
        let label = format!("Scene {number}: {}", scene.title);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &label));
        let chosen = matches!(&desk.state.selection, Selection::Scene(chosen) if *chosen == scene.scene_id);
        let theme = desk.theme;
        let fill = if chosen || response.hovered() || span.frames == 0 { theme.hovered } else { theme.raised };
        ui.painter().rect_filled(rect, 3, fill);
        if chosen || response.has_focus() {
            ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
        }
        if span.frames == 0 {
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, &number, font.clone(), theme.text);
        } else {
            // The title stays in sight while any part of its scene does.
            let text_left = rect.left().max(view.tracks.left()) + MARGIN_PX;
            let place = Rect::from_min_max(pos2(text_left, rect.top()), pos2(rect.right() - 6.0, rect.bottom()));
            text_in(ui, place, &format!("{number}  {}", scene.title), font.clone(), theme.text);
        }
        let scene_id = scene.scene_id.clone();
        if response.clicked() {
            desk.state.selection = Selection::Scene(scene_id.clone());
        }
        if response.drag_started() {
            desk.state.selection = Selection::Scene(scene_id.clone());
            desk.state.timeline.drag = Some(Drag::Scene { scene_id });
        }
        let hint = if span.frames == 0 { "It has no shot yet" } else { "Drag to move the scene" };
        response.on_hover_text(format!("{label}\n{hint}"));
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
