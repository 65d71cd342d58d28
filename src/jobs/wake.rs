//! Waking the window from other threads: often enough to look alive, never more than it can draw.

use bevy::prelude::Resource;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How the event loop is woken when a job has news. The window puts its proxy here; without one nothing is woken, and
/// an app that is updated anyway loses nothing.
#[derive(Resource, Clone)]
pub struct WakeUp(pub Arc<dyn Fn() + Send + Sync>);

impl Default for WakeUp {
    fn default() -> Self {
        Self(Arc::new(|| {}))
    }
}

impl fmt::Debug for WakeUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WakeUp")
    }
}

/// The shortest time between two wakes: about fifteen a second.
const WAKE_EVERY: Duration = Duration::from_millis(66);

/// Asks for a wake. What is asked for while one was just given comes a little later, and is never lost.
#[derive(Clone)]
pub(super) struct Waker {
    signal: Sender<()>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    wake: Mutex<WakeUp>,
    alarm: Mutex<Option<Instant>>,
}

impl Waker {
    /// Starts the thread that wakes. It ends with the last waker.
    pub(super) fn new(wake: WakeUp) -> std::io::Result<Self> {
        let (signal, signals) = bounded(1);
        let shared = Arc::new(Shared { wake: Mutex::new(wake), alarm: Mutex::default() });
        let its = Arc::clone(&shared);
        thread::Builder::new().name("kinora-wake".to_owned()).spawn(move || its.run(&signals))?;
        Ok(Self { signal, shared })
    }

    /// There is news.
    pub(super) fn signal(&self) {
        // A full slot means that a wake is on its way already.
        let _ = self.signal.try_send(());
    }

    /// There will be news at a moment; the latest word counts.
    pub(super) fn signal_at(&self, moment: Instant) {
        *locked(&self.shared.alarm) = Some(moment);
        self.signal();
    }

    /// Wakes something else from now on.
    pub(super) fn set(&self, wake: WakeUp) {
        *locked(&self.shared.wake) = wake;
    }
}

impl Shared {
    fn run(&self, signals: &Receiver<()>) {
        loop {
            let alarm = *locked(&self.alarm);
            let wait = alarm.map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(Instant::now()));
            match signals.recv_timeout(wait) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => {
                    let mut alarm = locked(&self.alarm);
                    if alarm.is_none_or(|at| at > Instant::now()) {
                        continue;
                    }
                    *alarm = None;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let WakeUp(wake) = locked(&self.wake).clone();
            wake();
            thread::sleep(WAKE_EVERY);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_signals_are_one_wake_and_the_last_is_not_lost() {
        let (woken, wakes) = bounded(100_000);
        let waker = Waker::new(WakeUp(Arc::new(move || woken.try_send(()).unwrap()))).unwrap();
        for _ in 0..10_000 {
            waker.signal();
        }
        wakes.recv().unwrap();
        waker.signal();
        wakes.recv().unwrap();
        assert!(wakes.len() < 100, "{} wakes for a burst", wakes.len());
        waker.signal_at(Instant::now() + Duration::from_millis(300));
        // One at once, for the thread to look at its alarm, and one at the moment itself.
        wakes.recv().unwrap();
        wakes.recv().unwrap();
    }
}
