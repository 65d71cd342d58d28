//! Over-relaxation of the refinement's equations, on a checkerboard: all samples of one colour, then of the other.

use super::{comb::Comb, vectorised::vectorised};

/// Sweeps over both colours in each round.
const SWEEPS: usize = 5;
/// How far each update goes beyond its aim.
const OVERSHOOT: f32 = 1.6;

/// The equations of a level: for each sample, the flow it asks for and how strongly its neighbours hold it.
pub(super) struct System {
    /// Weight between a sample and its right neighbour.
    pub(super) right: Comb,
    /// Weight between a sample and its lower neighbour.
    pub(super) down: Comb,
    /// One over the weight of a sample's own flow, to the right and down.
    pub(super) inverse: [Comb; 2],
    /// What the one direction of flow takes from the other.
    pub(super) cross: Comb,
    /// The constant part.
    pub(super) aim: [Comb; 2],
}

impl System {
    pub(super) fn new(width_px: usize, height_px: usize) -> Self {
        let comb = || Comb::new(width_px, height_px);
        Self { right: comb(), down: comb(), inverse: [comb(), comb()], cross: comb(), aim: [comb(), comb()] }
    }
}

vectorised! {
    /// Relaxes the flow. The sweeps run down the plane behind one another, each a row behind the one before, so that
    /// rows stay in the cache; the result is that of one sweep after the other.
    pub(super) fn relax(system: &System, flow: &mut [Comb; 2], height_px: usize) {
        let stages = 2 * SWEEPS;
        for step in 0..height_px + stages {
            for stage in 0..stages.min(step + 1) {
                let y_px = step - stage;
                if y_px < height_px {
                    relax_row(system, flow, (y_px + stage) % 2, y_px);
                }
            }
        }
    }
}

/// Updates the samples of a row that lie in one half.
#[inline(always)]
fn relax_row(system: &System, flow: &mut [Comb; 2], side: usize, y_px: usize) {
    let (range, stride) = (flow[0].row(side, y_px), flow[0].stride);
    let (start, count) = (range.start, range.len());
    let [flow_x, flow_y] = flow;
    let other = 1 - side;
    // Left of an even column lies the odd one before it; right of an odd column the next even one.
    let (left, right) = (start + side - 1, start + side);
    let hold_left = &system.right.halves[other][left..left + count];
    let hold_right = &system.right.halves[side][start..start + count];
    let hold_up = &system.down.halves[side][start - stride..start - stride + count];
    let hold_down = &system.down.halves[side][start..start + count];
    let cross = &system.cross.halves[side][start..start + count];
    let aims = [0, 1].map(|axis| &system.aim[axis].halves[side][start..start + count]);
    let inverses = [0, 1].map(|axis| &system.inverse[axis].halves[side][start..start + count]);
    let around = |index: usize, up: &[f32], down: &[f32], left: &[f32], right: &[f32]| {
        (hold_up[index] * up[index] + hold_down[index] * down[index])
            + (hold_left[index] * left[index] + hold_right[index] * right[index])
    };
    let (own_x, others_x) = halves(&mut flow_x.halves, side);
    let (own_y, others_y) = halves(&mut flow_y.halves, side);
    let (up_x, row_x, down_x) = rows(own_x, start, stride, count);
    let (up_y, row_y, down_y) = rows(own_y, start, stride, count);
    let (left_x, right_x) = (&others_x[left..left + count], &others_x[right..right + count]);
    let (left_y, right_y) = (&others_y[left..left + count], &others_y[right..right + count]);
    for index in 0..count {
        let wanted = aims[0][index] - cross[index] * row_y[index] + around(index, up_x, down_x, left_x, right_x);
        row_x[index] += OVERSHOOT * (wanted * inverses[0][index] - row_x[index]);
        let wanted = aims[1][index] - cross[index] * row_x[index] + around(index, up_y, down_y, left_y, right_y);
        row_y[index] += OVERSHOOT * (wanted * inverses[1][index] - row_y[index]);
    }
}

#[inline(always)]
fn halves(halves: &mut [Vec<f32>; 2], side: usize) -> (&mut [f32], &[f32]) {
    let [even, odd] = halves;
    if side == 0 { (even, odd) } else { (odd, even) }
}

/// The row above, the row, and the row below.
#[inline(always)]
fn rows(half: &mut [f32], start: usize, stride: usize, count: usize) -> (&[f32], &mut [f32], &[f32]) {
    let (above, rest) = half.split_at_mut(start);
    let (row, below) = rest.split_at_mut(stride);
    (&above[start - stride..start - stride + count], &mut row[..count], &below[..count])
}
