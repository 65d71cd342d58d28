//! The playhead in time.

use super::Film;
use crate::ui::state::UiState;
use bevy::{
    prelude::*,
    winit::{UpdateMode, WinitSettings},
};
use std::time::Duration;

/// Moves the playhead by the time that has passed.
pub(super) fn play(time: Res<'_, Time<Real>>, film: Res<'_, Film>, mut state: ResMut<'_, UiState>) {
    let speed = state.transport.speed;
    if speed == 0.0 {
        return;
    }
    // A window that was held up, by a dialog or a sleeping machine, goes on where it was.
    let secs = time.delta_secs_f64().min(0.25);
    let frames = secs * speed * film.model.rate().as_f64() + state.transport.rest;
    let whole = frames.floor();
    state.transport.rest = frames - whole;
    let (start, end) = (state.marks.0.unwrap_or(0), state.marks.1.unwrap_or(film.model.frames));
    let end = end.min(film.model.frames).max(start + 1);
    let next = state.transport.frame as i64 + whole as i64;
    let is_past = if speed > 0.0 { next >= end as i64 } else { next < start as i64 };
    if !is_past {
        state.transport.frame = next.max(0) as u64;
    } else if state.transport.looped {
        state.transport.frame = if speed > 0.0 { start } else { end - 1 };
    } else {
        state.transport.frame = if speed > 0.0 { end - 1 } else { start };
        (state.transport.speed, state.transport.rest) = (0.0, 0.0);
    }
}

/// The window draws without pause while the film plays, and sleeps otherwise.
pub(super) fn pace(state: Res<'_, UiState>, film: Res<'_, Film>, mut settings: ResMut<'_, WinitSettings>) {
    let wanted = if state.transport.speed != 0.0 {
        UpdateMode::reactive(Duration::from_secs_f64(0.5 / film.model.rate().as_f64().max(1.0)))
    } else if film.history.unsaved {
        // The film saves itself a moment after the last edit.
        UpdateMode::reactive(Duration::from_millis(500))
    } else {
        // Whatever comes by itself wakes the window: see `alarm` and `wake_window`.
        UpdateMode::reactive(Duration::from_secs(60))
    };
    if settings.focused_mode != wanted {
        settings.focused_mode = wanted;
        settings.unfocused_mode = wanted;
    }
}
