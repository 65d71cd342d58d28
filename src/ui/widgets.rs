//! Small parts that panels share.

use super::{
    actions::{self, action},
    desk::Desk,
    key_names::first_keys,
    model::ClipState,
    theme::{STEP, Theme},
};
use bevy_egui::egui::{
    self, Color32, FontFamily, FontId, Id, Popup, Response, RichText, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;

/// A button of an action with its icon and label.
pub fn action_button_ui(ui: &mut Ui, desk: &mut Desk<'_>, icon: &str, id: &str) -> Option<Response> {
    let label = action(id)?.label;
    action_ui(ui, desk, id, false, |ui| ui.button(format!("{icon}  {label}")))
}

/// A button of an action that is its icon alone.
pub fn action_icon_ui(ui: &mut Ui, desk: &mut Desk<'_>, icon: &str, id: &str) -> Option<Response> {
    action_ui(ui, desk, id, false, |ui| icon_button_ui(ui, icon, false))
}

/// The same for an action that switches something on and off.
pub fn toggle_action_ui(ui: &mut Ui, desk: &mut Desk<'_>, icon: &str, id: &str, on: bool) -> Option<Response> {
    action_ui(ui, desk, id, on, |ui| icon_button_ui(ui, icon, on))
}

/// The main button of a panel.
pub fn primary_ui(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    let text = RichText::new(text).color(theme.on_accent).family(FontFamily::Name("medium".into()));
    ui.add(egui::Button::new(text).fill(theme.accent).min_size(vec2(0.0, 28.0)))
}

/// The main button of a panel for an action.
pub fn primary_action_ui(ui: &mut Ui, desk: &mut Desk<'_>, icon: &str, id: &str) -> Option<Response> {
    let label = action(id)?.label;
    let theme = desk.theme;
    action_ui(ui, desk, id, false, |ui| primary_ui(ui, theme, &format!("{icon}  {label}")))
}

/// A square button with an icon.
pub fn icon_button_ui(ui: &mut Ui, icon: &str, on: bool) -> Response {
    let size = vec2(7.0 * STEP, 7.0 * STEP);
    let text = RichText::new(icon).size(16.0);
    let text = if on { text.color(ui.visuals().selection.stroke.color) } else { text };
    let fill = if on { ui.visuals().widgets.hovered.bg_fill } else { egui::Color32::TRANSPARENT };
    ui.add_sized(size, egui::Button::new(text).fill(fill).frame(true))
}

fn action_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: &str,
    on: bool,
    add: impl FnOnce(&mut Ui) -> Response,
) -> Option<Response> {
    let action = action(id)?;
    let unavailable = (action.unavailable)(desk);
    // Only what cannot be pressed needs a place of its own.
    let response = if unavailable.is_none() { add(ui) } else { ui.add_enabled_ui(false, add).inner };
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, unavailable.is_none(), on, action.label));
    if response.clicked() {
        (action.run)(desk);
    }
    // Every frame draws dozens of buttons, and at most one is pointed at.
    if !response.contains_pointer() {
        return Some(response);
    }
    let keys = first_keys(ui.ctx(), action);
    let hint = format!("{}  {keys}\n{}", action.label, unavailable.as_deref().unwrap_or(action.description));
    Some(response.on_hover_text(&hint).on_disabled_hover_text(&hint))
}

/// A menu of actions.
pub fn menu_ui(ui: &mut Ui, desk: &mut Desk<'_>, ids: &[&str]) {
    ui.set_min_width(220.0);
    for id in ids {
        let Some(action) = action(id) else { continue };
        let why_not = (action.unavailable)(desk);
        let enabled = why_not.is_none();
        let keys = first_keys(ui.ctx(), action);
        let button = egui::Button::new(action.label).right_text(RichText::new(keys).color(desk.theme.quiet));
        let response = ui.add_enabled(enabled, button);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, action.label));
        take_keys(ui, &response);
        let hint = why_not.as_deref().unwrap_or(action.description);
        if response.on_hover_text(hint).on_disabled_hover_text(hint).clicked() {
            actions::perform(desk, id);
            ui.close();
        }
    }
}

/// The menu that a key asked for. What has the focus opens its own; if that has none, what leads the selection does.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct MenuAsk(Option<Turn>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Focused,
    Leading,
}

impl MenuAsk {
    /// Asks for the menu when the panes are next drawn.
    pub const fn ask(&mut self) {
        self.0 = Some(Turn::Focused);
    }

    /// Whether some thing is to open its menu.
    pub(super) const fn is_asked(self) -> bool {
        self.0.is_some()
    }

    /// Everything has been drawn once more. Answers whether it has to be drawn again to find who opens a menu.
    pub(super) fn next_turn(&mut self, asked_before: Self) -> bool {
        // Asked for while it was drawn: some of it could not hear it.
        if *self != asked_before {
            return self.0.is_some();
        }
        self.0 = if self.0 == Some(Turn::Focused) { Some(Turn::Leading) } else { None };
        self.0.is_some()
    }

    /// Whether this thing is the one to open its menu. Only one is told so.
    pub(super) fn is_for(&mut self, response: &Response, leads: bool) -> bool {
        let is_mine = match self.0 {
            Some(Turn::Focused) => response.has_focus(),
            Some(Turn::Leading) => leads,
            None => false,
        };
        if is_mine {
            self.0 = None;
        }
        is_mine
    }
}

