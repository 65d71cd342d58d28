//! Who a provider is: its models, its limits, what it needs.

use crate::{FieldProblem, GenerationRequest, ModelCard, OutputSource, ProviderError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A provider as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderDescriptor {
    /// Short name used in addresses and files: `replicate`. Lower-case letters, digits, `-` and `_`.
    pub id: String,
    /// Name for a person: `Replicate`.
    pub name: String,
    /// One sentence on what it is.
    pub description: String,
    /// Its models, the default of each kind first.
    pub models: Vec<ModelCard>,
    /// The voices it knows without asking; [`crate::Provider::voices`] asks for all of them.
    #[serde(default)]
    pub voices: Vec<VoiceCard>,
    /// The key it needs, if any.
    #[serde(default)]
    pub needs_key: Option<KeyNeed>,
    /// Whether it talks to the network.
    #[serde(default)]
    pub needs_network: bool,
    /// Whether [`crate::Provider::cancel`] reaches the vendor.
    #[serde(default)]
    pub can_cancel: bool,
    /// What it bears.
    #[serde(default)]
    pub limits: Limits,
}

/// The key a provider needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyNeed {
    /// Environment variable it is looked up in first.
    pub environment_variable: String,
    /// Page on which a key is made.
    pub where_to_get: String,
}

/// What a provider bears before it asks to slow down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Jobs at the same time.
    pub concurrent_jobs: u32,
    /// Submits in any minute; absent for no limit.
    #[serde(default)]
    pub submits_per_minute: Option<u32>,
    /// Seconds between two polls of one job.
    pub poll_interval_secs: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrent_jobs: 2, submits_per_minute: None, poll_interval_secs: 2.0 }
    }
}

/// What a provider says when asked whether it is ready to work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// The account, as the vendor names it; empty where there is none.
    #[serde(default)]
    pub account: String,
    /// Credit left in US dollars, if the vendor tells.
    #[serde(default)]
    pub balance_usd: Option<f64>,
    /// Anything else worth showing (version of a tool, characters left), for a person.
    #[serde(default)]
    pub note: String,
}

/// A voice of a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceCard {
    /// What a request's `voice_id` says.
    pub id: String,
    /// Name for a person.
    pub name: String,
    /// How it sounds.
    #[serde(default)]
    pub description: String,
    /// Labels to filter by (gender, age, accent).
    #[serde(default)]
    pub labels: Vec<(String, String)>,
    /// A sample to listen to.
    #[serde(default)]
    pub preview: Option<OutputSource>,
}

impl ProviderDescriptor {
    /// The card of a model.
    #[must_use]
    pub fn model(&self, id: &str) -> Option<&ModelCard> {
        self.models.iter().find(|card| card.id == id)
    }

    /// Checks a request against its model's card and its files on disk: what every provider does first in `submit`.
    ///
    /// # Errors
    /// [`ProviderError::ModelNotFound`], or [`ProviderError::InvalidInput`] naming every wrong field.
    pub fn check(&self, request: &GenerationRequest) -> Result<&ModelCard, ProviderError> {
        let card = self
            .model(request.model())
            .ok_or_else(|| ProviderError::ModelNotFound { model: format!("{}:{}", self.id, request.model()) })?;
        let mut problems: Vec<FieldProblem> = match card.validate(request) {
            Ok(()) => Vec::new(),
            Err(violations) => violations.into_iter().map(FieldProblem::from).collect(),
        };
        for (field, path) in request.files() {
            let reason = match path.metadata() {
                Ok(file) if file.is_file() => too_large(card, field, path, file.len()),
                _ => Some(format!("{} is not a file", path.display())),
            };
            problems.extend(reason.map(|reason| FieldProblem { field: field.into(), reason }));
        }
        if problems.is_empty() { Ok(card) } else { Err(ProviderError::InvalidInput { problems }) }
    }
}

/// Why a file is more than its slot takes.
fn too_large(card: &ModelCard, field: &str, path: &Path, bytes: u64) -> Option<String> {
    let most = card.references.iter().find(|slot| slot.field == field)?.max_bytes?;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    (bytes > most).then(|| {
        format!("{} has {:.1} MB, {} takes {:.1}", path.display(), megabytes(bytes), card.label, megabytes(most))
    })
}
