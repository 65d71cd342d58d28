use super::{
    between::Between,
    dense::{Pyramid, pyramid_flow},
    image::Image,
    meeting::Meeting,
    warp::{Cubic, warp_plane},
    *,
};
use crate::{
    planes::{Plane, YuvFrame},
    progress::CancelToken,
    smoothing::{Interpolator, SmoothError},
};
use proptest::prelude::*;

/// A plane of smooth, unrepeating texture, seen through a function of the place.
fn plane(width_px: usize, height_px: usize, code: impl Fn(f64, f64) -> f64) -> Plane {
    let mut plane = Plane::filled(width_px, height_px, 0);
    for (index, sample) in plane.codes.iter_mut().enumerate() {
        *sample = code((index % width_px) as f64, (index / width_px) as f64).round().clamp(0.0, 255.0) as u8;
    }
    plane
}

/// Smooth noise in three sizes.
fn texture(x: f64, y: f64) -> f64 {
    let knot = |x: i64, y: i64| {
        let mixed = (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263)).wrapping_mul(1_274_126_177);
        ((mixed ^ (mixed >> 15)) & 0xff) as f64 / 255.0 - 0.5
    };
    let noise = |x: f64, y: f64| {
        let ease = |rest: f64| rest * rest * rest * (rest * (rest * 6.0 - 15.0) + 10.0);
        let (across, down) = (ease(x - x.floor()), ease(y - y.floor()));
        let (x, y) = (x.floor() as i64, y.floor() as i64);
        let row = |y| knot(x, y) + across * (knot(x + 1, y) - knot(x, y));
        row(y) + down * (row(y + 1) - row(y))
    };
    126.0 + 70.0 * noise(x / 14.0, y / 14.0) + 70.0 * noise(x / 37.0, y / 37.0) + 70.0 * noise(x / 90.0, y / 90.0)
}

fn frame(width_px: usize, height_px: usize, code: impl Fn(f64, f64) -> f64) -> YuvFrame {
    let chroma =
        |shift: f64| plane(width_px / 2, height_px / 2, |x, y| 64.0 + code(2.0 * x + 0.5 + shift, 2.0 * y + 0.5) / 2.0);
    YuvFrame { luma: plane(width_px, height_px, &code), cb: chroma(0.0), cr: chroma(40.0) }
}

fn made(engine: &mut dyn Interpolator, frames: &[YuvFrame], instants: &[f64]) -> Vec<YuvFrame> {
    engine.interpolate(frames, instants, &CancelToken::default()).expect("frames belong together")
}

fn luma_psnr_db(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let squares: f64 =
        a.luma.codes.iter().zip(&b.luma.codes).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 / (squares / a.luma.codes.len() as f64).max(1e-9)).log10()
}

#[test]
fn a_moved_picture_is_found_within_a_tenth_of_a_sample() {
    let (width_px, height_px, margin_px) = (257, 193, 32);
    // Without refinement, a tenth of a sample of the quarter size is the most that can be asked.
    for (params, bound_px) in [(DisParams::ULTRAFAST, 0.2), (DisParams::FAST, 0.1), (DisParams::MEDIUM, 0.1)] {
        for (dx, dy) in [(0.0, 0.0), (0.5, -0.25), (3.3, 1.7), (-9.6, 6.2), (22.4, -14.8)] {
            let a = plane(width_px, height_px, texture);
            let b = plane(width_px, height_px, |x, y| texture(x - dx, y - dy));
            let flow = dense_flow(&a, &b, &params);
            let inner = (margin_px..height_px - margin_px)
                .flat_map(|y| (margin_px..width_px - margin_px).map(move |x| y * width_px + x));
            let mut off_px: Vec<_> =
                inner.map(|at| (f64::from(flow.dx[at]) - dx).hypot(f64::from(flow.dy[at]) - dy)).collect();
            off_px.sort_by(f64::total_cmp);
            let median_px = off_px[off_px.len() / 2];
            assert!(median_px < bound_px, "{params:?} moved {dx} {dy}: off by {median_px}");
        }
    }
}

#[test]
fn flat_and_tiny_planes_have_a_finite_flow() {
    for (width_px, height_px) in [(0, 0), (1, 1), (2, 9), (16, 16), (17, 33), (200, 8)] {
        for (a, b) in [(0, 0), (16, 16), (235, 16)] {
            for params in [DisParams::ULTRAFAST, DisParams::FAST, DisParams::MEDIUM] {
                let flow =
                    dense_flow(&Plane::filled(width_px, height_px, a), &Plane::filled(width_px, height_px, b), &params);
                assert_eq!(flow, FlowField::still(width_px, height_px), "{a} to {b} of {width_px}x{height_px}");
            }
        }
    }
}

#[test]
fn whole_instants_and_still_frames_come_back_as_they_are() {
    let still = frame(64, 48, texture);
    let moved = frame(64, 48, |x, y| texture(x - 2.0, y));
    let frames = [still.clone(), still.clone(), moved.clone()];
    for engine in
        [&mut DisInterpolator::default() as &mut dyn Interpolator, &mut BlendInterpolator, &mut NearestInterpolator]
    {
        assert_eq!(made(engine, &frames, &[0.0, 0.3, 1.0, 2.0]), [&still, &still, &still, &moved].map(Clone::clone));
    }
    let black = YuvFrame::filled(34, 18, [16, 128, 128]);
    let almost = YuvFrame {
        luma: Plane { codes: [&[17], &black.luma.codes[1..]].concat(), ..black.luma.clone() },
        ..black.clone()
    };
    let between = made(&mut DisInterpolator::default(), &[black.clone(), almost], &[0.25]);
    assert_eq!(between, [black]);
}

