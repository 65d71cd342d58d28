//! A shot, or several: what they are asked to show, and how they play.

use super::{
    cast, compare, continuity, count, dialogue,
    form::{self, Choice, Number},
    heading_ui, json_view, many, model_form, request,
    set::{common, set_shots, who},
    standing, takes,
};
use crate::ui::{
    desk::Desk,
    model::ShotName,
    widgets::{self, TextField},
};
use bevy_egui::egui::{self, Id, RichText, Ui};
use egui_phosphor::regular as icon;
use kinora_core::film::{FitMode, limits};
use serde_json::json;

/// One shot.
pub(super) fn shot_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName) {
    let model = desk.model;
    let (Some(span), Some(shot)) = (model.span(name), model.shot(name)) else { return };
    let names = std::slice::from_ref(name);
    let title = format!("Shot {}.{}", span.scene_index + 1, span.shot_index + 1);
    let length = model.rate().frames_to_secs(span.frames);
    let detail = format!("{}/{}   {}   {length:.2} s", name.0, name.1, model.timecode(span.start_frame));
    heading_ui(ui, desk, &title, &detail);
    standing::standing_ui(ui, desk, name);
    standing::make_ui(ui, desk, name, shot);
    prompt_ui(ui, desk, names);
    standing::refused_field_ui(ui, desk, name, &["final_prompt", "prompt", "negative_prompt"]);
    model_form::model_ui(ui, desk, names);
    cast::cast_ui(ui, desk, names);
    standing::refused_field_ui(ui, desk, name, &["characters", "reference_images"]);
    continuity::continuity_ui(ui, desk, name, shot);
    standing::refused_field_ui(ui, desk, name, &["reference_first_frame", "reference_last_frame"]);
    takes::takes_ui(ui, desk, name, shot);
    compare::compare_ui(ui, desk, name);
    dialogue::dialogue_ui(ui, desk, name);
    plays_ui(ui, desk, names);
    form::fold_ui(ui, Id::new("final prompt"), "Prompt as it will be sent", false, |ui| {
        let prompt = request::prompt_of(model, name, shot);
        if prompt.is_empty() {
            form::note_ui(ui, "Nothing yet: write a prompt", desk.theme.quiet);
            return;
        }
        ui.add(egui::Label::new(RichText::new(&prompt).size(12.0)).wrap().selectable(true));
        if form::button_ui(ui, icon::COPY, "Copy prompt", "Copies the prompt as it will be sent", None) {
            ui.ctx().copy_text(prompt);
        }
    });
    json_view::json_ui(ui, desk);
}

/// What several shots have in common.
pub(super) fn shots_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let model = desk.model;
    let frames = many::facts(desk).frames;
    let detail =
        format!("{:.2} s together. What you change here changes all of them", model.rate().frames_to_secs(frames));
    heading_ui(ui, desk, &count(names.len(), "shot"), &detail);
    standing::make_many_ui(ui, desk, names);
    prompt_ui(ui, desk, names);
    model_form::model_ui(ui, desk, names);
    cast::cast_ui(ui, desk, names);
    continuity::smoothing_of_many_ui(ui, desk, names);
    plays_ui(ui, desk, names);
    json_view::json_ui(ui, desk);
}

fn prompt_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    widgets::section_ui(ui, desk.theme, "Prompt");
    let prompt = common(desk.model, names, |shot| shot.prompt.clone());
    let hint = match prompt {
        Some(_) => "What the picture shows: who, where, what happens, how the camera moves",
        None => "The shots have different prompts; typing here replaces all of them",
    };
    let edit = TextField { label: "Prompt", hint, rows: 5 };
    let id = Id::new(("prompt", who(names)));
    if std::mem::take(&mut desk.state.inspector.write_prompt) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if let Some((text, group)) = widgets::text_ui(ui, desk, id, &prompt.unwrap_or_default(), edit) {
        set_shots(desk.asks, names, json!({ "prompt": text }), Some(group));
    }
}

/// How a shot meets the film's frame and how loud it is.
fn plays_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let (model, theme) = (desk.model, desk.theme);
    widgets::section_ui(ui, theme, "Picture and sound");
    let fit = common(model, names, |shot| shot.fit);
    let film = fit_words(model.settings.fit);
    let shown = match fit {
        None => "Different".to_owned(),
        Some(None) => format!("As the film: {film}"),
        Some(Some(fit)) => fit_words(fit).to_owned(),
    };
    let help = "How a take of another shape meets the film's frame";
    let modes = [None, Some(FitMode::Blur), Some(FitMode::Bars), Some(FitMode::Crop)];
    let chosen = form::row_ui(ui, theme, "Fit", help, |ui| {
        form::choice_ui(ui, theme, "Fit", &shown, help, || {
            let text = |mode: Option<FitMode>| {
                mode.map_or_else(|| format!("As the film: {film}"), |mode| fit_words(mode).to_owned())
            };
            modes.iter().map(|mode| Choice::new(text(*mode), fit == Some(*mode))).collect()
        })
    });
    if let Some(index) = chosen {
        set_shots(desk.asks, names, json!({ "fit": modes[index] }), None);
    }
    let gain = common(model, names, |shot| shot.gain_db).unwrap_or(0.0);
    let number = Number {
        label: "Gain",
        help: "Loudness of the clip's own sound",
        range: -60.0..=*limits::GAIN_DB.end(),
        step: 0.5,
        decimals: 1,
        unit: " dB",
    };
    let id = Id::new(("gain", who(names)));
    let changed = form::row_ui(ui, theme, "Gain", number.help, |ui| form::slider_ui(ui, desk, id, gain, &number));
    if let Some((gain_db, group)) = changed {
        set_shots(desk.asks, names, json!({ "gain_db": gain_db }), Some(group));
    }
    let mute = common(model, names, |shot| shot.mute).unwrap_or(false);
    let help = "Silences the clip's own sound";
    if let Some(mute) = form::row_ui(ui, theme, "Mute", help, |ui| form::tick_ui(ui, mute, "Mute", help, None)) {
        set_shots(desk.asks, names, json!({ "mute": mute }), None);
    }
}

/// A way to meet the frame, in words.
pub(super) const fn fit_words(fit: FitMode) -> &'static str {
    match fit {
        FitMode::Blur => "Whole, over a blur",
        FitMode::Bars => "Whole, over black",
        FitMode::Crop => "Fill and crop",
    }
}
