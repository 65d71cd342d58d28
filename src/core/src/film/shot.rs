//! Shots: what is asked of a model, which take was chosen, and how it joins its neighbours.

use super::{ExtraFields, ProjectPath, Take, limits};
use crate::{
    ids::{CharacterId, SceneId, ShotId, TakeId},
    time::FrameRate,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One shot of a scene. `prompt` to `continuity_source` are the mission's fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shot {
    /// Stable name within the scene.
    pub shot_id: ShotId,
    /// What the picture shows.
    #[serde(default)]
    pub prompt: String,
    /// Model to make it with, `provider:model`; empty for the film's default.
    #[serde(default)]
    pub model: String,
    /// Length asked of the model, in seconds.
    pub duration: f64,
    /// The chosen take's clip, relative to the scene folder; absent until there is one.
    #[serde(default)]
    pub file_path: Option<ProjectPath>,
    /// First frame of the chosen take.
    #[serde(default)]
    pub first_frame_path: Option<ProjectPath>,
    /// True last decodable frame of the chosen take.
    #[serde(default)]
    pub last_frame_path: Option<ProjectPath>,
    /// The moment this shot continues from, if it continues another.
    #[serde(default)]
    pub continuity_source: Option<ContinuitySource>,
    /// The picture the model starts from, relative to the scene folder.
    #[serde(default)]
    pub reference_first_frame_path: Option<ProjectPath>,
    /// The picture the model ends on, relative to the scene folder; written only where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_last_frame_path: Option<ProjectPath>,
    /// Aspect ratio asked of the model; absent for the film's default.
    #[serde(default)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Characters in the shot.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_PER_CHARACTER_LIST }>")]
    pub character_ids: Vec<CharacterId>,
    /// Seed asked of the model; absent lets the provider choose.
    #[serde(default)]
    pub seed: Option<u64>,
    /// First frame used of the conformed take (in point), counted at the film's rate.
    #[serde(default)]
    pub in_frame: u64,
    /// One past the last frame used (out point); absent plays to the end.
    #[serde(default)]
    pub out_frame: Option<u64>,
    /// How a take of another shape meets the film's frame; absent for the film's default.
    #[serde(default)]
    pub fit: Option<FitMode>,
    /// Smoothing of the cut into the next shot.
    #[serde(default)]
    pub smooth: SmoothMode,
    /// Gain of the clip's own sound, in decibels.
    #[serde(default)]
    pub gain_db: f64,
    /// Whether the clip's own sound is silent.
    #[serde(default)]
    pub mute: bool,
    /// Every take, the oldest first; `file_path` names the chosen one.
    #[serde(default, deserialize_with = "limits::bounded::<_, _, { limits::MAX_TAKES_PER_SHOT }>")]
    pub takes: Vec<Take>,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl Shot {
    /// A shot without a take.
    #[must_use]
    pub fn new(shot_id: ShotId, prompt: impl Into<String>, duration_secs: f64) -> Self {
        Self {
            shot_id,
            prompt: prompt.into(),
            model: String::new(),
            duration: duration_secs,
            file_path: None,
            first_frame_path: None,
            last_frame_path: None,
            continuity_source: None,
            reference_first_frame_path: None,
            reference_last_frame_path: None,
            aspect_ratio: None,
            character_ids: Vec::new(),
            seed: None,
            in_frame: 0,
            out_frame: None,
            fit: None,
            smooth: SmoothMode::Auto,
            gain_db: 0.0,
            mute: false,
            takes: Vec::new(),
            extra: ExtraFields::new(),
        }
    }

    /// The chosen take, if it is listed.
    #[must_use]
    pub fn chosen_take(&self) -> Option<&Take> {
        let chosen = self.file_path.as_ref()?;
        self.takes.iter().find(|take| take.file_path == *chosen)
    }

    /// Why this shot of a scene, if it continues another, has to be made again; none if it need not. `earlier` is the
    /// shot its `continuity_source` names, if the film has it; `rate` is the film's.
    #[must_use]
    pub fn out_of_date(&self, scene_id: &SceneId, earlier: Option<&Self>, rate: FrameRate) -> Option<String> {
        let source = self.continuity_source.as_ref().filter(|source| source.take_id.is_some())?;
        let name = format!("{}/{}", source.scene_id, source.shot_id);
        let Some(earlier) = earlier else {
            return Some(format!("{name}, which {scene_id}/{} continues, is no longer in the film", self.shot_id));
        };
        let Some(take) = earlier.chosen_take() else {
            return Some(format!("{name} has no take any more"));
        };
        let is_known = !source.take_blake3.is_empty();
        let other_file = is_known && !take.blake3.is_empty() && take.blake3 != source.take_blake3;
        if source.take_id.as_ref() != Some(&take.take_id) || other_file {
            return Some(format!("the take of {name} has changed since this shot continued it"));
        }
        let expected =
            ContinuitySource::frame_name(&self.shot_id, &source.take_blake3, source.moment_in(earlier, rate));
        let made_here = self.reference_first_frame_path.as_ref().filter(|path| path.as_str().contains("_from_"));
        made_here
            .is_some_and(|path| is_known && path.as_str() != expected)
            .then(|| format!("the moment of {name} that this shot continues has changed with its out point"))
    }
}

/// Which moment of a take is continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceMoment {
    /// The true last frame.
    #[default]
    Last,
    /// A frame of the conformed take, counted at the film's rate.
    Frame(u64),
}

