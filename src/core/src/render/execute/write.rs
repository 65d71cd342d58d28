//! Joins packets and the mixed sound into a file.

use super::{
    ExecuteError, Run, Step,
    encode::parse_key,
    sound,
    sound_chunks::{ChunkReader, encode_chunks},
};
use crate::{
    conform,
    media::{FilmMuxer, MediaError, MuxSpec, PacketReader, SoundCodec, SoundEncoder},
    render::{
        loudness::{LoudMixer, LoudnessPlan},
        mix::StereoStream,
        plan::Segment,
    },
};
use std::{
    ops::Range,
    path::{Path, PathBuf},
};

/// Writes the plan's file by copying packets.
pub(super) fn write_copies(run: &Run<'_>, path: &Path, level: &LoudnessPlan) -> Result<(), ExecuteError> {
    let plan = &run.job.plan;
    let mut sound = SoundWriter::open(run, SoundCodec::Aac, level)?;
    let chapters = run.chapters();
    let mux = MuxSpec { path, container: "mp4", rate: plan.rate, title: &plan.title, chapters: &chapters };
    let mut muxer: Option<(FilmMuxer, Vec<u8>)> = None;
    let mut film_frame = 0_u64;
    for segment in &plan.video {
        let source = SegmentSource::find(run, segment)?;
        let mut reader = PacketReader::open(&source.path, plan.rate)?;
        let (muxer, parameter_sets) = match &mut muxer {
            Some(open) => open,
            empty => {
                let started = FilmMuxer::for_copies(&mux, &reader, Some(&sound.encoder))?;
                empty.insert((started, reader.parameter_sets().to_vec()))
            }
        };
        if reader.parameter_sets() != parameter_sets.as_slice() {
            return Err(MediaError::ForeignPackets { path: source.path }.into());
        }
        reader.seek(source.frames.start)?;
        let offset_frames = film_frame as i64 - source.frames.start as i64;
        for index in 0..segment.frame_count() {
            run.cancel.check()?;
            // Groups are closed, so as many packets from a key frame on are exactly as many frames.
            let packet = reader
                .next_packet()
                .filter(|packet| {
                    source.frames.contains(&(packet.pts_frames.max(0) as u64)) && (index > 0 || packet.is_key)
                })
                .ok_or_else(|| source.damaged(run))?;
            muxer.write_joined(packet, offset_frames)?;
            film_frame += 1;
            sound.follow(run, film_frame, muxer)?;
        }
    }
    let Some((mut muxer, _)) = muxer else {
        return Err(ExecuteError::Missing { what: "segment", key: "of an empty plan".to_owned() });
    };
    sound.finish(&mut muxer)?;
    muxer.finish()?;
    Ok(())
}

/// Where the packets of a segment lie.
struct SegmentSource {
    path: PathBuf,
    frames: Range<u64>,
    key: blake3::Hash,
    is_conformed: bool,
}

impl SegmentSource {
    fn find(run: &Run<'_>, segment: &Segment) -> Result<Self, ExecuteError> {
        match segment {
            Segment::Copy { conform_key, frames } => {
                let key = parse_key("conformed take", conform_key)?;
                let conformed = conform::find(run.cache, &key)
                    .ok_or_else(|| ExecuteError::Missing { what: "conformed take", key: conform_key.clone() })?;
                Ok(Self { path: conformed.video, frames: frames.clone(), key, is_conformed: true })
            }
            Segment::Encode(encode) => {
                let key = parse_key("segment", &encode.key)?;
                let path = run
                    .cache
                    .get(&key, "mp4")
                    .ok_or_else(|| ExecuteError::Missing { what: "segment", key: encode.key.clone() })?;
                Ok(Self { path, frames: 0..encode.frame_count(), key, is_conformed: false })
            }
        }
    }

    /// Drops the file, so that the next run makes it anew.
    fn damaged(&self, run: &Run<'_>) -> ExecuteError {
        run.cache.discard(&self.key, if self.is_conformed { "json" } else { "mp4" });
        ExecuteError::DamagedCache { path: self.path.clone() }
    }
}

/// Writes the plan's sound alongside its picture, so that neither waits in memory for the other.
pub(super) struct SoundWriter<'a> {
    source: SoundSource<'a>,
    /// Also names the stream's parameters.
    pub(super) encoder: SoundEncoder,
}

enum SoundSource<'a> {
    /// AAC, encoded before.
    Chunks(ChunkReader<'a>),
    /// PCM, made on the way.
    Samples { sound: Box<LoudMixer<Box<dyn StereoStream + 'a>>>, written_samples: u64, block: Vec<f32> },
}

/// The sound is at most this many frames behind the picture.
const FOLLOW_FRAMES: u64 = 12;

impl<'a> SoundWriter<'a> {
    pub(super) fn open(run: &Run<'a>, codec: SoundCodec, level: &LoudnessPlan) -> Result<Self, ExecuteError> {
        let source = match codec {
            SoundCodec::Aac => SoundSource::Chunks(ChunkReader::new(run, encode_chunks(run, level)?)),
            SoundCodec::Pcm24 => {
                let sound = Box::new(sound::open_sound(run, level)?);
                SoundSource::Samples { sound, written_samples: 0, block: Vec::new() }
            }
        };
        Ok(Self { source, encoder: SoundEncoder::open(codec)? })
    }

    /// Writes the sound up to a frame of the picture.
    pub(super) fn follow(&mut self, run: &Run<'_>, film_frame: u64, muxer: &mut FilmMuxer) -> Result<(), ExecuteError> {
        let plan = &run.job.plan;
        if !film_frame.is_multiple_of(FOLLOW_FRAMES) && film_frame != plan.total_frames {
            return Ok(());
        }
        let name = run.job.output.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        run.report(&format!("writing {name}"), Step::Write, film_frame);
        let until_sample = plan.rate.frame_to_sample(film_frame);
        match &mut self.source {
            SoundSource::Chunks(chunks) => chunks.follow(until_sample, muxer),
            SoundSource::Samples { sound, written_samples, block } => {
                let wanted = until_sample.saturating_sub(*written_samples);
                block.resize(wanted as usize * 2, 0.0);
                let count = sound.read(block)?;
                *written_samples += count as u64;
                Ok(self.encoder.write(&block[..count * 2], muxer)?)
            }
        }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, muxer: &mut FilmMuxer) -> Result<(), ExecuteError> {
        match self.source {
            SoundSource::Chunks(mut chunks) => chunks.follow(u64::MAX, muxer),
            SoundSource::Samples { .. } => Ok(self.encoder.finish(muxer)?),
        }
    }
}
