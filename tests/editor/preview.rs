//! The preview as a window uses it: asks, answers, wake-ups, and files that are hostile or gone.

use bevy::prelude::App;
use kinora::preview::{
    Monitor, MonitorAsk, MonitorPicture, PictureSource, PlayDirection, PreviewPlugin, PreviewSettings, ShapeKey, Shown,
    SoundShapes, ThumbKey, Thumbnails, WakeUp, close_project, open_project,
};
use kinora_core::{
    conform::{self, Work},
    film::{Film, FilmScene, FrameSize, Metadata, ProjectLayout, ProjectPath, SCHEMA_VERSION, Settings, Shot},
    ids::{SceneId, ShotId},
    media::{FrameDecoder, RgbaScaler},
    preview::{FilmMap, MappedShot, TakeClip},
    progress::CancelToken,
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
    time::Duration,
};

/// Work that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(60);
const SIZE: [u32; 2] = [320, 180];

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
        let film = Film { metadata, settings: Settings::default(), characters: Vec::new(), scenes: vec![scene] };
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
        self.monitor().show_film(Arc::new(self.map()));
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
        self.monitor().ask(MonitorAsk { film_frame, size_px: SIZE, direction });
    }

    fn picture(&self, film_frame: u64, direction: PlayDirection) -> MonitorPicture {
        self.ask(film_frame, direction);
        self.wait(|| self.monitor().take().filter(|picture| picture.film_frame == film_frame))
    }

    fn thumb(&self, key: &ThumbKey) -> Shown<kinora::preview::ThumbPicture> {
        self.thumbs().want([key.clone()]);
        self.wait(|| self.thumbs().is_idle().then(|| self.thumbs().get(key)))
    }
}

/// The frame as a fresh decoder reads it from the start of the file.
fn judged(video: &Path, frame: u64) -> Vec<u8> {
    let mut decoder = FrameDecoder::open(video, FrameRate::FPS_24, 1).unwrap();
    for earlier in 0..frame {
        decoder.picture(earlier, &mut |_, _| true).unwrap().unwrap();
    }
    let picture = decoder.picture(frame, &mut |_, _| true).unwrap().unwrap();
    RgbaScaler::default().rgba(&picture, SIZE).unwrap()
}

#[test]
fn the_monitor_shows_exactly_the_frame_in_every_direction() {
    let studio = Studio::new(PreviewSettings::default());
    let videos = [studio.conform(0), studio.conform(1)];
    let check = |film_frame: u64, direction| {
        let picture = studio.picture(film_frame, direction);
        assert_eq!((picture.size_px, picture.source), (SIZE, PictureSource::Conformed), "{film_frame}: {picture:?}");
        let judge = judged(&videos[film_frame as usize / 48], film_frame % 48);
        assert!(picture.rgba[..] == judge[..], "frame {film_frame}, {direction:?}");
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
        let found = (picture.size_px, picture.source, picture.notice);
        assert_eq!(found, ([0, 0], PictureSource::None, None), "frame {film_frame}");
    }
}

#[test]
fn a_seek_storm_ends_with_the_last_frame_and_within_its_memory() {
    let frame_bytes = SIZE[0] as usize * SIZE[1] as usize * 4;
    let settings = PreviewSettings { monitor_bytes: 5 * frame_bytes, ..PreviewSettings::default() };
    let mut studio = Studio::new(settings);
    let videos = [studio.conform(0), studio.conform(1)];
    for round in 0..6_u64 {
        for step in 0..400_u64 {
            let direction = [PlayDirection::Still, PlayDirection::Forward, PlayDirection::Backward][step as usize % 3];
            studio.ask((step * 37 + round * 11) % 96, direction);
            if step % 50 == 0 {
                studio.wait(|| studio.monitor().take());
            }
        }
        let last = 7 + round * 15;
        let picture = studio.picture(last, PlayDirection::Still);
        assert!(picture.rgba[..] == judged(&videos[last as usize / 48], last % 48)[..], "frame {last}");
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
    studio.monitor().show_film(Arc::new(studio.map()));
    let stand_in = studio.picture(50, PlayDirection::Forward);
    assert_eq!((stand_in.source, stand_in.size_px, stand_in.notice), (PictureSource::Still, [64, 36], None));
    assert_eq!(stand_in.rgba[..4], [10, 200, 30, 255]);

    // Truncated while it is open, then between two starts.
    assert_eq!(studio.picture(0, PlayDirection::Still).source, PictureSource::Conformed);
    let bytes = std::fs::read(&video).unwrap();
    let file = std::fs::File::options().write(true).open(&video).unwrap();
    file.set_len(bytes.len() as u64 / 2).unwrap();
    let cut = studio.picture(47, PlayDirection::Still);
    assert_ne!(cut.source, PictureSource::Conformed);
    assert!(cut.notice.is_some(), "{cut:?}");
    studio.open();
    assert_ne!(studio.picture(1, PlayDirection::Still).source, PictureSource::Conformed);

    std::fs::remove_file(&studio.clip(0).path).unwrap();
    studio.open();
    let gone = studio.picture(2, PlayDirection::Still);
    assert!(gone.notice.as_ref().unwrap().contains("no such file"), "{gone:?}");
    assert_eq!(studio.picture(50, PlayDirection::Still).source, PictureSource::Still);
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
    studio.thumbs().media_changed();
    assert!(matches!(studio.thumb(&key), Shown::Ready(_)));
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
