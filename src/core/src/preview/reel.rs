//! Which frame of which file of the cache a moment of a scene is, once the scene is planned as a render plans it.

use crate::{
    film::{Film, FilmScene, ProjectLayout, Shot},
    ids::ShotId,
    progress::CancelToken,
    render::{
        RenderError, outlook,
        plan::{EncodeKind, EncodeSegment, RenderPlan, Segment},
    },
    store::{Cache, FileHashes},
};
use std::collections::HashMap;

/// The pictures of one scene of a film, put together as a render puts them together: packets of conformed takes, and
/// what a render encodes for seams, fades and trims.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SceneReel {
    /// First frame in the reel and length of each shot that can be shown.
    shots: HashMap<ShotId, (u64, u64)>,
    parts: Vec<Part>,
    /// Whether every shot with a take is part of it.
    is_complete: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Part {
    start_frame: u64,
    segment: Segment,
    /// Name in the cache of the conformed take or of the segment.
    key: blake3::Hash,
}

/// Where a frame of a film lies in the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReelFrame {
    /// In a conformed take, whose packets a render copies.
    Take {
        /// The take's name in the cache.
        key: blake3::Hash,
        /// Frame of its file.
        frame: u64,
    },
    /// In a segment that a render encodes once, and that may not be made yet.
    Segment {
        /// The segment's name in the cache.
        key: blake3::Hash,
        /// Frame of its file.
        frame: u64,
        /// What stands in for it until then.
        plain: PlainFrame,
    },
}

/// A frame of a conformed take in place of one that is not made yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlainFrame {
    /// The take's name in the cache.
    pub key: blake3::Hash,
    /// Frame of its file.
    pub frame: u64,
    /// Share of its light that shows, where it is part of a fade.
    pub level: Option<f64>,
    /// Whether a smoothed cut will take its place.
    pub is_seam: bool,
}

impl SceneReel {
    /// Plans a scene from what is conformed. `head` gives title, rate, size and settings; its scenes are not looked at.
    ///
    /// # Errors
    /// [`RenderError::Plan`] for a shot that shows no frame; [`RenderError::Cancelled`].
    pub fn of(
        scene: &FilmScene,
        head: &Film,
        layout: &ProjectLayout,
        (cache, hashes): (&Cache, &FileHashes),
        cancel: &CancelToken,
    ) -> Result<Self, RenderError> {
        let mut alone = Film { metadata: head.metadata.clone(), settings: head.settings.clone(), ..Film::default() };
        alone.metadata.scene_order = vec![scene.scene_id.clone()];
        alone.scenes = vec![scene.clone()];
        let plan = outlook(&alone, layout, cache, hashes, cancel)?;
        let mut reel = plan.map(|plan| Self::of_plan(&plan)).unwrap_or_default();
        let with_take = scene.shots.iter().filter(|shot| shot.file_path.is_some());
        reel.is_complete = with_take.into_iter().all(|shot| reel.shots.contains_key(&shot.shot_id));
        Ok(reel)
    }

    /// Whether two states of a scene have the same reel, as far as the scene goes: words, sounds and takes that are not
    /// chosen change nothing.
    #[must_use]
    pub fn is_of_both(one: &FilmScene, other: &FilmScene) -> bool {
        let same = |(one, other): (&Shot, &Shot)| {
            one.shot_id == other.shot_id
                && one.file_path == other.file_path
                && (one.in_frame, one.out_frame, one.fit) == (other.in_frame, other.out_frame, other.fit)
                && one.smooth == other.smooth
                && one.continuity_source == other.continuity_source
        };
        one.scene_id == other.scene_id
            && one.shots.len() == other.shots.len()
            && one.shots.iter().zip(&other.shots).all(same)
    }

    /// The reel of a plan of one scene. Parts whose key is no key are left out.
    #[must_use]
    pub fn of_plan(plan: &RenderPlan) -> Self {
        let shots = plan.shots.iter();
        let shots = shots.map(|shot| (shot.shot_id.clone(), (shot.film_start_frame, shot.frame_count()))).collect();
        let (mut parts, mut start_frame) = (Vec::new(), 0);
        for segment in &plan.video {
            let name = match segment {
                Segment::Copy { conform_key, .. } => conform_key,
                Segment::Encode(encode) => &encode.key,
            };
            if let Ok(key) = blake3::Hash::from_hex(name) {
                parts.push(Part { start_frame, segment: segment.clone(), key });
            }
            start_frame += segment.frame_count();
        }
        Self { shots, parts, is_complete: true }
    }

    /// Whether every shot that has a take is in it; if not, another try is due when takes were conformed.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Where a frame of a shot lies, counted from the shot's first frame; past its end it is the shot's last. `None` for
    /// a shot that is not planned.
    #[must_use]
    pub fn frame(&self, shot_id: &ShotId, frame_of_shot: u64) -> Option<ReelFrame> {
        let (start, length) = *self.shots.get(shot_id)?;
        let at = start + frame_of_shot.min(length.checked_sub(1)?);
        let index = self.parts.partition_point(|part| part.start_frame <= at).checked_sub(1)?;
        let Part { start_frame, segment, key } = &self.parts[index];
        let offset = at - start_frame;
        match segment {
            Segment::Copy { frames, .. } => (offset < frames.end - frames.start)
                .then_some(ReelFrame::Take { key: *key, frame: frames.start + offset }),
            Segment::Encode(encode) => {
                Some(ReelFrame::Segment { key: *key, frame: offset, plain: plain_frame(encode, offset)? })
            }
        }
    }

    /// What a render encodes of it: the first frame within the reel, the name in the cache, and the segment.
    pub fn encodes(&self) -> impl Iterator<Item = (u64, blake3::Hash, &EncodeSegment)> {
        self.parts.iter().filter_map(|part| match &part.segment {
            Segment::Encode(encode) => Some((part.start_frame, part.key, encode)),
            Segment::Copy { .. } => None,
        })
    }
}

fn plain_frame(encode: &EncodeSegment, mut offset: u64) -> Option<PlainFrame> {
    for piece in &encode.pieces {
        if offset < piece.frame_count() {
            return Some(PlainFrame {
                key: blake3::Hash::from_hex(&piece.conform_key).ok()?,
                frame: piece.frames.start + offset,
                level: piece.dip.map(|dip| dip.level(offset)),
                is_seam: matches!(encode.kind, EncodeKind::Seam { .. }),
            });
        }
        offset -= piece.frame_count();
    }
    None
}
