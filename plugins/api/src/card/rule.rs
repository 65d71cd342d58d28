//! What values do to each other: `10 s not at 1080p`, `a last frame needs a first frame`.

use super::{ModelCard, parameter::same};
use crate::GenerationRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When all of `when` hold, all of `then` must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The case the rule speaks of; empty means always.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What must be so in that case.
    pub then: Vec<Condition>,
    /// Why, for a person: `Veo makes 1080p only at 8 s`.
    pub reason: String,
}

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// A field of the request (`duration_secs`, `reference_last_frame`) or `parameters.<name>`.
    pub field: String,
    /// What must be true of it.
    pub is: Test,
}

/// What can be true of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is given (not null, not empty).
    Given,
    /// It is not given.
    NotGiven,
    /// It is one of these values.
    OneOf(Vec<Value>),
    /// It is none of these values.
    NoneOf(Vec<Value>),
    /// It is a number of at least this.
    AtLeast(f64),
    /// It is a number of at most this.
    AtMost(f64),
}

impl Condition {
    /// A test of a field.
    #[must_use]
    pub fn new(field: &str, is: Test) -> Self {
        Self { field: field.into(), is }
    }

    pub(super) fn holds(&self, fields: &Fields) -> bool {
        let value = fields.get(&self.field);
        match &self.is {
            Test::Given => is_given(&value),
            Test::NotGiven => !is_given(&value),
            Test::OneOf(values) => values.iter().any(|allowed| same(allowed, &value)),
            Test::NoneOf(values) => !values.iter().any(|refused| same(refused, &value)),
            Test::AtLeast(least) => value.as_f64().is_some_and(|number| number >= *least),
            Test::AtMost(most) => value.as_f64().is_some_and(|number| number <= *most),
        }
    }

    pub(super) fn describe(&self) -> String {
        match &self.is {
            Test::Given => "must be given".into(),
            Test::NotGiven => "must not be given".into(),
            Test::OneOf(values) => format!("must be one of {}", list(values)),
            Test::NoneOf(values) => format!("must not be {}", list(values)),
            Test::AtLeast(least) => format!("must be at least {least}"),
            Test::AtMost(most) => format!("must be at most {most}"),
        }
    }
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// Values as a person reads them: without quotes, with commas.
pub(super) fn list(values: &[Value]) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// A request's fields by the names rules use, with the card's defaults filled in.
pub(super) struct Fields(Value);

impl Fields {
    pub(super) fn new(card: &ModelCard, request: &GenerationRequest) -> Self {
        // A request holds only plain data; should it ever fail to serialise, every field reads as absent.
        let mut value = serde_json::to_value(request).unwrap_or(Value::Null);
        if let Some(parameters) = value.get_mut("parameters").and_then(Value::as_object_mut) {
            for parameter in &card.parameters {
                if let Some(default) = &parameter.default {
                    parameters.entry(&parameter.name).or_insert_with(|| default.clone());
                }
            }
        }
        Self(value)
    }

    pub(super) fn get(&self, field: &str) -> Value {
        let value = match field.strip_prefix("parameters.") {
            Some(name) => self.0.get("parameters").and_then(|parameters| parameters.get(name)),
            None => self.0.get(field),
        };
        value.cloned().unwrap_or(Value::Null)
    }
}
