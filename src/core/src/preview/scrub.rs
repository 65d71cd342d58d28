//! Which frames of a film are kept as small pictures for scrubbing, and how large these are.

use super::bc1::bc1_bytes;
use crate::film::FrameSize;
use std::ops::Range;

/// About the pixels of a small picture: 160 by 90.
const AREA_PX: f64 = 14_400.0;
/// Longest side of one, for films of any shape.
const MOST_SIDE_PX: f64 = 512.0;

/// Size of the small pictures of a film. Both sides are multiples of four, so its shape is the film's within a few
/// percent: a picture fills the film's frame whatever its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScrubShape {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

impl ScrubShape {
    /// For a film of a size.
    #[must_use]
    pub fn of(film: FrameSize) -> Self {
        let aspect = f64::from(film.width.max(1)) / f64::from(film.height.max(1));
        let side = |px: f64| (px.clamp(4.0, MOST_SIDE_PX) / 4.0).round() as u32 * 4;
        Self { width_px: side((AREA_PX * aspect).sqrt()), height_px: side((AREA_PX / aspect).sqrt()) }
    }

    /// Width and height.
    #[must_use]
    pub const fn size_px(self) -> [u32; 2] {
        [self.width_px, self.height_px]
    }

    /// Bytes of a picture in BC1.
    #[must_use]
    pub const fn bytes(self) -> usize {
        bc1_bytes(self.size_px())
    }
}

/// Frames of a take that are kept at a step: its multiples from the last at or before the range to the last within it.
pub fn kept_frames(range: &Range<u64>, step: u64) -> impl Iterator<Item = u64> + use<> {
    let step = step.max(1);
    let last = range.end.max(range.start + 1) - 1;
    (range.start / step..=last / step).map(move |number| number * step)
}

/// How many [`kept_frames`] are.
#[must_use]
pub const fn kept_count(range: &Range<u64>, step: u64) -> u64 {
    let step = if step == 0 { 1 } else { step };
    let end = if range.end > range.start { range.end } else { range.start + 1 };
    (end - 1) / step - range.start / step + 1
}

/// The least step at which the used ranges of all takes have at most `most_pictures` between them.
///
/// 1 keeps every frame. Below a group of pictures a step divides it, above it is the group times a power of two: so the
/// frames of a coarser step are among those of each finer one, and pictures are added or dropped, never made anew.
/// Where even one picture a take is too many, the last step tried is given.
#[must_use]
pub fn step_for(most_pictures: u64, ranges: &[Range<u64>], gop_frames: u64) -> u64 {
    let gop = gop_frames.max(1);
    let longest = ranges.iter().map(|range| range.end).max().unwrap_or(0);
    let coarser =
        (0..63).map(|power| gop.saturating_mul(1 << power)).take_while(|step| *step < longest.saturating_mul(2));
    let mut last = 1;
    for step in (1..gop).filter(|step| gop.is_multiple_of(*step)).chain([gop]).chain(coarser.skip(1)) {
        last = step;
        let count = ranges.iter().fold(0_u64, |sum, range| sum.saturating_add(kept_count(range, step)));
        if count <= most_pictures {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pictures_have_the_shape_of_the_film() {
        for (width, height, expected) in
            [(1920, 1080, [160, 92]), (1080, 1920, [92, 160]), (1920, 800, [184, 76]), (1080, 1080, [120, 120])]
        {
            let shape = ScrubShape::of(FrameSize { width, height });
            assert_eq!(shape.size_px(), expected, "{width}x{height}");
            assert_eq!(shape.bytes(), (expected[0] * expected[1] / 2) as usize);
        }
        for (width, height) in [(0, 0), (8192, 1), (1, 8192)] {
            let [wide, high] = ScrubShape::of(FrameSize { width, height }).size_px();
            assert!(wide >= 4 && high >= 4 && wide <= 512 && high <= 512, "{width}x{height}: {wide}x{high}");
        }
    }

    #[test]
    fn a_ten_minute_film_keeps_every_frame_in_128_mib() {
        let film = FrameSize { width: 1920, height: 1080 };
        let most = (128_u64 << 20) / ScrubShape::of(film).bytes() as u64;
        let shots: Vec<_> = (0..100).map(|_| 0..144).collect();
        assert_eq!(step_for(most, &shots, 12), 1, "ten minutes at 24 frames a second");
        assert_eq!(step_for(most / 2, &shots, 12), 2);
        assert_eq!(step_for(most / 12, &shots, 12), 12);
        assert_eq!(step_for(300, &shots, 12), 48);
        assert_eq!(step_for(100, &shots, 12), 192, "one a take");
        assert_eq!(step_for(3, &shots, 12), 192, "less cannot be");
        assert_eq!(step_for(0, &[], 12), 1, "an empty film");
    }

    proptest! {
        #[test]
        fn the_limit_holds_and_coarser_pictures_are_among_the_finer(
            ranges in prop::collection::vec((0_u64..5_000, 1_u64..4_000), 1..40),
            most in 0_u64..20_000,
            gop in 1_u64..31,
        ) {
            let ranges: Vec<_> = ranges.into_iter().map(|(start, length)| start..start + length).collect();
            let count = |step: u64| ranges.iter().map(|range| kept_count(range, step)).sum::<u64>();
            let step = step_for(most, &ranges, gop);
            prop_assert!(count(step) <= most || count(step) == ranges.len() as u64 || step > 5_000);
            for range in &ranges {
                let kept: Vec<u64> = kept_frames(range, step).collect();
                prop_assert_eq!(kept.len() as u64, kept_count(range, step));
                prop_assert!(kept.iter().all(|frame| *frame < range.end && frame + step > range.start));
                prop_assert!(kept.windows(2).all(|pair| pair[1] - pair[0] == step));
                // What a coarse pass made stays of use.
                let mut inside = kept_frames(range, gop.max(step)).filter(|frame| *frame >= range.start);
                prop_assert!(step >= gop || inside.all(|frame| kept.contains(&frame)));
            }
        }
    }
}
