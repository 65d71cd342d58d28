//! Independent jobs over a few named threads.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, available_parallelism},
};

/// More threads than this gain little and hold many pictures at once.
const MAX_THREADS: usize = 16;

/// Threads this machine runs at once, within reason.
pub(super) fn machine_threads() -> usize {
    available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// Does every job and gives the results in the jobs' order, which therefore does not depend on `threads`.
///
/// The caller's thread works too; a thread that cannot be had leaves its work to the others.
pub(super) fn run_jobs<J: Send, R: Send>(threads: usize, jobs: Vec<J>, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    let threads = threads.min(jobs.len());
    if threads <= 1 {
        return jobs.into_iter().map(work).collect();
    }
    let slots: Vec<_> = jobs.into_iter().map(|job| Mutex::new((Some(job), None))).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let job = slot.lock().unwrap_or_else(PoisonError::into_inner).0.take();
            if let Some(job) = job {
                let result = work(job);
                slot.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(result);
            }
        }
    };
    thread::scope(|scope| {
        for index in 1..threads {
            if thread::Builder::new().name(format!("flow-{index}")).spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        worker();
    });
    slots.into_iter().filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner).1).collect()
}
