//! Every frame of the film as a small picture that is there at once, for scrubbing and for filmstrips.
//!
//! One thread fills memory that a renderer gives, from files in the cache that it makes from the conformed takes: first
//! one picture a group of pictures, everywhere, then every frame or as many as the limit holds.

use super::{PreviewSettings, WakeUp, media::ProjectMedia, scrub_thread::ScrubThread};
use bevy::prelude::Resource;
use kinora_core::{
    conform::ConformSpec,
    preview::{FilmMap, ScrubShape, TakeClip},
};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock},
    thread::{self, JoinHandle},
};

/// Memory for small pictures: the graphics card's, or a test's. Called from the scrub thread.
pub trait ScrubMemory: Send + Sync {
    /// Forgets everything and makes ready for pictures of a shape. Answers how many fit into `limit_bytes`.
    fn begin(&self, shape: ScrubShape, limit_bytes: usize) -> u32;

    /// Puts a picture, blocks of BC1, into a place below what [`ScrubMemory::begin`] answered.
    fn put(&self, slot: u32, blocks: &[u8]);

    /// What was put can be asked for from now on.
    fn flush(&self);

    /// Forgets everything: the film is closed.
    fn end(&self);
}

/// The memory that small pictures go to; without one none are made.
#[derive(Resource, Clone, Default)]
pub struct ScrubPlace(pub Option<Arc<dyn ScrubMemory>>);

/// The small pictures of the open film.
#[derive(Resource, Default)]
pub struct ScrubFrames(Option<Running>);

struct Running {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    memory: Arc<dyn ScrubMemory>,
    thread: Option<JoinHandle<()>>,
}

/// A small picture and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrubPicture {
    /// Its frame of the conformed take: the kept one nearest to what was asked for.
    pub frame: u32,
    /// Its place in the memory.
    pub slot: u32,
}

impl ScrubPicture {
    /// The picture nearest to a frame, of pictures by frame.
    #[must_use]
    pub fn nearest(pictures: &[Self], frame: u64) -> Option<Self> {
        let frame = u32::try_from(frame).unwrap_or(u32::MAX);
        let after = pictures.partition_point(|picture| picture.frame <= frame);
        let (before, after) = (after.checked_sub(1).map(|index| pictures[index]), pictures.get(after).copied());
        before.into_iter().chain(after).min_by_key(|picture| picture.frame.abs_diff(frame))
    }
}

/// What there is of a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScrubState {
    /// Nothing yet; it comes.
    Waiting,
    /// Pictures, though they may be far apart.
    Ready,
    /// None: the take is not conformed, or cannot be read; or there is no memory at all.
    Refused,
}

/// How far the pictures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScrubCounts {
    /// Pictures kept.
    pub pictures: u64,
    /// Their bytes as BC1.
    pub bytes: u64,
    /// Most pictures that the memory takes.
    pub most_pictures: u64,
    /// Every how manieth frame is kept, or will be.
    pub step: u64,
    /// Takes of the film.
    pub takes: u64,
    /// Takes with every picture they will have.
    pub finished_takes: u64,
    /// Files made, since the project was opened.
    pub made_files: u64,
}

/// What the window and the thread share.
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
    index: RwLock<HashMap<PathBuf, Vec<Entry>>>,
}

#[derive(Default)]
pub(super) struct State {
    /// A film that the thread has not seen.
    pub(super) film: Option<Arc<FilmMap>>,
    /// A memory that the thread has not moved to.
    pub(super) memory: Option<Arc<dyn ScrubMemory>>,
    pub(super) wanted: Vec<Arc<TakeClip>>,
    /// Raised by each change of what is wanted.
    pub(super) round: u64,
    /// Raised when media changed.
    pub(super) epoch: u64,
    /// While the film plays nothing is made.
    pub(super) held: bool,
    pub(super) closed: bool,
    pub(super) idle: bool,
    pub(super) counts: ScrubCounts,
}

/// What is known of a take: nothing but pictures, or why there are none.
struct Entry {
    spec: ConformSpec,
    /// By frame.
    pictures: Arc<[ScrubPicture]>,
}

