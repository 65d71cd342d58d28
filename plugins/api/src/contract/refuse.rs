//! Illegal requests made from a legal one, each wrong in one named field.

use crate::{GenerationRequest, LipSyncPicture, ModelCard, ParameterKind};
use serde_json::{Value, json};

/// A request and the field that must be named in its refusal.
pub(super) struct Illegal {
    pub(super) request: GenerationRequest,
    pub(super) field: String,
}

/// Every way the suite knows to spoil a request of this model.
pub(super) fn spoil(legal: &GenerationRequest, card: &ModelCard) -> Vec<Illegal> {
    let mut spoiled = Vec::new();
    let mut add = |field: &str, change: &dyn Fn(&mut GenerationRequest)| {
        let mut request = legal.clone();
        change(&mut request);
        if request != *legal {
            spoiled.push(Illegal { request, field: field.into() });
        }
    };
    add("model", &|request| request.set_model("no-such-model"));
    if legal.duration_secs().is_some() {
        for secs in [-1.0, 0.0, 1e12] {
            add("duration_secs", &move |request| set_duration(request, secs));
        }
    }
    if card.text.required && !legal.text_field().is_empty() {
        add(legal.text_field(), &|request| set_text(request, String::new()));
    }
    if !legal.text_field().is_empty() && card.text.max_chars < 1_000_000 {
        add(legal.text_field(), &|request| set_text(request, "x".repeat(card.text.max_chars + 1)));
    }
    add("parameters.no_such_parameter", &|request| {
        request.parameters_mut().insert("no_such_parameter".into(), Value::Bool(true));
    });
    for parameter in &card.parameters {
        let beyond = match &parameter.kind {
            ParameterKind::Integer { max: Some(max), .. } => json!(max.saturating_add(1)),
            ParameterKind::Number { max: Some(max), .. } => json!(max + 1.0),
            ParameterKind::Choice { .. } => json!("no-such-choice"),
            ParameterKind::Boolean => json!("maybe"),
            ParameterKind::Integer { .. } | ParameterKind::Number { .. } | ParameterKind::Text { .. } => json!([]),
        };
        add(&format!("parameters.{}", parameter.name), &|request| {
            request.parameters_mut().insert(parameter.name.clone(), beyond.clone());
        });
    }
    for slot in &card.references {
        add(&slot.field, &|request| set_file(request, &slot.field, "/no/such/file.png"));
    }
    spoiled
}

fn set_duration(request: &mut GenerationRequest, secs: f64) {
    match request {
        GenerationRequest::Video(content) => content.duration_secs = secs,
        GenerationRequest::Music(content) => content.duration_secs = secs,
        GenerationRequest::VoiceConversion(content) => content.duration_secs = Some(secs),
        GenerationRequest::LipSync(content) => content.duration_secs = Some(secs),
        GenerationRequest::SoundEffect(content) => content.duration_secs = Some(secs),
        GenerationRequest::Image(_) | GenerationRequest::Speech(_) => {}
    }
}

fn set_text(request: &mut GenerationRequest, text: String) {
    match request {
        GenerationRequest::Video(content) => content.final_prompt = text,
        GenerationRequest::Image(content) => content.final_prompt = text,
        GenerationRequest::Speech(content) => content.text = text,
        GenerationRequest::LipSync(content) => content.prompt = text,
        GenerationRequest::Music(content) => content.prompt = text,
        GenerationRequest::SoundEffect(content) => content.prompt = text,
        GenerationRequest::VoiceConversion(_) => {}
    }
}

fn set_file(request: &mut GenerationRequest, field: &str, path: &str) {
    match (request, field) {
        (GenerationRequest::Video(content), "reference_first_frame") => {
            content.reference_first_frame = Some(path.into());
        }
        (GenerationRequest::Video(content), "reference_last_frame") => content.reference_last_frame = Some(path.into()),
        (GenerationRequest::Video(content), "reference_images") => content.reference_images = vec![path.into()],
        (GenerationRequest::Image(content), "reference_images") => content.reference_images = vec![path.into()],
        (GenerationRequest::VoiceConversion(content), "recording") => content.recording = path.into(),
        (GenerationRequest::LipSync(content), "voice") => content.voice = path.into(),
        (GenerationRequest::LipSync(content), "picture") => content.picture = LipSyncPicture::Video(path.into()),
        _ => {}
    }
}
