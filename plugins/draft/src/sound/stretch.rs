//! Another voice from the same performance: pitch and timbre moved apart from each other, the timing kept.
//!
//! A phase vocoder. Each short spectrum is split into its envelope (the throat and mouth: smooth, by cepstrum) and
//! what is left (the vocal folds: fine). The fine part is moved to the new pitch, the envelope by the new size of the
//! throat, and both are put together again.

use super::{Report, report};
use crate::DraftError;
use realfft::{RealFftPlanner, num_complex::Complex};
use std::f32::consts::{PI, TAU};

const SIZE: usize = 2048;
const HOP: usize = SIZE / 8;
const BINS: usize = SIZE / 2 + 1;
/// Cepstrum kept for the envelope, in samples: below the period of any voice up to 400 Hz.
const LIFTER: usize = (48_000 / 420) as usize;

/// How a voice is changed, as factors: 1 leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct VoiceShift {
    /// Above 1 is higher.
    pub(crate) pitch: f32,
    /// Above 1 is a smaller throat.
    pub(crate) formant: f32,
}

/// Changes a voice; the result is exactly as long.
///
/// # Errors
/// [`DraftError::Cancelled`], or [`DraftError::Sound`] when a transform fails.
pub(crate) fn shift_voice(input: &[f32], shift: VoiceShift, progress: Report<'_>) -> Result<Vec<f32>, DraftError> {
    let fail = |error: realfft::FftError| DraftError::Sound(format!("a transform failed: {error}"));
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(SIZE), planner.plan_fft_inverse(SIZE));
    let window: Vec<f32> = (0..SIZE).map(|index| 0.5 - 0.5 * (TAU * index as f32 / SIZE as f32).cos()).collect();
    let mut padded = vec![0.0; SIZE];
    padded.extend_from_slice(input);
    padded.resize(padded.len() + SIZE * 2, 0.0);
    let mut out = vec![0.0_f32; padded.len() + SIZE];
    let mut frame = vec![0.0; SIZE];
    let mut spectrum = forward.make_output_vec();
    let mut last_phase = vec![0.0_f32; BINS];
    let mut sum_phase = vec![0.0_f32; BINS];
    let envelopes = Envelopes::new();
    let frames = (padded.len() - SIZE) / HOP;
    for number in 0..frames {
        if number % 256 == 0 {
            report(&mut *progress, number as f32 / frames as f32)?;
        }
        let start = number * HOP;
        for ((value, sample), weight) in frame.iter_mut().zip(&padded[start..]).zip(&window) {
            *value = sample * weight;
        }
        forward.process(&mut frame, &mut spectrum).map_err(fail)?;
        let magnitudes: Vec<f32> = spectrum.iter().map(|bin| bin.norm()).collect();
        let envelope = envelopes.of(&magnitudes)?;
        let mut moved = [0.0_f32; BINS];
        let mut moved_hz = [0.0_f32; BINS];
        for bin in 0..BINS {
            let phase = spectrum[bin].arg();
            let expected = TAU * bin as f32 * HOP as f32 / SIZE as f32;
            let drift = wrap(phase - last_phase[bin] - expected);
            last_phase[bin] = phase;
            let true_bin = bin as f32 + drift * SIZE as f32 / (TAU * HOP as f32);
            let target = (bin as f32 * shift.pitch).round() as usize;
            let fine = magnitudes[bin] / envelope[bin].max(1e-9);
            if target < BINS && fine > moved[target] {
                moved[target] = fine;
                moved_hz[target] = true_bin * shift.pitch;
            }
        }
        for bin in 0..BINS {
            sum_phase[bin] = wrap(sum_phase[bin] + TAU * moved_hz[bin] * HOP as f32 / SIZE as f32);
            let source = bin as f32 / shift.formant;
            let below = source as usize;
            let weight = source - below as f32;
            let at = |index: usize| envelope.get(index).copied().unwrap_or(0.0);
            let throat = at(below) * (1.0 - weight) + at(below + 1) * weight;
            spectrum[bin] = Complex::from_polar(moved[bin] * throat, sum_phase[bin]);
        }
        // The outermost bins of a real spectrum are real.
        spectrum[0].im = 0.0;
        spectrum[BINS - 1].im = 0.0;
        inverse.process(&mut spectrum, &mut frame).map_err(fail)?;
        // Eight overlapping squared Hann windows add up to three; the transform itself scales by its size.
        let scale = 1.0 / (SIZE as f32 * 3.0);
        for ((value, sample), weight) in out[start..].iter_mut().zip(&frame).zip(&window) {
            *value += sample * weight * scale;
        }
    }
    report(progress, 1.0)?;
    Ok(out[SIZE..SIZE + input.len()].to_vec())
}

