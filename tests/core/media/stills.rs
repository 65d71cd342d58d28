//! First and last frames: exact, and the last one that is really there.

use crate::fixtures::{clip, ffmpeg};
use kinora_core::{
    film::{FitMode, FrameSize},
    media::{MAX_OPEN_TIME, PictureReader, PictureSpec, extract_first_frame, extract_frame, extract_last_frame},
    progress::CancelToken,
    time::FrameRate,
};
use std::path::Path;

/// A clip whose frame n is a grey of 16 + 2n: a frame tells its own number.
fn counting_clip(folder: &Path, name: &str, frames: u32, options: &[&str]) -> std::path::PathBuf {
    let source = format!("color=black:size=64x64:rate=24:duration={}", f64::from(frames) / 24.0);
    let mut arguments = vec!["-f", "lavfi", "-i", &source, "-vf", "format=yuv420p,geq=lum='16+2*N':cb=128:cr=128"];
    arguments.extend_from_slice(options);
    ffmpeg(folder, name, &arguments)
}

fn frame_number(png: &Path) -> i64 {
    let grey = i64::from(image::open(png).unwrap().to_rgb8().get_pixel(32, 32).0[0]);
    // Limited range: 8-bit grey = (luma - 16) * 255 / 219.
    (grey * 219 + 255) / 255 / 2
}

#[test]
fn first_last_and_middle_frames_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let png = folder.join("frame.png");
    for (name, frames, options) in [
        ("x264.mp4", 100, &["-c:v", "libx264", "-crf", "4", "-bf", "3"] as &[&str]),
        ("one.mp4", 1, &["-c:v", "libx264", "-crf", "4"]),
        ("vp9.webm", 30, &["-c:v", "libvpx-vp9", "-lossless", "1", "-cpu-used", "8"]),
        ("hevc.mp4", 30, &["-c:v", "libx265", "-x265-params", "lossless=1:log-level=none"]),
    ] {
        let file = counting_clip(folder, name, frames, options);
        extract_first_frame(&file, &png).unwrap();
        assert_eq!(frame_number(&png), 0, "{name}: first");
        extract_last_frame(&file, &png).unwrap();
        assert_eq!(frame_number(&png), i64::from(frames) - 1, "{name}: last");
        if frames > 20 {
            extract_frame(&file, 17, &png).unwrap();
            assert_eq!(frame_number(&png), 17, "{name}: frame 17");
            let error = extract_frame(&file, u64::from(frames), &png).unwrap_err();
            assert_eq!(error.kind(), "past_end", "{error}");
        }
    }
}

#[test]
fn the_last_frame_of_a_truncated_clip_is_the_last_that_decodes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let whole = counting_clip(folder, "whole.mkv", 100, &["-c:v", "libx264", "-crf", "4", "-bf", "0", "-g", "10"]);
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.join("cut.mkv");
    std::fs::write(&cut, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let png = folder.join("frame.png");
    extract_last_frame(&cut, &png).unwrap();
    let last = frame_number(&png);
    assert!((30..95).contains(&last), "frame {last}");
    extract_frame(&cut, last as u64, &png).unwrap();
    assert_eq!(extract_frame(&cut, last as u64 + 1, &png).unwrap_err().kind(), "past_end");
}

#[test]
fn turned_and_anamorphic_clips_are_stilled_as_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let png = folder.join("frame.png");
    let source = clip(folder, "plain.mp4", "320x180", "24", 0.5, false);
    let plain = source.to_string_lossy().into_owned();
    for (name, options, size) in [
        ("turned.mp4", &["-i", plain.as_str(), "-c", "copy", "-metadata:s:v:0", "rotate=90"] as &[&str], (180, 320)),
        ("half.mp4", &["-i", plain.as_str(), "-c", "copy", "-metadata:s:v:0", "rotate=180"], (320, 180)),
        ("wide.mp4", &["-i", plain.as_str(), "-vf", "setsar=2/1", "-c:v", "libx264"], (640, 180)),
    ] {
        let file = ffmpeg(folder, name, options);
        assert_eq!(extract_first_frame(&file, &png).unwrap(), size, "{name}");
        assert_eq!(image::image_dimensions(&png).unwrap(), size, "{name}");
        // The judge: ffmpeg turns pictures by itself.
        let judge = ffmpeg(folder, "judge.png", &["-i", &file.to_string_lossy(), "-frames:v", "1"]);
        let judged = image::open(judge).unwrap().to_rgb8();
        let ours = image::open(&png).unwrap().to_rgb8();
        if judged.dimensions() == ours.dimensions() {
            // Sharp colour edges differ between scalers, so the mean decides: a wrong turn is off by dozens.
            let sum: u64 = judged.iter().zip(ours.iter()).map(|(left, right)| u64::from(left.abs_diff(*right))).sum();
            let mean = sum as f64 / judged.len() as f64;
            assert!(mean < 4.0, "{name}: differs by {mean:.1} on average");
        }
    }
}

/// Opening a file has a time limit, reading it has none: a slow reader still gets every frame.
#[test]
fn a_clip_read_slowly_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = counting_clip(folder.path(), "slow.mp4", 60, &["-c:v", "libx264", "-g", "10", "-crf", "4"]);
    let spec = PictureSpec {
        size: FrameSize { width: 64, height: 64 },
        rate: FrameRate::FPS_24,
        fit: FitMode::Blur,
        optical_flow: false,
        deep_color: false,
    };
    let mut reader = PictureReader::open(&file, &spec, &CancelToken::default()).unwrap();
    reader.next_picture().unwrap().unwrap();
    std::thread::sleep(MAX_OPEN_TIME + std::time::Duration::from_millis(200));
    let mut frames = 1;
    while reader.next_picture().unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, 60);
}
