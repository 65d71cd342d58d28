//! What can be generated now, and the ask for it: one rule for keys, menus and buttons.

use super::{
    ask::Ask,
    desk::Desk,
    inspector::request,
    model::{ClipState, ShotName},
};
use crate::jobs::{JobAsk, JobKind, JobTarget};
use kinora_core::film::{AudioLane, FilmScene, Shot};
use kinora_provider::{OutputSource, ProviderDescriptor, RequestKind, VoiceCard};
use std::collections::HashSet;

/// Why a take of a shot cannot be generated now.
pub(super) fn cannot_generate(desk: &Desk<'_>, name: &ShotName) -> Option<String> {
    let Some(shot) = desk.model.shot(name) else { return Some("The shot is gone".to_owned()) };
    if is_being_made(desk, name) {
        return Some("It is being made already".to_owned());
    }
    let Some((_, card)) = request::card_of_shot(desk.model, desk.providers, shot) else {
        return Some(format!("No provider here has a model {}", request::model_name(desk.model, shot)));
    };
    if let Some(source) = &shot.continuity_source {
        let from = (source.scene_id.clone(), source.shot_id.clone());
        let has_take = desk.model.shot(&from).is_some_and(|shot| shot.chosen_take().is_some());
        // A shot that continues one in the making waits for its frame.
        if !has_take && !is_being_made(desk, &from) {
            return Some(format!(
                "{}/{}, which it continues, has no take yet: generate that one first",
                from.0, from.1
            ));
        }
    }
    if shot.prompt.trim().is_empty() && card.text.required {
        return Some("Write a prompt first".to_owned());
    }
    let request = request::request_of(desk.model, name, shot, card);
    request::refusals(card, &request).first().map(|violation| request::words(card, violation))
}

fn is_being_made(desk: &Desk<'_>, name: &ShotName) -> bool {
    matches!(desk.clip_state(name), ClipState::Queued | ClipState::Generating { .. })
}

/// Those of some shots that can be generated now, in their order. One that continues another of them waits for it.
pub(super) fn ready<'a>(desk: &Desk<'_>, names: impl IntoIterator<Item = &'a ShotName>) -> Vec<&'a ShotName> {
    let (mut ready, mut known) = (Vec::new(), HashSet::new());
    for name in names {
        let source = desk.model.shot(name).and_then(|shot| shot.continuity_source.as_ref());
        let waits = source.is_some_and(|source| known.contains(&(&source.scene_id, &source.shot_id)));
        if waits || cannot_generate(desk, name).is_none() {
            known.insert((&name.0, &name.1));
            ready.push(name);
        }
    }
    ready
}

/// Asks for a take of each shot that can be generated now.
pub(super) fn generate<'a>(desk: &mut Desk<'_>, names: impl IntoIterator<Item = &'a ShotName>) {
    for (scene_id, shot_id) in ready(desk, names) {
        let (scene_id, shot_id) = (scene_id.clone(), shot_id.clone());
        desk.asks.push(Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() }));
    }
}

/// Why lips cannot follow a voice.
pub(super) fn cannot_sync_lips(desk: &Desk<'_>, name: &ShotName, shot: &Shot) -> Option<&'static str> {
    let line = desk.model.scene(&name.0).and_then(|scene| scene.voice_lines.iter().find(|line| line.shot_id == name.1));
    if !desk.providers.iter().any(|provider| provider.models.iter().any(|card| card.kind == RequestKind::LipSync)) {
        Some("No provider here can sync lips")
    } else if shot.file_path.is_none() {
        Some("The shot has no take yet: generate it first")
    } else if line.is_none() {
        Some("The shot has no line of dialogue: add one first")
    } else if line.is_some_and(|line| line.file_path.is_none()) {
        Some("Its first line is not spoken yet: speak it first")
    } else {
        None
    }
}

/// Why the sound of a lane cannot be made now: the lines that are not spoken yet, or a bed as long as the scene.
pub(super) fn cannot_make_sound(desk: &Desk<'_>, scene: &FilmScene, lane: AudioLane) -> Option<&'static str> {
    let kind = if lane == AudioLane::Voice { JobKind::Voice } else { JobKind::Bed };
    let target = JobTarget::Scene(scene.scene_id.clone());
    let is_busy = desk.jobs.open().any(|row| row.kind == kind && row.target == target);
    let is_missing = scene.voice_lines.iter().any(|line| line.file_path.is_none());
    match lane {
        _ if is_busy => Some("It is being made"),
        AudioLane::Voice if scene.voice_lines.is_empty() => Some("No line of dialogue yet: add lines at the shots"),
        AudioLane::Voice if !is_missing => Some("Every line is spoken; speak one again at its shot"),
        AudioLane::Music | AudioLane::Ambient if scene.shots.is_empty() => {
            Some("The scene has no shots yet, so it has no length")
        }
        _ => None,
    }
}

/// A voice by id, with or without its provider.
pub(super) fn voice_of<'a>(providers: &'a [ProviderDescriptor], voice_id: &str) -> Option<&'a VoiceCard> {
    let voices = || providers.iter().flat_map(|provider| provider.voices.iter());
    let bare = |id: &str| id.rsplit(':').next().unwrap_or_default().to_owned();
    voices()
        .find(|voice| voice.id == voice_id)
        .or_else(|| voices().find(|voice| !voice_id.is_empty() && bare(&voice.id) == voice_id))
}

/// Why a voice cannot be heard now.
pub(super) fn cannot_audition(desk: &Desk<'_>, voice: &VoiceCard) -> Option<&'static str> {
    let provider = desk.providers.iter().find(|provider| provider.voices.iter().any(|one| one.id == voice.id));
    let speaks = provider.is_some_and(|one| one.models.iter().any(|card| card.kind == RequestKind::Speech));
    match &voice.preview {
        Some(_) => None,
        None if desk.jobs.open().any(|row| row.kind == JobKind::Audition) => Some("A voice is speaking already"),
        None if !speaks => Some("There is no sample of this voice, and its provider does not speak"),
        None => None,
    }
}

/// Asks for the provider's own sample of a voice, or for a few words spoken for this.
pub(super) fn audition(desk: &mut Desk<'_>, voice: &VoiceCard) {
    desk.asks.push(match &voice.preview {
        Some(OutputSource::File(path)) => Ask::Listen(path.clone()),
        Some(OutputSource::Url(url)) => Ask::OpenLink(url.clone()),
        None => Ask::Start(JobAsk::Audition { voice_id: voice.id.clone() }),
    });
}
