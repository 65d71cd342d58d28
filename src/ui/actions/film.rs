//! Scenes and shots.

use super::{
    Action, Group, WhyNot, command, film, key, shift, shot_or_scene, some_frames, some_scene, some_shot, target_scene,
    when,
};
use crate::{
    jobs::JobAsk,
    ui::{ask::Ask, desk::Desk, making, state::Selection, timeline},
};
use bevy_egui::egui::{Key, KeyboardShortcut, Modifiers};
use serde_json::json;
use std::borrow::Cow;

fn add_shot(desk: &mut Desk<'_>) {
    let Some(scene_id) = target_scene(desk) else { return };
    let after = desk.state.selection.leading_shot().and_then(|name| desk.model.span(name));
    let index = after.map(|span| span.shot_index + 1);
    desk.state.timeline.select_added = true;
    desk.asks.run("shot.add", json!({ "scene_id": scene_id, "index": index }));
}

fn generate(desk: &mut Desk<'_>) {
    let names = desk.state.selection.shot_set();
    making::generate(desk, names.iter());
}

/// Shots that are looked at to say whether anything can be generated: a button asks for this in every frame.
const MOST_ASKED: usize = 32;

/// Why none of the chosen shots can be generated: of one its own reason.
fn cannot_generate(desk: &Desk<'_>) -> WhyNot {
    some_shot(desk).or_else(|| match desk.state.selection.shots() {
        [only] => making::cannot_generate(desk, only).map(Cow::Owned),
        several => {
            let mut asked = several.iter().take(MOST_ASKED);
            let none = asked.all(|name| making::cannot_generate(desk, name).is_some());
            when(none, "No chosen shot can be generated now: the inspector says why")
        }
    })
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
fn can_split(desk: &Desk<'_>) -> WhyNot {
    let frame = desk.state.transport.frame;
    let is_inside = desk.model.shot_at(frame).is_some_and(|span| span.start_frame < frame);
    some_frames(desk).or_else(|| when(!is_inside, "Move the playhead into a shot first"))
}

fn trim_here(desk: &mut Desk<'_>, which: timeline::Edge) {
    let frame = desk.state.transport.frame;
    let Some(span) = desk.model.shot_at(frame).copied() else { return };
    let group = desk.state.new_group();
    if let Some(ask) = timeline::trim_to(desk, &desk.model.name_of(&span), which, frame, group) {
        desk.asks.push(ask);
    }
}

pub(super) const FILM: &[Action] = &[
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
        unavailable: some_scene,
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
        description: "Generates or regenerates: makes a new take of the selected shots; the takes before it stay.",
        group: Group::Film,
        keys: &[key(Key::G)],
        unavailable: cannot_generate,
        run: generate,
    },
    Action {
        id: "film.complete",
        label: "Generate missing",
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
];
