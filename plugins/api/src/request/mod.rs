//! What can be asked of a provider. Requests are plain data: a job freezes one to disk before it is sent.
//!
//! [`GenerationRequest`] is the sum; `picture` and `sound` hold the kinds. Lengths are in seconds (the vendors' unit:
//! this is an edge of the film's rational time), sizes in pixels, paths absolute.

mod picture;
mod sound;

pub use picture::{ImageRequest, LipSyncPicture, LipSyncRequest, VideoRequest};
pub use sound::{MusicRequest, SoundEffectRequest, SpeechRequest, VoiceConversionRequest};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Model-specific values by parameter name, as the model's card names them.
pub type Parameters = Map<String, Value>;

/// One thing to generate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GenerationRequest {
    /// A clip.
    Video(VideoRequest),
    /// A still.
    Image(ImageRequest),
    /// A line, spoken.
    Speech(SpeechRequest),
    /// A recording, in another voice.
    VoiceConversion(VoiceConversionRequest),
    /// A picture whose lips follow a voice.
    LipSync(LipSyncRequest),
    /// A piece of music.
    Music(MusicRequest),
    /// An effect or a bed of ambience.
    SoundEffect(SoundEffectRequest),
}

/// The kinds of [`GenerationRequest`], without their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// See [`VideoRequest`].
    Video,
    /// See [`ImageRequest`].
    Image,
    /// See [`SpeechRequest`].
    Speech,
    /// See [`VoiceConversionRequest`].
    VoiceConversion,
    /// See [`LipSyncRequest`].
    LipSync,
    /// See [`MusicRequest`].
    Music,
    /// See [`SoundEffectRequest`].
    SoundEffect,
}

/// Who is in the picture or speaks, as far as a model can use it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CharacterSketch {
    /// Name as the film says it.
    pub name: String,
    /// Style tokens of the character, already part of the final prompt.
    #[serde(default)]
    pub style_tokens: String,
    /// Face references.
    #[serde(default)]
    pub portraits: Vec<PathBuf>,
}

/// What the slate says, where a model draws one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slate {
    /// Scene label, for example `scene_001`.
    pub scene: String,
    /// Shot label, for example `shot_002`.
    pub shot: String,
}

/// Applies one expression to the content of whichever kind a request is.
macro_rules! each {
    ($request:expr, $content:ident => $value:expr) => {
        match $request {
            GenerationRequest::Video($content) => $value,
            GenerationRequest::Image($content) => $value,
            GenerationRequest::Speech($content) => $value,
            GenerationRequest::VoiceConversion($content) => $value,
            GenerationRequest::LipSync($content) => $value,
            GenerationRequest::Music($content) => $value,
            GenerationRequest::SoundEffect($content) => $value,
        }
    };
}

impl GenerationRequest {
    /// Which kind this is.
    #[must_use]
    pub const fn kind(&self) -> RequestKind {
        match self {
            Self::Video(_) => RequestKind::Video,
            Self::Image(_) => RequestKind::Image,
            Self::Speech(_) => RequestKind::Speech,
            Self::VoiceConversion(_) => RequestKind::VoiceConversion,
            Self::LipSync(_) => RequestKind::LipSync,
            Self::Music(_) => RequestKind::Music,
            Self::SoundEffect(_) => RequestKind::SoundEffect,
        }
    }

    /// The model asked for, without the provider: `google/veo-3.1`.
    #[must_use]
    pub fn model(&self) -> &str {
        each!(self, content => &content.model)
    }

    /// Asks another model.
    pub fn set_model(&mut self, model: impl Into<String>) {
        each!(self, content => content.model = model.into());
    }

    /// Model-specific values.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        each!(self, content => &content.parameters)
    }

    /// Model-specific values, to change.
    pub fn parameters_mut(&mut self) -> &mut Parameters {
        each!(self, content => &mut content.parameters)
    }

    /// The seed asked for; absent lets the provider choose.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        each!(self, content => content.seed)
    }

    /// Asks for a seed.
    pub fn set_seed(&mut self, seed: Option<u64>) {
        each!(self, content => content.seed = seed);
    }

    /// The words the model works from: the final prompt, or the text to speak. Empty for kinds that need none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Video(content) => &content.final_prompt,
            Self::Image(content) => &content.final_prompt,
            Self::Speech(content) => &content.text,
            Self::VoiceConversion(_) => "",
            Self::LipSync(content) => &content.prompt,
            Self::Music(content) => &content.prompt,
            Self::SoundEffect(content) => &content.prompt,
        }
    }

    /// Name of the field [`GenerationRequest::text`] reads, empty where there is none.
    #[must_use]
    pub const fn text_field(&self) -> &'static str {
        match self {
            Self::Video(_) | Self::Image(_) => "final_prompt",
            Self::Speech(_) => "text",
            Self::VoiceConversion(_) => "",
            Self::LipSync(_) | Self::Music(_) | Self::SoundEffect(_) => "prompt",
        }
    }

    /// Length asked for, or length of the input where that decides the price; in seconds.
    #[must_use]
    pub const fn duration_secs(&self) -> Option<f64> {
        match self {
            Self::Video(content) => Some(content.duration_secs),
            Self::Music(content) => Some(content.duration_secs),
            Self::VoiceConversion(content) => content.duration_secs,
            Self::LipSync(content) => content.duration_secs,
            Self::SoundEffect(content) => content.duration_secs,
            Self::Image(_) | Self::Speech(_) => None,
        }
    }

    /// Every file the request refers to, with the field that names it.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, &Path)> {
        match self {
            Self::Video(content) => content.files(),
            Self::Image(content) => content.files(),
            Self::VoiceConversion(content) => vec![("recording", content.recording.as_path())],
            Self::LipSync(content) => vec![("picture", content.picture.path()), ("voice", content.voice.as_path())],
            Self::Speech(_) | Self::Music(_) | Self::SoundEffect(_) => Vec::new(),
        }
    }
}

impl RequestKind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Video, Self::Image, Self::Speech, Self::VoiceConversion, Self::LipSync, Self::Music, Self::SoundEffect];
}

impl fmt::Display for RequestKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Video => "video",
            Self::Image => "image",
            Self::Speech => "speech",
            Self::VoiceConversion => "voice conversion",
            Self::LipSync => "lip-sync",
            Self::Music => "music",
            Self::SoundEffect => "sound effect",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_frozen_to_disk_comes_back_the_same() {
        let mut video = VideoRequest::new("previs", "A storm over the lake", 6.0);
        video.characters.push(CharacterSketch { name: "Aubrey".into(), ..CharacterSketch::default() });
        video.reference_first_frame = Some("/film/frames/shot_001_last.png".into());
        video.aspect_ratio = Some(crate::AspectRatio::WIDE);
        let mut request = GenerationRequest::Video(video);
        request.parameters_mut().insert("resolution".into(), "720p".into());
        let text = serde_json::to_string(&request).unwrap();
        assert!(text.contains("\"kind\":\"video\"") && text.contains("\"16:9\""), "{text}");
        assert_eq!(serde_json::from_str::<GenerationRequest>(&text).unwrap(), request);
        assert_eq!(request.files().len(), 1);
    }

    #[test]
    fn an_older_request_without_newer_fields_still_loads() {
        let text = r#"{"kind":"music","model":"score","prompt":"tense","duration_secs":12.0}"#;
        let request: GenerationRequest = serde_json::from_str(text).unwrap();
        assert_eq!((request.kind(), request.seed(), request.duration_secs()), (RequestKind::Music, None, Some(12.0)));
    }
}
