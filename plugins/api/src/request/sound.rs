//! Requests whose answer is sound.

use super::Parameters;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A line of dialogue or narration, spoken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpeechRequest {
    /// Model, without the provider.
    pub model: String,
    /// What is said.
    pub text: String,
    /// The vendor's voice; absent chooses one for the speaker, the same one each time.
    #[serde(default)]
    pub voice_id: Option<String>,
    /// Who says it, as the film names them; empty for a narrator.
    #[serde(default)]
    pub speaker: String,
    /// BCP 47 language of the text, where the model takes one: `en-GB`.
    #[serde(default)]
    pub language: Option<String>,
    /// What is said before, for the melody of the line.
    #[serde(default)]
    pub previous_text: String,
    /// What is said after, for the melody of the line.
    #[serde(default)]
    pub next_text: String,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

impl SpeechRequest {
    /// A line for a speaker.
    #[must_use]
    pub fn new(model: impl Into<String>, speaker: impl Into<String>, text: impl Into<String>) -> Self {
        Self { model: model.into(), speaker: speaker.into(), text: text.into(), ..Self::default() }
    }
}

/// A recording, in another voice, with its timing and feeling kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VoiceConversionRequest {
    /// Model, without the provider.
    pub model: String,
    /// The recording, a WAV.
    pub recording: PathBuf,
    /// The vendor's voice; absent chooses one for the speaker, the same one each time.
    #[serde(default)]
    pub voice_id: Option<String>,
    /// Who speaks, as the film names them.
    #[serde(default)]
    pub speaker: String,
    /// Length of the recording in seconds, for the price; absent when it was not probed.
    #[serde(default)]
    pub duration_secs: Option<f64>,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

/// A piece of music.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MusicRequest {
    /// Model, without the provider.
    pub model: String,
    /// Mood, instruments, period, in words.
    pub prompt: String,
    /// Length in seconds.
    pub duration_secs: f64,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

impl MusicRequest {
    /// A piece of a length.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>, duration_secs: f64) -> Self {
        Self { model: model.into(), prompt: prompt.into(), duration_secs, ..Self::default() }
    }
}

/// A sound effect, or a bed of ambience.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SoundEffectRequest {
    /// Model, without the provider.
    pub model: String,
    /// What is heard.
    pub prompt: String,
    /// Length in seconds; absent leaves it to the model.
    #[serde(default)]
    pub duration_secs: Option<f64>,
    /// Whether the end must join the start without a seam.
    #[serde(default)]
    pub looped: bool,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

impl SoundEffectRequest {
    /// A sound of a length.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>, duration_secs: f64) -> Self {
        Self { model: model.into(), prompt: prompt.into(), duration_secs: Some(duration_secs), ..Self::default() }
    }
}
