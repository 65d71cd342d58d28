//! What can be generated now, and the ask for it: one rule for keys, menus and buttons.

use super::{
    ask::Ask,
    desk::Desk,
    inspector::request,
    model::{ClipState, ShotName},
};
use crate::jobs::JobAsk;
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
