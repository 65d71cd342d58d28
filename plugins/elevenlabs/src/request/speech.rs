//! Speech from words, and a recording in another voice.

use super::{Body, Call, Neighbours, Route, Studio, Teller, Traits, folded_seed, output_format, value, voice_settings};
use crate::{PROVIDER_ID, voices};
use kinora_provider::{ModelCard, ProviderError, SpeechRequest, VoiceConversionRequest};
use serde_json::{Map, Value, json};

pub(super) fn speak(content: &SpeechRequest, card: &ModelCard, studio: &Studio<'_>) -> Result<Call, ProviderError> {
    let traits = Traits::of(card);
    let voice_id = voice_of(content.voice_id.as_deref(), &content.speaker, studio)?;
    let (format_name, format) = output_format(&content.parameters, card)?;
    let seed = folded_seed(content.seed);
    let mut body = Map::new();
    body.insert("text".into(), content.text.clone().into());
    body.insert("model_id".into(), card.id.clone().into());
    if let Some(code) = language_code(content.language.as_deref())?.filter(|_| traits.language) {
        body.insert("language_code".into(), code.into());
    }
    if let Some(settings) = voice_settings(&content.parameters, card) {
        body.insert("voice_settings".into(), settings.into());
    }
    if let Some(seed) = seed {
        body.insert("seed".into(), seed.into());
    }
    if let Some(mode) = value(&content.parameters, card, "apply_text_normalization") {
        body.insert("apply_text_normalization".into(), mode.clone());
    }
    let teller = Teller { voice_id: &voice_id, model_id: &card.id };
    let around = if traits.stitching {
        studio.spoken.neighbours(teller, &content.previous_text, &content.next_text)
    } else {
        Neighbours::default()
    };
    // Ids come before words: where both are sent, the vendor reads the ids alone.
    for (ids, ids_key, text, text_key) in [
        (&around.previous, "previous_request_ids", &content.previous_text, "previous_text"),
        (&around.next, "next_request_ids", &content.next_text, "next_text"),
    ] {
        if !ids.is_empty() {
            body.insert(ids_key.into(), json!(ids));
        } else if traits.context && !text.trim().is_empty() {
            body.insert(text_key.into(), text.clone().into());
        }
    }
    Ok(Call {
        route: Route::SpeechWithTimestamps,
        voice_id,
        format_name,
        format,
        body: Body::Json(Value::Object(body)),
        seed,
        previous_request_ids: around.previous,
    })
}

pub(super) fn convert(
    content: &VoiceConversionRequest,
    card: &ModelCard,
    studio: &Studio<'_>,
) -> Result<Call, ProviderError> {
    let voice_id = voice_of(content.voice_id.as_deref(), &content.speaker, studio)?;
    let (format_name, format) = output_format(&content.parameters, card)?;
    let seed = folded_seed(content.seed);
    let mut fields = vec![("model_id", card.id.clone())];
    if let Some(settings) = voice_settings(&content.parameters, card) {
        // In a form the settings are one field of JSON text.
        fields.push(("voice_settings", Value::Object(settings).to_string()));
    }
    if let Some(seed) = seed {
        fields.push(("seed", seed.to_string()));
    }
    if let Some(remove) = value(&content.parameters, card, "remove_background_noise").and_then(Value::as_bool) {
        fields.push(("remove_background_noise", remove.to_string()));
    }
    Ok(Call {
        route: Route::SpeechToSpeech,
        voice_id,
        format_name,
        format,
        body: Body::Form { fields, file_field: "audio", file: content.recording.clone() },
        seed,
        previous_request_ids: Vec::new(),
    })
}

/// The voice asked for, or the speaker's own from the vendor's default voices.
fn voice_of(wanted: Option<&str>, speaker: &str, studio: &Studio<'_>) -> Result<String, ProviderError> {
    let prefix = format!("{PROVIDER_ID}:");
    match wanted.map(|id| id.strip_prefix(&prefix).unwrap_or(id).trim()) {
        Some(id) if !id.is_empty() => {
            // It becomes part of the path.
            if id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
                Ok(id.to_owned())
            } else {
                let shown: String = id.chars().take(60).collect();
                Err(ProviderError::invalid("voice_id", format!("{shown:?} is no voice of ElevenLabs")))
            }
        }
        _ => voices::cast_for(speaker, studio.cast)
            .map(|voice| voice.voice_id.clone())
            .ok_or_else(|| ProviderError::invalid("voice_id", "choose a voice")),
    }
}

/// `en` from `en-GB`.
fn language_code(language: Option<&str>) -> Result<Option<String>, ProviderError> {
    let Some(language) = language.map(str::trim).filter(|language| !language.is_empty()) else { return Ok(None) };
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Ok(Some(primary))
    } else {
        Err(ProviderError::invalid("language", format!("{language:?} is no language such as en or en-GB")))
    }
}
