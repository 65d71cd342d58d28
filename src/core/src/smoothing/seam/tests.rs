//! The seam as a whole, on scenes that move.

use super::{
    testing::{Mix, Scene},
    *,
};
use crate::planes::YuvFrame;

/// A cut: the first shot's frames, and the second's, which starts on the first's last frame and holds it.
struct Cut {
    context_before: Vec<YuvFrame>,
    before: Vec<YuvFrame>,
    after: Vec<YuvFrame>,
    context_after: Vec<YuvFrame>,
}

impl Cut {
    fn new(scene: &Scene, side: usize, held: usize, gain: f64) -> Self {
        let start = 3;
        let before = scene.run(start..start + side);
        let last = start + side - 1;
        let second: Vec<YuvFrame> = (0..side + 3)
            .map(|index| scene.at((last + (index + 1).saturating_sub(held)) as f64))
            .map(|frame| lit(&frame, gain))
            .collect();
        Self {
            context_before: scene.run(0..start),
            before,
            after: second[..side].to_vec(),
            context_after: second[side..].to_vec(),
        }
    }

    fn smooth(&self) -> SmoothedSeam {
        let context = SeamContext { before: &self.context_before, after: &self.context_after };
        let cancel = CancelToken::default();
        smooth_window(&self.before, &self.after, context, &mut Mix::default(), &SeamSpec::default(), &cancel).unwrap()
    }

    fn window(&self) -> Vec<YuvFrame> {
        self.before.iter().chain(&self.after).cloned().collect()
    }
}

fn lit(frame: &YuvFrame, gain: f64) -> YuvFrame {
    let mut lit = frame.clone();
    for code in &mut lit.luma.codes {
        *code = (16.0 + (f64::from(*code) - 16.0) * gain).round() as u8;
    }
    lit
}

fn mean(frame: &YuvFrame) -> f64 {
    frame.luma.codes.iter().map(|&code| f64::from(code)).sum::<f64>() / frame.luma.codes.len() as f64
}

#[test]
fn a_held_frame_is_dropped_and_the_length_stays() {
    for (side, held) in [(12, 1), (12, 4), (6, 2), (3, 2), (2, 1)] {
        let cut = Cut::new(&Scene::PAN, side, held, 1.0);
        let smoothed = cut.smooth();
        let dropped: Vec<_> = (side..side + held).collect();
        assert_eq!(smoothed.report.dropped, dropped, "{side} a side, {held} held");
        assert_eq!(smoothed.frames.len(), 2 * side);
        assert_eq!(smoothed.report.left_alone, None);
        assert!(smoothed.report.instants.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(
            (smoothed.report.before.longest_stall_frames, smoothed.report.after.longest_stall_frames),
            (held, 0)
        );
        assert!(smoothed.report.after.largest_jump < 1.5, "{:?}", smoothed.report);
    }
}

#[test]
fn even_motion_without_a_step_is_left_alone() {
    let cut = Cut::new(&Scene::PAN, 8, 0, 1.0);
    let smoothed = cut.smooth();
    assert_eq!(smoothed.report.left_alone, Some(LeftAlone::NothingStalls));
    assert_eq!(smoothed.frames, cut.window());
}

#[test]
fn what_does_not_move_is_left_alone() {
    for cut in [Cut::new(&Scene::STILL, 8, 2, 1.0), {
        let black = vec![YuvFrame::filled(256, 144, [16, 128, 128]); 6];
        Cut { context_before: black.clone(), before: black.clone(), after: black.clone(), context_after: black }
    }] {
        let smoothed = cut.smooth();
        assert_eq!(smoothed.report.left_alone, Some(LeftAlone::NothingMoves));
        assert_eq!(smoothed.frames, cut.window());
    }
}

#[test]
fn a_step_of_light_becomes_a_ramp() {
    for (scene, held) in [(Scene::STILL, 1), (Scene::PAN, 3), (Scene::PAN, 0)] {
        for gain in [0.95, 1.05] {
            let cut = Cut::new(&scene, 10, held, gain);
            let smoothed = cut.smooth();
            assert!((smoothed.report.light_step.luma_gain - gain).abs() < 0.01, "{:?}", smoothed.report);
            let mut means = vec![mean(&cut.context_before[2])];
            means.extend(smoothed.frames.iter().map(mean));
            means.push(mean(&cut.context_after[0]));
            let step = mean(&cut.after[0]) - mean(&cut.before[9]);
            let largest = means.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
            assert!(largest < step.abs() * 0.3, "gain {gain}: {largest} of {step} in {means:?}");
        }
    }
}

#[test]
fn one_frame_a_side_and_no_context_work() {
    let scene = Scene::PAN;
    let (a, b) = (vec![scene.at(0.0)], vec![scene.at(0.0)]);
    let mut engine = Mix::default();
    let (spec, cancel) = (SeamSpec::default(), CancelToken::default());
    let alone = smooth_window(&a, &b, SeamContext::default(), &mut engine, &spec, &cancel).unwrap();
    assert_eq!(alone.frames, [scene.at(0.0), scene.at(0.0)]);
    let (first, last) = (scene.run(0..3), vec![scene.at(3.0), scene.at(4.0)]);
    let held = vec![scene.at(2.0)];
    let context = SeamContext { before: &first[..2], after: &last };
    let joined = smooth_window(&first[2..], &held, context, &mut engine, &spec, &cancel).unwrap();
    assert_eq!((joined.frames.len(), joined.report.dropped), (2, vec![1]));
}

#[test]
fn refuses_frames_that_do_not_belong_together() {
    let (a, b) = (vec![YuvFrame::filled(64, 48, [16, 128, 128])], vec![YuvFrame::filled(64, 64, [16, 128, 128])]);
    let (spec, cancel) = (SeamSpec::default(), CancelToken::default());
    for (before, after) in [(&a[..], &b[..]), (&a[..], &[][..]), (&[][..], &a[..])] {
        let refused = smooth_window(before, after, SeamContext::default(), &mut Mix::default(), &spec, &cancel);
        assert!(matches!(refused, Err(SmoothError::Frames(_))));
    }
}

#[test]
fn stops_when_cancelled() {
    let cut = Cut::new(&Scene::PAN, 6, 2, 1.0);
    let cancel = CancelToken::default();
    cancel.cancel();
    let mut engine = Mix::default();
    let spec = SeamSpec::default();
    let stopped = smooth_window(&cut.before, &cut.after, SeamContext::default(), &mut engine, &spec, &cancel);
    assert!(matches!(stopped, Err(SmoothError::Cancelled(_))));
    assert_eq!(engine.asked, 0);
}
