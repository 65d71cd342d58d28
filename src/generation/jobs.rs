//! A job is on disk with its frozen request before it is submitted, and its vendor id the moment the answer arrives.

use super::{GenerationError, Generator};
use kinora_core::{
    film::ProjectFolder,
    progress::ProgressUpdate,
    store::{AtomicFile, hash_file, write_atomic},
};
use kinora_provider::{
    ErasedProvider, GenerationOutput, GenerationRequest, JobState, JobTicket, ModelAddress, OutputKind, OutputSource,
    Price, ProviderError, Submitted,
};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// A job as it lies in `.kinora/jobs/<job_id>.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct JobRecord {
    job_id: String,
    /// `provider:model`.
    model: String,
    /// What it is for, for a person: `scene_001/shot_002`.
    purpose: String,
    /// RFC 3339 in UTC.
    created_at: String,
    request: GenerationRequest,
    price: Option<Price>,
    vendor_id: Option<String>,
    state: JobState,
}

/// What a finished job made, still in the job's own folder.
pub(super) struct Finished {
    pub(super) output: GenerationOutput,
    /// The main file.
    pub(super) file: PathBuf,
    pub(super) address: ModelAddress,
    work_dir: PathBuf,
}

impl Finished {
    /// Moves the main file to its place in the project: whole, under a name nobody has yet. Returns its blake3.
    pub(super) fn keep_as(&self, place: &Path) -> Result<blake3::Hash, GenerationError> {
        keep_file(&self.file, place)
    }

    /// Clears the job's folder once everything in it is in the film.
    pub(super) fn tidy(self) {
        // Left-overs cost only room; the next job has a folder of its own.
        let _ = std::fs::remove_dir_all(&self.work_dir);
    }
}

/// Copies a file to a place in the project: whole, and never over another. Returns its blake3.
pub(super) fn keep_file(from: &Path, place: &Path) -> Result<blake3::Hash, GenerationError> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| kinora_core::store::StoreError::from_io("make", folder, source))?;
    }
    let file = AtomicFile::new(place)?;
    std::fs::copy(from, file.path())
        .map_err(|source| kinora_core::store::StoreError::from_io("copy", place, source))?;
    let hash = hash_file(file.path())?;
    file.commit_new()?;
    Ok(hash)
}

impl Generator {
    /// Runs a job to its end and brings its main file into the job's folder.
    pub(super) fn run_job(
        &self,
        folder: &ProjectFolder,
        address: &ModelAddress,
        purpose: &str,
        request: GenerationRequest,
    ) -> Result<Finished, GenerationError> {
        self.cancel.check()?;
        let provider = self.registry.get(&address.provider_id).ok_or_else(|| ProviderError::ModelNotFound {
            model: address.to_string(),
        })?;
        let descriptor = provider.descriptor();
        let card = descriptor.check(&request)?;
        let kind = request.kind();
        let job_id = new_job_id(purpose);
        let work_dir = folder.jobs_dir().join(&job_id);
        std::fs::create_dir_all(&work_dir)
            .map_err(|source| kinora_core::store::StoreError::from_io("make", &work_dir, source))?;
        let mut record = JobRecord {
            job_id: job_id.clone(),
            model: address.to_string(),
            purpose: purpose.to_owned(),
            created_at: jiff::Timestamp::now().to_string(),
            price: card.price(&request),
            request: request.clone(),
            vendor_id: None,
            state: JobState::Queued,
        };
        let record_file = folder.jobs_dir().join(format!("{job_id}.json"));
        let ticket = JobTicket { job_id, work_dir: work_dir.clone() };
        let poll_every = Duration::from_secs_f64(descriptor.limits.poll_interval_secs.clamp(0.02, 60.0));
        let drive = self.drive(Arc::clone(&provider), &ticket, request, &mut record, &record_file, poll_every);
        let output = match self.runtime.block_on(drive) {
            Ok(output) => output,
            Err(error) => {
                if let GenerationError::Provider { error } = &error {
                    record.state = match error {
                        ProviderError::Cancelled => JobState::Cancelled,
                        other => JobState::Failed(other.clone()),
                    };
                    write_record(&record_file, &record)?;
                }
                return Err(error);
            }
        };
        let bad = |reason: &str| GenerationError::BadOutput { kind, reason: reason.to_owned(), kept: work_dir.clone() };
        let wanted = OutputKind::of(kind);
        let main = output
            .files
            .iter()
            .find(|file| file.kind == wanted)
            .ok_or_else(|| bad("there is no such file in the answer"))?;
        let file = match &main.source {
            OutputSource::File(path) => path.clone(),
            OutputSource::Url(url) => {
                let to = work_dir.join("download");
                self.runtime.block_on(provider.download(ticket, url, &to))?;
                to
            }
        };
        if !std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() > 0) {
            return Err(bad("the file is empty or missing"));
        }
        Ok(Finished { output, file, address: address.clone(), work_dir })
    }

    async fn drive(
        &self,
        provider: Arc<dyn ErasedProvider>,
        ticket: &JobTicket,
        request: GenerationRequest,
        record: &mut JobRecord,
        record_file: &Path,
        poll_every: Duration,
    ) -> Result<GenerationOutput, GenerationError> {
        write_record(record_file, record)?;
        let Submitted { vendor_id, mut state } = provider.submit(ticket.clone(), request).await?;
        record.vendor_id = Some(vendor_id.clone());
        record.state = state.clone();
        write_record(record_file, record)?;
        let mut asked_to_stop = false;
        loop {
            match state {
                JobState::Succeeded(ref output) => {
                    let output = output.clone();
                    record.state = state;
                    write_record(record_file, record)?;
                    return Ok(output);
                }
                JobState::Failed(error) => return Err(error.into()),
                JobState::Cancelled => return Err(ProviderError::Cancelled.into()),
                JobState::Queued => self.tell(&record.purpose, 0.0),
                JobState::Running { progress, .. } => self.tell(&record.purpose, progress.unwrap_or(0.0)),
            }
            if self.cancel.is_cancelled() && !asked_to_stop {
                asked_to_stop = true;
                // A vendor that cannot be stopped is waited for: what it makes is paid for.
                match provider.cancel(ticket.clone(), &vendor_id).await {
                    Ok(()) | Err(ProviderError::NotSupported { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            tokio::time::sleep(poll_every).await;
            state = provider.poll(ticket.clone(), &vendor_id).await?;
        }
    }

    fn tell(&self, label: &str, progress: f32) {
        let done = (f64::from(progress.clamp(0.0, 1.0)) * 1000.0) as u64;
        self.progress.report(ProgressUpdate { label: label.to_owned(), done, total: 1000 });
    }
}

fn write_record(file: &Path, record: &JobRecord) -> Result<(), GenerationError> {
    let mut text = serde_json::to_vec_pretty(record).map_err(|error| GenerationError::Save(error.to_string()))?;
    text.push(b'\n');
    Ok(write_atomic(file, &text)?)
}

/// Unique for all time: the clock to the nanosecond, this process, and what the job is for.
fn new_job_id(purpose: &str) -> String {
    let now = jiff::Timestamp::now();
    let seed = format!("{} {} {purpose}", now.as_nanosecond(), std::process::id());
    let name: String = purpose.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
    format!("{}_{name}_{}", now.as_second(), &blake3::hash(seed.as_bytes()).to_hex()[..8])
}
