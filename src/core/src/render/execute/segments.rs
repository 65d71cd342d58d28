//! Encoded pieces of a film made ahead of its render, for whoever wants to see them.

use super::{ExecuteError, RenderJob, Run, encode};
use crate::{
    media::PictureFormat,
    progress::{CancelToken, ProgressSink},
    render::{
        mix::MixPlan,
        plan::{EncodeSegment, LoudnessGoal, RenderPlan, Segment},
    },
    store::Cache,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Segments of a film's plan to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentJob {
    /// The project, whose cache holds the conformed takes and gets the segments.
    pub project_root: PathBuf,
    /// The film's size and rate.
    pub format: PictureFormat,
    /// What to make.
    pub segments: Vec<EncodeSegment>,
}

/// Makes segments that the cache lacks, exactly as a render would, and gives the number of frames encoded.
///
/// # Errors
/// [`ExecuteError`].
pub fn make_segments(job: &SegmentJob, cancel: &CancelToken, progress: &dyn ProgressSink) -> Result<u64, ExecuteError> {
    let cache = Cache::open(&job.project_root)?;
    let plan = RenderPlan {
        rate: job.format.rate,
        size: job.format.size,
        title: String::new(),
        total_frames: job.segments.iter().map(EncodeSegment::frame_count).sum(),
        video: job.segments.iter().cloned().map(Segment::Encode).collect(),
        audio: MixPlan::default(),
        loudness: LoudnessGoal { target_lufs: None, limit_dbtp: 0.0 },
        chapters: Vec::new(),
        shots: Vec::new(),
        notes: Vec::new(),
        hash: String::new(),
    };
    let project_root = job.project_root.clone();
    let job = RenderJob { project_root, output: PathBuf::new(), plan, delivery: None, cuts: Vec::new() };
    encode::encode_missing(&Run { job: &job, cache: &cache, cancel, progress }, false)
}
