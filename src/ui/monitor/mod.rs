//! The programme monitor: the film at the playhead, its timecode, and the transport.
//!
//! - `picture`: the film in its room: fitted, enlarged, moved; two takes with a line between them;
//! - `marks`: what lies over it: safe areas, the line of a wipe, notices, diagnostics.

mod marks;
mod picture;

use super::{desk::Desk, transport};
use bevy_egui::egui::{self, Rect, Sense, Ui, pos2};
use kinora_core::preview::{MonitorView, Zoom};

const TRANSPORT_PX: f32 = 40.0;

/// What the window remembers of the monitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonitorState {
    /// What part of the picture is seen.
    pub view: MonitorView,
    /// Whether nothing but the picture is on screen.
    pub fullscreen: bool,
    /// Whether takes that are compared are shown in place of the film.
    pub wipe: bool,
    /// Size of the room in physical pixels, when it was last drawn.
    room_px: [f32; 2],
    /// Whether a hand has the line of a wipe.
    has_line: bool,
}

impl Default for MonitorState {
    fn default() -> Self {
        Self { view: MonitorView::default(), fullscreen: false, wipe: true, room_px: [1.0; 2], has_line: false }
    }
}

/// Shows the whole picture.
pub(super) fn fit(desk: &mut Desk<'_>) {
    desk.state.monitor.view = MonitorView::default();
}

/// Shows a pixel of the film as a pixel of the screen.
pub(super) fn full_size(desk: &mut Desk<'_>) {
    desk.state.monitor.view = MonitorView { zoom: Zoom::Times(1.0), center: [0.0; 2] };
}

/// Enlarges or shrinks about the middle of the room.
pub(super) fn zoom(desk: &mut Desk<'_>, by: f32) {
    let room = desk.state.monitor.room_px;
    let middle = room.map(|side| side / 2.0);
    let view = desk.state.monitor.view;
    desk.state.monitor.view = view.zoomed_about(middle, by, picture::film_px(desk), room);
}

/// Draws the monitor and answers to it.
pub fn monitor_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let rect = ui.available_rect_before_wrap();
    let room = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - TRANSPORT_PX));
    ui.painter().rect_filled(room, 0, desk.theme.backdrop);
    // A line of backdrop round the picture, unless it is enlarged.
    let inner = if desk.state.monitor.view.zoom == Zoom::Fit { room.shrink(8.0) } else { room };
    picture::picture_ui(ui, desk, inner);
    let bar = Rect::from_min_max(pos2(rect.left(), room.bottom()), rect.max);
    let mut bar_ui =
        ui.new_child(egui::UiBuilder::new().max_rect(bar).layout(egui::Layout::left_to_right(egui::Align::Center)));
    transport::transport_ui(&mut bar_ui, desk, bar);
    ui.allocate_rect(rect, Sense::hover());
}

/// Draws the picture alone, over the whole window.
pub fn fullscreen_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect_filled(rect, 0, egui::Color32::BLACK);
    picture::picture_ui(ui, desk, rect);
    ui.allocate_rect(rect, Sense::hover());
}
