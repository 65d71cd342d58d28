//! A lost submit, looked for in the vendor's history. It keeps speech and voice conversion, not music or effects.

use crate::{
    alignment::Alignment,
    request::{Body, Call, Route},
};
use serde::Deserialize;
use serde_json::Value;

/// Entries a page; the vendor gives at most 1000.
pub(crate) const PAGE_SIZE: usize = 100;
/// Most pages read for one lost job.
pub(crate) const MAX_PAGES: usize = 20;
/// Clocks differ even after they were compared; an entry may seem older than the request that made it.
pub(crate) const CLOCK_SKEW_SECS: i64 = 300;

/// A request takes minutes at the most: what was made this much later was made by another.
const LATER_SECS: i64 = 1800;

/// One answer of `GET /v1/history`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) history: Vec<Entry>,
    #[serde(default)]
    pub(crate) has_more: bool,
    #[serde(default)]
    pub(crate) last_history_item_id: Option<String>,
}

impl Page {
    /// When its last entry was made: the list starts with the newest.
    pub(crate) fn oldest_unix(&self) -> Option<i64> {
        self.history.last()?.date_unix
    }
}

/// One sound in the history. Only its id is sure to be there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Entry {
    pub(crate) history_item_id: String,
    #[serde(default)]
    pub(crate) request_id: Option<String>,
    #[serde(default)]
    voice_id: Option<String>,
    #[serde(default)]
    model_id: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    date_unix: Option<i64>,
    #[serde(default)]
    character_count_change_from: Option<i64>,
    #[serde(default)]
    character_count_change_to: Option<i64>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    alignments: Option<Alignments>,
}

/// Times of characters, as the history keeps them.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Alignments {
    #[serde(default)]
    pub(crate) alignment: Option<Alignment>,
    #[serde(default)]
    pub(crate) normalized_alignment: Option<Alignment>,
}

impl Entry {
    /// Credits it cost, if the entry tells.
    pub(crate) fn credits(&self) -> Option<f64> {
        let spent = self.character_count_change_to? - self.character_count_change_from?;
        (spent >= 0).then_some(spent as f64)
    }

    /// What the sound is claimed under: the id of the request that made it.
    pub(crate) fn id(&self) -> &str {
        self.request_id.as_deref().unwrap_or(&self.history_item_id)
    }

    /// Seconds between a time and this entry.
    pub(crate) fn distance_secs(&self, unix: i64) -> u64 {
        self.date_unix.map_or(u64::MAX, |date| date.abs_diff(unix))
    }

    pub(crate) fn alignments(&self) -> Option<&Alignments> {
        self.alignments.as_ref()
    }

    /// Whether this may be the sound of a call that was sent at a time: same words, voice and model, made then.
    pub(crate) fn fits(&self, call: &Call, sent_at_unix: i64) -> bool {
        let (source, model_id, text) = match (&call.body, call.route) {
            (Body::Json(body), Route::SpeechWithTimestamps) => {
                ("TTS", body.get("model_id").and_then(Value::as_str), body.get("text").and_then(Value::as_str))
            }
            (Body::Form { fields, .. }, Route::SpeechToSpeech) => {
                let model = fields.iter().find(|(name, _)| *name == "model_id").map(|(_, value)| value.as_str());
                ("STS", model, None)
            }
            _ => return false,
        };
        let same = |told: &Option<String>, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| told.as_deref().is_some_and(|told| told.trim() == wanted.trim()))
        };
        let then = -CLOCK_SKEW_SECS..=LATER_SECS;
        self.source.as_deref().is_none_or(|told| told == source)
            && same(&self.voice_id, Some(&call.voice_id))
            && same(&self.model_id, model_id)
            && same(&self.text, text)
            && self.date_unix.is_some_and(|date| then.contains(&date.saturating_sub(sent_at_unix)))
    }
}

/// The source a call's sound is filed under; `None` where the history does not keep it.
pub(crate) fn source_of(route: Route) -> Option<&'static str> {
    match route {
        Route::SpeechWithTimestamps => Some("TTS"),
        Route::SpeechToSpeech => Some("STS"),
        Route::SoundGeneration | Route::Music => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn speech() -> Call {
        Call {
            route: Route::SpeechWithTimestamps,
            voice_id: "v1".into(),
            format_name: "mp3_44100_128".into(),
            format: "mp3_44100_128".parse().unwrap(),
            body: Body::Json(json!({"text": "Hello there. ", "model_id": "eleven_v3"})),
            seed: None,
            previous_request_ids: Vec::new(),
        }
    }

    #[test]
    fn only_the_same_words_in_the_same_voice_since_then_fit() {
        let entry = |change: Value| -> Entry {
            let mut entry = json!({"history_item_id": "h", "voice_id": "v1", "model_id": "eleven_v3",
                "text": "Hello there.", "date_unix": 1000, "source": "TTS"});
            entry.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            serde_json::from_value(entry).unwrap()
        };
        assert!(entry(json!({})).fits(&speech(), 1000));
        assert!(entry(json!({"source": null})).fits(&speech(), 1299), "clocks differ");
        for change in [
            json!({"voice_id": "v2"}),
            json!({"model_id": "eleven_flash_v2_5"}),
            json!({"text": "Hello."}),
            json!({"text": null}),
            json!({"date_unix": 100}),
            json!({"date_unix": 2801}),
            json!({"date_unix": null}),
            json!({"source": "STS"}),
        ] {
            assert!(!entry(change.clone()).fits(&speech(), 1000), "{change}");
        }
    }

    #[test]
    fn what_it_cost_is_read_from_the_counter() {
        let entry: Entry = serde_json::from_value(json!({"history_item_id": "h",
            "character_count_change_from": 100, "character_count_change_to": 112}))
        .unwrap();
        assert_eq!(entry.credits(), Some(12.0));
    }
}
