//! `kinora models`: what can be asked, within which limits, and for how much.

use super::{
    Answer, Failure,
    answer::{short, table},
    failure::Doing,
};
use crate::vendors::{keys, providers};
use kinora_provider::{
    KeyNeed, ModelAddress, ParameterKind, PriceBasis, PriceRule, ProviderDescriptor, ProviderRegistry, RequestKind,
    usd_words,
};
use serde_json::{Value, json};

/// List the models of every provider, show one with its limits, parameters and price, or read them from their vendors again.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  kinora models\n  kinora models --kind video\n  kinora models --provider replicate\n  kinora models \
    draft:previs\n  kinora models show replicate:google/veo-3.1\n  kinora models refresh --vendor replicate"
)]
pub(super) struct Models {
    #[command(subcommand)]
    command: Option<ModelsCommand>,
    /// A model, written provider:model.
    model: Option<String>,
    /// Only models of this kind.
    #[arg(long)]
    kind: Option<KindArg>,
    /// Only models of this provider.
    #[arg(long)]
    provider: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum ModelsCommand {
    /// Show a model with its limits, parameters and price, and where each of these comes from.
    #[command(after_help = "Example:\n  kinora models show elevenlabs:eleven_v3")]
    Show {
        /// A model, written provider:model.
        model: String,
    },
    /// Read limits, choices, defaults and prices from the vendors' live schemas, and keep them for later runs. Vendors without
    /// a key are left out.
    #[command(after_help = "Examples:\n  kinora models refresh\n  kinora models refresh --vendor wavespeed")]
    Refresh {
        /// Only this vendor.
        #[arg(long, value_name = "VENDOR")]
        vendor: Option<String>,
    },
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
        let registry = providers();
        let descriptors = registry.descriptors();
        match self.command {
            Some(ModelsCommand::Show { model }) => return one(&registry, &descriptors, &model),
            Some(ModelsCommand::Refresh { vendor }) => return refresh(&registry, vendor.as_deref()),
            None => {}
        }
        if let Some(name) = &self.model {
            return one(&registry, &descriptors, name);
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
        let troubles: Vec<String> = registry.iter().flat_map(|provider| provider.card_troubles()).collect();
        let mut text = table(&rows);
        for trouble in &troubles {
            text.push_str(&format!("\nleft out: {trouble}"));
        }
        Ok(Answer::new(text, json!({ "models": cards, "troubles": troubles })))
    }
}

/// Reads the live schemas of every vendor that has a key, or of one. One that fails does not keep the next from its turn.
fn refresh(registry: &ProviderRegistry, vendor: Option<&str>) -> Result<Answer, Failure> {
    let what = "read the live schemas";
    let descriptors = registry.descriptors();
    let is_asked = |one: &&ProviderDescriptor| vendor.map_or_else(|| one.needs_key.is_some(), |id| one.id == id);
    let asked: Vec<_> = descriptors.iter().filter(is_asked).collect();
    if asked.is_empty() {
        let known: Vec<_> =
            descriptors.iter().filter(|one| one.needs_key.is_some()).map(|one| one.id.as_str()).collect();
        let failure = Failure::new("unknown", format!("there is no vendor {}", vendor.unwrap_or_default()));
        return Err(failure.fix(format!("known are {}", known.join(", ")))).doing(what);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().doing(what)?;
    let (mut lines, mut read, mut failed) = (Vec::new(), Vec::new(), false);
    for descriptor in asked {
        let id = &descriptor.id;
        let variable = has_key(descriptor).unwrap_or_default();
        if vendor.is_none() && !keys().find(id, variable).is_ok_and(|found| found.is_some()) {
            lines.push(format!("{id}: left out, there is no key ({variable}, or `kinora keys set {id}`)"));
            read.push(json!({ "provider": id, "read": false, "why": "there is no key" }));
            continue;
        }
        let Some(provider) = registry.get(id) else { continue };
        match runtime.block_on(provider.refresh_cards()) {
            Ok(refreshed) => {
                lines.push(format!("{id}: {}", refreshed.in_words()));
                for problem in &refreshed.problems {
                    lines.push(format!("  {}: {}", problem.about, problem.reason));
                }
                read.push(json!({ "provider": id, "read": true, "refreshed": refreshed }));
            }
            Err(error) => {
                failed = true;
                lines.push(format!("{id}: {error}. {}", error.what_to_do()));
                read.push(json!({ "provider": id, "read": false, "why": error.to_string() }));
            }
        }
    }
    let mut answer = Answer::new(lines.join("\n"), json!({ "vendors": read, "failed": failed }));
    answer.failed = failed;
    Ok(answer)
}

/// The variable a key is looked up in, and whether one is set there; the vault is not asked for a list.
fn has_key(descriptor: &ProviderDescriptor) -> Option<&str> {
    descriptor.needs_key.as_ref().map(|KeyNeed { environment_variable, .. }| environment_variable.as_str())
}

fn one(registry: &ProviderRegistry, descriptors: &[ProviderDescriptor], name: &str) -> Result<Answer, Failure> {
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
    let sources: Vec<String> = card.sources.iter().map(ToString::to_string).collect();
    let origin = if sources.is_empty() { "built in".to_owned() } else { sources.join("; over it ") };
    rows.push(row("from", &origin));
    let provider = registry.get(&address.provider_id);
    let troubles = provider.as_ref().map(|provider| provider.card_troubles()).unwrap_or_default();
    rows.extend(troubles.iter().map(|trouble| row("left out", trouble)));
    let read_at = provider.and_then(|provider| provider.cards_read_at());
    let json = json!({ "model": address.to_string(), "card": card, "sources": card.sources, "live_read_at": read_at,
        "troubles": troubles });
    Ok(Answer::new(table(&rows), json))
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
    usd_words(amount)
}
