//! One thing in the library, drawn, and what it answers to.

use super::{
    LibraryDrag, card_picture,
    card_words::{Words, words},
    items::Item,
    lift, menu, rename,
};
use crate::ui::{ask::Ask, desk::Desk, model::ClipState, state::Selection, widgets};
use bevy_egui::egui::{
    self, Align2, Color32, DragAndDrop, FontFamily, FontId, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;

pub(super) fn card_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: Item, rect: Rect) {
    let Some(words) = words(desk, item) else { return };
    let response = ui.interact(rect, Id::new(("library-card", item)), Sense::click_and_drag());
    let chosen = is_chosen(desk, item, &words);
    let state = clip_state(desk, item);
    let spoken = match &state {
        Some(state) => format!("{}, {}", words.title, state.words()),
        None => words.title.clone(),
    };
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, chosen, &spoken));
    paint(ui, desk, item, rect, &words, state.as_ref(), chosen, &response);
    lift::lift_ui(ui, desk, item, &words, &response);
    lift::offer_card(ui, desk, item, rect);
    answer(ui, desk, item, &words, &response);
    if response.secondary_clicked() && !chosen {
        desk.state.selection = words.selection.clone();
    }
    // Of a shot the clip in the timeline opens its menu.
    let leads = chosen && matches!(item, Item::Scene(_) | Item::Character(_));
    widgets::context_menu_ui(ui, desk, &response, leads, |ui, desk| menu::menu_ui(ui, desk, item));
    if response.hovered() && DragAndDrop::payload::<LibraryDrag>(ui.ctx()).is_none() {
        hint(desk, item, &words, state.as_ref(), response);
    }
}

/// A shot's take and frames are found with it, but only the shot itself is marked.
fn is_chosen(desk: &Desk<'_>, item: Item, words: &Words) -> bool {
    match (&words.selection, item) {
        (Selection::Shots(names), Item::Shot(_)) => names.first().is_some_and(|name| desk.state.selection.has(name)),
        (selection, Item::Scene(_) | Item::Character(_) | Item::Lane(..)) => desk.state.selection == *selection,
        _ => false,
    }
}

fn clip_state(desk: &Desk<'_>, item: Item) -> Option<ClipState> {
    let Item::Shot(_) = item else { return None };
    let (span, _) = item.shot(desk.model)?;
    Some(desk.clip_state(&desk.model.name_of(span)))
}

fn answer(ui: &Ui, desk: &mut Desk<'_>, item: Item, words: &Words, response: &Response) {
    if response.double_clicked() {
        if let Some(frame) = words.frame {
            desk.asks.push(Ask::Seek(frame));
        }
    } else if response.clicked() {
        let command = ui.input(|input| input.modifiers.command);
        match &words.selection {
            Selection::Shots(names) if command && matches!(item, Item::Shot(_)) => toggle(desk, &names[0]),
            Selection::Shots(names) => desk.asks.push(Ask::Reveal(names[0].clone())),
            other => desk.state.selection = other.clone(),
        }
    }
}

fn toggle(desk: &mut Desk<'_>, name: &crate::ui::model::ShotName) {
    let mut names = desk.state.selection.shots().to_vec();
    match names.iter().position(|other| other == name) {
        Some(index) => drop(names.remove(index)),
        None => names.push(name.clone()),
    }
    desk.state.selection = Selection::of_shots(names);
}

fn hint(desk: &Desk<'_>, item: Item, words: &Words, state: Option<&ClipState>, response: Response) {
    let theme = desk.theme;
    let prompt: String = match item {
        Item::Shot(_) => item.shot(desk.model).map_or("", |(_, shot)| &shot.prompt),
        Item::Scene(_) => item.scene(desk.model).map_or("", |scene| &scene.prompt),
        Item::Take(..) => item.take(desk.model).map_or("", |take| &take.prompt),
        Item::Line(..) => item.line(desk.model).map_or("", |line| &line.text),
        Item::Character(_) => item.character(desk.model).map_or("", |character| &character.prompt_style_tokens),
        _ => "",
    }
    .chars()
    .take(240)
    .collect();
    response.on_hover_ui(|ui| {
        ui.set_max_width(320.0);
        ui.strong(&words.title);
        ui.label(egui::RichText::new(&words.detail).color(theme.quiet));
        if !prompt.is_empty() && !words.title.ends_with(&prompt) {
            ui.label(prompt);
        }
        if let Some(state) = state {
            ui.colored_label(widgets::state_color(desk.theme, state), state.words());
        }
    });
}

