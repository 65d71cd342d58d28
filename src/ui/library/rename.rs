//! The name of a scene or a character, typed in its own place.

use super::items::{Item, Kind};
use crate::ui::{desk::Desk, model::FilmModel, state::Selection};
use bevy_egui::egui::{self, Id, Key, Rect, Ui, WidgetInfo, WidgetType, vec2};
use kinora_core::ids::{CharacterId, SceneId};
use serde_json::json;

/// A name that is being typed.
#[derive(Debug, Clone)]
pub(super) struct Renaming {
    what: Named,
    text: String,
    has_begun: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Named {
    Scene(SceneId),
    Character(CharacterId),
}

impl Named {
    fn of(model: &FilmModel, item: Item) -> Option<Self> {
        match item {
            Item::Scene(_) => item.scene(model).map(|scene| Self::Scene(scene.scene_id.clone())),
            Item::Character(_) => {
                item.character(model).map(|character| Self::Character(character.character_id.clone()))
            }
            _ => None,
        }
    }

    fn name<'a>(&self, model: &'a FilmModel) -> &'a str {
        match self {
            Self::Scene(scene_id) => model.scene(scene_id).map_or("", |scene| &scene.title),
            Self::Character(character_id) => model.character(character_id).map_or("", |character| &character.name),
        }
    }
}

/// Begins with a thing's name, if it has one of its own.
pub(super) fn begin(desk: &mut Desk<'_>, item: Item) {
    if let Some(what) = Named::of(desk.model, item) {
        begin_named(desk, what);
    }
}

fn begin_named(desk: &mut Desk<'_>, what: Named) {
    let text = what.name(desk.model).to_owned();
    desk.state.library.renaming = Some(Renaming { what, text, has_begun: false });
}

/// Begins with what is selected, if that was asked for. Whatever hides it from the list is let go of.
pub(super) fn begin_asked(desk: &mut Desk<'_>) {
    if !std::mem::take(&mut desk.state.library.rename_asked) {
        return;
    }
    let (kind, what) = match desk.state.selection.clone() {
        Selection::Scene(scene_id) => (Kind::Scenes, Named::Scene(scene_id)),
        Selection::Character(character_id) => (Kind::Characters, Named::Character(character_id)),
        Selection::Film | Selection::Shots(_) | Selection::Lane(..) => return,
    };
    begin_named(desk, what);
    let library = &mut desk.state.library;
    library.filter = library.filter.filter(|shown| *shown == kind);
    library.folded.remove(&kind);
    library.search.clear();
}

/// Where among things the one is whose name is about to be typed, until it is in sight.
pub(super) fn awaited(desk: &Desk<'_>, items: &[Item]) -> Option<usize> {
    let renaming = desk.state.library.renaming.as_ref().filter(|renaming| !renaming.has_begun)?;
    items.iter().position(|item| Named::of(desk.model, *item).as_ref() == Some(&renaming.what))
}

/// The field in place of the name. Answers whether this thing is being renamed.
pub(super) fn name_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: Item, place: Rect) -> bool {
    let Some(renaming) = &mut desk.state.library.renaming else { return false };
    if Named::of(desk.model, item).as_ref() != Some(&renaming.what) {
        return false;
    }
    if !renaming.has_begun && !ui.is_rect_visible(place) {
        // What cannot be seen takes no focus.
        return true;
    }
    let id = Id::new("library-rename");
    let field =
        egui::TextEdit::singleline(&mut renaming.text).id(id).margin(vec2(4.0, 2.0)).desired_width(place.width() - 8.0);
    let response = ui.put(place, field);
    let text = renaming.text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::TextEdit, true, "New name");
        info.current_text_value = Some(text.clone());
        info
    });
    if !renaming.has_begun {
        renaming.has_begun = true;
        response.request_focus();
        select_all(ui, id, renaming.text.chars().count());
    } else if !response.has_focus() {
        let renaming = renaming.clone();
        desk.state.library.renaming = None;
        if !ui.input(|input| input.key_pressed(Key::Escape)) {
            finish(desk, renaming);
        }
    }
    true
}

fn select_all(ui: &Ui, id: Id, chars: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(chars))));
    state.store(ui.ctx(), id);
}

fn finish(desk: &mut Desk<'_>, renaming: Renaming) {
    let name = renaming.text.trim();
    if name.is_empty() || name == renaming.what.name(desk.model) {
        return;
    }
    match renaming.what {
        Named::Scene(scene_id) => desk.asks.run("scene.set", json!({ "scene_id": scene_id, "title": name })),
        Named::Character(character_id) => {
            desk.asks.run("character.set", json!({ "character_id": character_id, "name": name }));
        }
    }
}
