//! The models as data: built in, and corrected by what the vendor's own list says.

use crate::PROVIDER_ID;
use kinora_provider::{
    KeyNeed, Limits, ModelCard, OutputSource, PriceBasis, PriceTier, ProviderDescriptor, ProviderError, RequestKind,
    VoiceCard, whole_rate_usd,
};
use serde::Deserialize;

/// The environment variable that holds the key.
pub const KEY_VARIABLE: &str = "ELEVENLABS_API_KEY";
/// Where a key is made.
const KEY_PAGE: &str = "https://elevenlabs.io/app/settings/api-keys";
/// Jobs at once until the vendor tells: what its free plan bears.
pub(crate) const FREE_PLAN_JOBS: u32 = 2;
/// US dollars for a credit, where a card does not say.
const USD_PER_CREDIT: f64 = 0.0001;
/// Most models taken from the vendor's list.
const MAX_LIVE_MODELS: usize = 200;

/// What only this provider reads of a card.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Traits {
    /// Price of a credit, to turn the vendor's bill into dollars.
    pub(crate) usd_per_credit: f64,
    /// Takes `previous_text` and `next_text`.
    pub(crate) context: bool,
    /// Takes request ids of neighbouring lines.
    pub(crate) stitching: bool,
    /// Takes a language code.
    pub(crate) language: bool,
    /// Reads directions in square brackets.
    pub(crate) audio_tags: bool,
}

impl Default for Traits {
    fn default() -> Self {
        Self { usd_per_credit: USD_PER_CREDIT, context: false, stitching: false, language: false, audio_tags: false }
    }
}

impl Traits {
    pub(crate) fn of(card: &ModelCard) -> Self {
        // A card from the user's folder may hold anything; what cannot be read is as if it were not there.
        serde_json::from_value(serde_json::Value::Object(card.vendor.clone())).unwrap_or_default()
    }
}

/// The cards this crate brings: name and text of the file.
pub(crate) const BUILT_IN: (&str, &str) = ("elevenlabs/cards.json", include_str!("../data/cards.json"));

/// Who the provider is, around its cards and voices.
pub(crate) fn descriptor(models: Vec<ModelCard>, voices: Vec<VoiceCard>, concurrent_jobs: u32) -> ProviderDescriptor {
    ProviderDescriptor {
        id: PROVIDER_ID.into(),
        name: "ElevenLabs".into(),
        description: "Speech, voice conversion, sound effects and music".into(),
        models,
        voices,
        needs_key: Some(KeyNeed { environment_variable: KEY_VARIABLE.into(), where_to_get: KEY_PAGE.into() }),
        needs_network: true,
        // The vendor answers with the sound itself: there is nothing to cancel by the time an id is known.
        can_cancel: false,
        limits: Limits { concurrent_jobs, submits_per_minute: None, poll_interval_secs: 5.0 },
    }
}

/// One entry of `GET /v1/models`. Only the id is sure to be there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LiveModel {
    model_id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    can_do_text_to_speech: Option<bool>,
    #[serde(default)]
    can_use_style: Option<bool>,
    #[serde(default)]
    can_use_speaker_boost: Option<bool>,
    #[serde(default)]
    requires_alpha_access: Option<bool>,
    #[serde(default)]
    maximum_text_length_per_request: Option<usize>,
    #[serde(default)]
    model_rates: Option<LiveRates>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct LiveRates {
    #[serde(default)]
    character_cost_multiplier: Option<f64>,
    #[serde(default)]
    cost_discount_multiplier: Option<f64>,
}

/// Corrects the cards of speech by the vendor's list, and adds models that are new to us.
///
/// A model that is missing from the list keeps its card: the list depends on the account, and a request says more.
pub(crate) fn merge_live(cards: &mut Vec<ModelCard>, live: &[LiveModel]) {
    for model in live.iter().take(MAX_LIVE_MODELS) {
        let known = cards.iter_mut().find(|card| card.id == model.model_id);
        match known {
            Some(card) if card.kind == RequestKind::Speech => correct(card, model),
            Some(_) => {}
            None => {
                if let Some(card) = new_card(cards, model) {
                    let after = cards.iter().rposition(|card| card.kind == RequestKind::Speech);
                    cards.insert(after.map_or(0, |at| at + 1), card);
                }
            }
        }
    }
}

fn correct(card: &mut ModelCard, model: &LiveModel) {
    if let Some(max_chars) = model.maximum_text_length_per_request.filter(|max_chars| *max_chars > 0) {
        card.text.max_chars = max_chars;
    }
    for (name, can) in [("style", model.can_use_style), ("use_speaker_boost", model.can_use_speaker_boost)] {
        if can == Some(false) {
            card.parameters.retain(|parameter| parameter.name != name);
        }
    }
    let rates = model.model_rates;
    let multiplier = rates.and_then(|rates| rates.character_cost_multiplier);
    // A rate of nothing would let any number of lines pass a budget.
    if let Some(multiplier) = multiplier.filter(|factor| *factor > 0.0 && *factor <= 100.0) {
        let discount = rates.and_then(|rates| rates.cost_discount_multiplier).filter(|factor| *factor > 0.0);
        let discount = discount.map_or(1.0, |factor| factor.min(1.0));
        let usd = whole_rate_usd(Traits::of(card).usd_per_credit * multiplier * discount);
        card.price.basis = PriceBasis::Character;
        card.price.tiers = vec![PriceTier { when: Vec::new(), usd }];
        card.price.is_estimate = true;
    }
}

