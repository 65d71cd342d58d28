//! What is left between two small planes that lie over each other, through windows.

use super::{align::Crop, small::Gray};

/// Windows are this many cells wide and high.
const WINDOW_CELLS: usize = 3;
/// The worst of the windows that count: one in this many, at least one.
const WORST_ONE_IN: usize = 200;

/// What compression explains in a plane, and how finely to look.
#[derive(Clone, Copy)]
pub(super) struct Residual {
    /// Side of a cell in samples.
    cell_px: usize,
    /// Deviation of the encoder's errors on a flat place, in codes.
    noise_codes: f32,
    /// Errors on slopes, as a shift of the picture in samples: lost detail and the last of misalignment.
    slip_px: f32,
}

impl Residual {
    pub(super) const LUMA: Self = Self { cell_px: 4, noise_codes: 1.0, slip_px: 0.2 };
    pub(super) const CHROMA: Self = Self { cell_px: 2, noise_codes: 1.0, slip_px: 0.4 };
}

/// Differences that a small move of a window's content would explain, in codes, below which nothing stands out.
const IDLE_MOVE_CODES: f64 = 0.2;
/// What the picture in general shows: this share of its windows lies below it.
const GENERAL_SHARE: f64 = 0.95;

#[derive(Default, Clone, Copy)]
struct Cell {
    samples: f32,
    squares: f32,
    /// Products of slopes across and down, and of slopes and difference.
    across: f32,
    down: f32,
    both: f32,
    across_difference: f32,
    down_difference: f32,
}

impl Cell {
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.squares += other.squares;
        self.across += other.across;
        self.down += other.down;
        self.both += other.both;
        self.across_difference += other.across_difference;
        self.down_difference += other.down_difference;
    }

    /// The part of the difference that goes away when the window's content moves a little, in codes.
    fn moved_codes(&self) -> f32 {
        // Two codes of noise a sample hold a flat window in its place.
        let (across, down) = (self.across + 2.0 * self.samples, self.down + 2.0 * self.samples);
        let determinant = across * down - self.both * self.both;
        let x = (down * self.across_difference - self.both * self.down_difference) / determinant;
        let y = (across * self.down_difference - self.both * self.across_difference) / determinant;
        ((x * self.across_difference + y * self.down_difference) / self.samples).max(0.0).sqrt()
    }
}

/// What the windows of two planes say.
#[derive(Clone, Copy)]
pub(super) struct Difference {
    /// The worst windows' difference in multiples of what compression explains there.
    pub(super) residual: f64,
    /// How far local moves in the worst windows stand out from those of the picture in general, as a ratio.
    /// An encoder's errors look like tiny moves too, but everywhere.
    pub(super) moves: f64,
}

/// Compares two planes of one size.
pub(super) fn difference(a: &Gray, b: &Gray, kind: Residual) -> Difference {
    let (columns, rows) = (b.width_px.div_ceil(kind.cell_px), b.height_px.div_ceil(kind.cell_px));
    let mut cells = vec![Cell::default(); columns * rows];
    for y_px in 0..b.height_px {
        let row = &mut cells[y_px / kind.cell_px * columns..][..columns];
        for x_px in 0..b.width_px {
            let cell = &mut row[x_px / kind.cell_px];
            let difference = a.at(x_px, y_px) - b.at(x_px, y_px);
            let (across, down) = a.slope(x_px, y_px);
            cell.add(&Cell {
                samples: 1.0,
                squares: difference * difference,
                across: across * across,
                down: down * down,
                both: across * down,
                across_difference: across * difference,
                down_difference: down * difference,
            });
        }
    }
    let places = |cells: usize| 0..(cells + 1).saturating_sub(WINDOW_CELLS).max(1);
    let (mut windows, mut moves) = (Vec::with_capacity(cells.len()), Vec::with_capacity(cells.len()));
    for top in places(rows) {
        for left in places(columns) {
            let mut sum = Cell::default();
            for row in top..(top + WINDOW_CELLS).min(rows) {
                for cell in &cells[row * columns + left..row * columns + (left + WINDOW_CELLS).min(columns)] {
                    sum.add(cell);
                }
            }
            let slopes = (sum.across + sum.down) / sum.samples;
            let explained = kind.noise_codes.powi(2) + kind.slip_px.powi(2) * slopes;
            windows.push((sum.squares / sum.samples / explained).sqrt());
            moves.push(sum.moved_codes());
        }
    }
    let general = (moves.len() - 1) as f64 * (1.0 - GENERAL_SHARE);
    let (worst_move, sorted) = worst(moves);
    let general = IDLE_MOVE_CODES + f64::from(sorted[general.round() as usize]);
    Difference { residual: worst(windows).0, moves: worst_move / general }
}

/// The mean of the worst, and all from the worst down.
fn worst(mut values: Vec<f32>) -> (f64, Vec<f32>) {
    let count = (values.len() / WORST_ONE_IN).max(1);
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    (values[..count].iter().copied().map(f64::from).sum::<f64>() / count as f64, values)
}

/// `earlier` sampled where the samples of `later` lie in it.
pub(super) fn laid_over(earlier: &Gray, later: &Gray, crop: &Crop) -> Gray {
    let [(x_start, x_step), (y_start, y_step)] = crop.placed(earlier, later);
    let (width_px, height_px) = (later.width_px, later.height_px);
    let mut values = Vec::with_capacity(width_px * height_px);
    for y_px in 0..height_px {
        let y = y_start + y_step * y_px as f32;
        values.extend((0..width_px).map(|x_px| earlier.sample(x_start + x_step * x_px as f32, y)));
    }
    Gray { width_px, height_px, values }
}
