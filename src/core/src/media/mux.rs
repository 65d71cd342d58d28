//! MP4 and MOV files out, packet by packet; and conformed packets back in.

use super::{
    MediaError,
    encode::{EncodedPacket, MASTER_DELAY_FRAMES, PictureEncoder},
    input::MediaInput,
    sound_encode::SoundEncoder,
};
use crate::time::FrameRate;
use ffmpeg_next::{self as ffmpeg, Dictionary, Packet, Rational, codec, ffi, format};
use std::path::{Path, PathBuf};

/// A chapter mark: one a scene.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Chapter {
    /// Title shown by players.
    pub title: String,
    /// First frame.
    pub start_frame: u64,
    /// One past the last frame.
    pub end_frame: u64,
}

/// What a file is made of.
pub struct MuxSpec<'a> {
    /// Where to write; a temporary name, committed by the caller.
    pub path: &'a Path,
    /// Container: `mp4` or `mov`.
    pub container: &'a str,
    /// The film's rate.
    pub rate: FrameRate,
    /// Title tag; empty for none.
    pub title: &'a str,
    /// Chapter marks.
    pub chapters: &'a [Chapter],
}

/// Writes one picture stream and perhaps one sound stream.
pub struct FilmMuxer {
    output: format::context::Output,
    path: PathBuf,
    rate: FrameRate,
    pictures_written: i64,
    sound_time_base: Option<Rational>,
    finished: bool,
}