#[test]
fn motion_is_met_half_way() {
    let at = |shift: f64| frame(192, 128, move |x, y| texture(x - shift, y - shift / 2.0));
    let made = made(&mut DisInterpolator::default(), &[at(0.0), at(8.0)], &[0.25, 0.5, 0.75]);
    for (picture, shift) in made.iter().zip([2.0, 4.0, 6.0]) {
        let found = luma_psnr_db(picture, &at(shift));
        assert!(found > 38.0, "{found} dB at a shift of {shift}");
    }
}

#[test]
fn what_one_picture_hides_comes_from_the_other() {
    // A light square passes over a still ground.
    let (width_px, height_px, way_px) = (256, 160, 32.0);
    let at = |shift: f64| {
        plane(width_px, height_px, move |x, y| {
            let inside = (80.0..152.0).contains(&(x - shift)) && (40.0..120.0).contains(&y);
            if inside { 150.0 + texture(x - shift + 500.0, y) / 3.0 } else { texture(x, y) / 2.0 }
        })
    };
    let params = DisParams::MEDIUM;
    let (a, b, truth) = (Image::from_plane(&at(0.0)), Image::from_plane(&at(way_px)), at(way_px / 2.0));
    let (a_levels, b_levels) = (Pyramid::new(&a, &params), Pyramid::new(&b, &params));
    let forward = pyramid_flow(&a_levels, &b_levels, &params);
    let backward = pyramid_flow(&b_levels, &a_levels, &params);
    let by_sight = Meeting::new(&forward, &backward).at(0.5);
    let mut by_time = Meeting::new(&forward, &backward).at(0.5);
    by_time.planes[4].fill(0.5);
    let error = |between: &Between| -> f64 {
        let made = warp_plane(&Cubic::new(), &a, &b, between, params.finest_scale);
        made.codes.iter().zip(&truth.codes).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
    };
    let (by_sight, by_time) = (error(&by_sight), error(&by_time));
    assert!(by_sight < 0.95 * by_time, "{by_sight} by sight, {by_time} by time alone");
}

#[test]
fn any_number_of_threads_makes_the_same_pictures() {
    let frames: Vec<_> =
        (0..4).map(|n| frame(130, 98, move |x, y| texture(x - f64::from(n * n), y + f64::from(n)))).collect();
    let instants = [0.2, 0.5, 1.0, 1.75, 2.5];
    let alone = made(&mut DisInterpolator::default().with_threads(1), &frames, &instants);
    for threads in [2, 3, 7, 16] {
        assert!(
            made(&mut DisInterpolator::default().with_threads(threads), &frames, &instants) == alone,
            "{threads} threads"
        );
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (small, large) = (YuvFrame::filled(16, 16, [16, 128, 128]), YuvFrame::filled(18, 16, [16, 128, 128]));
    let two = [small.clone(), small.clone()];
    let cases: [(&[YuvFrame], &[f64]); 5] =
        [(&[], &[0.0]), (&[small, large], &[0.5]), (&two, &[1.1]), (&two, &[f64::NAN]), (&two, &[0.5, 0.25])];
    for (frames, instants) in cases {
        for engine in
            [&mut DisInterpolator::default() as &mut dyn Interpolator, &mut BlendInterpolator, &mut NearestInterpolator]
        {
            let refused = engine.interpolate(frames, instants, &CancelToken::default());
            assert!(matches!(refused, Err(SmoothError::Frames(_))), "{instants:?}");
        }
    }
    let cancel = CancelToken::default();
    cancel.cancel();
    let cancelled = DisInterpolator::default().interpolate(&two, &[0.5], &cancel);
    assert!(matches!(cancelled, Err(SmoothError::Cancelled(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_small_frames_have_a_picture_between(
        (width, height) in (1..24_usize, 1..24_usize),
        seed in any::<u64>(),
        scale in 0..3_usize,
        stride_px in 1..9_usize,
        t in 0.0..=1.0,
    ) {
        let noise = |salt: u64| {
            let mut state = seed ^ salt;
            frame(2 * width, 2 * height, |_, _| 0.0).planes().map(|plane| {
                let codes = plane.codes.iter().map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 56) as u8
                }).collect();
                Plane { codes, ..plane.clone() }
            })
        };
        let frame = |salt: u64| {
            let [luma, cb, cr] = noise(salt);
            YuvFrame { luma, cb, cr }
        };
        let params = DisParams { finest_scale: scale, stride_px, ..DisParams::FAST };
        let frames = [frame(1), frame(2)];
        let flow = dense_flow(&frames[0].luma, &frames[1].luma, &params);
        prop_assert!(flow.dx.iter().chain(&flow.dy).all(|way| way.is_finite()));
        let between = made(&mut DisInterpolator::new(params), &frames, &[t]);
        prop_assert_eq!(between[0].width_px(), 2 * width);
    }
}
