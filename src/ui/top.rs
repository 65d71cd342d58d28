//! The bar above the panes: menus, the film's title, how saving stands, jobs and the render button.

use super::{actions::ACTIONS, actions::Group, desk::Desk, state::Selection, theme::Theme, widgets};
use bevy_egui::egui::{self, FontFamily, Frame, Margin, RichText, Ui};
use egui_phosphor::regular as icon;

/// Room of the buttons at the right, and of the mark that says how saving stands.
const RIGHT_PX: f32 = 300.0;

/// The bar's frame.
pub fn frame(theme: &Theme) -> Frame {
    Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(10, 5))
}

/// Draws the bar and answers to it.
pub fn top_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for group in Group::ALL {
            ui.scope(|ui| {
                ui.visuals_mut().widgets.inactive.weak_bg_fill = egui::Color32::TRANSPARENT;
                ui.menu_button(group.label(), |ui| {
                    let ids = entries(desk, group);
                    egui::ScrollArea::vertical().max_height(560.0).show(ui, |ui| widgets::menu_ui(ui, desk, &ids));
                });
            });
        }
        widgets::divider_ui(ui, desk.theme);
        let title = if desk.model.metadata.title.is_empty() { "Untitled film" } else { &desk.model.metadata.title };
        let text = RichText::new(title).family(FontFamily::Name("semibold".into()));
        let room = (ui.available_width() - RIGHT_PX).max(80.0);
        let button = ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(egui::Button::new(text).frame(false).truncate())
        });
        if button.inner.on_hover_text(format!("{title}\nShow the film in the inspector")).clicked() {
            desk.state.selection = Selection::Film;
        }
        let (glyph, words, color) = match (&desk.history.save_error, desk.history.unsaved) {
            (Some(why), _) => (icon::WARNING, format!("Not saved: {why}"), desk.theme.bad),
            (None, true) => (icon::CIRCLE, "Saving…".to_owned(), desk.theme.quiet),
            (None, false) => (icon::CHECK, "Saved".to_owned(), desk.theme.faint),
        };
        ui.label(RichText::new(glyph).color(color)).on_hover_text(words);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::primary_action_ui(ui, desk, icon::EXPORT, "render.film");
            jobs_ui(ui, desk);
            widgets::action_icon_ui(ui, desk, icon::MAGNIFYING_GLASS, "view.palette");
            widgets::action_icon_ui(ui, desk, icon::KEYBOARD, "view.keys");
        });
    });
}

/// What a menu lists: of numbered takes those that the shot has.
fn entries(desk: &Desk<'_>, group: Group) -> Vec<&'static str> {
    let takes = desk
        .state
        .selection
        .leading_shot()
        .and_then(|name| desk.model.shot(name))
        .map_or(0, |shot| shot.takes.iter().filter_map(|take| take.take_id.number()).max().unwrap_or(0));
    let is_there = |id: &str| {
        let number = id.strip_prefix("take.use_").and_then(|number| number.parse::<usize>().ok());
        number.is_none_or(|number| number <= takes)
    };
    ACTIONS.iter().filter(|action| action.group == group && is_there(action.id)).map(|action| action.id).collect()
}

fn jobs_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let open = desk.jobs.open().count();
    let failed = desk.jobs.rows.iter().any(|row| matches!(row.state, crate::jobs::JobState::Failed(_)));
    let on = desk.state.tray_open;
    let response = widgets::toggle_action_ui(ui, desk, icon::STACK, "view.jobs", on);
    if let Some(response) = response.filter(|_| open > 0 || failed) {
        let color = if failed { desk.theme.bad } else { desk.theme.accent };
        let at = response.rect.right_top() + egui::vec2(-6.0, 7.0);
        ui.painter().circle_filled(at, 7.0, color);
        if open > 0 {
            let font = egui::FontId::proportional(9.5);
            ui.painter().text(at, egui::Align2::CENTER_CENTER, open, font, desk.theme.on_accent);
        }
    }
}
