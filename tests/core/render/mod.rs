//! Rendering, with `ffmpeg` and `ffprobe` as the judges of what comes out.

mod live;
mod seams;
mod studio;

use crate::fixtures::{decoded_frames, ffprobe};
use kinora_core::{
    film::AudioLane,
    media::{Capabilities, PictureCodec, capabilities},
    progress::{CancelToken, NoProgress, ProgressUpdate},
    render::{
        execute::{Delivery, ExecuteError, TakeSource, execute},
        plan::{EncodeKind, Segment},
    },
};
use std::{path::Path, sync::Mutex};
use studio::{Studio, brightness, frame_hashes, heard, loudness};

const MOVING: &str = "testsrc2=size=160x90:rate=24:duration=3";
const GREY: &str = "color=c=gray:size=160x90:rate=24:duration=3";
const TONE: &str = "sine=frequency=440:sample_rate=48000:duration=3";
const SPEECH: &str = "anoisesrc=color=pink:amplitude=0.4:duration=1.2:sample_rate=24000";

/// Two scenes, five shots, speech, a looped score and room tone, trims on and off the groups of pictures.
fn sample_film(rate: &str) -> Studio {
    let mut studio = Studio::new(rate);
    let first = studio.scene(&[(MOVING, Some(TONE)), (GREY, None), (MOVING, Some(TONE))]);
    studio.film.scenes[first].shots[0].in_frame = 5;
    studio.film.scenes[first].shots[2].out_frame = Some(40);
    studio.film.scenes[first].shots[0].gain_db = -12.0;
    studio.line(first, 1, 0.5, SPEECH);
    studio.lane(first, AudioLane::Music, "sine=frequency=220:duration=2");
    studio.film.scenes[first].audio_mix.music.looped = true;
    let second = studio.scene(&[(GREY, None), ("color=c=white:size=160x90:rate=24:duration=0.25", None)]);
    studio.lane(second, AudioLane::Ambient, "anoisesrc=color=brown:amplitude=0.3:duration=20");
    studio
}

