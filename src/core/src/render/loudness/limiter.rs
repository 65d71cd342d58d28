//! A true-peak limiter: looks ahead, so that the gain is down before the peak comes, and moves both channels alike.

use super::true_peak::{LONG_TAPS, TruePeakDetector};
use crate::render::mix::db_to_factor;
use std::collections::VecDeque;

/// Half of the time in which the gain comes down: two averages of 2.5 ms, one over the other.
const RAMP_SAMPLES: usize = 120;
/// Gain comes back with this time constant.
const RELEASE_SECS: f64 = 0.15;
/// The detector and the meters that judge the result never agree on the last hundredths of a decibel.
const MARGIN_DB: f64 = 0.05;
/// Gains are kept as multiples of this, so that running sums are exact over any length and rest at exactly 1.
const GAIN_STEP: f64 = 1.0 / (1_u64 << 30) as f64;

/// Holds the true peak of a stereo sound below a limit.
///
/// What comes out is delayed by [`Limiter::LATENCY_SAMPLES`]. Sound below the limit passes bit for bit.
pub struct Limiter {
    limit: f32,
    detector: TruePeakDetector,
    peaks: Vec<f32>,
    lowest: SlidingMinimum,
    released: f64,
    release_share: f64,
    first_average: MovingAverage,
    second_average: MovingAverage,
    delayed: VecDeque<[f32; 2]>,
}

impl Limiter {
    /// Delay of the sound in samples.
    ///
    /// The gain of a sample is an average of lowest gains, each of which has to cover every filter view that the
    /// sample is part of: two ramps, and the detector's reach.
    pub const LATENCY_SAMPLES: usize = 2 * RAMP_SAMPLES - 2 + LONG_TAPS - 1;

    /// A limiter at rest.
    #[must_use]
    pub fn new(limit_dbtp: f64) -> Self {
        Self {
            limit: db_to_factor(limit_dbtp - MARGIN_DB) as f32,
            detector: TruePeakDetector::new(),
            peaks: Vec::new(),
            lowest: SlidingMinimum::new(Self::LATENCY_SAMPLES + 1),
            released: 1.0,
            release_share: 1.0 - (-1.0 / (RELEASE_SECS * f64::from(crate::time::SAMPLE_RATE_HZ))).exp(),
            first_average: MovingAverage::new(),
            second_average: MovingAverage::new(),
            delayed: VecDeque::from(vec![[0.0; 2]; Self::LATENCY_SAMPLES]),
        }
    }

    /// Replaces interleaved stereo by what comes out of the limiter.
    pub fn process(&mut self, stereo: &mut [f32]) {
        self.peaks.clear();
        self.detector.process(stereo, self.limit, &mut self.peaks);
        for (frame, peak) in stereo.chunks_exact_mut(2).zip(&self.peaks) {
            let wanted = if *peak > self.limit { f64::from(self.limit / peak) } else { 1.0 };
            let held = self.lowest.push(wanted);
            let rising = self.released + (1.0 - self.released) * self.release_share;
            // A rise that never quite arrives would keep the gain off 1 for good.
            let rising = if rising > 0.999_98 { 1.0 } else { rising };
            self.released = (rising.min(held) / GAIN_STEP).floor() * GAIN_STEP;
            let gain = self.second_average.push(self.first_average.push(self.released)) as f32;
            self.delayed.push_back([frame[0], frame[1]]);
            let [left, right] = self.delayed.pop_front().unwrap_or_default();
            frame[0] = left * gain;
            frame[1] = right * gain;
        }
    }
}

/// The lowest of the last values.
struct SlidingMinimum {
    length: u64,
    count: u64,
    /// Values that may still become the lowest, rising, each with its place.
    candidates: VecDeque<(u64, f64)>,
}

impl SlidingMinimum {
    fn new(length: usize) -> Self {
        Self { length: length as u64, count: 0, candidates: VecDeque::with_capacity(length) }
    }

    fn push(&mut self, value: f64) -> f64 {
        while self.candidates.back().is_some_and(|(_, candidate)| *candidate >= value) {
            self.candidates.pop_back();
        }
        self.candidates.push_back((self.count, value));
        self.count += 1;
        while self.candidates.front().is_some_and(|(place, _)| place + self.length < self.count) {
            self.candidates.pop_front();
        }
        self.candidates.front().map_or(value, |(_, lowest)| *lowest)
    }
}

/// The average of the last [`RAMP_SAMPLES`] values, at rest at 1.
struct MovingAverage {
    values: VecDeque<f64>,
    sum: f64,
}

impl MovingAverage {
    fn new() -> Self {
        Self { values: VecDeque::from(vec![1.0; RAMP_SAMPLES]), sum: RAMP_SAMPLES as f64 }
    }

