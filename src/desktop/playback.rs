//! Brings film, playhead and sound together: the rooms `playback` and `audio` do the work.

use super::Film;
use crate::{
    audio::{FilmSound, SoundNotice},
    playback::Player,
    ui::{
        ask::{Notice, Weight},
        state::UiState,
        transport::film_times,
    },
};
use bevy::{
    prelude::*,
    winit::{UpdateMode, WinitSettings},
};
use kinora_core::render::live::LiveFilm;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Tells the sound of a film that was opened or edited, and the maker what the sound has to say.
pub(super) fn show_film(
    film: Res<'_, Film>,
    sound: Res<'_, FilmSound>,
    mut state: ResMut<'_, UiState>,
    mut shown: Local<'_, Option<u64>>,
) {
    let model = &film.model;
    if model.is_open() && (sound.is_changed() || *shown != Some(model.stamp)) {
        *shown = Some(model.stamp);
        sound.show_film(LiveFilm {
            metadata: model.metadata.clone(),
            settings: model.settings.clone(),
            scenes: model.scenes.clone(),
            map: Arc::clone(&model.map),
        });
    }
    for notice in sound.take_notices() {
        state.tell(in_words(notice));
    }
}

fn in_words(notice: SoundNotice) -> Notice {
    let goes_on = "The film plays on without sound, by the clock; Kinora looks for a device again when you play.";
    match notice {
        SoundNotice::NoOutput(why) => {
            Notice::new(Weight::Warn, "No sound device", format!("{}. {goes_on}", why.trim_end_matches('.')))
        }
        SoundNotice::OutputLost(how) => {
            Notice::new(Weight::Warn, "The sound device is gone", format!("{}. {goes_on}", how.trim_end_matches('.')))
        }
        SoundNotice::Problem(why) => Notice::new(Weight::Warn, "Some sounds are not heard", why),
    }
}

/// Brings the playhead up to now.
pub(super) fn play(
    film: Res<'_, Film>,
    sound: Res<'_, FilmSound>,
    mut player: ResMut<'_, Player>,
    mut state: ResMut<'_, UiState>,
) {
    let times = film_times(&film.model, &state);
    player.tick(&mut state.transport, &times, &*sound, Instant::now());
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
