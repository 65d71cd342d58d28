//! `audio/voice.wav`: the lines of dialogue of a scene as one file, for the maker and for other programs.
//! The render itself mixes the lines directly.

use super::mix::{MixError, StereoStream};
use crate::{progress::CancelToken, time::SAMPLE_RATE_HZ};
use std::{io::BufWriter, path::Path};

/// Writes a sound as a 16-bit 48 kHz stereo WAV. The file appears whole under its name, or not at all.
///
/// # Errors
/// [`MixError`] if the sound cannot be read or the file not be written, or the work was cancelled.
pub fn write_voice_lane(
    voice: &mut dyn StereoStream,
    voice_wav_path: &Path,
    cancel: &CancelToken,
) -> Result<(), MixError> {
    let failed = |source| MixError::Write { path: voice_wav_path.to_path_buf(), source };
    let io_failed = |error: std::io::Error| failed(hound::Error::IoError(error));
    let folder = voice_wav_path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".voice-").suffix(".part").tempfile_in(folder).map_err(io_failed)?;
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(BufWriter::new(file.as_file()), spec).map_err(failed)?;
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
    file.as_file().sync_all().map_err(io_failed)?;
    file.persist(voice_wav_path).map_err(|error| io_failed(error.error))?;
    Ok(())
}
