//! A job, sent once, and its answer made into files.

use super::{ElevenLabsProvider, refused};
use crate::{
    PROVIDER_ID,
    alignment::{self, Alignment},
    cards::Traits,
    keep,
    refusal::{self, Asked},
    request::{self, Body, Route, Studio},
    stitching::Teller,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kinora_provider::{
    GenerationOutput, GenerationRequest, JobTicket, ModelCard, OutputFile, OutputKind, OutputSource, Provider as _,
    ProviderError, Submitted, WordTiming,
};
use kinora_transport::{Answer, Call, Part, media_type_of, plain_file_name};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{borrow::Cow, sync::atomic::Ordering, time::Duration};

/// What the vendor calls voice conversion: its documentation, and its newest clients.
pub(super) const CONVERSION_PATHS: [&str; 2] = ["speech-to-speech", "voice-changer"];
/// Largest answer taken: ten minutes of music as WAV, or an hour of speech as text.
const MAX_SOUND_BYTES: usize = 400 << 20;

/// The answer to speech with timestamps. The sound is borrowed: it may be tens of megabytes.
#[derive(Deserialize)]
struct Spoken<'a> {
    #[serde(borrow)]
    audio_base64: Cow<'a, str>,
    #[serde(default)]
    alignment: Option<Alignment>,
    #[serde(default)]
    normalized_alignment: Option<Alignment>,
}

/// A sound with what came along.
pub(super) struct Heard {
    /// Bytes of the file.
    pub(super) bytes: Vec<u8>,
    pub(super) format: crate::format::OutputFormat,
    pub(super) words: Vec<WordTiming>,
    /// Credits it cost, if the vendor told.
    pub(super) credits: Option<f64>,
    /// The vendor's id of the job.
    pub(super) vendor_id: String,
    /// Whatever else a person may want to look up.
    pub(super) facts: Map<String, Value>,
}

impl ElevenLabsProvider {
    pub(super) async fn create(
        &self,
        job: &JobTicket,
        request: &GenerationRequest,
    ) -> Result<Submitted, ProviderError> {
        let descriptor = self.descriptor();
        let card = descriptor.check(request)?;
        if let Some(finished) = keep::finished(job) {
            return Ok(finished);
        }
        let call = self.build(request, card)?;
        keep::note_sent(job).await?;
        let answer = match self.send(&call).await {
            Ok(answer) => answer,
            Err(error) => {
                // Only a lost answer leaves something to look for.
                if !matches!(error, ProviderError::LostAnswer { .. }) {
                    keep::forget_sent(job);
                }
                return Err(error);
            }
        };
        self.note_headers(&answer);
        if !answer.is_success() {
            keep::forget_sent(job);
            return Err(refused(&answer, Asked::Create(call.route)));
        }
        // From here on it is paid: whatever keeps the sound from the disk must leave the job to be looked up.
        let heard = read_sound(answer, &call, card, job).map_err(lost)?;
        if call.route == Route::SpeechWithTimestamps && heard.facts.contains_key("request_id") {
            let teller = Teller { voice_id: &call.voice_id, model_id: &card.id };
            self.spoken.remember(teller, request.text(), &heard.vendor_id, &call.previous_request_ids);
        }
        self.finish(job, heard, card, call.seed).await
    }

    pub(super) fn build(&self, request: &GenerationRequest, card: &ModelCard) -> Result<request::Call, ProviderError> {
        request::build(request, card, &Studio { cast: &self.cast, spoken: &self.spoken })
    }

    /// Sends a call. Voice conversion may have moved: a path that is not there has made nothing, so the other one is
    /// tried, once.
    async fn send(&self, call: &request::Call) -> Result<Answer, ProviderError> {
        let first = self.settings.conversion_path.as_str();
        let other = if first == CONVERSION_PATHS[0] { CONVERSION_PATHS[1] } else { CONVERSION_PATHS[0] };
        let moved = self.conversion_moved.load(Ordering::Relaxed);
        let (now, then) = if moved { (other, first) } else { (first, other) };
        let answer = self.client.create(on_the_wire(call, now)).await?;
        if call.route == Route::SpeechToSpeech && refusal::is_path_gone(answer.status, &answer.body) {
            tracing::info!("{PROVIDER_ID} has no {now} (status {}); trying {then}", answer.status);
            let second = self.client.create(on_the_wire(call, then)).await?;
            if !refusal::is_path_gone(second.status, &second.body) {
                self.conversion_moved.store(!moved, Ordering::Relaxed);
                return Ok(second);
            }
        }
        Ok(answer)
    }

    fn note_headers(&self, answer: &Answer) {
        let most = answer.header("maximum-concurrent-requests").and_then(|text| text.trim().parse().ok());
        if let Some(most) = most {
            self.note_concurrency(most);
        }
    }

