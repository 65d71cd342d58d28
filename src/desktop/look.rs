//! Pictures of the window itself: drawn, read back from the graphics card, and written as PNG. Tests and the README use
//! it, because a picture taken by the system would show whatever else lies on the screen.

use crate::ui::{actions, state::UiState};
use bevy::{
    prelude::*,
    render::view::screenshot::{Screenshot, save_to_disk},
    window::RequestRedraw,
};
use std::{path::PathBuf, time::Duration};

/// A picture to take, and then to end.
#[derive(Resource, Debug, Clone)]
pub struct LookAt {
    /// The PNG to write.
    pub png: PathBuf,
    /// Actions to perform first, by id, one a frame.
    pub actions: Vec<String>,
    /// Frame of the film to move the playhead to.
    pub frame: Option<u64>,
    /// Seconds to let thumbnails and jobs arrive.
    pub wait_secs: f32,
}

#[derive(Resource, Default)]
struct Progress {
    done: usize,
    taken_at: Option<Duration>,
    settled_at: Option<Duration>,
}

pub(super) fn add(app: &mut App, look_at: Option<LookAt>) {
    if let Some(look_at) = look_at {
        app.insert_resource(look_at).init_resource::<Progress>().add_systems(Update, take);
    }
}

fn take(
    mut commands: Commands<'_, '_>,
    look: Res<'_, LookAt>,
    time: Res<'_, Time<Real>>,
    mut progress: ResMut<'_, Progress>,
    mut state: ResMut<'_, UiState>,
    mut redraw: MessageWriter<'_, RequestRedraw>,
    mut exits: MessageWriter<'_, AppExit>,
) {
    redraw.write(RequestRedraw);
    let now = time.elapsed();
    // The window opens, the film is read and laid out.
    if now < Duration::from_millis(600) || state.overlays.opening.is_some() {
        return;
    }
    if let Some(id) = look.actions.get(progress.done) {
        state.perform_next = actions::action(id).map(|action| action.id);
        progress.done += 1;
        return;
    }
    if let Some(frame) = look.frame.filter(|_| progress.settled_at.is_none()) {
        state.transport.frame = frame;
    }
    let settled_at = *progress.settled_at.get_or_insert(now);
    let wait = Duration::from_secs_f32(look.wait_secs.clamp(0.1, 600.0));
    if now < settled_at + wait {
        return;
    }
    match progress.taken_at {
        None => {
            commands.spawn(Screenshot::primary_window()).observe(save_to_disk(look.png.clone()));
            progress.taken_at = Some(now);
        }
        // The picture comes back from the graphics card a few frames later.
        Some(taken_at) if now > taken_at + Duration::from_secs(2) => drop(exits.write(AppExit::Success)),
        Some(_) => {}
    }
}
