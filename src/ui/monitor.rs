//! The programme monitor: the film at the playhead, its timecode, and the transport.

use super::{desk::Desk, pictures::PictureState, widgets};
use bevy_egui::egui::{
    self, Align2, Color32, FontFamily, FontId, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;

const TRANSPORT_PX: f32 = 40.0;

/// Draws the monitor and answers to it.
pub fn monitor_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let rect = ui.available_rect_before_wrap();
    let picture = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - TRANSPORT_PX));
    ui.painter().rect_filled(picture, 0, desk.theme.backdrop);
    let frame = fitted(desk, picture.shrink(8.0));
    picture_ui(ui, desk, frame);
    let bar = Rect::from_min_max(pos2(rect.left(), picture.bottom()), rect.max);
    let mut bar_ui =
        ui.new_child(egui::UiBuilder::new().max_rect(bar).layout(egui::Layout::left_to_right(egui::Align::Center)));
    transport_ui(&mut bar_ui, desk, bar);
    ui.allocate_rect(rect, Sense::hover());
}

/// The largest rectangle of the film's shape.
fn fitted(desk: &Desk<'_>, room: Rect) -> Rect {
    let size = &desk.model.metadata.size;
    let aspect = size.width.max(1) as f32 / size.height.max(1) as f32;
    let width = room.width().min(room.height() * aspect).max(1.0);
    Rect::from_center_size(room.center(), vec2(width, width / aspect))
}

fn picture_ui(ui: &mut Ui, desk: &mut Desk<'_>, rect: Rect) {
    let theme = desk.theme;
    let painter = ui.painter_at(rect.expand(1.0));
    painter.rect_filled(rect, 0, Color32::BLACK);
    let frame = desk.state.transport.frame;
    let words = |title: &str, detail: &str| {
        let font = FontId::new(15.0, FontFamily::Name("medium".into()));
        painter.text(rect.center() - vec2(0.0, 10.0), Align2::CENTER_CENTER, title, font, Color32::from_gray(200));
        painter.text(
            rect.center() + vec2(0.0, 12.0),
            Align2::CENTER_CENTER,
            detail,
            FontId::proportional(12.0),
            Color32::from_gray(140),
        );
    };
    let response = ui.interact(rect, egui::Id::new("monitor"), Sense::click());
    let Some(span) = desk.model.shot_at(frame).copied() else {
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Monitor: the film is empty"));
        words("The film is empty", "Add a shot with N, or import a screenplay");
        return;
    };
    let name = desk.model.name_of(&span);
    let label =
        format!("Monitor: shot {}.{} at {}", span.scene_index + 1, span.shot_index + 1, desk.model.timecode(frame));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &label));
    if response.clicked() {
        desk.state.selection = super::state::Selection::shot(name);
    }
    if desk.model.shot_of(&span).file_path.is_none() {
        words(
            &format!("Shot {}.{} has no take yet", span.scene_index + 1, span.shot_index + 1),
            "Select it and press G to generate one",
        );
        return;
    }
    let scale = ui.ctx().pixels_per_point();
    let size_px = [(rect.width() * scale) as u32, (rect.height() * scale) as u32];
    match desk.pictures.monitor(frame, size_px, desk.state.transport.speed) {
        PictureState::Ready(picture) => {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(picture.texture, rect, uv, Color32::WHITE);
        }
        PictureState::Waiting => {}
        PictureState::Broken(why) => words("This frame cannot be shown", &why),
    }
    desk.pictures.scrub(ui, frame, rect);
    if desk.state.safe_areas {
        for part in [0.93, 0.90] {
            let area = Rect::from_center_size(rect.center(), rect.size() * part);
            painter.rect_stroke(area, 0, Stroke::new(1.0, theme.accent.gamma_multiply(0.7)), StrokeKind::Inside);
        }
    }
}

fn transport_ui(ui: &mut Ui, desk: &mut Desk<'_>, bar: Rect) {
    let theme = desk.theme;
    let now = desk.model.timecode(desk.state.transport.frame).to_string();
    let total = desk.model.timecode(desk.model.frames).to_string();
    let font = FontId::new(15.0, FontFamily::Monospace);
    let painter = ui.painter();
    painter.text(bar.left_center() + vec2(12.0, 0.0), Align2::LEFT_CENTER, now, font, theme.text);
    let right = bar.right_center() - vec2(12.0, 0.0);
    painter.text(right, Align2::RIGHT_CENTER, total, FontId::new(12.0, FontFamily::Monospace), theme.quiet);
    let buttons = 8.0 * 28.0 + 7.0 * 4.0;
    let center = Rect::from_center_size(bar.center(), vec2(buttons, 28.0));
    let mut row =
        ui.new_child(egui::UiBuilder::new().max_rect(center).layout(egui::Layout::left_to_right(egui::Align::Center)));
    let ui = &mut row;
    ui.spacing_mut().item_spacing.x = 4.0;
    let playing = desk.state.transport.speed != 0.0;
    widgets::action_icon_ui(ui, desk, icon::SKIP_BACK, "play.start");
    widgets::action_icon_ui(ui, desk, icon::CARET_LINE_LEFT, "play.cut_back");
    widgets::action_icon_ui(ui, desk, icon::CARET_LEFT, "play.frame_back");
    widgets::action_icon_ui(ui, desk, if playing { icon::PAUSE } else { icon::PLAY }, "play.toggle");
    widgets::action_icon_ui(ui, desk, icon::CARET_RIGHT, "play.frame_on");
    widgets::action_icon_ui(ui, desk, icon::CARET_LINE_RIGHT, "play.cut_on");
    widgets::action_icon_ui(ui, desk, icon::SKIP_FORWARD, "play.end");
    widgets::toggle_action_ui(ui, desk, icon::REPEAT, "play.loop", desk.state.transport.looped);
    let speed = desk.state.transport.speed;
    if playing && speed != 1.0 {
        let at = pos2(center.right() + 12.0, bar.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, format!("{speed}×"), FontId::proportional(12.0), theme.accent);
    }
}
