//! The providers of a running application, and the door through which built-ins and plugins come in alike.

use crate::{ErasedProvider, Provider, ProviderDescriptor, RequestKind};
use bevy_app::App;
use bevy_ecs::resource::Resource;
use std::{fmt, str::FromStr, sync::Arc};

/// Every provider, in the order they were added.
#[derive(Resource, Default, Clone)]
pub struct ProviderRegistry {
    providers: Vec<(String, Arc<dyn ErasedProvider>)>,
}

impl ProviderRegistry {
    /// Adds a provider; one of the same id is replaced, so that a user's own comes before a built-in.
    pub fn add(&mut self, provider: Arc<dyn ErasedProvider>) {
        let provider_id = provider.descriptor().id;
        match self.providers.iter_mut().find(|(known_id, _)| *known_id == provider_id) {
            Some(place) => place.1 = provider,
            None => self.providers.push((provider_id, provider)),
        }
    }

    /// The provider of an id.
    #[must_use]
    pub fn get(&self, provider_id: &str) -> Option<Arc<dyn ErasedProvider>> {
        self.providers.iter().find(|(known_id, _)| known_id == provider_id).map(|(_, provider)| Arc::clone(provider))
    }

    /// All providers in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ErasedProvider>> {
        self.providers.iter().map(|(_, provider)| provider)
    }

    /// What every provider says of itself.
    #[must_use]
    pub fn descriptors(&self) -> Vec<ProviderDescriptor> {
        self.iter().map(|provider| provider.descriptor()).collect()
    }

    /// Finds whom a model's name means: see [`resolve_among`].
    #[must_use]
    pub fn resolve(&self, name: &str, kind: RequestKind) -> Option<ModelAddress> {
        resolve_among(&self.descriptors(), name, kind)
    }
}

/// Finds whom a model's name means.
///
/// `provider:model` is exact. A bare name is a provider (its first model of the kind), else a model's id, else
/// the one model of the kind whose id ends in or starts with that name (`veo` finds `google/veo-3.1`).
#[must_use]
pub fn resolve_among(descriptors: &[ProviderDescriptor], name: &str, kind: RequestKind) -> Option<ModelAddress> {
    let cards = descriptors.iter().flat_map(|descriptor| {
        let cards = descriptor.models.iter().filter(move |card| card.kind == kind);
        cards.map(|card| (descriptor.id.as_str(), card.id.as_str()))
    });
    let tail = |id: &str| id.rsplit('/').next().is_some_and(|last| last.starts_with(name));
    let found = match name.parse::<ModelAddress>() {
        Ok(address) => cards.clone().find(|card| *card == (address.provider_id.as_str(), address.model_id.as_str())),
        Err(_) => cards
            .clone()
            .find(|(provider_id, _)| *provider_id == name)
            .or_else(|| cards.clone().find(|(_, model_id)| *model_id == name))
            .or_else(|| cards.clone().find(|(_, model_id)| !name.is_empty() && tail(model_id))),
    };
    found.map(|(provider_id, model_id)| ModelAddress { provider_id: provider_id.into(), model_id: model_id.into() })
}

impl fmt::Debug for ProviderRegistry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.providers.iter().map(|(provider_id, _)| provider_id)).finish()
    }
}

/// A model with its provider, written `replicate:google/veo-3.1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelAddress {
    /// Provider id.
    pub provider_id: String,
    /// The provider's model id.
    pub model_id: String,
}

/// A text without a colon between two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a model as provider:model, for example draft:previs")]
pub struct ModelAddressError;

impl FromStr for ModelAddress {
    type Err = ModelAddressError;
    fn from_str(text: &str) -> Result<Self, ModelAddressError> {
        match text.split_once(':') {
            Some((provider_id, model_id)) if !provider_id.is_empty() && !model_id.is_empty() => {
                Ok(Self { provider_id: provider_id.into(), model_id: model_id.into() })
            }
            _ => Err(ModelAddressError),
        }
    }
}

impl fmt::Display for ModelAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.provider_id, self.model_id)
    }
}

/// Adds providers to an [`App`].
pub trait AddProvider {
    /// Puts a provider into the app's [`ProviderRegistry`], which is made if it is not there yet.
    fn add_provider(&mut self, provider: impl Provider) -> &mut Self;
}

impl AddProvider for App {
    fn add_provider(&mut self, provider: impl Provider) -> &mut Self {
        self.world_mut().get_resource_or_init::<ProviderRegistry>().add(Arc::new(provider));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::good::GoodProvider;

    #[test]
    fn an_app_finds_its_providers_by_the_names_people_use() {
        let mut app = App::new();
        app.add_provider(GoodProvider::default());
        let registry = app.world().resource::<ProviderRegistry>();
        for name in ["good:tone/beep-1", "good", "tone/beep-1", "beep"] {
            let address = registry.resolve(name, RequestKind::SoundEffect);
            assert_eq!(address.map(|found| found.to_string()).as_deref(), Some("good:tone/beep-1"), "{name}");
        }
        for name in ["", "other", "good:none", ":", "other:tone/beep-1"] {
            assert_eq!(registry.resolve(name, RequestKind::SoundEffect), None, "{name:?}");
        }
        assert_eq!(registry.resolve("good", RequestKind::Video), None);
    }
}
