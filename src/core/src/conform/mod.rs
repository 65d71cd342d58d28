//! Every take is conformed once: to the film's size, rate and colour, in closed groups of fixed length, its sound at
//! 48 kHz stereo beside it. Preview plays these files, a render copies their packets (laws 4 and 5).

use crate::{
    film::FitMode,
    media::{
        self, FilmMuxer, MasterSettings, MediaError, MuxSpec, PictureEncoder, PictureFormat, PictureReader, PictureSpec,
    },
    progress::CancelToken,
    store::Cache,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Raised when a change of code makes other conformed files from the same inputs.
const CONFORM_VERSION: u32 = 3;

/// What a take is conformed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConformSpec {
    /// The film's size and rate.
    pub format: PictureFormat,
    /// How another shape meets the frame.
    pub fit: FitMode,
    /// Motion interpolation for clips with fewer frames a second.
    pub optical_flow: bool,
}

impl ConformSpec {
    /// Where the result lies in the cache: the content, the parameters, the encoder.
    #[must_use]
    pub fn key(&self, take_hash: &blake3::Hash) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("conform {CONFORM_VERSION} {self:?} ").as_bytes());
        hasher.update(MasterSettings::for_rate(self.format.rate).fingerprint().as_bytes());
        hasher.update(take_hash.as_bytes());
        hasher.finalize()
    }
}

/// A conformed take in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conformed {
    /// Name in the cache.
    pub key: blake3::Hash,
    /// H.264 packets in MP4, no sound.
    pub video: PathBuf,
    /// 48 kHz stereo float WAV of the same length.
    pub sound: PathBuf,
    /// Length at the film's rate.
    pub frames: u64,
    /// Whether the take had sound of its own; the WAV is silent otherwise.
    pub has_sound: bool,
}

/// Written last: its presence says that the other two files are whole.
#[derive(Serialize, Deserialize)]
struct Facts {
    frames: u64,
    has_sound: bool,
    video_bytes: u64,
    sound_bytes: u64,
}

/// The conformed take of a key, if the cache has it whole.
#[must_use]
pub fn find(cache: &Cache, key: &blake3::Hash) -> Option<Conformed> {
    let facts = cache.get(key, "json")?;
    let facts: Facts = serde_json::from_slice(&std::fs::read(facts).ok()?).ok()?;
    let (video, sound) = (cache.get(key, "mp4")?, cache.get(key, "wav")?);
    let is_whole = |path: &Path, bytes: u64| std::fs::metadata(path).is_ok_and(|meta| meta.len() == bytes);
    (facts.frames > 0 && is_whole(&video, facts.video_bytes) && is_whole(&sound, facts.sound_bytes))
        .then_some(Conformed { key: *key, video, sound, frames: facts.frames, has_sound: facts.has_sound })
}

/// Conforms a take, or finds it done.
///
/// # Errors
/// [`MediaError`] for what is wrong with the take or the disk.
pub fn conform(
    take: &Path,
    key: &blake3::Hash,
    spec: &ConformSpec,
    cache: &Cache,
    work: &Work<'_>,
) -> Result<Conformed, MediaError> {
    if let Some(done) = find(cache, key) {
        return Ok(done);
    }
    let pictures = PictureSpec {
        size: spec.format.size,
        rate: spec.format.rate,
        fit: spec.fit,
        optical_flow: spec.optical_flow,
        deep_color: false,
    };
    let mut reader = PictureReader::open(take, &pictures, work.cancel)?;
    let mut encoder = PictureEncoder::master(spec.format)?;
    let video = cache.reserve(key, "mp4")?;
    let mux = MuxSpec { path: video.path(), container: "mp4", rate: spec.format.rate, title: "", chapters: &[] };
    let mut muxer = FilmMuxer::for_encoder(&mux, &encoder, None)?;
    let mut frames = 0;
    while let Some(picture) = reader.next_picture()? {
        encoder.send(&picture)?;
        frames += 1;
        (work.progress)(frames);
        while let Some(packet) = encoder.receive()? {
            muxer.write_joined(packet, 0)?;
        }
    }
    encoder.finish()?;
    while let Some(packet) = encoder.receive()? {
        muxer.write_joined(packet, 0)?;
    }
    muxer.finish()?;
    let video = video.commit()?;
    let sound = cache.path_for(key, "wav");
    let samples = spec.format.rate.frame_to_sample(frames);
    let has_sound = media::write_conformed_wav(take, samples, &sound, work.cancel)?;
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
    let facts = Facts { frames, has_sound, video_bytes: bytes(&video), sound_bytes: bytes(&sound) };
    let text = serde_json::to_vec(&facts)
        .map_err(|error| MediaError::Write { path: video.clone(), detail: error.to_string() })?;
    crate::store::write_atomic(&cache.path_for(key, "json"), &text)?;
    Ok(Conformed { key: *key, video, sound, frames, has_sound })
}

/// The handles of a piece of work: who may stop it, and who hears how many frames are done.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Stops the work.
    pub cancel: &'a CancelToken,
    /// Called with the number of frames done.
    pub progress: &'a (dyn Fn(u64) + Sync),
}