#[expect(clippy::too_many_arguments, reason = "one place that draws all of a card")]
fn paint(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    item: Item,
    rect: Rect,
    words: &Words,
    state: Option<&ClipState>,
    chosen: bool,
    response: &Response,
) {
    let theme = desk.theme;
    let as_list = desk.state.library.as_list;
    let is_lit = response.hovered() || response.has_focus();
    let ground = if chosen || is_lit { theme.hovered } else { theme.raised };
    ui.painter().rect_filled(rect, 6, ground);
    let (thumb, text) = if as_list {
        let thumb = Rect::from_min_size(
            rect.min + vec2(4.0, 4.0),
            vec2((rect.height() - 8.0) * 16.0 / 9.0, rect.height() - 8.0),
        );
        (thumb, Rect::from_min_max(pos2(thumb.right() + 8.0, rect.top() + 5.0), rect.max - vec2(8.0, 5.0)))
    } else {
        let thumb = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - super::CARD_WORDS_PX));
        (thumb, Rect::from_min_max(pos2(rect.left() + 7.0, thumb.bottom() + 3.0), rect.max - vec2(7.0, 3.0)))
    };
    let scrub = response.hover_pos().filter(|at| thumb.contains(*at)).map(|at| (at.x - thumb.left()) / thumb.width());
    card_picture::show(ui, desk, item, thumb, words.glyph, scrub);
    let marks =
        if as_list { pos2(rect.right() - 12.0, rect.center().y) } else { thumb.right_top() + vec2(-12.0, 12.0) };
    let is_marked = badge(ui, desk, item, state, thumb, marks, as_list);
    let room = if as_list && is_marked { text.with_max_x(text.right() - 18.0) } else { text };
    let half = room.center().y;
    let name = room.with_max_y(half);
    if !rename::name_ui(ui, desk, item, name.expand2(vec2(3.0, 1.0))) {
        line(ui, name, &words.title, FontId::new(12.0, FontFamily::Name("medium".into())), theme.text);
    }
    line(ui, room.with_min_y(half), &words.detail, FontId::proportional(11.0), theme.quiet);
    if chosen {
        ui.painter().rect_stroke(rect, 6, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
    } else if response.has_focus() {
        ui.painter().rect_stroke(rect, 6, Stroke::new(1.0, theme.quiet), StrokeKind::Inside);
    }
}

/// One line of text, cut off where its place ends.
fn line(ui: &Ui, place: Rect, text: &str, font: FontId, color: Color32) {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(place.width());
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(place.left_center(), galley.size());
    ui.painter_at(place).galley(at.min, galley, color);
}

/// What state it is in, as a mark on it. Answers whether there is one.
#[expect(clippy::too_many_arguments, reason = "each is one thing it draws")]
fn badge(
    ui: &Ui,
    desk: &Desk<'_>,
    item: Item,
    state: Option<&ClipState>,
    thumb: Rect,
    at: egui::Pos2,
    flat: bool,
) -> bool {
    let theme = desk.theme;
    let is_playing = || {
        let (_, shot) = item.shot(desk.model)?;
        let take = item.take(desk.model)?;
        Some((shot.file_path.as_ref() == Some(&take.file_path), take.pinned))
    };
    let mark = match state {
        Some(state) => widgets::state_glyph(state).map(|glyph| (glyph, widgets::state_color(theme, state))),
        None => match is_playing() {
            Some((true, _)) => Some((icon::CHECK_CIRCLE, theme.good)),
            Some((false, true)) => Some((icon::PUSH_PIN, theme.quiet)),
            _ => None,
        },
    };
    let Some((glyph, color)) = mark else { return false };
    if !flat {
        ui.painter().circle_filled(at, 9.0, theme.backdrop.gamma_multiply(0.85));
    }
    ui.painter().text(at, Align2::CENTER_CENTER, glyph, FontId::proportional(13.0), color);
    if let Some(ClipState::Generating { progress }) = state {
        let bar = thumb.with_min_y(thumb.bottom() - 3.0);
        ui.painter().rect_filled(bar, 0, theme.line);
        let part = progress.unwrap_or(0.05).clamp(0.02, 1.0);
        ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * part), 0, color);
    }
    true
}
