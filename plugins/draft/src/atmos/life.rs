//! Rooms, people, nights, forests and streets.

use super::{
    noise::{brown, drift, moments, pink, shaped, white},
    weather::{wide, wind},
};
use crate::sound::{RATE, Room, Shape, Sound, filtered, in_room};
use fastrand::Rng;
use std::f32::consts::{PI, TAU};

/// The air of a closed room: a breath of low noise and a trace of the house.
pub(super) fn room_tone(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound =
        filtered(wide(|| pink(samples, rng)), &[Shape::LowPass(700.0), Shape::LowPass(1800.0), Shape::HighPass(45.0)]);
    let air = filtered(wide(|| white(samples, rng)), &[Shape::HighPass(1500.0), Shape::LowPass(6000.0)]);
    sound.add(&air, 0, 0.012);
    sound
}

/// Mouth shapes: first and second formant in hertz.
const VOWELS: &[(f32, f32)] = &[
    (730.0, 1090.0),
    (530.0, 1840.0),
    (390.0, 1990.0),
    (570.0, 840.0),
    (440.0, 1020.0),
    (300.0, 870.0),
    (640.0, 1190.0),
];

/// Many people talking, none of them understood.
pub(super) fn crowd(samples: usize, rng: &mut Rng) -> Sound {
    const SPEAKERS: usize = 18;
    let mut sound = Sound::silence(samples);
    for _ in 0..SPEAKERS {
        let base_hz = if rng.bool() { 95.0 + 45.0 * rng.f32() } else { 170.0 + 60.0 * rng.f32() };
        let (pan, level) = (rng.f32() * 1.8 - 0.9, 0.15 + 0.85 * rng.f32().powi(2));
        let mut place = (rng.f32() * 2.0 * RATE) as usize;
        while place < samples {
            let mut hz = base_hz * (0.95 + 0.25 * rng.f32());
            for _ in 0..4 + rng.usize(..12) {
                let length = ((0.09 + 0.16 * rng.f32()) * RATE) as usize;
                let voice = syllable(hz, length, VOWELS[rng.usize(..VOWELS.len())], rng);
                sound.add_mono(&voice, place, level * (0.5 + 0.5 * rng.f32()), pan);
                place += length + (rng.f32() * 0.04 * RATE) as usize;
                hz *= 0.965 + 0.05 * rng.f32();
            }
            place += ((0.3 + 2.2 * rng.f32() * rng.f32()) * RATE) as usize;
        }
    }
    let sound = filtered(sound, &[Shape::LowPass(2600.0), Shape::HighPass(120.0)]);
    let room = Room { size_m: 18.0, tail_secs: 1.1, damping: 0.6, wet: 0.9 };
    let mut sound = in_room(&sound, room);
    let air = filtered(wide(|| pink(samples, rng)), &[Shape::LowPass(900.0), Shape::HighPass(150.0)]);
    sound.add(&air, 0, 0.02);
    sound
}

fn syllable(hz: f32, length: usize, (first_hz, second_hz): (f32, f32), rng: &mut Rng) -> Vec<f32> {
    let mut samples = vec![0.0_f32; length];
    let near = |at: f32, formant: f32, width: f32| (-((at - formant) / width).powi(2)).exp();
    for harmonic in 1..=(2600.0 / hz) as u16 {
        let at = hz * f32::from(harmonic);
        let strength = 0.02 + near(at, first_hz, 140.0) + 0.5 * near(at, second_hz, 180.0);
        let angle = TAU * at / RATE;
        let phase = rng.f32() * TAU;
        let (turn_re, turn_im) = (angle.cos(), angle.sin());
        let (mut re, mut im) = (phase.cos() * strength, phase.sin() * strength);
        for sample in &mut samples {
            *sample += im;
            (re, im) = (re * turn_re - im * turn_im, re * turn_im + im * turn_re);
        }
    }
    for (index, sample) in samples.iter_mut().enumerate() {
        *sample *= 0.05 * (PI * index as f32 / length as f32).sin().powi(2);
    }
    samples
}

