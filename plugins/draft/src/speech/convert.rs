//! A recorded performance in a draft voice: its pitch and throat moved to the voice's, its timing kept to the sample.

use super::{DraftVoice, SPEECH_LUFS};
use crate::{
    DraftError,
    sound::{
        Report, Room, Shape, Sound, VoiceShift, filtered, in_room, level_to, median_pitch_hz, read_wav, report,
        resampled, shift_voice,
    },
};
use std::path::Path;

/// Converts a recording; the result is as long as the recording.
///
/// # Errors
/// [`DraftError::Recording`] for an unusable file, [`DraftError::Cancelled`], or what failed.
pub(crate) fn convert_voice(recording: &Path, voice: &DraftVoice, progress: Report<'_>) -> Result<Sound, DraftError> {
    let mut samples = resampled(read_wav(recording)?)?;
    Shape::HighPass(70.0).run(&mut samples);
    report(&mut *progress, 0.05)?;
    let shift = shift_to(&samples, voice);
    let moved = shift_voice(&samples, shift, &mut |share| progress(0.05 + share * 0.9))?;
    let sound = filtered(
        Sound::from_mono(moved),
        &[
            Shape::LowShelf { hz: 220.0, gain_db: voice.warmth_db * 0.5 },
            Shape::HighShelf { hz: 7000.0, gain_db: voice.air_db },
        ],
    );
    let mut sound = in_room(&sound, Room::PARLOUR);
    sound.fade(0.008, 0.03);
    level_to(sound, SPEECH_LUFS)
}

/// How far the recorded voice is from the wanted one. Held within what still sounds like a person.
fn shift_to(samples: &[f32], voice: &DraftVoice) -> VoiceShift {
    let Some(pitch_hz) = median_pitch_hz(samples) else {
        return VoiceShift { pitch: 1.0, formant: voice.throat.clamp(0.85, 1.2) };
    };
    // Higher voices come from smaller throats: about a sixth smaller an octave up.
    let recorded_throat = (pitch_hz / 115.0).powf(0.22).clamp(0.9, 1.2);
    VoiceShift {
        pitch: (voice.pitch_hz / pitch_hz).clamp(0.55, 1.9),
        formant: (voice.throat / recorded_throat).clamp(0.82, 1.22),
    }
}
