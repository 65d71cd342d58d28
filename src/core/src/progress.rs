//! Progress and cancel: one small handle that long work carries, on whichever thread or process it runs.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Work was cancelled by its owner. Nothing half-made is left under a final name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// A flag that any number of holders can raise, and that long work looks at often.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks the work to stop. It stops at its next look, within a few frames.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked the work to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`Cancelled`] once [`CancelToken::cancel`] was called.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// What long work reports while it runs. `done` and `total` count the same unit of work (usually frames).
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProgressUpdate {
    /// What is being done now, for a person: `conforming scene_001/shot_002`.
    pub label: String,
    /// Units finished.
    pub done: u64,
    /// Units in all.
    pub total: u64,
}

/// Receives progress. Called from the working thread, so it must be quick.
pub trait ProgressSink: Send + Sync {
    /// Takes one report.
    fn report(&self, update: ProgressUpdate);
}

impl<F: Fn(ProgressUpdate) + Send + Sync> ProgressSink for F {
    fn report(&self, update: ProgressUpdate) {
        self(update);
    }
}

/// A sink for work nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl ProgressSink for NoProgress {
    fn report(&self, _update: ProgressUpdate) {}
}
