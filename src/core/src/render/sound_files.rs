//! Sound files of any kind (lanes, lines of dialogue), conformed once to 48 kHz stereo for the mix; and what a mix
//! names, found in the cache, for the render and for playback alike.

use super::mix::{MixError, SampleSource, SoundRef, WavSource, find_speech};
use crate::{
    conform,
    media::{MediaError, SoundReader},
    progress::CancelToken,
    store::{Cache, write_atomic},
    time::SAMPLE_RATE_HZ,
};
use serde::{Deserialize, Serialize};
use std::{
    ops::Range,
    path::{Path, PathBuf},
};

/// Raised when a change of code makes other conformed sound from the same file.
const SOUND_VERSION: u32 = 1;
/// Longest sound file: a WAV file holds no more than 4 GiB.
const LONGEST_SECS: u64 = 3 * 3600;

/// A conformed sound in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConformedSound {
    /// 48 kHz stereo float WAV.
    pub wav: PathBuf,
    /// Length in samples.
    pub length_samples: u64,
    /// Where someone speaks in it, in samples, sorted.
    pub speech_samples: Vec<Range<u64>>,
}

/// Written last: its presence says that the WAV is whole.
#[derive(Serialize, Deserialize)]
struct Facts {
    length_samples: u64,
    wav_bytes: u64,
    speech_samples: Vec<Range<u64>>,
}

/// Name of a sound file's conformed sound in the cache.
#[must_use]
pub fn sound_key(file_hash: &blake3::Hash) -> blake3::Hash {
    blake3::hash(format!("sound {SOUND_VERSION} {}", file_hash.to_hex()).as_bytes())
}

/// The conformed sound of a file, if the cache has it whole.
#[must_use]
pub fn find_sound(cache: &Cache, file_hash: &blake3::Hash) -> Option<ConformedSound> {
    let key = sound_key(file_hash);
    let facts: Facts = serde_json::from_slice(&std::fs::read(cache.get(&key, "json")?).ok()?).ok()?;
    let wav = cache.get(&key, "wav")?;
    let is_whole = std::fs::metadata(&wav).is_ok_and(|stat| stat.len() == facts.wav_bytes);
    is_whole.then_some(ConformedSound {
        wav,
        length_samples: facts.length_samples,
        speech_samples: facts.speech_samples,
    })
}

/// Opens a sound that a mix names.
///
/// # Errors
/// [`MixError::Missing`] if the cache does not have it, and what is wrong with its file.
pub fn open_sound(cache: &Cache, sound: &SoundRef) -> Result<Box<dyn SampleSource>, MixError> {
    let (SoundRef::Clip { conform_key: name } | SoundRef::File { blake3: name }) = sound;
    let found = blake3::Hash::from_hex(name).ok().and_then(|hash| match sound {
        SoundRef::Clip { .. } => conform::find(cache, &hash).map(|conformed| conformed.sound),
        SoundRef::File { .. } => find_sound(cache, &hash).map(|conformed| conformed.wav),
    });
    let path = found.ok_or_else(|| MixError::Missing { sound: name.chars().take(80).collect() })?;
    Ok(Box::new(WavSource::open(&path)?))
}

/// Conforms a sound file, or finds it done.
///
/// # Errors
/// [`MediaError`] for what is wrong with the file or the disk; [`MediaError::TooLong`] above three hours.
pub fn conform_sound(
    file: &Path,
    file_hash: &blake3::Hash,
    cache: &Cache,
    cancel: &CancelToken,
) -> Result<ConformedSound, MediaError> {
    if let Some(done) = find_sound(cache, file_hash) {
        return Ok(done);
    }
    let key = sound_key(file_hash);
    let mut reader = SoundReader::open(file)?;
    let reserved = cache.reserve(&key, "wav")?;
    let failed = |error: hound::Error| match error {
        hound::Error::IoError(io) => MediaError::writing_io(reserved.final_path(), &io),
        other => MediaError::Write { path: reserved.final_path().to_path_buf(), detail: other.to_string() },
    };
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(reserved.path(), spec).map_err(failed)?;
    let mut block = vec![0.0_f32; 2 * 8_192];
    let mut length_samples = 0;
    loop {
        cancel.check()?;
        let count = reader.read(&mut block)?;
        if count == 0 {
            break;
        }
        length_samples += count as u64;
        if length_samples > LONGEST_SECS * u64::from(SAMPLE_RATE_HZ) {
            return Err(MediaError::TooLong {
                path: file.to_path_buf(),
                duration_secs: length_samples as f64 / f64::from(SAMPLE_RATE_HZ),
                limit_secs: LONGEST_SECS as f64,
            });
        }
        for sample in &block[..count * 2] {
            writer.write_sample(*sample).map_err(failed)?;
        }
    }
    writer.finalize().map_err(failed)?;
    let wav = reserved.commit()?;
    let damaged = |detail: String| MediaError::Damaged { path: wav.clone(), detail };
    let mut source = WavSource::open(&wav).map_err(|error| damaged(error.to_string()))?;
    let speech_samples = find_speech(&mut source, cancel).map_err(|error| match error {
        MixError::Cancelled(cancelled) => cancelled.into(),
        other => damaged(other.to_string()),
    })?;
    let wav_bytes = std::fs::metadata(&wav).map_or(0, |stat| stat.len());
    let facts = Facts { length_samples, wav_bytes, speech_samples };
    let text = serde_json::to_vec(&facts).map_err(|error| damaged(error.to_string()))?;
    write_atomic(&cache.path_for(&key, "json"), &text)?;
    Ok(ConformedSound { wav, length_samples, speech_samples: facts.speech_samples })
}
