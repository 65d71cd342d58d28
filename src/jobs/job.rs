//! A job as an entity: what it is, where it stands, and since when.

use super::JobAsk;
use crate::generation::GenerationError;
use bevy::prelude::{Component, Message};
use kinora_core::ids::{CharacterId, SceneId, ShotId};
use kinora_provider::FieldProblem;
use std::{fmt, path::PathBuf, sync::Arc, time::Instant};

/// A job of the running editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "job {}", self.0)
    }
}

/// What kind of work a job is, for an icon or a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// A take of a shot.
    Shot,
    /// Spoken lines.
    Voice,
    /// Music or ambience.
    Bed,
    /// Lips that follow a voice.
    LipSync,
    /// Everything the film lacks.
    Film,
    /// A file to watch.
    Render,
    /// Takes made ready for preview and render.
    Conform,
    /// First and last frames.
    Frames,
    /// Files from elsewhere.
    Import,
    /// What a voice sounds like.
    Audition,
    /// How the cuts join.
    Cuts,
    /// What an earlier run left open.
    Resumed,
}

/// What a job works on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JobTarget {
    /// The film as a whole.
    Film,
    /// A scene.
    Scene(SceneId),
    /// A shot.
    Shot(SceneId, ShotId),
    /// A character.
    Character(CharacterId),
}

/// A job. Its entity also carries a [`JobState`] and [`JobTimes`].
#[derive(Component, Debug, Clone, PartialEq)]
#[require(JobState, JobTimes, JobTurn)]
pub struct Job {
    /// Its name, for [`super::CancelJob`] and [`super::RetryJob`].
    pub job_id: JobId,
    /// What kind of work it is.
    pub kind: JobKind,
    /// What it does, for a person: `generate scene_001/shot_002`.
    pub label: String,
    /// What it works on.
    pub target: JobTarget,
    /// What was asked.
    pub ask: JobAsk,
}

/// When a job that waits has its turn.
#[derive(Component, Debug, Clone, PartialEq, Eq, Default)]
pub struct JobTurn {
    /// Higher goes first; among equals the oldest.
    pub priority: i64,
    /// What it waits for beside a free place, completing "waits for …"; empty for nothing.
    pub waits_for: String,
    /// The vendor it goes to, and how many of that vendor's jobs run at once; absent for work on this machine.
    pub(super) vendor: Option<(Arc<str>, usize)>,
}

/// Where a job stands.
#[derive(Component, Debug, Clone, PartialEq, Default)]
pub enum JobState {
    /// It waits for its turn.
    #[default]
    Queued,
    /// It runs.
    Running {
        /// 0 to 1 of the stage; absent where nobody can tell.
        progress: Option<f32>,
        /// What is being done now, for a person.
        stage: String,
        /// Seconds left of the stage, once they can be told.
        eta_secs: Option<f64>,
    },
    /// It is done.
    Done {
        /// What came of it, in a line.
        summary: String,
        /// The file it made, if it made one to show.
        output: Option<PathBuf>,
    },
    /// It failed, and the film is as it was.
    Failed(JobFailure),
    /// It was cancelled, and left nothing half-made.
    Cancelled,
}

impl JobState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed(_) | Self::Cancelled)
    }
}

/// Why a job failed, for the person who can act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure {
    /// A stable word: `provider`, `gone`, `disk_full` …
    pub kind: String,
    /// What did not happen; completes "could not …".
    pub what: String,
    /// Why not. Says what to do where `what_to_do` does not.
    pub why: String,
    /// What to do about it.
    pub what_to_do: Option<String>,
    /// The inputs that a provider refused, each by the name of its control.
    pub problems: Vec<FieldProblem>,
    /// Whether money was taken, in a sentence; empty where there is nothing to say.
    pub money: String,
    /// The job on disk that was never answered, which only a person may have sent again.
    pub unanswered_job: Option<String>,
    /// The job on disk whose place in the film is gone: what it made can be kept as a file of its own, or let go.
    pub unplaced_job: Option<String>,
}

impl JobFailure {
    pub(super) fn new(what: &str, error: &GenerationError) -> Self {
        // A provider's error and its advice are told apart here, and together on the command line.
        let why = match error {
            GenerationError::Provider { error, .. } => error.to_string(),
            other => other.to_string(),
        };
        Self {
            kind: error.kind().to_owned(),
            what: what.to_owned(),
            why,
            what_to_do: error.what_to_do(),
            problems: error.problems(),
            money: error.money().words().to_owned(),
            unanswered_job: match error {
                GenerationError::LostJob { job_id, .. } => Some(job_id.clone()),
                _ => None,
            },
            unplaced_job: match error {
                GenerationError::Gone { job_id, .. } | GenerationError::NoPlace { job_id, .. } => Some(job_id.clone()),
                _ => None,
            },
        }
    }
}

/// When a job was asked for, began and ended.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobTimes {
    /// When it was asked for.
    pub asked_at: Instant,
    /// When its thread began, if it did.
    pub started_at: Option<Instant>,
    /// When it ended, if it did.
    pub ended_at: Option<Instant>,
}

impl Default for JobTimes {
    fn default() -> Self {
        Self { asked_at: Instant::now(), started_at: None, ended_at: None }
    }
}

/// Asks for a job.
#[derive(Message, Debug, Clone, PartialEq)]
pub struct StartJob {
    /// What to do.
    pub ask: JobAsk,
    /// Whether to do it even while the very same is waiting or running. Without it a second click costs nothing.
    pub again: bool,
}

impl StartJob {
    /// Asks for something once.
    #[must_use]
    pub const fn new(ask: JobAsk) -> Self {
        Self { ask, again: false }
    }
}

/// Asks a job to stop and to leave nothing half-made.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelJob(pub JobId);

/// Asks for a failed or cancelled job to be tried again.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryJob(pub JobId);

/// Lets a job that waits have the next turn.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunNext(pub JobId);

/// Hands a job whose answer was lost in once more, unless its vendor turns out to have it: the person has looked, and
/// knows that it may be paid for twice.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendAgain(pub JobId);

/// Closes a job whose place in the film is gone.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseJob {
    /// Which.
    pub job_id: JobId,
    /// Whether what it made is kept as a file of its own; else it is let go, and what it cost stays in the ledger.
    pub keep: bool,
}

/// Starts no more jobs, or goes on starting them. What runs goes on.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseJobs(pub bool);

/// Takes every ended job out of the tray.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearFinishedJobs;

/// A job ended: for a toast. Work that went on behind says so only when it failed.
#[derive(Message, Debug, Clone, PartialEq)]
pub struct JobEnded {
    /// Which.
    pub job_id: JobId,
    /// What kind of work it was.
    pub kind: JobKind,
    /// What it did, for a person.
    pub label: String,
    /// What it worked on.
    pub target: JobTarget,
    /// How it ended.
    pub state: JobState,
}
