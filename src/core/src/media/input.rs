//! Opening foreign files: limits on size, time, streams and protocols, before a decoder sees a byte.

use super::MediaError;
use ffmpeg_next::{self as ffmpeg, Dictionary, codec, ffi, format, media};
use std::{
    ffi::CString,
    path::{Path, PathBuf},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Largest picture side accepted, in pixels.
pub const MAX_SIDE_PX: u32 = 8192;
/// Longest clip accepted, in seconds: its conformed sound must fit into the 4 GiB of a WAV file.
pub const MAX_DURATION_SECS: f64 = 3.0 * 3600.0;
/// A header that is not understood after this long belongs to a hostile or unreachable file.
pub const MAX_OPEN_TIME: Duration = Duration::from_secs(10);
/// Containers Kinora reads. Playlists and scripts (concat, hls, dash …) are left out: they name other files.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mxf,flv,gif,apng,wav,w64,aiff,mp3,flac,\
                          ogg,aac,caf,ivf,h264,hevc,yuv4mpegpipe,png_pipe,jpeg_pipe,webp_pipe";

/// An opened file and the path it came from, for messages.
pub(crate) struct MediaInput {
    pub(crate) context: format::context::Input,
    pub(crate) path: PathBuf,
}

impl MediaInput {
    /// Opens a file with limits and reads its header.
    ///
    /// # Errors
    /// [`MediaError`] for a file that is missing, empty, no media, or beyond the limits.
    pub(crate) fn open(path: &Path) -> Result<Self, MediaError> {
        super::init();
        refuse_empty(path)?;
        let url = file_url(path)?;
        let mut options = Dictionary::new();
        options.set("protocol_whitelist", "file");
        options.set("format_whitelist", CONTAINERS);
        options.set("probesize", "8000000");
        options.set("analyzeduration", "8000000");
        options.set("max_streams", "64");
        options.set("max_probe_packets", "2500");
        // The limit is for the opening alone: FFmpeg goes on asking for as long as the file is read, and an answer of
        // "stop" there would look like the end of the file.
        let (opened_at, is_opening) = (Instant::now(), Arc::new(AtomicBool::new(true)));
        let asked = Arc::clone(&is_opening);
        let context = format::input_with_interrupt_and_dictionary(
            &url,
            move || asked.load(Ordering::Relaxed) && opened_at.elapsed() > MAX_OPEN_TIME,
            options,
        )
        .map_err(|error| not_media(path, &error.to_string()))?;
        is_opening.store(false, Ordering::Relaxed);
        let input = Self { context, path: path.to_path_buf() };
        let duration_secs = input.container_duration_secs();
        if duration_secs > MAX_DURATION_SECS {
            return Err(MediaError::TooLong { path: input.path, duration_secs, limit_secs: MAX_DURATION_SECS });
        }
        Ok(input)
    }

    /// Opens a file of the master format by its header alone: the look at a foreign file's streams decodes a picture.
    ///
    /// # Errors
    /// [`MediaError`] for a file that is missing, empty or no MP4.
    pub(crate) fn open_master(path: &Path) -> Result<Self, MediaError> {
        super::init();
        refuse_empty(path)?;
        let url = CString::new(file_url(path)?).map_err(|_| MediaError::BadPath { path: path.to_path_buf() })?;
        let mut options = Dictionary::new();
        options.set("protocol_whitelist", "file");
        options.set("format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2");
        // SAFETY: the options are taken and given back, whatever FFmpeg left of them; on failure it frees the context
        // itself, and else the context is handed over to a wrapper that closes it.
        let context = unsafe {
            let mut raw = ptr::null_mut();
            let mut raw_options = options.disown();
            let code = ffi::avformat_open_input(&raw mut raw, url.as_ptr(), ptr::null(), &raw mut raw_options);
            drop(Dictionary::own(raw_options));
            if code < 0 {
                return Err(not_media(path, &ffmpeg::Error::from(code).to_string()));
            }
            format::context::Input::wrap(raw)
        };
        Ok(Self { context, path: path.to_path_buf() })
    }

    /// Length the container claims, in seconds; 0 when it claims none.
    pub(crate) fn container_duration_secs(&self) -> f64 {
        (self.context.duration() as f64 / f64::from(ffi::AV_TIME_BASE)).max(0.0)
    }

    /// The index of the picture stream, cover art left aside.
    ///
    /// # Errors
    /// [`MediaError::NoPicture`].
    pub(crate) fn picture_stream(&self) -> Result<usize, MediaError> {
        self.context
            .streams()
            .filter(|stream| {
                stream.parameters().medium() == media::Type::Video
                    && !stream.disposition().contains(format::stream::Disposition::ATTACHED_PIC)
            })
            .map(|stream| stream.index())
            .next()
            .ok_or_else(|| MediaError::NoPicture { path: self.path.clone() })
    }

    /// The index of the sound stream.
    ///
    /// # Errors
    /// [`MediaError::NoSound`].
    pub(crate) fn sound_stream(&self) -> Result<usize, MediaError> {
        self.context
            .streams()
            .best(media::Type::Audio)
            .map(|stream| stream.index())
            .ok_or_else(|| MediaError::NoSound { path: self.path.clone() })
    }

    /// Opens the decoder of a stream, on as many threads as given.
    ///
    /// # Errors
    /// [`MediaError::NoDecoder`], [`MediaError::Oversized`] or [`MediaError::Damaged`].
    pub(crate) fn decoder(&self, stream_index: usize, threads: usize) -> Result<codec::decoder::Opened, MediaError> {
        let stream = self.context.stream(stream_index).ok_or_else(|| self.damaged("a stream vanished"))?;
        let parameters = stream.parameters();
        let codec_id = parameters.id();
        if parameters.medium() == media::Type::Video {
            // SAFETY: the parameters belong to the open input and are only read.
            let (width_px, height_px) = unsafe {
                let raw = parameters.as_ptr();
                ((*raw).width.max(0) as u32, (*raw).height.max(0) as u32)
            };
            check_size(&self.path, width_px, height_px)?;
        }
        let mut context = codec::Context::from_parameters(parameters).map_err(|error| self.damaged(error))?;
        context.set_time_base(stream.time_base());
        context.set_threading(codec::threading::Config {
            kind: codec::threading::Type::Frame,
            count: threads,
            ..Default::default()
        });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let mut options = Dictionary::new();
        options.set("max_pixels", &(u64::from(MAX_SIDE_PX) * u64::from(MAX_SIDE_PX)).to_string());
        let codec = codec::decoder::find(codec_id)
            .ok_or_else(|| MediaError::NoDecoder { path: self.path.clone(), codec: codec_id.name().to_owned() })?;
        decoder.open_as_with(codec, options).map_err(|error| self.damaged(error))
    }

    /// An error about this file's content.
    #[expect(clippy::needless_pass_by_value, reason = "an error is handed over whole by `map_err`")]
    pub(crate) fn damaged(&self, detail: impl ToString) -> MediaError {
        MediaError::Damaged { path: self.path.clone(), detail: detail.to_string() }
    }

    /// Reads the next packet; `None` at the end, and at the point where a truncated file stops.
    pub(crate) fn next_packet(&mut self) -> Option<ffmpeg::Packet> {
        let mut packet = ffmpeg::Packet::empty();
        let mut resyncs = 0;
        loop {
            match packet.read(&mut self.context) {
                Ok(()) => return Some(packet),
                // A demuxer can step over a bad packet; a file of nothing but bad packets must still end.
                Err(ffmpeg::Error::InvalidData) if resyncs < 1000 => resyncs += 1,
                Err(_) => return None,
            }
        }
    }
}

/// The size limits of a picture, for headers and for frames that change size on the way.
///
/// # Errors
/// [`MediaError::Oversized`], also for a picture with no area.
pub(crate) fn check_size(path: &Path, width_px: u32, height_px: u32) -> Result<(), MediaError> {
    if width_px == 0 || height_px == 0 {
        return Err(MediaError::Damaged { path: path.to_path_buf(), detail: "the picture has no size".to_owned() });
    }
    if width_px > MAX_SIDE_PX || height_px > MAX_SIDE_PX {
        return Err(MediaError::Oversized { path: path.to_path_buf(), width_px, height_px, limit_px: MAX_SIDE_PX });
    }
    Ok(())
}

/// The URL of a local file; the scheme keeps a name such as `concat:x` from being read as a protocol.
pub(crate) fn file_url(path: &Path) -> Result<String, MediaError> {
    let text = path.to_str().filter(|text| !text.contains('\0'));
    text.map(|text| format!("file:{text}")).ok_or_else(|| MediaError::BadPath { path: path.to_path_buf() })
}

fn refuse_empty(path: &Path) -> Result<(), MediaError> {
    let size_bytes = match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => meta.len(),
        Ok(_) => return Err(not_media(path, "it is not a regular file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(MediaError::Missing { path: path.to_path_buf() });
        }
        Err(source) => return Err(MediaError::Unreadable { path: path.to_path_buf(), source }),
    };
    if size_bytes == 0 { Err(MediaError::Empty { path: path.to_path_buf() }) } else { Ok(()) }
}

fn not_media(path: &Path, detail: &str) -> MediaError {
    MediaError::NotMedia { path: path.to_path_buf(), detail: detail.to_owned() }
}
