//! From the film to a provider and back: what is asked, the job that asks it, and the take, line or lane that comes
//! of it (mission sections 5.1 to 5.3).
//!
//! - `prompt`: the final prompt, from template, scene, shot and characters; pure;
//! - `record`: a job on disk before it is submitted; `jobs`: its run to the end, over restarts (law 6), with `drive`
//!   (handed in once, found again), `wait` (where it stands) and `fetch` (what it made, checked);
//! - `ledger`: every attempt and what became of it; `spend`: the ledger added up; `pace`: how fast a vendor is asked;
//! - `resume`: what an earlier run left open, gone on with as it was asked; `close`: what to do where its place in the film
//!   is gone; `listing`: every job, for a person;
//! - `quote`: what would be asked and what it would cost, without asking;
//! - `claims`: one piece of work at a time for each shot, line and lane;
//! - `door`: the film, seen from the thread that works on it;
//! - `takes`: a clip becomes a take: whole or not at all, added and never overwriting;
//! - `shot`, `voice`, `voice_lane`, `beds`, `lipsync`, `audition`: one file a kind of work;
//! - `bring`, `import`, `frames`, `render`: files into the project, stills and films out of it;
//! - `film`: everything a film lacks, in an order that lets dialogue decide the length of shots.

mod audition;
mod beds;
mod bring;
mod claims;
mod close;
mod door;
mod drive;
mod error;
mod fetch;
mod film;
mod frames;
mod import;
mod jobs;
mod ledger;
mod lipsync;
mod listing;
mod pace;
mod prompt;
mod quote;
mod record;
mod render;
mod resume;
mod shot;
mod spend;
mod takes;
mod voice;
mod voice_lane;
mod wait;

pub use bring::{FrameEnd, bring_file, bring_frame, bring_portrait};
pub use door::{DoorError, FilmDoor, OpenFilm, Question};
pub use error::{GenerationError, Money};
pub use film::FilmProgress;
pub use import::{NewShot, import_frame, import_screenplay};
pub use ledger::{LedgerEntry, LedgerEvent, settle};
pub use listing::{JobListing, UnreadableJob};
pub use prompt::final_prompt;
pub use quote::Quote;
pub use resume::{JobsWord, OpenJob, OpenJobTarget};
pub use shot::{ShotOptions, ShotOutcome};
pub use spend::{Attempt, Spend, Standing, Sum, VendorSpend};
pub use voice::{VoiceOutcome, VoiceRequest};

use claims::Claims;
use kinora_core::{
    progress::{CancelToken, ProgressSink},
    worker::Worker,
};
use kinora_provider::{ModelAddress, ProviderRegistry, RequestKind};
use ledger::Ledger;
use pace::Pace;
use std::{sync::Arc, time::Duration};

/// Runs providers for an open film.
pub struct Generator {
    registry: ProviderRegistry,
    runtime: Arc<Runtime>,
    claims: Arc<Claims>,
    ledger: Arc<Ledger>,
    pace: Arc<Pace>,
    worker: Worker,
    cancel: CancelToken,
    /// Raised with the cancel when the film is closed: what a vendor works on is then left to it.
    leaving: CancelToken,
    progress: Arc<dyn ProgressSink>,
}

/// The one async runtime. Its end waits a while for what runs, and no longer.
struct Runtime(Option<tokio::runtime::Runtime>);

/// How long the end of the runtime waits.
const RUNTIME_END: Duration = Duration::from_secs(2);

impl Runtime {
    fn block_on<F: Future>(&self, future: F) -> Result<F::Output, GenerationError> {
        let gone = || GenerationError::Runtime("they have ended".to_owned());
        Ok(self.0.as_ref().ok_or_else(gone)?.block_on(future))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(RUNTIME_END);
        }
    }
}

impl Generator {
    /// A generator with the given providers. `worker` does what touches foreign media.
    ///
    /// # Errors
    /// [`GenerationError::Runtime`] if the system gives no threads.
    pub fn new(
        registry: ProviderRegistry,
        worker: Worker,
        cancel: CancelToken,
        progress: Arc<dyn ProgressSink>,
    ) -> Result<Self, GenerationError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("kinora-providers")
            .enable_all()
            .build()
            .map_err(|error| GenerationError::Runtime(error.to_string()))?;
        Ok(Self {
            registry,
            runtime: Arc::new(Runtime(Some(runtime))),
            claims: Arc::default(),
            ledger: Arc::default(),
            pace: Arc::default(),
            worker,
            cancel,
            leaving: CancelToken::default(),
            progress,
        })
    }

    /// The same providers and threads for another piece of work, with a cancel, a leave and a progress of its own.
    #[must_use]
    pub fn for_work(&self, cancel: CancelToken, progress: Arc<dyn ProgressSink>) -> Self {
        Self {
            registry: self.registry.clone(),
            runtime: Arc::clone(&self.runtime),
            claims: Arc::clone(&self.claims),
            ledger: Arc::clone(&self.ledger),
            pace: Arc::clone(&self.pace),
            worker: self.worker.clone(),
            leaving: CancelToken::default(),
            cancel,
            progress,
        }
    }

    /// Says, raised before the cancel, that the film is closed and the wish is not withdrawn: the cancel leaves a
    /// vendor's jobs running, to be brought when the film is opened again, and work on this machine begins anew then.
    #[must_use]
    pub fn leaving(&self) -> CancelToken {
        self.leaving.clone()
    }

    /// The providers.
    #[must_use]
    pub const fn registry(&self) -> &ProviderRegistry {
        &self.registry
    }

    /// Finds the model for a kind of work: the one named, else the default one, else the first provider that can.
    fn model(&self, names: &[&str], kind: RequestKind) -> Result<ModelAddress, GenerationError> {
        let named: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
        if let Some(first) = named.first()
            && let Some(address) = self.registry.resolve(first, kind)
        {
            return Ok(address);
        }
        // A name given on purpose must not be quietly replaced.
        if let Some(name) = named.first() {
            return Err(GenerationError::NoModel { name: (*name).to_owned(), kind, known: self.known(kind) });
        }
        let descriptors = self.registry.descriptors();
        let found = descriptors.iter().find_map(|descriptor| {
            let card = descriptor.models.iter().find(|card| card.kind == kind)?;
            Some(ModelAddress { provider_id: descriptor.id.clone(), model_id: card.id.clone() })
        });
        found.ok_or_else(|| GenerationError::NoModel { name: String::new(), kind, known: String::new() })
    }

    fn known(&self, kind: RequestKind) -> String {
        let names: Vec<String> = self
            .registry
            .descriptors()
            .iter()
            .flat_map(|descriptor| {
                let cards = descriptor.models.iter().filter(|card| card.kind == kind);
                cards.map(|card| format!("{}:{}", descriptor.id, card.id)).collect::<Vec<_>>()
            })
            .collect();
        names.join(", ")
    }
}
