//! Foreign files are hostile: a typed error, in bounded time, for whatever is not a clip.

use crate::fixtures::{clip, ffmpeg};
use kinora_core::{
    film::{FitMode, FrameSize},
    media::{PictureReader, PictureSpec, extract_last_frame, probe},
    progress::CancelToken,
    time::FrameRate,
};
use std::path::Path;

fn kind_of(path: &Path) -> &'static str {
    match probe(path) {
        Ok(info) if info.picture.is_none() => "sound_only",
        Ok(_) => "ok",
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "{text} names no file");
            error.kind()
        }
    }
}

#[test]
fn what_is_not_a_clip_is_a_typed_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let good = clip(folder, "good.mp4", "320x180", "24", 1.0, true);
    let bytes = std::fs::read(&good).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("empty.mp4", b"");
    write("text.mp4", b"This is not a video.\n");
    write("zeros.mp4", &[0; 100_000]);
    write("header.mp4", &bytes[..40]);
    write("half.mp4", &bytes[..bytes.len() / 2]);
    // Playlists name other files; they must not be followed.
    write("list.mp4", format!("ffconcat version 1.0\nfile '{}'\n", good.display()).as_bytes());
    write("stream.m3u8", format!("#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", good.display()).as_bytes());
    ffmpeg(folder, "tone.wav", &["-f", "lavfi", "-i", "sine=duration=1"]);
    for (name, kind) in [
        ("good.mp4", "ok"),
        ("missing.mp4", "missing"),
        ("empty.mp4", "empty"),
        ("text.mp4", "not_media"),
        ("zeros.mp4", "not_media"),
        ("header.mp4", "not_media"),
        ("half.mp4", "not_media"),
        ("list.mp4", "not_media"),
        ("stream.m3u8", "not_media"),
        ("tone.wav", "sound_only"),
        (".", "not_media"),
    ] {
        let path = if name == "." { folder.to_path_buf() } else { folder.join(name) };
        assert_eq!(kind_of(&path), kind, "{name}");
    }
    let error = extract_last_frame(&folder.join("tone.wav"), &folder.join("x.png")).unwrap_err();
    assert_eq!(error.kind(), "no_picture");
    assert!(!folder.join("x.png").exists());
}

#[test]
fn hostile_dimensions_are_refused_before_memory_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    // A PNG header claiming 60000 x 60000 pixels, and a clip whose MP4 track says the same.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&[8, 2, 0, 0, 0, 0x5c, 0x8f, 0x1d, 0x10]);
    let path = folder.path().join("huge.png");
    std::fs::write(&path, png).unwrap();
    let kind = kind_of(&path);
    assert!(matches!(kind, "oversized" | "damaged" | "not_media"), "{kind}");
    let large = ffmpeg(
        folder.path(),
        "large.mkv",
        &["-f", "lavfi", "-i", "color=size=9000x16:rate=1:duration=1", "-c:v", "ffv1"],
    );
    assert_eq!(kind_of(&large), "oversized");
}

/// Flips bytes of real clips: whatever comes out, it is an answer and no crash.
#[test]
fn damaged_clips_are_read_as_far_as_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit.max(1) as u64) as usize
    };
    let spec = PictureSpec {
        size: FrameSize { width: 64, height: 64 },
        rate: FrameRate::FPS_24,
        fit: FitMode::Blur,
        optical_flow: false,
        deep_color: false,
    };
    let (mut read, mut refused) = (0, 0);
    for name in ["clip.mp4", "clip.mkv", "clip.webm"] {
        let file = if name.ends_with("webm") {
            let options = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=0.5", "-c:v", "libvpx"];
            ffmpeg(folder.path(), name, &options)
        } else {
            clip(folder.path(), name, "64x64", "24", 0.5, true)
        };
        let bytes = std::fs::read(&file).unwrap();
        let mutant = folder.path().join(format!("mutant_{name}"));
        for _ in 0..120 {
            let mut changed = bytes.clone();
            for _ in 0..=random(12) {
                let place = random(changed.len());
                match random(4) {
                    0 => changed[place] ^= 1 << random(8),
                    1 => changed[place] = 0xff,
                    2 => changed.truncate(place.max(1)),
                    _ => changed.insert(place, random(256) as u8),
                }
            }
            std::fs::write(&mutant, &changed).unwrap();
            let outcome = probe(&mutant).and_then(|_| {
                let mut reader = PictureReader::open(&mutant, &spec, &CancelToken::default())?;
                let mut count = 0;
                // A damaged header may claim hours; a caller stops by its own cancel.
                while count < 500 && reader.next_picture()?.is_some() {
                    count += 1;
                }
                Ok(count)
            });
            match outcome {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 20 && refused > 20, "{read} read, {refused} refused: the damage tests nothing");
}
