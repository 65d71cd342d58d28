//! Gain over time: equal-power fades, and how far the score steps back under speech.

use crate::render::plan::FadeDirection;
use serde::{Deserialize, Serialize};
use std::{f64::consts::FRAC_PI_2, ops::Range};

/// A fade at equal power. Before a fade in and after a fade out is silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FadeSpan {
    /// First sample of the fade.
    pub start_sample: u64,
    /// Length in samples.
    pub length_samples: u64,
    /// Up or down.
    pub direction: FadeDirection,
}

impl FadeSpan {
    /// Gain at a sample, 0 to 1.
    #[must_use]
    pub fn gain_at(&self, sample: u64) -> f32 {
        let into = if sample < self.start_sample {
            0.0
        } else if sample - self.start_sample >= self.length_samples {
            1.0
        } else {
            (sample - self.start_sample) as f64 / self.length_samples as f64 + 0.5 / self.length_samples as f64
        };
        match self.direction {
            FadeDirection::In => equal_power(into),
            FadeDirection::Out => equal_power(1.0 - into),
        }
    }

    /// Multiplies interleaved stereo that starts at `start_sample` by the fade.
    pub(super) fn apply(&self, start_sample: u64, stereo: &mut [f32]) {
        let end_sample = start_sample + stereo.len() as u64 / 2;
        let fade_end = self.start_sample.saturating_add(self.length_samples);
        let untouched = match self.direction {
            FadeDirection::In => start_sample >= fade_end,
            FadeDirection::Out => end_sample <= self.start_sample,
        };
        if untouched {
            return;
        }
        for (index, frame) in stereo.chunks_exact_mut(2).enumerate() {
            let gain = self.gain_at(start_sample + index as u64);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }
}

/// The equal-power curve: 0 to 1 over `share` 0 to 1, and the squares of a fade in and its mirror add up to one.
pub(super) fn equal_power(share: f64) -> f32 {
    if share >= 1.0 { 1.0 } else { (share.max(0.0) * FRAC_PI_2).sin() as f32 }
}

/// Decibels to a factor.
pub(in crate::render) fn db_to_factor(gain_db: f64) -> f64 {
    10.0_f64.powf(gain_db / 20.0)
}

/// How far music and ambience step back, as points joined by straight lines in decibels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DuckCurve {
    /// Sorted positions in samples from the scene's start (may lie before it), each with a gain in decibels.
    pub points: Vec<(i64, f64)>,
}

/// The score begins to step back this long before the first word, so that it is out of the way when it comes.
const ATTACK_SAMPLES: i64 = 12_000;
/// It comes back this slowly after the last word.
const RELEASE_SAMPLES: i64 = 28_800;
/// Between words closer than this it stays back: coming up for a breath pumps.
const BREATH_SAMPLES: i64 = 48_000;

impl DuckCurve {
    /// The curve for stretches of speech, in samples from the scene's start, in any order.
    #[must_use]
    pub fn under_speech(speech: &[Range<u64>], duck_db: f64) -> Self {
        let mut spans: Vec<_> = speech
            .iter()
            .filter(|span| !span.is_empty())
            .map(|span| span.start.min(i64::MAX as u64 / 4) as i64..span.end.min(i64::MAX as u64 / 4) as i64)
            .collect();
        spans.sort_unstable_by_key(|span| span.start);
        let mut merged: Vec<Range<i64>> = Vec::new();
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start - last.end < BREATH_SAMPLES => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        if duck_db <= 0.0 {
            return Self::default();
        }
        let points = merged
            .iter()
            .flat_map(|span| {
                [
                    (span.start - ATTACK_SAMPLES, 0.0),
                    (span.start, -duck_db),
                    (span.end, -duck_db),
                    (span.end + RELEASE_SAMPLES, 0.0),
                ]
            })
            .collect();
        Self { points }
    }

    /// Gain at a sample in decibels, 0 or less.
    #[must_use]
    pub fn gain_db_at(&self, sample: u64) -> f64 {
        let sample = i64::try_from(sample).unwrap_or(i64::MAX);
        let next = self.points.partition_point(|point| point.0 <= sample);
        match (next.checked_sub(1).and_then(|last| self.points.get(last)), self.points.get(next)) {
            (Some(&(from, from_db)), Some(&(to, to_db))) => {
                from_db + (to_db - from_db) * (sample - from) as f64 / (to - from) as f64
            }
            _ => 0.0,
        }
    }

