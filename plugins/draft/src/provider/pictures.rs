//! The seam to the room that draws: a picture job with every open question of the request answered.

use crate::{DraftError, picture};
use kinora_core::time::FrameRate;
use kinora_provider::{AspectRatio, CharacterSketch, ImageRequest, Parameters, SizePx, VideoRequest};
use std::{ops::ControlFlow, path::Path, path::PathBuf};

/// Draws previs pictures. Called on a thread of its own.
pub trait DraftPictures: Send + Sync + 'static {
    /// Draws a clip to an MP4 at `out`. `progress` takes a share done, 0 to 1, and says whether to go on.
    ///
    /// # Errors
    /// [`DraftError::Cancelled`] when `progress` said so, or what failed.
    fn render_video(
        &self,
        job: &VideoJob,
        out: &Path,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<(), DraftError>;

    /// Draws a still to a PNG at `out`.
    ///
    /// # Errors
    /// What failed.
    fn render_image(&self, job: &ImageJob, out: &Path) -> Result<(), DraftError>;
}

/// The pictures of [`crate::picture`].
#[derive(Debug, Clone, Copy, Default)]
pub struct PaintedPictures;

impl DraftPictures for PaintedPictures {
    fn render_video(
        &self,
        job: &VideoJob,
        out: &Path,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<(), DraftError> {
        Ok(picture::render_video(&shot_to_paint(job), out, progress)?)
    }

    fn render_image(&self, job: &ImageJob, out: &Path) -> Result<(), DraftError> {
        let job = picture::ImageJob {
            prompt: job.prompt.clone(),
            scene: job.slate_scene.clone(),
            characters: job.characters.iter().map(sketch_to_paint).collect(),
            width_px: job.width_px,
            height_px: job.height_px,
            seed: job.seed,
        };
        Ok(picture::render_image(&job, out)?)
    }
}

fn sketch_to_paint(character: &CharacterSketch) -> picture::CharacterSketch {
    picture::CharacterSketch {
        name: character.name.clone(),
        style_tokens: character.style_tokens.clone(),
        portraits: character.portraits.clone(),
    }
}

fn shot_to_paint(job: &VideoJob) -> picture::VideoJob {
    picture::VideoJob {
        prompt: job.prompt.clone(),
        slate_scene: job.slate_scene.clone(),
        slate_shot: job.slate_shot.clone(),
        characters: job.characters.iter().map(sketch_to_paint).collect(),
        reference_first_frame: job.reference_first_frame.clone(),
        reference_last_frame: job.reference_last_frame.clone(),
        width_px: job.width_px,
        height_px: job.height_px,
        rate: job.rate,
        duration_secs: job.duration_secs,
        seed: job.seed,
        camera: job.camera.clone(),
    }
}

/// A clip to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoJob {
    /// What the picture shows: the film maker's words, without template or style tokens.
    pub prompt: String,
    /// Scene label on the slate; may be empty.
    pub slate_scene: String,
    /// Shot label on the slate; may be empty.
    pub slate_shot: String,
    /// Who is in the shot.
    pub characters: Vec<CharacterSketch>,
    /// The clip starts at exactly this picture.
    pub reference_first_frame: Option<PathBuf>,
    /// The clip ends at this picture.
    pub reference_last_frame: Option<PathBuf>,
    /// Width in pixels, even.
    pub width_px: u32,
    /// Height in pixels, even.
    pub height_px: u32,
    /// Frame rate.
    pub rate: FrameRate,
    /// Length in seconds.
    pub duration_secs: f64,
    /// Seed.
    pub seed: u64,
    /// Camera move in words, if set apart from the prompt.
    pub camera: Option<String>,
}

/// A still to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageJob {
    /// What the picture shows.
    pub prompt: String,
    /// Scene label on the slate; may be empty.
    pub slate_scene: String,
    /// Shot label on the slate; may be empty.
    pub slate_shot: String,
    /// Who is in the picture.
    pub characters: Vec<CharacterSketch>,
    /// Width in pixels, even.
    pub width_px: u32,
    /// Height in pixels, even.
    pub height_px: u32,
    /// Seed.
    pub seed: u64,
}

/// Shorter side of a picture whose request names no size, in pixels.
const DEFAULT_SHORT_SIDE_PX: u32 = 720;

pub(super) fn video_job(request: &VideoRequest, seed: u64) -> VideoJob {
    let size = size_of(request.size_px, request.aspect_ratio, &request.parameters);
    let rate = request.rate.and_then(|rate| FrameRate::new(rate.numerator, rate.denominator).ok());
    VideoJob {
        prompt: words(&request.prompt, &request.final_prompt),
        slate_scene: request.slate.scene.clone(),
        slate_shot: request.slate.shot.clone(),
        characters: request.characters.clone(),
        reference_first_frame: request.reference_first_frame.clone(),
        reference_last_frame: request.reference_last_frame.clone(),
        width_px: size.width_px,
        height_px: size.height_px,
        rate: rate.unwrap_or(FrameRate::FPS_24),
        duration_secs: request.duration_secs,
        seed,
        camera: request.camera.clone(),
    }
}

pub(super) fn image_job(request: &ImageRequest, seed: u64) -> ImageJob {
    let size = size_of(request.size_px, request.aspect_ratio, &request.parameters);
    ImageJob {
        prompt: words(&request.prompt, &request.final_prompt),
        slate_scene: request.slate.scene.clone(),
        slate_shot: request.slate.shot.clone(),
        characters: request.characters.clone(),
        width_px: size.width_px,
        height_px: size.height_px,
        seed,
    }
}

/// The plain prompt reads better than the one made for a model; it may be missing in a request by script.
fn words(prompt: &str, final_prompt: &str) -> String {
    if prompt.trim().is_empty() { final_prompt.into() } else { prompt.into() }
}

/// The size asked for, or one of the asked shape; both sides even, as encoders need.
fn size_of(size_px: Option<SizePx>, ratio: Option<AspectRatio>, parameters: &Parameters) -> SizePx {
    let even = |side: f64| ((side / 2.0).round() as u32 * 2).max(2);
    if let Some(size) = size_px {
        return SizePx { width_px: even(f64::from(size.width_px)), height_px: even(f64::from(size.height_px)) };
    }
    let named = parameters.get("resolution").and_then(serde_json::Value::as_str);
    let short_px = named.and_then(|name| name.trim_end_matches('p').parse().ok()).unwrap_or(DEFAULT_SHORT_SIDE_PX);
    let shape = ratio.unwrap_or(AspectRatio::WIDE).as_f64();
    let short = f64::from(short_px);
    let (width, height) = if shape >= 1.0 { (short * shape, short) } else { (short, short / shape) };
    SizePx { width_px: even(width), height_px: even(height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_request_and_are_even() {
        let check = |size: Option<&str>, ratio: Option<&str>, resolution: Option<&str>, expected: &str| {
            let mut parameters = Parameters::new();
            if let Some(name) = resolution {
                parameters.insert("resolution".into(), name.into());
            }
            let size = size.map(|text| text.parse().unwrap());
            let ratio = ratio.map(|text| text.parse().unwrap());
            assert_eq!(size_of(size, ratio, &parameters).to_string(), expected);
        };
        check(None, None, None, "1280x720");
        check(None, Some("9:16"), None, "720x1280");
        check(None, Some("1:1"), Some("1080p"), "1080x1080");
        check(None, Some("21:9"), Some("540p"), "1260x540");
        check(Some("641x359"), Some("9:16"), Some("1080p"), "642x360");
        check(Some("1x1"), None, None, "2x2");
    }
}
