//! Runs one job to its end: submit, poll, download. Every step is on disk before the next.

use super::{
    GenerationError,
    job::{JobPurpose, JobRecord, JobStage},
};
use kinora_core::{
    film::ProjectFolder,
    progress::{CancelToken, Cancelled, ProgressSink, ProgressUpdate},
};
use kinora_provider::{
    ErasedProvider, GenerationOutput, GenerationRequest, JobState, OutputKind, OutputSource, ProviderError, Submitted,
};
use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

/// Progress of a job is told in thousandths.
const WHOLE: u64 = 1000;
/// How often a question that may be asked again is asked again.
const ATTEMPTS: u32 = 5;

/// A job that was made, and its main file.
pub(super) struct Made {
    pub(super) record: JobRecord,
    pub(super) output: GenerationOutput,
    pub(super) file: PathBuf,
    pub(super) media_type: String,
}

/// What runs jobs.
pub(super) struct Runner<'a> {
    pub(super) folder: &'a ProjectFolder,
    pub(super) cancel: &'a CancelToken,
    pub(super) progress: &'a dyn ProgressSink,
    pub(super) label: &'a str,
}

impl Runner<'_> {
    /// Makes what is asked, or goes on with the job of an earlier attempt. `again` leaves an earlier job alone.
    pub(super) async fn make(
        &self,
        provider: Arc<dyn ErasedProvider>,
        purpose: JobPurpose,
        request: GenerationRequest,
        again: bool,
    ) -> Result<Made, GenerationError> {
        let earlier = if again { None } else { JobRecord::find_open(self.folder, &purpose) };
        let provider_id = provider.descriptor().id;
        if let Some(mut record) = earlier.filter(|record| record.provider == provider_id) {
            match self.resume(&*provider, &mut record).await {
                Ok(Some(output)) => return self.bring(&*provider, record, output).await,
                // Nothing was lost: it never reached the vendor, or is gone there. Asked for anew below.
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        let mut record = JobRecord::create(self.folder, &provider_id, purpose, request)?;
        let output = self.submit(&*provider, &mut record).await?;
        self.bring(&*provider, record, output).await
    }

    /// Goes on with a job that is on disk; `None` if there is nothing to go on with.
    async fn resume(
        &self,
        provider: &dyn ErasedProvider,
        record: &mut JobRecord,
    ) -> Result<Option<GenerationOutput>, GenerationError> {
        let vendor_id = match &record.stage {
            JobStage::Made { output, .. } if files_are_there(output) => return Ok(Some(output.clone())),
            JobStage::Made { vendor_id, .. } | JobStage::Submitted { vendor_id } => vendor_id.clone(),
            JobStage::Submitting => match self.find_lost(provider, record).await? {
                Some(vendor_id) => vendor_id,
                None => return Ok(None),
            },
            JobStage::Adopted | JobStage::Failed { .. } => return Ok(None),
        };
        match self.poll(provider, record, vendor_id).await {
            Err(GenerationError::Provider(ProviderError::JobNotFound { .. })) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Asks the vendor for a job whose submit was never answered.
    async fn find_lost(
        &self,
        provider: &dyn ErasedProvider,
        record: &mut JobRecord,
    ) -> Result<Option<String>, GenerationError> {
        let lost = || GenerationError::LostJob { job_id: record.job_id.clone(), provider: record.provider.clone() };
        match self.stoppable(provider.find_lost(record.ticket(self.folder), &record.request)).await? {
            Ok(Some(found)) => Ok(Some(found.vendor_id)),
            Ok(None) => {
                self.failed(
                    record,
                    ProviderError::Network {
                        provider: record.provider.clone(),
                        message: "it was never handed in".to_owned(),
                    },
                )?;
                Ok(None)
            }
            // Work on this machine ended with its process, and cost nothing.
            Err(ProviderError::NotSupported { .. }) if !provider.descriptor().needs_network => {
                self.failed(record, ProviderError::JobNotFound { vendor_id: String::new() })?;
                Ok(None)
            }
            Err(ProviderError::NotSupported { .. }) => Err(lost()),
            Err(error) => Err(error.into()),
        }
    }

    async fn submit(
        &self,
        provider: &dyn ErasedProvider,
        record: &mut JobRecord,
    ) -> Result<GenerationOutput, GenerationError> {
        self.report(0, "waiting");
        let mut attempt = 1;
        let submitted = loop {
            match self.stoppable(provider.submit(record.ticket(self.folder), record.request.clone())).await {
                Ok(Ok(submitted)) => break submitted,
                Ok(Err(error)) if error.is_retryable() && attempt < ATTEMPTS => self.wait(&error, attempt).await?,
                // The record stays as it is: whether it arrived is to be found out.
                Ok(Err(error @ ProviderError::LostAnswer { .. })) => return Err(error.into()),
                Ok(Err(error)) => {
                    self.failed(record, error.clone())?;
                    return Err(error.into());
                }
                Err(cancelled) => return Err(cancelled.into()),
            }
            attempt += 1;
        };
        let Submitted { vendor_id, state } = submitted;
        record.stage = JobStage::Submitted { vendor_id: vendor_id.clone() };
        record.save(self.folder)?;
        match self.settle(record, &vendor_id, state)? {
            Some(output) => Ok(output),
            None => self.poll(provider, record, vendor_id).await,
        }
    }

    async fn poll(
        &self,
        provider: &dyn ErasedProvider,
        record: &mut JobRecord,
        vendor_id: String,
    ) -> Result<GenerationOutput, GenerationError> {
        let interval = provider.descriptor().limits.poll_interval_secs.clamp(0.02, 60.0);
        let mut attempt = 1;
        loop {
            let asked = self.stoppable(provider.poll(record.ticket(self.folder), &vendor_id)).await;
            match asked {
                Err(cancelled) => {
                    // The vendor is told; whether it heard shows when the job is asked for again.
                    if let Err(error) = provider.cancel(record.ticket(self.folder), &vendor_id).await {
                        tracing::warn!("{}: {error}", record.job_id);
                    }
                    self.failed(record, ProviderError::Cancelled)?;
                    return Err(cancelled.into());
                }
                Ok(Ok(state)) => {
                    attempt = 1;
                    if let Some(output) = self.settle(record, &vendor_id, state)? {
                        return Ok(output);
                    }
                }
                Ok(Err(error)) if error.is_retryable() && attempt < ATTEMPTS => {
                    self.wait(&error, attempt).await?;
                    attempt += 1;
                }
                Ok(Err(error)) => {
                    if matches!(error, ProviderError::JobNotFound { .. }) {
                        self.failed(record, error.clone())?;
                    }
                    return Err(error.into());
                }
            }
            // Cancel is noticed by the question after the wait.
            let _ = self.stoppable(tokio::time::sleep(Duration::from_secs_f64(interval))).await;
        }
    }

    /// Notes a state; the output once there is one.
    fn settle(
        &self,
        record: &mut JobRecord,
        vendor_id: &str,
        state: JobState,
    ) -> Result<Option<GenerationOutput>, GenerationError> {
        match state {
            JobState::Queued => self.report(0, "waiting"),
            JobState::Running { progress, note } => {
                let share = f64::from(progress.unwrap_or(0.0)).clamp(0.0, 1.0);
                self.report((share * WHOLE as f64) as u64, &note);
            }
            JobState::Succeeded(output) => {
                record.stage = JobStage::Made { vendor_id: vendor_id.to_owned(), output: output.clone() };
                record.save(self.folder)?;
                self.report(WHOLE, "made");
                return Ok(Some(output));
            }
            JobState::Failed(error) => {
                self.failed(record, error.clone())?;
                return Err(error.into());
            }
            JobState::Cancelled => {
                self.failed(record, ProviderError::Cancelled)?;
                return Err(ProviderError::Cancelled.into());
            }
        }
        Ok(None)
    }

    /// Sees to it that the main file is on this machine.
    async fn bring(
        &self,
        provider: &dyn ErasedProvider,
        record: JobRecord,
        output: GenerationOutput,
    ) -> Result<Made, GenerationError> {
        let wanted = OutputKind::of(record.request.kind());
        let main = output.files.iter().find(|file| file.kind == wanted);
        let main = main.ok_or_else(|| GenerationError::NoOutput { provider: record.provider.clone() })?.clone();
        let work = record.work_dir(self.folder);
        let file = match main.source {
            OutputSource::File(path) => path,
            OutputSource::Url(url) => {
                let to = work.join(format!("output.{}", extension(&main.media_type)));
                std::fs::create_dir_all(&work).map_err(|error| GenerationError::read(&work, error))?;
                self.stoppable(provider.download(record.ticket(self.folder), &url, &to)).await??;
                to
            }
        };
        // A provider writes only into its work folder; what lies elsewhere is not taken.
        let home = work.canonicalize().map_err(|error| GenerationError::read(&work, error))?;
        let real = file.canonicalize().map_err(|error| GenerationError::read(&file, error))?;
        if !real.starts_with(&home) || !real.is_file() {
            return Err(GenerationError::NoOutput { provider: record.provider.clone() });
        }
        Ok(Made { record, output, file: real, media_type: main.media_type })
    }

    fn failed(&self, record: &mut JobRecord, error: ProviderError) -> Result<(), GenerationError> {
        record.stage = JobStage::Failed { error };
        record.save(self.folder)
    }

    async fn wait(&self, error: &ProviderError, attempt: u32) -> Result<(), GenerationError> {
        let secs = match error {
            ProviderError::RateLimited { retry_after_secs: Some(secs), .. } => secs.clamp(0.1, 300.0),
            _ => f64::from(2_u32.pow(attempt.min(6))),
        };
        self.report(0, &format!("{error}; again in {secs:.0} s"));
        Ok(self.stoppable(tokio::time::sleep(Duration::from_secs_f64(secs))).await?)
    }

    /// Waits for a future, or for the person to cancel.
    async fn stoppable<T>(&self, future: impl Future<Output = T>) -> Result<T, Cancelled> {
        let cancelled = async {
            while !self.cancel.is_cancelled() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            biased;
            value = future => Ok(value),
            () = cancelled => Err(Cancelled),
        }
    }

    fn report(&self, done: u64, note: &str) {
        let label = if note.is_empty() { self.label.to_owned() } else { format!("{}: {note}", self.label) };
        self.progress.report(ProgressUpdate { label, done, total: WHOLE });
    }
}

fn files_are_there(output: &GenerationOutput) -> bool {
    !output.files.is_empty()
        && output.files.iter().all(|file| match &file.source {
            OutputSource::File(path) => path.is_file(),
            OutputSource::Url(_) => true,
        })
}

/// The ending of a file of a media type.
pub(super) fn extension(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or_default().trim() {
        "video/webm" | "audio/webm" => "webm",
        "video/quicktime" => "mov",
        "video/x-matroska" => "mkv",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/ogg" | "audio/opus" => "ogg",
        "audio/mp4" | "audio/aac" | "audio/x-m4a" => "m4a",
        kind if kind.starts_with("audio/") => "wav",
        _ => "mp4",
    }
}
