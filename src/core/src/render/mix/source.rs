//! Where samples come from: the source and stream traits, and WAV files.

use crate::{progress::Cancelled, store::StoreError, time::SAMPLE_RATE_HZ};
use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Why sound cannot be read, mixed or measured.
#[derive(Debug, thiserror::Error)]
pub enum MixError {
    /// The file cannot be opened or read.
    #[error("cannot read the sound {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system or the WAV reader said.
        source: hound::Error,
    },
    /// The file is a WAV file of another kind than the mix works with.
    #[error("{} is {found}, not 48 kHz mono or stereo PCM or 32-bit float: conform it first", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// The file cannot be written.
    #[error("cannot write the sound {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system or the WAV writer said.
        source: hound::Error,
    },
    /// The file cannot be saved.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan names a sound nobody has.
    #[error("the sound {sound} is not in the cache: render again to make it")]
    Missing {
        /// Its key or hash.
        sound: String,
    },
    /// The loudness meter refused the sound.
    #[error("cannot measure loudness: {0}")]
    Loudness(#[from] ebur128::Error),
    /// Its owner stopped the work.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Samples of a sound at any place, as interleaved stereo at 48 kHz.
pub trait SampleSource: Send {
    /// Length in samples.
    fn length_samples(&self) -> u64;

    /// Fills `stereo` from `start_sample` on; past the end it is silence.
    ///
    /// # Errors
    /// [`MixError`] if the sound cannot be read.
    fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError>;
}

/// A sound that comes in order, as interleaved stereo at 48 kHz.
pub trait StereoStream {
    /// Fills as much of `stereo` as is left and says how many samples (of both channels) that is; 0 at the end.
    ///
    /// # Errors
    /// [`MixError`] if the sound cannot be read.
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError>;
}

impl<S: StereoStream + ?Sized> StereoStream for Box<S> {
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
        (**self).read(stereo)
    }
}

/// No sample leaves a source louder than +24 dBFS: a damaged float file must not drown the film.
const LOUDEST: f32 = 16.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    I16,
    I24,
    I32,
    F32,
}

/// A 48 kHz WAV file, read a block at a time.
#[derive(Debug)]
pub struct WavSource {
    path: PathBuf,
    file: BufReader<File>,
    encoding: Encoding,
    channels: u64,
    data_start_byte: u64,
    length_samples: u64,
    /// The sample the file stands at.
    next_sample: u64,
    bytes: Vec<u8>,
}

impl WavSource {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`MixError::Read`], or [`MixError::Format`] for another sample rate, more than two channels or a rare encoding.
    pub fn open(path: &Path) -> Result<Self, MixError> {
        let failed = |source| MixError::Read { path: path.to_path_buf(), source };
        let io_failed = |error| failed(hound::Error::IoError(error));
        let reader = hound::WavReader::new(BufReader::new(File::open(path).map_err(io_failed)?)).map_err(failed)?;
        let (spec, length_samples) = (reader.spec(), u64::from(reader.duration()));
        let encoding = match (spec.sample_format, spec.bits_per_sample) {
            (hound::SampleFormat::Int, 16) => Some(Encoding::I16),
            (hound::SampleFormat::Int, 24) => Some(Encoding::I24),
            (hound::SampleFormat::Int, 32) => Some(Encoding::I32),
            (hound::SampleFormat::Float, 32) => Some(Encoding::F32),
            _ => None,
        };
        let refused = || MixError::Format {
            path: path.to_path_buf(),
            found: format!(
                "{} Hz, {} channels, {} bit {:?}",
                spec.sample_rate, spec.channels, spec.bits_per_sample, spec.sample_format
            ),
        };
        let encoding = encoding.ok_or_else(refused)?;
        if spec.sample_rate != SAMPLE_RATE_HZ || !(1..=2).contains(&spec.channels) {
            return Err(refused());
        }
        let mut file = reader.into_inner();
        let data_start_byte = file.stream_position().map_err(io_failed)?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            encoding,
            channels: u64::from(spec.channels),
            data_start_byte,
            length_samples,
            next_sample: 0,
            bytes: Vec::new(),
        })
    }

    fn fill(&mut self, start_sample: u64, stereo: &mut [f32]) -> std::io::Result<()> {
        let width = if self.encoding == Encoding::I16 {
            2
        } else if self.encoding == Encoding::I24 {
            3
        } else {
            4
        };
        let frame_bytes = self.channels * width as u64;
        if start_sample != self.next_sample {
            self.file.seek(SeekFrom::Start(self.data_start_byte + start_sample * frame_bytes))?;
        }
        let frames = stereo.len() / 2;
        self.bytes.resize(frames * frame_bytes as usize, 0);
        self.file.read_exact(&mut self.bytes)?;
        self.next_sample = start_sample + frames as u64;
        let decode = |raw: &[u8]| match self.encoding {
            Encoding::I16 => f32::from(i16::from_le_bytes([raw[0], raw[1]])) / 32_768.0,
            Encoding::I24 => (i32::from_le_bytes([0, raw[0], raw[1], raw[2]]) >> 8) as f32 / 8_388_608.0,
            Encoding::I32 => i32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]) as f32 / 2_147_483_648.0,
            Encoding::F32 => {
                let sample = f32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
                if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 }
            }
        };
        for (frame, raw) in stereo.chunks_exact_mut(2).zip(self.bytes.chunks_exact(frame_bytes as usize)) {
            frame[0] = decode(&raw[..width]);
            frame[1] = if self.channels == 2 { decode(&raw[width..]) } else { frame[0] };
        }
        Ok(())
    }
}

