//! From the film to a provider and back: what is asked, the job that asks it, and the take, line or lane that comes
//! of it (mission sections 5.1 to 5.3).
//!
//! - `prompt`: the final prompt, from template, scene, shot and characters; pure;
//! - `record`: a job on disk before it is submitted; `jobs`: the wait for its end, over restarts (law 6);
//! - `takes`: a clip becomes a take: whole or not at all, added and never overwriting;
//! - `shot`, `voice`, `voice_lane`, `beds`, `lipsync`: one file a kind of work;
//! - `film`: everything a film lacks, in an order that lets dialogue decide the length of shots.

mod beds;
mod error;
mod film;
mod jobs;
mod lipsync;
mod prompt;
mod record;
mod shot;
mod takes;
mod voice;
mod voice_lane;

pub use error::GenerationError;
pub use film::FilmProgress;
pub use prompt::final_prompt;
pub use shot::{ShotOptions, ShotOutcome};
pub use voice::{VoiceOutcome, VoiceRequest};

use crate::commands::HeadlessEditor;
use kinora_core::{
    film::{FilmError, ProjectFolder},
    progress::{CancelToken, ProgressSink},
    store::StoreError,
    worker::Worker,
};
use kinora_provider::{ModelAddress, ProviderRegistry, RequestKind};
use serde_json::Value;
use std::sync::Arc;

/// An open film with its folder: what every piece of generation reads and changes, through operators.
pub struct OpenFilm<'a> {
    /// The living film.
    pub editor: &'a mut HeadlessEditor,
    /// Its folder, locked.
    pub folder: &'a ProjectFolder,
}

impl OpenFilm<'_> {
    fn run(&mut self, operator: &str, params: Value) -> Result<Value, GenerationError> {
        Ok(self.editor.run(operator, params)?)
    }

    /// Saves at once: what a vendor made must not wait for an autosave.
    fn save(&mut self) -> Result<(), GenerationError> {
        self.editor.save().map(drop).map_err(|error| match error.downcast_ref() {
            Some(FilmError::Store(StoreError::DiskFull { .. })) => GenerationError::DiskFull(error.to_string()),
            _ => GenerationError::Save(error.to_string()),
        })
    }
}

/// Runs providers for an open film.
pub struct Generator {
    registry: ProviderRegistry,
    runtime: tokio::runtime::Runtime,
    worker: Worker,
    cancel: CancelToken,
    progress: Arc<dyn ProgressSink>,
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
        Ok(Self { registry, runtime, worker, cancel, progress })
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
