//! The trait a provider implements, and its object-safe twin that the application holds.

use crate::{GenerationRequest, JobState, ProviderDescriptor, ProviderError, Refreshed, Standing, VoiceCard};
use serde::{Deserialize, Serialize};
use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
};

/// A maker of clips, voices or music.
///
/// Written with plain `async fn`s; every future must be `Send` and is run on the application's tokio runtime.
/// Dropping a future must be safe at any point. Long CPU work belongs on a thread of its own, not in the future.
///
/// The rules, which the `contract` suite checks:
/// - `submit` refuses what [`ProviderDescriptor::check`] refuses, before anything leaves the machine;
/// - `submit` is never sent twice for one ticket by the provider itself; an answer that got lost is
///   [`ProviderError::LostAnswer`], a request that surely never arrived is [`ProviderError::Network`]
///   (see [`ProviderError::before_create`]); a submit that ends in passing [`ProviderError::VendorTrouble`] counts as
///   one that may have been taken in;
/// - `poll` of an id the provider does not know is [`ProviderError::JobNotFound`]; progress never falls; a final state
///   stays as it is;
/// - `cancel` may be called any number of times; on a job that ended it changes nothing and is no error;
/// - files are written only under the ticket's `work_dir`.
pub trait Provider: Send + Sync + 'static {
    /// Who this is and what it can make. Cheap: it is read often. May change while running (a refreshed model list).
    fn descriptor(&self) -> ProviderDescriptor;

    /// Hands in a job.
    ///
    /// # Errors
    /// Any [`ProviderError`]; see the rules above for which.
    fn submit(
        &self,
        job: JobTicket,
        request: GenerationRequest,
    ) -> impl Future<Output = Result<Submitted, ProviderError>> + Send;

    /// Asks where a job stands. Also called after a restart, with the ticket and id from disk.
    ///
    /// # Errors
    /// [`ProviderError::JobNotFound`], or what kept the question from being answered. A job that failed is not an
    /// error here but `Ok(JobState::Failed(..))`.
    fn poll(&self, job: JobTicket, vendor_id: &str) -> impl Future<Output = Result<JobState, ProviderError>> + Send;

    /// Asks for a job to be stopped. The job is over when [`Provider::poll`] says so.
    ///
    /// # Errors
    /// [`ProviderError::JobNotFound`], [`ProviderError::NotSupported`], or what kept the wish from being delivered.
    fn cancel(&self, job: JobTicket, vendor_id: &str) -> impl Future<Output = Result<(), ProviderError>> + Send;

    /// Brings a file of an output that is at the vendor to `to`, inside the ticket's work folder.
    ///
    /// # Errors
    /// What kept it from arriving whole. The default is for providers whose outputs are always files.
    fn download(&self, job: JobTicket, url: &str, to: &Path) -> impl Future<Output = Result<(), ProviderError>> + Send {
        let _ = (job, url, to);
        async {
            Err(ProviderError::NotSupported { provider: self.descriptor().id, what: "download from an URL".into() })
        }
    }

    /// Looks in the vendor's own list for a job whose submit was answered by silence.
    ///
    /// # Errors
    /// [`ProviderError::NotSupported`] (the default) where the vendor keeps no list: then only the user can tell.
    fn find_lost(
        &self,
        job: JobTicket,
        request: &GenerationRequest,
    ) -> impl Future<Output = Result<Option<Submitted>, ProviderError>> + Send {
        let _ = (job, request);
        async { Err(ProviderError::NotSupported { provider: self.descriptor().id, what: "look up a lost job".into() }) }
    }

    /// Whether it could work now: the key, the account, the tools it runs.
    ///
    /// # Errors
    /// What is missing.
    fn standing(&self) -> impl Future<Output = Result<Standing, ProviderError>> + Send {
        async { Ok(Standing::default()) }
    }

    /// The voices to choose from, all pages.
    ///
    /// # Errors
    /// What kept them from being listed.
    fn voices(&self) -> impl Future<Output = Result<Vec<VoiceCard>, ProviderError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Reads the vendor's live schemas, brings the cards up to date by them, and keeps that for later runs. Without a key
    /// nothing is sent. Whatever in the answer is broken leaves its card as it was, and is told.
    ///
    /// # Errors
    /// [`ProviderError::NotSupported`] (the default) where there are none, or what kept them from being read at all; the
    /// cards are then as before.
    fn refresh_cards(&self) -> impl Future<Output = Result<Refreshed, ProviderError>> + Send {
        async { Err(ProviderError::NotSupported { provider: self.descriptor().id, what: "read live schemas".into() }) }
    }

    /// When the live schemas that the cards follow were read, RFC 3339 in UTC; absent for never.
    fn cards_read_at(&self) -> Option<String> {
        None
    }

    /// What is wrong with card files of the user, or with what was kept of live schemas, for a person; empty for nothing.
    fn card_troubles(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A job as the provider needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobTicket {
    /// The application's own id of the job; unique for all time.
    pub job_id: String,
    /// An existing folder that belongs to this job alone.
    pub work_dir: PathBuf,
}

/// Most folders looked at in one place.
const MAX_FOLDERS: usize = 10_000;

impl JobTicket {
    /// The folders of other jobs, and of other attempts at this one: what a provider kept there says what is theirs.
    ///
    /// Jobs lie side by side; a job's further attempts lie in its folder as `attempt_2`, `attempt_3` … Reads the disk.
    #[must_use]
    pub fn folders_of_others(&self) -> Vec<PathBuf> {
        let home = self.work_dir.parent().filter(|_| is_attempt(&self.work_dir)).unwrap_or(&self.work_dir);
        let mut folders = Vec::new();
        for job in home.parent().map(folders_in).unwrap_or_default() {
            folders.extend(folders_in(&job).into_iter().filter(|folder| is_attempt(folder)));
            folders.push(job);
        }
        folders.retain(|folder| *folder != self.work_dir);
        folders
    }
}

fn is_attempt(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("attempt_"))
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.take(MAX_FOLDERS).map(|entry| entry.path()).collect()
}

