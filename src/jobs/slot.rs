//! Progress on its way from a thread to the window: the latest word only, never a queue that grows.

use super::wake::Waker;
use kinora_core::progress::{ProgressSink, ProgressUpdate};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Holds the latest progress of one job until somebody looks.
pub(super) struct ProgressSlot {
    waker: Waker,
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    /// The part of the job that is going on now.
    part: Option<Part>,
    update: Option<ProgressUpdate>,
    is_news: bool,
}

struct Part {
    label: String,
    done: usize,
    total: usize,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    /// 0 to 1; absent where nobody can tell.
    pub(super) progress: Option<f32>,
    pub(super) stage: String,
}

impl ProgressSlot {
    pub(super) fn new(waker: Waker) -> Self {
        Self { waker, latest: Mutex::default() }
    }

    /// A job of many parts begins one; what is reported from now on is about that part.
    pub(super) fn begin(&self, label: &str, done: usize, total: usize) {
        let mut latest = self.locked();
        latest.part = Some(Part { label: label.to_owned(), done, total });
        (latest.update, latest.is_news) = (None, true);
        drop(latest);
        self.waker.signal();
    }

    /// Where the job stands, if that is news.
    pub(super) fn take(&self) -> Option<Standing> {
        let mut latest = self.locked();
        if !std::mem::take(&mut latest.is_news) {
            return None;
        }
        let share = latest.update.as_ref().filter(|update| update.total > 0);
        let share = share.map(|update| (update.done.min(update.total) as f64 / update.total as f64) as f32);
        Some(match &latest.part {
            Some(part) => Standing {
                progress: Some((part.done as f32 + share.unwrap_or(0.0)) / part.total.max(1) as f32),
                stage: part.label.clone(),
            },
            None => Standing {
                progress: share,
                stage: latest.update.as_ref().map(|update| update.label.clone()).unwrap_or_default(),
            },
        })
    }

    fn locked(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressSink for ProgressSlot {
    fn report(&self, update: ProgressUpdate) {
        let mut latest = self.locked();
        (latest.update, latest.is_news) = (Some(update), true);
        drop(latest);
        self.waker.signal();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::WakeUp;

    #[test]
    fn only_the_latest_word_counts() {
        let slot = ProgressSlot::new(Waker::new(WakeUp::default()).unwrap());
        assert_eq!(slot.take(), None);
        let report = |label: &str, done, total| slot.report(ProgressUpdate { label: label.to_owned(), done, total });
        let standing = |progress, stage: &str| Some(Standing { progress, stage: stage.to_owned() });
        report("a", 1, 4);
        report("b", 2, 4);
        assert_eq!(slot.take(), standing(Some(0.5), "b"));
        assert_eq!(slot.take(), None);
        report("no end in sight", 7, 0);
        assert_eq!(slot.take(), standing(None, "no end in sight"));
        slot.begin("second of four", 1, 4);
        assert_eq!(slot.take(), standing(Some(0.25), "second of four"));
        report("half of it", 5, 10);
        assert_eq!(slot.take(), standing(Some(0.375), "second of four"));
        report("more than all", 50, 10);
        assert_eq!(slot.take(), standing(Some(0.5), "second of four"));
    }
}
