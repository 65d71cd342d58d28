//! The players. Everything is added up from partials with smooth envelopes: no samples, no clicks.

use super::{
    mood::Mood,
    score::{Note, Player},
};
use crate::sound::{RATE, Sound};
use fastrand::Rng;
use std::f32::consts::TAU;

/// Overtones above this are left out.
const HIGHEST_HZ: f32 = 9000.0;

fn hertz(pitch: i32) -> f32 {
    440.0 * ((pitch - 69) as f32 / 12.0).exp2()
}

pub(super) fn play(note: &Note, mood: &Mood, rng: &mut Rng, sound: &mut Sound) {
    let start = (note.start_secs * RATE) as usize;
    if start >= sound.len() || note.force <= 0.0 {
        return;
    }
    let hz = hertz(note.pitch);
    match note.player {
        Player::Strings => strings(note, hz, mood.darkness, rng, sound, start),
        Player::Piano => {
            let struck = Struck {
                decay_secs: 4.2,
                damp: 0.32,
                stiffness: 0.000_35,
                brightness: 0.75,
                release_secs: 0.35,
                gain: 0.30,
            };
            struck.play(note, hz, rng, sound, start);
        }
        Player::Pluck => {
            let struck = Struck {
                decay_secs: 0.9,
                damp: 0.55,
                stiffness: 0.000_1,
                brightness: 0.9,
                release_secs: 0.2,
                gain: 0.30,
            };
            struck.play(note, hz, rng, sound, start);
        }
        Player::MutedLow => {
            let struck = Struck {
                decay_secs: 0.5,
                damp: 0.7,
                stiffness: 0.000_1,
                brightness: 0.8,
                release_secs: 0.12,
                gain: 0.42,
            };
            struck.play(note, hz, rng, sound, start);
        }
        Player::Bell => bell(note, hz, sound, start),
        Player::Bass => bass(note, hz, sound, start),
        Player::Drum => drum(note, rng, sound, start),
    }
}

/// A section of strings: three detuned players across the stage, slow bow, vibrato that comes late.
fn strings(note: &Note, hz: f32, darkness: f32, rng: &mut Rng, sound: &mut Sound, start: usize) {
    let attack_secs = (note.length_secs * 0.3).clamp(0.15, 0.9);
    let release_secs = 0.9_f32;
    let length = ((note.length_secs + release_secs) * RATE) as usize;
    let harmonics = ((HIGHEST_HZ.min(5200.0) / hz) as usize).clamp(1, 24);
    let table: Vec<f32> = wavetable(harmonics, darkness, rng);
    for (cents, pan) in [(-6.0_f32, -0.7), (1.0, 0.1), (7.0, 0.75)] {
        let detuned_hz = hz * (cents / 1200.0).exp2();
        let vibrato_hz = 4.3 + rng.f32() * 0.9;
        let wobble_hz = 0.13 + rng.f32() * 0.25;
        let (mut phase, vibrato_phase, wobble_phase) = (rng.f32(), rng.f32() * TAU, rng.f32() * TAU);
        let mut samples = Vec::with_capacity(length);
        for index in 0..length.min(sound.len() - start) {
            let secs = index as f32 / RATE;
            let depth = 0.0022 * ((secs - 0.4) / 0.8).clamp(0.0, 1.0);
            let bend = 1.0 + depth * (TAU * vibrato_hz * secs + vibrato_phase).sin();
            phase = (phase + detuned_hz * bend / RATE).fract();
            let rise = ease(secs / attack_secs);
            let fall = 1.0 - ease((secs - note.length_secs) / release_secs);
            let wobble = 1.0 + 0.12 * (TAU * wobble_hz * secs + wobble_phase).sin();
            samples.push(look_up(&table, phase) * rise * fall * wobble);
        }
        sound.add_mono(&samples, start, note.force * 0.085, pan);
    }
}

/// One period, with a guard sample, of harmonics that fall by a power.
fn wavetable(harmonics: usize, darkness: f32, rng: &mut Rng) -> Vec<f32> {
    const SIZE: usize = 2048;
    let phases: Vec<f32> = (0..harmonics).map(|_| rng.f32() * TAU).collect();
    (0..=SIZE)
        .map(|index| {
            let turn = TAU * (index % SIZE) as f32 / SIZE as f32;
            (1..=harmonics).map(|k| (turn * k as f32 + phases[k - 1]).sin() / (k as f32).powf(darkness)).sum()
        })
        .collect()
}

fn look_up(table: &[f32], phase: f32) -> f32 {
    let place = phase * (table.len() - 1) as f32;
    let below = (place as usize).min(table.len() - 2);
    let weight = place - below as f32;
    table[below] * (1.0 - weight) + table[below + 1] * weight
}

/// A half cosine from 0 to 1.
fn ease(share: f32) -> f32 {
    0.5 - 0.5 * (std::f32::consts::PI * share.clamp(0.0, 1.0)).cos()
}

/// A string struck or plucked: each partial dies at its own pace, the high ones first.
struct Struck {
    /// Time the lowest partial of middle C takes to fall to a third.
    decay_secs: f32,
    /// How much faster each next partial dies.
    damp: f32,
    /// Stretch of the partials, as in a stiff string.
    stiffness: f32,
    /// Strength of overtones at full force.
    brightness: f32,
    release_secs: f32,
    /// Level of the instrument beside the others.
    gain: f32,
}

