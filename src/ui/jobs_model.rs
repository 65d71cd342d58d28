//! Jobs and cuts as the panels draw them.

use super::model::{JobOnClip, ShotName};
use crate::{
    generation::UnreadableJob,
    jobs::{CutReports, Job, JobId, JobKind, JobState, JobTarget, JobTimes, JobTurn},
};
use kinora_core::{
    continuity::{Chain, Cut},
    ids::{SceneId, ShotId},
};
use std::{collections::HashMap, path::PathBuf, time::Instant};

/// A job in the tray.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Its name.
    pub job_id: JobId,
    /// What kind of work it is.
    pub kind: JobKind,
    /// What it does.
    pub label: String,
    /// What it works on.
    pub target: JobTarget,
    /// Where it stands.
    pub state: JobState,
    /// When it began.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// What it waits for beside a free place; empty for nothing.
    pub waits_for: String,
}

impl JobRow {
    /// A job's entity as a row.
    #[must_use]
    pub fn new(job: &Job, state: &JobState, times: &JobTimes) -> Self {
        Self {
            job_id: job.job_id,
            kind: job.kind,
            label: job.label.clone(),
            target: job.target.clone(),
            state: state.clone(),
            started_at: times.started_at,
            ended_at: times.ended_at,
            waits_for: String::new(),
        }
    }

    /// The same row, with what the job waits for.
    #[must_use]
    pub fn in_turn(mut self, turn: &JobTurn) -> Self {
        self.waits_for.clone_from(&turn.waits_for);
        self
    }

    /// The file it made, if there is one to show.
    #[must_use]
    pub const fn output(&self) -> Option<&PathBuf> {
        if let JobState::Done { output: Some(output), .. } = &self.state { Some(output) } else { None }
    }
}

/// Every job, the newest first, and every known cut.
#[derive(Debug, Default)]
pub struct JobsModel {
    /// The jobs.
    pub rows: Vec<JobRow>,
    /// Whether nothing is started until the user goes on.
    pub paused: bool,
    /// Jobs of the open project whose records cannot be read.
    pub unreadable: Vec<UnreadableJob>,
    on_clips: HashMap<ShotName, JobOnClip>,
    clips_round: u64,
    cuts: CutReports,
}

impl JobsModel {
    /// Takes in the jobs as they stand.
    pub fn set_jobs(&mut self, mut rows: Vec<JobRow>) {
        rows.sort_by_key(|row| row.job_id);
        let before = std::mem::take(&mut self.on_clips);
        for row in &rows {
            let JobTarget::Shot(scene_id, shot_id) = &row.target else { continue };
            if !matches!(row.kind, JobKind::Shot | JobKind::LipSync | JobKind::Resumed) {
                continue;
            }
            let name = (scene_id.clone(), shot_id.clone());
            match &row.state {
                JobState::Queued => drop(self.on_clips.insert(name, JobOnClip::Queued)),
                JobState::Running { progress, .. } => {
                    self.on_clips.insert(name, JobOnClip::Running { progress: *progress });
                }
                JobState::Failed(failure) => {
                    let to_do = failure.what_to_do.as_deref().unwrap_or_default();
                    let reason = format!("{} {to_do}", failure.why).trim().to_owned();
                    self.on_clips.insert(name, JobOnClip::Failed { reason });
                }
                // A later job on the same shot has the last word.
                JobState::Done { .. } | JobState::Cancelled => drop(self.on_clips.remove(&name)),
            }
        }
        let kind = |job: &JobOnClip| std::mem::discriminant(job);
        let is_same = |(name, job): (&ShotName, &JobOnClip)| before.get(name).map(kind) == Some(kind(job));
        if self.on_clips.len() != before.len() || !self.on_clips.iter().all(is_same) {
            self.clips_round += 1;
        }
        rows.reverse();
        self.rows = rows;
    }

    /// Takes in what is known of the cuts.
    pub fn set_cuts(&mut self, reports: &CutReports) {
        if self.cuts.round() != reports.round() {
            self.cuts.clone_from(reports);
        }
    }

    /// The job at work on a shot.
    #[must_use]
    pub fn on_clip(&self, name: &ShotName) -> Option<&JobOnClip> {
        self.on_clips.get(name)
    }

    /// Another number whenever a job on a shot began, ended or was taken up; not for its progress.
    #[must_use]
    pub const fn clips_round(&self) -> u64 {
        self.clips_round
    }

    /// Whether no shot has a job that is at work on it, or that failed.
    #[must_use]
    pub fn leaves_clips_alone(&self) -> bool {
        self.on_clips.is_empty()
    }

    /// The cut after a shot, if it was judged for the shot that follows it now.
    #[must_use]
    pub fn cut(&self, from: &ShotName, to: &ShotId) -> Option<&Cut> {
        self.cuts.cut(&from.0, &from.1, to)
    }

    /// Runs of shots that continue each other, and their drift.
    #[must_use]
    pub fn chains(&self, scene_id: &SceneId) -> &[Chain] {
        self.cuts.chains(scene_id)
    }

    /// Jobs that wait or run.
    pub fn open(&self) -> impl Iterator<Item = &JobRow> {
        self.rows.iter().filter(|row| !row.state.is_final())
    }
}
