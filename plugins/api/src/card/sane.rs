//! Whether a card makes sense in itself: what a hand-written or refreshed one is asked before it is used.

use super::{DurationRule, ModelCard, PriceBasis};
use std::collections::HashSet;

impl ModelCard {
    /// What is wrong with the card, for its author; empty for a sound one.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.id.trim().is_empty() || self.label.trim().is_empty() {
            problems.push(format!("a model without id or label: {:?} {:?}", self.id, self.label));
        }
        let mut names = HashSet::new();
        for parameter in &self.parameters {
            if !names.insert(&parameter.name) {
                problems.push(format!("two parameters are called {:?}", parameter.name));
            }
            if let Some(reason) = parameter.default.as_ref().and_then(|default| parameter.refusal(default)) {
                problems.push(format!("the default of {:?} is not legal: {reason}", parameter.name));
            }
        }
        let tiers = &self.price.tiers;
        if tiers.iter().any(|tier| !is_amount(tier.usd)) || !is_amount(self.price.minimum_usd) {
            problems.push("a price is negative or no number".into());
        }
        if !matches!(self.price.basis, PriceBasis::Free | PriceBasis::Unknown) && tiers.is_empty() {
            problems.push("it costs money but has no price".into());
        }
        let billing = [self.price.billed_step_secs, self.price.billed_min_secs];
        if billing.into_iter().flatten().any(|secs| !is_positive(secs)) {
            problems.push("billed_step_secs and billed_min_secs must be more than 0".into());
        }
        let durations_ok = match &self.durations {
            None => true,
            Some(DurationRule::Choices(choices)) => !choices.is_empty() && choices.iter().all(|secs| *secs > 0.0),
            Some(DurationRule::Range { min, max, step }) => {
                *min > 0.0 && min <= max && step.is_none_or(|step| step > 0.0)
            }
        };
        if !durations_ok {
            problems.push(format!("no length is possible: {:?}", self.durations));
        }
        let conditions = self.rules.iter().flat_map(|rule| rule.when.iter().chain(&rule.then));
        for condition in conditions.chain(tiers.iter().flat_map(|tier| &tier.when)) {
            if let Some(name) = condition.field.strip_prefix("parameters.")
                && !names.contains(&name.to_owned())
            {
                problems.push(format!("a rule speaks of {:?}, which is no parameter", condition.field));
            }
        }
        for rule in self.rules.iter().filter(|rule| rule.reason.trim().is_empty() || rule.then.is_empty()) {
            problems.push(format!("a rule without reason or consequence: {rule:?}"));
        }
        let mut slots = HashSet::new();
        for slot in &self.references {
            if !slots.insert(&slot.field) || slot.max_count == 0 {
                problems.push(format!("the reference slot {:?} appears twice or takes nothing", slot.field));
            }
        }
        problems
    }
}

/// False for NaN as well.
fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

fn is_amount(usd: f64) -> bool {
    usd >= 0.0 && usd.is_finite()
}