impl ScrubFrames {
    pub(super) fn start(
        settings: &PreviewSettings,
        media: &Arc<ProjectMedia>,
        wake: &WakeUp,
        place: &ScrubPlace,
    ) -> io::Result<Self> {
        let Some(memory) = &place.0 else { return Ok(Self(None)) };
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), index: RwLock::default() });
        let worker = ScrubThread::new(settings.scrub_bytes, media, &shared, memory, wake);
        let thread = thread::Builder::new().name("kinora-scrub".to_owned()).spawn(move || worker.run())?;
        let (media, memory) = (Arc::clone(media), Arc::clone(memory));
        Ok(Self(Some(Running { shared, media, memory, thread: Some(thread) })))
    }

    /// Puts every picture into another memory, because the one before was lost. They come from the cache, so this takes
    /// as long as reading them.
    pub(super) fn move_to(&mut self, place: &ScrubPlace) {
        let (Some(running), Some(memory)) = (&mut self.0, &place.0) else { return };
        if !Arc::ptr_eq(&running.memory, memory) {
            running.memory = Arc::clone(memory);
            self.tell(|state| state.memory = Some(Arc::clone(memory)));
        }
    }

    /// Says which film is scrubbed: once it is open, and after every edit.
    pub fn show_film(&self, film: Arc<FilmMap>) {
        self.tell(|state| state.film = Some(film));
    }

    /// Says which takes are in sight, the most important first: they come before the others.
    pub fn want(&self, clips: Vec<Arc<TakeClip>>) {
        let Some(running) = &self.0 else { return };
        let state = running.shared.lock();
        let is_same = state.wanted.len() == clips.len()
            && state.wanted.iter().zip(&clips).all(|(old, new)| Arc::ptr_eq(old, new));
        drop(state);
        if !is_same {
            self.tell(|state| {
                state.wanted = clips;
                state.round += 1;
            });
        }
    }

    /// Whether only what is in sight and has nothing yet is made: while the film plays.
    pub fn hold(&self, held: bool) {
        let Some(running) = &self.0 else { return };
        if running.shared.lock().held != held {
            self.tell(|state| state.held = held);
        }
    }

    /// Says that a take was conformed or a file replaced: what was refused is tried again.
    pub fn media_changed(&self) {
        self.tell(|state| state.epoch += 1);
    }

    /// The picture kept nearest to a frame of a conformed take.
    #[must_use]
    pub fn get(&self, clip: &TakeClip, frame: u64) -> Option<ScrubPicture> {
        ScrubPicture::nearest(&self.pictures(clip)?, frame)
    }

    /// Every picture of a take, by frame: none at all if there will be none for now, and nothing while they are to come.
    #[must_use]
    pub fn pictures(&self, clip: &TakeClip) -> Option<Arc<[ScrubPicture]>> {
        let Some(running) = &self.0 else { return Some(Arc::default()) };
        let index = running.shared.index.read().unwrap_or_else(PoisonError::into_inner);
        entry(&index, clip).map(|entry| Arc::clone(&entry.pictures))
    }

    /// What there is of a take.
    #[must_use]
    pub fn state(&self, clip: &TakeClip) -> ScrubState {
        let Some(running) = &self.0 else { return ScrubState::Refused };
        running.shared.state_of(clip)
    }

    /// How far the pictures are.
    #[must_use]
    pub fn counts(&self) -> ScrubCounts {
        self.0.as_ref().map_or_else(ScrubCounts::default, |running| running.shared.lock().counts)
    }

    /// Whether everything that can be made is made.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.as_ref().is_none_or(|running| {
            let state = running.shared.lock();
            state.idle && state.film.is_none() && state.memory.is_none()
        })
    }

    fn tell(&self, news: impl FnOnce(&mut State)) {
        if let Some(running) = &self.0 {
            let mut state = running.shared.lock();
            state.idle = false;
            news(&mut state);
            drop(state);
            running.shared.changed.notify_all();
        }
    }
}

impl Shared {
    /// No code of a holder panics while it holds the lock.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what is kept of a take; no picture at all says that there will be none for now.
    pub(super) fn publish(&self, clip: &TakeClip, pictures: Arc<[ScrubPicture]>) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let entries = index.entry(clip.path.clone()).or_default();
        entries.retain(|entry| entry.spec != clip.spec);
        entries.push(Entry { spec: clip.spec, pictures });
    }

    /// Takes back what was said of a take.
    pub(super) fn withdraw(&self, clip: &TakeClip) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entries) = index.get_mut(&clip.path) {
            entries.retain(|entry| entry.spec != clip.spec);
            if entries.is_empty() {
                index.remove(&clip.path);
            }
        }
    }

    pub(super) fn withdraw_all(&self) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn state_of(&self, clip: &TakeClip) -> ScrubState {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        match entry(&index, clip) {
            None => ScrubState::Waiting,
            Some(entry) if entry.pictures.is_empty() => ScrubState::Refused,
            Some(_) => ScrubState::Ready,
        }
    }
}

fn entry<'a>(index: &'a HashMap<PathBuf, Vec<Entry>>, clip: &TakeClip) -> Option<&'a Entry> {
    index.get(&clip.path)?.iter().find(|entry| entry.spec == clip.spec)
}

impl Drop for Running {
    fn drop(&mut self) {
        self.media.cancel.cancel();
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}
