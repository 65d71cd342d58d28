//! How things are written on the command line.

use kinora_core::{
    film::{AudioLane, FitMode, SmoothMode},
    ids::{CharacterId, LineId, SceneId, ShotId, TakeId},
};

macro_rules! id_parser {
    ($name:ident, $id:ty) => {
        /// A name in full, or its number.
        pub(super) fn $name(text: &str) -> Result<$id, String> {
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return match text.parse::<usize>() {
                    Ok(number @ 1..=9_999_999) => Ok(<$id>::numbered(number)),
                    _ => Err(format!("{text} is not a number from 1 to 9999999")),
                };
            }
            <$id>::new(text).map_err(|error| error.to_string())
        }
    };
}

id_parser!(scene_id, SceneId);
id_parser!(shot_id, ShotId);
id_parser!(take_id, TakeId);
id_parser!(line_id, LineId);

pub(super) fn character_id(text: &str) -> Result<CharacterId, String> {
    CharacterId::new(text).map_err(|error| error.to_string())
}

/// A place in a list as people count, from 1.
pub(super) fn place(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(place) if place > 0 => Ok(place),
        _ => Err("write a place from 1 on".to_owned()),
    }
}

/// A finite number.
pub(super) fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("write a number, for example 4.5".to_owned()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LaneArg {
    Voice,
    Music,
    Ambient,
}

impl From<LaneArg> for AudioLane {
    fn from(lane: LaneArg) -> Self {
        match lane {
            LaneArg::Voice => Self::Voice,
            LaneArg::Music => Self::Music,
            LaneArg::Ambient => Self::Ambient,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FitArg {
    /// The whole picture, over a blurred enlargement of itself.
    Blur,
    /// The whole picture, over black.
    Bars,
    /// The frame filled, what sticks out cut off.
    Crop,
}

impl From<FitArg> for FitMode {
    fn from(fit: FitArg) -> Self {
        match fit {
            FitArg::Blur => Self::Blur,
            FitArg::Bars => Self::Bars,
            FitArg::Crop => Self::Crop,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum SmoothArg {
    /// Where the frames match and the film has optical flow on.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<SmoothArg> for SmoothMode {
    fn from(smooth: SmoothArg) -> Self {
        match smooth {
            SmoothArg::Auto => Self::Auto,
            SmoothArg::Always => Self::Always,
            SmoothArg::Never => Self::Never,
        }
    }
}

/// Collects the fields that were given into an operator's parameters.
#[derive(Default)]
pub(super) struct Fields(serde_json::Map<String, serde_json::Value>);

impl Fields {
    /// Sets a field if a value was given.
    pub(super) fn give(mut self, name: &str, value: Option<impl serde::Serialize>) -> Self {
        if let Some(value) = value.and_then(|value| serde_json::to_value(value).ok()) {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets a field.
    pub(super) fn with(self, name: &str, value: impl serde::Serialize) -> Self {
        self.give(name, Some(value))
    }

    /// The parameters.
    pub(super) fn params(self) -> serde_json::Value {
        serde_json::Value::Object(self.0)
    }
}
