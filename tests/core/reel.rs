//! What a monitor shows is the film: its frames are those of `film_render.mp4`, bit for bit, and what a render encodes
//! can be made before it.

use crate::fixtures::ffmpeg;
use kinora_core::{
    conform::{self, ConformSpec, Work},
    film::{Film, FilmScene, FitMode, FrameSize, ProjectFolder, ProjectLayout, ProjectPath, Shot, SmoothMode},
    ids::{SceneId, ShotId},
    media::{GroupFrames, MasterDecoder, MasterFile, PictureFormat},
    planes::{Plane, YuvFrame},
    preview::{FilmMap, ReelFrame, SceneReel},
    progress::{CancelToken, NoProgress},
    render::{
        InProcess, RenderRequest,
        execute::{SegmentJob, execute, make_segments},
        prepare, survey,
    },
    store::{Cache, FileHashes},
    time::FrameRate,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

const SIZE: FrameSize = FrameSize { width: 320, height: 180 };

/// A clip as a model gives it.
fn clip(folder: &Path, name: &str, source: &str, rate: FrameRate, frames: u64) -> PathBuf {
    let source = format!("{source}=size=320x180:rate={rate}");
    let frames = frames.to_string();
    let coded = ["-frames:v", &frames, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(folder, name, &[&["-f", "lavfi", "-i", &source][..], &coded].concat())
}

/// A film of two scenes: the first of three shots with two smoothed cuts, one of them trimmed at both ends, the second
/// of one shot. Its fades and trims lie inside groups of pictures.
fn film(root: &Path, folder: &Path) -> (ProjectLayout, Film) {
    let mut film = Film::default();
    film.metadata.size = SIZE;
    film.settings.scene_fade_secs = 0.4;
    for (number, sources) in [(1, &["testsrc2", "mandelbrot", "testsrc"][..]), (2, &["rgbtestsrc"][..])] {
        let mut scene = FilmScene::new(SceneId::numbered(number), "");
        for shot in 1..=sources.len() {
            let mut shot = Shot::new(ShotId::numbered(shot), "", 2.0);
            shot.file_path = Some(ProjectPath::new(format!("shots/{}.mp4", shot.shot_id)).unwrap());
            shot.smooth = SmoothMode::Always;
            if shot.shot_id.number() == Some(2) {
                (shot.in_frame, shot.out_frame) = (5, Some(43));
            }
            scene.shots.push(shot);
        }
        film.metadata.scene_order.push(scene.scene_id.clone());
        film.scenes.push(scene);
    }
    drop(ProjectFolder::create(root, &film).unwrap());
    for (number, sources) in [(1, &["testsrc2", "mandelbrot", "testsrc"][..]), (2, &["rgbtestsrc"][..])] {
        let shots = root.join(format!("scenes/scene_00{number}/shots"));
        std::fs::create_dir_all(&shots).unwrap();
        for (shot, source) in (1..).zip(sources) {
            let name = format!("{}.mp4", ShotId::numbered(shot));
            std::fs::rename(clip(folder, &name, source, film.metadata.rate, 48), shots.join(&name)).unwrap();
        }
    }
    let (_, film) = ProjectFolder::open(root).unwrap();
    (ProjectLayout::new(root), film)
}

/// The pictures of a file as another player decodes them.
fn judged(folder: &Path, file: &Path, [width, height]: [usize; 2]) -> Vec<YuvFrame> {
    let path = file.to_string_lossy();
    let raw = ffmpeg(folder, "judge.raw", &["-i", &path, "-map", "0:v", "-pix_fmt", "yuv420p", "-f", "rawvideo"]);
    let bytes = std::fs::read(raw).unwrap();
    let plane = |bytes: &[u8], width_px: usize, height_px: usize| Plane { width_px, height_px, codes: bytes.to_vec() };
    let (luma, chroma) = (width * height, width * height / 4);
    bytes
        .chunks_exact(luma + 2 * chroma)
        .map(|frame| YuvFrame {
            luma: plane(&frame[..luma], width, height),
            cb: plane(&frame[luma..luma + chroma], width / 2, height / 2),
            cr: plane(&frame[luma + chroma..], width / 2, height / 2),
        })
        .collect()
}

fn reels(film: &Film, layout: &ProjectLayout, cache: &Cache) -> HashMap<SceneId, SceneReel> {
    let hashes = FileHashes::load(layout.root());
    let reel = |scene| SceneReel::of(scene, film, layout, (cache, &hashes), &CancelToken::default()).unwrap();
    film.scenes.iter().map(|scene| (scene.scene_id.clone(), reel(scene))).collect()
}

/// Where a frame of the film lies.
fn reel_frame(map: &FilmMap, reels: &HashMap<SceneId, SceneReel>, film_frame: u64) -> ReelFrame {
    let place = map.place(film_frame).unwrap();
    let (clip, source_frame) = place.source.unwrap();
    reels[&place.scene_id].frame(&place.shot_id, source_frame - clip.in_frame).unwrap()
}

#[test]
fn the_preview_is_the_film_at_every_frame() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, film) = film(&folder.path().join("film"), folder.path());
    let cache = Cache::open(layout.root()).unwrap();
    let cancel = CancelToken::default();
    assert!(reels(&film, &layout, &cache).values().all(|reel| !reel.is_complete() && reel.encodes().count() == 0));
    survey(&film, &layout, None, &InProcess, &cancel, &NoProgress).unwrap();

    // Before the render: what is copied is there, what is encoded has a stand-in, and can be made ahead.
    let before = reels(&film, &layout, &cache);
    let map = FilmMap::of_film(&film, &layout);
    let total = map.total_frames();
    assert_eq!(total, 48 + 38 + 48 + 48);
    let mut seams = 0;
    for film_frame in 0..total {
        let ReelFrame::Segment { key, plain, .. } = reel_frame(&map, &before, film_frame) else { continue };
        assert!(cache.get(&key, "mp4").is_none(), "frame {film_frame}");
        assert!(conform::find(&cache, &plain.key).is_some_and(|take| plain.frame < take.frames), "frame {film_frame}");
        seams += u64::from(plain.is_seam);
        let fade = [0, 9, 124, 133, 134, 143, 172, 181].iter().position(|at| *at == film_frame);
        let level = fade.map(|at| [0.0, 0.9, 0.9, 0.0, 0.0, 0.9, 0.9, 0.0][at]);
        if let Some(level) = level {
            assert!((plain.level.unwrap() - level).abs() < 1e-9, "frame {film_frame}: {plain:?}");
        }
    }
    assert_eq!(seams, 2 * 24, "two cuts, half a second on each side");
    let segments = before.values().flat_map(SceneReel::encodes).map(|(_, _, segment)| segment.clone()).collect();
    let format = PictureFormat { size: SIZE, rate: film.metadata.rate };
    let job = SegmentJob { project_root: layout.root().to_path_buf(), format, segments };
    let made = make_segments(&job, &cancel, &NoProgress).unwrap();
    assert!(made > seams);
    assert_eq!(make_segments(&job, &cancel, &NoProgress).unwrap(), 0, "what is there is not made again");

    let request = RenderRequest {
        scene_id: None,
        codec: kinora_core::media::PictureCodec::H264,
        output: None,
        skip_missing: false,
    };
    let render = prepare(&film, &layout, &request, &InProcess, &cancel, &NoProgress).unwrap();
    let report = execute(&render, &cancel, &NoProgress).unwrap();
    assert_eq!((report.newly_encoded_frames, report.frames), (0, total), "the render uses what was made ahead");

    let judge = judged(folder.path(), &report.output, [320, 180]);
    assert_eq!(judge.len() as u64, total);
    let reels = reels(&film, &layout, &cache);
    let mut decoder = MasterDecoder::new(2);
    let mut order: Vec<u64> = (0..total).collect();
    fastrand::Rng::with_seed(20).shuffle(&mut order);
    for film_frame in order {
        let (key, frame) = match reel_frame(&map, &reels, film_frame) {
            ReelFrame::Take { key, frame } | ReelFrame::Segment { key, frame, .. } => (key, frame),
        };
        let path = cache.get(&key, "mp4").unwrap();
        let shown = decoder.frame(MasterFile { path: &path, rate: film.metadata.rate }, frame).unwrap();
        assert!(shown.to_frame().unwrap() == judge[film_frame as usize], "frame {film_frame} is not the film's");
    }
}