/// Where a continued shot takes its first frame from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContinuitySource {
    /// Scene of the earlier shot.
    pub scene_id: SceneId,
    /// The earlier shot.
    pub shot_id: ShotId,
    /// The take that was continued; absent until extracted.
    #[serde(default)]
    pub take_id: Option<TakeId>,
    /// blake3 of the take that was continued, to tell when it changed.
    #[serde(default)]
    pub take_blake3: String,
    /// The moment continued from.
    #[serde(default)]
    pub moment: ReferenceMoment,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

impl ContinuitySource {
    /// The moment of a shot that is continued: its last frame is the last one shown, before its out point. `rate` is
    /// the film's, at which the out point counts; one at or after the take's end shows the take's own last frame.
    #[must_use]
    pub fn moment_in(&self, earlier: &Shot, rate: FrameRate) -> ReferenceMoment {
        let end = earlier.chosen_take().and_then(|take| take.media.as_ref()).map(|media| media.duration_secs);
        let is_inside = |out_frame: u64| end.is_none_or(|end_secs| out_frame < rate.secs_to_frames(end_secs));
        match (self.moment, earlier.out_frame) {
            (ReferenceMoment::Last, Some(out_frame)) if is_inside(out_frame) => {
                ReferenceMoment::Frame(out_frame.saturating_sub(1))
            }
            (moment, _) => moment,
        }
    }

    /// Where the picture of a moment is kept in the scene's folder. Named by content: a picture that an older take was
    /// made from stays what it was.
    #[must_use]
    pub fn frame_name(shot_id: &ShotId, take_blake3: &str, moment: ReferenceMoment) -> String {
        let hash: String = take_blake3.chars().take(12).collect();
        match moment {
            ReferenceMoment::Last => format!("frames/{shot_id}_from_{hash}_last.png"),
            ReferenceMoment::Frame(frame) => format!("frames/{shot_id}_from_{hash}_frame_{frame}.png"),
        }
    }
}

/// How a take of another shape meets the film's frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FitMode {
    /// The whole picture, over a blurred enlargement of itself.
    #[default]
    Blur,
    /// The whole picture, over black.
    Bars,
    /// The frame filled, what sticks out cut off.
    Crop,
}

/// Whether the cut into the next shot is smoothed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmoothMode {
    /// Where the frames match and the film has optical flow on.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A text that is no aspect ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an aspect ratio: write it as 16:9, both sides 1 to 100")]
pub struct AspectRatioError(pub String);

/// Width to height, as makers and models write it: `16:9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AspectRatio {
    /// Width part.
    pub width: u32,
    /// Height part.
    pub height: u32,
}

impl AspectRatio {
    /// 16:9.
    pub const WIDE: Self = Self { width: 16, height: 9 };
}

impl FromStr for AspectRatio {
    type Err = AspectRatioError;
    fn from_str(text: &str) -> Result<Self, AspectRatioError> {
        let part = |side: &str| side.trim().parse::<u32>().ok().filter(|value| (1..=100).contains(value));
        text.split_once(':')
            .and_then(|(width, height)| Some(Self { width: part(width)?, height: part(height)? }))
            .ok_or_else(|| AspectRatioError(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for AspectRatio {
    type Error = AspectRatioError;
    fn try_from(text: String) -> Result<Self, AspectRatioError> {
        text.parse()
    }
}

impl From<AspectRatio> for String {
    fn from(ratio: AspectRatio) -> Self {
        ratio.to_string()
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::TakeMedia;

    #[test]
    fn a_continued_shot_starts_from_the_last_frame_that_is_shown() {
        let check = |out_frame: Option<u64>, expected: ReferenceMoment| {
            let mut earlier = Shot::new(ShotId::numbered(1), "", 2.0);
            let path = ProjectPath::new("shots/shot_001.mp4").unwrap();
            let mut take: Take = serde_json::from_value(serde_json::json!({
                "take_id": "take_001", "file_path": "shots/shot_001.mp4"
            }))
            .unwrap();
            take.media = Some(TakeMedia {
                width: 64,
                height: 36,
                rate: FrameRate::FPS_24,
                duration_secs: 2.0,
                has_audio: false,
                extra: ExtraFields::new(),
            });
            earlier.takes.push(take);
            earlier.file_path = Some(path);
            earlier.out_frame = out_frame;
            let source: ContinuitySource =
                serde_json::from_value(serde_json::json!({ "scene_id": "scene_001", "shot_id": "shot_001" })).unwrap();
            assert_eq!(source.moment_in(&earlier, FrameRate::FPS_24), expected, "out point {out_frame:?}");
        };
        check(None, ReferenceMoment::Last);
        check(Some(24), ReferenceMoment::Frame(23));
        check(Some(47), ReferenceMoment::Frame(46));
        check(Some(48), ReferenceMoment::Last);
        check(Some(500), ReferenceMoment::Last);
    }
}
