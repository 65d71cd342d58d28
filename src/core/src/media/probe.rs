//! What is in a file: one look at the header and one decoded frame.

use super::{MediaError, decode::VideoDecoder, input::MediaInput};
use crate::time::FrameRate;
use ffmpeg_next::{Rational, color, ffi, media, packet};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What [`probe`] found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    /// FFmpeg's name of the container.
    pub container: String,
    /// Size of the file.
    pub file_bytes: u64,
    /// Length of the picture, or of the sound where there is none, in seconds.
    pub duration_secs: f64,
    /// The picture; absent for sound alone.
    pub picture: Option<PictureInfo>,
    /// The sound; absent for a silent file.
    pub sound: Option<SoundInfo>,
}

/// The picture of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureInfo {
    /// FFmpeg's name of the codec.
    pub codec: String,
    /// Width as shown: after rotation, in square pixels.
    pub width_px: u32,
    /// Height as shown.
    pub height_px: u32,
    /// Width of the stored picture.
    pub coded_width_px: u32,
    /// Height of the stored picture.
    pub coded_height_px: u32,
    /// Average frame rate.
    pub rate: FrameRate,
    /// Whether the distance of frames varies.
    pub variable_rate: bool,
    /// Clockwise turn for showing: 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u32,
    /// FFmpeg's name of the pixel format.
    pub pixel_format: String,
    /// Colour tags as found.
    pub color: ColorInfo,
    /// Whether frames hold two fields.
    pub interlaced: bool,
}

/// Colour tags of a picture; `unknown` where the file says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColorInfo {
    /// Matrix, for example `bt709`.
    pub matrix: String,
    /// `tv` (limited), `pc` (full) or `unknown`.
    pub range: String,
    /// Primaries, for example `bt709`.
    pub primaries: String,
    /// Transfer, for example `bt709`.
    pub transfer: String,
}

/// The sound of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SoundInfo {
    /// FFmpeg's name of the codec.
    pub codec: String,
    /// Samples a second.
    pub sample_rate_hz: u32,
    /// Number of channels.
    pub channels: u32,
}

/// Looks into a file: header and first decodable picture.
///
/// # Errors
/// [`MediaError`] for a file that is missing, empty, no media, damaged or beyond the limits.
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    let mut input = MediaInput::open(path)?;
    let sound = match input.sound_stream() {
        Ok(index) => sound_info(&input, index),
        Err(_) => None,
    };
    let container = input.context.format().name().to_owned();
    let file_bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    let container_secs = input.container_duration_secs();
    match input.picture_stream() {
        Ok(stream_index) => {
            let stream =
                input.context.stream(stream_index).ok_or_else(|| input.damaged("the picture stream vanished"))?;
            let stream_secs = stream.duration().max(0) as f64 * f64::from(stream.time_base());
            let duration_secs = if stream_secs > 0.0 { stream_secs } else { container_secs };
            drop(input);
            let picture = picture_info(path)?;
            Ok(MediaInfo { container, file_bytes, duration_secs, picture: Some(picture), sound })
        }
        Err(no_picture) => {
            if sound.is_none() {
                return Err(MediaError::NotMedia {
                    path: path.to_path_buf(),
                    detail: "it holds neither picture nor sound".to_owned(),
                });
            }
            // A header without a single readable packet is damage, not sound.
            let stream_index = input.sound_stream().map_err(|_| no_picture)?;
            loop {
                match input.next_packet() {
                    Some(packet) if packet.stream() == stream_index => break,
                    Some(_) => {}
                    None => return Err(input.damaged("the sound has no data")),
                }
            }
            Ok(MediaInfo { container, file_bytes, duration_secs: container_secs, picture: None, sound })
        }
    }
}

