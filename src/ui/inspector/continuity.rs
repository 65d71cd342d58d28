//! How a shot joins its neighbours: what it continues, its first and last frames (`frames`), and the cut into the next
//! shot.

mod frames;

use super::{
    form::{self, Choice, Number},
    picture,
    set::{common, set_shots},
};
use crate::ui::{
    desk::Desk,
    model::{FilmModel, ShotName, ShotSpan},
    pictures::PictureOf,
    widgets,
};
use bevy_egui::egui::{Id, RichText, Ui, vec2};
use kinora_core::film::{ContinuitySource, ReferenceMoment, Shot, SmoothMode};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Most earlier shots that are offered; the nearest come first.
const MOST_OFFERED: usize = 200;

pub(super) fn continuity_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    widgets::section_ui(ui, desk.theme, "Continuity");
    source_ui(ui, desk, name, shot);
    frames::frames_ui(ui, desk, name, shot);
    smoothing_ui(ui, desk, name, shot);
}

/// The shot that plays before a shot, in its scene or at the end of an earlier one.
fn before(model: &FilmModel, name: &ShotName) -> Option<ShotSpan> {
    model.shot_spans.get(model.index_of(name)?.checked_sub(1)?).copied()
}

fn number_of(span: &ShotSpan) -> String {
    format!("{}.{}", span.scene_index + 1, span.shot_index + 1)
}

fn source_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    let (model, theme) = (desk.model, desk.theme);
    let names = std::slice::from_ref(name);
    let source = shot.continuity_source.as_ref();
    let previous = before(model, name);
    let why = match previous {
        None if source.is_none() => Some("This is the first shot of the film: there is none before it"),
        _ => None,
    };
    let label = "Use last frame of previous shot";
    let help = "The model starts from the frame on which the shot before ends, so that the cut does not jump";
    ui.horizontal(|ui| {
        if let Some(on) = form::tick_ui(ui, source.is_some(), label, help, why) {
            set_shots(desk.asks, names, json!({ "continue_from": on }), None);
        }
        let text = RichText::new(label).color(if why.is_some() { theme.faint } else { theme.text });
        ui.add(bevy_egui::egui::Label::new(text).wrap()).on_hover_text(help);
    });
    let Some(source) = source else { return };
    let source_name = (source.scene_id.clone(), source.shot_id.clone());
    let shown = match model.span(&source_name) {
        Some(span) if Some(*span) == previous => format!("Previous shot, {}", number_of(span)),
        Some(span) => format!("Shot {}", number_of(span)),
        None => format!("{}/{} (gone)", source.scene_id, source.shot_id),
    };
    let here = model.index_of(name).unwrap_or(0);
    let earlier: Vec<ShotSpan> = model.shot_spans[..here].iter().rev().take(MOST_OFFERED).copied().collect();
    let help = "Any earlier shot can be continued";
    let chosen = form::row_ui(ui, theme, "Continues", help, |ui| {
        form::choice_ui(ui, theme, "Continues", &shown, help, || {
            let choice = |span: &ShotSpan| {
                let other = model.name_of(span);
                let why = comes_from(model, &other, name).then(|| "It comes from this shot itself".to_owned());
                let mut choice = Choice::new(format!("Shot {}", number_of(span)), other == source_name).refused(why);
                choice.detail = model.shot_of(span).prompt.chars().take(28).collect();
                choice
            };
            earlier.iter().map(choice).collect()
        })
    });
    if let Some(span) = chosen.and_then(|index| earlier.get(index)) {
        let (scene_id, shot_id) = model.name_of(span);
        set_shots(desk.asks, names, json!({ "continue_from": { "scene_id": scene_id, "shot_id": shot_id } }), None);
    }
    moment_ui(ui, desk, names, source, &source_name);
    if let Some(earlier) = model.shot(&source_name)
        && earlier.chosen_take().is_none()
    {
        form::note_ui(ui, "That shot has no take yet: generate it first", theme.warn);
    }
}

/// Whether a shot, over however many others, continues another one.
fn comes_from(model: &FilmModel, name: &ShotName, origin: &ShotName) -> bool {
    let mut seen = HashSet::new();
    let mut next = Some(name.clone());
    while let Some(name) = next {
        if name == *origin {
            return true;
        }
        let source = model.shot(&name).and_then(|shot| shot.continuity_source.as_ref());
        next = source.map(|source| (source.scene_id.clone(), source.shot_id.clone())).filter(|_| seen.insert(name));
    }
    false
}

