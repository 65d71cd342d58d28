//! Runs a job: its record is on disk with the frozen request before it is submitted, and with the vendor's id the
//! moment the answer arrives. A job that an earlier run left open is gone on with, never sent twice (law 6).
//!
//! `drive` takes a job from its record to its end, `wait` asks where it stands, `fetch` brings what it made.

use super::{
    GenerationError, Generator, OpenFilm,
    drive::Job,
    record::{Closed, JobRecord},
};
use crate::document::UnknownName;
use kinora_core::{
    film::ProjectFolder,
    store::{AtomicFile, StoreError, hash_file},
};
use kinora_provider::{ErasedProvider, GenerationOutput, GenerationRequest, ModelAddress, ProviderError};
use std::path::{Path, PathBuf};

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
        GenerationError::Gone { gone, kept: self.file.clone(), job_id: self.record.job_id.clone() }
    }

    /// What kept it out of the film, in words.
    pub(super) fn gone(self, gone: String) -> GenerationError {
        GenerationError::Gone { gone, kept: self.file, job_id: self.record.job_id }
    }

    /// What the job is for, and its name.
    pub(super) fn purpose(&self) -> &str {
        &self.record.purpose
    }

    /// Closes the job once what it made is in the film and the film is saved.
    pub(super) fn close(mut self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        self.record.adopted = true;
        self.close_record(folder)
    }

    /// Closes the job once what it made is kept as a file of its own.
    pub(super) fn close_kept(mut self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        self.record.closed = Some(Closed::Kept);
        self.close_record(folder)
    }

    fn close_record(mut self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        self.record.changed();
        self.record.save(folder)?;
        // Left-overs cost only room; the next job has a folder of its own.
        if let Err(error) = std::fs::remove_dir_all(self.record.home(folder)) {
            tracing::warn!("{} is left over: {error}", self.record.home(folder).display());
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
        film: &OpenFilm<'_>,
        address: &ModelAddress,
        purpose: &str,
        request: GenerationRequest,
    ) -> Result<Finished, GenerationError> {
        self.cancel.check()?;
        let unknown = || ProviderError::ModelNotFound { model: address.to_string() };
        let provider = self.registry.get(&address.provider_id).ok_or_else(unknown)?;
        let descriptor = provider.descriptor();
        let price = descriptor.check(&request)?.price(&request);
        let earlier = JobRecord::find_open(film.folder, &address.to_string(), purpose, &request);
        let begun = if earlier.is_some() { Begun::Earlier } else { Begun::Now };
        let record = match earlier {
            Some(record) => record,
            None => {
                let mut record = JobRecord::new(address.to_string(), purpose, request, price);
                // What is made on this machine costs nothing, and reads its files at once.
                if descriptor.needs_network {
                    record.freeze_inputs()?;
                }
                record
            }
        };
        self.run_record(film, &*provider, record, begun)
    }

    /// Runs the job of a record to its end.
    pub(super) fn run_record(
        &self,
        film: &OpenFilm<'_>,
        provider: &dyn ErasedProvider,
        record: JobRecord,
        begun: Begun,
    ) -> Result<Finished, GenerationError> {
        // A cancel that comes now has to reach the vendor that works on it already.
        let is_under_way = record.vendor_id.is_some() && !record.state.is_final();
        if !is_under_way {
            self.cancel.check()?;
        }
        let budget = || -> Result<Option<f64>, GenerationError> { Ok(film.settings()?.budget_usd) };
        let mut job = Job::new(self, film.folder, provider, record, begun, &budget);
        let (output, file) = match self.runtime.block_on(job.drive()).flatten() {
            Ok(brought) => brought,
            Err(error) => {
                self.runtime.block_on(job.abandon())?;
                return Err(error);
            }
        };
        Ok(Finished { output, file, resumed: begun != Begun::Now, record: job.into_record() })
    }

    /// Stops a job of an earlier run, also at its vendor. One that was made meanwhile, or that its vendor cannot stop,
    /// stays open: it is paid for. One that was never answered is given up.
    pub(super) fn stop_record(
        &self,
        folder: &ProjectFolder,
        provider: &dyn ErasedProvider,
        record: JobRecord,
    ) -> Result<JobRecord, GenerationError> {
        let mut job = Job::new(self, folder, provider, record, Begun::EarlierUnasked, &|| Ok(None));
        self.runtime.block_on(job.stop()).flatten()?;
        Ok(job.into_record())
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
    /// By an earlier run; a person has looked, and wants it handed in once more if its vendor does not have it.
    OnceMore,
}