#[test]
fn a_missing_take_takes_its_cuts_with_it_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, mut film) = film(&folder.path().join("film"), folder.path());
    let cache = Cache::open(layout.root()).unwrap();
    survey(&film, &layout, None, &InProcess, &CancelToken::default(), &NoProgress).unwrap();
    let shot = film.scenes[0].shots[1].shot_id.clone();
    std::fs::remove_file(layout.root().join("scenes/scene_001/shots/shot_002.mp4")).unwrap();
    let found = &reels(&film, &layout, &cache)[&SceneId::numbered(1)];
    assert!(!found.is_complete() && found.frame(&shot, 0).is_none());
    let seams = |reel: &SceneReel| {
        let seam = |reel: &SceneReel, shot, frame| {
            matches!(
                reel.frame(&ShotId::numbered(shot), frame), Some(ReelFrame::Segment { plain, .. }) if plain.is_seam
            )
        };
        [(1, 47), (3, 0)].map(|(shot, frame)| seam(reel, shot, frame))
    };
    assert_eq!(seams(found), [false, false], "shots that are not neighbours are not smoothed into each other");
    assert!(matches!(found.frame(&ShotId::numbered(1), 24), Some(ReelFrame::Take { frame: 24, .. })));
    // Without the shot they are neighbours.
    film.scenes[0].shots.remove(1);
    assert_eq!(seams(&reels(&film, &layout, &cache)[&SceneId::numbered(1)]), [true, true]);
}

