//! Pictures to files: clips through the core's encoder, stills as PNG.

use super::{CharacterSketch, FramePainter, PictureError, VideoJob};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use kinora_core::{
    media::{ClipSpec, ClipWriter, MediaError},
    store::write_atomic,
    time::FrameRate,
};
use std::{ops::ControlFlow, path::Path};

/// One still to paint.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageJob {
    /// What the picture shows.
    pub prompt: String,
    /// Scene label: pictures with the same label share one set and palette. May be empty.
    pub scene: String,
    /// Who is in the picture.
    pub characters: Vec<CharacterSketch>,
    /// Width in pixels, brought within 16 to 8192.
    pub width_px: u32,
    /// Height in pixels, brought within 16 to 8192.
    pub height_px: u32,
    /// Another seed is another picture.
    pub seed: u64,
}

/// Paints a shot and writes it as an H.264 MP4. `progress` gets the share done, 0 to 1, after each frame; answering
/// [`ControlFlow::Break`] stops the work and leaves nothing under the final name.
///
/// # Errors
/// [`PictureError::Picture`] for an unreadable reference or portrait, [`PictureError::Save`] when the clip cannot be
/// written, [`PictureError::Cancelled`].
pub fn render_video(
    job: &VideoJob,
    out: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<(), PictureError> {
    if progress(0.0).is_break() {
        return Err(PictureError::Cancelled);
    }
    let mut painter = FramePainter::new(job)?;
    let (width_px, height_px) = painter.size_px();
    let refuse = |source: MediaError| PictureError::Save { path: out.to_owned(), source };
    let mut clip = ClipWriter::create(out, &ClipSpec { width_px, height_px, rate: job.rate }).map_err(refuse)?;
    let mut rgba = vec![0; painter.frame_bytes()];
    let count = painter.frame_count();
    for frame in 0..count {
        painter.paint(frame, &mut rgba)?;
        clip.write_rgba(&rgba).map_err(refuse)?;
        if progress((frame + 1) as f32 / count as f32).is_break() {
            return Err(PictureError::Cancelled);
        }
    }
    clip.finish().map_err(refuse)
}

/// Paints a still, without a slate, and writes it as a PNG.
///
/// # Errors
/// [`PictureError::Picture`] for an unreadable portrait, [`PictureError::Save`] when the file cannot be written.
pub fn render_image(job: &ImageJob, out: &Path) -> Result<(), PictureError> {
    let shot = VideoJob {
        prompt: job.prompt.clone(),
        slate_scene: job.scene.clone(),
        slate_shot: String::new(),
        setting: String::new(),
        characters: job.characters.clone(),
        reference_first_frame: None,
        reference_last_frame: None,
        width_px: job.width_px,
        height_px: job.height_px,
        rate: FrameRate::FPS_24,
        duration_secs: 2.0,
        seed: job.seed,
        camera: Some("static".into()),
    };
    let mut painter = FramePainter::prepare(&shot, false)?;
    let (width_px, height_px) = painter.size_px();
    let mut rgba = vec![0; painter.frame_bytes()];
    painter.paint(painter.frame_count() / 2, &mut rgba)?;
    let refuse = |source: MediaError| PictureError::Save { path: out.to_owned(), source };
    let mut png = Vec::new();
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|px| [px[0], px[1], px[2]]).collect();
    PngEncoder::new(&mut png)
        .write_image(&rgb, width_px, height_px, ExtendedColorType::Rgb8)
        .map_err(|error| refuse(MediaError::Write { path: out.to_owned(), detail: error.to_string() }))?;
    write_atomic(out, &png).map_err(|error| refuse(error.into()))
}
