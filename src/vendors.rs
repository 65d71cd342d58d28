//! Every provider of this build, and the one memory of their keys.

use kinora_draft::DraftProvider;
use kinora_elevenlabs::ElevenLabsProvider;
use kinora_provider::{ErasedProvider, ProviderError, ProviderRegistry};
use kinora_replicate::ReplicateProvider;
use kinora_transport::Keys;
use kinora_wavespeed::WaveSpeedProvider;
use std::sync::{Arc, OnceLock};

/// The keys of this user: in the environment or the operating system's vault. Shared, so that a key set in a dialog is the
/// one the next request carries.
#[must_use]
pub fn keys() -> Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(Keys::system).clone()
}

/// Every provider of this build.
#[must_use]
pub fn providers() -> ProviderRegistry {
    let mut registry = ProviderRegistry::default();
    registry.add(Arc::new(DraftProvider::default()));
    add(&mut registry, ReplicateProvider::from_environment(keys()));
    add(&mut registry, ElevenLabsProvider::from_environment(keys()));
    registry.add(Arc::new(WaveSpeedProvider::from_environment(keys())));
    registry
}

/// Adds a vendor. One that cannot be reached as the environment asks is left out, and everything else works.
fn add(registry: &mut ProviderRegistry, vendor: Result<impl ErasedProvider, ProviderError>) {
    match vendor {
        Ok(vendor) => registry.add(Arc::new(vendor)),
        Err(error) => tracing::error!("a vendor is left out: {error}"),
    }
}
