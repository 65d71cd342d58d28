//! From a request of the film to a call of the vendor. Nothing here sends anything.
//!
//! `speech` builds text to speech and voice conversion, `sound` effects and music.

#[cfg(test)]
mod edges;
mod sound;
mod speech;
#[cfg(test)]
mod tests;

use crate::{
    PROVIDER_ID,
    cards::{CastVoice, Traits},
    format::{DEFAULT_FORMAT, OutputFormat},
    stitching::{Neighbours, Spoken, Teller},
};
use kinora_provider::{GenerationRequest, ModelCard, Parameters, ProviderError};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// A call that makes something, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) route: Route,
    /// The voice in the path; empty where there is none.
    pub(crate) voice_id: String,
    /// `output_format`, as the vendor spells it.
    pub(crate) format_name: String,
    pub(crate) format: OutputFormat,
    pub(crate) body: Body,
    /// Seed that is sent, if any.
    pub(crate) seed: Option<u64>,
    /// Request ids that were sent as previous ones, to go on from.
    pub(crate) previous_request_ids: Vec<String>,
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    SpeechWithTimestamps,
    SpeechToSpeech,
    SoundGeneration,
    Music,
}

/// What a call carries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Json(Value),
    /// Fields of a form beside one file.
    Form {
        fields: Vec<(&'static str, String)>,
        file_field: &'static str,
        file: PathBuf,
    },
}

impl Call {
    /// The path below the base URL. `conversion_segment` is what the vendor calls voice conversion today.
    pub(crate) fn path(&self, conversion_segment: &str) -> String {
        match self.route {
            Route::SpeechWithTimestamps => format!("v1/text-to-speech/{}/with-timestamps", self.voice_id),
            Route::SpeechToSpeech => format!("v1/{conversion_segment}/{}", self.voice_id),
            Route::SoundGeneration => "v1/sound-generation".into(),
            Route::Music => "v1/music".into(),
        }
    }
}

/// What a call is built from besides the request.
pub(crate) struct Studio<'a> {
    pub(crate) cast: &'a [CastVoice],
    pub(crate) spoken: &'a Spoken,
}

/// Builds the call for a request that its card allows.
///
/// # Errors
/// [`ProviderError::InvalidInput`] for what a card cannot say: voices, languages.
pub(crate) fn build(request: &GenerationRequest, card: &ModelCard, studio: &Studio<'_>) -> Result<Call, ProviderError> {
    match request {
        GenerationRequest::Speech(content) => speech::speak(content, card, studio),
        GenerationRequest::VoiceConversion(content) => speech::convert(content, card, studio),
        GenerationRequest::SoundEffect(content) => sound::effect(content, card),
        GenerationRequest::Music(content) => sound::music(content, card),
        GenerationRequest::Video(_) | GenerationRequest::Image(_) | GenerationRequest::LipSync(_) => {
            Err(ProviderError::NotSupported { provider: PROVIDER_ID.into(), what: format!("make {}", request.kind()) })
        }
    }
}

/// A parameter: the request's value, else the card's default.
fn value<'a>(parameters: &'a Parameters, card: &'a ModelCard, name: &str) -> Option<&'a Value> {
    parameters.get(name).or_else(|| card.parameter(name)?.default.as_ref()).filter(|value| !value.is_null())
}

fn output_format(parameters: &Parameters, card: &ModelCard) -> Result<(String, OutputFormat), ProviderError> {
    let name = value(parameters, card, "output_format").and_then(Value::as_str).unwrap_or(DEFAULT_FORMAT);
    let format = name.parse().map_err(|reason| ProviderError::invalid("parameters.output_format", reason))?;
    Ok((name.to_owned(), format))
}

/// The settings of the voice that were asked for; `None` leaves the voice's own.
fn voice_settings(parameters: &Parameters, card: &ModelCard) -> Option<Map<String, Value>> {
    const NAMES: [&str; 5] = ["stability", "similarity_boost", "style", "speed", "use_speaker_boost"];
    let given = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), value(parameters, card, name)?.clone())));
    let settings: Map<_, _> = given.collect();
    (!settings.is_empty()).then_some(settings)
}

/// Seeds of the film have 64 bits, the vendor's 32: the lower half is used, the same each time.
fn folded_seed(seed: Option<u64>) -> Option<u64> {
    seed.map(|seed| seed & u64::from(u32::MAX))
}
