//! Where every shot lies on the film's frames. Shots follow each other without gap or overlap; one without a take is as
//! long as it asks to be.

use kinora_core::preview::SceneMap;
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
    /// Whether it shows a take.
    pub has_take: bool,
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

pub(super) fn lay_out(maps: &[Arc<SceneMap>]) -> (Vec<SceneSpan>, Vec<ShotSpan>) {
    let mut scene_spans = Vec::with_capacity(maps.len());
    let mut shot_spans = Vec::new();
    let mut start_frame = 0;
    for (scene_index, map) in maps.iter().enumerate() {
        let (frames, shots) = (map.total_frames(), map.shots.len());
        scene_spans.push(SceneSpan { start_frame, frames, first_shot: shot_spans.len(), shots });
        shot_spans.extend(map.shots.iter().enumerate().map(|(shot_index, shot)| ShotSpan {
            scene_index,
            shot_index,
            start_frame: start_frame + shot.start_frame,
            frames: shot.duration_frames,
            has_take: shot.clip.is_some(),
        }));
        start_frame += frames;
    }
    (scene_spans, shot_spans)
}
