//! The monitor's one thread: it owns the decoders, so they never move.

use super::{
    PreviewSettings, WakeUp,
    lru::ByteLru,
    media::ProjectMedia,
    monitor::{MonitorAsk, MonitorPicture, PictureSource, PlayDirection, Shared},
};
use kinora_core::{
    conform::Conformed,
    media::{FrameDecoder, MediaError, RgbaScaler},
    preview::{FilmPlace, TakeClip, fit_inside},
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, atomic::Ordering},
};

/// Decoders kept open: both sides of a cut.
const OPEN_CLIPS: usize = 2;
/// Asks that may be given up one after the other: a hand that never rests still sees pictures.
const ABANDONED_IN_A_ROW: u32 = 2;
/// Largest side of a picture.
const MAX_SIDE_PX: u32 = 4096;
/// Conformed takes whose place is remembered.
const KNOWN_TAKES: usize = 4096;

/// A frame of a conformed take at a size.
type FrameKey = (blake3::Hash, u64, [u32; 2]);

pub(super) struct MonitorThread {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    wake: WakeUp,
    ahead_frames: u64,
    frames: ByteLru<FrameKey, Arc<[u8]>>,
    /// The last used last.
    open: Vec<(blake3::Hash, FrameDecoder)>,
    /// Takes are never overwritten, so what was conformed once stays so until its file fails.
    known: HashMap<Arc<TakeClip>, Conformed>,
    scaler: RgbaScaler,
    abandoned_in_a_row: u32,
}

