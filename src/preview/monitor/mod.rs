//! The programme monitor: the picture of a frame of the film, or two takes side by side.
//!
//! - `thread`: the decode thread; `ahead`: what it does between asks; `find`: from a frame to a file of the cache;
//! - `frames`: decoded frames, within a limit;
//! - `reels`: plans every scene as a render does, behind the window; `maker`: makes what a render would encode;
//! - `tally`: frames that came late or not at all while playing.

mod ahead;
mod find;
mod frames;
mod maker;
mod reels;
mod tally;
mod thread;

pub use maker::Making;
pub use tally::{PlayTally, Tally};

use super::{PreviewSettings, WakeUp, media::ProjectMedia, slot::LatestSlot};
use bevy::prelude::Resource;
use frames::FrameStore;
use kinora_core::{
    media::PlanarPicture,
    preview::{ShownFilm, TakeClip},
};
use maker::Maker;
use reels::{ReelPlanner, Reels};
use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

/// Asks for pictures of the film and gets them. Only the latest ask matters.
#[derive(Resource, Default)]
pub struct Monitor(Option<Running>);

struct Running {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    threads: Vec<JoinHandle<()>>,
}

/// What the window and the threads share.
pub(super) struct Shared {
    asks: LatestSlot<Told>,
    pictures: LatestSlot<MonitorPicture>,
    planner: LatestSlot<reels::PlanAsk>,
    maker: Maker,
    showing: Mutex<Arc<Showing>>,
    last_ask: Mutex<Option<Told>>,
    /// Number of the ask whose picture was given last: an older one's comes too late.
    published: Mutex<u64>,
    frames: FrameStore,
    counts: Counters,
}

/// An ask on its way to the thread.
#[derive(Debug, Clone)]
struct Told {
    ask: MonitorAsk,
    number: u64,
    /// Whether its picture was at hand, and is given already.
    is_answered: bool,
}

/// The film that is shown, and what is planned of it so far.
#[derive(Default)]
pub(super) struct Showing {
    film: Arc<ShownFilm>,
    reels: Reels,
}

#[derive(Default)]
struct Counters {
    decoded: AtomicU64,
    from_memory: AtomicU64,
    abandoned: AtomicU64,
    decode_micros: AtomicU64,
}

/// A picture that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorAsk {
    /// Frame of the film.
    pub film_frame: u64,
    /// Where playback goes, to decode ahead.
    pub direction: PlayDirection,
    /// Two takes in place of the film.
    pub wipe: Option<WipeAsk>,
}

/// Two takes at the same moment, as frames of their conformed files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WipeAsk {
    /// The take left of the line.
    pub left: (Arc<TakeClip>, u64),
    /// The take right of it.
    pub right: (Arc<TakeClip>, u64),
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
    /// Faster than every frame could be shown, either way: of each group of pictures the one that is decoded without others.
    Skim,
}

/// A picture of the film.
#[derive(Debug, Clone)]
pub struct MonitorPicture {
    /// The frame that was asked for.
    pub film_frame: u64,
    /// What is shown; absent where there is nothing.
    pub picture: Option<Arc<PlanarPicture>>,
    /// What is shown right of the line of a wipe.
    pub right: Option<Arc<PlanarPicture>>,
    /// How true the picture is; of a wipe, the less true of the two.
    pub source: PictureSource,
    /// What is wrong, for the person who looks: a file that is missing or damaged.
    pub notice: Option<Arc<str>>,
}

/// How true a picture is, the truest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PictureSource {
    /// Exactly this frame of the film, bit for bit.
    Film,
    /// A frame of the film close to this one, while it is skimmed.
    Near,
    /// A frame of the take, where the film has one of a fade or a trim that is not made yet, or its scene is not planned
    /// yet: all but the same.
    Plain,
    /// A frame of the take, where a smoothed cut is not made yet.
    PlainSeam,
    /// The first or last frame of a take that is not conformed yet.
    Still,
    /// Nothing: a shot without a take, a frame past the end, or a file that cannot be shown.
    None,
}

/// What the monitor did since the project was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonitorCounts {
    /// Frames that were decoded.
    pub decoded: u64,
    /// Answers that needed no decoding.
    pub from_memory: u64,
    /// Asks that were given up for a newer one.
    pub abandoned: u64,
    /// Bytes of frames kept.
    pub memory_bytes: u64,
    /// Time that the last picture which was decoded for an ask took, in microseconds.
    pub decode_micros: u64,
}

