//! What state a shot's clip is in: the first thing an editor asks of a timeline.

use super::{FilmModel, ShotName};

/// A job that is at work on a shot.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOnClip {
    /// It waits for its turn.
    Queued,
    /// It runs.
    Running {
        /// 0 to 1; `None` while the vendor says nothing.
        progress: Option<f32>,
    },
    /// It failed, and nothing has been made since.
    Failed {
        /// What, why, what to do.
        reason: String,
    },
}

/// State of a shot's clip.
#[derive(Debug, Clone, PartialEq)]
pub enum ClipState {
    /// No take yet.
    Empty,
    /// Waits to be generated.
    Queued,
    /// Is being generated.
    Generating {
        /// 0 to 1; `None` while the vendor says nothing.
        progress: Option<f32>,
    },
    /// The last try failed.
    Failed {
        /// What, why, what to do.
        reason: String,
    },
    /// It continues something that has changed since.
    OutOfDate {
        /// What changed.
        reason: String,
    },
    /// It has a take.
    Ready,
}

impl ClipState {
    /// The state of a shot, given the job that is at work on it.
    #[must_use]
    pub fn of(model: &FilmModel, name: &ShotName, job: Option<&JobOnClip>) -> Self {
        match job {
            Some(JobOnClip::Queued) => return Self::Queued,
            Some(JobOnClip::Running { progress }) => return Self::Generating { progress: *progress },
            Some(JobOnClip::Failed { reason }) => return Self::Failed { reason: reason.clone() },
            None => {}
        }
        let Some(shot) = model.shot(name) else { return Self::Empty };
        if shot.file_path.is_none() {
            return Self::Empty;
        }
        match model.out_of_date(&name.0, shot) {
            Some(reason) => Self::OutOfDate { reason },
            None => Self::Ready,
        }
    }

    /// In words, for tooltips and screen readers.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Empty => "empty: no take yet".to_owned(),
            Self::Queued => "queued".to_owned(),
            Self::Generating { progress: Some(part) } => format!("generating, {:.0} %", part * 100.0),
            Self::Generating { progress: None } => "generating".to_owned(),
            Self::Failed { reason } => format!("failed: {reason}"),
            Self::OutOfDate { reason } => format!("out of date: {reason}"),
            Self::Ready => "ready".to_owned(),
        }
    }
}
