//! How near pictures are to the truth.

use kinora_core::planes::{Plane, YuvFrame};

/// Nearness of a window to its truth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Score {
    /// Of the luma's squared error over the whole window.
    pub(crate) psnr_db: f64,
    /// Of both chroma planes.
    pub(crate) chroma_db: f64,
    /// Mean over luma blocks of eight pixels, four apart.
    pub(crate) ssim: f64,
}

impl Score {
    pub(crate) fn of(frames: &[YuvFrame], truth: &[YuvFrame]) -> Self {
        assert_eq!(frames.len(), truth.len(), "a window keeps its length");
        let mean = |value: &dyn Fn(&YuvFrame, &YuvFrame) -> f64| {
            frames.iter().zip(truth).map(|(frame, truth)| value(frame, truth)).sum::<f64>() / frames.len() as f64
        };
        let luma = mean(&|a, b| squared_error(&a.luma, &b.luma));
        let chroma = mean(&|a, b| (squared_error(&a.cb, &b.cb) + squared_error(&a.cr, &b.cr)) / 2.0);
        Self { psnr_db: psnr(luma), chroma_db: psnr(chroma), ssim: mean(&|a, b| ssim(&a.luma, &b.luma)) }
    }
}

fn psnr(squared: f64) -> f64 {
    10.0 * (255.0 * 255.0 / squared.max(1e-3)).log10()
}

fn squared_error(a: &Plane, b: &Plane) -> f64 {
    let sum: u64 = a.codes.iter().zip(&b.codes).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2)).sum();
    sum as f64 / a.codes.len() as f64
}

fn ssim(a: &Plane, b: &Plane) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for y in (0..=a.height_px - 8).step_by(4) {
        for x in (0..=a.width_px - 8).step_by(4) {
            let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
            for line in y..y + 8 {
                for (&p, &q) in a.row(line)[x..x + 8].iter().zip(&b.row(line)[x..x + 8]) {
                    let (p, q) = (u32::from(p), u32::from(q));
                    sa += p;
                    sb += q;
                    saa += p * p;
                    sbb += q * q;
                    sab += p * q;
                }
            }
            let [sa, sb, saa, sbb, sab] = [sa, sb, saa, sbb, sab].map(|sum| f64::from(sum) / 64.0);
            let (va, vb, cov) = (saa - sa * sa, sbb - sb * sb, sab - sa * sb);
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * sa * sb + c1) * (2.0 * cov + c2) / ((sa * sa + sb * sb + c1) * (va + vb + c2));
            count += 1;
        }
    }
    sum / f64::from(count)
}
