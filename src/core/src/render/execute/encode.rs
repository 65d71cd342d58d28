//! Encodes the segments that the cache lacks.

use super::{ExecuteError, Run, Step, seam};
use crate::{
    conform,
    media::{ConformedReader, FilmMuxer, MuxSpec, Picture, PictureEncoder, PictureFormat, darkened},
    render::plan::{EncodeKind, EncodeSegment, Piece},
};
use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

/// Segments encoded at once: each holds an encoder's and a decoder's frames in memory.
const MOST_AT_ONCE: usize = 3;

/// Encodes what is missing, or of it only the seams, a few segments at a time, and gives the number of frames encoded.
pub(super) fn encode_missing(run: &Run<'_>, only_seams: bool) -> Result<u64, ExecuteError> {
    let mut seen = HashSet::new();
    let mut missing = Vec::new();
    for segment in run.job.plan.encodes() {
        if only_seams && !matches!(segment.kind, EncodeKind::Seam { .. }) {
            continue;
        }
        let key = parse_key("segment", &segment.key)?;
        if run.cache.get(&key, "mp4").is_none() && seen.insert(key) {
            missing.push((key, segment));
        }
    }
    let frames = missing.iter().map(|(_, segment)| segment.frame_count()).sum();
    // Seams use every core by themselves and hold many frames: they come in a round of their own.
    let (seams, others): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|(_, segment)| matches!(segment.kind, EncodeKind::Seam { .. }));
    let cores = thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let done_frames = AtomicU64::new(0);
    encode_all(run, &others, cores.min(MOST_AT_ONCE), &done_frames)?;
    let segments: Vec<_> = seams.iter().map(|(_, segment)| *segment).collect();
    encode_all(run, &seams, cores.min(seam::most_at_once(run, &segments)), &done_frames)?;
    Ok(frames)
}

fn encode_all(
    run: &Run<'_>,
    missing: &[(blake3::Hash, &EncodeSegment)],
    most_at_once: usize,
    done_frames: &AtomicU64,
) -> Result<(), ExecuteError> {
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<ExecuteError>> = Mutex::new(None);
    let work = || {
        while let Some((key, segment)) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            let tell = || {
                let done = done_frames.fetch_add(1, Ordering::Relaxed) + 1;
                run.report("encoding seams, trims and fades", Step::Encode, done);
            };
            if let Err(error) = encode_segment(run, key, segment, &tell) {
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                // The others stop at their next segment.
                next.store(missing.len(), Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for number in 0..most_at_once.min(missing.len()) {
            let name = format!("kinora-encode-{number}");
            thread::Builder::new().name(name).spawn_scoped(scope, work).map_err(ExecuteError::Thread)?;
        }
        Ok::<(), ExecuteError>(())
    })?;
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

fn encode_segment(
    run: &Run<'_>,
    key: &blake3::Hash,
    segment: &EncodeSegment,
    tell: &dyn Fn(),
) -> Result<(), ExecuteError> {
    let plan = &run.job.plan;
    let mut encoder = PictureEncoder::master(PictureFormat { size: plan.size, rate: plan.rate })?;
    let file = run.cache.reserve(key, "mp4")?;
    let mux = MuxSpec { path: file.path(), container: "mp4", rate: plan.rate, title: "", chapters: &[] };
    let mut muxer = FilmMuxer::for_encoder(&mux, &encoder, None)?;
    let mut frame = 0;
    let mut encode = |mut picture: Picture| {
        run.cancel.check()?;
        picture.set_pts(Some(frame));
        frame += 1;
        encoder.send(&picture)?;
        while let Some(packet) = encoder.receive()? {
            muxer.write_joined(packet, 0)?;
        }
        tell();
        Ok::<(), ExecuteError>(())
    };
    if let Some(pictures) = seam::smoothed(run, key, segment)? {
        pictures.into_iter().try_for_each(&mut encode)?;
    } else {
        for piece in &segment.pieces {
            copy_piece(run, piece, &mut encode)?;
        }
    }
    encoder.finish()?;
    while let Some(packet) = encoder.receive()? {
        muxer.write_joined(packet, 0)?;
    }
    muxer.finish()?;
    file.commit()?;
    Ok(())
}

/// Hands the frames of a piece on, darkened where it is part of a fade.
fn copy_piece(
    run: &Run<'_>,
    piece: &Piece,
    encode: &mut dyn FnMut(Picture) -> Result<(), ExecuteError>,
) -> Result<(), ExecuteError> {
    let Piece { conform_key, frames, dip } = piece;
    let conformed = conform::find(run.cache, &parse_key("conformed take", conform_key)?)
        .ok_or_else(|| ExecuteError::Missing { what: "conformed take", key: conform_key.clone() })?;
    let mut reader = ConformedReader::open(&conformed.video, run.job.plan.rate, frames.clone())?;
    let mut index = 0;
    while let Some(picture) = reader.next_picture()? {
        encode(match dip {
            Some(dip) => darkened(&picture, dip.level(index)),
            None => picture,
        })?;
        index += 1;
    }
    Ok(())
}

/// A key of a plan as the cache wants it. A plan may come from outside: its keys are only text.
pub(super) fn parse_key(what: &'static str, key: &str) -> Result<blake3::Hash, ExecuteError> {
    blake3::Hash::from_hex(key).map_err(|_| ExecuteError::Missing { what, key: key.chars().take(80).collect() })
}