/// A conformed clip.
fn conformed(folder: &Path, source: &str, rate: FrameRate, frames: u64) -> PathBuf {
    let take = clip(folder, &format!("{source}.mp4"), source, rate, frames);
    let spec = ConformSpec { format: PictureFormat { size: SIZE, rate }, fit: FitMode::Blur, optical_flow: false };
    let key = spec.key(&kinora_core::store::hash_file(&take).unwrap());
    let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
    conform::conform(&take, &key, &spec, &Cache::open(folder).unwrap(), &work).unwrap().video
}

#[test]
fn one_decoder_reads_groups_of_any_file_in_any_order() {
    for rate in ["24", "24000/1001", "60", "8", "1"] {
        let rate: FrameRate = rate.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let videos = ["testsrc2", "mandelbrot"].map(|source| conformed(folder.path(), source, rate, 67));
        let judges = [0, 1].map(|index| judged(folder.path(), &videos[index], [320, 180]));
        let frames = judges[0].len() as u64;
        let mut decoder = MasterDecoder::new(2);
        let mut random = fastrand::Rng::with_seed(9);
        for round in 0..60 {
            let (index, frame) = (random.usize(0..2), [0, frames - 1, random.u64(0..frames)][round % 3]);
            let file = MasterFile { path: &videos[index], rate };
            if random.bool() {
                let picture = decoder.frame(file, frame).unwrap();
                assert!(picture.to_frame().unwrap() == judges[index][frame as usize], "{rate}: frame {frame}");
                continue;
            }
            // To the end of the group, and no further.
            let mut found = Vec::new();
            let mut take = |number: u64, picture: kinora_core::media::PlanarPicture| {
                assert!(picture.to_frame().unwrap() == judges[index][number as usize], "{rate}: frame {number}");
                found.push(number);
                true
            };
            assert!(decoder.decode(file, GroupFrames::From(frame), &mut || true, &mut take).unwrap());
            let end = ((frame / rate.gop_frames() + 1) * rate.gop_frames()).min(frames);
            assert_eq!(found, (frame..end).collect::<Vec<_>>(), "{rate}");
        }
        let error = decoder.frame(MasterFile { path: &videos[0], rate }, frames).unwrap_err();
        assert_eq!(error.kind(), "past_end", "{rate}");
        assert!(decoder.frame(MasterFile { path: &videos[0], rate }, 1).is_ok(), "{rate}: goes on after an error");
    }
}

#[test]
fn work_that_is_stopped_leaves_a_decoder_that_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let rate = FrameRate::FPS_24;
    let video = conformed(folder.path(), "testsrc2", rate, 48);
    let judge = judged(folder.path(), &video, [320, 180]);
    let file = MasterFile { path: &video, rate };
    let mut decoder = MasterDecoder::new(2);
    let mut asked = 0;
    let mut goes_on = || {
        asked += 1;
        asked < 4
    };
    assert!(!decoder.decode(file, GroupFrames::From(12), &mut goes_on, &mut |_, _| true).unwrap());
    let mut found = Vec::new();
    let mut three = |number, _| {
        found.push(number);
        found.len() < 3
    };
    assert!(!decoder.decode(file, GroupFrames::From(26), &mut || true, &mut three).unwrap());
    assert_eq!(found, [26, 27, 28]);
    assert!(decoder.frame(file, 47).unwrap().to_frame().unwrap() == judge[47]);
}

#[test]
fn a_file_that_is_cut_off_or_gone_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let rate = FrameRate::FPS_24;
    let videos = ["testsrc2", "mandelbrot"].map(|source| conformed(folder.path(), source, rate, 96));
    let file = |index: usize| MasterFile { path: &videos[index], rate };
    let mut decoder = MasterDecoder::new(2);
    for index in 0..2 {
        decoder.frame(file(index), 3).unwrap();
    }
    let length = std::fs::metadata(&videos[0]).unwrap().len();
    std::fs::File::options().write(true).open(&videos[0]).unwrap().set_len(length / 2).unwrap();
    std::fs::remove_file(&videos[1]).unwrap();
    let error = decoder.frame(file(0), 95).unwrap_err().to_string();
    assert!(error.contains(&*videos[0].to_string_lossy()), "{error}");
    // What was open may be read to its end; opened anew it is missing.
    let mut fresh = MasterDecoder::new(2);
    assert_eq!(fresh.frame(file(1), 3).unwrap_err().kind(), "missing");
    assert!(fresh.frame(file(0), 0).is_ok(), "what is before the damage is there");
    assert!(fresh.frame(file(0), 95).is_err());
}
