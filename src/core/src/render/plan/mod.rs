//! From a film to what a render does: which packets to copy, which few frames to encode, how the sound is mixed.
//!
//! Everything here is pure: the same [`PlanInput`] always gives the same [`RenderPlan`] with the same hash, and
//! nothing on disk is looked at. Every take lies conformed in the cache with a key frame at each multiple of
//! [`FrameRate::gop_frames`]; whole groups of pictures are copied, and only what a trim, a fade or a seam touches is
//! encoded, each piece under a key made of what it shows.

mod input;
mod keys;
mod sound;
#[cfg(test)]
mod tests;
mod video;

pub use input::{
    LaneInput, LineInput, LoudnessGoal, PlanInput, RenderKind, SceneInput, SeamWindow, ShotInput, VoiceInput,
};
pub(in crate::render) use keys::content_hash;
pub use sound::{sound_mix, voice_lines_mix};

use super::mix::MixPlan;
use crate::{
    film::{FrameSize, SmoothingEngine},
    ids::{LineId, SceneId, ShotId},
    time::FrameRate,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a render does, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderPlan {
    /// The film's rate.
    pub rate: FrameRate,
    /// The film's picture size.
    pub size: FrameSize,
    /// Title for the file's tags.
    pub title: String,
    /// The picture: these segments one after the other are the frames `0..total_frames`.
    pub video: Vec<Segment>,
    /// The sound, exactly as long as the picture.
    pub audio: MixPlan,
    /// What the sound is brought to.
    pub loudness: LoudnessGoal,
    /// One for each scene of a film that shows anything; none for a scene.
    pub chapters: Vec<Chapter>,
    /// Where each shot lies.
    pub shots: Vec<PlacedShot>,
    /// What the maker should know about; does not change the render.
    pub notes: Vec<PlanNote>,
    /// Length in frames.
    pub total_frames: u64,
    /// blake3 over everything that changes the output, 64 hex digits. Two plans with one hash give the same film.
    pub hash: String,
}

impl RenderPlan {
    /// Makes the plan.
    ///
    /// # Errors
    /// [`PlanError`] when a shot shows no frame, or nothing at all is left to render.
    pub fn new(input: &PlanInput) -> Result<Self, PlanError> {
        let mut plan = Self {
            rate: input.rate,
            size: input.size,
            title: input.title.clone(),
            video: Vec::new(),
            audio: MixPlan::default(),
            loudness: input.loudness,
            chapters: Vec::new(),
            shots: Vec::new(),
            notes: Vec::new(),
            total_frames: 0,
            hash: String::new(),
        };
        for scene in &input.scenes {
            let placed = video::place_shots(scene, plan.total_frames)?;
            let scene_frames: u64 = placed.iter().map(PlacedShot::frame_count).sum();
            if scene_frames == 0 {
                continue;
            }
            let start_frame = plan.total_frames;
            let fade_frames = input.fade_frames(scene_frames);
            video::plan_scene(input, scene, &placed, fade_frames, &mut plan.video);
            sound::plan_scene(input, scene, &placed, fade_frames, &mut plan.audio, &mut plan.notes);
            plan.total_frames += scene_frames;
            plan.shots.extend(placed);
            if input.kind == RenderKind::Film {
                let title =
                    if scene.title.is_empty() { scene.scene_id.as_str().to_owned() } else { scene.title.clone() };
                plan.chapters.push(Chapter { title, start_frame, end_frame: plan.total_frames });
            }
        }
        if plan.total_frames == 0 {
            return Err(PlanError::NothingToRender);
        }
        plan.hash = keys::plan_hash(&plan);
        Ok(plan)
    }

    /// Segments whose packets are copied.
    #[must_use]
    pub fn copied_segments(&self) -> usize {
        self.video.iter().filter(|segment| matches!(segment, Segment::Copy { .. })).count()
    }

    /// Segments that are encoded, in order.
    pub fn encodes(&self) -> impl Iterator<Item = &EncodeSegment> {
        self.video.iter().filter_map(|segment| match segment {
            Segment::Encode(encode) => Some(encode),
            Segment::Copy { .. } => None,
        })
    }

    /// Frames that are encoded rather than copied.
    #[must_use]
    pub fn encoded_frames(&self) -> u64 {
        self.encodes().map(EncodeSegment::frame_count).sum()
    }
}

/// A run of frames of the finished picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Packets of a conformed take, as they are.
    Copy {
        /// The conformed take.
        conform_key: String,
        /// Frames of the conformed take: starts on a key frame, ends before one or with the take.
        frames: Range<u64>,
    },
    /// Frames made once and kept in the cache under the segment's key.
    Encode(EncodeSegment),
}

