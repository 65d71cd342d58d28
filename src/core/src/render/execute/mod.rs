//! Does what a plan says.
//!
//! Every take and sound of the plan is conformed already. Segments that the cache lacks are encoded, a few at a time;
//! then packets are joined into a temporary file with the mixed sound, and the file gets its name when it is whole
//! and measured. A file that is already what the plan asks for is left alone.

mod delivery;
mod encode;
mod error;
mod record;
mod seam;
mod segments;
mod sound;
mod sound_chunks;
mod write;

pub use delivery::{Delivery, TakeSource};
pub use error::ExecuteError;
pub use record::find_done;
pub use seam::{find_seam_report, with_outcomes};
pub use segments::{SegmentJob, make_segments};

use super::plan::{Chapter, PlanNote, RenderPlan};
use crate::{
    continuity::Cut,
    media,
    progress::{CancelToken, ProgressSink, ProgressUpdate},
    store::{AtomicFile, Cache, StoreError},
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A render to do: a plan, and where things are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderJob {
    /// The project, whose cache holds what the plan names.
    pub project_root: PathBuf,
    /// The file to write.
    pub output: PathBuf,
    /// What to write into it.
    pub plan: RenderPlan,
    /// Another format than the master's, made from the original takes; absent for packets as they are.
    pub delivery: Option<Delivery>,
    /// What is known of the cuts; told in the report.
    pub cuts: Vec<Cut>,
}

/// What a render gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderReport {
    /// The file.
    pub output: PathBuf,
    /// Length in frames.
    pub frames: u64,
    /// Length in seconds.
    pub duration_secs: f64,
    /// How its picture is put together.
    pub segments: SegmentCounts,
    /// Frames of its picture that are encoded rather than copied.
    pub encoded_frames: u64,
    /// Frames that had to be encoded this time; the rest lay in the cache.
    pub newly_encoded_frames: u64,
    /// Whether the file was already there, whole and up to date.
    pub up_to_date: bool,
    /// Integrated loudness of the file as a listener gets it, in LUFS; absent for silence.
    pub loudness_lufs: Option<f64>,
    /// True peak of the file as a listener gets it, in dBTP; absent for silence.
    pub true_peak_dbtp: Option<f64>,
    /// Every cut between neighbours of a scene, and what became of it.
    pub cuts: Vec<Cut>,
    /// What the maker should know.
    pub notes: Vec<PlanNote>,
}

/// Segments of a file's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentCounts {
    /// Copied as packets of conformed takes.
    pub copied: usize,
    /// Encoded.
    pub encoded: usize,
}

/// Does a render, unless the file is already what the plan asks for.
///
/// # Errors
/// [`ExecuteError`]; nothing is left under the final name then but what was there before.
pub fn execute(
    job: &RenderJob,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<RenderReport, ExecuteError> {
    if let Some(done) = find_done(job) {
        return Ok(done);
    }
    let cache = Cache::open(&job.project_root)?;
    let run = Run { job, cache: &cache, cancel, progress };
    if let Some(folder) = job.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
    }
    let newly_encoded_frames = match &job.delivery {
        None => encode::encode_missing(&run, false)?,
        Some(_) => {
            encode::encode_missing(&run, true)?;
            job.plan.total_frames
        }
    };
    let mut goal = job.plan.loudness;
    let mut attempt = 1;
    let (file, loudness) = loop {
        let level = sound::find_level(&run, goal)?;
        let file = AtomicFile::new(&job.output)?;
        match &job.delivery {
            None => write::write_copies(&run, file.path(), &level)?,
            Some(delivery) => delivery::write_delivery(&run, delivery, file.path(), &level)?,
        }
        let loudness = sound::measure_file(&run, file.path())?;
        let over_db = loudness.true_peak_dbtp - job.plan.loudness.limit_dbtp;
        // Encoding the sound raised a peak further than usual: only then is it worth a second go, a little lower.
        if over_db <= 0.0 || attempt == sound::MOST_ATTEMPTS {
            break (file, loudness);
        }
        goal.limit_dbtp -= over_db + 0.1;
        attempt += 1;
    };
    let output = file.commit()?;
    let encoded = job.plan.encodes().count();
    let delivered = job.delivery.is_some();
    let report = RenderReport {
        output,
        frames: job.plan.total_frames,
        duration_secs: job.plan.rate.frames_to_secs(job.plan.total_frames),
        segments: SegmentCounts {
            copied: if delivered { 0 } else { job.plan.copied_segments() },
            encoded: if delivered { 1 } else { encoded },
        },
        encoded_frames: if delivered { job.plan.total_frames } else { job.plan.encoded_frames() },
        newly_encoded_frames,
        up_to_date: false,
        loudness_lufs: loudness.integrated_lufs,
        true_peak_dbtp: loudness.integrated_lufs.map(|_| loudness.true_peak_dbtp),
        cuts: with_outcomes(&job.cuts, &job.plan, &cache),
        notes: job.plan.notes.clone(),
    };
    record::remember(job, &cache, &report)?;
    Ok(report)
}

/// Makes the seams of a render that the cache lacks, and nothing else.
///
/// # Errors
/// [`ExecuteError`].
pub fn make_seams(job: &RenderJob, cancel: &CancelToken, progress: &dyn ProgressSink) -> Result<(), ExecuteError> {
    let cache = Cache::open(&job.project_root)?;
    encode::encode_missing(&Run { job, cache: &cache, cancel, progress }, true)?;
    Ok(())
}

/// What every step of a render is handed.
#[derive(Clone, Copy)]
struct Run<'a> {
    job: &'a RenderJob,
    cache: &'a Cache,
    cancel: &'a CancelToken,
    progress: &'a dyn ProgressSink,
}

impl Run<'_> {
    /// Reports frames done. The whole counts each frame three times (level, sound, file) and each new frame once more.
    fn report(&self, label: &str, step: Step, done_frames: u64) {
        let frames = self.job.plan.total_frames;
        let encoded = if self.job.delivery.is_some() { 0 } else { self.job.plan.encoded_frames() };
        let before = match step {
            Step::Encode => 0,
            Step::Sound => encoded,
            Step::EncodeSound => encoded + frames,
            Step::Write => encoded + 2 * frames,
        };
        let total = encoded + 3 * frames;
        self.progress.report(ProgressUpdate {
            label: label.to_owned(),
            done: (before + done_frames).min(total),
            total,
        });
    }

    fn chapters(&self) -> Vec<media::Chapter> {
        let convert = |chapter: &Chapter| media::Chapter {
            title: chapter.title.clone(),
            start_frame: chapter.start_frame,
            end_frame: chapter.end_frame,
        };
        self.job.plan.chapters.iter().map(convert).collect()
    }
}

/// A part of a render, for its progress.
#[derive(Clone, Copy)]
enum Step {
    Encode,
    Sound,
    EncodeSound,
    Write,
}
