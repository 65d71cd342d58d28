//! From a frame of the film to a frame of a file of the cache.

use super::{MonitorAsk, MonitorPicture, PictureSource, PlayDirection, Shared, Showing};
use kinora_core::{
    media::PlanarPicture,
    preview::{ReelFrame, TakeClip},
    time::FrameRate,
};
use std::sync::Arc;

/// What a frame of the film is made from.
pub(super) enum Found {
    /// A frame of a file of the master format.
    Master(MasterFrame),
    /// A frame of a take that is not planned yet: not conformed, or its scene is being looked at.
    Unplanned(Arc<TakeClip>, u64),
    /// A shot without a take, or a frame past the end.
    Nothing,
}

/// A frame of a file of the master format.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MasterFrame {
    /// The file's name in the cache.
    pub(super) key: blake3::Hash,
    /// Frame of the file.
    pub(super) frame: u64,
    /// Share of its light that shows.
    pub(super) level: Option<f64>,
    pub(super) source: PictureSource,
}

impl MasterFrame {
    /// The frame that stands for its group of pictures while the film is skimmed.
    pub(super) fn of_group(self, rate: FrameRate) -> Self {
        let gop = rate.gop_frames().max(1);
        let frame = self.frame / gop * gop;
        let source = if frame == self.frame { self.source } else { self.source.max(PictureSource::Near) };
        Self { frame, source, ..self }
    }

    /// The picture as it is shown.
    pub(super) fn lit(&self, picture: Arc<PlanarPicture>) -> Arc<PlanarPicture> {
        match self.level {
            Some(level) if level < 1.0 => Arc::new(picture.darkened(level)),
            _ => picture,
        }
    }
}

impl Shared {
    /// What a frame of the film is made from.
    pub(super) fn find(&self, showing: &Showing, film_frame: u64) -> Found {
        let Some(place) = showing.film.map.place(film_frame) else { return Found::Nothing };
        let Some((clip, source_frame)) = place.source else { return Found::Nothing };
        let planned = showing
            .reels
            .get(&place.scene_id)
            .and_then(|planned| planned.reel.frame(&place.shot_id, source_frame.saturating_sub(clip.in_frame)));
        match planned {
            None => Found::Unplanned(clip, source_frame),
            Some(ReelFrame::Take { key, frame }) => {
                Found::Master(MasterFrame { key, frame, level: None, source: PictureSource::Film })
            }
            Some(ReelFrame::Segment { key, frame, .. }) if self.frames.is_made(&key) => {
                Found::Master(MasterFrame { key, frame, level: None, source: PictureSource::Film })
            }
            Some(ReelFrame::Segment { plain, .. }) => Found::Master(MasterFrame {
                key: plain.key,
                frame: plain.frame,
                level: plain.level,
                source: if plain.is_seam { PictureSource::PlainSeam } else { PictureSource::Plain },
            }),
        }
    }

    /// What an ask is answered with: its own frame, or while the film is skimmed the one that stands for its group.
    pub(super) fn find_for(&self, showing: &Showing, ask: &MonitorAsk) -> Found {
        match self.find(showing, ask.film_frame) {
            Found::Master(found) if ask.direction == PlayDirection::Skim => {
                Found::Master(found.of_group(showing.film.metadata.rate))
            }
            found => found,
        }
    }

    /// The answer to an ask, if nothing has to be read or decoded for it.
    pub(super) fn at_hand(&self, ask: &MonitorAsk) -> Option<MonitorPicture> {
        if ask.wipe.is_some() {
            return None;
        }
        let Found::Master(found) = self.find_for(&self.showing(), ask) else { return None };
        let picture = self.frames.get(&(found.key, found.frame))?;
        Some(MonitorPicture {
            film_frame: ask.film_frame,
            picture: Some(found.lit(picture)),
            right: None,
            source: found.source,
            notice: None,
        })
    }
}
