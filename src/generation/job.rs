//! A job on disk (law 6): `.kinora/jobs/JOB/job.json` is written with its frozen request before anything is sent, and
//! again at every step. The vendor's files arrive in `.kinora/jobs/JOB/work`.

use super::GenerationError;
use kinora_core::{
    film::ProjectFolder,
    ids::{LineId, SceneId, ShotId},
    store::{StoreError, write_atomic},
};
use kinora_provider::{GenerationOutput, GenerationRequest, JobTicket, ProviderError};
use serde::{Deserialize, Serialize};
use std::{fs, path::PathBuf};

/// What a job is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the names of the things the variant's line speaks of")]
pub enum JobPurpose {
    /// A take of a shot.
    Shot { scene_id: SceneId, shot_id: ShotId },
    /// A take of a shot with moving lips.
    LipSync { scene_id: SceneId, shot_id: ShotId },
    /// A spoken line.
    Line { scene_id: SceneId, line_id: LineId },
    /// The music of a scene.
    Music { scene_id: SceneId },
    /// The ambience of a scene.
    Ambience { scene_id: SceneId },
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum JobStage {
    /// About to be sent, or sent and not answered.
    Submitting,
    /// The vendor has it.
    Submitted {
        /// The vendor's id.
        vendor_id: String,
    },
    /// It is made; the files are, or will be, in the work folder.
    Made {
        /// The vendor's id.
        vendor_id: String,
        /// What was made.
        output: GenerationOutput,
    },
    /// What was made is in the film.
    Adopted,
    /// It came to nothing.
    Failed {
        /// Why.
        error: ProviderError,
    },
}

/// `job.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    /// Unique for all time.
    pub job_id: String,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Provider that runs it.
    pub provider: String,
    /// What it is for.
    pub purpose: JobPurpose,
    /// What was asked, frozen.
    pub request: GenerationRequest,
    /// How far it is.
    #[serde(flatten)]
    pub stage: JobStage,
}

impl JobRecord {
    /// A new job, written to disk.
    pub(super) fn create(
        folder: &ProjectFolder,
        provider: &str,
        purpose: JobPurpose,
        request: GenerationRequest,
    ) -> Result<Self, GenerationError> {
        let now = jiff::Timestamp::now();
        let frozen = serde_json::to_vec(&(&purpose, &request)).unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&frozen);
        hasher.update(&now.as_nanosecond().to_le_bytes());
        hasher.update(&std::process::id().to_le_bytes());
        let record = Self {
            job_id: format!("{}-{}", now.strftime("%Y%m%dT%H%M%S"), &hasher.finalize().to_hex()[..12]),
            created_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            provider: provider.to_owned(),
            purpose,
            request,
            stage: JobStage::Submitting,
        };
        let work = record.work_dir(folder);
        fs::create_dir_all(&work).map_err(|source| StoreError::from_io("make", &work, source))?;
        record.save(folder)?;
        Ok(record)
    }

    /// Writes how far the job is.
    pub(super) fn save(&self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        let path = self.dir(folder).join("job.json");
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| StoreError::from_io("write", &path, std::io::Error::other(error)))?;
        Ok(write_atomic(&path, &text)?)
    }

    /// The newest job for a purpose that is neither adopted nor failed. Records that cannot be read are passed over:
    /// they are kept for a person to look at.
    pub(super) fn find_open(folder: &ProjectFolder, purpose: &JobPurpose) -> Option<Self> {
        const LARGEST_BYTES: u64 = 4 << 20;
        let mut names: Vec<_> =
            fs::read_dir(folder.jobs_dir()).ok()?.flatten().map(|entry| entry.path().join("job.json")).collect();
        names.sort();
        names.into_iter().rev().find_map(|path| {
            if fs::metadata(&path).ok()?.len() > LARGEST_BYTES {
                return None;
            }
            let record: Self = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
            let is_open = !matches!(record.stage, JobStage::Adopted | JobStage::Failed { .. });
            let is_home = path.parent()?.file_name()?.to_str()? == record.job_id;
            (is_open && is_home && record.purpose == *purpose).then_some(record)
        })
    }

    /// The job is in the film: its work files are not needed any more.
    pub(super) fn adopted(mut self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        self.stage = JobStage::Adopted;
        self.save(folder)?;
        // What cannot be removed only takes room.
        if let Err(error) = fs::remove_dir_all(self.work_dir(folder)) {
            tracing::warn!("{}: {error}", self.work_dir(folder).display());
        }
        Ok(())
    }

    /// What the provider is told of the job.
    pub(super) fn ticket(&self, folder: &ProjectFolder) -> JobTicket {
        JobTicket { job_id: self.job_id.clone(), work_dir: self.work_dir(folder) }
    }

    fn dir(&self, folder: &ProjectFolder) -> PathBuf {
        folder.jobs_dir().join(&self.job_id)
    }

    pub(super) fn work_dir(&self, folder: &ProjectFolder) -> PathBuf {
        self.dir(folder).join("work")
    }
}
