//! Pictures and sound shapes for panels: asked for by what they show, there as soon as they are made.

use super::model::{FilmModel, ShotSpan};
use bevy_egui::egui::TextureId;
use kinora_core::preview::TakeClip;
use std::{path::PathBuf, sync::Arc};

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

/// Where panels get pictures from.
pub trait Pictures {
    /// A small picture. Asking is what makes it.
    fn small(&mut self, of: &PictureOf) -> PictureState;

    /// The film at a frame, for the monitor.
    fn monitor(&mut self, frame: u64, size_px: [u32; 2], speed: f64) -> PictureState;

    /// Lowest and highest level of a sound file in each of `columns` equal parts of a span of seconds, -1 to 1; empty
    /// until it is known.
    fn levels(&mut self, file: &std::path::Path, span_secs: (f64, f64), columns: usize) -> Vec<(f32, f32)>;
}

/// No pictures: for tests of panels.
#[derive(Debug, Default)]
pub struct NoPictures;

impl Pictures for NoPictures {
    fn small(&mut self, _: &PictureOf) -> PictureState {
        PictureState::Waiting
    }

    fn monitor(&mut self, _: u64, _: [u32; 2], _: f64) -> PictureState {
        PictureState::Waiting
    }

    fn levels(&mut self, _: &std::path::Path, _: (f64, f64), _: usize) -> Vec<(f32, f32)> {
        Vec::new()
    }
}
