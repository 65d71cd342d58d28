//! Cuts between continued shots, from the project folder to the file: what is matched, what is smoothed, what stays.

use super::studio::{frame_hashes, heard};
use crate::fixtures::{decoded_frames, ffmpeg, ffprobe};
use kinora_core::{
    conform,
    film::{Film, FilmScene, FrameSize, ProjectFolder, ProjectLayout, ProjectPath, Shot, SmoothMode, SmoothingEngine},
    ids::{SceneId, ShotId},
    media::PictureCodec,
    planes::{Plane, YuvFrame},
    progress::{CancelToken, NoProgress},
    render::{
        InProcess, RenderJob, RenderReport, RenderRequest,
        execute::execute,
        join::{JoinReach, JoinReport, JoinRequest, join_clips},
        plan::{EncodeKind, EncodeSegment, Segment},
        prepare,
        sheet::write_sheet,
        survey,
    },
    smoothing::evenness,
    store::Cache,
};
use std::{
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
};

const SIZE: FrameSize = FrameSize { width: 320, height: 180 };
/// Frames of every clip: two seconds.
const CLIP_FRAMES: usize = 48;
/// Frames on each side of a cut that are smoothed: half a second.
const SIDE: usize = 12;
/// The window of the first cut.
const WINDOW: Range<usize> = CLIP_FRAMES - SIDE..CLIP_FRAMES + SIDE;
/// A pan over a still picture, a quarter of a pixel off the grid at every step.
const PAN: &str = "crop=1280:720:x='5*(HELD)':y=0:exact=1,scale=320:180:flags=area,format=yuv420p";

/// A clip of the pan as a model would give it. `frame` says which moment of the move frame `n` shows.
fn pan_clip(folder: &Path, name: &str, frame: &str, gain: f64) -> PathBuf {
    let still = folder.join("still.png");
    if !still.exists() {
        let light =
            "geq=lum='120+45*sin(X/31+Y/67)+35*sin(Y/19)*cos(X/23)':cb='128+30*sin(X/83)':cr='128+30*cos(Y/71)'";
        let picture =
            format!("color=gray:size=1024x360,format=yuv444p,{light},noise=alls=70:all_seed=5,scale=2048:720");
        ffmpeg(folder, "still.png", &["-f", "lavfi", "-i", &picture, "-frames:v", "1"]);
    }
    let pan = format!("{},lutyuv=y='clip((val-16)*{gain}+16,16,235)'", PAN.replace("HELD", frame));
    let still = still.to_str().unwrap();
    let picture =
        ["-loop", "1", "-framerate", "24", "-i", still, "-f", "lavfi", "-i", "sine=frequency=330", "-vf", &pan];
    let coded = ["-frames:v", "48", "-t", "2", "-c:v", "libx264", "-preset", "fast", "-crf", "23", "-c:a", "pcm_s16le"];
    ffmpeg(folder, name, &[&picture[..], &coded, &["-f", "mov"]].concat())
}

/// The first shot, and its continuations: each starts from the last frame of the one before, held for three frames.
fn continued_clip(folder: &Path, name: &str, number: usize) -> PathBuf {
    match number {
        0 => pan_clip(folder, name, "n", 1.0),
        _ => pan_clip(folder, name, &format!("{}+max(0,n-2)", 48 * number - 1 - 2 * (number - 1)), 1.03),
    }
}

fn other_clip(folder: &Path, name: &str) -> PathBuf {
    let arguments = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=2", "-f", "lavfi", "-i"];
    let sound = ["sine=frequency=550:duration=2", "-c:a", "pcm_s16le", "-pix_fmt", "yuv420p", "-f", "mov"];
    ffmpeg(folder, name, &[&arguments[..], &sound].concat())
}

/// A project folder of one scene.
struct Stage {
    _folder: tempfile::TempDir,
    layout: ProjectLayout,
    film: Film,
}

