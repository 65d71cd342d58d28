//! The finished sound as AAC: stretches of it are encoded side by side and kept under the hash of their samples, so a
//! changed shot costs the stretches it is heard in.

use super::{ExecuteError, Run, Step, sound};
use crate::{
    media::{FilmMuxer, SoundChunk, SoundPackets},
    render::{loudness::LoudnessPlan, mix::StereoStream},
    store::write_atomic,
    time::SAMPLE_RATE_HZ,
};
use crossbeam_channel::{Receiver, bounded};
use std::{
    sync::{Mutex, PoisonError},
    thread,
};

/// The chunks of a render's sound, in order, all in the cache.
pub(super) struct SoundChunks {
    keys: Vec<blake3::Hash>,
}

struct ToEncode {
    key: blake3::Hash,
    chunk: SoundChunk,
    samples: Vec<f32>,
}

/// Encodes the chunks that the cache lacks.
pub(super) fn encode_chunks(run: &Run<'_>, level: &LoudnessPlan) -> Result<SoundChunks, ExecuteError> {
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let failure: Mutex<Option<ExecuteError>> = Mutex::new(None);
    let keys = thread::scope(|scope| {
        // Each chunk holds megabytes of samples: no more wait than are worked on.
        let (sender, queue) = bounded::<ToEncode>(1);
        for number in 0..lanes {
            let queue: Receiver<ToEncode> = queue.clone();
            let failure = &failure;
            let work = move || {
                for chunk in queue {
                    let is_failed = || failure.lock().unwrap_or_else(PoisonError::into_inner).is_some();
                    if run.cancel.is_cancelled() || is_failed() {
                        continue;
                    }
                    if let Err(error) = encode_chunk(run, &chunk) {
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            };
            let name = format!("kinora-sound-{number}");
            thread::Builder::new().name(name).spawn_scoped(scope, work).map_err(ExecuteError::Thread)?;
        }
        drop(queue);
        let mut keys = Vec::new();
        let mut cutter = Cutter::new(run, level)?;
        for chunk in SoundChunk::split(run.job.plan.audio.total_samples()) {
            run.cancel.check()?;
            let samples = cutter.cut(&chunk)?;
            let key = chunk_key(&chunk, &samples);
            keys.push(key);
            if run.cache.get(&key, "aac").is_none() && sender.send(ToEncode { key, chunk, samples }).is_err() {
                break;
            }
        }
        Ok::<_, ExecuteError>(keys)
    })?;
    run.cancel.check()?;
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(SoundChunks { keys }),
    }
}

fn encode_chunk(run: &Run<'_>, work: &ToEncode) -> Result<(), ExecuteError> {
    let bytes = work.chunk.encode(&work.samples)?;
    let place = run.cache.reserve(&work.key, "aac")?;
    write_atomic(place.final_path(), &bytes)?;
    let secs = work.chunk.needs_samples.end as f64 / f64::from(SAMPLE_RATE_HZ);
    run.report("encoding sound", Step::EncodeSound, run.job.plan.rate.secs_to_frames(secs));
    Ok(())
}

fn chunk_key(chunk: &SoundChunk, samples: &[f32]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(chunk.fingerprint().as_bytes());
    let mut bytes = Vec::with_capacity(16_384);
    for block in samples.chunks(4_096) {
        bytes.clear();
        bytes.extend(block.iter().flat_map(|sample| sample.to_le_bytes()));
        hasher.update(&bytes);
    }
    hasher.finalize()
}

/// Plays the finished sound once and cuts it into chunks that overlap.
struct Cutter<'a> {
    sound: crate::render::loudness::LoudMixer<Box<dyn StereoStream + 'a>>,
    /// Interleaved samples from `start_sample` on.
    held: Vec<f32>,
    start_sample: u64,
}

impl<'a> Cutter<'a> {
    fn new(run: &Run<'a>, level: &LoudnessPlan) -> Result<Self, ExecuteError> {
        Ok(Self { sound: sound::open_sound(run, level)?, held: Vec::new(), start_sample: 0 })
    }

    fn cut(&mut self, chunk: &SoundChunk) -> Result<Vec<f32>, ExecuteError> {
        let needs = &chunk.needs_samples;
        let passed = (needs.start - self.start_sample) as usize * 2;
        self.held.drain(..passed.min(self.held.len()));
        self.start_sample = needs.start;
        let (have, want) = (self.held.len(), (needs.end - needs.start) as usize * 2);
        if want > have {
            self.held.resize(want, 0.0);
            let mut filled = have;
            while filled < want {
                match self.sound.read(&mut self.held[filled..])? {
                    0 => break,
                    count => filled += count * 2,
                }
            }
        }
        Ok(self.held[..want].to_vec())
    }
}

/// Reads the packets of the chunks alongside the picture.
pub(super) struct ChunkReader<'a> {
    run: Run<'a>,
    keys: std::vec::IntoIter<blake3::Hash>,
    packets: std::vec::IntoIter<(Vec<u8>, u32)>,
    next_packet: u64,
    next_sample: u64,
}

impl<'a> ChunkReader<'a> {
    pub(super) fn new(run: &Run<'a>, chunks: SoundChunks) -> Self {
        let packets = Vec::new().into_iter();
        Self { run: *run, keys: chunks.keys.into_iter(), packets, next_packet: 0, next_sample: 0 }
    }

    /// Writes the packets up to a sample of the sound; all of them for `u64::MAX`.
    pub(super) fn follow(&mut self, until_sample: u64, muxer: &mut FilmMuxer) -> Result<(), ExecuteError> {
        while self.next_sample < until_sample {
            let Some((body, duration)) = self.packets.next() else {
                match self.keys.next() {
                    Some(key) => self.packets = self.open(&key)?,
                    None => return Ok(()),
                }
                continue;
            };
            muxer.write_sound_packet(self.next_packet, &body, duration)?;
            self.next_packet += 1;
            self.next_sample += u64::from(duration);
        }
        Ok(())
    }

    fn open(&self, key: &blake3::Hash) -> Result<std::vec::IntoIter<(Vec<u8>, u32)>, ExecuteError> {
        let missing = || ExecuteError::Missing { what: "stretch of sound", key: key.to_hex().to_string() };
        let path = self.run.cache.get(key, "aac").ok_or_else(missing)?;
        let bytes = std::fs::read(&path).map_err(|source| crate::store::StoreError::from_io("read", &path, source))?;
        let Some(packets) = SoundPackets::read(&bytes) else {
            // The next run makes it anew.
            self.run.cache.discard(key, "aac");
            return Err(ExecuteError::DamagedCache { path });
        };
        Ok(packets.into_packets().collect::<Vec<_>>().into_iter())
    }
}
