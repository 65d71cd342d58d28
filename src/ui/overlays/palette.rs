//! The command palette: any action, scene, shot or character by a few of its letters.

use super::{frame, fuzzy::score, keys::chip_ui};
use crate::ui::{
    actions::{self, ACTIONS, Action},
    ask::Ask,
    desk::Desk,
    model::FilmModel,
    state::Selection,
    theme::Theme,
};
use bevy_egui::egui::{
    self, Align, Align2, Context, Event, FontId, Id, Key, Label, Layout, Margin, Modal, Modifiers, Rect, RichText,
    ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;

const WIDTH_PX: f32 = 560.0;
const ROW_PX: f32 = 34.0;
const SHOWN: f32 = 10.0;
/// Most of a row that the reason may take why something cannot be done now.
const REASON_PART: f32 = 0.6;
const MOST: usize = 100;
/// How well words fit that stand in the description alone: behind whatever has them in its name.
const DESCRIBED: i32 = -1000;

/// What the palette remembers while it is open.
#[derive(Debug, Default)]
pub(super) struct PaletteState {
    query: String,
    chosen: usize,
    found: Option<(String, u64, Vec<Command>)>,
}

/// Something that can be chosen, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Action(usize),
    Scene(usize),
    Shot(usize),
    Character(usize),
}

impl Command {
    fn title(self, model: &FilmModel) -> String {
        match self {
            Self::Action(index) => ACTIONS[index].label.to_owned(),
            Self::Scene(index) => format!("Go to scene {}  {}", index + 1, model.scenes[index].title),
            Self::Shot(index) => {
                let span = &model.shot_spans[index];
                let prompt: String = model.shot_of(span).prompt.chars().take(60).collect();
                format!("Go to shot {}.{}  {}", span.scene_index + 1, span.shot_index + 1, prompt.replace('\n', " "))
            }
            Self::Character(index) => format!("Select {}", model.characters[index].name),
        }
    }

    const fn glyph(self) -> &'static str {
        match self {
            Self::Action(_) => icon::COMMAND,
            Self::Scene(_) => icon::FILM_SLATE,
            Self::Shot(_) => icon::FILM_STRIP,
            Self::Character(_) => icon::USER_CIRCLE,
        }
    }

    fn action(self) -> Option<&'static Action> {
        if let Self::Action(index) = self { Some(&ACTIONS[index]) } else { None }
    }
}

/// What fits the query, the best first; every action while nothing is typed.
fn find(model: &FilmModel, query: &str) -> Vec<Command> {
    let actions = (0..ACTIONS.len()).filter(|index| ACTIONS[*index].id != "view.palette").map(Command::Action);
    if query.trim().is_empty() {
        return actions.collect();
    }
    let words = query.trim().to_lowercase();
    let film = (0..model.scenes.len()).map(Command::Scene).chain((0..model.shot_spans.len()).map(Command::Shot));
    let all = actions.chain(film).chain((0..model.characters.len()).map(Command::Character));
    let mut found: Vec<(i32, Command)> = all
        .filter_map(|command| {
            let in_title = score(query, &command.title(model));
            let group = command.action().map(|action| format!("{} {}", action.group.label(), action.label));
            let in_group = group.and_then(|words| score(query, &words)).map(|fit| fit - 8);
            // Who asks for `regenerate` means what is described so.
            let is_described =
                || command.action().is_some_and(|action| action.description.to_lowercase().contains(&words));
            let fit = in_title.max(in_group).or_else(|| is_described().then_some(DESCRIBED))?;
            // Of an action and a shot that fit alike, the action is meant.
            Some((fit + if command.action().is_some() { 4 } else { 0 }, command))
        })
        .collect();
    found.sort_by_key(|(fit, _)| std::cmp::Reverse(*fit));
    found.truncate(MOST);
    found.into_iter().map(|(_, command)| command).collect()
}

pub(super) fn palette_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let mut palette = desk.state.overlays.palette.take().unwrap_or_default();
    let is_current =
        palette.found.as_ref().is_some_and(|(query, stamp, _)| *query == palette.query && *stamp == desk.model.stamp);
    if !is_current {
        let found = find(desk.model, &palette.query);
        palette.found = Some((palette.query.clone(), desk.model.stamp, found));
    }
    let found = palette.found.as_ref().map(|(_, _, found)| found.clone()).unwrap_or_default();
    palette.chosen = palette.chosen.min(found.len().saturating_sub(1));
    let moved = arrows(ctx, &mut palette.chosen, found.len());
    let enter = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let mut run = enter.then(|| found.get(palette.chosen).copied()).flatten();
    let theme = desk.theme;
    let id = Id::new("palette");
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 96.0));
    let response = Modal::new(id).area(area).frame(frame(theme).inner_margin(Margin::same(8))).show(ctx, |ui| {
        ui.set_width(WIDTH_PX.min(ctx.content_rect().width() - 48.0));
        ui.response().widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Command palette"));
        field_ui(ui, &mut palette);
        ui.add_space(4.0);
        if found.is_empty() {
            ui.add_space(8.0);
            ui.vertical_centered(|ui| ui.label(RichText::new("Nothing fits").color(theme.quiet)));
            ui.add_space(8.0);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = (found.len() as f32).min(SHOWN) * ROW_PX;
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for (index, command) in found.iter().enumerate() {
                if row_ui(ui, desk, *command, index == palette.chosen, moved) {
                    run = Some(*command);
                }
            }
        });
    });
    desk.state.overlays.palette = Some(palette);
    if response.should_close() {
        desk.state.overlay = None;
    }
    if let Some(command) = run {
        perform(desk, command);
    }
}

