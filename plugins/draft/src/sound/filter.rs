//! FunDSP's state-variable filters, run over whole sounds.

use super::{RATE_HZ, Sound};
use fundsp::prelude32::{self as dsp, AudioUnit};

/// One filter. Frequencies in hertz, gains in decibels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    HighPass(f32),
    LowPass(f32),
    BandPass { hz: f32, q: f32 },
    Bell { hz: f32, q: f32, gain_db: f32 },
    LowShelf { hz: f32, gain_db: f32 },
    HighShelf { hz: f32, gain_db: f32 },
}

const FLAT_Q: f32 = std::f32::consts::FRAC_1_SQRT_2;

impl Shape {
    fn unit(self) -> Box<dyn AudioUnit> {
        let gain = super::db_to_gain;
        let mut unit: Box<dyn AudioUnit> = match self {
            Self::HighPass(hz) => Box::new(dsp::highpass_hz(hz, FLAT_Q)),
            Self::LowPass(hz) => Box::new(dsp::lowpass_hz(hz, FLAT_Q)),
            Self::BandPass { hz, q } => Box::new(dsp::bandpass_hz(hz, q)),
            Self::Bell { hz, q, gain_db } => Box::new(dsp::bell_hz(hz, q, gain(gain_db))),
            Self::LowShelf { hz, gain_db } => Box::new(dsp::lowshelf_hz(hz, FLAT_Q, gain(gain_db))),
            Self::HighShelf { hz, gain_db } => Box::new(dsp::highshelf_hz(hz, FLAT_Q, gain(gain_db))),
        };
        unit.set_sample_rate(RATE_HZ as f64);
        unit
    }

    /// Filters one side in place.
    pub(crate) fn run(self, samples: &mut [f32]) {
        let mut unit = self.unit();
        for sample in samples {
            *sample = unit.filter_mono(*sample);
        }
    }
}

/// A sound through a chain of filters.
pub(crate) fn filtered(mut sound: Sound, shapes: &[Shape]) -> Sound {
    for shape in shapes {
        for side in sound.sides_mut() {
            shape.run(side);
        }
    }
    sound
}
