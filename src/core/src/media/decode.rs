//! Pictures out of a file, one after the other, each with its exact time.

use super::{MediaError, input::MediaInput};
use ffmpeg_next::{self as ffmpeg, Rational, codec, ffi, frame};
use std::path::Path;

/// Decodes the picture stream of a file. Stays on the thread that made it.
///
/// A damaged stretch is stepped over; the end is the last frame that decodes, whatever the container claims.
pub struct VideoDecoder {
    input: MediaInput,
    decoder: codec::decoder::Opened,
    stream_index: usize,
    time_base: Rational,
    drained: bool,
    /// Ticks of the last picture, to give one without a time the next place.
    last_pts: Option<i64>,
    frame_ticks: i64,
    /// Whether only frames that need no other are decoded.
    keys_only: bool,
}

impl VideoDecoder {
    /// Opens the picture stream of a file.
    ///
    /// # Errors
    /// [`MediaError`] for what is wrong with the file.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Self::open_with_threads(path, 2)
    }

    pub(crate) fn open_with_threads(path: &Path, threads: usize) -> Result<Self, MediaError> {
        let input = MediaInput::open(path)?;
        let stream_index = input.picture_stream()?;
        let decoder = input.decoder(stream_index, threads)?;
        let stream = input.context.stream(stream_index).ok_or_else(|| input.damaged("the picture stream vanished"))?;
        let (time_base, rate) = (stream.time_base(), stream.avg_frame_rate());
        let ticks = f64::from(time_base.denominator()) / f64::from(time_base.numerator().max(1))
            * f64::from(rate.denominator())
            / f64::from(rate.numerator().max(1));
        Ok(Self {
            input,
            decoder,
            stream_index,
            time_base,
            drained: false,
            last_pts: None,
            frame_ticks: (ticks.round() as i64).max(1),
            keys_only: false,
        })
    }

    /// Decodes faster and not exactly: without the filter that smooths the borders of blocks, which nobody sees in a
    /// picture made small; and only the first frame of each group if `keys_only` is set.
    pub(crate) fn decode_roughly(&mut self, keys_only: bool) {
        self.keys_only = keys_only;
        self.decoder.skip_loop_filter(codec::discard::Discard::All);
    }

    /// Ticks of this clock are the frames' times.
    pub(crate) const fn time_base(&self) -> Rational {
        self.time_base
    }

    pub(crate) const fn input(&self) -> &MediaInput {
        &self.input
    }

    pub(crate) const fn stream_index(&self) -> usize {
        self.stream_index
    }

    /// The usual distance of two frames, in ticks of the time base.
    pub(crate) const fn frame_ticks(&self) -> i64 {
        self.frame_ticks
    }

    /// Time of the last picture returned, in ticks of the time base.
    pub(crate) const fn last_pts(&self) -> Option<i64> {
        self.last_pts
    }

    /// The next picture in display order, its `pts` always set; `None` after the last.
    ///
    /// # Errors
    /// [`MediaError::Oversized`] for a picture that grew beyond the limits.
    pub(crate) fn next_frame(&mut self) -> Result<Option<frame::Video>, MediaError> {
        let mut picture = frame::Video::empty();
        loop {
            match self.decoder.receive_frame(&mut picture) {
                Ok(()) => {
                    super::input::check_size(&self.input.path, picture.width(), picture.height())?;
                    // SAFETY: reads two plain fields of a frame just received.
                    let (best, corrupt) = unsafe {
                        let raw = picture.as_ptr();
                        ((*raw).best_effort_timestamp, (*raw).flags & ffi::AV_FRAME_FLAG_CORRUPT != 0)
                    };
                    if corrupt {
                        continue;
                    }
                    let guess = self.last_pts.map_or(0, |last| last + self.frame_ticks);
                    let pts = if best == ffi::AV_NOPTS_VALUE { guess } else { best };
                    // Time never runs backwards in what this returns, whatever the file says.
                    let pts = self.last_pts.map_or(pts, |last| pts.max(last + 1));
                    self.last_pts = Some(pts);
                    picture.set_pts(Some(pts));
                    return Ok(Some(picture));
                }
                Err(ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN }) => self.feed()?,
                Err(ffmpeg::Error::Eof) => return Ok(None),
                // A frame that does not decode is stepped over; feeding on ends the stream in any case.
                Err(_) if !self.drained => self.feed()?,
                Err(_) => return Ok(None),
            }
        }
    }

    fn feed(&mut self) -> Result<(), MediaError> {
        if self.drained {
            return Ok(());
        }
        while let Some(packet) = self.input.next_packet() {
            if packet.stream() == self.stream_index && (packet.is_key() || !self.keys_only) {
                match self.decoder.send_packet(&packet) {
                    Ok(()) | Err(ffmpeg::Error::InvalidData) => return Ok(()),
                    Err(error) => return Err(self.input.damaged(error)),
                }
            }
        }
        self.drained = true;
        // An error only says that the decoder is draining already.
        let _ = self.decoder.send_eof();
        Ok(())
    }

    /// Moves to the key frame at or before a time, so that decoding on from there reaches it.
    /// `target` is in ticks of the stream's time base.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] if the file cannot be sought.
    pub(crate) fn seek_ticks(&mut self, target: i64) -> Result<(), MediaError> {
        // SAFETY: the context is open, the stream index is its own.
        let code = unsafe {
            ffi::av_seek_frame(
                self.input.context.as_mut_ptr(),
                self.stream_index as i32,
                target,
                ffi::AVSEEK_FLAG_BACKWARD,
            )
        };
        if code < 0 {
            return Err(self.input.damaged(ffmpeg::Error::from(code)));
        }
        self.decoder.flush();
        self.drained = false;
        self.last_pts = None;
        Ok(())
    }
}
