//! A store that is as slow and as broken as a test wants it: each save waits for a verdict.

use crossbeam_channel::{Receiver, Sender, bounded};
use kinora::document::{FilmChanges, FilmStore};
use kinora_core::film::FileCopy;
use std::{
    error::Error,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A save that waits longer for its verdict has failed, so that a test that failed ends.
const PATIENCE: Duration = Duration::from_secs(180);

/// What becomes of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Save,
    Refuse,
    /// The first scene is written, and then the disk is full.
    RefuseHalfway,
}

/// What happened to the store, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Happened {
    /// A save began, on a thread of this name.
    Began(String),
    /// A save of these changes was done.
    Saved(Box<FilmChanges>),
    Brought(usize),
}

/// The store.
pub(crate) struct SlowStore<S> {
    inner: S,
    verdicts: Receiver<Verdict>,
    happened: Arc<Mutex<Vec<Happened>>>,
}

/// The test's side of it.
pub(crate) struct Disk {
    verdicts: Sender<Verdict>,
    happened: Arc<Mutex<Vec<Happened>>>,
}

impl<S: FilmStore> SlowStore<S> {
    pub(crate) fn new(inner: S) -> (Self, Disk) {
        let (sender, verdicts) = bounded(1024);
        let happened = Arc::new(Mutex::new(Vec::new()));
        (Self { inner, verdicts, happened: Arc::clone(&happened) }, Disk { verdicts: sender, happened })
    }

    fn note(&self, what: Happened) {
        self.happened.lock().unwrap().push(what);
    }
}

impl Disk {
    /// Lets a save go, the one that waits or the next.
    pub(crate) fn verdict(&self, verdict: Verdict) {
        self.verdicts.try_send(verdict).unwrap();
    }

    /// Every save goes from now on.
    pub(crate) fn open(&self) {
        while self.verdicts.try_send(Verdict::Save).is_ok() {}
    }

    pub(crate) fn happened(&self) -> Vec<Happened> {
        self.happened.lock().unwrap().clone()
    }

    /// The saves that were done.
    pub(crate) fn saves(&self) -> Vec<FilmChanges> {
        let saved = |what| if let Happened::Saved(changes) = what { Some(*changes) } else { None };
        self.happened().into_iter().filter_map(saved).collect()
    }

    /// The names of the threads on which saves began.
    pub(crate) fn threads(&self) -> Vec<String> {
        let began = |what| if let Happened::Began(thread) = what { Some(thread) } else { None };
        self.happened().into_iter().filter_map(began).collect()
    }
}

impl<S: FilmStore> FilmStore for SlowStore<S> {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.note(Happened::Began(thread::current().name().unwrap_or_default().to_owned()));
        let half = |changes: &FilmChanges| {
            let scenes = changes.scenes.first().cloned().into_iter().collect();
            FilmChanges { revision: changes.revision, scenes, ..FilmChanges::default() }
        };
        match self.verdicts.recv_timeout(PATIENCE) {
            Ok(Verdict::Save) => {
                self.inner.save(changes)?;
                self.note(Happened::Saved(Box::new(changes.clone())));
                Ok(())
            }
            Ok(Verdict::RefuseHalfway) => {
                self.inner.save(&half(changes))?;
                Err("the disk is full halfway".into())
            }
            Ok(Verdict::Refuse) => Err("the disk is full".into()),
            Err(_) => Err("nobody let the save go".into()),
        }
    }

    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.inner.bring_files(files)?;
        self.note(Happened::Brought(files.len()));
        Ok(())
    }
}