/// Checks what holds for every rendered file.
fn check_file(studio: &Studio, job: &kinora_core::render::execute::RenderJob) {
    let (file, plan) = (&job.output, &job.plan);
    assert_eq!(decoded_frames(file), plan.total_frames, "frames that decode");
    let hashes = frame_hashes(file);
    assert_eq!(hashes.len() as u64, plan.total_frames);
    let mut film_frame = 0;
    for segment in &plan.video {
        let count = segment.frame_count() as usize;
        if let Segment::Copy { conform_key, frames } = segment {
            let conformed = frame_hashes(&studio.conformed(conform_key).video);
            let shown = &hashes[film_frame..film_frame + count];
            assert_eq!(shown, &conformed[frames.start as usize..frames.end as usize], "a copied frame differs");
        }
        film_frame += count;
    }
    let times = ffprobe(file, &["-select_streams", "v:0", "-show_entries", "packet=pts_time"]);
    let mut times: Vec<f64> = times.lines().map(|line| line.trim_matches(',').parse().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    for (frame, time) in times.iter().enumerate() {
        let truth = studio.rate().frames_to_secs(frame as u64);
        assert!((time - truth).abs() < 0.001, "frame {frame} is shown at {time} s, not at {truth} s");
    }
    let samples = heard(file).len() as i64;
    let truth = plan.audio.total_samples() as i64;
    assert!((0..1_024).contains(&(samples - truth)), "{samples} samples are heard, the picture lasts {truth}");
    let color = ffprobe(
        file,
        &["-select_streams", "v:0", "-show_entries", "stream=color_range,color_space,color_transfer,color_primaries"],
    );
    assert_eq!(color, "tv,bt709,bt709,bt709");
    let bytes = std::fs::read(file).unwrap();
    let place = |tag: &[u8]| bytes.windows(4).position(|window| window == tag).unwrap();
    assert!(place(b"moov") < place(b"mdat"), "the index comes first, so that a film starts before it is loaded");
    assert_eq!(studio.parts(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_film_is_joined_faded_mixed_and_brought_to_its_level() {
    let studio = sample_film("24");
    let (job, report) = studio.render(None).unwrap();
    check_file(&studio, &job);
    assert_eq!(report.frames, 67 + 72 + 40 + 72 + 6);
    assert_eq!(report.segments.copied, job.plan.copied_segments());
    assert_eq!((report.newly_encoded_frames, report.up_to_date), (report.encoded_frames, false));
    assert!(report.encoded_frames < report.frames / 3, "{report:?}");

    let light = brightness(&job.output);
    let black = |frame: usize| (light[frame] - 16.0).abs() < 1.0;
    assert!(black(0) && black(178) && black(179) && black(256), "{light:?}");
    assert!((light[100] - 126.0).abs() < 3.0 && (light[185] - (16.0 + 110.0 * 0.5)).abs() < 3.0, "{light:?}");

    let (measured, peak) = loudness(&job.output);
    assert!((measured + 14.0).abs() <= 0.4 && peak <= -0.9, "{measured} LUFS, {peak} dBTP");
    assert!((report.loudness_lufs.unwrap() + 14.0).abs() <= 0.3, "{report:?}");
    assert!(report.true_peak_dbtp.unwrap() <= -1.0, "{report:?}");

    let chapters = ffprobe(&job.output, &["-show_entries", "chapter=start_time,end_time:chapter_tags=title"]);
    let ends: Vec<_> = chapters.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(ends, ["Scene 1", "Scene 2"], "{chapters}");
    assert!(ffprobe(&job.output, &["-show_entries", "format_tags=title"]).contains("A Night in London"));
}

#[test]
fn a_fractional_rate_keeps_picture_and_sound_together() {
    let studio = sample_film("23.976");
    let (job, _) = studio.render(None).unwrap();
    check_file(&studio, &job);
}

#[test]
fn a_scene_is_as_loud_as_it_is_mixed_and_its_sound_starts_with_its_picture() {
    let mut studio = Studio::new("24");
    let scene = studio.scene(&[(GREY, None), (MOVING, Some(TONE)), (GREY, None)]);
    let (job, report) = studio.render(Some(scene)).unwrap();
    check_file(&studio, &job);
    assert_eq!((report.segments.encoded, report.encoded_frames, job.plan.copied_segments()), (0, 0, 3));
    assert!(job.output.ends_with("scenes/scene_001/scene_render.mp4"));
    let sound = heard(&job.output);
    let loud = |sample: &f32| sample.abs() > 0.02;
    let (start, end) = (sound.iter().position(loud).unwrap(), sound.iter().rposition(loud).unwrap());
    assert!(start.abs_diff(3 * 48_000) < 480 && end.abs_diff(6 * 48_000) < 480, "heard from {start} to {end}");
}

#[test]
fn a_render_with_nothing_to_do_does_nothing_and_one_new_take_costs_one_take() {
    let studio = sample_film("24");
    let (job, first) = studio.render(None).unwrap();
    let written = std::fs::metadata(&job.output).unwrap().modified().unwrap();
    let (_, again) = studio.render(None).unwrap();
    assert!(again.up_to_date && again.newly_encoded_frames == 0, "{again:?}");
    assert_eq!((again.loudness_lufs, again.segments), (first.loudness_lufs, first.segments));
    assert_eq!(std::fs::metadata(&job.output).unwrap().modified().unwrap(), written);

    // Someone else wrote the file: it is made again, from the cache alone.
    std::fs::copy(studio.conformed(&job.plan.shots[0].conform_key).video, &job.output).unwrap();
    let (_, repaired) = studio.render(None).unwrap();
    assert!(!repaired.up_to_date && repaired.newly_encoded_frames == 0, "{repaired:?}");
    check_file(&studio, &job);

    studio.shoot(0, 0, "mandelbrot=size=160x90:rate=24:end_pts=1:maxiter=20,trim=duration=3", Some(TONE));
    let (changed_job, changed) = studio.render(None).unwrap();
    check_file(&studio, &changed_job);
    let own: u64 = changed_job
        .plan
        .encodes()
        .filter(|encode| encode.pieces[0].conform_key == changed_job.plan.shots[0].conform_key)
        .map(|encode| encode.frame_count())
        .sum();
    assert_eq!(changed.newly_encoded_frames, own);
    assert!(own < changed.encoded_frames);
}

#[test]
fn cancelled_at_any_step_the_old_file_stays_and_nothing_else() {
    let mut studio = sample_film("24");
    let (job, _) = studio.render(None).unwrap();
    let old = std::fs::read(&job.output).unwrap();
    studio.film.settings.scene_fade_secs = 0.8;
    for (step, word) in ["encoding", "loudness", "writing", "listening"].into_iter().enumerate() {
        let job = studio.job(None);
        let (cancel, labels) = (CancelToken::default(), Mutex::new(Vec::new()));
        let watch = |update: ProgressUpdate| {
            assert!(update.done <= update.total, "{update:?}");
            if update.label.contains(word) {
                cancel.cancel();
            }
            labels.lock().unwrap().push(update.label);
        };
        let result = execute(&job, &cancel, &watch);
        assert!(matches!(&result, Err(error) if error.kind() == "cancelled"), "step {step}: {result:?}");
        assert!(labels.lock().unwrap().iter().any(|label| label.contains(word)), "{word}");
        assert_eq!(std::fs::read(&job.output).unwrap(), old);
        assert_eq!(studio.parts(), Vec::<std::path::PathBuf>::new(), "step {step}");
    }
    let (job, _) = studio.render(None).unwrap();
    check_file(&studio, &job);
}

#[test]
fn what_is_missing_or_damaged_in_the_cache_is_named_and_made_again() {
    let studio = sample_film("24");
    let (job, _) = studio.render(None).unwrap();
    std::fs::remove_file(&job.output).unwrap();
    let segment = job.plan.encodes().find(|encode| encode.kind == EncodeKind::FadeOut).unwrap();
    let cached = studio.root().join(format!(".kinora/cache/{}/{}.mp4", &segment.key[..2], segment.key));
    // A whole MP4 of other frames under the segment's name.
    let other = job.plan.encodes().find(|encode| encode.frame_count() < segment.frame_count()).unwrap();
    std::fs::copy(studio.root().join(format!(".kinora/cache/{}/{}.mp4", &other.key[..2], other.key)), &cached).unwrap();
    let damaged = execute(&job, &CancelToken::default(), &NoProgress);
    assert!(matches!(&damaged, Err(ExecuteError::DamagedCache { path }) if *path == cached), "{damaged:?}");
    assert!(!job.output.exists());
    execute(&job, &CancelToken::default(), &NoProgress).unwrap();
    check_file(&studio, &job);

    std::fs::remove_file(&job.output).unwrap();
    std::fs::remove_file(studio.conformed(&job.plan.shots[1].conform_key).video).unwrap();
    let missing = execute(&job, &CancelToken::default(), &NoProgress);
    assert!(matches!(&missing, Err(error) if error.kind() == "missing"), "{missing:?}");
    studio.render(None).unwrap();
    check_file(&studio, &job);
}

#[test]
fn a_plan_from_outside_cannot_name_files() {
    let studio = sample_film("24");
    let mut job = studio.job(None);
    for segment in &mut job.plan.video {
        if let Segment::Copy { conform_key, .. } = segment {
            *conform_key = "../../../etc/passwd".to_owned();
        }
    }
    let refused = execute(&job, &CancelToken::default(), &NoProgress);
    assert!(matches!(&refused, Err(ExecuteError::Missing { .. })), "{refused:?}");
}

fn can_encode(codec: PictureCodec) -> bool {
    let Capabilities { encoders, .. } = capabilities();
    encoders.iter().any(|encoder| encoder.target == codec.as_str() && encoder.available)
}

#[test]
fn other_formats_are_made_from_the_original_takes() {
    let studio = sample_film("24");
    for (codec, name, deep) in
        [(PictureCodec::ProRes, "prores", true), (PictureCodec::Hevc, "hevc", false), (PictureCodec::Av1, "av1", false)]
    {
        if !can_encode(codec) {
            continue;
        }
        let mut job = studio.job(None);
        let take = |scene: usize, shot: usize| {
            let scene = &studio.film.scenes[scene];
            scene.shots[shot].file_path.as_ref().unwrap().under(&studio.scene_folder(scene))
        };
        let paths = [take(0, 0), take(0, 1), take(0, 2), take(1, 0), take(1, 1)];
        let takes =
            job.plan.shots.iter().zip(paths).map(|(shot, path)| {
                (shot.conform_key.clone(), TakeSource { path, fit: kinora_core::film::FitMode::Blur })
            });
        job.delivery = Some(Delivery { codec, takes: takes.collect(), optical_flow: false });
        job.output = studio.root().join(format!("film_render_{name}.{}", codec.extension()));
        let report = execute(&job, &CancelToken::default(), &NoProgress).unwrap();
        assert_eq!(decoded_frames(&job.output), job.plan.total_frames, "{name}");
        assert_eq!(report.encoded_frames, job.plan.total_frames);
        check_stream(&job.output, name, deep);
        let samples = heard(&job.output).len() as i64 - job.plan.audio.total_samples() as i64;
        assert!((0..1_024).contains(&samples), "{name}: {samples} samples more than the picture");
        let (measured, peak) = loudness(&job.output);
        assert!((measured + 14.0).abs() <= 0.4 && peak <= -0.9, "{name}: {measured} LUFS, {peak} dBTP");
    }
}

fn check_stream(file: &Path, name: &str, deep: bool) {
    let stream = ffprobe(file, &["-select_streams", "v:0", "-show_entries", "stream=codec_name,pix_fmt"]);
    let pixels = if deep { "yuv422p10le" } else { "yuv420p" };
    assert_eq!(stream, format!("{name},{pixels}"));
}
