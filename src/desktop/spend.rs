//! Keeps what the film has cost at hand for the panels: read again, on a thread, when the ledger is another, or another film
//! is open.

use super::alarm::Alarm;
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
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// While jobs write their steps one after the other, it is read no more often.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

/// The ledger that was read last.
#[derive(Default)]
pub(super) struct Read {
    root: Option<PathBuf>,
    at: Option<Instant>,
    stamp: Option<Stamp>,
    stale: bool,
    /// What is being read.
    coming: Option<Receiver<Result<Spend, String>>>,
}

/// A ledger only grows: another length is another ledger. Its time tells of one that was put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    changed_at: Option<SystemTime>,
}

impl Stamp {
    fn of(ledger: &Path) -> Option<Self> {
        let file = std::fs::metadata(ledger).ok()?;
        Some(Self { bytes: file.len(), changed_at: file.modified().ok() })
    }
}

impl Read {
    /// Whether the ledger has to be read now; if it is too early for that, when it will be time.
    fn is_due(&mut self, stamp: Option<Stamp>, now: Instant) -> Result<(), Option<Duration>> {
        self.stale |= stamp != self.stamp;
        if !self.stale {
            return Err(None);
        }
        let wait = self.at.map_or(Duration::ZERO, |at| LEAST_PAUSE.saturating_sub(now.saturating_duration_since(at)));
        if !wait.is_zero() {
            return Err(Some(wait));
        }
        (self.at, self.stamp, self.stale) = (Some(now), stamp, false);
        Ok(())
    }
}

/// Reads the ledger when it has changed. Jobs wake the window at each of their steps, so that a look at the file's length
/// with every frame that is drawn is enough.
pub(super) fn keep_spend(
    project: Option<Res<'_, OpenProject>>,
    wake: Option<Res<'_, WakeUp>>,
    mut ended: MessageReader<'_, '_, JobEnded>,
    mut state: ResMut<'_, UiState>,
    alarm: Option<Res<'_, Alarm>>,
    mut read: Local<'_, Read>,
) {
    let root = project.as_ref().map(|project| project.0.root().to_path_buf());
    if read.root != root {
        if root.is_none() {
            state.overlays.spend = Spend::default();
        }
        *read = Read { stale: root.is_some(), root, ..Read::default() };
    }
    read.stale |= ended.read().count() > 0;
    match read.coming.as_ref().map(Receiver::try_recv) {
        Some(Err(TryRecvError::Empty)) => return,
        Some(Ok(Ok(spend))) => state.overlays.spend = spend,
        Some(Ok(Err(error))) => state.tell_failure("What was spent cannot be read", error),
        Some(Err(TryRecvError::Disconnected)) | None => {}
    }
    read.coming = None;
    let Some(root) = read.root.clone() else { return };
    let layout = ProjectLayout::new(&root);
    let stamp = Stamp::of(&layout.ledger_file());
    if let Err(wait) = read.is_due(stamp, Instant::now()) {
        // The window sleeps until something is due: the last step of a job must not wait for the next click.
        if let (Some(wait), Some(alarm)) = (wait, alarm) {
            alarm.after(wait);
        }
        return;
    }
    match begin(layout, wake.as_deref().cloned().unwrap_or_default()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_that_grows_is_read_again_and_not_too_often() {
        let stamp = |bytes| Some(Stamp { bytes, changed_at: None });
        let mut read = Read::default();
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(read.is_due(None, at(0)), Err(None), "there is none yet");
        assert_eq!(read.is_due(stamp(80), at(10)), Ok(()), "the first step");
        assert_eq!(read.is_due(stamp(80), at(20)), Err(None));
        // A step soon after is not forgotten: it is read when the pause is over.
        assert_eq!(read.is_due(stamp(160), at(110)), Err(Some(Duration::from_millis(400))));
        assert_eq!(read.is_due(stamp(160), at(510)), Ok(()));
        assert_eq!(read.is_due(stamp(160), at(5000)), Err(None));
        read.stale = true;
        assert_eq!(read.is_due(stamp(160), at(5100)), Ok(()), "a job ended");
    }
}
