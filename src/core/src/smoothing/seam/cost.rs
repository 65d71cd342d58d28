//! What an even pace costs: frames that are moved in time show other moments of the film than belong there.

use crate::planes::YuvFrame;

/// Rows between two that are looked at: all of a row's detail counts, and a window of them stays small.
const ROW_STEP: usize = 8;
/// An even pace may differ from the plan by this part of what the plain cut differs, in squared error: the smoothed cut stays
/// nearer to the plan than the plain one, whatever else the engine errs.
const MOST_SHARE: f64 = 0.5;
/// A difference below this, in squared codes, is not seen.
const UNSEEN: f64 = 1.0;

/// The planned frames of a window, as far as they are compared, and how far others may lie from them.
pub(super) struct ShiftCost {
    planned: Vec<Vec<u8>>,
    /// Mean squared error, in squared codes.
    most: f64,
}

impl ShiftCost {
    /// `planned` are the window's frames at the planned times, `plain` those of the cut as it was.
    pub(super) fn new(planned: &[YuvFrame], plain: &[&YuvFrame]) -> Self {
        let planned: Vec<Vec<u8>> = planned.iter().map(rows).collect();
        let most = (error(&planned, plain.iter().copied()) * MOST_SHARE).max(UNSEEN);
        Self { planned, most }
    }

    /// How far frames at other times lie from the plan, as a multiple of how far they may.
    pub(super) fn of(&self, made: &[YuvFrame]) -> f64 {
        error(&self.planned, made.iter()) / self.most
    }
}

fn rows(frame: &YuvFrame) -> Vec<u8> {
    (0..frame.luma.height_px).step_by(ROW_STEP).flat_map(|row| frame.luma.row(row).iter().copied()).collect()
}

fn error<'a>(planned: &[Vec<u8>], frames: impl Iterator<Item = &'a YuvFrame>) -> f64 {
    let (mut sum, mut count) = (0_u64, 0_usize);
    for (planned, frame) in planned.iter().zip(frames) {
        let seen = rows(frame);
        sum += planned.iter().zip(&seen).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum::<u64>();
        count += planned.len();
    }
    sum as f64 / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{super::testing::Scene, *};

    #[test]
    fn a_greater_shift_costs_more_and_none_costs_nothing() {
        let frames = |shift: f64| -> Vec<YuvFrame> { (0..6).map(|at| Scene::PAN.at(f64::from(at) + shift)).collect() };
        let plain = frames(2.0);
        let cost = ShiftCost::new(&frames(0.0), &plain.iter().collect::<Vec<_>>());
        assert!(cost.of(&frames(0.0)) < f64::EPSILON);
        let costs = [0.25, 0.5, 1.0, 2.0].map(|shift| cost.of(&frames(shift)));
        assert!(costs.windows(2).all(|pair| pair[1] > pair[0]), "{costs:?}");
        assert!((costs[3] - 1.0 / MOST_SHARE).abs() < 1e-9, "as far as the plain cut: {costs:?}");
    }
}
