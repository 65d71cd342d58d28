//! Which frames repeat, and how much motion lies between the others.

use super::{motion::motion, small::SmallLuma};
use std::ops::Range;

/// A frame that moved less than this part of the usual motion since the last kept one repeats it.
const REPEATED_SHARE: f64 = 0.2;
/// A pair slower than this part of the usual motion belongs to a slow start.
const SLOW_SHARE: f64 = 0.8;
/// Fewer slow pairs are as likely the scene's own motion.
const SLOW_PAIRS: usize = 3;
/// Motion below this, in pixels of the small picture a frame, is none.
const STILL_PX: f64 = 0.02;
/// Pairs that say how fast the first part moves towards its end.
const NEAR_PAIRS: usize = 4;
/// A stall is at the cut when it begins at most this many frames after it.
const NEAR_CUT_FRAMES: usize = 2;

/// What was found in a run of frames round a cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    /// Indices of the frames that are not repeats; the first and the last frame always are among them.
    pub(super) frames: Vec<usize>,
    /// Motion covered at each kept frame, in frames of usual motion; the first is 0.
    pub(super) ways: Vec<f64>,
    /// Speeds towards the two ends, in frames of usual motion a frame.
    pub(super) border_speeds: [f64; 2],
}

/// Why nothing is to be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steady {
    /// Nothing moves.
    Still,
    /// Nothing stalls at the cut.
    Moving,
    /// Frames repeat as much away from the cut: the clip's own cadence.
    Cadence,
}

/// Finds the repeats and the slow start among the frames of `span`; those before `cut` belong to the first shot. The
/// frames outside only say how fast things usually move.
pub(super) fn find(frames: &[SmallLuma], span: &Range<usize>, cut: usize) -> Result<Kept, Steady> {
    let steps: Vec<f64> = frames.windows(2).map(|pair| motion(&pair[0], &pair[1])).collect();
    if span.len() < 3 || cut <= span.start || cut >= span.end {
        return Err(Steady::Moving);
    }
    let (first, second) = (&steps[..cut - 1], &steps[cut..]);
    let near = &first[first.len().saturating_sub(NEAR_PAIRS)..];
    let mut usual = [median(near), moving_median(second)];
    if usual[0] < usual[1] * REPEATED_SHARE {
        usual[0] = usual[0].max(moving_median(first));
    }
    // The second shot's own pace, a slow start left aside. The slower of the two shots is what a stall is judged by,
    // unless the second has no motion to speak of: then the first is all there is to go by.
    let pace = fast(second);
    let at_cut = if pace < usual[0] * REPEATED_SHARE { usual[0] } else { usual[0].min(pace) };
    let at_cut = if at_cut < STILL_PX { usual[0].max(usual[1]) } else { at_cut };
    if at_cut < STILL_PX {
        return Err(Steady::Still);
    }
    let span = span.clone();
    let kept = vec![span.start];
    let mut walk = Walk { frames, span, cut, at_cut, usual, kept, weights: Vec::new(), dropped: Vec::new() };
    walk.run();
    walk.finish(&steps)
}

struct Walk<'a> {
    frames: &'a [SmallLuma],
    span: Range<usize>,
    cut: usize,
    at_cut: f64,
    usual: [f64; 2],
    kept: Vec<usize>,
    weights: Vec<f64>,
    dropped: Vec<usize>,
}

