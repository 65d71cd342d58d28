//! The parent's side.

use super::{
    Probed,
    protocol::{CANCEL_LINE, WorkerLine, WorkerReply, WorkerRequest},
};
use crate::progress::{CancelToken, Cancelled, ProgressSink};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What can go wrong with a piece of work done elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The work was refused or failed, and said why.
    #[error("{message}")]
    Failed {
        /// A stable word for the kind, as [`crate::media::MediaError::kind`] gives it.
        kind: String,
        /// What, where, what to do.
        message: String,
    },
    /// The process died.
    #[error("{about}: FFmpeg crashed on it ({how}); the file is damaged or hostile, fetch or export it again")]
    Crashed {
        /// The file or work at hand.
        about: String,
        /// Exit code or signal.
        how: String,
    },
    /// The process reported nothing for too long and was ended.
    #[error("{about}: no progress for {limit_secs} s, so it was stopped; the file is damaged or hostile")]
    Stalled {
        /// The file or work at hand.
        about: String,
        /// The limit it ran into.
        limit_secs: u64,
    },
    /// The process could not be started.
    #[error("cannot start {}: {source}; is the installation whole?", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl WorkerError {
    /// A stable word for the kind of error.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Failed { kind, .. } => kind,
            Self::Crashed { .. } => "crashed",
            Self::Stalled { .. } => "stalled",
            Self::Start { .. } => "start",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

/// Starts worker processes.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The program, usually this very binary.
    pub program: PathBuf,
    /// What makes it a worker.
    pub arguments: Vec<OsString>,
    /// Silence after which work counts as hung.
    pub stall_limit: Duration,
}

/// How long a cancelled worker may take to tidy up.
const TIDY_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(40);

impl Worker {
    /// Workers that are this binary, run as `kinora worker`.
    ///
    /// # Errors
    /// [`WorkerError::Start`] if the system does not tell where this binary is.
    pub fn of_this_binary() -> Result<Self, WorkerError> {
        let program = std::env::current_exe()
            .map_err(|source| WorkerError::Start { program: PathBuf::from("kinora"), source })?;
        Ok(Self { program, arguments: vec!["worker".into()], stall_limit: Duration::from_secs(120) })
    }

    /// Does a piece of work in a process of its own. Blocks: call it from a named thread.
    ///
    /// # Errors
    /// [`WorkerError`]; after a cancel or a crash no process is left behind.
    pub fn run(
        &self,
        request: &WorkerRequest,
        cancel: &CancelToken,
        progress: &dyn ProgressSink,
    ) -> Result<WorkerReply, WorkerError> {
        let owner = Owner { about: &about(request), cancel, progress, probed: None };
        self.run_for(request, &owner)
    }

    /// [`Worker::run`] for an owner who also hears of single files.
    pub(super) fn run_for(&self, request: &WorkerRequest, owner: &Owner<'_>) -> Result<WorkerReply, WorkerError> {
        owner.cancel.check()?;
        let start = |source| WorkerError::Start { program: self.program.clone(), source };
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(start)?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let mut guard = ChildGuard(child);
        let (Some(stdin), Some(stdout)) = pipes else {
            return Err(start(std::io::Error::other("no pipes to the process")));
        };
        let text = serde_json::to_string(request).map_err(|error| start(error.into()))?;
        let lines = read_lines(stdout).map_err(start)?;
        let stop = write_request(stdin, text).map_err(start)?;
        self.listen(&mut guard, &stop, &lines, owner)
    }

