//! How even a run of frames moves: its stalls and its jumps.

use super::{motion::motion, repeats::moving_median, small::SmallLuma};
use crate::planes::YuvFrame;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The two faults that are seen at a cut.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Evenness {
    /// The longest run of pairs that hardly move, in frames.
    pub longest_stall_frames: usize,
    /// The largest difference from a frame to the next, as a multiple of the median of its neighbourhood.
    pub largest_jump: f64,
}

/// Pairs on either side that are a pair's neighbourhood.
const NEIGHBOUR_PAIRS: usize = 5;
/// A pair that moves less than this part of its neighbourhood stalls.
const STALLED_SHARE: f64 = 0.2;
/// Motion below this, in pixels of a small picture, is none: where nothing moves nothing stalls.
const STILL_PX: f64 = 0.02;
/// A difference below this, in codes, is not seen as a jump.
const UNSEEN_CODES: f64 = 0.1;

/// Measures the pairs that touch `window` in a run of frames; the others are neighbourhood only.
#[must_use]
pub fn evenness(frames: &[YuvFrame], window: Range<usize>) -> Evenness {
    let small: Vec<SmallLuma> = frames.iter().map(SmallLuma::of).collect();
    small_evenness(&small.iter().collect::<Vec<_>>(), window)
}

pub(super) fn small_evenness(frames: &[&SmallLuma], window: Range<usize>) -> Evenness {
    let motions: Vec<f64> = frames.windows(2).map(|pair| motion(pair[0], pair[1])).collect();
    let changes = Changes::between(frames);
    let mut found = Evenness::default();
    let mut stall = 0;
    for pair in window.start.saturating_sub(1)..window.end.min(motions.len()) {
        let usual = moving_median(&motions[around(pair, motions.len())]);
        let is_stalled = usual >= STILL_PX && motions[pair] < usual * STALLED_SHARE;
        stall = if is_stalled { stall + 1 } else { 0 };
        found.longest_stall_frames = found.longest_stall_frames.max(stall);
        found.largest_jump = found.largest_jump.max(changes.of(pair) / changes.usual(pair));
    }
    found
}

/// The neighbourhood of a pair.
fn around(pair: usize, pairs: usize) -> Range<usize> {
    pair.saturating_sub(NEIGHBOUR_PAIRS)..(pair + NEIGHBOUR_PAIRS + 1).min(pairs)
}

/// How much each frame of a run differs from the one before, in codes.
pub(super) struct Changes(Vec<f64>);

impl Changes {
    pub(super) fn between(frames: &[&SmallLuma]) -> Self {
        Self(frames.windows(2).map(|pair| change(pair[0], pair[1])).collect())
    }

    #[cfg(test)]
    pub(super) const fn new(codes: Vec<f64>) -> Self {
        Self(codes)
    }

    /// Of the frame `pair` and the next.
    pub(super) fn of(&self, pair: usize) -> f64 {
        self.0[pair]
    }

    /// What is usual round a pair, and never so little that it is not seen.
    pub(super) fn usual(&self, pair: usize) -> f64 {
        moving_median(&self.0[around(pair, self.0.len())]).max(UNSEEN_CODES)
    }
}

/// Mean difference of two pictures in codes, light included.
fn change(from: &SmallLuma, to: &SmallLuma) -> f64 {
    let sum: f64 = from.codes.iter().zip(&to.codes).map(|(a, b)| f64::from((b - a).abs())).sum();
    sum / from.codes.len().max(1) as f64
}
