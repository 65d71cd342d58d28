//! What is said in the corner: what ended, and what failed.

use super::{close_ui, tray};
use crate::ui::{ask::Weight, desk::Desk, state::Toast, theme::Theme};
use bevy_egui::egui::{
    Align2, Area, Color32, Context, FontFamily, Frame, Id, Margin, Order, Rect, RichText, Stroke, Ui, WidgetInfo,
    WidgetType, vec2,
};
use egui_phosphor::regular as icon;
use std::time::{Duration, Instant};

const WIDTH_PX: f32 = 300.0;
const LIFE: Duration = Duration::from_secs(5);
const MOST_WORDS: usize = 600;

/// Draws what is said; what has been said long enough goes.
pub(super) fn toasts_ui(ctx: &Context, desk: &mut Desk<'_>) {
    desk.state.toasts.retain(|toast| stays(toast) || toast.since.elapsed() < LIFE);
    if desk.state.toasts.is_empty() {
        return;
    }
    let theme = desk.theme;
    let mut bottom = -12.0;
    if desk.state.tray_open {
        bottom -= tray::tray_rect(ctx.content_rect()).height() + 12.0;
    }
    let mut closed = None;
    let area = Area::new(Id::new("toasts")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-12.0, bottom));
    let response = area.show(ctx, |ui| {
        ui.set_width(WIDTH_PX);
        ui.spacing_mut().item_spacing.y = 8.0;
        for (index, toast) in desk.state.toasts.iter().enumerate() {
            if toast_ui(ui, theme, toast) {
                closed = Some(index);
            }
        }
    });
    if let Some(index) = closed {
        desk.state.toasts.remove(index);
    }
    let is_read = ctx.pointer_latest_pos().is_some_and(|at| response.response.rect.contains(at));
    if is_read {
        for toast in &mut desk.state.toasts {
            toast.since = Instant::now();
        }
    }
    let left =
        desk.state.toasts.iter().filter(|toast| !stays(toast)).map(|toast| LIFE.saturating_sub(toast.since.elapsed()));
    if let Some(left) = left.min() {
        ctx.request_repaint_after(left + Duration::from_millis(20));
    }
}

/// A failure stays until it is closed.
fn stays(toast: &Toast) -> bool {
    toast.notice.weight == Weight::Bad
}

fn look(theme: &Theme, weight: Weight) -> (&'static str, Color32) {
    match weight {
        Weight::Good => (icon::CHECK_CIRCLE, theme.good),
        Weight::Plain => (icon::INFO, theme.quiet),
        Weight::Warn => (icon::WARNING, theme.warn),
        Weight::Bad => (icon::WARNING_CIRCLE, theme.bad),
    }
}

/// Answers whether it was closed.
fn toast_ui(ui: &mut Ui, theme: &Theme, toast: &Toast) -> bool {
    let (glyph, color) = look(theme, toast.notice.weight);
    let mut closed = false;
    let frame = Frame::new()
        .fill(theme.raised)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(6)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin { left: 14, right: 6, top: 6, bottom: 8 });
    let response = frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.add_space(0.0);
                ui.label(RichText::new(glyph).size(16.0).color(color));
                let room = (ui.available_width() - 32.0).max(40.0);
                ui.vertical(|ui| {
                    ui.set_width(room);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.label(RichText::new(&toast.notice.title).family(FontFamily::Name("medium".into())));
                    if !toast.notice.detail.is_empty() {
                        let detail: String = toast.notice.detail.chars().take(MOST_WORDS).collect();
                        ui.label(RichText::new(detail).color(theme.quiet));
                    }
                });
                closed = close_ui(ui, &format!("Close: {}", toast.notice.title), "");
            });
        })
        .response;
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Label, true, format!("{}. {}", toast.notice.title, toast.notice.detail))
    });
    let edge = Rect::from_min_max(response.rect.min, response.rect.left_bottom() + vec2(3.0, 0.0));
    ui.painter().rect_filled(edge.shrink2(vec2(0.0, 2.0)), 2, color);
    closed
}
