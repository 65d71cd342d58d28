//! The vendor's live catalogue, `GET /api/v3/models`, read into model cards.
//!
//! A card we ship keeps its limits and takes choices, ranges and prices from the catalogue. Any other model that wants a
//! voice and one picture becomes a card of its own.

use crate::request::{is_path, paths};
use kinora_provider::{
    ModelCard, ParameterKind, ParameterSpec, PriceBasis, PriceRule, PriceTier, ReferenceSlot, RequestKind, TextRule,
    whole_rate_usd,
};
use serde_json::{Map, Value, json};

/// Most cards made from the catalogue; it lists a thousand models.
const MAX_NEW_CARDS: usize = 100;
/// Most choices of one parameter.
const MAX_CHOICES: usize = 200;
/// Inputs that are files or have a control of their own.
const KNOWN: [&str; 7] = ["audio", "video", "image", "prompt", "seed", "mask_image", "enable_base64_output"];

/// The cards, brought up to date and joined by what else the catalogue offers; `None` where it tells of no model at all.
/// Whether each makes sense is for the shelf to judge.
pub(crate) fn refreshed(built_in: &[ModelCard], catalogue: &Value) -> Option<Vec<ModelCard>> {
    let entries: Vec<Entry<'_>> = catalogue.as_array()?.iter().filter_map(Entry::read).collect();
    if entries.is_empty() {
        return None;
    }
    let mut cards = built_in.to_vec();
    for card in &mut cards {
        if let Some(entry) = entries.iter().find(|entry| entry.id == card.id) {
            update(card, entry);
        }
    }
    let known =
        |id: &str| built_in.iter().any(|card| paths(card).is_some_and(|paths| paths.values().any(|path| path == id)));
    let fresh = entries.iter().filter(|entry| !known(entry.id)).filter_map(card);
    for card in fresh.filter(|card| card.problems().is_empty()).take(MAX_NEW_CARDS) {
        if cards.iter().all(|other| other.id != card.id) {
            cards.push(card);
        }
    }
    Some(cards)
}

/// One model of the catalogue.
struct Entry<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
    base_price_usd: Option<f64>,
    properties: &'a Map<String, Value>,
    required: Vec<&'a str>,
    order: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    fn read(value: &'a Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let schema = value.pointer("/api_schema/api_schemas/0/request_schema")?;
        let list = |name: &str| -> Vec<&'a str> {
            schema.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
        };
        Some(Self {
            id: Some(text("model_id")).filter(|id| is_path(id))?,
            name: text("name"),
            description: text("description"),
            base_price_usd: value.get("base_price").and_then(Value::as_f64).filter(|usd| usd.is_finite() && *usd > 0.0),
            properties: schema.get("properties")?.as_object()?,
            required: list("required"),
            order: list("x-order-properties"),
        })
    }

    /// Names of the inputs in the vendor's order.
    fn names(&self) -> Vec<&'a str> {
        let ordered = self.order.iter().copied().filter(|name| self.properties.contains_key(*name));
        let rest = self.properties.keys().map(String::as_str).filter(|name| !self.order.contains(name));
        ordered.chain(rest).collect()
    }

    /// The inputs a form can show, apart from those that have a place already.
    fn parameters(&self) -> Vec<ParameterSpec> {
        let names = self.names().into_iter().filter(|name| !KNOWN.contains(name) && *name != "enable_sync_mode");
        names.filter_map(|name| parameter(name, &self.properties[name], self.required.contains(&name))).collect()
    }
}

