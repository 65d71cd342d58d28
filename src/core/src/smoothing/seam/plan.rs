//! What becomes of every frame of a window: which are kept, where in time, at which light.

use super::{
    Evenness, LeftAlone, SeamReport, SeamSpec,
    cost::ShiftCost,
    evenness::{Changes, small_evenness},
    pace::even_out,
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
pub(super) struct Plan<'s> {
    /// All frames as they came.
    small: &'s [SmallLuma],
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

impl<'s> Plan<'s> {
    pub(super) fn new(small: &'s [SmallLuma], window: &Range<usize>, cut: usize, spec: &SeamSpec) -> Self {
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
        Self { small, window: window.clone(), span, retiming }
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

    /// The window's frames. `plain` are those of the cut as it was.
    #[expect(clippy::too_many_arguments, reason = "what is made, of what, by whom and how, and what is told of it")]
    pub(super) fn fill(
        &self,
        leveled: Vec<Leveled<'_>>,
        plain: &[&YuvFrame],
        engine: &mut dyn Interpolator,
        spec: &SeamSpec,
        report: &mut SeamReport,
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        let Retiming::Spread(kept, map) = &self.retiming else {
            let inside = leveled.into_iter().filter(|leveled| self.window.contains(&leveled.index));
            let frames: Vec<YuvFrame> = inside.map(|leveled| leveled.frame.into_owned()).collect();
            report.after = self.measured(&frames).0;
            return Ok(frames);
        };
        report.dropped = self
            .window
            .clone()
            .filter(|index| !kept.frames.contains(index))
            .map(|index| index - self.window.start)
            .collect();
        // Pictures of a window are hundreds of megabytes: what was leveled is moved, not copied.
        let owned: Vec<YuvFrame> = leveled.into_iter().map(|leveled| leveled.frame.into_owned()).collect();
        let trusted =
            if spec.cross_check { trusted_pairs(&owned, engine, cancel)? } else { vec![true; owned.len() - 1] };
        let spread = Spread { plan: self, kept, trusted };
        let planned: Vec<f64> = (0..self.span.len()).map(|slot| map.way_at(slot as f64)).collect();
        let mut covered = planned.clone();
        let mut places = spread.places(&covered);
        let mut made = made_at(engine, &owned, &places, cancel)?;
        let cost = ShiftCost::new(&made, plain);
        let (mut even, mut changes) = self.measured(&made);
        // Whether the frames in hand are those of a round that was not taken.
        let (mut share, mut is_stale) = (1.0, false);
        for _ in 0..MOST_ROUNDS {
            let wished = even_out(&covered, &changes, self.span.start);
            let other = part_of_the_way(&planned, &wished, share);
            let other_places = spread.places(&other);
            if even.largest_jump <= spec.largest_jump || other_places == places {
                break;
            }
            // Two windows of pictures would be too many at once.
            drop(made);
            made = made_at(engine, &owned, &other_places, cancel)?;
            let (other_even, other_changes) = self.measured(&made);
            // As a share of what may be spent.
            let spent = cost.of(&made);
            let is_better = spent <= 1.0
                && other_even.largest_jump < even.largest_jump
                && other_even.longest_stall_frames <= even.longest_stall_frames;
            is_stale = !is_better;
            if is_better {
                (covered, places, even, changes) = (other, other_places, other_even, other_changes);
            } else if spent > 1.0 {
                // Pictures differ by the square of the shift, more or less.
                share *= (0.8 / spent).sqrt();
            } else {
                break;
            }
        }
        if is_stale {
            drop(made);
            made = made_at(engine, &owned, &places, cancel)?;
        }
        report.after = even;
        report.interpolated_frames = places.iter().filter(|place| place.fract() > 0.0).count();
        report.nearest_frames = spread.wanted(&covered).filter(|&place| spread.is_nearest(place)).count();
        report.instants = places.iter().map(|&place| self.source_instant(kept, place)).collect();
        Ok(made)
    }

    /// The window's frames among those that stay.
    pub(super) fn measured(&self, made: &[YuvFrame]) -> (Evenness, Changes) {
        let made: Vec<SmallLuma> = made.iter().map(SmallLuma::of).collect();
        let (before, after) = (&self.small[..self.window.start], &self.small[self.window.end..]);
        let joined: Vec<&SmallLuma> = before.iter().chain(&made).chain(after).collect();
        (small_evenness(&joined, self.window.clone()), Changes::between(&joined))
    }

    /// A place among the kept frames as a place in the window.
    fn source_instant(&self, kept: &Kept, place: f64) -> f64 {
        let at = |index: usize| kept.frames[index.min(kept.frames.len() - 1)] as f64 - self.window.start as f64;
        let index = place as usize;
        at(index) + (at(index + 1) - at(index)) * place.fract()
    }
}

/// The kept frames of a window, and where between them the engine may be asked.
struct Spread<'a> {
    plan: &'a Plan<'a>,
    kept: &'a Kept,
    trusted: Vec<bool>,
}

/// The search for an even pace ends after this many rounds; each makes the window anew.
const MOST_ROUNDS: usize = 4;

impl Spread<'_> {
    /// Where among the kept frames each frame of the window would be taken from a perfect engine.
    fn wanted<'b>(&'b self, covered: &'b [f64]) -> impl Iterator<Item = f64> + 'b {
        let first = self.plan.window.start - self.plan.span.start;
        covered[first..first + self.plan.window.len()].iter().map(|&way| snapped(place_at(&self.kept.ways, way)))
    }

    fn is_nearest(&self, place: f64) -> bool {
        place.fract() > 0.0 && !self.trusted[place as usize]
    }

    /// Where it is taken, by the way covered at every slot of the span.
    fn places(&self, covered: &[f64]) -> Vec<f64> {
        self.wanted(covered).map(|place| if self.is_nearest(place) { place.round() } else { place }).collect()
    }
}

/// A share of what leads from the planned ways to others.
fn part_of_the_way(planned: &[f64], wished: &[f64], share: f64) -> Vec<f64> {
    planned.iter().zip(wished).map(|(planned, wished)| planned + (wished - planned) * share).collect()
}

fn made_at(
    engine: &mut dyn Interpolator,
    frames: &[YuvFrame],
    places: &[f64],
    cancel: &CancelToken,
) -> Result<Vec<YuvFrame>, SmoothError> {
    let made = engine.interpolate(frames, places, cancel)?;
    if made.len() != places.len() {
        return Err(SmoothError::Frames(format!("the engine made {} frames of {}", made.len(), places.len())));
    }
    Ok(made)
}

/// Instants this near to a source frame show it as it is: the difference is not seen, the sharpness is.
const SNAP_FRAMES: f64 = 0.02;

fn snapped(place: f64) -> f64 {
    if (place - place.round()).abs() < SNAP_FRAMES { place.round() } else { place }
}
