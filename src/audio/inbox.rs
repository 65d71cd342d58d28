//! What the window last said to the sound's thread. Only the newest of each kind matters, so saying never waits.

use super::order::PlayOrder;
use kinora_core::render::live::LiveFilm;
use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Everything that was said since it was last taken.
#[derive(Default)]
pub(super) struct Mail {
    /// The film changed.
    pub(super) film: Option<LiveFilm>,
    /// Files were made ready.
    pub(super) media_changed: bool,
    /// Play or stop.
    pub(super) order: Option<Order>,
    /// Nobody will say any more.
    pub(super) closed: bool,
}

/// Play or stop.
pub(super) enum Order {
    Play(PlayOrder),
    Stop,
}

#[derive(Default)]
pub(super) struct Inbox {
    mail: Mutex<Mail>,
    changed: Condvar,
}

impl Inbox {
    pub(super) fn say(&self, add: impl FnOnce(&mut Mail)) {
        add(&mut self.lock());
        self.changed.notify_all();
    }

    /// What was said; waits for it, but not longer than `patience`.
    pub(super) fn take(&self, patience: Option<Duration>) -> Mail {
        let is_empty =
            |mail: &mut Mail| mail.film.is_none() && !mail.media_changed && mail.order.is_none() && !mail.closed;
        let mail = self.lock();
        let mut mail = match patience {
            Some(patience) => {
                self.changed.wait_timeout_while(mail, patience, is_empty).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait_while(mail, is_empty).unwrap_or_else(PoisonError::into_inner),
        };
        let closed = mail.closed;
        Mail { closed, ..std::mem::take(&mut *mail) }
    }

    /// No code of a holder panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
