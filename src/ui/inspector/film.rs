//! The film as a whole: title, rate, size, what it holds, and its settings.

use super::{
    count,
    form::{self, Choice, Number},
    heading_ui, json_view, settings,
};
use crate::ui::{
    desk::Desk,
    model::FilmModel,
    widgets::{self, TextField},
};
use bevy_egui::egui::{Id, Ui};
use egui_phosphor::regular as icon;
use kinora_core::{
    film::{FrameSize, limits},
    time::FrameRate,
};
use kinora_provider::{sum_usd, usd_words};
use serde_json::json;

const RATES: [(u32, u32); 8] =
    [(24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60_000, 1001), (60, 1)];
const SIZES: [(&str, u32, u32); 8] = [
    ("HD 720", 1280, 720),
    ("Full HD", 1920, 1080),
    ("2.39:1 Full HD", 1920, 804),
    ("QHD", 2560, 1440),
    ("4K UHD", 3840, 2160),
    ("Upright HD", 1080, 1920),
    ("Square", 1080, 1080),
    ("Academy 4:3", 1440, 1080),
];

pub(super) fn film_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let model = desk.model;
    heading_ui(ui, desk, &model.metadata.title, &model.root.display().to_string());
    ui.horizontal_wrapped(|ui| {
        widgets::action_button_ui(ui, desk, icon::EXPORT, "render.film");
        widgets::action_button_ui(ui, desk, icon::SPARKLE, "film.complete");
    });
    identity_ui(ui, desk);
    statistics_ui(ui, desk);
    settings::settings_ui(ui, desk);
    json_view::json_ui(ui, desk);
}

fn identity_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let (model, theme) = (desk.model, desk.theme);
    widgets::section_ui(ui, theme, "Film");
    let edit = TextField { label: "Title", hint: "The Vampyre", rows: 1 };
    let changed = form::row_ui(ui, theme, "Title", "Title of the film", |ui| {
        widgets::text_ui(ui, desk, Id::new("film title"), &model.metadata.title, edit)
    });
    if let Some((title, group)) = changed {
        desk.asks.run_in("film.set", json!({ "title": title }), group);
    }
    let rates: Vec<FrameRate> =
        RATES.iter().filter_map(|(numerator, denominator)| FrameRate::new(*numerator, *denominator).ok()).collect();
    let words = |rate: FrameRate| {
        let decimal = format!("{:.3}", rate.as_f64());
        format!("{} fps", decimal.trim_end_matches('0').trim_end_matches('.'))
    };
    let help = "Frames a second. Takes of another rate are converted; in and out points keep their frame numbers";
    let chosen = form::row_ui(ui, theme, "Rate", help, |ui| {
        form::choice_ui(ui, theme, "Frame rate", &words(model.rate()), help, || {
            rates.iter().map(|rate| Choice::new(words(*rate), *rate == model.rate())).collect()
        })
    });
    if let Some(rate) = chosen.and_then(|index| rates.get(index)) {
        desk.asks.run("film.set", json!({ "rate": rate }));
    }
    size_ui(ui, desk, model.metadata.size);
}

fn size_ui(ui: &mut Ui, desk: &mut Desk<'_>, size: FrameSize) {
    let theme = desk.theme;
    let of = |width: u32, height: u32| SIZES.iter().find(|(_, w, h)| (*w, *h) == (width, height));
    let shown = of(size.width, size.height)
        .map_or_else(|| format!("{} × {}", size.width, size.height), |(name, w, h)| format!("{name}, {w} × {h}"));
    let help = "Size of the picture. Takes of another size are fitted into it";
    let chosen = form::row_ui(ui, theme, "Size", help, |ui| {
        form::choice_ui(ui, theme, "Picture size", &shown, help, || {
            let choice = |(name, width, height): &(&str, u32, u32)| {
                let mut choice = Choice::new(*name, (*width, *height) == (size.width, size.height));
                choice.detail = format!("{width} × {height}");
                choice
            };
            SIZES.iter().map(choice).collect()
        })
    });
    if let Some((_, width, height)) = chosen.and_then(|index| SIZES.get(index)) {
        desk.asks.run("film.set", json!({ "size": { "width": width, "height": height } }));
    }
    let range = f64::from(*limits::FRAME_SIDE_PX.start())..=f64::from(*limits::FRAME_SIDE_PX.end());
    for (label, value) in [("Width", size.width), ("Height", size.height)] {
        let number = Number {
            label,
            help: "In pixels; an even number",
            range: range.clone(),
            step: 2.0,
            decimals: 0,
            unit: " px",
        };
        let changed = form::row_ui(ui, theme, label, number.help, |ui| {
            form::number_ui(ui, desk, Id::new(("film", label)), f64::from(value), &number)
        });
        if let Some((side, group)) = changed {
            let side = (side / 2.0).round() as u32 * 2;
            let (width, height) = if label == "Width" { (side, size.height) } else { (size.width, side) };
            desk.asks.run_in("film.set", json!({ "size": { "width": width, "height": height } }), group);
        }
    }
}

/// What the film holds and has cost: read from every shot when the film changes, not in every frame.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Statistics {
    stamp: u64,
    made: usize,
    takes: usize,
    usd: f64,
    /// Takes of a model whose price is not known.
    unknown: usize,
}

impl Statistics {
    fn of(model: &FilmModel) -> Self {
        let mut all = Self { stamp: model.stamp, ..Self::default() };
        for shot in model.scenes.iter().flat_map(|scene| &scene.shots) {
            all.made += usize::from(shot.file_path.is_some());
            all.takes += shot.takes.len();
            for take in &shot.takes {
                match take.cost_usd {
                    Some(cost) => all.usd = sum_usd([all.usd, cost]),
                    None if take.model.is_empty() => {}
                    None => all.unknown += 1,
                }
            }
        }
        all
    }
}

fn statistics_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let (model, theme) = (desk.model, desk.theme);
    widgets::section_ui(ui, theme, "In it");
    let known = &mut desk.state.inspector.statistics;
    if known.stamp != model.stamp {
        *known = Statistics::of(model);
    }
    let Statistics { made, takes, usd, unknown, .. } = *known;
    let shots = model.shot_spans.len();
    let secs = model.rate().frames_to_secs(model.frames);
    let spent = if unknown == 0 {
        usd_words(usd)
    } else {
        format!("{}, {} without a known price", usd_words(usd), count(unknown, "take"))
    };
    let rows = [
        ("Length", format!("{}   {secs:.1} s", model.timecode(model.frames))),
        ("Scenes", count(model.scenes.len(), "scene")),
        ("Shots", format!("{}, {made} made", count(shots, "shot"))),
        ("Takes", count(takes, "take")),
        ("Spent so far", spent),
    ];
    for (label, value) in rows {
        form::row_ui(ui, theme, label, "", |ui| form::words_ui(ui, &value));
    }
}
