//! Where every shot lies on the film's frames. Shots follow each other without gap or overlap; one without a take is as
//! long as it asks to be.

use kinora_core::{
    film::{FilmScene, Shot},
    time::FrameRate,
};
use std::sync::Arc;

/// Where a shot lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShotSpan {
    /// Place of its scene in the film.
    pub scene_index: usize,
    /// Place in its scene.
    pub shot_index: usize,
    /// First frame, counted from the start of the film.
    pub start_frame: u64,
    /// Length in frames, at least 1.
    pub frames: u64,
}

impl ShotSpan {
    /// The frame after its last one.
    #[must_use]
    pub const fn end_frame(&self) -> u64 {
        self.start_frame + self.frames
    }
}

/// Where a scene lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SceneSpan {
    /// First frame, counted from the start of the film.
    pub start_frame: u64,
    /// Length in frames; 0 for a scene without shots.
    pub frames: u64,
    /// Place of its first shot among all shots.
    pub first_shot: usize,
    /// Number of its shots.
    pub shots: usize,
}

/// Frames of a shot's take at the film's rate, before its points; what it asks for while it has none.
#[must_use]
pub fn take_frames(shot: &Shot, rate: FrameRate) -> u64 {
    let media = shot.chosen_take().and_then(|take| take.media.as_ref());
    rate.secs_to_frames(media.map_or(shot.duration, |media| media.duration_secs)).max(1)
}

/// Frames that a shot shows, at least 1.
#[must_use]
pub fn shot_frames(shot: &Shot, rate: FrameRate) -> u64 {
    let end = shot.out_frame.unwrap_or(u64::MAX).min(take_frames(shot, rate));
    end.saturating_sub(shot.in_frame).max(1)
}

pub(super) fn lay_out(scenes: &[Arc<FilmScene>], rate: FrameRate) -> (Vec<SceneSpan>, Vec<ShotSpan>) {
    let mut scene_spans = Vec::with_capacity(scenes.len());
    let mut shot_spans = Vec::new();
    let mut frame = 0;
    for (scene_index, scene) in scenes.iter().enumerate() {
        let (start_frame, first_shot) = (frame, shot_spans.len());
        for (shot_index, shot) in scene.shots.iter().enumerate() {
            let frames = shot_frames(shot, rate);
            shot_spans.push(ShotSpan { scene_index, shot_index, start_frame: frame, frames });
            frame += frames;
        }
        let shots = scene.shots.len();
        scene_spans.push(SceneSpan { start_frame, frames: frame - start_frame, first_shot, shots });
    }
    (scene_spans, shot_spans)
}
