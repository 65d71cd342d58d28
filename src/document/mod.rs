//! The living film: scenes, shots, takes, characters, sound lanes and lines of dialogue are entities with small
//! components, one fact each, so that a system can ask for `Changed<ShotDuration>`.
//!
//! - `film`, `scene`, `shot`, `character`: the facts, in tables (`facts` makes components and edits from them);
//! - `relations`: who belongs to whom, in order;
//! - `index`: from stable names to entities; `numbers`: ids that are never given twice;
//! - `spawn`: files' types to entities; `view`: and back; `links`: who continues whom; `moved`: names that shots had;
//! - `revision`: what changed since someone last looked;
//! - `dirty`, `autosave`, `writer`, `store`: which files no longer match, and writing only those, on a thread of their own.
//!
//! Everyone may read. Only `commands` changes anything (law 1).

mod autosave;
mod character;
mod dirty;
mod facts;
mod film;
mod index;
mod links;
mod moved;
mod numbers;
mod relations;
mod revision;
mod scene;
mod shot;
mod spawn;
mod store;
mod view;
mod writer;

pub use autosave::{Autosave, FilmStore, SaveBegins, SaveNow, SaveOutcome, is_saved};
pub(crate) use autosave::{bring_files, save_now};
pub use character::*;
pub use dirty::{DirtyFiles, FilmChanges};
pub use film::*;
pub use index::FilmIndex;
pub use moved::MovedShots;
pub use numbers::{Numbered, UsedNumbers};
pub use relations::*;
pub use revision::FilmRevision;
pub use scene::*;
pub use shot::*;
pub use spawn::{close_film, spawn_film};
pub(crate) use spawn::{
    insert_character, insert_line, insert_scene, insert_shot, insert_take, place, remove_character, remove_line,
    remove_scene, remove_shot,
};
pub use view::{FilmView, UnknownName, empty_character};

use bevy::prelude::{App, IntoScheduleConfigs, Last, Plugin, SystemSet};

/// Keeps the open film and saves it. Add it once.
pub struct DocumentPlugin;

/// When the document's systems run.
#[derive(SystemSet, Debug, Clone, PartialEq, Eq, Hash)]
pub enum DocumentSystems {
    /// Has changed files written, and tells what came of it, in [`Last`].
    Autosave,
}

impl Plugin for DocumentPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FilmIndex>()
            .init_resource::<DirtyFiles>()
            .init_resource::<FilmRevision>()
            .add_message::<SaveNow>()
            .add_message::<SaveOutcome>()
            .add_systems(Last, autosave::autosave.in_set(DocumentSystems::Autosave));
    }
}
