//! What a film survives: kills at any moment and a disk without room. The built binary is driven from outside, and
//! `ffprobe` and `ffmpeg` judge what it leaves behind.
//!
//! - `process`: runs of the binary in process groups of their own, and their ends;
//! - `whole`: whether everything under a final name is whole;
//! - `kill`, `full_disk`: the tests.

mod full_disk;
mod kill;
mod process;
mod whole;
