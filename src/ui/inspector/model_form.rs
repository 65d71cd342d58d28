//! Model, length, shape and seed of shots: only what the model can do can be chosen.

use super::{
    form::{self, Choice, Number},
    parameters, request,
    set::{common, set_each, set_shots, who},
    standing,
};
use crate::ui::{desk::Desk, model::ShotName, widgets};
use bevy_egui::egui::{Id, Ui};
use egui_phosphor::regular as icon;
use kinora_core::film::{AspectRatio, Shot, limits};
use kinora_provider::{DurationRule, ModelCard, PriceBasis, ProviderDescriptor, RequestKind};
use serde_json::{Value, json};

/// Shapes to offer where a model takes any.
const COMMON_RATIOS: [(u32, u32); 6] = [(16, 9), (9, 16), (1, 1), (4, 3), (3, 4), (21, 9)];

pub(super) fn model_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let (model, theme, providers) = (desk.model, desk.theme, desk.providers);
    widgets::section_ui(ui, theme, "Model");
    let own = common(model, names, |shot| shot.model.clone());
    let Some(leading) = names.last().and_then(|name| model.shot(name)) else { return };
    let card = own.as_ref().and_then(|_| request::card_of_shot(model, providers, leading));
    chooser_ui(ui, desk, names, own.as_deref());
    match (&own, card) {
        (_, Some((provider, card))) => {
            let can = abilities(provider, card);
            form::row_ui(ui, theme, "", "", |ui| form::note_ui(ui, can, theme.quiet));
        }
        (Some(_), None) => {
            let name = request::model_name(model, leading);
            form::note_ui(ui, format!("No provider here has a model {name}. Choose another one"), theme.warn);
        }
        (None, None) => {}
    }
    let card = card.map(|(_, card)| card);
    let refused = |ui: &mut Ui, desk: &Desk<'_>, field: &str| {
        if let [name] = names {
            standing::refused_field_ui(ui, desk, name, &[field]);
        }
    };
    refused(ui, desk, "model");
    duration_ui(ui, desk, names, card);
    refused(ui, desk, "duration_secs");
    ratio_ui(ui, desk, names, card);
    refused(ui, desk, "aspect_ratio");
    if let [name] = names {
        seed_ui(ui, desk, name, leading, card);
        refused(ui, desk, "seed");
        if let Some(card) = card {
            parameters::parameters_ui(ui, desk, name, leading, card);
            broken_ui(ui, desk, name, leading, card);
        }
    }
}

/// A card with its provider as it stands in the list.
enum Entry<'a> {
    Film,
    Heading,
    Card(&'a ProviderDescriptor, &'a ModelCard),
}

fn chooser_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName], own: Option<&str>) {
    let (model, theme, providers) = (desk.model, desk.theme, desk.providers);
    let named = |name: &str| request::card_of(providers, name, RequestKind::Video).map(|(_, card)| card.label.clone());
    let film_name = &model.settings.default_model;
    let film = format!("Film's default: {}", named(film_name).unwrap_or_else(|| film_name.clone()));
    let shown = match own {
        None => "Different models".to_owned(),
        Some("") => film.clone(),
        Some(name) => named(name).unwrap_or_else(|| name.to_owned()),
    };
    let mut entries = vec![Entry::Film];
    for provider in providers {
        let cards: Vec<_> = provider.models.iter().filter(|card| card.kind == RequestKind::Video).collect();
        if !cards.is_empty() {
            entries.push(Entry::Heading);
            entries.extend(cards.into_iter().map(|card| Entry::Card(provider, card)));
        }
    }
    let chosen_card = own.and_then(|name| request::card_of(providers, name, RequestKind::Video)).map(|(_, card)| card);
    let help = "What makes the picture. Length, shape and parameters are fitted to it";
    let chosen = form::row_ui(ui, theme, "Model", help, |ui| {
        form::choice_ui(ui, theme, "Model", &shown, help, || {
            let choices = entries.iter().zip(1..).map(|(entry, next)| match entry {
                Entry::Film => Choice::new(film.clone(), own == Some("")),
                Entry::Heading => Choice::heading(match entries.get(next) {
                    Some(Entry::Card(provider, _)) => provider.name.as_str(),
                    _ => "",
                }),
                Entry::Card(provider, card) => {
                    let is_it = own != Some("") && chosen_card.is_some_and(|chosen| std::ptr::eq(chosen, *card));
                    let mut choice = Choice::new(card.label.clone(), is_it);
                    choice.detail = price_of(desk, names, card);
                    choice.hint = format!("{}\n{}", card.description, abilities(provider, card));
                    choice
                }
            });
            choices.collect()
        })
    });
    let Some(entry) = chosen.and_then(|index| entries.get(index)) else { return };
    let (name, card) = match entry {
        Entry::Heading => return,
        Entry::Film => {
            (String::new(), request::card_of(providers, film_name, RequestKind::Video).map(|(_, card)| card))
        }
        Entry::Card(provider, card) => (format!("{}:{}", provider.id, card.id), Some(*card)),
    };
    let fields = names.iter().filter_map(|shot_name| {
        let shot = model.shot(shot_name)?;
        let mut fields = card.map(|card| request::fitted(model, shot_name, shot, card)).unwrap_or_default();
        fields.insert("model".to_owned(), json!(name));
        Some((shot_name.clone(), fields))
    });
    let fields = fields.collect();
    let group = desk.state.new_group();
    set_each(desk.asks, group, fields);
}

