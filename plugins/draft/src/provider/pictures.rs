//! Requests for pictures, with every open question answered, handed to the room that draws.

use crate::{
    DraftError,
    picture::{self, CharacterSketch, ImageJob, PictureError, VideoJob},
    sound::Report,
};
use kinora_core::{media::MediaError, store::StoreError, time::FrameRate};
use kinora_provider::{AspectRatio, ImageRequest, Parameters, SizePx, VideoRequest};
use std::path::Path;

/// Shorter side of a picture whose request names no size, in pixels.
const DEFAULT_SHORT_SIDE_PX: u32 = 720;

/// Draws a clip to an MP4.
pub(super) fn draw_clip(request: &VideoRequest, seed: u64, out: &Path, progress: Report<'_>) -> Result<(), DraftError> {
    Ok(picture::render_video(&video_job(request, seed), out, progress)?)
}

/// Draws a still to a PNG.
pub(super) fn draw_still(request: &ImageRequest, seed: u64, out: &Path) -> Result<(), DraftError> {
    Ok(picture::render_image(&image_job(request, seed), out)?)
}

fn video_job(request: &VideoRequest, seed: u64) -> VideoJob {
    let size = size_of(request.size_px, request.aspect_ratio, &request.parameters);
    let rate = request.rate.and_then(|rate| FrameRate::new(rate.numerator, rate.denominator).ok());
    VideoJob {
        prompt: words(&request.prompt, &request.final_prompt),
        slate_scene: request.slate.scene.clone(),
        slate_shot: request.slate.shot.clone(),
        setting: request.scene_prompt.clone(),
        characters: sketches(&request.characters),
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

fn image_job(request: &ImageRequest, seed: u64) -> ImageJob {
    let size = size_of(request.size_px, request.aspect_ratio, &request.parameters);
    ImageJob {
        prompt: words(&request.prompt, &request.final_prompt),
        scene: format!("{} {}", request.slate.scene, request.scene_prompt),
        characters: sketches(&request.characters),
        width_px: size.width_px,
        height_px: size.height_px,
        seed,
    }
}

fn sketches(characters: &[kinora_provider::CharacterSketch]) -> Vec<CharacterSketch> {
    let sketch = |character: &kinora_provider::CharacterSketch| CharacterSketch {
        name: character.name.clone(),
        style_tokens: character.style_tokens.clone(),
        portraits: character.portraits.clone(),
    };
    characters.iter().map(sketch).collect()
}

impl From<PictureError> for DraftError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Cancelled => Self::Cancelled,
            PictureError::Picture { path, reason } => Self::Reference { path, what: reason },
            PictureError::Save { path, source } => match source {
                MediaError::DiskFull { .. } | MediaError::Store(StoreError::DiskFull { .. }) => Self::DiskFull { path },
                other => Self::File { path, what: other.to_string() },
            },
            PictureError::Buffer { .. } => Self::Picture(error.to_string()),
        }
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
