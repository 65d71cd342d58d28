//! How well pictures keep up while the film plays.

/// What playing gave since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayTally {
    /// Frames of the film that were shown.
    pub shown: u64,
    /// Times that the window was drawn while the picture it should show was not there.
    pub late: u64,
    /// Frames of the film that were passed over.
    pub dropped: u64,
}

/// Counts late and dropped frames. Told once for each drawing of the window.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    counts: PlayTally,
    last: Option<(u64, bool)>,
}

impl Tally {
    /// Notes which frame the playhead was at, which one was shown, and how fast the film plays.
    pub fn note(&mut self, wanted: u64, shown: Option<u64>, speed: f64) {
        if speed == 0.0 {
            self.last = None;
            return;
        }
        let forward = speed > 0.0;
        if shown != Some(wanted) {
            self.counts.late += 1;
        }
        let Some(shown) = shown else { return };
        match self.last {
            // Playing has begun, or turned round, or began again at the start.
            None => self.counts = PlayTally { shown: 1, late: self.counts.late.min(1), dropped: 0 },
            Some((last, was_forward)) if was_forward == forward && last != shown => {
                let steps = if forward { shown.checked_sub(last) } else { last.checked_sub(shown) };
                // Faster than it was made, frames are left out on purpose.
                let stride = speed.abs().ceil().max(1.0) as u64;
                self.counts.shown += 1;
                self.counts.dropped += steps.map_or(0, |steps| steps.saturating_sub(stride));
            }
            Some(_) => {}
        }
        self.last = Some((shown, forward));
    }

    /// What playing gave so far.
    #[must_use]
    pub const fn counts(&self) -> PlayTally {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(speed: f64, drawings: &[(u64, Option<u64>)], expected: [u64; 3]) {
        let mut tally = Tally::default();
        drawings.iter().for_each(|(wanted, shown)| tally.note(*wanted, *shown, speed));
        let PlayTally { shown, late, dropped } = tally.counts();
        assert_eq!([shown, late, dropped], expected, "{speed} {drawings:?}");
    }

    #[test]
    fn late_and_dropped_frames_are_told_apart() {
        check(1.0, &[(5, Some(5)), (5, Some(5)), (6, Some(6)), (7, Some(7))], [3, 0, 0]);
        check(1.0, &[(5, Some(5)), (6, Some(5)), (6, Some(6))], [2, 1, 0]);
        check(1.0, &[(5, Some(5)), (6, Some(5)), (7, Some(5)), (8, Some(8))], [2, 2, 2]);
        check(-1.0, &[(9, Some(9)), (8, Some(8)), (5, Some(5))], [3, 0, 2]);
        check(4.0, &[(0, Some(0)), (4, Some(4)), (8, Some(8)), (20, Some(20))], [4, 0, 8]);
        check(1.0, &[(0, None), (1, None), (2, Some(2))], [1, 1, 0]);
        // From the end to the start again nothing is dropped.
        check(1.0, &[(98, Some(98)), (99, Some(99)), (0, Some(0)), (1, Some(1))], [4, 0, 0]);
        check(0.0, &[(1, Some(1)), (50, Some(50))], [0, 0, 0]);
    }
}
