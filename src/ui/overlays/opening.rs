//! A project that is being read or made: said where it takes longer than a blink, with a way out.

use super::frame;
use crate::ui::{ask::Ask, desk::Desk};
use bevy_egui::egui::{
    Align2, Area, Context, Id, Key, Margin, Modifiers, Order, RichText, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;
use std::time::{Duration, Instant};

/// What opens faster is not announced.
const BLINK: Duration = Duration::from_millis(150);

/// A project that is being opened or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningModel {
    /// What is done: `Opening Night Train`.
    pub title: String,
    /// What it waits for; empty for the disk.
    pub detail: String,
    /// Since when.
    pub since: Instant,
}

/// Escape gives it up on the welcome screen; with a film open the keys are the film's.
pub(in crate::ui) fn listen(ctx: &Context, desk: &mut Desk<'_>) {
    let listens = desk.state.overlays.opening.is_some() && !desk.model.is_open() && desk.state.overlay.is_none();
    if listens && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        desk.asks.push(Ask::CancelOpening);
    }
}

pub(super) fn opening_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let Some(opening) = desk.state.overlays.opening.clone() else { return };
    if let Some(left) = BLINK.checked_sub(opening.since.elapsed()).filter(|left| !left.is_zero()) {
        ctx.request_repaint_after(left);
        return;
    }
    let theme = desk.theme;
    let mut cancelled = false;
    let area = Area::new(Id::new("opening")).order(Order::Foreground).anchor(Align2::CENTER_TOP, vec2(0.0, 48.0));
    area.show(ctx, |ui| {
        frame(theme).inner_margin(Margin::symmetric(14, 10)).show(ui, |ui| {
            ui.response().widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, &opening.title));
            ui.horizontal(|ui| {
                ui.label(RichText::new(icon::FOLDER_OPEN).size(16.0).color(theme.accent));
                ui.label(format!("{} …", opening.title));
                if !opening.detail.is_empty() {
                    ui.label(RichText::new(&opening.detail).color(theme.quiet));
                }
                let button = ui.button("Cancel");
                button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Cancel the opening"));
                cancelled |= button.on_hover_text("Leaves things as they are").clicked();
            });
        });
    });
    if cancelled {
        desk.asks.push(Ask::CancelOpening);
    }
}
