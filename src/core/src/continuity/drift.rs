//! Drift along a run of continued shots: how far a later frame's look has moved from the first's, whatever it shows.

use super::small::Gray;
use crate::planes::{Plane, YuvFrame};

/// Light below this share of white does not count as darker: a black frame has no exposure to measure.
const DARKEST_LIGHT: f64 = 1e-3;
/// The longer side at which detail is measured.
const DETAIL_SIDE_PX: usize = 640;
/// Octaves of detail, from the finest.
const OCTAVES: usize = 4;
/// Detail below this many codes squared is the encoder's and not the picture's.
const DETAIL_FLOOR: f64 = 0.25;

/// How far the look of a shot has moved from the first of its run. All three are statistics of the whole frame, so
/// moving content hardly shows; another subject or framing does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Change of detail over four octaves: the mean of `|log2|` of each octave's share of contrast, in octaves.
    /// 0 is the same, 0.3 is visibly softer (or grainier), 1 is half (or double) the detail.
    pub structure: f64,
    /// Fine detail against the first frame's, as `log2` of the ratio: -1 is half. Generation loss makes it negative,
    /// grain and sharpening positive.
    pub softness_octaves: f64,
    /// Distance of the two spreads of Cb and Cr (2-Wasserstein between normal distributions), in eight-bit codes.
    /// Below 2 nobody sees it, 5 is a visible cast or change of saturation, 10 is another grade.
    pub color: f64,
    /// Change of the mean light (log-average of linear light) in photographic stops: +1 is twice as bright.
    pub exposure_stops: f64,
}

/// The drift of `later` from `first`.
#[must_use]
pub fn drift(first: &YuvFrame, later: &YuvFrame) -> Drift {
    let (from, to) = (detail(&first.luma, later), detail(&later.luma, first));
    let changes: Vec<f64> =
        from.iter().zip(&to).map(|(&from, &to)| 0.5 * ((to + DETAIL_FLOOR) / (from + DETAIL_FLOOR)).log2()).collect();
    let structure = changes.iter().map(|change| change.abs()).sum::<f64>() / changes.len().max(1) as f64;
    Drift {
        structure,
        softness_octaves: changes.first().copied().unwrap_or(0.0),
        color: color_distance(first, later),
        exposure_stops: (mean_light(&later.luma) / mean_light(&first.luma)).log2(),
    }
}

/// The energy of each octave of detail, from the finest, at a size both frames have.
fn detail(plane: &Plane, other: &YuvFrame) -> Vec<f64> {
    let (width, height) = (plane.width_px.min(other.width_px()).max(1), plane.height_px.min(other.height_px()).max(1));
    let longest = width.max(height);
    let size = |side: usize| if longest > DETAIL_SIDE_PX { (side * DETAIL_SIDE_PX / longest).max(1) } else { side };
    let mut level = Gray::averaged(plane, size(width), size(height));
    let mut energies = Vec::with_capacity(OCTAVES);
    for _ in 0..OCTAVES {
        let soft = level.softened();
        let energy: f64 =
            level.values.iter().zip(&soft.values).map(|(code, soft)| f64::from((code - soft).powi(2))).sum();
        energies.push(energy / level.values.len() as f64);
        level = soft.halved();
    }
    energies
}

/// Mean and covariance of Cb and Cr.
struct Spread {
    mean: [f64; 2],
    cb: f64,
    cr: f64,
    both: f64,
}

fn spread(frame: &YuvFrame) -> Spread {
    let pairs = || frame.cb.codes.iter().zip(&frame.cr.codes);
    let count = pairs().count().max(1) as f64;
    let (mut sums, mut squares) = ([0_u64; 2], [0_u64; 3]);
    for (&cb, &cr) in pairs() {
        let (cb, cr) = (u64::from(cb), u64::from(cr));
        sums = [sums[0] + cb, sums[1] + cr];
        squares = [squares[0] + cb * cb, squares[1] + cr * cr, squares[2] + cb * cr];
    }
    let mean = sums.map(|sum| sum as f64 / count);
    let moment = |sum: u64, product: f64| sum as f64 / count - product;
    Spread {
        mean,
        cb: moment(squares[0], mean[0] * mean[0]).max(0.0),
        cr: moment(squares[1], mean[1] * mean[1]).max(0.0),
        both: moment(squares[2], mean[0] * mean[1]),
    }
}

