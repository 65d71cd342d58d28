//! The preview as a window uses it: asks, answers, wake-ups, and files that are hostile or gone.

use bevy::prelude::App;
use kinora::preview::{
    Monitor, MonitorAsk, MonitorPicture, PictureSource, PlayDirection, PreviewPlugin, PreviewSettings, ShapeKey, Shown,
    SoundShapes, ThumbKey, Thumbnails, WakeUp, WipeAsk, close_project, open_project,
};
use kinora_core::{
    conform::{self, Work},
    film::{
        Film, FilmScene, FrameSize, Metadata, ProjectLayout, ProjectPath, SCHEMA_VERSION, Settings, Shot, SmoothMode,
    },
    ids::{SceneId, ShotId},
    media::{FrameDecoder, PictureCodec, to_planes},
    planes::{Plane, YuvFrame},
    preview::{FilmMap, MappedShot, ShownFilm, TakeClip},
    progress::{CancelToken, NoProgress},
    render::{
        execute::execute,
        prepare::{InProcess, RenderRequest, prepare},
    },
    store::{Cache, hash_file},
    time::FrameRate,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    time::{Duration, Instant},
};

/// Work that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(60);
const SIZE: [u32; 2] = [320, 180];
const DIRECTIONS: [PlayDirection; 4] =
    [PlayDirection::Still, PlayDirection::Forward, PlayDirection::Backward, PlayDirection::Skim];

/// A project of one scene: two shots of two seconds with a take each, and one without.
struct Studio {
    app: App,
    folder: tempfile::TempDir,
    film: Film,
    wakes: Receiver<()>,
}

impl Studio {
    fn new(settings: PreviewSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shots = folder.path().join("scenes/scene_001/shots");
        std::fs::create_dir_all(&shots).unwrap();
        for (name, source) in [("shot_001.mp4", "testsrc2"), ("shot_002.mp4", "mandelbrot")] {
            let source = format!("{source}=size=320x180:rate=24");
            let run = Command::new("ffmpeg")
                .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", &source])
                .args(["-f", "lavfi", "-i", "sine=duration=2", "-frames:v", "48", "-c:v", "libx264"])
                .args(["-preset", "ultrafast", "-pix_fmt", "yuv420p"])
                .arg(shots.join(name))
                .output()
                .expect("ffmpeg is installed by `make setup`");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        let shot = |number: usize| {
            let mut shot = Shot::new(ShotId::numbered(number), "", 2.0);
            shot.file_path = (number < 3).then(|| ProjectPath::new(format!("shots/shot_00{number}.mp4")).unwrap());
            shot
        };
        let scene = FilmScene { shots: (1..=3).map(shot).collect(), ..FilmScene::new(SceneId::numbered(1), "") };
        let metadata = Metadata {
            schema_version: SCHEMA_VERSION,
            title: String::new(),
            rate: FrameRate::FPS_24,
            size: FrameSize { width: SIZE[0], height: SIZE[1] },
            scene_order: vec![scene.scene_id.clone()],
            extra: Default::default(),
        };
        // Only frames of takes: fades and seams have tests of their own.
        let settings_of_film = Settings { scene_fade_secs: 0.0, ..Settings::default() };
        let film = Film { metadata, settings: settings_of_film, characters: Vec::new(), scenes: vec![scene] };
        let mut app = App::new();
        app.add_plugins(PreviewPlugin { settings });
        let (sender, wakes) = sync_channel(1);
        app.world().resource::<WakeUp>().set(Arc::new(move || {
            // A wake-up that waits already is enough.
            let _ = sender.try_send(());
        }));
        let mut studio = Self { app, folder, film, wakes };
        studio.open();
        studio
    }

    /// Opens the project, as after a start.
    fn open(&mut self) {
        let layout = ProjectLayout::new(self.folder.path());
        open_project(self.app.world_mut(), &layout).unwrap();
        self.show_film();
    }

    fn show_film(&self) {
        let layout = ProjectLayout::new(self.folder.path());
        self.monitor().show_film(Arc::new(ShownFilm::of_film(&self.film, &layout)));
    }

    fn map(&self) -> FilmMap {
        FilmMap::of_film(&self.film, &ProjectLayout::new(self.folder.path()))
    }

    fn shot(&self, index: usize) -> MappedShot {
        self.map().scenes().next().unwrap().1.shots[index].clone()
    }

    fn clip(&self, index: usize) -> Arc<TakeClip> {
        self.shot(index).clip.unwrap()
    }

    fn conform(&self, index: usize) -> PathBuf {
        let clip = self.clip(index);
        let key = clip.spec.key(&hash_file(&clip.path).unwrap());
        let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
        let cache = Cache::open(self.folder.path()).unwrap();
        conform::conform(&clip.path, &key, &clip.spec, &cache, &work).unwrap().video
    }

    fn monitor(&self) -> &Monitor {
        self.app.world().resource()
    }

    fn thumbs(&self) -> &Thumbnails {
        self.app.world().resource()
    }

    fn shapes(&self) -> &SoundShapes {
        self.app.world().resource()
    }

    /// Waits, woken by the threads, until something is there.
    fn wait<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        loop {
            if let Some(found) = look() {
                return found;
            }
            self.wakes.recv_timeout(HANGS_AFTER).expect("the preview hangs");
        }
    }

