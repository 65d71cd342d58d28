//! What is made of the selected shots: their takes, what they continue, the cut after them, how loud they are.

use super::{Action, Group, WhyNot, alt, key, shift, some_shot, when};
use crate::{
    jobs::JobAsk,
    ui::{
        ask::Ask,
        desk::Desk,
        inspector::set::{common, set_shots},
        making,
        model::ShotName,
        state::Selection,
        workspace::{Pane, PaneAsk},
    },
};
use bevy_egui::egui::Key;
use kinora_core::{
    film::{AudioLane, Shot, SmoothMode, Take, limits},
    ids::TakeId,
};
use serde_json::json;

/// How much louder or quieter at a time.
const GAIN_STEP_DB: f64 = 1.0;
const LEAST_GAIN_DB: f64 = -60.0;

/// The shot that leads the selection.
fn leading<'a>(desk: &Desk<'a>) -> Option<(ShotName, &'a Shot)> {
    let (model, name) = (desk.model, desk.state.selection.leading_shot()?.clone());
    let shot = model.shot(&name)?;
    Some((name, shot))
}

/// A reason about the shot that leads the selection.
fn of_leading(desk: &Desk<'_>, why: impl FnOnce(&ShotName, &Shot) -> WhyNot) -> WhyNot {
    some_shot(desk).or_else(|| leading(desk).and_then(|(name, shot)| why(&name, shot)))
}

fn choose(desk: &mut Desk<'_>, name: &ShotName, take: &Take) {
    desk.asks.run("take.choose", json!({ "scene_id": name.0, "shot_id": name.1, "take_id": take.take_id }));
}

fn take_numbered(shot: &Shot, number: usize) -> Option<&Take> {
    let take_id = TakeId::numbered(number);
    shot.takes.iter().find(|take| take.take_id == take_id)
}

fn use_take<const NUMBER: usize>(desk: &mut Desk<'_>) {
    if let Some((name, shot)) = leading(desk)
        && let Some(take) = take_numbered(shot, NUMBER)
    {
        choose(desk, &name, take);
    }
}

fn cannot_use_take<const NUMBER: usize>(desk: &Desk<'_>) -> WhyNot {
    of_leading(desk, |_, shot| match take_numbered(shot, NUMBER) {
        None => Some(format!("The shot has no take {NUMBER}").into()),
        Some(take) => when(shot.file_path.as_ref() == Some(&take.file_path), "It is the take that plays"),
    })
}

/// The take before or after the one that plays, as they were made.
fn take_beside(shot: &Shot, forward: bool) -> Option<&Take> {
    let chosen = shot.chosen_take()?;
    let here = shot.takes.iter().position(|take| take.take_id == chosen.take_id)?;
    shot.takes.get(if forward { here + 1 } else { here.checked_sub(1)? })
}

fn use_beside(desk: &mut Desk<'_>, forward: bool) {
    if let Some((name, shot)) = leading(desk)
        && let Some(take) = take_beside(shot, forward)
    {
        choose(desk, &name, take);
    }
}

/// Why there is nothing to do with the take that plays.
fn no_take(desk: &Desk<'_>) -> WhyNot {
    of_leading(desk, |_, shot| when(shot.chosen_take().is_none(), "The shot has no take yet: generate it first"))
}

fn pin(desk: &mut Desk<'_>) {
    if let Some((name, shot)) = leading(desk)
        && let Some(take) = shot.chosen_take()
    {
        let params = json!({ "scene_id": name.0, "shot_id": name.1, "take_id": take.take_id, "pinned": !take.pinned });
        desk.asks.run("take.pin", params);
    }
}

/// The take that plays beside the newest of the others; again for neither.
fn compare(desk: &mut Desk<'_>) {
    let Some((name, shot)) = leading(desk) else { return };
    if desk.state.inspector.compared().is_some_and(|(compared, _)| *compared == name) {
        desk.state.inspector.end_comparison();
        desk.state.monitor.wipe = false;
        return;
    }
    let Some(chosen) = shot.chosen_take().or(shot.takes.first()) else { return };
    let other = shot.takes.iter().rev().find(|take| take.take_id != chosen.take_id);
    if let Some(other) = other {
        desk.state.inspector.compare_takes(&name, [&other.take_id, &chosen.take_id]);
    }
}

fn continue_previous(desk: &mut Desk<'_>) {
    let names = desk.state.selection.shots().to_vec();
    let all_do = common(desk.model, &names, |shot| shot.continuity_source.is_some()) == Some(true);
    set_shots(desk.asks, &names, json!({ "continue_from": !all_do }), None);
}

