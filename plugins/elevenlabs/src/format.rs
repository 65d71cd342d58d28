//! The vendor's output formats (`mp3_44100_128`, `pcm_24000`) and how their bytes become a file.
//!
//! The format asked for decides how an answer is read: the vendor declares `audio/mpeg` for PCM as well.

use std::str::FromStr;

/// How an answer is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Mp3,
    /// Signed 16-bit little-endian mono samples without a header.
    Pcm,
    Wav,
}

/// One of the vendor's output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutputFormat {
    pub(crate) codec: Codec,
    pub(crate) rate_hz: u32,
}

/// Used where a request names no format.
pub(crate) const DEFAULT_FORMAT: &str = "mp3_44100_128";

/// Sizes in a WAV header have 32 bits.
const MAX_WAV_BYTES: usize = u32::MAX as usize - 44;

impl FromStr for OutputFormat {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let unknown = || format!("{name:?} is no output format this provider reads");
        let mut parts = name.split('_');
        let codec = match parts.next() {
            Some("mp3") => Codec::Mp3,
            Some("pcm") => Codec::Pcm,
            Some("wav") => Codec::Wav,
            _ => return Err(unknown()),
        };
        let rate_hz = parts.next().and_then(|rate| rate.parse().ok()).filter(|rate| (8000..=48_000).contains(rate));
        Ok(Self { codec, rate_hz: rate_hz.ok_or_else(unknown)? })
    }
}

impl OutputFormat {
    /// Ending of the file that is kept.
    pub(crate) const fn extension(self) -> &'static str {
        match self.codec {
            Codec::Mp3 => "mp3",
            Codec::Pcm | Codec::Wav => "wav",
        }
    }

    /// MIME type of the file that is kept.
    pub(crate) const fn media_type(self) -> &'static str {
        match self.codec {
            Codec::Mp3 => "audio/mpeg",
            Codec::Pcm | Codec::Wav => "audio/wav",
        }
    }

    /// The bytes of the file, from the bytes of the answer.
    ///
    /// # Errors
    /// Why they are not sound of this format.
    pub(crate) fn file_bytes(self, answer: Vec<u8>) -> Result<Vec<u8>, String> {
        if answer.is_empty() {
            return Err("the sound is empty".into());
        }
        match self.codec {
            Codec::Mp3 if is_mp3(&answer) => Ok(answer),
            Codec::Wav if is_wav(&answer) => Ok(answer),
            Codec::Pcm if answer.len() % 2 == 1 => Err(format!("{} bytes are not whole 16-bit samples", answer.len())),
            Codec::Pcm if answer.len() > MAX_WAV_BYTES => Err("more sound than a WAV file holds".into()),
            Codec::Pcm if is_text(&answer) => Err("text came instead of sound".into()),
            Codec::Pcm => Ok(with_wav_header(&answer, self.rate_hz)),
            Codec::Mp3 | Codec::Wav => {
                let start: String = String::from_utf8_lossy(&answer[..answer.len().min(16)]).escape_debug().collect();
                Err(format!("not {}: it starts with {start:?}", self.media_type()))
            }
        }
    }
}

/// What a file is, by its first bytes: for sound from the history, whose format is not ours to choose.
pub(crate) fn recognised(bytes: &[u8]) -> Option<OutputFormat> {
    let codec = if is_wav(bytes) {
        Codec::Wav
    } else if is_mp3(bytes) {
        Codec::Mp3
    } else {
        return None;
    };
    Some(OutputFormat { codec, rate_hz: 44_100 })
}

fn is_mp3(bytes: &[u8]) -> bool {
    let frame = bytes.len() >= 4 && bytes[0] == 0xff && bytes[1] & 0xe6 == 0xe2 && bytes[2] >> 4 != 0xf;
    bytes.starts_with(b"ID3") || frame
}

fn is_wav(bytes: &[u8]) -> bool {
    bytes.len() > 44 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WAVE"
}

/// Whether bytes are readable as JSON or HTML: samples of sound hardly ever are valid UTF-8 from end to end.
fn is_text(bytes: &[u8]) -> bool {
    let starts = bytes.trim_ascii_start().first().is_some_and(|byte| b"{[<\"".contains(byte));
    starts && std::str::from_utf8(bytes).is_ok()
}

fn with_wav_header(samples: &[u8], rate_hz: u32) -> Vec<u8> {
    let data_bytes = samples.len() as u32;
    let mut file = Vec::with_capacity(samples.len() + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(data_bytes + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes()); // PCM
    file.extend_from_slice(&1_u16.to_le_bytes()); // one channel
    file.extend_from_slice(&rate_hz.to_le_bytes());
    file.extend_from_slice(&(rate_hz * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes()); // bytes a frame
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    file.extend_from_slice(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_without_a_header_become_a_wav_that_others_read() {
        let samples: Vec<i16> = (0..2400).map(|index| ((f64::from(index) * 0.05).sin() * 9000.0) as i16).collect();
        let raw: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let file = "pcm_24000".parse::<OutputFormat>().unwrap().file_bytes(raw).unwrap();
        let mut reader = hound::WavReader::new(file.as_slice()).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 24_000, 16));
        assert_eq!(reader.samples::<i16>().collect::<Result<Vec<_>, _>>().unwrap(), samples);
    }

    #[test]
    fn what_is_not_the_format_asked_for_is_refused() {
        let check = |format: &str, answer: &[u8]| format.parse::<OutputFormat>().unwrap().file_bytes(answer.to_vec());
        assert!(check("pcm_16000", &[1, 2, 3]).is_err());
        assert!(check("pcm_16000", b"").is_err());
        assert!(check("pcm_16000", br#"{"detail":"no"}x"#).is_err());
        assert!(check("pcm_16000", &[b'{', 0x00, 0xff, 0xfe]).is_ok(), "samples may look like a brace");
        assert!(check("mp3_44100_128", br#"{"detail":"no"}"#).is_err());
        assert!(check("mp3_44100_128", &[0xff, 0xfb, 0x90, 0x64, 0]).is_ok());
        assert!(check("mp3_44100_128", b"ID3\x04").is_ok());
        assert!(check("wav_44100", b"RIFF").is_err());
        for unknown in ["", "ulaw_8000", "opus_48000_96", "mp3", "mp3_x", "pcm_1"] {
            assert!(unknown.parse::<OutputFormat>().is_err(), "{unknown:?}");
        }
    }
}
