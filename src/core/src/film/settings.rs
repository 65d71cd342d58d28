//! `settings.json`: the film's defaults (mission section 8).

use super::{AspectRatio, ExtraFields, FitMode};
use serde::{Deserialize, Serialize};

/// `settings.json`. The first five fields are the mission's; the rest are Kinora's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Model of shots that name none: `draft:previs`, `replicate:google/veo-3.1`.
    pub default_model: String,
    /// Aspect ratio asked of models by shots that name none.
    pub default_aspect_ratio: AspectRatio,
    /// Motion interpolation at seams, and when a take's rate is below the film's.
    pub enable_optical_flow: bool,
    /// Voice of characters that have none.
    pub default_voice: String,
    /// Put before every prompt. `{scene}`, `{prompt}` and `{characters}` are filled in.
    pub scene_prompt_template: String,
    /// Score from which the frames at a cut count as the same picture, 0 to 1.
    pub match_threshold: f64,
    /// Length of a smoothed seam on each side of its cut, in seconds.
    pub seam_window_secs: f64,
    /// What makes the pictures of a smoothed seam.
    pub smoothing_engine: SmoothingEngine,
    /// Integrated loudness of the film in LUFS (EBU R128).
    pub loudness_target_lufs: f64,
    /// Highest true peak of the film in dBTP.
    pub true_peak_limit_dbtp: f64,
    /// Length of the fade out and of the fade in between scenes, in seconds each; 0 cuts.
    pub scene_fade_secs: f64,
    /// How far the music and ambience step back under speech, in decibels (positive).
    pub duck_db: f64,
    /// How a take of another shape meets the film's frame.
    pub fit: FitMode,
    /// Limit of `.kinora/cache` in MiB; the least recently used files go first.
    pub cache_limit_mib: u64,
    /// Most that the film's takes, voices and beds may cost in US dollars: what would go beyond is not asked for.
    /// Absent for no limit.
    pub budget_usd: Option<f64>,
    /// Fields this build does not know.
    #[serde(flatten)]
    pub extra: ExtraFields,
}

/// An engine that makes pictures between pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmoothingEngine {
    /// Dense optical flow of our own: better pictures, and many times faster.
    #[default]
    Dis,
    /// FFmpeg's block-based motion interpolation.
    Minterpolate,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_model: "draft:previs".to_owned(),
            default_aspect_ratio: AspectRatio::WIDE,
            enable_optical_flow: true,
            match_threshold: 0.35,
            seam_window_secs: 0.5,
            smoothing_engine: SmoothingEngine::Dis,
            default_voice: "draft:narrator".to_owned(),
            scene_prompt_template: "{prompt}".to_owned(),
            loudness_target_lufs: -14.0,
            true_peak_limit_dbtp: -1.0,
            scene_fade_secs: 0.5,
            duck_db: 9.0,
            fit: FitMode::Blur,
            cache_limit_mib: 20_480,
            budget_usd: None,
            extra: ExtraFields::new(),
        }
    }
}
