//! From the readings of an output to what is heard now.
//!
//! A reading says: at this moment so many samples were handed over, and the next one is heard so much later. Both the
//! moment and the delay are a little off each time, the moment more so on a busy machine. Each reading gives one guess
//! of when the first sample of all was heard; a low guess of the last few is taken, because a thread wakes late and
//! never early. The device's own rate is followed by itself, as old readings are forgotten within a second or two.

use std::collections::VecDeque;

/// Readings that are remembered: about a second of them.
const MOST_READINGS: usize = 32;
/// The guess is this far up in the sorted readings: not the very first, which may be a mistake.
const RANK_SHARE: f64 = 0.25;
/// Readings that lie further than this from the guess, and there are so many in a row, mean that the device stood
/// still.
const JUMP_SECS: f64 = 0.015;
const JUMP_READINGS: usize = 3;

/// What an output says of itself, in seconds of one clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutputReading {
    /// When.
    pub at_secs: f64,
    /// Samples handed over before.
    pub played_samples: f64,
    /// From then until the next sample is heard.
    pub latency_secs: f64,
}

/// Tells how many samples have been heard.
#[derive(Debug, Clone)]
pub struct HeardClock {
    /// Samples a second.
    rate_hz: f64,
    /// When the first sample was heard, as the last readings guess it.
    starts_secs: VecDeque<f64>,
    last: Option<OutputReading>,
    /// The most samples between two readings: no more are on their way at once.
    period_samples: f64,
    heard_samples: f64,
}

impl HeardClock {
    /// A clock for an output that takes so many samples of the film a second.
    #[must_use]
    pub fn new(rate_hz: f64) -> Self {
        Self {
            rate_hz,
            starts_secs: VecDeque::with_capacity(MOST_READINGS),
            last: None,
            period_samples: 0.0,
            heard_samples: 0.0,
        }
    }

    /// Takes in a reading; one that it had already changes nothing.
    pub fn note(&mut self, reading: OutputReading) {
        if let Some(last) = self.last.replace(reading) {
            if last.at_secs == reading.at_secs && last.played_samples == reading.played_samples {
                return;
            }
            let period = reading.played_samples - last.played_samples;
            self.period_samples = self.period_samples.max(period);
            // A reading that moved nothing is of an output that waits for the mix.
            if period <= 0.0 && reading.played_samples > 0.0 {
                self.starts_secs.clear();
            }
        }
        let start = reading.at_secs + reading.latency_secs - reading.played_samples / self.rate_hz;
        if let Some(guess) = self.start_secs() {
            let is_jump = |start: &f64| (start - guess).abs() > JUMP_SECS;
            let recent = self.starts_secs.iter().rev().take(JUMP_READINGS - 1);
            if is_jump(&start) && recent.clone().count() == JUMP_READINGS - 1 && recent.clone().all(is_jump) {
                let keep = self.starts_secs.len() - (JUMP_READINGS - 1);
                self.starts_secs.drain(..keep);
            }
        }
        if self.starts_secs.len() == MOST_READINGS {
            self.starts_secs.pop_front();
        }
        self.starts_secs.push_back(start);
    }

    /// Samples heard at a moment: never fewer than before, and never more than were handed over.
    pub fn heard(&mut self, now_secs: f64) -> f64 {
        if let (Some(start), Some(last)) = (self.start_secs(), self.last) {
            let most = last.played_samples + self.period_samples;
            let heard = ((now_secs - start) * self.rate_hz).min(most);
            self.heard_samples = self.heard_samples.max(heard);
        }
        self.heard_samples
    }

