//! What the simulated vendor makes: small, whole, and different for each job.

use std::{process::Command, sync::OnceLock};

/// A clip of a second with sound, that carries a name.
pub(super) fn clip(name: &str) -> Vec<u8> {
    static PLAIN: OnceLock<Vec<u8>> = OnceLock::new();
    let mut bytes = PLAIN.get_or_init(plain_clip).clone();
    // A box that every player steps over.
    let length = u32::try_from(8 + name.len()).unwrap();
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"free");
    bytes.extend(name.as_bytes());
    bytes
}

fn plain_clip() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let status = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-nostdin",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=64x36:rate=12:duration=1",
        ])
        .args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000:duration=1", "-c:v", "libx264"])
        .args(["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"])
        .arg(&path)
        .status()
        .expect("ffmpeg is installed by `make setup`");
    assert!(status.success());
    std::fs::read(&path).unwrap()
}

/// A tenth of a second of a tone, another one for each name.
pub(super) fn sound(name: &str) -> Vec<u8> {
    let samples = 4_800_u32;
    let step = 40 + name.bytes().map(u32::from).sum::<u32>() % 100;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples * 2).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data");
    bytes.extend((samples * 2).to_le_bytes());
    bytes.extend((0..samples).flat_map(|at| ((at % step) as i16 * 50).to_le_bytes()));
    bytes
}
