//! Cards, voices and the account's limits as the vendor tells them, kept for later runs.

use super::ElevenLabsProvider;
use crate::cards::{self, LiveModel};
use kinora_provider::{Provider as _, ProviderError, RefreshProblem, Refreshed, VoiceCard};
use kinora_transport::{Call, LiveCards};
use serde_json::{Map, Value, json};
use std::sync::{PoisonError, atomic::Ordering};

/// Names of what is kept beside the cards.
const VOICES: &str = "voices";
const JOBS: &str = "concurrent_jobs";
/// Most voices kept: a picker shows no more, and any other can be named by its id.
const MAX_VOICES: usize = 500;
/// Texts of a voice are kept as far as a person reads them, in characters.
const MAX_WORDS: usize = 300;

impl ElevenLabsProvider {
    /// Corrects the model cards by the vendor's own list, under the user's files. The voices stay as they are.
    ///
    /// # Errors
    /// What kept the list from being read; the cards stay as they are.
    pub async fn refresh_models(&self) -> Result<Refreshed, ProviderError> {
        let live = self.live_models().await?;
        Ok(self.shelf.take_in_some(live).await)
    }

    /// Reads models, voices and subscription. Without the list of models nothing is taken; without the others, what was
    /// kept of them stays.
    pub(super) async fn read_cards(&self) -> Result<Refreshed, ProviderError> {
        let mut live = self.live_models().await?;
        let mut problems = Vec::new();
        let mut tell = |about: &str, error: &ProviderError| {
            problems.push(RefreshProblem { about: about.to_owned(), reason: error.to_string() });
        };
        let kept = self.shelf.also();
        match self.voices().await {
            Ok(voices) => drop(live.also.insert(VOICES.to_owned(), json!(tidied(voices)))),
            Err(error) => {
                tell(VOICES, &error);
                live.also.extend(kept.get(VOICES).map(|voices| (VOICES.to_owned(), voices.clone())));
            }
        }
        if let Err(error) = self.account().await {
            tell("subscription", &error);
        }
        live.also.insert(JOBS.to_owned(), self.concurrent_jobs.load(Ordering::Relaxed).into());
        let voices = kept_voices(&live.also);
        if !voices.is_empty() {
            *self.voices.write().unwrap_or_else(PoisonError::into_inner) = voices;
        }
        let mut refreshed = self.shelf.take_in(live).await;
        refreshed.problems.extend(problems);
        Ok(refreshed)
    }

    async fn live_models(&self) -> Result<LiveCards, ProviderError> {
        let live: Vec<LiveModel> = self.ask(Call::get("v1/models")).await?;
        let mut cards = self.shelf.built_in().to_vec();
        cards::merge_live(&mut cards, &live);
        Ok(LiveCards { cards, ..LiveCards::default() })
    }
}

/// The voices that an earlier look kept.
pub(super) fn kept_voices(also: &Map<String, Value>) -> Vec<VoiceCard> {
    let voices = also.get(VOICES).and_then(|voices| serde_json::from_value::<Vec<VoiceCard>>(voices.clone()).ok());
    tidied(voices.unwrap_or_default())
}

/// How many jobs at once the account bore at an earlier look.
pub(super) fn kept_jobs(also: &Map<String, Value>) -> Option<u32> {
    also.get(JOBS).and_then(Value::as_u64).and_then(|jobs| u32::try_from(jobs).ok())
}

/// Voices as a picker can show them.
fn tidied(mut voices: Vec<VoiceCard>) -> Vec<VoiceCard> {
    let shown = |text: &mut String| {
        *text = text.chars().filter(|letter| !letter.is_control()).take(MAX_WORDS).collect();
    };
    voices.truncate(MAX_VOICES);
    for voice in &mut voices {
        shown(&mut voice.name);
        shown(&mut voice.description);
        for (name, label) in &mut voice.labels {
            shown(name);
            shown(label);
        }
    }
    voices.retain(|voice| !voice.id.is_empty() && !voice.name.trim().is_empty());
    voices
}
