//! The thread that writes saves, one at a time, so that no frame waits for the disk.

use super::{FilmChanges, FilmStore};
use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};
use std::{
    error::Error,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

/// What came of a save.
pub(super) type Written = Result<(), Arc<dyn Error + Send + Sync>>;

/// A store that the thread and the world take turns with: whoever has it is waited for.
#[derive(Clone)]
pub(super) struct SharedStore(Arc<Mutex<Box<dyn FilmStore>>>);

impl SharedStore {
    pub(super) fn new(store: impl FilmStore) -> Self {
        Self(Arc::new(Mutex::new(Box::new(store))))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Box<dyn FilmStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Saves; a store that breaks down is an error like any other.
    pub(super) fn write(&self, changes: &FilmChanges) -> Written {
        let mut store = self.lock();
        match catch_unwind(AssertUnwindSafe(|| store.save(changes))) {
            Ok(result) => result.map_err(Arc::from),
            Err(_) => Err(broken("the save broke down")),
        }
    }
}

/// The thread, and the way there and back.
pub(super) struct Writer {
    /// Absent once the thread is to end.
    changes: Option<Sender<FilmChanges>>,
    written: Receiver<Written>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread, which calls `wake` after every save.
    pub(super) fn start(store: SharedStore, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (changes, to_write) = bounded::<FilmChanges>(1);
        let (done, written) = bounded(1);
        let thread = thread::Builder::new().name("kinora-save".to_owned()).spawn(move || {
            for changes in to_write {
                if done.send(store.write(&changes)).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self { changes: Some(changes), written, thread: Some(thread) })
    }

    /// Hands a save on; there is none under way. Gives the changes back if the thread has ended.
    pub(super) fn begin(&self, changes: FilmChanges) -> Option<FilmChanges> {
        match &self.changes {
            Some(sender) => sender.try_send(changes).err().map(TrySendError::into_inner),
            None => Some(changes),
        }
    }

    /// What came of the save under way, if it has ended.
    pub(super) fn ended(&self) -> Option<Written> {
        match self.written.try_recv() {
            Ok(written) => Some(written),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(no_thread())),
        }
    }

    /// Waits for the save under way.
    pub(super) fn wait(&self) -> Written {
        self.written.recv().unwrap_or_else(|_| Err(no_thread()))
    }
}

/// What is being written is written to its end.
impl Drop for Writer {
    fn drop(&mut self) {
        self.changes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn no_thread() -> Arc<dyn Error + Send + Sync> {
    broken("the thread that saves has ended")
}

pub(super) fn broken(what: &'static str) -> Arc<dyn Error + Send + Sync> {
    Arc::from(Box::<dyn Error + Send + Sync>::from(what))
}