impl Stage {
    /// A scene of clips, made by `clip` from the folder, the name and the number from 0.
    fn new(clips: usize, clip: impl Fn(&Path, &str, usize) -> PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("film");
        let mut film = Film::default();
        film.metadata.rate = "24".parse().unwrap();
        film.metadata.size = SIZE;
        let mut scene = FilmScene::new(SceneId::numbered(1), "London");
        for number in 0..clips {
            let mut shot = Shot::new(ShotId::numbered(number + 1), "", 2.0);
            shot.file_path = Some(ProjectPath::new(format!("shots/{}.mp4", shot.shot_id)).unwrap());
            scene.shots.push(shot);
        }
        film.metadata.scene_order.push(scene.scene_id.clone());
        film.scenes.push(scene);
        drop(ProjectFolder::create(&root, &film).unwrap());
        let shots = root.join("scenes/scene_001/shots");
        std::fs::create_dir_all(&shots).unwrap();
        for number in 0..clips {
            let name = format!("{}.mp4", ShotId::numbered(number + 1));
            std::fs::rename(clip(folder.path(), &name, number), shots.join(&name)).unwrap();
        }
        let (_, film) = ProjectFolder::open(&root).unwrap();
        Self { _folder: folder, layout: ProjectLayout::new(&root), film }
    }

    fn pair() -> Self {
        Self::new(2, continued_clip)
    }

    fn shot(&mut self, number: usize) -> &mut Shot {
        &mut self.film.scenes[0].shots[number]
    }

    fn job(&self, codec: PictureCodec) -> RenderJob {
        let scene_id = Some(SceneId::numbered(1));
        let request = RenderRequest { scene_id, codec, output: None, skip_missing: false };
        prepare(&self.film, &self.layout, &request, &InProcess, &CancelToken::default(), &NoProgress).unwrap()
    }

    fn render(&self, codec: PictureCodec) -> (RenderJob, RenderReport) {
        let job = self.job(codec);
        let report = execute(&job, &CancelToken::default(), &NoProgress).unwrap();
        (job, report)
    }

    /// The frames of the conformed takes, one after the other.
    fn plain_frames(&self, job: &RenderJob) -> Vec<YuvFrame> {
        self.conformed(job).iter().flat_map(|(video, shown)| frames(video)[shown.clone()].to_vec()).collect()
    }

    fn conformed(&self, job: &RenderJob) -> Vec<(PathBuf, Range<usize>)> {
        let cache = Cache::open(self.layout.root()).unwrap();
        let shots = job.plan.shots.iter().map(|shot| {
            let key = blake3::Hash::from_hex(&shot.conform_key).unwrap();
            let shown = shot.source_frames.start as usize..shot.source_frames.end as usize;
            (conform::find(&cache, &key).unwrap().video, shown)
        });
        shots.collect()
    }
}

