//! A job as it lies in `.kinora/jobs/<job_id>.json` (law 6), with its files in `.kinora/jobs/<job_id>/`.

use super::GenerationError;
use kinora_core::{film::ProjectFolder, store::write_atomic};
use kinora_provider::{GenerationRequest, JobState, JobTicket, OutputSource, Price};
use serde::{Deserialize, Serialize};
use std::{fs, path::PathBuf};

/// A record larger than this is not ours.
const LARGEST_RECORD_BYTES: u64 = 8 << 20;

/// A job on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JobRecord {
    pub(super) job_id: String,
    /// `provider:model`.
    pub(super) model: String,
    /// What it is for, for a person: `scene_001/shot_002`.
    pub(super) purpose: String,
    /// RFC 3339 in UTC.
    pub(super) created_at: String,
    /// What was asked, frozen.
    pub(super) request: GenerationRequest,
    pub(super) price: Option<Price>,
    /// Absent until the provider answered the submit.
    pub(super) vendor_id: Option<String>,
    pub(super) state: JobState,
    /// Whether what it made is in the film, and the film saved.
    #[serde(default)]
    pub(super) adopted: bool,
}

impl JobRecord {
    /// A job that is about to be submitted.
    pub(super) fn new(model: String, purpose: &str, request: GenerationRequest, price: Option<Price>) -> Self {
        Self {
            job_id: new_job_id(purpose),
            model,
            purpose: purpose.to_owned(),
            created_at: jiff::Timestamp::now().to_string(),
            request,
            price,
            vendor_id: None,
            state: JobState::Queued,
            adopted: false,
        }
    }

    /// The newest job that asked the same for the same purpose and may still bring something: an earlier run was
    /// killed, or lost its connection, before what it paid for was in the film. Records that cannot be read are
    /// passed over, and kept for a person to look at.
    pub(super) fn find_open(
        folder: &ProjectFolder,
        model: &str,
        purpose: &str,
        request: &GenerationRequest,
    ) -> Option<Self> {
        let asked = |record: &Self| record.model == model && record.purpose == purpose && record.request == *request;
        Self::list_open(folder).into_iter().rfind(asked)
    }

    /// Every job that may still bring something, the oldest first.
    pub(super) fn list_open(folder: &ProjectFolder) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder.jobs_dir()) else { return Vec::new() };
        let mut open: Vec<Self> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .filter(|path| fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_RECORD_BYTES))
            .filter_map(|path| {
                let record: Self = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
                (path.file_stem()?.to_str()? == record.job_id).then_some(record)
            })
            .filter(|record| !record.adopted && !matches!(record.state, JobState::Failed(_) | JobState::Cancelled))
            .collect();
        open.sort_by(|left, right| left.created_at.cmp(&right.created_at));
        open
    }

    /// Writes the record.
    pub(super) fn save(&self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| GenerationError::Save(error.to_string()))?;
        text.push(b'\n');
        Ok(write_atomic(&folder.jobs_dir().join(format!("{}.json", self.job_id)), &text)?)
    }

    /// Removes the record and the job's folder; what cannot be removed is left to the next run.
    pub(super) fn remove(&self, folder: &ProjectFolder) {
        let record = folder.jobs_dir().join(format!("{}.json", self.job_id));
        for removed in [fs::remove_file(&record), fs::remove_dir_all(self.work_dir(folder))] {
            if let Err(error) = removed {
                tracing::warn!("{} is left over: {error}", record.display());
            }
        }
    }

    /// The folder that belongs to this job alone.
    pub(super) fn work_dir(&self, folder: &ProjectFolder) -> PathBuf {
        folder.jobs_dir().join(&self.job_id)
    }

    /// What the provider is told of the job.
    pub(super) fn ticket(&self, folder: &ProjectFolder) -> JobTicket {
        JobTicket { job_id: self.job_id.clone(), work_dir: self.work_dir(folder) }
    }

    /// Whether the files it made are still where they were, or can be fetched again.
    pub(super) fn has_files(&self) -> bool {
        let JobState::Succeeded(output) = &self.state else { return false };
        output.files.iter().all(|file| match &file.source {
            OutputSource::File(path) => path.is_file(),
            OutputSource::Url(_) => true,
        })
    }
}

/// Unique for all time: the clock to the nanosecond, this process, and what the job is for.
fn new_job_id(purpose: &str) -> String {
    let now = jiff::Timestamp::now();
    let seed = format!("{} {} {purpose}", now.as_nanosecond(), std::process::id());
    let name: String = purpose.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
    format!("{}_{name}_{}", now.as_second(), &blake3::hash(seed.as_bytes()).to_hex()[..8])
}
