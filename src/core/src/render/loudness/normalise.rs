//! Finds the gain that brings a sound to a target through the limiter, and plays the sound with it.

use super::{
    limiter::Limiter,
    meter::{Loudness, measure_loudness},
};
use crate::{
    progress::CancelToken,
    render::mix::{MixError, StereoStream, db_to_factor},
};
use serde::{Deserialize, Serialize};

/// No sound is raised by more: a film of room tone is meant to be quiet.
const MOST_GAIN_DB: f64 = 24.0;
/// The limiter is never asked to take more than this off a peak: beyond it is distortion, not loudness.
const MOST_LIMITING_DB: f64 = 15.0;
/// Close enough to the target, in LU. What is promised is 0.3; encoding takes a little of it.
const CLOSE_ENOUGH_LU: f64 = 0.1;
/// Each pass plays the whole film: after these the best gain found is used.
const MOST_PASSES: u32 = 5;
/// Below this distance to the limit no peak can reach the limiter, however it is measured.
const CLEAR_OF_LIMIT_DB: f64 = 0.5;

/// How a sound is brought to its loudness.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoudnessPlan {
    /// Gain before the limiter in decibels.
    pub gain_db: f64,
    /// The limiter's limit in dBTP.
    pub limit_dbtp: f64,
    /// The sound as it is.
    pub measured_before: Loudness,
    /// The sound after gain and limiter, before it is encoded.
    pub predicted_after: Loudness,
}

impl LoudnessPlan {
    /// No gain, of a sound that nobody has measured: only peaks are held.
    #[must_use]
    pub const fn as_it_is(limit_dbtp: f64) -> Self {
        let unknown = Loudness { integrated_lufs: None, range_lu: 0.0, true_peak_dbtp: -120.0 };
        Self { gain_db: 0.0, limit_dbtp, measured_before: unknown, predicted_after: unknown }
    }
}

/// Finds the gain that brings a sound to `target_lufs`, or leaves it as loud as it is, with peaks below `limit_dbtp`.
///
/// `open_sound` gives the sound from its start each time it is asked; it is asked at most six times. Silence stays
/// as it is, and a target out of reach of sensible gain is approached as far as that goes.
///
/// # Errors
/// [`MixError`] if the sound cannot be read, or the work was cancelled.
pub fn normalise_plan<S: StereoStream>(
    mut open_sound: impl FnMut() -> Result<S, MixError>,
    target_lufs: Option<f64>,
    limit_dbtp: f64,
    cancel: &CancelToken,
) -> Result<LoudnessPlan, MixError> {
    let before = measure_loudness(&mut open_sound()?, cancel)?;
    let wanted = before.integrated_lufs.and_then(|measured| Some((measured, target_lufs?)));
    let most_gain_db = MOST_GAIN_DB.min(limit_dbtp + MOST_LIMITING_DB - before.true_peak_dbtp);
    let mut plan = LoudnessPlan {
        gain_db: wanted.map_or(0.0, |(measured, target)| (target - measured).min(most_gain_db)),
        limit_dbtp,
        measured_before: before,
        predicted_after: before,
    };
    if before.true_peak_dbtp + plan.gain_db < limit_dbtp - CLEAR_OF_LIMIT_DB {
        plan.predicted_after.integrated_lufs = before.integrated_lufs.map(|lufs| lufs + plan.gain_db);
        plan.predicted_after.true_peak_dbtp += plan.gain_db;
        return Ok(plan);
    }
    let mut best: Option<(f64, LoudnessPlan)> = None;
    let mut last: Option<(f64, f64)> = None;
    for _ in 0..MOST_PASSES {
        plan.predicted_after = measure_loudness(&mut LoudMixer::new(open_sound()?, &plan), cancel)?;
        let Some((target, after)) = target_lufs.zip(plan.predicted_after.integrated_lufs).filter(|_| wanted.is_some())
        else {
            return Ok(plan);
        };
        let short_lu = target - after;
        if best.is_none_or(|(distance, _)| short_lu.abs() < distance) {
            best = Some((short_lu.abs(), plan));
        }
        // The more the limiter works, the less of a decibel of gain is heard: the last step tells how much.
        let heard_share = last.map_or(1.0, |(gain_db, lufs)| (after - lufs) / (plan.gain_db - gain_db));
        last = Some((plan.gain_db, after));
        let next_gain_db = (plan.gain_db + short_lu / heard_share.clamp(0.2, 1.0)).min(most_gain_db);
        if short_lu.abs() <= CLOSE_ENOUGH_LU || (next_gain_db - plan.gain_db).abs() < 0.01 {
            break;
        }
        plan.gain_db = next_gain_db;
    }
    Ok(best.map_or(plan, |(_, plan)| plan))
}

