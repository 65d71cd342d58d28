//! What a drag holds on to: cuts, the playhead, the marks, the ends of sounds; and the line that says so.

use super::{Parts, scenes::seen_scenes, view::View};
use crate::ui::{
    desk::Desk,
    model::{ShotName, ShotSpan},
};
use bevy_egui::egui::{Stroke, Ui};
use kinora_core::{
    film::{AudioLane, VoiceSource},
    ids::{LineId, SceneId},
};

/// Points from which a place holds what is dragged.
const REACH_PX: f32 = 8.0;
/// The playhead is held from further, for it is only held when asked to.
const PLAYHEAD_REACH_PX: f32 = 12.0;

/// A sound on a lane by its stable names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SoundName {
    pub(super) scene_id: SceneId,
    pub(super) lane: AudioLane,
    /// The line it is; absent for the sound of a whole lane.
    pub(super) line_id: Option<LineId>,
}

/// Where something is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    /// The frame that holds it.
    pub(super) frame: u64,
    /// Frames by which it moves there.
    pub(super) by_frames: f64,
}

/// The place nearest to one of some borders, if one is in reach.
fn nearest(borders: &[f64], places: impl Iterator<Item = u64>, reach_frames: f64) -> Option<Held> {
    let all =
        places.flat_map(|frame| borders.iter().map(move |border| Held { frame, by_frames: frame as f64 - border }));
    all.filter(|held| held.by_frames.abs() <= reach_frames)
        .min_by(|one, other| one.by_frames.abs().total_cmp(&other.by_frames.abs()))
}

/// Places that stand still whatever is dragged.
fn fixed(desk: &Desk<'_>) -> impl Iterator<Item = u64> + use<> {
    let (mark_in, mark_out) = desk.state.marks;
    [Some(desk.state.transport.frame), mark_in, mark_out].into_iter().flatten()
}

/// The cuts before and after a border.
fn cuts_near(spans: &[ShotSpan], border: f64) -> impl Iterator<Item = u64> + use<'_> {
    let index = spans.partition_point(|span| (span.start_frame as f64) < border);
    spans[index.saturating_sub(1)..(index + 1).min(spans.len())].iter().map(|span| span.start_frame)
}

/// Where the playhead is held: at cuts and marks.
pub(super) fn playhead(desk: &Desk<'_>, view: &View, border: u64) -> u64 {
    if !desk.state.timeline.snapping {
        return border;
    }
    let (mark_in, mark_out) = desk.state.marks;
    let marks = [mark_in, mark_out, Some(desk.model.frames)].into_iter().flatten();
    let places = cuts_near(&desk.model.shot_spans, border as f64).chain(marks);
    nearest(&[border as f64], places, view.frames_of(PLAYHEAD_REACH_PX)).map_or(border, |held| held.frame)
}

/// Where an edge of a shot is held that is to lie at `border`. Everything after the shot moves with it, so only what
/// begins before its end can hold it.
pub(super) fn edge(desk: &Desk<'_>, view: &View, name: &ShotName, border: u64) -> Option<Held> {
    let span = desk.model.span(name).filter(|_| desk.state.timeline.snapping)?;
    let mut places: Vec<u64> = fixed(desk).collect();
    for_each_sound(desk, view, |sound| {
        if sound.scene_index < span.scene_index
            || (sound.scene_index == span.scene_index
                && sound.shot_index.is_none_or(|shot_index| shot_index <= span.shot_index))
        {
            places.push(sound.start_frame);
            places.extend(sound.end_frame.filter(|_| sound.shot_index.is_some()));
        }
    });
    nearest(&[border as f64], places.into_iter(), view.frames_of(REACH_PX))
}

/// Where a sound is held of which these are the borders, in frames of the film. A new one has no name yet.
pub(super) fn sound(desk: &Desk<'_>, view: &View, name: Option<&SoundName>, borders: &[f64]) -> Option<Held> {
    if !desk.state.timeline.snapping {
        return None;
    }
    let mut places: Vec<u64> = fixed(desk).chain([desk.model.frames]).collect();
    for border in borders {
        places.extend(cuts_near(&desk.model.shot_spans, *border));
    }
    for_each_sound(desk, view, |other| {
        if name.is_none_or(|name| !other.is(desk, name)) {
            places.push(other.start_frame);
            places.extend(other.end_frame);
        }
    });
    nearest(borders, places.into_iter(), view.frames_of(REACH_PX))
}

/// A sound in time, in frames of the film.
struct SoundSpan {
    scene_index: usize,
    lane: AudioLane,
    line_index: Option<usize>,
    /// The shot of a line, by its place in its scene.
    shot_index: Option<usize>,
    start_frame: u64,
    /// Absent where it ends with its scene, which is a cut.
    end_frame: Option<u64>,
}

impl SoundSpan {
    fn is(&self, desk: &Desk<'_>, name: &SoundName) -> bool {
        let scene = &desk.model.scenes[self.scene_index];
        let line_id = self.line_index.and_then(|index| scene.voice_lines.get(index)).map(|line| &line.line_id);
        self.lane == name.lane && line_id == name.line_id.as_ref() && scene.scene_id == name.scene_id
    }
}

/// Calls for every sound of the scenes in sight.
fn for_each_sound(desk: &Desk<'_>, view: &View, mut call: impl FnMut(SoundSpan)) {
    let (model, rate) = (desk.model, desk.model.rate());
    for scene_index in seen_scenes(desk, view) {
        let (scene, span) = (&model.scenes[scene_index], model.scene_spans[scene_index]);
        if scene.voice_source == VoiceSource::Lines {
            for line in model.lines_in(scene_index) {
                let start_frame = span.start_frame + line.start_frame;
                call(SoundSpan {
                    scene_index,
                    lane: AudioLane::Voice,
                    line_index: Some(line.line_index),
                    shot_index: Some(line.shot_index),
                    start_frame,
                    end_frame: Some(start_frame + rate.secs_to_frames(line.secs)),
                });
            }
        }
        for lane in [AudioLane::Voice, AudioLane::Music, AudioLane::Ambient] {
            let is_lines = lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines;
            if !is_lines && scene.audio_tracks.lane(lane).is_some() {
                let offset_frames = rate.secs_to_frames(scene.audio_mix.lane(lane).offset_secs.max(0.0));
                let start_frame = span.start_frame + offset_frames;
                call(SoundSpan { scene_index, lane, line_index: None, shot_index: None, start_frame, end_frame: None });
            }
        }
    }
}

/// The line at the frame that holds what is dragged.
pub(super) fn held_ui(ui: &Ui, desk: &Desk<'_>, view: &View, parts: &Parts) {
    if let Some(frame) = desk.state.timeline.held {
        let y = parts.scenes.top()..=parts.tracks.bottom();
        ui.painter().vline(view.x_of(frame), y, Stroke::new(1.0, desk.theme.text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_in_reach_holds_the_nearest_border() {
        let held = |borders: &[f64], places: &[u64]| nearest(borders, places.iter().copied(), 5.0);
        assert_eq!(held(&[103.0], &[90, 100, 107]), Some(Held { frame: 100, by_frames: -3.0 }));
        assert_eq!(held(&[105.5], &[100, 111]), None);
        // The end of what is moved is nearer to its place than its start.
        assert_eq!(held(&[103.0, 148.5], &[100, 150]), Some(Held { frame: 150, by_frames: 1.5 }));
        assert_eq!(held(&[103.0], &[]), None);
        assert_eq!(held(&[], &[100]), None);
    }
}
