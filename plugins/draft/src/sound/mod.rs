//! Sound as the draft voices and music are made in: 48 kHz stereo in memory, and the tools all of them use.
//!
//! `wav` reads and writes files, `filter` and `space` colour (FunDSP's filters and reverb), `level` brings everything
//! to a steady loudness below a true ceiling, `pitch` measures and `stretch` changes a voice.

mod filter;
mod level;
mod pitch;
mod space;
mod stretch;
mod wav;

pub(crate) use filter::{Shape, filtered};
#[cfg(test)]
pub(crate) use level::{CEILING_DBFS, integrated_lufs, peak_dbfs};
pub(crate) use level::{db_to_gain, level_to};
pub(crate) use pitch::median_pitch_hz;
pub(crate) use space::{Room, in_room};
pub(crate) use stretch::{VoiceShift, shift_voice};
pub(crate) use wav::{Mono, read_wav, resampled, write_wav};

use crate::DraftError;
use std::ops::ControlFlow;

/// Samples a second of everything in here.
pub(crate) const RATE_HZ: usize = 48_000;
/// The same as a number to calculate with.
pub(crate) const RATE: f32 = RATE_HZ as f32;

/// Takes a share done (0 to 1) and says whether to go on.
pub(crate) type Report<'a> = &'a mut dyn FnMut(f32) -> ControlFlow<()>;

/// Reports a share done.
///
/// # Errors
/// [`DraftError::Cancelled`] when the owner wants the work to stop.
pub(crate) fn report(progress: Report<'_>, share: f32) -> Result<(), DraftError> {
    match progress(share.clamp(0.0, 1.0)) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(DraftError::Cancelled),
    }
}

/// Stereo at [`RATE_HZ`]; both sides have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sound {
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
}

impl Sound {
    pub(crate) fn silence(samples: usize) -> Self {
        Self { left: vec![0.0; samples], right: vec![0.0; samples] }
    }

    pub(crate) fn from_mono(samples: Vec<f32>) -> Self {
        Self { left: samples.clone(), right: samples }
    }

    pub(crate) fn len(&self) -> usize {
        self.left.len()
    }

    pub(crate) fn sides_mut(&mut self) -> [&mut Vec<f32>; 2] {
        [&mut self.left, &mut self.right]
    }

    pub(crate) fn resize(&mut self, samples: usize) {
        for side in self.sides_mut() {
            side.resize(samples, 0.0);
        }
    }

    pub(crate) fn scale(&mut self, gain: f32) {
        for side in self.sides_mut() {
            side.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    /// Adds another sound from a sample on, as far as there is room.
    pub(crate) fn add(&mut self, other: &Self, start: usize, gain: f32) {
        for (side, added) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            for (sample, more) in side.iter_mut().skip(start).zip(added) {
                *sample += more * gain;
            }
        }
    }

    /// Adds a mono sound at a place between left (-1) and right (1), at equal power.
    pub(crate) fn add_mono(&mut self, mono: &[f32], start: usize, gain: f32, pan: f32) {
        let angle = (pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
        for (side, share) in [(&mut self.left, angle.cos()), (&mut self.right, angle.sin())] {
            for (sample, more) in side.iter_mut().skip(start).zip(mono) {
                *sample += more * gain * share;
            }
        }
    }

    /// Raises the start from nothing and lowers the end to nothing, over so many seconds, without a corner.
    pub(crate) fn fade(&mut self, in_secs: f32, out_secs: f32) {
        let total = self.len();
        let fade_in = ((in_secs * RATE) as usize).min(total);
        let fade_out = ((out_secs * RATE) as usize).min(total);
        let ease = |step: usize, of: usize| 0.5 - 0.5 * (std::f32::consts::PI * step as f32 / of.max(1) as f32).cos();
        for side in self.sides_mut() {
            for (step, sample) in side.iter_mut().take(fade_in).enumerate() {
                *sample *= ease(step, fade_in);
            }
            for (step, sample) in side.iter_mut().rev().take(fade_out).enumerate() {
                *sample *= ease(step, fade_out);
            }
        }
    }

    /// Cuts to `samples` so that the end joins the start: what sticks out is laid over the start at equal power.
    pub(crate) fn looped(mut self, samples: usize) -> Self {
        let overlap = self.len().saturating_sub(samples).min(samples);
        for side in self.sides_mut() {
            let tail = side.split_off(samples.min(side.len()));
            for (step, more) in tail.iter().take(overlap).enumerate() {
                let angle = std::f32::consts::FRAC_PI_2 * step as f32 / overlap as f32;
                side[step] = side[step] * angle.sin() + more * angle.cos();
            }
        }
        self
    }
}

/// Whole samples of a length in seconds.
pub(crate) fn samples_of(secs: f64) -> usize {
    (secs * RATE_HZ as f64).round().max(0.0) as usize
}