/// A sound with a [`LoudnessPlan`] applied: as long as before, without the limiter's delay.
pub struct LoudMixer<S> {
    inner: S,
    gain: f32,
    limiter: Limiter,
    /// Samples of the limiter's delay that have not come out yet.
    delay_left: usize,
    /// Silence still to be played after the end, to push out what the limiter holds.
    tail_left: usize,
    inner_ended: bool,
    /// What came out of the limiter, interleaved, and how much of it is handed on.
    ready: Vec<f32>,
    handed_on: usize,
}

/// Length of the blocks in which it works, in samples.
const BLOCK_SAMPLES: usize = 4_096;

impl<S: StereoStream> LoudMixer<S> {
    /// Plays `inner` from where it stands.
    pub fn new(inner: S, plan: &LoudnessPlan) -> Self {
        Self {
            inner,
            gain: db_to_factor(plan.gain_db) as f32,
            limiter: Limiter::new(plan.limit_dbtp),
            delay_left: Limiter::LATENCY_SAMPLES,
            tail_left: Limiter::LATENCY_SAMPLES,
            inner_ended: false,
            ready: Vec::new(),
            handed_on: 0,
        }
    }

    /// The sound without gain and limiter, a little further on than what was read.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// Runs one block through the limiter; false at the end.
    fn make_ready(&mut self) -> Result<bool, MixError> {
        self.ready.resize(BLOCK_SAMPLES * 2, 0.0);
        let mut count = 0;
        if !self.inner_ended {
            count = self.inner.read(&mut self.ready)?;
            self.inner_ended = count == 0;
        }
        if self.inner_ended {
            count = self.tail_left.min(BLOCK_SAMPLES);
            self.tail_left -= count;
            self.ready[..count * 2].fill(0.0);
        }
        self.ready.truncate(count * 2);
        for sample in &mut self.ready {
            *sample *= self.gain;
        }
        self.limiter.process(&mut self.ready);
        let delay = self.delay_left.min(count);
        self.delay_left -= delay;
        self.handed_on = delay * 2;
        Ok(count > 0)
    }
}

impl<S: StereoStream> StereoStream for LoudMixer<S> {
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
        let mut done = 0;
        while done < stereo.len() / 2 * 2 {
            if self.handed_on == self.ready.len() && !self.make_ready()? {
                break;
            }
            let count = (self.ready.len() - self.handed_on).min(stereo.len() / 2 * 2 - done);
            stereo[done..done + count].copy_from_slice(&self.ready[self.handed_on..self.handed_on + count]);
            self.handed_on += count;
            done += count;
        }
        Ok(done / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound made by a function of the sample.
    struct Wave<F>(F, u32, u32);

    impl<F: Fn(u32) -> f32> StereoStream for Wave<F> {
        fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
            let count = (stereo.len() / 2).min((self.2 - self.1) as usize).min(1_000);
            for frame in stereo.chunks_exact_mut(2).take(count) {
                frame.fill(self.0(self.1));
                self.1 += 1;
            }
            Ok(count)
        }
    }

    const LENGTH_SAMPLES: u32 = 8 * 48_000;

    /// Words of a voice with short loud peaks: what speech does to a limiter.
    fn speech(sample: u32) -> f32 {
        let word = if (sample / 14_400) % 3 < 2 { 1.0 } else { 0.02 };
        let peak = if sample % 2_400 < 24 { 4.0 } else { 1.0 };
        0.05 * word * peak * (sample as f32 * 0.09).sin()
    }

