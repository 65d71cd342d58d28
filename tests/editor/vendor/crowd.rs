//! Many jobs at once: all end, and the editor stays small.

use super::{
    bench::{film, number_of},
    client::SimProvider,
    queue::Studio,
    simulator::{Script, Simulator},
};
use kinora::{
    document::{FilmChanges, FilmStore},
    jobs::JobState,
};
use kinora_core::film::{FileCopy, ProjectFolder};
use std::{
    error::Error,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const PROJECT: &str = "KINORA_CROWD_PROJECT";
const VENDOR: &str = "KINORA_CROWD_VENDOR";
/// More than an idle editor takes, at most.
const MOST_MORE_MIB: f64 = 200.0;

/// A line of `/proc/self/status` in MiB.
fn status_mib(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn median_ms(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

/// The project on a disk so slow that every job under way has made its take before a save is done.
struct BusyDisk {
    folder: Arc<ProjectFolder>,
    /// Jobs under way whose take is not in the film yet.
    at_work: Arc<AtomicUsize>,
    /// The threads that saved.
    threads: Arc<Mutex<Vec<String>>>,
}

impl FilmStore for BusyDisk {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.threads.lock().unwrap().push(thread::current().name().unwrap_or_default().to_owned());
        let start = Instant::now();
        while self.at_work.load(Ordering::Relaxed) > 0 && start.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(1));
        }
        FilmStore::save(&mut self.folder, changes)
    }

    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        FilmStore::bring_files(&mut self.folder, files)
    }
}

/// An editor with a crowd of jobs, in a process of its own.
#[test]
#[ignore = "the test below runs it in a process of its own, to weigh it"]
fn an_editor_with_a_crowd() {
    let (Ok(dir), Ok(vendor)) = (std::env::var(PROJECT), std::env::var(VENDOR)) else { return };
    let shots = number_of("KINORA_CROWD_JOBS", 40);
    let mut provider = SimProvider::at(vendor.parse().unwrap());
    provider.limits.concurrent_jobs = 16;
    let (at_work, threads) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    drop(ProjectFolder::create(Path::new(&dir), &film(shots)).unwrap());
    let mut studio = Studio::with_store(Path::new(&dir), provider, |folder| BusyDisk {
        folder,
        at_work: Arc::clone(&at_work),
        threads: Arc::clone(&threads),
    });
    let frame = |studio: &mut Studio| {
        let start = Instant::now();
        studio.app.update();
        start.elapsed()
    };
    let idle_ms = median_ms((0..200).map(|_| frame(&mut studio)).collect());
    let idle_mib = status_mib("VmRSS:");
    for number in 1..=shots {
        studio.generate(number);
    }
    let mut times = Vec::new();
    studio.until("the end of all", |studio| {
        times.push(frame(studio));
        let jobs = studio.jobs();
        let running = jobs.iter().filter(|(_, state, _)| matches!(state, JobState::Running { .. })).count();
        let takes = (1..=shots).map(|number| studio.takes(number)).sum::<usize>();
        let ended = jobs.iter().filter(|(_, state, _)| state.is_final()).count();
        at_work.store((running + ended).saturating_sub(takes), Ordering::Relaxed);
        ended == shots
    });
    let ends = studio.jobs();
    let failed: Vec<_> = ends.iter().filter(|(_, state, _)| !matches!(state, JobState::Done { .. })).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let more_mib = status_mib("VmHWM:") - idle_mib;
    let threads = threads.lock().unwrap();
    eprintln!(
        "{shots} jobs: idle {idle_mib:.0} MiB, at most {more_mib:.0} MiB more; a frame takes {idle_ms:.3} ms idle, \
         {:.3} ms under way; {} saves",
        median_ms(times),
        threads.len()
    );
    assert!(threads.iter().all(|thread| thread == "kinora-save"), "a frame waited for the disk: {threads:?}");
    assert!(threads.len() * 2 <= shots, "{} saves for {shots} ends", threads.len());
    assert!(more_mib < MOST_MORE_MIB, "{more_mib:.0} MiB more than idle");
}

#[test]
fn a_crowd_of_jobs_ends_and_weighs_little() {
    let shots = number_of("KINORA_CROWD_JOBS", 40);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("film");
    let simulator = Simulator::start(Script { polls_needed: 3, ..Script::default() });
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "vendor::crowd::an_editor_with_a_crowd", "--ignored", "--nocapture"])
        .env(PROJECT, &dir)
        .env(VENDOR, simulator.address.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    eprintln!("{}", said.lines().find(|line| line.contains("jobs: idle")).unwrap_or_default());
    assert_eq!(simulator.jobs().len(), shots);
    let film = ProjectFolder::read(&dir).unwrap();
    assert!(film.scenes[0].shots.iter().all(|shot| shot.takes.len() == 1), "a paid output is no take");
}
