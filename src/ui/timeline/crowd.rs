//! Which clips in sight are wide enough to be read and hit on their own, which are only told apart, and which are so
//! narrow that they are drawn together. Arithmetic alone: a whole film of ten thousand shots is walked in every frame.

use super::view::View;
use crate::ui::model::ShotSpan;
use std::ops::Range;

/// A clip at least as wide has a place of its own for the pointer, for the keyboard and for its words.
pub(super) const OWN_PX: f32 = 25.0;
/// A narrower clip is drawn as part of a bar: it could not be hit.
pub(super) const BAR_PX: f32 = 8.0;
/// Parts of bars are about as wide.
const PART_PX: f32 = 4.0;
/// Shades of a bar, from no shot with a take to all of them.
pub(super) const SHADES: u64 = 4;

/// The clips in sight by how they are drawn, by their places in the film.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Crowd {
    /// All of them.
    pub(super) seen: Range<usize>,
    pub(super) wide: Vec<usize>,
    pub(super) narrow: Vec<usize>,
    pub(super) bars: Vec<Bar>,
}

/// Narrow clips drawn as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) start_frame: u64,
    pub(super) end_frame: u64,
    /// How many of its shots have a take, 0 to [`SHADES`].
    pub(super) shade: u64,
}

/// A bar that is being put together.
struct Part {
    start_frame: u64,
    end_frame: u64,
    shots: u64,
    made: u64,
}

impl Crowd {
    pub(super) fn of(spans: &[ShotSpan], view: &View) -> Self {
        let (first, end) = view.seen();
        let from = spans.partition_point(|span| span.end_frame() <= first);
        let to = spans.partition_point(|span| span.start_frame < end).max(from);
        let mut crowd = Self { seen: from..to, ..Self::default() };
        let [own, bar, part] = [OWN_PX, BAR_PX, PART_PX].map(|px| view.frames_of(px));
        let mut open: Option<Part> = None;
        for (span, index) in spans[from..to].iter().zip(from..) {
            let frames = span.frames as f64;
            if frames >= bar {
                crowd.close(&mut open);
                if frames >= own {
                    crowd.wide.push(index);
                } else {
                    crowd.narrow.push(index);
                }
                continue;
            }
            let (start_frame, end_frame) = (span.start_frame, span.end_frame());
            let now = open.get_or_insert(Part { start_frame, end_frame, shots: 0, made: 0 });
            now.end_frame = end_frame;
            now.shots += 1;
            now.made += u64::from(span.has_take);
            if (end_frame - now.start_frame) as f64 >= part {
                crowd.close(&mut open);
            }
        }
        crowd.close(&mut open);
        crowd
    }

    /// Adds a part, to the bar before it if it looks the same.
    fn close(&mut self, open: &mut Option<Part>) {
        let Some(part) = open.take() else { return };
        // Only a part without a single take looks empty, and only one with all of them looks made.
        let shade = match part.made {
            0 => 0,
            made if made == part.shots => SHADES,
            made => (made * SHADES / part.shots).clamp(1, SHADES - 1),
        };
        match self.bars.last_mut() {
            Some(bar) if bar.shade == shade && bar.end_frame == part.start_frame => bar.end_frame = part.end_frame,
            _ => self.bars.push(Bar { start_frame: part.start_frame, end_frame: part.end_frame, shade }),
        }
    }

    /// The clip at a frame, if it is one of those that are only told apart.
    pub(super) fn narrow_at(&self, spans: &[ShotSpan], frame: u64) -> Option<usize> {
        let index = clip_at(spans, frame)?;
        self.narrow.binary_search(&index).is_ok().then_some(index)
    }
}

