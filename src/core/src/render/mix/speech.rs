//! Where someone speaks in a recording, so that the score can step back there.

use super::{MixError, SampleSource};
use crate::progress::CancelToken;
use std::ops::Range;

/// Levels are taken over 20 ms.
const WINDOW_SAMPLES: usize = 960;
/// Pauses up to 300 ms are part of the sentence.
const LONGEST_PAUSE_SAMPLES: u64 = 14_400;
/// Anything shorter than 80 ms is a click or a breath.
const SHORTEST_SPEECH_SAMPLES: u64 = 3_840;

/// Stretches of a recording that rise above its own noise floor, in samples, sorted.
///
/// # Errors
/// [`MixError`] if the recording cannot be read, or the work was cancelled.
pub fn find_speech(source: &mut dyn SampleSource, cancel: &CancelToken) -> Result<Vec<Range<u64>>, MixError> {
    let length_samples = source.length_samples();
    let mut levels_db = Vec::new();
    let mut window = vec![0.0; WINDOW_SAMPLES * 2];
    let mut at = 0;
    while at < length_samples {
        cancel.check()?;
        source.read_at(at, &mut window)?;
        let power: f64 = window.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / window.len() as f64;
        levels_db.push((10.0 * power.max(1e-12).log10()) as f32);
        at += WINDOW_SAMPLES as u64;
    }
    let threshold_db = speech_threshold_db(&levels_db);
    let mut speech: Vec<Range<u64>> = Vec::new();
    for (index, level_db) in levels_db.iter().enumerate() {
        if *level_db < threshold_db {
            continue;
        }
        let start = (index * WINDOW_SAMPLES) as u64;
        let end = (start + WINDOW_SAMPLES as u64).min(length_samples);
        match speech.last_mut() {
            Some(last) if start - last.end <= LONGEST_PAUSE_SAMPLES => last.end = end,
            _ => speech.push(start..end),
        }
    }
    speech.retain(|span| span.end - span.start >= SHORTEST_SPEECH_SAMPLES);
    Ok(speech)
}

/// 12 dB above the quiet tenth of the recording, within what any room or studio gives.
fn speech_threshold_db(levels_db: &[f32]) -> f32 {
    let mut sorted = levels_db.to_vec();
    sorted.sort_by(f32::total_cmp);
    let floor_db = sorted.get(sorted.len() / 10).copied().unwrap_or(-120.0);
    (floor_db + 12.0).clamp(-55.0, -32.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone at the given spans over a hiss.
    struct Recording {
        speech: Vec<Range<u64>>,
        hiss: f32,
    }

    impl SampleSource for Recording {
        fn length_samples(&self) -> u64 {
            480_000
        }
        fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError> {
            for (index, frame) in stereo.chunks_exact_mut(2).enumerate() {
                let sample = start_sample + index as u64;
                let speaks = self.speech.iter().any(|span| span.contains(&sample));
                let hiss = if sample.is_multiple_of(2) { self.hiss } else { -self.hiss };
                frame.fill(hiss + if speaks { 0.2 * (sample as f32 * 0.05).sin() } else { 0.0 });
            }
            Ok(())
        }
    }

    fn check(spoken: &[Range<u64>], hiss: f32, expected: &[Range<u64>]) {
        let mut source = Recording { speech: spoken.to_vec(), hiss };
        let found = find_speech(&mut source, &CancelToken::default()).unwrap();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                found.start.abs_diff(expected.start) <= 960 && found.end.abs_diff(expected.end) <= 960,
                "{found:?}"
            );
        }
    }

    #[test]
    fn speech_is_found_above_the_noise_floor() {
        let spoken = [48_000..96_000, 105_000..150_000, 300_000..360_000];
        let sentences = [48_000..150_000, 300_000..360_000];
        check(&spoken, 0.0, &sentences);
        check(&spoken, 0.003, &sentences);
        check(&[], 0.003, &[]);
        check(&[10_000..11_000, 200_000..201_000], 0.0, &[]);
    }

    #[test]
    fn a_cancelled_search_stops() {
        let cancel = CancelToken::default();
        cancel.cancel();
        let found = find_speech(&mut Recording { speech: Vec::new(), hiss: 0.0 }, &cancel);
        assert!(matches!(found, Err(MixError::Cancelled(_))));
    }
}
