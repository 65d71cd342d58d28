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

#[derive(Default, Clone, Copy)]
struct Cell {
    samples: f32,
    squares: f32,
    slopes: f32,
}

/// The worst windows' difference in multiples of what compression explains there. Both planes have one size.
pub(super) fn residual(a: &Gray, b: &Gray, kind: Residual) -> f64 {
    let (columns, rows) = (b.width_px.div_ceil(kind.cell_px), b.height_px.div_ceil(kind.cell_px));
    let mut cells = vec![Cell::default(); columns * rows];
    for y_px in 0..b.height_px {
        let row = &mut cells[y_px / kind.cell_px * columns..][..columns];
        for x_px in 0..b.width_px {
            let cell = &mut row[x_px / kind.cell_px];
            let difference = a.at(x_px, y_px) - b.at(x_px, y_px);
            let (across, down) = a.slope(x_px, y_px);
            cell.samples += 1.0;
            cell.squares += difference * difference;
            cell.slopes += across * across + down * down;
        }
    }
    let places = |cells: usize| 0..(cells + 1).saturating_sub(WINDOW_CELLS).max(1);
    let mut windows = Vec::with_capacity(cells.len());
    for top in places(rows) {
        for left in places(columns) {
            let mut sum = Cell::default();
            for row in top..(top + WINDOW_CELLS).min(rows) {
                for cell in &cells[row * columns + left..row * columns + (left + WINDOW_CELLS).min(columns)] {
                    sum.samples += cell.samples;
                    sum.squares += cell.squares;
                    sum.slopes += cell.slopes;
                }
            }
            let explained = kind.noise_codes.powi(2) + kind.slip_px.powi(2) * sum.slopes / sum.samples;
            windows.push(sum.squares / sum.samples / explained);
        }
    }
    let count = (windows.len() / WORST_ONE_IN).max(1);
    windows.sort_unstable_by(|a, b| b.total_cmp(a));
    windows[..count].iter().map(|square| f64::from(square.sqrt())).sum::<f64>() / count as f64
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