impl FilmMuxer {
    /// Starts a file whose pictures come from an encoder.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn for_encoder(
        spec: &MuxSpec<'_>,
        pictures: &PictureEncoder,
        sound: Option<&SoundEncoder>,
    ) -> Result<Self, MediaError> {
        Self::open(spec, &pictures.parameters(), sound)
    }

    /// Starts a file whose pictures are copied from conformed files like this one.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn for_copies(
        spec: &MuxSpec<'_>,
        model: &PacketReader,
        sound: Option<&SoundEncoder>,
    ) -> Result<Self, MediaError> {
        Self::open(spec, &model.parameters, sound)
    }

    fn open(
        spec: &MuxSpec<'_>,
        pictures: &codec::Parameters,
        sound: Option<&SoundEncoder>,
    ) -> Result<Self, MediaError> {
        super::init();
        let path = spec.path;
        let refuse = |error: ffmpeg::Error| MediaError::writing(path, error);
        if path.to_str().is_none_or(|text| text.contains('\0')) {
            return Err(MediaError::BadPath { path: path.to_path_buf() });
        }
        let mut output = format::output_as(path, spec.container).map_err(refuse)?;
        let rate = spec.rate;
        let clock = Rational(rate.denominator() as i32, rate.numerator() as i32);
        {
            let mut stream = output.add_stream(encoder_none()).map_err(refuse)?;
            stream.set_parameters(pictures.clone());
            stream.set_time_base(clock);
            stream.set_avg_frame_rate(Rational(clock.denominator(), clock.numerator()));
            // SAFETY: clears the tag of parameters this stream owns, so that the muxer writes its own container's tag.
            unsafe {
                let parameters = (*stream.as_mut_ptr()).codecpar;
                (*parameters).codec_tag = if (*parameters).codec_id == ffi::AVCodecID::AV_CODEC_ID_HEVC {
                    u32::from_le_bytes(*b"hvc1") // the tag Apple's players ask for
                } else {
                    0
                };
            }
        }
        if let Some(sound) = sound {
            let mut stream = output.add_stream(encoder_none()).map_err(refuse)?;
            stream.set_parameters(sound.parameters());
            stream.set_time_base(Rational(1, crate::time::SAMPLE_RATE_HZ as i32));
            // SAFETY: as above.
            unsafe { (*(*stream.as_mut_ptr()).codecpar).codec_tag = 0 };
        }
        let mut metadata = Dictionary::new();
        if !spec.title.is_empty() {
            metadata.set("title", &spec.title.replace('\0', ""));
        }
        output.set_metadata(metadata);
        for (index, chapter) in spec.chapters.iter().enumerate() {
            let (start, end) = (chapter.start_frame as i64, chapter.end_frame as i64);
            let title = chapter.title.replace('\0', "");
            output.add_chapter(index as i64, clock, start, end, title).map_err(refuse)?;
        }
        let mut options = Dictionary::new();
        options.set("movflags", "+faststart+write_colr");
        options.set("brand", if spec.container == "mov" { "qt  " } else { "isom" });
        output.write_header_with(options).map_err(refuse)?;
        let sound_time_base = sound.and_then(|_| output.stream(1).map(|stream| stream.time_base()));
        Ok(Self { output, path: path.to_path_buf(), rate, pictures_written: 0, sound_time_base, finished: false })
    }

    /// Writes a picture packet of the master format at a place in the film: `pts_frames` is shifted by `offset_frames`,
    /// and the decoding time follows from the order of writing, so packets of different files join.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn write_joined(&mut self, packet: EncodedPacket, offset_frames: i64) -> Result<(), MediaError> {
        let dts = self.pictures_written - MASTER_DELAY_FRAMES;
        let pts = packet.pts_frames + offset_frames;
        self.write_picture(packet, pts, dts)
    }

    /// Writes a packet with the encoder's own times.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn write_encoded(&mut self, packet: EncodedPacket) -> Result<(), MediaError> {
        let (pts, dts) = (packet.pts_frames, packet.dts_frames);
        self.write_picture(packet, pts, dts)
    }

    fn write_picture(&mut self, packet: EncodedPacket, pts: i64, dts: i64) -> Result<(), MediaError> {
        self.pictures_written += 1;
        let is_key = packet.is_key;
        let mut packet = packet.packet;
        packet.set_pts(Some(pts));
        packet.set_dts(Some(dts));
        packet.set_duration(1);
        packet.set_position(-1);
        packet.set_flags(if is_key { codec::packet::Flags::KEY } else { codec::packet::Flags::empty() });
        let clock = Rational(self.rate.denominator() as i32, self.rate.numerator() as i32);
        self.write(packet, 0, clock)
    }

    /// Writes a sound packet; its times count samples at 48 kHz.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub(crate) fn write_sound(&mut self, packet: Packet) -> Result<(), MediaError> {
        if self.sound_time_base.is_none() {
            return Err(MediaError::Write {
                path: self.path.clone(),
                detail: "sound for a file without a sound stream".to_owned(),
            });
        }
        self.write(packet, 1, Rational(1, crate::time::SAMPLE_RATE_HZ as i32))
    }

    fn write(&mut self, mut packet: Packet, stream: usize, clock: Rational) -> Result<(), MediaError> {
        let target = self.output.stream(stream).map_or(clock, |stream| stream.time_base());
        packet.rescale_ts(clock, target);
        packet.set_stream(stream);
        packet.write_interleaved(&mut self.output).map_err(|error| MediaError::writing(&self.path, error))
    }

    /// Writes the index and closes the file. Without it the file is not whole.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn finish(mut self) -> Result<(), MediaError> {
        self.finished = true;
        self.output.write_trailer().map_err(|error| MediaError::writing(&self.path, error))?;
        // SAFETY: the output's I/O context stays open until drop; flushing it and reading its error field shows a
        // write that failed late, such as on a full disk, which closing would not report.
        let error = unsafe {
            let io = (*self.output.as_mut_ptr()).pb;
            ffi::avio_flush(io);
            (*io).error
        };
        if error < 0 { Err(MediaError::writing(&self.path, ffmpeg::Error::from(error))) } else { Ok(()) }
    }
}

/// No particular encoder: the stream's parameters say everything.
fn encoder_none() -> Option<ffmpeg::Codec> {
    None
}

