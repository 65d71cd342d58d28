//! What was rendered where, so that a render with nothing to do does nothing.

use super::{RenderJob, RenderReport, with_outcomes};
use crate::store::{Cache, FileHashes, StoreError, write_atomic};
use serde::{Deserialize, Serialize};

/// Raised when a change of code makes another file from the same plan.
const EXECUTE_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Record {
    /// Everything the file depends on.
    asked: String,
    /// blake3 of the file that was written.
    file_blake3: String,
    report: RenderReport,
}

/// The report of a render whose file is there, unchanged, and what the job asks for.
#[must_use]
pub fn find_done(job: &RenderJob) -> Option<RenderReport> {
    let cache = Cache::open(&job.project_root).ok()?;
    let bytes = std::fs::read(cache.get(&record_key(job), "json")?).ok()?;
    let record: Record = serde_json::from_slice(&bytes).ok()?;
    if record.asked != asked(job) || !job.output.is_file() {
        return None;
    }
    // The file is only read again if its size or times are not those under which its hash is remembered.
    let hashes = FileHashes::load(&job.project_root);
    let found = hashes.hash(&job.output).ok()?;
    // A list of hashes that cannot be saved only costs reading the file once more.
    let _ = hashes.save();
    (found.to_hex().as_str() == record.file_blake3).then(|| RenderReport {
        output: job.output.clone(),
        newly_encoded_frames: 0,
        up_to_date: true,
        cuts: with_outcomes(&job.cuts, &job.plan, &cache),
        notes: job.plan.notes.clone(),
        ..record.report
    })
}

/// Remembers a finished render.
pub(super) fn remember(job: &RenderJob, cache: &Cache, report: &RenderReport) -> Result<(), StoreError> {
    let hashes = FileHashes::load(&job.project_root);
    let file_blake3 = hashes.hash(&job.output)?.to_hex().to_string();
    hashes.save()?;
    let record = Record { asked: asked(job), file_blake3, report: report.clone() };
    let reserved = cache.reserve(&record_key(job), "json")?;
    let path = reserved.final_path().to_path_buf();
    drop(reserved);
    let bytes = serde_json::to_vec(&record)
        .map_err(|error| StoreError::from_io("save", &path, std::io::Error::other(error)))?;
    write_atomic(&path, &bytes)
}

fn asked(job: &RenderJob) -> String {
    format!("{EXECUTE_VERSION} {} {:?}", job.plan.hash, job.delivery.as_ref().map(|delivery| delivery.codec))
}

fn record_key(job: &RenderJob) -> blake3::Hash {
    let path = job.output.strip_prefix(&job.project_root).unwrap_or(&job.output);
    blake3::hash(format!("render of {}", path.display()).as_bytes())
}
