//! The thread behind the small pictures: it makes files, and fills the memory from them.

use super::{
    WakeUp,
    media::ProjectMedia,
    scrub::{ScrubCounts, ScrubMemory, ScrubPicture, ScrubState, Shared},
    scrub_takes::{Level, TakeKey, Takes, Task},
};
use kinora_core::preview::{FilmMap, ScrubError, ScrubFile, ScrubShape, ScrubSpec, TakeClip};
use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

/// A window that sleeps is woken this often at most.
const WAKES_APART: Duration = Duration::from_millis(200);
/// Pictures that are shown together while a take is read.
const SHOWN_TOGETHER: usize = 256;

pub(super) struct ScrubThread {
    limit_bytes: usize,
    media: Arc<ProjectMedia>,
    shared: Arc<Shared>,
    memory: Arc<dyn ScrubMemory>,
    wake: WakeUp,
    /// The film whose takes these are.
    film: Option<Arc<FilmMap>>,
    takes: Takes,
    made_files: u64,
    woken_at: Instant,
    /// Whether pictures were shown that the window may not have drawn.
    unseen: bool,
}

/// What changed since the thread looked last.
struct News {
    film: Option<Arc<FilmMap>>,
    memory: Option<Arc<dyn ScrubMemory>>,
    wanted: Vec<Arc<TakeClip>>,
    round: u64,
    epoch: u64,
    held: bool,
}

/// Why a take has no pictures after a task.
enum Stopped {
    /// Something else comes first.
    ForNow,
    /// It cannot be read.
    Refused(String),
}

impl ScrubThread {
    pub(super) fn new(
        limit_bytes: usize,
        media: &Arc<ProjectMedia>,
        shared: &Arc<Shared>,
        memory: &Arc<dyn ScrubMemory>,
        wake: &WakeUp,
    ) -> Self {
        Self {
            limit_bytes,
            media: Arc::clone(media),
            shared: Arc::clone(shared),
            memory: Arc::clone(memory),
            wake: wake.clone(),
            film: None,
            takes: Takes::default(),
            made_files: 0,
            woken_at: Instant::now(),
            unseen: false,
        }
    }

    pub(super) fn run(mut self) {
        let mut seen_epoch = 0;
        while let Some(news) = self.news() {
            if let Some(memory) = &news.memory {
                self.move_to(memory);
            }
            if let Some(film) = &news.film {
                self.film = Some(Arc::clone(film));
                self.adopt(film);
            }
            if std::mem::replace(&mut seen_epoch, news.epoch) != news.epoch {
                let shared = Arc::clone(&self.shared);
                self.takes.try_again(&mut |clip| shared.withdraw(clip));
            }
            match self.takes.next(&news.wanted, news.held) {
                Some(task) => self.work(&task, news.round),
                None => self.rest(&news),
            }
            self.note_counts();
        }
        // The next film may be of another kind, or there may be none: memory of the graphics card is not kept for it.
        self.memory.end();
    }

    /// What there is to know; `None` once closed.
    fn news(&self) -> Option<News> {
        let mut state = self.shared.lock();
        (!state.closed).then(|| News {
            film: state.film.take(),
            memory: state.memory.take(),
            wanted: state.wanted.clone(),
            round: state.round,
            epoch: state.epoch,
            held: state.held,
        })
    }

