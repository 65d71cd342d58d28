//! Live schemas: read for all models, kept for the next run, and not believed where they make no sense.

use crate::{
    Bench,
    simulator::{Fault, On},
};
use kinora_provider::{CardSource, ModelCard, Provider, ProviderDescriptor, ProviderError};
use kinora_replicate::{ReplicateOptions, ReplicateProvider};
use kinora_transport::{CardPlaces, Keys, MemoryVault};
use serde_json::json;
use std::sync::Arc;

fn schemas() -> Vec<String> {
    let schemas: serde_json::Value = serde_json::from_str(include_str!("../data/input_schemas.json")).unwrap();
    schemas.as_object().unwrap().keys().filter(|id| !id.starts_with('_')).cloned().collect()
}

/// The provider as a fresh run has it.
fn open(bench: &Bench) -> ReplicateProvider {
    let live_file = Some(bench.folder.path().join("live/replicate.json"));
    let cards = CardPlaces { folder: None, live_file };
    ReplicateProvider::new(ReplicateOptions { cards, ..crate::options(&bench.sim.base_url()) }).unwrap()
}

/// What it says but for when that was read.
fn undated(provider: &ReplicateProvider) -> ProviderDescriptor {
    let mut descriptor = provider.descriptor();
    for source in descriptor.models.iter_mut().flat_map(|card| &mut card.sources) {
        if let CardSource::Live { read_at, .. } = source {
            read_at.clear();
        }
    }
    descriptor
}

fn is_live(card: &ModelCard) -> bool {
    card.sources.iter().any(|source| matches!(source, CardSource::Live { .. }))
}

#[tokio::test]
async fn live_schemas_are_kept_for_the_next_run() {
    let bench = Bench::new().await;
    let provider = open(&bench);
    assert_eq!((provider.cards_read_at(), bench.sim.state().log.len()), (None, 0), "nothing is sent at the start");
    let refreshed = provider.refresh_cards().await.unwrap();
    let models = provider.descriptor().models;
    assert_eq!(bench.sim.count("model"), models.len());
    // The simulator tells the schemas of some models, and of the others that they have none.
    assert_eq!(refreshed.problems.len(), models.len() - schemas().len(), "{:?}", refreshed.problems);
    assert!(refreshed.problems.iter().all(|problem| !schemas().contains(&problem.about)), "{:?}", refreshed.problems);
    assert!(!refreshed.changed.is_empty() && refreshed.changed.iter().all(|id| schemas().contains(id)));
    let asked = bench.sim.state().log.len();
    let next = open(&bench);
    assert_eq!((next.descriptor().models, next.cards_read_at()), (models, Some(refreshed.read_at)));
    assert_eq!((next.card_troubles(), bench.sim.state().log.len()), (Vec::new(), asked));
    for card in next.descriptor().models {
        assert_eq!(is_live(&card), refreshed.changed.contains(&card.id), "{}", card.id);
    }
}

#[tokio::test]
async fn a_broken_or_hostile_answer_leaves_the_card_and_says_so() {
    let bench = Bench::new().await;
    let provider = open(&bench);
    provider.refresh_cards().await.unwrap();
    let before = undated(&provider);
    let first_card = provider.descriptor().models.swap_remove(0);
    let first = first_card.id.clone();
    let input = |properties: serde_json::Value| {
        let schemas = json!({"Input": {"properties": properties}, "Output": {"type": "string"}});
        json!({"id": "x", "openapi_schema": {"components": {"schemas": schemas}}})
    };
    let (owner, name) = first.split_once('/').unwrap();
    let endless: serde_json::Map<_, _> =
        (0..500).map(|number| (format!("p{number}"), json!({"type": "boolean"}))).collect();
    for body in [
        json!("<html>busy</html>"),
        json!({"owner": "evil", "name": "other", "latest_version": input(json!({"prompt": {"type": "string"}}))}),
        json!({"owner": owner, "name": name, "latest_version": {"id": 7, "openapi_schema": []}}),
        json!({"owner": owner, "name": name, "latest_version": input(json!(endless))}),
    ] {
        bench.sim.fault(Fault::answer(On::Model, 200, body.clone()));
        let refreshed = provider.refresh_cards().await.unwrap();
        assert!(refreshed.problems.iter().any(|problem| problem.about == first), "{body}: {:?}", refreshed.problems);
        // The others were read again, and the one with the bad answer was not.
        assert_eq!(undated(&provider), before, "{body}");
        assert_eq!(provider.descriptor().models[0], first_card, "{body}");
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_a_vendor_away_changes_nothing() {
    let bench = Bench::new().await;
    let keys = Keys::new(Arc::new(|_| None), Arc::new(MemoryVault::default()));
    let keyless = ReplicateProvider::new(ReplicateOptions { keys, ..crate::options(&bench.sim.base_url()) }).unwrap();
    let error = keyless.refresh_cards().await.unwrap_err();
    assert!(matches!(error, ProviderError::MissingKey { .. }), "{error:?}");
    assert_eq!(bench.sim.state().log.len(), 0);
    let away = ReplicateProvider::new(crate::options("http://127.0.0.1:9")).unwrap();
    let error = away.refresh_cards().await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }), "{error:?}");
    assert_eq!(away.cards_read_at(), None);
}
