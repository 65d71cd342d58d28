//! What a run that was cut short had not saved, offered when its project is opened.

use super::{frame, widgets};
use crate::ui::{ask::Ask, desk::Desk, theme::STEP};
use bevy_egui::egui::{Align, Context, Id, Key, Layout, Modal, Modifiers, RichText, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

const WIDTH_PX: f32 = 420.0;
/// Kinds of changes that are named.
const MOST_NAMED: usize = 8;

/// Changes that can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// What they are, in the order they were made, each with how often.
    pub changes: Vec<(String, usize)>,
}

/// There is no way round the question: Escape would throw work away.
pub(super) fn recovery_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let Some(recovery) = desk.state.overlays.recovery.clone() else {
        desk.state.overlay = None;
        return;
    };
    let theme = desk.theme;
    let mut again = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)).then_some(true);
    Modal::new(Id::new("recovery")).frame(frame(theme)).show(ctx, |ui| {
        ui.response().widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Bring back unsaved changes"));
        ui.set_width(WIDTH_PX.min(ctx.content_rect().width() - 64.0));
        ui.heading("Bring back the last changes?");
        ui.add_space(STEP);
        let count: usize = recovery.changes.iter().map(|(_, count)| count).sum();
        let words = if count == 1 { "one change was" } else { "these changes were" };
        ui.label(format!("Kinora was cut short last time, and {words} not saved yet:"));
        ui.add_space(STEP);
        for (label, count) in recovery.changes.iter().take(MOST_NAMED) {
            let times = if *count > 1 { format!("   {count} times") } else { String::new() };
            ui.label(RichText::new(format!("{}   {label}{times}", icon::DOT_OUTLINE)));
        }
        if recovery.changes.len() > MOST_NAMED {
            ui.label(RichText::new(format!("and {} more", recovery.changes.len() - MOST_NAMED)).color(theme.quiet));
        }
        ui.add_space(2.0 * STEP);
        ui.label(
            RichText::new("They can be undone one by one afterwards. Everything before them is saved.")
                .color(theme.quiet),
        );
        ui.add_space(3.0 * STEP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::primary_ui(ui, theme, "Bring back").on_hover_text("Does them again  Enter").clicked() {
                again = Some(true);
            }
            if ui.button("Leave them").on_hover_text("Opens the film as it was last saved").clicked() {
                again = Some(false);
            }
        });
    });
    if let Some(again) = again {
        desk.asks.push(Ask::Recover(again));
        desk.state.overlay = None;
    }
}
