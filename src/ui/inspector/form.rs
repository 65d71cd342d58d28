//! Parts of a form: a label column, a control column, and controls whose changes are undone as one.

use crate::ui::{desk::Desk, state::UiState, theme::Theme};
use bevy_egui::egui::{
    self, Button, ComboBox, DragValue, FontId, Id, Response, RichText, Sense, Slider, Ui, UiBuilder, WidgetInfo,
    WidgetType,
    text::{LayoutJob, TextWrapping},
    vec2,
};
use std::ops::RangeInclusive;

/// Width of the label column.
pub(super) const LABEL_PX: f32 = 92.0;
const VALUE_PX: f32 = 64.0;

/// A label, and what it names beside it. The control carries the name for screen readers.
pub(super) fn row_ui<R>(ui: &mut Ui, theme: &Theme, label: &str, help: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal_top(|ui| {
        let size = vec2(LABEL_PX, ui.spacing().interact_size.y);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let mut job = LayoutJob::simple_singleline(label.to_owned(), FontId::proportional(12.5), theme.quiet);
        job.wrap = TextWrapping::truncate_at_width(rect.width());
        let galley = ui.painter().layout_job(job);
        let at = egui::pos2(rect.left(), rect.center().y - galley.size().y * 0.5);
        ui.painter().galley(at, galley, theme.quiet);
        response.on_hover_text(if help.is_empty() { label } else { help });
        add(ui)
    })
    .inner
}

/// A few words beside a control, on its line.
pub(super) fn beside_ui(ui: &mut Ui, text: &str, color: egui::Color32) {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.add(egui::Label::new(RichText::new(text).size(11.5).color(color)).truncate());
    });
}

/// Words where others have a control: they begin on the label's line.
pub(super) fn words_ui(ui: &mut Ui, text: &str) {
    ui.vertical(|ui| {
        let font = FontId::proportional(12.5);
        let spare_px = ui.spacing().interact_size.y - ui.fonts_mut(|fonts| fonts.row_height(&font));
        ui.add_space((spare_px * 0.5).max(0.0));
        ui.add(egui::Label::new(RichText::new(text).font(font)).wrap());
    });
}

/// A sentence under a control.
pub(super) fn note_ui(ui: &mut Ui, text: impl Into<String>, color: egui::Color32) {
    ui.add(egui::Label::new(RichText::new(text).size(11.5).color(color)).wrap());
}

/// A number and how it is changed.
#[derive(Debug, Clone)]
pub(super) struct Number<'a> {
    /// Name for screen readers and tests.
    pub(super) label: &'a str,
    /// What it does.
    pub(super) help: &'a str,
    /// Lowest and highest.
    pub(super) range: RangeInclusive<f64>,
    /// Distance of two values.
    pub(super) step: f64,
    /// Places behind the point.
    pub(super) decimals: usize,
    /// Its unit, with the space before it.
    pub(super) unit: &'a str,
}

impl Number<'_> {
    fn tidy(&self, value: f64) -> f64 {
        let scale = 10_f64.powi(i32::try_from(self.decimals).unwrap_or(6));
        ((value * scale).round() / scale).clamp(*self.range.start(), *self.range.end())
    }
}

/// A number that is typed or dragged. Answers the new value and the group of the drag.
pub(super) fn number_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: Id,
    value: f64,
    number: &Number<'_>,
) -> Option<(f64, u64)> {
    let mut now = value;
    let width = ui.available_width().clamp(24.0, VALUE_PX + 24.0);
    let response = at_ui(ui, id, |ui| {
        let field = DragValue::new(&mut now)
            .range(number.range.clone())
            .clamp_existing_to_range(false)
            .speed(number.step)
            .fixed_decimals(number.decimals)
            .suffix(number.unit)
            .update_while_editing(false);
        ui.add_sized(vec2(width, ui.spacing().interact_size.y), field)
    });
    name_number(ui, &response, number, now);
    if desk.state.inspector.write_number.take_if(|label| *label == number.label).is_some() {
        response.request_focus();
        response.scroll_to_me(None);
    }
    let group = group_of(ui, desk.state, &response);
    response.on_hover_text(hint(number));
    let now = number.tidy(now);
    group.filter(|_| (now - value).abs() > 1e-9).map(|group| (now, group))
}

