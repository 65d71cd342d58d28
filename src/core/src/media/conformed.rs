//! Frames of a conformed file by their number: exact, because groups have a fixed length and frames a fixed distance.

use super::{MediaError, decode::VideoDecoder, picture::Picture};
use crate::time::FrameRate;
use std::{ops::Range, path::Path};

/// Reads a range of frames of a conformed file. Stays on the thread that made it.
pub struct ConformedReader {
    decoder: VideoDecoder,
    rate: FrameRate,
    next_frame: u64,
    end_frame: u64,
}

impl ConformedReader {
    /// Opens a conformed file at a range of its frames.
    ///
    /// # Errors
    /// [`MediaError`] for a file that cannot be read.
    pub fn open(path: &Path, rate: FrameRate, frames: Range<u64>) -> Result<Self, MediaError> {
        let mut decoder = VideoDecoder::open_with_threads(path, 1)?;
        let group_start = frames.start / rate.gop_frames() * rate.gop_frames();
        if group_start > 0 {
            // A quarter of a frame late, so that rounding cannot land on the group before.
            let secs = rate.frames_to_secs(group_start) + rate.frames_to_secs(1) / 4.0;
            decoder.seek_ticks((secs / f64::from(decoder.time_base())) as i64)?;
        }
        Ok(Self { decoder, rate, next_frame: frames.start, end_frame: frames.end })
    }

    /// The next frame of the range, `pts` its number in the file; `None` after the last of the range.
    ///
    /// # Errors
    /// [`MediaError::PastEnd`] if the file has fewer frames than the range.
    pub fn next_picture(&mut self) -> Result<Option<Picture>, MediaError> {
        if self.next_frame >= self.end_frame {
            return Ok(None);
        }
        let clock = f64::from(self.decoder.time_base());
        while let Some(mut picture) = self.decoder.next_frame()? {
            let secs = picture.pts().unwrap_or(0) as f64 * clock;
            let number = self.rate.secs_to_frames(secs);
            if number < self.next_frame {
                continue;
            }
            if number > self.next_frame {
                return Err(self.decoder.input().damaged(format!("frame {} is missing", self.next_frame)));
            }
            self.next_frame += 1;
            picture.set_pts(Some(number as i64));
            picture.set_kind(ffmpeg_next::picture::Type::None);
            return Ok(Some(picture));
        }
        Err(MediaError::PastEnd { path: self.decoder.input().path.clone(), frame: self.next_frame })
    }
}
