//! Every legal combination at a card's edges, held against the vendor's OpenAPI.

use super::*;
use crate::{cards, simulator::Contract};
use kinora_provider::{
    DurationRule, MusicRequest, ParameterKind, ParameterSpec, RequestKind, SoundEffectRequest, SpeechRequest,
    VoiceConversionRequest,
};
use serde_json::json;

/// The values at the edges of a parameter, and its absence.
fn edges(parameter: &ParameterSpec) -> Vec<Option<Value>> {
    let values: Vec<Value> = match &parameter.kind {
        ParameterKind::Boolean => vec![json!(true), json!(false)],
        ParameterKind::Integer { min, max } => [min, max].into_iter().flatten().map(|edge| json!(edge)).collect(),
        ParameterKind::Number { min, max, .. } => [min, max].into_iter().flatten().map(|edge| json!(edge)).collect(),
        ParameterKind::Text { max_chars } => vec![json!("x".repeat(max_chars.unwrap_or(5000)))],
        ParameterKind::Choice { choices } => choices.clone(),
    };
    values.into_iter().map(Some).chain([None]).collect()
}

/// Every combination of the edges of a card's parameters.
fn combinations(card: &ModelCard) -> Vec<Parameters> {
    card.parameters.iter().fold(vec![Parameters::new()], |made, parameter| {
        let edges = edges(parameter);
        let extended = made.iter().flat_map(|parameters| {
            edges.iter().map(move |value| {
                let mut parameters = parameters.clone();
                parameters.extend(value.clone().map(|value| (parameter.name.clone(), value)));
                parameters
            })
        });
        extended.collect()
    })
}

/// The rest of a request at its edges: words, lengths, seeds, neighbours.
fn requests(card: &ModelCard) -> Vec<GenerationRequest> {
    let model = card.id.as_str();
    let longest = "x".repeat(card.text.max_chars);
    let lengths = match &card.durations {
        Some(DurationRule::Range { min, max, .. }) => vec![*min, *max],
        Some(DurationRule::Choices(choices)) => choices.clone(),
        None => Vec::new(),
    };
    match card.kind {
        RequestKind::Speech => {
            let short = SpeechRequest::new(model, "Aubrey", "x");
            let full = SpeechRequest {
                text: longest,
                voice_id: Some("v1".into()),
                language: Some("en-GB".into()),
                previous_text: "Before.".into(),
                next_text: "After.".into(),
                seed: Some(u64::MAX),
                ..short.clone()
            };
            vec![short, full].into_iter().map(GenerationRequest::Speech).collect()
        }
        RequestKind::VoiceConversion => {
            let bare = VoiceConversionRequest {
                model: model.into(),
                recording: "/line.wav".into(),
                ..VoiceConversionRequest::default()
            };
            let at = |secs: &f64| VoiceConversionRequest {
                duration_secs: Some(*secs),
                seed: Some(u64::MAX),
                ..bare.clone()
            };
            lengths.iter().map(at).chain([bare.clone()]).map(GenerationRequest::VoiceConversion).collect()
        }
        RequestKind::SoundEffect => {
            let free = SoundEffectRequest { duration_secs: None, ..SoundEffectRequest::new(model, "x", 1.0) };
            let at = |secs: &f64| SoundEffectRequest {
                looped: true,
                seed: Some(1),
                ..SoundEffectRequest::new(model, &longest, *secs)
            };
            lengths.iter().map(at).chain([free]).map(GenerationRequest::SoundEffect).collect()
        }
        RequestKind::Music => {
            let at = |secs: &f64| MusicRequest { seed: Some(u64::MAX), ..MusicRequest::new(model, &longest, *secs) };
            lengths.iter().map(at).map(GenerationRequest::Music).collect()
        }
        RequestKind::Video | RequestKind::Image | RequestKind::LipSync => panic!("{}", card.kind),
    }
}

#[test]
fn every_legal_combination_at_the_edges_of_a_card_is_legal_at_the_vendor() {
    let contract = Contract::load().unwrap();
    let cast = cards::cast().unwrap();
    let spoken = Spoken::default();
    let mut checked = 0;
    for card in cards::tests::built_in() {
        let combinations = combinations(&card);
        for (index, mut request) in requests(&card).into_iter().enumerate() {
            // The longest text is slow to judge: with it every seventh combination is enough.
            let step = if index > 0 && card.kind == RequestKind::Speech { 7 } else { 1 };
            for parameters in combinations.iter().step_by(step) {
                *request.parameters_mut() = parameters.clone();
                card.validate(&request).unwrap_or_else(|found| panic!("{}: {parameters:?}: {found:?}", card.id));
                let call = build(&request, &card, &Studio { cast: &cast, spoken: &spoken }).unwrap();
                let path = match call.route {
                    Route::SpeechWithTimestamps => "/v1/text-to-speech/{voice_id}/with-timestamps",
                    Route::SpeechToSpeech => "/v1/speech-to-speech/{voice_id}",
                    Route::SoundGeneration => "/v1/sound-generation",
                    Route::Music => "/v1/music",
                };
                let body = match &call.body {
                    Body::Json(body) => body.clone(),
                    Body::Form { fields, file_field, .. } => {
                        let text = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
                        let mut fields: Vec<_> = fields.iter().map(text).collect();
                        fields.push(((*file_field).into(), "sound".into()));
                        contract.form(path, &fields)
                    }
                };
                contract.request(path, &body).unwrap_or_else(|found| panic!("{}: {body}: {found:?}", card.id));
                let query = [("output_format".to_owned(), call.format_name.clone())];
                contract.query(path, "post", &query).unwrap_or_else(|found| panic!("{}: {found:?}", card.id));
                checked += 1;
            }
        }
    }
    assert!(checked > 15_000, "{checked}");
}

#[test]
fn the_contract_judges() {
    let contract = Contract::load().unwrap();
    for (path, body) in [
        ("/v1/music", json!({"prompt": "x", "music_length_ms": 1})),
        ("/v1/music", json!({"prompt": "x".repeat(4101)})),
        ("/v1/sound-generation", json!({"text": "x", "model_id": "other"})),
        ("/v1/sound-generation", json!({"text": "x", "no_such_field": 1})),
        ("/v1/text-to-speech/{voice_id}", json!({"text": "x", "voice_settings": {"stability": 2}})),
        ("/v1/text-to-speech/{voice_id}", json!({"model_id": "x"})),
    ] {
        assert!(contract.request(path, &body).is_err(), "{path} {body}");
    }
    let query = |value: &str| [("output_format".to_owned(), value.to_owned())];
    assert!(contract.query("/v1/sound-generation", "post", &query("wav_44100")).is_err());
    assert!(contract.query("/v1/sound-generation", "post", &query("pcm_44100")).is_ok());
}
