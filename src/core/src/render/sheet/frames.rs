//! The frames round every cut, as the shots have them and as they were smoothed.

use crate::{
    conform,
    continuity::Cut,
    media::{ConformedReader, MediaError, picture_to_rgb},
    progress::CancelToken,
    render::{
        execute::{ExecuteError, RenderJob},
        plan::{EncodeKind, PlacedShot, Segment},
    },
    store::Cache,
    time::FrameRate,
};
use image::{RgbImage, imageops::FilterType};
use std::{ops::Range, path::Path};

/// Pictures shown on each side of a cut.
const SHOWN_EACH_SIDE: u64 = 4;
/// Frames on each side whose change is drawn, where the cut is not smoothed.
const PLAIN_EACH_SIDE: u64 = 12;

/// A row of the sheet.
pub(super) struct Strip {
    pub(super) label: &'static str,
    pub(super) thumbs: Vec<RgbImage>,
    /// The first picture after the cut.
    pub(super) cut_thumb: usize,
    /// Mean difference of each frame of the window from the one before it.
    pub(super) steps: Vec<f32>,
    /// The difference across the cut.
    pub(super) cut_step: usize,
}

/// One row for a plain cut, two for a smoothed one.
pub(super) fn read_strips(
    job: &RenderJob,
    cuts: &[Cut],
    cache: &Cache,
    (thumb_w, cancel): (u32, &CancelToken),
) -> Result<Vec<Vec<Strip>>, ExecuteError> {
    let reader = Reader { job, cache, thumb_w, cancel };
    cuts.iter().map(|cut| reader.strips(cut)).collect()
}

struct Reader<'a> {
    job: &'a RenderJob,
    cache: &'a Cache,
    thumb_w: u32,
    cancel: &'a CancelToken,
}

impl Reader<'_> {
    fn strips(&self, cut: &Cut) -> Result<Vec<Strip>, ExecuteError> {
        let plan = &self.job.plan;
        let placed = |shot_id: &crate::ids::ShotId| {
            plan.shots.iter().find(|shot| shot.scene_id == cut.scene_id && shot.shot_id == *shot_id)
        };
        let (Some(from), Some(to)) = (placed(&cut.from), placed(&cut.to)) else { return Ok(Vec::new()) };
        let seam = self.seam_at(to.film_start_frame);
        let sides = seam.map_or([PLAIN_EACH_SIDE; 2], |(_, before, after)| [before, after]);
        let before = sides[0].min(from.frame_count());
        let after = sides[1].min(to.frame_count());
        let mut plain = self.shot_frames(from, from.frame_count() - before..from.frame_count())?;
        plain.extend(self.shot_frames(to, 0..after)?);
        let mut strips = vec![strip("before", &plain, before as usize)];
        if let (Some((key, ..)), true) = (seam, cut.smoothed) {
            let key = blake3::Hash::from_hex(key).ok();
            let path = key.and_then(|key| self.cache.get(&key, "mp4"));
            let missing = || ExecuteError::Missing { what: "segment", key: "of a seam".to_owned() };
            let made = self.frames(&path.ok_or_else(missing)?, 0..before + after)?;
            strips.push(strip("after", &made, before as usize));
        }
        Ok(strips)
    }

    /// The key of the seam whose cut lies at a frame of the film, and its frames before and after.
    fn seam_at(&self, film_frame: u64) -> Option<(&str, u64, u64)> {
        let mut at = 0;
        for segment in &self.job.plan.video {
            if let Segment::Encode(encode) = segment
                && let (EncodeKind::Seam { .. }, [before, after]) = (&encode.kind, encode.pieces.as_slice())
                && at + before.frame_count() == film_frame
            {
                return Some((&encode.key, before.frame_count(), after.frame_count()));
            }
            at += segment.frame_count();
        }
        None
    }

    fn shot_frames(&self, shot: &PlacedShot, frames: Range<u64>) -> Result<Vec<RgbImage>, ExecuteError> {
        let missing = || ExecuteError::Missing { what: "conformed take", key: shot.conform_key.clone() };
        let key = blake3::Hash::from_hex(&shot.conform_key).map_err(|_| missing())?;
        let take = conform::find(self.cache, &key).ok_or_else(missing)?;
        let start = shot.source_frames.start;
        self.frames(&take.video, start + frames.start..start + frames.end)
    }

    fn frames(&self, path: &Path, frames: Range<u64>) -> Result<Vec<RgbImage>, ExecuteError> {
        self.cancel.check()?;
        Ok(small_frames(path, self.job.plan.rate, frames, self.thumb_w)?)
    }
}

fn small_frames(path: &Path, rate: FrameRate, frames: Range<u64>, thumb_w: u32) -> Result<Vec<RgbImage>, MediaError> {
    let mut reader = ConformedReader::open(path, rate, frames)?;
    let mut found = Vec::new();
    while let Some(picture) = reader.next_picture()? {
        let full = picture_to_rgb(&picture)?;
        let thumb_h = (full.height() * thumb_w / full.width().max(1)).max(1);
        found.push(image::imageops::resize(&full, thumb_w, thumb_h, FilterType::Triangle));
    }
    Ok(found)
}

fn strip(label: &'static str, frames: &[RgbImage], before: usize) -> Strip {
    let shown = SHOWN_EACH_SIDE as usize;
    let first = before.saturating_sub(shown);
    let end = (before + shown).min(frames.len());
    let steps = frames.windows(2).map(|pair| difference(&pair[0], &pair[1])).collect();
    Strip {
        label,
        thumbs: frames[first..end].to_vec(),
        cut_thumb: before - first,
        steps,
        cut_step: before.saturating_sub(1),
    }
}

/// Mean difference in eight-bit codes.
fn difference(first: &RgbImage, second: &RgbImage) -> f32 {
    let codes = first.as_raw().iter().zip(second.as_raw());
    let sum: u64 = codes.map(|(first, second)| u64::from(first.abs_diff(*second))).sum();
    sum as f32 / first.as_raw().len().max(1) as f32
}
