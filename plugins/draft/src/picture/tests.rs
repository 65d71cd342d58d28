//! What a film maker relies on: the same take twice, exact reference frames, moves that move, any size, any text.

use super::*;
use image::{Rgb, RgbImage};
use kinora_core::media::probe;
use std::ops::ControlFlow;

fn job(prompt: &str) -> VideoJob {
    VideoJob {
        prompt: prompt.into(),
        slate_scene: "Scene".into(),
        slate_shot: "Shot 1".into(),
        setting: String::new(),
        characters: Vec::new(),
        reference_first_frame: None,
        reference_last_frame: None,
        width_px: 320,
        height_px: 180,
        rate: FrameRate::FPS_24,
        duration_secs: 4.0,
        seed: 1,
        camera: None,
    }
}

fn frame(job: &VideoJob, share: f64) -> Vec<u8> {
    let mut painter = FramePainter::new(job).unwrap();
    let mut rgba = vec![0; painter.frame_bytes()];
    let index = ((painter.frame_count() - 1) as f64 * share).round() as u64;
    painter.paint(index, &mut rgba).unwrap();
    rgba
}

fn difference(left: &[u8], right: &[u8]) -> f64 {
    assert_eq!(left.len(), right.len());
    let sum: u64 = left.iter().zip(right).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / left.len() as f64
}

#[test]
fn the_same_job_gives_the_same_bytes_on_any_number_of_threads() {
    let storm = job("A hut in a forest, storm, lightning, a man in a cloak. Handheld.");
    for share in [0.0, 0.37, 1.0] {
        let first = frame(&storm, share);
        assert_eq!(first, frame(&storm, share), "{share}");
        let mut other = FramePainter::new(&storm).unwrap().with_threads(3);
        let mut rgba = vec![0; other.frame_bytes()];
        other.paint(95, &mut rgba).unwrap();
        other.paint((95.0 * share).round() as u64, &mut rgba).unwrap();
        assert_eq!(first, rgba, "{share}");
    }
    let take_two = VideoJob { seed: 2, ..storm.clone() };
    assert_ne!(frame(&storm, 0.5), frame(&take_two, 0.5));
}

#[test]
fn shots_of_a_scene_share_one_set() {
    let shot = |scene: &str, seed: u64| {
        let mut shot = job("A castle on a hill at night. Static.");
        (shot.slate_scene, shot.seed) = (scene.into(), seed);
        frame(&shot, 0.0)
    };
    let same = difference(&shot("Castle", 1), &shot("Castle", 2));
    let other = difference(&shot("Castle", 1), &shot("Another castle", 1));
    assert!(same * 3.0 < other, "same scene {same}, another scene {other}");
}

#[test]
fn references_are_the_first_and_the_last_frame_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |name: &str, width: u32, height: u32, tint: u8| {
        let path = folder.path().join(name);
        let paint = |x: u32, y: u32| Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, tint]);
        RgbImage::from_fn(width, height, paint).save(&path).unwrap();
        path
    };
    let (first, last) = (picture("first.png", 320, 180, 40), picture("last.png", 320, 180, 200));
    let large = picture("large.png", 640, 480, 90);
    let exact = |path: &PathBuf| image::open(path).unwrap().to_rgba8().into_raw();

    let mut shot = job("Close-up, candlelight. Pan right.");
    shot.reference_first_frame = Some(first.clone());
    shot.reference_last_frame = Some(last.clone());
    assert_eq!(frame(&shot, 0.0), exact(&first));
    assert_eq!(frame(&shot, 1.0), exact(&last));
    let steps: Vec<Vec<u8>> = [0.01, 0.02, 0.5, 0.99].iter().map(|&share| frame(&shot, share)).collect();
    assert!(difference(&steps[0], &exact(&first)) < 8.0, "the second frame jumps");
    assert!(difference(&steps[2], &exact(&first)) > 20.0, "the shot stays on its reference");
    assert!(difference(&steps[3], &exact(&last)) < 12.0, "the last frame jumps");

    shot.reference_first_frame = Some(large);
    let fitted = frame(&shot, 0.0);
    assert_eq!(fitted.len(), 320 * 180 * 4);
    // Covered about the middle: half size, the middle row of the source in the middle of the frame.
    let middle = (90 * 320 + 160) * 4;
    assert!(fitted[middle + 2].abs_diff(90) <= 2);

    shot.reference_first_frame = Some(folder.path().join("missing.png"));
    assert!(matches!(FramePainter::new(&shot), Err(PictureError::Picture { .. })));
    let text = folder.path().join("text.png");
    std::io::Write::write_all(&mut tempfile::NamedTempFile::new().unwrap(), b"x").unwrap();
    image::GrayImage::new(1, 1).save(&text).unwrap();
    shot.reference_first_frame = Some(text);
    assert!(FramePainter::new(&shot).is_ok(), "one pixel is a picture");
}

