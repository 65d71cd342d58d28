//! When the lines of dialogue of a scene are spoken.

use kinora_core::{film::FilmScene, ids::ShotId, preview::SceneMap, time::FrameRate};
use std::{collections::HashMap, sync::Arc};

/// Seconds that a line takes which is not spoken yet, and characters a second: about as long as it takes to read.
const LEAST_SECS: f64 = 0.5;
const CHARACTERS_PER_SEC: f64 = 15.0;

/// A line of dialogue in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineSpan {
    /// Place among the lines of its scene.
    pub line_index: usize,
    /// Place in its scene of the shot it belongs to.
    pub shot_index: usize,
    /// First frame of that shot, counted from the start of the scene.
    pub shot_frame: u64,
    /// Its own first frame, counted from the start of the scene.
    pub start_frame: u64,
    /// Length in seconds; about that of reading it while it is not spoken.
    pub secs: f64,
}

/// The lines of a scene that have a shot, by when they begin.
pub(super) fn lines_of(
    scene: &FilmScene,
    map: &SceneMap,
    places: &HashMap<ShotId, usize>,
    rate: FrameRate,
) -> Arc<[LineSpan]> {
    let spans = scene.voice_lines.iter().enumerate().filter_map(|(line_index, line)| {
        let shot_index = *places.get(&line.shot_id)?;
        let shot_frame = map.shots.get(shot_index)?.start_frame;
        let start_frame = shot_frame + rate.secs_to_frames(line.offset_secs.max(0.0));
        let reading = LEAST_SECS + line.text.len() as f64 / CHARACTERS_PER_SEC;
        let secs = if line.duration_secs > 0.0 { line.duration_secs } else { reading };
        Some(LineSpan { line_index, shot_index, shot_frame, start_frame, secs })
    });
    let mut spans: Vec<_> = spans.collect();
    spans.sort_by_key(|span| span.start_frame);
    spans.into()
}
