//! Small pictures: a frame or an image in its place, or why there is none.

use crate::ui::{
    desk::Desk,
    pictures::{PictureOf, PictureState},
};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, WidgetType,
    pos2, vec2,
};

/// A picture in a place of a size; what it lacks is said in its middle.
pub(super) fn picture_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    of: Option<&PictureOf>,
    size: Vec2,
    label: &str,
    missing: &str,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, label));
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, 3, desk.theme.backdrop);
        match of.map(|of| desk.pictures.small(of)) {
            Some(PictureState::Ready(picture)) => {
                ui.painter().image(picture.texture, inside(rect, picture.aspect), whole(), Color32::WHITE);
            }
            Some(PictureState::Waiting) => {}
            Some(PictureState::Broken(_)) => words(ui, desk, rect, "Cannot be shown"),
            None => words(ui, desk, rect, missing),
        }
        let color = if response.has_focus() { desk.theme.accent } else { desk.theme.line };
        ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, color), StrokeKind::Inside);
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn words(ui: &Ui, desk: &Desk<'_>, rect: Rect, text: &str) {
    ui.painter_at(rect).text(rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(11.0), desk.theme.faint);
}

/// The whole of a texture.
pub(super) fn whole() -> Rect {
    Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
}

/// The largest rectangle of a shape.
pub(super) fn inside(rect: Rect, aspect: f32) -> Rect {
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { 1.0 };
    let width = rect.width().min(rect.height() * aspect).max(1.0);
    Rect::from_center_size(rect.center(), vec2(width, width / aspect))
}