fn cannot_continue(desk: &Desk<'_>) -> WhyNot {
    of_leading(desk, |name, shot| {
        let is_first = desk.model.index_of(name) == Some(0) && desk.state.selection.shots().len() == 1;
        when(
            is_first && shot.continuity_source.is_none(),
            "This is the first shot of the film: there is none before it",
        )
    })
}

fn smooth(desk: &mut Desk<'_>, mode: &str) {
    let names = desk.state.selection.shots().to_vec();
    set_shots(desk.asks, &names, json!({ "smooth": mode }), None);
}

fn cannot_smooth(desk: &Desk<'_>, mode: SmoothMode, already: &'static str) -> WhyNot {
    of_leading(desk, |_, _| {
        let names = desk.state.selection.shots();
        let has_cut = |name: &ShotName| {
            let span = desk.model.span(name);
            span.is_some_and(|span| span.shot_index + 1 < desk.model.scenes[span.scene_index].shots.len())
        };
        when(!names.iter().any(has_cut), "It is the last shot of its scene: there is no cut after it")
            .or_else(|| when(common(desk.model, names, |shot| shot.smooth) == Some(mode), already))
    })
}

fn mute(desk: &mut Desk<'_>) {
    let names = desk.state.selection.shots().to_vec();
    let all_are = common(desk.model, &names, |shot| shot.mute) == Some(true);
    set_shots(desk.asks, &names, json!({ "mute": !all_are }), None);
}

/// Why nothing has a gain to be set.
fn no_gain(desk: &Desk<'_>) -> WhyNot {
    let has_one = matches!(&desk.state.selection, Selection::Shots(_) | Selection::Lane(..));
    super::film(desk).or_else(|| when(!has_one, "Choose a shot or a lane first"))
}

/// Makes the selected shots, or the lane, louder or quieter.
fn turn(desk: &mut Desk<'_>, by_db: f64) {
    let tidy = |gain_db: f64| json!((gain_db + by_db).clamp(LEAST_GAIN_DB, *limits::GAIN_DB.end()));
    let group = desk.state.new_group();
    match desk.state.selection.clone() {
        Selection::Lane(scene_id, lane) => {
            let Some(scene) = desk.model.scene(&scene_id) else { return };
            let gain_db = tidy(scene.audio_mix.lane(lane).gain_db);
            desk.asks.run("lane.set", json!({ "scene_id": scene_id, "lane": lane, "gain_db": gain_db }));
        }
        Selection::Shots(names) => {
            for name in &names {
                let Some(shot) = desk.model.shot(name) else { continue };
                set_shots(
                    desk.asks,
                    std::slice::from_ref(name),
                    json!({ "gain_db": tidy(shot.gain_db) }),
                    (names.len() > 1).then_some(group),
                );
            }
        }
        Selection::Film | Selection::Scene(_) | Selection::Character(_) => {}
    }
}

/// Begins to type the gain in the inspector.
fn write_gain(desk: &mut Desk<'_>) {
    let label = match &desk.state.selection {
        Selection::Lane(_, lane) => match lane {
            AudioLane::Voice => "Voice gain",
            AudioLane::Music => "Music gain",
            AudioLane::Ambient => "Ambient gain",
        },
        _ => "Gain",
    };
    desk.state.inspector.write_number = Some(label);
    // Another tab may lie over it.
    desk.state.monitor.fullscreen = false;
    desk.state.panes.ask(PaneAsk::Focus(Pane::Inspector));
}

fn start(desk: &mut Desk<'_>, ask: impl FnOnce(ShotName) -> JobAsk) {
    if let Some(name) = desk.state.selection.leading_shot().cloned() {
        desk.asks.push(Ask::Start(ask(name)));
    }
}

/// A numbered take, chosen by its number.
macro_rules! use_take {
    ($number:literal, $key:ident) => {
        Action {
            id: concat!("take.use_", $number),
            label: concat!("Use take ", $number),
            description: "Makes this take of the selected shot the one that plays.",
            group: Group::Shot,
            keys: &[alt(Key::$key)],
            unavailable: cannot_use_take::<$number>,
            run: use_take::<$number>,
        }
    };
}