/// One input as a control; `None` for what a form cannot show: files, lists, objects.
fn parameter(name: &str, schema: &Value, required: bool) -> Option<ParameterSpec> {
    let number = |field: &str| schema.get(field).and_then(Value::as_f64).filter(|number| number.is_finite());
    let choices = schema.get("enum").and_then(Value::as_array).filter(|choices| !choices.is_empty());
    let kind = match (choices, schema.get("type").and_then(Value::as_str)?) {
        (Some(choices), "string" | "integer" | "number") => {
            ParameterKind::Choice { choices: choices.iter().take(MAX_CHOICES).cloned().collect() }
        }
        (None, "boolean") => ParameterKind::Boolean,
        (None, "integer") => ParameterKind::Integer {
            min: number("minimum").map(|least| least as i64),
            max: number("maximum").map(|most| most as i64),
        },
        (None, "number") => {
            ParameterKind::Number { min: number("minimum"), max: number("maximum"), step: number("step") }
        }
        (None, "string") if name.contains("prompt") || name.contains("text") => ParameterKind::Text { max_chars: None },
        _ => return None,
    };
    let text = |field: &str| schema.get(field).and_then(Value::as_str).unwrap_or_default();
    let label = if text("title").is_empty() { name.replace('_', " ") } else { text("title").to_owned() };
    let mut spec = ParameterSpec {
        name: name.to_owned(),
        label: short(&label, 60),
        help: short(text("description"), 300),
        kind,
        default: schema.get("default").filter(|default| !default.is_null()).cloned(),
        required: false,
    };
    // A default the schema itself forbids is no default.
    spec.default = spec.default.take().filter(|default| spec.refusal(default).is_none());
    spec.required = required && spec.default.is_none();
    Some(spec)
}

