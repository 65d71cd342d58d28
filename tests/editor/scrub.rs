//! The small pictures of every frame, as a window uses them: filled in the background, within a limit, kept on the disk.

use bevy::prelude::App;
use kinora::preview::{
    PreviewPlugin, PreviewSettings, ScrubFrames, ScrubMemory, ScrubPlace, ScrubState, WakeUp, close_project,
    open_project,
};
use kinora_core::{
    conform::{self, Work},
    film::{Film, FilmScene, FrameSize, Metadata, ProjectLayout, ProjectPath, Shot},
    ids::{SceneId, ShotId},
    media::{FrameDecoder, RgbaScaler},
    preview::{FilmMap, ScrubShape, TakeClip, decode_bc1},
    progress::CancelToken,
    store::{Cache, hash_file},
    time::FrameRate,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, sync_channel},
    },
    time::Duration,
};

const HANGS_AFTER: Duration = Duration::from_secs(60);
/// Frames of each of the two takes.
const TAKE_FRAMES: u64 = 48;
const SHAPE: ScrubShape = ScrubShape { width_px: 160, height_px: 92 };

/// Memory as a graphics card's, to look into.
#[derive(Default)]
struct Shelf(Mutex<Vec<Vec<u8>>>);

impl ScrubMemory for Shelf {
    fn begin(&self, shape: ScrubShape, limit_bytes: usize) -> u32 {
        assert_eq!(shape, SHAPE);
        let places = limit_bytes / shape.bytes();
        *self.0.lock().unwrap() = vec![Vec::new(); places];
        places as u32
    }

    fn put(&self, slot: u32, blocks: &[u8]) {
        self.0.lock().unwrap()[slot as usize] = blocks.to_vec();
    }

    fn flush(&self) {}