/// A number with a slider before it.
pub(super) fn slider_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: Id,
    value: f64,
    number: &Number<'_>,
) -> Option<(f64, u64)> {
    let mut now = value;
    let gap = ui.spacing().item_spacing.x;
    let width = (ui.available_width() - VALUE_PX - 24.0 - gap).max(32.0);
    let label = format!("{} slider", number.label);
    let response = at_ui(ui, id.with("slider"), |ui| {
        ui.spacing_mut().slider_width = width;
        let slider =
            Slider::new(&mut now, number.range.clone()).step_by(number.step).show_value(false).trailing_fill(true);
        ui.add(slider.clamping(egui::SliderClamping::Edits))
    });
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), now, &label));
    let group = group_of(ui, desk.state, &response);
    desk.state.takes_arrows |= response.has_focus();
    response.on_hover_text(hint(number));
    let moved = number.tidy(now);
    let moved = group.filter(|_| (moved - value).abs() > 1e-9).map(|group| (moved, group));
    number_ui(ui, desk, id, value, number).or(moved)
}

fn hint(number: &Number<'_>) -> String {
    let (low, high, unit) = (number.range.start(), number.range.end(), number.unit);
    let range = if *high < 1e9 { format!("{low} to {high}{unit}") } else { format!("At least {low}{unit}") };
    format!("{}\n{range}. Drag, or click to type", if number.help.is_empty() { number.label } else { number.help })
}

fn name_number(ui: &Ui, response: &Response, number: &Number<'_>, value: f64) {
    response.widget_info(|| {
        let mut info = WidgetInfo::drag_value(ui.is_enabled(), value);
        info.label = Some(number.label.to_owned());
        info
    });
}

/// A place whose widgets keep their identity when what is drawn before them changes.
fn at_ui<R>(ui: &mut Ui, id: Id, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().id(id), add).inner
}

/// The group of a change, if there is one: from the moment a control is held or gets the keys until it is let go.
fn group_of(ui: &Ui, state: &mut UiState, response: &Response) -> Option<u64> {
    let id = response.id.with("group");
    let known = ui.data(|data| data.get_temp::<u64>(id)).unwrap_or(0);
    let begins = response.drag_started() || response.gained_focus();
    let group = if begins || (known == 0 && response.changed()) { state.new_group() } else { known };
    let ends = response.drag_stopped() || response.lost_focus();
    ui.data_mut(|data| data.insert_temp(id, if ends { 0 } else { group }));
    response.changed().then_some(group)
}

/// A box to tick. Answers the new state.
pub(super) fn tick_ui(ui: &mut Ui, on: bool, label: &str, help: &str, unavailable: Option<&str>) -> Option<bool> {
    let mut now = on;
    let response = ui
        .scope(|ui| {
            // An empty box would be lost on the panel without its edge.
            let edge = ui.visuals().weak_text_color().gamma_multiply(0.7);
            ui.visuals_mut().widgets.inactive.bg_stroke = egui::Stroke::new(1.0, edge);
            ui.add_enabled(unavailable.is_none(), egui::Checkbox::without_text(&mut now))
        })
        .inner;
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, unavailable.is_none(), now, label));
    let hint = unavailable.unwrap_or(if help.is_empty() { label } else { help });
    let response = response.on_hover_text(hint).on_disabled_hover_text(hint);
    response.changed().then_some(now)
}

