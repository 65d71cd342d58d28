//! `settings.json`: every field with its unit and what it does.

use super::{
    form::{self, Choice, Number},
    request,
    shot::fit_words,
    voice,
};
use crate::ui::{
    desk::Desk,
    widgets::{self, TextField},
};
use bevy_egui::egui::{Id, Ui};
use kinora_core::film::{AspectRatio, FitMode, Settings, SmoothingEngine, limits};
use kinora_provider::RequestKind;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

const RATIOS: [(u32, u32); 7] = [(16, 9), (9, 16), (1, 1), (4, 3), (3, 4), (21, 9), (2, 1)];

pub(super) fn settings_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let model = desk.model;
    let settings = &model.settings;
    defaults_ui(ui, desk, settings);
    widgets::section_ui(ui, desk.theme, "Cuts");
    let help = "Makes pictures between two shots whose frames match, and where a take has fewer frames than the film";
    tick(ui, desk, "Optical flow", "enable_optical_flow", settings.enable_optical_flow, help);
    for number in &cut_numbers(settings) {
        number.ui(ui, desk);
    }
    let engines = [(SmoothingEngine::Dis, "Dense flow"), (SmoothingEngine::Minterpolate, "FFmpeg minterpolate")];
    let help = "What makes the pictures of a smoothed cut. Dense flow is better and many times faster";
    choose(ui, desk, ("Engine", "smoothing_engine", help), settings.smoothing_engine, &engines);
    widgets::section_ui(ui, desk.theme, "Sound");
    for number in &sound_numbers(settings) {
        number.ui(ui, desk);
    }
    budget_ui(ui, desk, settings.budget_usd);
    widgets::section_ui(ui, desk.theme, "This machine");
    let help = "Prepared takes and thumbnails; the least recently used go first";
    let cache = Field {
        label: "Cache limit",
        field: "cache_limit_mib",
        value: settings.cache_limit_mib as f64,
        help,
        range: *limits::CACHE_MIB.start() as f64..=*limits::CACHE_MIB.end() as f64,
        step: 256.0,
        decimals: 0,
        unit: " MiB",
        has_slider: false,
    };
    cache.ui(ui, desk);
}

/// What a film may cost, if that is limited.
fn budget_ui(ui: &mut Ui, desk: &mut Desk<'_>, budget_usd: Option<f64>) {
    /// Where a budget begins before anybody has said how much.
    const FIRST_USD: f64 = 20.0;
    let theme = desk.theme;
    widgets::section_ui(ui, theme, "Money");
    let help = "A hard stop: nothing is sent to a vendor that would cost more than is left";
    let ticked = form::row_ui(ui, theme, "Budget", help, |ui| {
        form::tick_ui(ui, budget_usd.is_some(), "Keep to a budget", help, None)
    });
    if let Some(on) = ticked {
        desk.asks.run("settings.set", json!({ "budget_usd": on.then_some(FIRST_USD) }));
    }
    let Some(value) = budget_usd else { return };
    let all = Field {
        label: "At most",
        field: "budget_usd",
        value,
        help: "US dollars for the whole film, with what failed and was charged all the same",
        range: limits::BUDGET_USD,
        step: 1.0,
        decimals: 2,
        unit: " $",
        has_slider: false,
    };
    all.ui(ui, desk);
}

fn defaults_ui(ui: &mut Ui, desk: &mut Desk<'_>, settings: &Settings) {
    let (theme, providers) = (desk.theme, desk.providers);
    widgets::section_ui(ui, theme, "Defaults");
    let now = request::card_of(providers, &settings.default_model, RequestKind::Video);
    let mut names = Vec::new();
    for provider in providers {
        let cards: Vec<_> = provider.models.iter().filter(|card| card.kind == RequestKind::Video).collect();
        if !cards.is_empty() {
            names.push((provider.name.clone(), None));
            names.extend(cards.into_iter().map(|card| (card.label.clone(), Some((provider, card)))));
        }
    }
    let shown = now.map_or_else(|| settings.default_model.clone(), |(_, card)| card.label.clone());
    let help = "Model of shots that name none";
    let chosen = form::row_ui(ui, theme, "Model", help, |ui| {
        form::choice_ui(ui, theme, "Default model", &shown, help, || {
            let choice = |(text, entry): &(
                String,
                Option<(&kinora_provider::ProviderDescriptor, &kinora_provider::ModelCard)>,
            )| match entry {
                None => Choice::heading(text),
                Some((_, card)) => {
                    let mut choice = Choice::new(text, now.is_some_and(|(_, now)| std::ptr::eq(now, *card)));
                    choice.hint.clone_from(&card.description);
                    choice
                }
            };
            names.iter().map(choice).collect()
        })
    });
    if let Some((_, Some((provider, card)))) = chosen.and_then(|index| names.get(index)) {
        desk.asks.run("settings.set", json!({ "default_model": format!("{}:{}", provider.id, card.id) }));
    }
    let ratios = RATIOS.map(|(width, height)| AspectRatio { width, height });
    let entries: Vec<(AspectRatio, String)> = ratios.iter().map(|ratio| (*ratio, ratio.to_string())).collect();
    let entries: Vec<(AspectRatio, &str)> = entries.iter().map(|(ratio, text)| (*ratio, text.as_str())).collect();
    let shown = settings.default_aspect_ratio;
    choose(
        ui,
        desk,
        ("Aspect ratio", "default_aspect_ratio", "Shape asked of models by shots that name none"),
        shown,
        &entries,
    );
    let fits = [FitMode::Blur, FitMode::Bars, FitMode::Crop].map(|fit| (fit, fit_words(fit)));
    choose(ui, desk, ("Fit", "fit", "How a take of another shape meets the film's frame"), settings.fit, &fits);
    let help = "Voice of lines that no character speaks";
    let changed = voice::voice_ui(
        ui,
        desk,
        Id::new("default voice"),
        "Narrator",
        &settings.default_voice,
        "Chosen by the provider",
        help,
    );
    if let Some((voice_id, group)) = changed {
        desk.asks.push(crate::ui::ask::Ask::Run {
            operator: "settings.set",
            params: json!({ "default_voice": voice_id }),
            group,
        });
    }
    let help = "How a prompt is put together: {prompt}, {scene} and {characters} are filled in";
    let edit = TextField { label: "Prompt template", hint: "{prompt}", rows: 2 };
    let text = &settings.scene_prompt_template;
    let changed = form::row_ui(ui, theme, "Template", help, |ui| {
        widgets::text_ui(ui, desk, Id::new("film template"), text, edit)
    });
    if let Some((text, group)) = changed {
        desk.asks.run_in("settings.set", json!({ "scene_prompt_template": text }), group);
    }
}

