//! `kill -9` at any moment of a job's life, again and again: one create a job, and every paid output a take.

use super::{
    bench::{Bench, files_with, film, number_of, scene_id, shot_id},
    client::{KEY, SimProvider},
    simulator::{Script, Simulator},
};
use kinora::generation::{JobListing, JobsWord, OpenFilm, ShotOptions};
use kinora_core::{film::ProjectLayout, store::hash_file};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    collections::HashMap,
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Where the child finds its project, its vendor, and the jobs a person wants sent again.
const PROJECT: &str = "KINORA_SWEEP_PROJECT";
const VENDOR: &str = "KINORA_SWEEP_VENDOR";
const SEND_AGAIN: &str = "KINORA_SWEEP_SEND_AGAIN";

/// A life of the program: goes on with what is open, then makes what is missing.
#[test]
#[ignore = "the sweep runs it in a process of its own, to be killed"]
fn one_life() {
    let (Ok(dir), Ok(vendor)) = (std::env::var(PROJECT), std::env::var(VENDOR)) else { return };
    let vendor: SocketAddr = vendor.parse().unwrap();
    let mut bench = Bench::open(Path::new(&dir), SimProvider::at(vendor));
    let generator = bench.generator();
    let again = std::env::var(SEND_AGAIN).unwrap_or_default();
    let again: Vec<&str> = again.split(',').collect();
    let scene = bench.editor.view().scene(&scene_id()).unwrap();
    let film = &mut OpenFilm::new(&mut bench.editor, &bench.folder);
    let mut unknown = false;
    for job in JobListing::list(&bench.folder).into_iter().filter(|job| job.is_open) {
        let word = if again.contains(&job.job_id.as_str()) { JobsWord::OnceMore } else { JobsWord::GoOn };
        match generator.resume(film, &job.job_id, word) {
            Ok(_) => {}
            Err(error) if error.kind() == "lost_job" => unknown = true,
            Err(error) => panic!("{error}"),
        }
    }
    // A shot that was brought just now is asked for by nobody.
    let brought: Vec<_> = JobListing::list(&bench.folder).into_iter().map(|job| job.purpose).collect();
    for shot in scene.shots.iter().filter(|shot| shot.takes.is_empty()) {
        if brought.contains(&format!("{}/{}", scene_id(), shot.shot_id)) {
            continue;
        }
        match generator.shot(film, &scene_id(), &shot.shot_id, &ShotOptions::default()) {
            Ok(_) => {}
            Err(error) if error.kind() == "lost_job" => unknown = true,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(!unknown, "some job was never answered");
}

/// SplitMix64: moments that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// A life in a process group of its own; what it says goes to a log, everything it ever thinks among it.
fn begin(dir: &Path, vendor: SocketAddr, log: &Path, send_again: &[String]) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "vendor::sweep::one_life", "--ignored", "--nocapture", "--test-threads=1"])
        .env(PROJECT, dir)
        .env(VENDOR, vendor.to_string())
        .env(SEND_AGAIN, send_again.join(","))
        .env("RUST_BACKTRACE", "full")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    command.process_group(0);
    command.spawn().unwrap()
}