/// What the chosen shots would cost with a model.
fn price_of(desk: &Desk<'_>, names: &[ShotName], card: &ModelCard) -> String {
    let Some((name, shot)) = names.last().and_then(|name| Some((name, desk.model.shot(name)?))) else {
        return String::new();
    };
    let mut fit = shot.clone();
    for (field, value) in request::fitted(desk.model, name, shot, card) {
        match field.as_str() {
            "duration" => fit.duration = value.as_f64().unwrap_or(fit.duration),
            "parameters" => request::put_parameters(&mut fit, value.as_object().cloned().unwrap_or_default()),
            _ => {}
        }
    }
    request::price_words(card, &request::request_of(desk.model, name, &fit, card))
}

/// What a model can do and what it needs, in a line.
fn abilities(provider: &ProviderDescriptor, card: &ModelCard) -> String {
    let mut parts = Vec::new();
    if let Some(rule) = &card.durations {
        parts.push(rule.describe());
    }
    let takes = |field: &str| card.references.iter().any(|slot| slot.field == field);
    let can =
        [("reference_first_frame", "first frame"), ("reference_last_frame", "last frame"), ("characters", "portraits")];
    parts.extend(can.into_iter().filter(|(field, _)| takes(field)).map(|(_, words)| words.to_owned()));
    if card.takes_seed {
        parts.push("seed".to_owned());
    }
    parts.push(match card.price.basis {
        PriceBasis::Free => "free".to_owned(),
        PriceBasis::Output => "paid by the clip".to_owned(),
        PriceBasis::Second => "paid by the second".to_owned(),
        PriceBasis::Character => "paid by the character".to_owned(),
        PriceBasis::Unknown => "paid, at a price not known here".to_owned(),
    });
    if let Some(key) = &provider.needs_key {
        parts.push(format!("needs {}", key.environment_variable));
    }
    parts.join(" · ")
}

fn duration_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName], card: Option<&ModelCard>) {
    let (model, theme, providers) = (desk.model, desk.theme, desk.providers);
    let duration = common(model, names, |shot| shot.duration);
    let help = "Length asked of the model, in seconds";
    let longer = |secs: f64| request::why_not(model, providers, names, &|shot: &mut Shot| shot.duration = secs);
    if let Some(DurationRule::Choices(secs)) = card.and_then(|card| card.durations.as_ref()) {
        let shown = duration.map_or_else(|| "Different".to_owned(), |secs| format!("{secs} s"));
        let chosen = form::row_ui(ui, theme, "Duration", help, |ui| {
            form::choice_ui(ui, theme, "Duration", &shown, help, || {
                secs.iter()
                    .map(|secs| Choice::new(format!("{secs} s"), duration == Some(*secs)).refused(longer(*secs)))
                    .collect()
            })
        });
        if let Some(secs) = chosen.and_then(|index| secs.get(index)) {
            set_shots(desk.asks, names, json!({ "duration": secs }), None);
        }
        return;
    }
    let (range, step) = match card.and_then(|card| card.durations.as_ref()) {
        Some(DurationRule::Range { min, max, step }) => (*min..=*max, step.unwrap_or(0.1)),
        _ => (limits::DURATION_SECS, 0.1),
    };
    let number = Number { label: "Duration", help, range, step: step.min(0.1), decimals: 2, unit: " s" };
    let id = Id::new(("duration", who(names)));
    let changed = form::row_ui(ui, theme, "Duration", help, |ui| {
        let changed = form::number_ui(ui, desk, id, duration.unwrap_or(6.0), &number);
        if duration.is_none() {
            form::beside_ui(ui, "different now", theme.quiet);
        }
        changed
    });
    if let Some((secs, group)) = changed {
        let secs = card.and_then(|card| card.durations.as_ref()).map_or(secs, |rule| rule.nearest(secs));
        match longer(secs) {
            None => set_shots(desk.asks, names, json!({ "duration": secs }), Some(group)),
            Some(why) => refuse(ui, id, why),
        }
    }
    refused_ui(ui, desk, id);
}

