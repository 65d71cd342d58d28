//! The bar under the monitor: timecode, the buttons of playback, and what the maker chose of it.

use super::{desk::Desk, model::FilmModel, state::UiState, widgets};
use crate::playback::{Choice, FilmTimes, Scope};
use bevy_egui::egui::{
    self, Align2, DragValue, FontFamily, FontId, Popup, PopupCloseBehavior, Rect, Ui, WidgetInfo, WidgetType, pos2,
    vec2,
};
use egui_phosphor::regular as icon;

/// Points of a button and of the room between two.
const BUTTON_PX: [f32; 2] = [28.0, 4.0];
/// Buttons in the row.
const BUTTONS: f32 = 10.0;

/// The film as playback needs to know it.
#[must_use]
pub fn film_times(model: &FilmModel, state: &UiState) -> FilmTimes {
    let scene = model.scene_at(state.transport.frame).and_then(|index| model.scene_spans.get(index));
    FilmTimes {
        rate: model.rate(),
        frames: model.frames,
        marks: state.marks,
        scene: scene.map_or(0..0, |span| span.start_frame..span.start_frame + span.frames),
    }
}

/// Draws the bar and answers to it.
pub(super) fn transport_ui(ui: &mut Ui, desk: &mut Desk<'_>, bar: Rect) {
    let theme = desk.theme;
    let now = desk.model.timecode(desk.state.transport.frame).to_string();
    let total = desk.model.timecode(desk.model.frames).to_string();
    let font = FontId::new(15.0, FontFamily::Monospace);
    let painter = ui.painter();
    painter.text(bar.left_center() + vec2(12.0, 0.0), Align2::LEFT_CENTER, now, font, theme.text);
    let right = bar.right_center() - vec2(12.0, 0.0);
    painter.text(right, Align2::RIGHT_CENTER, total, FontId::new(12.0, FontFamily::Monospace), theme.quiet);
    let [button, gap] = BUTTON_PX;
    let center = Rect::from_center_size(bar.center(), vec2(BUTTONS * button + (BUTTONS - 1.0) * gap, button));
    let mut row =
        ui.new_child(egui::UiBuilder::new().max_rect(center).layout(egui::Layout::left_to_right(egui::Align::Center)));
    let ui = &mut row;
    ui.spacing_mut().item_spacing.x = gap;
    let playing = desk.state.transport.speed != 0.0;
    widgets::action_icon_ui(ui, desk, icon::SKIP_BACK, "play.start");
    widgets::action_icon_ui(ui, desk, icon::CARET_LINE_LEFT, "play.cut_back");
    widgets::action_icon_ui(ui, desk, icon::CARET_LEFT, "play.frame_back");
    widgets::action_icon_ui(ui, desk, if playing { icon::PAUSE } else { icon::PLAY }, "play.toggle");
    widgets::action_icon_ui(ui, desk, icon::CARET_RIGHT, "play.frame_on");
    widgets::action_icon_ui(ui, desk, icon::CARET_LINE_RIGHT, "play.cut_on");
    widgets::action_icon_ui(ui, desk, icon::SKIP_FORWARD, "play.end");
    widgets::action_icon_ui(ui, desk, icon::ARROWS_IN_LINE_HORIZONTAL, "play.around");
    widgets::toggle_action_ui(ui, desk, icon::REPEAT, "play.loop", desk.state.transport.looped);
    choice_ui(ui, desk);
    let speed = desk.state.transport.speed;
    if playing && speed != 1.0 {
        let at = pos2(center.right() + 12.0, bar.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, format!("{speed}×"), FontId::proportional(12.0), theme.accent);
    }
}

/// The menu of what outlives a run. It stays open while things are chosen in it.
fn choice_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let title = "How it plays";
    let button = widgets::icon_button_ui(ui, icon::SLIDERS_HORIZONTAL, false);
    button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, title));
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let choice = &mut desk.state.transport.choice;
        ui.radio_value(&mut choice.scope, Scope::Film, "Play to the end of the film");
        ui.radio_value(&mut choice.scope, Scope::Scene, "Play to the end of the scene");
        ui.separator();
        ui.checkbox(&mut choice.scrub_sound, "Hear the playhead while it is dragged");
        ui.separator();
        roll_ui(ui, "Seconds before a cut", &mut choice.pre_roll_secs);
        roll_ui(ui, "Seconds after it", &mut choice.post_roll_secs);
    });
    button.on_hover_text(title);
}

fn roll_ui(ui: &mut Ui, label: &str, secs: &mut f64) {
    ui.horizontal(|ui| {
        let value =
            DragValue::new(secs).range(0.0..=Choice::LONGEST_ROLL_SECS).speed(0.1).fixed_decimals(1).suffix(" s");
        let field = ui.add(value);
        let label = ui.label(label);
        field.labelled_by(label.id);
    });
}
