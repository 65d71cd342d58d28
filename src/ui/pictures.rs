//! Pictures and sound shapes for panels: asked for by what they show, there as soon as they are made.

use super::model::{FilmModel, ShotSpan};
use crate::preview::{PictureSource, PlayTally};
use bevy_egui::egui::{Color32, Rect, Shape, TextureId, Ui};
use kinora_core::preview::TakeClip;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a small picture shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PictureOf {
    /// An image file: a portrait, a first or last frame.
    Image(PathBuf),
    /// A frame of a take, counted in its conformed file.
    Frame(Arc<TakeClip>, u64),
}

impl PictureOf {
    /// A shot at a fraction of what it shows, 0 to 1; none while it has no take.
    #[must_use]
    pub fn shot(model: &FilmModel, span: &ShotSpan, fraction: f64) -> Option<Self> {
        let clip = model.mapped(span)?.clip.as_ref()?;
        Some(Self::Frame(Arc::clone(clip), clip.frame_at(fraction)))
    }
}

/// A picture that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// The texture.
    pub texture: TextureId,
    /// Width over height.
    pub aspect: f32,
}

/// What is known of a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum PictureState {
    /// It is being made.
    Waiting,
    /// Here it is.
    Ready(Picture),
    /// It cannot be made, and why.
    Broken(String),
}

/// A take, and a frame of it counted from its beginning.
pub type TakeMoment = (Arc<TakeClip>, u64);

/// What the monitor shows, and where in its room: in physical pixels from the room's upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorWish {
    /// Frame of the film.
    pub frame: u64,
    /// Times real time; negative backwards; 0 stands still.
    pub speed: f64,
    /// Two takes in place of the film, each with a frame of its conformed file, and where the line between them lies.
    pub wipe: Option<([TakeMoment; 2], f32)>,
    /// Size of the room.
    pub room_px: [u32; 2],
    /// Upper left corner of the film's picture.
    pub corner_px: [f32; 2],
    /// Size of the film's picture.
    pub picture_px: [f32; 2],
}

/// What the monitor has to show.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorShown {
    /// The room as a picture.
    pub picture: PictureState,
    /// How true it is.
    pub source: PictureSource,
    /// What is wrong with it, if it is shown all the same.
    pub notice: Option<String>,
    /// How it is doing.
    pub numbers: MonitorNumbers,
}

/// How the monitor is doing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MonitorNumbers {
    /// Time that the last frame took to decode, in milliseconds.
    pub decode_ms: f32,
    /// Time that the last frame took into the graphics card, in milliseconds.
    pub upload_ms: f32,
    /// Frames shown, late and dropped since playing began.
    pub play: PlayTally,
    /// Bytes of decoded frames in memory.
    pub memory_bytes: u64,
    /// Frames decoded since the film was opened.
    pub decoded: u64,
    /// Seams, fades and trims that are still to be made.
    pub to_make: usize,
}

/// A filmstrip: pictures of a take side by side, each at its own moment.
#[derive(Debug, Clone, Copy)]
pub struct Strip<'a> {
    /// The take as the shot uses it.
    pub clip: &'a Arc<TakeClip>,
    /// Where the whole of it lies, in points.
    pub rect: Rect,
    /// The part that can be seen.
    pub seen: Rect,
    /// Width of a picture, in points.
    pub tile_px: f32,
    /// Points a frame.
    pub px_per_frame: f64,
    /// Radius of the lower corners, in points.
    pub radius: f32,
}

/// The shape of a stretch of a sound file.
#[derive(Debug, Clone, Copy)]
pub struct Wave<'a> {
    /// The file.
    pub file: &'a Path,
    /// Where the stretch lies, in points.
    pub rect: Rect,
    /// The moment of the file at its left.
    pub start_secs: f64,
    /// Seconds of the file a point.
    pub secs_per_px: f64,
    /// What it is drawn with.
    pub colour: Color32,
}

/// Where panels get pictures from.
///
/// Filmstrips, waves and scrub pictures come from memory of the graphics card: they are put on a pile, and drawn together
/// where [`Pictures::pile`] says. Where there is none, nothing is put, and panels draw from the others.
pub trait Pictures {
    /// A small picture. Asking is what makes it.
    fn small(&mut self, of: &PictureOf) -> PictureState;

    /// The film at a frame, for the monitor.
    fn monitor(&mut self, wish: &MonitorWish) -> MonitorShown;

    /// Lowest and highest level of a sound file in each of `columns` equal parts of a span of seconds, -1 to 1; empty
    /// until it is known.
    fn levels(&mut self, file: &Path, span_secs: (f64, f64), columns: usize) -> Vec<(f32, f32)>;

    /// Puts a filmstrip on the pile. `false` if its pictures must be drawn from [`Pictures::small`].
    fn put_strip(&mut self, _: &Strip<'_>) -> bool {
        false
    }

    /// Puts the shape of a sound on the pile. `false` if it must be drawn from [`Pictures::levels`].
    fn put_wave(&mut self, _: &Wave<'_>) -> bool {
        false
    }

    /// What was put on the pile, as one shape inside a rectangle; the pile is empty then.
    fn pile(&mut self, _: Rect) -> Option<Shape> {
        None
    }

    /// Paints the small picture of a frame of the film where the monitor's own picture is not there yet.
    fn scrub(&mut self, _: &Ui, _frame: u64, _: Rect) {}
}

/// No pictures: for tests of panels.
#[derive(Debug, Default)]
pub struct NoPictures;

impl Pictures for NoPictures {
    fn small(&mut self, _: &PictureOf) -> PictureState {
        PictureState::Waiting
    }

    fn monitor(&mut self, _: &MonitorWish) -> MonitorShown {
        MonitorShown {
            picture: PictureState::Waiting,
            source: PictureSource::None,
            notice: None,
            numbers: MonitorNumbers::default(),
        }
    }

    fn levels(&mut self, _: &Path, _: (f64, f64), _: usize) -> Vec<(f32, f32)> {
        Vec::new()
    }
}