impl Struck {
    fn play(&self, note: &Note, hz: f32, rng: &mut Rng, sound: &mut Sound, start: usize) {
        let decay_secs = self.decay_secs * (262.0 / hz).powf(0.45);
        let length_secs = (note.length_secs + self.release_secs).min(decay_secs * 5.0);
        let length = ((length_secs * RATE) as usize).min(sound.len() - start);
        let mut samples = vec![0.0_f32; length];
        for partial in 1..=14_u16 {
            let number = f32::from(partial);
            let partial_hz = hz * number * (1.0 + self.stiffness * number * number).sqrt();
            if partial_hz > HIGHEST_HZ {
                break;
            }
            let softness = 1.25 + (1.0 - self.brightness * note.force) * 1.3;
            let strength = number.powf(-softness);
            let fall = (-1.0 / (decay_secs / (1.0 + self.damp * (number - 1.0)) * RATE)).exp();
            // A turning pointer gives the sine; it also carries the decay.
            let angle = TAU * partial_hz / RATE;
            let (turn_re, turn_im) = (angle.cos() * fall, angle.sin() * fall);
            let phase = rng.f32() * 0.6;
            let (mut re, mut im) = (phase.cos() * strength, phase.sin() * strength);
            for sample in &mut samples {
                *sample += im;
                (re, im) = (re * turn_re - im * turn_im, re * turn_im + im * turn_re);
            }
        }
        let attack = (0.004 * RATE) as usize;
        let release = ((self.release_secs * RATE) as usize).min(length);
        for (index, sample) in samples.iter_mut().enumerate() {
            if index < attack {
                *sample *= ease(index as f32 / attack as f32);
            }
            let left = length - index;
            if left < release {
                *sample *= ease(left as f32 / release as f32);
            }
        }
        hammer(&mut samples, note.force * 0.05, rng);
        sound.add_mono(&samples, start, note.force * self.gain, note.pan);
    }
}

/// The felt before the tone: a dull knock of a few milliseconds.
fn hammer(samples: &mut [f32], strength: f32, rng: &mut Rng) {
    let length = (0.018 * RATE) as usize;
    let mut low = 0.0_f32;
    for (index, sample) in samples.iter_mut().take(length).enumerate() {
        low += (rng.f32() * 2.0 - 1.0 - low) * 0.12;
        let share = index as f32 / length as f32;
        *sample += low * strength * ease(share * 8.0) * (1.0 - share).powi(2) * 4.0;
    }
}

fn bell(note: &Note, hz: f32, sound: &mut Sound, start: usize) {
    let length = ((note.length_secs.max(2.0) * RATE) as usize).min(sound.len() - start);
    let partials = [(1.0, 1.0, 1.1), (2.0, 0.35, 0.7), (3.01, 0.18, 0.45), (4.2, 0.10, 0.25)];
    let samples: Vec<f32> = (0..length)
        .map(|index| {
            let secs = index as f32 / RATE;
            let tone: f32 = partials
                .iter()
                .filter(|(ratio, ..)| hz * ratio < HIGHEST_HZ)
                .map(|(ratio, strength, decay_secs)| {
                    (TAU * hz * ratio * secs).sin() * strength * (-secs / decay_secs).exp()
                })
                .sum();
            tone * ease(secs / 0.006) * ease((length - index) as f32 / (0.3 * RATE))
        })
        .collect();
    sound.add_mono(&samples, start, note.force * 0.20, note.pan);
}

fn bass(note: &Note, hz: f32, sound: &mut Sound, start: usize) {
    let release_secs = 0.25_f32;
    let length = (((note.length_secs + release_secs) * RATE) as usize).min(sound.len() - start);
    let samples: Vec<f32> = (0..length)
        .map(|index| {
            let secs = index as f32 / RATE;
            let turn = TAU * hz * secs;
            let tone = turn.sin() + 0.42 * (2.0 * turn).sin() + 0.16 * (3.0 * turn).sin();
            let fall = 1.0 - ease((secs - note.length_secs) / release_secs);
            tone * ease(secs / 0.06) * fall * (0.55 + 0.45 * (-secs / 1.6).exp())
        })
        .collect();
    sound.add_mono(&samples, start, note.force * 0.20, 0.0);
}

fn drum(note: &Note, rng: &mut Rng, sound: &mut Sound, start: usize) {
    let length = ((1.1 * RATE) as usize).min(sound.len() - start);
    let (mut phase, mut low) = (0.0_f32, 0.0_f32);
    let samples: Vec<f32> = (0..length)
        .map(|index| {
            let secs = index as f32 / RATE;
            phase += (58.0 + 34.0 * (-secs / 0.04).exp()) / RATE;
            low += (rng.f32() * 2.0 - 1.0 - low) * 0.05;
            let body = (TAU * phase).sin() * (-secs / 0.28).exp();
            (body + low * 1.5 * (-secs / 0.05).exp()) * ease(secs / 0.003) * ease((1.1 - secs) / 0.2)
        })
        .collect();
    sound.add_mono(&samples, start, note.force * 0.4, 0.0);
}