#[test]
fn the_first_and_last_frames_carry_no_slate() {
    let plain = job("A field at noon. Static.");
    let mut named = plain.clone();
    named.characters = Vec::new();
    named.slate_shot = "Shot 1".into();
    let bare = |share: f64| {
        let mut painter = painter::FramePainter::prepare(&plain, false).unwrap();
        let mut rgba = vec![0; painter.frame_bytes()];
        let index = ((painter.frame_count() - 1) as f64 * share).round() as u64;
        painter.paint(index, &mut rgba).unwrap();
        rgba
    };
    assert_eq!(frame(&named, 0.0), bare(0.0));
    assert_eq!(frame(&named, 1.0), bare(1.0));
    assert_ne!(frame(&named, 0.2), bare(0.2));
    assert_ne!(frame(&named, 0.7), bare(0.7));
    // The slate stays in the lower third.
    let top = 320 * 110 * 4;
    assert_eq!(frame(&named, 0.2)[..top], bare(0.2)[..top]);
}

/// Luma of a frame, softened a little so that grain does not decide.
fn luma(rgba: &[u8], width: usize) -> Vec<f32> {
    let raw: Vec<f32> =
        rgba.chunks_exact(4).map(|px| f32::from(px[0]) + f32::from(px[1]) * 2.0 + f32::from(px[2])).collect();
    let height = raw.len() / width;
    let mut soft = raw.clone();
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            soft[y * width + x] = (-1..=1)
                .flat_map(|dy: isize| (-1..=1).map(move |dx: isize| (dx, dy)))
                .fold(0.0, |sum, (dx, dy)| sum + raw[(y as isize + dy) as usize * width + (x as isize + dx) as usize])
                / 9.0;
        }
    }
    soft
}

/// The scale and shift that best turn the earlier frame into the later one, by trying them all over the middle.
fn motion(earlier: &[u8], later: &[u8]) -> (f32, i32, i32) {
    let (width, height) = (320_usize, 180_usize);
    let (from, to) = (luma(earlier, width), luma(later, width));
    let mut best = (f32::MAX, (1.0, 0, 0));
    for scale_step in -6_i32..=6 {
        let scale = 1.0 + scale_step as f32 * 0.02;
        for dx in (-40_i32..=40).step_by(2) {
            for dy in (-24_i32..=24).step_by(2) {
                let (mut sum, mut count) = (0.0, 0.0);
                for y in (40..140).step_by(5) {
                    for x in (60..260).step_by(5) {
                        let source_x = (x as f32 - 160.0 - dx as f32) / scale + 160.0;
                        let source_y = (y as f32 - 90.0 - dy as f32) / scale + 90.0;
                        if (0.0..width as f32).contains(&source_x) && (0.0..height as f32).contains(&source_y) {
                            sum += (to[y * width + x] - from[source_y as usize * width + source_x as usize]).abs();
                            count += 1.0;
                        }
                    }
                }
                // Among equals the smallest movement.
                let cost =
                    sum / f32::max(count, 1.0) + 0.02 * (dx.abs() + dy.abs()) as f32 + 0.1 * scale_step.abs() as f32;
                if cost < best.0 {
                    best = (cost, (scale, dx, dy));
                }
            }
        }
    }
    best.1
}

#[test]
fn moves_move_the_picture_as_a_camera_would() {
    let check = |note: &str, expected: fn((f32, i32, i32)) -> bool| {
        let mut shot = job("Columns of a Greek temple at noon, wide shot.");
        shot.camera = Some(note.into());
        shot.duration_secs = 3.0;
        // A dolly hardly touches what is far away: it is measured over more of the shot.
        let (from, to) = if note.starts_with("dolly") { (0.15, 0.85) } else { (0.40, 0.60) };
        let seen = motion(&frame(&shot, from), &frame(&shot, to));
        assert!(expected(seen), "{note}: scale, right, down = {seen:?}");
    };
    check("pan right", |(_, dx, dy)| dx <= -6 && dy.abs() <= 4);
    check("pan left", |(_, dx, dy)| dx >= 6 && dy.abs() <= 4);
    check("tilt up", |(_, dx, dy)| dy >= 4 && dx.abs() <= 4);
    check("tilt down", |(_, dx, dy)| dy <= -4 && dx.abs() <= 4);
    check("truck right", |(_, dx, _)| dx <= -2);
    check("truck left", |(_, dx, _)| dx >= 2);
    check("crane up", |(_, _, dy)| dy >= 2);
    check("crane down", |(_, _, dy)| dy <= -2);
    check("zoom in", |(scale, _, _)| scale > 1.03);
    check("zoom out", |(scale, _, _)| scale < 0.97);
    check("dolly in", |(scale, _, _)| scale > 1.0);
    check("dolly out", |(scale, _, _)| scale < 1.0);
    check("static", |(scale, dx, dy)| (scale - 1.0).abs() < 0.01 && dx == 0 && dy == 0);
}