    /// Puts a sound into the job's folder, and the end of the job beside it.
    pub(super) async fn finish(
        &self,
        job: &JobTicket,
        heard: Heard,
        card: &ModelCard,
        seed: Option<u64>,
    ) -> Result<Submitted, ProviderError> {
        self.claim(&heard.vendor_id, &job.job_id);
        let extension = heard.format.extension();
        let unsaved = |error| lost(format!("the sound came but could not be saved: {error}"));
        let path = keep::save_sound(job, extension, heard.bytes).await.map_err(unsaved)?;
        let output = GenerationOutput {
            files: vec![OutputFile {
                kind: OutputKind::Audio,
                source: OutputSource::File(path),
                media_type: heard.format.media_type().into(),
            }],
            seed,
            cost_usd: heard.credits.map(|credits| credits * Traits::of(card).usd_per_credit),
            words: heard.words,
            vendor: heard.facts,
        };
        keep::finish(job, heard.vendor_id, output).await.map_err(unsaved)
    }
}

fn lost(message: String) -> ProviderError {
    ProviderError::LostAnswer { provider: PROVIDER_ID.into(), message }
}

/// A call as the kit sends it.
fn on_the_wire(call: &request::Call, conversion_path: &str) -> Call {
    let wire = Call::post(&call.path(conversion_path))
        .query("output_format", call.format_name.clone())
        .timeout(patience(call))
        .max_answer_bytes(MAX_SOUND_BYTES);
    match &call.body {
        Body::Json(value) => wire.json(value.clone()),
        Body::Form { fields, file_field, file } => {
            let text = |(name, value): &(&'static str, String)| Part::Text {
                name: (*name).into(),
                value: value.clone(),
                media_type: None,
            };
            let mut parts: Vec<_> = fields.iter().map(text).collect();
            parts.push(Part::File {
                name: (*file_field).into(),
                path: file.clone(),
                file_name: plain_file_name("recording", file),
                media_type: media_type_of(file).unwrap_or("application/octet-stream").into(),
            });
            wire.form(parts)
        }
    }
}

/// How long the vendor may take: minutes for a long text or a piece of music.
fn patience(call: &request::Call) -> Duration {
    match (&call.body, call.route) {
        (_, Route::Music) => Duration::from_secs(900),
        (Body::Json(body), Route::SpeechWithTimestamps) => {
            let chars = body.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
            Duration::from_secs(240 + chars as u64 / 50)
        }
        _ => Duration::from_secs(300),
    }
}

/// The sound in a success, or why there is none.
fn read_sound(mut answer: Answer, call: &request::Call, card: &ModelCard, job: &JobTicket) -> Result<Heard, String> {
    let mut facts = Map::new();
    for name in ["request-id", "song-id", "history-item-id", "character-cost"] {
        if let Some(text) = answer.header(name).filter(|text| text.len() <= 200) {
            facts.insert(name.replace('-', "_"), text.into());
        }
    }
    if !call.voice_id.is_empty() {
        facts.insert("voice_id".into(), call.voice_id.clone().into());
    }
    let mut words = Vec::new();
    let sound = if call.route == Route::SpeechWithTimestamps {
        let spoken: Spoken<'_> =
            serde_json::from_slice(&answer.body).map_err(|error| format!("speech was due, but {error}"))?;
        let has_tags = Traits::of(card).audio_tags;
        words = best_words(spoken.alignment.as_ref(), spoken.normalized_alignment.as_ref(), has_tags);
        STANDARD.decode(spoken.audio_base64.as_bytes()).map_err(|error| format!("its sound is no base64: {error}"))?
    } else {
        // The declared type says nothing about the codec, but text is no sound.
        let kind = answer.content_type().to_ascii_lowercase();
        if kind.starts_with("application/json") || kind.starts_with("text/") {
            return Err(format!("text came in place of a sound: {}", answer.start_of_text()));
        }
        std::mem::take(&mut answer.body)
    };
    let credits = answer.header("character-cost").and_then(|text| text.trim().parse::<f64>().ok());
    let request_id = answer.header("request-id").filter(|text| !text.is_empty() && text.len() <= 200);
    Ok(Heard {
        bytes: call.format.file_bytes(sound)?,
        format: call.format,
        words,
        credits: credits.filter(|credits| credits.is_finite() && *credits >= 0.0),
        vendor_id: request_id.map_or_else(|| format!("{PROVIDER_ID}-{}", job.job_id), str::to_owned),
        facts,
    })
}

/// Words as written; where the vendor gives no times for those, words as spoken (numbers written out).
pub(super) fn best_words(written: Option<&Alignment>, spoken: Option<&Alignment>, has_tags: bool) -> Vec<WordTiming> {
    let words = written.map(|alignment| alignment::words(alignment, has_tags)).unwrap_or_default();
    if words.is_empty() {
        spoken.map(|alignment| alignment::words(alignment, has_tags)).unwrap_or_default()
    } else {
        words
    }
}
