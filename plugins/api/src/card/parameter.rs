//! One model-specific value: its type, its limits, its default.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A parameter of a model. A form draws one control for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterSpec {
    /// Name in the request's `parameters`.
    pub name: String,
    /// Name for a person.
    pub label: String,
    /// What it does.
    #[serde(default)]
    pub help: String,
    /// Its type and limits.
    #[serde(flatten)]
    pub kind: ParameterKind,
    /// Used when the request leaves it out; absent where the vendor decides.
    #[serde(default)]
    pub default: Option<Value>,
    /// Whether a request must name it (only of use without a default).
    #[serde(default)]
    pub required: bool,
}

/// Type and limits of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ParameterKind {
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer {
        /// Lowest.
        #[serde(default)]
        min: Option<i64>,
        /// Highest.
        #[serde(default)]
        max: Option<i64>,
    },
    /// A number.
    Number {
        /// Lowest.
        #[serde(default)]
        min: Option<f64>,
        /// Highest.
        #[serde(default)]
        max: Option<f64>,
        /// Distance between two values of a slider; not a limit.
        #[serde(default)]
        step: Option<f64>,
    },
    /// Words.
    Text {
        /// Most characters; absent for 5000.
        #[serde(default)]
        max_chars: Option<usize>,
    },
    /// One of a few values.
    Choice {
        /// The values: texts or numbers.
        choices: Vec<Value>,
    },
}

impl ParameterSpec {
    /// A parameter with a default.
    #[must_use]
    pub fn new(name: &str, label: &str, kind: ParameterKind, default: impl Into<Value>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            help: String::new(),
            kind,
            default: Some(default.into()),
            required: false,
        }
    }

    /// The same parameter with a help text.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        self.help = help.into();
        self
    }

    /// Why a value is not allowed; `None` when it is.
    #[must_use]
    pub fn refusal(&self, value: &Value) -> Option<String> {
        match &self.kind {
            ParameterKind::Boolean => (!value.is_boolean()).then(|| "must be true or false".into()),
            ParameterKind::Integer { min, max } => match value.as_i64() {
                None => Some("must be a whole number".into()),
                Some(number) if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) => {
                    Some(range_text(*min, *max))
                }
                Some(_) => None,
            },
            ParameterKind::Number { min, max, .. } => match value.as_f64() {
                None => Some("must be a number".into()),
                Some(number) if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) => {
                    Some(range_text(*min, *max))
                }
                Some(_) => None,
            },
            ParameterKind::Text { max_chars } => {
                let limit = max_chars.unwrap_or(5000);
                match value.as_str() {
                    None => Some("must be text".into()),
                    Some(text) if text.chars().count() > limit => Some(format!("must be at most {limit} characters")),
                    Some(_) => None,
                }
            }
            ParameterKind::Choice { choices } => (!choices.iter().any(|choice| same(choice, value)))
                .then(|| format!("must be one of {}", super::rule::list(choices))),
        }
    }
}

fn range_text<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("must be {min} to {max}"),
        (Some(min), None) => format!("must be at least {min}"),
        (None, Some(max)) => format!("must be at most {max}"),
        (None, None) => "is out of range".into(),
    }
}

/// JSON equality that takes `8` and `8.0` for the same number.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() < 1e-9,
        _ => left == right,
    }
}
