//! Single frames as PNG files: the first, the true last, or any frame of a clip.

use super::{MediaError, decode::VideoDecoder, filter::FilterChain, picture::Picture, probe};
use crate::store::write_atomic;
use ffmpeg_next::{color, format::Pixel};
use image::RgbImage;
use std::path::Path;

/// Writes the first frame of a clip to a PNG, as a player shows it (turned, square pixels). Returns its size.
///
/// # Errors
/// [`MediaError`] for what is wrong with the clip or the target.
pub fn extract_first_frame(clip: &Path, png: &Path) -> Result<(u32, u32), MediaError> {
    let mut decoder = VideoDecoder::open_with_threads(clip, 1)?;
    let first = decoder.next_frame()?.ok_or_else(|| decoder.input().damaged("no frame of the picture decodes"))?;
    save(&decoder, &first, png)
}

/// Writes the last frame that decodes to a PNG: not what the container claims, what is there.
///
/// # Errors
/// [`MediaError`] for what is wrong with the clip or the target.
pub fn extract_last_frame(clip: &Path, png: &Path) -> Result<(u32, u32), MediaError> {
    let mut decoder = VideoDecoder::open(clip)?;
    let mut last = seek_near_end(&mut decoder)?;
    if last.is_none() {
        // The end could not be sought, or nothing after it decodes: read it all.
        decoder = VideoDecoder::open(clip)?;
        last = read_to_end(&mut decoder)?;
    }
    let last = last.ok_or_else(|| decoder.input().damaged("no frame of the picture decodes"))?;
    save(&decoder, &last, png)
}

/// Writes a frame of a clip, counted from 0 in the clip's own frames, to a PNG.
///
/// # Errors
/// [`MediaError::PastEnd`] and what is wrong with the clip or the target.
pub fn extract_frame(clip: &Path, frame: u64, png: &Path) -> Result<(u32, u32), MediaError> {
    let mut decoder = VideoDecoder::open(clip)?;
    for _ in 0..frame {
        if decoder.next_frame()?.is_none() {
            return Err(MediaError::PastEnd { path: clip.to_path_buf(), frame });
        }
    }
    let found = decoder.next_frame()?.ok_or_else(|| MediaError::PastEnd { path: clip.to_path_buf(), frame })?;
    save(&decoder, &found, png)
}

fn seek_near_end(decoder: &mut VideoDecoder) -> Result<Option<Picture>, MediaError> {
    let duration_secs = decoder.input().container_duration_secs();
    if duration_secs < 4.0 {
        return read_to_end(decoder);
    }
    let ticks = (duration_secs - 2.0) / f64::from(decoder.time_base());
    match decoder.seek_ticks(ticks as i64) {
        Ok(()) => read_to_end(decoder),
        Err(_) => Ok(None),
    }
}

fn read_to_end(decoder: &mut VideoDecoder) -> Result<Option<Picture>, MediaError> {
    let mut last = None;
    while let Some(frame) = decoder.next_frame()? {
        last = Some(frame);
    }
    Ok(last)
}

fn save(decoder: &VideoDecoder, frame: &Picture, png: &Path) -> Result<(u32, u32), MediaError> {
    let stream = decoder
        .input()
        .context
        .stream(decoder.stream_index())
        .ok_or_else(|| decoder.input().damaged("the picture stream vanished"))?;
    let rotation = probe::rotation_degrees(&stream);
    let shown = probe::display_size(frame, probe::stream_aspect(&stream), rotation);
    let image = to_rgb(frame, rotation, shown)?;
    // Encoded in memory: `image`'s own writer to a file drops the error of its last write, and a full disk would leave
    // half a picture under the final name.
    let mut bytes = std::io::Cursor::new(Vec::new());
    image
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| MediaError::Write { path: png.to_path_buf(), detail: error.to_string() })?;
    write_atomic(png, bytes.get_ref())?;
    Ok(shown)
}

/// A conformed picture as 8-bit RGB.
///
/// # Errors
/// [`MediaError::Filter`].
pub fn picture_to_rgb(picture: &Picture) -> Result<RgbImage, MediaError> {
    to_rgb(picture, 0, (picture.width(), picture.height()))
}

/// The matrix of a picture as the scale filter names it; by size where the picture does not say.
pub(super) fn matrix_name(frame: &Picture) -> &'static str {
    match frame.color_space() {
        color::Space::BT709 => "bt709",
        color::Space::BT2020NCL | color::Space::BT2020CL => "bt2020",
        color::Space::BT470BG | color::Space::SMPTE170M => "bt601",
        _ if frame.width().max(frame.height()) >= 1280 => "bt709",
        _ => "bt601",
    }
}

/// The range of a picture as the scale filter names it.
pub(super) fn range_name(frame: &Picture) -> &'static str {
    if frame.color_range() == color::Range::JPEG { "pc" } else { "tv" }
}

fn to_rgb(frame: &Picture, rotation_degrees: u32, shown: (u32, u32)) -> Result<RgbImage, MediaError> {
    let (matrix, range) = (matrix_name(frame), range_name(frame));
    let turn = match rotation_degrees {
        90 => "transpose=clock,",
        180 => "hflip,vflip,",
        270 => "transpose=cclock,",
        _ => "",
    };
    let (width, height) = shown;
    let description = format!(
        "{turn}scale={width}:{height}:in_color_matrix={matrix}:in_range={range}:flags=bicubic+accurate_rnd+full_chroma_int,\
         format=rgb24"
    );
    let args = format!(
        "video_size={}x{}:pix_fmt={}:time_base=1/1000",
        frame.width(),
        frame.height(),
        frame.format().descriptor().map_or("yuv420p", |descriptor| descriptor.name()),
    );
    let mut chain = FilterChain::new("buffer", &args, "buffersink", &description, 1)?;
    chain.push(frame)?;
    let mut rgb = Picture::empty();
    if !chain.pull(&mut rgb)? {
        chain.finish()?;
        chain.pull(&mut rgb)?;
    }
    if rgb.format() != Pixel::RGB24 {
        return Err(MediaError::filter(&description, "no picture came out"));
    }
    let (stride, row) = (rgb.stride(0), width as usize * 3);
    let data = rgb.data(0);
    let mut pixels = Vec::with_capacity(row * height as usize);
    for line in 0..height as usize {
        pixels.extend_from_slice(&data[line * stride..line * stride + row]);
    }
    RgbImage::from_raw(width, height, pixels)
        .ok_or_else(|| MediaError::filter(&description, "the picture has another size than asked"))
}
