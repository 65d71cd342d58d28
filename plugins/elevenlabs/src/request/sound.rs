//! Sound effects and music.

use super::{Body, Call, Route, output_format, value};
use kinora_provider::{ModelCard, MusicRequest, ProviderError, SoundEffectRequest};
use serde_json::{Map, Value, json};

pub(super) fn effect(content: &SoundEffectRequest, card: &ModelCard) -> Result<Call, ProviderError> {
    let (format_name, format) = output_format(&content.parameters, card)?;
    let mut body = Map::new();
    body.insert("text".into(), content.prompt.clone().into());
    body.insert("model_id".into(), card.id.clone().into());
    if let Some(secs) = content.duration_secs {
        body.insert("duration_seconds".into(), json!(secs));
    }
    if content.looped {
        body.insert("loop".into(), true.into());
    }
    if let Some(influence) = value(&content.parameters, card, "prompt_influence") {
        body.insert("prompt_influence".into(), influence.clone());
    }
    Ok(plain(Route::SoundGeneration, format_name, format, body))
}

pub(super) fn music(content: &MusicRequest, card: &ModelCard) -> Result<Call, ProviderError> {
    let (format_name, format) = output_format(&content.parameters, card)?;
    let mut body = Map::new();
    body.insert("prompt".into(), content.prompt.clone().into());
    body.insert("model_id".into(), card.id.clone().into());
    body.insert("music_length_ms".into(), ((content.duration_secs * 1000.0).round() as u64).into());
    if let Some(instrumental) = value(&content.parameters, card, "force_instrumental") {
        body.insert("force_instrumental".into(), instrumental.clone());
    }
    Ok(plain(Route::Music, format_name, format, body))
}

/// A call without voice or seed: effects take none, and music takes one only with a plan.
fn plain(route: Route, format_name: String, format: crate::format::OutputFormat, body: Map<String, Value>) -> Call {
    Call {
        route,
        voice_id: String::new(),
        format_name,
        format,
        body: Body::Json(Value::Object(body)),
        seed: None,
        previous_request_ids: Vec::new(),
    }
}
