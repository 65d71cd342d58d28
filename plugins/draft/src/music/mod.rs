//! A composed musical bed: the prompt's words choose a mood (`mood`), `score` writes chords, bass, figure and melody
//! for exactly the asked length with an ending, `instruments` plays the notes, a hall and a level finish it.

mod instruments;
mod mood;
mod score;

use crate::{
    DraftError,
    sound::{Report, Room, Shape, Sound, filtered, in_room, level_to, report, samples_of},
};
use fastrand::Rng;

/// Loudness of a musical bed: some eight units below speech.
pub(crate) const MUSIC_LUFS: f64 = -26.0;

/// Composes and plays; exactly as long as asked.
///
/// # Errors
/// [`DraftError::Cancelled`], or [`DraftError::Sound`].
pub(crate) fn compose(prompt: &str, secs: f64, seed: u64, progress: Report<'_>) -> Result<Sound, DraftError> {
    let mut rng = Rng::with_seed(seed);
    let mood = mood::mood_of(prompt);
    let score = score::write(mood, secs, &mut rng);
    let total = samples_of(secs);
    let mut sound = Sound::silence(total);
    for (number, note) in score.notes.iter().enumerate() {
        if number % 16 == 0 {
            report(&mut *progress, 0.8 * number as f32 / score.notes.len() as f32)?;
        }
        instruments::play(note, mood, &mut rng, &mut sound);
    }
    let shapes = [
        Shape::HighPass(35.0),
        Shape::Bell { hz: 320.0, q: 0.8, gain_db: -2.0 },
        Shape::HighShelf { hz: 6000.0, gain_db: mood.air_db },
    ];
    sound = filtered(sound, &shapes);
    report(&mut *progress, 0.85)?;
    sound = in_room(&sound, Room::HALL);
    let out_secs = (secs * 0.25).clamp(0.05, 2.5) as f32;
    sound.fade((secs * 0.1).clamp(0.01, 0.25) as f32, out_secs);
    let sound = level_to(sound, MUSIC_LUFS)?;
    report(progress, 1.0)?;
    Ok(sound)
}

#[cfg(test)]
mod tests;
