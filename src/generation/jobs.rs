//! Runs a job: its record is on disk with the frozen request before it is submitted, and with the vendor's id the
//! moment the answer arrives. A job that an earlier run left open is gone on with, never sent twice (law 6).

use super::{GenerationError, Generator, record::JobRecord};
use crate::document::UnknownName;
use kinora_core::{
    film::ProjectFolder,
    progress::{Cancelled, ProgressUpdate},
    store::{AtomicFile, StoreError, hash_file},
};
use kinora_provider::{
    ErasedProvider, GenerationOutput, GenerationRequest, JobState, ModelAddress, OutputKind, OutputSource,
    ProviderError, Submitted,
};
use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often a question that may be asked again is asked again.
const MOST_ATTEMPTS: u32 = 5;

/// What a finished job made, still in the job's own folder.
pub(super) struct Finished {
    pub(super) output: GenerationOutput,
    /// The main file.
    pub(super) file: PathBuf,
    /// Whether the job was begun by an earlier run: what it made may be in the film already.
    pub(super) resumed: bool,
    record: JobRecord,
}

impl Finished {
    /// Copies the main file to its place in the project: whole, under a name nobody has yet. Returns its blake3.
    pub(super) fn keep_as(&self, place: &Path) -> Result<blake3::Hash, GenerationError> {
        keep_file(&self.file, place)
    }

    /// Turns what kept this out of the film into an error that says where it is kept: it may be paid for.
    pub(super) fn kept_from(&self, error: GenerationError) -> GenerationError {
        let gone = match &error {
            GenerationError::Unknown(UnknownName::Shot(scene_id, shot_id)) => {
                format!("{scene_id}/{shot_id} is no longer in the film")
            }
            GenerationError::Unknown(UnknownName::Line(scene_id, line_id)) => {
                format!("{scene_id}/{line_id} is no longer in the film")
            }
            GenerationError::Unknown(UnknownName::Scene(scene_id)) => format!("{scene_id} is no longer in the film"),
            GenerationError::Operator(refused) => refused.to_string(),
            _ => return error,
        };
        GenerationError::Gone { gone, kept: self.file.clone() }
    }

    /// Closes the job once what it made is in the film and the film is saved.
    pub(super) fn close(mut self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        self.record.adopted = true;
        self.record.save(folder)?;
        // Left-overs cost only room; the next job has a folder of its own.
        if let Err(error) = std::fs::remove_dir_all(self.record.work_dir(folder)) {
            tracing::warn!("{} is left over: {error}", self.record.work_dir(folder).display());
        }
        Ok(())
    }
}

/// Copies a file to a place in the project: whole, and never over another. Returns its blake3.
pub(super) fn keep_file(from: &Path, place: &Path) -> Result<blake3::Hash, GenerationError> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
    }
    let file = AtomicFile::new(place)?;
    std::fs::copy(from, file.path()).map_err(|source| StoreError::from_io("copy", place, source))?;
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
        let unknown = || ProviderError::ModelNotFound { model: address.to_string() };
        let provider = self.registry.get(&address.provider_id).ok_or_else(unknown)?;
        let descriptor = provider.descriptor();
        let price = descriptor.check(&request)?.price(&request);
        let earlier = JobRecord::find_open(folder, &address.to_string(), purpose, &request);
        let resumed = earlier.is_some();
        let record = earlier.unwrap_or_else(|| JobRecord::new(address.to_string(), purpose, request, price));
        self.run_record(folder, &*provider, record, if resumed { Begun::Earlier } else { Begun::Now })
    }

    /// Runs the job of a record to its end.
    pub(super) fn run_record(
        &self,
        folder: &ProjectFolder,
        provider: &dyn ErasedProvider,
        record: JobRecord,
        begun: Begun,
    ) -> Result<Finished, GenerationError> {
        let resumed = begun != Begun::Now;
        self.cancel.check()?;
        let work_dir = record.work_dir(folder);
        std::fs::create_dir_all(&work_dir).map_err(|source| StoreError::from_io("make", &work_dir, source))?;
        let may_send = begun != Begun::EarlierUnasked || !provider.descriptor().needs_network;
        let mut job = Job { generator: self, folder, provider, record, may_send };
        let (output, file) = match self.runtime.block_on(job.drive(resumed)).flatten() {
            Ok(brought) => brought,
            Err(error) => {
                self.runtime.block_on(job.abandon())?;
                return Err(error);
            }
        };
        Ok(Finished { output, file, resumed, record: job.record })
    }
}

/// When a job was begun, and on whose word it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    /// By this run.
    Now,
    /// By an earlier run; a person has just asked for it again.
    Earlier,
    /// By an earlier run; nobody asks now, so what would cost money is not handed in.
    EarlierUnasked,
}

