//! Every provider of this build.

use kinora_draft::DraftProvider;
use kinora_provider::ProviderRegistry;
use std::sync::Arc;

/// Every provider of this build.
#[must_use]
pub fn providers() -> ProviderRegistry {
    let mut registry = ProviderRegistry::default();
    registry.add(Arc::new(DraftProvider::default()));
    registry
}