/// Crickets near and far, a little wind.
pub(super) fn night(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    for _ in 0..6 {
        let hz = 3900.0 + 900.0 * rng.f32();
        let (pan, level) = (rng.f32() * 1.8 - 0.9, 0.008 + 0.05 * rng.f32().powi(3));
        let (pulse_secs, rest_secs) = (0.016 + 0.006 * rng.f32(), 0.45 + 0.6 * rng.f32());
        let pulses = 3 + rng.usize(..2);
        let pulse = (pulse_secs * RATE) as usize;
        let chirp: Vec<f32> = (0..pulse * pulses * 2)
            .map(|index| {
                let (number, inside) = (index / pulse, index % pulse);
                let envelope = if number % 2 == 0 { (PI * inside as f32 / pulse as f32).sin().powi(2) } else { 0.0 };
                (TAU * hz * index as f32 / RATE).sin() * envelope
            })
            .collect();
        let mut place = (rng.f32() * RATE) as usize;
        while place < samples {
            sound.add_mono(&chirp, place, level * (0.7 + 0.3 * rng.f32()), pan);
            place += chirp.len() + (rest_secs * (0.9 + 0.2 * rng.f32()) * RATE) as usize;
            // They fall silent now and then.
            if rng.f32() < 0.04 {
                place += ((2.0 + 3.0 * rng.f32()) * RATE) as usize;
            }
        }
    }
    let mut sound = in_room(&sound, Room { wet: 0.4, ..Room::OPEN });
    sound.add(&wind(samples, rng), 0, 0.12);
    sound
}

/// Leaves in a breeze and birds at several distances.
pub(super) fn forest(samples: usize, rng: &mut Rng) -> Sound {
    let gusts = drift(samples, 0.3, rng);
    let leaves = wide(|| shaped(white(samples, rng), &gusts, |gust| 0.02 + 0.10 * gust * gust));
    let mut sound = filtered(leaves, &[Shape::HighPass(1600.0), Shape::LowPass(7500.0)]);
    sound.add(&wind(samples, rng), 0, 0.25);
    let mut birds = Sound::silence(samples);
    for _ in 0..4 {
        let (base_hz, pan) = (2200.0 + 2600.0 * rng.f32(), rng.f32() * 1.8 - 0.9);
        let level = 0.01 + 0.05 * rng.f32() * rng.f32();
        // A song is a handful of notes that the bird keeps to.
        let song: Vec<(f32, f32, f32)> = (0..3 + rng.usize(..4))
            .map(|_| (0.8 + 0.5 * rng.f32(), 0.05 + 0.10 * rng.f32(), rng.f32() * 0.5 - 0.25))
            .collect();
        for start in moments(samples, 0.22, rng) {
            let mut place = start;
            for (ratio, secs, slide) in &song {
                let note = whistle(base_hz * ratio, *secs, *slide);
                birds.add_mono(&note, place, level, pan);
                place += note.len() + (0.04 * RATE) as usize;
            }
        }
    }
    sound.add(&in_room(&birds, Room { wet: 0.7, ..Room::OPEN }), 0, 1.0);
    sound
}

fn whistle(hz: f32, secs: f32, slide: f32) -> Vec<f32> {
    let length = (secs * RATE) as usize;
    let mut phase = 0.0_f32;
    (0..length)
        .map(|index| {
            let share = index as f32 / length as f32;
            phase = (phase + hz * (1.0 + slide * share) / RATE).fract();
            (TAU * phase).sin() * (PI * share).sin().powi(2)
        })
        .collect()
}

/// A far rumble, things passing by, people somewhere.
pub(super) fn city(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = filtered(wide(|| brown(samples, rng)), &[Shape::LowPass(320.0), Shape::HighPass(35.0)]);
    let air = filtered(wide(|| pink(samples, rng)), &[Shape::LowPass(1800.0), Shape::HighPass(200.0)]);
    sound.add(&air, 0, 0.12);
    for start in moments(samples, 0.22, rng) {
        let length = ((3.0 + 3.5 * rng.f32()) * RATE) as usize;
        let mut pass = filtered(
            Sound::from_mono(pink(length, rng)),
            &[Shape::LowPass(700.0 + 900.0 * rng.f32()), Shape::HighPass(80.0)],
        );
        let from_left = rng.bool();
        for index in 0..length {
            let share = index as f32 / length as f32;
            let envelope = (PI * share).sin().powi(3);
            let place = if from_left { share } else { 1.0 - share };
            pass.left[index] *= envelope * (1.0 - place).sqrt();
            pass.right[index] *= envelope * place.sqrt();
        }
        sound.add(&pass, start, 0.25 + 0.35 * rng.f32());
    }
    sound.add(&crowd(samples, rng), 0, 0.05);
    sound
}
