//! Runs of the built binary, and their ends.

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use std::{
    ffi::OsStr,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longest that workers may outlive their parent: they end themselves after three seconds.
const ORPHAN_LIMIT: Duration = Duration::from_secs(20);

/// A command on a project: the words before the project's folder, and those after it.
pub(super) type Words = (Vec<&'static str>, Vec<String>);

/// Two words, the project's folder, and the rest.
pub(super) fn words(group: &'static str, verb: &'static str, rest: &[&str]) -> Words {
    (vec![group, verb], rest.iter().map(|word| (*word).to_owned()).collect())
}

fn command(project: &Path, (before, after): &Words) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinora"));
    command.args(before).arg(project).args(after).arg("--json").env_remove("KINORA_LOG").stdin(Stdio::null());
    command
}

/// What a finished run said.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    /// The one object on standard output.
    pub(super) json: Value,
    /// Standard error.
    pub(super) text: String,
}

/// Runs a command to its end.
pub(super) fn run(project: &Path, words: &Words) -> Said {
    let output = command(project, words).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{words:?}: {error}: {text}"));
    Said { code: output.status.code(), json, text }
}

/// Runs a command that must succeed.
pub(super) fn answer(project: &Path, words: &Words) -> Value {
    let said = run(project, words);
    assert_eq!(said.code, Some(0), "{words:?}: {}", said.text);
    said.json
}

/// How a run ended that was to be killed.
pub(super) enum End {
    Killed,
    /// By itself, before its moment.
    Own(ExitStatus, Duration),
}

/// A run in a process group of its own.
pub(super) struct Running {
    child: Child,
    group: Pid,
}

impl Running {
    pub(super) fn start(project: &Path, words: &Words) -> Self {
        let mut command = command(project, words);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
        let group = Pid::from_child(&child);
        Self { child, group }
    }

    /// Kills the run after a delay: alone, so that its workers are orphans, or with its whole group. Returns when no
    /// process of the group lives.
    pub(super) fn kill_after(mut self, delay: Duration, with_workers: bool) -> End {
        let start = Instant::now();
        let mut ended = None;
        while ended.is_none() && start.elapsed() < delay {
            thread::sleep(Duration::from_millis(1).min(delay.saturating_sub(start.elapsed())));
            ended = self.child.try_wait().unwrap();
        }
        if ended.is_none() {
            // One that ended just now cannot be killed any more; its status below tells.
            let _ = if with_workers {
                kill_process_group(self.group, Signal::KILL).map_err(Into::into)
            } else {
                self.child.kill()
            };
        }
        let status = ended.unwrap_or_else(|| self.child.wait().unwrap());
        let lasted = start.elapsed();
        self.wait_for_workers();
        match status.signal() {
            Some(9) => End::Killed,
            _ => End::Own(status, lasted),
        }
    }

    fn wait_for_workers(&self) {
        let start = Instant::now();
        while has_living(self.group) {
            assert!(start.elapsed() < ORPHAN_LIMIT, "a worker outlives its parent");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Whether a process of the group still runs. A dead one that nobody has collected yet does not.
#[cfg(target_os = "linux")]
fn has_living(group: Pid) -> bool {
    let is_in_group = |name: &OsStr| {
        let stat = std::fs::read_to_string(Path::new("/proc").join(name).join("stat")).unwrap_or_default();
        // After the name of the program, which is in brackets: state, parent, group.
        let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
        let state = fields.next().unwrap_or("Z");
        fields.nth(1) == Some(&group.as_raw_nonzero().to_string()) && !["Z", "X"].contains(&state)
    };
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| is_in_group(&entry.file_name()))
}

/// Whether a process of the group still runs.
#[cfg(not(target_os = "linux"))]
fn has_living(group: Pid) -> bool {
    rustix::process::test_kill_process_group(group).is_ok()
}
