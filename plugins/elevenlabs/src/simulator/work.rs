//! What the vendor makes, in its order: the fields first, then the key, then the account; then it is paid.

use super::{
    Work,
    desk::{Desk, wait},
    form,
    http::{Answer, Reply, Request},
    lists,
    refusals::{coded, refusal, wrong_key},
    script::{Door, Fault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::sync::Arc;

/// What one request asks to be made.
struct Order {
    door: Door,
    /// The path as the OpenAPI writes it.
    spec_path: &'static str,
    voice_id: Option<String>,
    body: Value,
    secs: f64,
    credits: u64,
    words: String,
    with_timestamps: bool,
    format: String,
}

impl Desk {
    pub(super) fn speech(&self, request: &Request, voice_id: &str, with_timestamps: bool) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let text = body["text"].as_str().unwrap_or_default();
        let chars = text.chars().count();
        let rate = lists::speech_model(model_of(&body, "eleven_multilingual_v2")).map_or(1.0, |(_, rate)| rate);
        self.make(
            request,
            Order {
                door: Door::TextToSpeech,
                spec_path: if with_timestamps {
                    "/v1/text-to-speech/{voice_id}/with-timestamps"
                } else {
                    "/v1/text-to-speech/{voice_id}"
                },
                voice_id: Some(voice_id.into()),
                secs: seconds_of_speech(chars),
                credits: (chars as f64 * rate).ceil() as u64,
                words: text.into(),
                with_timestamps,
                format: String::new(),
                body,
            },
        )
    }

    pub(super) fn conversion(&self, request: &Request, door: Door, voice_id: &str) -> Answer {
        const SPEC_PATH: &str = "/v1/speech-to-speech/{voice_id}";
        let parts = form::parts(request.header("content-type").unwrap_or_default(), &request.body).unwrap_or_default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let fields: Vec<_> = parts
            .iter()
            .map(|part| match &part.file_name {
                Some(name) => (part.name.clone(), name.clone()),
                None => (part.name.clone(), text(&part.bytes)),
            })
            .collect();
        let recording = parts.iter().find(|part| part.name == "audio");
        let wav = recording.and_then(|part| hound::WavReader::new(part.bytes.as_slice()).ok());
        let secs = wav.map_or(2.0, |wav| f64::from(wav.duration()) / f64::from(wav.spec().sample_rate.max(1)));
        self.make(
            request,
            Order {
                door,
                spec_path: SPEC_PATH,
                voice_id: Some(voice_id.into()),
                body: self.contract.form(SPEC_PATH, &fields),
                secs,
                credits: (secs * 1000.0 / 60.0).ceil() as u64,
                words: recording.and_then(|part| part.file_name.clone()).unwrap_or_default(),
                with_timestamps: false,
                format: String::new(),
            },
        )
    }

    pub(super) fn effect(&self, request: &Request) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let secs = body["duration_seconds"].as_f64().unwrap_or(2.0);
        self.make(
            request,
            Order {
                door: Door::SoundGeneration,
                spec_path: "/v1/sound-generation",
                voice_id: None,
                secs,
                credits: (secs * 40.0).ceil() as u64,
                words: body["text"].as_str().unwrap_or_default().into(),
                with_timestamps: false,
                format: String::new(),
                body,
            },
        )
    }

    pub(super) fn music(&self, request: &Request) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let secs = body["music_length_ms"].as_f64().unwrap_or(10_000.0) / 1000.0;
        self.make(
            request,
            Order {
                door: Door::Music,
                spec_path: "/v1/music",
                voice_id: None,
                secs,
                credits: (secs * 50.0).ceil() as u64,
                words: body["prompt"].as_str().unwrap_or_default().into(),
                with_timestamps: false,
                format: String::new(),
                body,
            },
        )
    }

    fn make(&self, request: &Request, mut order: Order) -> Answer {
        let fault = self.next_fault(order.door);
        if let Fault::DropBefore | Fault::NotFound | Fault::Gone = fault {
            return refusal(fault).unwrap_or(Answer::Nothing);
        }
        if let Err(violations) = self.contract.request(order.spec_path, &order.body) {
            return self.unprocessable(order.spec_path, "body", &violations);
        }
        if let Err(violations) = self.contract.query(order.spec_path, "post", &request.query) {
            return self.unprocessable(order.spec_path, "query", &violations);
        }
        if let Some(answer) = wrong_key(request).or_else(|| self.house_rules(&order)).or_else(|| refusal(fault)) {
            return answer;
        }
        order.format = request.query("output_format").unwrap_or("mp3_44100_128").to_owned();
        let request_id = self.accept(request, &order);
        wait(fault);
        let answer = self.deliver(&order, fault, &request_id);
        self.state().in_hand -= 1;
        answer
    }

    /// What the vendor refuses beyond its schema, as far as it was seen.
    fn house_rules(&self, order: &Order) -> Option<Answer> {
        let voice_id = order.voice_id.as_deref()?;
        if !lists::is_voice(voice_id) {
            return Some(coded(404, "voice_not_found", "A voice with that id was not found."));
        }
        if order.door != Door::TextToSpeech {
            return None;
        }
        let body = &order.body;
        let model_id = model_of(body, "eleven_multilingual_v2");
        let Some((max_chars, _)) = lists::speech_model(model_id) else {
            return Some(coded(400, "model_not_found", "A model with that id was not found."));
        };
        let chars = order.words.chars().count();
        if chars == 0 {
            return Some(coded(400, "empty_text", "The text is empty."));
        }
        if chars > max_chars {
            return Some(coded(400, "text_too_long", "The text is longer than the model takes."));
        }
        let given = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
        for pair in [["previous_text", "next_text"], ["previous_request_ids", "next_request_ids"]] {
            if model_id == "eleven_v3" && pair.iter().any(|name| given(name)) {
                let message = format!("Providing {} or {} is not yet supported with this model.", pair[0], pair[1]);
                return Some(coded(400, "unsupported_model", &message));
            }
        }
        let stability = body["voice_settings"]["stability"].as_f64();
        if model_id == "eleven_v3" && stability.is_some_and(|value| ![0.0, 0.5, 1.0].contains(&value)) {
            return Some(coded(400, "invalid_ttd_stability", "Must be one of: [0.0, 0.5, 1.0]"));
        }
        let state = self.state();
        for name in ["previous_request_ids", "next_request_ids"] {
            let ids = body[name].as_array().cloned().unwrap_or_default();
            let known = |id: &Value| state.report.works.iter().any(|work| work.request_id == *id);
            if ids.len() > 3 || !ids.iter().all(known) {
                return Some(coded(400, "invalid_request_ids", "Unknown, too old, or more than 3 request ids."));
            }
        }
        None
    }

    /// From here on it is paid.
    fn accept(&self, request: &Request, order: &Order) -> String {
        let now_unix = self.now_unix();
        let mut guard = self.state();
        let state = &mut *guard;
        let request_id = format!("simRequest{:06}", state.report.works.len() + 1);
        let before = state.report.credits;
        state.report.credits += order.credits;
        *state.report.creates.entry(order.door).or_default() += 1;
        state.in_hand += 1;
        state.report.most_at_once = state.report.most_at_once.max(state.in_hand);
        state.report.works.push(Work {
            request_id: request_id.clone(),
            path: request.path.clone(),
            words: order.words.clone(),
            body: order.body.clone(),
            output_format: order.format.clone(),
        });
        if let Some(voice_id) = &order.voice_id {
            let speaks = order.door == Door::TextToSpeech;
            let alignment = speaks.then(|| alignment(&order.words));
            let default_model = if speaks { "eleven_multilingual_v2" } else { "eleven_english_sts_v2" };
            state.history.push(json!({
                "history_item_id": format!("simHistory{:06}", state.report.works.len()),
                "request_id": request_id,
                "voice_id": voice_id,
                "model_id": model_of(&order.body, default_model),
                "text": if speaks { Value::from(order.words.clone()) } else { Value::Null },
                "date_unix": now_unix,
                "character_count_change_from": before,
                "character_count_change_to": before + order.credits,
                "content_type": "audio/mpeg",
                "state": "created",
                "settings": {"simulated_secs": order.secs},
                "source": if speaks { "TTS" } else { "STS" },
                "alignments": alignment.map(|times| json!({"alignment": times, "normalized_alignment": times})),
                "output_format": order.format
            }));
        }
        request_id
    }

    fn deliver(&self, order: &Order, fault: Fault, request_id: &str) -> Answer {
        let mut sound = match self.sounds.tone(&order.format, order.secs) {
            Ok(sound) => sound,
            Err(reason) => return Answer::Whole(Reply::json(500, &json!({ "detail": reason }))),
        };
        if let Fault::LargeBytes(bytes) = fault {
            sound =
                Arc::new(sound.iter().copied().cycle().take((bytes as usize).next_multiple_of(sound.len())).collect());
        }
        let reply = if fault == Fault::JsonInsteadOfAudio {
            Reply::json(200, &json!({"detail": {"status": "unexpected", "message": "no sound this time"}}))
        } else if order.with_timestamps {
            let times = if fault == Fault::NullAlignment { Value::Null } else { alignment(&order.words) };
            let body = json!({
                "audio_base64": STANDARD.encode(sound.as_slice()), "alignment": times, "normalized_alignment": times
            });
            Reply::json(200, &body)
        } else {
            // The vendor calls everything audio/mpeg.
            Reply::new(200, "audio/mpeg", sound)
        };
        let reply = if fault == Fault::NoHeaders {
            reply
        } else {
            let in_hand = self.state().in_hand;
            let reply = reply
                .with("request-id", request_id)
                .with("character-cost", order.credits.to_string())
                .with("current-concurrent-requests", in_hand.to_string())
                .with("maximum-concurrent-requests", "5");
            if order.door == Door::Music { reply.with("song-id", format!("song-{request_id}")) } else { reply }
        };
        match fault {
            Fault::DropAfter => Answer::Nothing,
            Fault::Truncated => Answer::Half(reply),
            _ => Answer::Whole(reply),
        }
    }
}

fn model_of<'a>(body: &'a Value, default: &'a str) -> &'a str {
    body["model_id"].as_str().unwrap_or(default)
}

fn seconds_of_speech(chars: usize) -> f64 {
    (chars as f64 * 0.065).max(0.4)
}

/// Even times for every character.
fn alignment(text: &str) -> Value {
    let characters: Vec<_> = text.chars().map(String::from).collect();
    let step = seconds_of_speech(characters.len()) / characters.len().max(1) as f64;
    let at = |index: usize| (index as f64 * step * 1000.0).round() / 1000.0;
    json!({
        "character_start_times_seconds": (0..characters.len()).map(at).collect::<Vec<_>>(),
        "character_end_times_seconds": (1..=characters.len()).map(at).collect::<Vec<_>>(),
        "characters": characters
    })
}
