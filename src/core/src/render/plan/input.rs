//! What a plan is made from: the part of a film that a render depends on, with nothing left to look up.

use crate::{
    film::{FrameSize, LaneMix, SmoothingEngine},
    ids::{LineId, SceneId, ShotId},
    time::FrameRate,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Everything a render depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanInput {
    /// One scene, or the whole film.
    pub kind: RenderKind,
    /// Title for the file's tags.
    pub title: String,
    /// The film's rate.
    pub rate: FrameRate,
    /// The film's picture size.
    pub size: FrameSize,
    /// Length of each fade between scenes in seconds; 0 cuts.
    pub scene_fade_secs: f64,
    /// How far music and ambience step back under speech, in decibels (positive).
    pub duck_db: f64,
    /// What the sound is brought to.
    pub loudness: LoudnessGoal,
    /// The scenes in the order they play.
    pub scenes: Vec<SceneInput>,
}

impl PlanInput {
    /// Length of each fade of a scene in frames: never more than half the scene.
    pub(super) fn fade_frames(&self, scene_frames: u64) -> u64 {
        match self.kind {
            RenderKind::Scene => 0,
            RenderKind::Film => self.rate.secs_to_frames(self.scene_fade_secs).min(scene_frames / 2),
        }
    }
}

/// What is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderKind {
    /// A scene on its own: no fades, no chapters.
    Scene,
    /// A film: every scene comes up from black and goes down to it, and is a chapter.
    Film,
}

/// What the finished sound is brought to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoudnessGoal {
    /// Integrated loudness in LUFS; absent leaves the mix as loud as it is.
    pub target_lufs: Option<f64>,
    /// Highest true peak of the finished file in dBTP.
    pub limit_dbtp: f64,
}

/// A scene of a [`PlanInput`].
#[derive(Debug, Clone, PartialEq)]
pub struct SceneInput {
    /// Stable name.
    pub scene_id: SceneId,
    /// Title, for the chapter.
    pub title: String,
    /// The shots that have a take, in the order they play.
    pub shots: Vec<ShotInput>,
    /// Cuts to smooth; empty leaves every cut as it is.
    pub seams: Vec<SeamWindow>,
    /// Speech.
    pub voice: VoiceInput,
    /// Score.
    pub music: Option<LaneInput>,
    /// Room tone.
    pub ambient: Option<LaneInput>,
}

/// A shot of a [`SceneInput`].
#[derive(Debug, Clone, PartialEq)]
pub struct ShotInput {
    /// Stable name within the scene.
    pub shot_id: ShotId,
    /// Key of the chosen take's conformed file: covers the take's content, fit, size, rate and encoder parameters.
    pub conform_key: String,
    /// Length of the conformed file in frames.
    pub conform_frames: u64,
    /// First frame used.
    pub in_frame: u64,
    /// One past the last frame used; absent, or past the end, plays to the end.
    pub out_frame: Option<u64>,
    /// Whether the take has sound of its own.
    pub has_audio: bool,
    /// Gain of that sound in decibels.
    pub gain_db: f64,
    /// Whether that sound is silent.
    pub mute: bool,
}

/// A window around the cut after a shot that is smoothed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeamWindow {
    /// The shot before the cut.
    pub shot_id: ShotId,
    /// Frames before the cut; cut down to half the shot and to what fades leave.
    pub before_frames: u64,
    /// Frames after the cut; cut down likewise.
    pub after_frames: u64,
    /// What makes the pictures.
    pub engine: SmoothingEngine,
    /// Everything else that changes the result, as text.
    pub params: String,
}

/// A sound file on a lane, from any source, conformed to 48 kHz stereo.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneInput {
    /// blake3 of the sound file.
    pub blake3: String,
    /// Length in samples at 48 kHz.
    pub length_samples: u64,
    /// How it is mixed.
    pub mix: LaneMix,
}

/// What the voice lane of a scene plays.
#[derive(Debug, Clone, PartialEq)]
pub enum VoiceInput {
    /// The lines that were spoken, each at its shot.
    Lines {
        /// The lines that have a sound file.
        lines: Vec<LineInput>,
        /// How the lane is mixed.
        mix: LaneMix,
    },
    /// One file for the scene.
    File {
        /// The file.
        lane: LaneInput,
        /// Where in the file someone speaks, in samples, sorted (see [`crate::render::mix::find_speech`]).
        speech_samples: Vec<Range<u64>>,
    },
}

impl Default for VoiceInput {
    fn default() -> Self {
        Self::Lines { lines: Vec::new(), mix: LaneMix::default() }
    }
}

/// A spoken line of dialogue.
#[derive(Debug, Clone, PartialEq)]
pub struct LineInput {
    /// Stable name within the scene.
    pub line_id: LineId,
    /// The shot during which it is spoken.
    pub shot_id: ShotId,
    /// Start after the beginning of the shot, in seconds.
    pub offset_secs: f64,
    /// blake3 of the sound file.
    pub blake3: String,
    /// Length in samples at 48 kHz.
    pub length_samples: u64,
}
