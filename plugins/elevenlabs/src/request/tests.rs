//! Bodies as they go out, and the refusals a card cannot say.

use super::*;
use crate::cards;
use kinora_provider::{ImageRequest, MusicRequest, SoundEffectRequest, SpeechRequest, VoiceConversionRequest};
use serde_json::json;

fn call(request: &GenerationRequest, spoken: &Spoken) -> Result<Call, ProviderError> {
    let cards = cards::tests::built_in();
    let cast = cards::cast().unwrap();
    let card = cards.iter().find(|card| card.id == request.model()).unwrap();
    card.validate(request).unwrap();
    build(request, card, &Studio { cast: &cast, spoken })
}

fn speech(model: &str) -> SpeechRequest {
    SpeechRequest {
        voice_id: Some("elevenlabs:v1".into()),
        language: Some("en-GB".into()),
        previous_text: "Before.".into(),
        next_text: "After.".into(),
        seed: Some((7 << 32) + 5),
        ..SpeechRequest::new(model, "Aubrey", "Where am I?")
    }
}

fn body(call: &Call) -> Value {
    match &call.body {
        Body::Json(value) => value.clone(),
        Body::Form { .. } => panic!("a form"),
    }
}

#[test]
fn a_line_goes_out_as_the_model_takes_it() {
    let spoken = Spoken::default();
    let multilingual = call(&GenerationRequest::Speech(speech("eleven_multilingual_v2")), &spoken).unwrap();
    assert_eq!(multilingual.path("speech-to-speech"), "v1/text-to-speech/v1/with-timestamps");
    assert_eq!(
        body(&multilingual),
        json!({"text": "Where am I?", "model_id": "eleven_multilingual_v2", "seed": 5,
               "apply_text_normalization": "auto", "previous_text": "Before.", "next_text": "After."}),
        "no language for this model"
    );
    assert_eq!((multilingual.seed, multilingual.format_name.as_str()), (Some(5), "mp3_44100_128"));

    let mut flash = speech("eleven_flash_v2_5");
    flash.parameters.insert("speed".into(), json!(1.2));
    flash.parameters.insert("output_format".into(), "pcm_24000".into());
    let flash = call(&GenerationRequest::Speech(flash), &spoken).unwrap();
    assert_eq!(body(&flash)["language_code"], "en");
    assert_eq!(body(&flash)["voice_settings"], json!({"speed": 1.2}));
    assert_eq!(flash.format.extension(), "wav");

    let v3 = body(&call(&GenerationRequest::Speech(speech("eleven_v3")), &spoken).unwrap());
    assert!(v3.get("previous_text").is_none() && v3.get("next_text").is_none(), "{v3}");
}

#[test]
fn lines_spoken_lately_are_joined_by_their_ids() {
    let spoken = Spoken::default();
    for model_id in ["eleven_multilingual_v2", "eleven_v3"] {
        let teller = Teller { voice_id: "v1", model_id };
        spoken.remember(teller, "Before.", "r1", &[]);
        spoken.remember(teller, "After.", "r2", &[]);
    }
    let joined = call(&GenerationRequest::Speech(speech("eleven_multilingual_v2")), &spoken).unwrap();
    let sent = body(&joined);
    assert_eq!((&sent["previous_request_ids"], &sent["next_request_ids"]), (&json!(["r1"]), &json!(["r2"])));
    assert!(sent.get("previous_text").is_none() && sent.get("next_text").is_none());
    assert_eq!(joined.previous_request_ids, ["r1"]);
    let v3 = body(&call(&GenerationRequest::Speech(speech("eleven_v3")), &spoken).unwrap());
    assert!(v3.get("previous_request_ids").is_none() && v3.get("next_request_ids").is_none());
}

