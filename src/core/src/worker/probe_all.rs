//! Many foreign files, a few processes.

use super::{Worker, WorkerError, WorkerRequest, client::Owner};
use crate::{
    media::MediaInfo,
    progress::{CancelToken, NoProgress},
};
use std::{cell::RefCell, path::PathBuf, thread};

/// What a file was found to hold.
pub type Probed = Result<Box<MediaInfo>, WorkerError>;

/// Files a process looks into before a fresh one takes over: what FFmpeg may lose on each stays small.
const FILES_A_PROCESS: usize = 256;

impl Worker {
    /// Looks into many files, in as many processes as there are cores. A file that crashes or hangs its process is the
    /// one that is blamed, and the others are looked into by the next. Answers in the order of `paths`. Blocks.
    ///
    /// # Errors
    /// [`WorkerError::Cancelled`], or [`WorkerError::Start`] if no process or thread can be started. What is wrong with
    /// a single file stands in its place of the answer.
    pub fn probe_all(&self, paths: &[PathBuf], cancel: &CancelToken) -> Result<Vec<Probed>, WorkerError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = paths.len().div_ceil(cores).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = paths
                .chunks(share)
                .map(|share| {
                    let work = move || self.probe_share(share, cancel);
                    let named = thread::Builder::new().name("kinora-probe".to_owned());
                    let start = |source| WorkerError::Start { program: self.program.clone(), source };
                    named.spawn_scoped(scope, work).map_err(start)
                })
                .collect::<Result<_, _>>()?;
            let mut found = Vec::with_capacity(paths.len());
            for share in shares {
                found.extend(share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(found)
        })
    }

    fn probe_share(&self, paths: &[PathBuf], cancel: &CancelToken) -> Result<Vec<Probed>, WorkerError> {
        let found = RefCell::new(Vec::with_capacity(paths.len()));
        loop {
            let done = found.borrow().len();
            let left = &paths[done..paths.len().min(done + FILES_A_PROCESS)];
            let Some(next) = left.first() else { return Ok(found.into_inner()) };
            let request = WorkerRequest::ProbeAll { paths: left.to_vec() };
            let probed = |info| found.borrow_mut().push(info);
            let owner =
                Owner { about: &next.display().to_string(), cancel, progress: &NoProgress, probed: Some(&probed) };
            let ended = self.run_for(&request, &owner);
            let blamed = done + left.len() > found.borrow().len();
            match ended {
                Err(error @ (WorkerError::Cancelled(_) | WorkerError::Start { .. })) => return Err(error),
                // It is the next unanswered file that the process ended on.
                Err(error) if blamed => {
                    let file = paths[found.borrow().len()].display().to_string();
                    found.borrow_mut().push(Err(error.on(file)));
                }
                Ok(_) if blamed => {
                    let file = paths[found.borrow().len()].display().to_string();
                    let how = "it ended without an answer".to_owned();
                    found.borrow_mut().push(Err(WorkerError::Crashed { about: file, how }));
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
}

impl WorkerError {
    /// The same trouble, on a certain file.
    fn on(self, file: String) -> Self {
        match self {
            Self::Crashed { how, .. } => Self::Crashed { about: file, how },
            Self::Stalled { limit_secs, .. } => Self::Stalled { about: file, limit_secs },
            other => other,
        }
    }
}
