//! Rain, wind, thunder, sea and fire.

use super::noise::{brown, burst, drift, moments, ping, pink, shaped, white};
use crate::sound::{RATE, Room, Shape, Sound, filtered, in_room};
use fastrand::Rng;

/// Two different sides made the same way: wide, and yet one place.
pub(super) fn wide(mut side: impl FnMut() -> Vec<f32>) -> Sound {
    Sound { left: side(), right: side() }
}

/// A steady hiss, a low roar of the ground and single drops near by.
pub(super) fn rain(samples: usize, rng: &mut Rng, strength: f32) -> Sound {
    let swell = drift(samples, 0.15, rng);
    let hiss = wide(|| shaped(white(samples, rng), &swell, |value| 0.09 * (0.75 + 0.25 * value)));
    let mut sound = filtered(hiss, &[Shape::HighPass(1100.0), Shape::LowPass(8500.0)]);
    let ground = filtered(wide(|| pink(samples, rng)), &[Shape::LowPass(420.0), Shape::HighPass(90.0)]);
    sound.add(&ground, 0, 0.18 + 0.22 * strength);
    for start in moments(samples, 40.0 + 120.0 * strength, rng) {
        let near = rng.f32().powi(3);
        let drop = ping(900.0 + 4200.0 * rng.f32() * rng.f32(), 0.002 + 0.005 * rng.f32());
        sound.add_mono(&drop, start, 0.012 + 0.10 * near, rng.f32() * 2.0 - 1.0);
    }
    sound
}

/// Air through two moving resonances, in gusts.
pub(super) fn wind(samples: usize, rng: &mut Rng) -> Sound {
    let gusts = drift(samples, 0.22, rng);
    let mut sound = Sound::silence(samples);
    for (hz, q, level) in [(180.0, 0.8, 1.0), (340.0, 2.0, 0.7), (620.0, 5.0, 0.32), (1150.0, 8.0, 0.12)] {
        let own = drift(samples, 0.35, rng);
        let band = filtered(wide(|| pink(samples, rng)), &[Shape::BandPass { hz, q }]);
        let band = Sound { left: moved(&band.left, &gusts, &own), right: moved(&band.right, &gusts, &own) };
        sound.add(&band, 0, level);
    }
    filtered(sound, &[Shape::LowPass(2600.0), Shape::HighPass(60.0)])
}

fn moved(band: &[f32], gusts: &[f32], own: &[f32]) -> Vec<f32> {
    band.iter()
        .zip(gusts.iter().zip(own))
        .map(|(sample, (gust, own))| sample * (0.15 + gust * gust) * (0.35 + own))
        .collect()
}

/// One roll: a crack far off, then the sky answering.
pub(super) fn roll(rng: &mut Rng, near: f32) -> Sound {
    let samples = ((5.0 + 3.0 * rng.f32()) * RATE) as usize;
    let mut rumble = Sound::silence(samples);
    let claps = 5 + rng.usize(..5);
    for clap in 0..claps {
        let late = if clap == 0 { 0.0 } else { rng.f32() * 2.2 };
        let decay_secs = 0.25 + 0.65 * rng.f32();
        let strength = if clap == 0 { 1.0 } else { 0.3 + 0.6 * rng.f32() };
        let noise = burst(decay_secs, rng);
        rumble.add_mono(&noise, (late * RATE) as usize, strength, (rng.f32() - 0.5) * 1.2);
    }
    let crack = filtered(rumble.clone(), &[Shape::HighPass(300.0), Shape::LowPass(800.0 + 3000.0 * near)]);
    let mut sound = filtered(rumble, &[Shape::LowPass(130.0), Shape::LowPass(240.0), Shape::HighPass(28.0)]);
    sound.scale(5.0);
    sound.add(&crack, 0, 0.06 + 0.5 * near);
    let mut sound = in_room(&sound, Room::OPEN);
    sound.fade(0.01 + 0.25 * (1.0 - near), 2.0);
    sound
}