/// The clip at a frame.
pub(super) fn clip_at(spans: &[ShotSpan], frame: u64) -> Option<usize> {
    let index = spans.partition_point(|span| span.end_frame() <= frame);
    spans.get(index).filter(|span| span.start_frame <= frame).map(|_| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::{Rect, pos2};

    /// Shots of these lengths in frames, one after the other; every `made`th has a take.
    fn spans(lengths: impl IntoIterator<Item = u64>, made: usize) -> Vec<ShotSpan> {
        let mut start_frame = 0;
        let of = |(shot_index, frames): (usize, u64)| {
            let has_take = shot_index.is_multiple_of(made);
            let span = ShotSpan { scene_index: 0, shot_index, start_frame, frames, has_take };
            start_frame += frames;
            span
        };
        lengths.into_iter().enumerate().map(of).collect()
    }

    /// 1000 points from a frame on.
    fn view(px_per_frame: f64, scroll_frames: f64, spans: &[ShotSpan]) -> View {
        let tracks = Rect::from_min_max(pos2(92.0, 0.0), pos2(1092.0, 300.0));
        View::of(tracks, px_per_frame, scroll_frames, spans.last().map_or(0, ShotSpan::end_frame))
    }

    #[test]
    fn every_clip_in_sight_is_drawn_once_and_by_its_width() {
        let lengths = || (0..2000).map(|index| 1 + index * 7919 % 200);
        let spans = spans(lengths(), 3);
        for (px_per_frame, scroll) in [(0.004, 0.0), (0.05, 12.0), (0.2, 3000.0), (1.0, 77.0), (30.0, 50_000.0)] {
            let view = view(px_per_frame, scroll, &spans);
            let crowd = Crowd::of(&spans, &view);
            let mut places: Vec<_> = crowd.wide.iter().chain(&crowd.narrow).copied().collect();
            let width = |index: usize| view.width_of(spans[index].frames as f64);
            assert!(crowd.wide.iter().all(|index| width(*index) >= OWN_PX - 0.01), "{px_per_frame}");
            assert!(crowd.narrow.iter().all(|index| (BAR_PX - 0.01..OWN_PX + 0.01).contains(&width(*index))));
            // What lies in no place of its own lies in exactly one bar.
            for index in crowd.seen.clone() {
                let span = &spans[index];
                let bars = crowd
                    .bars
                    .iter()
                    .filter(|bar| bar.start_frame <= span.start_frame && span.end_frame() <= bar.end_frame);
                let own = usize::from(places.contains(&index));
                assert_eq!(bars.count() + own, 1, "shot {index} at {px_per_frame}");
            }
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), crowd.wide.len() + crowd.narrow.len());
            // However long the film is, no more is drawn than there is room for.
            let drawn = crowd.wide.len() + crowd.narrow.len() + crowd.bars.len();
            assert!(drawn < 300, "{drawn} things in 1000 points at {px_per_frame}");
        }
    }

    #[test]
    fn a_whole_film_of_one_kind_is_one_bar_and_its_takes_shade_it() {
        let all = spans((0..10_000).map(|_| 144), 1);
        let fitted = view(1000.0 / 1_440_000.0, 0.0, &all);
        let end_frame = 1_440_000;
        assert_eq!(Crowd::of(&all, &fitted).bars, [Bar { start_frame: 0, end_frame, shade: SHADES }]);
        let none = spans((0..10_000).map(|_| 144), usize::MAX);
        let bars = Crowd::of(&none[1..], &fitted).bars;
        assert_eq!(bars, [Bar { start_frame: 144, end_frame, shade: 0 }]);
        let half = spans((0..10_000).map(|_| 144), 2);
        let bars = Crowd::of(&half, &fitted).bars;
        assert!(bars.iter().all(|bar| (1..SHADES).contains(&bar.shade)), "{bars:?}");
    }

    #[test]
    fn the_clip_under_the_pointer_is_found_by_arithmetic() {
        let spans = spans([100, 10, 10, 3, 3, 10, 100], 1);
        let view = view(1.0, 0.0, &spans);
        let crowd = Crowd::of(&spans, &view);
        assert_eq!((crowd.wide.as_slice(), crowd.narrow.as_slice()), (&[0, 6][..], &[1, 2, 5][..]));
        for (x, expected) in [
            (92.0, None),
            (191.9, None),
            (192.1, Some(1)),
            (201.9, Some(1)),
            (202.1, Some(2)),
            // In a bar nothing can be hit, and a wide clip answers for itself.
            (214.0, None),
            (218.1, Some(5)),
            (229.0, None),
            (900.0, None),
        ] {
            assert_eq!(crowd.narrow_at(&spans, view.frame_at(x)), expected, "at {x}");
        }
        assert_eq!(clip_at(&spans, 235), Some(6));
        assert_eq!(clip_at(&spans, 236), None);
        assert_eq!(clip_at(&[], 0), None);
    }
}
