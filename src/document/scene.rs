//! The facts of a scene, and of its sound lanes and lines of dialogue.

use super::facts::facts;
use bevy::prelude::Component;
use kinora_core::{
    film::{AudioLane, ExtraFields, FilmScene, LaneMix, ProjectPath, VoiceLine, VoiceSource},
    ids::{CharacterId, LineId, SceneId, ShotId},
};

/// A scene, by its stable name.
#[derive(Component, Debug, Clone, PartialEq, Eq)]
pub struct SceneKey(pub SceneId);

/// A line of dialogue, by its stable name.
#[derive(Component, Debug, Clone, PartialEq, Eq)]
pub struct LineKey(pub LineId);

/// A sound lane of a scene.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneKey(pub AudioLane);

/// What the files say about one lane, in two places of scene.json.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LaneData {
    /// `audio_tracks`: the lane's sound file, relative to the scene folder.
    pub file: Option<ProjectPath>,
    /// `audio_mix`: how the lane is mixed.
    pub mix: LaneMix,
}

facts! {
    /// One fact of a scene.
    SceneFact, SceneBundle of FilmScene {
        /// Title of the scene.
        Title(String) = SceneTitle, title;
        /// Scene-level narrative prompt.
        Prompt(String) = ScenePrompt, prompt;
        /// Template of the scene's prompts; empty for the film's.
        PromptTemplate(String) = ScenePromptTemplate, prompt_template;
        /// What the voice lane plays.
        VoiceSource(VoiceSource) = SceneVoiceSource, voice_source;
        /// Fields of `audio_tracks` that this build does not know.
        AudioExtra(ExtraFields) = SceneAudioExtra, audio_tracks.extra;
        /// Fields of `audio_mix` that this build does not know.
        MixExtra(ExtraFields) = SceneMixExtra, audio_mix.extra;
        /// Fields of scene.json that this build does not know.
        Extra(ExtraFields) = SceneExtra, extra;
    }
}

facts! {
    /// One fact of a sound lane.
    LaneFact, LaneBundle of LaneData {
        /// The lane's sound file, relative to the scene folder.
        File(Option<ProjectPath>) = LaneFile, file;
        /// Gain in decibels.
        GainDb(f64) = LaneGain, mix.gain_db;
        /// Silent when true.
        Mute(bool) = LaneMute, mix.mute;
        /// Where the file starts in the scene, in seconds.
        OffsetSecs(f64) = LaneOffset, mix.offset_secs;
        /// Fade in at the start, in seconds.
        FadeInSecs(f64) = LaneFadeIn, mix.fade_in_secs;
        /// Fade out at the end, in seconds.
        FadeOutSecs(f64) = LaneFadeOut, mix.fade_out_secs;
        /// Whether a file shorter than the scene starts again.
        Loop(bool) = LaneLoop, mix.looped;
        /// Fields of the lane's mix that this build does not know.
        Extra(ExtraFields) = LaneExtra, mix.extra;
    }
}

facts! {
    /// One fact of a line of dialogue.
    LineFact, LineBundle of VoiceLine {
        /// The shot during which it is spoken.
        Shot(ShotId) = LineShot, shot_id;
        /// Who speaks.
        Character(Option<CharacterId>) = LineCharacter, character_id;
        /// The words.
        Text(String) = LineText, text;
        /// How they are said.
        Parenthetical(String) = LineParenthetical, parenthetical;
        /// Start after the beginning of the shot, in seconds.
        OffsetSecs(f64) = LineOffset, offset_secs;
        /// The spoken line, relative to the scene folder.
        File(Option<ProjectPath>) = LineFile, file_path;
        /// Length of the spoken line in seconds.
        DurationSecs(f64) = LineDuration, duration_secs;
        /// Voice that spoke it.
        Voice(String) = LineVoice, voice_id;
        /// Fields of the line that this build does not know.
        Extra(ExtraFields) = LineExtra, extra;
    }
}
