//! What lies over the panes: welcome screen, new project, palette, cheat sheet, tray of jobs, toasts, reference frames.

use super::desk::Desk;
use bevy_egui::egui::{Context, Ui};
use std::path::PathBuf;

/// What the overlays remember.
#[derive(Debug, Default)]
pub struct OverlayState {
    /// Projects opened lately, the latest first.
    pub recent: Vec<PathBuf>,
    browsing: Option<Browse>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Browse {
    Project,
    Screenplay,
}

impl OverlayState {
    /// Asks for the folder of a project to open.
    pub const fn browse_project(&mut self) {
        self.browsing = Some(Browse::Project);
    }

    /// Asks for a screenplay to import.
    pub const fn browse_screenplay(&mut self) {
        self.browsing = Some(Browse::Screenplay);
    }

    /// Whether a file dialog has the keys.
    #[must_use]
    pub const fn is_browsing(&self) -> bool {
        self.browsing.is_some()
    }
}

/// The first thing a maker sees while no film is open.
pub fn welcome_ui(_ui: &mut Ui, _desk: &mut Desk<'_>) {}

/// Everything that lies over the panes just now.
pub fn overlays_ui(_ctx: &Context, _desk: &mut Desk<'_>) {}
