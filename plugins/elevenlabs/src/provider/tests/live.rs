//! Cards, voices and limits as the vendor tells them, kept for the next run.

use super::*;
use kinora_provider::{CardSource, ModelCard, ProviderDescriptor};
use kinora_transport::MemoryVault;
use std::sync::Arc;

fn at(stage: &Stage, key: &str) -> ElevenLabsProvider {
    let live_file = Some(stage.folder.path().join("live/elevenlabs.json"));
    let cards = CardPlaces { folder: None, live_file };
    ElevenLabsProvider::new(Settings { cards, ..settings(&stage.simulator.url(), key) }).unwrap()
}

fn requests(stage: &Stage) -> u64 {
    stage.simulator.report().requests.values().sum()
}

fn find(provider: &ElevenLabsProvider, id: &str) -> ModelCard {
    provider.descriptor().model(id).cloned().unwrap_or_else(|| panic!("{id}"))
}

/// What it says but for when that was read.
fn undated(provider: &ElevenLabsProvider) -> ProviderDescriptor {
    let mut descriptor = provider.descriptor();
    for source in descriptor.models.iter_mut().flat_map(|card| &mut card.sources) {
        if let CardSource::Live { read_at, .. } = source {
            read_at.clear();
        }
    }
    descriptor
}

#[test]
fn models_voices_and_the_plan_are_kept_for_the_next_run() {
    let stage = Stage::new();
    let provider = at(&stage, KEY);
    let cast = provider.descriptor().voices;
    let refreshed = stage.runtime.block_on(provider.refresh_cards()).unwrap();
    assert_eq!((refreshed.problems.len(), refreshed.gone.len()), (0, 0), "{:?}", refreshed.problems);
    assert!(refreshed.added.iter().any(|id| id == "eleven_flash_v2"), "{refreshed:?}");
    let asked = requests(&stage);
    let next = at(&stage, KEY);
    assert_eq!((next.descriptor(), next.cards_read_at()), (provider.descriptor(), Some(refreshed.read_at)));
    assert_eq!(requests(&stage), asked, "nothing is sent at the start");
    let descriptor = next.descriptor();
    assert_eq!((descriptor.voices.len(), cast.len(), descriptor.limits.concurrent_jobs), (230, 15, 5));
    let card = find(&next, "eleven_flash_v2");
    assert!(matches!(card.sources.as_slice(), [CardSource::Live { .. }]), "{:?}", card.sources);
    // The default of a kind stays the default.
    assert_eq!(descriptor.models[0].id, "eleven_multilingual_v2");
}

#[test]
fn what_cannot_be_read_leaves_what_there_was() {
    let stage = Stage::new();
    let provider = at(&stage, KEY);
    stage.runtime.block_on(provider.refresh_cards()).unwrap();
    let before = undated(&provider);
    stage.simulator.script(Door::Voices, [Fault::Truncated; 4]);
    let refreshed = stage.runtime.block_on(provider.refresh_cards()).unwrap();
    assert_eq!(refreshed.problems.iter().map(|problem| problem.about.as_str()).collect::<Vec<_>>(), ["voices"]);
    assert_eq!(undated(&provider), before);
    stage.simulator.script(Door::Models, [Fault::Truncated; 4]);
    assert!(stage.runtime.block_on(provider.refresh_cards()).is_err());
    assert_eq!((undated(&provider), undated(&at(&stage, KEY))), (before.clone(), before));
}

#[test]
fn without_a_key_nothing_is_sent() {
    let stage = Stage::new();
    let keys = Keys::new(Arc::new(|_| None), Arc::new(MemoryVault::default()));
    let provider = ElevenLabsProvider::new(Settings { keys, ..settings(&stage.simulator.url(), KEY) }).unwrap();
    assert_eq!(kind(&stage.runtime.block_on(provider.refresh_cards()).unwrap_err()), "missing_key");
    assert_eq!(requests(&stage), 0);
}