fn wrap(phase: f32) -> f32 {
    phase - TAU * ((phase + PI) / TAU).floor()
}

/// Smooth spectral envelopes by cepstrum.
struct Envelopes {
    to_cepstrum: std::sync::Arc<dyn realfft::ComplexToReal<f32>>,
    to_spectrum: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
}

impl Envelopes {
    fn new() -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        Self { to_cepstrum: planner.plan_fft_inverse(SIZE), to_spectrum: planner.plan_fft_forward(SIZE) }
    }

    fn of(&self, magnitudes: &[f32]) -> Result<Vec<f32>, DraftError> {
        let fail = |error: realfft::FftError| DraftError::Sound(format!("a transform failed: {error}"));
        let mut logs: Vec<Complex<f32>> =
            magnitudes.iter().map(|magnitude| Complex::new(magnitude.max(1e-6).ln(), 0.0)).collect();
        let mut cepstrum = self.to_cepstrum.make_output_vec();
        self.to_cepstrum.process(&mut logs, &mut cepstrum).map_err(fail)?;
        for (index, value) in cepstrum.iter_mut().enumerate() {
            let distance = index.min(SIZE - index);
            let keep = if distance < LIFTER { 0.5 + 0.5 * (PI * distance as f32 / LIFTER as f32).cos() } else { 0.0 };
            *value *= keep / SIZE as f32;
        }
        let mut smooth = self.to_spectrum.make_output_vec();
        self.to_spectrum.process(&mut cepstrum, &mut smooth).map_err(fail)?;
        Ok(smooth.iter().map(|bin| bin.re.clamp(-20.0, 20.0).exp()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{RATE, median_pitch_hz},
        *,
    };
    use std::ops::ControlFlow;

    /// A buzz of a pitch, with a throat.
    fn buzz(hz: f32, secs: f32) -> Vec<f32> {
        let mut samples: Vec<f32> = (0..(secs * RATE) as usize)
            .map(|index| (1..30).map(|harmonic| (TAU * hz * harmonic as f32 * index as f32 / RATE).sin()).sum::<f32>())
            .map(|sample| sample * 0.02)
            .collect();
        super::super::Shape::Bell { hz: 700.0, q: 4.0, gain_db: 15.0 }.run(&mut samples);
        samples
    }

    #[test]
    fn the_pitch_moves_as_asked_and_the_length_stays() {
        let voice = buzz(120.0, 1.5);
        for pitch in [0.7, 1.0, 1.5] {
            let shift = VoiceShift { pitch, formant: 1.0 };
            let moved = shift_voice(&voice, shift, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(moved.len(), voice.len());
            let found = median_pitch_hz(&moved).unwrap();
            assert!((found / (120.0 * pitch) - 1.0).abs() < 0.04, "{pitch}: {found} Hz");
        }
    }

    #[test]
    fn a_cancelled_change_stops() {
        let shift = VoiceShift { pitch: 1.2, formant: 1.1 };
        let answer = shift_voice(&buzz(120.0, 0.5), shift, &mut |_| ControlFlow::Break(()));
        assert!(matches!(answer, Err(DraftError::Cancelled)));
    }
}
