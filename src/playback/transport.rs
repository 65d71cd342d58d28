//! What the keys and the buttons of playback change: a state of plain values, and the rules by which it moves.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The fastest playback, in times of real time.
pub const FASTEST: f64 = 8.0;

/// How the film plays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transport {
    /// The frame under the playhead.
    pub frame: u64,
    /// Times real time; negative backwards; 0 stands still.
    pub speed: f64,
    /// Whether playing starts again at the end.
    pub looped: bool,
    /// A stretch around a cut that is played, and where the playhead goes back to.
    pub around: Option<Around>,
    /// The frame that a hand drags the playhead over, until its sound is played.
    pub scrubbed: Option<u64>,
    /// What the maker chose.
    pub choice: Choice,
}

/// What the maker chose of playback; outlives a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// What plays.
    pub scope: Scope,
    /// Seconds played before a cut.
    pub pre_roll_secs: f64,
    /// Seconds played after it.
    pub post_roll_secs: f64,
    /// Whether a drag of the playhead is heard.
    pub scrub_sound: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { scope: Scope::Film, pre_roll_secs: 2.0, post_roll_secs: 2.0, scrub_sound: true }
    }
}

impl Choice {
    /// Longest pre- and post-roll, in seconds.
    pub const LONGEST_ROLL_SECS: f64 = 30.0;

    /// The same within what makes sense: it may come from a file that was edited by hand.
    #[must_use]
    pub fn sensible(self) -> Self {
        let roll = |secs: f64| if secs.is_finite() { secs.clamp(0.0, Self::LONGEST_ROLL_SECS) } else { 2.0 };
        Self { pre_roll_secs: roll(self.pre_roll_secs), post_roll_secs: roll(self.post_roll_secs), ..self }
    }
}

/// How far playback goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To the end of the film.
    #[default]
    Film,
    /// To the end of the scene under the playhead.
    Scene,
}

/// A stretch around a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// The frames that play.
    pub range: Range<u64>,
    /// Where the playhead is put when they have played.
    pub back_to: u64,
}

/// The film as playback needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmTimes {
    /// The film's rate.
    pub rate: kinora_core::time::FrameRate,
    /// Its length in frames.
    pub frames: u64,
    /// In and out, in frames.
    pub marks: (Option<u64>, Option<u64>),
    /// The scene under the playhead.
    pub scene: Range<u64>,
}

impl Transport {
    /// Plays, or stops.
    pub fn toggle(&mut self) {
        let speed = if self.speed == 0.0 { 1.0 } else { 0.0 };
        self.play(speed);
    }

    /// J and L: each press of the same direction plays faster, one of the other turns round.
    pub fn shuttle(&mut self, direction: f64) {
        let speed = if self.speed * direction > 0.0 { self.speed * 2.0 } else { direction };
        self.play(speed.clamp(-FASTEST, FASTEST));
    }

    /// Stops where the playhead is.
    pub fn stop(&mut self) {
        self.play(0.0);
    }

    fn play(&mut self, speed: f64) {
        self.speed = speed;
        self.around = None;
    }

    /// Plays from a little before a cut to a little after it, and puts the playhead on it.
    pub fn play_around(&mut self, cut: u64, times: &FilmTimes) {
        let before = times.rate.secs_to_frames(self.choice.pre_roll_secs);
        let after = times.rate.secs_to_frames(self.choice.post_roll_secs);
        let start = cut.saturating_sub(before);
        let end = cut.saturating_add(after).min(times.frames).max(start + 1);
        self.play(1.0);
        self.frame = start;
        self.around = Some(Around { range: start..end, back_to: cut });
    }

    /// A hand holds the playhead at a frame: playback stops, and the frame is heard.
    pub fn scrub(&mut self, frame: u64) {
        self.stop();
        self.scrubbed = Some(frame);
    }

    /// The frames that playback stays in: a stretch around a cut, else in to out, else the scene or the film.
    #[must_use]
    pub fn range(&self, times: &FilmTimes) -> Range<u64> {
        let whole = 0..times.frames.max(1);
        let range = if let Some(around) = &self.around {
            around.range.clone()
        } else if times.marks != (None, None) {
            times.marks.0.unwrap_or(0)..times.marks.1.unwrap_or(times.frames)
        } else if self.choice.scope == Scope::Scene && !times.scene.is_empty() {
            times.scene.clone()
        } else {
            whole.clone()
        };
        let start = range.start.min(whole.end - 1);
        start..range.end.clamp(start + 1, whole.end)
    }

