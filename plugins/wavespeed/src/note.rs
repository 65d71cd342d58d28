//! What a job's folder keeps of its submit: which files were handed in under which addresses, and what came of it.
//!
//! It is on disk before the order is sent. So a job whose folder holds no note was never sent, and one whose answer was
//! lost can be told in the vendor's list: no two uploads share an address.

use kinora_provider::{JobTicket, ProviderError};
use kinora_transport::save_file;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, time::SystemTime};

const NOTE_FILE: &str = "wavespeed_submit.json";
/// A note is a few hundred bytes; anything much larger is not ours.
const MAX_NOTE_BYTES: u64 = 1 << 18;

/// The note of one submit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubmitNote {
    /// The model's path.
    pub(crate) path: String,
    /// When the order was about to be sent, in milliseconds since 1970 by this machine's clock.
    pub(crate) sent_at_ms: i64,
    /// Milliseconds by which the vendor's clock was ahead of this machine's.
    #[serde(default)]
    pub(crate) clock_ahead_ms: i64,
    /// Addresses of the files handed in, by the vendor's names.
    pub(crate) inputs: BTreeMap<String, String>,
    /// The vendor's id, once known.
    #[serde(default)]
    pub(crate) prediction: Option<String>,
    /// Where the vendor said the result is asked for.
    #[serde(default)]
    pub(crate) result_url: Option<String>,
}

impl SubmitNote {
    /// The note of a job; `None` where there is none. A damaged one is an error: it stands for an order that was sent.
    ///
    /// # Errors
    /// [`ProviderError::File`] when it cannot be read.
    pub(crate) fn load(ticket: &JobTicket) -> Result<Option<Self>, ProviderError> {
        let path = ticket.work_dir.join(NOTE_FILE);
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(meta) if meta.len() > MAX_NOTE_BYTES => return Err(ProviderError::file(&path, &"it is far too large")),
            _ => fs::read(&path).map_err(|error| ProviderError::file(&path, &error))?,
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| ProviderError::file(&path, &error))
    }

    /// Writes the note, whole or not at all, and sees it on the disk.
    ///
    /// # Errors
    /// [`ProviderError::DiskFull`], or [`ProviderError::File`] when it cannot be written.
    pub(crate) async fn save(&self, ticket: &JobTicket) -> Result<(), ProviderError> {
        let bytes =
            serde_json::to_vec_pretty(self).map_err(|error| ProviderError::Internal { message: error.to_string() })?;
        save_file(&ticket.work_dir.join(NOTE_FILE), bytes).await
    }
}

/// Milliseconds since 1970 by this machine's clock.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_note_survives_the_disk_and_a_broken_one_is_not_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let ticket = JobTicket { job_id: "one".into(), work_dir: folder.path().to_owned() };
        assert_eq!(SubmitNote::load(&ticket).unwrap(), None);
        let note = SubmitNote {
            path: "sync/lipsync-2".into(),
            sent_at_ms: now_ms(),
            clock_ahead_ms: -250,
            inputs: BTreeMap::from([("audio".into(), "https://cdn.example/a.wav".into())]),
            prediction: None,
            result_url: None,
        };
        note.save(&ticket).await.unwrap();
        note.save(&ticket).await.unwrap();
        assert_eq!(SubmitNote::load(&ticket).unwrap(), Some(note.clone()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half-made file is left");
        save_file(&folder.path().join(NOTE_FILE), b"{\"path\":".to_vec()).await.unwrap();
        assert!(matches!(SubmitNote::load(&ticket), Err(ProviderError::File { .. })));
        let gone = JobTicket { job_id: "two".into(), work_dir: folder.path().join("gone") };
        assert!(matches!(note.save(&gone).await, Err(ProviderError::File { .. })));
    }
}
