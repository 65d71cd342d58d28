//! What is said of several shots together: looked at again only when other shots are chosen or something has changed.

use super::request;
use crate::ui::{desk::Desk, making, state::ShotSet};
use kinora_provider::sum_usd;

/// The last shots that were looked at.
#[derive(Debug, Default)]
pub(super) struct Many {
    shots: ShotSet,
    /// Of the film and of the jobs on clips, and how many providers there were.
    seen: Option<(u64, u64, usize)>,
    facts: Facts,
}

/// What several shots come to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Facts {
    /// Length together, in frames.
    pub(super) frames: u64,
    /// How many can be generated now.
    pub(super) ready: usize,
    /// What that would cost, in US dollars, if it is known.
    pub(super) usd: Option<f64>,
}

/// What the chosen shots come to.
pub(super) fn facts(desk: &mut Desk<'_>) -> Facts {
    let shots = desk.state.selection.shot_set();
    let seen = Some((desk.model.stamp, desk.jobs.clips_round(), desk.providers.len()));
    let known = &desk.state.inspector.many;
    if known.seen == seen && known.shots.is_copy_of(&shots) {
        return known.facts;
    }
    let facts = look(desk, &shots);
    desk.state.inspector.many = Many { shots, seen, facts };
    facts
}

fn look(desk: &Desk<'_>, shots: &ShotSet) -> Facts {
    let model = desk.model;
    let ready = making::ready(desk, shots);
    let price = |name: &&_| {
        let shot = model.shot(name)?;
        let (_, card) = request::card_of_shot(model, desk.providers, shot)?;
        Some(card.price(&request::request_of(model, name, shot, card))?.usd)
    };
    Facts {
        frames: shots.iter().filter_map(|name| model.span(name)).map(|span| span.frames).sum(),
        ready: ready.len(),
        usd: ready.iter().map(price).collect::<Option<Vec<f64>>>().map(sum_usd),
    }
}
