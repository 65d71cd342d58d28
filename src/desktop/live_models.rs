//! The live schemas of vendors' models, read on a thread of their own: once after the start where what is known is older
//! than a day and a key is there, and whenever somebody asks. Without a key nothing is sent, and nothing waits for it.

use super::Film;
use crate::{
    jobs::WakeUp,
    ui::{overlays::ModelsRead, state::UiState},
    vendors,
};
use bevy::prelude::{Local, Res, ResMut, Resource, World};
use crossbeam_channel::{Receiver, Sender, bounded};
use kinora_provider::{ErasedProvider, ProviderError, ProviderRegistry};
use std::thread;

/// Wishes that may wait at once: one a vendor, and what a person clicks.
const MOST_WISHES: usize = 64;
/// Live schemas older than this are read again, in seconds.
const FRESH_SECS: i64 = 24 * 3600;

/// The way to the thread and back.
#[derive(Resource, Default)]
pub(super) struct LiveDesk {
    thread: Option<(Sender<Wish>, Receiver<News>)>,
}

struct Wish {
    provider: String,
    /// Whether somebody asked; else a key that is not there is no news.
    asked: bool,
    registry: ProviderRegistry,
    wake: WakeUp,
}

struct News {
    provider: String,
    read: ModelsRead,
}

/// Once after the start: what is older than a day is read again.
pub(super) fn look_once(world: &mut World, mut has_looked: Local<'_, bool>) {
    if std::mem::replace(&mut *has_looked, true) {
        return;
    }
    let registry = world.get_resource::<ProviderRegistry>().cloned().unwrap_or_default();
    for descriptor in registry.descriptors().into_iter().filter(|one| one.needs_key.is_some()) {
        let Some(provider) = registry.get(&descriptor.id) else { continue };
        let read_at = provider.cards_read_at();
        let is_fresh = read_at.as_deref().is_some_and(is_fresh);
        let read = ModelsRead { read_at, said: None };
        world.resource_mut::<UiState>().overlays.keys.models.insert(descriptor.id.clone(), read);
        if !is_fresh {
            wish(world, descriptor.id, false);
        }
    }
}

/// Reads the live schemas of a vendor because somebody asks.
pub(super) fn read(world: &mut World, provider: String) {
    wish(world, provider, true);
}

fn wish(world: &mut World, provider: String, asked: bool) {
    let registry = world.get_resource::<ProviderRegistry>().cloned().unwrap_or_default();
    let wake = world.get_resource::<WakeUp>().cloned().unwrap_or_default();
    let mut desk = world.get_resource_or_init::<LiveDesk>();
    if desk.thread.is_none() {
        let (wishes, to_do) = bounded::<Wish>(MOST_WISHES);
        let (tell, news) = bounded(MOST_WISHES);
        let started = thread::Builder::new().name("kinora-models".to_owned()).spawn(move || {
            for wish in to_do {
                let wake = wish.wake.clone();
                // Nobody listens any more when the window is gone.
                if wish.carry_out().is_some_and(|news| tell.send(news).is_err()) {
                    return;
                }
                (wake.0)();
            }
        });
        match started {
            Ok(_) => desk.thread = Some((wishes, news)),
            Err(error) => {
                tracing::warn!("live schemas of models are not read: {error}");
                world.resource_mut::<UiState>().overlays.keys.reading.clear();
                return;
            }
        }
    }
    if let Some((wishes, _)) = &desk.thread {
        // A full channel means that a vendor is slow already.
        let _ = wishes.try_send(Wish { provider, asked, registry, wake });
    }
}

/// Takes in what came of wishes.
pub(super) fn hear(desk: Option<Res<'_, LiveDesk>>, mut state: ResMut<'_, UiState>, mut film: ResMut<'_, Film>) {
    let Some((_, news)) = desk.as_ref().and_then(|desk| desk.thread.as_ref()) else { return };
    for News { provider, read } in news.try_iter() {
        let keys = &mut state.overlays.keys;
        keys.reading.retain(|reading| *reading != provider);
        keys.models.insert(provider, read);
        // The forms are drawn by the cards as they are now.
        film.providers.clear();
    }
}

impl Wish {
    /// What came of it; nothing where nobody asked and there is no key.
    fn carry_out(self) -> Option<News> {
        let provider = self.registry.get(&self.provider)?;
        let need = provider.descriptor().needs_key;
        let variable = need.map(|need| need.environment_variable).unwrap_or_default();
        let has_key = vendors::keys().find(&self.provider, &variable).is_ok_and(|found| found.is_some());
        if !has_key && !self.asked {
            return None;
        }
        let said = match refresh(&*provider) {
            Ok(words) => Ok(words),
            Err(error) => {
                tracing::warn!("the live schemas of {}: {error}", self.provider);
                Err(format!("{error}. {}", error.what_to_do()))
            }
        };
        Some(News { provider: self.provider, read: ModelsRead { read_at: provider.cards_read_at(), said: Some(said) } })
    }
}

fn refresh(provider: &dyn ErasedProvider) -> Result<String, ProviderError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| ProviderError::Internal { message: error.to_string() })?;
    let refreshed = runtime.block_on(provider.refresh_cards())?;
    for problem in &refreshed.problems {
        tracing::info!("{}: {}", problem.about, problem.reason);
    }
    Ok(refreshed.in_words())
}

/// Whether a moment is less than a day ago; one in the future is not: clocks are set right.
fn is_fresh(read_at: &str) -> bool {
    let Ok(at) = read_at.parse::<jiff::Timestamp>() else { return false };
    let age_secs = jiff::Timestamp::now().as_second() - at.as_second();
    (0..FRESH_SECS).contains(&age_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_today_is_not_read_again() {
        let ago = |secs: i64| {
            let now = jiff::Timestamp::now().as_second();
            jiff::Timestamp::from_second(now - secs).unwrap().to_string()
        };
        for (read_at, fresh) in [
            (ago(5), true),
            (ago(23 * 3600), true),
            (ago(25 * 3600), false),
            (ago(-3600), false),
            ("yesterday".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(is_fresh(&read_at), fresh, "{read_at}");
        }
    }
}
