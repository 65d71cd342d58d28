//! The next moment at which something on screen changes by itself: a hint that comes after a while, a notice that goes.
//! The event loop sleeps until then, and longer if nothing is due.

use bevy::prelude::Resource;
use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Wakes the window when something is due. Its thread ends with the last of it.
#[derive(Resource, Clone)]
pub(super) struct Alarm(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    due: Option<Instant>,
    ended: bool,
}

/// Ends the thread when nobody can set the alarm any more.
impl Drop for Alarm {
    fn drop(&mut self) {
        // The thread holds one, and this is another.
        if Arc::strong_count(&self.0) <= 2 {
            self.0.lock().ended = true;
            self.0.changed.notify_all();
        }
    }
}

impl Alarm {
    /// Starts the thread that waits. `wake` is called from it.
    pub(super) fn start(wake: Arc<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let its = Arc::clone(&shared);
        thread::Builder::new().name("kinora-alarm".to_owned()).spawn(move || its.run(&*wake))?;
        Ok(Self(shared))
    }

    /// Wakes the window after a while, or earlier if that was asked for before.
    pub(super) fn after(&self, delay: Duration) {
        // What is due in years is due never.
        let Some(moment) = Instant::now().checked_add(delay) else { return };
        let mut state = self.0.lock();
        if state.due.is_none_or(|due| due > moment) {
            state.due = Some(moment);
            drop(state);
            self.0.changed.notify_all();
        }
    }
}

impl Shared {
    fn run(&self, wake: &(dyn Fn() + Send + Sync)) {
        let mut state = self.lock();
        while !state.ended {
            state = match state.due {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(due) if due > Instant::now() => {
                    let wait = due.saturating_duration_since(Instant::now());
                    self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                Some(_) => {
                    state.due = None;
                    drop(state);
                    wake();
                    self.lock()
                }
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::bounded;

    #[test]
    fn the_earliest_moment_counts_and_each_is_told_once() {
        let (woken, wakes) = bounded(16);
        let began = Instant::now();
        let alarm = Alarm::start(Arc::new(move || woken.try_send(Instant::now()).unwrap())).unwrap();
        alarm.after(Duration::MAX);
        alarm.after(Duration::from_secs(3600));
        alarm.after(Duration::from_millis(60));
        alarm.after(Duration::from_secs(10));
        let at = wakes.recv().unwrap();
        assert!(at >= began + Duration::from_millis(60), "too early");
        assert!(wakes.try_recv().is_err(), "told twice");
        alarm.after(Duration::ZERO);
        wakes.recv().unwrap();
        drop(alarm);
        // The thread holds the other end: it has ended.
        assert!(wakes.recv().is_err());
    }
}