    fn end(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// A film of two takes of two seconds, the second used from its 10th frame to its 40th.
struct Studio {
    app: App,
    folder: tempfile::TempDir,
    film: FilmMap,
    shelf: Arc<Shelf>,
    wakes: Receiver<()>,
}

impl Studio {
    fn new(scrub_bytes: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shots = folder.path().join("scenes/scene_001/shots");
        std::fs::create_dir_all(&shots).unwrap();
        for (name, source) in [("shot_001.mp4", "testsrc2"), ("shot_002.mp4", "mandelbrot")] {
            let source = format!("{source}=size=320x180:rate=24");
            let run = Command::new("ffmpeg")
                .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", &source])
                .args(["-frames:v", "48", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"])
                .arg(shots.join(name))
                .output()
                .expect("ffmpeg is installed by `make setup`");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        let mut scene = FilmScene::new(SceneId::numbered(1), "");
        for number in [1, 2] {
            let mut shot = Shot::new(ShotId::numbered(number), "", 2.0);
            shot.file_path = ProjectPath::new(format!("shots/shot_00{number}.mp4")).ok();
            if number == 2 {
                (shot.in_frame, shot.out_frame) = (10, Some(40));
            }
            scene.shots.push(shot);
        }
        let metadata = Metadata { size: FrameSize { width: 320, height: 180 }, ..Metadata::default() };
        let film = Film { metadata, scenes: vec![scene], ..Film::default() };
        let film = FilmMap::of_film(&film, &ProjectLayout::new(folder.path()));
        let mut app = App::new();
        app.add_plugins(PreviewPlugin { settings: PreviewSettings { scrub_bytes, ..PreviewSettings::default() } });
        let shelf = Arc::new(Shelf::default());
        app.insert_resource(ScrubPlace(Some(shelf.clone())));
        let (sender, wakes) = sync_channel(1);
        app.world().resource::<WakeUp>().set(Arc::new(move || {
            // A wake-up that waits already is enough.
            let _ = sender.try_send(());
        }));
        Self { app, folder, film, shelf, wakes }
    }

    /// Opens the project, as after a start.
    fn open(&mut self) {
        let layout = ProjectLayout::new(self.folder.path());
        open_project(self.app.world_mut(), &layout).unwrap();
        self.frames().show_film(Arc::new(self.film.clone()));
    }

    fn frames(&self) -> &ScrubFrames {
        self.app.world().resource()
    }

    fn clip(&self, index: usize) -> Arc<TakeClip> {
        self.film.scenes().next().unwrap().1.shots[index].clip.clone().unwrap()
    }

    fn conform(&self, index: usize) -> PathBuf {
        let clip = self.clip(index);
        let key = clip.spec.key(&hash_file(&clip.path).unwrap());
        let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
        let cache = Cache::open(self.folder.path()).unwrap();
        conform::conform(&clip.path, &key, &clip.spec, &cache, &work).unwrap().video
    }

    /// Waits until everything that can be made is made. The last wake-up may come before the thread rests.
    fn fill(&self) {
        let began = std::time::Instant::now();
        while !self.frames().is_idle() {
            assert!(began.elapsed() < HANGS_AFTER, "the pictures hang: {:?}", self.frames().counts());
            // Woken early or not at all, it looks again.
            let _ = self.wakes.recv_timeout(Duration::from_millis(20));
        }
    }

    /// The picture kept for a frame of a take, and the frame that it is of.
    fn picture(&self, index: usize, frame: u64) -> (u64, Vec<u8>) {
        let picture = self.frames().get(&self.clip(index), frame).expect("a picture is kept");
        let blocks = &self.shelf.0.lock().unwrap()[picture.slot as usize];
        (u64::from(picture.frame), decode_bc1(blocks, SHAPE.size_px()))
    }

    /// Files of the cache whose names end so.
    fn cached(&self, end: &str) -> Vec<PathBuf> {
        let shelves = std::fs::read_dir(self.folder.path().join(".kinora/cache")).unwrap();
        let shelves = shelves.map(|shelf| shelf.unwrap().path()).filter(|path| path.is_dir());
        let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf).unwrap());
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.retain(|path| path.to_string_lossy().ends_with(end));
        files.sort();
        files
    }
}

/// Every frame of a conformed file, as small as the pictures.
fn judged(video: &Path) -> Vec<Vec<u8>> {
    let mut decoder = FrameDecoder::open(video, FrameRate::FPS_24, 1).unwrap();
    let mut scaler = RgbaScaler::default();
    (0..TAKE_FRAMES)
        .map(|frame| {
            let picture = decoder.picture(frame, &mut |_, _| true).unwrap().unwrap();
            scaler.rgba(&picture, SHAPE.size_px()).unwrap()
        })
        .collect()
}

/// The mean square of what two pictures differ by.
fn error(left: &[u8], right: &[u8]) -> f64 {
    let sum: f64 = left.iter().zip(right).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    sum / left.len() as f64
}

#[test]
fn every_frame_of_the_film_is_there_at_once_and_is_that_frame() {
    let mut studio = Studio::new(16 << 20);
    let videos = [studio.conform(0), studio.conform(1)];
    studio.open();
    studio.fill();
    let counts = studio.frames().counts();
    assert_eq!((counts.step, counts.pictures, counts.takes, counts.finished_takes), (1, 78, 2, 2), "{counts:?}");
    assert_eq!(counts.bytes, 78 * SHAPE.bytes() as u64);
    for (index, (video, used)) in videos.iter().zip([0..48, 10..40]).enumerate() {
        let judges = judged(video);
        for frame in used {
            let (kept, picture) = studio.picture(index, frame);
            assert_eq!(kept, frame);
            let nearest =
                (0..judges.len()).min_by(|a, b| error(&judges[*a], &picture).total_cmp(&error(&judges[*b], &picture)));
            let off = error(&judges[frame as usize], &picture);
            assert!(off < 130.0, "take {index}, frame {frame}: mean square {off:.0}");
            assert_eq!(nearest, Some(frame as usize), "take {index}: it is no other frame");
        }
    }
    assert_eq!(studio.frames().get(&studio.clip(1), 0).map(|picture| picture.frame), Some(10), "the nearest kept");
    assert_eq!(studio.cached(".scrub").len(), 2, "the coarse files have gone");
}

#[test]
fn a_smaller_memory_holds_every_nth_frame_and_is_never_overrun() {
    let mut studio = Studio::new(20 * SHAPE.bytes() + 5);
    studio.conform(0);
    studio.conform(1);
    studio.open();
    studio.fill();
    let counts = studio.frames().counts();
    assert_eq!((counts.most_pictures, counts.step), (20, 4), "{counts:?}");
    assert!(counts.pictures <= 20, "{counts:?}");
    for frame in 0..TAKE_FRAMES {
        let (kept, _) = studio.picture(0, frame);
        assert!(kept.is_multiple_of(4) && kept.abs_diff(frame) <= 3, "frame {frame}: {kept}");
    }
}

#[test]
fn pictures_are_made_once_and_what_is_broken_is_made_again() {
    let mut studio = Studio::new(16 << 20);
    studio.conform(0);
    studio.conform(1);
    for made in [4, 0] {
        studio.open();
        studio.fill();
        assert_eq!(studio.frames().counts().made_files, made);
    }
    let files = studio.cached(".scrub");
    let file = std::fs::File::options().write(true).open(&files[0]).unwrap();
    file.set_len(1000).unwrap();
    studio.open();
    studio.fill();
    let counts = studio.frames().counts();
    // The coarse pictures of the one take, then the fine ones.
    assert_eq!((counts.made_files, counts.pictures), (2, 78), "{counts:?}");
    assert_eq!(studio.cached(".scrub"), files);
}

#[test]
fn a_memory_that_was_lost_is_replaced_and_filled_from_the_cache() {
    let mut studio = Studio::new(16 << 20);
    studio.conform(0);
    studio.conform(1);
    studio.open();
    studio.fill();
    let kept = [(0, 0), (0, 47), (1, 25)].map(|(index, frame)| studio.picture(index, frame));
    let made = studio.frames().counts().made_files;
    // Lost when everything is there, and lost again while it is being filled.
    for waits in [true, false, true] {
        assert!(!studio.shelf.0.lock().unwrap().is_empty());
        studio.shelf = Arc::new(Shelf::default());
        studio.app.insert_resource(ScrubPlace(Some(studio.shelf.clone())));
        studio.app.update();
        if waits {
            studio.fill();
        } else {
            let began = std::time::Instant::now();
            while studio.shelf.0.lock().unwrap().is_empty() {
                assert!(began.elapsed() < HANGS_AFTER, "the new memory is not begun with");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
    let counts = studio.frames().counts();
    assert_eq!((counts.pictures, counts.finished_takes, counts.made_files), (78, 2, made), "{counts:?}");
    let again = [(0, 0), (0, 47), (1, 25)].map(|(index, frame)| studio.picture(index, frame));
    assert!(kept == again, "the same pictures of the same frames");
    // The same memory is no news: nothing is read again.
    studio.shelf.0.lock().unwrap().iter_mut().for_each(Vec::clear);
    studio.app.insert_resource(ScrubPlace(Some(studio.shelf.clone())));
    studio.app.update();
    studio.fill();
    assert!(studio.shelf.0.lock().unwrap().iter().all(Vec::is_empty));
}

#[test]
fn a_take_that_is_not_conformed_is_refused_until_it_is() {
    let mut studio = Studio::new(16 << 20);
    studio.conform(0);
    studio.open();
    studio.fill();
    let states = [0, 1].map(|index| studio.frames().state(&studio.clip(index)));
    assert_eq!(states, [ScrubState::Ready, ScrubState::Refused]);
    assert!(studio.frames().get(&studio.clip(1), 20).is_none());
    studio.conform(1);
    studio.frames().media_changed();
    studio.fill();
    assert_eq!(studio.picture(1, 20).0, 20);
    // Nothing is made while the film plays, but what is in sight and has nothing.
    std::fs::remove_dir_all(studio.folder.path().join(".kinora/cache")).unwrap();
    studio.conform(0);
    studio.conform(1);
    let layout = ProjectLayout::new(studio.folder.path());
    open_project(studio.app.world_mut(), &layout).unwrap();
    studio.frames().hold(true);
    studio.frames().show_film(Arc::new(studio.film.clone()));
    studio.frames().want(vec![studio.clip(1)]);
    studio.fill();
    let states = [0, 1].map(|index| studio.frames().state(&studio.clip(index)));
    assert_eq!(states, [ScrubState::Waiting, ScrubState::Ready]);
    assert_eq!(studio.frames().counts().made_files, 1);
    studio.frames().hold(false);
    studio.fill();
    assert_eq!(studio.frames().counts().finished_takes, 2);
}

#[test]
fn closing_ends_the_work_and_leaves_nothing_half_made() {
    let mut studio = Studio::new(16 << 20);
    studio.conform(0);
    studio.conform(1);
    for round in 0..8 {
        studio.open();
        std::thread::sleep(Duration::from_millis(round * 15));
        close_project(studio.app.world_mut());
        assert!(studio.frames().get(&studio.clip(0), 0).is_none());
        assert!(studio.shelf.0.lock().unwrap().is_empty(), "the memory is given back");
    }
    assert!(studio.cached(".part").is_empty());
    studio.open();
    studio.fill();
    assert_eq!(studio.frames().counts().pictures, 78);
}