    fn ask(&self, film_frame: u64, direction: PlayDirection) {
        self.monitor().ask(MonitorAsk { film_frame, direction, wipe: None });
    }

    fn picture(&self, film_frame: u64, direction: PlayDirection) -> MonitorPicture {
        self.ask(film_frame, direction);
        self.wait(|| self.monitor().take().filter(|picture| picture.film_frame == film_frame))
    }

    /// The picture once it is surely that of the film.
    /// An answer to an earlier ask of the same frame may still be on its way.
    fn picture_of(&self, film_frame: u64, direction: PlayDirection, source: PictureSource) -> MonitorPicture {
        self.ask(film_frame, direction);
        let is_it = |picture: &MonitorPicture| picture.film_frame == film_frame && picture.source == source;
        self.wait(|| self.monitor().take().filter(is_it))
    }
    fn film_picture(&self, film_frame: u64, direction: PlayDirection) -> MonitorPicture {
        self.ask(film_frame, direction);
        let is_film = |picture: &MonitorPicture| {
            assert!(picture.notice.is_none(), "{picture:?}");
            picture.film_frame == film_frame && picture.source == PictureSource::Film
        };
        self.wait(|| self.monitor().take().filter(is_film))
    }

    fn thumb(&self, key: &ThumbKey) -> Shown<kinora::preview::ThumbPicture> {
        self.thumbs().want([key.clone()]);
        self.wait(|| self.thumbs().is_idle().then(|| self.thumbs().get(key)))
    }
}

/// The frame as a fresh decoder reads it from the start of the file.
fn judged(video: &Path, frame: u64) -> YuvFrame {
    let mut decoder = FrameDecoder::open(video, FrameRate::FPS_24, 1).unwrap();
    for earlier in 0..frame {
        decoder.picture(earlier, &mut |_, _| true).unwrap().unwrap();
    }
    to_planes(&decoder.picture(frame, &mut |_, _| true).unwrap().unwrap()).unwrap()
}

fn planes(picture: &MonitorPicture) -> YuvFrame {
    picture.picture.as_ref().unwrap().to_frame().unwrap()
}

