//! How fast a picture moves to the next one, as one number that noise, re-compression and a change of light do not move.

use super::small::SmallLuma;

/// Side of a tile in samples of the small picture.
const TILE: usize = 10;
/// What a tile's texture must rise above, per sample: noise left in the small picture, in squared codes.
const NOISE: f32 = 1.0;
/// A tile is followed this far at one level, in samples.
const REACH: f32 = 3.0;
const ROUNDS: usize = 4;

/// Motion from one small picture to the next, in pixels of the small picture a frame: the root mean square of what its
/// textured tiles moved. Half the size first, then the whole.
///
/// Each tile is followed by its slopes (Lucas and Kanade), with its mean level free, so that noise, which does not
/// follow the slopes, and light, which changes the mean, count for almost nothing: a repeated frame is near 0 however
/// it was compressed, and a motion of a hundredth of a pixel still shows.
pub(super) fn motion(from: &SmallLuma, to: &SmallLuma) -> f64 {
    if from.width < 2 * TILE || from.height < 2 * TILE {
        return difference(from, to);
    }
    let to = &to.lit_as(from);
    let (coarse_from, coarse_to) = (from.halved(), to.halved());
    let (mut sum, mut weights) = (0.0_f64, 0.0_f64);
    for y in (0..=from.height - TILE).step_by(TILE) {
        for x in (0..=from.width - TILE).step_by(TILE) {
            // The coarse tile has the same side and so looks at twice as much picture.
            let coarse_x = (x / 2).saturating_sub(TILE / 4).min(coarse_from.width.saturating_sub(TILE));
            let coarse_y = (y / 2).saturating_sub(TILE / 4).min(coarse_from.height.saturating_sub(TILE));
            let start =
                follow(&coarse_from, &coarse_to, coarse_x, coarse_y, [0.0, 0.0]).map_or([0.0; 2], |tile| tile.shift);
            let start = start.map(|shift| shift * 2.0);
            let Some(tile) = follow(from, to, x, y, start) else { continue };
            let [u, v] = tile.shift;
            sum += f64::from(tile.weight) * f64::from(u * u + v * v - tile.noise);
            weights += f64::from(tile.weight);
        }
    }
    if weights > 0.0 { (sum.max(0.0) / weights).sqrt() } else { 0.0 }
}

/// Mean difference of two pictures after taking out the change of their mean, in codes.
pub(super) fn difference(from: &SmallLuma, to: &SmallLuma) -> f64 {
    let count = from.codes.len().max(1) as f64;
    let mean = from.codes.iter().zip(&to.codes).map(|(a, b)| f64::from(b - a)).sum::<f64>() / count;
    from.codes.iter().zip(&to.codes).map(|(a, b)| (f64::from(b - a) - mean).abs()).sum::<f64>() / count
}

/// Where a tile went.
struct Tile {
    /// In samples, right and down.
    shift: [f32; 2],
    /// How far its texture can be trusted, 0 to 1.
    weight: f32,
    /// What noise alone adds to the squared length of `shift`.
    noise: f32,
}

/// Most noise, in squared codes, that what is left of a tile is taken for; beyond it is motion that was not followed.
const MOST_NOISE: f32 = 6.0;

