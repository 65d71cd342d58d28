//! The library, left: scenes, shots, video, audio, images and characters.
//!
//! - `items`: what there is, filtered, searched and sorted; `head`: filter chips, search and order;
//! - `card`: one thing drawn, with what it answers to; `card_words`: what it says; `card_picture`: what it shows;
//! - `lift`: what is dragged out, and what a card takes; `menu`: its menu; `rename`: its name, typed in place.
//!
//! The list is kept until the film, the filter, the search or the order changes, and only what can be seen is drawn.

mod card;
mod card_picture;
mod card_words;
mod head;
mod items;
mod lift;
mod menu;
mod rename;

pub use items::{Kind, Order};
pub use lift::LibraryDrag;

use super::{desk::Desk, model::FilmModel, pictures::PictureOf, theme::STEP, widgets};
use bevy_egui::egui::{
    self, Align2, FontFamily, FontId, Id, Rect, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use items::{Groups, Item};
use rename::Renaming;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
};

const HEADING_PX: f32 = 28.0;
const LIST_ROW_PX: f32 = 48.0;
const GAP_PX: f32 = 2.0 * STEP;
/// Two cards side by side fit a pane of 220 points.
const LEAST_CARD_PX: f32 = 96.0;
const MOST_CARD_PX: f32 = 168.0;
const CARD_WORDS_PX: f32 = 38.0;

/// What the library remembers.
#[derive(Debug, Default)]
pub struct LibraryState {
    /// What is listed; none for everything.
    pub filter: Option<Kind>,
    /// What is searched for.
    pub search: String,
    /// The order.
    pub order: Order,
    /// Rows instead of cards.
    pub as_list: bool,
    focus_search: bool,
    rename_asked: bool,
    folded: HashSet<Kind>,
    renaming: Option<Renaming>,
    kept: Kept,
}

impl LibraryState {
    /// Gives the keys to the search field when it is next drawn.
    pub const fn find(&mut self) {
        self.focus_search = true;
    }

    /// Begins with the name of what is selected when the library is next drawn.
    pub const fn rename_selected(&mut self) {
        self.rename_asked = true;
    }
}

/// What is kept between frames, and what it was made of.
#[derive(Debug, Default)]
struct Kept {
    root: PathBuf,
    stamp: u64,
    filter: Option<Kind>,
    search: String,
    order: Order,
    groups: Groups,
    inventory: items::Inventory,
    pictures: HashMap<(Item, u8), Option<PictureOf>>,
    files: HashMap<Item, Option<PathBuf>>,
}

impl LibraryState {
    fn bring_up_to_date(&mut self, model: &FilmModel) {
        let kept = &self.kept;
        let same_film = kept.stamp == model.stamp && kept.root == model.root;
        if same_film && kept.filter == self.filter && kept.order == self.order && kept.search == self.search {
            return;
        }
        let mut inventory = std::mem::take(&mut self.kept.inventory);
        if !same_film {
            inventory.follow(model);
        }
        let groups = items::collect(model, &inventory, self.filter, &self.search, self.order);
        let (pictures, files) = if same_film {
            (std::mem::take(&mut self.kept.pictures), std::mem::take(&mut self.kept.files))
        } else {
            Default::default()
        };
        self.kept = Kept {
            root: model.root.clone(),
            stamp: model.stamp,
            filter: self.filter,
            search: self.search.clone(),
            order: self.order,
            groups,
            inventory,
            pictures,
            files,
        };
    }
}

/// Draws the library and answers to it.
pub fn library_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    head::head_ui(ui, desk);
    ui.add_space(STEP);
    rename::begin_asked(desk);
    desk.state.library.bring_up_to_date(desk.model);
    if desk.state.library.kept.groups.iter().all(|(_, items)| items.is_empty()) {
        empty_ui(ui, desk);
        return;
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("library").show_viewport(ui, |ui, seen| list_ui(ui, desk, seen));
}

/// How cards lie in the width there is.
struct Grid {
    columns: usize,
    card: egui::Vec2,
    row_px: f32,
}

impl Grid {
    fn new(width: f32, as_list: bool) -> Self {
        if as_list {
            return Self { columns: 1, card: vec2(width, LIST_ROW_PX), row_px: LIST_ROW_PX + 2.0 };
        }
        let columns = ((width + GAP_PX) / (MOST_CARD_PX + GAP_PX)).ceil().max(1.0);
        let most = ((width + GAP_PX) / (LEAST_CARD_PX + GAP_PX)).floor().max(1.0);
        let columns = columns.min(most);
        let card_px = (width - (columns - 1.0) * GAP_PX) / columns;
        let card = vec2(card_px, (card_px * 9.0 / 16.0).round() + CARD_WORDS_PX);
        Self { columns: columns as usize, card, row_px: card.y + GAP_PX }
    }
}

