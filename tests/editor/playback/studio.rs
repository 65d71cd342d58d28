//! A small film with sound of every kind, conformed and rendered; and an output that a test drives by hand.

use bevy::prelude::App;
use kinora::{
    audio::{self, AudioPlugin, AudioSettings, FilmSound, FilmStream, Output, OutputError},
    playback::{FilmTimes, PlaybackPlugin, Player, Transport},
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, FrameSize, ProjectLayout, ProjectPath, Shot, Take, TakeMedia},
    ids::{SceneId, ShotId, TakeId},
    media::{PictureCodec, SoundReader},
    preview::FilmMap,
    progress::{CancelToken, NoProgress},
    render::{
        execute::execute,
        live::LiveFilm,
        prepare::{InProcess, RenderRequest, prepare},
    },
    time::FrameRate,
};
use std::{
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Seconds of each shot's clip.
pub(super) const SHOT_SECS: [f64; 4] = [1.0, 1.5, 1.0, 1.5];

/// Makes a file, unless it is there.
fn ffmpeg(arguments: &[&str], out: &Path) {
    if out.exists() {
        return;
    }
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error"])
        .args(arguments)
        .arg(out)
        .output()
        .expect("ffmpeg is installed by `make setup`");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// Two scenes of two shots in a folder, with the media that are not there yet. The shots are noise, so that each moment
/// sounds like no other, and dull, so that the render's encoder keeps it as it is.
pub(super) fn film_in(folder: &Path) -> Film {
    let mut film = Film::default();
    film.metadata.rate = FrameRate::FPS_24;
    film.metadata.size = FrameSize { width: 160, height: 90 };
    for number in 1..=2 {
        let mut scene = FilmScene::new(SceneId::numbered(number), "");
        let place = folder.join("scenes").join(scene.scene_id.as_str());
        std::fs::create_dir_all(place.join("shots")).unwrap();
        std::fs::create_dir_all(place.join("audio")).unwrap();
        for index in 1..=2 {
            let secs = SHOT_SECS[(number - 1) * 2 + index - 1];
            let mut shot = Shot::new(ShotId::numbered(index), "", secs);
            let file = format!("shots/shot_00{index}.mp4");
            let picture = format!("testsrc2=size=160x90:rate=24:duration={secs}");
            let seed = number * 10 + index;
            let noise = format!("anoisesrc=amplitude=0.6:seed={seed}:duration={secs}:sample_rate=48000");
            let sound = format!("{noise},lowpass=f=2500,lowpass=f=2500");
            let picture = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound];
            let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"];
            ffmpeg(&[&picture[..], &codecs, &["-f", "mov"]].concat(), &place.join(&file));
            shot.file_path = Some(ProjectPath::new(file.clone()).unwrap());
            let take = serde_json::json!({ "take_id": TakeId::numbered(1).as_str(), "file_path": file });
            let mut take: Take = serde_json::from_value(take).unwrap();
            take.media = Some(TakeMedia {
                width: 160,
                height: 90,
                rate: FrameRate::FPS_24,
                duration_secs: secs,
                has_audio: true,
                extra: Default::default(),
            });
            shot.takes.push(take);
            scene.shots.push(shot);
        }
        let music = place.join("audio/music.wav");
        ffmpeg(&["-f", "lavfi", "-i", "sine=frequency=220:duration=2", "-ar", "44100"], &music);
        *scene.audio_tracks.lane_mut(AudioLane::Music) = Some(ProjectPath::new("audio/music.wav").unwrap());
        film.metadata.scene_order.push(scene.scene_id.clone());
        film.scenes.push(scene);
    }
    film
}

/// Renders the film and gives its sound, interleaved.
pub(super) fn rendered_sound(film: &Film, folder: &Path) -> Vec<f32> {
    let layout = ProjectLayout::new(folder);
    let request = RenderRequest { scene_id: None, codec: PictureCodec::H264, output: None, skip_missing: false };
    let cancel = CancelToken::default();
    let job = prepare(film, &layout, &request, &InProcess, &cancel, &NoProgress).unwrap();
    let report = execute(&job, &cancel, &NoProgress).unwrap();
    let mut sound = vec![0.0; FrameRate::FPS_24.frame_to_sample(report.frames) as usize * 2];
    let mut reader = SoundReader::open(&report.output).unwrap();
    assert_eq!(reader.read(&mut sound).unwrap() * 2, sound.len());
    sound
}

pub(super) fn live(film: &Film, folder: &Path) -> LiveFilm {
    LiveFilm {
        metadata: film.metadata.clone(),
        settings: film.settings.clone(),
        scenes: film.scenes.iter().cloned().map(Arc::new).collect(),
        map: Arc::new(FilmMap::of_film(film, &ProjectLayout::new(folder))),
    }
}

/// What the output and the test hold together.
#[derive(Default)]
pub(super) struct Device {
    streams: Mutex<Vec<FilmStream>>,
    /// Stretches that were played so far.
    played: AtomicUsize,
    pub(super) is_gone: AtomicBool,
}

struct OnDevice(Arc<Device>);

impl Output for OnDevice {
    fn play(&mut self, stream: FilmStream) -> Result<(), OutputError> {
        self.0.streams.lock().unwrap().push(stream);
        self.0.played.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    fn lost(&self) -> Option<String> {
        self.0.is_gone.load(Ordering::Relaxed).then(|| "it was pulled out".to_owned())
    }
}

/// An editor without a window, on a device that runs by a clock of the test.
pub(super) struct Editor {
    pub(super) app: App,
    pub(super) transport: Transport,
    pub(super) times: FilmTimes,
    pub(super) device: Arc<Device>,
    /// The moment that the test has come to.
    pub(super) now: Instant,
    /// When the device next asks for sound.
    next_callback: Instant,
    device_hz: f64,
    /// Left channel of what the device was given, since the test began to listen.
    pub(super) heard: Vec<f32>,
}

/// Samples the device asks for at a time, and holds besides.
const PERIOD: usize = 1_024;

impl Editor {
    /// Opens a film on a device of so many samples a second by the test's clock; without one if absent.
    pub(super) fn open(film: &Film, folder: &Path, device_hz: Option<f64>) -> Self {
        let device = Arc::new(Device::default());
        let own = Arc::clone(&device);
        let settings = AudioSettings {
            open_output: Arc::new(move || -> Result<Box<dyn Output>, OutputError> {
                device_hz.ok_or(OutputError::NoDevice)?;
                Ok(Box::new(OnDevice(Arc::clone(&own))))
            }),
            worker: None,
        };
        let mut app = App::new();
        app.add_plugins((AudioPlugin { settings }, PlaybackPlugin));
        audio::open_project(app.world_mut(), &ProjectLayout::new(folder)).unwrap();
        let frames = FilmMap::of_film(film, &ProjectLayout::new(folder)).total_frames();
        let times = FilmTimes { rate: film.metadata.rate, frames, marks: (None, None), scene: 0..60 };
        let now = Instant::now();
        let mut editor = Self {
            app,
            transport: Transport::default(),
            times,
            device,
            now,
            next_callback: now,
            device_hz: device_hz.unwrap_or(48_000.0),
            heard: Vec::new(),
        };
        editor.show(film, folder);
        editor
    }

    pub(super) fn show(&mut self, film: &Film, folder: &Path) {
        self.times.frames = FilmMap::of_film(film, &ProjectLayout::new(folder)).total_frames();
        self.sound().show_film(live(film, folder));
    }

    pub(super) fn sound(&self) -> &FilmSound {
        self.app.world().resource()
    }

    /// A frame of the window.
    pub(super) fn tick(&mut self) {
        let Self { app, transport, times, now, .. } = self;
        app.world_mut().resource_scope::<Player, _>(|world, mut player| {
            player.tick(transport, times, world.resource::<FilmSound>(), *now);
        });
    }

    pub(super) fn player(&self) -> &Player {
        self.app.world().resource()
    }

    /// Waits in real time until the sound's thread has done something, at the same moment of the test's clock.
    pub(super) fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        loop {
            self.tick();
            if done(self) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Does something that plays, and waits until the device has it.
    pub(super) fn play(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.device.played.load(Ordering::SeqCst);
        act(self);
        self.until("the device has it", |editor| editor.device.played.load(Ordering::SeqCst) > before);
    }

    /// Lets time pass, with the device asking for sound and the window drawing sixty times a second. After each
    /// drawing `look` is told how many samples were truly heard since the test began to listen.
    pub(super) fn pass(&mut self, secs: f64, mut look: impl FnMut(&Self, f64)) {
        let end = self.now + Duration::from_secs_f64(secs);
        while self.now < end {
            self.now += Duration::from_secs_f64(1.0 / 60.0);
            while self.next_callback <= self.now {
                self.ask_for_sound();
            }
            self.tick();
            let since = self.now.saturating_duration_since(self.next_callback - self.period()).as_secs_f64();
            // The device holds one period besides the one it just asked for.
            let in_buffer = 2.0 * PERIOD as f64 - since * self.device_hz;
            look(self, self.heard.len() as f64 - in_buffer);
        }
    }

    fn period(&self) -> Duration {
        Duration::from_secs_f64(PERIOD as f64 / self.device_hz)
    }

    fn ask_for_sound(&mut self) {
        let mut streams = self.device.streams.lock().unwrap();
        streams.retain(|stream| !stream.is_done());
        for stream in streams.iter_mut() {
            stream.begin(self.next_callback, self.period());
        }
        for _ in 0..PERIOD {
            let mut sum = 0.0;
            for stream in streams.iter_mut() {
                // The thread that mixes runs in real time and this clock does not: it is waited for.
                stream.wait_until_ready(Duration::from_secs(60));
                sum += stream.next(48_000.0)[0];
            }
            self.heard.push(sum);
        }
        drop(streams);
        self.next_callback += self.period();
    }
}

/// How far apart two sounds are, in decibels below the first.
pub(super) fn difference_db(one: &[f32], other: &[f32]) -> f64 {
    let power = |sound: &mut dyn Iterator<Item = f32>| sound.map(|sample| f64::from(sample).powi(2)).sum::<f64>();
    let error = power(&mut one.iter().zip(other).map(|(one, other)| one - other));
    10.0 * (error / power(&mut one.iter().copied())).log10()
}
