//! How often and how patiently a question is asked again.

use std::time::Duration;

/// Patience with what may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts altogether, at least one.
    pub attempts: u32,
    /// Pause after the first attempt; it doubles each time.
    pub first_pause: Duration,
    /// Longest pause of our own choosing.
    pub longest_pause: Duration,
    /// Longest pause a vendor may ask for here. One that asks for more gets its refusal handed on, with the time, to
    /// whoever schedules.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(8),
            longest_asked: Duration::from_secs(20),
        }
    }
}

impl RetryPolicy {
    /// The pause after attempt number `attempt` (from 1); `None` when there is to be no further one.
    ///
    /// A pause is spread by half to both sides, so that many clients do not come back together; one that was asked for
    /// is only ever lengthened.
    #[must_use]
    pub fn pause(&self, attempt: u32, asked_secs: Option<f64>) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        match asked_secs {
            Some(secs) => {
                let asked = Duration::try_from_secs_f64(secs).ok().filter(|asked| *asked <= self.longest_asked)?;
                Some(asked.mul_f64(1.0 + 0.1 * fastrand::f64()))
            }
            None => {
                let doubled = self.first_pause.saturating_mul(1 << (attempt - 1).min(16));
                Some(doubled.min(self.longest_pause).mul_f64(0.5 + fastrand::f64()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_are_spread_and_end() {
        let policy = RetryPolicy { attempts: 9, ..RetryPolicy::default() };
        for (attempt, middle_secs) in [(1, 0.5), (2, 1.0), (3, 2.0), (5, 8.0), (8, 8.0)] {
            let pauses: Vec<_> = (0..200).filter_map(|_| policy.pause(attempt, None)).collect();
            let middle = Duration::from_secs_f64(middle_secs);
            assert!(pauses.iter().all(|pause| (middle / 2..=middle * 3 / 2).contains(pause)), "{attempt}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "no jitter");
        }
        assert_eq!(policy.pause(9, None), None);
        let asked = policy.pause(1, Some(10.0)).unwrap();
        assert!((Duration::from_secs(10)..=Duration::from_secs(11)).contains(&asked), "{asked:?}");
        assert_eq!(policy.pause(1, Some(21.0)), None, "longer than is waited here");
        assert_eq!(policy.pause(1, Some(f64::NAN)), None);
    }
}