fn list_ui(ui: &mut Ui, desk: &mut Desk<'_>, seen: Rect) {
    let as_list = desk.state.library.as_list;
    // The bar of a long list lies over its right edge.
    let width = ui.available_width() - 8.0;
    let grid = Grid::new(width, as_list);
    let origin = ui.max_rect().min;
    let groups = std::mem::take(&mut desk.state.library.kept.groups);
    let with_headings = desk.state.library.filter.is_none();
    let mut top = 0.0;
    for (kind, items) in groups.iter().filter(|(_, items)| !items.is_empty()) {
        if with_headings {
            if top + HEADING_PX > seen.top() && top < seen.bottom() {
                let rect = Rect::from_min_size(origin + vec2(0.0, top), vec2(width, HEADING_PX));
                heading_ui(ui, desk, *kind, items.len(), rect);
            }
            top += HEADING_PX;
            if desk.state.library.folded.contains(kind) {
                continue;
            }
        }
        if let Some(index) = rename::awaited(desk, items) {
            let at = vec2(0.0, top + (index / grid.columns) as f32 * grid.row_px);
            // At once: the name is about to be typed.
            let card = Rect::from_min_size(origin + at, grid.card);
            if card.top() < ui.clip_rect().top() || card.bottom() > ui.clip_rect().bottom() {
                ui.scroll_to_rect_animation(card, Some(egui::Align::Center), egui::style::ScrollAnimation::none());
            }
        }
        let rows = items.len().div_ceil(grid.columns);
        let row_at = |y: f32| ((y - top) / grid.row_px).floor().max(0.0) as usize;
        let (from, to) = (row_at(seen.top()), (row_at(seen.bottom()) + 1).min(rows));
        let shown = (from * grid.columns).min(items.len())..(to * grid.columns).min(items.len());
        for (index, item) in items.iter().enumerate().take(shown.end).skip(shown.start) {
            let (row, column) = (index / grid.columns, index % grid.columns);
            let at = vec2(column as f32 * (grid.card.x + GAP_PX), top + row as f32 * grid.row_px);
            if top + row as f32 * grid.row_px < seen.bottom() {
                card::card_ui(ui, desk, *item, Rect::from_min_size(origin + at, grid.card));
            }
        }
        top += rows as f32 * grid.row_px + STEP;
    }
    desk.state.library.kept.groups = groups;
    ui.allocate_rect(Rect::from_min_size(origin, vec2(width, top)), Sense::hover());
}

fn heading_ui(ui: &mut Ui, desk: &mut Desk<'_>, kind: Kind, count: usize, rect: Rect) {
    let theme = desk.theme;
    let folded = desk.state.library.folded.contains(&kind);
    let response = ui.interact(rect, Id::new(("library-heading", kind)), Sense::click());
    let label = format!("{}, {count}", kind.label());
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, !folded, &label));
    let color = if response.hovered() || response.has_focus() { theme.text } else { theme.quiet };
    let glyph = if folded { icon::CARET_RIGHT } else { icon::CARET_DOWN };
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, glyph, FontId::proportional(11.0), color);
    let font = FontId::new(11.0, FontFamily::Name("semibold".into()));
    let words = painter.text(rect.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, kind.label(), font, color);
    let at = pos2(words.right() + 6.0, rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, count, FontId::proportional(11.0), theme.faint);
    if response.on_hover_text(if folded { "Show these" } else { "Fold these away" }).clicked() {
        let library = &mut desk.state.library;
        if !library.folded.remove(&kind) {
            library.folded.insert(kind);
        }
    }
}

fn empty_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let library = &desk.state.library;
    if !library.search.trim().is_empty() {
        let title = format!("Nothing matches “{}”", library.search.trim());
        widgets::empty_ui(
            ui,
            theme,
            icon::MAGNIFYING_GLASS,
            &title,
            "Search for words of a title, a prompt or a name.",
        );
        ui.add_space(2.0 * STEP);
        ui.vertical_centered(|ui| {
            if ui.button("Clear search").clicked() {
                desk.state.library.search.clear();
            }
        });
        return;
    }
    let kind = library.filter;
    let (glyph, title, to_do) = match kind {
        None | Some(Kind::Scenes) => {
            (icon::FILM_SLATE, "No scene yet", "A film is scenes. Add one, or import a screenplay.")
        }
        Some(Kind::Shots) => (icon::FILM_STRIP, "No shot yet", "Add a shot to a scene and write what it shows."),
        Some(Kind::Video) => (icon::VIDEO_CAMERA, "No clip yet", "Generate a shot, or drop a clip on this window."),
        Some(Kind::Audio) => {
            (icon::WAVEFORM, "No sound yet", "Lines of a screenplay and the sounds of the lanes are listed here.")
        }
        Some(Kind::Images) => {
            (icon::IMAGE, "No image yet", "Every take brings its first and last frame; portraits come with characters.")
        }
        Some(Kind::Characters) => {
            (icon::USERS, "No character yet", "Add who is in the film: a name, a face and a voice.")
        }
    };
    widgets::empty_ui(ui, theme, glyph, title, to_do);
    ui.add_space(2.0 * STEP);
    ui.vertical_centered(|ui| match kind {
        None | Some(Kind::Scenes) => {
            widgets::action_button_ui(ui, desk, icon::PLUS, "scene.add");
            widgets::action_button_ui(ui, desk, icon::FILE_TEXT, "file.import");
        }
        Some(Kind::Shots) => drop(widgets::action_button_ui(ui, desk, icon::PLUS, "shot.add")),
        Some(Kind::Video | Kind::Images) => {
            widgets::action_button_ui(ui, desk, icon::SPARKLE, "film.complete");
        }
        Some(Kind::Audio) => drop(widgets::action_button_ui(ui, desk, icon::FILE_TEXT, "file.import")),
        Some(Kind::Characters) => drop(widgets::action_button_ui(ui, desk, icon::PLUS, "character.add")),
    });
}
