//! Jobs that wait and run: cancel, retry, pause.

use super::{Action, Group, WhyNot, always, command, shift, when};
use crate::{
    jobs::{JobState, JobTarget},
    ui::{ask::Ask, desk::Desk, jobs_model::JobRow, state::Selection},
};
use bevy_egui::egui::Key;

/// What is selected, as a job has it for its target.
fn target(selection: &Selection) -> Option<JobTarget> {
    match selection {
        Selection::Shots(names) => names.last().map(|(scene, shot)| JobTarget::Shot(scene.clone(), shot.clone())),
        Selection::Scene(scene_id) | Selection::Lane(scene_id, _) => Some(JobTarget::Scene(scene_id.clone())),
        Selection::Character(character_id) => Some(JobTarget::Character(character_id.clone())),
        Selection::Film => None,
    }
}

/// The job that is meant: one on what is selected, else the newest of its kind.
fn job<'a>(desk: &Desk<'a>, is_meant: fn(&JobState) -> bool) -> Option<&'a JobRow> {
    let jobs = desk.jobs;
    let target = target(&desk.state.selection);
    let mut meant = jobs.rows.iter().filter(|row| is_meant(&row.state));
    let on_selection = meant.clone().find(|row| Some(&row.target) == target.as_ref());
    on_selection.or_else(|| meant.next())
}

const fn is_open(state: &JobState) -> bool {
    matches!(state, JobState::Queued | JobState::Running { .. })
}
const fn waits(state: &JobState) -> bool {
    matches!(state, JobState::Queued)
}
const fn can_be_tried_again(state: &JobState) -> bool {
    matches!(state, JobState::Failed(_) | JobState::Cancelled)
}

fn none_open(desk: &Desk<'_>) -> WhyNot {
    when(job(desk, is_open).is_none(), "Nothing runs and nothing waits")
}

pub(super) const QUEUE: &[Action] = &[
    Action {
        id: "job.cancel",
        label: "Cancel the job",
        description: "Ends the job on what is selected, else the newest one, also at the vendor.",
        group: Group::Queue,
        keys: &[command(Key::Period)],
        unavailable: none_open,
        run: |desk| {
            if let Some(job_id) = job(desk, is_open).map(|row| row.job_id) {
                desk.asks.push(Ask::CancelJob(job_id));
            }
        },
    },
    Action {
        id: "job.cancel_all",
        label: "Cancel every job",
        description: "Ends everything that waits and runs, also at the vendors.",
        group: Group::Queue,
        keys: &[],
        unavailable: none_open,
        run: |desk| {
            let jobs = desk.jobs;
            for row in jobs.open() {
                desk.asks.push(Ask::CancelJob(row.job_id));
            }
        },
    },
    Action {
        id: "job.retry",
        label: "Retry the job",
        description: "Tries the job on what is selected again that failed or was cancelled, else the newest one.",
        group: Group::Queue,
        keys: &[shift(Key::R)],
        unavailable: |desk| when(job(desk, can_be_tried_again).is_none(), "No job failed and none was cancelled"),
        run: |desk| {
            if let Some(job_id) = job(desk, can_be_tried_again).map(|row| row.job_id) {
                desk.asks.push(Ask::RetryJob(job_id));
            }
        },
    },
    Action {
        id: "job.next",
        label: "Run the job next",
        description: "Lets the job on what is selected have the next turn, before everything else that waits.",
        group: Group::Queue,
        keys: &[],
        unavailable: |desk| when(job(desk, waits).is_none(), "No job waits"),
        run: |desk| {
            if let Some(job_id) = job(desk, waits).map(|row| row.job_id) {
                desk.asks.push(Ask::RunNext(job_id));
            }
        },
    },
    Action {
        id: "job.pause",
        label: "Pause the queue",
        description: "Starts no more jobs, or goes on starting them; what runs goes on.",
        group: Group::Queue,
        keys: &[command(Key::P)],
        unavailable: always,
        run: |desk| desk.asks.push(Ask::PauseJobs(!desk.jobs.paused)),
    },
    Action {
        id: "job.clear",
        label: "Clear finished jobs",
        description: "Takes what has ended out of the list of jobs.",
        group: Group::Queue,
        keys: &[],
        unavailable: |desk| when(!desk.jobs.rows.iter().any(|row| row.state.is_final()), "Nothing has ended yet"),
        run: |desk| desk.asks.push(Ask::ClearJobs),
    },
];
