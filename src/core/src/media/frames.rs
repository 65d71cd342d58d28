//! Any frame of a conformed file at any time: the decoder stays open, goes on where the next frame is near, and seeks
//! to the group of pictures otherwise.

use super::{MediaError, decode::VideoDecoder, picture::Picture};
use crate::time::FrameRate;
use std::path::Path;

/// Frames that are decoded on the way rather than sought past: about what a seek costs.
const NEAR_FRAMES: u64 = 3;

/// Decodes single frames of a conformed file, in any order. Stays on the thread that made it.
pub struct FrameDecoder {
    decoder: VideoDecoder,
    rate: FrameRate,
    /// The frame that comes out next; unknown after an error.
    next_frame: Option<u64>,
    /// Whether only the first frame of each group decodes.
    keys_only: bool,
}

impl FrameDecoder {
    /// Opens a conformed file, to decode on as many threads as given.
    ///
    /// # Errors
    /// [`MediaError`] for a file that cannot be read.
    pub fn open(path: &Path, rate: FrameRate, threads: usize) -> Result<Self, MediaError> {
        let decoder = VideoDecoder::open_with_threads(path, threads.max(1))?;
        Ok(Self { decoder, rate, next_frame: Some(0), keys_only: false })
    }

    /// Opens a conformed file for frames that are made small: on one thread, fast and not exact to the bit. With
    /// `keys_only` the first frames of groups alone can be had, and what lies between is not decoded.
    ///
    /// # Errors
    /// [`MediaError`] for a file that cannot be read.
    pub fn open_rough(path: &Path, rate: FrameRate, keys_only: bool) -> Result<Self, MediaError> {
        let mut decoder = VideoDecoder::open_with_threads(path, 1)?;
        decoder.decode_roughly(keys_only);
        Ok(Self { decoder, rate, next_frame: Some(0), keys_only })
    }

    /// Exactly this frame, counted from 0.
    ///
    /// `passes` sees every frame that is decoded on the way, and may end the work by answering `false`: `None` then.
    /// What was decoded so far is not lost to a later call for a frame further on.
    ///
    /// # Errors
    /// [`MediaError::PastEnd`] beyond the last frame that decodes; [`MediaError::Damaged`] for a file with a hole.
    pub fn picture(
        &mut self,
        frame: u64,
        passes: &mut dyn FnMut(u64, &Picture) -> bool,
    ) -> Result<Option<Picture>, MediaError> {
        let group_start = frame / self.rate.gop_frames() * self.rate.gop_frames();
        let goes_on = self.next_frame.is_some_and(|next| {
            next <= frame && (group_start <= next || frame - next <= NEAR_FRAMES || self.keys_only)
        });
        if !goes_on {
            self.seek(group_start)?;
        }
        let clock = f64::from(self.decoder.time_base());
        let mut rewound = false;
        loop {
            self.next_frame = None;
            let Some(mut picture) = self.decoder.next_frame()? else {
                return Err(MediaError::PastEnd { path: self.decoder.input().path.clone(), frame });
            };
            let number = self.rate.secs_to_frames(picture.pts().unwrap_or(0) as f64 * clock);
            if number > frame {
                // In groups shorter than the encoder's delay a seek can land one group late.
                if rewound {
                    return Err(self.decoder.input().damaged(format!("frame {frame} is missing")));
                }
                rewound = true;
                self.decoder.seek_ticks(i64::MIN / 2)?;
                continue;
            }
            self.next_frame = Some(number + 1);
            if number == frame {
                picture.set_pts(Some(number as i64));
                return Ok(Some(picture));
            }
            if !passes(number, &picture) {
                return Ok(None);
            }
        }
    }

    fn seek(&mut self, group_start: u64) -> Result<(), MediaError> {
        self.next_frame = None;
        // A quarter of a frame late, so that rounding cannot land on the group before.
        let secs = self.rate.frames_to_secs(group_start) + self.rate.frames_to_secs(1) / 4.0;
        self.decoder.seek_ticks((secs / f64::from(self.decoder.time_base())) as i64)
    }
}
