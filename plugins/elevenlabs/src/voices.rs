//! The vendor's voices: pages into cards, and who speaks where no voice was chosen.

use crate::{PROVIDER_ID, cards::CastVoice};
use kinora_provider::{OutputSource, VoiceCard};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Voices a page; the vendor gives at most 100.
pub(crate) const PAGE_SIZE: usize = 100;
/// Most pages read: ten thousand voices are more than anyone scrolls through.
pub(crate) const MAX_PAGES: usize = 100;

/// One answer of `GET /v2/voices`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) voices: Vec<Voice>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    next_page_token: Option<String>,
}

impl Page {
    /// The token of the page after this one; `None` on the last.
    pub(crate) fn next(&self) -> Option<&str> {
        self.next_page_token.as_deref().filter(|token| self.has_more && !token.is_empty())
    }
}

/// A voice as the vendor tells it. Only the id is sure to be there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Voice {
    pub(crate) voice_id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    labels: Option<Map<String, Value>>,
    #[serde(default)]
    preview_url: Option<String>,
}

impl Voice {
    /// The voice for the application. A preview must be at an `https` address, or on this machine.
    pub(crate) fn card(self) -> VoiceCard {
        let is_fetchable = |url: &String| {
            ["https://", "http://127.0.0.1:", "http://[::1]:", "http://localhost:"]
                .iter()
                .any(|start| url.starts_with(start))
        };
        let mut labels: Vec<(String, String)> = self
            .labels
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect();
        labels.extend(self.category.map(|category| ("category".to_owned(), category)));
        VoiceCard {
            id: format!("{PROVIDER_ID}:{}", self.voice_id),
            name: self.name.filter(|name| !name.trim().is_empty()).unwrap_or(self.voice_id),
            description: self.description.unwrap_or_default(),
            labels,
            preview: self.preview_url.filter(is_fetchable).map(OutputSource::Url),
        }
    }
}

/// The default voice of a speaker, the same each time. `None` only where there are no voices at all.
pub(crate) fn cast_for<'a>(speaker: &str, cast: &'a [CastVoice]) -> Option<&'a CastVoice> {
    // `AUBREY (V.O.)` is Aubrey.
    let name = speaker.split('(').next().unwrap_or_default().trim().to_lowercase();
    if name.is_empty() || name == "narrator" {
        return cast.first();
    }
    let register = register_of(&name);
    let of_register: Vec<_> = cast.iter().filter(|voice| voice.register == register).collect();
    if of_register.is_empty() { cast.first() } else { Some(of_register[hash(&name) as usize % of_register.len()]) }
}

/// FNV-1a: the same on every machine and in every version, which the standard library does not promise.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)) >> 7
}

/// A guess from a title or an ending; a wrong guess is mended by naming a voice.
fn register_of(name: &str) -> &'static str {
    const HIGH: [&str; 14] = [
        "lady", "miss", "mrs", "ms", "madame", "queen", "princess", "mother", "sister", "daughter", "woman", "girl",
        "mary", "ianthe",
    ];
    let words: Vec<_> = name.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let last = words.last().copied().unwrap_or_default();
    let ends = ["a", "ie", "ette", "elle", "ine", "lyn", "eth"];
    if words.iter().any(|word| HIGH.contains(word)) || ends.iter().any(|end| last.ends_with(end)) {
        "high"
    } else {
        "low"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_voice_with_nothing_but_an_id_is_still_a_voice() {
        let page: Page = serde_json::from_value(json!({
            "voices": [
                {"voice_id": "v1", "name": null, "labels": null, "preview_url": null},
                {"voice_id": "v2", "name": "Mara", "category": "cloned", "labels": {"accent": "scottish", "age": 3},
                 "preview_url": "https://storage.googleapis.com/x.mp3", "unknown": {"deep": []}},
                {"voice_id": "v3", "preview_url": "file:///etc/passwd"}
            ],
            "has_more": true, "total_count": 3, "next_page_token": "2"
        }))
        .unwrap();
        assert_eq!(page.next(), Some("2"));
        let cards: Vec<_> = page.voices.into_iter().map(Voice::card).collect();
        assert_eq!((cards[0].id.as_str(), cards[0].name.as_str()), ("elevenlabs:v1", "v1"));
        assert_eq!(cards[1].preview, Some(OutputSource::Url("https://storage.googleapis.com/x.mp3".into())));
        let labels = [("accent", "scottish"), ("category", "cloned")];
        assert_eq!(cards[1].labels, labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(cards[2].preview, None);
    }

    #[test]
    fn the_last_page_has_no_next() {
        for (has_more, token) in [(false, Some("5")), (true, None), (true, Some(""))] {
            let page = Page { voices: Vec::new(), has_more, next_page_token: token.map(String::from) };
            assert_eq!(page.next(), None, "{has_more} {token:?}");
        }
    }

    #[test]
    fn a_speaker_keeps_a_voice_of_a_likely_register() {
        let cast = crate::cards::cast().unwrap();
        let voice = |speaker: &str| cast_for(speaker, &cast).unwrap();
        assert_eq!(voice("AUBREY"), voice("Aubrey (V.O.)"));
        assert_eq!(voice("Ianthe").register, "high");
        assert_eq!(voice("Lord Ruthven").register, "low");
        assert_eq!(voice(""), &cast[0]);
        let names = ["Aubrey", "Ruthven", "Tom", "Jack", "Henry", "Robert", "Mr Grey", "Otto"];
        let distinct: std::collections::HashSet<_> = names.iter().map(|name| &voice(name).voice_id).collect();
        assert!(distinct.len() >= 4, "{distinct:?}");
        assert_eq!(cast_for("Tom", &[]), None);
    }
}
