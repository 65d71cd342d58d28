//! Draft voices: espeak-ng speaks (`espeak`), `voices` is the cast, and what comes out is made to sit in a film.

mod convert;
mod espeak;
mod voices;

pub(crate) use convert::convert_voice;
pub(crate) use espeak::version;
pub use voices::cast_voices;
pub(crate) use voices::{DraftVoice, VOICES, voice_for};

use crate::{
    DraftError,
    sound::{
        RATE, Report, Room, Shape, Sound, VoiceShift, filtered, in_room, level_to, report, resampled, samples_of,
        shift_voice,
    },
};
use std::path::Path;

/// Loudness of a spoken line.
pub(crate) const SPEECH_LUFS: f64 = -18.0;
/// Longest text spoken at once, in characters.
pub(crate) const MAX_CHARS: usize = 5000;
const TAIL_SECS: f64 = 0.35;

/// Speaks a line.
///
/// # Errors
/// [`DraftError::MissingTool`] without espeak-ng, [`DraftError::NothingToSay`], [`DraftError::Cancelled`], or what
/// failed.
pub(crate) fn speak(
    text: &str,
    voice: &DraftVoice,
    work_dir: &Path,
    progress: Report<'_>,
) -> Result<Sound, DraftError> {
    let text = sayable(text);
    if !text.chars().any(char::is_alphanumeric) {
        return Err(DraftError::NothingToSay);
    }
    let dry = espeak::speak(&text, voice, work_dir, &mut *progress)?;
    report(&mut *progress, 0.5)?;
    let mut samples = trimmed(&resampled(dry)?);
    if samples.is_empty() {
        return Err(DraftError::NothingToSay);
    }
    if voice.formant != 1.0 {
        let shift = VoiceShift { pitch: 1.0, formant: voice.formant };
        samples = shift_voice(&samples, shift, &mut |share| progress(0.5 + share * 0.3))?;
    }
    let sound = in_film(samples, voice)?;
    report(progress, 1.0)?;
    Ok(sound)
}

/// What is said, without what is only written: emphasis marks, dashes as pauses, no control characters.
fn sayable(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '*' | '_' | '\\' | '~' | '`' | '#' => {}
            '\u{2014}' | '\u{2013}' => said.push_str(", "),
            '\u{2026}' => said.push_str("... "),
            '\u{2018}' | '\u{2019}' => said.push('\''),
            '\u{201c}' | '\u{201d}' => said.push('"'),
            letter if letter.is_control() => said.push(' '),
            letter => said.push(letter),
        }
    }
    let said = said.replace("--", ", ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without the silence before and after, but with the breath of a consonant.
fn trimmed(samples: &[f32]) -> Vec<f32> {
    let loudest = samples.iter().fold(0.0_f32, |highest, sample| highest.max(sample.abs()));
    let audible = |sample: &f32| sample.abs() > loudest * 0.006;
    let (Some(first), Some(last)) = (samples.iter().position(audible), samples.iter().rposition(audible)) else {
        return Vec::new();
    };
    let start = first.saturating_sub((RATE * 0.03) as usize);
    let end = (last + (RATE * 0.06) as usize).min(samples.len());
    samples[start..end].to_vec()
}

/// From a synthesiser's output to a line in a film: warmth, less nose, a little grit for the missing highs, a room.
pub(crate) fn in_film(samples: Vec<f32>, voice: &DraftVoice) -> Result<Sound, DraftError> {
    let mut sound = Sound::from_mono(samples);
    sound.fade(0.008, 0.04);
    sound = level_to(sound, SPEECH_LUFS)?;
    for side in sound.sides_mut() {
        // Soft saturation brings back some of what a 22 kHz synthesiser has no room for.
        side.iter_mut().for_each(|sample| *sample = (*sample * 1.6).tanh() / 1.6);
    }
    let shapes = [
        Shape::HighPass(75.0),
        Shape::LowShelf { hz: 220.0, gain_db: voice.warmth_db },
        Shape::Bell { hz: 1100.0, q: 1.2, gain_db: -2.0 },
        Shape::Bell { hz: 3000.0, q: 1.0, gain_db: -2.5 },
        Shape::HighShelf { hz: 6500.0, gain_db: voice.air_db },
    ];
    sound = filtered(sound, &shapes);
    sound.resize(sound.len() + samples_of(TAIL_SECS));
    sound = in_room(&sound, Room::PARLOUR);
    sound.fade(0.0, 0.1);
    level_to(sound, SPEECH_LUFS)
}

#[cfg(test)]
mod tests;