    /// Waits until something changes.
    fn rest(&mut self, news: &News) {
        self.note_counts();
        if self.unseen {
            self.ring();
        }
        let mut state = self.shared.lock();
        while !(state.closed
            || state.film.is_some()
            || state.memory.is_some()
            || state.round != news.round
            || state.epoch != news.epoch
            || state.held != news.held)
        {
            state.idle = true;
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What lay in the old memory is gone: everything is put into the new one.
    fn move_to(&mut self, memory: &Arc<dyn ScrubMemory>) {
        self.memory = Arc::clone(memory);
        self.shared.withdraw_all();
        self.takes = Takes::default();
        if let Some(film) = self.film.clone() {
            self.adopt(&film);
        }
    }

    fn adopt(&mut self, film: &FilmMap) {
        let shared = Arc::clone(&self.shared);
        if !self.takes.adopt(film, &mut |clip| shared.withdraw(clip)) {
            let first = film.scenes().flat_map(|(_, scene)| &scene.shots).find_map(|shot| shot.clip.as_ref());
            let Some(first) = first else { return };
            let shape = ScrubShape::of(first.spec.format.size);
            shared.withdraw_all();
            let capacity = self.memory.begin(shape, self.limit_bytes);
            self.takes.begin(shape, capacity);
            // The shape is its own now.
            let _fits = self.takes.adopt(film, &mut |_| {});
        }
        for take in self.takes.takes.values().filter(|take| !take.pictures.is_empty()) {
            shared.publish(&take.clip, take.pictures.as_slice().into());
        }
    }

    fn work(&mut self, task: &Task, round: u64) {
        let Some(clip) = self.takes.takes.get(&task.key).map(|take| Arc::clone(&take.clip)) else { return };
        let ended = self.reach(task, &clip, round);
        match ended {
            Ok(level) => {
                self.takes.reach(&task.key, level);
                self.show(&task.key);
            }
            Err(Stopped::ForNow) => {}
            Err(Stopped::Refused(reason)) => {
                tracing::debug!("no pictures for scrubbing: {reason}");
                self.takes.reach(&task.key, Level::Refused);
                self.show(&task.key);
            }
        }
        self.unseen |= task.in_sight;
        if self.unseen && self.woken_at.elapsed() >= WAKES_APART {
            self.ring();
        }
    }

    /// Brings a take as far as it was to come; answers how far that is.
    fn reach(&mut self, task: &Task, clip: &TakeClip, round: u64) -> Result<Level, Stopped> {
        let key = self.media.conform_key(clip).map_err(Stopped::Refused)?;
        let not_yet = || Stopped::Refused(format!("{}: is not conformed yet", clip.path.display()));
        let take = self.media.conformed(&key).ok_or_else(not_yet)?;
        let (coarse, step) = (self.takes.coarse_step(), self.takes.step);
        let shape = self.takes.shape.unwrap_or(ScrubShape::of(clip.spec.format.size));
        let spec = |step| ScrubSpec { take: &take, rate: clip.spec.format.rate, shape, step };
        if step >= coarse {
            let file = self.file(&spec(coarse), task, round)?;
            self.takes.thin_out(&task.key);
            self.fill(&task.key, file, step, &spec(coarse))?;
            return Ok(Level::Full);
        }
        if task.goal == Level::Coarse {
            if let Some(file) = spec(1).find(&self.media.cache) {
                self.takes.thin_out(&task.key);
                self.fill(&task.key, file, step, &spec(1))?;
                return Ok(Level::Full);
            }
            let file = self.file(&spec(coarse), task, round)?;
            self.fill(&task.key, file, coarse, &spec(coarse))?;
            return Ok(Level::Coarse);
        }
        let file = self.file(&spec(1), task, round)?;
        self.takes.thin_out(&task.key);
        self.fill(&task.key, file, step, &spec(1))?;
        // All of its pictures are among the finer ones.
        spec(coarse).discard(&self.media.cache);
        Ok(Level::Full)
    }

    /// The file of a take, made if it is not there.
    fn file(&mut self, spec: &ScrubSpec<'_>, task: &Task, round: u64) -> Result<ScrubFile, Stopped> {
        if let Some(file) = spec.find(&self.media.cache) {
            return Ok(file);
        }
        let made = spec.make(&self.media.cache, &mut |_| self.may_go_on(task, round));
        made.map_err(|error| match error {
            ScrubError::Cancelled(_) => Stopped::ForNow,
            other => Stopped::Refused(other.to_string()),
        })?;
        self.made_files += 1;
        spec.find(&self.media.cache).ok_or_else(|| Stopped::Refused("its pictures are gone".to_owned()))
    }

    /// Whether a file is made on: not if the project closes or the memory is another, not while the film plays, and not
    /// before takes that have come into sight and have nothing.
    fn may_go_on(&self, task: &Task, round: u64) -> bool {
        let mut state = self.shared.lock();
        loop {
            if state.closed || state.memory.is_some() {
                return false;
            }
            if task.in_sight && task.goal == Level::Coarse {
                return true;
            }
            if state.round != round && state.wanted.iter().any(|clip| self.shared.state_of(clip) == ScrubState::Waiting)
            {
                return false;
            }
            if !state.held {
                return true;
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reads what is missing of a take into the memory.
    fn fill(&mut self, key: &TakeKey, mut file: ScrubFile, step: u64, spec: &ScrubSpec<'_>) -> Result<(), Stopped> {
        let mut blocks = Vec::new();
        for (number, frame) in self.takes.missing(key, step).into_iter().enumerate() {
            if number % 32 == 0 {
                let state = self.shared.lock();
                if state.closed || state.memory.is_some() {
                    return Err(Stopped::ForNow);
                }
            }
            if let Err(error) = file.read(frame, &mut blocks) {
                // Cut short while it was open; it is made again when media change.
                spec.discard(&self.media.cache);
                return Err(Stopped::Refused(format!("{}: {error}", spec.take.video.display())));
            }
            let Some(slot) = self.takes.places.take() else { break };
            self.memory.put(slot, &blocks);
            if let Some(take) = self.takes.takes.get_mut(key) {
                let picture = ScrubPicture { frame: u32::try_from(frame).unwrap_or(u32::MAX), slot };
                let at = take.pictures.partition_point(|known| known.frame < picture.frame);
                take.pictures.insert(at, picture);
            }
            if number % SHOWN_TOGETHER == SHOWN_TOGETHER - 1 {
                self.show(key);
            }
        }
        Ok(())
    }

    /// Lets the window see what is kept of a take.
    fn show(&self, key: &TakeKey) {
        self.memory.flush();
        if let Some(take) = self.takes.takes.get(key) {
            self.shared.publish(&take.clip, take.pictures.as_slice().into());
        }
    }

    fn ring(&mut self) {
        (self.woken_at, self.unseen) = (Instant::now(), false);
        self.wake.ring();
    }

    fn note_counts(&self) {
        let pictures = self.takes.places.used();
        let counts = ScrubCounts {
            pictures,
            bytes: pictures * self.takes.shape.map_or(0, |shape| shape.bytes() as u64),
            most_pictures: u64::from(self.takes.places.capacity),
            step: self.takes.step,
            takes: self.takes.takes.len() as u64,
            finished_takes: self.takes.finished(),
            made_files: self.made_files,
        };
        self.shared.lock().counts = counts;
    }
}