/// The answer to a submit. It is on disk before anything else happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// The vendor's id of the job; what `poll` and `cancel` are given.
    pub vendor_id: String,
    /// Where the job stands already. A vendor that answers with the result itself is done here, and not polled.
    pub state: JobState,
}

/// A future in a box, as object-safe traits need.
pub type BoxedFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Provider`] made object-safe: what the registry holds. Implemented for every provider; nobody writes it by hand.
pub trait ErasedProvider: Send + Sync + 'static {
    /// See [`Provider::descriptor`].
    fn descriptor(&self) -> ProviderDescriptor;
    /// See [`Provider::submit`].
    fn submit(&self, job: JobTicket, request: GenerationRequest) -> BoxedFuture<'_, Result<Submitted, ProviderError>>;
    /// See [`Provider::poll`].
    fn poll<'a>(&'a self, job: JobTicket, vendor_id: &'a str) -> BoxedFuture<'a, Result<JobState, ProviderError>>;
    /// See [`Provider::cancel`].
    fn cancel<'a>(&'a self, job: JobTicket, vendor_id: &'a str) -> BoxedFuture<'a, Result<(), ProviderError>>;
    /// See [`Provider::download`].
    fn download<'a>(&'a self, job: JobTicket, url: &'a str, to: &'a Path)
    -> BoxedFuture<'a, Result<(), ProviderError>>;
    /// See [`Provider::find_lost`].
    fn find_lost<'a>(
        &'a self,
        job: JobTicket,
        request: &'a GenerationRequest,
    ) -> BoxedFuture<'a, Result<Option<Submitted>, ProviderError>>;
    /// See [`Provider::standing`].
    fn standing(&self) -> BoxedFuture<'_, Result<Standing, ProviderError>>;
    /// See [`Provider::voices`].
    fn voices(&self) -> BoxedFuture<'_, Result<Vec<VoiceCard>, ProviderError>>;
    /// See [`Provider::refresh_cards`].
    fn refresh_cards(&self) -> BoxedFuture<'_, Result<Refreshed, ProviderError>>;
    /// See [`Provider::cards_read_at`].
    fn cards_read_at(&self) -> Option<String>;
    /// See [`Provider::card_troubles`].
    fn card_troubles(&self) -> Vec<String>;
}

impl<P: Provider> ErasedProvider for P {
    fn descriptor(&self) -> ProviderDescriptor {
        Provider::descriptor(self)
    }
    fn submit(&self, job: JobTicket, request: GenerationRequest) -> BoxedFuture<'_, Result<Submitted, ProviderError>> {
        Box::pin(Provider::submit(self, job, request))
    }
    fn poll<'a>(&'a self, job: JobTicket, vendor_id: &'a str) -> BoxedFuture<'a, Result<JobState, ProviderError>> {
        Box::pin(Provider::poll(self, job, vendor_id))
    }
    fn cancel<'a>(&'a self, job: JobTicket, vendor_id: &'a str) -> BoxedFuture<'a, Result<(), ProviderError>> {
        Box::pin(Provider::cancel(self, job, vendor_id))
    }
    fn download<'a>(
        &'a self,
        job: JobTicket,
        url: &'a str,
        to: &'a Path,
    ) -> BoxedFuture<'a, Result<(), ProviderError>> {
        Box::pin(Provider::download(self, job, url, to))
    }
    fn find_lost<'a>(
        &'a self,
        job: JobTicket,
        request: &'a GenerationRequest,
    ) -> BoxedFuture<'a, Result<Option<Submitted>, ProviderError>> {
        Box::pin(Provider::find_lost(self, job, request))
    }
    fn standing(&self) -> BoxedFuture<'_, Result<Standing, ProviderError>> {
        Box::pin(Provider::standing(self))
    }
    fn voices(&self) -> BoxedFuture<'_, Result<Vec<VoiceCard>, ProviderError>> {
        Box::pin(Provider::voices(self))
    }
    fn refresh_cards(&self) -> BoxedFuture<'_, Result<Refreshed, ProviderError>> {
        Box::pin(Provider::refresh_cards(self))
    }
    fn cards_read_at(&self) -> Option<String> {
        Provider::cards_read_at(self)
    }
    fn card_troubles(&self) -> Vec<String> {
        Provider::card_troubles(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_all_jobs_and_attempts_but_this_one() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["a/attempt_2", "a/frames", "b/attempt_2", "b/attempt_3"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let check = |own: &str, expected: &[&str]| {
            let job = JobTicket { job_id: own.into(), work_dir: root.path().join(own) };
            let mut found = job.folders_of_others();
            found.sort();
            let expected: Vec<_> = expected.iter().map(|folder| root.path().join(folder)).collect();
            assert_eq!(found, expected, "{own}");
        };
        check("a", &["a/attempt_2", "b", "b/attempt_2", "b/attempt_3"]);
        check("a/attempt_2", &["a", "b", "b/attempt_2", "b/attempt_3"]);
        check("b/attempt_3", &["a", "a/attempt_2", "b", "b/attempt_2"]);
    }
}
