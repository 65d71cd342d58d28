//! Inputs read as strictly as the catalogue describes them.

use serde_json::{Map, Value};

/// The catalogue the simulator serves.
const CATALOGUE: &str = include_str!("catalogue.json");

/// Every model, as `GET /api/v3/models` answers.
pub(super) fn catalogue() -> Value {
    // Read by a test; a broken one would serve no models, and every test that creates would fail.
    serde_json::from_str(CATALOGUE).unwrap_or_default()
}

/// The schema of a model's inputs; `None` for an unknown model.
pub(super) fn of_model(catalogue: &Value, model: &str) -> Option<Value> {
    let entry = catalogue.as_array()?.iter().find(|entry| entry["model_id"] == model)?;
    entry.pointer("/api_schema/api_schemas/0/request_schema").cloned()
}

/// What is wrong with inputs; `None` when nothing is.
pub(super) fn refusal(schema: &Value, inputs: &Map<String, Value>) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if inputs.get(name).is_none_or(|value| value.is_null() || value == "") {
            return Some(format!("property '{name}' is missing"));
        }
    }
    for (name, value) in inputs {
        let Some(property) = properties.get(name) else {
            return Some(format!("property '{name}' is unknown"));
        };
        if let Some(why) = wrong(property, value) {
            return Some(format!("property '{name}' {why}"));
        }
    }
    None
}

fn wrong(property: &Value, value: &Value) -> Option<String> {
    let fits = match property.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !fits {
        return Some(format!("must be of type {}", property["type"]));
    }
    if let Some(choices) = property.get("enum").and_then(Value::as_array)
        && !choices.contains(value)
    {
        return Some(format!("must be one of {}", property["enum"]));
    }
    let number = value.as_f64();
    for (limit, is_broken) in [
        ("minimum", number.zip(property["minimum"].as_f64()).is_some_and(|(value, least)| value < least)),
        ("maximum", number.zip(property["maximum"].as_f64()).is_some_and(|(value, most)| value > most)),
    ] {
        if is_broken {
            return Some(format!("is beyond its {limit} of {}", property[limit]));
        }
    }
    // A file's name on the client's machine is no address.
    let is_address = property["format"] == "uri";
    let text = value.as_str().unwrap_or_default();
    (is_address && !text.starts_with("http")).then(|| "must be an URL".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cards, request::Order};
    use kinora_provider::{GenerationRequest, LipSyncPicture, LipSyncRequest, ModelCard, ParameterKind};
    use serde_json::json;

    /// Every combination of a card's choices at the edges of the rest.
    fn edges(card: &ModelCard) -> Vec<GenerationRequest> {
        let mut combinations = vec![Map::new()];
        for parameter in &card.parameters {
            let ParameterKind::Choice { choices } = &parameter.kind else { continue };
            let with = |base: &Map<String, Value>, choice: &Value| {
                let mut whole = base.clone();
                whole.insert(parameter.name.clone(), choice.clone());
                whole
            };
            let all = combinations.iter().flat_map(|base| choices.iter().map(move |choice| with(base, choice)));
            combinations = all.chain(combinations.iter().cloned()).collect();
        }
        let masked = combinations.clone().into_iter().filter(|_| card.parameter("mask_image").is_some());
        let masked: Vec<_> = masked
            .map(|mut whole| {
                whole.insert("mask_image".into(), json!("https://cdn.example/mask.png"));
                whole
            })
            .collect();
        combinations.extend(masked);
        let mut found = Vec::new();
        for parameters in combinations {
            for picture in [LipSyncPicture::Video("a.mp4".into()), LipSyncPicture::Image("a.png".into())] {
                for (seed, prompt) in
                    [(None, String::new()), (Some(0), "x".repeat(5000)), (Some(2_147_483_647), "x".into())]
                {
                    found.push(GenerationRequest::LipSync(LipSyncRequest {
                        model: card.id.clone(),
                        picture: picture.clone(),
                        voice: "a.wav".into(),
                        prompt,
                        duration_secs: Some(2.0),
                        seed,
                        parameters: parameters.clone(),
                    }));
                }
            }
        }
        found
    }

    #[test]
    fn every_card_fits_the_catalogue_at_its_edges() {
        let catalogue = catalogue();
        let mut count = 0;
        for card in cards::built_in() {
            for request in edges(&card).into_iter().filter(|request| card.validate(request).is_ok()) {
                let order = Order::new(&card, &request).unwrap();
                let mut inputs = order.body;
                for file in &order.files {
                    inputs.insert(file.wire.into(), json!("https://cdn.example/a"));
                }
                let schema = of_model(&catalogue, &order.path).unwrap();
                assert_eq!(refusal(&schema, &inputs), None, "{}: {inputs:?}", order.path);
                count += 1;
            }
        }
        assert_eq!(count, 147, "each card was tried");
    }

    #[test]
    fn every_input_is_held_against_the_catalogue() {
        let catalogue = catalogue();
        let schema = of_model(&catalogue, "wavespeed-ai/infinitetalk").unwrap();
        let good = json!({"audio": "https://a/a.wav", "image": "https://a/a.png", "seed": -1, "resolution": "720p"});
        assert_eq!(refusal(&schema, good.as_object().unwrap()), None);
        for (name, value) in [
            ("audio", Value::Null),
            ("image", json!("/home/me/a.png")),
            ("seed", json!(2_147_483_648_i64)),
            ("seed", json!(-2)),
            ("seed", json!("7")),
            ("resolution", json!("1080p")),
            ("video", json!("https://a/a.mp4")),
        ] {
            let mut inputs = good.clone();
            inputs[name] = value.clone();
            let why = refusal(&schema, inputs.as_object().unwrap());
            assert!(why.is_some_and(|why| why.contains(name)), "{name} {value}");
        }
        assert_eq!(of_model(&catalogue, "no/model"), None);
    }
}
