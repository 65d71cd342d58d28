//! Asking where a job stands until it ends, and asking for its end.

use super::{
    GenerationError, Money,
    drive::{Job, MOST_ATTEMPTS},
    record::HandIn,
};
use kinora_core::progress::Cancelled;
use kinora_provider::{JobState, ProviderError};
use std::time::{Duration, Instant};

/// A vendor that does not know a job is asked as often before it is believed.
const LOOKS_FOR_VANISHED: u32 = 3;
/// Polls of a long job come at most this much further apart than the provider's interval.
const SLOWEST_POLL: f64 = 4.0;
/// How long a vendor may take to stop a job.
const STOP_LIMIT: Duration = Duration::from_secs(60);

impl Job<'_> {
    /// Asks where the job stands until it ends.
    pub(super) async fn wait(&mut self) -> Result<(), GenerationError> {
        let base_secs = self.limits.poll_interval_secs.clamp(0.02, 60.0);
        let vendor_id = self.record.vendor_id.clone().unwrap_or_default();
        let (mut every_secs, mut attempt, mut vanished) = (base_secs, 1, 0);
        let mut stop_until: Option<Instant> = None;
        loop {
            match &self.record.state {
                JobState::Succeeded(_) => return Ok(()),
                JobState::Failed(error) => {
                    let money = if self.is_vendor { Money::of(error) } else { Money::Untold };
                    return Err(GenerationError::Provider { error: error.clone(), money });
                }
                JobState::Cancelled if self.begins_anew() => return self.set_back(),
                JobState::Cancelled => return Err(ProviderError::Cancelled.into()),
                JobState::Queued => self.tell(0.0),
                JobState::Running { progress, .. } => self.tell(progress.unwrap_or(0.0)),
            }
            if self.generator.cancel.is_cancelled() && stop_until.is_none() {
                stop_until = Some(Instant::now() + STOP_LIMIT);
                if self.generator.leaving.is_cancelled() && self.is_vendor {
                    // The film is closed and still wants it: the vendor works on, and the next opening brings it.
                    return Err(Cancelled.into());
                }
                self.ask_to_stop(&vendor_id).await?;
            }
            let is_over = |until: Instant| self.generator.leaving.is_cancelled() || until <= Instant::now();
            if self.is_vendor && stop_until.is_some_and(is_over) {
                // Asked for and not yet heard of: the job stays open, and the next look at it tells.
                return Err(Cancelled.into());
            }
            let wait = Duration::from_secs_f64(every_secs * (0.9 + 0.2 * self.jitter()));
            if stop_until.is_some() {
                tokio::time::sleep(wait.min(Duration::from_secs(1))).await;
            } else if self.until_cancelled(tokio::time::sleep(wait)).await.is_err() {
                continue;
            }
            match self.provider.poll(self.record.ticket(self.folder), &vendor_id).await {
                Ok(state) => {
                    (attempt, vanished) = (1, 0);
                    every_secs = (every_secs * 1.1).min(base_secs * SLOWEST_POLL);
                    self.note(state)?;
                }
                Err(error @ ProviderError::JobNotFound { .. }) if self.is_vendor => {
                    // A new job may not be everywhere at once.
                    vanished += 1;
                    if vanished >= LOOKS_FOR_VANISHED {
                        self.note(JobState::Failed(error))?;
                    }
                }
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS => {
                    match self.pause(&error, attempt).await {
                        Err(GenerationError::Cancelled(_)) => {}
                        other => other?,
                    }
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether work on this machine was stopped only because the film is closed.
    fn begins_anew(&self) -> bool {
        self.generator.leaving.is_cancelled() && !self.is_vendor
    }

    /// Leaves work on this machine to the next run, as if it had not begun.
    fn set_back(&mut self) -> Result<(), GenerationError> {
        (self.record.vendor_id, self.record.state, self.record.hand_in) = (None, JobState::Queued, HandIn::NotYet);
        // The provider has noted there that it was stopped.
        let work_dir = self.record.work_dir(self.folder);
        if let Err(error) = std::fs::remove_dir_all(&work_dir) {
            tracing::warn!("{} is left over: {error}", work_dir.display());
        }
        self.save()?;
        Err(Cancelled.into())
    }

    /// Brings the wish to stop to the vendor. It may be brought any number of times.
    async fn ask_to_stop(&mut self, vendor_id: &str) -> Result<(), GenerationError> {
        let mut attempt = 1;
        loop {
            match self.provider.cancel(self.record.ticket(self.folder), vendor_id).await {
                // One that is gone ended some way: the next poll says which.
                Ok(()) | Err(ProviderError::JobNotFound { .. }) => return Ok(()),
                // What cannot be stopped stays open: it is paid for, and the next run brings it.
                Err(ProviderError::NotSupported { .. }) => return Err(Cancelled.into()),
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS / 2 => {
                    let secs = self.limits.poll_interval_secs.clamp(0.02, 2.0) * f64::from(attempt);
                    tracing::info!("{error}; asking again to stop in {secs:.1} s");
                    tokio::time::sleep(Duration::from_secs_f64(secs)).await;
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Ends a job of an earlier run.
    pub(super) async fn stop(&mut self) -> Result<(), GenerationError> {
        let may_be_there = self.record.vendor_id.is_none() && self.record.hand_in != HandIn::NotYet;
        if self.is_vendor && may_be_there && !self.record.state.is_final() {
            // A run was killed before it heard the answer: what the vendor has after all is stopped there.
            self.look_up().await?;
        }
        let Some(vendor_id) = self.record.vendor_id.clone().filter(|_| !self.record.state.is_final()) else {
            // Made already, it stays to be brought; never answered or never sent, it is given up.
            return if self.record.state.is_final() { Ok(()) } else { self.withdraw() };
        };
        self.ask_to_stop(&vendor_id).await?;
        let ended = async {
            while !self.record.state.is_final() {
                let state = self.provider.poll(self.record.ticket(self.folder), &vendor_id).await?;
                self.note(state)?;
                tokio::time::sleep(Duration::from_secs_f64(self.limits.poll_interval_secs.clamp(0.02, 2.0))).await;
            }
            Ok(())
        };
        // Asked for and not yet heard of: the job stays open, and the next look at it tells.
        tokio::time::timeout(STOP_LIMIT, ended).await.unwrap_or(Ok(()))
    }
}
