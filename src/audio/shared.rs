//! What the sound's thread tells the window.

use super::{
    order::{SoundNotice, SoundState},
    stream::StreamState,
};
use crate::preview::WakeUp;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Notices that may wait to be read; what is more is only logged.
const MOST_NOTICES: usize = 16;

pub(super) struct Shared {
    now: Mutex<Now>,
    notices: (Sender<SoundNotice>, Receiver<SoundNotice>),
    starved_samples: AtomicU64,
    mixed_samples: AtomicU64,
    wake: WakeUp,
}

#[derive(Default)]
struct Now {
    stream: Option<Arc<StreamState>>,
    /// The newest order that has no output.
    silent_id: Option<u64>,
}

/// What was done since the project was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SoundCounts {
    /// Samples mixed for playback.
    pub mixed_samples: u64,
    /// Samples the output asked for before they were mixed.
    pub starved_samples: u64,
}

impl Shared {
    pub(super) fn new(wake: WakeUp) -> Self {
        Self {
            now: Mutex::default(),
            notices: bounded(MOST_NOTICES),
            starved_samples: AtomicU64::new(0),
            mixed_samples: AtomicU64::new(0),
            wake,
        }
    }

    pub(super) fn set_stream(&self, stream: &Arc<StreamState>) {
        if let Some(before) = self.lock().stream.replace(Arc::clone(stream)) {
            self.starved_samples.fetch_add(before.starved_samples.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        self.wake.ring();
    }

    pub(super) fn set_silent(&self, id: u64) {
        self.lock().silent_id = Some(id);
        self.wake.ring();
    }

    pub(super) fn state(&self, id: u64) -> SoundState {
        let now = self.lock();
        if now.silent_id == Some(id) {
            return SoundState::Silent;
        }
        let reading = now.stream.as_ref().filter(|stream| stream.id == id).and_then(|stream| stream.reading());
        reading.map_or(SoundState::Starting, SoundState::Playing)
    }

    pub(super) fn tell(&self, notice: SoundNotice) {
        tracing::warn!("{notice:?}");
        // A full list means that nobody reads it: the log has it.
        let _ = self.notices.0.try_send(notice);
        self.wake.ring();
    }

    pub(super) fn take_notices(&self) -> impl Iterator<Item = SoundNotice> + '_ {
        self.notices.1.try_iter()
    }

    pub(super) fn count_mixed(&self, mixed_samples: u64) {
        self.mixed_samples.fetch_add(mixed_samples, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> SoundCounts {
        let playing = self.lock().stream.clone();
        let starved_now = playing.map_or(0, |stream| stream.starved_samples.load(Ordering::Relaxed));
        SoundCounts {
            mixed_samples: self.mixed_samples.load(Ordering::Relaxed),
            starved_samples: self.starved_samples.load(Ordering::Relaxed) + starved_now,
        }
    }

    /// No code of a holder panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