impl Walk<'_> {
    /// Compares every frame with the last kept one, so that slow motion adds up instead of being dropped bit by bit.
    fn run(&mut self) {
        let mut is_starting = true;
        for index in self.span.start + 1..self.span.end {
            let last = self.kept[self.kept.len() - 1];
            let moved = motion(&self.frames[last], &self.frames[index]);
            let usual = if index < self.cut {
                self.usual[0]
            } else if is_starting {
                self.at_cut
            } else {
                self.usual[1].max(STILL_PX)
            };
            let share = moved / usual;
            if share < REPEATED_SHARE {
                self.dropped.push(index);
                continue;
            }
            is_starting &= index < self.cut || share < SLOW_SHARE;
            self.kept.push(index);
            self.weights.push(if index >= self.cut && is_starting { share } else { 1.0 });
        }
    }

    fn finish(mut self, steps: &[f64]) -> Result<Kept, Steady> {
        let end = self.span.end - 1;
        if self.kept.last() != Some(&end) {
            // The last frame stays where it is: of the frames that it repeats, it is the one kept.
            if self.kept.len() > 1 {
                let swapped = self.kept.pop();
                self.dropped.extend(swapped);
            } else {
                self.weights.push(REPEATED_SHARE);
            }
            self.dropped.retain(|&index| index != end);
            self.kept.push(end);
        }
        let is_slow_start = self.is_slow_start(steps);
        if !is_slow_start {
            self.weights.fill(1.0);
        }
        let at_cut = self.stall_at_cut();
        if at_cut == 0 && !is_slow_start {
            return Err(Steady::Moving);
        }
        let elsewhere = self.stalls_elsewhere();
        if elsewhere.len() >= 2 && elsewhere.iter().all(|&stall| stall >= at_cut) {
            return Err(Steady::Cadence);
        }
        let mut ways = vec![0.0];
        for weight in &self.weights {
            ways.push(ways[ways.len() - 1] + weight);
        }
        let border_speeds = [self.speed_before(), self.speed_after()];
        Ok(Kept { frames: self.kept, ways, border_speeds })
    }

    /// Whether the slow pairs after the cut are the second shot gathering speed, and not the scene's own motion: the
    /// first shot moves steadily into the cut, the second gains speed frame by frame and arrives at the same pace.
    fn is_slow_start(&self, steps: &[f64]) -> bool {
        let slow: Vec<f64> = self.weights.iter().copied().filter(|&weight| weight < 1.0).collect();
        let near = &steps[(self.cut - 1).saturating_sub(NEAR_PAIRS)..self.cut - 1];
        let usual = median(near);
        let is_steady = near.len() >= 2 && near.iter().all(|&step| step > usual * 0.6 && step < usual * 1.6);
        let is_gathering = slow.windows(2).all(|pair| pair[1] > pair[0] * 0.85);
        let ratio = fast(&steps[self.cut..]) / usual.max(f64::EPSILON);
        slow.len() >= SLOW_PAIRS && is_steady && is_gathering && (0.5..2.0).contains(&ratio)
    }

    /// The longest run of dropped frames, in frames, that touches the cut.
    fn stall_at_cut(&self) -> usize {
        runs(&self.dropped)
            .into_iter()
            .filter(|&(from, length)| from <= self.cut + NEAR_CUT_FRAMES && from + length + 1 >= self.cut)
            .map(|(_, length)| length)
            .max()
            .unwrap_or(0)
    }

    fn stalls_elsewhere(&self) -> Vec<usize> {
        runs(&self.dropped)
            .into_iter()
            .filter(|&(from, length)| from > self.cut + NEAR_CUT_FRAMES || from + length + 1 < self.cut)
            .map(|(_, length)| length)
            .collect()
    }

    /// Frames of motion a frame away from the cut: below one where the clip repeats frames all along.
    fn speed_before(&self) -> f64 {
        let dropped = self.dropped.iter().filter(|&&index| index + NEAR_CUT_FRAMES < self.cut).count();
        density(dropped, (self.cut - self.span.start).saturating_sub(NEAR_CUT_FRAMES + 1))
    }

    fn speed_after(&self) -> f64 {
        if let Some(&weight) = self.weights.last().filter(|&&weight| weight < 1.0) {
            return weight;
        }
        let moving = (self.cut..self.span.end).find(|index| !self.dropped.contains(index)).unwrap_or(self.cut);
        let dropped = self.dropped.iter().filter(|&&index| index > moving).count();
        density(dropped, self.span.end - moving)
    }
}

/// Below this many frames there is no telling a cadence.
const CADENCE_FRAMES: usize = 6;

fn density(dropped: usize, total: usize) -> f64 {
    if total < CADENCE_FRAMES || dropped < 2 { 1.0 } else { (total - dropped) as f64 / total as f64 }
}

/// Runs of successive numbers: the first number and how many.
fn runs(numbers: &[usize]) -> Vec<(usize, usize)> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in sorted {
        match runs.last_mut() {
            Some((from, length)) if *from + *length == number => *length += 1,
            _ => runs.push((number, 1)),
        }
    }
    runs
}

pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The median of the pairs that move at all, compared with the faster of them.
pub(super) fn moving_median(steps: &[f64]) -> f64 {
    let least = fast(steps) * REPEATED_SHARE;
    median(&steps.iter().copied().filter(|&step| step >= least).collect::<Vec<_>>())
}

/// What three quarters of the pairs stay below.
fn fast(steps: &[f64]) -> f64 {
    let mut sorted = steps.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() * 3 / 4).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{super::testing::Scene, *};

    /// Times of the frames, noise in codes, the cut, and the frames that must be left.
    fn check(times: &[f64], noise: f64, cut: usize, kept: Result<&[usize], Steady>) {
        let frames: Vec<_> = times
            .iter()
            .enumerate()
            .map(|(index, &time)| SmallLuma::of(&Scene::PAN.noisy(time, noise, index as u64 + 1)))
            .collect();
        let found = find(&frames, &(0..frames.len()), cut).map(|kept| kept.frames);
        assert_eq!(found, kept.map(<[usize]>::to_vec), "{times:?} noise {noise}");
    }

    #[test]
    fn repeats_at_the_cut_are_found_also_under_noise() {
        for noise in [0.0, 2.0, 5.0] {
            check(&[0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0], noise, 4, Ok(&[0, 1, 2, 3, 5, 6, 7]));
            check(&[0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0, 3.0, 4.0], noise, 4, Ok(&[0, 1, 2, 3, 8]));
            check(&[0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0], noise, 4, Ok(&[0, 1, 2, 6]));
            check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], noise, 4, Err(Steady::Moving));
        }
        for noise in [0.0, 2.0] {
            check(&[3.0; 8], noise, 4, Err(Steady::Still));
        }
    }

    #[test]
    fn a_clip_on_twos_keeps_its_cadence() {
        let times: Vec<_> = (0..16).map(|frame| f64::from(frame / 2)).collect();
        check(&times, 1.0, 8, Err(Steady::Cadence));
    }

    #[test]
    fn a_slow_start_counts_by_its_motion() {
        let mut times = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0];
        for step in [0.25, 0.3, 0.35, 0.4, 1.0, 1.0, 1.0] {
            times.push(times[times.len() - 1] + step);
        }
        let frames: Vec<_> = times.iter().map(|&time| SmallLuma::of(&Scene::PAN.at(time))).collect();
        let kept = find(&frames, &(0..frames.len()), 6).unwrap();
        assert!(!kept.frames.contains(&6));
        for (&index, &way) in kept.frames.iter().zip(&kept.ways) {
            assert!((way - times[index]).abs() < 0.35, "frame {index} at {way}, truly {}", times[index]);
        }
    }
}