/// Distance of two normal distributions: `|m1 - m2|² + tr(S1 + S2 - 2 (S1 S2)^½)`, the root in its form for 2x2.
fn color_distance(first: &YuvFrame, later: &YuvFrame) -> f64 {
    let (a, b) = (spread(first), spread(later));
    let means: f64 = a.mean.iter().zip(&b.mean).map(|(from, to)| (from - to).powi(2)).sum();
    let product_trace = a.cb * b.cb + 2.0 * a.both * b.both + a.cr * b.cr;
    let determinants = (a.cb * a.cr - a.both * a.both).max(0.0) * (b.cb * b.cr - b.both * b.both).max(0.0);
    let root_trace = (product_trace + 2.0 * determinants.sqrt()).max(0.0).sqrt();
    (means + (a.cb + a.cr + b.cb + b.cr - 2.0 * root_trace).max(0.0)).sqrt()
}

/// The log-average of linear light, 1 at white; video's black to white under a display gamma of 2.4.
fn mean_light(plane: &Plane) -> f64 {
    let mut counts = [0_u64; 256];
    for &code in &plane.codes {
        counts[usize::from(code)] += 1;
    }
    let total: u64 = counts.iter().sum();
    let logs: f64 = counts
        .iter()
        .enumerate()
        .map(|(code, &count)| {
            let light = ((code as f64 - 16.0) / 219.0).clamp(0.0, 1.0).powf(2.4);
            count as f64 * light.max(DARKEST_LIGHT).log2()
        })
        .sum();
    (logs / total.max(1) as f64).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::continuity::painted::{Painting, encoded, toned};

    fn shot() -> Painting {
        Painting::of(8)
    }

    #[test]
    fn the_same_frame_has_not_drifted_and_no_frame_gives_nonsense() {
        let frame = shot().frame(320, 180);
        let none = drift(&frame, &frame);
        assert!(none.structure < 1e-9 && none.color < 1e-3 && none.exposure_stops.abs() < 1e-9, "{none:?}");
        let black = YuvFrame::filled(2, 2, [16, 128, 128]);
        for (a, b) in [(&black, &frame), (&frame, &black), (&black, &black)] {
            let found = drift(a, b);
            let values = [found.structure, found.softness_octaves, found.color, found.exposure_stops];
            assert!(values.iter().all(|value| value.is_finite()), "{found:?}");
        }
    }

    #[test]
    fn a_subject_that_moves_is_hardly_drift() {
        let moved = Painting { subject: (0.6, 0.55), ..shot() };
        let found = drift(&shot().frame(640, 360), &moved.frame(640, 360));
        assert!(found.structure < 0.1 && found.color < 1.0 && found.exposure_stops.abs() < 0.05, "{found:?}");
    }

    #[test]
    fn exposure_is_in_stops_of_light() {
        // Under a gamma of 2.4 a stop is 2^(1/2.4) in code.
        for stops in [-1.0, -0.3, 0.2] {
            let gain = f64::exp2(stops / 2.4);
            let frame = shot().frame(320, 180);
            let found = drift(&frame, &toned(&frame, |code| 16.0 + (code - 16.0) * gain));
            assert!((found.exposure_stops - stops).abs() < 0.03, "{found:?} for {stops}");
        }
    }

    #[test]
    fn a_cast_is_in_codes() {
        let frame = shot().frame(320, 180);
        let mut warm = frame.clone();
        for code in &mut warm.cr.codes {
            *code += 6;
        }
        let found = drift(&frame, &warm);
        assert!((found.color - 6.0).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn each_generation_is_softer() {
        let frame = encoded(&shot().frame(640, 360), 3.0, 4);
        let mut worn = frame.clone();
        let mut before = 0.0;
        for generation in 1..=2 {
            worn = encoded(&worn, 0.0, generation);
            let found = drift(&frame, &worn);
            assert!(found.softness_octaves < before - 0.1 && found.structure > 0.05, "{generation}: {found:?}");
            before = found.softness_octaves;
        }
    }
}
