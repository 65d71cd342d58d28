//! Everything a maker can do from the keyboard, in one table: menus, buttons, the palette and the cheat sheet read it.

use super::{
    ask::Ask,
    desk::Desk,
    monitor,
    state::{Overlay, Selection},
    theme::Look,
    timeline,
};
use crate::{
    jobs::{JobAsk, RenderOptions},
    playback::Scope,
};
use bevy_egui::egui::{Context, Event, Key, KeyboardShortcut, Modifiers};
use kinora_core::ids::SceneId;
use serde_json::json;

/// Something a maker can do.
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

fn add_shot(desk: &mut Desk<'_>) {
    let Some(scene_id) = target_scene(desk) else { return };
    let after = desk.state.selection.leading_shot().and_then(|name| desk.model.span(name));
    let index = after.map(|span| span.shot_index + 1);
    desk.state.timeline.select_added = true;
    desk.asks.run("shot.add", json!({ "scene_id": scene_id, "index": index }));
}

fn remove(desk: &mut Desk<'_>) {
    let group = desk.state.new_group();
    match desk.state.selection.clone() {
        Selection::Shots(names) => {
            for (scene_id, shot_id) in names {
                desk.asks.run_in("shot.remove", json!({ "scene_id": scene_id, "shot_id": shot_id }), group);
            }
        }
        Selection::Scene(scene_id) => desk.asks.run("scene.remove", json!({ "scene_id": scene_id })),
        Selection::Character(character_id) => {
            desk.asks.run("character.remove", json!({ "character_id": character_id }));
        }
        Selection::Lane(scene_id, lane) => {
            desk.asks.run("lane.set", json!({ "scene_id": scene_id, "lane": lane, "file_path": null }));
        }
        Selection::Film => {}
    }
}

fn generate(desk: &mut Desk<'_>) {
    for (scene_id, shot_id) in desk.state.selection.shots().to_vec() {
        desk.asks.push(Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() }));
    }
}

fn select_all(desk: &mut Desk<'_>) {
    let scene = target_scene(desk);
    let names = desk.model.shot_spans.iter().map(|span| desk.model.name_of(span));
    desk.state.selection = Selection::Shots(names.filter(|name| Some(&name.0) == scene.as_ref()).collect());
}

fn step(desk: &mut Desk<'_>, frames: i64) {
    let last = desk.model.frames.saturating_sub(1);
    let frame = desk.state.transport.frame.saturating_add_signed(frames).min(last);
    desk.state.transport.scrub(frame);
    desk.asks.push(Ask::Seek(frame));
}

/// The next or last cut from the playhead.
fn to_cut(desk: &mut Desk<'_>, forward: bool) {
    let now = desk.state.transport.frame;
    let mut starts = desk.model.shot_spans.iter().map(|span| span.start_frame);
    let found = if forward { starts.find(|start| *start > now) } else { starts.rev().find(|start| *start < now) };
    let end = if forward { desk.model.frames.saturating_sub(1) } else { 0 };
    desk.asks.push(Ask::Seek(found.unwrap_or(end)));
}

fn select_step(desk: &mut Desk<'_>, forward: bool) {
    let now = desk.state.selection.leading_shot().and_then(|name| desk.model.index_of(name));
    let under = || {
        desk.model.shot_at(desk.state.transport.frame).and_then(|span| desk.model.index_of(&desk.model.name_of(span)))
    };
    let last = desk.model.shot_spans.len().saturating_sub(1);
    let index = match now {
        Some(index) if forward => (index + 1).min(last),
        Some(index) => index.saturating_sub(1),
        None => under().unwrap_or(0),
    };
    if let Some(span) = desk.model.shot_spans.get(index) {
        desk.asks.push(Ask::Reveal(desk.model.name_of(span)));
    }
}

