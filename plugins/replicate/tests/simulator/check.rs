//! Inputs held against a model's schema the way the vendor does, with its own words in the refusal.

use serde_json::{Map, Value, json};

/// The schemas, as the vendor publishes them, trimmed.
pub const SCHEMAS: &str = include_str!("../data/input_schemas.json");

pub fn schemas() -> Map<String, Value> {
    serde_json::from_str(SCHEMAS).unwrap()
}

/// What is wrong with an input; empty for a good one. Models without a known schema take anything.
pub fn problems(model: &str, input: &Map<String, Value>) -> Vec<Value> {
    let all = schemas();
    let Some(schema) = all.get(model).and_then(|model| model.get("Input")) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |kind: &str, field: String, description: String| {
        found.push(json!({"type": kind, "field": field, "description": description}));
    };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !input.contains_key(name) {
            add("required", "input".into(), format!("{name} is required"));
        }
    }
    for (name, value) in input {
        let property = &schema["properties"][name];
        let field = format!("input.{name}");
        if let Some(choices) = property["enum"].as_array().filter(|choices| !choices.contains(value)) {
            let listed: Vec<_> = choices.iter().map(ToString::to_string).collect();
            add("enum", field, format!("{name} must be one of the following: {}", listed.join(", ")));
            continue;
        }
        let wrong = match property["type"].as_str() {
            Some("string") => !value.is_string(),
            Some("integer") => !value.is_i64() && !value.is_u64(),
            Some("number") => !value.is_number(),
            Some("boolean") => !value.is_boolean(),
            Some("array") => !value.is_array(),
            _ => false,
        };
        if wrong {
            add("invalid_type", field.clone(), format!("Invalid type. Expected: {}", property["type"]));
        }
        if let (Some(least), Some(number)) = (property["minimum"].as_f64(), value.as_f64())
            && number < least
        {
            add("number_gte", field.clone(), format!("Must be greater than or equal to {least}"));
        }
        if let (Some(most), Some(number)) = (property["maximum"].as_f64(), value.as_f64())
            && number > most
        {
            add("number_lte", field, format!("Must be less than or equal to {most}"));
        }
    }
    found
}
