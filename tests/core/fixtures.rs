//! Clips and folders for tests. Clips are made by the `ffmpeg` program from its own sources, so that what Kinora reads
//! was not written by Kinora.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Runs `ffmpeg` and returns the file it made.
pub(crate) fn ffmpeg(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let out = folder.join(name);
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error"])
        .args(arguments)
        .arg(&out)
        .output()
        .expect("ffmpeg is installed by `make setup`");
    assert!(run.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    out
}

/// A moving test picture as H.264, with a tone when `tone` is set.
pub(crate) fn clip(folder: &Path, name: &str, size: &str, rate: &str, secs: f64, tone: bool) -> PathBuf {
    let picture = format!("testsrc2=size={size}:rate={rate}:duration={secs}");
    let sound = format!("sine=frequency=440:sample_rate=48000:duration={secs}");
    let mut arguments = vec!["-f", "lavfi", "-i", &picture];
    if tone {
        arguments.extend(["-f", "lavfi", "-i", &sound, "-c:a", "aac"]);
    }
    arguments.extend(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]);
    ffmpeg(folder, name, &arguments)
}

/// What `ffprobe` says of an entry, as the judge that is not Kinora.
pub(crate) fn ffprobe(file: &Path, arguments: &[&str]) -> String {
    let run = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0"])
        .args(arguments)
        .arg(file)
        .output()
        .expect("ffprobe is installed by `make setup`");
    assert!(run.status.success(), "ffprobe {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).trim().to_owned()
}

/// Number of pictures that decode, counted by `ffprobe`.
pub(crate) fn decoded_frames(file: &Path) -> u64 {
    let text = ffprobe(file, &["-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames"]);
    text.trim_matches(',').parse().unwrap_or_else(|_| panic!("ffprobe counted {text:?}"))
}
