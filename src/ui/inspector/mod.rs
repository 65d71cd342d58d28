//! The inspector, right: what is selected, and everything that can be said of it.

use super::desk::Desk;
use bevy_egui::egui::Ui;

/// What the inspector remembers.
#[derive(Debug, Default)]
pub struct InspectorState {}

/// Draws the inspector and answers to it.
pub fn inspector_ui(_ui: &mut Ui, _desk: &mut Desk<'_>) {}
