//! The way playback takes through the film: from a frame, forwards or back, inside a range, once or round and round.

use kinora_core::time::FrameRate;
use std::ops::Range;

/// A way through the film.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The film's rate.
    pub rate: FrameRate,
    /// The frame it starts at, inside the range.
    pub from: u64,
    /// Whether it goes backwards.
    pub backwards: bool,
    /// The frames it stays in, at least one.
    pub range: Range<u64>,
    /// Whether it goes round in them.
    pub looped: bool,
}

/// Where a course has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The frame that shows.
    pub frame: u64,
    /// Whether the course ends there.
    pub is_end: bool,
}

impl Course {
    /// The samples of the range.
    #[must_use]
    pub fn span_samples(&self) -> Range<u64> {
        self.rate.frame_to_sample(self.range.start)..self.rate.frame_to_sample(self.range.end)
    }

    /// The first sample heard; backwards the one after it.
    #[must_use]
    pub fn from_sample(&self) -> u64 {
        self.rate.frame_to_sample(self.from + u64::from(self.backwards))
    }

    /// The place after so many samples.
    #[must_use]
    pub fn place(&self, played_samples: f64) -> Place {
        let played = played_samples.max(0.0) as u64;
        let span = self.span_samples();
        let length = (span.end - span.start).max(1);
        let from = self.from_sample();
        let left = if self.backwards { from.saturating_sub(span.start) } else { span.end.saturating_sub(from) };
        if played >= left && !self.looped {
            let frame = if self.backwards { self.range.start } else { self.range.end - 1 };
            return Place { frame, is_end: true };
        }
        // The first way is from where it started, each further one the whole range.
        let (into, way_start) = if played < left {
            (played, from)
        } else {
            ((played - left) % length, if self.backwards { span.end } else { span.start })
        };
        let sample = if self.backwards { way_start - 1 - into } else { way_start + into };
        Place { frame: self.rate.sample_to_frame(sample), is_end: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn course(from: u64, backwards: bool, range: Range<u64>, looped: bool) -> Course {
        Course { rate: FrameRate::FPS_24, from, backwards, range, looped }
    }

    #[test]
    fn places_along_a_course() {
        let frame = 2_000.0;
        for (course, played_frames, expected, is_end) in [
            (course(10, false, 0..100, false), 0.0, 10, false),
            (course(10, false, 0..100, false), 0.999, 10, false),
            (course(10, false, 0..100, false), 1.0, 11, false),
            (course(10, false, 0..100, false), 89.9, 99, false),
            (course(10, false, 0..100, false), 90.0, 99, true),
            (course(10, false, 5..20, true), 10.0, 5, false),
            (course(10, false, 5..20, true), 10.0 + 14.5, 19, false),
            (course(10, false, 5..20, true), 10.0 + 15.0, 5, false),
            (course(10, true, 0..100, false), 0.0, 10, false),
            (course(10, true, 0..100, false), 1.0, 9, false),
            (course(10, true, 0..100, false), 10.9, 0, false),
            (course(10, true, 0..100, false), 11.0, 0, true),
            (course(10, true, 5..20, true), 6.0, 19, false),
            (course(10, true, 5..20, true), 6.0 + 14.9, 5, false),
            (course(10, true, 5..20, true), 6.0 + 15.0, 19, false),
            (course(3, false, 3..4, true), 1234.5, 3, false),
        ] {
            let place = course.place(played_frames * frame);
            assert_eq!(place, Place { frame: expected, is_end }, "{course:?} after {played_frames} frames");
        }
    }

    proptest! {
        #[test]
        fn a_course_stays_in_its_range_and_moves_a_frame_at_a_time(
            rate in prop::sample::select(vec!["24", "23.976", "25", "29.97", "60"]),
            start in 0_u64..10_000,
            length in 1_u64..500,
            from in 0.0..1.0_f64,
            (backwards, looped) in any::<(bool, bool)>(),
            played in 0.0..2e6_f64,
        ) {
            let rate: FrameRate = rate.parse().unwrap();
            let from = start + (from * length as f64) as u64;
            let course = Course { rate, from, backwards, range: start..start + length, looped };
            let (here, next) = (course.place(played), course.place(played + 800.0));
            prop_assert!(course.range.contains(&here.frame));
            prop_assert_eq!(course.place(0.0), Place { frame: from, is_end: false });
            prop_assert!(!here.is_end || (!looped && next == here));
            let step = here.frame.abs_diff(next.frame);
            prop_assert!(step <= 1 || (looped && step == length - 1));
        }
    }
}