impl Monitor {
    pub(super) fn start(settings: &PreviewSettings, media: &Arc<ProjectMedia>, wake: &WakeUp) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            asks: LatestSlot::default(),
            pictures: LatestSlot::default(),
            planner: LatestSlot::default(),
            maker: Maker::default(),
            showing: Mutex::default(),
            last_ask: Mutex::default(),
            published: Mutex::default(),
            frames: FrameStore::new(settings.monitor_bytes),
            counts: Counters::default(),
        });
        let mut running = Running { shared: Arc::clone(&shared), media: Arc::clone(media), threads: Vec::new() };
        let decoder = thread::MonitorThread::new(settings, media, &shared, wake);
        running.spawn("kinora-monitor", move || decoder.run())?;
        let planner = ReelPlanner::new(media, &shared, wake);
        running.spawn("kinora-reels", move || planner.run())?;
        let maker = maker::MakerThread::new(settings, media, &shared, wake);
        running.spawn("kinora-reel-maker", move || maker.run())?;
        Ok(Self(Some(running)))
    }

    /// Says which film is shown: once it is open, and after every edit. Ask again afterwards.
    pub fn show_film(&self, film: Arc<ShownFilm>) {
        if let Some(running) = &self.0 {
            running.shared.show_film(film);
        }
    }

    /// Says that takes were conformed or files replaced: what could not be planned or shown is tried again.
    pub fn media_changed(&self) {
        if let Some(running) = &self.0 {
            running.shared.plan(true);
        }
    }

    /// Asks for a picture. An older ask that is not answered yet is dropped. What is in memory is there at once.
    pub fn ask(&self, ask: MonitorAsk) {
        if let Some(running) = &self.0 {
            running.shared.ask(ask);
        }
    }

    /// The newest picture, once.
    #[must_use]
    pub fn take(&self) -> Option<MonitorPicture> {
        self.0.as_ref()?.shared.pictures.take()
    }

    /// Keeps seams and fades from being made, while something more important needs the machine.
    pub fn hold_making(&self, hold: bool) {
        if let Some(running) = &self.0 {
            running.shared.maker.hold(hold);
        }
    }

    /// How many seams, fades and trims are still to be made.
    #[must_use]
    pub fn making(&self) -> Making {
        self.0.as_ref().map(|running| running.shared.maker.making()).unwrap_or_default()
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
            memory_bytes: running.shared.frames.used_bytes() as u64,
            decode_micros: counts.decode_micros.load(Ordering::Relaxed),
        }
    }
}

impl Running {
    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        self.threads.push(std::thread::Builder::new().name(name.to_owned()).spawn(work)?);
        Ok(())
    }
}

impl Shared {
    fn show_film(&self, film: Arc<ShownFilm>) {
        let mut showing = locked(&self.showing);
        let reels = reels::of_film(showing.reels.values(), &film);
        *showing = Arc::new(Showing { film, reels });
        drop(showing);
        self.plan(false);
    }

    fn plan(&self, media_changed: bool) {
        let film = Arc::clone(&self.showing().film);
        // A change of media that nobody has looked at yet is not forgotten for a newer film.
        self.planner.merge(reels::PlanAsk { film, media_changed }, |older, newer| {
            newer.media_changed |= older.media_changed;
        });
    }

    fn showing(&self) -> Arc<Showing> {
        Arc::clone(&locked(&self.showing))
    }

    fn ask(&self, ask: MonitorAsk) {
        self.maker.look_at(ask.film_frame, ask.direction != PlayDirection::Still);
        let mut last = locked(&self.last_ask);
        let number = last.as_ref().map_or(1, |last| last.number + 1);
        let mut told = Told { ask, number, is_answered: false };
        *last = Some(told.clone());
        drop(last);
        if let Some(picture) = self.at_hand(&told.ask) {
            self.counts.from_memory.fetch_add(1, Ordering::Relaxed);
            told.is_answered = self.publish(number, picture);
        }
        // The thread decodes what is not there, and what is asked for next. Where there was something truer meanwhile, this
        // very ask waits to be answered again.
        self.asks.merge(told, |older, told| told.is_answered &= older.number != told.number || older.is_answered);
    }

    /// Gives a picture to the window, unless that has a newer one.
    fn publish(&self, number: u64, picture: MonitorPicture) -> bool {
        let mut published = locked(&self.published);
        let is_new = number >= *published;
        if is_new {
            *published = number;
            self.pictures.put(picture);
        }
        is_new
    }

    /// Answers the last ask again, because there is something truer to show.
    fn answer_again(&self) {
        let last = locked(&self.last_ask).clone();
        if let Some(told) = last {
            // Also one that waits and was answered with what was there before.
            self.asks.merge(told, |older, told| {
                if older.number > told.number {
                    *told = Told { is_answered: false, ..older };
                }
            });
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.media.cancel.cancel();
        self.shared.asks.close();
        self.shared.planner.close();
        self.shared.maker.close();
        for thread in self.threads.drain(..) {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

/// No code of a holder panics while it holds the lock.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
