//! When a job that waits has its turn: how much its vendor bears, whether the frame it starts from is there,
//! and whether the clip before it is.

use super::{ClipPlace, Job, JobAsk, JobId, JobKind, JobState, JobTarget};
use crate::{document::FilmView, generation::VoiceRequest};
use bevy::prelude::World;
use kinora_core::{
    film::AudioLane,
    ids::{SceneId, ShotId},
};
use kinora_provider::{ProviderRegistry, RequestKind};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

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

/// What jobs that have not ended may bring into the film.
pub(super) struct OpenTargets {
    /// The shots that may get a take.
    shots: HashSet<(SceneId, ShotId)>,
    /// The first of the clips that become new shots of a scene, and its file's name.
    first_clips: HashMap<SceneId, (JobId, String)>,
}

impl OpenTargets {
    pub(super) fn of(world: &mut World) -> Self {
        let (mut shots, mut first_clips) = (HashSet::new(), HashMap::new());
        let mut query = world.query::<(&Job, &JobState)>();
        for (job, _) in query.iter(world).filter(|(_, state)| !state.is_final()) {
            if let JobAsk::ImportClip { scene_id, place: ClipPlace::NewShot { .. }, path } = &job.ask {
                let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let first = first_clips.entry(scene_id.clone()).or_insert_with(|| (job.job_id, name()));
                if job.job_id < first.0 {
                    *first = (job.job_id, name());
                }
            } else if let (
                JobKind::Shot | JobKind::LipSync | JobKind::Resumed | JobKind::Import,
                JobTarget::Shot(scene_id, shot_id),
            ) = (&job.kind, &job.target)
            {
                shots.insert((scene_id.clone(), shot_id.clone()));
            }
        }
        Self { shots, first_clips }
    }

    /// What a job has to wait for: the take of the shot it continues, while that is being made; the clip that was brought
    /// into the scene before, so that several come to lie in the order in which they were let go.
    pub(super) fn waits_for(&self, world: &World, job: &Job) -> Option<String> {
        let (scene_id, shot_id) = match &job.ask {
            JobAsk::GenerateShot { scene_id, shot_id, .. } => (scene_id, shot_id),
            JobAsk::ImportClip { scene_id, place: ClipPlace::NewShot { .. }, .. } => {
                let (first, name) = self.first_clips.get(scene_id)?;
                return (*first != job.job_id).then(|| name.clone());
            }
            _ => return None,
        };
        if self.shots.len() < 2 {
            return None;
        }
        let source = FilmView::new(world).shot(scene_id, shot_id).ok()?.continuity_source?;
        let is_itself = source.scene_id == *scene_id && source.shot_id == *shot_id;
        let is_made = self.shots.contains(&(source.scene_id.clone(), source.shot_id.clone()));
        (is_made && !is_itself).then(|| format!("the last frame of {}/{}", source.scene_id, source.shot_id))
    }
}
