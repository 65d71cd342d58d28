//! Conforms the sound files that playback comes across, one after the other, on a thread of its own.

use super::inbox::Inbox;
use crossbeam_channel::{Sender, bounded};
use kinora_core::{
    progress::CancelToken,
    render::prepare::{SoundToConform, TakeConformer},
    worker::Worker,
};
use std::{
    collections::HashSet,
    io,
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
};

/// Files that may wait. More are asked for again when the first are done.
const MOST_WAITING: usize = 64;

/// The thread, and what it was given.
pub(super) struct SoundFiles {
    sender: Option<Sender<(PathBuf, blake3::Hash)>>,
    thread: Option<JoinHandle<()>>,
    cancel: CancelToken,
    /// A file that cannot be conformed is tried once.
    given: HashSet<blake3::Hash>,
}

impl SoundFiles {
    pub(super) fn start(worker: Option<Worker>, root: PathBuf, inbox: Arc<Inbox>) -> io::Result<Self> {
        let (sender, receiver) = bounded::<(PathBuf, blake3::Hash)>(MOST_WAITING);
        let cancel = CancelToken::default();
        let own_cancel = cancel.clone();
        let work = move || {
            for (path, hash) in receiver {
                let Some(worker) = worker.as_ref().filter(|_| !own_cancel.is_cancelled()) else { continue };
                let sound = SoundToConform { path: &path, hash: &hash, project_root: &root };
                match worker.conform_sound(&sound, &own_cancel) {
                    Ok(()) => inbox.say(|mail| mail.media_changed = true),
                    Err(error) => tracing::warn!("{} is not heard: {error}", path.display()),
                }
            }
        };
        let thread = thread::Builder::new().name("kinora-sound-files".to_owned()).spawn(work)?;
        Ok(Self { sender: Some(sender), thread: Some(thread), cancel, given: HashSet::new() })
    }

    /// Conforms files that were not given before, as far as there is room.
    pub(super) fn give(&mut self, files: Vec<(PathBuf, blake3::Hash)>) {
        for (path, hash) in files {
            let is_new = !self.given.contains(&hash);
            if is_new && self.sender.as_ref().is_some_and(|sender| sender.try_send((path, hash)).is_ok()) {
                self.given.insert(hash);
            }
        }
    }
}

impl Drop for SoundFiles {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}