/// A place earlier or later: a scene among scenes, a shot in its scene and from its end into the next one.
fn move_selected(desk: &mut Desk<'_>, forward: bool) {
    if let Selection::Scene(scene_id) = &desk.state.selection {
        let Some(from) = desk.model.scene_index(scene_id) else { return };
        let to = if forward { from + 1 } else { from.wrapping_sub(1) };
        if to < desk.model.scenes.len() {
            desk.asks.run("scene.move", json!({ "scene_id": scene_id, "index": to }));
        }
        return;
    }
    let Some((scene_id, shot_id)) = desk.state.selection.leading_shot().cloned() else { return };
    let Some(span) = desk.model.span(&(scene_id.clone(), shot_id.clone())) else { return };
    let shots = desk.model.scenes[span.scene_index].shots.len();
    let to = if forward { span.shot_index + 1 } else { span.shot_index.wrapping_sub(1) };
    let mut params = json!({ "scene_id": scene_id, "shot_id": shot_id, "index": to });
    if to >= shots {
        let other = if forward { span.scene_index + 1 } else { span.scene_index.wrapping_sub(1) };
        let Some(other) = desk.model.scenes.get(other) else { return };
        params["to_scene_id"] = json!(other.scene_id);
        params["index"] = json!(if forward { 0 } else { other.shots.len() });
    }
    desk.asks.run("shot.move", params);
}

/// Splits the shot under the playhead; the part from there on is selected.
fn split_here(desk: &mut Desk<'_>) {
    let frame = desk.state.transport.frame;
    let Some(span) = desk.model.shot_at(frame).copied().filter(|span| span.start_frame < frame) else { return };
    let (scene_id, shot_id) = desk.model.name_of(&span);
    desk.state.timeline.select_added = true;
    let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "frame": frame - span.start_frame });
    desk.asks.run("shot.split", params);
}