/// A number of settings.json.
struct Field {
    label: &'static str,
    field: &'static str,
    value: f64,
    help: &'static str,
    range: RangeInclusive<f64>,
    step: f64,
    decimals: usize,
    unit: &'static str,
    has_slider: bool,
}

impl Field {
    fn ui(&self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let Self { label, help, step, decimals, unit, .. } = *self;
        let number = Number { label, help, range: self.range.clone(), step, decimals, unit };
        let id = Id::new(("setting", self.field));
        let theme = desk.theme;
        let changed = form::row_ui(ui, theme, label, help, |ui| {
            if self.has_slider {
                form::slider_ui(ui, desk, id, self.value, &number)
            } else {
                form::number_ui(ui, desk, id, self.value, &number)
            }
        });
        if let Some((value, group)) = changed {
            let mut params = json!({});
            params[self.field] = if decimals == 0 { json!(value as u64) } else { json!(value) };
            desk.asks.run_in("settings.set", params, group);
        }
    }
}

fn cut_numbers(settings: &Settings) -> [Field; 3] {
    [
        Field {
            label: "Match from",
            field: "match_threshold",
            value: settings.match_threshold,
            help: "Score from which the frames at a cut count as the same picture, 0 to 1",
            range: 0.0..=1.0,
            step: 0.01,
            decimals: 2,
            unit: "",
            has_slider: true,
        },
        Field {
            label: "Smooth over",
            field: "seam_window_secs",
            value: settings.seam_window_secs,
            help: "Seconds of a smoothed cut on each side",
            range: limits::SEAM_WINDOW_SECS,
            step: 0.05,
            decimals: 2,
            unit: " s",
            has_slider: true,
        },
        Field {
            label: "Scene fade",
            field: "scene_fade_secs",
            value: settings.scene_fade_secs,
            help: "Fade out and fade in between scenes, seconds each; 0 cuts",
            range: limits::SCENE_FADE_SECS,
            step: 0.1,
            decimals: 2,
            unit: " s",
            has_slider: false,
        },
    ]
}

fn sound_numbers(settings: &Settings) -> [Field; 3] {
    [
        Field {
            label: "Loudness",
            field: "loudness_target_lufs",
            value: settings.loudness_target_lufs,
            help: "Integrated loudness of the film after EBU R128; -14 for the web, -23 for broadcast",
            range: limits::LOUDNESS_LUFS,
            step: 0.5,
            decimals: 1,
            unit: " LUFS",
            has_slider: false,
        },
        Field {
            label: "True peak",
            field: "true_peak_limit_dbtp",
            value: settings.true_peak_limit_dbtp,
            help: "Highest true peak of the film",
            range: limits::TRUE_PEAK_DBTP,
            step: 0.1,
            decimals: 1,
            unit: " dBTP",
            has_slider: false,
        },
        Field {
            label: "Duck by",
            field: "duck_db",
            value: settings.duck_db,
            help: "How far music and ambience step back under speech",
            range: 0.0..=30.0,
            step: 0.5,
            decimals: 1,
            unit: " dB",
            has_slider: true,
        },
    ]
}

fn tick(ui: &mut Ui, desk: &mut Desk<'_>, label: &str, field: &str, on: bool, help: &str) {
    let theme = desk.theme;
    if let Some(on) = form::row_ui(ui, theme, label, help, |ui| form::tick_ui(ui, on, label, help, None)) {
        let mut params = json!({});
        params[field] = Value::Bool(on);
        desk.asks.run("settings.set", params);
    }
}

/// A list of values of a field.
fn choose<T: PartialEq + Copy + serde::Serialize>(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    (label, field, help): (&str, &str, &str),
    now: T,
    entries: &[(T, &str)],
) {
    let theme = desk.theme;
    let unlisted =
        serde_json::to_value(now).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let shown = entries.iter().find(|(value, _)| *value == now).map_or(unlisted.as_str(), |(_, words)| words);
    let name = format!("Film {}", label.to_lowercase());
    let chosen = form::row_ui(ui, theme, label, help, |ui| {
        form::choice_ui(ui, theme, &name, shown, help, || {
            entries.iter().map(|(value, words)| Choice::new(*words, *value == now)).collect()
        })
    });
    if let Some((value, _)) = chosen.and_then(|index| entries.get(index)) {
        let mut params = json!({});
        params[field] = json!(value);
        desk.asks.run("settings.set", params);
    }
}
