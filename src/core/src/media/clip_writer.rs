//! Clips from drawn frames: what the draft provider writes.

use super::{
    MediaError,
    encode::{PictureEncoder, PictureFormat},
    filter::FilterChain,
    mux::{FilmMuxer, MuxSpec},
    picture::Picture,
};
use crate::{film::FrameSize, store::AtomicFile, time::FrameRate};
use ffmpeg_next::format::Pixel;
use std::path::Path;

/// Size and rate of a clip to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipSpec {
    /// Width in pixels; made even.
    pub width_px: u32,
    /// Height in pixels; made even.
    pub height_px: u32,
    /// Frames a second.
    pub rate: FrameRate,
}

/// Writes RGBA frames as an H.264 MP4. The file appears under its name only when finished.
pub struct ClipWriter {
    encoder: PictureEncoder,
    muxer: FilmMuxer,
    file: AtomicFile,
    chain: FilterChain,
    spec: ClipSpec,
    frames: i64,
}

impl ClipWriter {
    /// Starts a clip.
    ///
    /// # Errors
    /// [`MediaError`] for a target that cannot be written or a missing encoder.
    pub fn create(path: &Path, spec: &ClipSpec) -> Result<Self, MediaError> {
        let size = FrameSize { width: (spec.width_px & !1).max(2), height: (spec.height_px & !1).max(2) };
        let encoder = PictureEncoder::master(PictureFormat { size, rate: spec.rate })?;
        let file = AtomicFile::new(path)?;
        let mux = MuxSpec { path: file.path(), container: "mp4", rate: spec.rate, title: "", chapters: &[] };
        let muxer = FilmMuxer::for_encoder(&mux, &encoder, None)?;
        let description = format!(
            "crop={}:{}:0:0,scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p",
            size.width, size.height
        );
        let args = format!("video_size={}x{}:pix_fmt=rgba:time_base=1/1000", spec.width_px, spec.height_px);
        let chain = FilterChain::new("buffer", &args, "buffersink", &description, 2)?;
        Ok(Self { encoder, muxer, file, chain, spec: *spec, frames: 0 })
    }

    /// Adds a frame: `width_px * height_px * 4` bytes, rows from the top, alpha ignored.
    ///
    /// # Errors
    /// [`MediaError::Encoder`] for a frame of another size, [`MediaError::DiskFull`] and [`MediaError::Write`].
    pub fn write_rgba(&mut self, rgba: &[u8]) -> Result<(), MediaError> {
        let row = self.spec.width_px as usize * 4;
        if rgba.len() != row * self.spec.height_px as usize {
            return Err(MediaError::encoder("clip", "the frame has another size than the clip"));
        }
        let mut source = Picture::new(Pixel::RGBA, self.spec.width_px, self.spec.height_px);
        let stride = source.stride(0);
        for (target, line) in source.data_mut(0).chunks_mut(stride).zip(rgba.chunks_exact(row)) {
            target[..row].copy_from_slice(line);
        }
        source.set_pts(Some(self.frames));
        self.chain.push(&source)?;
        let mut picture = Picture::empty();
        if !self.chain.pull(&mut picture)? {
            return Err(MediaError::filter("clip", "a frame went in and none came out"));
        }
        picture.set_pts(Some(self.frames));
        picture.set_kind(ffmpeg_next::picture::Type::None);
        self.frames += 1;
        self.encoder.send(&picture)?;
        self.drain()
    }

    /// Ends the clip and gives the file its name.
    ///
    /// # Errors
    /// [`MediaError::DiskFull`] and [`MediaError::Write`].
    pub fn finish(mut self) -> Result<(), MediaError> {
        self.encoder.finish()?;
        self.drain()?;
        self.muxer.finish()?;
        self.file.commit()?;
        Ok(())
    }

    fn drain(&mut self) -> Result<(), MediaError> {
        while let Some(packet) = self.encoder.receive()? {
            self.muxer.write_joined(packet, 0)?;
        }
        Ok(())
    }
}