pub(super) const SHOT: &[Action] = &[
    use_take!(1, Num1),
    use_take!(2, Num2),
    use_take!(3, Num3),
    use_take!(4, Num4),
    use_take!(5, Num5),
    use_take!(6, Num6),
    use_take!(7, Num7),
    use_take!(8, Num8),
    use_take!(9, Num9),
    Action {
        id: "take.before",
        label: "Use the take before",
        description: "Chooses the take that was made before the one that plays.",
        group: Group::Shot,
        keys: &[key(Key::OpenBracket)],
        unavailable: |desk| {
            no_take(desk).or_else(|| {
                of_leading(desk, |_, shot| when(take_beside(shot, false).is_none(), "It is the first take"))
            })
        },
        run: |desk| use_beside(desk, false),
    },
    Action {
        id: "take.next",
        label: "Use the next take",
        description: "Chooses the take that was made after the one that plays.",
        group: Group::Shot,
        keys: &[key(Key::CloseBracket)],
        unavailable: |desk| {
            no_take(desk)
                .or_else(|| of_leading(desk, |_, shot| when(take_beside(shot, true).is_none(), "It is the last take")))
        },
        run: |desk| use_beside(desk, true),
    },
    Action {
        id: "take.pin",
        label: "Pin the take",
        description: "Keeps the take that plays from being removed, or lets it be removed again.",
        group: Group::Shot,
        keys: &[key(Key::P)],
        unavailable: no_take,
        run: pin,
    },
    Action {
        id: "take.compare",
        label: "Compare takes",
        description: "Shows the take that plays beside the newest of the others; again to end that.",
        group: Group::Shot,
        keys: &[key(Key::V)],
        unavailable: |desk| {
            of_leading(desk, |_, shot| when(shot.takes.len() < 2, "It takes two takes to compare: generate another"))
        },
        run: compare,
    },
    Action {
        id: "shot.lip_sync",
        label: "Lip-sync the shot",
        description: "Makes a take whose lips follow the shot's first line.",
        group: Group::Shot,
        keys: &[shift(Key::L)],
        unavailable: |desk| of_leading(desk, |name, shot| making::cannot_sync_lips(desk, name, shot).map(Into::into)),
        run: |desk| {
            start(desk, |(scene_id, shot_id)| JobAsk::LipSync { scene_id, shot_id, voice: None, model: None });
        },
    },
    Action {
        id: "shot.extract_frames",
        label: "Extract the frames",
        description: "Makes the first and the last frame of the take again.",
        group: Group::Shot,
        keys: &[shift(Key::E)],
        unavailable: no_take,
        run: |desk| start(desk, |(scene_id, shot_id)| JobAsk::ExtractFrames { scene_id, shot_id }),
    },
    Action {
        id: "shot.continue",
        label: "Continue the previous shot",
        description: "Uses the last frame of the previous shot as the first of this one, or no longer.",
        group: Group::Shot,
        keys: &[key(Key::U)],
        unavailable: cannot_continue,
        run: continue_previous,
    },
    Action {
        id: "cut.auto",
        label: "Smooth the cut where frames match",
        description: "Smooth transition to the next shot: where the frames match.",
        group: Group::Shot,
        keys: &[alt(Key::A)],
        unavailable: |desk| cannot_smooth(desk, SmoothMode::Auto, "The cut is smoothed where its frames match already"),
        run: |desk| smooth(desk, "auto"),
    },
    Action {
        id: "cut.always",
        label: "Always smooth the cut",
        description: "Smooth transition to the next shot: always.",
        group: Group::Shot,
        keys: &[alt(Key::S)],
        unavailable: |desk| cannot_smooth(desk, SmoothMode::Always, "The cut is always smoothed already"),
        run: |desk| smooth(desk, "always"),
    },
    Action {
        id: "cut.never",
        label: "Never smooth the cut",
        description: "Smooth transition to the next shot: never.",
        group: Group::Shot,
        keys: &[alt(Key::N)],
        unavailable: |desk| cannot_smooth(desk, SmoothMode::Never, "The cut is never smoothed already"),
        run: |desk| smooth(desk, "never"),
    },
    Action {
        id: "shot.mute",
        label: "Mute the shot",
        description: "Silences the clip's own sound, or lets it be heard again.",
        group: Group::Shot,
        keys: &[key(Key::M)],
        unavailable: some_shot,
        run: mute,
    },
    Action {
        id: "gain.up",
        label: "Louder",
        description: "Makes the selected shots, or the lane, louder by a decibel.",
        group: Group::Shot,
        keys: &[alt(Key::ArrowUp)],
        unavailable: no_gain,
        run: |desk| turn(desk, GAIN_STEP_DB),
    },
    Action {
        id: "gain.down",
        label: "Quieter",
        description: "Makes the selected shots, or the lane, quieter by a decibel.",
        group: Group::Shot,
        keys: &[alt(Key::ArrowDown)],
        unavailable: no_gain,
        run: |desk| turn(desk, -GAIN_STEP_DB),
    },
    Action {
        id: "gain.set",
        label: "Set the gain…",
        description: "Puts the cursor into the gain of the selected shots, or of the lane, in the inspector.",
        group: Group::Shot,
        keys: &[shift(Key::M)],
        unavailable: no_gain,
        run: write_gain,
    },
];
