//! `kinora models`: what can be asked, within which limits, and for how much.

use super::{
    Answer, Failure,
    answer::{short, table},
};
use crate::vendors::providers;
use kinora_provider::{KeyNeed, ModelAddress, ParameterKind, PriceBasis, PriceRule, ProviderDescriptor, RequestKind};
use serde_json::{Value, json};

/// List the models of every provider, or show one with its limits, parameters and price.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora models\n  kinora models --kind video\n  kinora models --provider replicate\n  kinora models \
    draft:previs"
)]
pub(super) struct Models {
    /// A model, written provider:model.
    model: Option<String>,
    /// Only models of this kind.
    #[arg(long)]
    kind: Option<KindArg>,
    /// Only models of this provider.
    #[arg(long)]
    provider: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum KindArg {
    Video,
    Image,
    Speech,
    VoiceConversion,
    LipSync,
    Music,
    SoundEffect,
}

impl From<KindArg> for RequestKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Video => Self::Video,
            KindArg::Image => Self::Image,
            KindArg::Speech => Self::Speech,
            KindArg::VoiceConversion => Self::VoiceConversion,
            KindArg::LipSync => Self::LipSync,
            KindArg::Music => Self::Music,
            KindArg::SoundEffect => Self::SoundEffect,
        }
    }
}

impl Models {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let descriptors = providers().descriptors();
        if let Some(name) = &self.model {
            return one(&descriptors, name);
        }
        if let Some(wanted) = &self.provider
            && !descriptors.iter().any(|descriptor| descriptor.id == *wanted)
        {
            let known: Vec<_> = descriptors.iter().map(|descriptor| descriptor.id.as_str()).collect();
            let failure = Failure::new("unknown", format!("there is no provider {wanted}"));
            return Err(failure.fix(format!("known are {}", known.join(", "))));
        }
        let kind = self.kind.map(RequestKind::from);
        let mut rows = Vec::new();
        let mut cards = Vec::new();
        for descriptor in descriptors.iter().filter(|one| self.provider.as_ref().is_none_or(|id| *id == one.id)) {
            for card in descriptor.models.iter().filter(|card| kind.is_none_or(|kind| kind == card.kind)) {
                let model = format!("{}:{}", descriptor.id, card.id);
                rows.push(vec![model.clone(), card.kind.to_string(), price_words(&card.price), short(&card.label, 40)]);
                cards.push(json!({ "model": model, "kind": card.kind, "label": card.label, "price": card.price,
                    "price_words": price_words(&card.price), "needs_key": has_key(descriptor) }));
            }
        }
        Ok(Answer::new(table(&rows), json!({ "models": cards })))
    }
}

/// The variable a key is looked up in, and whether one is set there; the vault is not asked for a list.
fn has_key(descriptor: &ProviderDescriptor) -> Option<&str> {
    descriptor.needs_key.as_ref().map(|KeyNeed { environment_variable, .. }| environment_variable.as_str())
}

fn one(descriptors: &[ProviderDescriptor], name: &str) -> Result<Answer, Failure> {
    let unknown =
        || Failure::new("unknown", format!("there is no model {name:?}")).fix("`kinora models` lists them all");
    let address: ModelAddress = name.parse().map_err(|_| unknown())?;
    let descriptor = descriptors.iter().find(|one| one.id == address.provider_id).ok_or_else(unknown)?;
    let card = descriptor.model(&address.model_id).ok_or_else(unknown)?;
    let mut rows = vec![row("model", &address.to_string()), row("name", &card.label)];
    if !card.description.is_empty() {
        rows.push(row("about", &card.description));
    }
    rows.push(row("makes", &card.kind.to_string()));
    rows.push(row("price", &price_words(&card.price)));
    if let Some(rule) = &card.durations {
        rows.push(row("length", &rule.describe()));
    }
    if !card.aspect_ratios.is_empty() {
        let ratios: Vec<_> = card.aspect_ratios.iter().map(ToString::to_string).collect();
        rows.push(row("shapes", &ratios.join(", ")));
    }
    rows.push(row("text", &format!("at most {} characters", card.text.max_chars)));
    rows.push(row("seed", if card.takes_seed { "yes" } else { "no" }));
    for slot in &card.references {
        let must = if slot.required { "must be given" } else { "may be given" };
        rows.push(row(&slot.field, &format!("{}, {must}, at most {}", slot.label, slot.max_count)));
    }
    for parameter in &card.parameters {
        let default = parameter.default.as_ref().map(|value| format!(", {value} if unsaid")).unwrap_or_default();
        rows.push(row(&format!("parameters.{}", parameter.name), &format!("{}{default}", allowed(&parameter.kind))));
    }
    for rule in &card.rules {
        rows.push(row("rule", &rule.reason));
    }
    if let Some(variable) = has_key(descriptor) {
        rows.push(row("key", &format!("{variable}, or `kinora keys set {}`", descriptor.id)));
    }
    Ok(Answer::new(table(&rows), json!({ "model": address.to_string(), "card": card })))
}

fn row(name: &str, value: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_owned()]
}

fn allowed(kind: &ParameterKind) -> String {
    let range = |min: Option<String>, max: Option<String>| match (min, max) {
        (Some(min), Some(max)) => format!(", {min} to {max}"),
        (Some(min), None) => format!(", at least {min}"),
        (None, Some(max)) => format!(", at most {max}"),
        (None, None) => String::new(),
    };
    match kind {
        ParameterKind::Boolean => "true or false".to_owned(),
        ParameterKind::Integer { min, max } => {
            format!("whole number{}", range(min.map(|min| min.to_string()), max.map(|max| max.to_string())))
        }
        ParameterKind::Number { min, max, .. } => {
            format!("number{}", range(min.map(|min| min.to_string()), max.map(|max| max.to_string())))
        }
        ParameterKind::Choice { choices } => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("one of {}", choices.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        ParameterKind::Text { .. } => "text".to_owned(),
    }
}

/// A price rule in words: `$0.40 a second`, `$0.20 to $0.40 a second`.
pub(super) fn price_words(rule: &PriceRule) -> String {
    let unit = match rule.basis {
        PriceBasis::Free => return "free".to_owned(),
        PriceBasis::Unknown => return "price unknown".to_owned(),
        PriceBasis::Output => "a run",
        PriceBasis::Second => "a second",
        PriceBasis::Character => "a thousand characters",
    };
    let scale = if rule.basis == PriceBasis::Character { 1000.0 } else { 1.0 };
    let rates = || rule.tiers.iter().map(|tier| tier.usd * scale);
    let (low, high) = (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
    if !low.is_finite() {
        return "price unknown".to_owned();
    }
    let about = if rule.is_estimate { "about " } else { "" };
    if high - low < 1e-9 {
        format!("{about}{} {unit}", usd(low))
    } else {
        format!("{about}{} to {} {unit}", usd(low), usd(high))
    }
}

/// US dollars with as many places as they need.
pub(super) fn usd(amount: f64) -> String {
    let digits = if amount > 0.0 && amount < 0.1 { 4 } else { 2 };
    format!("${amount:.digits$}")
}
