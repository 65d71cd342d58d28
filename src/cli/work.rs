//! What commands that take long share: the providers, a progress bar, and Ctrl-C.

use super::{Failure, failure::Doing, progress::Bar, session::Session};
use crate::{generation::Generator, vendors::providers};
use kinora_core::{
    film::Film,
    progress::{CancelToken, ProgressSink},
    render::{RenderReport, RenderRequest, prepare, tidy::tidy_cache},
    worker::{Worker, WorkerReply, WorkerRequest},
};
use std::sync::Arc;

/// Long work on behalf of one command.
pub(super) struct Work {
    worker: Worker,
    pub(super) cancel: CancelToken,
    pub(super) bar: Arc<dyn ProgressSink>,
}

impl Work {
    /// Starts to listen for Ctrl-C: the first one asks the work to stop and leave nothing half-made, the second ends
    /// the process.
    pub(super) fn start() -> Result<Self, Failure> {
        let cancel = CancelToken::default();
        let raised = cancel.clone();
        let set = ctrlc::set_handler(move || {
            if raised.is_cancelled() {
                end_now();
            }
            raised.cancel();
        });
        // Without a handler Ctrl-C ends the process at once, which the files on disk bear.
        if let Err(error) = set {
            tracing::warn!("Ctrl-C is not listened for: {error}");
        }
        Ok(Self { worker: Worker::of_this_binary()?, cancel, bar: Arc::new(Bar::new()) })
    }

    /// Runs work on media in a process of its own.
    pub(super) const fn worker(&self) -> &Worker {
        &self.worker
    }

    /// What makes takes, voices and beds.
    pub(super) fn generator(&self) -> Result<Generator, Failure> {
        let made = Generator::new(providers(), self.worker.clone(), self.cancel.clone(), Arc::clone(&self.bar));
        made.doing("start the providers")
    }

    /// Renders a scene or the film, in a process of its own.
    pub(super) fn render(
        &self,
        session: &Session,
        film: &Film,
        request: &RenderRequest,
    ) -> Result<RenderReport, Failure> {
        let what = request.scene_id.as_ref().map_or_else(|| "render the film".to_owned(), |id| format!("render {id}"));
        let job = prepare(film, &session.folder, request, &self.worker, &self.cancel, &*self.bar).doing(&what)?;
        let request = WorkerRequest::Render(Box::new(job.clone()));
        let reply = self.worker.run(&request, &self.cancel, &*self.bar).doing(&what)?;
        // A cache that cannot be tidied now is tidied after the next render.
        if let Err(error) = tidy_cache(&job, film.settings.cache_limit_mib) {
            tracing::warn!("the cache is not tidied: {error}");
        }
        match reply {
            WorkerReply::Rendered(report) => Ok(*report),
            other => Err(Failure::new("protocol", format!("the worker answered a render with {other:?}"))).doing(what),
        }
    }
}

/// The person asked twice.
fn end_now() -> ! {
    #[expect(clippy::disallowed_methods, reason = "a second Ctrl-C must end the process whatever it is doing")]
    std::process::exit(130)
}