#[test]
fn every_size_ratio_rate_and_length_is_painted() {
    let check =
        |(width_px, height_px): (u32, u32), expected: (u32, u32), rate: &str, duration_secs: f64, count: u64| {
            let mut shot = job("A drawing room by candlelight, Lord Ruthven, medium shot. Orbit.");
            (shot.width_px, shot.height_px, shot.duration_secs) = (width_px, height_px, duration_secs);
            shot.rate = rate.parse().unwrap();
            let mut painter = FramePainter::new(&shot).unwrap();
            assert_eq!(
                (painter.size_px(), painter.frame_count()),
                (expected, count),
                "{width_px}x{height_px} {duration_secs}"
            );
            let mut rgba = vec![0; painter.frame_bytes()];
            painter.paint(count / 2, &mut rgba).unwrap();
            let (low, high) = rgba.chunks_exact(4).fold((255, 0), |(low, high), px| (px[1].min(low), px[1].max(high)));
            assert!(high - low > 20, "a flat picture at {width_px}x{height_px}: {low}..{high}");
            assert!(rgba.chunks_exact(4).all(|px| px[3] == 255));
            assert!(painter.paint(0, &mut rgba[1..]).is_err());
        };
    check((320, 180), (320, 180), "24", 2.0, 48);
    check((180, 320), (180, 320), "23.976", 5.0, 120);
    check((200, 200), (200, 200), "25", 0.04, 1);
    check((420, 180), (420, 180), "60", 0.05, 3);
    check((333, 187), (333, 187), "12.5", 0.5, 6);
    check((1, 1), (16, 16), "30", 1.0, 30);
    check((2000, 20), (2000, 20), "24", 1.0, 24);
    check((20, 2000), (20, 2000), "24", 1.0, 24);
    check((16, 9), (16, 16), "240", 600.0, 144_000);
    check((64, 36), (64, 36), "24", f64::NAN, 1);
    check((64, 36), (64, 36), "24", 1e12, 14_400);
    check((64, 36), (64, 36), "24", -5.0, 1);
}

#[test]
fn hostile_text_is_only_text() {
    let long = "pan left close-up of a vampire ".repeat(700);
    let texts = [
        "",
        " \n\t ",
        "\u{1F9DB}\u{200D}\u{2642}\u{FE0F}\u{1F56F}\u{FE0F}",
        "\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{202E}rtl\u{202C}",
        "Ο Λόρδος Ρούθβεν, Лорд Ратвен, à Noël — naïveté",
        "\u{0}\u{1}\u{FFFD}\u{10FFFF}",
        "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "日本の夜の街",
        long.as_str(),
    ];
    for text in texts {
        let mut shot = job(text);
        (shot.width_px, shot.height_px, shot.duration_secs) = (256, 144, 2.0);
        (shot.slate_scene, shot.slate_shot) = (text.into(), text.into());
        shot.characters =
            vec![CharacterSketch { name: text.into(), style_tokens: text.into(), portraits: Vec::new() }; 30];
        shot.camera = Some(text.into());
        assert_eq!(frame(&shot, 0.4).len(), 256 * 144 * 4, "{:?}", text.chars().take(20).collect::<String>());
    }
}

#[test]
fn clips_and_stills_are_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut shot = job("The sea at dawn. Static.");
    (shot.width_px, shot.height_px, shot.duration_secs) = (128, 72, 0.5);
    let clip = folder.path().join("shot.mp4");
    let mut shares = Vec::new();
    render_video(&shot, &clip, &mut |share| {
        shares.push(share);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((shares.first(), shares.last(), shares.len()), (Some(&0.0), Some(&1.0), 13));
    let info = probe(&clip).unwrap();
    let picture = info.picture.unwrap();
    assert_eq!((picture.width_px, picture.height_px), (128, 72));

    let stopped = folder.path().join("stopped.mp4");
    let answer = render_video(&shot, &stopped, &mut |share| {
        if share > 0.3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(answer, Err(PictureError::Cancelled)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a stopped clip left something behind");

    let still = folder.path().join("portrait.png");
    let characters =
        vec![CharacterSketch { name: "Ianthe".into(), style_tokens: "young, long hair".into(), portraits: Vec::new() }];
    let image = ImageJob {
        prompt: "Portrait of Ianthe by candlelight".into(),
        scene: String::new(),
        characters: characters.clone(),
        width_px: 96,
        height_px: 128,
        seed: 3,
    };
    render_image(&image, &still).unwrap();
    assert_eq!(image::open(&still).unwrap().to_rgb8().dimensions(), (96, 128));

    let mut with_portrait = job("Medium shot of Ianthe in a garden.");
    with_portrait.characters = characters;
    let drawn = frame(&with_portrait, 0.5);
    with_portrait.characters[0].portraits = vec![still];
    assert!(difference(&drawn, &frame(&with_portrait, 0.5)) > 1.0, "the portrait is not in the picture");
}
