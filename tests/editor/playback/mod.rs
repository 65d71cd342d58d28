//! Playback without a window: on an output that the test drives by a clock of its own, and without any.

mod studio;
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the configuration of a sound server of the test is no project file")]
mod system;

use kinora::{audio::SoundNotice, playback::Follows};
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};
use studio::{Editor, difference_db, film_in, rendered_sound};

fn left(stereo: &[f32]) -> Vec<f32> {
    stereo.chunks_exact(2).map(|sample| sample[0]).collect()
}

#[test]
fn what_is_heard_is_the_render_and_the_playhead_is_where_it_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let rendered = left(&rendered_sound(&film, folder.path()));
    // The device is 400 ppm fast: the picture must follow it and not the clock on the wall.
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0 * 1.000_4));
    editor.play(|editor| editor.transport.toggle());
    let mut worst_frames = 0.0_f64;
    editor.pass(5.3, |editor, heard_samples| {
        if editor.transport.speed != 0.0 && heard_samples > 0.0 {
            assert_eq!(editor.player().follows(), Follows::Sound);
            let shown = editor.transport.frame as f64 + 0.5;
            worst_frames = worst_frames.max((shown - heard_samples / 2_000.0).abs() - 0.5);
        }
    });
    assert_eq!((editor.transport.speed, editor.transport.frame), (0.0, editor.times.frames - 1));
    assert!(worst_frames < 0.5, "the playhead is {worst_frames:.2} frames away from what is heard");
    assert_eq!(editor.sound().counts().starved_samples, 0);
    let heard = &editor.heard[..rendered.len()];
    let apart_db = difference_db(&rendered, heard);
    assert!(apart_db < -20.0, "what is heard differs from the render by {apart_db:.1} dB");
    for cut_secs in [1.0, 2.5, 3.5] {
        let cut = (cut_secs * 48_000.0) as usize;
        let near = cut - 4_000..cut + 4_000;
        let apart_db = difference_db(&rendered[near.clone()], &heard[near]);
        assert!(apart_db < -12.0, "at the cut at {cut_secs} s it differs by {apart_db:.1} dB");
    }
}

#[test]
fn backwards_and_faster_the_film_is_heard_as_it_runs_and_above_twice_it_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let rendered = left(&rendered_sound(&film, folder.path()));
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    editor.transport.frame = 47;
    editor.play(|editor| editor.transport.shuttle(-1.0));
    editor.pass(1.0, |_, _| {});
    let backwards: Vec<f32> = rendered[..96_000].iter().rev().copied().collect();
    // The limiter looks ahead, and backwards that is the other way: a little louder or softer now and then.
    let apart_db = difference_db(&backwards[2_000..40_000], &editor.heard[2_000..40_000]);
    assert!(apart_db < -10.0, "backwards it differs by {apart_db:.1} dB");
    assert!((22..27).contains(&editor.transport.frame), "{}", editor.transport.frame);

    for (speed, is_heard) in [(1.0, true), (2.0, true), (4.0, false), (8.0, false)] {
        let before = editor.transport.frame;
        editor.play(|editor| editor.transport.shuttle(1.0));
        assert_eq!(editor.transport.speed, speed);
        editor.heard.clear();
        editor.pass(0.4, |_, _| {});
        let moved = editor.transport.frame - before;
        // 0.4 s less what lies in the device's buffer.
        let expected = (0.4 - 0.043) * 24.0 * speed;
        assert!((moved as f64 - expected).abs() < 1.5 * speed, "{moved} frames at {speed}, not {expected:.1}");
        let loudest = editor.heard[4_000..].iter().fold(0.0_f32, |loud, sample| loud.max(sample.abs()));
        assert_eq!(loudest > 0.01, is_heard, "{loudest} at {speed}");
        editor.transport.frame = before;
    }
}

#[test]
fn what_is_shorter_than_the_devices_period_ends_too() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    // At four times its speed two frames are over within a thousand samples.
    let last = editor.times.frames - 1;
    editor.transport.frame = last - 1;
    editor.play(|editor| editor.transport.speed = 4.0);
    editor.pass(0.5, |_, _| {});
    assert_eq!((editor.transport.speed, editor.transport.frame), (0.0, last));
}

#[test]
fn in_to_out_goes_round_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let rendered = left(&rendered_sound(&film, folder.path()));
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    (editor.times.marks, editor.transport.looped) = ((Some(6), Some(30)), true);
    editor.play(|editor| editor.transport.toggle());
    editor.pass(3.5, |editor, _| assert!((6..30).contains(&editor.transport.frame) || editor.transport.frame == 0));
    let round = &rendered[6 * 2_000..30 * 2_000];
    for start in [0, 48_000, 96_000] {
        let heard = &editor.heard[start..start + 48_000];
        let apart_db = difference_db(&round[1_000..47_000], &heard[1_000..47_000]);
        assert!(apart_db < -15.0, "the round from {start} on differs by {apart_db:.1} dB");
    }
    editor.transport.stop();
    // The thread that hears of it runs in real time.
    let began = Instant::now();
    loop {
        editor.heard.clear();
        editor.pass(0.1, |_, _| {});
        if editor.heard.iter().all(|sample| *sample == 0.0) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it is not silent after a stop");
    }
}

