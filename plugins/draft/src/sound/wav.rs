//! WAV files in and out, and the way between sample rates.

use super::{RATE_HZ, Sound};
use crate::DraftError;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use kinora_core::store::{AtomicFile, StoreError};
use rubato::{Fft, FixedSync, Resampler as _, audioadapter_buffers::direct::InterleavedSlice};
use std::{fs::OpenOptions, io::BufWriter, path::Path};

/// Longest recording read, in seconds: half an hour keeps memory within a few hundred megabytes.
const MAX_READ_SECS: u64 = 1800;

/// One channel at its own rate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mono {
    pub(crate) samples: Vec<f32>,
    pub(crate) rate_hz: u32,
}

/// Reads a WAV of any depth and channel count, mixed to mono.
///
/// # Errors
/// [`DraftError::Recording`] naming the file and what is wrong with it.
pub(crate) fn read_wav(path: &Path) -> Result<Mono, DraftError> {
    let refuse = |what: String| DraftError::Recording { path: path.to_owned(), what };
    let reader = WavReader::open(path).map_err(|error| refuse(error.to_string()))?;
    let spec = reader.spec();
    if !(8000..=384_000).contains(&spec.sample_rate) || !(1..=32).contains(&spec.channels) {
        return Err(refuse(format!("{} Hz with {} channels is out of range", spec.sample_rate, spec.channels)));
    }
    let secs = u64::from(reader.duration()) / u64::from(spec.sample_rate);
    if secs > MAX_READ_SECS {
        return Err(refuse(format!("{secs} s is too long: at most {MAX_READ_SECS} s")));
    }
    let values: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => reader.into_samples::<f32>().collect::<Result<_, _>>(),
        SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader.into_samples::<i32>().map(|sample| sample.map(|value| value as f32 / full)).collect()
        }
    }
    .map_err(|error: hound::Error| refuse(error.to_string()))?;
    if values.is_empty() {
        return Err(refuse("it holds no sound".into()));
    }
    let channels = usize::from(spec.channels);
    let mix = |frame: &[f32]| {
        let sum: f32 = frame.iter().map(|sample| if sample.is_finite() { sample.clamp(-4.0, 4.0) } else { 0.0 }).sum();
        sum / channels as f32
    };
    Ok(Mono { samples: values.chunks(channels).map(mix).collect(), rate_hz: spec.sample_rate })
}

/// One channel at the house rate.
///
/// # Errors
/// [`DraftError::Sound`] when no resampler fits the two rates.
pub(crate) fn resampled(mono: Mono) -> Result<Vec<f32>, DraftError> {
    if mono.rate_hz as usize == RATE_HZ {
        return Ok(mono.samples);
    }
    let fail = |error: &dyn std::fmt::Display| DraftError::Sound(format!("resampling failed: {error}"));
    let mut resampler =
        Fft::<f32>::new(mono.rate_hz as usize, RATE_HZ, 1024, 1, FixedSync::Both).map_err(|error| fail(&error))?;
    let length = mono.samples.len();
    let input = InterleavedSlice::new(&mono.samples, 1, length).map_err(|error| fail(&error))?;
    let output = resampler.process_all(&input, length, None).map_err(|error| fail(&error))?;
    Ok(output.take_data())
}

/// Writes 16-bit stereo, whole or not at all.
///
/// # Errors
/// [`DraftError::File`] when it cannot be written.
pub(crate) fn write_wav(sound: &Sound, path: &Path) -> Result<(), DraftError> {
    let io_failed = |error| DraftError::saving(path, &StoreError::from_io("save", path, error));
    let fail = |error| match error {
        hound::Error::IoError(io) => io_failed(io),
        other => DraftError::File { path: path.to_owned(), what: other.to_string() },
    };
    let whole = AtomicFile::new(path).map_err(|error| DraftError::saving(path, &error))?;
    let file = OpenOptions::new().write(true).truncate(true).open(whole.path()).map_err(io_failed)?;
    let spec =
        WavSpec { channels: 2, sample_rate: RATE_HZ as u32, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::new(BufWriter::new(file), spec).map_err(fail)?;
    for (left, right) in sound.left.iter().zip(&sound.right) {
        for sample in [left, right] {
            writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16).map_err(fail)?;
        }
    }
    writer.finalize().map_err(fail)?;
    whole.commit().map_err(|error| DraftError::saving(path, &error))?;
    Ok(())
}
