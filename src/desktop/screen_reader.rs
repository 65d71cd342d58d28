//! Names and roles of everything are told to whoever reads the screen aloud, and made only while somebody does: they
//! are work in every frame.

use crate::jobs::WakeUp;
use bevy::{a11y::AccessibilityRequested, prelude::*};
use bevy_egui::{EguiContext, EguiPreUpdateSet};
use std::{io, thread, time::Duration};

/// A screen reader that comes while the window sleeps is heard within this.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) fn add(app: &mut App) {
    // egui's own plugin makes names from the start on, as soon as a window could tell them.
    app.add_systems(PreUpdate, speak.after(EguiPreUpdateSet::InitContexts).before(EguiPreUpdateSet::BeginPass));
}

/// Makes names while somebody asks for them.
fn speak(
    requested: Option<Res<'_, AccessibilityRequested>>,
    mut contexts: Query<'_, '_, &mut EguiContext>,
    mut was_heard: Local<'_, bool>,
) {
    let is_heard = requested.is_some_and(|requested| requested.get());
    let is_news = std::mem::replace(&mut *was_heard, is_heard) != is_heard;
    for mut context in &mut contexts {
        // One that was made a moment ago was told otherwise.
        if is_news || context.is_added() {
            let context = context.get_mut();
            if is_heard { context.enable_accesskit() } else { context.disable_accesskit() }
        }
    }
}

/// Wakes the window when a screen reader comes: its ask alone does not wake one that sleeps.
pub(super) fn listen(requested: &AccessibilityRequested, wake: &WakeUp) -> io::Result<()> {
    let (requested, WakeUp(wake)) = (requested.clone(), wake.clone());
    thread::Builder::new().name("kinora-reader".to_owned()).spawn(move || {
        while !requested.get() {
            thread::sleep(LOOK_EVERY);
        }
        wake();
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::RawInput;
    use crossbeam_channel::bounded;

    #[test]
    fn names_are_made_while_somebody_asks_for_them() {
        let mut app = App::new();
        app.init_resource::<AccessibilityRequested>().add_systems(Update, speak);
        let context = app.world_mut().spawn(EguiContext::default()).id();
        let has_names = |app: &mut App| {
            app.update();
            let mut context = app.world_mut().get_mut::<EguiContext>(context).unwrap();
            let mut output = context.get_mut().run_ui(RawInput::default(), |ui| drop(ui.button("Generate")));
            output.textures_delta.clear();
            output.platform_output.accesskit_update.is_some()
        };
        // As egui's plugin does it for a window.
        app.world_mut().get_mut::<EguiContext>(context).unwrap().get_mut().enable_accesskit();
        assert!(!has_names(&mut app));
        let requested = app.world().resource::<AccessibilityRequested>().clone();
        requested.set(true);
        assert!(has_names(&mut app));
        requested.set(false);
        assert!(!has_names(&mut app));
    }

    #[test]
    fn a_window_that_sleeps_is_woken_by_the_first_that_asks() {
        let requested = AccessibilityRequested::default();
        let (woken, wakes) = bounded(1);
        listen(&requested, &WakeUp(std::sync::Arc::new(move || woken.send(()).unwrap()))).unwrap();
        assert!(wakes.try_recv().is_err());
        requested.set(true);
        wakes.recv().unwrap();
        assert!(wakes.recv().is_err(), "its thread has ended");
    }
}
