//! What lies over the picture.

use crate::ui::{desk::Desk, pictures::MonitorNumbers, theme::Theme};
use bevy_egui::egui::{Align2, Color32, FontFamily, FontId, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use kinora_core::preview::SafeArea;

/// A title and a line in the middle of the picture.
pub(super) fn words_ui(ui: &Ui, place: Rect, title: &str, detail: &str) {
    let painter = ui.painter();
    let font = FontId::new(15.0, FontFamily::Name("medium".into()));
    painter.text(place.center() - vec2(0.0, 10.0), Align2::CENTER_CENTER, title, font, Color32::from_gray(200));
    let (below, quiet) = (place.center() + vec2(0.0, 12.0), Color32::from_gray(140));
    painter.text(below, Align2::CENTER_CENTER, detail, FontId::proportional(12.0), quiet);
}

pub(super) fn safe_areas_ui(painter: &Painter, theme: &Theme, place: Rect) {
    for area in [SafeArea::Action, SafeArea::Title] {
        let rect = Rect::from_center_size(place.center(), place.size() * area.share());
        painter.rect_stroke(rect, 0, Stroke::new(1.0, theme.accent.gamma_multiply(0.7)), StrokeKind::Inside);
    }
}

/// The line of a wipe, and which take lies on which side.
pub(super) fn line_ui(painter: &Painter, desk: &Desk<'_>, place: Rect, split: f32) {
    let line = place.left() + place.width() * split;
    painter.vline(line, place.y_range(), Stroke::new(1.5, desk.theme.accent));
    painter.circle_filled(pos2(line, place.center().y), 6.0, desk.theme.accent);
    let Some((_, [left, right])) = desk.state.inspector.compared() else { return };
    let seen = place.intersect(painter.clip_rect());
    for (text, at, align) in [
        (left.to_string(), seen.left_top() + vec2(8.0, 6.0), Align2::LEFT_TOP),
        (right.to_string(), seen.right_top() + vec2(-8.0, 6.0), Align2::RIGHT_TOP),
    ] {
        painter.text(at + vec2(1.0, 1.0), align, &text, FontId::proportional(12.0), Color32::BLACK);
        painter.text(at, align, text, FontId::proportional(12.0), Color32::WHITE);
    }
}

/// A line of words at the foot of the room.
pub(super) fn badge_ui(painter: &Painter, theme: &Theme, room: Rect, text: &str, is_wrong: bool) {
    let color = if is_wrong { theme.bad } else { Color32::from_gray(220) };
    let words = painter.layout(text.to_owned(), FontId::proportional(12.0), color, room.width() - 48.0);
    let size = words.size() + vec2(16.0, 8.0);
    let rect = Rect::from_center_size(room.center_bottom() - vec2(0.0, size.y / 2.0 + 10.0), size);
    painter.rect_filled(rect, 4, Color32::from_black_alpha(190));
    painter.galley(rect.min + vec2(8.0, 4.0), words, color);
}

pub(super) fn diagnostics_ui(painter: &Painter, room: Rect, numbers: &MonitorNumbers, enlarged: f32) {
    let MonitorNumbers { decode_ms, upload_ms, play, memory_bytes, decoded, to_make } = numbers;
    let text = format!(
        "decode   {decode_ms:.1} ms\nupload   {upload_ms:.2} ms\nshown    {}\nlate     {}\ndropped  {}\nmemory   {:.0} MiB\n\
         decoded  {decoded}\nto make  {to_make}\nzoom     {:.0} %",
        play.shown,
        play.late,
        play.dropped,
        *memory_bytes as f64 / f64::from(1 << 20),
        enlarged * 100.0,
    );
    let words = painter.layout_no_wrap(text, FontId::monospace(11.0), Color32::from_gray(230));
    let rect = Rect::from_min_size(room.min + vec2(10.0, 10.0), words.size() + vec2(16.0, 12.0));
    painter.rect_filled(rect, 4, Color32::from_black_alpha(190));
    painter.galley(rect.min + vec2(8.0, 6.0), words, Color32::WHITE);
}
