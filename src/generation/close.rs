//! Jobs whose place in the film is gone: what they made is kept as a file of its own, or let go by a person's word. What
//! they cost stays in the ledger either way.

use super::{
    GenerationError, Generator, JobListing, OpenFilm,
    jobs::Begun,
    record::{Closed, JobRecord},
    takes::clip_extension,
    voice::{keep_words, sound_extension},
};
use kinora_core::film::ProjectFolder;
use kinora_provider::{JobState, OutputKind, ProviderError};
use std::path::{Path, PathBuf};

/// Names tried for a file before it is given up.
const MOST_NAMES: usize = 10_000;

fn picture_ending(picture: &Path) -> &'static str {
    const KNOWN: [&str; 4] = ["png", "jpg", "jpeg", "webp"];
    let own = picture.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_ascii_lowercase();
    KNOWN.into_iter().find(|known| *known == own).unwrap_or("png")
}

impl Generator {
    /// Keeps what a job made as a file of its own, and closes the job: in the project's `clips` folder, where the library
    /// lists it, or at `to` (a folder, or a file that is not there yet). Returns where it is. What lies at the vendor is
    /// brought first; nothing is handed in.
    ///
    /// # Errors
    /// [`GenerationError::NotMade`] for a job that made nothing, and whatever kept the file from being brought or written.
    pub fn keep_job(&self, film: &OpenFilm<'_>, job_id: &str, to: Option<&Path>) -> Result<PathBuf, GenerationError> {
        let purpose = closable(film.folder, job_id)?.purpose;
        let _claim = self.claim(&purpose)?;
        // Whoever had the claim before may have brought it.
        self.keep_record(film, closable(film.folder, job_id)?, to)
    }

    pub(super) fn keep_record(
        &self,
        film: &OpenFilm<'_>,
        mut record: JobRecord,
        to: Option<&Path>,
    ) -> Result<PathBuf, GenerationError> {
        must_be_made(&record)?;
        record.closed = None;
        let no_model = || ProviderError::ModelNotFound { model: record.model.clone() };
        let provider = self.registry.get(record.provider_id()).ok_or_else(no_model)?;
        let wanted = OutputKind::of(record.request.kind());
        let finished = self.run_record(film, &*provider, record, Begun::EarlierUnasked)?;
        // Vendors' addresses often tell nothing of what lies there.
        let ending = match wanted {
            OutputKind::Video => clip_extension(&finished.file),
            OutputKind::Audio => sound_extension(&finished.file, &self.probe(&finished.file)?.container),
            OutputKind::Image => picture_ending(&finished.file),
            OutputKind::Other => "bin",
        };
        let place = match to {
            Some(to) if !to.is_dir() => to.to_path_buf(),
            folder => {
                let clips = film.folder.clips_dir();
                free_name(folder.unwrap_or(&clips), finished.purpose(), ending)?
            }
        };
        finished.keep_as(&place)?;
        keep_words(&place, &finished)?;
        finished.close_kept(film.folder)?;
        Ok(place)
    }

    /// Closes a job that made something nobody wants. Returns it as it stands then.
    ///
    /// # Errors
    /// [`GenerationError::NotMade`] for a job that made nothing: that is cancelled instead.
    pub fn dismiss_job(&self, folder: &ProjectFolder, job_id: &str) -> Result<JobListing, GenerationError> {
        let purpose = closable(folder, job_id)?.purpose;
        let _claim = self.claim(&purpose)?;
        Self::dismiss_record(folder, closable(folder, job_id)?)
    }

    pub(super) fn dismiss_record(folder: &ProjectFolder, mut record: JobRecord) -> Result<JobListing, GenerationError> {
        must_be_made(&record)?;
        record.closed = Some(Closed::Dismissed);
        record.changed();
        record.save(folder)?;
        Ok(JobListing::of(&record))
    }
}

/// A job that is not in the film and was not kept.
fn closable(folder: &ProjectFolder, job_id: &str) -> Result<JobRecord, GenerationError> {
    let is_it = |record: &JobRecord| record.job_id == job_id && !record.adopted && record.closed != Some(Closed::Kept);
    JobRecord::list(folder).into_iter().find(is_it).ok_or_else(|| GenerationError::NoOpenJob(job_id.to_owned()))
}

fn must_be_made(record: &JobRecord) -> Result<(), GenerationError> {
    if matches!(record.state, JobState::Succeeded(_)) {
        Ok(())
    } else {
        Err(GenerationError::NotMade(record.purpose.clone()))
    }
}

/// The first free name in a folder for what a job made.
fn free_name(folder: &Path, purpose: &str, ending: &str) -> Result<PathBuf, GenerationError> {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let name: String = purpose.chars().map(plain).take(80).collect();
    let mut names = (1..MOST_NAMES).map(|number| {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        folder.join(format!("{name}{suffix}.{ending}"))
    });
    let free = names.find(|path| !path.exists());
    free.ok_or_else(|| GenerationError::NoFreeName(name.clone()))
}
