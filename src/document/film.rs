//! The facts of the film as a whole, on its root entity.

use super::facts::facts;
use kinora_core::{
    film::{ExtraFields, Film, FrameSize, Settings},
    time::FrameRate,
};

/// Marks the root entity of the open film.
#[derive(bevy::prelude::Component, Debug, Clone, Copy)]
pub struct FilmRoot;

facts! {
    /// One fact of the film.
    FilmFact, FilmBundle of Film {
        /// The film's title.
        Title(String) = FilmTitle, metadata.title;
        /// The film's frame rate.
        Rate(FrameRate) = FilmRate, metadata.rate;
        /// The film's picture size.
        Size(FrameSize) = FilmSize, metadata.size;
        /// Version of the project files.
        SchemaVersion(u32) = FilmSchemaVersion, metadata.schema_version;
        /// `settings.json`.
        Settings(Settings) = FilmSettings, settings;
        /// Fields of metadata.json that this build does not know.
        Extra(ExtraFields) = FilmExtra, metadata.extra;
    }
}
