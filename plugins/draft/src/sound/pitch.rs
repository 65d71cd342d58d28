//! The pitch of a voice, by autocorrelation.

use super::{RATE, Shape};

/// Lowest and highest pitch a voice is searched in, in hertz.
const LOWEST_HZ: f32 = 60.0;
const HIGHEST_HZ: f32 = 420.0;

/// The middle of all pitches of the voiced parts, in hertz; `None` where nothing is voiced.
pub(crate) fn median_pitch_hz(samples: &[f32]) -> Option<f32> {
    let mut low = samples.to_vec();
    Shape::LowPass(900.0).run(&mut low);
    // A quarter of the rate is plenty below 900 Hz, and sixteen times cheaper.
    let thin: Vec<f32> = low.iter().step_by(4).copied().collect();
    let rate = RATE / 4.0;
    let (window, hop) = (600, 300);
    let loudest = thin.iter().fold(0.0_f32, |highest, sample| highest.max(sample.abs()));
    let (shortest, longest) = ((rate / HIGHEST_HZ) as usize, (rate / LOWEST_HZ) as usize);
    let mut pitches: Vec<f32> = thin
        .windows(window + longest)
        .step_by(hop)
        .filter_map(|frame| {
            let energy: f32 = frame[..window].iter().map(|sample| sample * sample).sum();
            if energy / (window as f32) < (loudest * 0.08).powi(2) {
                return None;
            }
            let score = |lag: usize| -> f32 {
                let later = &frame[lag..lag + window];
                let product: f32 = frame[..window].iter().zip(later).map(|(one, two)| one * two).sum();
                let later_energy: f32 = later.iter().map(|sample| sample * sample).sum();
                product / (energy * later_energy).sqrt().max(1e-9)
            };
            let scores: Vec<f32> = (shortest..=longest).map(score).collect();
            let best = scores.iter().copied().fold(0.0_f32, f32::max);
            // The first peak nearly as high as the highest: later ones are multiples of the same period.
            let first = scores
                .windows(3)
                .position(|near| near[1] > best * 0.92 && near[1] >= near[0] && near[1] >= near[2])
                .map(|index| index + 1 + shortest)?;
            (best > 0.6).then(|| rate / first as f32)
        })
        .collect();
    if pitches.len() < 3 {
        return None;
    }
    pitches.sort_by(f32::total_cmp);
    Some(pitches[pitches.len() / 2])
}
