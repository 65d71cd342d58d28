//! Which pairs match, and that any two frames give plain numbers.

use super::{
    DEFAULT_THRESHOLD, compare, drift, light_step,
    painted::{Painting, encoded, mirrored, toned},
};
use crate::planes::{Plane, YuvFrame};
use proptest::prelude::*;

const SIZE: (usize, usize) = (320, 180);

fn scene() -> Painting {
    Painting::of(2)
}

fn frame(painting: &Painting) -> YuvFrame {
    painting.frame(SIZE.0, SIZE.1)
}

fn check(case: &str, last: &YuvFrame, first: &YuvFrame, same: bool) {
    let found = compare(last, first);
    assert_eq!(found.score >= DEFAULT_THRESHOLD, same, "{case}: {found:?}");
    assert_eq!(found.exact, last == first, "{case}");
}

#[test]
fn what_a_model_does_to_its_reference_is_accepted() {
    let last = frame(&scene());
    for (case, crop, noise, change) in [
        ("encoded well", [0.0; 2], 1.0, (|code| code) as fn(f64) -> f64),
        ("encoded badly", [0.0; 2], 3.0, |code| code),
        ("more gain", [0.0; 2], 1.5, |code| 16.0 + (code - 16.0) * 1.06),
        ("less gain", [0.0; 2], 1.5, |code| 16.0 + (code - 16.0) * 0.94),
        ("brighter", [0.0; 2], 1.5, |code| code + 9.0),
        ("gamma", [0.0; 2], 1.5, |code| 16.0 + 219.0 * ((code - 16.0) / 219.0).powf(0.92)),
        ("a crop of half a percent", [0.005; 2], 1.5, |code| code),
        ("a crop of two percent", [0.02; 2], 1.5, |code| code),
        ("an uneven crop", [0.015, 0.004], 1.5, |code| code),
        ("all together", [0.01; 2], 2.0, |code| 18.0 + (code - 16.0) * 1.04),
    ] {
        let [left, right] = crop;
        let window = [left, left, 1.0 - left - right, 1.0 - left - right];
        let first = toned(&frame(&Painting { window, ..scene() }), change);
        check(case, &last, &encoded(&first, noise, 9), true);
    }
    check("the same codes", &last, &last.clone(), true);
    check("half the size", &last, &encoded(&scene().frame(160, 90), 1.0, 3), true);
}

#[test]
fn other_pictures_are_refused() {
    let last = frame(&scene());
    let pan = Painting { window: [0.03, 0.0, 1.0, 1.0], ..scene() };
    let step = Painting { subject: (0.42, 0.5), ..scene() };
    let gone = Painting { radius: 0.0, ..scene() };
    let mut recolored = last.clone();
    std::mem::swap(&mut recolored.cb, &mut recolored.cr);
    for (case, first) in [
        ("another shot", frame(&Painting::of(7))),
        ("a pan", frame(&pan)),
        ("the subject took a step", frame(&step)),
        ("the subject is gone", frame(&gone)),
        ("mirrored", mirrored(&last)),
        ("another palette", recolored),
        ("much darker", toned(&last, |code| 16.0 + (code - 16.0) * 0.6)),
        ("no contrast", toned(&last, |code| 110.0 + (code - 110.0) * 0.1)),
        ("grey", YuvFrame::filled(SIZE.0, SIZE.1, [110, 128, 128])),
    ] {
        check(case, &last, &encoded(&first, 1.0, 5), false);
        check(case, &encoded(&first, 1.0, 5), &last, false);
    }
}

#[test]
fn flat_and_dark_frames_match_only_their_like() {
    let flat = |code| YuvFrame::filled(SIZE.0, SIZE.1, [code, 128, 128]);
    let night = |painting: &Painting| toned(&frame(painting), |code| 16.0 + (code - 16.0) * 0.08);
    let moved = Painting { subject: (0.6, 0.4), ..scene() };
    for (case, last, first, same) in [
        ("black and black", flat(16), flat(16), true),
        ("black and black, encoded", flat(16), encoded(&flat(16), 1.0, 1), true),
        ("grey a little brighter", flat(100), flat(104), true),
        ("grey and white", flat(100), flat(220), false),
        ("black and night", flat(16), night(&scene()), false),
        ("night and black", night(&scene()), flat(16), false),
        ("night, encoded", night(&scene()), encoded(&night(&scene()), 0.7, 2), true),
        ("another night", night(&scene()), night(&Painting::of(9)), false),
        ("later that night", night(&scene()), night(&moved), false),
    ] {
        check(case, &last, &first, same);
    }
}

fn any_frame() -> impl Strategy<Value = YuvFrame> {
    (1_usize..24, 1_usize..24).prop_flat_map(|(half_w, half_h)| {
        let plane = |width_px: usize, height_px: usize| {
            prop_oneof![
                proptest::collection::vec(any::<u8>(), width_px * height_px),
                any::<u8>().prop_map(move |code| vec![code; width_px * height_px]),
            ]
            .prop_map(move |codes| Plane { width_px, height_px, codes })
        };
        (plane(2 * half_w, 2 * half_h), plane(half_w, half_h), plane(half_w, half_h))
            .prop_map(|(luma, cb, cr)| YuvFrame { luma, cb, cr })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_two_frames_have_plain_numbers(a in any_frame(), b in any_frame()) {
        for (last, first) in [(&a, &b), (&a, &a)] {
            let found = compare(last, first);
            for value in [found.score, found.structure, found.color] {
                prop_assert!((0.0..=1.0).contains(&value), "{found:?}");
            }
            prop_assert_eq!(found.exact, last == first);
            let moved = drift(last, first);
            let step = light_step(last, first);
            for value in [
                found.luma_residual, found.chroma_residual, found.local_moves, moved.structure, moved.softness_octaves, moved.color,
                moved.exposure_stops, step.luma_gain, step.luma_offset, step.cb_offset, step.cr_offset,
            ] {
                prop_assert!(value.is_finite(), "{found:?} {moved:?} {step:?}");
            }
            prop_assert_eq!(step.apply(last, 0.0), last.clone());
        }
    }
}
