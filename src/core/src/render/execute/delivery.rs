//! Other formats than the master's, made from the original takes: no picture is encoded twice, but for the seams, whose
//! pictures are those of the master.

use super::{ExecuteError, Run, encode::parse_key, write::SoundWriter};
use crate::{
    film::FitMode,
    media::{
        ConformedReader, Deepener, FilmMuxer, MuxSpec, Picture, PictureCodec, PictureEncoder, PictureFormat,
        PictureReader, PictureSpec, SoundCodec, darkened, shared,
    },
    render::{
        loudness::LoudnessPlan,
        plan::{Dip, EncodeKind, EncodeSegment, Piece, PlacedShot, Segment},
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
    let mut seams = SeamPictures::new(run, delivery.codec.is_deep_color());
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
            let picture = seams.picture(film_frame)?.unwrap_or(picture);
            let dip = dips.get(next_dip).filter(|(start, ..)| *start <= film_frame);
            let mut shown = dip
                .map_or_else(|| shared(&picture), |(start, _, dip)| darkened(&picture, dip.level(film_frame - start)));
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

/// The smoothed pictures of the film's seams, each read when it comes.
struct SeamPictures<'a> {
    run: Run<'a>,
    /// First frame in the film and segment of the seams to come.
    coming: std::vec::IntoIter<(u64, &'a EncodeSegment)>,
    next: Option<(u64, &'a EncodeSegment)>,
    /// The seam that is being read.
    open: Option<ConformedReader>,
    deepener: Option<Deepener>,
}

impl<'a> SeamPictures<'a> {
    fn new(run: &Run<'a>, deep_color: bool) -> Self {
        let (mut film_frame, mut seams) = (0, Vec::new());
        for segment in &run.job.plan.video {
            match segment {
                Segment::Encode(encode) if matches!(encode.kind, EncodeKind::Seam { .. }) => {
                    seams.push((film_frame, encode));
                }
                _ => {}
            }
            film_frame += segment.frame_count();
        }
        let mut coming = seams.into_iter();
        let next = coming.next();
        Self { run: *run, coming, next, open: None, deepener: deep_color.then(Deepener::default) }
    }

    /// The picture of a frame that is part of a seam. Frames are asked for in order.
    fn picture(&mut self, film_frame: u64) -> Result<Option<Picture>, ExecuteError> {
        let Some((start, segment)) = self.next else { return Ok(None) };
        if film_frame < start {
            return Ok(None);
        }
        let frames = segment.frame_count();
        if film_frame == start {
            let key = parse_key("segment", &segment.key)?;
            let missing = || ExecuteError::Missing { what: "segment", key: segment.key.clone() };
            let path = self.run.cache.get(&key, "mp4").ok_or_else(missing)?;
            self.open = Some(ConformedReader::open(&path, self.run.job.plan.rate, 0..frames)?);
        }
        if film_frame + 1 == start + frames {
            self.next = self.coming.next();
        }
        let picture = self.open.as_mut().map(ConformedReader::next_picture).transpose()?.flatten();
        match (picture, &mut self.deepener) {
            (Some(picture), Some(deepener)) => Ok(Some(deepener.deepen(&picture)?)),
            (picture, _) => Ok(picture),
        }
    }
}
