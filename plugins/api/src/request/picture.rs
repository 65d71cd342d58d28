//! Requests whose answer is a picture.

use super::{CharacterSketch, Parameters, Slate};
use crate::{AspectRatio, Rate, SizePx};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A clip from words, reference frames and characters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VideoRequest {
    /// Model, without the provider.
    pub model: String,
    /// What the film maker wrote.
    pub prompt: String,
    /// What is sent: the prompt within its template, with the characters' style tokens.
    pub final_prompt: String,
    /// The scene's narrative prompt, which the final prompt holds already: where and when it plays.
    #[serde(default)]
    pub scene_prompt: String,
    /// What must not be in the picture, where the model takes it.
    #[serde(default)]
    pub negative_prompt: String,
    /// Length in seconds.
    pub duration_secs: f64,
    /// Shape of the picture; absent leaves it to `size_px` or the model.
    #[serde(default)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Size of the picture, where the model takes one.
    #[serde(default)]
    pub size_px: Option<SizePx>,
    /// Frame rate, where the model takes one.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// The clip starts at this picture.
    #[serde(default)]
    pub reference_first_frame: Option<PathBuf>,
    /// The clip ends at this picture.
    #[serde(default)]
    pub reference_last_frame: Option<PathBuf>,
    /// Pictures for style and content, beside the characters' portraits.
    #[serde(default)]
    pub reference_images: Vec<PathBuf>,
    /// Who is in the shot.
    #[serde(default)]
    pub characters: Vec<CharacterSketch>,
    /// Camera move in words, if it was set apart from the prompt: `pan left`.
    #[serde(default)]
    pub camera: Option<String>,
    /// Slate labels.
    #[serde(default)]
    pub slate: Slate,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

impl VideoRequest {
    /// A request with nothing but words and a length.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>, duration_secs: f64) -> Self {
        let prompt = prompt.into();
        Self { model: model.into(), final_prompt: prompt.clone(), prompt, duration_secs, ..Self::default() }
    }

    pub(super) fn files(&self) -> Vec<(&'static str, &Path)> {
        let mut files = Vec::new();
        files.extend(self.reference_first_frame.as_deref().map(|path| ("reference_first_frame", path)));
        files.extend(self.reference_last_frame.as_deref().map(|path| ("reference_last_frame", path)));
        files.extend(self.reference_images.iter().map(|path| ("reference_images", path.as_path())));
        files.extend(portraits(&self.characters));
        files
    }
}

/// A still from words, references and characters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageRequest {
    /// Model, without the provider.
    pub model: String,
    /// What the film maker wrote.
    pub prompt: String,
    /// What is sent: the prompt within its template, with the characters' style tokens.
    pub final_prompt: String,
    /// The scene's narrative prompt, which the final prompt holds already: where and when it plays.
    #[serde(default)]
    pub scene_prompt: String,
    /// Shape of the picture; absent leaves it to `size_px` or the model.
    #[serde(default)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Size of the picture, where the model takes one.
    #[serde(default)]
    pub size_px: Option<SizePx>,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Pictures to edit or to follow, beside the characters' portraits.
    #[serde(default)]
    pub reference_images: Vec<PathBuf>,
    /// Who is in the picture.
    #[serde(default)]
    pub characters: Vec<CharacterSketch>,
    /// Slate labels.
    #[serde(default)]
    pub slate: Slate,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}

impl ImageRequest {
    /// A request with nothing but words.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        let prompt = prompt.into();
        Self { model: model.into(), final_prompt: prompt.clone(), prompt, ..Self::default() }
    }

    pub(super) fn files(&self) -> Vec<(&'static str, &Path)> {
        let references = self.reference_images.iter().map(|path| ("reference_images", path.as_path()));
        references.chain(portraits(&self.characters)).collect()
    }
}

fn portraits(characters: &[CharacterSketch]) -> impl Iterator<Item = (&'static str, &Path)> {
    characters.iter().flat_map(|character| &character.portraits).map(|path| ("characters", path.as_path()))
}

/// What a voice is laid under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LipSyncPicture {
    /// A clip whose lips are redrawn.
    Video(PathBuf),
    /// A still that starts to speak.
    Image(PathBuf),
}

impl LipSyncPicture {
    /// The file, whichever it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Video(path) | Self::Image(path) => path,
        }
    }
}

/// A picture whose lips follow a voice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LipSyncRequest {
    /// Model, without the provider.
    pub model: String,
    /// The clip or the still.
    pub picture: LipSyncPicture,
    /// The voice, a WAV.
    pub voice: PathBuf,
    /// Directions, where the model takes them.
    #[serde(default)]
    pub prompt: String,
    /// Length of the voice in seconds, for the price; absent when it was not probed.
    #[serde(default)]
    pub duration_secs: Option<f64>,
    /// Seed; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Model-specific values.
    #[serde(default)]
    pub parameters: Parameters,
}
