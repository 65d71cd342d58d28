//! Keeps what the film has cost at hand for the panels: read again, on a thread, when a job ended or another film is open.

use crate::{
    generation::Spend,
    jobs::{JobEnded, OpenProject, WakeUp},
    ui::state::UiState,
};
use bevy::prelude::{Local, MessageReader, Res, ResMut};
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use kinora_core::film::ProjectLayout;
use std::{
    io,
    path::PathBuf,
    thread,
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
    /// What is being read.
    coming: Option<Receiver<Result<Spend, String>>>,
}

/// Reads the ledger when it may have changed.
pub(super) fn keep_spend(
    project: Option<Res<'_, OpenProject>>,
    wake: Option<Res<'_, WakeUp>>,
    mut ended: MessageReader<'_, '_, JobEnded>,
    mut state: ResMut<'_, UiState>,
    mut read: Local<'_, Read>,
) {
    read.stale |= ended.read().count() > 0;
    let root = project.as_ref().map(|project| project.0.root().to_path_buf());
    if read.root != root {
        if root.is_none() {
            state.overlays.spend = Spend::default();
        }
        *read = Read { stale: root.is_some(), root, ..Read::default() };
    }
    match read.coming.as_ref().map(Receiver::try_recv) {
        Some(Err(TryRecvError::Empty)) => return,
        Some(Ok(Ok(spend))) => state.overlays.spend = spend,
        Some(Ok(Err(error))) => state.tell_failure("What was spent cannot be read", error),
        Some(Err(TryRecvError::Disconnected)) | None => {}
    }
    read.coming = None;
    if !read.stale || read.at.is_some_and(|at| at.elapsed() < LEAST_PAUSE) {
        return;
    }
    let Some(root) = read.root.clone() else { return };
    (read.at, read.stale) = (Some(Instant::now()), false);
    match begin(ProjectLayout::new(&root), wake.as_deref().cloned().unwrap_or_default()) {
        Ok(coming) => read.coming = Some(coming),
        Err(error) => state.tell_failure("What was spent cannot be read", error.to_string()),
    }
}

/// A ledger grows with the film: it is read and added up beside the frames.
fn begin(layout: ProjectLayout, WakeUp(wake): WakeUp) -> io::Result<Receiver<Result<Spend, String>>> {
    let (tell, coming) = bounded(1);
    thread::Builder::new().name("kinora-spend".to_owned()).spawn(move || {
        // Nobody waits for it once another film is open.
        let _ = tell.send(Spend::of(&layout).map_err(|error| error.to_string()));
        wake();
    })?;
    Ok(coming)
}
