//! The draft provider's pictures: a prompt becomes a designed, moving storyboard frame.
//!
//! A shot is read (`reading`), given the palette of its scene (`palette`), built from paper-cut planes at depths
//! (`sets`, `props`, `figures` on the `stage`) that are painted once, and then looked at by a camera frame by
//! frame (`camera`, `compose`) with weather (`weather`), a slate (`slate`) and reference frames
//! (`reference`). Nothing reads a clock or a network: the same job gives the same bytes.

mod camera;
mod canvas;
mod chance;
mod colour;
mod compose;
mod figures;
mod finish;
mod layer;
mod painter;
mod palette;
mod posture;
mod props;
mod reading;
mod reference;
mod render;
mod sets;
mod slate;
mod stage;
#[cfg(test)]
mod tests;
mod texture;
mod weather;

pub use painter::FramePainter;
pub use render::{ImageJob, render_image, render_video};

use kinora_core::{media::MediaError, time::FrameRate};
use std::path::PathBuf;

/// Someone of the film who is in the shot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CharacterSketch {
    /// Name as in the screenplay; decides the silhouette and the colour where the style notes are silent.
    pub name: String,
    /// The character's style notes, such as `pale, tall, cloak`.
    pub style_tokens: String,
    /// Portrait files; the first is shown instead of a drawn stand-in.
    pub portraits: Vec<PathBuf>,
}

/// One shot to paint.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoJob {
    /// What the shot shows, in the words of the film maker.
    pub prompt: String,
    /// Scene label for the slate; shots with the same label share one set and palette.
    pub slate_scene: String,
    /// Shot label for the slate.
    pub slate_shot: String,
    /// Where and when the scene plays, in the words of the film maker; read where the prompt is silent.
    pub setting: String,
    /// Who is in the shot.
    pub characters: Vec<CharacterSketch>,
    /// The picture that frame 0 is.
    pub reference_first_frame: Option<PathBuf>,
    /// The picture that the last frame is.
    pub reference_last_frame: Option<PathBuf>,
    /// Width in pixels, brought within 16 to 8192.
    pub width_px: u32,
    /// Height in pixels, brought within 16 to 8192.
    pub height_px: u32,
    /// Frames a second.
    pub rate: FrameRate,
    /// Length in seconds, brought within 0.04 to 600.
    pub duration_secs: f64,
    /// Another seed is another take of the same shot.
    pub seed: u64,
    /// Camera notes; they replace camera words in the prompt.
    pub camera: Option<String>,
}

/// A picture that could not be painted.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A reference frame or portrait cannot be read.
    #[error("cannot use the picture {}: {reason}. Choose a PNG, JPEG or WebP file", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A frame buffer of the wrong length.
    #[error("a frame needs {expected} bytes and the buffer has {got}")]
    Buffer {
        /// Bytes of a frame.
        expected: usize,
        /// Bytes offered.
        got: usize,
    },
    /// The result cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Save {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: MediaError,
    },
    /// The owner asked to stop.
    #[error("cancelled")]
    Cancelled,
}
