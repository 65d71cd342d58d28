//! Keeps what the film has cost at hand for the panels: read again when a job ended, or another film is open.

use crate::{
    generation::Spend,
    jobs::{JobEnded, OpenProject},
    ui::state::UiState,
};
use bevy::prelude::{Local, MessageReader, Res, ResMut};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// While jobs end one after the other, it is read no more often.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

/// The ledger that was read last.
#[derive(Default)]
pub(super) struct Read {
    root: Option<PathBuf>,
    at: Option<Instant>,
    stale: bool,
}

/// Reads the ledger when it may have changed.
pub(super) fn keep_spend(
    project: Option<Res<'_, OpenProject>>,
    mut ended: MessageReader<'_, '_, JobEnded>,
    mut state: ResMut<'_, UiState>,
    mut read: Local<'_, Read>,
) {
    read.stale |= ended.read().count() > 0;
    let root = project.as_ref().map(|project| project.0.root().to_path_buf());
    if read.root != root {
        *read = Read { root, at: None, stale: true };
    }
    if !read.stale || read.at.is_some_and(|at| at.elapsed() < LEAST_PAUSE) {
        return;
    }
    (read.at, read.stale) = (Some(Instant::now()), false);
    let spend = project.map(|project| Spend::of(&project.0)).transpose();
    match spend {
        Ok(spend) => state.overlays.spend = spend.unwrap_or_default(),
        Err(error) => state.tell_failure("What was spent cannot be read", error.to_string()),
    }
}
