//! Screenplays in: Fountain text to scenes, shots, characters and lines of dialogue.
//!
//! [`load`] or [`parse`] reads the text into a [`Screenplay`], where every element knows its line; [`to_film`] makes a
//! [`Film`](crate::film::Film) of it. A writer steers the import with notes such as `[[kinora: camera dolly in]]`:
//! see [`Directive`].
//!
//! The parser is our own. `fountain` 0.1 knows no notes, boneyard, sections, forced elements or dual dialogue, and has
//! rested since 2020. `jumpcut` 1.0 is well kept, but made for print: its elements carry no line numbers, so an import
//! could not say where a note is wrong, a note loses its place within its scene, and a boneyard ends at its first `*`.

mod cast;
mod clean;
mod directive;
mod error;
mod heading;
mod import;
mod marks;
mod model;
mod parse;
mod shots;
mod timing;

#[cfg(test)]
mod tests;

pub use directive::{ContinueFrom, Directive, DirectiveError};
pub use error::ScreenplayError;
pub use heading::Heading;
pub use import::{ImportNote, ImportOptions, to_film};
pub use model::{DialogueBlock, DialoguePart, Element, ElementKind, Screenplay, TitleField};
pub use parse::{load, parse, parse_bytes};
pub use timing::{MAX_SHOT_SECS, MIN_SHOT_SECS, speech_secs};

/// The largest screenplay that is read, in bytes. A feature of 120 pages has about 200 KiB.
pub const MAX_SCREENPLAY_BYTES: usize = 2 * 1024 * 1024;
/// The most scenes in one screenplay.
pub const MAX_SCENES: usize = 1_000;
/// The most elements (headings, paragraphs, speeches, notes) in one screenplay.
pub const MAX_ELEMENTS: usize = 20_000;
/// The most paragraphs, speeches and parts of speeches in one scene.
pub const MAX_SCENE_PARTS: usize = 2_500;
/// The longest scene, in characters: a whole feature has as many.
pub const MAX_SCENE_CHARS: usize = 200_000;
/// The most speaking characters in one screenplay.
pub const MAX_CHARACTERS: usize = 500;
/// The longest paragraph, speech or note, in characters.
pub const MAX_PARAGRAPH_CHARS: usize = 8_000;
