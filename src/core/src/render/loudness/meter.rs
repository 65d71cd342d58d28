//! Measures loudness and true peak.

use crate::{
    progress::CancelToken,
    render::mix::{MixError, StereoStream},
    time::SAMPLE_RATE_HZ,
};
use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

/// Loudness of a whole sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS; absent for silence, or a sound shorter than 400 ms.
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub range_lu: f64,
    /// True peak in dBTP, at least -120.
    pub true_peak_dbtp: f64,
}

const LOWEST_PEAK_DBTP: f64 = -120.0;

/// Measures a stereo sound that comes block by block.
pub struct LoudnessMeter(EbuR128);

impl LoudnessMeter {
    /// A meter that has heard nothing.
    ///
    /// # Errors
    /// [`MixError::Loudness`] if memory runs out.
    pub fn new() -> Result<Self, MixError> {
        Ok(Self(EbuR128::new(2, SAMPLE_RATE_HZ, Mode::I | Mode::LRA | Mode::TRUE_PEAK)?))
    }

    /// Hears more of the sound, interleaved.
    ///
    /// # Errors
    /// [`MixError::Loudness`] if memory runs out.
    pub fn add(&mut self, stereo: &[f32]) -> Result<(), MixError> {
        Ok(self.0.add_frames_f32(stereo)?)
    }

    /// What it heard so far.
    ///
    /// # Errors
    /// [`MixError::Loudness`] never for a stereo meter.
    pub fn loudness(&self) -> Result<Loudness, MixError> {
        let integrated_lufs = Some(self.0.loudness_global()?).filter(|lufs| lufs.is_finite());
        let peak = self.0.true_peak(0)?.max(self.0.true_peak(1)?);
        Ok(Loudness {
            integrated_lufs,
            range_lu: self.0.loudness_range()?,
            true_peak_dbtp: (20.0 * peak.log10()).max(LOWEST_PEAK_DBTP),
        })
    }
}

/// Plays a sound to its end and measures it.
///
/// # Errors
/// [`MixError`] if the sound cannot be read, or the work was cancelled.
pub fn measure_loudness(sound: &mut dyn StereoStream, cancel: &CancelToken) -> Result<Loudness, MixError> {
    let mut meter = LoudnessMeter::new()?;
    let mut block = vec![0.0; 2 * 4_096];
    loop {
        cancel.check()?;
        match sound.read(&mut block)? {
            0 => return meter.loudness(),
            count => meter.add(&block[..count * 2])?,
        }
    }
}