/// The pictures of a file as another player decodes them.
fn frames(file: &Path) -> Vec<YuvFrame> {
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-i"])
        .arg(file)
        .args(["-map", "0:v", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let (width, height) = (SIZE.width as usize, SIZE.height as usize);
    let plane = |width_px, height_px, codes: &[u8]| Plane { width_px, height_px, codes: codes.to_vec() };
    let frame = |bytes: &[u8]| {
        let (luma, chroma) = bytes.split_at(width * height);
        let (cb, cr) = chroma.split_at(chroma.len() / 2);
        let half = |codes| plane(width / 2, height / 2, codes);
        YuvFrame { luma: plane(width, height, luma), cb: half(cb), cr: half(cr) }
    };
    run.stdout.chunks_exact(width * height * 3 / 2).map(frame).collect()
}

/// How near two pictures are, in decibels of luma.
fn psnr_db(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let sum: u64 = a.luma.codes.iter().zip(&b.luma.codes).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    10.0 * (255.0_f64.powi(2) / (sum as f64 / a.luma.codes.len() as f64).max(1e-3)).log10()
}

fn seams(job: &RenderJob) -> Vec<&EncodeSegment> {
    job.plan.encodes().filter(|encode| matches!(encode.kind, EncodeKind::Seam { .. })).collect()
}

/// Renders and expects a plain cut: every frame of the file is a frame of a take, and `reason` says why.
fn check_plain(stage: &Stage, matched: bool, reasons: &[&str]) {
    let (job, report) = stage.render(PictureCodec::H264);
    let cut = &report.cuts[0];
    assert_eq!((report.cuts.len(), cut.matched, cut.smoothed), (1, matched, false), "{cut:?}");
    for reason in reasons {
        assert!(cut.reason.contains(reason), "{cut:?} does not say {reason:?}");
    }
    assert!(seams(&job).is_empty(), "{:?}", job.plan.video);
    let shown = frame_hashes(&job.output);
    let mut film_frame = 0;
    for segment in &job.plan.video {
        let count = segment.frame_count() as usize;
        if let Segment::Copy { .. } = segment {
            let takes = stage.conformed(&job);
            let all: Vec<String> =
                takes.iter().flat_map(|(take, shown)| frame_hashes(take)[shown.clone()].to_vec()).collect();
            assert_eq!(shown[film_frame..film_frame + count], all[film_frame..film_frame + count]);
        }
        film_frame += count;
    }
    assert_eq!(shown.len(), film_frame);
}

#[test]
fn a_cut_between_continued_shots_is_smoothed_and_nothing_else_changes() {
    let mut stage = Stage::pair();
    let (job, report) = stage.render(PictureCodec::H264);
    let cut = &report.cuts[0];
    assert_eq!((report.cuts.len(), cut.matched, cut.smoothed, cut.exact), (1, true, true, false), "{cut:?}");
    assert!(cut.score >= stage.film.settings.match_threshold, "{cut:?}");
    assert_eq!(seams(&job).len(), 1, "{:?}", job.plan.video);
    assert_eq!(seams(&job)[0].frame_count() as usize, WINDOW.len());
    assert_eq!((report.frames, decoded_frames(&job.output)), (96, 96));
    let sound = heard(&job.output);

    let plain_hashes: Vec<String> =
        stage.conformed(&job).iter().flat_map(|(video, shown)| frame_hashes(video)[shown.clone()].to_vec()).collect();
    let hashes = frame_hashes(&job.output);
    assert_eq!(hashes[..WINDOW.start], plain_hashes[..WINDOW.start], "before the window");
    assert_eq!(hashes[WINDOW.end..], plain_hashes[WINDOW.end..], "after the window");
    assert_ne!(hashes[WINDOW], plain_hashes[WINDOW]);

    let (before, after) = (evenness(&stage.plain_frames(&job), WINDOW), evenness(&frames(&job.output), WINDOW));
    assert!(before.longest_stall_frames >= 3, "the cut stalls: {before:?}");
    assert!(after.longest_stall_frames <= 1 && after.largest_jump < 1.5, "{before:?} became {after:?}");

    let (_, again) = stage.render(PictureCodec::H264);
    assert!(again.up_to_date && again.newly_encoded_frames == 0, "{again:?}");
    std::fs::remove_file(&job.output).unwrap();
    let (_, anew) = stage.render(PictureCodec::H264);
    assert!(!anew.up_to_date && anew.newly_encoded_frames == 0 && anew.encoded_frames > 0, "{anew:?}");
    assert_eq!(frame_hashes(&job.output), hashes);

    // The same film with a plain cut sounds the same.
    stage.shot(0).smooth = SmoothMode::Never;
    check_plain(&stage, true, &["forbidden"]);
    assert_eq!(heard(&job.output), sound);
    assert_eq!(frame_hashes(&job.output), plain_hashes);
    // And back again: nothing is made twice.
    stage.shot(0).smooth = SmoothMode::Auto;
    assert_eq!(stage.render(PictureCodec::H264).1.newly_encoded_frames, 0);
    assert_eq!(frame_hashes(&job.output), hashes);
}

#[test]
fn optical_flow_off_leaves_a_match_alone() {
    let mut stage = Stage::pair();
    stage.film.settings.enable_optical_flow = false;
    check_plain(&stage, true, &["optical flow is off"]);
}

#[test]
fn another_shot_is_a_plain_cut_unless_it_is_forced() {
    let mut stage = Stage::new(2, |folder, name, number| match number {
        0 => continued_clip(folder, name, 0),
        _ => other_clip(folder, name),
    });
    let score = stage.job(PictureCodec::H264).cuts[0].score;
    let threshold = stage.film.settings.match_threshold;
    assert!(score < threshold);
    check_plain(&stage, false, &["do not match", &format!("{score:.2}"), &format!("{threshold:.2}")]);
    stage.shot(0).smooth = SmoothMode::Always;
    let job = stage.job(PictureCodec::H264);
    assert_eq!((job.cuts[0].matched, job.cuts[0].smoothed), (false, true));
    assert!(job.cuts[0].reason.contains("forced"), "{:?}", job.cuts[0]);
    assert_eq!(seams(&job).len(), 1);
    execute(&job, &CancelToken::default(), &NoProgress).unwrap();
    assert_eq!(decoded_frames(&job.output), 96);
}

#[test]
fn a_shot_cut_short_no_longer_meets_what_continued_it() {
    let mut stage = Stage::pair();
    assert!(stage.job(PictureCodec::H264).cuts[0].matched);
    stage.shot(0).out_frame = Some(24);
    check_plain(&stage, false, &["do not match"]);
}

#[test]
fn another_format_shows_the_smoothed_frames_of_the_master() {
    let stage = Stage::pair();
    let (job, _) = stage.render(PictureCodec::H264);
    let (delivered, _) = stage.render(PictureCodec::ProRes);
    assert_ne!(delivered.output, job.output);
    let (master, prores, plain) = (frames(&job.output), frames(&delivered.output), stage.plain_frames(&job));
    assert_eq!(prores.len(), 96);
    for frame in WINDOW {
        let near = psnr_db(&prores[frame], &master[frame]);
        assert!(near > 38.0, "frame {frame} lies {near:.1} dB from the master's");
    }
    let far = WINDOW.map(|frame| psnr_db(&plain[frame], &master[frame])).fold(f64::MAX, f64::min);
    assert!(far < 34.0, "a plain cut would pass as well: {far:.1} dB");
}

#[test]
fn a_chain_tells_how_far_every_shot_has_drifted() {
    let stage = Stage::new(3, continued_clip);
    let found = survey(&stage.film, &stage.layout, None, &InProcess, &CancelToken::default(), &NoProgress).unwrap();
    assert!(found.pictures.is_some(), "the pictures of a film with clips can be drawn");
    let found = found.continuity;
    let matched: Vec<_> = found.cuts.iter().map(|cut| (cut.matched, cut.smoothed)).collect();
    assert_eq!(matched, [(true, true), (true, true)], "{:?}", found.cuts);
    assert_eq!(found.chains.len(), 1, "{:?}", found.chains);
    let shots = &found.chains[0].shots;
    let ids: Vec<_> = shots.iter().map(|shot| shot.shot_id.as_str()).collect();
    assert_eq!(ids, ["shot_001", "shot_002", "shot_003"]);
    assert!(shots[0].drift.structure < 0.15, "{shots:?}");
    let light: Vec<f64> = shots.iter().map(|shot| shot.drift.exposure_stops).collect();
    assert!(light[1] > light[0] + 0.01 && light[2] > light[0] + 0.01, "the later shots are lighter: {light:?}");

    let report = execute(&stage.job(PictureCodec::H264), &CancelToken::default(), &NoProgress).unwrap();
    assert_eq!((report.frames, report.cuts.iter().filter(|cut| cut.smoothed).count()), (144, 2));
}

fn join(folder: &Path, clips: [&Path; 2], reach: JoinReach) -> Result<JoinReport, String> {
    let [first, second] = clips.map(Path::to_path_buf);
    let request = JoinRequest { first, second, out: folder.join("joined.mp4"), rate: None, reach };
    join_clips(&request, &CancelToken::default(), &NoProgress).map_err(|error| format!("{} {error}", error.kind()))
}

/// Files that are neither clips nor the result.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let known = ["still.png", "a.mov", "b.mov", "junk.mov", "joined.mp4"];
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| !known.contains(&path.file_name().unwrap().to_str().unwrap())).collect()
}

