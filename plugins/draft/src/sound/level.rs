//! Loudness: EBU R128 measures, a gain and a look-ahead limiter keep what leaves here steady and unclipped.

use super::{RATE_HZ, Sound};
use crate::DraftError;
use ebur128::{EbuR128, Mode};
use fundsp::prelude32::{self as dsp, AudioUnit};

/// No sample of a finished sound is above this, in decibels of full scale; it leaves room for true peaks.
pub(crate) const CEILING_DBFS: f32 = -1.5;
const LIMITER_ATTACK_SECS: f32 = 0.004;
const LIMITER_RELEASE_SECS: f32 = 0.12;

/// Decibels as a factor.
pub(crate) fn db_to_gain(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

/// Integrated loudness in LUFS; `None` for silence and for what is too short to measure (under 0.4 s).
pub(crate) fn integrated_lufs(sound: &Sound) -> Result<Option<f64>, DraftError> {
    let fail = |error: ebur128::Error| DraftError::Sound(format!("loudness could not be measured: {error}"));
    let mut meter = EbuR128::new(2, RATE_HZ as u32, Mode::I).map_err(fail)?;
    meter.add_frames_planar_f32(&[&sound.left, &sound.right]).map_err(fail)?;
    let lufs = meter.loudness_global().map_err(fail)?;
    Ok(lufs.is_finite().then_some(lufs))
}

/// Highest sample in decibels of full scale.
#[cfg(test)]
pub(crate) fn peak_dbfs(sound: &Sound) -> f32 {
    20.0 * peak(sound).max(1e-9).log10()
}

fn peak(sound: &Sound) -> f32 {
    sound.left.iter().chain(&sound.right).fold(0.0_f32, |highest, sample| highest.max(sample.abs()))
}

/// Brings a sound to a loudness, below the ceiling. Very short sounds go by their peak.
pub(crate) fn level_to(mut sound: Sound, target_lufs: f64) -> Result<Sound, DraftError> {
    for side in sound.sides_mut() {
        // A filter that ran wild must be heard of, not written out.
        if side.iter().any(|sample| !sample.is_finite()) {
            return Err(DraftError::Sound("a sound came out as no number".into()));
        }
    }
    let ceiling = db_to_gain(CEILING_DBFS);
    match integrated_lufs(&sound)? {
        Some(lufs) => sound.scale(10.0_f64.powf((target_lufs - lufs) / 20.0) as f32),
        None => {
            let wanted = db_to_gain(target_lufs as f32 + 10.0);
            sound.scale(wanted / peak(&sound).max(1e-6));
        }
    }
    if peak(&sound) > ceiling {
        sound = limited(&sound, ceiling);
    }
    Ok(sound)
}

fn limited(sound: &Sound, ceiling: f32) -> Sound {
    let mut unit: Box<dyn AudioUnit> = Box::new(dsp::limiter_stereo(LIMITER_ATTACK_SECS, LIMITER_RELEASE_SECS));
    unit.set_sample_rate(RATE_HZ as f64);
    // The limiter looks ahead by its attack: feed that much more and drop what came before the first sample.
    let ahead = (LIMITER_ATTACK_SECS * super::RATE).round() as usize;
    let mut out = Sound::silence(sound.len());
    for index in 0..sound.len() + ahead {
        let at = |side: &[f32]| side.get(index).copied().unwrap_or(0.0) / ceiling;
        let (left, right) = unit.filter_stereo(at(&sound.left), at(&sound.right));
        if let Some(place) = index.checked_sub(ahead) {
            (out.left[place], out.right[place]) = (left * ceiling, right * ceiling);
        }
    }
    for side in out.sides_mut() {
        side.iter_mut().for_each(|sample| *sample = sample.clamp(-ceiling, ceiling));
    }
    out
}
