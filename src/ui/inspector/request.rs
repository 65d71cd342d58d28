//! What a shot would ask of its model: read against the model's card, so that a form offers only what is possible.

use crate::{
    generation::final_prompt,
    ui::model::{FilmModel, ShotName},
};
use kinora_core::film::{AspectRatio, Character, Shot};
use kinora_provider::{
    CardViolation, CharacterSketch, DurationRule, GenerationRequest, ModelCard, Parameters, ProviderDescriptor,
    RequestKind, VideoRequest, resolve_among, usd_words,
};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The card that a model's name means.
pub(super) fn card_of<'a>(
    providers: &'a [ProviderDescriptor],
    name: &str,
    kind: RequestKind,
) -> Option<(&'a ProviderDescriptor, &'a ModelCard)> {
    let address = resolve_among(providers, name, kind)?;
    let provider = providers.iter().find(|provider| provider.id == address.provider_id)?;
    Some((provider, provider.model(&address.model_id)?))
}

/// The model a shot is made with: its own, or the film's.
pub(in crate::ui) fn model_name<'a>(model: &'a FilmModel, shot: &'a Shot) -> &'a str {
    if shot.model.is_empty() { &model.settings.default_model } else { &shot.model }
}

/// The card a shot is made with.
pub(in crate::ui) fn card_of_shot<'a>(
    model: &FilmModel,
    providers: &'a [ProviderDescriptor],
    shot: &Shot,
) -> Option<(&'a ProviderDescriptor, &'a ModelCard)> {
    card_of(providers, model_name(model, shot), RequestKind::Video)
}

/// Model-specific values a shot carries.
pub(super) fn parameters(shot: &Shot) -> Parameters {
    shot.extra.get("parameters").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The characters of a shot that the film has.
pub(super) fn cast<'a>(model: &'a FilmModel, shot: &Shot) -> Vec<&'a Character> {
    shot.character_ids.iter().filter_map(|character_id| model.character(character_id)).collect()
}

/// The prompt as it will be sent.
pub(super) fn prompt_of(model: &FilmModel, name: &ShotName, shot: &Shot) -> String {
    model.scene(&name.0).map(|scene| final_prompt(&model.settings, scene, shot, &cast(model, shot))).unwrap_or_default()
}

/// What a shot asks of a model.
pub(in crate::ui) fn request_of(
    model: &FilmModel,
    name: &ShotName,
    shot: &Shot,
    card: &ModelCard,
) -> GenerationRequest {
    let ratio = shot.aspect_ratio.unwrap_or(model.settings.default_aspect_ratio);
    let first = match (&shot.continuity_source, &shot.reference_first_frame_path) {
        // The picture of a continued shot is made when it is generated; it is always a PNG.
        (Some(_), _) => Some(PathBuf::from("continued.png")),
        (None, Some(path)) => Some(PathBuf::from(path.as_str())),
        (None, None) => None,
    };
    let people = cast(model, shot).into_iter().map(|character| CharacterSketch {
        name: character.name.clone(),
        style_tokens: character.prompt_style_tokens.clone(),
        portraits: character.portrait_paths.iter().map(|path| PathBuf::from(path.as_str())).collect(),
    });
    GenerationRequest::Video(VideoRequest {
        model: card.id.clone(),
        prompt: shot.prompt.clone(),
        final_prompt: prompt_of(model, name, shot),
        scene_prompt: model.scene(&name.0).map(|scene| scene.prompt.clone()).unwrap_or_default(),
        duration_secs: shot.duration,
        aspect_ratio: Some(kinora_provider::AspectRatio { width: ratio.width, height: ratio.height }),
        seed: shot.seed.filter(|_| card.takes_seed),
        reference_first_frame: first,
        reference_last_frame: shot.reference_last_frame_path.as_ref().map(|path| PathBuf::from(path.as_str())),
        characters: people.collect(),
        parameters: parameters(shot),
        ..VideoRequest::default()
    })
}

/// Everything that keeps a shot from being asked for as it stands.
pub(in crate::ui) fn refusals(card: &ModelCard, request: &GenerationRequest) -> Vec<CardViolation> {
    card.validate(request).err().unwrap_or_default()
}

