//! Sound of every kind lands at the right sample, at the length of the picture.

use crate::fixtures::ffmpeg;
use kinora_core::{
    media::{measure_sound, write_conformed_wav},
    progress::CancelToken,
    time::{FrameRate, SAMPLE_RATE_HZ},
};
use std::path::Path;

/// Frames of picture, and where its sound is expected, in seconds.
struct Case<'a> {
    name: &'a str,
    sound: &'a str,
    options: &'a [&'a str],
    /// Start of the sound in the clip before encoding, in seconds.
    tone_secs: std::ops::Range<f64>,
}

fn check(folder: &Path, case: &Case<'_>) {
    let name = case.name;
    let mut arguments = vec!["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=2"];
    arguments.extend(["-f", "lavfi"]);
    arguments.extend(case.options.iter().take_while(|option| **option != "--"));
    arguments.extend(["-i", case.sound, "-c:v", "libx264", "-preset", "ultrafast"]);
    arguments.extend(case.options.iter().skip_while(|option| **option != "--").skip(1));
    let clip = ffmpeg(folder, name, &arguments);
    let samples = FrameRate::FPS_24.frame_to_sample(48);
    let wav = folder.join("out.wav");
    assert!(write_conformed_wav(&clip, samples, &wav, &CancelToken::default()).unwrap(), "{name} has sound");
    let mut reader = hound::WavReader::open(&wav).unwrap();
    assert_eq!((reader.duration(), reader.spec().sample_rate, reader.spec().channels), (96_000, 48_000, 2), "{name}");
    let all: Vec<f32> = reader.samples::<f32>().map(Result::unwrap).collect();
    for channel in 0..2 {
        let loud: Vec<usize> =
            all.iter().skip(channel).step_by(2).enumerate().filter(|(_, s)| s.abs() > 0.02).map(|(at, _)| at).collect();
        let secs = |sample: Option<&usize>| *sample.unwrap_or(&0) as f64 / f64::from(SAMPLE_RATE_HZ);
        let (first, last) = (secs(loud.first()), secs(loud.last()));
        // A codec may smear an edge by a few milliseconds; a frame is 42.
        assert!((first - case.tone_secs.start).abs() < 0.012, "{name}: starts at {first:.3}, channel {channel}");
        assert!((last - case.tone_secs.end).abs() < 0.012, "{name}: ends at {last:.3}, channel {channel}");
    }
}

#[test]
fn sound_of_every_kind_stays_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let tone = |rate: u32, from: f64, to: f64, total: f64| {
        format!(
            "aevalsrc='if(between(t,{from},{to}),0.3*sin(2*PI*440*t),0)':sample_rate={rate}:duration={total}:channel_layout=mono"
        )
    };
    let stereo = |rate: u32| {
        let part = "if(between(t,0.5,1.5),0.3*sin(2*PI*440*t),0)";
        format!("aevalsrc='{part}|{part}':sample_rate={rate}:duration=2")
    };
    let (mono48, mono24, stereo44) = (tone(48_000, 0.5, 1.5, 2.0), tone(24_000, 0.5, 1.5, 2.0), stereo(44_100));
    let (short, long) = (tone(48_000, 0.5, 1.0, 1.0), tone(48_000, 0.5, 5.0, 5.0));
    let mono16 = tone(16_000, 0.5, 1.5, 2.0);
    for case in [
        Case { name: "mono48.mp4", sound: &mono48, options: &["--", "-c:a", "aac"], tone_secs: 0.5..1.5 },
        Case { name: "mono24.mp4", sound: &mono24, options: &["--", "-c:a", "aac"], tone_secs: 0.5..1.5 },
        Case { name: "mono16.mkv", sound: &mono16, options: &["--", "-c:a", "pcm_s16le"], tone_secs: 0.5..1.5 },
        Case { name: "stereo44.mp4", sound: &stereo44, options: &["--", "-c:a", "aac"], tone_secs: 0.5..1.5 },
        Case { name: "opus.mkv", sound: &mono48, options: &["--", "-c:a", "libopus"], tone_secs: 0.5..1.5 },
        Case { name: "short.mp4", sound: &short, options: &["--", "-c:a", "aac"], tone_secs: 0.5..1.0 },
        Case { name: "long.mp4", sound: &long, options: &["--", "-c:a", "aac"], tone_secs: 0.5..2.0 },
        Case {
            name: "late.mkv",
            sound: &mono48,
            options: &["-itsoffset", "0.25", "--", "-c:a", "pcm_s16le"],
            tone_secs: 0.75..1.75,
        },
    ] {
        check(folder.path(), &case);
    }
}

#[test]
fn a_silent_clip_gives_silence_of_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let clip = crate::fixtures::clip(folder.path(), "silent.mp4", "64x64", "24", 1.0, false);
    let wav = folder.path().join("out.wav");
    assert!(!write_conformed_wav(&clip, 48_000, &wav, &CancelToken::default()).unwrap());
    assert_eq!(hound::WavReader::open(&wav).unwrap().duration(), 48_000);
}

#[test]
fn loudness_agrees_with_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    let source = "sine=frequency=1000:sample_rate=48000:duration=4,volume=0.5,aformat=channel_layouts=stereo";
    let file = ffmpeg(folder.path(), "tone.wav", &["-f", "lavfi", "-i", source]);
    let (lufs, peak) = measure_sound(&file, &CancelToken::default()).unwrap();
    let run = std::process::Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(&file)
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let summary = text.split("Summary:").nth(1).unwrap();
    let value = |label: &str| -> f64 {
        let line = summary.lines().find(|line| line.trim_start().starts_with(label)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    assert!((lufs.unwrap() - value("I:")).abs() < 0.15, "{lufs:?} against {}", value("I:"));
    assert!((peak.unwrap() - value("Peak:")).abs() < 0.15, "{peak:?} against {}", value("Peak:"));
}
