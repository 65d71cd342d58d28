//! What becomes of every frame of a window: which are kept, where in time, at which light.

use super::{
    LeftAlone, SeamReport, SeamSpec,
    repeats::{self, Kept, Steady},
    small::SmallLuma,
    time_map::{TimeMap, place_at, slot_at},
    trust::trusted_pairs,
};
use crate::{
    continuity::ColorStep,
    planes::YuvFrame,
    progress::CancelToken,
    smoothing::{Interpolator, SmoothError},
};
use std::{borrow::Cow, ops::Range};

/// What is done to the times of the frames.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Retiming {
    /// Nothing, for this reason.
    None(LeftAlone),
    /// The kept frames are spread over the window.
    Spread(Kept, TimeMap),
}

/// The plan for a window. `span` is the window with one untouched frame on either side, where there is one.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    window: Range<usize>,
    span: Range<usize>,
    pub(super) retiming: Retiming,
}

/// A frame whose light was brought to where the ramp has it.
pub(super) struct Leveled<'a> {
    /// Its index among all frames.
    index: usize,
    frame: Cow<'a, YuvFrame>,
}

impl Plan {
    pub(super) fn new(small: &[SmallLuma], window: &Range<usize>, cut: usize, spec: &SeamSpec) -> Self {
        let span = window.start.saturating_sub(1)..(window.end + 1).min(small.len());
        let slots = (span.len() - 1) as f64;
        let retiming = match repeats::find(small, &span, cut) {
            Err(Steady::Still) => Retiming::None(LeftAlone::NothingMoves),
            Err(Steady::Moving) => Retiming::None(LeftAlone::NothingStalls),
            Err(Steady::Cadence) => Retiming::None(LeftAlone::Cadence),
            Ok(kept) => {
                let way = kept.ways[kept.ways.len() - 1];
                let map = TimeMap::new(slots, way, kept.border_speeds, spec.ease_frames);
                Retiming::Spread(kept, map)
            }
        };
        Self { window: window.clone(), span, retiming }
    }

    /// The frames that are used, each at the light of the ramp where it will be seen. The ramp runs from no change at
    /// the untouched frame before the window to the second shot's own light at the untouched frame after it.
    pub(super) fn level<'a>(
        &self,
        all: &[&'a YuvFrame],
        cut: usize,
        step: &ColorStep,
        cancel: &CancelToken,
    ) -> Result<Vec<Leveled<'a>>, SmoothError> {
        let slots = (self.span.len() - 1) as f64;
        let placed: Vec<(usize, f64)> = match &self.retiming {
            Retiming::None(_) => self.span.clone().map(|index| (index, (index - self.span.start) as f64)).collect(),
            Retiming::Spread(kept, map) => {
                kept.frames.iter().zip(&kept.ways).map(|(&index, &way)| (index, slot_at(map, way))).collect()
            }
        };
        let back = step.inverse();
        placed
            .into_iter()
            .map(|(index, slot)| {
                cancel.check()?;
                let ramp = slot / slots;
                let is_outside = !self.window.contains(&index);
                let frame = if is_outside || !step.is_visible() {
                    Cow::Borrowed(all[index])
                } else if index < cut {
                    Cow::Owned(step.apply(all[index], ramp))
                } else {
                    Cow::Owned(back.apply(all[index], 1.0 - ramp))
                };
                Ok(Leveled { index, frame })
            })
            .collect()
    }

    /// The window's frames.
    pub(super) fn fill(
        &self,
        leveled: Vec<Leveled<'_>>,
        engine: &mut dyn Interpolator,
        spec: &SeamSpec,
        report: &mut SeamReport,
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        let Retiming::Spread(kept, map) = &self.retiming else {
            let inside = leveled.into_iter().filter(|leveled| self.window.contains(&leveled.index));
            return Ok(inside.map(|leveled| leveled.frame.into_owned()).collect());
        };
        report.dropped = self
            .window
            .clone()
            .filter(|index| !kept.frames.contains(index))
            .map(|index| index - self.window.start)
            .collect();
        let frames: Vec<&YuvFrame> = leveled.iter().map(|leveled| leveled.frame.as_ref()).collect();
        let trusted =
            if spec.cross_check { trusted_pairs(&frames, engine, cancel)? } else { vec![true; frames.len() - 1] };
        let places: Vec<f64> = self
            .window
            .clone()
            .map(|index| snapped(place_at(&kept.ways, map.way_at((index - self.span.start) as f64))))
            .map(|place| if place.fract() > 0.0 && !trusted[place as usize] { place.round() } else { place })
            .collect();
        report.interpolated_frames = places.iter().filter(|place| place.fract() > 0.0).count();
        report.nearest_frames = self.untrusted(kept, map, &trusted);
        report.instants = places.iter().map(|&place| self.source_instant(kept, place)).collect();
        // Pictures of a window are hundreds of megabytes: what was leveled is moved, not copied.
        let owned: Vec<YuvFrame> = leveled.into_iter().map(|leveled| leveled.frame.into_owned()).collect();
        let made = engine.interpolate(&owned, &places, cancel)?;
        if made.len() != places.len() {
            return Err(SmoothError::Frames(format!("the engine made {} frames of {}", made.len(), places.len())));
        }
        Ok(made)
    }

    fn untrusted(&self, kept: &Kept, map: &TimeMap, trusted: &[bool]) -> usize {
        self.window
            .clone()
            .map(|index| snapped(place_at(&kept.ways, map.way_at((index - self.span.start) as f64))))
            .filter(|place| place.fract() > 0.0 && !trusted[*place as usize])
            .count()
    }

    /// A place among the kept frames as a place in the window.
    fn source_instant(&self, kept: &Kept, place: f64) -> f64 {
        let at = |index: usize| kept.frames[index.min(kept.frames.len() - 1)] as f64 - self.window.start as f64;
        let index = place as usize;
        at(index) + (at(index + 1) - at(index)) * place.fract()
    }
}

/// Instants this near to a source frame show it as it is: the difference is not seen, the sharpness is.
const SNAP_FRAMES: f64 = 0.02;

fn snapped(place: f64) -> f64 {
    if (place - place.round()).abs() < SNAP_FRAMES { place.round() } else { place }
}
