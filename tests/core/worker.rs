//! Worker processes: what they do to their parent when they crash, hang or babble, and the real one over its pipes.

use crate::fixtures::{clip, decoded_frames};
use kinora_core::{
    conform::{self, ConformSpec},
    film::{FitMode, FrameSize},
    media::PictureFormat,
    progress::{CancelToken, NoProgress, ProgressUpdate},
    store::{Cache, hash_file},
    time::FrameRate,
    worker::{StillMoment, Worker, WorkerError, WorkerReply, WorkerRequest, serve},
};
use std::{
    env, fs,
    io::{BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Far more than anything here takes, and far less than the sleeps of the children that hang.
const BOUND: Duration = Duration::from_secs(60);
const STALL_LIMIT: Duration = Duration::from_secs(1);

/// A worker that is a shell script. It notes its process id in `$PID_FILE` first.
fn script(folder: &Path, text: &str) -> Worker {
    let pid_file = folder.join("pid");
    let text = format!("echo $$ > '{}'; {text}", pid_file.display());
    Worker { program: "/bin/sh".into(), arguments: vec!["-c".into(), text.into()], stall_limit: STALL_LIMIT }
}

/// Whether the process that a script noted is gone.
fn is_gone(folder: &Path) -> bool {
    let pid = fs::read_to_string(folder.join("pid")).unwrap();
    let probe = Command::new("/bin/sh").args(["-c", &format!("kill -0 {}", pid.trim())]).stderr(Stdio::null()).status();
    !probe.unwrap().success()
}

fn probe_of(name: &str) -> WorkerRequest {
    WorkerRequest::Probe { path: PathBuf::from(name) }
}

/// Runs a script as worker, and expects an error of a kind that says what it must, with no process left.
fn check(text: &str, request: &WorkerRequest, kind: &str, said: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let error = script(folder.path(), text).run(request, &CancelToken::default(), &NoProgress).unwrap_err();
    assert!(start.elapsed() < BOUND, "{text}: no end");
    assert_eq!(error.kind(), kind, "{text}: {error}");
    let words = error.to_string();
    assert!(said.iter().all(|part| words.contains(part)), "{text}: {words}");
    assert!(is_gone(folder.path()), "{text}: a process is left");
}

#[test]
fn of_many_files_each_is_answered_and_the_right_one_blamed() {
    let folder = tempfile::tempdir().unwrap();
    // Refuses the first file it is given, and dies of the second.
    let complaint = r#"{"probed":{"Err":{"kind":"no_media","message":"no clip"}}}"#;
    let worker = script(folder.path(), &format!("read line; echo '{complaint}'; kill -SEGV $$"));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let paths: Vec<PathBuf> = (0..3 * cores).map(|number| PathBuf::from(format!("clip_{number}.mp4"))).collect();
    let found = worker.probe_all(&paths, &CancelToken::default()).unwrap();
    assert_eq!(found.len(), paths.len());
    for (index, (path, found)) in paths.iter().zip(found).enumerate() {
        let error = found.unwrap_err();
        // Each core has three: the second is the one it died of, the third goes to a fresh process.
        let dies = index % 3 == 1;
        assert_eq!(error.kind(), if dies { "crashed" } else { "no_media" }, "{index}: {error}");
        assert!(!dies || error.to_string().contains(&path.display().to_string()), "{index}: {error}");
    }
    let cancelled = CancelToken::default();
    cancelled.cancel();
    assert_eq!(worker.probe_all(&paths, &cancelled).unwrap_err().kind(), "cancelled");
}

#[test]
fn a_worker_that_crashes_is_named_with_its_file() {
    let request = probe_of("hostile.mp4");
    check("kill -SEGV $$", &request, "crashed", &["hostile.mp4", "crashed", "signal: 11"]);
    check("read line; kill -ABRT $$", &request, "crashed", &["hostile.mp4", "signal: 6"]);
    check("exit 3", &request, "crashed", &["hostile.mp4", "3"]);
    check("exec >&-; exec sleep 600", &request, "crashed", &["hostile.mp4"]);
}

#[test]
fn a_worker_that_hangs_is_ended() {
    check("exec sleep 600", &probe_of("hostile.mp4"), "stalled", &["hostile.mp4", "1 s"]);
    // More than a pipe takes, to a child that never reads.
    let long = probe_of(&"x".repeat(1 << 20));
    check("exec sleep 600", &long, "stalled", &["xxx"]);
    check("trap '' TERM INT HUP PIPE; while :; do sleep 600; done", &probe_of("a.mp4"), "stalled", &["a.mp4"]);
}

#[test]
fn a_worker_that_babbles_is_ended() {
    let request = probe_of("hostile.mp4");
    check("echo rubbish; exec sleep 600", &request, "crashed", &["hostile.mp4"]);
    check("printf '\\377\\376\\n'; exec sleep 600", &request, "crashed", &["hostile.mp4"]);
    check("exec cat /dev/zero", &request, "crashed", &["hostile.mp4"]);
    check("exec yes", &request, "crashed", &["hostile.mp4"]);
    check("exec yes '{\"reply\":{\"reply\":\"nonsense\"}}'", &request, "crashed", &["hostile.mp4"]);
    let refusal = r#"echo '{"error":{"kind":"empty","message":"a.mp4: the file is empty"}}'; exec sleep 600"#;
    check(refusal, &request, "empty", &["a.mp4: the file is empty"]);
}

#[test]
fn cancelling_ends_a_worker_that_does_not_listen() {
    for text in ["exec sleep 600", r#"exec yes '{"progress":{"label":"x","done":1,"total":2}}'"#] {
        let folder = tempfile::tempdir().unwrap();
        let worker = Worker { stall_limit: BOUND, ..script(folder.path(), text) };
        let cancel = CancelToken::default();
        let (pid_file, raised) = (folder.path().join("pid"), cancel.clone());
        let canceller = thread::Builder::new()
            .name("canceller".to_owned())
            .spawn(move || {
                while fs::read_to_string(&pid_file).unwrap_or_default().is_empty() {
                    thread::sleep(Duration::from_millis(5));
                }
                raised.cancel();
            })
            .unwrap();
        let start = Instant::now();
        let error = worker.run(&probe_of("a.mp4"), &cancel, &NoProgress).unwrap_err();
        canceller.join().unwrap();
        assert!(matches!(error, WorkerError::Cancelled(_)), "{text}: {error}");
        assert!(start.elapsed() < BOUND && is_gone(folder.path()), "{text}");
    }
}

#[test]
fn a_worker_that_cannot_start_is_named() {
    let worker = Worker { program: "/nowhere/kinora".into(), arguments: Vec::new(), stall_limit: STALL_LIMIT };
    let error = worker.run(&probe_of("a.mp4"), &CancelToken::default(), &NoProgress).unwrap_err();
    assert!(matches!(&error, WorkerError::Start { .. }) && error.to_string().contains("/nowhere/kinora"), "{error}");
}

/// Set in a process that is this test binary and serves as worker.
const SERVES: &str = "KINORA_TEST_SERVES";

/// Not a test where nobody asks for it: the worker that the tests below talk to. Its answers go to descriptor 3, because
/// standard output belongs to the test runner.
#[test]
fn serving() {
    if env::var_os(SERVES).is_some() {
        let answers = fs::File::options().write(true).open("/dev/fd/3").unwrap();
        serve(BufReader::new(std::io::stdin()), answers);
    }
}

/// The arguments of a shell that becomes a real worker.
fn serving_arguments() -> Vec<String> {
    let program = env::current_exe().unwrap();
    let text = format!("{SERVES}=1 exec '{}' --exact worker::serving --nocapture 3>&1 >/dev/null", program.display());
    vec!["-c".to_owned(), text]
}

fn real_worker() -> Worker {
    let arguments = serving_arguments().into_iter().map(Into::into).collect();
    Worker { program: "/bin/sh".into(), arguments, stall_limit: BOUND }
}

fn spec() -> ConformSpec {
    let format = PictureFormat { size: FrameSize { width: 160, height: 90 }, rate: FrameRate::FPS_24 };
    ConformSpec { format, fit: FitMode::Blur, optical_flow: false }
}

fn conform_request(root: &Path, take: &Path, spec: &ConformSpec) -> (WorkerRequest, blake3::Hash) {
    let key = spec.key(&hash_file(take).unwrap());
    let request = WorkerRequest::Conform {
        take: take.to_path_buf(),
        key: key.to_hex().to_string(),
        spec: *spec,
        project_root: root.to_path_buf(),
    };
    (request, key)
}

#[test]
fn a_real_worker_probes_stills_and_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let take = clip(folder.path(), "take.mp4", "320x180", "30", 1.0, true);
    let run = |request: &WorkerRequest| real_worker().run(request, &CancelToken::default(), &NoProgress);
    let WorkerReply::Media(info) = run(&WorkerRequest::Probe { path: take.clone() }).unwrap() else {
        panic!("no media")
    };
    assert_eq!(info.picture.map(|picture| (picture.width_px, picture.height_px)), Some((320, 180)));
    assert!(info.sound.is_some());

    let png = folder.path().join("last.png");
    let still = WorkerRequest::Still { clip: take.clone(), moment: StillMoment::Last, png: png.clone() };
    assert_eq!(run(&still).unwrap(), WorkerReply::Still { width_px: 320, height_px: 180 });
    assert_eq!(fs::read(&png).unwrap().get(1..4), Some(b"PNG".as_slice()));

    let (request, key) = conform_request(folder.path(), &take, &spec());
    assert_eq!(run(&request).unwrap(), WorkerReply::Conformed { frames: 24, has_sound: true });
    let found = conform::find(&Cache::open(folder.path()).unwrap(), &key).unwrap();
    assert_eq!(decoded_frames(&found.video), 24);

    let error = run(&WorkerRequest::Probe { path: folder.path().join("missing.mp4") }).unwrap_err();
    assert_eq!(error.kind(), "missing", "{error}");
}

/// Work that goes on for long: motion interpolation of a clip in a size of a cinema's.
fn long_work(folder: &Path) -> (WorkerRequest, blake3::Hash) {
    let take = clip(folder, "take.mp4", "640x360", "10", 20.0, false);
    let format = PictureFormat { size: FrameSize { width: 1920, height: 1080 }, rate: FrameRate::FPS_24 };
    conform_request(folder, &take, &ConformSpec { format, fit: FitMode::Blur, optical_flow: true })
}

/// Neither a conformed take nor a piece of one is left in a project's cache.
fn assert_nothing_made(root: &Path, key: &blake3::Hash) {
    let cache = Cache::open(root).unwrap();
    assert_eq!(conform::find(&cache, key), None);
    assert!(!cache.path_for(key, "mp4").exists());
    let shelf = cache.path_for(key, "mp4").parent().unwrap().to_path_buf();
    let left: Vec<_> = fs::read_dir(shelf).map(|entries| entries.flatten().collect()).unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_cancelled_real_worker_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (request, key) = long_work(folder.path());
    let cancel = CancelToken::default();
    let raised = cancel.clone();
    let error = real_worker().run(&request, &cancel, &move |_: ProgressUpdate| raised.cancel()).unwrap_err();
    assert!(matches!(error, WorkerError::Cancelled(_)), "{error}");
    assert_nothing_made(folder.path(), &key);
}

#[test]
fn a_request_that_is_none_is_refused() {
    for request in ["", "{\"work\":", "{\"work\":\"fly\"}", "[[[[", "\0\0\0", "{\"work\":\"probe\"}"] {
        let mut child = Command::new("/bin/sh")
            .args(serving_arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{request}").unwrap();
        let mut answer = String::new();
        child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        child.wait().unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["error"]["kind"], "bad_request", "{request:?}: {answer}");
    }
}

#[test]
fn a_worker_whose_parent_is_gone_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (request, key) = long_work(folder.path());
    let mut child =
        Command::new("/bin/sh").args(serving_arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}", serde_json::to_string(&request).unwrap()).unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap(); // it works
    drop(input);
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < BOUND, "an orphan works on");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(conform::find(&Cache::open(folder.path()).unwrap(), &key), None);
}
