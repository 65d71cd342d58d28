//! From a clip's own times to the film's: deinterlacing, motion interpolation, and the choice of a frame for every
//! instant.

use super::{
    MediaError,
    decode::VideoDecoder,
    filter::FilterChain,
    picture::{Picture, shared},
};
use crate::{progress::CancelToken, time::FrameRate};
use ffmpeg_next::{Rational, frame};
use std::collections::VecDeque;

/// A source frame with its time, counted in ticks of [`TimedSource::time_base`] from the first frame.
struct TimedFrame {
    frame: Picture,
    /// Counts the frames of the source; equal numbers are the same picture.
    serial: i64,
    ticks: i64,
}

/// Frames of a clip with times, after the filters that change time.
pub(crate) struct TimedSource {
    decoder: VideoDecoder,
    chain: Option<FilterChain>,
    /// The clock of the frames this returns.
    time_base: Rational,
    interpolation: Option<Interpolation>,
    first_pts: Option<i64>,
    /// Kept to repeat past the end, so that interpolation reaches the last frame.
    last: Option<frame::Video>,
    ready: VecDeque<Picture>,
    ended: bool,
    serial: i64,
    cancel: CancelToken,
}

/// How many frames interpolation looks back and ahead.
const INTERPOLATION_REACH: i64 = 3;
/// The clock of frames on their way into the interpolation filter.
const MICROS: Rational = Rational(1, 1_000_000);

/// Interpolation starts late by the frames it looks back on, so the first frame is given to it a few times before its
/// time. It answers on the grid of the film's rate; the first frame itself is put exactly on that grid.
#[derive(Clone, Copy)]
struct Interpolation {
    rate: FrameRate,
    /// Place of the first frame on the grid, in frames of the film.
    lead_frames: i64,
}

impl TimedSource {
    pub(crate) fn new(
        decoder: VideoDecoder,
        rate: FrameRate,
        optical_flow: bool,
        cancel: CancelToken,
    ) -> Result<Self, MediaError> {
        let clock = decoder.time_base();
        let frame_secs = decoder.frame_ticks() as f64 * f64::from(clock);
        let interpolation = (optical_flow && 1.0 / frame_secs < rate.as_f64() * 0.98).then(|| Interpolation {
            rate,
            lead_frames: (frame_secs * INTERPOLATION_REACH as f64 * rate.as_f64()).ceil() as i64 + 1,
        });
        let time_base = match interpolation {
            Some(_) => Rational(rate.denominator() as i32, rate.numerator() as i32),
            None => clock,
        };
        Ok(Self {
            decoder,
            chain: None,
            time_base,
            interpolation,
            first_pts: None,
            last: None,
            ready: VecDeque::new(),
            ended: false,
            serial: -1,
            cancel,
        })
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame>, MediaError> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                let ticks = frame.pts().unwrap_or(0);
                self.serial += 1;
                return Ok(Some(TimedFrame { frame, serial: self.serial, ticks }));
            }
            if self.ended {
                return Ok(None);
            }
            self.cancel.check()?;
            self.advance()?;
        }
    }

    /// End of the last frame on the decoder's clock, counted from the first frame; known once the file ended.
    fn end_ticks(&self) -> Option<i64> {
        let last = self.decoder.last_pts().filter(|_| self.ended)?;
        Some(last - self.first_pts? + self.decoder.frame_ticks())
    }

    fn advance(&mut self) -> Result<(), MediaError> {
        let Some(mut frame) = self.decoder.next_frame()? else {
            self.ended = true;
            return self.finish_chain();
        };
        let pts = frame.pts().unwrap_or(0);
        let is_first = self.first_pts.is_none();
        let ticks = pts - *self.first_pts.get_or_insert(pts);
        frame.set_pts(Some(ticks));
        if is_first && (self.interpolation.is_some() || frame.is_interlaced()) {
            self.chain = Some(self.build_chain(&frame)?);
            for step in (1..=INTERPOLATION_REACH).rev() {
                self.push_repeat(&frame, -step * self.decoder.frame_ticks())?;
            }
        }
        if self.chain.is_none() {
            self.ready.push_back(frame);
            return Ok(());
        }
        self.push(&frame, ticks)?;
        self.last = Some(frame);
        Ok(())
    }

    fn build_chain(&self, frame: &frame::Video) -> Result<FilterChain, MediaError> {
        let mut parts = Vec::new();
        if frame.is_interlaced() {
            parts.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
        }
        let clock = match self.interpolation {
            Some(Interpolation { rate, .. }) => {
                parts.push(format!("minterpolate=fps={rate}:mi_mode=mci"));
                MICROS
            }
            None => self.time_base,
        };
        parts.push(format!("settb=expr={}/{}", self.time_base.numerator(), self.time_base.denominator()));
        let args = format!(
            "video_size={}x{}:pix_fmt={}:time_base={}/{}",
            frame.width(),
            frame.height(),
            frame.format().descriptor().map_or("yuv420p", |descriptor| descriptor.name()),
            clock.numerator(),
            clock.denominator(),
        );
        FilterChain::new("buffer", &args, "buffersink", &parts.join(","), 2)
    }

    fn push_repeat(&mut self, frame: &frame::Video, ticks: i64) -> Result<(), MediaError> {
        if self.interpolation.is_some() { self.push(frame, ticks) } else { Ok(()) }
    }

    /// Sends a frame to the filters; `ticks` on the decoder's clock.
    fn push(&mut self, frame: &frame::Video, ticks: i64) -> Result<(), MediaError> {
        let mut sent = shared(frame);
        sent.set_pts(Some(match self.interpolation {
            Some(Interpolation { rate, lead_frames }) => {
                let secs = ticks as f64 * f64::from(self.decoder.time_base());
                let lead_secs = rate.frames_to_secs(lead_frames.unsigned_abs());
                ((secs + lead_secs) * 1e6).round() as i64
            }
            None => ticks,
        }));
        if let Some(chain) = &mut self.chain {
            chain.push(&sent)?;
        }
        self.drain()
    }

    fn finish_chain(&mut self) -> Result<(), MediaError> {
        if let Some(last) = self.last.take() {
            let ticks = last.pts().unwrap_or(0);
            for step in 1..=INTERPOLATION_REACH {
                self.push_repeat(&last, ticks + step * self.decoder.frame_ticks())?;
            }
        }
        if let Some(chain) = &mut self.chain {
            chain.finish()?;
        }
        self.drain()
    }

    fn drain(&mut self) -> Result<(), MediaError> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let lead_frames = self.interpolation.map_or(0, |interpolation| interpolation.lead_frames);
        loop {
            let mut out = frame::Video::empty();
            if !chain.pull(&mut out)? {
                return Ok(());
            }
            let ticks = out.pts().unwrap_or(0) - lead_frames;
            // What lies before the first frame was only for the filter's memory.
            if ticks >= 0 || self.interpolation.is_none() {
                out.set_pts(Some(ticks));
                self.ready.push_back(out);
            }
        }
    }
}