    /// Multiplies interleaved stereo that starts at `start_sample` by the curve.
    pub(super) fn apply(&self, start_sample: u64, stereo: &mut [f32]) {
        let end_sample = start_sample + stereo.len() as u64 / 2;
        let quiet = match (self.points.first(), self.points.last()) {
            (Some(first), Some(last)) => {
                (first.0 >= 0 && first.0 as u64 >= end_sample) || last.0 <= start_sample as i64
            }
            _ => true,
        };
        if quiet {
            return;
        }
        let mut known = (f64::NAN, 1.0_f32);
        for (index, frame) in stereo.chunks_exact_mut(2).enumerate() {
            let gain_db = self.gain_db_at(start_sample + index as u64);
            // The power is only worth taking where the curve moves.
            if gain_db != known.0 {
                known = (gain_db, db_to_factor(gain_db) as f32);
            }
            frame[0] *= known.1;
            frame[1] *= known.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under_one(speech: Range<u64>, duck_db: f64) -> DuckCurve {
        DuckCurve::under_speech(std::slice::from_ref(&speech), duck_db)
    }

    #[test]
    fn fades_are_mirror_images_of_equal_power() {
        let fade = |direction| FadeSpan { start_sample: 100, length_samples: 50, direction };
        let (fade_in, fade_out) = (fade(FadeDirection::In), fade(FadeDirection::Out));
        assert_eq!((fade_in.gain_at(99), fade_in.gain_at(150)), (0.0, 1.0));
        assert_eq!((fade_out.gain_at(99), fade_out.gain_at(150)), (1.0, 0.0));
        for sample in 100..150 {
            let power = fade_in.gain_at(sample).powi(2) + fade_out.gain_at(sample).powi(2);
            assert!((power - 1.0).abs() < 1e-6, "power {power} at {sample}");
            assert!(fade_in.gain_at(sample) > fade_in.gain_at(sample - 1));
        }
    }

    #[test]
    fn applying_a_curve_in_blocks_is_the_same_as_sample_by_sample() {
        let duck = DuckCurve::under_speech(&[60_000..90_000, 5_000..20_000, 200_000..210_000], 9.0);
        let fade = FadeSpan { start_sample: 70_000, length_samples: 9_999, direction: FadeDirection::Out };
        for block in [1_000_usize, 4_096, 50_000] {
            for start in (0..260_000).step_by(block) {
                let mut stereo = vec![1.0_f32; block * 2];
                duck.apply(start as u64, &mut stereo);
                fade.apply(start as u64, &mut stereo);
                for probe in [0, block / 2, block - 1] {
                    let sample = (start + probe) as u64;
                    let expected = db_to_factor(duck.gain_db_at(sample)) as f32 * fade.gain_at(sample);
                    assert!((stereo[probe * 2] - expected).abs() < 1e-6, "sample {sample}");
                    assert_eq!(stereo[probe * 2], stereo[probe * 2 + 1]);
                }
            }
        }
    }

    #[test]
    fn the_score_is_back_before_the_first_word_and_stays_back_for_a_breath() {
        let duck = DuckCurve::under_speech(&[100_000..150_000, 160_000..200_000], 9.0);
        assert_eq!(duck.gain_db_at(100_000 - ATTACK_SAMPLES as u64), 0.0);
        for sample in [100_000, 149_999, 155_000, 199_999] {
            assert_eq!(duck.gain_db_at(sample), -9.0, "sample {sample}");
        }
        let coming_back = duck.gain_db_at(200_000 + RELEASE_SAMPLES as u64 / 2);
        assert!((coming_back + 4.5).abs() < 0.01, "{coming_back}");
        assert_eq!(duck.gain_db_at(200_000 + RELEASE_SAMPLES as u64), 0.0);
        assert_eq!(under_one(10..10, 9.0), DuckCurve::default());
        assert_eq!(under_one(0..100, 0.0), DuckCurve::default());
    }

    #[test]
    fn speech_at_the_very_start_finds_the_score_already_back() {
        assert_eq!(under_one(0..1_000, 6.0).gain_db_at(0), -6.0);
    }
}
