//! Model cards: what a model takes, which values go together, and what it costs, as data.
//!
//! A card is JSON: built into a provider, overridden from the user's configuration folder or refreshed from a vendor's
//! live schema. `parameter` describes one value, `rule` what values do to each other, `price` the cost, `validate`
//! reads them all against a request, `sane` looks at the card itself.

mod parameter;
mod price;
mod rule;
mod sane;
mod validate;

pub use parameter::{ParameterKind, ParameterSpec};
pub use price::{Price, PriceBasis, PriceRule, PriceTier};
pub use rule::{Condition, Rule, Test};
pub use validate::CardViolation;

use crate::{AspectRatio, CardSource, RequestKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One model of a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Model id without the provider: `google/veo-3.1`.
    pub id: String,
    /// Name for a person.
    pub label: String,
    /// What it is good for, in a sentence.
    #[serde(default)]
    pub description: String,
    /// What it makes.
    pub kind: RequestKind,
    /// The words it works from.
    #[serde(default)]
    pub text: TextRule,
    /// The lengths it makes; absent where a length means nothing, or anything goes.
    #[serde(default)]
    pub durations: Option<DurationRule>,
    /// The shapes it makes; empty where it takes none or any.
    #[serde(default)]
    pub aspect_ratios: Vec<AspectRatio>,
    /// The reference files it takes. A request with a file that has no slot here is refused.
    #[serde(default)]
    pub references: Vec<ReferenceSlot>,
    /// Its own parameters, in the order a form shows them.
    #[serde(default)]
    pub parameters: Vec<ParameterSpec>,
    /// What values do to each other.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What it costs.
    pub price: PriceRule,
    /// Whether it takes a seed.
    #[serde(default)]
    pub takes_seed: bool,
    /// Whether the same request with the same seed gives the same bytes.
    #[serde(default)]
    pub deterministic: bool,
    /// What only the provider's own code reads (names on the wire, versions).
    #[serde(default)]
    pub vendor: Map<String, Value>,
    /// Where its values come from; no part of its file.
    #[serde(skip)]
    pub sources: Vec<CardSource>,
}

impl ModelCard {
    /// A card without parameters, limits or references, for free.
    #[must_use]
    pub fn new(id: impl Into<String>, label: impl Into<String>, kind: RequestKind) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            description: String::new(),
            kind,
            text: TextRule::default(),
            durations: None,
            aspect_ratios: Vec::new(),
            references: Vec::new(),
            parameters: Vec::new(),
            rules: Vec::new(),
            price: PriceRule::default(),
            takes_seed: false,
            deterministic: false,
            vendor: Map::new(),
            sources: Vec::new(),
        }
    }

    /// The parameter of a name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&ParameterSpec> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// The words a model works from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRule {
    /// Whether it needs any.
    pub required: bool,
    /// Most characters it takes.
    pub max_chars: usize,
}

impl Default for TextRule {
    fn default() -> Self {
        Self { required: true, max_chars: 5000 }
    }
}

/// The lengths a model makes, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationRule {
    /// One of these.
    Choices(Vec<f64>),
    /// Anything between, both included.
    Range {
        /// Shortest.
        min: f64,
        /// Longest.
        max: f64,
        /// Distance between two allowed lengths, counted from `min`; absent for any.
        #[serde(default)]
        step: Option<f64>,
    },
}

impl DurationRule {
    /// Whether a length is allowed, to a millisecond.
    #[must_use]
    pub fn allows(&self, secs: f64) -> bool {
        const CLOSE_SECS: f64 = 0.0005;
        match self {
            Self::Choices(choices) => choices.iter().any(|choice| (choice - secs).abs() < CLOSE_SECS),
            Self::Range { min, max, step } => {
                let on_step = step.is_none_or(|step| {
                    let steps = (secs - min) / step;
                    (steps - steps.round()).abs() * step < CLOSE_SECS
                });
                secs >= min - CLOSE_SECS && secs <= max + CLOSE_SECS && on_step
            }
        }
    }

    /// The allowed length nearest to a wish: what a form offers and a default becomes.
    #[must_use]
    pub fn nearest(&self, secs: f64) -> f64 {
        match self {
            Self::Choices(choices) => {
                let closer = |left: &&f64, right: &&f64| (*left - secs).abs().total_cmp(&(*right - secs).abs());
                choices.iter().min_by(closer).copied().unwrap_or(secs)
            }
            Self::Range { min, max, step } => {
                let held = if secs.is_nan() { *min } else { secs.max(*min).min(*max) };
                match step {
                    Some(step) => (min + ((held - min) / step).round() * step).min(*max),
                    None => held,
                }
            }
        }
    }

    /// What is allowed, for a person.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Choices(choices) => {
                let texts: Vec<_> = choices.iter().map(ToString::to_string).collect();
                format!("{} s", texts.join(", "))
            }
            Self::Range { min, max, step: None } => format!("{min} to {max} s"),
            Self::Range { min, max, step: Some(step) } => format!("{min} to {max} s in steps of {step}"),
        }
    }
}

/// A file a model takes, by the request's field: `reference_first_frame`, `reference_images`, `characters`,
/// `recording`, `picture`, `voice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceSlot {
    /// The request's field.
    pub field: String,
    /// Name for a person: `First frame`.
    pub label: String,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// Most files.
    pub max_count: usize,
    /// Largest file in bytes; absent for no limit.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// File name endings it takes, lower case and without a dot; empty for any.
    #[serde(default)]
    pub extensions: Vec<String>,
}

impl ReferenceSlot {
    /// A slot for one optional file.
    #[must_use]
    pub fn one(field: &str, label: &str) -> Self {
        Self {
            field: field.into(),
            label: label.into(),
            required: false,
            max_count: 1,
            max_bytes: None,
            extensions: Vec::new(),
        }
    }

    /// The same slot, for a file that must be there.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same slot, for several files.
    #[must_use]
    pub fn up_to(mut self, max_count: usize) -> Self {
        self.max_count = max_count;
        self
    }
}

#[cfg(test)]
mod tests;
