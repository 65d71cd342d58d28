//! Other formats than the master's, made from the original takes: no picture is encoded twice.

use super::{ExecuteError, Run, write::SoundWriter};
use crate::{
    film::FitMode,
    media::{
        FilmMuxer, MuxSpec, PictureCodec, PictureEncoder, PictureFormat, PictureReader, PictureSpec, SoundCodec,
        darkened,
    },
    render::{
        loudness::LoudnessPlan,
        plan::{Dip, Piece, PlacedShot, Segment},
    },
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A format to deliver in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The picture's format.
    pub codec: PictureCodec,
    /// The original take behind every conform key of the plan.
    pub takes: BTreeMap<String, TakeSource>,
    /// Motion interpolation for takes with fewer frames a second.
    pub optical_flow: bool,
}

/// An original take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeSource {
    /// The file.
    pub path: PathBuf,
    /// How it meets the film's frame.
    pub fit: FitMode,
}

/// Writes the plan's file by reading every take again.
pub(super) fn write_delivery(
    run: &Run<'_>,
    delivery: &Delivery,
    path: &Path,
    level: &LoudnessPlan,
) -> Result<(), ExecuteError> {
    let plan = &run.job.plan;
    let is_finishing = delivery.codec == PictureCodec::ProRes;
    let (container, sound_codec) = if is_finishing { ("mov", SoundCodec::Pcm24) } else { ("mp4", SoundCodec::Aac) };
    let mut encoder = PictureEncoder::delivery(delivery.codec, PictureFormat { size: plan.size, rate: plan.rate })?;
    let mut sound = SoundWriter::open(run, sound_codec, level)?;
    let chapters = run.chapters();
    let mux = MuxSpec { path, container, rate: plan.rate, title: &plan.title, chapters: &chapters };
    let mut muxer = FilmMuxer::for_encoder(&mux, &encoder, Some(&sound.encoder))?;
    let dips = fade_stretches(&plan.video);
    let mut next_dip = 0;
    for shot in &plan.shots {
        let mut reader = open_take(run, delivery, shot)?;
        for _ in 0..shot.source_frames.start {
            reader.next_picture()?;
        }
        let mut last = None;
        for index in 0..shot.frame_count() {
            run.cancel.check()?;
            // A take whose last frames decode only sometimes holds its last picture rather than stopping the render.
            let picture = reader.next_picture()?.or(last);
            let Some(picture) = picture else {
                return Err(ExecuteError::NoTake { shot: format!("{}/{}", shot.scene_id, shot.shot_id) });
            };
            let film_frame = shot.film_start_frame + index;
            while dips.get(next_dip).is_some_and(|(start, frames, _)| start + frames <= film_frame) {
                next_dip += 1;
            }
            let dip = dips.get(next_dip).filter(|(start, ..)| *start <= film_frame);
            let mut shown = dip
                .map_or_else(|| picture.clone(), |(start, _, dip)| darkened(&picture, dip.level(film_frame - start)));
            last = Some(picture);
            shown.set_pts(Some(film_frame as i64));
            encoder.send(&shown)?;
            while let Some(packet) = encoder.receive()? {
                muxer.write_encoded(packet)?;
            }
            sound.follow(run, film_frame + 1, &mut muxer)?;
        }
    }
    encoder.finish()?;
    while let Some(packet) = encoder.receive()? {
        muxer.write_encoded(packet)?;
    }
    sound.finish(&mut muxer)?;
    muxer.finish()?;
    Ok(())
}

fn open_take(run: &Run<'_>, delivery: &Delivery, shot: &PlacedShot) -> Result<PictureReader, ExecuteError> {
    let unknown = || ExecuteError::NoTake { shot: format!("{}/{}", shot.scene_id, shot.shot_id) };
    let take = delivery.takes.get(&shot.conform_key).ok_or_else(unknown)?;
    let spec = PictureSpec {
        size: run.job.plan.size,
        rate: run.job.plan.rate,
        fit: take.fit,
        optical_flow: delivery.optical_flow,
        deep_color: delivery.codec.is_deep_color(),
    };
    Ok(PictureReader::open(&take.path, &spec, run.cancel)?)
}

/// First frame in the film, length and place in its fade of every piece that is part of one.
fn fade_stretches(video: &[Segment]) -> Vec<(u64, u64, Dip)> {
    let mut film_frame = 0;
    let mut stretches = Vec::new();
    for segment in video {
        if let Segment::Encode(encode) = segment {
            let mut at = film_frame;
            for piece in &encode.pieces {
                stretches.extend(piece.dip.map(|dip| (at, piece.frame_count(), dip)));
                at += Piece::frame_count(piece);
            }
        }
        film_frame += segment.frame_count();
    }
    stretches
}
