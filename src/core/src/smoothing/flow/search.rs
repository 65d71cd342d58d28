//! Inverse search: for patches on a grid over one picture, the place in the other that looks most alike.
//!
//! The gradient of the patch stands in for that of the picture searched, so its Hessian is made once. Patches are
//! compared without their mean, which makes the search blind to a step in brightness.

use super::{
    field::FlowField,
    image::{Image, split},
    params::{DisParams, PATCH_PX},
    vectorised::vectorised,
};

/// Samples in a patch.
const AREA: usize = PATCH_PX * PATCH_PX;
/// A neighbour's flow nearer than this to the patch's own is not tried: the descent covers the way.
const SAME_FLOW_PX: f32 = 0.25;
/// The descent ends with a step shorter than this.
const CONVERGED_PX: f32 = 0.02;
/// Added to the diagonal of the Hessian, so that patches without texture keep the flow they began with.
const DAMPING: f32 = 1.0;

/// Patches on a grid over a level, and the flow found for each.
pub(super) struct Patches {
    /// Left edges of the columns of patches.
    pub(super) xs: Vec<usize>,
    /// Upper edges of the rows of patches.
    pub(super) ys: Vec<usize>,
    pub(super) dx: Vec<f32>,
    pub(super) dy: Vec<f32>,
    /// Unlikeness at that flow: the sum of squared differences.
    cost: Vec<f32>,
}

impl Patches {
    /// A grid over a level; the last column and row lie at the edge.
    pub(super) fn over(width_px: usize, height_px: usize, stride_px: usize) -> Self {
        let starts = |side_px: usize| -> Vec<usize> {
            let last = side_px.saturating_sub(PATCH_PX);
            (0..=last.div_ceil(stride_px)).map(|index| (index * stride_px).min(last)).collect()
        };
        let (xs, ys) = (starts(width_px), starts(height_px));
        let count = xs.len() * ys.len();
        Self { xs, ys, dx: vec![0.0; count], dy: vec![0.0; count], cost: vec![0.0; count] }
    }
}

/// A patch of the first picture: what stays the same during its descent.
struct Template {
    luma: [f32; AREA],
    /// Gradients without their mean.
    gx: [f32; AREA],
    gy: [f32; AREA],
    /// The inverse of the Hessian: xx, xy, yy.
    inverse: [f32; 3],
}

impl Template {
    #[inline(always)]
    fn new(image: &Image, x_px: usize, y_px: usize) -> Self {
        let (mut luma, mut gx, mut gy) = ([0.0; AREA], [0.0; AREA], [0.0; AREA]);
        for row in 0..PATCH_PX {
            let at = image.at(x_px as isize, (y_px + row) as isize);
            let here = &image.samples[at - 1..at + PATCH_PX + 1];
            let above = &image.samples[at - image.stride..][..PATCH_PX];
            let below = &image.samples[at + image.stride..][..PATCH_PX];
            let lanes = row * PATCH_PX..(row + 1) * PATCH_PX;
            let (luma, gx, gy) = (&mut luma[lanes.clone()], &mut gx[lanes.clone()], &mut gy[lanes]);
            for lane in 0..PATCH_PX {
                luma[lane] = here[lane + 1];
                gx[lane] = (here[lane + 2] - here[lane]) * 0.5;
                gy[lane] = (below[lane] - above[lane]) * 0.5;
            }
        }
        let (mean_x, mean_y) = (sum(&gx) / AREA as f32, sum(&gy) / AREA as f32);
        let (mut xx, mut xy, mut yy) = ([0.0; PATCH_PX], [0.0; PATCH_PX], [0.0; PATCH_PX]);
        for row in 0..PATCH_PX {
            for lane in 0..PATCH_PX {
                let (x, y) = (&mut gx[row * PATCH_PX + lane], &mut gy[row * PATCH_PX + lane]);
                *x -= mean_x;
                *y -= mean_y;
                xx[lane] += *x * *x;
                xy[lane] += *x * *y;
                yy[lane] += *y * *y;
            }
        }
        let (xx, xy, yy) = (lanes_sum(&xx) + DAMPING, lanes_sum(&xy), lanes_sum(&yy) + DAMPING);
        let scale = 1.0 / (xx * yy - xy * xy);
        Self { luma, gx, gy, inverse: [yy * scale, -xy * scale, xx * scale] }
    }

    /// Unlikeness of the picture at a place, and the sums of its difference times the patch's gradients.
    #[inline(always)]
    fn compare(&self, image: &Image, x_px: f32, y_px: f32) -> (f32, f32, f32) {
        let reach = PATCH_PX as f32;
        let (x, fx) = split(x_px.clamp(-reach, image.width_px as f32));
        let (y, fy) = split(y_px.clamp(-reach, image.height_px as f32));
        let start = image.at(x, y);
        let mixed_row = |row: usize| {
            let samples = &image.samples[start + row * image.stride..][..PATCH_PX + 1];
            let mut mixed = [0.0_f32; PATCH_PX];
            for lane in 0..PATCH_PX {
                mixed[lane] = samples[lane] + fx * (samples[lane + 1] - samples[lane]);
            }
            mixed
        };
        let mut upper = mixed_row(0);
        let (mut once, mut squared) = ([0.0_f32; PATCH_PX], [0.0_f32; PATCH_PX]);
        let (mut along_x, mut along_y) = ([0.0_f32; PATCH_PX], [0.0_f32; PATCH_PX]);
        for row in 0..PATCH_PX {
            let lower = mixed_row(row + 1);
            let lanes = row * PATCH_PX..(row + 1) * PATCH_PX;
            let (luma, gx, gy) = (&self.luma[lanes.clone()], &self.gx[lanes.clone()], &self.gy[lanes]);
            for lane in 0..PATCH_PX {
                let difference = upper[lane] + fy * (lower[lane] - upper[lane]) - luma[lane];
                once[lane] += difference;
                squared[lane] += difference * difference;
                along_x[lane] += difference * gx[lane];
                along_y[lane] += difference * gy[lane];
            }
            upper = lower;
        }
        let once = lanes_sum(&once);
        (lanes_sum(&squared) - once * once / AREA as f32, lanes_sum(&along_x), lanes_sum(&along_y))
    }
}

