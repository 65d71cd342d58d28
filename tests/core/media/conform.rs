//! Conform: any clip becomes the right number of pictures of the right size, with sound of the same length.

use crate::fixtures::{clip, decoded_frames, ffmpeg, ffprobe};
use kinora_core::{
    conform::{self, ConformSpec, Work},
    film::{FitMode, FrameSize},
    media::{ConformedReader, PictureFormat},
    progress::CancelToken,
    store::Cache,
    time::FrameRate,
};
use std::path::Path;

fn spec(optical_flow: bool, fit: FitMode) -> ConformSpec {
    let format = PictureFormat { size: FrameSize { width: 320, height: 180 }, rate: FrameRate::FPS_24 };
    ConformSpec { format, fit, optical_flow }
}

fn run(clip: &Path, spec: &ConformSpec) -> (tempfile::TempDir, conform::Conformed) {
    let project = tempfile::tempdir().unwrap();
    let cache = Cache::open(project.path()).unwrap();
    let key = spec.key(&blake3::hash(clip.to_string_lossy().as_bytes()));
    let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
    let done = conform::conform(clip, &key, spec, &cache, &work).unwrap_or_else(|error| panic!("{error}"));
    (project, done)
}

/// Conforms a clip and checks everything that holds for every conformed file.
fn check(clip: &Path, spec: &ConformSpec, frames: u64, has_sound: bool) {
    let name = clip.file_name().unwrap().to_string_lossy().into_owned();
    let (_project, done) = run(clip, spec);
    assert_eq!(done.frames, frames, "{name}: frames");
    assert_eq!(decoded_frames(&done.video), frames, "{name}: frames that decode");
    assert_eq!(done.has_sound, has_sound, "{name}: sound");
    let stream = ffprobe(
        &done.video,
        &[
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=width,height,pix_fmt,color_range,color_space,color_transfer,color_primaries,r_frame_rate",
        ],
    );
    assert_eq!(stream, "320,180,yuv420p,tv,bt709,bt709,bt709,24/1", "{name}");
    let wav = hound::WavReader::open(&done.sound).unwrap();
    assert_eq!(u64::from(wav.duration()), FrameRate::FPS_24.frame_to_sample(frames), "{name}: samples");
    let keys = ffprobe(&done.video, &["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags"]);
    let mut packets: Vec<(u64, bool)> = keys
        .lines()
        .map(|line| {
            let (time, flags) = line.split_once(',').unwrap();
            ((time.parse::<f64>().unwrap() * 24.0).round() as u64, flags.contains('K'))
        })
        .collect();
    packets.sort_unstable();
    for (frame, is_key) in packets {
        assert_eq!(is_key, frame % 12 == 0, "{name}: frame {frame}");
    }
}

#[test]
fn every_rate_gives_the_film_s_frames() {
    let folder = tempfile::tempdir().unwrap();
    for (rate, secs, frames) in [
        ("16", 2.0, 48),
        ("24000/1001", 2.002, 48),
        ("24", 2.0, 48),
        ("25", 2.0, 48),
        ("30", 2.0, 48),
        ("30000/1001", 2.002, 48),
        ("60", 1.5, 36),
        ("12", 1.0, 24),
        ("8", 1.0, 24),
        ("1", 3.0, 72),
    ] {
        let name = format!("rate_{}.mp4", rate.replace('/', "_"));
        let file = clip(folder.path(), &name, "320x180", rate, secs, true);
        check(&file, &spec(false, FitMode::Blur), frames, true);
        if rate == "16" || rate == "8" {
            check(&file, &spec(true, FitMode::Blur), frames, true);
        }
    }
}

#[test]
fn every_codec_and_shape_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = |size: &str| format!("testsrc2=size={size}:rate=24:duration=1");
    let cases: &[(&str, &str, &[&str])] = &[
        ("hevc.mp4", "320x180", &["-c:v", "libx265", "-x265-params", "log-level=none"]),
        ("vp9.webm", "320x180", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
        ("av1.mp4", "320x180", &["-c:v", "libsvtav1", "-preset", "12"]),
        ("prores.mov", "320x180", &["-c:v", "prores_ks"]),
        ("ten_bit.mp4", "320x180", &["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]),
        ("rgb.mkv", "320x180", &["-c:v", "libx264rgb", "-preset", "ultrafast"]),
        ("odd.mkv", "321x181", &["-c:v", "ffv1", "-pix_fmt", "yuv444p"]),
        ("tiny.mp4", "16x16", &["-c:v", "libx264"]),
        ("square.mp4", "240x240", &["-c:v", "libx264"]),
        ("scope.mp4", "640x272", &["-c:v", "libx264"]),
        ("tall.mp4", "180x320", &["-c:v", "libx264"]),
        ("anamorphic.mp4", "160x180", &["-c:v", "libx264", "-vf", "setsar=2/1"]),
        ("full_range.mp4", "320x180", &["-c:v", "libx264", "-vf", "scale=out_range=pc", "-color_range", "pc"]),
        ("mjpeg.avi", "320x180", &["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
        ("gif.gif", "160x90", &[]),
    ];
    for (name, size, options) in cases {
        let input = source(size);
        let mut arguments = vec!["-f", "lavfi", "-i", input.as_str()];
        arguments.extend_from_slice(options);
        let file = ffmpeg(folder, name, &arguments);
        for fit in [FitMode::Blur, FitMode::Crop, FitMode::Bars] {
            check(&file, &spec(false, fit), 24, false);
        }
    }
}

#[test]
fn any_range_of_a_conformed_file_is_read_frame_exactly() {
    let folder = tempfile::tempdir().unwrap();
    // Frame n is a grey of 16 + 2n, so a frame tells its own number.
    let source = "color=black:size=320x180:rate=24:duration=4,format=yuv420p,geq=lum='16+2*N':cb=128:cr=128";
    let options = ["-f", "lavfi", "-i", source, "-c:v", "libx264", "-crf", "4"];
    let file = ffmpeg(folder.path(), "count.mp4", &options);
    let (_project, done) = run(&file, &spec(false, FitMode::Blur));
    for range in [0..96, 0..1, 5..6, 11..13, 12..24, 23..37, 95..96, 50..50] {
        let mut reader = ConformedReader::open(&done.video, FrameRate::FPS_24, range.clone()).unwrap();
        for frame in range.clone() {
            let picture = reader.next_picture().unwrap().unwrap();
            let luma = f64::from(picture.data(0)[picture.stride(0) * 90 + 160]);
            let number = ((luma - 16.0) / 2.0).round();
            assert_eq!((picture.pts(), number), (Some(frame as i64), frame as f64), "{range:?}");
        }
        assert!(reader.next_picture().unwrap().is_none(), "{range:?} goes on");
    }
    let mut past = ConformedReader::open(&done.video, FrameRate::FPS_24, 90..100).unwrap();
    let error = std::iter::repeat_with(|| past.next_picture()).find_map(Result::err).unwrap();
    assert_eq!(error.kind(), "past_end");
}
