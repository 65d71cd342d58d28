//! Frames to points and back, and how the wheel and the keys move that.

use super::{Fitted, Parts, TimelineState};
use crate::ui::desk::Desk;
use bevy_egui::egui::{Rect, Ui};

/// Points a frame at most: single frames can be told apart.
const MOST_PX: f64 = 48.0;

/// What part of the film is seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) tracks: Rect,
    pub(super) px_per_frame: f64,
    pub(super) scroll_frames: f64,
    /// Length of the film in frames.
    frames: u64,
}

impl View {
    /// A view of a film as it is.
    #[cfg(test)]
    pub(super) const fn of(tracks: Rect, px_per_frame: f64, scroll_frames: f64, frames: u64) -> Self {
        Self { tracks, px_per_frame, scroll_frames, frames }
    }

    pub(super) fn new(tracks: Rect, desk: &mut Desk<'_>) -> Self {
        let frames = desk.model.frames;
        let state = &mut desk.state.timeline;
        let mut view = Self { tracks, px_per_frame: state.px_per_frame, scroll_frames: state.scroll_frames, frames };
        // A film that was fitted stays fitted while the window finds its size ...
        let fitted = state.fitted.filter(|fitted| fitted.px_per_frame == state.px_per_frame);
        let resized = fitted.is_some_and(|fitted| fitted.width_px != tracks.width());
        // ... and when it grows beyond the edge, but not under the hand that trims it.
        let outgrown = fitted.is_some() && !state.is_dragging() && view.ends_outside();
        if std::mem::take(&mut state.fit_asked) || view.px_per_frame <= 0.0 || resized || outgrown {
            view.px_per_frame = view.fitting();
            view.scroll_frames = 0.0;
            state.fitted = Some(Fitted { width_px: tracks.width(), px_per_frame: view.px_per_frame });
        }
        let times = std::mem::replace(&mut state.zoom_asked, 1.0);
        if times != 1.0 {
            let seen = view.tracks.x_range().contains(view.x_of(desk.state.transport.frame));
            let about = if seen { view.x_of(desk.state.transport.frame) } else { tracks.center().x };
            view.zoom_about(about, times);
        }
        if let Some(frame) = desk.state.timeline.reveal.take() {
            view.show(frame);
        }
        // While it plays, the page turns when the playhead leaves it.
        if desk.state.transport.speed != 0.0 && !view.tracks.x_range().contains(view.x_of(desk.state.transport.frame)) {
            view.scroll_frames = desk.state.transport.frame as f64 - 0.05 * view.frames_seen();
        }
        view.keep(&mut desk.state.timeline);
        view
    }

    /// Points a frame at which the whole film is seen, with a little room at its end.
    fn fitting(&self) -> f64 {
        (f64::from(self.tracks.width()) * 0.97 / self.frames.max(24) as f64).clamp(1e-4, MOST_PX)
    }

    fn ends_outside(&self) -> bool {
        self.px_per_frame > self.fitting() * 1.0001 && self.frames as f64 > self.frames_seen()
    }

    fn frames_seen(&self) -> f64 {
        f64::from(self.tracks.width()) / self.px_per_frame
    }

    fn show(&mut self, frame: u64) {
        let (frame, seen) = (frame as f64, self.frames_seen());
        if frame < self.scroll_frames || frame > self.scroll_frames + seen * 0.95 {
            self.scroll_frames = frame - seen * 0.3;
        }
    }

    fn zoom_about(&mut self, x: f32, times: f64) {
        let frame = self.frame_f64(x);
        self.px_per_frame = (self.px_per_frame * times).clamp(self.fitting().min(0.5), MOST_PX);
        self.scroll_frames = frame - f64::from(x - self.tracks.left()) / self.px_per_frame;
    }

    fn keep(&mut self, state: &mut TimelineState) {
        let end = (self.frames as f64 - self.frames_seen() * 0.5).max(0.0);
        self.scroll_frames = self.scroll_frames.clamp(0.0, end);
        (state.px_per_frame, state.scroll_frames) = (self.px_per_frame, self.scroll_frames);
    }

    /// The wheel scrolls, with Ctrl or two fingers it zooms about the pointer.
    pub(super) fn follow_pointer(&mut self, ui: &Ui, parts: &Parts, desk: &mut Desk<'_>) {
        let Some(pointer) = ui.ctx().pointer_hover_pos().filter(|at| parts.tracks.contains(*at)) else { return };
        if ui.ctx().layer_id_at(pointer).is_some_and(|layer| layer != ui.layer_id()) {
            return;
        }
        let (zoom, scroll) = ui.input(|input| (f64::from(input.zoom_delta()), input.smooth_scroll_delta()));
        if zoom != 1.0 {
            self.zoom_about(pointer.x, zoom);
        } else {
            let points = if scroll.x.abs() > scroll.y.abs() { scroll.x } else { scroll.y };
            self.scroll_frames -= f64::from(points) / self.px_per_frame;
        }
        self.keep(&mut desk.state.timeline);
    }

    /// Where a frame begins.
    pub(super) fn x_of(&self, frame: u64) -> f32 {
        self.tracks.left() + ((frame as f64 - self.scroll_frames) * self.px_per_frame) as f32
    }

    pub(super) fn width_of(&self, frames: f64) -> f32 {
        (frames * self.px_per_frame) as f32
    }

    pub(super) fn frames_of(&self, px: f32) -> f64 {
        f64::from(px) / self.px_per_frame
    }

    pub(super) fn frame_f64(&self, x: f32) -> f64 {
        self.scroll_frames + f64::from(x - self.tracks.left()) / self.px_per_frame
    }

    /// The frame that lies at a point; the first one left of the film.
    pub(super) fn frame_at(&self, x: f32) -> u64 {
        self.frame_f64(x).floor().max(0.0) as u64
    }

    /// The border between frames nearest to a point.
    pub(super) fn border_at(&self, x: f32) -> u64 {
        self.frame_f64(x).round().max(0.0) as u64
    }

    /// First frame seen, and the first one that is not.
    pub(super) fn seen(&self) -> (u64, u64) {
        let first = self.scroll_frames.floor().max(0.0) as u64;
        (first, (self.scroll_frames + self.frames_seen()).ceil().max(0.0) as u64)
    }
}
