//! Whether what a provider says of itself makes sense.

use super::{ContractRule::Descriptor, Log};
use crate::{DurationRule, ModelCard, PriceBasis, ProviderDescriptor};
use std::collections::HashSet;

pub(super) fn check(descriptor: &ProviderDescriptor, log: &mut Log<'_>) {
    let good_id = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    if !good_id(&descriptor.id) {
        log.add(Descriptor, format!("{:?} is not a provider id: lower-case letters, digits, - and _", descriptor.id));
    }
    if descriptor.name.trim().is_empty() {
        log.add(Descriptor, "the provider has no name".into());
    }
    let limits = &descriptor.limits;
    if limits.concurrent_jobs == 0 || !is_positive(limits.poll_interval_secs) || limits.submits_per_minute == Some(0) {
        log.add(Descriptor, format!("with these limits no job could ever run: {limits:?}"));
    }
    let mut model_ids = HashSet::new();
    for card in &descriptor.models {
        if card.id.trim().is_empty() || card.label.trim().is_empty() {
            log.add(Descriptor, format!("a model without id or label: {:?} {:?}", card.id, card.label));
        }
        if !model_ids.insert(&card.id) {
            log.add(Descriptor, format!("two models are called {:?}", card.id));
        }
        for problem in card_problems(card) {
            log.add(Descriptor, format!("{}: {problem}", card.id));
        }
    }
    if descriptor.models.is_empty() {
        log.add(Descriptor, "the provider has no models".into());
    }
}

fn card_problems(card: &ModelCard) -> Vec<String> {
    let mut problems = Vec::new();
    let mut names = HashSet::new();
    for parameter in &card.parameters {
        if !names.insert(&parameter.name) {
            problems.push(format!("two parameters are called {:?}", parameter.name));
        }
        if let Some(reason) = parameter.default.as_ref().and_then(|default| parameter.refusal(default)) {
            problems.push(format!("the default of {:?} is not legal: {reason}", parameter.name));
        }
    }
    let tiers = &card.price.tiers;
    if tiers.iter().any(|tier| !is_amount(tier.usd)) || !is_amount(card.price.minimum_usd) {
        problems.push("a price is negative or no number".into());
    }
    if card.price.basis != PriceBasis::Free && tiers.is_empty() {
        problems.push("it costs money but has no price".into());
    }
    if card.price.billed_step_secs.is_some_and(|step| !is_positive(step)) {
        problems.push("billed_step_secs must be more than 0".into());
    }
    let durations_ok = match &card.durations {
        None => true,
        Some(DurationRule::Choices(choices)) => !choices.is_empty() && choices.iter().all(|secs| *secs > 0.0),
        Some(DurationRule::Range { min, max, step }) => *min > 0.0 && min <= max && step.is_none_or(|step| step > 0.0),
    };
    if !durations_ok {
        problems.push(format!("no length is possible: {:?}", card.durations));
    }
    let conditions = card.rules.iter().flat_map(|rule| rule.when.iter().chain(&rule.then));
    for condition in conditions.chain(tiers.iter().flat_map(|tier| &tier.when)) {
        if let Some(name) = condition.field.strip_prefix("parameters.")
            && !names.contains(&name.to_owned())
        {
            problems.push(format!("a rule speaks of {:?}, which is no parameter", condition.field));
        }
    }
    for rule in card.rules.iter().filter(|rule| rule.reason.trim().is_empty() || rule.then.is_empty()) {
        problems.push(format!("a rule without reason or consequence: {rule:?}"));
    }
    let mut slots = HashSet::new();
    for slot in &card.references {
        if !slots.insert(&slot.field) || slot.max_count == 0 {
            problems.push(format!("the reference slot {:?} appears twice or takes nothing", slot.field));
        }
    }
    problems
}

/// False for NaN as well.
fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

fn is_amount(usd: f64) -> bool {
    usd >= 0.0 && usd.is_finite()
}