#[test]
fn a_dragged_playhead_is_heard_for_a_moment_and_around_a_cut_plays_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let rendered = left(&rendered_sound(&film, folder.path()));
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    editor.transport.frame = 40;
    editor.play(|editor| editor.transport.scrub(40));
    editor.pass(0.3, |_, _| {});
    let apart_db = difference_db(&rendered[80_500..83_000], &editor.heard[500..3_000]);
    assert!(apart_db < -12.0, "the frame differs by {apart_db:.1} dB");
    assert!(editor.heard[4_096..].iter().all(|sample| *sample == 0.0));
    assert_eq!((editor.transport.frame, editor.player().follows()), (40, Follows::Nothing));

    editor.transport.choice.pre_roll_secs = 0.5;
    editor.transport.choice.post_roll_secs = 0.25;
    let times = editor.times.clone();
    editor.play(|editor| editor.transport.play_around(24, &times));
    let mut shown = Vec::new();
    editor.pass(1.2, |editor, _| shown.push(editor.transport.frame));
    assert!(shown.contains(&12) && shown.contains(&29) && !shown.contains(&30), "{shown:?}");
    assert_eq!((editor.transport.frame, editor.transport.speed), (24, 0.0));
}

#[test]
fn without_a_device_the_film_plays_by_the_clock_and_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    let mut editor = Editor::open(&film, folder.path(), None);
    for _ in 0..2 {
        editor.transport.frame = 0;
        editor.transport.toggle();
        editor.until("it goes on without", |editor| editor.player().follows() == Follows::Wall);
        editor.pass(1.0, |_, _| {});
        assert_eq!(editor.transport.frame, 24);
        // A window that sleeps for ten seconds goes on where it was.
        editor.now += Duration::from_secs(10);
        editor.tick();
        assert_eq!(editor.transport.frame, 30);
        editor.transport.stop();
        editor.tick();
    }
    let notices = editor.sound().take_notices();
    assert!(
        matches!(notices.as_slice(), [SoundNotice::NoOutput(why)] if why.contains("no sound device")),
        "{notices:?}"
    );
}

#[test]
fn a_device_that_is_pulled_out_is_told_and_the_film_goes_on_from_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let film = film_in(folder.path());
    rendered_sound(&film, folder.path());
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    editor.play(|editor| editor.transport.toggle());
    editor.pass(1.0, |_, _| {});
    let before = editor.transport.frame;
    assert!((20..25).contains(&before), "{before}");
    editor.device.is_gone.store(true, Ordering::Relaxed);
    editor.until("it goes on without", |editor| editor.player().follows() == Follows::Wall);
    assert!(editor.transport.frame.abs_diff(before) <= 1);
    let before = editor.transport.frame;
    editor.pass(1.0, |_, _| {});
    assert!(editor.transport.frame.abs_diff(before + 24) <= 1, "{}", editor.transport.frame);
    let notices = editor.sound().take_notices();
    assert!(matches!(notices.as_slice(), [SoundNotice::OutputLost(how)] if how.contains("pulled out")), "{notices:?}");
}

#[test]
fn the_playing_shot_may_be_deleted_and_its_sounds_may_vanish() {
    let folder = tempfile::tempdir().unwrap();
    let mut film = film_in(folder.path());
    rendered_sound(&film, folder.path());
    let mut editor = Editor::open(&film, folder.path(), Some(48_000.0));
    editor.play(|editor| editor.transport.toggle());
    editor.pass(1.5, |_, _| {});
    let frame = editor.transport.frame;
    film.scenes[0].shots.remove(1);
    editor.play(|editor| editor.show(&film, folder.path()));
    editor.pass(0.5, |_, _| {});
    assert!(editor.transport.frame > frame && editor.transport.speed == 1.0, "{:?}", editor.transport);

    // Then the whole cache: what is not open yet is silent and named, and playback comes to its end.
    std::fs::remove_dir_all(folder.path().join(".kinora/cache")).unwrap();
    editor.sound().media_changed();
    editor.pass(3.0, |_, _| {});
    assert_eq!((editor.transport.speed, editor.transport.frame), (0.0, editor.times.frames - 1));
    film.scenes.clear();
    editor.show(&film, folder.path());
    editor.transport.toggle();
    editor.pass(0.1, |_, _| {});
    assert_eq!(editor.transport.speed, 0.0, "an empty film does not play");
}
