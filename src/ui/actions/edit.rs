//! Undo, copies, selection.

use super::{
    Action, Group, can_redo, can_undo, command, command_shift, film, key, shift, shot_or_scene, some_frames,
    some_scene, something, target_scene, when,
};
use crate::ui::{
    ask::Ask,
    desk::Desk,
    state::{Selection, ShotSet},
};
use bevy_egui::egui::Key;
use kinora_core::film::AudioLane;
use serde_json::json;

fn remove(desk: &mut Desk<'_>) {
    let group = desk.state.new_group();
    match desk.state.selection.clone() {
        Selection::Shots(names) => {
            for (scene_id, shot_id) in &names {
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

fn select_all(desk: &mut Desk<'_>) {
    let scene = target_scene(desk);
    let names = desk.model.shot_spans.iter().map(|span| desk.model.name_of(span));
    let names: ShotSet = names.filter(|name| Some(&name.0) == scene.as_ref()).collect();
    desk.state.selection = Selection::of_shots(names);
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

/// The scene of what is selected, or the one under the playhead.
fn select_scene(desk: &mut Desk<'_>) {
    if let Some(scene_id) = target_scene(desk) {
        desk.state.selection = Selection::Scene(scene_id);
    }
}

/// The lanes of the scene, one after the other.
fn select_lane(desk: &mut Desk<'_>) {
    let Some(scene_id) = target_scene(desk) else { return };
    let lane = match &desk.state.selection {
        Selection::Lane(_, AudioLane::Voice) => AudioLane::Music,
        Selection::Lane(_, AudioLane::Music) => AudioLane::Ambient,
        _ => AudioLane::Voice,
    };
    desk.state.selection = Selection::Lane(scene_id, lane);
}

pub(super) const EDIT: &[Action] = &[
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
            for (scene_id, shot_id) in &desk.state.selection.shot_set() {
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
            film(desk).or_else(|| when(!has_name, "Choose a scene or a character first"))
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
        id: "select.scene",
        label: "Select the scene",
        description: "Chooses the scene of what is selected, or the one under the playhead.",
        group: Group::Edit,
        keys: &[command(Key::ArrowUp)],
        unavailable: some_scene,
        run: select_scene,
    },
    Action {
        id: "select.lane",
        label: "Select the next lane",
        description: "Chooses voice, music or ambience of the scene, one after the other.",
        group: Group::Edit,
        keys: &[command(Key::ArrowDown)],
        unavailable: some_scene,
        run: select_lane,
    },
    Action {
        id: "edit.menu",
        label: "Open the menu",
        description: "Opens the menu of what has the focus, else of what is selected, where it lies.",
        group: Group::Edit,
        keys: &[shift(Key::F10)],
        unavailable: film,
        run: |desk| {
            // What cannot be seen opens no menu.
            if let Some(span) = desk.state.selection.leading_shot().and_then(|name| desk.model.span(name)) {
                desk.state.timeline.reveal = Some(span.start_frame);
            }
            desk.state.menu.ask();
        },
    },
];
