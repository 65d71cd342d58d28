//! The band of scenes above the shots: a click selects, a drag moves a scene.

use super::{drag::Drag, text_in, view::View};
use crate::ui::{desk::Desk, state::Selection};
use bevy_egui::egui::{
    CursorIcon, FontFamily, FontId, Id, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2,
};

/// Width of the flag of an empty scene.
const FLAG_PX: f32 = 26.0;

pub(super) fn scenes_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, band: Rect) {
    let (first, end) = view.seen();
    // Scenes without a shot take no time: they are flags between the others, drawn over them.
    let (empty, filled): (Vec<_>, Vec<_>) =
        (0..desk.model.scenes.len()).partition(|index| desk.model.scene_spans[*index].frames == 0);
    for index in filled.into_iter().chain(empty) {
        let span = desk.model.scene_spans[index];
        if span.start_frame + span.frames < first || span.start_frame > end {
            continue;
        }
        let scene = &desk.model.scenes[index];
        // The last flag must not hang over the end of the film into nothing.
        let left = view.x_of(span.start_frame) - if span.frames == 0 { FLAG_PX * 0.5 } else { 0.0 };
        let left = left.max(view.tracks.left().min(view.x_of(span.start_frame)));
        let width = view.width_of(span.frames as f64).max(if span.frames == 0 { FLAG_PX } else { 2.0 });
        let rect = Rect::from_min_max(pos2(left, band.top()), pos2(left + width - 1.0, band.bottom()));
        let id = Id::new(("scene", &scene.scene_id));
        let response = ui.interact(rect, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::PointingHand);
        let label = format!("Scene {}: {}", index + 1, scene.title);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &label));
        let chosen = desk.state.selection == Selection::Scene(scene.scene_id.clone());
        let theme = desk.theme;
        let fill = if chosen || response.hovered() || span.frames == 0 { theme.hovered } else { theme.raised };
        ui.painter().rect_filled(rect, 3, fill);
        if chosen {
            ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
        }
        // The title stays in sight while any part of its scene does.
        let text_left = rect.left().max(view.tracks.left()) + 7.0;
        let place = Rect::from_min_max(pos2(text_left, rect.top()), pos2(rect.right() - 6.0, rect.bottom()));
        let font = FontId::new(12.0, FontFamily::Name("medium".into()));
        text_in(ui, place, &format!("{}  {}", index + 1, scene.title), font, theme.text);
        let scene_id = scene.scene_id.clone();
        if response.clicked() {
            desk.state.selection = Selection::Scene(scene_id.clone());
        }
        if response.drag_started() {
            desk.state.selection = Selection::Scene(scene_id.clone());
            desk.state.timeline.drag = Some(Drag::Scene { scene_id });
        }
        response.on_hover_text(format!("{label}\nDrag to move the scene"));
    }
}
