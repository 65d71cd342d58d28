//! The sounds the simulator hands out: real ones, a quiet tone of the asked length and coding.

use std::{
    collections::HashMap,
    f64::consts::TAU,
    io::Write as _,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// Sounds made already: encoding one takes longer than answering.
#[derive(Default)]
pub(super) struct Sounds {
    made: Mutex<HashMap<Key, Arc<Vec<u8>>>>,
}

/// Format and tenths of a second.
type Key = (String, u32);

/// Most sounds kept.
const MAX_KEPT: usize = 64;

impl Sounds {
    /// A tone in one of the vendor's formats.
    ///
    /// # Errors
    /// Which format cannot be made here; MP3 needs the `ffmpeg` program.
    pub(super) fn tone(&self, format: &str, secs: f64) -> Result<Arc<Vec<u8>>, String> {
        let tenths = (secs.clamp(0.1, 700.0) * 10.0).round() as u32;
        let key = (format.to_owned(), tenths);
        if let Some(sound) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(sound));
        }
        let sound = Arc::new(make(format, f64::from(tenths) / 10.0)?);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= MAX_KEPT {
            made.clear();
        }
        made.insert(key, Arc::clone(&sound));
        Ok(sound)
    }
}

fn make(format: &str, secs: f64) -> Result<Vec<u8>, String> {
    let mut parts = format.split('_');
    let codec = parts.next().unwrap_or_default();
    let rate_hz: u32 = parts.next().and_then(|rate| rate.parse().ok()).unwrap_or(44_100);
    let kbps = parts.next().unwrap_or("128");
    let samples = tone(rate_hz, secs);
    match codec {
        "pcm" => Ok(samples),
        "wav" => wav(&samples, rate_hz),
        "mp3" | "auto" => mp3(&samples, rate_hz, kbps),
        other => Err(format!("the simulator makes no {other}")),
    }
}

/// Signed 16-bit little-endian mono samples, faded at both ends.
fn tone(rate_hz: u32, secs: f64) -> Vec<u8> {
    let count = (f64::from(rate_hz) * secs) as usize;
    let fade = (rate_hz / 50) as f64;
    let sample = |index: usize| {
        let at = index as f64;
        let edge = (at.min((count - index) as f64) / fade).min(1.0);
        ((at / f64::from(rate_hz) * TAU * 220.0).sin() * 6000.0 * edge) as i16
    };
    (0..count).flat_map(|index| sample(index).to_le_bytes()).collect()
}

fn wav(samples: &[u8], rate_hz: u32) -> Result<Vec<u8>, String> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).map_err(|error| error.to_string())?;
    for pair in samples.chunks_exact(2) {
        writer.write_sample(i16::from_le_bytes([pair[0], pair[1]])).map_err(|error| error.to_string())?;
    }
    writer.finalize().map_err(|error| error.to_string())?;
    Ok(file.into_inner())
}

fn mp3(samples: &[u8], rate_hz: u32, kbps: &str) -> Result<Vec<u8>, String> {
    let rate = rate_hz.to_string();
    let kbps = format!("{kbps}k");
    #[rustfmt::skip]
    let mut child = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-f", "s16le", "-ar", &rate, "-ac", "1", "-i", "pipe:0"])
        .args(["-c:a", "libmp3lame", "-b:a", &kbps, "-id3v2_version", "0", "-write_xing", "0", "-f", "mp3", "pipe:1"])
        .stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped())
        .spawn().map_err(|error| format!("ffmpeg, which makes the MP3s: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("ffmpeg takes no input")?;
    let samples = samples.to_vec();
    // Written beside the reading, or both sides wait for each other once the pipes are full.
    let writing = std::thread::Builder::new()
        .name("elevenlabs-simulator-mp3".into())
        .spawn(move || stdin.write_all(&samples))
        .map_err(|error| error.to_string())?;
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    drop(writing.join());
    if output.status.success() && !output.stdout.is_empty() {
        Ok(output.stdout)
    } else {
        Err(format!("ffmpeg: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
