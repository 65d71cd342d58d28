//! Play, step, marks.

use super::{Action, Group, command, film, key, shift, some_frames, when};
use crate::{
    playback::Scope,
    ui::{ask::Ask, desk::Desk},
};
use bevy_egui::egui::{Key, KeyboardShortcut, Modifiers};

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

/// Plays around the cut that lies nearest to the playhead.
fn play_around(desk: &mut Desk<'_>) {
    let now = desk.state.transport.frame;
    let cuts = desk.model.shot_spans.iter().skip(1).map(|span| span.start_frame);
    let Some(cut) = cuts.min_by_key(|cut| cut.abs_diff(now)) else { return };
    let times = crate::ui::transport::film_times(desk.model, desk.state);
    desk.state.transport.play_around(cut, &times);
}

pub(super) const PLAYBACK: &[Action] = &[
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
        unavailable: |desk| some_frames(desk).or_else(|| when(desk.model.shot_spans.len() < 2, "There is no cut yet")),
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
];