/// Reads the packets of a conformed file in decoding order.
pub struct PacketReader {
    input: MediaInput,
    stream_index: usize,
    rate: FrameRate,
    pub(crate) parameters: codec::Parameters,
}

impl PacketReader {
    /// Opens a conformed file.
    ///
    /// # Errors
    /// [`MediaError`].
    pub fn open(path: &Path, rate: FrameRate) -> Result<Self, MediaError> {
        Self::of_input(MediaInput::open(path)?, rate)
    }

    /// Opens a conformed file to decode it: all that its header does not say is in its packets.
    ///
    /// # Errors
    /// [`MediaError`].
    pub(crate) fn open_to_decode(path: &Path, rate: FrameRate) -> Result<Self, MediaError> {
        Self::of_input(MediaInput::open_master(path)?, rate)
    }

    fn of_input(input: MediaInput, rate: FrameRate) -> Result<Self, MediaError> {
        let stream_index = input.picture_stream()?;
        let stream = input.context.stream(stream_index).ok_or_else(|| input.damaged("the picture stream vanished"))?;
        let mut parameters = codec::Parameters::new();
        parameters.clone_from(&stream.parameters());
        Ok(Self { input, stream_index, rate, parameters })
    }

    /// The encoder's parameter sets; packets join only where these are equal.
    #[must_use]
    pub fn parameter_sets(&self) -> &[u8] {
        // SAFETY: extradata belongs to the parameters, which live as long as the borrow.
        unsafe {
            let raw = self.parameters.as_ptr();
            if (*raw).extradata.is_null() {
                &[]
            } else {
                std::slice::from_raw_parts((*raw).extradata, (*raw).extradata_size.max(0) as usize)
            }
        }
    }

    /// A decoder of the packets.
    ///
    /// # Errors
    /// [`MediaError::NoDecoder`] or [`MediaError::Damaged`].
    pub(crate) fn decoder(&self, threads: usize) -> Result<codec::decoder::Opened, MediaError> {
        self.input.decoder(self.stream_index, threads)
    }

    /// Moves to the key frame at `frame`, which must be the start of a group.
    ///
    /// # Errors
    /// [`MediaError::Damaged`].
    pub fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        if frame == 0 {
            return self.seek_ticks(i64::MIN / 2);
        }
        let clock = self.clock();
        let secs_per_frame = self.rate.frames_to_secs(1);
        // A quarter of a frame late, so that rounding cannot land on the group before.
        let ticks = (frame as f64 + 0.25) * secs_per_frame / f64::from(clock);
        self.seek_ticks(ticks as i64)
    }

    fn seek_ticks(&mut self, ticks: i64) -> Result<(), MediaError> {
        // SAFETY: the context is open, the stream index is its own.
        let code = unsafe {
            ffi::av_seek_frame(
                self.input.context.as_mut_ptr(),
                self.stream_index as i32,
                ticks,
                ffi::AVSEEK_FLAG_BACKWARD,
            )
        };
        if code < 0 { Err(self.input.damaged(ffmpeg::Error::from(code))) } else { Ok(()) }
    }

    fn clock(&self) -> Rational {
        self.input.context.stream(self.stream_index).map_or(Rational(1, 12_288), |stream| stream.time_base())
    }

    /// The next packet; `None` after the last.
    pub fn next_packet(&mut self) -> Option<EncodedPacket> {
        let clock = self.clock();
        loop {
            let packet = self.input.next_packet()?;
            if packet.stream() != self.stream_index {
                continue;
            }
            let frames =
                |ticks: Option<i64>| (ticks.unwrap_or(0) as f64 * f64::from(clock) * self.rate.as_f64()).round() as i64;
            return Some(EncodedPacket {
                pts_frames: frames(packet.pts()),
                dts_frames: frames(packet.dts()),
                is_key: packet.is_key(),
                packet,
            });
        }
    }
}
