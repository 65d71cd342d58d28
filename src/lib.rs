//! Kinora: a native editor for films made with generative models.
//!
//! The library holds the rooms of the editor; `src/main.rs` is only the door. See ARCHITECTURE.md.

pub mod audio;
pub mod cli;
pub mod commands;
pub mod desktop;
pub mod document;
pub mod generation;
pub mod gpu;
pub mod jobs;
pub mod playback;
pub mod preview;
pub mod strips;
pub mod ui;
pub mod vendors;