/// The menu of a thing: where the pointer's second button went down, or at the thing where a key asked for it. `leads`
/// says that it leads the selection.
pub fn context_menu_ui(
    ui: &Ui,
    desk: &mut Desk<'_>,
    response: &Response,
    leads: bool,
    add: impl FnOnce(&mut Ui, &mut Desk<'_>),
) {
    let mut popup = Popup::context_menu(response);
    let id = popup.get_id();
    if desk.state.menu.is_for(response, leads) {
        open_by_key(ui, id);
    }
    // One that a key opened knows no place of the pointer.
    if Popup::is_id_open(ui.ctx(), id) && Popup::position_of_id(ui.ctx(), id).is_none() {
        popup = popup.at_position(response.rect.intersect(ui.clip_rect()).center());
    }
    popup.show(|ui| add(ui, desk));
}

/// Opens a menu whose first entry that can be chosen takes the keys.
pub fn open_by_key(ui: &Ui, popup: Id) {
    Popup::open_id(ui.ctx(), popup);
    ui.data_mut(|data| data.insert_temp(Id::new(KEYS_WAIT), true));
}

const KEYS_WAIT: &str = "a menu waits for an entry to take the keys";

/// Gives an entry the keys if its menu was opened by one and no entry has them yet.
pub fn take_keys(ui: &Ui, response: &Response) {
    let waits = Id::new(KEYS_WAIT);
    if !response.enabled() || ui.is_sizing_pass() || !ui.data(|data| data.get_temp::<bool>(waits).unwrap_or(false)) {
        return;
    }
    ui.data_mut(|data| data.remove::<bool>(waits));
    response.request_focus();
}

/// The colour that says how it stands with a clip.
#[must_use]
pub const fn state_color(theme: &Theme, state: &ClipState) -> Color32 {
    match state {
        ClipState::Empty | ClipState::Queued => theme.quiet,
        ClipState::Generating { .. } => theme.accent,
        ClipState::Failed { .. } => theme.bad,
        ClipState::OutOfDate { .. } => theme.warn,
        ClipState::Ready => theme.good,
    }
}

/// The mark of how it stands with a clip; none where there is nothing to say.
#[must_use]
pub const fn state_glyph(state: &ClipState) -> Option<&'static str> {
    Some(match state {
        ClipState::Ready => return None,
        ClipState::Empty => icon::CIRCLE_DASHED,
        ClipState::Queued => icon::HOURGLASS,
        ClipState::Generating { .. } => icon::SPARKLE,
        ClipState::Failed { .. } => icon::WARNING_CIRCLE,
        ClipState::OutOfDate { .. } => icon::CLOCK_COUNTER_CLOCKWISE,
    })
}

/// A thin upright line between groups of buttons.
pub fn divider_ui(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(2.0 * STEP, 5.0 * STEP), Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), Stroke::new(1.0, theme.line));
}

/// What an empty place says: what it is for, and what to do.
pub fn empty_ui(ui: &mut Ui, theme: &Theme, icon: &str, title: &str, what_to_do: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3 - 40.0).clamp(8.0, 160.0));
        ui.label(RichText::new(icon).size(32.0).color(theme.faint));
        ui.label(RichText::new(title).font(FontId::new(14.0, FontFamily::Name("medium".into()))));
        ui.set_max_width(ui.available_width().min(320.0));
        ui.label(RichText::new(what_to_do).color(theme.quiet));
    });
}

/// The heading of a part of a panel.
pub fn section_ui(ui: &mut Ui, theme: &Theme, title: &str) {
    ui.add_space(2.0 * STEP);
    ui.label(
        RichText::new(title.to_uppercase())
            .font(FontId::new(10.5, FontFamily::Name("semibold".into())))
            .color(theme.quiet),
    );
}

/// A text that is being typed. Answers the new text at every change, with the number of the group of changes from the
/// moment the field got the keys. While it has them, the maker's own words stay, whatever the film says.
pub fn text_ui(ui: &mut Ui, desk: &mut Desk<'_>, id: Id, value: &str, edit: TextField<'_>) -> Option<(String, u64)> {
    #[derive(Clone, Default)]
    struct Draft {
        text: String,
        group: u64,
    }
    let has_keys = ui.memory(|memory| memory.has_focus(id));
    let mut draft = ui.data(|data| data.get_temp::<Draft>(id)).filter(|_| has_keys).unwrap_or_default();
    if draft.group == 0 {
        draft = Draft { text: value.to_owned(), group: if has_keys { desk.state.new_group() } else { 0 } };
    }
    let mut widget = if edit.rows > 1 {
        egui::TextEdit::multiline(&mut draft.text)
    } else {
        egui::TextEdit::singleline(&mut draft.text)
    };
    widget = widget.id(id).hint_text(edit.hint).desired_width(f32::INFINITY).margin(vec2(8.0, 5.0));
    if edit.rows > 1 {
        widget = widget.desired_rows(edit.rows);
    }
    let response = ui.add(widget);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::TextEdit, true, edit.label);
        info.current_text_value = Some(draft.text.clone());
        info
    });
    if response.gained_focus() && draft.group == 0 {
        draft.group = desk.state.new_group();
    }
    let changed = response.changed().then(|| {
        if draft.group == 0 {
            draft.group = desk.state.new_group();
        }
        (draft.text.clone(), draft.group)
    });
    ui.data_mut(|data| data.insert_temp(id, draft));
    changed
}

/// How a text field looks.
#[derive(Debug, Clone, Copy)]
pub struct TextField<'a> {
    /// Its name for a screen reader.
    pub label: &'a str,
    /// What it says while it is empty.
    pub hint: &'a str,
    /// Height in rows.
    pub rows: usize,
}
