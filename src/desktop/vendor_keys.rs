//! Keys are looked for, kept, removed and tested on a thread of their own: the vault may ask the user to unlock it, and a
//! vendor takes its time to answer.

use crate::{
    jobs::WakeUp,
    ui::{ask::KeyAsk, overlays::KeyFound, state::UiState},
    vendors,
};
use bevy::prelude::{Res, ResMut, Resource, World};
use crossbeam_channel::{Receiver, Sender, bounded};
use kinora_provider::{ProviderDescriptor, ProviderRegistry, usd_words};
use kinora_transport::KeySource;
use std::thread;

/// Wishes that may wait at once: a person clicks no more.
const MOST_WISHES: usize = 64;

/// The way to the thread and back.
#[derive(Resource, Default)]
pub(super) struct KeyDesk {
    thread: Option<(Sender<Wish>, Receiver<News>)>,
}

struct Wish {
    ask: KeyAsk,
    registry: ProviderRegistry,
    wake: WakeUp,
}

/// What came of a wish about one provider.
struct News {
    provider: String,
    found: KeyFound,
    said: Option<Result<String, String>>,
}

/// Hands a wish to the thread, which is started with the first.
pub(super) fn carry_out(world: &mut World, ask: KeyAsk) {
    let registry = world.get_resource::<ProviderRegistry>().cloned().unwrap_or_default();
    let wake = world.get_resource::<WakeUp>().cloned().unwrap_or_default();
    let needing = registry.descriptors().into_iter().filter(|one| one.needs_key.is_some()).map(|one| one.id);
    if ask == KeyAsk::Look {
        world.resource_mut::<UiState>().overlays.keys.busy = needing.collect();
    }
    let mut desk = world.get_resource_or_init::<KeyDesk>();
    if desk.thread.is_none() {
        let (wishes, to_do) = bounded::<Wish>(MOST_WISHES);
        let (tell, news) = bounded(MOST_WISHES);
        let started = thread::Builder::new().name("kinora-keys".to_owned()).spawn(move || {
            for wish in to_do {
                wish.carry_out(&tell);
            }
        });
        match started {
            Ok(_) => desk.thread = Some((wishes, news)),
            Err(error) => {
                world.resource_mut::<UiState>().tell_failure("Keys cannot be looked for", error.to_string());
                return;
            }
        }
    }
    if let Some((wishes, _)) = &desk.thread {
        // A full channel means that the vault waits for the user already.
        let _ = wishes.try_send(Wish { ask, registry, wake });
    }
}

/// Takes in what came of wishes.
pub(super) fn hear(desk: Option<Res<'_, KeyDesk>>, mut state: ResMut<'_, UiState>) {
    let Some((_, news)) = desk.as_ref().and_then(|desk| desk.thread.as_ref()) else { return };
    for News { provider, found, said } in news.try_iter() {
        let keys = &mut state.overlays.keys;
        keys.busy.retain(|busy| *busy != provider);
        match said {
            Some(said) => drop(keys.said.insert(provider.clone(), said)),
            None => drop(keys.said.remove(&provider)),
        }
        keys.found.insert(provider, found);
    }
}

impl Wish {
    fn carry_out(self, tell: &Sender<News>) {
        let descriptors = self.registry.descriptors();
        let wanted = match &self.ask {
            KeyAsk::Look => None,
            KeyAsk::ReadModels(provider) => Some(provider.clone()),
            KeyAsk::Set(provider, _) | KeyAsk::Test(provider) | KeyAsk::Remove(provider) => Some(provider.clone()),
        };
        for descriptor in descriptors.iter().filter(|one| one.needs_key.is_some()) {
            if wanted.as_ref().is_some_and(|wanted| *wanted != descriptor.id) {
                continue;
            }
            let said = self.said(descriptor);
            let news = News { provider: descriptor.id.clone(), found: found(descriptor), said };
            // Nobody listens any more when the window is gone.
            if tell.send(news).is_err() {
                return;
            }
            (self.wake.0)();
        }
    }

    fn said(&self, descriptor: &ProviderDescriptor) -> Option<Result<String, String>> {
        let (id, name) = (&descriptor.id, &descriptor.name);
        let said = match &self.ask {
            KeyAsk::Look | KeyAsk::ReadModels(_) => return None,
            KeyAsk::Set(_, key) => match vendors::keys().set(id, key) {
                Ok(()) => Ok("Kept in the vault".to_owned()),
                Err(error) => Err(error.to_string()),
            },
            KeyAsk::Remove(_) => match vendors::keys().remove(id) {
                Ok(_) => Ok("Gone from the vault".to_owned()),
                Err(error) => Err(error.to_string()),
            },
            KeyAsk::Test(_) => self.test(id).map(|note| format!("{name} takes the key{note}")),
        };
        Some(said)
    }

    fn test(&self, id: &str) -> Result<String, String> {
        let provider = self.registry.get(id).ok_or("the provider is gone")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let standing = runtime.map_err(|error| error.to_string())?.block_on(provider.standing());
        let standing = standing.map_err(|error| format!("{error}. {}", error.what_to_do()))?;
        let balance = standing.balance_usd.map(|usd| format!("{} left", usd_words(usd)));
        let parts = [Some(standing.account), balance, Some(standing.note)];
        let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Ok(if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) })
    }
}

fn found(descriptor: &ProviderDescriptor) -> KeyFound {
    let variable = descriptor.needs_key.as_ref().map(|need| need.environment_variable.as_str()).unwrap_or_default();
    match vendors::keys().find(&descriptor.id, variable) {
        Ok(Some((_, KeySource::Environment))) => KeyFound::Environment,
        Ok(Some((_, KeySource::Vault))) => KeyFound::Vault,
        Ok(None) => KeyFound::Nowhere,
        Err(error) => KeyFound::Unknown(error.to_string()),
    }
}
