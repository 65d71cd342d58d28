//! Rendering as a build system (laws 4 and 5 of the house): from a film to a file.
//!
//! - [`plan`]: pure; a film to segments to copy or encode, a sound mix and chapters, each with its content hash.
//! - [`mix`]: the sound of a plan, streamed block by block in constant memory.
//! - [`loudness`]: two-pass EBU R128 and a true-peak limiter over that stream.
//! - [`voice_lane`]: `audio/voice.wav` from the lines of dialogue.
//! - [`progress`]: time left, from reports of work done.

pub mod loudness;
pub mod mix;
pub mod plan;
pub mod progress;
pub mod voice_lane;