/// The sum in an order that does not depend on the machine's vectors.
#[inline(always)]
fn lanes_sum(lanes: &[f32; PATCH_PX]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

#[inline(always)]
fn sum(samples: &[f32; AREA]) -> f32 {
    let mut lanes = [0.0; PATCH_PX];
    for row in samples.chunks_exact(PATCH_PX) {
        for (lane, sample) in lanes.iter_mut().zip(row) {
            *lane += sample;
        }
    }
    lanes_sum(&lanes)
}

/// The flow of patches of `a` in `b`, begun with the flow of the level above (half this size), where there is one.
///
/// Each round reads only what the round before wrote, so patches could be searched in any order, or all at once.
pub(super) fn search(a: &Image, b: &Image, above: Option<&FlowField>, params: &DisParams) -> Patches {
    let mut patches = Patches::over(a.width_px, a.height_px, params.stride_px);
    if let Some(above) = above {
        let columns = patches.xs.len();
        for (row, y_px) in patches.ys.iter().enumerate() {
            for (column, x_px) in patches.xs.iter().enumerate() {
                let centre = |start: usize| (start as f32 + PATCH_PX as f32 / 2.0) / 2.0 - 0.5;
                let (dx, dy) = above.sample(centre(*x_px), centre(*y_px));
                patches.dx[row * columns + column] = dx * 2.0;
                patches.dy[row * columns + column] = dy * 2.0;
            }
        }
    }
    let begun = round(a, b, &patches, false, params.descent_steps);
    round(a, b, &begun, true, params.descent_steps)
}

vectorised! {
    /// One round over all patches: try the neighbours' flow, where wanted, and descend from the best.
    fn round(a: &Image, b: &Image, from: &Patches, neighbours: bool, steps: usize) -> Patches {
        let (columns, rows) = (from.xs.len(), from.ys.len());
        let mut to = Patches { dx: Vec::with_capacity(columns * rows), dy: Vec::with_capacity(columns * rows),
            cost: Vec::with_capacity(columns * rows), xs: from.xs.clone(), ys: from.ys.clone() };
        for row in 0..rows {
            for column in 0..columns {
                let (x_px, y_px) = (from.xs[column], from.ys[row]);
                let template = Template::new(a, x_px, y_px);
                let (x_px, y_px) = (x_px as f32, y_px as f32);
                let own = row * columns + column;
                let mut best = (from.dx[own], from.dy[own], from.cost[own]);
                if neighbours {
                    let around = [
                        (column > 0).then(|| own - 1),
                        (column + 1 < columns).then(|| own + 1),
                        (row > 0).then(|| own - columns),
                        (row + 1 < rows).then(|| own + columns),
                    ];
                    for other in around.into_iter().flatten() {
                        let (dx, dy) = (from.dx[other], from.dy[other]);
                        if (dx - best.0).abs().max((dy - best.1).abs()) < SAME_FLOW_PX {
                            continue;
                        }
                        let (cost, ..) = template.compare(b, x_px + dx, y_px + dy);
                        if cost < best.2 {
                            best = (dx, dy, cost);
                        }
                    }
                } else {
                    best.2 = template.compare(b, x_px + best.0, y_px + best.1).0;
                }
                let found = descend(&template, b, (x_px, y_px), best, steps);
                to.dx.push(found.0);
                to.dy.push(found.1);
                to.cost.push(found.2);
            }
        }
        to
    }
}

/// Steps downhill from a flow while that helps. What ends further than a patch away is taken for a stray.
#[inline(always)]
fn descend(
    template: &Template,
    b: &Image,
    (x_px, y_px): (f32, f32),
    start: (f32, f32, f32),
    steps: usize,
) -> (f32, f32, f32) {
    let mut best = start;
    let (mut dx, mut dy) = (start.0, start.1);
    for step in 0..=steps {
        let (cost, along_x, along_y) = template.compare(b, x_px + dx, y_px + dy);
        // The first look is at the start itself.
        if step > 0 {
            if cost >= best.2 {
                break;
            }
            best = (dx, dy, cost);
        }
        let [xx, xy, yy] = template.inverse;
        let (step_x, step_y) = (xx * along_x + xy * along_y, xy * along_x + yy * along_y);
        if step_x.abs().max(step_y.abs()) < CONVERGED_PX {
            break;
        }
        dx -= step_x;
        dy -= step_y;
    }
    let (far_x, far_y) = (best.0 - start.0, best.1 - start.1);
    let stray = far_x * far_x + far_y * far_y > (PATCH_PX * PATCH_PX) as f32;
    if stray { start } else { best }
}
