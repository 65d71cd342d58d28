//! Makes seams, fades and trims before they are asked for, into the cache from which a render takes them; and conforms
//! takes that are compared. What lies next to the playhead comes first; while the film plays nothing new is begun.

use super::{Shared, locked};
use crate::preview::{PreviewSettings, WakeUp, media::ProjectMedia};
use kinora_core::{
    conform::{self, Work},
    film::FrameSize,
    media::PictureFormat,
    preview::TakeClip,
    progress::NoProgress,
    render::{
        execute::{SegmentJob, make_segments},
        plan::EncodeSegment,
    },
    time::FrameRate,
    worker::{Worker, WorkerRequest},
};
use std::{
    collections::HashSet,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

/// A segment that the cache lacks.
pub(super) struct Missing {
    /// Where it begins in the film.
    pub(super) film_frame: u64,
    pub(super) key: blake3::Hash,
    pub(super) segment: EncodeSegment,
}

/// What is still to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Making {
    /// Segments.
    pub left: usize,
    /// Why the last one could not be made, if it could not.
    pub failed: Option<Arc<str>>,
}

/// The list of what is missing.
#[derive(Default)]
pub(super) struct Maker {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    missing: Vec<Missing>,
    format: Option<PictureFormat>,
    takes: Vec<Arc<TakeClip>>,
    near_frame: u64,
    is_playing: bool,
    is_held: bool,
    closed: bool,
    is_busy: bool,
    /// What failed is not tried again until the film is opened anew.
    refused: HashSet<blake3::Hash>,
    failed: Option<Arc<str>>,
}

enum Next {
    Segment(Missing, PictureFormat),
    Take(Arc<TakeClip>),
}

impl Maker {
    /// Replaces what is missing.
    pub(super) fn want(&self, missing: Vec<Missing>, rate: FrameRate, size: FrameSize) {
        let mut state = locked(&self.state);
        state.missing = missing;
        state.format = Some(PictureFormat { size, rate });
        drop(state);
        self.changed.notify_all();
    }

    /// Asks for a take to be conformed.
    pub(super) fn want_take(&self, clip: &Arc<TakeClip>) {
        let mut state = locked(&self.state);
        if !state.takes.contains(clip) {
            state.takes.push(Arc::clone(clip));
        }
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn look_at(&self, film_frame: u64, is_playing: bool) {
        let mut state = locked(&self.state);
        let may_go_on = state.is_playing && !is_playing;
        (state.near_frame, state.is_playing) = (film_frame, is_playing);
        drop(state);
        if may_go_on {
            self.changed.notify_all();
        }
    }

    pub(super) fn hold(&self, hold: bool) {
        let mut state = locked(&self.state);
        let changed = std::mem::replace(&mut state.is_held, hold) != hold;
        drop(state);
        if changed {
            self.changed.notify_all();
        }
    }

    /// The frame of the film that was asked for last.
    pub(super) fn near_frame(&self) -> u64 {
        locked(&self.state).near_frame
    }

    pub(super) fn making(&self) -> Making {
        let state = locked(&self.state);
        Making { left: state.missing.len() + usize::from(state.is_busy), failed: state.failed.clone() }
    }

    pub(super) fn close(&self) {
        locked(&self.state).closed = true;
        self.changed.notify_all();
    }

    /// The next thing to make; waits for one. `None` once closed.
    fn next(&self) -> Option<Next> {
        let mut state = locked(&self.state);
        loop {
            if state.closed {
                return None;
            }
            if !state.is_playing && !state.is_held {
                if let Some(clip) = state.takes.pop() {
                    state.is_busy = true;
                    return Some(Next::Take(clip));
                }
                let State { missing, refused, near_frame, format, is_busy, .. } = &mut *state;
                missing.retain(|one| !refused.contains(&one.key));
                let nearest = (0..missing.len()).min_by_key(|index| missing[*index].film_frame.abs_diff(*near_frame));
                if let (Some(index), Some(format)) = (nearest, *format) {
                    *is_busy = true;
                    return Some(Next::Segment(missing.swap_remove(index), format));
                }
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What was given by [`Maker::next`] is done with.
    fn finished(&self) {
        locked(&self.state).is_busy = false;
    }

    fn refuse(&self, key: blake3::Hash, why: &str) {
        let mut state = locked(&self.state);
        state.refused.insert(key);
        state.failed = Some(why.into());
    }
}

pub(super) struct MakerThread {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    wake: WakeUp,
    worker: Option<Worker>,
}

impl MakerThread {
    pub(super) fn new(
        settings: &PreviewSettings,
        media: &Arc<ProjectMedia>,
        shared: &Arc<Shared>,
        wake: &WakeUp,
    ) -> Self {
        let worker = settings.worker.clone().map(|mut worker| {
            // A seam is smoothed for many seconds on a slow machine; between two words it says nothing.
            worker.stall_limit = worker.stall_limit.max(std::time::Duration::from_secs(60));
            worker
        });
        Self { shared: Arc::clone(shared), media: Arc::clone(media), wake: wake.clone(), worker }
    }

    pub(super) fn run(self) {
        while let Some(next) = self.shared.maker.next() {
            let (key, made) = match next {
                Next::Segment(missing, format) => (missing.key, self.segment(missing, format)),
                Next::Take(clip) => match self.media.conform_key(&clip) {
                    Ok(key) => (key, self.take(&clip, &key)),
                    // Whoever shows it says so.
                    Err(_) => {
                        self.shared.maker.finished();
                        continue;
                    }
                },
            };
            self.shared.maker.finished();
            if self.media.cancel.is_cancelled() {
                return;
            }
            match made {
                Ok(()) => self.shared.answer_again(),
                Err(why) => {
                    tracing::warn!("a part of the film is shown as it is: {why}");
                    self.shared.maker.refuse(key, &why);
                }
            }
            self.wake.ring();
        }
    }

    fn segment(&self, missing: Missing, format: PictureFormat) -> Result<(), String> {
        let key = missing.key;
        // A render may have made it since.
        if self.media.cache.get(&key, "mp4").is_none() {
            let project_root = self.media.root().to_path_buf();
            let job = SegmentJob { project_root, format, segments: vec![missing.segment] };
            let cancel = &self.media.cancel;
            match &self.worker {
                Some(worker) => worker
                    .run(&WorkerRequest::Segments(Box::new(job)), cancel, &NoProgress)
                    .map(drop)
                    .map_err(|error| error.to_string())?,
                // Conformed files are our own work.
                None => {
                    make_segments(&job, cancel, &NoProgress).map(drop).map_err(|error| error.to_string())?;
                }
            }
        }
        self.shared.frames.note_made(key);
        Ok(())
    }

    fn take(&self, clip: &TakeClip, key: &blake3::Hash) -> Result<(), String> {
        if conform::find(&self.media.cache, key).is_some() {
            return Ok(());
        }
        let worker = self.worker.as_ref().ok_or_else(|| {
            // Only a worker opens foreign files.
            format!("{}: is not prepared for preview yet", clip.path.display())
        })?;
        let take = kinora_core::render::prepare::TakeToConform {
            path: &clip.path,
            key,
            spec: &clip.spec,
            project_root: self.media.root(),
        };
        let work = Work { cancel: &self.media.cancel, progress: &|_| {} };
        kinora_core::render::TakeConformer::conform(worker, &take, &work).map_err(|error| error.to_string())
    }
}
