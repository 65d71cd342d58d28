//! `audio/voice.wav`: the lines of dialogue of a scene as one file, for the maker and for other programs.
//! The render itself mixes the lines directly.

use super::mix::{MixError, StereoStream};
use crate::{
    progress::CancelToken,
    store::{AtomicFile, StoreError},
    time::SAMPLE_RATE_HZ,
};
use std::path::Path;

/// Writes a sound as a 16-bit 48 kHz stereo WAV. The file appears whole under its name, or not at all; its
/// folder is made if it is not there.
///
/// # Errors
/// [`MixError`] if the sound cannot be read or the file not be written, or the work was cancelled.
pub fn write_voice_lane(
    voice: &mut dyn StereoStream,
    voice_wav_path: &Path,
    cancel: &CancelToken,
) -> Result<(), MixError> {
    let failed = |source| match source {
        hound::Error::IoError(io) => StoreError::from_io("save", voice_wav_path, io).into(),
        source => MixError::Write { path: voice_wav_path.to_path_buf(), source },
    };
    if let Some(folder) = voice_wav_path.parent() {
        // A film that came through version control has no empty folders.
        std::fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
    }
    let file = AtomicFile::new(voice_wav_path)?;
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file.path(), spec).map_err(failed)?;
    let mut block = vec![0.0; 2 * 4_096];
    loop {
        cancel.check()?;
        let count = voice.read(&mut block)?;
        if count == 0 {
            break;
        }
        for sample in &block[..count * 2] {
            writer.write_sample((sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16).map_err(failed)?;
        }
    }
    writer.finalize().map_err(failed)?;
    file.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::mix::{SampleSource, WavSource};

    /// A ramp that ends after some samples, or fails half way.
    struct Ramp {
        next: u32,
        length: u32,
        breaks: bool,
    }

    impl StereoStream for Ramp {
        fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
            if self.breaks && self.next > self.length / 2 {
                return Err(MixError::Missing { sound: "line".to_owned() });
            }
            let count = (stereo.len() / 2).min((self.length - self.next) as usize);
            for frame in stereo.chunks_exact_mut(2).take(count) {
                frame.copy_from_slice(&[self.next as f32 / 10_000.0, 2.0]);
                self.next += 1;
            }
            Ok(count)
        }
    }

    #[test]
    fn the_lane_reads_back_as_it_was_mixed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audio/voice.wav");
        let mut ramp = Ramp { next: 0, length: 9_000, breaks: false };
        write_voice_lane(&mut ramp, &path, &CancelToken::default()).unwrap();
        let mut wav = WavSource::open(&path).unwrap();
        assert_eq!(wav.length_samples(), 9_000);
        let mut frame = [0.0; 2];
        wav.read_at(4_321, &mut frame).unwrap();
        assert!((frame[0] - 0.432_1).abs() < 1e-4 && (frame[1] - 1.0).abs() < 1e-4, "{frame:?}");
    }

    #[test]
    fn a_failed_or_cancelled_lane_leaves_the_old_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voice.wav");
        write_voice_lane(&mut Ramp { next: 0, length: 100, breaks: false }, &path, &CancelToken::default()).unwrap();
        let cancelled = CancelToken::default();
        cancelled.cancel();
        let mut broken = Ramp { next: 0, length: 90_000, breaks: true };
        assert!(write_voice_lane(&mut broken, &path, &CancelToken::default()).is_err());
        assert!(write_voice_lane(&mut Ramp { next: 0, length: 9, breaks: false }, &path, &cancelled).is_err());
        assert_eq!(WavSource::open(&path).unwrap().length_samples(), 100);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part of a file is left");
    }
}