fn ratio_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName], card: Option<&ModelCard>) {
    let (model, theme, providers) = (desk.model, desk.theme, desk.providers);
    let own = common(model, names, |shot| shot.aspect_ratio);
    let film = format!("As the film: {}", model.settings.default_aspect_ratio);
    let shown = match own {
        None => "Different".to_owned(),
        Some(None) => film.clone(),
        Some(Some(ratio)) => ratio.to_string(),
    };
    let mut ratios: Vec<Option<AspectRatio>> = vec![None];
    match card.filter(|card| !card.aspect_ratios.is_empty()) {
        Some(card) => ratios
            .extend(card.aspect_ratios.iter().map(|one| Some(AspectRatio { width: one.width, height: one.height }))),
        None => ratios.extend(COMMON_RATIOS.map(|(width, height)| Some(AspectRatio { width, height }))),
    }
    if let Some(Some(ratio)) = own.filter(|own| !ratios.contains(own)) {
        ratios.push(Some(ratio));
    }
    let help = "Shape of the picture asked of the model";
    let chosen = form::row_ui(ui, theme, "Aspect ratio", help, |ui| {
        form::choice_ui(ui, theme, "Aspect ratio", &shown, help, || {
            let choice = |ratio: &Option<AspectRatio>| {
                let text = ratio.map_or_else(|| film.clone(), |ratio| ratio.to_string());
                let why = request::why_not(model, providers, names, &|shot: &mut Shot| shot.aspect_ratio = *ratio);
                Choice::new(text, own == Some(*ratio)).refused(why)
            };
            ratios.iter().map(choice).collect()
        })
    });
    if let Some(ratio) = chosen.and_then(|index| ratios.get(index)) {
        set_shots(desk.asks, names, json!({ "aspect_ratio": ratio }), None);
    }
}

fn seed_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot, card: Option<&ModelCard>) {
    let theme = desk.theme;
    let names = std::slice::from_ref(name);
    let unavailable = card.filter(|card| !card.takes_seed).map(|card| format!("{} takes no seed", card.label));
    let help =
        "The same seed with the same words makes the same clip, where the model can. Off: another one for every take";
    form::row_ui(ui, theme, "Seed", help, |ui| {
        let mut set = |seed: Option<u64>, group| set_shots(desk.asks, names, json!({ "seed": seed }), group);
        match form::tick_ui(ui, shot.seed.is_some(), "Fixed seed", help, unavailable.as_deref()) {
            Some(true) => {
                let last = shot.chosen_take().and_then(|take| take.seed);
                set(Some(last.unwrap_or_else(|| new_seed(ui))), None);
            }
            Some(false) => set(None, None),
            None => {}
        }
        let Some(seed) = shot.seed else {
            form::beside_ui(ui, "another for every take", theme.quiet);
            return;
        };
        let number = Number { label: "Seed", help, range: 0.0..=4_294_967_295.0, step: 1.0, decimals: 0, unit: "" };
        if let Some((seed, group)) = form::number_ui(ui, desk, Id::new(("seed", name)), seed as f64, &number) {
            set_shots(desk.asks, names, json!({ "seed": seed as u64 }), Some(group));
        }
        if form::icon_ui(ui, icon::DICE_FIVE, false, "Another seed", "Picks another seed", unavailable.as_deref()) {
            set_shots(desk.asks, names, json!({ "seed": new_seed(ui) }), None);
        }
    });
}

/// A seed from where and when the pointer is: it only has to be another one.
fn new_seed(ui: &Ui) -> u64 {
    let text = ui.input(|input| format!("{} {:?}", input.time, input.pointer.latest_pos()));
    let hash = blake3::hash(text.as_bytes());
    u64::from(u32::from_le_bytes(hash.as_bytes()[..4].try_into().unwrap_or_default()) >> 1)
}

/// What keeps the shot from being asked for, and a way out where the model alone is the reason.
fn broken_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot, card: &ModelCard) {
    let broken = request::refusals(card, &request::request_of(desk.model, name, shot, card));
    for violation in &broken {
        form::note_ui(ui, format!("{}  {}", icon::WARNING, request::words(card, violation)), desk.theme.warn);
    }
    if broken.is_empty() {
        return;
    }
    let fit = request::fitted(desk.model, name, shot, card);
    if !fit.is_empty()
        && form::button_ui(
            ui,
            icon::WRENCH,
            "Fit to the model",
            "Brings length, shape and parameters to what the model can do",
            None,
        )
    {
        set_shots(desk.asks, std::slice::from_ref(name), Value::Object(fit), None);
    }
}

/// Remembers why the last change of a field was not taken.
pub(super) fn refuse(ui: &Ui, id: Id, why: String) {
    ui.data_mut(|data| data.insert_temp(id.with("refused"), (why, ui.input(|input| input.time))));
}

/// Says it for a while.
pub(super) fn refused_ui(ui: &mut Ui, desk: &Desk<'_>, id: Id) {
    const SHOWN_SECS: f64 = 6.0;
    let refused = ui.data(|data| data.get_temp::<(String, f64)>(id.with("refused")));
    if let Some((why, since)) = refused
        && ui.input(|input| input.time) - since < SHOWN_SECS
    {
        form::note_ui(ui, format!("{}  {why}", icon::PROHIBIT), desk.theme.warn);
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(6));
    }
}