/// `kill -9`, every other time with the workers. Whether it was alive until then.
fn kill(child: &mut Child, with_workers: bool) -> bool {
    if child.try_wait().unwrap().is_some() {
        return false;
    }
    if with_workers {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    !child.wait().unwrap().success()
}

#[test]
fn kills_at_any_moment_cost_no_job_and_no_money() {
    let (kills, shots) = (number_of("KINORA_SWEEP_KILLS", 30), number_of("KINORA_SWEEP_JOBS", 6));
    let folder = tempfile::tempdir().unwrap();
    let (dir, log) = (folder.path().join("film"), folder.path().join("sweep.log"));
    // The vendor takes its time before and after it takes a job in, so that kills fall there too.
    let script = Script { thinks: Duration::from_millis(15), polls_needed: 2, ..Script::default() };
    let simulator = Simulator::start(script);
    let mut chance = Chance(6);
    let (mut killed, mut lives, mut films) = (0, 0, 0);
    let mut unknown_seen = 0;
    while killed < kills {
        films += 1;
        let dir = dir.with_extension(films.to_string());
        drop(Bench::create(&dir, &film(shots), SimProvider::at(simulator.address)));
        let before = simulator.jobs().len();
        loop {
            lives += 1;
            assert!(lives < kills * 20 + 100, "{killed} of {kills} kills in {lives} lives");
            let send_again = asked_again(&dir, &simulator);
            unknown_seen += send_again.len();
            let start = simulator.events();
            let mut child = begin(&dir, simulator.address, &log, &send_again);
            if killed < kills {
                simulator.wait_for_events(start + 1 + chance.below(9), Duration::from_secs(5));
                let most = if chance.below(2) == 0 { 12 } else { 160 };
                thread::sleep(Duration::from_millis(chance.below(most)));
                if kill(&mut child, lives % 2 == 0) {
                    killed += 1;
                    continue;
                }
            }
            let status = child.wait().unwrap();
            if asked_again(&dir, &simulator).is_empty() {
                assert!(status.success(), "{}", std::fs::read_to_string(&log).unwrap());
                break;
            }
        }
        judge(&dir, &simulator, before, shots);
    }
    // What a child ever wrote, and what it said, holds no key.
    assert_eq!(files_with(folder.path(), KEY.as_bytes()), Vec::<std::path::PathBuf>::new());
    eprintln!(
        "{killed} kills in {lives} lives over {films} films of {shots} jobs; {unknown_seen} sent again on a word"
    );
}

/// What a person does: looks at the vendor's for each job that was never answered. The vendor has had time to take in
/// what was on its way.
fn asked_again(dir: &Path, simulator: &Simulator) -> Vec<String> {
    let unknown = |job: &JobListing| job.stands == "unknown";
    let jobs: Vec<_> = JobListing::list(&ProjectLayout::new(dir)).into_iter().filter(unknown).collect();
    if jobs.is_empty() {
        return Vec::new();
    }
    thread::sleep(Duration::from_millis(100));
    let there = simulator.jobs();
    let ticket = |job: &JobListing| {
        if job.attempt <= 1 { job.job_id.clone() } else { format!("{}-{}", job.job_id, job.attempt) }
    };
    let is_lost = |job: &JobListing| !there.iter().any(|other| other.ticket == ticket(job));
    jobs.into_iter().filter(is_lost).map(|job| job.job_id).collect()
}

fn judge(dir: &Path, simulator: &Simulator, before: usize, shots: usize) {
    let made = simulator.jobs().split_off(before);
    let mut creates: HashMap<&str, usize> = HashMap::new();
    for job in &made {
        *creates.entry(job.purpose.as_str()).or_default() += 1;
    }
    assert_eq!(creates.len(), shots, "every shot was asked for");
    assert!(creates.values().all(|count| *count == 1), "paid twice: {creates:?}");
    let bench = Bench::open(dir, SimProvider::at(simulator.address));
    for (number, job) in (1..=shots).flat_map(|number| {
        let purpose = format!("{}/{}", scene_id(), shot_id(number));
        made.iter().filter(move |job| job.purpose == purpose).map(move |job| (number, job))
    }) {
        let takes = bench.takes(number);
        assert_eq!(takes.len(), 1, "{}: {takes:?}", job.purpose);
        let path = takes[0].file_path.under(&bench.folder.scene_dir(&scene_id()));
        let paid = Simulator::output(job);
        assert!(std::fs::read(&path).unwrap() == paid, "{}: another clip than was paid for", job.purpose);
        assert_eq!(hash_file(&path).unwrap().to_hex().to_string(), takes[0].blake3);
    }
    assert!(bench.jobs().iter().all(|job| job.stands == "in the film"), "{:?}", bench.jobs());
    let spend = bench.spend();
    assert_eq!((spend.total.succeeded, spend.total.open), (shots, 0), "{spend:?}");
    let paid_usd = 0.5 * shots as f64;
    assert!((spend.total.paid_usd - paid_usd).abs() < 1e-9, "{spend:?}");
}