/// A button with its reason. Answers whether it was pressed.
pub(super) fn button_ui(ui: &mut Ui, glyph: &str, label: &str, help: &str, unavailable: Option<&str>) -> bool {
    let response = ui.add_enabled(unavailable.is_none(), Button::new(format!("{glyph}  {label}")));
    named(&response, unavailable.is_none(), label);
    let hint = unavailable.unwrap_or(help);
    response.on_hover_text(hint).on_disabled_hover_text(hint).clicked()
}

/// A small button that is its icon alone.
pub(super) fn icon_ui(ui: &mut Ui, glyph: &str, on: bool, label: &str, help: &str, unavailable: Option<&str>) -> bool {
    let color = if on { ui.visuals().selection.stroke.color } else { ui.visuals().text_color() };
    let button =
        Button::new(RichText::new(glyph).size(14.0).color(color)).min_size(vec2(24.0, 24.0)).frame_when_inactive(false);
    let response = ui.add_enabled(unavailable.is_none(), button);
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, unavailable.is_none(), on, label));
    let hint = unavailable.unwrap_or(help);
    response.on_hover_text(hint).on_disabled_hover_text(hint).clicked()
}

pub(super) fn named(response: &Response, enabled: bool, label: &str) {
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, label));
}

/// One entry of a drop-down list.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// What it says.
    pub(super) text: String,
    /// What it says at the right edge.
    pub(super) detail: String,
    /// More about it.
    pub(super) hint: String,
    /// Whether it is the one that holds now.
    pub(super) selected: bool,
    /// Why it cannot be chosen.
    pub(super) refused: Option<String>,
    /// Whether it only heads those that follow.
    pub(super) is_heading: bool,
}

impl Choice {
    pub(super) fn new(text: impl Into<String>, selected: bool) -> Self {
        Self { text: text.into(), selected, ..Self::default() }
    }

    pub(super) fn heading(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_heading: true, ..Self::default() }
    }

    pub(super) fn refused(mut self, why: Option<String>) -> Self {
        self.refused = why;
        self
    }
}

/// A drop-down list. The entries are only made while it is open. Answers the place of the one that was chosen.
pub(super) fn choice_ui(
    ui: &mut Ui,
    theme: &Theme,
    label: &str,
    shown: &str,
    help: &str,
    choices: impl FnOnce() -> Vec<Choice>,
) -> Option<usize> {
    let mut chosen = None;
    let width = ui.available_width();
    let list = ComboBox::from_id_salt(label).width(width).truncate().height(320.0).selected_text(shown);
    let response = list.show_ui(ui, |ui| {
        ui.set_min_width(width.max(220.0));
        for (index, choice) in choices().iter().enumerate() {
            if choice.is_heading {
                ui.label(RichText::new(&choice.text).size(11.0).color(theme.quiet));
            } else if entry_ui(ui, theme, choice) {
                chosen = Some(index);
                ui.close();
            }
        }
    });
    let enabled = ui.is_enabled();
    response.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::ComboBox, enabled, label);
        info.current_text_value = Some(shown.to_owned());
        info
    });
    response.response.on_hover_text(if help.is_empty() { label } else { help });
    chosen
}

fn entry_ui(ui: &mut Ui, theme: &Theme, choice: &Choice) -> bool {
    let enabled = choice.refused.is_none();
    let button =
        Button::selectable(choice.selected, &choice.text).right_text(RichText::new(&choice.detail).color(theme.quiet));
    let response = ui.add_enabled(enabled, button);
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, enabled, choice.selected, &choice.text));
    match &choice.refused {
        Some(why) => response.on_disabled_hover_text(why).clicked(),
        None if choice.hint.is_empty() => response.clicked(),
        None => response.on_hover_text(&choice.hint).clicked(),
    }
}

/// A part that can be folded away. Its content is only made while it is open.
pub(super) fn fold_ui(ui: &mut Ui, id: Id, title: &str, is_open: bool, add: impl FnOnce(&mut Ui)) {
    ui.add_space(4.0);
    egui::CollapsingHeader::new(RichText::new(title).size(12.0))
        .id_salt(id)
        .default_open(is_open)
        .show_unindented(ui, add);
}
