//! Frames that would jump: motion that is uneven by itself is passed over less unevenly.

use super::{evenness::Changes, time_map::place_at};

/// The largest jump that is aimed at; measured jumps come out a little above it.
const AIM: f64 = 1.35;

/// The way covered at each slot of a window, moved so that no pair changes much more than its neighbourhood.
///
/// `covered` is the way at every slot, the untouched frames at both ends among them; `pairs` are the changes from each
/// slot to the next, `changes` those of the whole run of frames that they lie in, from pair `first` on. Between two
/// slots the picture is taken to change evenly. What a pair gives up the others take over, as far as they have room.
pub(super) fn even_out(covered: &[f64], changes: &Changes, first: usize) -> Vec<f64> {
    let slots = covered.len() - 1;
    let was: Vec<f64> = (first..first + slots).map(|pair| changes.of(pair)).collect();
    let most: Vec<f64> = (first..first + slots).map(|pair| changes.usual(pair) * AIM).collect();
    let mut wanted: Vec<f64> = was.iter().zip(&most).map(|(&was, &most)| was.min(most)).collect();
    let excess = was.iter().sum::<f64>() - wanted.iter().sum::<f64>();
    let room: f64 = wanted.iter().zip(&most).map(|(wanted, most)| most - wanted).sum();
    if excess <= 0.0 || room <= 0.0 {
        return covered.to_vec();
    }
    let taken = (excess / room).min(1.0);
    for (wanted, most) in wanted.iter_mut().zip(&most) {
        *wanted += (most - *wanted) * taken;
    }
    let (before, after) = (summed(&was), summed(&wanted));
    // Without room for all of it, what is left over is shared by every pair alike.
    let scale = before[slots] / after[slots];
    after
        .iter()
        .map(|at| {
            let place = place_at(&before, at * scale);
            let (slot, share) = (place as usize, place.fract());
            let next = covered[(slot + 1).min(slots)];
            covered[slot] + (next - covered[slot]) * share
        })
        .collect()
}

/// Sums from 0 up to each value; strictly rising, since places are looked up in them.
fn summed(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for value in values {
        sums.push(sums[sums.len() - 1] + value.max(1e-6));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_jump_is_shared_by_its_neighbours() {
        let covered: Vec<f64> = (0..=10).map(f64::from).collect();
        let changes = Changes::new(vec![1.0, 1.0, 1.0, 1.0, 1.0, 2.5, 1.0, 1.0, 1.0, 1.0]);
        let evened = even_out(&covered, &changes, 0);
        assert_eq!((evened[0], evened[10]), (0.0, 10.0));
        // Way times change a way, before and after.
        let jump = (evened[6] - evened[5]) * 2.5;
        assert!(jump < 1.6, "{evened:?}");
        assert!((0..4).all(|slot| (1.0..1.3).contains(&(evened[slot + 1] - evened[slot]))), "{evened:?}");
    }

    #[test]
    fn even_motion_stays() {
        let covered: Vec<f64> = (0..=8).map(|slot| f64::from(slot) * 0.8).collect();
        let changes = Changes::new(vec![1.0, 1.2, 0.9, 1.0, 1.1, 1.0, 1.0, 0.9, 1.0, 1.0]);
        assert_eq!(even_out(&covered, &changes, 1), covered);
    }

    proptest! {
        #[test]
        fn time_never_runs_backwards_and_the_ends_stay(changes in prop::collection::vec(0.0_f64..20.0, 3..40)) {
            let covered: Vec<f64> = (0..=changes.len()).map(|slot| slot as f64 * 0.9).collect();
            let evened = even_out(&covered, &Changes::new(changes), 0);
            prop_assert_eq!(evened.len(), covered.len());
            prop_assert!(evened.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
            prop_assert!(evened[0].abs() < 1e-9);
            prop_assert!((evened[evened.len() - 1] - covered[covered.len() - 1]).abs() < 1e-6);
        }
    }
}
