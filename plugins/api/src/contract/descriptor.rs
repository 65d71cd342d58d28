//! Whether what a provider says of itself makes sense.

use super::{ContractRule::Descriptor, Log};
use crate::ProviderDescriptor;
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
        if !model_ids.insert(&card.id) {
            log.add(Descriptor, format!("two models are called {:?}", card.id));
        }
        for problem in card.problems() {
            log.add(Descriptor, format!("{}: {problem}", card.id));
        }
    }
    if descriptor.models.is_empty() {
        log.add(Descriptor, "the provider has no models".into());
    }
}

/// False for NaN as well.
fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}
