//! One piece of work at a time for each shot, line and lane: two jobs that find the same thing missing must not both
//! pay for it.

use super::{GenerationError, Generator};
use std::{
    collections::HashSet,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// What is being worked on, by purpose: `scene_001/shot_002`.
#[derive(Debug, Default)]
pub(super) struct Claims {
    taken: Mutex<HashSet<String>>,
    freed: Condvar,
}

/// A purpose that is worked on until this is dropped.
pub(super) struct Claim {
    claims: Arc<Claims>,
    purpose: String,
}

impl Generator {
    /// Waits until nobody else works on a purpose, and takes it.
    pub(super) fn claim(&self, purpose: &str) -> Result<Claim, GenerationError> {
        let claims = &self.claims;
        let mut taken = claims.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.contains(purpose) {
            self.cancel.check()?;
            // Woken now and then to hear a cancel.
            let woken = claims.freed.wait_timeout(taken, Duration::from_millis(50));
            taken = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.cancel.check()?;
        taken.insert(purpose.to_owned());
        Ok(Claim { claims: Arc::clone(claims), purpose: purpose.to_owned() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.purpose);
        self.claims.freed.notify_all();
    }
}
