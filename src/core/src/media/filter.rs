//! Filter graphs with one way in and one way out.

use super::MediaError;
use ffmpeg_next::{self as ffmpeg, Frame, filter};

/// A configured FFmpeg filter graph. Stays on the thread that made it.
pub(crate) struct FilterChain {
    graph: filter::Graph,
    description: String,
}

impl FilterChain {
    /// Builds `source -> description -> sink`.
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub(crate) fn new(
        source: &str,
        source_args: &str,
        sink: &str,
        description: &str,
        threads: u32,
    ) -> Result<Self, MediaError> {
        super::init();
        let refuse = |detail: &dyn std::fmt::Display| MediaError::filter(description, detail.to_string());
        let find = |name: &str| filter::find(name).ok_or_else(|| refuse(&format!("this FFmpeg has no filter {name}")));
        let mut graph = filter::Graph::new();
        // SAFETY: the graph was just allocated and has no filters yet, so its thread count may be set.
        unsafe { (*graph.as_mut_ptr()).nb_threads = threads as i32 };
        graph.add(&find(source)?, "in", source_args).map_err(|error| refuse(&error))?;
        graph.add(&find(sink)?, "out", "").map_err(|error| refuse(&error))?;
        graph
            .output("in", 0)
            .and_then(|parser| parser.input("out", 0))
            .and_then(|parser| parser.parse(description))
            .map_err(|error| refuse(&error))?;
        graph.validate().map_err(|error| refuse(&error))?;
        Ok(Self { graph, description: description.to_owned() })
    }

    /// Sends a frame in. The frame keeps its own reference.
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub(crate) fn push(&mut self, frame: &Frame) -> Result<(), MediaError> {
        // SAFETY: KEEP_REF makes the graph take its own reference and leaves `frame` as it is; plain
        // `av_buffersrc_add_frame` would empty a frame that this function only borrows.
        let code = unsafe {
            ffmpeg::ffi::av_buffersrc_add_frame_flags(
                self.context("in")?.as_mut_ptr(),
                frame.as_ptr().cast_mut(),
                ffmpeg::ffi::AV_BUFFERSRC_FLAG_KEEP_REF as i32,
            )
        };
        if code < 0 { Err(MediaError::filter(&self.description, ffmpeg::Error::from(code))) } else { Ok(()) }
    }

    /// Says that no more frames come.
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub(crate) fn finish(&mut self) -> Result<(), MediaError> {
        // SAFETY: a null frame is FFmpeg's mark for the end of the stream.
        let code = unsafe {
            ffmpeg::ffi::av_buffersrc_add_frame_flags(self.context("in")?.as_mut_ptr(), std::ptr::null_mut(), 0)
        };
        if code < 0 { Err(MediaError::filter(&self.description, ffmpeg::Error::from(code))) } else { Ok(()) }
    }

    /// Takes a frame out; `false` when there is none now (or no more).
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub(crate) fn pull(&mut self, frame: &mut Frame) -> Result<bool, MediaError> {
        match self.context("out")?.sink().frame(frame) {
            Ok(()) => Ok(true),
            Err(ffmpeg::Error::Eof | ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN }) => Ok(false),
            Err(error) => Err(MediaError::filter(&self.description, error)),
        }
    }

    fn context(&mut self, name: &str) -> Result<filter::Context, MediaError> {
        self.graph.get(name).ok_or_else(|| MediaError::filter(&self.description, "the graph lost its ends"))
    }
}