/// A card for a model this crate has not heard of: what every model of speech takes, and no more.
fn new_card(cards: &[ModelCard], model: &LiveModel) -> Option<ModelCard> {
    let speaks = model.can_do_text_to_speech == Some(true) && model.requires_alpha_access != Some(true);
    if !speaks || !is_model_id(&model.model_id) {
        return None;
    }
    let like = cards.iter().find(|card| card.kind == RequestKind::Speech)?;
    let shown = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(300).collect::<String>();
    let name = model.name.as_deref().map(shown).filter(|name| !name.trim().is_empty());
    let mut card = ModelCard::new(&model.model_id, name.unwrap_or_else(|| model.model_id.clone()), RequestKind::Speech);
    card.description = model.description.as_deref().map(shown).unwrap_or_default();
    card.parameters = like.parameters.iter().filter(|parameter| parameter.name == "output_format").cloned().collect();
    card.price = like.price.clone();
    card.takes_seed = true;
    card.text.max_chars = 3000;
    correct(&mut card, model);
    Some(card)
}

fn is_model_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// A voice every account has, until the vendor says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct CastVoice {
    pub(crate) voice_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// `low` or `high`.
    pub(crate) register: String,
}

/// The vendor's default voices.
pub(crate) fn cast() -> Result<Vec<CastVoice>, ProviderError> {
    serde_json::from_str(include_str!("../data/voices.json"))
        .map_err(|error| ProviderError::Internal { message: format!("the built-in voices: {error}") })
}

/// A voice as the application shows it.
pub(crate) fn voice_card(voice: &CastVoice) -> VoiceCard {
    VoiceCard {
        id: format!("{PROVIDER_ID}:{}", voice.voice_id),
        name: voice.name.clone(),
        description: voice.description.clone(),
        labels: vec![("register".into(), voice.register.clone())],
        preview: None::<OutputSource>,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn built_in() -> Vec<ModelCard> {
        let loaded = kinora_transport::load_cards(&[BUILT_IN], None);
        assert_eq!(loaded.problems, []);
        loaded.cards
    }

    fn live(value: serde_json::Value) -> Vec<LiveModel> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_built_in_cards_are_whole() {
        let cards = built_in();
        for kind in [RequestKind::Speech, RequestKind::VoiceConversion, RequestKind::SoundEffect, RequestKind::Music] {
            assert!(cards.iter().any(|card| card.kind == kind), "{kind}");
        }
        for card in &cards {
            assert!(!card.price.tiers.is_empty() && card.price.is_estimate, "{}", card.id);
            let format = card.parameter("output_format").unwrap();
            let kinora_provider::ParameterKind::Choice { choices } = &format.kind else { panic!("{}", card.id) };
            for choice in choices {
                choice.as_str().unwrap().parse::<crate::format::OutputFormat>().unwrap();
            }
        }
        let v3 = cards.iter().find(|card| card.id == "eleven_v3").unwrap();
        let traits = Traits::of(v3);
        assert!(!traits.stitching && !traits.context && traits.audio_tags);
        assert_eq!(cast().unwrap().len(), 15);
    }

    #[test]
    fn the_vendors_list_corrects_and_adds() {
        let mut cards = built_in();
        let count = cards.len();
        merge_live(
            &mut cards,
            &live(json!([
                {"model_id": "eleven_v3", "can_do_text_to_speech": true, "maximum_text_length_per_request": 3000,
                 "model_rates": {"character_cost_multiplier": 0.8, "cost_discount_multiplier": 0.5}},
                {"model_id": "eleven_multilingual_v2", "can_use_style": false, "can_use_speaker_boost": null},
                {"model_id": "eleven_v9", "name": "Eleven v9", "can_do_text_to_speech": true,
                 "maximum_text_length_per_request": 7000},
                {"model_id": "eleven_secret", "can_do_text_to_speech": true, "requires_alpha_access": true},
                {"model_id": "../evil", "can_do_text_to_speech": true},
                {"model_id": "eleven_multilingual_sts_v2", "maximum_text_length_per_request": 9}
            ])),
        );
        assert_eq!(cards.len(), count + 1);
        let find = |id: &str| cards.iter().find(|card| card.id == id).unwrap();
        assert_eq!(find("eleven_v3").text.max_chars, 3000);
        assert!((find("eleven_v3").price.tiers[0].usd - 0.00004).abs() < 1e-12);
        assert!(find("eleven_multilingual_v2").parameter("style").is_none());
        assert!(find("eleven_multilingual_v2").parameter("use_speaker_boost").is_some());
        assert_eq!((find("eleven_v9").label.as_str(), find("eleven_v9").text.max_chars), ("Eleven v9", 7000));
        assert_eq!(find("eleven_multilingual_sts_v2").text.max_chars, 0);
        assert_eq!(cards[0].id, "eleven_multilingual_v2", "the default stays the default");
    }

    #[test]
    fn a_strange_rate_changes_no_price() {
        let mut cards = built_in();
        let before = cards[0].price.clone();
        for rates in [
            json!({"character_cost_multiplier": -1.0}),
            json!({"character_cost_multiplier": 0.0}),
            json!({"character_cost_multiplier": 1.0, "cost_discount_multiplier": 0.0}),
        ] {
            merge_live(&mut cards, &live(json!([{"model_id": "eleven_multilingual_v2", "model_rates": rates}])));
            assert_eq!(cards[0].price, before, "{rates}");
        }
    }
}
