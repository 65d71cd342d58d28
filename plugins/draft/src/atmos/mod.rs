//! Beds of ambience and single effects, made of filtered noise and a few small synthesisers.
//!
//! A prompt's words choose the layers (`words`): a street at night in the rain is rain over a city with crickets.
//! `weather`, `life` and `effects` make them, `noise` is what they are made of. Every bed can be looped without a seam.

mod effects;
mod life;
mod noise;
mod weather;
mod words;

use crate::{
    DraftError,
    sound::{Report, Sound, level_to, report, samples_of},
};
use fastrand::Rng;
use words::{Layer, layers_of};

/// Loudness of a bed: felt, not noticed, under speech.
pub(crate) const AMBIENCE_LUFS: f64 = -32.0;
/// Loudness of an empty room.
pub(crate) const ROOM_TONE_LUFS: f64 = -44.0;
/// Loudness of an effect.
pub(crate) const EFFECT_LUFS: f64 = -22.0;
/// Length when none is asked for.
pub(crate) const DEFAULT_BED_SECS: f64 = 20.0;
/// Length of an effect when none is asked for.
pub(crate) const DEFAULT_EFFECT_SECS: f64 = 4.0;
/// What a bed is made longer by and laid over its own start.
const LOOP_SECS: f64 = 2.0;

/// Makes what the words call for; exactly as long as asked. Beds always loop; effects fade out.
///
/// # Errors
/// [`DraftError::Cancelled`], or [`DraftError::Sound`].
pub(crate) fn ambience(
    prompt: &str,
    duration_secs: Option<f64>,
    looped: bool,
    seed: u64,
    progress: Report<'_>,
) -> Result<Sound, DraftError> {
    let layers = layers_of(prompt);
    let is_bed = layers.iter().any(|layer| !layer.is_effect());
    let secs = duration_secs.unwrap_or(if is_bed { DEFAULT_BED_SECS } else { DEFAULT_EFFECT_SECS });
    let samples = samples_of(secs);
    let loops = is_bed || looped;
    let made = if loops { samples + samples_of(LOOP_SECS.min(secs)) } else { samples };
    let mut sound = Sound::silence(made);
    for (number, layer) in layers.iter().enumerate() {
        report(&mut *progress, 0.9 * number as f32 / layers.len() as f32)?;
        // Each layer draws from its own stream, so that adding one leaves the others as they were.
        let mut rng = Rng::with_seed(seed ^ (*layer as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let made_layer = make(*layer, made, &mut rng);
        let lufs = layer.weight_lufs();
        sound.add(&level_to(made_layer, lufs)?, 0, 1.0);
    }
    report(&mut *progress, 0.95)?;
    if loops {
        sound = sound.looped(samples);
    } else {
        sound.fade(0.002, (secs * 0.2).min(0.4) as f32);
    }
    let target_lufs = match layers.as_slice() {
        [Layer::RoomTone] => ROOM_TONE_LUFS,
        _ if is_bed => AMBIENCE_LUFS,
        _ => EFFECT_LUFS,
    };
    let sound = level_to(sound, target_lufs)?;
    report(progress, 1.0)?;
    Ok(sound)
}

fn make(layer: Layer, samples: usize, rng: &mut Rng) -> Sound {
    match layer {
        Layer::Rain => weather::rain(samples, rng, 0.5),
        Layer::HeavyRain => weather::rain(samples, rng, 1.0),
        Layer::Wind => weather::wind(samples, rng),
        Layer::Thunder => weather::thunder(samples, rng),
        Layer::Sea => weather::sea(samples, rng),
        Layer::Fire => weather::fire(samples, rng),
        Layer::RoomTone => life::room_tone(samples, rng),
        Layer::Crowd => life::crowd(samples, rng),
        Layer::Night => life::night(samples, rng),
        Layer::Forest => life::forest(samples, rng),
        Layer::City => life::city(samples, rng),
        Layer::Knock => effects::knock(samples, rng),
        Layer::Footsteps => effects::footsteps(samples, rng),
        Layer::Bell => effects::bell(samples, rng),
        Layer::ThunderClap => effects::thunder_clap(samples, rng),
        Layer::Heartbeat => effects::heartbeat(samples, rng),
        Layer::Clock => effects::clock(samples, rng),
        Layer::Hooves => effects::hooves(samples, rng),
        Layer::Whoosh => effects::whoosh(samples, rng),
        Layer::Impact => effects::impact(samples, rng),
    }
}

#[cfg(test)]
mod tests;
