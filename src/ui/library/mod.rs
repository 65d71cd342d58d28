//! The library, left: scenes, shots, video, audio, images and characters.

use super::desk::Desk;
use bevy_egui::egui::Ui;

/// What the library remembers.
#[derive(Debug, Default)]
pub struct LibraryState {}

/// Draws the library and answers to it.
pub fn library_ui(_ui: &mut Ui, _desk: &mut Desk<'_>) {}