#[test]
fn two_clips_are_joined_without_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (a, b) = (continued_clip(folder, "a.mov", 0), continued_clip(folder, "b.mov", 1));
    let window = JoinReach::Window { window_secs: 0.5, engine: SmoothingEngine::Dis };
    let junk = folder.join("junk.mov");
    std::fs::write(&junk, "not a clip at all".repeat(500)).unwrap();
    for reach in [window, JoinReach::Whole] {
        let refused = join(folder, [&a, &junk], reach).unwrap_err();
        assert!(refused.contains("junk.mov"), "{refused}");
        assert!(!folder.join("joined.mp4").exists());
    }

    let report = join(folder, [&a, &b], window).unwrap();
    let seam = report.seam.expect("what was done at the seam");
    assert_eq!((report.frames, seam.left_alone), (96, None));
    assert!((report.duration_secs - 4.0).abs() < 1e-9 && report.score.unwrap() > 0.5);
    assert!(!seam.dropped.is_empty() && seam.interpolated_frames > 0, "{seam:?}");
    let joined = frames(&report.output);
    assert_eq!(joined.len(), 96);
    let plain: Vec<_> = frames(&a).into_iter().chain(frames(&b)).collect();
    let (before, after) = (evenness(&plain, WINDOW), evenness(&joined, WINDOW));
    assert!(after.longest_stall_frames < before.longest_stall_frames, "{before:?} became {after:?}");
    assert!((heard(&report.output).len() as f64 / 48_000.0 - 4.0).abs() < 0.03);

    let report = join(folder, [&a, &b], JoinReach::Whole).unwrap();
    assert!(report.seam.is_none() && report.score.is_none());
    let rate = ffprobe(&report.output, &["-select_streams", "v:0", "-show_entries", "stream=r_frame_rate"]);
    assert_eq!(rate.trim_matches(','), "60/1");
    assert_eq!(decoded_frames(&report.output), report.frames);
    assert!((report.duration_secs - 4.0).abs() < 0.3, "{report:?}");
    assert_eq!(leftovers(folder), Vec::<PathBuf>::new());
}

#[test]
fn the_sheet_shows_the_cut_before_and_after() {
    let mut stage = Stage::pair();
    let png = stage.layout.root().join("cuts.png");
    let draw = |stage: &Stage| {
        let job = stage.job(PictureCodec::H264);
        let cuts = write_sheet(&job, &png, &CancelToken::default(), &NoProgress).unwrap();
        (cuts, image::open(&png).unwrap().to_rgb8())
    };
    let (cuts, smoothed) = draw(&stage);
    assert!(cuts.len() == 1 && cuts[0].smoothed, "{cuts:?}");
    stage.shot(0).smooth = SmoothMode::Never;
    let (cuts, plain) = draw(&stage);
    assert!(!cuts[0].smoothed, "{cuts:?}");
    // A smoothed cut has a row more: before and after.
    assert!(plain.width() >= 1_000 && plain.width() == smoothed.width());
    assert!(
        plain.height() > 150 && smoothed.height() > plain.height() + 100,
        "{} and {}",
        plain.height(),
        smoothed.height()
    );
    let colors: std::collections::BTreeSet<[u8; 3]> = smoothed.pixels().map(|pixel| pixel.0).collect();
    assert!(colors.len() > 1_000, "{} colours: there is no picture on it", colors.len());
}
