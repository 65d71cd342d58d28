//! Tests of the film engine through its public face, one room a module: real FFmpeg, real files, no Bevy.

mod fixtures;
mod media;
mod project_files;
mod store_files;