    /// Where playback starts: at the playhead, or at the range's beginning where nothing lies ahead of it.
    #[must_use]
    pub fn start_frame(&self, range: &Range<u64>) -> u64 {
        let backwards = self.speed < 0.0;
        let is_at_end = self.frame == if backwards { range.start } else { range.end - 1 };
        if range.contains(&self.frame) && !is_at_end {
            self.frame
        } else if backwards {
            range.end - 1
        } else {
            range.start
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::time::FrameRate;

    fn times() -> FilmTimes {
        FilmTimes { rate: FrameRate::FPS_24, frames: 1_000, marks: (None, None), scene: 200..400 }
    }

    #[test]
    fn keys_move_the_speed() {
        let press = |transport: &mut Transport, key: char| match key {
            'j' => transport.shuttle(-1.0),
            'k' => transport.stop(),
            'l' => transport.shuttle(1.0),
            _ => transport.toggle(),
        };
        for (keys, speed) in [
            (" ", 1.0),
            ("  ", 0.0),
            ("l", 1.0),
            ("ll", 2.0),
            ("lll", 4.0),
            ("llll", 8.0),
            ("lllll", 8.0),
            ("j", -1.0),
            ("jjjjj", -8.0),
            ("lllj", -1.0),
            ("jjl", 1.0),
            ("llk", 0.0),
            ("llkl", 1.0),
            ("ll ", 0.0),
            ("ll  ", 1.0),
            ("j ", 0.0),
        ] {
            let mut transport = Transport::default();
            keys.chars().for_each(|key| press(&mut transport, key));
            assert_eq!(transport.speed, speed, "{keys:?}");
        }
    }

    #[test]
    fn what_plays_is_the_stretch_around_a_cut_then_in_to_out_then_scene_or_film() {
        let scene = Choice { scope: Scope::Scene, ..Choice::default() };
        let around = Some(Around { range: 350..450, back_to: 400 });
        for (choice, marks, around, expected) in [
            (Choice::default(), (None, None), None, 0..1_000),
            (scene, (None, None), None, 200..400),
            (scene, (Some(300), None), None, 300..1_000),
            (Choice::default(), (None, Some(50)), None, 0..50),
            (Choice::default(), (Some(40), Some(50)), None, 40..50),
            // Marks that cross, and marks past the end of a film that became shorter, leave a frame.
            (Choice::default(), (Some(60), Some(50)), None, 60..61),
            (Choice::default(), (Some(2_000), Some(3_000)), None, 999..1_000),
            (scene, (Some(300), None), around, 350..450),
        ] {
            let transport = Transport { choice, around, ..Transport::default() };
            let found = transport.range(&FilmTimes { marks, ..times() });
            assert_eq!(found, expected, "{choice:?}, {marks:?}");
        }
        let empty = FilmTimes { frames: 0, scene: 0..0, ..times() };
        assert_eq!(Transport { choice: scene, ..Transport::default() }.range(&empty), 0..1);
    }

    #[test]
    fn playback_starts_at_the_playhead_or_over_again() {
        for (frame, speed, expected) in [
            (250, 1.0, 250),
            (200, 1.0, 200),
            (399, 1.0, 200),
            (500, 1.0, 200),
            (10, 1.0, 200),
            (250, -1.0, 250),
            (200, -1.0, 399),
            (399, -2.0, 399),
            (500, -1.0, 399),
        ] {
            let transport = Transport { frame, speed, ..Transport::default() };
            assert_eq!(transport.start_frame(&(200..400)), expected, "from {frame} at {speed}");
        }
    }

    #[test]
    fn around_a_cut_is_pre_and_post_roll_inside_the_film() {
        let choice = Choice { pre_roll_secs: 1.0, post_roll_secs: 2.0, ..Choice::default() };
        for (cut, range) in [(400, 376..448), (10, 0..58), (990, 966..1_000), (1_000, 976..1_000)] {
            let mut transport = Transport { choice, ..Transport::default() };
            transport.play_around(cut, &times());
            assert_eq!((transport.frame, transport.speed), (range.start, 1.0));
            assert_eq!(transport.around, Some(Around { range, back_to: cut }));
            transport.toggle();
            assert_eq!((transport.speed, transport.around), (0.0, None));
        }
    }
}