/// Chooses, for every instant of the film's rate, the source frame nearest in time.
pub(crate) struct RateChooser {
    source: TimedSource,
    rate: FrameRate,
    current: Option<TimedFrame>,
    next: Option<TimedFrame>,
    frames_out: u64,
}

/// A chosen frame.
pub(crate) struct ChosenFrame {
    pub(crate) frame: Picture,
    pub(crate) serial: i64,
}

impl RateChooser {
    pub(crate) const fn new(source: TimedSource, rate: FrameRate) -> Self {
        Self { source, rate, current: None, next: None, frames_out: 0 }
    }

    /// The frame for the next instant of the film; `None` after the last.
    ///
    /// # Errors
    /// [`MediaError`]; [`MediaError::Damaged`] if not even one frame decodes.
    pub(crate) fn next_frame(&mut self) -> Result<Option<ChosenFrame>, MediaError> {
        if self.current.is_none() {
            self.current = self.source.next_frame()?;
            self.next = self.source.next_frame()?;
        }
        let clock = self.source.time_base;
        // Ties go to the earlier frame, so that twice the rate repeats every frame twice.
        while let (Some(current), Some(next)) = (&self.current, &self.next) {
            let middle = self.scaled_ticks(current.ticks, clock) + self.scaled_ticks(next.ticks, clock);
            if self.scaled_instant(clock) * 2 <= middle {
                break;
            }
            self.current = self.next.take();
            self.next = self.source.next_frame()?;
        }
        let Some(current) = &self.current else {
            return Err(self.source.decoder.input().damaged("no frame of the picture decodes"));
        };
        if let (Some(end), true) = (self.source.end_ticks(), self.frames_out > 0) {
            // A frame of the film is shown if its middle lies before the end; the first always is.
            let clock = self.source.decoder.time_base();
            let frame = i128::from(self.rate.denominator()) * i128::from(clock.denominator());
            if self.scaled_instant(clock) * 2 + frame > self.scaled_ticks(end, clock) * 2 {
                return Ok(None);
            }
        }
        self.frames_out += 1;
        Ok(Some(ChosenFrame { frame: shared(&current.frame), serial: current.serial }))
    }

    /// The next instant of the film, in a unit that compares exactly with [`Self::scaled_ticks`] on the same clock.
    fn scaled_instant(&self, clock: Rational) -> i128 {
        i128::from(self.frames_out) * i128::from(self.rate.denominator()) * i128::from(clock.denominator())
    }

    fn scaled_ticks(&self, ticks: i64, clock: Rational) -> i128 {
        i128::from(ticks) * i128::from(clock.numerator()) * i128::from(self.rate.numerator())
    }
}
