//! The sound of a scene: three lanes, and the lines of dialogue that make up the voice lane.

use super::{ExtraFields, ProjectPath};
use crate::ids::{CharacterId, LineId, ShotId};
use serde::{Deserialize, Serialize};

/// A sound lane of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioLane {
    /// Speech.
    Voice,
    /// Score.
    Music,
    /// Room tone, weather, crowd.
    Ambient,
}

impl AudioLane {
    /// Every lane, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::Voice, Self::Music, Self::Ambient];

    /// The lane's name in files and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Music => "music",
            Self::Ambient => "ambient",
        }
    }
}

/// `audio_tracks` of scene.json: a sound file a lane, relative to the scene folder.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioTracks {
    /// Speech.
    pub voice: Option<ProjectPath>,
    /// Score.
    pub music: Option<ProjectPath>,
    /// Room tone.
    pub ambient: Option<ProjectPath>,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl AudioTracks {
    /// The file of a lane.
    #[must_use]
    pub const fn lane(&self, lane: AudioLane) -> Option<&ProjectPath> {
        match lane {
            AudioLane::Voice => self.voice.as_ref(),
            AudioLane::Music => self.music.as_ref(),
            AudioLane::Ambient => self.ambient.as_ref(),
        }
    }

    /// The place of a lane's file.
    pub const fn lane_mut(&mut self, lane: AudioLane) -> &mut Option<ProjectPath> {
        match lane {
            AudioLane::Voice => &mut self.voice,
            AudioLane::Music => &mut self.music,
            AudioLane::Ambient => &mut self.ambient,
        }
    }
}

/// How a lane is mixed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaneMix {
    /// Gain in decibels.
    pub gain_db: f64,
    /// Silent when true.
    pub mute: bool,
    /// Where the lane's file starts in the scene, in seconds; negative starts inside the file.
    pub offset_secs: f64,
    /// Fade in at the start of the lane, in seconds.
    pub fade_in_secs: f64,
    /// Fade out at the end of the lane, in seconds.
    pub fade_out_secs: f64,
    /// Whether a file shorter than the scene starts again.
    #[serde(rename = "loop")]
    pub looped: bool,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl Default for LaneMix {
    fn default() -> Self {
        Self {
            gain_db: 0.0,
            mute: false,
            offset_secs: 0.0,
            fade_in_secs: 0.0,
            fade_out_secs: 0.0,
            looped: false,
            extra: ExtraFields::new(),
        }
    }
}

/// `audio_mix` of scene.json: the mix of each lane.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LaneMixes {
    /// Speech.
    pub voice: LaneMix,
    /// Score.
    pub music: LaneMix,
    /// Room tone.
    pub ambient: LaneMix,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl LaneMixes {
    /// The mix of a lane.
    #[must_use]
    pub const fn lane(&self, lane: AudioLane) -> &LaneMix {
        match lane {
            AudioLane::Voice => &self.voice,
            AudioLane::Music => &self.music,
            AudioLane::Ambient => &self.ambient,
        }
    }

    /// The mix of a lane, to change.
    pub const fn lane_mut(&mut self, lane: AudioLane) -> &mut LaneMix {
        match lane {
            AudioLane::Voice => &mut self.voice,
            AudioLane::Music => &mut self.music,
            AudioLane::Ambient => &mut self.ambient,
        }
    }
}

/// What the voice lane plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceSource {
    /// The voice lines, each at its shot; `audio/voice.wav` is made from them at every render.
    #[default]
    Lines,
    /// The file in `audio_tracks.voice`, which the maker recorded or replaced.
    File,
}

/// A line of dialogue, spoken at a shot. It moves with its shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceLine {
    /// Stable name within the scene.
    pub line_id: LineId,
    /// The shot during which it is spoken.
    pub shot_id: ShotId,
    /// Who speaks; absent for a narrator.
    #[serde(default)]
    pub character_id: Option<CharacterId>,
    /// The words.
    pub text: String,
    /// How they are said, for example `whispering`; empty when unsaid.
    #[serde(default)]
    pub parenthetical: String,
    /// Start after the beginning of the shot, in seconds.
    #[serde(default)]
    pub offset_secs: f64,
    /// The spoken line, relative to the scene folder; absent until generated.
    #[serde(default)]
    pub file_path: Option<ProjectPath>,
    /// Length of the spoken line in seconds; 0 until generated.
    #[serde(default)]
    pub duration_secs: f64,
    /// Voice that spoke it.
    #[serde(default)]
    pub voice_id: String,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}
