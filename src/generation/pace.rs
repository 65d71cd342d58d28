//! How fast a vendor is asked: so many jobs at once, so many hand-ins a minute, and none for a while after it asked to
//! slow down. Shared by every piece of work of the program.

use kinora_core::progress::{CancelToken, Cancelled};
use kinora_provider::Limits;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The time a rate is counted over.
const RATE_WINDOW: Duration = Duration::from_secs(60);
/// How often one that waits looks whether it may go, or was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What is going on with each vendor.
#[derive(Debug, Default)]
pub(super) struct Pace {
    vendors: Mutex<HashMap<String, Vendor>>,
}

#[derive(Debug, Default)]
struct Vendor {
    under_way: u32,
    /// When jobs were handed in, within the last minute.
    submits: VecDeque<Instant>,
    not_before: Option<Instant>,
}

/// A place among the jobs a vendor works on, until it is dropped.
pub(super) struct Place {
    pace: Arc<Pace>,
    provider_id: String,
}

impl Pace {
    /// Waits for a place at a vendor.
    pub(super) async fn enter(
        self: &Arc<Self>,
        provider_id: &str,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Place, Cancelled> {
        loop {
            cancel.check()?;
            // Looked for and taken in one: two that wait must not both find the last one.
            if self.locked().entry(provider_id.to_owned()).or_default().take_place(limits) {
                return Ok(Place { pace: Arc::clone(self), provider_id: provider_id.to_owned() });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Counts a job that the vendor has already, whatever the limit.
    pub(super) fn take(self: &Arc<Self>, provider_id: &str) -> Place {
        self.locked().entry(provider_id.to_owned()).or_default().under_way += 1;
        Place { pace: Arc::clone(self), provider_id: provider_id.to_owned() }
    }

    /// Waits until another job may be handed in, and counts it.
    pub(super) async fn hand_in(
        &self,
        provider_id: &str,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<(), Cancelled> {
        loop {
            cancel.check()?;
            let wait = self.locked().entry(provider_id.to_owned()).or_default().next_submit(limits, Instant::now());
            match wait {
                None => return Ok(()),
                Some(wait) => tokio::time::sleep(wait.min(LOOK_EVERY)).await,
            }
        }
    }

    /// The vendor asked to slow down: nothing is handed in for a while.
    pub(super) fn slow_down(&self, provider_id: &str, wait: Duration) {
        let mut vendors = self.locked();
        let vendor = vendors.entry(provider_id.to_owned()).or_default();
        vendor.not_before = vendor.not_before.max(Some(Instant::now() + wait));
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Vendor>> {
        self.vendors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vendor {
    fn take_place(&mut self, limits: &Limits) -> bool {
        let has_place = self.under_way < limits.concurrent_jobs.max(1);
        self.under_way += u32::from(has_place);
        has_place
    }

    /// Counts a hand-in, or says how long it has to wait.
    fn next_submit(&mut self, limits: &Limits, now: Instant) -> Option<Duration> {
        while self.submits.front().is_some_and(|at| now.saturating_duration_since(*at) >= RATE_WINDOW) {
            self.submits.pop_front();
        }
        let slow = self.not_before.map(|until| until.saturating_duration_since(now)).filter(|wait| !wait.is_zero());
        let most = limits.submits_per_minute.map(|most| most.max(1) as usize);
        let full = most.filter(|most| self.submits.len() >= *most).and_then(|_| self.submits.front());
        let full = full.map(|first| RATE_WINDOW.saturating_sub(now.saturating_duration_since(*first)));
        let wait = slow.max(full);
        if wait.is_none() {
            self.submits.push_back(now);
        }
        wait
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(vendor) = self.pace.locked().get_mut(&self.provider_id) {
            vendor.under_way = vendor.under_way.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_kept_over_any_minute() {
        let limits = Limits { submits_per_minute: Some(3), ..Limits::default() };
        let (mut vendor, start) = (Vendor::default(), Instant::now());
        let at = |secs: u64| start + Duration::from_secs(secs);
        assert_eq!([0, 10, 20].map(|secs| vendor.next_submit(&limits, at(secs))), [None; 3]);
        assert_eq!(vendor.next_submit(&limits, at(30)), Some(Duration::from_secs(30)));
        assert_eq!(vendor.next_submit(&limits, at(60)), None, "the first is a minute old");
        assert_eq!(vendor.next_submit(&limits, at(61)), Some(Duration::from_secs(9)));
        vendor.not_before = Some(at(200));
        assert_eq!(vendor.next_submit(&limits, at(190)), Some(Duration::from_secs(10)), "it asked to slow down");
        assert_eq!(vendor.next_submit(&limits, at(200)), None);
    }

    #[test]
    fn places_are_given_back() {
        let pace = Arc::new(Pace::default());
        let limits = Limits { concurrent_jobs: 2, ..Limits::default() };
        let has = || pace.locked().entry("v".to_owned()).or_default().take_place(&limits);
        let (one, _two) = (pace.take("v"), pace.take("v"));
        assert!(!has());
        drop(one);
        assert!(has() && !has());
    }
}