impl MonitorThread {
    pub(super) fn new(
        settings: &PreviewSettings,
        media: &Arc<ProjectMedia>,
        shared: &Arc<Shared>,
        wake: &WakeUp,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            media: Arc::clone(media),
            wake: wake.clone(),
            ahead_frames: settings.ahead_frames,
            frames: ByteLru::new(settings.monitor_bytes),
            open: Vec::new(),
            known: HashMap::new(),
            scaler: RgbaScaler::default(),
            abandoned_in_a_row: 0,
        }
    }

    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        while let Some(ask) = shared.asks.wait() {
            let Some(picture) = self.answer(&ask) else {
                self.abandoned_in_a_row += 1;
                shared.counts.abandoned.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            self.abandoned_in_a_row = 0;
            self.note_memory();
            shared.pictures.put(picture);
            self.wake.ring();
            self.decode_ahead(&ask);
            self.note_memory();
        }
    }

    /// The picture; `None` if a newer ask made it stale.
    fn answer(&mut self, ask: &MonitorAsk) -> Option<MonitorPicture> {
        let empty = MonitorPicture {
            film_frame: ask.film_frame,
            size_px: [0, 0],
            rgba: Arc::from([]),
            source: PictureSource::None,
            notice: None,
        };
        let Some((clip, source_frame)) = self.place(ask.film_frame).and_then(|place| place.source) else {
            return Some(empty);
        };
        let mut notice = None;
        match self.known_take(&clip) {
            Ok(Some(take)) => {
                let size_px = picture_size(&clip, ask);
                if self.frames.contains(&(take.key, last_shown(&take, source_frame), size_px)) {
                    self.shared.counts.from_memory.fetch_add(1, Ordering::Relaxed);
                }
                match self.frame(&clip, &take, source_frame, ask) {
                    Ok(rgba) => {
                        return rgba.map(|rgba| MonitorPicture {
                            size_px,
                            rgba,
                            source: PictureSource::Conformed,
                            ..empty
                        });
                    }
                    Err(error) => {
                        self.forget(&clip, &take);
                        notice = Some(error.to_string());
                    }
                }
            }
            Ok(None) => {}
            Err(reason) => notice = Some(reason),
        }
        Some(match self.media.still(&clip, source_frame, limited(ask.size_px)) {
            Ok(still) => MonitorPicture {
                size_px: still.size_px,
                rgba: still.rgba.into(),
                source: PictureSource::Still,
                notice: notice.map(Into::into),
                ..empty
            },
            Err(reason) => MonitorPicture { notice: Some(notice.unwrap_or(reason).into()), ..empty },
        })
    }

    /// Frames that playback asks for next, as long as nothing newer is asked.
    fn decode_ahead(&mut self, ask: &MonitorAsk) {
        for step in 1..=self.ahead_frames {
            let film_frame = match ask.direction {
                PlayDirection::Still => return,
                PlayDirection::Forward => Some(ask.film_frame + step),
                PlayDirection::Backward => ask.film_frame.checked_sub(step),
            };
            if self.shared.asks.is_pressing(|_| true) {
                return;
            }
            let Some((clip, frame)) = film_frame.and_then(|frame| self.place(frame)).and_then(|place| place.source)
            else {
                return;
            };
            // What is wrong with it is said when it is asked for.
            let Ok(Some(take)) = self.known_take(&clip) else { return };
            if self.frame(&clip, &take, frame, ask).is_err() {
                self.forget(&clip, &take);
                return;
            }
        }
    }

    fn place(&self, film_frame: u64) -> Option<FilmPlace> {
        let film = Arc::clone(&self.shared.film.lock().unwrap_or_else(PoisonError::into_inner));
        film.place(film_frame)
    }

    /// The conformed take, if there is one; the reason if its file cannot be read.
    fn known_take(&mut self, clip: &Arc<TakeClip>) -> Result<Option<Conformed>, String> {
        if let Some(take) = self.known.get(clip) {
            return Ok(Some(take.clone()));
        }
        let found = self.media.conformed(&self.media.conform_key(clip)?);
        if let Some(take) = &found {
            if self.known.len() >= KNOWN_TAKES {
                self.known.clear();
            }
            self.known.insert(Arc::clone(clip), take.clone());
        }
        Ok(found)
    }

    fn forget(&mut self, clip: &Arc<TakeClip>, take: &Conformed) {
        self.known.remove(clip);
        self.open.retain(|(key, _)| *key != take.key);
    }

    /// A frame of a conformed take, from memory or decoded; `None` if a newer ask made it stale.
    fn frame(
        &mut self,
        clip: &TakeClip,
        take: &Conformed,
        source_frame: u64,
        ask: &MonitorAsk,
    ) -> Result<Option<Arc<[u8]>>, MediaError> {
        let size_px = picture_size(clip, ask);
        let source_frame = last_shown(take, source_frame);
        let key = (take.key, source_frame, size_px);
        if let Some(rgba) = self.frames.get(&key) {
            return Ok(Some(Arc::clone(rgba)));
        }
        let (_, mut decoder) = match self.open.iter().position(|(key, _)| *key == take.key) {
            Some(index) => self.open.remove(index),
            None => (take.key, FrameDecoder::open(&take.video, clip.spec.format.rate, 2)?),
        };
        let Self { shared, frames, scaler, abandoned_in_a_row, .. } = self;
        let may_abandon = *abandoned_in_a_row < ABANDONED_IN_A_ROW;
        let mut failed = None;
        let decoded = decoder.picture(source_frame, &mut |number, passed| {
            // Backwards, every frame of the group is asked for soon.
            if ask.direction == PlayDirection::Backward && !frames.contains(&(take.key, number, size_px)) {
                match scaler.rgba(passed, size_px) {
                    Ok(rgba) => frames.insert((take.key, number, size_px), rgba.into(), bytes_of(size_px)),
                    Err(error) => failed = Some(error),
                }
                shared.counts.decoded.fetch_add(1, Ordering::Relaxed);
            }
            !(may_abandon && shared.asks.is_pressing(|newer| is_elsewhere(ask, newer)))
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let rgba = match decoded {
            Some(picture) => {
                let rgba: Arc<[u8]> = scaler.rgba(&picture, size_px)?.into();
                shared.counts.decoded.fetch_add(1, Ordering::Relaxed);
                frames.insert(key, Arc::clone(&rgba), bytes_of(size_px));
                Some(rgba)
            }
            None => None,
        };
        if self.open.len() >= OPEN_CLIPS {
            self.open.remove(0);
        }
        self.open.push((take.key, decoder));
        Ok(rgba)
    }

    fn note_memory(&self) {
        self.shared.counts.memory_bytes.store(self.frames.used_bytes() as u64, Ordering::Relaxed);
    }
}

/// A take can be a frame shorter than its probe said.
fn last_shown(take: &Conformed, source_frame: u64) -> u64 {
    source_frame.min(take.frames.saturating_sub(1))
}

fn picture_size(clip: &TakeClip, ask: &MonitorAsk) -> [u32; 2] {
    let film = clip.spec.format.size;
    fit_inside([film.width, film.height], limited(ask.size_px))
}

fn limited(size_px: [u32; 2]) -> [u32; 2] {
    size_px.map(|side| side.clamp(1, MAX_SIDE_PX))
}

const fn bytes_of(size_px: [u32; 2]) -> usize {
    size_px[0] as usize * size_px[1] as usize * 4
}

/// Whether a newer ask is so far away that the work for this one is of no use to it.
const fn is_elsewhere(ask: &MonitorAsk, newer: &MonitorAsk) -> bool {
    const NEAR_FRAMES: u64 = 12;
    ask.film_frame.abs_diff(newer.film_frame) > NEAR_FRAMES
}
