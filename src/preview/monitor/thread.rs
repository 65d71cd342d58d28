//! The monitor's decode thread: it owns the decoder, so that never moves.

use super::{
    MonitorAsk, MonitorPicture, PictureSource, PlayDirection, Shared, Showing,
    ahead::is_elsewhere,
    find::{Found, MasterFrame},
};
use crate::preview::{PreviewSettings, WakeUp, media::ProjectMedia};
use kinora_core::{
    conform::Conformed,
    media::{GroupFrames, MasterDecoder, MasterFile, MediaError, PlanarPicture},
    preview::TakeClip,
    time::FrameRate,
};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// Asks that may be given up one after the other: a hand that never rests still sees pictures.
const ABANDONED_IN_A_ROW: u32 = 2;
/// Room for the picture of a take that is not conformed.
const STILL_PX: [u32; 2] = [1280, 1280];
/// A playhead that stood this long may be stepped on from.
const REST: Duration = Duration::from_millis(40);
/// Conformed takes whose place is remembered.
const KNOWN_TAKES: usize = 4096;
/// Stills kept.
const KNOWN_STILLS: usize = 8;

pub(super) struct MonitorThread {
    pub(super) shared: Arc<Shared>,
    pub(super) media: Arc<ProjectMedia>,
    pub(super) wake: WakeUp,
    pub(super) ahead_frames: u64,
    pub(super) decoder: MasterDecoder,
    /// Takes are never overwritten, so what was conformed once stays so until its file fails.
    known: HashMap<Arc<TakeClip>, Conformed>,
    stills: Vec<(Arc<TakeClip>, bool, Arc<PlanarPicture>)>,
    abandoned_in_a_row: u32,
}

/// What a side of the monitor shows.
struct Side {
    picture: Option<Arc<PlanarPicture>>,
    source: PictureSource,
    notice: Option<Arc<str>>,
}

impl MonitorThread {
    pub(super) fn new(
        settings: &PreviewSettings,
        media: &Arc<ProjectMedia>,
        shared: &Arc<Shared>,
        wake: &WakeUp,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self {
            shared: Arc::clone(shared),
            media: Arc::clone(media),
            wake: wake.clone(),
            ahead_frames: settings.ahead_frames,
            // One more than cores: they wait for each other's rows.
            decoder: MasterDecoder::new((cores + 1).clamp(2, 4)),
            known: HashMap::new(),
            stills: Vec::new(),
            abandoned_in_a_row: 0,
        }
    }

    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        while let Some(told) = shared.asks.wait() {
            if !told.is_answered {
                let Some(picture) = self.answer(&told.ask) else {
                    self.abandoned_in_a_row += 1;
                    shared.counts.abandoned.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                self.abandoned_in_a_row = 0;
                if shared.publish(told.number, picture) {
                    self.wake.ring();
                }
            }
            // A hand that scrubs on wants nothing of what lies round this frame.
            let goes_on = match told.ask.direction {
                PlayDirection::Still => !shared.asks.comes_within(REST),
                PlayDirection::Forward | PlayDirection::Backward => true,
                // By the time that they were decoded it would be past them.
                PlayDirection::Skim => false,
            };
            if told.ask.wipe.is_none() && goes_on {
                self.decode_around(told.ask);
            }
        }
    }

    /// The picture; `None` if a newer ask made it stale.
    fn answer(&mut self, ask: &MonitorAsk) -> Option<MonitorPicture> {
        let showing = self.shared.showing();
        let rate = showing.film.metadata.rate;
        if let Some(wipe) = &ask.wipe {
            let left = self.take_frame(ask, &wipe.left.0, wipe.left.1, true)?;
            let right = self.take_frame(ask, &wipe.right.0, wipe.right.1, true)?;
            return Some(MonitorPicture {
                film_frame: ask.film_frame,
                picture: left.picture,
                right: right.picture,
                source: left.source.max(right.source),
                notice: left.notice.or(right.notice),
            });
        }
        let side = match self.shared.find_for(&showing, ask) {
            Found::Nothing => Side { picture: None, source: PictureSource::None, notice: None },
            Found::Unplanned(clip, frame) => {
                // What the film shows here is not known yet.
                let side = self.take_frame(ask, &clip, frame, false)?;
                Side { source: side.source.max(PictureSource::Plain), ..side }
            }
            Found::Master(found) => match self.frame(&found, rate, ask) {
                Ok(picture) => Side { picture: Some(found.lit(picture?)), source: found.source, notice: None },
                Err(error) => self.instead(&showing, ask, &found, &error)?,
            },
        };
        let Side { picture, source, notice } = side;
        Some(MonitorPicture { film_frame: ask.film_frame, picture, right: None, source, notice })
    }

