//! These need espeak-ng, as the draft voices do; it is on the project's list of packages.

use super::*;
use crate::sound::{CEILING_DBFS, RATE_HZ, integrated_lufs, median_pitch_hz, peak_dbfs, write_wav};
use std::ops::ControlFlow;

const LINE: &str = "You shall not speak of it, *Aubrey*. Swear it to me, by all your soul reveres.";

fn say(text: &str, voice_id: &str) -> Result<Sound, DraftError> {
    let folder = tempfile::tempdir().unwrap();
    let voice = voice_for(Some(voice_id), "").unwrap();
    let sound = speak(text, voice, folder.path(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the raw file was left behind");
    sound
}

#[test]
fn every_voice_speaks_at_one_loudness_below_the_ceiling() {
    let mut pitches = Vec::new();
    for voice in VOICES {
        let sound = say(LINE, voice.id).unwrap();
        let secs = sound.len() as f32 / RATE;
        assert!((3.0..9.0).contains(&secs), "{}: {secs} s", voice.id);
        let lufs = integrated_lufs(&sound).unwrap().unwrap();
        assert!((lufs - SPEECH_LUFS).abs() < 1.0, "{}: {lufs} LUFS", voice.id);
        assert!(peak_dbfs(&sound) <= CEILING_DBFS + 0.01, "{}: {} dBFS", voice.id, peak_dbfs(&sound));
        if voice.register != voices::Register::Special {
            pitches.push((voice.id, median_pitch_hz(&sound.left).unwrap()));
        }
    }
    let hz = |id: &str| pitches.iter().find(|(name, _)| *name == id).unwrap().1;
    for voice in VOICES.iter().filter(|voice| voice.register == voices::Register::High) {
        assert!(hz(voice.id) > 130.0, "{} speaks at {} Hz", voice.id, hz(voice.id));
    }
    assert!(hz("bass") < hz("tenor") && hz("tenor") < hz("soprano"), "{pitches:?}");
}

#[test]
fn the_same_line_gives_the_same_samples() {
    assert_eq!(say(LINE, "baritone").unwrap(), say(LINE, "draft:baritone").unwrap());
    assert_ne!(say(LINE, "baritone").unwrap(), say(LINE, "alto").unwrap());
}

#[test]
fn what_cannot_be_said_is_refused_and_markup_is_not_read_out() {
    for nothing in ["", "   ", "...", "***", "\u{2014}"] {
        assert!(matches!(say(nothing, "narrator"), Err(DraftError::NothingToSay)), "{nothing:?}");
    }
    for (written, said) in [
        ("*No*, _never_!", "No, never!"),
        ("Wait\u{2014}who's there?", "Wait, who's there?"),
        ("a\u{0}b\nc", "a b c"),
        ("-v whisper; $(reboot) | x", "-v whisper; $(reboot) | x"),
    ] {
        assert_eq!(sayable(written), said);
    }
    // A line that looks like options or shell is only text: it is spoken.
    assert!(say("-w /tmp/x; $(reboot) `id` <break/>", "narrator").unwrap().len() > RATE_HZ / 2);
}

#[test]
fn speakers_keep_their_voices_and_do_not_share_while_the_cast_lasts() {
    let speakers = ["LORD RUTHVEN", "AUBREY", "IANTHE", "MISS AUBREY", "AN OLD MAN", "NARRATOR"];
    let cast = cast_voices(&speakers);
    let distinct: std::collections::HashSet<_> = cast.iter().collect();
    assert_eq!(distinct.len(), speakers.len(), "{cast:?}");
    assert_eq!(cast, cast_voices(&speakers));
    let voice = |name: &str| voice_for(None, name).unwrap();
    assert_eq!(voice("Aubrey"), voice("AUBREY (V.O.)"));
    assert_eq!(voice("").id, "narrator");
    assert_eq!(voice("Ianthe").register, voices::Register::High);
    assert_eq!(voice("Lord Ruthven").register, voices::Register::Low);
    assert_eq!(voice_for(Some("no-such-voice"), "Aubrey"), None);
}

#[test]
fn a_recording_takes_on_the_voice_and_keeps_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recording.wav");
    let spoken = say(LINE, "alto").unwrap();
    write_wav(&spoken, &recording).unwrap();
    let voice = voice_for(Some("draft:baritone"), "").unwrap();
    let converted = convert_voice(&recording, voice, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(converted.len(), spoken.len());
    let (before, after) = (median_pitch_hz(&spoken.left).unwrap(), median_pitch_hz(&converted.left).unwrap());
    assert!(after < before * 0.8 && (after / voice.pitch_hz - 1.0).abs() < 0.15, "{before} Hz became {after} Hz");
    assert!(peak_dbfs(&converted) <= CEILING_DBFS + 0.01);
}

#[test]
fn a_file_that_is_no_recording_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.wav");
    std::fs::copy("Cargo.toml", &path).unwrap();
    let answer = convert_voice(&path, &VOICES[0], &mut |_| ControlFlow::Continue(()));
    assert!(matches!(&answer, Err(error) if error.to_string().contains("picture.wav")), "{answer:?}");
}

#[test]
fn a_cancelled_line_stops() {
    let folder = tempfile::tempdir().unwrap();
    let long = LINE.repeat(40);
    let answer = speak(&long, &VOICES[0], folder.path(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(answer, Err(DraftError::Cancelled)), "{answer:?}");
}
