//! From the flow of patches to that of every sample.

use super::{
    field::FlowField,
    image::{Image, split},
    params::PATCH_PX,
    search::Patches,
    vectorised::vectorised,
};

vectorised! {
    /// The flow of each sample: the mean over the patches that cover it, each weighted by how like the two pictures
    /// are at that sample under the patch's flow.
    pub(super) fn densify(a: &Image, b: &Image, patches: &Patches) -> FlowField {
        let (width_px, height_px) = (a.width_px, a.height_px);
        let mut field = FlowField::still(width_px, height_px);
        let mut weights = vec![0.0_f32; width_px * height_px];
        let columns = patches.xs.len();
        let (patch_width_px, patch_height_px) = (PATCH_PX.min(width_px), PATCH_PX.min(height_px));
        for (row, y_px) in patches.ys.iter().enumerate() {
            for (column, x_px) in patches.xs.iter().enumerate() {
                let (dx, dy) = (patches.dx[row * columns + column], patches.dy[row * columns + column]);
                let reach = PATCH_PX as f32;
                let (x, fx) = split((*x_px as f32 + dx).clamp(-reach, width_px as f32));
                let (y, fy) = split((*y_px as f32 + dy).clamp(-reach, height_px as f32));
                let start = b.at(x, y);
                for line in 0..patch_height_px {
                    let upper = &b.samples[start + line * b.stride..][..PATCH_PX + 1];
                    let lower = &b.samples[start + (line + 1) * b.stride..][..PATCH_PX + 1];
                    let luma = &a.samples[a.at(*x_px as isize, (*y_px + line) as isize)..][..PATCH_PX];
                    let mut weight = [0.0_f32; PATCH_PX];
                    for lane in 0..PATCH_PX {
                        let top = upper[lane] + fx * (upper[lane + 1] - upper[lane]);
                        let bottom = lower[lane] + fx * (lower[lane + 1] - lower[lane]);
                        let difference = (top + fy * (bottom - top) - luma[lane]).abs();
                        weight[lane] = 1.0 / difference.max(1.0);
                    }
                    let at = (y_px + line) * width_px + x_px;
                    let lanes = at..at + patch_width_px;
                    for (sum, weight) in weights[lanes.clone()].iter_mut().zip(&weight) {
                        *sum += weight;
                    }
                    for (sum, weight) in field.dx[lanes.clone()].iter_mut().zip(&weight) {
                        *sum += weight * dx;
                    }
                    for (sum, weight) in field.dy[lanes].iter_mut().zip(&weight) {
                        *sum += weight * dy;
                    }
                }
            }
        }
        for ((dx, dy), weight) in field.dx.iter_mut().zip(&mut field.dy).zip(&weights) {
            let scale = 1.0 / weight;
            *dx *= scale;
            *dy *= scale;
        }
        field
    }
}