/// Follows a tile; `None` without texture.
fn follow(from: &SmallLuma, to: &SmallLuma, x0: usize, y0: usize, start: [f32; 2]) -> Option<Tile> {
    let count = (TILE * TILE) as f32;
    let mut slopes = [[0.0_f32; 3]; TILE * TILE];
    let (mut mean_x, mut mean_y, mut mean) = (0.0, 0.0, 0.0);
    for (place, slope) in slopes.iter_mut().enumerate() {
        let (x, y) = (x0 + place % TILE, y0 + place / TILE);
        let across = (from.at(x + 1, y) - from.at(x.saturating_sub(1), y)) / 2.0;
        let down = (from.at(x, y + 1) - from.at(x, y.saturating_sub(1))) / 2.0;
        *slope = [across, down, from.at(x, y)];
        mean_x += across / count;
        mean_y += down / count;
        mean += slope[2] / count;
    }
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for slope in &mut slopes {
        *slope = [slope[0] - mean_x, slope[1] - mean_y, slope[2] - mean];
        xx += slope[0] * slope[0];
        xy += slope[0] * slope[1];
        yy += slope[1] * slope[1];
    }
    let texture = (xx + yy) / count;
    if texture < NOISE {
        return None;
    }
    // The noise on the diagonal keeps a tile with one edge from running along it.
    let (xx, yy) = (NOISE * 0.25 * count + xx, NOISE * 0.25 * count + yy);
    let determinant = xx * yy - xy * xy;
    let error_at = |[u, v]: [f32; 2], errors: &mut [f32; TILE * TILE]| {
        let mut level = 0.0;
        for (place, error) in errors.iter_mut().enumerate() {
            let (x, y) = ((x0 + place % TILE) as f32 + u, (y0 + place / TILE) as f32 + v);
            *error = to.sample(x, y) - slopes[place][2];
            level += *error / count;
        }
        let mut sum = 0.0;
        for error in errors.iter_mut() {
            *error -= level;
            sum += *error * *error;
        }
        sum
    };
    let mut errors = [0.0_f32; TILE * TILE];
    let mut shift = [0.0_f32; 2];
    let mut least = error_at(shift, &mut errors);
    if start != [0.0, 0.0] {
        let mut started = [0.0_f32; TILE * TILE];
        let error = error_at(start, &mut started);
        if error < least {
            (shift, least, errors) = (start, error, started);
        }
    }
    let origin = shift;
    for _ in 0..ROUNDS {
        let (mut bx, mut by) = (0.0, 0.0);
        for (slope, error) in slopes.iter().zip(&errors) {
            bx += slope[0] * error;
            by += slope[1] * error;
        }
        let step = [-(yy * bx - xy * by) / determinant, -(xx * by - xy * bx) / determinant];
        let tried = [
            (shift[0] + step[0]).clamp(origin[0] - REACH, origin[0] + REACH),
            (shift[1] + step[1]).clamp(origin[1] - REACH, origin[1] + REACH),
        ];
        let mut tried_errors = [0.0_f32; TILE * TILE];
        let error = error_at(tried, &mut tried_errors);
        if error >= least {
            break;
        }
        (shift, least, errors) = (tried, error, tried_errors);
        if step[0].abs() + step[1].abs() < 0.005 {
            break;
        }
    }
    let noise = (least / count).min(MOST_NOISE) * (xx + yy) / determinant;
    Some(Tile { shift, weight: texture / (texture + 4.0 * NOISE), noise })
}

#[cfg(test)]
mod tests {
    use super::{super::testing::Scene, *};

    fn small(scene: &Scene, at: f64, seed: u64) -> SmallLuma {
        SmallLuma::of(&scene.noisy(at, 2.0, seed))
    }

    #[test]
    fn motion_grows_with_the_way_and_noise_is_none() {
        let scene = Scene::PAN;
        let first = small(&scene, 0.0, 1);
        let still = motion(&first, &small(&scene, 0.0, 2));
        let mut last = still;
        for way in [0.25, 0.5, 1.0, 2.0, 3.0] {
            let moved = motion(&first, &small(&scene, way, 3));
            assert!(moved > last * 1.2, "{way}: {moved} after {last}");
            last = moved;
        }
        let one = motion(&first, &small(&scene, 1.0, 4));
        assert!(still < one * 0.1, "still {still}, one frame {one}");
    }

    #[test]
    fn light_is_not_motion() {
        let first = SmallLuma::of(&Scene::PAN.at(0.0));
        let mut lit = first.clone();
        for code in &mut lit.codes {
            *code = *code * 1.04 + 1.0;
        }
        let moved = motion(&first, &SmallLuma::of(&Scene::PAN.at(1.0)));
        assert!(motion(&first, &lit) < moved * 0.1);
    }
}
