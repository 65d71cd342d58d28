//! Time left, from reports of work done.

/// Estimates the time left from reports of work done. Time comes from the caller, so it can be any clock.
///
/// Recent speed counts more than old speed, but work comes in bursts (a whole segment copied at once), so it is
/// smoothed over a few seconds.
#[derive(Debug, Clone, Default)]
pub struct EtaEstimator {
    start: Option<Report>,
    last: Option<Report>,
    /// Smoothed speed in units a second, and how much of the smoothing window it has seen, 0 to 1.
    speed: f64,
    seen: f64,
}

#[derive(Debug, Clone, Copy)]
struct Report {
    at_secs: f64,
    done: u64,
    total: u64,
}

/// Speed older than this counts little.
const MEMORY_SECS: f64 = 8.0;
/// No estimate before this much time and this share of the work: the first ones would be wild.
const SHORTEST_SECS: f64 = 1.0;
const SMALLEST_SHARE: f64 = 0.01;
/// Reports closer than this are taken together.
const STEP_SECS: f64 = 0.1;

impl EtaEstimator {
    /// Takes a report at a moment in seconds and gives the seconds left, once they can be told.
    ///
    /// Work that goes backwards, or another total, is taken for new work.
    pub fn update(&mut self, at_secs: f64, done: u64, total: u64) -> Option<f64> {
        let now = Report { at_secs, done: done.min(total), total };
        let (Some(start), Some(last)) = (self.start, self.last) else {
            (self.start, self.last) = (Some(now), Some(now));
            return None;
        };
        if now.done < last.done || now.total != last.total || now.at_secs < last.at_secs {
            *self = Self { start: Some(now), last: Some(now), ..Self::default() };
            return None;
        }
        let step_secs = now.at_secs - last.at_secs;
        if step_secs >= STEP_SECS {
            let keep = (-step_secs / MEMORY_SECS).exp();
            let step_speed = (now.done - last.done) as f64 / step_secs;
            self.speed = self.speed * keep + step_speed * (1.0 - keep);
            self.seen = self.seen * keep + (1.0 - keep);
            self.last = Some(now);
        }
        if now.done == total {
            return Some(0.0);
        }
        let worked = now.done - start.done;
        let told = now.at_secs - start.at_secs >= SHORTEST_SECS && worked as f64 >= total as f64 * SMALLEST_SHARE;
        // The average starts at nothing: dividing by what it has seen takes that out again.
        let speed = self.speed / self.seen;
        (told && speed > 0.0).then(|| (total - now.done) as f64 / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds reports every `step_secs` at a speed that may change and gives the last estimate.
    fn check(speeds: &[(f64, f64)], step_secs: f64, total: u64) -> Option<f64> {
        let (mut at_secs, mut done) = (100.0, 0.0);
        let mut estimator = EtaEstimator::default();
        let mut left = estimator.update(at_secs, 0, total);
        for &(span_secs, speed) in speeds {
            for _ in 0..(span_secs / step_secs).round() as u32 {
                at_secs += step_secs;
                done += speed * step_secs;
                left = estimator.update(at_secs, done as u64, total);
            }
        }
        left
    }

    #[test]
    fn steady_work_is_told_exactly_from_the_start_on() {
        for span_secs in [2.0, 5.0, 50.0] {
            let left = check(&[(span_secs, 100.0)], 0.5, 10_000).unwrap();
            let truth = 100.0 - span_secs;
            assert!((left - truth).abs() < 0.02 * truth, "{left} is not {truth}");
        }
    }

    #[test]
    fn a_change_of_speed_is_followed_within_seconds() {
        let left = check(&[(20.0, 100.0), (30.0, 20.0)], 0.25, 10_000).unwrap();
        let truth = (10_000.0 - 2_600.0) / 20.0;
        assert!((left - truth).abs() < 0.15 * truth, "{left} is not {truth}");
    }

    #[test]
    fn frequent_reports_tell_the_same_as_rare_ones() {
        let (rare, frequent) =
            (check(&[(20.0, 50.0)], 1.0, 5_000).unwrap(), check(&[(20.0, 50.0)], 0.01, 5_000).unwrap());
        assert!((rare - frequent).abs() < 2.0, "{rare} and {frequent}");
    }

    #[test]
    fn nothing_is_told_too_early_or_from_nothing() {
        assert_eq!(check(&[(0.5, 100.0)], 0.1, 10_000), None);
        assert_eq!(check(&[(30.0, 0.0)], 0.5, 10_000), None);
        assert_eq!(check(&[(5.0, 1.0)], 0.5, 1_000_000), None);
        assert_eq!(EtaEstimator::default().update(1.0, 0, 0), None);
    }

    #[test]
    fn finished_work_has_nothing_left_and_new_work_starts_over() {
        let mut estimator = EtaEstimator::default();
        for second in 0..=10 {
            estimator.update(f64::from(second), second as u64 * 10, 100);
        }
        assert_eq!(estimator.update(10.5, 100, 100), Some(0.0));
        assert_eq!(estimator.update(11.0, 0, 100), None);
        assert_eq!(estimator.update(11.5, 10, 200), None, "another total is another work");
    }
}
