//! Work that a window asks for by what it shows: each frame it says what it wants, background threads make the newest
//! wish first, and what is no longer wanted is not made.

use super::{WakeUp, lru::ByteLru};
use std::{
    collections::HashMap,
    hash::Hash,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

/// What there is to show for a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown<V> {
    /// It is made, or was not asked for.
    Waiting,
    /// It is there.
    Ready(V),
    /// It cannot be made, and why.
    Broken(Arc<str>),
}

/// How a piece of work ended.
pub(super) enum Made<V> {
    /// Made for good.
    Final(V),
    /// The best there is for now: tried again when media change.
    ForNow(V),
    /// It cannot be made: tried again when media change.
    Broken(String),
}

/// Makes the value of a key.
pub(super) type Maker<K, V> = Box<dyn FnMut(&K) -> Made<V> + Send>;

/// The desk: wishes in, values out.
pub(super) struct Desk<K, V> {
    shared: Arc<Shared<K, V>>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared<K, V> {
    state: Mutex<State<K, V>>,
    changed: Condvar,
}

struct State<K, V> {
    wishes: HashMap<K, Wish>,
    done: ByteLru<K, Done<V>>,
    /// Raised by each change of the wishes.
    round: u64,
    /// Raised when media changed.
    epoch: u64,
    /// Values made so far.
    made: u64,
    closed: bool,
}

#[derive(Clone, Copy)]
struct Wish {
    /// The round in which it was first wished for, and its place then.
    since: u64,
    place: usize,
    /// Whether there is nothing left to do for it. Stays so if its value is forgotten for want of memory, so that more
    /// wishes than fit do not push each other out for ever.
    settled: bool,
    busy: bool,
}

struct Done<V> {
    shown: Shown<V>,
    /// The epoch in which it counts; for good if absent.
    epoch: Option<u64>,
    /// How manieth value it was that was made.
    number: u64,
}

impl<V> Done<V> {
    fn is_fresh(&self, epoch: u64) -> bool {
        self.epoch.is_none_or(|made| made == epoch)
    }
}

impl<K, V> Desk<K, V>
where
    K: Hash + Eq + Clone + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Starts one named thread for each maker. `bytes` weighs a value for the limit.
    pub(super) fn start(
        name: &str,
        limit_bytes: usize,
        makers: Vec<Maker<K, V>>,
        bytes: fn(&V) -> usize,
        wake: &WakeUp,
    ) -> io::Result<Self> {
        let done = ByteLru::new(limit_bytes);
        let state = State { wishes: HashMap::new(), done, round: 0, epoch: 0, made: 0, closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let mut desk = Self { shared, threads: Vec::new() };
        for (index, maker) in makers.into_iter().enumerate() {
            let (shared, wake) = (Arc::clone(&desk.shared), wake.clone());
            let builder = thread::Builder::new().name(format!("kinora-{name}-{}", index + 1));
            desk.threads.push(builder.spawn(move || shared.work(maker, bytes, &wake))?);
        }
        Ok(desk)
    }

    /// Replaces everything that was wished for.
    pub(super) fn want(&self, keys: impl IntoIterator<Item = K>) {
        let mut state = self.shared.lock();
        state.round += 1;
        let old = std::mem::take(&mut state.wishes);
        for (place, key) in keys.into_iter().enumerate() {
            let epoch = state.epoch;
            let is_done = state.done.get(&key).is_some_and(|done| done.is_fresh(epoch));
            let wish = match old.get(&key) {
                Some(wish) => Wish { place, settled: wish.settled || is_done, ..*wish },
                None => Wish { since: state.round, place, settled: is_done, busy: false },
            };
            state.wishes.insert(key, wish);
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// What there is to show.
    pub(super) fn get(&self, key: &K) -> Shown<V> {
        self.shared.lock().done.get(key).map_or(Shown::Waiting, |done| done.shown.clone())
    }

    /// Another number for every value that is made, so that whoever keeps one sees that there is another.
    pub(super) fn number(&self, key: &K) -> Option<u64> {
        self.shared.lock().done.peek(key).map(|done| done.number)
    }

    /// Says that files appeared or changed: what was broken or made for now is tried again.
    pub(super) fn media_changed(&self) {
        let mut state = self.shared.lock();
        state.epoch += 1;
        let State { wishes, done, epoch, .. } = &mut *state;
        for (key, wish) in wishes.iter_mut() {
            wish.settled &= done.peek(key).is_none_or(|done| done.is_fresh(*epoch));
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Whether everything wished for is made or refused.
    pub(super) fn is_idle(&self) -> bool {
        self.shared.lock().wishes.values().all(|wish| wish.settled)
    }

    /// Bytes of what is kept in memory.
    pub(super) fn used_bytes(&self) -> usize {
        self.shared.lock().done.used_bytes()
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Shared<K, V> {
    fn work(&self, mut maker: Maker<K, V>, bytes: fn(&V) -> usize, wake: &WakeUp) {
        while let Some((key, epoch)) = self.next() {
            let made = maker(&key);
            let mut state = self.lock();
            let (shown, epoch, weight) = match made {
                Made::Final(value) => (Shown::Ready(value.clone()), None, bytes(&value)),
                Made::ForNow(value) => (Shown::Ready(value.clone()), Some(epoch), bytes(&value)),
                Made::Broken(reason) => (Shown::Broken(reason.into()), Some(epoch), 256),
            };
            state.made += 1;
            let done = Done { shown, epoch, number: state.made };
            let is_fresh = done.is_fresh(state.epoch);
            state.done.insert(key.clone(), done, weight);
            if let Some(wish) = state.wishes.get_mut(&key) {
                wish.busy = false;
                wish.settled = is_fresh;
            }
            drop(state);
            wake.ring();
        }
    }

    /// The newest wish that nobody works on; waits for one. `None` once closed.
    fn next(&self) -> Option<(K, u64)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let epoch = state.epoch;
            let open = state.wishes.iter_mut().filter(|(_, wish)| !wish.settled && !wish.busy);
            let newest = open.max_by_key(|(_, wish)| (wish.since, std::cmp::Reverse(wish.place)));
            if let Some((key, wish)) = newest {
                wish.busy = true;
                return Some((key.clone(), epoch));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<K, V> Shared<K, V> {
    /// No code of a holder panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Drop for Desk<K, V> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}
