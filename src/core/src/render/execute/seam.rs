//! The frames of a seam: read round the cut, smoothed, and handed to the encoder of their segment.

use super::{ExecuteError, Run, Step, encode::parse_key};
use crate::{
    conform,
    continuity::Cut,
    media::{ConformedReader, Picture, from_planes, to_planes},
    planes::YuvFrame,
    progress::CancelToken,
    render::plan::{EncodeKind, EncodeSegment, RenderPlan, Segment},
    smoothing::{Interpolator, SeamContext, SeamReport, SeamSpec, SmoothError, open_engine, smooth_window},
    store::{Cache, write_atomic},
};
use std::ops::Range;

/// Most memory that the frames of seams made at once may take, in bytes.
const FRAMES_BYTES: u64 = 200 << 20;

/// Seams that may be made at once: each holds its window, what lies round it, and what becomes of it.
pub(super) fn most_at_once(run: &Run<'_>, segments: &[&EncodeSegment]) -> usize {
    let frame_bytes = u64::from(run.job.plan.size.width) * u64::from(run.job.plan.size.height) * 3 / 2;
    let seam_frames = |segment: &&EncodeSegment| match &segment.kind {
        EncodeKind::Seam { lead, tail, .. } => {
            3 * segment.frame_count() + (lead.end - lead.start) + (tail.end - tail.start)
        }
        _ => 0,
    };
    let most = segments.iter().map(seam_frames).max().unwrap_or(0) * frame_bytes;
    (FRAMES_BYTES.checked_div(most).unwrap_or(u64::MAX)).clamp(1, 64) as usize
}

/// The smoothed pictures of a segment that is a seam; what was done is kept beside the segment in the cache.
pub(super) fn smoothed(
    run: &Run<'_>,
    key: &blake3::Hash,
    segment: &EncodeSegment,
) -> Result<Option<impl Iterator<Item = Picture> + use<>>, ExecuteError> {
    let (EncodeKind::Seam { engine, lead, tail, .. }, [first, last]) = (&segment.kind, segment.pieces.as_slice())
    else {
        return Ok(None);
    };
    let mut before = read(run, &first.conform_key, lead.start..first.frames.end)?;
    let mut after = read(run, &last.conform_key, last.frames.start..tail.end)?;
    let window_before = before.split_off((lead.end - lead.start) as usize);
    let beyond = after.split_off((last.frames.end - last.frames.start) as usize);
    let context = SeamContext { before: &before, after: &beyond };
    let mut engine = Telling { engine: open_engine(*engine), run: *run };
    let made = smooth_window(&window_before, &after, context, &mut engine, &SeamSpec::default(), run.cancel)?;
    remember(run.cache, key, &made.report)?;
    Ok(Some(made.frames.into_iter().map(|frame| from_planes(&frame))))
}

/// Gaps between frames that an engine is asked for at once: enough to keep every core busy.
const GAPS_AT_ONCE: usize = 16;

/// An engine that is asked for a few gaps at a time and says that it goes on: silence is taken for a hang.
struct Telling<'a> {
    engine: Box<dyn Interpolator>,
    run: Run<'a>,
}

impl Interpolator for Telling<'_> {
    fn fingerprint(&self) -> String {
        self.engine.fingerprint()
    }

    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        let mut made = Vec::with_capacity(instants.len());
        let mut rest = instants;
        while let Some(first) = rest.first() {
            let end = first.floor() + GAPS_AT_ONCE as f64;
            let count = rest.partition_point(|instant| *instant < end).max(1);
            made.extend(self.engine.interpolate(frames, &rest[..count], cancel)?);
            rest = &rest[count..];
            self.run.report("smoothing a seam", Step::Encode, 0);
        }
        Ok(made)
    }
}

fn read(run: &Run<'_>, conform_key: &str, frames: Range<u64>) -> Result<Vec<YuvFrame>, ExecuteError> {
    let conformed = conform::find(run.cache, &parse_key("conformed take", conform_key)?)
        .ok_or_else(|| ExecuteError::Missing { what: "conformed take", key: conform_key.to_owned() })?;
    let mut reader = ConformedReader::open(&conformed.video, run.job.plan.rate, frames)?;
    let mut found = Vec::new();
    while let Some(picture) = reader.next_picture()? {
        run.cancel.check()?;
        found.push(to_planes(&picture)?);
    }
    Ok(found)
}

fn remember(cache: &Cache, key: &blake3::Hash, report: &SeamReport) -> Result<(), ExecuteError> {
    let place = cache.reserve(key, "json")?;
    if let Ok(bytes) = serde_json::to_vec(report) {
        write_atomic(place.final_path(), &bytes)?;
    }
    Ok(())
}

/// What smoothing did at a seam, if the cache has it.
#[must_use]
pub fn find_seam_report(cache: &Cache, segment: &EncodeSegment) -> Option<SeamReport> {
    let key = blake3::Hash::from_hex(&segment.key).ok()?;
    serde_json::from_slice(&std::fs::read(cache.get(&key, "json")?).ok()?).ok()
}

/// The cuts, with what became of their smoothing where the cache knows it.
#[must_use]
pub fn with_outcomes(cuts: &[Cut], plan: &RenderPlan, cache: &Cache) -> Vec<Cut> {
    let mut told = cuts.to_vec();
    let mut film_frame = 0;
    for segment in &plan.video {
        if let Segment::Encode(encode) = segment
            && let (EncodeKind::Seam { .. }, Some(first)) = (&encode.kind, encode.pieces.first())
            && let Some(SeamReport { left_alone: Some(why), .. }) = find_seam_report(cache, encode)
        {
            let cut_frame = film_frame + first.frame_count();
            let after = plan.shots.iter().find(|shot| shot.film_start_frame == cut_frame);
            let cut = after
                .and_then(|shot| told.iter_mut().find(|cut| cut.scene_id == shot.scene_id && cut.to == shot.shot_id));
            if let Some(cut) = cut {
                cut.smoothed = false;
                cut.reason = format!("{}; left as it is: {why}", cut.reason);
            }
        }
        film_frame += segment.frame_count();
    }
    told
}
