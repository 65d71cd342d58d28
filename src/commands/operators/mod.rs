//! The built-in operators. They enter through the same door as those of plugins: `app.add_operator(..)`.
//!
//! Operators that set things take the field names of the project's files, so `shot.set` is told
//! `{"scene_id": "scene_001", "shot_id": "shot_002", "prompt": "..", "duration": 5}`, and `null` puts back a default.

mod carry;
mod character;
mod film;
mod history;
mod overlay;
mod scene;
mod shot;
mod shot_place;
mod shot_split;
mod shot_trim;
mod sound;
mod take;
mod take_shot;

pub use film::ImportFilm;
pub use take::{NewTake, frame_paths};

use super::AddOperator;
use bevy::prelude::App;

/// Adds every built-in operator.
pub(super) fn add_all(app: &mut App) {
    app.add_operator(scene::AddScene)
        .add_operator(scene::RemoveScene)
        .add_operator(scene::MoveScene)
        .add_operator(scene::SetScene)
        .add_operator(scene::DuplicateScene)
        .add_operator(shot::AddShot)
        .add_operator(shot::RemoveShot)
        .add_operator(shot_place::MoveShot)
        .add_operator(shot_place::DuplicateShot)
        .add_operator(shot_split::SplitShot)
        .add_operator(shot_trim::TrimShot)
        .add_operator(shot::SetShot)
        .add_operator(shot::SetShots)
        .add_operator(take::AddTake)
        .add_operator(take::ChooseTake)
        .add_operator(take::RemoveTake)
        .add_operator(take::PinTake)
        .add_operator(take_shot::TakeToShot)
        .add_operator(character::AddCharacter)
        .add_operator(character::SetCharacter)
        .add_operator(character::RemoveCharacter)
        .add_operator(character::AddPortrait)
        .add_operator(character::RemovePortrait)
        .add_operator(sound::AddLine)
        .add_operator(sound::SetLine)
        .add_operator(sound::RemoveLine)
        .add_operator(sound::SetLane)
        .add_operator(film::SetFilm)
        .add_operator(film::SetSettings)
        .add_operator(film::Import)
        .add_operator(history::Undo)
        .add_operator(history::Redo);
}