    fn listen(
        &self,
        guard: &mut ChildGuard,
        stop: &Sender<()>,
        lines: &Receiver<WorkerLine>,
        owner: &Owner<'_>,
    ) -> Result<WorkerReply, WorkerError> {
        let Owner { about, cancel, progress, probed } = owner;
        let mut heard = Instant::now();
        let mut cancelled_at: Option<Instant> = None;
        loop {
            match lines.recv_timeout(POLL) {
                Ok(WorkerLine::Progress(update)) => {
                    heard = Instant::now();
                    progress.report(update);
                }
                Ok(WorkerLine::Probed(found)) => {
                    heard = Instant::now();
                    if let Some(probed) = probed {
                        probed(found.map_err(|why| WorkerError::Failed { kind: why.kind, message: why.message }));
                    }
                }
                Ok(WorkerLine::Reply(reply)) => return Ok(reply),
                Ok(WorkerLine::Error { kind, .. }) if kind == "cancelled" => return Err(Cancelled.into()),
                Ok(WorkerLine::Error { kind, message }) => return Err(WorkerError::Failed { kind, message }),
                Err(RecvTimeoutError::Disconnected) => {
                    cancel.check()?;
                    return Err(WorkerError::Crashed { about: (*about).to_owned(), how: guard.ending() });
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if cancelled_at.is_none() && cancel.is_cancelled() {
                cancelled_at = Some(Instant::now());
                // A child that cannot be told is ended below.
                let _ = stop.try_send(());
            }
            if cancelled_at.is_some_and(|at| at.elapsed() > TIDY_LIMIT) {
                return Err(Cancelled.into());
            }
            if heard.elapsed() > self.stall_limit {
                return Err(WorkerError::Stalled {
                    about: (*about).to_owned(),
                    limit_secs: self.stall_limit.as_secs(),
                });
            }
        }
    }
}

/// Who waits for the work, and what it is about.
pub(super) struct Owner<'a> {
    pub(super) about: &'a str,
    pub(super) cancel: &'a CancelToken,
    pub(super) progress: &'a dyn ProgressSink,
    /// Hears what each file of [`WorkerRequest::ProbeAll`] holds.
    pub(super) probed: Option<&'a dyn Fn(Probed)>,
}

fn about(request: &WorkerRequest) -> String {
    match request {
        WorkerRequest::Probe { path } | WorkerRequest::Loudness { path } => path.display().to_string(),
        WorkerRequest::ProbeAll { paths } => format!("{} files", paths.len()),
        WorkerRequest::ConformSound { file, .. } => file.display().to_string(),
        WorkerRequest::Still { clip, .. } | WorkerRequest::ReplaceSound { clip, .. } => clip.display().to_string(),
        WorkerRequest::Conform { take, .. } => take.display().to_string(),
        WorkerRequest::Join(request) => request.out.display().to_string(),
        WorkerRequest::Sheet { png, .. } => png.display().to_string(),
        WorkerRequest::Segments(job) => job.project_root.display().to_string(),
        WorkerRequest::Render(job) => job.output.display().to_string(),
    }
}

/// Writes the request on a thread of its own, because a child that hangs before it reads would hang the writer with
/// it; then a cancel when told so. The child's input is closed when the sender is dropped.
fn write_request(mut stdin: ChildStdin, request: String) -> std::io::Result<Sender<()>> {
    let (sender, receiver) = bounded(1);
    thread::Builder::new().name("kinora-worker-request".to_owned()).spawn(move || {
        // A child that died at once is reported by the one who listens to it, with how it died.
        let _ = writeln!(stdin, "{request}").and_then(|()| stdin.flush());
        if receiver.recv().is_ok() {
            let _ = writeln!(stdin, "{CANCEL_LINE}").and_then(|()| stdin.flush());
            // Open until the work is over: its end would say that the parent is gone.
            let _ = receiver.recv();
        }
    })?;
    Ok(sender)
}

/// Reads the child's lines on a thread of their own; a line longer than any real one ends the reading.
fn read_lines(stdout: impl Read + Send + 'static) -> std::io::Result<Receiver<WorkerLine>> {
    const LONGEST_LINE_BYTES: u64 = 4 << 20;
    let (sender, receiver) = bounded(64);
    thread::Builder::new().name("kinora-worker-lines".to_owned()).spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        loop {
            line.clear();
            match reader.by_ref().take(LONGEST_LINE_BYTES).read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => match serde_json::from_str(&line) {
                    Ok(line) => {
                        if sender.send(line).is_err() {
                            return;
                        }
                    }
                    // What is no line of ours means that this is no worker of ours.
                    Err(_) => return,
                },
            }
        }
    })?;
    Ok(receiver)
}

/// Ends the process whatever way the work ends, so that none is left behind.
struct ChildGuard(Child);

impl ChildGuard {
    /// How a process that closed its output ended.
    fn ending(&mut self) -> String {
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
                _ => return "it closed its output".to_owned(),
            }
        }
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        // After a reply the process ends by itself; give it a moment, then make sure.
        let deadline = Instant::now() + Duration::from_millis(300);
        while Instant::now() < deadline {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
