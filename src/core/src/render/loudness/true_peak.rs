//! Peaks between the samples, by fourfold oversampling (ITU-R BS.1770-4, annex 2).

use std::f64::consts::PI;

/// Taps a phase of the short filter: the one common R128 meters use, so that they never find more than this does.
const SHORT_TAPS: usize = 12;
/// Taps a phase of the long filter, close to what a converter does up to the edge of the band.
pub(super) const LONG_TAPS: usize = 32;
const PHASES: usize = 4;
/// Quiet stretches of this length are passed over without filtering.
const STRETCH_SAMPLES: usize = 64;

/// Tells for each sample how high the wave goes in the filters' view that ends with it.
///
/// The view reaches back [`LONG_TAPS`] samples, so a peak shows up to that much later.
pub(super) struct TruePeakDetector {
    short: [[f32; PHASES]; SHORT_TAPS],
    long: [[f32; PHASES]; LONG_TAPS],
    /// No wave rises above its highest sample by more than this factor in either filter.
    most_gain: f32,
    /// The last samples of the block before, interleaved, then the block.
    window: Vec<f32>,
}

impl TruePeakDetector {
    pub(super) fn new() -> Self {
        let (short, long) = (windowed_sinc::<SHORT_TAPS>(), windowed_sinc::<LONG_TAPS>());
        let gain = |taps: &[[f32; PHASES]]| {
            (0..PHASES).map(|phase| taps.iter().map(|tap| tap[phase].abs()).sum::<f32>()).fold(0.0, f32::max)
        };
        let most_gain = gain(&short).max(gain(&long));
        Self { short, long, most_gain, window: vec![0.0; (LONG_TAPS - 1) * 2] }
    }

    /// Appends one peak (of both channels) for each sample of `stereo`. Peaks below `floor` may be told as 0.
    pub(super) fn process(&mut self, stereo: &[f32], floor: f32, peaks: &mut Vec<f32>) {
        let history = (LONG_TAPS - 1) * 2;
        self.window.extend_from_slice(stereo);
        let samples = stereo.len() / 2;
        for stretch in (0..samples).step_by(STRETCH_SAMPLES) {
            let stretch_end = (stretch + STRETCH_SAMPLES).min(samples);
            let view = &self.window[stretch * 2..stretch_end * 2 + history];
            let loudest = view.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            if loudest * self.most_gain < floor {
                peaks.resize(peaks.len() + stretch_end - stretch, 0.0);
                continue;
            }
            for end in (history + 2..=view.len()).step_by(2) {
                let long = highest(&self.long, &view[end - LONG_TAPS * 2..end]);
                let short = highest(&self.short, &view[end - SHORT_TAPS * 2..end]);
                peaks.push(long.max(short));
            }
        }
        self.window.drain(..samples * 2);
    }
}

/// The highest of all phases and both channels at one place.
fn highest<const TAPS: usize>(taps: &[[f32; PHASES]; TAPS], stereo: &[f32]) -> f32 {
    let (mut left, mut right) = ([0.0_f32; PHASES], [0.0_f32; PHASES]);
    for (tap, frame) in taps.iter().zip(stereo.chunks_exact(2).rev()) {
        for phase in 0..PHASES {
            left[phase] += tap[phase] * frame[0];
            right[phase] += tap[phase] * frame[1];
        }
    }
    left.iter().chain(&right).fold(0.0, |peak, value| peak.max(value.abs()))
}

/// A sinc under a Hann window, centred in the filter.
fn windowed_sinc<const TAPS: usize>() -> [[f32; PHASES]; TAPS] {
    let length = (TAPS * PHASES) as f64;
    let mut taps = [[0.0; PHASES]; TAPS];
    for (index, tap) in taps.iter_mut().flatten().enumerate() {
        let window = 0.5 * (1.0 - (2.0 * PI * index as f64 / length).cos());
        let angle = (index as f64 - length / 2.0) * PI / PHASES as f64;
        *tap = (window * if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle }) as f32;
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak_of(wave: impl Fn(f64) -> f64, block: usize) -> f32 {
        let stereo: Vec<f32> = (0..4_800)
            .flat_map(|sample| {
                let ramp = (f64::from(sample) / 500.0).min(1.0) * (f64::from(4_800 - sample) / 500.0).min(1.0);
                [0.0, (wave(f64::from(sample)) * ramp) as f32]
            })
            .collect();
        let (mut detector, mut peaks) = (TruePeakDetector::new(), Vec::new());
        for block in stereo.chunks(block * 2) {
            detector.process(block, 0.0, &mut peaks);
        }
        assert_eq!(peaks.len(), 4_800);
        peaks.into_iter().fold(0.0, f32::max)
    }

    #[test]
    fn sines_are_seen_at_their_full_height_whatever_their_phase() {
        for divisor in [4.0, 3.0, 8.0, 48.0] {
            for phase in [0.0, 0.25, 0.5, 0.8] {
                let peak = peak_of(|sample| (2.0 * PI * sample / divisor + phase * PI / 2.0).sin(), 333);
                assert!((peak - 1.0).abs() < 0.03, "1/{divisor} of the rate, phase {phase}: {peak}");
            }
        }
    }

    #[test]
    fn blocks_and_skipped_quiet_change_nothing() {
        let wave = |sample: f64| (sample * 0.9).sin() * (sample * 0.001).sin();
        let whole = peak_of(wave, 4_800);
        for block in [1, 31, 64, 1_000] {
            assert_eq!(peak_of(wave, block), whole, "block {block}");
        }
        let stereo: Vec<f32> = (0..2_000).map(|sample| wave(f64::from(sample)) as f32).collect();
        let (mut all, mut loud) = (Vec::new(), Vec::new());
        TruePeakDetector::new().process(&stereo, 0.0, &mut all);
        TruePeakDetector::new().process(&stereo, 0.5, &mut loud);
        assert_eq!(all.len(), loud.len());
        assert!(all.iter().zip(&loud).all(|(all, loud)| all == loud || (*loud == 0.0 && *all < 0.5)));
        assert!(loud.contains(&0.0) && loud.iter().any(|peak| *peak > 0.5));
    }
}