impl Segment {
    /// Length in frames.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        match self {
            Self::Copy { frames, .. } => frames.end - frames.start,
            Self::Encode(encode) => encode.frame_count(),
        }
    }
}

/// A run of frames to encode.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EncodeSegment {
    /// blake3 over what it shows, 64 hex digits: the name of the result in the cache.
    pub key: String,
    /// Why it cannot be copied.
    pub kind: EncodeKind,
    /// What it shows, in order.
    pub pieces: Vec<Piece>,
}

impl EncodeSegment {
    /// Length in frames.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.pieces.iter().map(Piece::frame_count).sum()
    }
}

/// Why frames are encoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncodeKind {
    /// An in or out point inside a group of pictures, or what a fade or seam leaves of one.
    Recode,
    /// Holds frames that come up from black.
    FadeIn,
    /// Holds frames that go down to black.
    FadeOut,
    /// A cut that is smoothed: the pieces are the frames that go in, as many come out.
    Seam {
        /// What makes the pictures.
        engine: SmoothingEngine,
        /// Everything else that changes the result, as given in [`SeamWindow::params`].
        params: String,
        /// Frames of the first piece's take that are shown just before the window: they say how fast it moves.
        lead: Range<u64>,
        /// Frames of the last piece's take that are shown just after the window.
        tail: Range<u64>,
    },
}

/// Frames of one conformed take inside an [`EncodeSegment`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// The conformed take.
    pub conform_key: String,
    /// Frames of the conformed take.
    pub frames: Range<u64>,
    /// How they are darkened, if they are part of a fade.
    pub dip: Option<Dip>,
}

impl Piece {
    /// Length in frames.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.frames.end - self.frames.start
    }
}

/// The part of a fade that a piece lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dip {
    /// Up from black or down to it.
    pub direction: FadeDirection,
    /// Which frame of the fade the piece starts with.
    pub first_index: u64,
    /// Length of the whole fade in frames.
    pub fade_frames: u64,
}

impl Dip {
    /// Share of the picture that shows at a frame of the piece: 0 is black, 1 the whole picture.
    ///
    /// The first frame of a fade in and the last of a fade out are black.
    #[must_use]
    pub fn level(&self, frame_of_piece: u64) -> f64 {
        let index = (self.first_index + frame_of_piece).min(self.fade_frames.saturating_sub(1));
        let lit = match self.direction {
            FadeDirection::In => index,
            FadeDirection::Out => self.fade_frames.saturating_sub(1) - index,
        };
        lit as f64 / self.fade_frames.max(1) as f64
    }
}

/// Which way a fade goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FadeDirection {
    /// Up from black, or from silence.
    In,
    /// Down to black, or to silence.
    Out,
}

/// A named part of the finished film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// The scene's title, or its id if it has none.
    pub title: String,
    /// First frame in the film.
    pub start_frame: u64,
    /// One past the last frame.
    pub end_frame: u64,
}

/// Where a shot lies in the finished picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedShot {
    /// Its scene.
    pub scene_id: SceneId,
    /// The shot.
    pub shot_id: ShotId,
    /// Its conformed take.
    pub conform_key: String,
    /// Length of the conformed take in frames.
    pub conform_frames: u64,
    /// Frames of the conformed take that are shown.
    pub source_frames: Range<u64>,
    /// Where its first frame lies in the film.
    pub film_start_frame: u64,
}

impl PlacedShot {
    /// Frames shown.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.source_frames.end - self.source_frames.start
    }
}

/// Something about a film that renders, but perhaps not as its maker means it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanNote {
    /// The end of a line of dialogue lies after the end of its scene and is not heard.
    LineCut {
        /// The scene.
        scene_id: SceneId,
        /// The line.
        line_id: LineId,
        /// How much is lost, in seconds.
        lost_secs: f64,
    },
    /// A line of dialogue belongs to a shot that is not in the render.
    LineWithoutShot {
        /// The scene.
        scene_id: SceneId,
        /// The line.
        line_id: LineId,
        /// The shot it names.
        shot_id: ShotId,
    },
}

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A shot's in and out point leave no frame.
    #[error(
        "{scene_id}/{shot_id} shows no frame: in point {in_frame}, out point {out_frame}, and its take has \
         {conform_frames} frames; set an in point before the out point and inside the take"
    )]
    EmptyShot {
        /// The scene.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
        /// First frame asked for.
        in_frame: u64,
        /// One past the last frame asked for, at most the length of the take.
        out_frame: u64,
        /// Length of the conformed take in frames.
        conform_frames: u64,
    },
    /// No scene holds a shot with a take.
    #[error("there is nothing to render: no shot has a take yet; generate a shot or add a clip first")]
    NothingToRender,
}
