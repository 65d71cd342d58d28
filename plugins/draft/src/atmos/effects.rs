//! Single effects: each starts at once and ends in silence.

use super::{
    noise::{burst, ping, white},
    weather::roll,
};
use crate::sound::{RATE, Room, Shape, Sound, filtered, in_room};
use fastrand::Rng;

fn at(secs: f32) -> usize {
    (secs * RATE) as usize
}

/// A knuckle on wood, three times and perhaps once more.
pub(super) fn knock(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let mut secs = 0.02;
    for _ in 0..3 + rng.usize(..2) {
        let force = 0.8 + 0.2 * rng.f32();
        for (hz, decay_secs, level) in [(165.0, 0.045, 1.0), (310.0, 0.03, 0.6), (720.0, 0.012, 0.3)] {
            sound.add_mono(&ping(hz * (0.97 + 0.06 * rng.f32()), decay_secs), at(secs), level * force, 0.0);
        }
        sound.add_mono(&burst(0.003, rng), at(secs), 0.25 * force, 0.0);
        secs += 0.21 + 0.05 * rng.f32();
    }
    in_room(&filtered(sound, &[Shape::LowPass(3500.0)]), Room { wet: 0.3, tail_secs: 0.7, ..Room::PARLOUR })
}

/// Heel and sole on stone, walking past.
pub(super) fn footsteps(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let pace_secs = 0.52 + 0.1 * rng.f32();
    let total_secs = samples as f32 / RATE;
    let mut secs = 0.05;
    while secs < total_secs - 0.2 {
        let pan = secs / total_secs * 1.2 - 0.6;
        let force = 0.8 + 0.2 * rng.f32();
        sound.add_mono(&ping(120.0 + 25.0 * rng.f32(), 0.02), at(secs), 0.9 * force, pan);
        sound.add_mono(&burst(0.006, rng), at(secs), 0.30 * force, pan);
        sound.add_mono(&burst(0.020, rng), at(secs + 0.09), 0.10 * force, pan);
        secs += pace_secs * (0.97 + 0.06 * rng.f32());
    }
    in_room(
        &filtered(sound, &[Shape::LowPass(3800.0), Shape::HighPass(70.0)]),
        Room { wet: 0.35, tail_secs: 1.0, ..Room::PARLOUR },
    )
}

/// A church bell: the strike note, the hum below, the minor third that makes it one.
pub(super) fn bell(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let hz = 180.0 + 60.0 * rng.f32();
    let partials = [
        (0.5, 0.5, 3.2),
        (1.0, 1.0, 2.2),
        (1.19, 0.7, 1.6),
        (1.5, 0.45, 1.2),
        (2.0, 0.6, 1.0),
        (2.52, 0.3, 0.6),
        (3.01, 0.2, 0.45),
        (4.1, 0.12, 0.25),
    ];
    let mut secs = 0.02;
    while secs < samples as f32 / RATE {
        for (ratio, level, decay_secs) in partials {
            for (detune, pan) in [(0.9993, -0.3), (1.0007, 0.3)] {
                sound.add_mono(&ping(hz * ratio * detune, decay_secs), at(secs), level * 0.4, pan);
            }
        }
        sound.add_mono(&burst(0.004, rng), at(secs), 0.15, 0.0);
        secs += 2.6;
    }
    in_room(&sound, Room { wet: 0.5, ..Room::OPEN })
}

/// Near thunder.
pub(super) fn thunder_clap(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    sound.add(&roll(rng, 1.0), 0, 1.0);
    sound
}

/// Lub, dub; a little under one a second.
pub(super) fn heartbeat(samples: usize, _rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let mut secs = 0.05;
    while secs < samples as f32 / RATE - 0.3 {
        for (late, hz, level) in [(0.0, 52.0, 1.0), (0.0, 104.0, 0.35), (0.24, 60.0, 0.7), (0.24, 120.0, 0.25)] {
            sound.add_mono(&ping(hz, 0.05), at(secs + late), level, 0.0);
        }
        secs += 1.05;
    }
    filtered(sound, &[Shape::LowPass(260.0)])
}

/// A mantel clock, tick and tock.
pub(super) fn clock(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let mut beat = 0_u32;
    while (beat as f32) < samples as f32 / RATE {
        let hz = if beat.is_multiple_of(2) { 2350.0 } else { 1900.0 };
        let secs = beat as f32 * 1.0 + 0.03;
        sound.add_mono(&ping(hz, 0.006), at(secs), 0.6, -0.1);
        sound.add_mono(&ping(hz * 0.37, 0.016), at(secs), 0.5, 0.1);
        sound.add_mono(&burst(0.0015, rng), at(secs), 0.4, 0.0);
        beat += 1;
    }
    in_room(&sound, Room::PARLOUR)
}

/// A horse at a trot on cobbles, with wheels behind it.
pub(super) fn hooves(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    let total_secs = samples as f32 / RATE;
    let mut secs = 0.05;
    let mut step = 0_u32;
    while secs < total_secs - 0.15 {
        let pan = secs / total_secs * 1.4 - 0.7;
        let hz = if step.is_multiple_of(2) { 560.0 } else { 430.0 };
        sound.add_mono(&ping(hz * (0.95 + 0.1 * rng.f32()), 0.014), at(secs), 0.7, pan);
        sound.add_mono(&burst(0.004, rng), at(secs), 0.3, pan);
        secs += if step.is_multiple_of(2) { 0.19 } else { 0.23 } * (0.95 + 0.1 * rng.f32());
        step += 1;
    }
    let wheels = filtered(Sound::from_mono(white(samples, rng)), &[Shape::BandPass { hz: 240.0, q: 0.8 }]);
    sound.add(&wheels, 0, 0.10);
    in_room(&filtered(sound, &[Shape::LowPass(5000.0)]), Room { wet: 0.3, tail_secs: 0.9, ..Room::PARLOUR })
}

/// Air passing from one side to the other.
pub(super) fn whoosh(samples: usize, rng: &mut Rng) -> Sound {
    let length = samples.min(at(1.4));
    let mut noise = white(length, rng);
    Shape::BandPass { hz: 900.0, q: 0.7 }.run(&mut noise);
    let from_left = rng.bool();
    let mut sound = Sound::silence(samples);
    for (index, sample) in noise.iter().enumerate() {
        let share = index as f32 / length as f32;
        let envelope = (std::f32::consts::PI * share.powf(1.4)).sin().powi(2);
        let place = if from_left { share } else { 1.0 - share };
        sound.left[index] = sample * envelope * (1.0 - place).sqrt();
        sound.right[index] = sample * envelope * place.sqrt();
    }
    in_room(&sound, Room { wet: 0.25, ..Room::OPEN })
}

/// One heavy blow with a long shadow.
pub(super) fn impact(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = Sound::silence(samples);
    for (hz, decay_secs, level) in [(46.0, 0.35, 1.0), (92.0, 0.16, 0.6), (210.0, 0.05, 0.4)] {
        sound.add_mono(&ping(hz, decay_secs), 0, level, 0.0);
    }
    let mut crack = Sound::from_mono(burst(0.06, rng));
    crack = filtered(crack, &[Shape::LowPass(2500.0)]);
    sound.add(&crack, 0, 0.6);
    in_room(&sound, Room { wet: 0.5, ..Room::HALL })
}