#[test]
fn the_monitor_shows_exactly_the_frame_in_every_direction() {
    let studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    studio.monitor().media_changed();
    let check = |film_frame: u64, direction| {
        let picture = studio.film_picture(film_frame, direction);
        let judge = judged(&videos[film_frame as usize / 48], film_frame % 48);
        assert!(planes(&picture) == judge, "frame {film_frame}, {direction:?}");
    };
    for film_frame in [0, 95, 30, 29, 47, 48, 3] {
        check(film_frame, PlayDirection::Still);
    }
    for film_frame in 40..56 {
        check(film_frame, PlayDirection::Forward);
    }
    for film_frame in (40..56).rev() {
        check(film_frame, PlayDirection::Backward);
    }
    assert!(studio.monitor().counts().from_memory > 10, "{:?}", studio.monitor().counts());
    for film_frame in [96, 143, 144, u64::MAX] {
        let picture = studio.picture(film_frame, PlayDirection::Still);
        let found = (picture.picture.is_none(), picture.source, picture.notice);
        assert_eq!(found, (true, PictureSource::None, None), "frame {film_frame}");
    }
}

/// Every frame of a file, as another player decodes it.
fn played(file: &Path) -> Vec<YuvFrame> {
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-i"])
        .arg(file)
        .args(["-map", "0:v", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg is installed by `make setup`");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let [width, height] = SIZE.map(|side| side as usize);
    let plane = |codes: &[u8], width_px: usize, height_px: usize| Plane { width_px, height_px, codes: codes.to_vec() };
    let (luma, chroma) = (width * height, width * height / 4);
    run.stdout
        .chunks_exact(luma + 2 * chroma)
        .map(|frame| YuvFrame {
            luma: plane(&frame[..luma], width, height),
            cb: plane(&frame[luma..luma + chroma], width / 2, height / 2),
            cr: plane(&frame[luma + chroma..], width / 2, height / 2),
        })
        .collect()
}

#[test]
fn the_monitor_shows_the_film_that_was_rendered_at_any_moment_and_at_every_seam() {
    let mut studio = Studio::new(PreviewSettings::default());
    let scene = &mut studio.film.scenes[0];
    scene.shots.pop();
    scene.shots.iter_mut().for_each(|shot| shot.smooth = SmoothMode::Always);
    scene.shots[1].in_frame = 5;
    studio.film.settings.scene_fade_secs = 0.4;
    let (layout, cancel) = (ProjectLayout::new(studio.folder.path()), CancelToken::default());
    let request = RenderRequest { scene_id: None, codec: PictureCodec::H264, output: None, skip_missing: false };
    let job = prepare(&studio.film, &layout, &request, &InProcess, &cancel, &NoProgress).unwrap();
    let report = execute(&job, &cancel, &NoProgress).unwrap();
    let rendered = played(&report.output);
    let frames = studio.map().total_frames();
    assert_eq!((frames, rendered.len() as u64, report.frames), (91, 91, 91));
    studio.show_film();
    studio.monitor().media_changed();
    let mut random = fastrand::Rng::with_seed(5);
    let anywhere: Vec<u64> = std::iter::repeat_with(|| random.u64(0..frames)).take(20).collect();
    // Both fades, and what lies round the cut, the frames before and behind the seam among it.
    let treated = (0..12).chain(24..72).chain(79..frames);
    for frame in anywhere.into_iter().chain(treated) {
        let picture = studio.film_picture(frame, PlayDirection::Still);
        assert!(planes(&picture) == rendered[frame as usize], "frame {frame} is another one in the film");
    }
    // There was something to compare: the cut is smoothed, and the take as it is would not do.
    let plain = judged(&studio.conform(0), 47);
    assert!(rendered[47] != plain, "the cut was not touched");
}

#[test]
fn what_was_decoded_ahead_is_there_without_waiting() {
    let studio = Studio::new(PreviewSettings::default());
    (0..2).for_each(|index| drop(studio.conform(index)));
    studio.monitor().media_changed();
    // The rest of a group and the next one, and the part of a group before a frame and the one before that.
    let forward = (PlayDirection::Forward, 10, (11..24).collect::<Vec<u64>>());
    let backward = (PlayDirection::Backward, 81, (60..81).rev().collect());
    for (direction, first, next) in [forward, backward] {
        let before = studio.monitor().counts().decoded;
        studio.film_picture(first, direction);
        let began = Instant::now();
        while studio.monitor().counts().decoded < before + 1 + next.len() as u64 {
            assert!(began.elapsed() < HANGS_AFTER, "{:?}", studio.monitor().counts());
            std::thread::sleep(Duration::from_millis(2));
        }
        for frame in next {
            studio.ask(frame, direction);
            // Given by the ask itself, before any thread has run.
            let found = studio.monitor().take().map(|picture| picture.film_frame);
            assert_eq!(found, Some(frame), "{direction:?}");
        }
    }
}

#[test]
fn played_too_fast_for_every_frame_one_of_each_group_is_decoded_and_shown() {
    let studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    studio.monitor().media_changed();
    // Once the film is planned, what is decoded is only for what is asked.
    studio.film_picture(84, PlayDirection::Skim);
    let on: Vec<u64> = (0..96).step_by(4).collect();
    let back: Vec<u64> = on.iter().rev().copied().collect();
    let before = studio.monitor().counts().decoded;
    for film_frame in on.into_iter().chain(back) {
        let picture = studio.picture(film_frame, PlayDirection::Skim);
        let (video, frame) = (&videos[film_frame as usize / 48], film_frame % 48);
        let expected = if frame.is_multiple_of(12) { PictureSource::Film } else { PictureSource::Near };
        assert_eq!((picture.source, &picture.notice), (expected, &None), "frame {film_frame}");
        assert!(planes(&picture) == judged(video, frame / 12 * 12), "frame {film_frame} is that of its group");
    }
    // Eight groups, of which one was there before; on the way back all of them are.
    assert_eq!(studio.monitor().counts().decoded - before, 7);
    // At rest it is the very frame.
    assert!(planes(&studio.film_picture(44, PlayDirection::Still)) == judged(&videos[0], 44));
}

#[test]
fn a_seek_storm_ends_with_the_last_frame_and_within_its_memory() {
    // Decoders leave some room at the edges of a frame.
    let frame_bytes = SIZE[0] as usize * SIZE[1] as usize * 2;
    let settings = PreviewSettings { monitor_bytes: 5 * frame_bytes, ..PreviewSettings::default() };
    let mut studio = Studio::new(settings);
    let videos = [studio.conform(0), studio.conform(1)];
    studio.monitor().media_changed();
    for round in 0..6_u64 {
        for step in 0..400_u64 {
            let direction = DIRECTIONS[step as usize % DIRECTIONS.len()];
            studio.ask((step * 37 + round * 11) % 96, direction);
            if step % 50 == 0 {
                studio.wait(|| studio.monitor().take());
            }
        }
        let last = 7 + round * 15;
        let picture = studio.film_picture(last, PlayDirection::Still);
        assert!(planes(&picture) == judged(&videos[last as usize / 48], last % 48), "frame {last}");
        let counts = studio.monitor().counts();
        assert!(counts.memory_bytes <= 5 * frame_bytes as u64, "{counts:?}");
    }
    studio.ask(5, PlayDirection::Forward);
    close_project(studio.app.world_mut());
    assert!(studio.monitor().take().is_none());
}

#[test]
fn a_file_that_is_missing_or_damaged_gives_a_notice_and_the_rest_goes_on() {
    let mut studio = Studio::new(PreviewSettings::default());
    let video = studio.conform(0);
    studio.monitor().media_changed();
    // Not conformed, no still, nobody to ask: nothing to show, and why.
    let waiting = studio.picture(50, PlayDirection::Still);
    assert_eq!(waiting.source, PictureSource::None);
    assert!(waiting.notice.as_ref().unwrap().contains("not prepared"), "{waiting:?}");
    // The take's own last frame stands in for it.
    let frames = studio.folder.path().join("scenes/scene_001/frames");
    std::fs::create_dir_all(&frames).unwrap();
    let still = image::RgbImage::from_pixel(64, 36, image::Rgb([10, 200, 30]));
    still.save(frames.join("shot_002_last.png")).unwrap();
    studio.film.scenes[0].shots[1].last_frame_path = Some(ProjectPath::new("frames/shot_002_last.png").unwrap());
    studio.show_film();
    let stand_in = studio.picture_of(50, PlayDirection::Forward, PictureSource::Still);
    let shown = stand_in.picture.unwrap();
    assert_eq!((shown.size_px(), stand_in.notice), ([64, 36], None));
    let codes = shown.planes().map(|plane| plane.bytes[0]);
    assert_eq!(codes, shown.color().codes_of_rgb([10, 200, 30]));

    // Truncated while it is open, then between two starts.
    studio.film_picture(0, PlayDirection::Still);
    let bytes = std::fs::read(&video).unwrap();
    let file = std::fs::File::options().write(true).open(&video).unwrap();
    file.set_len(bytes.len() as u64 / 2).unwrap();
    let cut = studio.picture(47, PlayDirection::Still);
    assert_ne!(cut.source, PictureSource::Film);
    assert!(cut.notice.is_some(), "{cut:?}");
    studio.open();
    assert_ne!(studio.picture(1, PlayDirection::Still).source, PictureSource::Film);

    std::fs::remove_file(&studio.clip(0).path).unwrap();
    studio.open();
    let gone = studio.picture(2, PlayDirection::Still);
    assert!(gone.notice.as_ref().unwrap().contains("no such file"), "{gone:?}");
    assert_eq!(studio.picture(50, PlayDirection::Still).source, PictureSource::Still);
}

#[test]
fn a_file_that_vanishes_while_it_plays_is_said_and_playing_goes_on() {
    let mut studio = Studio::new(PreviewSettings { monitor_bytes: 1 << 20, ..PreviewSettings::default() });
    let videos = [studio.conform(0), studio.conform(1)];
    studio.monitor().media_changed();
    for frame in 0..10 {
        studio.film_picture(frame, PlayDirection::Forward);
    }
    std::fs::remove_file(&videos[1]).unwrap();
    std::fs::File::options().write(true).open(&videos[0]).unwrap().set_len(3000).unwrap();
    // Every frame has an answer: what is read already, a still, or why there is none.
    let mut said = 0;
    for frame in 10..96 {
        let picture = studio.picture(frame, PlayDirection::Forward);
        assert!(picture.picture.is_some() || picture.notice.is_some(), "frame {frame}: {picture:?}");
        said += u32::from(picture.notice.is_some());
    }
    assert!(said > 0);
    // The shot that plays is deleted.
    studio.film.scenes[0].shots.remove(0);
    studio.show_film();
    let conformed = studio.conform(0);
    studio.monitor().media_changed();
    let picture = studio.film_picture(4, PlayDirection::Forward);
    assert!(planes(&picture) == judged(&conformed, 4), "what is left moves up");
}

#[test]
fn an_edit_never_shows_the_frame_that_was_there_before_it() {
    let mut studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    studio.monitor().media_changed();
    studio.film_picture(0, PlayDirection::Still);
    studio.film_picture(60, PlayDirection::Still);
    // The same shots, the other way round and cut: whatever answers first is of the film as it is now.
    for (round, in_frame) in [12, 24, 0, 36].into_iter().enumerate() {
        let shots = &mut studio.film.scenes[0].shots;
        let (first, second) = (shots[0].file_path.clone(), shots[1].file_path.clone());
        (shots[0].file_path, shots[1].file_path) = (second, first);
        (shots[0].in_frame, shots[0].out_frame) = (in_frame, Some(48));
        studio.show_film();
        // Another frame each time, so that no late answer of the film before is taken for it.
        let frame = 3 + round as u64;
        let picture = studio.picture(frame, PlayDirection::Still);
        let judge = judged(&videos[(round + 1) % 2], in_frame + frame);
        let shown = planes(&picture);
        let apart = shown.luma.codes.iter().zip(&judge.luma.codes);
        let far: u64 = apart.map(|(left, right)| u64::from(left.abs_diff(*right))).sum();
        // What is trimmed may be encoded again by then.
        assert!(far < 4 * judge.luma.codes.len() as u64, "round {round}: {picture:?}");
    }
}

#[test]
fn fades_and_trims_are_made_behind_the_window_and_then_shown() {
    let mut studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    studio.film.settings.scene_fade_secs = 0.5;
    studio.film.scenes[0].shots[1].in_frame = 5;
    studio.show_film();
    // Made while nothing plays; until then the take stands in, as dark as the fade is.
    let black = studio.film_picture(0, PlayDirection::Still);
    let luma = &planes(&black).luma.codes;
    assert!(luma.iter().all(|code| code.abs_diff(16) <= 2), "a fade begins in the dark");
    let trimmed = studio.film_picture(48, PlayDirection::Still);
    let (shown, plain) = (planes(&trimmed), judged(&videos[1], 5));
    let far = shown.luma.codes.iter().zip(&plain.luma.codes).map(|(left, right)| u64::from(left.abs_diff(*right)));
    assert!(far.sum::<u64>() < 4 * plain.luma.codes.len() as u64, "it is that frame, encoded again");
    let inside = studio.film_picture(30, PlayDirection::Still);
    assert!(planes(&inside) == judged(&videos[0], 30), "and what is copied is the take, bit for bit");
    studio.wait(|| (studio.monitor().making().left == 0).then_some(()));
    assert_eq!(studio.monitor().making().failed, None);
}

#[test]
fn two_takes_are_shown_at_the_same_moment() {
    let studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    for frame in [0, 31, 47] {
        let wipe = Some(WipeAsk { left: (studio.clip(0), frame), right: (studio.clip(1), frame) });
        studio.monitor().ask(MonitorAsk { film_frame: frame, direction: PlayDirection::Forward, wipe });
        let shown = studio.wait(|| studio.monitor().take().filter(|shown| shown.film_frame == frame));
        assert_eq!((shown.source, &shown.notice), (PictureSource::Film, &None));
        assert!(planes(&shown) == judged(&videos[0], frame), "left, frame {frame}");
        assert!(shown.right.unwrap().to_frame().unwrap() == judged(&videos[1], frame), "right, frame {frame}");
    }
}

#[test]
fn thumbnails_are_made_once_and_kept_on_the_disk() {
    let mut studio = Studio::new(PreviewSettings::default());
    studio.conform(0);
    let shot = studio.shot(0);
    let hover = ThumbKey::of_shot(&shot, 0.6, [160, 160]).unwrap();
    let strip = ThumbKey::strip_of_shot(&shot, 6, [80, 45]).unwrap();
    assert!(ThumbKey::of_shot(&studio.shot(2), 0.5, [160, 90]).is_none());
    let mut first = Vec::new();
    for run in 0..2 {
        for (key, size_px, pictures) in [(&hover, [160, 90], 1), (&strip, [480, 45], 6)] {
            let Shown::Ready(picture) = studio.thumb(key) else { panic!("{key:?}") };
            assert_eq!((picture.size_px, picture.pictures), (size_px, pictures));
            assert_eq!(picture.rgba.len(), (size_px[0] * size_px[1] * 4) as usize);
            if run == 0 {
                first.push(picture);
            } else {
                let before = first.remove(0);
                let sum: u64 = before.rgba.iter().zip(&*picture.rgba).map(|(l, r)| u64::from(l.abs_diff(*r))).sum();
                assert!(sum < before.rgba.len() as u64 * 6, "what is kept is the picture that was made");
            }
        }
        assert_eq!(studio.thumbs().videos_read(), if run == 0 { 2 } else { 0 }, "run {run}");
        studio.open();
    }
    // The strip's pictures are different frames, in order.
    let Shown::Ready(picture) = studio.thumb(&strip) else { panic!("no strip") };
    let cells: std::collections::HashSet<Vec<u8>> = (0..6)
        .map(|cell| picture.rgba.chunks(480 * 4).flat_map(|row| &row[cell * 320..(cell + 1) * 320]).copied().collect())
        .collect();
    assert_eq!(cells.len(), 6);
}

#[test]
fn a_take_is_pictured_truly_once_it_is_conformed() {
    let studio = Studio::new(PreviewSettings::default());
    let key = ThumbKey::of_shot(&studio.shot(1), 0.0, [160, 90]).unwrap();
    assert!(matches!(studio.thumb(&key), Shown::Broken(reason) if reason.contains("not prepared")));
    studio.conform(1);
    let before = studio.thumbs().number(&key);
    studio.thumbs().media_changed();
    assert!(matches!(studio.thumb(&key), Shown::Ready(_)));
    assert!(before.is_some() && studio.thumbs().number(&key) > before, "a window that kept a picture takes this one");
    // Wishes that changed before they were worked on are not made.
    let keys = (0..40).map(|step| ThumbKey::of_shot(&studio.shot(1), f64::from(step) / 40.0, [50 + step as u16, 90]));
    studio.thumbs().want(keys.map(Option::unwrap));
    studio.thumbs().want([]);
    assert!(studio.thumbs().is_idle());
    assert!(studio.thumbs().videos_read() < 40);
}

#[test]
fn hostile_images_are_refused_and_good_ones_shown() {
    let studio = Studio::new(PreviewSettings::default());
    let folder = studio.folder.path();
    let good = folder.join("portrait.png");
    image::RgbaImage::from_pixel(400, 200, image::Rgba([1, 2, 3, 100])).save(&good).unwrap();
    let Shown::Ready(picture) = studio.thumb(&ThumbKey::of_image(&good, [160, 90])) else { panic!("a good image") };
    assert_eq!((picture.size_px, &picture.rgba[..4]), ([160, 80], &[1, 2, 3, 100][..]));
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(&good, elsewhere.path().join("out.png")).unwrap();
    let bytes = std::fs::read(&good).unwrap();
    let bomb = folder.join("bomb.gif.png");
    let mut header = b"GIF89a".to_vec();
    header.extend([0xff; 40]);
    kinora_core::store::write_atomic(&bomb, &header).unwrap();
    let half = folder.join("half.png");
    kinora_core::store::write_atomic(&half, &bytes[..60]).unwrap();
    for (path, reason) in [
        (bomb, "not an image"),
        (half, "not an image"),
        (folder.join("gone.png"), "no such file"),
        (elsewhere.path().join("out.png"), "leads out of the project"),
    ] {
        match studio.thumb(&ThumbKey::of_image(&path, [160, 90])) {
            Shown::Broken(found) => assert!(found.contains(reason), "{path:?}: {found}"),
            other => panic!("{path:?}: {other:?}"),
        }
    }
}

#[test]
fn sounds_of_takes_and_files_have_a_shape() {
    let studio = Studio::new(PreviewSettings::default());
    let wav = studio.conform(0).with_extension("wav");
    let lane = studio.folder.path().join("lane.wav");
    std::fs::copy(&wav, &lane).unwrap();
    let keys = [
        ShapeKey::Take(studio.clip(0)),
        ShapeKey::File(lane),
        ShapeKey::Take(studio.clip(1)),
        ShapeKey::File(studio.clip(0).path.clone()),
    ];
    studio.shapes().want(keys.clone());
    studio.wait(|| studio.shapes().is_idle().then_some(()));
    let [Shown::Ready(take), Shown::Ready(file)] = [studio.shapes().get(&keys[0]), studio.shapes().get(&keys[1])]
    else {
        panic!("a sound without a shape")
    };
    assert_eq!((&take, take.length_samples()), (&file, 96_000));
    let (least, greatest) = take.range(0.5, 1.5, 1)[0];
    assert!(least < -0.05 && greatest > 0.05, "a tone: {least} to {greatest}");
    for key in &keys[2..] {
        assert!(matches!(studio.shapes().get(key), Shown::Broken(_)), "{key:?}");
    }
}