    fn start_secs(&self) -> Option<f64> {
        let mut sorted: Vec<f64> = self.starts_secs.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get((sorted.len() as f64 * RANK_SHARE) as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A device with a clock of its own, on a busy machine.
    struct Device {
        /// Samples a second by the clock on the wall.
        true_hz: f64,
        period_samples: f64,
        /// Samples in its buffer after it was filled.
        buffer_samples: f64,
        /// Largest delay of the thread that fills it, in seconds.
        late_secs: f64,
        /// Error of the latency it tells, in seconds.
        latency_error_secs: f64,
    }

    /// Follows a device for a while and gives the largest distance to what is truly heard, in seconds.
    fn worst_error(device: &Device, speed: f64, secs: f64, seed: u64) -> f64 {
        let mut random = fastrand_like(seed);
        let mut clock = HeardClock::new(48_000.0 * speed);
        let (mut now, mut next_callback, mut played) = (0.0, 0.1, 0.0);
        // The first sample is heard a buffer after the first callback.
        let first_heard = 0.1 + device.buffer_samples / device.true_hz;
        let heard_at = |secs: f64| ((secs - first_heard) * device.true_hz).max(0.0);
        let mut worst = 0.0_f64;
        while now < secs {
            now += 0.004 + 0.03 * random();
            while next_callback + device.late_secs <= now {
                let at = next_callback + device.late_secs * random().powi(4);
                // What is still in the buffer is what was handed over and not heard: truly told, but for its error.
                let latency = (played - (at - first_heard) * device.true_hz) / device.true_hz;
                let told = latency + device.latency_error_secs * (2.0 * random() - 1.0);
                clock.note(OutputReading { at_secs: at, played_samples: played * speed, latency_secs: told.max(0.0) });
                played += device.period_samples;
                next_callback = 0.1 + played / device.true_hz;
            }
            let heard = clock.heard(now) / speed;
            worst = worst.max((heard - heard_at(now)).abs() / device.true_hz);
        }
        worst
    }

    /// Numbers from 0 to 1 that look like chance.
    fn fastrand_like(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    #[test]
    fn over_ten_minutes_a_device_that_runs_fast_or_slow_is_followed_within_a_quarter_of_a_frame() {
        for error_ppm in [-1_000.0, -50.0, 0.0, 50.0, 1_000.0] {
            let device = Device {
                true_hz: 48_000.0 * (1.0 + error_ppm / 1e6),
                period_samples: 2_048.0,
                buffer_samples: 4_096.0,
                late_secs: 0.03,
                latency_error_secs: 0.002,
            };
            let worst = worst_error(&device, 1.0, 600.0, 7);
            assert!(worst < 1.0 / 24.0 / 4.0, "{error_ppm} ppm: {:.1} ms off", worst * 1e3);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_device_is_followed_within_a_frame(
            error_ppm in -2_000.0..2_000.0_f64,
            period in 64..4_096_u32,
            buffers in 2..4_u32,
            late_share in 0.0..0.9_f64,
            latency_error_secs in 0.0..0.006_f64,
            speed in prop::sample::select(vec![0.5, 1.0, 2.0, 8.0]),
            seed in any::<u64>(),
        ) {
            let period_samples = f64::from(period);
            let device = Device {
                true_hz: 48_000.0 * (1.0 + error_ppm / 1e6),
                period_samples,
                buffer_samples: period_samples * f64::from(buffers),
                late_secs: late_share * period_samples / 48_000.0,
                latency_error_secs,
            };
            let worst = worst_error(&device, speed, 30.0, seed);
            prop_assert!(worst < 1.0 / 24.0, "{:.1} ms off", worst * 1e3);
        }

        #[test]
        fn time_never_runs_back_nor_past_what_was_handed_over(
            steps in prop::collection::vec((0.0..0.2_f64, 0.0..5_000.0_f64, 0.0..0.3_f64, any::<bool>()), 1..80),
        ) {
            let mut clock = HeardClock::new(48_000.0);
            let (mut now, mut played, mut before, mut most_period) = (0.0, 0.0, 0.0_f64, 0.0_f64);
            for (wait, period, latency_secs, is_reading) in steps {
                now += wait;
                if is_reading {
                    clock.note(OutputReading { at_secs: now, played_samples: played, latency_secs });
                    played += period;
                    most_period = most_period.max(period);
                }
                let heard = clock.heard(now);
                prop_assert!(heard >= before);
                prop_assert!(heard <= played + most_period);
                before = heard;
            }
        }
    }

    #[test]
    fn a_device_that_stood_still_is_believed_soon() {
        let mut clock = HeardClock::new(48_000.0);
        let mut note = |index: u32, gap_secs: f64| {
            let at_secs = f64::from(index) * 0.02 + gap_secs;
            clock.note(OutputReading { at_secs, played_samples: f64::from(index) * 960.0, latency_secs: 0.04 });
            clock.heard(at_secs)
        };
        assert!((0..100).all(|index| note(index, 0.0) < 99.0 * 960.0));
        // It stalls for a third of a second; three readings later the clock is right again.
        assert!((100..104).all(|index| note(index, 0.33) < 104.0 * 960.0));
        let heard = (104..130).map(|index| note(index, 0.33)).next_back().unwrap();
        assert!((heard - (129.0 * 960.0 - 0.04 * 48_000.0)).abs() < 48.0, "{heard}");
    }
}
