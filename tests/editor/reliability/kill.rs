//! `kill -9` at random moments: the project always opens, every file under a final name is whole, and the next run
//! finishes the work.

use super::{
    process::{End, Running, Words, answer, words},
    whole::{Judge, copy, parts},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Kills between two runs that go on to the end.
const KILLS_A_PROJECT: usize = 3;

/// SplitMix64: moments that are the same in every run of the tests.
struct Moments(u64);

impl Moments {
    /// A number from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Work on a prepared project that is killed again and again.
struct Ordeal<'a> {
    prepared: &'a Path,
    /// The command of a round.
    command: &'a dyn Fn(&Path, usize) -> Words,
    /// Looks at the project after the command came to its end.
    finished: &'a dyn Fn(&Path),
}

impl Ordeal<'_> {
    /// Kills the command `kills` times, every other time with its workers.
    fn kill(&self, seed: u64, kills: usize) {
        let folder = tempfile::tempdir().unwrap();
        let mut judge = Judge::default();
        let mut moments = Moments(seed);
        let mut project = self.fresh(folder.path(), 0);
        let mut full_run = self.finish(&project, 0, &mut judge);
        project = self.fresh(folder.path(), 1);
        let mut is_fresh = true;
        let (mut round, mut killed) = (0, 0);
        while killed < kills {
            round += 1;
            assert!(round < kills * 10, "the work is over before it can be killed");
            // Spread over a run that has everything to do; one that goes on with old work may end before its moment.
            let delay = full_run.mul_f64((killed as f64 + moments.next()) / kills as f64);
            let words = (self.command)(&project, round);
            match Running::start(&project, &words).kill_after(delay, round.is_multiple_of(2)) {
                End::Killed => {
                    killed += 1;
                    is_fresh = false;
                    judge.look(&project);
                    if killed.is_multiple_of(KILLS_A_PROJECT) {
                        self.finish(&project, round, &mut judge);
                        project = self.fresh(folder.path(), round + 1);
                        is_fresh = true;
                    }
                }
                End::Own(status, lasted) => {
                    assert!(status.success(), "{words:?} ended with {status}");
                    if is_fresh {
                        full_run = full_run.min(lasted);
                    }
                    judge.look(&project);
                    (self.finished)(&project);
                    project = self.fresh(folder.path(), round + 1);
                    is_fresh = true;
                }
            }
        }
        self.finish(&project, round, &mut judge);
    }

    fn fresh(&self, folder: &Path, round: usize) -> PathBuf {
        let project = folder.join(format!("film_{round}"));
        copy(self.prepared, &project);
        project
    }

    /// A run without a kill. Returns how long it took.
    fn finish(&self, project: &Path, round: usize, judge: &mut Judge) -> Duration {
        let words = (self.command)(project, round);
        let start = Instant::now();
        answer(project, &words);
        let lasted = start.elapsed();
        assert_eq!(parts(project), Vec::<PathBuf>::new(), "unfinished files are left");
        judge.look(project);
        (self.finished)(project);
        lasted
    }
}

/// A small project with a scene.
pub(super) fn project(folder: &Path) -> PathBuf {
    let project = folder.join("film");
    answer(&project, &(vec!["new"], ["--title", "Sea", "--fps", "12", "--size", "160x90"].map(str::to_owned).to_vec()));
    answer(&project, &words("scene", "add", &["--title", "Cabin"]));
    project
}

/// A clip that has to be conformed: another size and rate than the film's, with sound.
pub(super) fn clip(folder: &Path, name: &str, source: &str) -> String {
    let path = folder.join(name);
    let status = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source])
        .args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100:duration=2", "-c:v", "libx264"])
        .args(["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&path)
        .status()
        .expect("ffmpeg is installed by `make setup`");
    assert!(status.success());
    path.to_str().unwrap().to_owned()
}

#[test]
fn killed_saves_leave_a_film_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    for number in 1..=12 {
        let prompt = format!("shot {number} {}", "fog ".repeat(200));
        answer(&prepared, &words("shot", "add", &["1", "--prompt", &prompt]));
    }
    answer(&prepared, &words("scene", "add", &["--title", "Deck"]));
    let command = |project: &Path, round: usize| {
        let number = round.to_string();
        match round % 5 {
            0 => words("shot", "set", &["1", "1", "--gain-db", &format!("-{}", round % 40)]),
            1 => words("scene", "add", &["--title", &number]),
            2 => words("scene", "move", &["2", "1"]),
            3 => words("settings", "set", &[&format!("duck_db={}", round % 20)]),
            _ => {
                let scenes = answer(project, &words("scene", "list", &[]));
                let last = scenes["scenes"].as_array().unwrap().iter().rfind(|scene| scene["scene_id"] != "scene_001");
                match last {
                    Some(scene) => words("scene", "remove", &[scene["scene_id"].as_str().unwrap()]),
                    None => words("scene", "add", &["--title", &number]),
                }
            }
        }
    };
    let finished = |project: &Path| {
        let shots = answer(project, &words("shot", "list", &["1"]));
        assert_eq!(shots["shots"].as_array().unwrap().len(), 12, "shots were lost");
    };
    Ordeal { prepared: &prepared, command: &command, finished: &finished }.kill(1, 18);
}

#[test]
fn killed_generation_is_finished_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    answer(&prepared, &words("shot", "add", &["1", "--prompt", "Fog, slow pan left", "--duration", "1"]));
    answer(&prepared, &words("shot", "add", &["1", "--prompt", "A lamp swings", "--duration", "1", "--continue"]));
    answer(&prepared, &words("generate", "shot", &["1", "1"]));
    let command = |_: &Path, _: usize| words("generate", "shot", &["1", "2"]);
    let finished = |project: &Path| {
        let takes = answer(project, &words("take", "list", &["1", "2"]));
        let takes = takes["takes"].as_array().unwrap();
        assert!(takes.iter().any(|take| take["chosen"] == true), "{takes:?}");
        let report = answer(project, &(vec!["check"], vec!["--verify".to_owned()]));
        assert_eq!(report["counts"]["errors"], 0, "{report}");
    };
    Ordeal { prepared: &prepared, command: &command, finished: &finished }.kill(2, 18);
}

#[test]
fn killed_renders_are_finished_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    answer(&prepared, &words("scene", "add", &["--title", "Deck"]));
    for (name, source, scene) in [
        ("a.mp4", "testsrc2=size=320x240:rate=30:duration=2", "1"),
        ("b.mp4", "testsrc=size=120x160:rate=8:duration=2", "1"),
        ("c.mp4", "testsrc2=size=160x90:rate=25:duration=2", "2"),
    ] {
        let clip = clip(folder.path(), name, source);
        answer(&prepared, &words("shot", "add", &[scene, "--clip", &clip]));
    }
    let command = |_: &Path, _: usize| words("render", "film", &[]);
    let finished = |project: &Path| {
        assert!(project.join("film_render.mp4").is_file());
        assert_eq!(answer(project, &words("render", "film", &[]))["up_to_date"], true);
    };
    Ordeal { prepared: &prepared, command: &command, finished: &finished }.kill(3, 18);
}
