//! Sound out of a file: any rate, layout and offset as a steady run of 48 kHz stereo samples.

use super::{MediaError, decode::VideoDecoder, filter::FilterChain, input::MediaInput};
use crate::{progress::CancelToken, store::AtomicFile, time::SAMPLE_RATE_HZ};
use ffmpeg_next::{self as ffmpeg, codec, frame};
use std::path::Path;

/// Reads the sound of a file as interleaved stereo at 48 kHz. Stays on the thread that made it.
pub struct SoundReader {
    input: MediaInput,
    decoder: codec::decoder::Opened,
    stream_index: usize,
    chain: Option<FilterChain>,
    ready: Vec<f32>,
    ready_from: usize,
    drained: bool,
    finished: bool,
    heard_anything: bool,
    /// Time of the first sample, in ticks of the stream.
    first_pts: Option<i64>,
}

const CHAIN: &str =
    "aresample=osr=48000:async=1:min_hard_comp=0.05,aformat=sample_fmts=flt:sample_rates=48000:channel_layouts=stereo";

impl SoundReader {
    /// Opens the sound of a file.
    ///
    /// # Errors
    /// [`MediaError::NoSound`] and what is wrong with the file.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let input = MediaInput::open(path)?;
        let stream_index = input.sound_stream()?;
        let decoder = input.decoder(stream_index, 1)?;
        Ok(Self {
            input,
            decoder,
            stream_index,
            chain: None,
            ready: Vec::new(),
            ready_from: 0,
            drained: false,
            finished: false,
            heard_anything: false,
            first_pts: None,
        })
    }

    /// Fills `out` (interleaved stereo) and returns how many samples a channel were written; fewer than asked only at
    /// the end.
    ///
    /// # Errors
    /// [`MediaError`].
    pub fn read(&mut self, out: &mut [f32]) -> Result<usize, MediaError> {
        let mut written = 0;
        while written < out.len() {
            if self.ready_from == self.ready.len() {
                self.ready.clear();
                self.ready_from = 0;
                if !self.advance()? {
                    break;
                }
                continue;
            }
            let count = (out.len() - written).min(self.ready.len() - self.ready_from);
            out[written..written + count].copy_from_slice(&self.ready[self.ready_from..self.ready_from + count]);
            written += count;
            self.ready_from += count;
        }
        Ok(written / 2)
    }

    /// Puts more samples into `ready`; `false` at the end.
    fn advance(&mut self) -> Result<bool, MediaError> {
        let mut samples = frame::Audio::empty();
        loop {
            if self.finished {
                return Ok(false);
            }
            match self.decoder.receive_frame(&mut samples) {
                Ok(()) => {
                    if !self.heard_anything {
                        self.heard_anything = true;
                        self.first_pts = samples.pts();
                    }
                    self.filter(&samples)?;
                }
                Err(ffmpeg::Error::Eof) => {
                    self.finished = true;
                    if let Some(chain) = &mut self.chain {
                        chain.finish()?;
                    }
                    self.collect()?;
                }
                Err(_) if !self.drained => self.feed()?,
                Err(_) => self.finished = true,
            }
            if self.ready_from < self.ready.len() {
                return Ok(true);
            }
        }
    }

    fn feed(&mut self) -> Result<(), MediaError> {
        while let Some(packet) = self.input.next_packet() {
            if packet.stream() == self.stream_index {
                return match self.decoder.send_packet(&packet) {
                    Ok(()) | Err(ffmpeg::Error::InvalidData) => Ok(()),
                    Err(error) => Err(self.input.damaged(error)),
                };
            }
        }
        self.drained = true;
        // An error only says that the decoder is draining already.
        let _ = self.decoder.send_eof();
        Ok(())
    }

    fn filter(&mut self, samples: &frame::Audio) -> Result<(), MediaError> {
        if self.chain.is_none() {
            let stream_clock = self
                .input
                .context
                .stream(self.stream_index)
                .map_or(ffmpeg::Rational(1, SAMPLE_RATE_HZ as i32), |stream| stream.time_base());
            let args = format!(
                "time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout={}",
                stream_clock.numerator(),
                stream_clock.denominator(),
                samples.rate(),
                samples.format().name(),
                layout_name(samples),
            );
            self.chain = Some(FilterChain::new("abuffer", &args, "abuffersink", CHAIN, 1)?);
        }
        if let Some(chain) = &mut self.chain {
            // A stream that changes its layout on the way is refused by the filter: what came before is kept.
            if chain.push(samples).is_err() {
                self.finished = true;
                chain.finish()?;
            }
        }
        self.collect()
    }

    fn collect(&mut self) -> Result<(), MediaError> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let mut out = frame::Audio::empty();
        while chain.pull(&mut out)? {
            let count = out.samples() * 2;
            // SAFETY: the chain ends in `aformat` to packed stereo floats, so plane 0 holds 2 floats a sample,
            // aligned by FFmpeg's allocator.
            let floats = unsafe { std::slice::from_raw_parts((*out.as_ptr()).data[0].cast::<f32>(), count) };
            self.ready
                .extend(floats.iter().map(|sample| if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 }));
        }
        Ok(())
    }

    /// Time of the first sample after the first picture, in seconds; negative when it is earlier. Asks the decoder and
    /// not the header, because decoders drop the samples that a codec only needs to settle.
    fn delay_secs(&mut self, picture: &VideoDecoder, first_picture_pts: i64) -> Result<f64, MediaError> {
        if self.ready_from == self.ready.len() {
            self.advance()?;
        }
        let Some(stream) = self.input.context.stream(self.stream_index) else { return Ok(0.0) };
        let Some(first_pts) = self.first_pts else { return Ok(0.0) };
        let sound_secs = first_pts as f64 * f64::from(stream.time_base());
        let picture_secs = first_picture_pts as f64 * f64::from(picture.time_base());
        let delay_secs = sound_secs - picture_secs;
        // A minute apart is a broken clock, not a late sound.
        Ok(if delay_secs.abs() < 60.0 { delay_secs } else { 0.0 })
    }
}