/// How long work on this machine may take to stop.
const ABANDON_LIMIT: Duration = Duration::from_secs(10);

/// A job under way.
struct Job<'a> {
    generator: &'a Generator,
    folder: &'a ProjectFolder,
    provider: &'a dyn ErasedProvider,
    record: JobRecord,
    /// Whether it may be handed in.
    may_send: bool,
}

impl Job<'_> {
    async fn drive(&mut self, resumed: bool) -> Result<(GenerationOutput, PathBuf), GenerationError> {
        if !(resumed && self.record.has_files()) {
            // Made, but its files are gone from this machine: the vendor is asked for them again.
            self.record.state = JobState::Queued;
            if !(resumed && self.find_again().await?) {
                self.submit().await?;
            }
            match self.wait().await {
                // The vendor no longer knows a job of an earlier run: it is asked for anew, as a new job of this record.
                Err(GenerationError::Provider { error: ProviderError::JobNotFound { .. } }) if resumed => {
                    self.submit().await?;
                    self.wait().await?;
                }
                waited => waited?,
            }
        }
        let JobState::Succeeded(output) = self.record.state.clone() else {
            return Err(ProviderError::Cancelled.into());
        };
        match self.bring(&output).await {
            Ok(file) => Ok((output, file)),
            Err(error @ GenerationError::BadOutput { .. }) => {
                // Asking again would bring the same; what there is stays in the job's folder.
                self.note(JobState::Failed(ProviderError::Internal { message: error.to_string() }))?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a job of an earlier run is with the vendor. One whose submit was never answered is looked up.
    async fn find_again(&mut self) -> Result<bool, GenerationError> {
        if self.record.vendor_id.is_some() {
            return Ok(true);
        }
        let ticket = self.record.ticket(self.folder);
        let found = self.until_cancelled(self.provider.find_lost(ticket, &self.record.request)).await?;
        match found {
            Ok(Some(Submitted { vendor_id, state })) => {
                self.record.vendor_id = Some(vendor_id);
                self.note(state)?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            // Work on this machine ended with its process, and cost nothing.
            Err(ProviderError::NotSupported { .. }) if !self.provider.descriptor().needs_network => Ok(false),
            Err(ProviderError::NotSupported { .. }) => Err(GenerationError::LostJob {
                job_id: self.record.job_id.clone(),
                model: self.record.model.clone(),
                created_at: self.record.created_at.clone(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    async fn submit(&mut self) -> Result<(), GenerationError> {
        if !self.may_send {
            return Err(GenerationError::NotSent(self.record.purpose.clone()));
        }
        (self.record.vendor_id, self.record.state) = (None, JobState::Queued);
        self.record.save(self.folder)?;
        self.tell(0.0);
        let mut attempt = 1;
        loop {
            let (ticket, request) = (self.record.ticket(self.folder), self.record.request.clone());
            // Not stopped half-way: an answer that nobody waits for would be a job nobody knows of.
            match self.provider.submit(ticket, request).await {
                Ok(Submitted { vendor_id, state }) => {
                    self.record.vendor_id = Some(vendor_id);
                    return self.note(state);
                }
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS => self.pause(&error, attempt).await?,
                // Whether it arrived is not known: the record stays open, and the next run asks.
                Err(error @ ProviderError::LostAnswer { .. }) => return Err(error.into()),
                Err(error) => {
                    self.note(JobState::Failed(error.clone()))?;
                    return Err(error.into());
                }
            }
            attempt += 1;
        }
    }

    /// Ends work on this machine that nobody waits for any more (the disk was too full to note how it stands), and what
    /// it has begun. It costs nothing to make anew. A vendor's job stays open: the next run brings what it paid for.
    async fn abandon(&self) {
        let Some(vendor_id) = self.record.vendor_id.as_deref() else { return };
        if self.record.state.is_final() || self.provider.descriptor().needs_network {
            return;
        }
        let ticket = || self.record.ticket(self.folder);
        let ended = async {
            self.provider.cancel(ticket(), vendor_id).await?;
            while !self.provider.poll(ticket(), vendor_id).await?.is_final() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok::<(), ProviderError>(())
        };
        match tokio::time::timeout(ABANDON_LIMIT, ended).await {
            Ok(Ok(())) => {}
            other => tracing::warn!("job {} did not stop: {other:?}", self.record.job_id),
        }
        self.record.remove(self.folder);
    }

    /// Asks where the job stands until it ends.
    async fn wait(&mut self) -> Result<(), GenerationError> {
        let every = self.provider.descriptor().limits.poll_interval_secs.clamp(0.02, 60.0);
        let vendor_id = self.record.vendor_id.clone().unwrap_or_default();
        let (mut attempt, mut asked_to_stop) = (1, false);
        loop {
            match &self.record.state {
                JobState::Succeeded(_) => return Ok(()),
                JobState::Failed(error) => return Err(error.clone().into()),
                JobState::Cancelled if self.begins_anew() => {
                    (self.record.vendor_id, self.record.state) = (None, JobState::Queued);
                    // The provider has noted there that it was stopped.
                    let work_dir = self.record.work_dir(self.folder);
                    if let Err(error) = std::fs::remove_dir_all(&work_dir) {
                        tracing::warn!("{} is left over: {error}", work_dir.display());
                    }
                    self.record.save(self.folder)?;
                    return Err(Cancelled.into());
                }
                JobState::Cancelled => return Err(ProviderError::Cancelled.into()),
                JobState::Queued => self.tell(0.0),
                JobState::Running { progress, .. } => self.tell(progress.unwrap_or(0.0)),
            }
            if self.generator.cancel.is_cancelled() && !asked_to_stop {
                asked_to_stop = true;
                if self.generator.leaving.is_cancelled() && self.provider.descriptor().needs_network {
                    // The film is closed and still wants it: the vendor works on, and the next opening brings it.
                    return Err(Cancelled.into());
                }
                match self.provider.cancel(self.record.ticket(self.folder), &vendor_id).await {
                    Ok(()) => {}
                    // What cannot be stopped stays open: it is paid for, and the next run brings it.
                    Err(ProviderError::NotSupported { .. }) => return Err(Cancelled.into()),
                    Err(error) => return Err(error.into()),
                }
            }
            tokio::time::sleep(Duration::from_secs_f64(every)).await;
            match self.provider.poll(self.record.ticket(self.folder), &vendor_id).await {
                Ok(state) => {
                    attempt = 1;
                    self.note(state)?;
                }
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS && !asked_to_stop => {
                    self.pause(&error, attempt).await?;
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether work on this machine was stopped only because the film is closed.
    fn begins_anew(&self) -> bool {
        self.generator.leaving.is_cancelled() && !self.provider.descriptor().needs_network
    }

    /// Sees to it that the main file is on this machine, in the job's folder.
    async fn bring(&self, output: &GenerationOutput) -> Result<PathBuf, GenerationError> {
        let kind = self.record.request.kind();
        let work_dir = self.record.work_dir(self.folder);
        let bad = |reason: &str| GenerationError::BadOutput { kind, reason: reason.to_owned(), kept: work_dir.clone() };
        let wanted = OutputKind::of(kind);
        let main = output.files.iter().find(|file| file.kind == wanted);
        let file = match &main.ok_or_else(|| bad("there is no such file in the answer"))?.source {
            OutputSource::File(path) => path.clone(),
            OutputSource::Url(url) => {
                let to = work_dir.join("download");
                let ticket = self.record.ticket(self.folder);
                self.until_cancelled(self.provider.download(ticket, url, &to)).await??;
                to
            }
        };
        if !std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() > 0) {
            return Err(bad("the file is empty or missing"));
        }
        // A provider writes only into the job's folder; what lies elsewhere is not copied into the film.
        match (file.canonicalize(), work_dir.canonicalize()) {
            (Ok(real), Ok(home)) if real.starts_with(&home) => Ok(file),
            _ => Err(bad("the file is not in the job's folder")),
        }
    }

    /// Notes where the job stands, on disk unless it is only a little further.
    fn note(&mut self, state: JobState) -> Result<(), GenerationError> {
        let is_news = state.is_final() || std::mem::discriminant(&state) != std::mem::discriminant(&self.record.state);
        self.record.state = state;
        // The vendor's id arrives with the first state: it must not wait for the second.
        if is_news || matches!(self.record.state, JobState::Queued) { self.record.save(self.folder) } else { Ok(()) }
    }

    async fn pause(&self, error: &ProviderError, attempt: u32) -> Result<(), GenerationError> {
        let secs = match error {
            ProviderError::RateLimited { retry_after_secs: Some(secs), .. } => secs.clamp(0.1, 300.0),
            _ => f64::from(2_u32.pow(attempt)),
        };
        tracing::info!("{error}; asking again in {secs} s");
        Ok(self.until_cancelled(tokio::time::sleep(Duration::from_secs_f64(secs))).await?)
    }

    /// Waits for a future, or for the person to cancel.
    async fn until_cancelled<T>(&self, future: impl Future<Output = T>) -> Result<T, Cancelled> {
        let cancelled = async {
            while !self.generator.cancel.is_cancelled() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            biased;
            value = future => Ok(value),
            () = cancelled => Err(Cancelled),
        }
    }

    fn tell(&self, progress: f32) {
        let done = (f64::from(progress.clamp(0.0, 1.0)) * 1000.0) as u64;
        let label = self.record.purpose.clone();
        self.generator.progress.report(ProgressUpdate { label, done, total: 1000 });
    }
}
