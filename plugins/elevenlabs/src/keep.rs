//! What a job leaves in its folder: a note before it is sent, the sound, and the final state. After a crash they say
//! whether something may have been paid for, and bring a finished job back.

use crate::PROVIDER_ID;
use kinora_provider::{GenerationOutput, JobState, JobTicket, OutputSource, ProviderError, Submitted};
use kinora_transport::save_file;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::HashSet,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

const SENT_FILE: &str = "elevenlabs_sent.json";
const STATE_FILE: &str = "elevenlabs_job.json";
/// A long speech has tens of thousands of words with times; anything larger is not ours.
const MAX_STATE_BYTES: u64 = 32 << 20;

/// When a job was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) sent_at_unix: i64,
}

#[derive(Serialize, Deserialize)]
struct Finished {
    vendor_id: String,
    state: JobState,
}

/// Seconds since 1970.
pub(crate) fn now_unix() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Notes that a job is about to be sent.
pub(crate) async fn note_sent(ticket: &JobTicket) -> Result<(), ProviderError> {
    let text = serde_json::to_vec(&Sent { sent_at_unix: now_unix() }).map_err(|error| internal(&error))?;
    save_file(&ticket.work_dir.join(SENT_FILE), text).await
}

/// When the job was sent; `None` for one that never was, or that was answered.
pub(crate) fn sent(ticket: &JobTicket) -> Option<Sent> {
    read(&ticket.work_dir.join(SENT_FILE))
}

/// Takes the note back: the request was answered, or never left.
pub(crate) fn forget_sent(ticket: &JobTicket) {
    let path = ticket.work_dir.join(SENT_FILE);
    if let Err(error) = fs::remove_file(&path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("{}: {error}", path.display());
    }
}

/// Saves the sound of a job; gives its path.
pub(crate) async fn save_sound(ticket: &JobTicket, extension: &str, bytes: Vec<u8>) -> Result<PathBuf, ProviderError> {
    let path = ticket.work_dir.join(format!("{PROVIDER_ID}_sound.{extension}"));
    save_file(&path, bytes).await?;
    Ok(path)
}

/// Saves the end of a job; the note of its sending goes.
pub(crate) async fn finish(
    ticket: &JobTicket,
    vendor_id: String,
    output: GenerationOutput,
) -> Result<Submitted, ProviderError> {
    let finished = Finished { vendor_id, state: JobState::Succeeded(output) };
    let text = serde_json::to_vec(&finished).map_err(|error| internal(&error))?;
    save_file(&ticket.work_dir.join(STATE_FILE), text).await?;
    forget_sent(ticket);
    Ok(Submitted { vendor_id: finished.vendor_id, state: finished.state })
}

/// A job that ended, from its folder. A state that points outside the folder is not believed.
pub(crate) fn finished(ticket: &JobTicket) -> Option<Submitted> {
    let finished: Finished = read(&ticket.work_dir.join(STATE_FILE))?;
    let JobState::Succeeded(output) = &finished.state else { return None };
    let is_own = |source: &OutputSource| match source {
        OutputSource::File(path) => path.parent() == Some(ticket.work_dir.as_path()) && path.is_file(),
        OutputSource::Url(_) => false,
    };
    let whole = !output.files.is_empty() && output.files.iter().all(|file| is_own(&file.source));
    whole.then_some(Submitted { vendor_id: finished.vendor_id, state: finished.state })
}

/// The sounds that other jobs and other attempts have, by the vendor's ids.
pub(crate) fn held_by_others(ticket: &JobTicket) -> HashSet<String> {
    /// The part of [`Finished`] that is asked for.
    #[derive(Deserialize)]
    struct Held {
        vendor_id: String,
    }
    let others = ticket.folders_of_others();
    others.iter().filter_map(|folder| Some(read::<Held>(&folder.join(STATE_FILE))?.vendor_id)).collect()
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(MAX_STATE_BYTES).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn internal(error: &serde_json::Error) -> ProviderError {
    ProviderError::Internal { message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_provider::{OutputFile, OutputKind};

    fn ticket(folder: &Path) -> JobTicket {
        JobTicket { job_id: "job".into(), work_dir: folder.to_owned() }
    }

    fn output(path: PathBuf) -> GenerationOutput {
        let file =
            OutputFile { kind: OutputKind::Audio, source: OutputSource::File(path), media_type: "audio/wav".into() };
        GenerationOutput { files: vec![file], ..GenerationOutput::default() }
    }

    #[tokio::test]
    async fn a_finished_job_comes_back_and_its_note_goes() {
        let folder = tempfile::tempdir().unwrap();
        let ticket = ticket(folder.path());
        assert_eq!((sent(&ticket), finished(&ticket)), (None, None));
        note_sent(&ticket).await.unwrap();
        assert!(sent(&ticket).unwrap().sent_at_unix > 1_700_000_000);
        let path = save_sound(&ticket, "wav", b"RIFF".to_vec()).await.unwrap();
        let submitted = finish(&ticket, "r1".into(), output(path)).await.unwrap();
        assert_eq!((sent(&ticket), finished(&ticket)), (None, Some(submitted)));
        forget_sent(&ticket);
    }

    #[tokio::test]
    async fn a_state_that_points_elsewhere_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let ticket = ticket(folder.path());
        for path in [PathBuf::from("/etc/hostname"), folder.path().join("gone.wav"), folder.path().join("../x.wav")] {
            finish(&ticket, "r1".into(), output(path)).await.unwrap();
            assert_eq!(finished(&ticket), None);
        }
        for text in ["", "{", "[]", r#"{"vendor_id":"r","state":{"state":"queued"}}"#] {
            save_file(&folder.path().join(STATE_FILE), text.into()).await.unwrap();
            assert_eq!(finished(&ticket), None, "{text}");
        }
    }
}
