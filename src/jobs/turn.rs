//! When a job that waits has its turn: how much its vendor bears, and whether the frame it starts from is there.

use super::{Job, JobAsk, JobKind, JobState, JobTarget};
use crate::{document::FilmView, generation::VoiceRequest};
use bevy::prelude::World;
use kinora_core::{
    film::AudioLane,
    ids::{SceneId, ShotId},
};
use kinora_provider::{ProviderRegistry, RequestKind};
use std::{collections::HashSet, sync::Arc};

/// Threads that wait for one vendor, at most.
const MOST_AT_ONCE: usize = 16;

/// The vendor an ask goes to, and how many of that vendor's jobs run at once; nothing for work on this machine.
pub(super) fn vendor_of(world: &World, ask: &JobAsk) -> Option<(Arc<str>, usize)> {
    let registry = world.get_resource::<ProviderRegistry>()?;
    let (name, kind) = asked_model(registry, FilmView::new(world), ask)?;
    let provider_id = match name.split_once(':') {
        Some((provider_id, _)) => provider_id.to_owned(),
        None => registry.resolve(&name, kind)?.provider_id,
    };
    let descriptor = registry.get(&provider_id)?.descriptor();
    let at_once = (descriptor.limits.concurrent_jobs.max(1) as usize).min(MOST_AT_ONCE);
    descriptor.needs_network.then(|| (Arc::from(provider_id), at_once))
}

/// The name of the model that is asked, as far as it can be told without asking.
fn asked_model(registry: &ProviderRegistry, film: FilmView<'_>, ask: &JobAsk) -> Option<(String, RequestKind)> {
    let or_own = |model: &Option<String>, own: &dyn Fn() -> Option<String>| model.clone().or_else(own);
    let named = match ask {
        JobAsk::GenerateShot { scene_id, shot_id, options } => {
            let own = || Some(film.shot(scene_id, shot_id).ok()?.model).filter(|model| !model.is_empty());
            let name = or_own(&options.model, &own).or_else(|| Some(film.settings().ok()?.default_model));
            (name?, RequestKind::Video)
        }
        JobAsk::GenerateVoice { request, model, .. } => {
            let kind = match request {
                VoiceRequest::Recording { .. } => RequestKind::VoiceConversion,
                _ => RequestKind::Speech,
            };
            (or_own(model, &|| Some(film.settings().ok()?.default_voice))?, kind)
        }
        JobAsk::GenerateBed { lane, model, .. } => {
            let kind = if *lane == AudioLane::Music { RequestKind::Music } else { RequestKind::SoundEffect };
            (or_own(model, &|| of_film(registry, film, kind))?, kind)
        }
        JobAsk::LipSync { model, .. } => {
            (or_own(model, &|| of_film(registry, film, RequestKind::LipSync))?, RequestKind::LipSync)
        }
        JobAsk::Resume { job, .. } => (job.model.clone(), job.kind),
        _ => return None,
    };
    Some(named)
}

/// Whom generation asks for a kind of work where nobody is named: the provider that makes the pictures, if it can, else the
/// first that can.
fn of_film(registry: &ProviderRegistry, film: FilmView<'_>, kind: RequestKind) -> Option<String> {
    let pictures = film.settings().ok()?.default_model;
    let provider = pictures.split(':').next().unwrap_or_default();
    if registry.resolve(provider, kind).is_some() {
        return Some(provider.to_owned());
    }
    let descriptors = registry.descriptors();
    let found = descriptors.iter().find(|one| one.models.iter().any(|card| card.kind == kind))?;
    Some(found.id.clone())
}

/// The shots that a job which has not ended may bring a take to.
pub(super) struct OpenTargets(HashSet<(SceneId, ShotId)>);

impl OpenTargets {
    pub(super) fn of(world: &mut World) -> Self {
        let mut query = world.query::<(&Job, &JobState)>();
        let open = query.iter(world).filter(|(_, state)| !state.is_final());
        let shots = open.filter_map(|(job, _)| match (&job.kind, &job.target) {
            (
                JobKind::Shot | JobKind::LipSync | JobKind::Resumed | JobKind::Import,
                JobTarget::Shot(scene_id, shot_id),
            ) => Some((scene_id.clone(), shot_id.clone())),
            _ => None,
        });
        Self(shots.collect())
    }

    /// The shot whose take a job has to wait for: the one it continues, while that is being made.
    pub(super) fn waits_for(&self, world: &World, job: &Job) -> Option<String> {
        let JobAsk::GenerateShot { scene_id, shot_id, .. } = &job.ask else { return None };
        if self.0.len() < 2 {
            return None;
        }
        let source = FilmView::new(world).shot(scene_id, shot_id).ok()?.continuity_source?;
        let is_itself = source.scene_id == *scene_id && source.shot_id == *shot_id;
        let is_made = self.0.contains(&(source.scene_id.clone(), source.shot_id.clone()));
        (is_made && !is_itself).then(|| format!("{}/{}", source.scene_id, source.shot_id))
    }
}
