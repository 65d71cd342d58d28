//! What was sent for a job, kept in the job's folder: enough to find a prediction whose answer was lost, and to know what
//! a finished one was meant to be after a restart.

use kinora_provider::{JobTicket, ProviderError, RequestKind};
use kinora_transport::save_file;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{fs, io::Read as _, path::Path};

const FILE_NAME: &str = "replicate_sent.json";
/// Inputs may hold a few pictures as text.
const MAX_BYTES: u64 = 64 << 20;

/// One create, as it went out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) model: String,
    pub(crate) kind: RequestKind,
    pub(crate) input: Map<String, Value>,
    /// By this machine's clock, in seconds since 1970.
    pub(crate) sent_at_secs: f64,
    /// The prediction, once known.
    #[serde(default)]
    pub(crate) vendor_id: Option<String>,
}

impl Sent {
    pub(crate) async fn save(&self, job: &JobTicket) -> Result<(), ProviderError> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| ProviderError::Internal { message: format!("keeping what was sent: {error}") })?;
        save_file(&job.work_dir.join(FILE_NAME), bytes).await
    }

    /// What was sent for a job; `None` when nothing was, or when it cannot be read.
    pub(crate) fn load(job: &JobTicket) -> Option<Self> {
        load(&job.work_dir)
    }

    /// Forgets a create that surely did not arrive.
    pub(crate) fn forget(job: &JobTicket) {
        // What stays behind lies in the job's own folder and says only that something was tried.
        let _ = fs::remove_file(job.work_dir.join(FILE_NAME));
    }
}

fn load(work_dir: &Path) -> Option<Sent> {
    let file = fs::File::open(work_dir.join(FILE_NAME)).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The predictions that other jobs and other attempts hold already.
pub(crate) fn held_by_neighbours(job: &JobTicket) -> Vec<String> {
    job.folders_of_others().iter().filter_map(|folder| load(folder)?.vendor_id).collect()
}