    fn push(&mut self, value: f64) -> f64 {
        self.sum += value - self.values.pop_front().unwrap_or(1.0);
        self.values.push_back(value);
        // Rounded down to whole steps: the next sum stays exact, and the gain stays low enough.
        (self.sum / RAMP_SAMPLES as f64 / GAIN_STEP).floor() * GAIN_STEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::loudness::LoudnessMeter;
    use proptest::prelude::*;
    use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

    /// Limits a sound in blocks, without the delay.
    fn limited(stereo: &[f32], limit_dbtp: f64, block: usize) -> Vec<f32> {
        let mut padded = stereo.to_vec();
        padded.resize(stereo.len() + Limiter::LATENCY_SAMPLES * 2, 0.0);
        let mut limiter = Limiter::new(limit_dbtp);
        for block in padded.chunks_mut(block * 2) {
            limiter.process(block);
        }
        padded.split_off(Limiter::LATENCY_SAMPLES * 2)
    }

    /// Limits a sound, checks the true peak with the R128 meter and gives the result.
    fn check(name: &str, stereo: &[f32], limit_dbtp: f64) -> Vec<f32> {
        let out = limited(stereo, limit_dbtp, 777);
        assert_eq!(out.len(), stereo.len());
        let mut meter = LoudnessMeter::new().unwrap();
        meter.add(&out).unwrap();
        meter.add(&[0.0; 64]).unwrap();
        let peak_dbtp = meter.loudness().unwrap().true_peak_dbtp;
        assert!(peak_dbtp <= limit_dbtp, "{name}: {peak_dbtp} dBTP is over {limit_dbtp}");
        out
    }

    fn stereo(count: u32, wave: impl Fn(f32) -> f32) -> Vec<f32> {
        (0..count).flat_map(|sample| [wave(sample as f32), -0.3 * wave(sample as f32 + 0.5)]).collect()
    }

    #[test]
    fn pathological_sounds_stay_below_the_limit() {
        for limit_dbtp in [-1.0, -2.0, -9.0] {
            check(
                "a quarter-rate sine off its samples",
                &stereo(9_600, |at| 3.0 * (at * FRAC_PI_2 + FRAC_PI_4).sin()),
                limit_dbtp,
            );
            check(
                "full-scale square",
                &stereo(9_600, |at| if (at as u32 / 50).is_multiple_of(2) { 1.0 } else { -1.0 }),
                limit_dbtp,
            );
            check(
                "alternating",
                &stereo(9_600, |at| if (at as u32).is_multiple_of(2) { 8.0 } else { -8.0 }),
                limit_dbtp,
            );
            check("lone impulse", &stereo(9_600, |at| if at as u32 == 5_000 { 16.0 } else { 0.01 }), limit_dbtp);
            check(
                "phase jumps",
                &stereo(9_600, |at| 2.0 * (at * FRAC_PI_2 + (at / 97.0).floor() * 2.1).sin()),
                limit_dbtp,
            );
            check("from the first sample", &stereo(300, |_| 4.0), limit_dbtp);
            check(
                "bursts that grow",
                &stereo(30_000, |at| {
                    (at * 0.7).sin() * (at / 3_000.0) * if (at as u32 / 400).is_multiple_of(3) { 1.0 } else { 0.1 }
                }),
                limit_dbtp,
            );
        }
    }

    #[test]
    fn sound_below_the_limit_passes_bit_for_bit() {
        let quiet = stereo(20_000, |at| 0.4 * (at * 0.11).sin());
        assert_eq!(limited(&quiet, -1.0, 512), quiet);
    }

    #[test]
    fn after_a_peak_the_sound_is_whole_again() {
        let sound = stereo(240_000, |at| if at as u32 == 1_000 { 9.0 } else { 0.3 * (at * 0.05).sin() });
        let out = check("peak", &sound, -1.0);
        assert!(out[2 * 1_000].abs() > 0.7, "the peak itself comes up to the limit");
        assert!(out[2 * 1_100].abs() < sound[2 * 1_100].abs(), "the gain is still down");
        assert_eq!(out[2 * 150_000..], sound[2 * 150_000..]);
    }

    #[test]
    fn blocks_of_any_length_give_the_same_and_channels_move_alike() {
        let sound = stereo(6_000, |at| 2.0 * (at * 0.3).sin() * (at * 0.002).sin());
        let whole = limited(&sound, -3.0, 6_000);
        assert_eq!(limited(&sound, -3.0, 1), whole);
        for (before, after) in sound.chunks(2).zip(whole.chunks(2)) {
            assert!((before[0] * after[1] - before[1] * after[0]).abs() < 1e-5);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_sound_stays_below_the_limit(
            limit_dbtp in -12.0..0.0_f64,
            // Spans of noise at different levels, some of full-band sign flips: the worst case for peaks between samples.
            spans in prop::collection::vec((1..600_usize, 0.0..6.0_f32, any::<bool>(), any::<u64>()), 1..12),
        ) {
            let mut sound = Vec::new();
            for (count, level, flips, seed) in spans {
                let mut state = seed | 1;
                for _ in 0..count * 2 {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let noise = ((state >> 40) as f32 / (1_u64 << 23) as f32) - 1.0;
                    sound.push(level * if flips { noise.signum() } else { noise });
                }
            }
            check("noise", &sound, limit_dbtp);
        }
    }
}
