//! A whole shot or a still, painted to a file.

use super::{FramePainter, PictureError, VideoJob};
use kinora_core::media::{ClipSpec, ClipWriter};
use std::{ops::ControlFlow, path::Path};

/// Paints a shot to an MP4. `progress` takes the share done, 0 to 1, and says whether to go on.
///
/// # Errors
/// [`PictureError::Cancelled`] when `progress` said so, or what failed; nothing is left at `out` then.
pub fn render_video(
    job: &VideoJob,
    out: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<(), PictureError> {
    let mut painter = FramePainter::new(job)?;
    let (width_px, height_px) = painter.size_px();
    let save = |error: kinora_core::media::MediaError| PictureError::Save {
        path: out.to_path_buf(),
        reason: error.to_string(),
    };
    let spec = ClipSpec { width_px, height_px, rate: job.rate };
    let mut writer = ClipWriter::create(out, &spec).map_err(save)?;
    let mut frame = vec![0; width_px as usize * height_px as usize * 4];
    let frames = painter.frame_count();
    for index in 0..frames {
        painter.paint(index, &mut frame)?;
        writer.write_rgba(&frame).map_err(save)?;
        if progress((index + 1) as f32 / frames as f32).is_break() {
            return Err(PictureError::Cancelled);
        }
    }
    writer.finish().map_err(save)
}

/// Paints the first picture of a shot, without its move, to a PNG.
///
/// # Errors
/// [`PictureError`] for what failed; nothing is left at `out` then.
pub fn render_image(job: &VideoJob, out: &Path) -> Result<(), PictureError> {
    let mut painter = FramePainter::new(job)?;
    let (width_px, height_px) = painter.size_px();
    let mut frame = vec![0; width_px as usize * height_px as usize * 4];
    // The last frame carries no slate, and a still has no cut to be labelled at.
    painter.paint(painter.frame_count() - 1, &mut frame)?;
    let save = |reason: String| PictureError::Save { path: out.to_path_buf(), reason };
    let image = image::RgbaImage::from_raw(width_px, height_px, frame)
        .ok_or_else(|| save("the frame has another size than the picture".to_owned()))?;
    image::DynamicImage::ImageRgba8(image)
        .to_rgb8()
        .save_with_format(out, image::ImageFormat::Png)
        .map_err(|error| save(error.to_string()))
}
