//! From a shot to a take, from a line to a voice, from a scene to its music.
//!
//! - `prompt`, `request`: what is asked of a model; `job`: the record of it on disk (law 6); `run`: submit, poll,
//!   download, go on after a restart;
//! - `files`, `takes`, `media`: bringing what was made into the project, never over anything;
//! - `studio`: all of it for one shot, line or scene, ending in an operator; `dialogue`, `voice`: the
//!   time spoken lines take, and the voice of one shot.

mod dialogue;
mod error;
pub mod files;
mod job;
mod media;
mod prompt;
mod request;
mod run;
mod studio;
mod takes;
mod voice;

pub use error::GenerationError;
pub use job::{JobPurpose, JobRecord, JobStage};
pub use prompt::final_prompt;
pub use studio::{Studio, TakeMade};
pub use takes::{TakeOrigin, make_take};
