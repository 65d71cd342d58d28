//! Where in time every frame of the window lies: the stall spread over the whole window, without a jump in speed.

/// How motion passes between the two borders of a window: continuous in place and in speed, never backwards.
///
/// Time runs from 0 (the untouched frame before the window) to `slots` (the untouched frame after it). The way to cover
/// is `way`, in frames of motion. Speed starts at `speed_in`, bends within `ease` slots to one even speed, keeps it, and
/// bends within `ease` slots to `speed_out`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeMap {
    slots: f64,
    ease: f64,
    speed_in: f64,
    speed_even: f64,
    speed_out: f64,
}

/// An even speed below this part of the border speeds would look like a stop: then the bend is made shorter.
const SLOWEST_SHARE: f64 = 0.25;

impl TimeMap {
    /// The map for a way; `ease` is shortened where the window is too short for it.
    pub(super) fn new(slots: f64, way: f64, [speed_in, speed_out]: [f64; 2], ease: f64) -> Self {
        let mean = way / slots;
        let borders = (speed_in + speed_out) / 2.0;
        // way = even * (slots - ease) + borders * ease, so the even speed falls as the bend grows where motion slows.
        let mut ease = ease.min(slots / 4.0).max(0.0);
        if borders > mean {
            let slowest = SLOWEST_SHARE * mean;
            // The longest bend that leaves the even speed at `slowest`.
            ease = ease.min(slots * (mean - slowest) / (borders - slowest).max(f64::EPSILON));
        } else if borders < mean {
            ease = ease.min(slots / 4.0);
        }
        let speed_even = (way - borders * ease) / (slots - ease);
        Self { slots, ease, speed_in, speed_even, speed_out }
    }

    /// The way covered at a time.
    pub(super) fn way_at(&self, slot: f64) -> f64 {
        let slot = slot.clamp(0.0, self.slots);
        if self.ease <= 0.0 {
            return self.speed_even * slot;
        }
        // Speed is a straight line within a bend, so the way is a parabola.
        let bend = |time: f64, from: f64| from * time + (self.speed_even - from) * time * time / (2.0 * self.ease);
        let from_end = self.slots - slot;
        let whole = self.speed_even * (self.slots - self.ease) + self.ease * (self.speed_in + self.speed_out) / 2.0;
        if slot < self.ease {
            bend(slot, self.speed_in)
        } else if from_end < self.ease {
            whole - bend(from_end, self.speed_out)
        } else {
            bend(self.ease, self.speed_in) + self.speed_even * (slot - self.ease)
        }
    }
}

/// The place among `ways` (ascending, the way covered at each kept frame) where a way is covered: 1.5 is half way
/// between the second and the third.
pub(super) fn place_at(ways: &[f64], way: f64) -> f64 {
    let after = ways.partition_point(|&at| at <= way);
    if after == 0 {
        return 0.0;
    }
    if after == ways.len() {
        return (ways.len() - 1) as f64;
    }
    let (from, to) = (ways[after - 1], ways[after]);
    (after - 1) as f64 + (way - from) / (to - from)
}

/// The time at which a way is covered; the inverse of [`TimeMap::way_at`].
pub(super) fn slot_at(map: &TimeMap, way: f64) -> f64 {
    let (mut low, mut high) = (0.0, map.slots);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if map.way_at(middle) < way { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn nothing_to_absorb_leaves_every_frame_in_its_place() {
        let map = TimeMap::new(9.0, 9.0, [1.0, 1.0], 3.0);
        for slot in 0..=9 {
            assert!(close(map.way_at(f64::from(slot)), f64::from(slot)));
        }
    }

    #[test]
    fn a_stall_is_spread_and_the_borders_keep_their_speed() {
        let map = TimeMap::new(25.0, 21.0, [1.0, 1.0], 4.0);
        assert!(close(map.way_at(0.0), 0.0) && close(map.way_at(25.0), 21.0));
        let speed = |slot: f64| (map.way_at(slot + 1e-4) - map.way_at(slot)) / 1e-4;
        assert!((speed(0.0) - 1.0).abs() < 1e-3 && (speed(25.0 - 1e-4) - 1.0).abs() < 1e-3);
        assert!(speed(12.0) > 0.8);
    }

    #[test]
    fn places_are_found_between_uneven_frames() {
        for (way, place) in [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (1.1, 1.5), (1.2, 2.0), (2.2, 3.0), (9.0, 3.0)] {
            assert!(close(place_at(&[0.0, 1.0, 1.2, 2.2], way), place), "{way}");
        }
    }

    proptest! {
        #[test]
        fn time_never_runs_backwards_and_ends_where_it_must(
            slots in 1_u32..120, share in 0.02_f64..1.6, speed_in in 0.2_f64..1.4, speed_out in 0.2_f64..1.4,
            ease in 0.0_f64..20.0,
        ) {
            let slots = f64::from(slots);
            let way = slots * share;
            let map = TimeMap::new(slots, way, [speed_in, speed_out], ease);
            prop_assert!(close(map.way_at(0.0), 0.0));
            prop_assert!(close(map.way_at(slots), way));
            let mut last = 0.0;
            for step in 1..=200 {
                let at = map.way_at(slots * f64::from(step) / 200.0);
                prop_assert!(at > last - 1e-9, "{at} after {last}");
                last = at;
            }
            prop_assert!((slot_at(&map, way / 2.0) - slots / 2.0).abs() <= slots / 2.0);
            prop_assert!((map.way_at(slot_at(&map, way / 3.0)) - way / 3.0).abs() < 1e-6 * way.max(1.0));
        }
    }
}
