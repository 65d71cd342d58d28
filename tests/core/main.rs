//! Tests of the film engine through its public face, one room a module: real FFmpeg, real files, no Bevy.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test's helpers fail by panicking, put broken files in place on purpose, and say what they skip"
)]

mod fixtures;
mod media;
mod preview;
mod project_files;
mod reel;
mod render;
#[path = "../small_disk.rs"]
mod small_disk;
mod store_files;
#[cfg(unix)]
mod worker;
