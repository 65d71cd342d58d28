//! Tests of the editor's rooms, one module a room. One binary, because linking it costs more than running it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cli;
mod commands;
mod continuity;
mod document;
mod films;
mod generation;
mod jobs;
mod lost_card;
mod operator_laws;
mod panels;
mod panels_money;
mod panels_monitor;
mod panels_transport;
mod playback;
mod preview;
#[cfg(unix)]
mod reliability;
mod saves;
mod screen;
mod scrub;
mod slow_store;
#[cfg(unix)]
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "it fills a disk, and says what it skips")]
#[path = "../small_disk.rs"]
mod small_disk;
mod strips;
#[cfg(unix)]
mod vendor;
#[cfg(target_os = "linux")]
mod window;