/// Why the shot under the playhead cannot be split there.
fn can_split(desk: &Desk<'_>) -> Option<&'static str> {
    let frame = desk.state.transport.frame;
    let is_inside = desk.model.shot_at(frame).is_some_and(|span| span.start_frame < frame);
    some_frames(desk).or_else(|| (!is_inside).then_some("Move the playhead into a shot first"))
}

/// Plays around the cut that lies nearest to the playhead.
fn play_around(desk: &mut Desk<'_>) {
    let now = desk.state.transport.frame;
    let cuts = desk.model.shot_spans.iter().skip(1).map(|span| span.start_frame);
    let Some(cut) = cuts.min_by_key(|cut| cut.abs_diff(now)) else { return };
    let times = super::transport::film_times(desk.model, desk.state);
    desk.state.transport.play_around(cut, &times);
}

fn trim_here(desk: &mut Desk<'_>, which: timeline::Edge) {
    let frame = desk.state.transport.frame;
    let Some(span) = desk.model.shot_at(frame).copied() else { return };
    let group = desk.state.new_group();
    if let Some(ask) = timeline::trim_to(desk.model, &desk.model.name_of(&span), which, frame, group) {
        desk.asks.push(ask);
    }
}

/// Every action, in the order of the cheat sheet.
pub const ACTIONS: &[Action] = &[
    Action {
        id: "file.new",
        label: "New project…",
        description: "Makes a new film in a folder of its own.",
        group: Group::File,
        keys: &[command(Key::N)],
        unavailable: always,
        run: |desk| desk.state.overlay = Some(Overlay::NewProject),
    },
    Action {
        id: "file.open",
        label: "Open project…",
        description: "Opens the folder of a film.",
        group: Group::File,
        keys: &[command(Key::O)],
        unavailable: always,
        run: |desk| desk.state.overlays.browse_project(),
    },
    Action {
        id: "file.import",
        label: "Import screenplay…",
        description: "Adds the scenes, shots and lines of a Fountain screenplay.",
        group: Group::File,
        keys: &[command(Key::I)],
        unavailable: film,
        run: |desk| desk.state.overlays.browse_screenplay(),
    },
    Action {
        id: "clip.bring",
        label: "Bring a clip…",
        description: "Copies a clip of your own into the film: a take of the selected shot, or a new shot of the scene.",
        group: Group::File,
        keys: &[command_shift(Key::I)],
        unavailable: |desk| film(desk).or_else(|| desk.model.scenes.is_empty().then_some("Add a scene first")),
        run: |desk| {
            if let Some(scene_id) = target_scene(desk) {
                let shot_id = desk.state.selection.leading_shot().map(|name| name.1.clone());
                desk.state.overlays.browse_clip(scene_id, shot_id);
            }
        },
    },
    Action {
        id: "file.save",
        label: "Save",
        description: "Saves now; Kinora also saves by itself within two seconds.",
        group: Group::File,
        keys: &[command(Key::S)],
        unavailable: film,
        run: |desk| desk.asks.push(Ask::Save),
    },
    Action {
        id: "file.close",
        label: "Close project",
        description: "Saves and goes back to the welcome screen.",
        group: Group::File,
        keys: &[command(Key::W)],
        unavailable: film,
        run: |desk| desk.asks.push(Ask::Close),
    },
    Action {
        id: "render.film",
        label: "Render film",
        description: "Makes film_render.mp4.",
        group: Group::File,
        keys: &[command(Key::R)],
        unavailable: some_frames,
        run: |desk| {
            desk.asks.push(Ask::Start(JobAsk::RenderFilm {
                options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
            }));
        },
    },
    Action {
        id: "render.scene",
        label: "Render scene",
        description: "Makes scene_render.mp4 of the selected scene.",
        group: Group::File,
        keys: &[command_shift(Key::R)],
        unavailable: some_frames,
        run: |desk| {
            if let Some(scene_id) = target_scene(desk) {
                desk.asks.push(Ask::Start(JobAsk::RenderScene {
                    scene_id,
                    options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
                }));
            }
        },
    },
    Action {
        id: "file.quit",
        label: "Quit",
        description: "Saves and leaves Kinora.",
        group: Group::File,
        keys: &[command(Key::Q)],
        unavailable: always,
        run: |desk| desk.asks.push(Ask::Quit),
    },
    Action {
        id: "edit.undo",
        label: "Undo",
        description: "Takes back the last change of the film.",
        group: Group::Edit,
        keys: &[command(Key::Z)],
        unavailable: can_undo,
        run: |desk| desk.asks.run("history.undo", json!({})),
    },
    Action {
        id: "edit.redo",
        label: "Redo",
        description: "Does the last undone change again.",
        group: Group::Edit,
        keys: &[command_shift(Key::Z), command(Key::Y)],
        unavailable: can_redo,
        run: |desk| desk.asks.run("history.redo", json!({})),
    },
    Action {
        id: "edit.delete",
        label: "Delete",
        description: "Takes what is selected out of the film; its files stay.",
        group: Group::Edit,
        keys: &[key(Key::Delete), key(Key::Backspace)],
        unavailable: something,
        run: remove,
    },
    Action {
        id: "edit.duplicate",
        label: "Duplicate",
        description: "Puts a copy of the shot, or of the scene, after it.",
        group: Group::Edit,
        keys: &[command(Key::D)],
        unavailable: shot_or_scene,
        run: |desk| {
            let group = desk.state.new_group();
            if let Selection::Scene(scene_id) = &desk.state.selection {
                desk.asks.run("scene.duplicate", json!({ "scene_id": scene_id }));
            }
            for (scene_id, shot_id) in desk.state.selection.shots().to_vec() {
                desk.asks.run_in("shot.duplicate", json!({ "scene_id": scene_id, "shot_id": shot_id }), group);
            }
        },
    },
    Action {
        id: "edit.rename",
        label: "Rename",
        description: "Puts the cursor into the name of the selected scene or character, in the library.",
        group: Group::Edit,
        keys: &[key(Key::F2)],
        unavailable: |desk| {
            let has_name = matches!(&desk.state.selection, Selection::Scene(_) | Selection::Character(_));
            film(desk).or_else(|| (!has_name).then_some("Choose a scene or a character first"))
        },
        run: |desk| desk.state.library.rename_selected(),
    },
    Action {
        id: "edit.select_all",
        label: "Select scene's shots",
        description: "Chooses every shot of the scene.",
        group: Group::Edit,
        keys: &[command(Key::A)],
        unavailable: some_frames,
        run: select_all,
    },
    Action {
        id: "edit.select_none",
        label: "Select the film",
        description: "Lets go of the selection; leaves the full screen first.",
        group: Group::Edit,
        keys: &[key(Key::Escape)],
        unavailable: film,
        run: |desk| {
            if !std::mem::take(&mut desk.state.monitor.fullscreen) {
                desk.state.selection = Selection::Film;
            }
        },
    },
    Action {
        id: "scene.add",
        label: "Add scene",
        description: "Adds a scene after the selected one.",
        group: Group::Film,
        keys: &[shift(Key::S)],
        unavailable: film,
        run: |desk| {
            let index = target_scene(desk).and_then(|id| desk.model.scene_index(&id));
            desk.state.timeline.select_added = true;
            desk.asks.run("scene.add", json!({ "title": "New scene", "index": index.map(|index| index + 1) }));
        },
    },
    Action {
        id: "shot.add",
        label: "Add shot",
        description: "Adds a shot to the scene; write its prompt in the inspector.",
        group: Group::Film,
        keys: &[key(Key::N)],
        unavailable: |desk| film(desk).or_else(|| desk.model.scenes.is_empty().then_some("Add a scene first")),
        run: add_shot,
    },
    Action {
        id: "shot.prompt",
        label: "Write the prompt",
        description: "Puts the cursor into the prompt of the selected shot; Esc leaves it.",
        group: Group::Film,
        keys: &[key(Key::Enter)],
        unavailable: some_shot,
        run: |desk| desk.state.inspector.write_prompt = true,
    },
    Action {
        id: "shot.generate",
        label: "Generate shot",
        description: "Makes a new take of the selected shots.",
        group: Group::Film,
        keys: &[key(Key::G)],
        unavailable: some_shot,
        run: generate,
    },
    Action {
        id: "film.complete",
        label: "Generate everything missing",
        description: "Voices, shots, music and ambience that the film lacks.",
        group: Group::Film,
        keys: &[command(Key::G)],
        unavailable: film,
        run: |desk| desk.asks.push(Ask::Start(JobAsk::CompleteFilm)),
    },
    Action {
        id: "shot.earlier",
        label: "Move earlier",
        description: "Moves the shot one place to the left, also into the scene before; or the selected scene.",
        group: Group::Film,
        keys: &[KeyboardShortcut::new(Modifiers::ALT, Key::ArrowLeft)],
        unavailable: shot_or_scene,
        run: |desk| move_selected(desk, false),
    },
    Action {
        id: "shot.later",
        label: "Move later",
        description: "Moves the shot one place to the right, also into the next scene; or the selected scene.",
        group: Group::Film,
        keys: &[KeyboardShortcut::new(Modifiers::ALT, Key::ArrowRight)],
        unavailable: shot_or_scene,
        run: |desk| move_selected(desk, true),
    },
    Action {
        id: "character.add",
        label: "Add character",
        description: "Adds a character to the film.",
        group: Group::Film,
        keys: &[shift(Key::C)],
        unavailable: film,
        run: |desk| {
            desk.state.timeline.select_added = true;
            desk.asks.run("character.add", json!({ "name": "New character" }));
        },
    },
    Action {
        id: "play.toggle",
        label: "Play or pause",
        description: "Plays from the playhead: in to out, the scene or the film.",
        group: Group::Playback,
        keys: &[key(Key::Space)],
        unavailable: some_frames,
        run: |desk| desk.state.transport.toggle(),
    },
    Action {
        id: "play.back",
        label: "Play backwards",
        description: "Plays backwards; again for faster.",
        group: Group::Playback,
        keys: &[key(Key::J)],
        unavailable: some_frames,
        run: |desk| desk.state.transport.shuttle(-1.0),
    },
    Action {
        id: "play.stop",
        label: "Stop",
        description: "Stops where the playhead is.",
        group: Group::Playback,
        keys: &[key(Key::K)],
        unavailable: some_frames,
        run: |desk| desk.state.transport.stop(),
    },
    Action {
        id: "play.forward",
        label: "Play forwards",
        description: "Plays forwards; again for faster.",
        group: Group::Playback,
        keys: &[key(Key::L)],
        unavailable: some_frames,
        run: |desk| desk.state.transport.shuttle(1.0),
    },
    Action {
        id: "play.frame_back",
        label: "One frame back",
        description: "Steps back by a frame.",
        group: Group::Playback,
        keys: &[key(Key::ArrowLeft)],
        unavailable: some_frames,
        run: |desk| step(desk, -1),
    },
    Action {
        id: "play.frame_on",
        label: "One frame on",
        description: "Steps on by a frame.",
        group: Group::Playback,
        keys: &[key(Key::ArrowRight)],
        unavailable: some_frames,
        run: |desk| step(desk, 1),
    },
    Action {
        id: "play.second_back",
        label: "One second back",
        description: "Steps back by a second.",
        group: Group::Playback,
        keys: &[shift(Key::ArrowLeft)],
        unavailable: some_frames,
        run: |desk| step(desk, -i64::from(desk.model.rate().nominal())),
    },
    Action {
        id: "play.second_on",
        label: "One second on",
        description: "Steps on by a second.",
        group: Group::Playback,
        keys: &[shift(Key::ArrowRight)],
        unavailable: some_frames,
        run: |desk| step(desk, i64::from(desk.model.rate().nominal())),
    },
    Action {
        id: "play.cut_back",
        label: "To the cut before",
        description: "Moves the playhead to the cut before it.",
        group: Group::Playback,
        keys: &[key(Key::ArrowUp)],
        unavailable: some_frames,
        run: |desk| to_cut(desk, false),
    },
    Action {
        id: "play.cut_on",
        label: "To the next cut",
        description: "Moves the playhead to the next cut.",
        group: Group::Playback,
        keys: &[key(Key::ArrowDown)],
        unavailable: some_frames,
        run: |desk| to_cut(desk, true),
    },
    Action {
        id: "play.start",
        label: "To the start",
        description: "Moves the playhead to the first frame.",
        group: Group::Playback,
        keys: &[key(Key::Home)],
        unavailable: some_frames,
        run: |desk| desk.asks.push(Ask::Seek(0)),
    },
    Action {
        id: "play.end",
        label: "To the end",
        description: "Moves the playhead to the last frame.",
        group: Group::Playback,
        keys: &[key(Key::End)],
        unavailable: some_frames,
        run: |desk| desk.asks.push(Ask::Seek(desk.model.frames.saturating_sub(1))),
    },
    Action {
        id: "play.loop",
        label: "Loop",
        description: "Plays again from the start, or from in to out.",
        group: Group::Playback,
        keys: &[command(Key::L)],
        unavailable: film,
        run: |desk| desk.state.transport.looped = !desk.state.transport.looped,
    },
    Action {
        id: "play.around",
        label: "Play around the cut",
        description: "Plays from before the nearest cut to after it; the playhead goes to the cut.",
        group: Group::Playback,
        keys: &[key(Key::Slash)],
        unavailable: |desk| {
            some_frames(desk).or_else(|| (desk.model.shot_spans.len() < 2).then_some("There is no cut yet"))
        },
        run: play_around,
    },
    Action {
        id: "play.scope",
        label: "Play the scene only",
        description: "Playback and loop end with the scene under the playhead, or with the film.",
        group: Group::Playback,
        keys: &[shift(Key::P)],
        unavailable: film,
        run: |desk| {
            let scope = &mut desk.state.transport.choice.scope;
            *scope = if *scope == Scope::Film { Scope::Scene } else { Scope::Film };
        },
    },
    Action {
        id: "play.scrub_sound",
        label: "Hear the playhead",
        description: "A drag of the playhead and steps by a frame are heard.",
        group: Group::Playback,
        keys: &[shift(Key::A)],
        unavailable: film,
        run: |desk| {
            let choice = &mut desk.state.transport.choice;
            choice.scrub_sound = !choice.scrub_sound;
        },
    },
    Action {
        id: "mark.in",
        label: "Mark in",
        description: "Playback and loop begin at the playhead.",
        group: Group::Playback,
        keys: &[key(Key::I)],
        unavailable: some_frames,
        run: |desk| desk.state.marks.0 = Some(desk.state.transport.frame),
    },
    Action {
        id: "mark.out",
        label: "Mark out",
        description: "Playback and loop end at the playhead.",
        group: Group::Playback,
        keys: &[key(Key::O)],
        unavailable: some_frames,
        run: |desk| desk.state.marks.1 = Some(desk.state.transport.frame + 1),
    },
    Action {
        id: "mark.clear",
        label: "Clear marks",
        description: "Forgets in and out.",
        group: Group::Playback,
        keys: &[KeyboardShortcut::new(Modifiers::ALT, Key::X)],
        unavailable: film,
        run: |desk| desk.state.marks = (None, None),
    },
    Action {
        id: "shot.split",
        label: "Split at playhead",
        description: "Makes two shots of the one under the playhead; the film looks as before.",
        group: Group::Film,
        keys: &[command(Key::B)],
        unavailable: can_split,
        run: split_here,
    },
    Action {
        id: "shot.trim_in",
        label: "Trim start to playhead",
        description: "The shot under the playhead begins here.",
        group: Group::Film,
        keys: &[key(Key::Q)],
        unavailable: some_frames,
        run: |desk| trim_here(desk, timeline::Edge::In),
    },
    Action {
        id: "shot.trim_out",
        label: "Trim end to playhead",
        description: "The shot under the playhead ends here.",
        group: Group::Film,
        keys: &[key(Key::W)],
        unavailable: some_frames,
        run: |desk| trim_here(desk, timeline::Edge::Out),
    },
    Action {
        id: "select.before",
        label: "Select the shot before",
        description: "Chooses the shot before the selected one.",
        group: Group::Edit,
        keys: &[command(Key::ArrowLeft)],
        unavailable: some_frames,
        run: |desk| select_step(desk, false),
    },
    Action {
        id: "select.next",
        label: "Select the next shot",
        description: "Chooses the shot after the selected one.",
        group: Group::Edit,
        keys: &[command(Key::ArrowRight)],
        unavailable: some_frames,
        run: |desk| select_step(desk, true),
    },
    Action {
        id: "view.zoom_in",
        label: "Zoom in",
        description: "Shows the timeline larger, about the playhead.",
        group: Group::View,
        keys: &[key(Key::Equals), key(Key::Plus)],
        unavailable: some_frames,
        run: |desk| desk.state.timeline.zoom_by(1.5),
    },
    Action {
        id: "view.zoom_out",
        label: "Zoom out",
        description: "Shows the timeline smaller, about the playhead.",
        group: Group::View,
        keys: &[key(Key::Minus)],
        unavailable: some_frames,
        run: |desk| desk.state.timeline.zoom_by(1.0 / 1.5),
    },
    Action {
        id: "view.fit",
        label: "Fit the film",
        description: "Shows the whole film in the timeline.",
        group: Group::View,
        keys: &[shift(Key::Z)],
        unavailable: some_frames,
        run: |desk| desk.state.timeline.fit(),
    },
    Action {
        id: "view.snap",
        label: "Snapping",
        description: "Drags hold on to cuts and the playhead.",
        group: Group::View,
        keys: &[key(Key::S)],
        unavailable: film,
        run: |desk| desk.state.timeline.snapping = !desk.state.timeline.snapping,
    },
    Action {
        id: "view.jobs",
        label: "Jobs",
        description: "Shows what runs, what waits and what failed.",
        group: Group::View,
        keys: &[command(Key::J)],
        unavailable: always,
        run: |desk| desk.state.tray_open = !desk.state.tray_open,
    },
    Action {
        id: "view.spend",
        label: "Spend",
        description: "Shows what the film has cost, and what of its budget is left.",
        group: Group::View,
        keys: &[command_shift(Key::J)],
        unavailable: film,
        run: |desk| desk.state.overlay = Some(Overlay::Spend),
    },
    Action {
        id: "view.vendor_keys",
        label: "Keys of vendors",
        description: "Sets, tests and removes the keys of the vendors.",
        group: Group::View,
        keys: &[command_shift(Key::K)],
        unavailable: always,
        run: |desk| desk.state.overlay = Some(Overlay::VendorKeys),
    },
    Action {
        id: "view.references",
        label: "Reference frames",
        description: "Every reference frame: where it came from and where it is used.",
        group: Group::View,
        keys: &[command_shift(Key::F)],
        unavailable: film,
        run: |desk| desk.state.overlay = Some(Overlay::References),
    },
    Action {
        id: "view.find",
        label: "Find in the library",
        description: "Searches titles, prompts and names.",
        group: Group::View,
        keys: &[command(Key::F)],
        unavailable: film,
        run: |desk| desk.state.library.find(),
    },
    Action {
        id: "view.safe_areas",
        label: "Safe areas",
        description: "Shows action and title safe areas over the picture.",
        group: Group::View,
        keys: &[shift(Key::G)],
        unavailable: film,
        run: |desk| desk.state.safe_areas = !desk.state.safe_areas,
    },
    Action {
        id: "monitor.fit",
        label: "Fit the picture",
        description: "Shows the whole picture in the monitor.",
        group: Group::View,
        keys: &[key(Key::Z)],
        unavailable: film,
        run: monitor::fit,
    },
    Action {
        id: "monitor.full_size",
        label: "Picture at 100 %",
        description: "Shows a pixel of the film as a pixel of the screen.",
        group: Group::View,
        keys: &[key(Key::Num1)],
        unavailable: film,
        run: monitor::full_size,
    },
    Action {
        id: "monitor.zoom_in",
        label: "Enlarge the picture",
        description: "Shows the picture in the monitor larger; so does the wheel, about the pointer.",
        group: Group::View,
        keys: &[alt(Key::Equals), alt(Key::Plus)],
        unavailable: film,
        run: |desk| monitor::zoom(desk, 1.25),
    },
    Action {
        id: "monitor.zoom_out",
        label: "Shrink the picture",
        description: "Shows the picture in the monitor smaller.",
        group: Group::View,
        keys: &[alt(Key::Minus)],
        unavailable: film,
        run: |desk| monitor::zoom(desk, 1.0 / 1.25),
    },
    Action {
        id: "monitor.wipe",
        label: "Wipe between takes",
        description: "Shows two takes that are compared in the monitor, with a line between them; again for the film.",
        group: Group::View,
        keys: &[key(Key::C)],
        unavailable: |desk| {
            let none = desk.state.inspector.compared().is_none();
            film(desk).or_else(|| none.then_some("Choose two takes to compare in the inspector first"))
        },
        run: |desk| desk.state.monitor.wipe = !desk.state.monitor.wipe,
    },
    Action {
        id: "view.fullscreen",
        label: "Full screen",
        description: "Shows nothing but the picture; again, or Esc, for the window.",
        group: Group::View,
        keys: &[key(Key::F), key(Key::F11)],
        unavailable: film,
        run: |desk| desk.state.monitor.fullscreen = !desk.state.monitor.fullscreen,
    },
    Action {
        id: "view.diagnostics",
        label: "Diagnostics",
        description: "Shows over the picture how long frames take, and which came late.",
        group: Group::View,
        keys: &[shift(Key::D)],
        unavailable: film,
        run: |desk| desk.state.diagnostics = !desk.state.diagnostics,
    },
    Action {
        id: "view.theme",
        label: "Light or dark",
        description: "Changes the theme.",
        group: Group::View,
        keys: &[command_shift(Key::L)],
        unavailable: always,
        run: |desk| desk.state.look = if desk.state.look == Look::Dark { Look::Light } else { Look::Dark },
    },
    Action {
        id: "view.palette",
        label: "Command palette",
        description: "Finds any action by name.",
        group: Group::View,
        keys: &[command(Key::K)],
        unavailable: always,
        run: |desk| desk.state.overlay = Some(Overlay::Palette),
    },
    Action {
        id: "view.keys",
        label: "Keyboard shortcuts",
        description: "Lists every key.",
        group: Group::View,
        keys: &[shift(Key::Slash), key(Key::Questionmark), key(Key::F1)],
        unavailable: always,
        run: |desk| desk.state.overlay = Some(Overlay::Keys),
    },
];

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

/// Does what the pressed keys ask for. Nothing while a text field or an overlay has the keys.
pub fn listen_for_keys(ctx: &Context, desk: &mut Desk<'_>) {
    if ctx.text_edit_focused()
        || desk.state.was_typing
        || desk.state.overlay.is_some()
        || desk.state.overlays.is_browsing()
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
    for (action, keys) in pairs {
        if ctx.input_mut(|input| input.consume_shortcut(keys)) && (action.unavailable)(desk).is_none() {
            (action.run)(desk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_action_has_a_name_and_keys_of_its_own() {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for action in ACTIONS {
            assert!(ids.insert(action.id), "{} is there twice", action.id);
            assert!(!action.keys.is_empty(), "{} cannot be reached by key", action.id);
            for shortcut in action.keys {
                assert!(keys.insert(format!("{shortcut:?}")), "{}: {shortcut:?} is taken", action.id);
            }
        }
    }
}
