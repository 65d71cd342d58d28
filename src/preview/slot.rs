//! A cell for the latest value: putting never waits, and what nobody took is replaced.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// For values of which only the newest matters.
#[derive(Debug)]
pub(super) struct LatestSlot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    closed: bool,
}

impl<T> Default for LatestSlot<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { value: None, closed: false }), changed: Condvar::new() }
    }
}

impl<T> LatestSlot<T> {
    /// Replaces the value.
    pub(super) fn put(&self, value: T) {
        self.lock().value = Some(value);
        self.changed.notify_one();
    }

    /// Replaces the value, once `merge` has carried over what the older one must not lose.
    pub(super) fn merge(&self, mut value: T, merge: impl FnOnce(T, &mut T)) {
        let mut state = self.lock();
        if let Some(older) = state.value.take() {
            merge(older, &mut value);
        }
        state.value = Some(value);
        drop(state);
        self.changed.notify_one();
    }

    /// The value, if there is one now that `test` holds for.
    pub(super) fn take_if(&self, test: impl FnOnce(&T) -> bool) -> Option<T> {
        self.lock().value.take_if(|value| test(value))
    }

    /// The value, if there is one now.
    pub(super) fn take(&self) -> Option<T> {
        self.lock().value.take()
    }

    /// The next value; `None` once closed.
    pub(super) fn wait(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(value) = state.value.take() {
                return Some(value);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits a while for a value, and leaves it where it is: whether one came, or nobody will put one any more.
    pub(super) fn comes_within(&self, patience: Duration) -> bool {
        let idle = |state: &mut State<T>| !state.closed && state.value.is_none();
        let waited = self.changed.wait_timeout_while(self.lock(), patience, idle);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.closed || state.value.is_some()
    }

    /// Whether a value waits that `test` holds for, or nobody will put one any more.
    pub(super) fn is_pressing(&self, test: impl FnOnce(&T) -> bool) -> bool {
        let state = self.lock();
        state.closed || state.value.as_ref().is_some_and(test)
    }

    /// Ends every wait.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// No code of a holder panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_value_is_given_and_a_closed_slot_gives_none() {
        let slot = LatestSlot::default();
        assert!(!slot.is_pressing(|_| true) && !slot.comes_within(Duration::ZERO));
        (1..=3).for_each(|value| slot.put(value));
        assert!(slot.comes_within(Duration::ZERO));
        assert!(slot.is_pressing(|value| *value == 3) && !slot.is_pressing(|value| *value == 2));
        assert_eq!((slot.wait(), slot.take()), (Some(3), None));
        slot.put(4);
        assert_eq!((slot.take_if(|value| *value == 5), slot.take_if(|value| *value == 4)), (None, Some(4)));
        slot.put(6);
        slot.merge(7, |older, newer| *newer += older);
        assert_eq!(slot.take(), Some(13));
        slot.put(4);
        slot.close();
        assert_eq!(slot.wait(), None);
        assert!(slot.is_pressing(|_| false), "work for a closed slot ends");
    }
}
