//! Keeps what the film has cost at hand for the panels: read again when the ledger is another, or another film is open.

use super::alarm::Alarm;
use crate::{
    generation::Spend,
    jobs::{JobEnded, OpenProject},
    ui::state::UiState,
};
use bevy::prelude::{Local, MessageReader, Res, ResMut};
use std::{
    path::{Path, PathBuf},
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
    mut ended: MessageReader<'_, '_, JobEnded>,
    mut state: ResMut<'_, UiState>,
    alarm: Option<Res<'_, Alarm>>,
    mut read: Local<'_, Read>,
) {
    let root = project.as_ref().map(|project| project.0.root().to_path_buf());
    if read.root != root {
        *read = Read { root, at: None, stamp: None, stale: true };
    }
    read.stale |= ended.read().count() > 0;
    let stamp = project.as_ref().and_then(|project| Stamp::of(&project.0.ledger_file()));
    match read.is_due(stamp, Instant::now()) {
        Ok(()) => {}
        Err(wait) => {
            // The window sleeps until something is due: the last step of a job must not wait for the next click.
            if let (Some(wait), Some(alarm)) = (wait, alarm) {
                alarm.after(wait);
            }
            return;
        }
    }
    let spend = project.map(|project| Spend::of(&project.0)).transpose();
    match spend {
        Ok(spend) => state.overlays.spend = spend.unwrap_or_default(),
        Err(error) => state.tell_failure("What was spent cannot be read", error.to_string()),
    }
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
