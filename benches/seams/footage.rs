//! Frames out of files, and through the `ffmpeg` program.

use crate::Outcome;
use kinora_core::{
    film::{FitMode, FrameSize},
    media::{PictureReader, PictureSpec, probe, to_planes},
    planes::{Plane, YuvFrame},
    progress::CancelToken,
};
use std::{io::Write, path::Path, process::Command};

/// Every frame of a clip at its own size and rate, conformed to the film's colour.
pub(crate) fn decode(path: &Path) -> Outcome<Vec<YuvFrame>> {
    let picture = probe(path)?.picture.ok_or("the clip has no picture")?;
    let size = FrameSize { width: picture.width_px, height: picture.height_px };
    let (fit, rate) = (FitMode::Crop, picture.rate);
    let spec = PictureSpec { size, rate, fit, optical_flow: false, deep_color: false };
    let mut reader = PictureReader::open(path, &spec, &CancelToken::default())?;
    let mut frames = Vec::new();
    while let Some(picture) = reader.next_picture()? {
        frames.push(to_planes(&picture)?);
    }
    Ok(frames)
}

/// Frames sent through `ffmpeg` with these arguments between input and output; raw pictures at 25 a second both ways.
pub(crate) fn through_ffmpeg(frames: &[YuvFrame], arguments: &[&str]) -> Outcome<Vec<YuvFrame>> {
    let [input, output] = [tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?];
    let (width, height) = (frames[0].width_px(), frames[0].height_px());
    {
        let mut writer = std::io::BufWriter::new(input.as_file());
        for frame in frames {
            for plane in frame.planes() {
                writer.write_all(&plane.codes)?;
            }
        }
        writer.flush()?;
    }
    ffmpeg(|command| {
        command.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-r", "25", "-s", &format!("{width}x{height}"), "-i"]);
        command.arg(input.path()).args(arguments).arg(output.path());
    })?;
    let bytes = std::fs::read(output.path())?;
    Ok(bytes.chunks_exact(width * height * 3 / 2).map(|frame| from_bytes(frame, width, height)).collect())
}

/// Runs `ffmpeg`, quiet, overwriting its output.
pub(crate) fn ffmpeg(fill: impl FnOnce(&mut Command)) -> Outcome<()> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]);
    fill(&mut command);
    let output = command.output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}

/// What a vendor hands over: the frames encoded by H.264 at CRF 23 and decoded again.
pub(crate) fn recompressed(frames: &[YuvFrame]) -> Outcome<Vec<YuvFrame>> {
    let coded = tempfile::Builder::new().suffix(".mp4").tempfile()?;
    let path = coded.path().to_str().ok_or("the temporary folder's name is not text")?;
    let coded_as = ["-c:v", "libx264", "-crf", "23", "-preset", "medium", "-colorspace", "bt709", "-color_range", "tv"];
    through_ffmpeg_to(frames, &coded_as, path)?;
    decode(coded.path())
}

fn through_ffmpeg_to(frames: &[YuvFrame], arguments: &[&str], path: &str) -> Outcome<()> {
    let mut all: Vec<&str> = arguments.to_vec();
    // The raw output beside it stays unused.
    all.extend([path, "-f", "rawvideo", "-frames:v", "1"]);
    through_ffmpeg(frames, &all).map(drop)
}

fn from_bytes(bytes: &[u8], width: usize, height: usize) -> YuvFrame {
    let luma = width * height;
    let chroma = |from: usize| Plane {
        width_px: width / 2,
        height_px: height / 2,
        codes: bytes[from..from + luma / 4].to_vec(),
    };
    YuvFrame {
        luma: Plane { width_px: width, height_px: height, codes: bytes[..luma].to_vec() },
        cb: chroma(luma),
        cr: chroma(luma + luma / 4),
    }
}

/// The frame with its light multiplied.
pub(crate) fn lit(frame: &YuvFrame, gain: f64) -> YuvFrame {
    let map = |plane: &Plane, pivot: f64| Plane {
        width_px: plane.width_px,
        height_px: plane.height_px,
        codes: plane
            .codes
            .iter()
            .map(|&code| (pivot + (f64::from(code) - pivot) * gain).round().clamp(0.0, 255.0) as u8)
            .collect(),
    };
    YuvFrame { luma: map(&frame.luma, 16.0), cb: map(&frame.cb, 128.0), cr: map(&frame.cr, 128.0) }
}
