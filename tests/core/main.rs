//! Tests of the film engine: real FFmpeg, real files, no Bevy.

mod fixtures;
mod media;
