//! Rendering as a build system (laws 4 and 5 of the house): from a film to a file.
//!
//! - [`plan`]: pure; a film to segments to copy or encode, a sound mix and chapters, each with its content hash.
//! - [`mix`]: the sound of a plan, streamed block by block in constant memory.
//! - [`loudness`]: two-pass EBU R128 and a true-peak limiter over that stream.
//! - [`live`]: the same mix at any moment of the film, for playback; [`level`]: measured levels in the cache.
//! - [`voice_lane`]: `audio/voice.wav` from the lines of dialogue.
//! - [`progress`]: time left, from reports of work done.
//! - [`sound_files`]: sound of any kind, conformed once for the mix.
//! - [`gather`]: a film and what is known of its media to the input of a plan.
//! - [`mod@prepare`]: hashes and conforms what the plan needs, in parallel, and makes the job.
//! - [`join`]: two clips to one file, the cut between them smoothed, without a project.
//! - [`sheet`]: a picture of every seam, before and after.
//! - [`tidy`]: keeps the cache within its limit.
//! - [`execute`]: does what a plan says: makes what the cache lacks, joins packets, writes the file.

pub mod execute;
pub mod gather;
pub mod join;
pub mod level;
pub mod live;
pub mod loudness;
pub mod mix;
pub mod plan;
pub mod prepare;
pub mod progress;
pub mod sheet;
pub mod sound_files;
pub mod tidy;
pub mod voice_lane;

pub use execute::{RenderJob, RenderReport};
pub use prepare::{Continuity, InProcess, RenderError, RenderRequest, Survey, TakeConformer, outlook, prepare, survey};
