//! Marks on the cuts: whether the shots are linked, whether their frames match, whether the seam is smoothed. A click
//! forces or forbids smoothing.

use super::view::View;
use crate::ui::{desk::Desk, model::ShotName, widgets};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Id, Popup, Rect, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::film::SmoothMode;
use serde_json::json;

/// Points between two marks at least.
const LEAST_PX: f32 = 26.0;

/// How a cut stands.
struct Mark {
    glyph: &'static str,
    color: Color32,
    words: String,
}

pub(super) fn cuts_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, track: Rect) {
    let (first, end) = view.seen();
    let spans = &desk.model.shot_spans;
    let from = spans.partition_point(|span| span.end_frame() < first);
    let to = spans.partition_point(|span| span.start_frame <= end);
    for index in from.max(1)..to {
        let (before, after) = (desk.model.shot_spans[index - 1], desk.model.shot_spans[index]);
        if before.scene_index != after.scene_index || view.width_of(before.frames.min(after.frames) as f64) < LEAST_PX {
            continue;
        }
        let name = desk.model.name_of(&before);
        let mode = desk.model.shot_of(&before).smooth;
        let next = desk.model.shot_of(&after);
        let Some(mark) = mark_of(desk, &name, next, mode) else { continue };
        let center = pos2(view.x_of(after.start_frame) - 0.5, track.bottom() - 12.0);
        let rect = Rect::from_center_size(center, vec2(20.0, 20.0));
        let response =
            ui.interact(rect, Id::new(("cut", &name)), Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
        response.widget_info(|| {
            WidgetInfo::labeled(WidgetType::Button, true, format!("Cut after {}/{}: {}", name.0, name.1, mark.words))
        });
        let theme = desk.theme;
        let fill = if response.hovered() { theme.hovered } else { theme.panel };
        ui.painter().circle(center, 9.0, fill, Stroke::new(1.5, mark.color));
        ui.painter().text(center, Align2::CENTER_CENTER, mark.glyph, FontId::proportional(12.0), mark.color);
        if desk.state.menu.is_for(&response, false) {
            widgets::open_by_key(ui, Popup::default_response_id(&response));
        }
        Popup::menu(&response).show(|ui| menu_ui(ui, desk, &name, mode, &mark));
        response.on_hover_text(format!("{}\nClick to force or forbid smoothing", mark.words));
    }
}

/// Nothing at a plain cut between shots that have nothing to do with each other.
fn mark_of(desk: &Desk<'_>, name: &ShotName, next: &kinora_core::film::Shot, mode: SmoothMode) -> Option<Mark> {
    let theme = desk.theme;
    let source = next.continuity_source.as_ref();
    let linked = source.is_some_and(|source| (&source.scene_id, &source.shot_id) == (&name.0, &name.1));
    let cut = desk.jobs.cut(name, &next.shot_id);
    let mark = |glyph, color, words: String| Some(Mark { glyph, color, words });
    match cut {
        Some(cut) if cut.smoothed => {
            mark(icon::WAVES, theme.good, format!("Smoothed, match {:.2}: {}", cut.score, cut.reason))
        }
        Some(cut) if cut.matched => {
            mark(icon::EQUALS, theme.good, format!("Matched {:.2}, a plain cut: {}", cut.score, cut.reason))
        }
        Some(cut) if linked || mode != SmoothMode::Auto => {
            mark(icon::WARNING, theme.warn, format!("Poor match {:.2}, a plain cut: {}", cut.score, cut.reason))
        }
        Some(_) => None,
        None if linked => mark(icon::LINK, theme.quiet, "Linked: the next shot continues this one".to_owned()),
        None if mode == SmoothMode::Always => {
            mark(icon::WAVES, theme.quiet, "Smoothing is forced at this cut".to_owned())
        }
        None if mode == SmoothMode::Never => {
            mark(icon::PROHIBIT, theme.quiet, "Smoothing is forbidden at this cut".to_owned())
        }
        None => None,
    }
}

fn menu_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, mode: SmoothMode, mark: &Mark) {
    ui.set_max_width(260.0);
    ui.label(&mark.words);
    ui.separator();
    let choices = [
        (SmoothMode::Auto, "auto", "Smooth where the frames match"),
        (SmoothMode::Always, "always", "Always smooth this cut"),
        (SmoothMode::Never, "never", "Never smooth this cut"),
    ];
    for (choice, value, label) in choices {
        let response = ui.selectable_label(mode == choice, label);
        widgets::take_keys(ui, &response);
        if response.clicked() {
            desk.asks.run("shot.set", json!({ "scene_id": name.0, "shot_id": name.1, "smooth": value }));
            ui.close();
        }
    }
}
