//! Variational refinement of a level's flow: brightness and gradient constancy against smoothness, after Brox et al.
//! 2004, as the DIS paper uses it. The pictures are warped once; each round weighs anew and relaxes the equations.

use super::{
    comb::Comb,
    field::FlowField,
    image::Image,
    relax::{System, relax},
    vectorised::vectorised,
};

/// Weight of brightness constancy.
const BRIGHTNESS: f32 = 2.5;
/// Weight of gradient constancy.
const GRADIENT: f32 = 5.0;
/// Weight of smoothness.
const SMOOTHNESS: f32 = 10.0;
/// Keeps the weights finite where something is constant.
const EPSILON_SQUARED: f32 = 1e-6;
/// Keeps the normalisation finite in flat areas.
const ZETA_SQUARED: f32 = 1e-2;

/// Refines the flow of `a` in `b`.
pub(super) fn refine(a: &Image, b: &Image, flow: &mut FlowField, rounds: usize) {
    if rounds == 0 {
        return;
    }
    let (width_px, height_px) = (a.width_px, a.height_px);
    let terms = Terms::new(a, b, flow);
    let split = |plane: &[f32]| Comb::split(width_px, height_px, plane.chunks_exact(width_px));
    let base = [split(&flow.dx), split(&flow.dy)];
    let mut refined = base.clone();
    let mut system = System::new(width_px, height_px);
    for _ in 0..rounds {
        weigh_smoothness(&refined, &mut system, width_px, height_px);
        weigh_data(&terms, &base, &refined, &mut system, height_px);
        relax(&system, &mut refined, height_px);
    }
    refined[0].join(&mut flow.dx);
    refined[1].join(&mut flow.dy);
}

/// Derivatives of the pair under the flow it began with.
struct Terms {
    ix: Comb,
    iy: Comb,
    iz: Comb,
    ixx: Comb,
    ixy: Comb,
    iyy: Comb,
    ixz: Comb,
    iyz: Comb,
}

impl Terms {
    fn new(a: &Image, b: &Image, flow: &FlowField) -> Self {
        let (mut mean, mut iz) = (Image::new(a.width_px, a.height_px), Image::new(a.width_px, a.height_px));
        warp(a, b, flow, &mut mean, &mut iz);
        mean.extend();
        iz.extend();
        let (ix, iy) = (along_x(&mean), along_y(&mean));
        let split = |image: &Image| {
            Comb::split(image.width_px, image.height_px, (0..image.height_px).map(|y_px| image.row(y_px)))
        };
        Self {
            ixx: split(&along_x(&ix)),
            ixy: split(&along_y(&ix)),
            iyy: split(&along_y(&iy)),
            ixz: split(&along_x(&iz)),
            iyz: split(&along_y(&iz)),
            ix: split(&ix),
            iy: split(&iy),
            iz: split(&iz),
        }
    }
}

vectorised! {
    fn warp(a: &Image, b: &Image, flow: &FlowField, mean: &mut Image, difference: &mut Image) {
        let mut warped = vec![0.0_f32; a.width_px];
        for y_px in 0..a.height_px {
            let row = y_px * a.width_px..(y_px + 1) * a.width_px;
            let flows = flow.dx[row.clone()].iter().zip(&flow.dy[row]);
            for (x_px, (sample, (dx, dy))) in warped.iter_mut().zip(flows).enumerate() {
                *sample = b.sample(x_px as f32 + dx, y_px as f32 + dy);
            }
            for ((mean, own), other) in mean.row_mut(y_px).iter_mut().zip(a.row(y_px)).zip(&warped) {
                *mean = (own + other) * 0.5;
            }
            for ((difference, own), other) in difference.row_mut(y_px).iter_mut().zip(a.row(y_px)).zip(&warped) {
                *difference = other - own;
            }
        }
    }
}

vectorised! {
    fn along_x(image: &Image) -> Image {
        let mut slope = Image::new(image.width_px, image.height_px);
        for y_px in 0..image.height_px {
            let around = image.wide_row(y_px as isize);
            for (slope, around) in slope.row_mut(y_px).iter_mut().zip(around.windows(3)) {
                *slope = (around[2] - around[0]) * 0.5;
            }
        }
        slope.extend();
        slope
    }
}

vectorised! {
    fn along_y(image: &Image) -> Image {
        let mut slope = Image::new(image.width_px, image.height_px);
        for y_px in 0..image.height_px {
            let above = &image.wide_row(y_px as isize - 1)[1..];
            let below = &image.wide_row(y_px as isize + 1)[1..];
            for ((slope, above), below) in slope.row_mut(y_px).iter_mut().zip(above).zip(below) {
                *slope = (below - above) * 0.5;
            }
        }
        slope.extend();
        slope
    }
}

