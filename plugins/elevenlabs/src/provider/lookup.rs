//! A job whose answer was lost, looked for: in its folder, then in the vendor's history.

use super::{
    ElevenLabsProvider,
    create::{Heard, best_words},
    refused,
};
use crate::{
    PROVIDER_ID,
    cards::Traits,
    format::{Codec, OutputFormat, recognised},
    history::{self, CLOCK_SKEW_SECS, Entry},
    keep,
    refusal::Asked,
    request,
};
use kinora_provider::{GenerationRequest, JobTicket, Provider as _, ProviderError, Submitted};
use kinora_transport::Call;
use serde_json::Map;
use std::sync::PoisonError;

/// Characters the vendor surely speaks in a second of its work.
const CHARS_A_SECOND: i64 = 50;
const MAX_SOUND_BYTES: usize = 400 << 20;

impl ElevenLabsProvider {
    pub(super) async fn look_up(
        &self,
        job: &JobTicket,
        request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        if let Some(finished) = keep::finished(job) {
            return Ok(Some(finished));
        }
        // Without a note nothing was sent, or it was answered with a refusal.
        let Some(sent) = keep::sent(job) else { return Ok(None) };
        let descriptor = self.descriptor();
        let card = descriptor
            .model(request.model())
            .ok_or_else(|| ProviderError::ModelNotFound { model: format!("{PROVIDER_ID}:{}", request.model()) })?;
        let call = self.build(request, card)?;
        let Some(source) = history::source_of(call.route) else {
            return Err(ProviderError::NotSupported {
                provider: PROVIDER_ID.into(),
                what: format!("look up lost {}: its history keeps speech alone", request.kind()),
            });
        };
        let Some(entry) = self.entry_of(job, &call, card.id.as_str(), source, sent.sent_at_unix).await? else {
            let age_secs = keep::now_unix() - sent.sent_at_unix;
            let work_secs = request.text().chars().count() as i64 / CHARS_A_SECOND;
            if age_secs < self.settings.settle.as_secs() as i64 + work_secs {
                return Err(ProviderError::VendorTrouble {
                    provider: PROVIDER_ID.into(),
                    message: "its history does not show the request yet; it may still be at work".into(),
                    retryable: true,
                });
            }
            return Ok(None);
        };
        let heard = self.heard_again(&entry, &call, Traits::of(card).audio_tags).await?;
        self.finish(job, heard, card, call.seed).await.map(Some)
    }

    /// The unclaimed entry that fits best: the one nearest to the time of sending.
    async fn entry_of(
        &self,
        job: &JobTicket,
        call: &request::Call,
        model_id: &str,
        source: &str,
        sent_at_unix: i64,
    ) -> Result<Option<Entry>, ProviderError> {
        let own = job.clone();
        // Jobs of earlier runs are known by their folders alone.
        let held = tokio::task::spawn_blocking(move || keep::held_by_others(&own)).await;
        let held = held.map_err(|error| ProviderError::Internal { message: format!("reading jobs: {error}") })?;
        let mut after: Option<String> = None;
        let mut best: Option<(u64, Entry)> = None;
        for _ in 0..history::MAX_PAGES {
            // No filter by date: the two clocks may be hours apart, which only the answer tells.
            let mut question = Call::get("v1/history")
                .query("page_size", history::PAGE_SIZE.to_string())
                .query("source", source)
                .query("voice_id", call.voice_id.clone())
                .query("model_id", model_id);
            if let Some(after) = &after {
                question = question.query("start_after_history_item_id", after.clone());
            }
            let (page, ahead_secs): (history::Page, f64) = self.ask_the_time(question).await?;
            let sent_there_unix = sent_at_unix + ahead_secs.round() as i64;
            let is_past = page.oldest_unix().is_some_and(|oldest| oldest < sent_there_unix - CLOCK_SKEW_SECS);
            let fitting = page.history.into_iter().filter(|entry| entry.fits(call, sent_there_unix));
            for entry in fitting.filter(|entry| !held.contains(entry.id()) && !self.is_of_another(entry, job)) {
                let distance_secs = entry.distance_secs(sent_there_unix);
                if best.as_ref().is_none_or(|(nearest_secs, _)| distance_secs < *nearest_secs) {
                    best = Some((distance_secs, entry));
                }
            }
            if is_past || !page.has_more || page.last_history_item_id.is_none() || page.last_history_item_id == after {
                break;
            }
            after = page.last_history_item_id;
        }
        // Two lookups may run at once: the one that claims it has it.
        Ok(best.map(|(_, entry)| entry).filter(|entry| self.claim(entry.id(), &job.job_id)))
    }

    fn is_of_another(&self, entry: &Entry, job: &JobTicket) -> bool {
        let claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.get(entry.id()).is_some_and(|owner| *owner != job.job_id)
    }

    /// The sound of an entry, fetched.
    async fn heard_again(&self, entry: &Entry, call: &request::Call, has_tags: bool) -> Result<Heard, ProviderError> {
        let (bytes, format) = self.fetch(entry, call).await?;
        let mut facts = Map::new();
        facts.insert("history_item_id".into(), entry.history_item_id.clone().into());
        facts.insert("voice_id".into(), call.voice_id.clone().into());
        if let Some(request_id) = &entry.request_id {
            facts.insert("request_id".into(), request_id.clone().into());
        }
        let times = entry.alignments();
        let words = best_words(
            times.and_then(|times| times.alignment.as_ref()),
            times.and_then(|times| times.normalized_alignment.as_ref()),
            has_tags,
        );
        Ok(Heard { bytes, format, words, credits: entry.credits(), vendor_id: entry.id().to_owned(), facts })
    }

    async fn fetch(&self, entry: &Entry, call: &request::Call) -> Result<(Vec<u8>, OutputFormat), ProviderError> {
        let trouble =
            |message: String| ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false };
        let item_id = &entry.history_item_id;
        if item_id.is_empty() || !item_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
            return Err(trouble("its history names a sound in a way that fits no path".into()));
        }
        let question = Call::get(&format!("v1/history/{item_id}/audio")).max_answer_bytes(MAX_SOUND_BYTES);
        let answer = self.client.read(question).await?;
        if !answer.is_success() {
            return Err(refused(&answer, Asked::Read));
        }
        // The history keeps sounds in a coding of its own choice; only samples without a header cannot be recognised.
        let format = recognised(&answer.body).or_else(|| (call.format.codec == Codec::Pcm).then_some(call.format));
        let format = format.ok_or_else(|| trouble("the sound in its history is of no known format".into()))?;
        Ok((format.file_bytes(answer.body).map_err(trouble)?, format))
    }
}
