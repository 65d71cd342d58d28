//! `scene.json`: a scene and its shots in order.

use super::{AudioTracks, ExtraFields, LaneMixes, Shot, VoiceLine, VoiceSource, limits};
use crate::ids::{SceneId, ShotId};
use serde::{Deserialize, Serialize};

/// `scene.json`; the first fields are the mission's, the rest Kinora's. Called `FilmScene` because Bevy's prelude exports a trait `Scene`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilmScene {
    /// Stable name, and the name of the scene's folder.
    pub scene_id: SceneId,
    /// Title, for example `Aubrey Arrives in London`.
    #[serde(default)]
    pub title: String,
    /// The shots in the order they play.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_SHOTS_PER_SCENE }>")]
    pub shots: Vec<Shot>,
    /// The sound files of the lanes.
    #[serde(default)]
    pub audio_tracks: AudioTracks,
    /// Scene-level narrative prompt, added to the prompt of every shot.
    #[serde(default)]
    pub prompt: String,
    /// Template of this scene's prompts, in place of the film's `scene_prompt_template`; empty for the film's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt_template: String,
    /// How the lanes are mixed.
    #[serde(default)]
    pub audio_mix: LaneMixes,
    /// What the voice lane plays.
    #[serde(default)]
    pub voice_source: VoiceSource,
    /// The lines of dialogue.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_LINES_PER_SCENE }>")]
    pub voice_lines: Vec<VoiceLine>,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl FilmScene {
    /// A scene with nothing in it.
    #[must_use]
    pub fn new(scene_id: SceneId, title: impl Into<String>) -> Self {
        Self {
            scene_id,
            title: title.into(),
            shots: Vec::new(),
            audio_tracks: AudioTracks::default(),
            prompt: String::new(),
            prompt_template: String::new(),
            audio_mix: LaneMixes::default(),
            voice_source: VoiceSource::default(),
            voice_lines: Vec::new(),
            extra: ExtraFields::new(),
        }
    }

    /// A shot by name.
    #[must_use]
    pub fn shot(&self, shot_id: &ShotId) -> Option<&Shot> {
        self.shots.iter().find(|shot| shot.shot_id == *shot_id)
    }
}