#[test]
fn a_speaker_without_a_voice_gets_the_same_one_each_time() {
    let spoken = Spoken::default();
    let of = |speaker: &str| {
        let request = SpeechRequest::new("eleven_v3", speaker, "Hello");
        call(&GenerationRequest::Speech(request), &spoken).unwrap().voice_id
    };
    assert_eq!(of("Ianthe"), of("IANTHE (V.O.)"));
    assert!(cards::cast().unwrap().iter().any(|voice| voice.voice_id == of("Ianthe")));
}

#[test]
fn what_a_card_cannot_say_is_refused_by_field() {
    let spoken = Spoken::default();
    for bad in ["../../v1/user", "a b", "ünder", "elevenlabs:a/b", &"x".repeat(200)] {
        let request = SpeechRequest { voice_id: Some(bad.into()), ..speech("eleven_v3") };
        let error = call(&GenerationRequest::Speech(request), &spoken).unwrap_err();
        assert_eq!(error.fields(), ["voice_id"], "{bad}");
    }
    for bad in ["english", "e", "12", "en\0"] {
        let request = SpeechRequest { language: Some(bad.into()), ..speech("eleven_v3") };
        let error = call(&GenerationRequest::Speech(request), &spoken).unwrap_err();
        assert_eq!(error.fields(), ["language"], "{bad}");
    }
    let cards = cards::tests::built_in();
    let still = GenerationRequest::Image(ImageRequest::new("x", "y"));
    let answer = build(&still, &cards[0], &Studio { cast: &[], spoken: &spoken });
    assert!(matches!(answer, Err(ProviderError::NotSupported { .. })));
}

#[test]
fn a_recording_goes_out_as_a_form_with_its_settings_as_text() {
    let mut request = VoiceConversionRequest {
        model: "eleven_english_sts_v2".into(),
        recording: "/tmp/line.wav".into(),
        voice_id: Some("v1".into()),
        seed: Some(9),
        ..VoiceConversionRequest::default()
    };
    request.parameters.insert("stability".into(), json!(1.0));
    request.parameters.insert("remove_background_noise".into(), json!(true));
    let call = call(&GenerationRequest::VoiceConversion(request), &Spoken::default()).unwrap();
    assert_eq!(call.path("voice-changer"), "v1/voice-changer/v1");
    let Body::Form { fields, file_field, file } = &call.body else { panic!("{call:?}") };
    assert_eq!((*file_field, file.to_str()), ("audio", Some("/tmp/line.wav")));
    let wanted = [
        ("model_id", "eleven_english_sts_v2"),
        ("voice_settings", r#"{"stability":1.0}"#),
        ("seed", "9"),
        ("remove_background_noise", "true"),
    ];
    assert_eq!(fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(), wanted);
}

#[test]
fn effects_and_music_go_out_in_the_vendors_units() {
    let spoken = Spoken::default();
    let mut effect = SoundEffectRequest::new("eleven_text_to_sound_v2", "rain", 12.5);
    effect.looped = true;
    let effect = call(&GenerationRequest::SoundEffect(effect), &spoken).unwrap();
    assert_eq!(
        body(&effect),
        json!({"text": "rain", "model_id": "eleven_text_to_sound_v2", "duration_seconds": 12.5, "loop": true,
               "prompt_influence": 0.3})
    );
    let mut free = SoundEffectRequest::new("eleven_text_to_sound_v2", "rain", 1.0);
    free.duration_secs = None;
    assert!(body(&call(&GenerationRequest::SoundEffect(free), &spoken).unwrap()).get("duration_seconds").is_none());
    let mut music = MusicRequest::new("music_v2", "a slow waltz", 12.3456);
    music.seed = Some(4);
    let music = call(&GenerationRequest::Music(music), &spoken).unwrap();
    assert_eq!(
        body(&music),
        json!({"prompt": "a slow waltz", "model_id": "music_v2", "music_length_ms": 12346, "force_instrumental": false}),
        "a seed is only taken with a plan"
    );
    assert_eq!(music.path("x"), "v1/music");
}
