//! Everything a maker can do from the keyboard, in one table: menus, buttons, the palette and the cheat sheet read it.
//!
//! - a table for each heading: `file`, `edit`, `film`, `playback`, `view`, each with what only it needs.

mod edit;
mod file;
mod film;
mod playback;
mod view;

use super::{desk::Desk, state::Selection};
use bevy_egui::egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};
use kinora_core::ids::SceneId;
use std::sync::LazyLock;

/// Something a maker can do.
#[derive(Clone, Copy)]
pub struct Action {
    /// Stable name, for example `shot.add`.
    pub id: &'static str,
    /// Name in menus and in the palette.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// Where the cheat sheet lists it.
    pub group: Group,
    /// Keys, the first of which is shown.
    pub keys: &'static [KeyboardShortcut],
    /// Why it cannot be done now.
    pub unavailable: fn(&Desk<'_>) -> Option<&'static str>,
    /// Does it.
    pub run: fn(&mut Desk<'_>),
}

/// A part of the cheat sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Projects and files.
    File,
    /// Undo, copies, selection.
    Edit,
    /// Scenes and shots.
    Film,
    /// Play, step, marks.
    Playback,
    /// What is seen.
    View,
}

impl Group {
    /// Its heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Film => "Film",
            Self::Playback => "Playback",
            Self::View => "View",
        }
    }
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}
const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}
const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}
const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}
const fn command_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

fn always(_: &Desk<'_>) -> Option<&'static str> {
    None
}
fn film(desk: &Desk<'_>) -> Option<&'static str> {
    (!desk.model.is_open()).then_some("Open or make a project first")
}
fn some_shot(desk: &Desk<'_>) -> Option<&'static str> {
    film(desk).or_else(|| desk.state.selection.shots().is_empty().then_some("Choose a shot first"))
}
fn shot_or_scene(desk: &Desk<'_>) -> Option<&'static str> {
    let chosen = matches!(&desk.state.selection, Selection::Shots(_) | Selection::Scene(_));
    film(desk).or_else(|| (!chosen).then_some("Choose a shot or a scene first"))
}
fn some_frames(desk: &Desk<'_>) -> Option<&'static str> {
    film(desk).or_else(|| (desk.model.frames == 0).then_some("The film has no shot yet"))
}
fn something(desk: &Desk<'_>) -> Option<&'static str> {
    film(desk)
        .or_else(|| (desk.state.selection == Selection::Film).then_some("Choose a scene, a shot or a character first"))
}
fn can_undo(desk: &Desk<'_>) -> Option<&'static str> {
    film(desk).or_else(|| desk.history.undo_label.is_none().then_some("There is nothing to undo"))
}
fn can_redo(desk: &Desk<'_>) -> Option<&'static str> {
    film(desk).or_else(|| desk.history.redo_label.is_none().then_some("There is nothing to redo"))
}

/// The scene a new shot goes to: the selected one, else the one under the playhead.
#[must_use]
pub fn target_scene(desk: &Desk<'_>) -> Option<SceneId> {
    let here =
        || desk.model.scene_at(desk.state.transport.frame).map(|index| desk.model.scenes[index].scene_id.clone());
    desk.state.selection.scene().cloned().or_else(here)
}

/// Every action, in the order of the cheat sheet.
pub static ACTIONS: LazyLock<Vec<Action>> =
    LazyLock::new(|| [file::FILE, edit::EDIT, film::FILM, playback::PLAYBACK, view::VIEW].concat());

/// An action by id.
#[must_use]
pub fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// Does an action if it can be done now.
pub fn perform(desk: &mut Desk<'_>, id: &str) {
    if let Some(action) = action(id)
        && (action.unavailable)(desk).is_none()
    {
        (action.run)(desk);
    }
}

/// Does what the pressed keys ask for. Nothing while a text field, an overlay, a menu or a drag has the keys.
pub fn listen_for_keys(ctx: &Context, desk: &mut Desk<'_>) {
    let takes_arrows = std::mem::take(&mut desk.state.takes_arrows);
    if ctx.text_edit_focused()
        || desk.state.was_typing
        || desk.state.overlay.is_some()
        || desk.state.overlays.is_browsing()
        || Popup::is_any_open(ctx)
        || (desk.state.timeline.is_dragging() && ctx.input(|input| input.pointer.any_down()))
    {
        return;
    }
    // Nothing is pressed in most frames.
    if !ctx.input(|input| input.events.iter().any(|event| matches!(event, Event::Key { pressed: true, .. }))) {
        return;
    }
    // Keys with more modifiers first: egui's match lets Shift through where a shortcut does not name it.
    let mut pairs: Vec<_> =
        ACTIONS.iter().flat_map(|action| action.keys.iter().map(move |keys| (action, keys))).collect();
    let weight = |keys: &KeyboardShortcut| {
        let modifiers = keys.modifiers;
        usize::from(modifiers.shift) + usize::from(modifiers.alt) + usize::from(modifiers.command || modifiers.ctrl)
    };
    pairs.sort_by_key(|(_, keys)| std::cmp::Reverse(weight(keys)));
    let has_focus = ctx.memory(|memory| memory.focused()).is_some();
    for (action, keys) in pairs {
        if has_focus && belongs_to_focus(keys, takes_arrows) {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(keys)) && (action.unavailable)(desk).is_none() {
            (action.run)(desk);
        }
    }
}

/// Whether keys press or move the button, card or slider that Tab brought the focus to: then they are its own.
fn belongs_to_focus(keys: &KeyboardShortcut, takes_arrows: bool) -> bool {
    let presses = matches!(keys.logical_key, Key::Space | Key::Enter);
    let moves = takes_arrows && matches!(keys.logical_key, Key::ArrowLeft | Key::ArrowRight);
    keys.modifiers.is_none() && (presses || moves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_action_has_a_name_and_keys_of_its_own() {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for action in ACTIONS.iter() {
            assert!(ids.insert(action.id), "{} is there twice", action.id);
            assert!(!action.keys.is_empty(), "{} cannot be reached by key", action.id);
            for shortcut in action.keys {
                assert!(keys.insert(format!("{shortcut:?}")), "{}: {shortcut:?} is taken", action.id);
            }
        }
    }
}
