//! The system's own way out: a PulseAudio server of the test with a null sink, reached through ALSA as on a desktop.
//! What it plays is recorded there and compared with the render.

use super::studio::{film_in, live, rendered_sound};
use bevy::prelude::App;
use kinora::{
    audio::{self, AudioPlugin, AudioSettings, FilmSound, SoundNotice},
    playback::{FilmTimes, Follows, PlaybackPlugin, Player, Transport},
};
use kinora_core::{film::ProjectLayout, preview::FilmMap};
use std::{
    fmt::Write as _,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const PATIENCE: Duration = Duration::from_secs(60);
/// A busy machine can starve the server, which is no fault of what it is given.
const ATTEMPTS: usize = 3;
const FRAME_SECS: f64 = 1.0 / 24.0;
const HZ: f64 = 48_000.0;

fn wall_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A sound server in a folder of its own. Ended with the test.
struct Server {
    process: Child,
    folder: PathBuf,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let native = format!("module-native-protocol-unix auth-anonymous=1 socket={}", folder.join("native").display());
        let sink = "module-null-sink sink_name=film format=float32le rate=48000 channels=2";
        let process = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=true"])
            .args(["--system=false", "--realtime=no", "--log-target=stderr", "--log-level=error"])
            .args(["-L", &native, "-L", sink])
            .env("HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .env("PULSE_RUNTIME_PATH", folder)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, folder: folder.to_path_buf() };
        let began = Instant::now();
        while !folder.join("native").exists() {
            assert!(began.elapsed() < PATIENCE, "no sound server");
            thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.join("native").display())
    }

    /// An ALSA whose default device is the server.
    fn alsa_config(&self) -> PathBuf {
        let file = self.folder.join("asound.conf");
        let address = self.address();
        let base = "</usr/share/alsa/alsa.conf>\n";
        let own = format!("{{ type pulse server \"{address}\" }}\n");
        std::fs::write(&file, format!("{base}pcm.!default {own}ctl.!default {own}")).unwrap();
        file
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the sink plays, as it plays it.
struct Recording {
    process: Child,
    heard: Arc<Mutex<Heard>>,
    reader: Option<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Heard {
    /// Left channel.
    left: Vec<f32>,
    /// When the first sample was recorded, in seconds of the wall's clock: the earliest that any delivery allows.
    start_secs: Option<f64>,
}

impl Recording {
    fn start(server: &Server) -> Self {
        let mut process = Command::new("parec")
            .args(["--server", &server.address(), "--device=film.monitor", "--raw", "--format=float32le"])
            .args(["--rate=48000", "--channels=2", "--latency-msec=10"])
            .env("HOME", &server.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pipe = process.stdout.take().unwrap();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let own = Arc::clone(&heard);
        let reader = thread::Builder::new().name("recording".to_owned()).spawn(move || {
            let (mut bytes, mut kept) = (vec![0; 65_536], Vec::new());
            while let Ok(count) = pipe.read(&mut bytes) {
                if count == 0 {
                    return;
                }
                let now = wall_secs();
                kept.extend_from_slice(&bytes[..count]);
                let whole = kept.len() / 8 * 8;
                let mut heard = own.lock().unwrap();
                for frame in kept[..whole].chunks_exact(8) {
                    heard.left.push(f32::from_le_bytes(frame[..4].try_into().unwrap()));
                }
                kept.drain(..whole);
                let start = now - heard.left.len() as f64 / HZ;
                heard.start_secs = Some(heard.start_secs.map_or(start, |before| before.min(start)));
            }
        });
        let recording = Self { process, heard, reader: Some(reader.unwrap()) };
        let began = Instant::now();
        while recording.heard.lock().unwrap().left.is_empty() {
            assert!(began.elapsed() < PATIENCE, "nothing is recorded");
            thread::sleep(Duration::from_millis(20));
        }
        recording
    }

    fn end(mut self) -> (Vec<f32>, f64) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        let mut heard = self.heard.lock().unwrap();
        (std::mem::take(&mut heard.left), heard.start_secs.unwrap())
    }
}

/// Where in `long` the sound `short` lies, and how alike the two are there, 0 to 1.
fn find(long: &[f32], short: &[f32], places: std::ops::Range<usize>) -> (usize, f64) {
    let power = |sound: &[f32]| sound.iter().map(|sample| f64::from(sample * sample)).sum::<f64>();
    let own_power = power(short);
    let mut best = (places.start, -1.0);
    let last = long.len().saturating_sub(short.len());
    for place in places.start.min(last)..places.end.min(last) {
        let part = &long[place..place + short.len()];
        let product: f32 = part.iter().zip(short).map(|(one, other)| one * other).sum();
        let alike = f64::from(product) / (power(part) * own_power).sqrt().max(1e-9);
        if alike > best.1 {
            best = (place, alike);
        }
    }
    best
}

/// A run of the film on a sound server.
struct Run {
    recorded: Vec<f32>,
    record_start_secs: f64,
    /// Moments and the seconds of the film that the playhead follows then.
    playhead: Vec<(f64, f64)>,
}

/// Plays once; the reason if the player gave up.
fn run(folder: &Path, project: &Path) -> Result<Run, String> {
    std::fs::create_dir_all(folder).unwrap();
    let server = Server::start(folder);
    let config = server.alsa_config();
    let recording = Recording::start(&server);
    let (log, told) = (folder.join("playhead"), folder.join("told"));
    // ALSA reads its configuration once in a process, so the film plays in one of its own: this test's other half.
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["playback::system::the_other_half", "--exact", "--ignored", "--test-threads=1"])
        .env("ALSA_CONFIG_PATH", config)
        .env("PULSE_SERVER", server.address())
        .env("HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("KINORA_TEST_PROJECT", project)
        .env("KINORA_TEST_LOG", &log)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&told).unwrap())
        .status()
        .unwrap();
    if !status.success() {
        let told = std::fs::read_to_string(&told).unwrap_or_default();
        return Err(format!("the film did not play: {status}\n{told}"));
    }
    thread::sleep(Duration::from_millis(500));
    let (recorded, record_start_secs) = recording.end();
    let text = std::fs::read_to_string(&log).unwrap();
    let number = |text: Option<&str>| text.unwrap().parse::<f64>().unwrap();
    let playhead = text.lines().map(|line| {
        let mut words = line.split(' ');
        (number(words.next()), number(words.next()))
    });
    Ok(Run { recorded, record_start_secs, playhead: playhead.collect() })
}

/// Compares a run with the render; the reason if it is not the same sound.
fn compare(run: &Run, rendered: &[f32]) -> Result<(f64, f64), String> {
    // A stretch in the middle of the first shot says where the film lies in the recording.
    let probe = &rendered[24_000..26_048];
    let (place, alike) = find(&run.recorded, probe, 0..run.recorded.len());
    if alike < 0.9 {
        return Err(format!("the film is not in the recording: {alike:.2} alike at best"));
    }
    let start = place as f64 - 24_000.0;
    let mut worst_frames = 0.0_f64;
    for at in (6_000..rendered.len() - 8_000).step_by(6_000) {
        let expected = (start + at as f64) as usize;
        let near = expected.saturating_sub(2_500)..expected + 2_500;
        let (found, alike) = find(&run.recorded, &rendered[at..at + 1_024], near);
        if alike < 0.8 {
            return Err(format!("at {:.2} s the sound is {alike:.2} alike at best", at as f64 / HZ));
        }
        worst_frames = worst_frames.max((found as f64 - expected as f64).abs() / HZ / FRAME_SECS);
    }
    // Across a cut both sides lie where they lie elsewhere, to the sample: nothing is left out or put in.
    for cut in [48_000, 120_000, 168_000] {
        let expected = (start as i64 + cut as i64 - 512) as usize;
        let (found, alike) = find(&run.recorded, &rendered[cut - 512..cut + 512], expected - 64..expected + 64);
        if found.abs_diff(expected) > 2 || alike < 0.8 {
            return Err(format!("the cut at {:.2} s is {alike:.2} alike, {found} for {expected}", cut as f64 / HZ));
        }
    }
    // The playhead at a moment against what the sink played then.
    let film_at = |wall_secs: f64| wall_secs - run.record_start_secs - start / HZ;
    let mut apart: Vec<f64> = run.playhead.iter().map(|(wall, film)| film - film_at(*wall)).collect();
    apart.sort_by(f64::total_cmp);
    Ok((worst_frames, apart[apart.len() / 2] / FRAME_SECS))
}

#[test]
fn a_sound_server_plays_what_the_render_holds_in_step_with_the_playhead() {
    if !has("pulseaudio") || !has("parec") {
        assert!(std::env::var_os("CI").is_none(), "pulseaudio is installed by .ci/setup");
        return eprintln!("left out: pulseaudio and parec are not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("film");
    let film = film_in(&project);
    let rendered: Vec<f32> = rendered_sound(&film, &project).chunks_exact(2).map(|sample| sample[0]).collect();
    let mut said = String::new();
    for attempt in 1..=ATTEMPTS {
        let run = run(&folder.path().join(format!("server-{attempt}")), &project);
        match run.and_then(|run| compare(&run, &rendered)) {
            Ok((drift_frames, apart_frames)) => {
                eprintln!("drift {drift_frames:.3} frames, playhead {apart_frames:.2} frames from the sound");
                assert!(drift_frames < 1.0, "the sound drifts by {drift_frames:.2} frames");
                assert!(apart_frames.abs() < 1.0, "the playhead is {apart_frames:.2} frames from what is heard");
                return;
            }
            Err(why) => writeln!(said, "attempt {attempt}: {why}").unwrap(),
        }
    }
    panic!("{said}");
}

/// Plays the film of `KINORA_TEST_PROJECT` once and writes down where the playhead is. Only of use to the test above.
#[test]
#[ignore = "the test above runs it in a process of its own"]
fn the_other_half() {
    let Some(project) = std::env::var_os("KINORA_TEST_PROJECT").map(PathBuf::from) else { return };
    let film = film_in(&project);
    let layout = ProjectLayout::new(&project);
    let mut app = App::new();
    app.add_plugins((AudioPlugin { settings: AudioSettings::default() }, PlaybackPlugin));
    audio::open_project(app.world_mut(), &layout).unwrap();
    let frames = FilmMap::of_film(&film, &layout).total_frames();
    let times = FilmTimes { rate: film.metadata.rate, frames, marks: (None, None), scene: 0..0 };
    let mut transport = Transport::default();
    app.world().resource::<FilmSound>().show_film(live(&film, &project));
    transport.toggle();
    let (began, mut log, mut last_secs) = (Instant::now(), String::new(), 0.0);
    while transport.speed != 0.0 {
        assert!(began.elapsed() < PATIENCE, "the film does not end: {transport:?}");
        let now = Instant::now();
        let secs = app.world_mut().resource_scope::<Player, _>(|world, mut player| {
            player.tick(&mut transport, &times, world.resource::<FilmSound>(), now);
            let is_heard = player.follows() == Follows::Sound;
            is_heard.then(|| player.played_samples(now) / HZ)
        });
        last_secs = secs.unwrap_or(last_secs);
        if let Some(secs) = secs.filter(|secs| (0.5..4.5).contains(secs)) {
            writeln!(log, "{} {secs}", wall_secs()).unwrap();
        }
        thread::sleep(Duration::from_millis(7));
    }
    let notices = app.world().resource::<FilmSound>().take_notices();
    assert_eq!(notices, Vec::<SoundNotice>::new(), "the sound was followed until {last_secs:.2} s");
    std::fs::write(std::env::var_os("KINORA_TEST_LOG").unwrap(), log).unwrap();
}