impl SampleSource for WavSource {
    fn length_samples(&self) -> u64 {
        self.length_samples
    }

    fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError> {
        let there = self.length_samples.saturating_sub(start_sample).min(stereo.len() as u64 / 2) as usize;
        let (heard, silent) = stereo.split_at_mut(there * 2);
        silent.fill(0.0);
        if heard.is_empty() {
            return Ok(());
        }
        // After a failed read the file stands anywhere: the next read must seek.
        self.fill(start_sample, heard).map_err(|error| {
            self.next_sample = u64::MAX;
            MixError::Read { path: self.path.clone(), source: hound::Error::IoError(error) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a WAV of a ramp and checks that every way of reading it gives the ramp.
    fn check(bits_per_sample: u16, sample_format: hound::SampleFormat, channels: u16) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ramp.wav");
        let spec = hound::WavSpec { channels, sample_rate: 48_000, bits_per_sample, sample_format };
        let value = |sample: u64, channel: u64| ((sample * 7 + channel * 3) % 1_000) as f32 / 1_000.0 - 0.5;
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in 0..5_000 {
            for channel in 0..u64::from(channels) {
                let value = value(sample, channel);
                match sample_format {
                    hound::SampleFormat::Float => writer.write_sample(value).unwrap(),
                    hound::SampleFormat::Int => {
                        let scale = (1_i64 << (bits_per_sample - 1)) as f64;
                        writer.write_sample((f64::from(value) * scale).round() as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        let mut source = WavSource::open(&path).unwrap();
        assert_eq!(source.length_samples(), 5_000);
        for (start, count) in [(0, 100), (100, 4_000), (17, 33), (4_990, 30), (6_000, 10), (0, 1)] {
            let mut stereo = vec![9.0; count * 2];
            source.read_at(start, &mut stereo).unwrap();
            for (index, frame) in stereo.chunks(2).enumerate() {
                let sample = start + index as u64;
                for (channel, found) in frame.iter().enumerate() {
                    let channel = (channel as u64).min(u64::from(channels) - 1);
                    let expected = if sample < 5_000 { value(sample, channel) } else { 0.0 };
                    assert!((found - expected).abs() < 1.0 / 32_000.0, "{start}+{index}: {found} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn every_encoding_reads_the_same_at_any_place() {
        for channels in [1, 2] {
            check(16, hound::SampleFormat::Int, channels);
            check(24, hound::SampleFormat::Int, channels);
            check(32, hound::SampleFormat::Int, channels);
            check(32, hound::SampleFormat::Float, channels);
        }
    }

    #[test]
    fn what_is_no_48_khz_wav_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("foreign.wav");
        let spec = |sample_rate, channels| hound::WavSpec {
            channels,
            sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        for spec in [spec(44_100, 2), spec(48_000, 6)] {
            hound::WavWriter::create(&path, spec).unwrap().finalize().unwrap();
            let error = WavSource::open(&path).unwrap_err();
            assert!(matches!(error, MixError::Format { .. }), "{error}");
            assert!(error.to_string().contains("foreign.wav"), "{error}");
        }
        let error = WavSource::open(&folder.path().join("absent.wav")).unwrap_err();
        assert!(matches!(error, MixError::Read { .. }), "{error}");
    }

    #[test]
    fn broken_floats_become_silence_and_a_cut_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 48_000,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in [f32::NAN, f32::INFINITY, 1e30, -1e30] {
            writer.write_sample(sample).unwrap();
        }
        writer.finalize().unwrap();
        let mut stereo = [9.0; 4];
        WavSource::open(&path).unwrap().read_at(0, &mut stereo).unwrap();
        assert_eq!(stereo, [0.0, 0.0, LOUDEST, -LOUDEST]);

        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(file.metadata().unwrap().len() - 8).unwrap();
        let error = WavSource::open(&path).unwrap().read_at(0, &mut stereo).unwrap_err();
        assert!(matches!(error, MixError::Read { .. }), "{error}");
    }
}
