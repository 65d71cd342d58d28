//! Everything a maker can do from the keyboard, in one table: menus, buttons, the palette and the cheat sheet read it.
//!
//! - a table for each heading: `file`, `edit`, `film`, `shot`, `sound`, `playback`, `view`, `queue`, each with what only
//!   it needs.

mod edit;
mod file;
mod film;
mod playback;
mod queue;
mod shot;
mod sound;
mod view;

pub(in crate::ui) use sound::of_lane;

use super::{desk::Desk, state::Selection, workspace};
use bevy_egui::egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};
use kinora_core::ids::SceneId;
use std::{borrow::Cow, sync::LazyLock};

/// Why something cannot be done now, in words for the maker; none if it can. Menus, buttons and the palette say the same.
pub type WhyNot = Option<Cow<'static, str>>;

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
    /// Keys, the first of which is shown. Without any, the palette and the menus reach it.
    pub keys: &'static [KeyboardShortcut],
    /// Why it cannot be done now.
    pub unavailable: fn(&Desk<'_>) -> WhyNot,
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
    /// What is made of a shot.
    Shot,
    /// Lanes, lines and voices.
    Sound,
    /// Play, step, marks.
    Playback,
    /// What is seen.
    View,
    /// Jobs that wait and run.
    Queue,
}

impl Group {
    /// Every heading, in the order of the menus.
    pub const ALL: [Self; 8] =
        [Self::File, Self::Edit, Self::Film, Self::Shot, Self::Sound, Self::Playback, Self::View, Self::Queue];

    /// Its heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Film => "Film",
            Self::Shot => "Shot",
            Self::Sound => "Sound",
            Self::Playback => "Playback",
            Self::View => "View",
            Self::Queue => "Queue",
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

fn always(_: &Desk<'_>) -> WhyNot {
    None
}
/// A reason that holds while something is so.
fn when(is_so: bool, why: &'static str) -> WhyNot {
    is_so.then_some(Cow::Borrowed(why))
}
fn film(desk: &Desk<'_>) -> WhyNot {
    when(!desk.model.is_open(), "Open or make a project first")
}
fn some_shot(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.state.selection.shots().is_empty(), "Choose a shot first"))
}
fn some_scene(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.model.scenes.is_empty(), "Add a scene first"))
}
fn shot_or_scene(desk: &Desk<'_>) -> WhyNot {
    let chosen = matches!(&desk.state.selection, Selection::Shots(_) | Selection::Scene(_));
    film(desk).or_else(|| when(!chosen, "Choose a shot or a scene first"))
}
fn some_frames(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.model.frames == 0, "The film has no shot yet"))
}
fn something(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.state.selection == Selection::Film, "Choose a scene, a shot or a character first"))
}
fn can_undo(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.history.undo_label.is_none(), "There is nothing to undo"))
}
fn can_redo(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(desk.history.redo_label.is_none(), "There is nothing to redo"))
}

/// The scene a new shot goes to: the selected one, else the one under the playhead.
#[must_use]
pub fn target_scene(desk: &Desk<'_>) -> Option<SceneId> {
    let here =
        || desk.model.scene_at(desk.state.transport.frame).map(|index| desk.model.scenes[index].scene_id.clone());
    desk.state.selection.scene().cloned().or_else(here)
}

/// Every action, in the order of the cheat sheet.
pub static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
    let tables =
        [file::FILE, edit::EDIT, film::FILM, shot::SHOT, sound::SOUND, playback::PLAYBACK, view::VIEW, queue::QUEUE];
    tables.concat()
});

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
    // A pane that has the focus presses nothing: Space plays.
    let has_focus = ctx.memory(|memory| memory.focused()).is_some_and(|focused| !workspace::is_pane(focused));
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
    fn every_action_has_a_name_and_no_key_is_given_twice() {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for action in ACTIONS.iter() {
            assert!(ids.insert(action.id), "{} is there twice", action.id);
            for shortcut in action.keys {
                assert!(keys.insert(format!("{shortcut:?}")), "{}: {shortcut:?} is taken", action.id);
            }
        }
    }
}