/// Up and down; answers whether the choice moved.
fn arrows(ctx: &Context, chosen: &mut usize, count: usize) -> bool {
    let before = *chosen;
    ctx.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowDown) {
            *chosen = if *chosen + 1 < count { *chosen + 1 } else { 0 };
        }
        if input.consume_key(Modifiers::NONE, Key::ArrowUp) {
            *chosen = chosen.checked_sub(1).unwrap_or(count.saturating_sub(1));
        }
    });
    *chosen != before
}

fn field_ui(ui: &mut Ui, palette: &mut PaletteState) {
    // The press that opened the palette also brings its letter.
    let before = palette.query.clone();
    let field = egui::TextEdit::singleline(&mut palette.query)
        .id(Id::new("palette-field"))
        .hint_text("What would you like to do?")
        .font(FontId::proportional(15.0))
        .margin(vec2(8.0, 8.0))
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    let text = palette.query.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::TextEdit, true, "Find an action");
        info.current_text_value = Some(text.clone());
        info
    });
    let is_escape =
        ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Key { key: Key::Escape, .. })));
    if !response.has_focus() && !is_escape {
        response.request_focus();
    }
    if palette.query != before {
        palette.chosen = 0;
    }
}

/// Answers whether it was clicked. What cannot be done now says why.
fn row_ui(ui: &mut Ui, desk: &Desk<'_>, command: Command, is_chosen: bool, moved: bool) -> bool {
    let theme = desk.theme;
    let why_not = command.action().and_then(|action| (action.unavailable)(desk));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_PX), Sense::click());
    if is_chosen && moved {
        ui.scroll_to_rect(rect, None);
    }
    let title = || command.title(desk.model);
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, why_not.is_none(), is_chosen, title()));
    if !ui.is_rect_visible(rect) {
        return false;
    }
    let title = title();
    if is_chosen {
        ui.painter().rect_filled(rect, 4, theme.hovered);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 4, theme.raised);
    }
    line_ui(ui, theme, command, &title, why_not.as_deref(), rect);
    let hint = command.action().map(|action| why_not.as_deref().unwrap_or(action.description));
    let clicked = response.clicked() && why_not.is_none();
    if let Some(hint) = hint {
        response.on_hover_text(hint);
    }
    clicked
}

fn line_ui(ui: &mut Ui, theme: &Theme, command: Command, title: &str, why_not: Option<&str>, rect: Rect) {
    let inner = UiBuilder::new().max_rect(rect.shrink2(vec2(10.0, 0.0))).layout(Layout::right_to_left(Align::Center));
    let mut line = ui.new_child(inner);
    let color = if why_not.is_some() { theme.faint } else { theme.text };
    if let Some(why_not) = why_not {
        line.scope(|ui| {
            ui.set_max_width(rect.width() * REASON_PART);
            ui.add(Label::new(RichText::new(why_not).small().color(theme.quiet)).truncate().selectable(false));
        });
    } else if let Some(keys) = command.action().and_then(|action| action.keys.first()) {
        chip_ui(&mut line, theme, keys);
    }
    line.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(RichText::new(command.glyph()).color(theme.quiet)).selectable(false));
        ui.add(Label::new(RichText::new(title).color(color)).truncate().selectable(false));
    });
}

fn perform(desk: &mut Desk<'_>, command: Command) {
    let model = desk.model;
    if command.action().is_some_and(|action| (action.unavailable)(desk).is_some()) {
        return;
    }
    desk.state.overlay = None;
    match command {
        Command::Action(index) => actions::perform(desk, ACTIONS[index].id),
        Command::Scene(index) => {
            desk.state.selection = Selection::Scene(model.scenes[index].scene_id.clone());
            desk.asks.push(Ask::Seek(model.scene_spans[index].start_frame));
        }
        Command::Shot(index) => {
            let span = &model.shot_spans[index];
            desk.asks.push(Ask::Reveal(model.name_of(span)));
            desk.asks.push(Ask::Seek(span.start_frame));
        }
        Command::Character(index) => {
            desk.state.selection = Selection::Character(model.characters[index].character_id.clone());
        }
    }
}