    fn check(name: &str, wave: impl Fn(u32) -> f32 + Copy, target_lufs: Option<f64>) -> LoudnessPlan {
        let open = || Ok(Wave(wave, 0, LENGTH_SAMPLES));
        let cancel = CancelToken::default();
        let plan = normalise_plan(open, target_lufs, -2.0, &cancel).unwrap();
        let played = measure_loudness(&mut LoudMixer::new(open().unwrap(), &plan), &cancel).unwrap();
        let lufs = |loudness: Loudness| loudness.integrated_lufs.unwrap_or(-200.0);
        assert!((lufs(played) - lufs(plan.predicted_after)).abs() < 0.01, "{name}: predicted {plan:?}, got {played:?}");
        assert!(played.true_peak_dbtp <= -2.0, "{name}: {played:?}");
        plan
    }

    fn check_reaches(name: &str, wave: impl Fn(u32) -> f32 + Copy, target_lufs: f64) {
        let plan = check(name, wave, Some(target_lufs));
        let reached = plan.predicted_after.integrated_lufs.unwrap();
        assert!((reached - target_lufs).abs() <= 0.3, "{name}: {reached} is not {target_lufs}, {plan:?}");
    }

    #[test]
    fn sounds_reach_the_target() {
        let sine = |level: f32| move |sample: u32| level * (sample as f32 * 0.05).sin();
        check_reaches("loud sine", sine(0.9), -14.0);
        check_reaches("quiet sine", sine(0.02), -14.0);
        check_reaches("far too loud", sine(6.0), -14.0);
        check_reaches("speech through the limiter", speech, -14.0);
        check_reaches("speech, cinema", speech, -23.0);
        check_reaches("hiss", |sample| 0.1 * (sample.wrapping_mul(2_654_435_761) as f32 / 2e9 - 1.0), -16.0);
    }

    #[test]
    fn silence_and_near_silence_are_not_raised_into_noise() {
        assert_eq!(check("silence", |_| 0.0, Some(-14.0)).gain_db, 0.0);
        let room_tone = check("room tone", |sample| 0.0005 * (sample as f32 * 0.05).sin(), Some(-14.0));
        assert_eq!(room_tone.gain_db, MOST_GAIN_DB);
        let clicks = check("clicks", |sample| if sample % 24_000 == 7 { 0.5 } else { 0.0 }, Some(-14.0));
        assert!(clicks.gain_db <= -2.0 + MOST_LIMITING_DB - clicks.measured_before.true_peak_dbtp + 1e-9, "{clicks:?}");
    }

    #[test]
    fn without_a_target_only_peaks_are_held() {
        let quiet = check("quiet", |sample| 0.1 * (sample as f32 * 0.05).sin(), None);
        assert_eq!((quiet.gain_db, quiet.measured_before), (0.0, quiet.predicted_after));
        let loud = check("loud", |sample| 3.0 * (sample as f32 * 0.05).sin(), None);
        assert_eq!(loud.gain_db, 0.0);
        assert!(loud.predicted_after.true_peak_dbtp < loud.measured_before.true_peak_dbtp);
    }

    #[test]
    fn the_sound_keeps_its_length_and_its_place() {
        let plan = check("quiet", |sample| 0.1 * (sample as f32 * 0.05).sin(), None);
        for length in [1, 100, 5_000, 12_289] {
            let wave = |sample: u32| sample as f32 / 100_000.0;
            for block in [1, 700, 20_000] {
                let mut loud = LoudMixer::new(Wave(wave, 0, length), &plan);
                let (mut heard, mut part) = (Vec::new(), vec![0.0; block * 2]);
                loop {
                    match loud.read(&mut part).unwrap() {
                        0 => break,
                        count => heard.extend_from_slice(&part[..count * 2]),
                    }
                }
                let expected: Vec<f32> = (0..length).flat_map(|sample| [wave(sample); 2]).collect();
                assert_eq!(heard, expected, "length {length}, block {block}");
            }
        }
    }

    #[test]
    fn a_cancelled_measurement_stops() {
        let cancel = CancelToken::default();
        cancel.cancel();
        let plan = normalise_plan(|| Ok(Wave(|_| 0.0, 0, 10)), None, -1.0, &cancel);
        assert!(matches!(plan, Err(MixError::Cancelled(_))));
    }
}