/// FFmpeg's description of a frame's layout; a bare count where it has no name.
fn layout_name(samples: &frame::Audio) -> String {
    // SAFETY: reads a plain field of a frame this function borrows.
    let channels = unsafe { (*samples.as_ptr()).ch_layout.nb_channels }.max(1);
    let mut text = [0_u8; 128];
    // SAFETY: the buffer is as long as said, and FFmpeg ends the text with a zero.
    let length = unsafe {
        ffmpeg::ffi::av_channel_layout_describe(
            &raw const (*samples.as_ptr()).ch_layout,
            text.as_mut_ptr().cast(),
            text.len(),
        )
    };
    let named = std::ffi::CStr::from_bytes_until_nul(&text).ok().and_then(|name| name.to_str().ok());
    match (length > 0, named) {
        (true, Some(name)) if !name.contains(' ') => name.to_owned(),
        _ => format!("{channels}c"),
    }
}

/// Writes a clip's sound as a 48 kHz stereo float WAV of exactly `samples` samples a channel, in time with its first
/// picture: late sound is led in by silence, early sound is cut, short sound is filled. Returns whether it had any.
///
/// # Errors
/// [`MediaError`]; a clip without sound is no error and gives silence.
pub fn write_conformed_wav(clip: &Path, samples: u64, wav: &Path, cancel: &CancelToken) -> Result<bool, MediaError> {
    let write_failed = |error: hound::Error| match error {
        hound::Error::IoError(io) => MediaError::writing_io(wav, &io),
        other => MediaError::Write { path: wav.to_path_buf(), detail: other.to_string() },
    };
    let reader = match SoundReader::open(clip) {
        Ok(reader) => Some(reader),
        Err(MediaError::NoSound { .. }) => None,
        Err(error) => return Err(error),
    };
    let file = AtomicFile::new(wav)?;
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(file.path(), spec).map_err(write_failed)?;
    let mut left = samples;
    let mut heard = false;
    let mut block = vec![0.0_f32; 16_384];
    if let Some(mut reader) = reader {
        let delay_samples = match VideoDecoder::open_with_threads(clip, 1) {
            Ok(mut picture) => {
                let first = picture.next_frame()?.and_then(|frame| frame.pts()).unwrap_or(0);
                (reader.delay_secs(&picture, first)? * f64::from(SAMPLE_RATE_HZ)).round() as i64
            }
            Err(MediaError::NoPicture { .. }) => 0,
            Err(error) => return Err(error),
        };
        let mut skip = delay_samples.min(0).unsigned_abs();
        let mut silence = (delay_samples.max(0) as u64).min(left);
        left -= silence;
        while silence > 0 {
            writer.write_sample(0.0_f32).map_err(write_failed)?;
            writer.write_sample(0.0_f32).map_err(write_failed)?;
            silence -= 1;
        }
        while left > 0 {
            cancel.check()?;
            let count = reader.read(&mut block)? as u64;
            if count == 0 {
                break;
            }
            let skipped = skip.min(count);
            skip -= skipped;
            let used = (count - skipped).min(left);
            for sample in &block[skipped as usize * 2..(skipped + used) as usize * 2] {
                writer.write_sample(*sample).map_err(write_failed)?;
            }
            left -= used;
        }
        heard = reader.heard_anything;
    }
    for _ in 0..left {
        writer.write_sample(0.0_f32).map_err(write_failed)?;
        writer.write_sample(0.0_f32).map_err(write_failed)?;
    }
    writer.finalize().map_err(write_failed)?;
    file.commit()?;
    Ok(heard)
}
