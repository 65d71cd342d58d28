//! The programme monitor: the picture of a frame of the film.

use super::{PreviewSettings, WakeUp, media::ProjectMedia, monitor_thread, slot::LatestSlot};
use bevy::prelude::Resource;
use kinora_core::preview::FilmMap;
use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

/// Asks for pictures of the film and gets them. Only the latest ask matters.
#[derive(Resource, Default)]
pub struct Monitor(Option<Running>);

struct Running {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    thread: Option<JoinHandle<()>>,
}

/// What the window and the decode thread share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) asks: LatestSlot<MonitorAsk>,
    pub(super) pictures: LatestSlot<MonitorPicture>,
    pub(super) film: Mutex<Arc<FilmMap>>,
    pub(super) counts: Counters,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) decoded: AtomicU64,
    pub(super) from_memory: AtomicU64,
    pub(super) abandoned: AtomicU64,
    pub(super) memory_bytes: AtomicU64,
}

/// A picture that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonitorAsk {
    /// Frame of the film.
    pub film_frame: u64,
    /// The room there is, width and height in physical pixels. The picture keeps the film's shape inside it and is
    /// never enlarged.
    pub size_px: [u32; 2],
    /// Where playback goes, to decode ahead.
    pub direction: PlayDirection,
}

/// Where playback goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlayDirection {
    /// Nowhere: a single frame.
    #[default]
    Still,
    /// Frame after frame.
    Forward,
    /// Frame before frame.
    Backward,
}

/// A picture of the film.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorPicture {
    /// The frame that was asked for.
    pub film_frame: u64,
    /// Width and height; 0 by 0 where there is nothing to show.
    pub size_px: [u32; 2],
    /// Rows from the top, four bytes a pixel.
    pub rgba: Arc<[u8]>,
    /// How true the picture is.
    pub source: PictureSource,
    /// What is wrong, for the person who looks: a file that is missing or damaged.
    pub notice: Option<Arc<str>>,
}

/// How true a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSource {
    /// Exactly this frame of the film.
    Conformed,
    /// The first or last frame of a take that is not conformed yet.
    Still,
    /// Nothing: a shot without a take, a frame past the end, or a file that cannot be shown.
    None,
}

/// What the monitor did since the project was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonitorCounts {
    /// Frames that were decoded and scaled.
    pub decoded: u64,
    /// Answers that needed no decoding.
    pub from_memory: u64,
    /// Asks that were given up for a newer one.
    pub abandoned: u64,
    /// Bytes of frames kept.
    pub memory_bytes: u64,
}

impl Monitor {
    pub(super) fn start(settings: &PreviewSettings, media: &Arc<ProjectMedia>, wake: &WakeUp) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let worker = monitor_thread::MonitorThread::new(settings, media, &shared, wake);
        let thread = thread::Builder::new().name("kinora-monitor".to_owned()).spawn(move || worker.run())?;
        Ok(Self(Some(Running { shared, media: Arc::clone(media), thread: Some(thread) })))
    }

    /// Says which film is shown: once it is open, and after every edit that moves frames. Ask again afterwards.
    pub fn show_film(&self, film: Arc<FilmMap>) {
        if let Some(running) = &self.0 {
            *running.shared.film.lock().unwrap_or_else(PoisonError::into_inner) = film;
        }
    }

    /// Asks for a picture. An older ask that is not answered yet is dropped.
    pub fn ask(&self, ask: MonitorAsk) {
        if let Some(running) = &self.0 {
            running.shared.asks.put(ask);
        }
    }

    /// The newest picture, once.
    #[must_use]
    pub fn take(&self) -> Option<MonitorPicture> {
        self.0.as_ref()?.shared.pictures.take()
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> MonitorCounts {
        let Some(running) = &self.0 else { return MonitorCounts::default() };
        let counts = &running.shared.counts;
        MonitorCounts {
            decoded: counts.decoded.load(Ordering::Relaxed),
            from_memory: counts.from_memory.load(Ordering::Relaxed),
            abandoned: counts.abandoned.load(Ordering::Relaxed),
            memory_bytes: counts.memory_bytes.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.media.cancel.cancel();
        self.shared.asks.close();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}