    /// What is shown where a file of the plan cannot be read: the take without the treatment, or its still.
    fn instead(
        &mut self,
        showing: &Showing,
        ask: &MonitorAsk,
        found: &MasterFrame,
        error: &MediaError,
    ) -> Option<Side> {
        let why: Arc<str> = error.to_string().into();
        if self.shared.frames.is_made(&found.key) {
            // The segment is made again, and the take is shown meanwhile.
            self.shared.frames.forget_made(&found.key);
            self.media.cache.discard(&found.key, "mp4");
            self.shared.plan(false);
            if let Found::Master(plain) = self.shared.find_for(showing, ask)
                && let Ok(picture) = self.frame(&plain, showing.film.metadata.rate, ask)
            {
                return Some(Side { picture: Some(plain.lit(picture?)), source: plain.source, notice: Some(why) });
            }
        }
        let source = showing.film.map.place(ask.film_frame).and_then(|place| place.source);
        let Some((clip, frame)) = source else {
            return Some(Side { picture: None, source: PictureSource::None, notice: Some(why) });
        };
        self.known.remove(&clip);
        let still = self.still(&clip, frame);
        Some(Side { notice: Some(why), ..still })
    }

    /// A frame of a take as it is, or its still; `None` if a newer ask made it stale.
    fn take_frame(&mut self, ask: &MonitorAsk, clip: &Arc<TakeClip>, frame: u64, conform: bool) -> Option<Side> {
        let notice = match self.known_take(clip) {
            Ok(Some(take)) => {
                // A take can be a frame shorter than its probe said.
                let frame = frame.min(take.frames.saturating_sub(1));
                let rate = clip.spec.format.rate;
                let mut found = MasterFrame { key: take.key, frame, level: None, source: PictureSource::Film };
                if ask.direction == PlayDirection::Skim {
                    found = found.of_group(rate);
                }
                match self.frame(&found, rate, ask) {
                    Ok(picture) => {
                        return Some(Side { picture: Some(picture?), source: found.source, notice: None });
                    }
                    Err(error) => {
                        self.known.remove(clip);
                        Some(error.to_string().into())
                    }
                }
            }
            Ok(None) => {
                if conform {
                    self.shared.maker.want_take(clip);
                }
                None
            }
            Err(reason) => Some(reason.into()),
        };
        let still = self.still(clip, frame);
        Some(Side { notice: notice.or(still.notice), ..still })
    }

    fn still(&mut self, clip: &Arc<TakeClip>, frame: u64) -> Side {
        let is_late = frame * 2 > clip.in_frame + clip.out_frame;
        if let Some((_, _, picture)) = self.stills.iter().find(|(known, late, _)| known == clip && *late == is_late) {
            return Side { picture: Some(Arc::clone(picture)), source: PictureSource::Still, notice: None };
        }
        let read = self.media.still(clip, frame, STILL_PX);
        let picture = read.and_then(|still| {
            PlanarPicture::of_rgba(still.size_px, &still.rgba).ok_or_else(|| "the still has no size".to_owned())
        });
        match picture {
            Ok(picture) => {
                let picture = Arc::new(picture);
                if self.stills.len() >= KNOWN_STILLS {
                    self.stills.remove(0);
                }
                self.stills.push((Arc::clone(clip), is_late, Arc::clone(&picture)));
                Side { picture: Some(picture), source: PictureSource::Still, notice: None }
            }
            Err(reason) => Side { picture: None, source: PictureSource::None, notice: Some(reason.into()) },
        }
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

    /// A frame from memory or decoded; `None` if a newer ask made it stale.
    fn frame(
        &mut self,
        found: &MasterFrame,
        rate: FrameRate,
        ask: &MonitorAsk,
    ) -> Result<Option<Arc<PlanarPicture>>, MediaError> {
        if let Some(picture) = self.shared.frames.get(&(found.key, found.frame)) {
            return Ok(Some(picture));
        }
        let began = Instant::now();
        let path = self.media.cache.path_for(&found.key, "mp4");
        let (shared, may_abandon) = (&self.shared, self.abandoned_in_a_row < ABANDONED_IN_A_ROW);
        let mut goes_on = || !(may_abandon && shared.asks.is_pressing(|newer| is_elsewhere(ask, &newer.ask)));
        let mut picture = None;
        self.decoder.decode(
            MasterFile { path: &path, rate },
            GroupFrames::Only(found.frame),
            &mut goes_on,
            &mut |_, decoded| {
                picture = Some(shared.frames.insert((found.key, found.frame), decoded));
                true
            },
        )?;
        if picture.is_some() {
            shared.counts.decoded.fetch_add(1, Ordering::Relaxed);
            shared.counts.decode_micros.store(began.elapsed().as_micros() as u64, Ordering::Relaxed);
        }
        Ok(picture)
    }
}