/// A refusal as a sentence, by the names the form uses.
pub(in crate::ui) fn words(card: &ModelCard, violation: &CardViolation) -> String {
    let field = violation.field.as_str();
    let label = match field {
        "duration_secs" => "Duration",
        "aspect_ratio" => "Aspect ratio",
        "final_prompt" | "prompt" => "Prompt",
        "reference_first_frame" => "First frame",
        "reference_last_frame" => "Last frame",
        "characters" => "Portraits",
        "seed" => "Seed",
        other => match other.strip_prefix("parameters.") {
            Some(name) => card.parameter(name).map_or(name, |parameter| parameter.label.as_str()),
            None => other,
        },
    };
    format!("{label}: {}", violation.reason)
}

/// Why a change of shots is impossible; none if it is possible, or makes nothing worse. What is wrong already does not
/// keep anything else from being changed.
pub(in crate::ui) fn why_not(
    model: &FilmModel,
    providers: &[ProviderDescriptor],
    names: &[ShotName],
    change: &dyn Fn(&mut Shot),
) -> Option<String> {
    names.iter().find_map(|name| {
        let shot = model.shot(name)?;
        let (_, card) = card_of_shot(model, providers, shot)?;
        let before = refusals(card, &request_of(model, name, shot, card));
        let mut changed = shot.clone();
        change(&mut changed);
        let after = refusals(card, &request_of(model, name, &changed, card));
        after.iter().find(|violation| !before.contains(violation)).map(|violation| words(card, violation))
    })
}

/// The fields that make a shot possible with a model, as far as length, shape and parameters can: what a change of
/// model changes with it.
pub(super) fn fitted(model: &FilmModel, name: &ShotName, shot: &Shot, card: &ModelCard) -> Map<String, Value> {
    let mut fit = shot.clone();
    if let Some(rule) = &card.durations {
        fit.duration = rule.nearest(shot.duration);
    }
    let ratio = shot.aspect_ratio.unwrap_or(model.settings.default_aspect_ratio);
    let takes = |ratio: AspectRatio| {
        card.aspect_ratios.iter().any(|one| (one.width, one.height) == (ratio.width, ratio.height))
    };
    if let Some(first) = card.aspect_ratios.first().filter(|_| !takes(ratio)) {
        fit.aspect_ratio = Some(AspectRatio { width: first.width, height: first.height });
    }
    let mut values = parameters(shot);
    values.retain(|name, value| card.parameter(name).is_some_and(|parameter| parameter.refusal(value).is_none()));
    let broken = |shot: &Shot| refusals(card, &request_of(model, name, shot, card));
    put_parameters(&mut fit, values.clone());
    // What rules forbid goes back to its default, one after the other.
    while let Some(wrong) = broken(&fit).iter().find_map(|one| one.field.strip_prefix("parameters.").map(str::to_owned))
    {
        if values.shift_remove(&wrong).is_none() {
            break;
        }
        put_parameters(&mut fit, values.clone());
    }
    if let Some(DurationRule::Choices(choices)) = &card.durations
        && broken(&fit).iter().any(|one| one.field == "duration_secs")
    {
        let with = |secs: &f64| Shot { duration: *secs, ..fit.clone() };
        if let Some(secs) = choices.iter().copied().min_by_key(|secs| broken(&with(secs)).len()) {
            fit.duration = secs;
        }
    }
    let mut fields = Map::new();
    if (fit.duration - shot.duration).abs() > 1e-9 {
        fields.insert("duration".to_owned(), json!(fit.duration));
    }
    if fit.aspect_ratio != shot.aspect_ratio {
        fields.insert("aspect_ratio".to_owned(), json!(fit.aspect_ratio));
    }
    if parameters(&fit) != parameters(shot) {
        fields.insert("parameters".to_owned(), parameters_value(parameters(&fit)));
    }
    fields
}

/// Gives a shot model-specific values.
pub(super) fn put_parameters(shot: &mut Shot, values: Parameters) {
    shot.extra.insert("parameters".to_owned(), Value::Object(values));
}

/// Model-specific values as an operator takes them: none where all are the model's own.
pub(super) fn parameters_value(values: Parameters) -> Value {
    if values.is_empty() { Value::Null } else { Value::Object(values) }
}

/// What a request costs, in words.
pub(super) fn price_words(card: &ModelCard, request: &GenerationRequest) -> String {
    let Some(price) = card.price(request) else { return "price unknown".to_owned() };
    if price.usd <= 0.0 {
        return "free".to_owned();
    }
    let about = if price.is_estimate { "about " } else { "" };
    format!("{about}{}", usd_words(price.usd))
}
