//! Noise of several colours, slow random movement, and moments in time.

use crate::sound::RATE;
use fastrand::Rng;

/// Equal energy everywhere.
pub(super) fn white(samples: usize, rng: &mut Rng) -> Vec<f32> {
    (0..samples).map(|_| rng.f32() * 2.0 - 1.0).collect()
}

/// 3 dB an octave less towards the highs (Paul Kellet's filter).
pub(super) fn pink(samples: usize, rng: &mut Rng) -> Vec<f32> {
    let mut state = [0.0_f32; 3];
    (0..samples)
        .map(|_| {
            let white = rng.f32() * 2.0 - 1.0;
            state[0] = 0.99765 * state[0] + white * 0.099_046;
            state[1] = 0.96300 * state[1] + white * 0.296_516_4;
            state[2] = 0.57000 * state[2] + white * 1.052_691_3;
            (state[0] + state[1] + state[2] + white * 0.1848) * 0.2
        })
        .collect()
}

/// 6 dB an octave less towards the highs.
pub(super) fn brown(samples: usize, rng: &mut Rng) -> Vec<f32> {
    let mut level = 0.0_f32;
    (0..samples)
        .map(|_| {
            level = level * 0.998 + (rng.f32() * 2.0 - 1.0) * 0.06;
            level
        })
        .collect()
}

/// A value between 0 and 1 that wanders, about `hz` turns a second, without a corner.
pub(super) fn drift(samples: usize, hz: f32, rng: &mut Rng) -> Vec<f32> {
    let step = (RATE / hz).max(1.0);
    let (mut from, mut to, mut place) = (rng.f32(), rng.f32(), 0.0_f32);
    (0..samples)
        .map(|_| {
            place += 1.0 / step;
            if place >= 1.0 {
                (from, to, place) = (to, rng.f32(), place - 1.0);
            }
            from + (to - from) * (0.5 - 0.5 * (std::f32::consts::PI * place).cos())
        })
        .collect()
}

/// Samples at which something happens, so many times a second on average.
pub(super) fn moments(samples: usize, per_second: f32, rng: &mut Rng) -> Vec<usize> {
    let mut found = Vec::new();
    let mut place = 0.0_f32;
    loop {
        place += -(1.0 - rng.f32()).ln() / per_second * RATE;
        if place >= samples as f32 {
            return found;
        }
        found.push(place as usize);
    }
}

/// Multiplies two sounds sample by sample.
pub(super) fn shaped(mut samples: Vec<f32>, shape: &[f32], by: impl Fn(f32) -> f32) -> Vec<f32> {
    for (sample, value) in samples.iter_mut().zip(shape) {
        *sample *= by(*value);
    }
    samples
}

/// A tone that dies away, raised softly so that it does not click.
pub(super) fn ping(hz: f32, decay_secs: f32) -> Vec<f32> {
    let length = (decay_secs * 6.0 * RATE) as usize;
    (0..length)
        .map(|index| {
            let secs = index as f32 / RATE;
            (std::f32::consts::TAU * hz * secs).sin() * (-secs / decay_secs).exp() * (secs / 0.0015).min(1.0)
        })
        .collect()
}

/// A burst of noise that dies away.
pub(super) fn burst(decay_secs: f32, rng: &mut Rng) -> Vec<f32> {
    let length = (decay_secs * 6.0 * RATE) as usize;
    (0..length)
        .map(|index| {
            let secs = index as f32 / RATE;
            (rng.f32() * 2.0 - 1.0) * (-secs / decay_secs).exp() * (secs / 0.001).min(1.0)
        })
        .collect()
}
