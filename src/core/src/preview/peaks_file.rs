//! Peaks of WAV files, and peaks kept in the cache.

use super::{Peaks, PeaksBuilder};
use crate::{
    media::MAX_DURATION_SECS,
    progress::{CancelToken, Cancelled},
    store::{Cache, StoreError, write_atomic},
    time::SAMPLE_RATE_HZ,
};
use hound::{SampleFormat, WavReader};
use std::path::{Path, PathBuf};

/// First bytes of a cached file; raised with the format.
const MAGIC: &[u8; 8] = b"kpeaks01";
const EXTENSION: &str = "peaks";

/// Why a sound has no shape to show.
#[derive(Debug, thiserror::Error)]
pub enum PeaksError {
    /// The file is missing, truncated or no WAV.
    #[error("{}: not a WAV file that can be read ({detail}); fetch or export it again", path.display())]
    NotWav {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The file claims to be longer than Kinora works with.
    #[error("{}: is longer than {limit_secs:.0} s; cut it first", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Longest accepted.
        limit_secs: f64,
    },
    /// The peaks could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Name in the cache of the peaks of a file's content.
#[must_use]
pub fn peaks_key(content: &blake3::Hash) -> blake3::Hash {
    blake3::hash(format!("peaks 1 {}", content.to_hex()).as_bytes())
}

/// The peaks under a key, if the cache has them whole; a broken file is dropped.
#[must_use]
pub fn cached_peaks(cache: &Cache, key: &blake3::Hash) -> Option<Peaks> {
    let path = cache.get(key, EXTENSION)?;
    let longest_bytes = (MAX_DURATION_SECS * f64::from(SAMPLE_RATE_HZ)) as u64 / super::BUCKET_SAMPLES * 4 + 1024;
    let small = std::fs::metadata(&path).is_ok_and(|stat| stat.len() <= longest_bytes);
    let peaks = if small { std::fs::read(&path).ok() } else { None }.and_then(|bytes| parse(&bytes));
    if peaks.is_none() {
        cache.discard(key, EXTENSION);
    }
    peaks
}

/// The peaks of a WAV file of any rate, from the cache under `key` or measured and kept there.
///
/// # Errors
/// [`PeaksError`].
pub fn load_peaks(wav: &Path, key: &blake3::Hash, cache: &Cache, cancel: &CancelToken) -> Result<Peaks, PeaksError> {
    if let Some(peaks) = cached_peaks(cache, key) {
        return Ok(peaks);
    }
    let peaks = measure(wav, cancel)?;
    // `reserve` makes the shelf that the file stands on.
    let place = cache.reserve(key, EXTENSION)?.final_path().to_path_buf();
    write_atomic(&place, &bytes_of(&peaks))?;
    Ok(peaks)
}

fn measure(wav: &Path, cancel: &CancelToken) -> Result<Peaks, PeaksError> {
    let refuse = |error: &dyn std::fmt::Display| PeaksError::NotWav { path: wav.into(), detail: error.to_string() };
    let mut reader = WavReader::open(wav).map_err(|error| refuse(&error))?;
    let spec = reader.spec();
    if spec.sample_rate == 0 || !(1..=64).contains(&spec.channels) {
        return Err(refuse(&format!("{} channels at {} Hz", spec.channels, spec.sample_rate)));
    }
    if f64::from(reader.duration()) / f64::from(spec.sample_rate) > MAX_DURATION_SECS + 1.0 {
        return Err(PeaksError::TooLong { path: wav.into(), limit_secs: MAX_DURATION_SECS });
    }
    let mut mixer = Mixer { channels: spec.channels, builder: PeaksBuilder::new(spec.sample_rate), sum: 0.0, at: 0 };
    match spec.sample_format {
        SampleFormat::Float => mixer.add_all(reader.samples::<f32>(), 1.0, cancel),
        SampleFormat::Int => {
            let full_scale = 2_f32.powi(i32::from(spec.bits_per_sample.clamp(1, 32)) - 1);
            mixer.add_all(reader.samples::<i32>().map(|sample| sample.map(|value| value as f32)), full_scale, cancel)
        }
    }
    .map_err(|error| match error {
        Stopped::Cancelled => Cancelled.into(),
        Stopped::Broken(detail) => refuse(&detail),
    })?;
    Ok(mixer.builder.finish())
}

enum Stopped {
    Cancelled,
    Broken(String),
}

/// Channels to one, by their mean.
struct Mixer {
    channels: u16,
    builder: PeaksBuilder,
    sum: f32,
    at: u16,
}

impl Mixer {
    fn add_all(
        &mut self,
        samples: impl Iterator<Item = hound::Result<f32>>,
        full_scale: f32,
        cancel: &CancelToken,
    ) -> Result<(), Stopped> {
        let scale = 1.0 / (full_scale * f32::from(self.channels));
        for (index, sample) in samples.enumerate() {
            if index % (1 << 16) == 0 && cancel.is_cancelled() {
                return Err(Stopped::Cancelled);
            }
            self.sum += sample.map_err(|error| Stopped::Broken(error.to_string()))?;
            self.at += 1;
            if self.at == self.channels {
                self.builder.push(self.sum * scale);
                (self.sum, self.at) = (0.0, 0);
            }
        }
        Ok(())
    }
}

fn bytes_of(peaks: &Peaks) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(peaks.length_samples().to_le_bytes());
    bytes.extend((peaks.finest().len() as u64).to_le_bytes());
    bytes.extend(peaks.finest().iter().flatten().flat_map(|value| value.to_le_bytes()));
    bytes
}

fn parse(bytes: &[u8]) -> Option<Peaks> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (count, rest) = rest.split_first_chunk::<8>()?;
    let (buckets, rest) = rest.as_chunks::<4>();
    if buckets.len() as u64 != u64::from_le_bytes(*count) || !rest.is_empty() {
        return None;
    }
    let finest = buckets.iter().map(|[a, b, c, d]| [i16::from_le_bytes([*a, *b]), i16::from_le_bytes([*c, *d])]);
    Some(Peaks::from_finest(u64::from_le_bytes(*length), finest.collect()))
}
