//! Encoding the mix, and measuring what a listener will hear.

use super::{MediaError, mux::FilmMuxer, sound::SoundReader};
use crate::{progress::CancelToken, time::SAMPLE_RATE_HZ};
use ffmpeg_next::{self as ffmpeg, ChannelLayout, Packet, Rational, codec, encoder, format::Sample, frame};
use std::path::Path;

/// Bit rate of AAC sound.
pub const AAC_BITRATE_BPS: usize = 256_000;

/// A sound format a film can be delivered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundCodec {
    /// AAC-LC, for MP4.
    Aac,
    /// 24-bit PCM, for MOV.
    Pcm24,
}

/// Who takes an encoder's packets.
pub(super) type PacketSink<'a> = dyn FnMut(Packet) -> Result<(), MediaError> + 'a;

/// Encodes interleaved stereo at 48 kHz. Stays on the thread that made it.
pub struct SoundEncoder {
    encoder: encoder::audio::Encoder,
    codec: SoundCodec,
    pending: Vec<f32>,
    samples_sent: i64,
    frame_samples: usize,
}

impl SoundEncoder {
    /// Opens an encoder.
    ///
    /// # Errors
    /// [`MediaError::Encoder`].
    pub fn open(codec: SoundCodec) -> Result<Self, MediaError> {
        super::init();
        let (name, format) = match codec {
            SoundCodec::Aac => ("aac", Sample::F32(ffmpeg::format::sample::Type::Planar)),
            SoundCodec::Pcm24 => ("pcm_s24le", Sample::I32(ffmpeg::format::sample::Type::Packed)),
        };
        let refuse = |error: ffmpeg::Error| MediaError::encoder(name, error);
        let found =
            encoder::find_by_name(name).ok_or_else(|| MediaError::encoder(name, "this FFmpeg was built without it"))?;
        let mut context = codec::Context::new_with_codec(found);
        context.set_flags(codec::Flags::GLOBAL_HEADER);
        context.set_time_base(Rational(1, SAMPLE_RATE_HZ as i32));
        let mut audio = context.encoder().audio().map_err(refuse)?;
        audio.set_rate(SAMPLE_RATE_HZ as i32);
        audio.set_format(format);
        audio.set_channel_layout(ChannelLayout::STEREO);
        if codec == SoundCodec::Aac {
            audio.set_bit_rate(AAC_BITRATE_BPS);
        }
        let encoder = audio.open().map_err(refuse)?;
        let frame_samples = match encoder.frame_size() {
            0 => 1024,
            size => size as usize,
        };
        Ok(Self { encoder, codec, pending: Vec::new(), samples_sent: 0, frame_samples })
    }

    /// Encodes interleaved stereo samples into the file.
    ///
    /// # Errors
    /// [`MediaError::Encoder`], [`MediaError::DiskFull`] and [`MediaError::Write`].
    pub fn write(&mut self, samples: &[f32], muxer: &mut FilmMuxer) -> Result<(), MediaError> {
        self.encode(samples, &mut |packet| muxer.write_sound(packet))
    }

    /// Encodes the rest.
    ///
    /// # Errors
    /// As [`SoundEncoder::write`].
    pub fn finish(&mut self, muxer: &mut FilmMuxer) -> Result<(), MediaError> {
        self.end(&mut |packet| muxer.write_sound(packet))
    }

    /// Encodes interleaved stereo samples; `sink` gets the packets, their times counting samples.
    pub(super) fn encode(&mut self, samples: &[f32], sink: &mut PacketSink<'_>) -> Result<(), MediaError> {
        self.pending.extend_from_slice(samples);
        let block = self.frame_samples * 2;
        let mut from = 0;
        while self.pending.len() - from >= block {
            let frame = self.frame(&self.pending[from..from + block]);
            self.send(&frame, sink)?;
            from += block;
        }
        self.pending.drain(..from);
        Ok(())
    }

    pub(super) fn end(&mut self, sink: &mut PacketSink<'_>) -> Result<(), MediaError> {
        if !self.pending.is_empty() {
            let rest = std::mem::take(&mut self.pending);
            let frame = self.frame(&rest);
            self.send(&frame, sink)?;
        }
        self.encoder.send_eof().map_err(|error| MediaError::encoder("sound", error))?;
        self.drain(sink)
    }

    fn frame(&self, interleaved: &[f32]) -> frame::Audio {
        let count = interleaved.len() / 2;
        let mut frame = match self.codec {
            SoundCodec::Aac => {
                let mut frame =
                    frame::Audio::new(Sample::F32(ffmpeg::format::sample::Type::Planar), count, ChannelLayout::STEREO);
                for channel in 0..2 {
                    for (target, pair) in frame.plane_mut::<f32>(channel).iter_mut().zip(interleaved.chunks_exact(2)) {
                        *target = pair[channel];
                    }
                }
                frame
            }
            SoundCodec::Pcm24 => {
                let mut frame =
                    frame::Audio::new(Sample::I32(ffmpeg::format::sample::Type::Packed), count, ChannelLayout::STEREO);
                for (target, pair) in frame.plane_mut::<(i32, i32)>(0).iter_mut().zip(interleaved.chunks_exact(2)) {
                    let word = |sample: f32| (f64::from(sample.clamp(-1.0, 1.0)) * f64::from(i32::MAX)) as i32;
                    *target = (word(pair[0]), word(pair[1]));
                }
                frame
            }
        };
        frame.set_rate(SAMPLE_RATE_HZ);
        frame
    }

    fn send(&mut self, frame: &frame::Audio, sink: &mut PacketSink<'_>) -> Result<(), MediaError> {
        let mut frame = frame.clone();
        frame.set_pts(Some(self.samples_sent));
        self.samples_sent += frame.samples() as i64;
        self.encoder.send_frame(&frame).map_err(|error| MediaError::encoder("sound", error))?;
        self.drain(sink)
    }

    fn drain(&mut self, sink: &mut PacketSink<'_>) -> Result<(), MediaError> {
        let mut packet = Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            sink(std::mem::replace(&mut packet, Packet::empty()))?;
        }
        Ok(())
    }

    pub(crate) fn parameters(&self) -> codec::Parameters {
        codec::Parameters::from(&self.encoder)
    }
}

/// Loudness of a file's sound as a listener gets it: integrated LUFS and true peak in dBTP, by EBU R128.
/// `None` for the loudness of silence.
///
/// # Errors
/// [`MediaError`] for what is wrong with the file.
pub fn measure_sound(path: &Path, cancel: &CancelToken) -> Result<(Option<f64>, Option<f64>), MediaError> {
    let mut reader = SoundReader::open(path)?;
    let mode = ebur128::Mode::I | ebur128::Mode::TRUE_PEAK;
    let mut meter =
        ebur128::EbuR128::new(2, SAMPLE_RATE_HZ, mode).map_err(|error| MediaError::filter("loudness", error))?;
    let mut block = vec![0.0_f32; 48_000];
    loop {
        cancel.check()?;
        let count = reader.read(&mut block)?;
        if count == 0 {
            break;
        }
        meter.add_frames_f32(&block[..count * 2]).map_err(|error| MediaError::filter("loudness", error))?;
    }
    let peak = (0..2).filter_map(|channel| meter.true_peak(channel).ok()).fold(0.0_f64, f64::max);
    let loudness = meter.loudness_global().ok().filter(|value| value.is_finite());
    Ok((loudness, (peak > 0.0).then(|| 20.0 * peak.log10())))
}