fn picture_info(path: &Path) -> Result<PictureInfo, MediaError> {
    let mut decoder = VideoDecoder::open_with_threads(path, 1)?;
    let frame = decoder.next_frame()?.ok_or_else(|| decoder.input().damaged("no frame of the picture decodes"))?;
    let stream_index = decoder.stream_index();
    let stream = decoder
        .input()
        .context
        .stream(stream_index)
        .ok_or_else(|| decoder.input().damaged("the picture stream vanished"))?;
    let (average, nominal) = (stream.avg_frame_rate(), stream.rate());
    let rotation_degrees = rotation_degrees(&stream);
    let (width_px, height_px) = display_size(&frame, stream_aspect(&stream), rotation_degrees);
    Ok(PictureInfo {
        codec: stream.parameters().id().name().to_owned(),
        width_px,
        height_px,
        coded_width_px: frame.width(),
        coded_height_px: frame.height(),
        rate: frame_rate(average, nominal),
        variable_rate: (f64::from(average) - f64::from(nominal)).abs() > 0.01 * f64::from(nominal),
        rotation_degrees,
        pixel_format: frame.format().descriptor().map_or_else(|| "unknown".to_owned(), |d| d.name().to_owned()),
        color: ColorInfo {
            matrix: frame.color_space().name().unwrap_or("unknown").to_owned(),
            range: match frame.color_range() {
                color::Range::MPEG => "tv",
                color::Range::JPEG => "pc",
                color::Range::Unspecified => "unknown",
            }
            .to_owned(),
            primaries: frame.color_primaries().name().unwrap_or("unknown").to_owned(),
            transfer: frame.color_transfer_characteristic().name().unwrap_or("unknown").to_owned(),
        },
        interlaced: frame.is_interlaced(),
    })
}

fn sound_info(input: &MediaInput, index: usize) -> Option<SoundInfo> {
    let stream = input.context.stream(index)?;
    let parameters = stream.parameters();
    if parameters.medium() != media::Type::Audio {
        return None;
    }
    // SAFETY: reads plain fields of parameters that the open input owns.
    let (sample_rate_hz, channels) = unsafe {
        let raw = parameters.as_ptr();
        ((*raw).sample_rate.max(0) as u32, (*raw).ch_layout.nb_channels.max(0) as u32)
    };
    Some(SoundInfo { codec: parameters.id().name().to_owned(), sample_rate_hz, channels })
}

/// The first believable rate of those a container gives.
fn frame_rate(average: Rational, nominal: Rational) -> FrameRate {
    [average, nominal]
        .into_iter()
        .filter(|rate| rate.numerator() > 0 && rate.denominator() > 0)
        .find_map(|rate| {
            FrameRate::from_decimal(f64::from(rate)).ok().map(|rounded| {
                FrameRate::new(rate.numerator().unsigned_abs(), rate.denominator().unsigned_abs())
                    .ok()
                    .filter(|exact| exact.denominator() <= 1001)
                    .unwrap_or(rounded)
            })
        })
        .unwrap_or(FrameRate::FPS_24)
}

/// The clockwise turn a player applies, from the display matrix, to the nearest quarter.
pub(crate) fn rotation_degrees(stream: &ffmpeg_next::Stream<'_>) -> u32 {
    let Some(matrix) = stream.side_data().find(|data| data.kind() == packet::side_data::Type::DisplayMatrix) else {
        return 0;
    };
    let word = |index: usize| -> f64 {
        let bytes = matrix.data().get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        f64::from(i32::from_ne_bytes(bytes.unwrap_or([0; 4])))
    };
    // The matrix maps (x, y) to (a·x + c·y, b·x + d·y); a = word 0, b = word 1, rows of three.
    let degrees = word(1).atan2(word(0)).to_degrees();
    ((degrees / 90.0).round() as i32).rem_euclid(4) as u32 * 90
}

/// The pixel shape the container gives, which wins over the frame's.
pub(crate) fn stream_aspect(stream: &ffmpeg_next::Stream<'_>) -> Option<(u32, u32)> {
    // SAFETY: reads plain fields of a stream that the open input owns.
    let (own, coded) = unsafe {
        let raw = stream.as_ptr();
        ((*raw).sample_aspect_ratio, (*(*raw).codecpar).sample_aspect_ratio)
    };
    [own, coded].into_iter().find_map(sane_aspect)
}

fn sane_aspect(aspect: ffi::AVRational) -> Option<(u32, u32)> {
    let (num, den) = (u32::try_from(aspect.num).ok()?, u32::try_from(aspect.den).ok()?);
    let ratio = f64::from(num) / f64::from(den.max(1));
    (num > 0 && den > 0 && (0.1..=10.0).contains(&ratio)).then_some((num, den))
}

/// Size as shown, in square pixels and after rotation.
pub(crate) fn display_size(
    frame: &ffmpeg_next::frame::Video,
    aspect: Option<(u32, u32)>,
    rotation_degrees: u32,
) -> (u32, u32) {
    let own = frame.aspect_ratio();
    let (num, den) = aspect
        .or_else(|| sane_aspect(ffi::AVRational { num: own.numerator(), den: own.denominator() }))
        .unwrap_or((1, 1));
    let width_px = (f64::from(frame.width()) * f64::from(num) / f64::from(den)).round().max(1.0) as u32;
    if rotation_degrees % 180 == 90 { (frame.height(), width_px) } else { (width_px, frame.height()) }
}
