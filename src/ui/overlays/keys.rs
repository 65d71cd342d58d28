//! The cheat sheet: every key, by group.

use super::{list, modal_ui, title_ui};
use crate::ui::{
    actions::{ACTIONS, Action, Group},
    desk::Desk,
    key_names::{keys_of, keys_text},
    theme::Theme,
    widgets,
};
use bevy_egui::egui::{
    Align, Align2, Context, FontId, KeyboardShortcut, Layout, RichText, Sense, Stroke, StrokeKind, Ui, vec2,
};

/// The groups of each column: as high as each other as can be.
const COLUMNS: [&[Group]; 3] = [
    &[Group::File, Group::Edit, Group::Sound, Group::Queue],
    &[Group::Film, Group::View],
    &[Group::Playback, Group::Shot],
];
const COLUMN_PX: f32 = 330.0;
const ROW_PX: f32 = 21.0;

pub(super) fn keys_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let room = ctx.content_rect().size() - vec2(64.0, 120.0);
    modal_ui(ctx, desk, "Keyboard shortcuts", |ui, desk| {
        let width = (COLUMN_PX * 3.0 + 48.0).min(room.x);
        ui.set_width(width);
        title_ui(ui, desk, "Keyboard shortcuts");
        let theme = desk.theme;
        let keys = keys_of(ui.ctx(), "view.palette");
        let words = format!("What has no key of its own is found by its name: {keys}.");
        ui.label(RichText::new(words).color(theme.quiet));
        list(room.y).show(ui, |ui| {
            let column = (width - 48.0) / 3.0;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 24.0;
                for groups in COLUMNS {
                    ui.vertical(|ui| {
                        ui.set_width(column);
                        ui.spacing_mut().item_spacing.y = 0.0;
                        for group in groups {
                            widgets::section_ui(ui, theme, group.label());
                            for action in ACTIONS.iter().filter(|action| action.group == *group) {
                                row_ui(ui, theme, action);
                            }
                        }
                    });
                }
            });
        });
    });
}

fn row_ui(ui: &mut Ui, theme: &Theme, action: &Action) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), ROW_PX), Layout::left_to_right(Align::Center), |ui| {
        ui.label(action.label).on_hover_text(action.description);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            // The first two: more would leave no room for the name.
            for keys in action.keys.iter().take(2).rev() {
                chip_ui(ui, theme, keys);
            }
        });
    });
}

/// Keys as they are written on a keyboard.
pub(super) fn chip_ui(ui: &mut Ui, theme: &Theme, keys: &KeyboardShortcut) {
    let text = keys_text(ui.ctx(), keys);
    let galley = ui.painter().layout_no_wrap(text.clone(), FontId::proportional(11.0), theme.quiet);
    let size = vec2((galley.size().x + 10.0).max(20.0), 17.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| bevy_egui::egui::WidgetInfo::labeled(bevy_egui::egui::WidgetType::Label, true, &text));
    ui.painter().rect(rect, 3, theme.raised, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    ui.painter().galley(at.min, galley, theme.quiet);
}