fn moment_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName], source: &ContinuitySource, from: &ShotName) {
    let (model, theme) = (desk.model, desk.theme);
    let Some(earlier) = model.shot(from) else { return };
    let frames = kinora_core::preview::take_frames(earlier, model.rate());
    let set = |desk: &mut Desk<'_>, frame: Option<u64>, group| {
        let mut params = json!({ "scene_id": from.0, "shot_id": from.1 });
        if let Some(frame) = frame {
            params["frame"] = Value::from(frame);
        }
        set_shots(desk.asks, names, json!({ "continue_from": params }), group);
    };
    let chosen = match source.moment {
        ReferenceMoment::Last => None,
        ReferenceMoment::Frame(frame) => Some(frame),
    };
    let help = "The frame to start from";
    let shown = if chosen.is_some() { "A chosen frame" } else { "Its last frame" };
    let picked = form::row_ui(ui, theme, "From", help, |ui| {
        form::choice_ui(ui, theme, "From", shown, help, || {
            vec![Choice::new("Its last frame", chosen.is_none()), Choice::new("A chosen frame", chosen.is_some())]
        })
    });
    match picked {
        Some(0) => set(desk, None, None),
        Some(_) if chosen.is_none() => set(desk, Some(frames.saturating_sub(1)), None),
        _ => {}
    }
    let Some(frame) = chosen else { return };
    let last = frames.saturating_sub(1) as f64;
    let number = Number {
        label: "Frame",
        help: "Counted in the take, from 0",
        range: 0.0..=last,
        step: 1.0,
        decimals: 0,
        unit: "",
    };
    let id = Id::new(("moment", names));
    let changed =
        form::row_ui(ui, theme, "Frame", number.help, |ui| form::slider_ui(ui, desk, id, frame as f64, &number));
    if let Some((frame, group)) = changed {
        set(desk, Some(frame as u64), Some(group));
    }
    if let Some(take) = earlier.chosen_take()
        && let Some(clip) = model.clip_of_take(from, take)
    {
        let width = ui.available_width().min(240.0);
        let frame = frame.min(clip.out_frame.saturating_sub(1));
        let of = PictureOf::Frame(clip, frame);
        picture::picture_ui(ui, desk, Some(&of), vec2(width, width * 9.0 / 16.0), "Chosen frame", "");
    }
}

const MODES: [(SmoothMode, &str, &str); 3] = [
    (SmoothMode::Auto, "auto", "Where the frames match"),
    (SmoothMode::Always, "always", "Always"),
    (SmoothMode::Never, "never", "Never"),
];

/// The cut into the next shot: whether it is smoothed, and why.
fn smoothing_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    let (model, theme) = (desk.model, desk.theme);
    let next = model.span(name).and_then(|span| model.scenes[span.scene_index].shots.get(span.shot_index + 1));
    let Some(next) = next else {
        form::note_ui(ui, "It is the last shot of its scene: there is no cut to smooth after it", theme.quiet);
        return;
    };
    mode_ui(ui, desk, std::slice::from_ref(name), Some(shot.smooth));
    let (words, color) = match desk.jobs.cut(name, &next.shot_id) {
        Some(cut) => {
            let done = if cut.smoothed { "Smoothed" } else { "A plain cut" };
            let color = if cut.smoothed || cut.matched { theme.good } else { theme.quiet };
            (format!("{done}. Match {:.2}: {}", cut.score, cut.reason), color)
        }
        None if shot.file_path.is_none() || next.file_path.is_none() => {
            ("Both shots need a take before their cut can be judged".to_owned(), theme.quiet)
        }
        None => ("The cut is being looked at".to_owned(), theme.quiet),
    };
    form::note_ui(ui, words, color);
    if !model.settings.enable_optical_flow && shot.smooth == SmoothMode::Auto {
        form::note_ui(ui, "Optical flow is off for this film: only cuts set to Always are smoothed", theme.warn);
    }
}

pub(super) fn smoothing_of_many_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    widgets::section_ui(ui, desk.theme, "Continuity");
    let linked = common(desk.model, names, |shot| shot.continuity_source.is_some());
    let label = "Use last frame of previous shot";
    ui.horizontal(|ui| {
        if let Some(on) = form::tick_ui(ui, linked == Some(true), label, "Each shot continues the one before it", None)
        {
            set_shots(desk.asks, names, json!({ "continue_from": on }), None);
        }
        ui.label(label);
    });
    let mode = common(desk.model, names, |shot| shot.smooth);
    mode_ui(ui, desk, names, mode);
}

fn mode_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName], mode: Option<SmoothMode>) {
    let theme = desk.theme;
    let help = "Smooth transition to next shot: pictures between the two are made by optical flow";
    let shown = MODES.iter().find(|(one, ..)| Some(*one) == mode).map_or("Different", |(.., words)| words);
    let chosen = form::row_ui(ui, theme, "Smooth cut", help, |ui| {
        form::choice_ui(ui, theme, "Smooth transition to next shot", shown, help, || {
            MODES.iter().map(|(one, _, words)| Choice::new(*words, Some(*one) == mode)).collect()
        })
    });
    if let Some((_, value, _)) = chosen.and_then(|index| MODES.get(index)) {
        set_shots(desk.asks, names, json!({ "smooth": value }), None);
    }
}