fn short(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// Takes what the vendor changed into a card we ship.
fn update(card: &mut ModelCard, entry: &Entry<'_>) {
    for spec in entry.parameters() {
        match card.parameters.iter_mut().find(|known| known.name == spec.name) {
            Some(known) => (known.kind, known.default) = (spec.kind, spec.default),
            None => card.parameters.push(spec),
        }
    }
    let shipped_usd = card.vendor.get("base_price_usd").and_then(Value::as_f64);
    if let (Some(live_usd), Some(shipped_usd)) = (entry.base_price_usd, shipped_usd)
        && shipped_usd > 0.0
    {
        // The rates of one model move together: 720p costs twice 480p whatever that costs.
        let factor = live_usd / shipped_usd;
        card.price.tiers.iter_mut().for_each(|tier| tier.usd = whole_rate_usd(tier.usd * factor));
        card.price.minimum_usd = whole_rate_usd(card.price.minimum_usd * factor);
        card.vendor.insert("base_price_usd".into(), live_usd.into());
    } else if let (Some(live_usd), PriceBasis::Unknown) = (entry.base_price_usd, card.price.basis) {
        card.price = price(live_usd);
    }
}

/// A price of which only the base is told, not what it counts: a second of it is the dearest that can be, so no budget is
/// broken by it.
fn price(base_usd: f64) -> PriceRule {
    let tiers = vec![PriceTier { when: Vec::new(), usd: base_usd }];
    PriceRule { basis: PriceBasis::Second, tiers, is_estimate: true, ..PriceRule::default() }
}

/// A card for a model we do not ship, if it lays a voice under one picture and asks for nothing a form cannot give.
fn card(entry: &Entry<'_>) -> Option<ModelCard> {
    let has = |name: &str| entry.properties.contains_key(name);
    let needs = |name: &str| entry.required.contains(&name);
    let picture = match (needs("video"), needs("image")) {
        (true, false) => "video",
        (false, true) => "image",
        _ => return None,
    };
    if !needs("audio") || !has("audio") || !has(picture) {
        return None;
    }
    let parameters = entry.parameters();
    let is_given = |name: &&str| {
        ["audio", picture, "prompt", "seed"].contains(name) || parameters.iter().any(|spec| spec.name == **name)
    };
    if !entry.required.iter().all(is_given) {
        return None;
    }
    let label = if entry.name.is_empty() { entry.id } else { entry.name };
    let mut card = ModelCard::new(entry.id, short(label, 80), RequestKind::LipSync);
    card.description = short(entry.description, 200);
    card.text = TextRule { required: needs("prompt"), max_chars: 5000 };
    let (title, endings): (&str, &[&str]) = if picture == "video" {
        ("Clip", &["mp4", "mov", "webm", "m4v"])
    } else {
        ("Still", &["png", "jpg", "jpeg", "webp"])
    };
    card.references = [("picture", title, endings), ("voice", "Voice", &["wav", "mp3", "m4a", "aac"])]
        .map(|(field, title, endings)| {
            let mut slot = ReferenceSlot::one(field, title).required();
            slot.extensions = endings.iter().map(|ending| (*ending).to_owned()).collect();
            slot.max_bytes = Some(300_000_000);
            slot
        })
        .to_vec();
    card.parameters = parameters;
    card.takes_seed = has("seed");
    card.price = price(entry.base_price_usd?);
    card.vendor.insert("paths".into(), json!({ picture: entry.id }));
    card.vendor.insert("sends_prompt".into(), has("prompt").into());
    Some(card)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::built_in;

    fn entry(id: &str, price: f64, required: &[&str], properties: &Value) -> Value {
        json!({"model_id": id, "name": id, "type": "lip-sync", "base_price": price, "api_schema": {"api_schemas": [
            {"request_schema": {"type": "object", "required": required, "properties": properties}}]}})
    }

    #[test]
    fn a_shipped_card_takes_choices_and_prices_from_the_catalogue() {
        let live = json!([entry(
            "wavespeed-ai/infinitetalk",
            0.3,
            &["audio", "image"],
            &json!({
                "audio": {"type": "string"}, "image": {"type": "string"}, "mask_image": {"type": "string"},
                "resolution": {"type": "string", "enum": ["480p", "720p", "1080p"], "default": "720p"},
                "seed": {"type": "integer"}, "smooth": {"type": "boolean", "default": false},
                "enable_sync_mode": {"type": "boolean"}
            })
        )]);
        let cards = refreshed(&built_in(), &live).unwrap();
        assert_eq!(cards.len(), built_in().len());
        let card = &cards[0];
        let resolution = card.parameter("resolution").unwrap();
        assert_eq!(resolution.default, Some(json!("720p")));
        assert_eq!(resolution.refusal(&json!("1080p")), None);
        let names: Vec<_> = card.parameters.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(names, ["resolution", "mask_image", "smooth"]);
        let rates: Vec<_> = card.price.tiers.iter().map(|tier| tier.usd).collect();
        assert_eq!(rates, [0.12, 0.06]);
        assert_eq!(refreshed(&cards, &live), Some(cards.clone()), "read twice, changed once");
    }

    #[test]
    fn another_lip_sync_model_becomes_a_card() {
        let live = json!([
            entry(
                "wavespeed-ai/latentsync",
                0.05,
                &["video", "audio"],
                &json!({
                    "video": {"type": "string"}, "audio": {"type": "string"},
                    "guidance": {"type": "number", "minimum": 1, "maximum": 3, "default": 9},
                    "steps": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20}
                })
            ),
            entry(
                "x/portrait",
                0.1,
                &["image", "audio", "prompt"],
                &json!({
                    "image": {"type": "string"}, "audio": {"type": "string"}, "prompt": {"type": "string"}
                })
            ),
            entry(
                "x/two-voices",
                0.1,
                &["image", "audio", "right_audio"],
                &json!({
                    "image": {"type": "string"}, "audio": {"type": "string"}, "right_audio": {"type": "string"}
                })
            ),
            entry("x/flux", 0.1, &["prompt"], &json!({"prompt": {"type": "string"}})),
            entry("x/../y", 0.1, &["video", "audio"], &json!({"video": {}, "audio": {}})),
            entry("x/for-nothing", 0.0, &["video", "audio"], &json!({"video": {}, "audio": {}})),
            entry("x/twice", 0.1, &["video", "audio"], &json!({"video": {}, "audio": {}})),
            entry("x/twice", 0.1, &["video", "audio"], &json!({"video": {}, "audio": {}})),
            json!({"model_id": "x/no-schema"}),
            json!(7)
        ]);
        let shipped = built_in().len();
        let cards = refreshed(&built_in(), &live).unwrap();
        let ids: Vec<_> = cards[shipped..].iter().map(|card| card.id.as_str()).collect();
        assert_eq!(ids, ["wavespeed-ai/latentsync", "x/portrait", "x/twice"]);
        let latent = &cards[shipped];
        assert_eq!(latent.parameter("guidance").unwrap().default, None, "a default out of range is dropped");
        assert_eq!(latent.parameter("steps").unwrap().default, Some(json!(20)));
        assert!(cards[shipped + 1].text.required && latent.price.is_estimate);
    }

    #[test]
    fn nonsense_leaves_the_cards_as_they_are() {
        for nonsense in [Value::Null, json!({}), json!([[]]), json!([{"model_id": "sync/lipsync-2", "api_schema": 1}])]
        {
            assert_eq!(refreshed(&built_in(), &nonsense), None);
        }
    }
}