/// Distant thunder, now and then; at least once in any bed.
pub(super) fn thunder(samples: usize, rng: &mut Rng) -> Sound {
    let mut sound = filtered(wide(|| brown(samples, rng)), &[Shape::LowPass(90.0), Shape::HighPass(28.0)]);
    sound.scale(0.05);
    let mut place = (rng.f32() * 2.0 * RATE) as usize;
    while place < samples {
        let strength = 0.4 + 0.6 * rng.f32();
        sound.add(&roll(rng, 0.05), place, strength);
        place += ((7.0 + 8.0 * rng.f32()) * RATE) as usize;
    }
    sound
}

/// Waves that rise, break and run out, each a little different, over a steady far surf.
pub(super) fn sea(samples: usize, rng: &mut Rng) -> Sound {
    let mut swell = vec![0.0_f32; samples];
    let mut start = -((3.0 * rng.f32() * RATE) as isize);
    while start < samples as isize {
        let length = ((6.5 + 4.0 * rng.f32()) * RATE) as isize;
        let height = 0.6 + 0.4 * rng.f32();
        for step in 0..length {
            if let Some(value) = usize::try_from(start + step).ok().and_then(|index| swell.get_mut(index)) {
                let share = step as f32 / length as f32;
                // Up in a third of the time, out in the rest.
                let wave = if share < 0.35 {
                    (share / 0.35 * std::f32::consts::FRAC_PI_2).sin().powi(3)
                } else {
                    (1.0 - (share - 0.35) / 0.65).powi(2)
                };
                *value = value.max(wave * height);
            }
        }
        start += (length as f32 * 0.8) as isize;
    }
    let low = filtered(wide(|| pink(samples, rng)), &[Shape::LowPass(520.0), Shape::HighPass(50.0)]);
    let foam = filtered(wide(|| white(samples, rng)), &[Shape::HighPass(900.0), Shape::LowPass(6500.0)]);
    let mut sound = Sound {
        left: shaped(low.left, &swell, |value| 0.5 + 0.9 * value),
        right: shaped(low.right, &swell, |value| 0.5 + 0.9 * value),
    };
    let foam = Sound {
        left: shaped(foam.left, &swell, |value| 0.02 + 0.25 * value * value * value),
        right: shaped(foam.right, &swell, |value| 0.02 + 0.25 * value * value * value),
    };
    sound.add(&foam, 0, 1.0);
    sound
}

/// A low breath, a flutter, and crackling in clusters.
pub(super) fn fire(samples: usize, rng: &mut Rng) -> Sound {
    let flutter = drift(samples, 7.0, rng);
    let breath = wide(|| shaped(brown(samples, rng), &flutter, |value| 0.5 + 0.5 * value));
    let mut sound = filtered(breath, &[Shape::LowPass(300.0), Shape::HighPass(45.0)]);
    let hiss = filtered(wide(|| white(samples, rng)), &[Shape::HighPass(2500.0)]);
    sound.add(&hiss, 0, 0.006);
    let mut crackle = Sound::silence(samples);
    for start in moments(samples, 3.5, rng) {
        for _ in 0..=rng.usize(..6) {
            let late = (rng.f32() * 0.12 * RATE) as usize;
            let snap = burst(0.0008 + 0.004 * rng.f32() * rng.f32(), rng);
            crackle.add_mono(&snap, start + late, 0.05 + 0.45 * rng.f32().powi(4), rng.f32() * 1.2 - 0.6);
        }
    }
    for start in moments(samples, 0.4, rng) {
        crackle.add_mono(&ping(160.0 + 120.0 * rng.f32(), 0.012), start, 0.2, rng.f32() - 0.5);
    }
    sound.add(&filtered(crackle, &[Shape::HighPass(500.0), Shape::LowPass(9000.0)]), 0, 0.8);
    sound
}