vectorised! {
    /// How strongly each sample holds its right and lower neighbour: less where the flow changes.
    fn weigh_smoothness(flow: &[Comb; 2], system: &mut System, width_px: usize, height_px: usize) {
        for y_px in 0..height_px {
            for side in 0..2 {
                let range = flow[0].row(side, y_px);
                let (start, count) = (range.start, range.len());
                let below = if y_px + 1 < height_px { start + flow[0].stride } else { start };
                // The right neighbour of an odd column is the next even one; the last column has none.
                let right = start + side;
                let has_last = (width_px - 1) % 2 == side;
                let hold = &mut system.right.halves[side][range.clone()];
                hold.fill(EPSILON_SQUARED);
                for axis in flow {
                    let own = &axis.halves[side][range.clone()];
                    let below = &axis.halves[side][below..below + count];
                    let right = &axis.halves[1 - side][right..right + count];
                    let inner = if has_last { count - 1 } else { count };
                    for index in 0..inner {
                        let (across, down) = (right[index] - own[index], below[index] - own[index]);
                        hold[index] += across * across + down * down;
                    }
                    if has_last {
                        hold[inner] += (below[inner] - own[inner]) * (below[inner] - own[inner]);
                    }
                }
                for weight in &mut *hold {
                    *weight = SMOOTHNESS / weight.sqrt();
                }
                let down = &mut system.down.halves[side][range];
                if y_px + 1 < height_px {
                    down.copy_from_slice(hold);
                }
                if has_last {
                    hold[count - 1] = 0.0;
                }
            }
        }
    }
}

vectorised! {
    /// The equations of every sample: what the pictures ask of it, and the weight of its neighbours.
    fn weigh_data(terms: &Terms, base: &[Comb; 2], flow: &[Comb; 2], system: &mut System, height_px: usize) {
        for y_px in 0..height_px {
            for side in 0..2 {
                weigh_row(terms, (base, flow), system, side, y_px);
            }
        }
    }
}

#[inline(always)]
fn weigh_row(terms: &Terms, flows: (&[Comb; 2], &[Comb; 2]), system: &mut System, side: usize, y_px: usize) {
    let (range, stride) = (terms.ix.row(side, y_px), terms.ix.stride);
    let (start, count) = (range.start, range.len());
    macro_rules! row {
        ($comb:expr) => {
            &$comb.halves[side][start..start + count]
        };
    }
    let (ix, iy, iz) = (row!(terms.ix), row!(terms.iy), row!(terms.iz));
    let (ixx, ixy, iyy) = (row!(terms.ixx), row!(terms.ixy), row!(terms.iyy));
    let (ixz, iyz) = (row!(terms.ixz), row!(terms.iyz));
    let (base_x, base_y) = (row!(flows.0[0]), row!(flows.0[1]));
    let (flow_x, flow_y) = (row!(flows.1[0]), row!(flows.1[1]));
    let left = start + side - 1;
    let hold_left = &system.right.halves[1 - side][left..left + count];
    let hold_right = row!(system.right);
    let hold_up = &system.down.halves[side][start - stride..start - stride + count];
    let hold_down = row!(system.down);
    let [inverse_x, inverse_y] = &mut system.inverse;
    let inverse_x = &mut inverse_x.halves[side][start..start + count];
    let inverse_y = &mut inverse_y.halves[side][start..start + count];
    let [aim_x, aim_y] = &mut system.aim;
    let aim_x = &mut aim_x.halves[side][start..start + count];
    let aim_y = &mut aim_y.halves[side][start..start + count];
    let cross = &mut system.cross.halves[side][start..start + count];
    for i in 0..count {
        let (dx, dy) = (flow_x[i] - base_x[i], flow_y[i] - base_y[i]);
        // Brightness: the squared difference, in pixels of flow rather than in codes.
        let norm = 1.0 / (ix[i] * ix[i] + iy[i] * iy[i] + ZETA_SQUARED);
        let rest = iz[i] + ix[i] * dx + iy[i] * dy;
        let weight = BRIGHTNESS * norm / (rest * rest * norm + EPSILON_SQUARED).sqrt();
        let (mut xx, mut xy, mut yy) = (weight * ix[i] * ix[i], weight * ix[i] * iy[i], weight * iy[i] * iy[i]);
        let (mut x, mut y) = (-weight * iz[i] * ix[i], -weight * iz[i] * iy[i]);
        // Gradients: the same for the derivatives along x and along y.
        let norm_x = 1.0 / (ixx[i] * ixx[i] + ixy[i] * ixy[i] + ZETA_SQUARED);
        let norm_y = 1.0 / (ixy[i] * ixy[i] + iyy[i] * iyy[i] + ZETA_SQUARED);
        let rest_x = ixz[i] + ixx[i] * dx + ixy[i] * dy;
        let rest_y = iyz[i] + ixy[i] * dx + iyy[i] * dy;
        let weight = GRADIENT / (rest_x * rest_x * norm_x + rest_y * rest_y * norm_y + EPSILON_SQUARED).sqrt();
        let (weight_x, weight_y) = (weight * norm_x, weight * norm_y);
        xx += weight_x * ixx[i] * ixx[i] + weight_y * ixy[i] * ixy[i];
        xy += weight_x * ixx[i] * ixy[i] + weight_y * ixy[i] * iyy[i];
        yy += weight_x * ixy[i] * ixy[i] + weight_y * iyy[i] * iyy[i];
        x -= weight_x * ixx[i] * ixz[i] + weight_y * ixy[i] * iyz[i];
        y -= weight_x * ixy[i] * ixz[i] + weight_y * iyy[i] * iyz[i];
        xx += ZETA_SQUARED;
        yy += ZETA_SQUARED;
        let hold = (hold_up[i] + hold_down[i]) + (hold_left[i] + hold_right[i]);
        inverse_x[i] = 1.0 / (xx + hold);
        inverse_y[i] = 1.0 / (yy + hold);
        cross[i] = xy;
        // The pictures ask for a change; the equations are those of the whole flow.
        aim_x[i] = x + xx * base_x[i] + xy * base_y[i];
        aim_y[i] = y + xy * base_x[i] + yy * base_y[i];
    }
}
