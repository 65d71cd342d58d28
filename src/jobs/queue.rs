//! The queue: which job runs when, and what becomes of it. Jobs are entities; their threads are in `running`.

use super::{
    CancelJob, ClearFinishedJobs, CloseJob, CutReports, HoldJobEdits, Job, JobAsk, JobEnded, JobFailure, JobId,
    JobState, JobTimes, JobTurn, Jobs, PauseJobs, RetryJob, RunNext, SendAgain, StartJob, ask::Room, running::Ended,
    turn, work::Ending,
};
use crate::generation::{JobsWord, OpenJob};
use bevy::prelude::{Entity, Messages, World};
use std::time::Instant;

/// Jobs that may be in the tray at once; nobody clicks more.
const MOST_JOBS: usize = 10_000;

/// Takes in what was asked for, and what the threads say; then starts what can be started.
pub(super) fn run_queue(world: &mut World) {
    world.resource_scope::<Jobs, _>(|world, mut jobs| {
        hear(world, &mut jobs);
        for ended in jobs.ended() {
            take_in(world, &mut jobs, ended);
        }
        tell_progress(world, &mut jobs);
        start_next(world, &mut jobs);
        let hold = world.get_resource::<HoldJobEdits>().is_some_and(|hold| hold.0);
        jobs.desk.attend(world, hold, false);
    });
}

fn drain<M: bevy::prelude::Message>(world: &mut World) -> Vec<M> {
    world.resource_mut::<Messages<M>>().drain().collect()
}

fn hear(world: &mut World, jobs: &mut Jobs) {
    for StartJob { ask, again } in drain::<StartJob>(world) {
        add_job(world, jobs, ask, again);
    }
    for CancelJob(job_id) in drain::<CancelJob>(world) {
        cancel(world, jobs, job_id);
    }
    for RetryJob(job_id) in drain::<RetryJob>(world) {
        try_again(world, jobs, job_id, false);
    }
    for SendAgain(job_id) in drain::<SendAgain>(world) {
        try_again(world, jobs, job_id, true);
    }
    for CloseJob { job_id, keep } in drain::<CloseJob>(world) {
        close(world, jobs, job_id, if keep { JobsWord::Keep } else { JobsWord::Dismiss });
    }
    for RunNext(job_id) in drain::<RunNext>(world) {
        let highest = world.query::<&JobTurn>().iter(world).map(|turn| turn.priority).max().unwrap_or(0);
        let Some(entity) = find(world, job_id) else { continue };
        if let Some(mut turn) = world.get_mut::<JobTurn>(entity) {
            turn.priority = highest + 1;
            jobs.may_start = true;
        }
    }
    for PauseJobs(paused) in drain::<PauseJobs>(world) {
        (jobs.paused, jobs.may_start) = (paused, true);
    }
    if !drain::<ClearFinishedJobs>(world).is_empty() {
        let mut query = world.query::<(Entity, &Job, &JobState)>();
        let finished: Vec<_> =
            query.iter(world).filter(|(_, _, state)| state.is_final()).map(|(entity, ..)| entity).collect();
        for entity in finished {
            world.despawn(entity);
        }
    }
}

/// Queues a job that came to nothing once more. `once_more` is a person's word that what was never answered may be sent
/// again.
fn try_again(world: &mut World, jobs: &mut Jobs, job_id: JobId, once_more: bool) {
    let Some(entity) = find(world, job_id) else { return };
    let unanswered = match world.get::<JobState>(entity) {
        Some(JobState::Failed(failure)) => failure.unanswered_job.clone(),
        Some(JobState::Cancelled) => None,
        _ => return,
    };
    let folder = jobs.folder();
    let on_disk = unanswered.and_then(|name| OpenJob::find(folder?, &name)).filter(|_| once_more);
    if let Some(mut job) = world.get_mut::<Job>(entity) {
        let ask = match job.ask.clone() {
            JobAsk::SendAgain { then, .. } => *then,
            ask => ask,
        };
        job.ask = match (on_disk, ask) {
            (Some(open), JobAsk::Resume { .. }) => JobAsk::Resume { job: open, word: JobsWord::OnceMore },
            // What was asked for is not forgotten for the one job it failed with.
            (Some(open), ask) => JobAsk::SendAgain { job: open, then: Box::new(ask) },
            (None, JobAsk::Resume { job, .. }) => JobAsk::Resume { job, word: JobsWord::GoOn },
            (None, ask) => ask,
        };
    }
    world.entity_mut(entity).insert((JobState::Queued, JobTimes::default()));
    jobs.may_start = true;
}

/// Queues a job, unless the very same is waiting or running already.
pub(super) fn add_job(world: &mut World, jobs: &mut Jobs, ask: JobAsk, again: bool) {
    if !jobs.is_open() {
        tracing::warn!("no project is open: could not {}", ask.label());
        return;
    }
    let mut query = world.query::<(&Job, &JobState)>();
    if query.iter(world).count() >= MOST_JOBS {
        tracing::warn!("there are {MOST_JOBS} jobs already: could not {}", ask.label());
        return;
    }
    let same: Vec<_> = query
        .iter(world)
        .filter(|(job, state)| !state.is_final() && job.ask == ask)
        .map(|(job, state)| (job.job_id, *state == JobState::Queued))
        .collect();
    if ask == JobAsk::SurveyCuts {
        // What a survey under way has seen is out of date: it begins anew, and finds what it knows in the cache.
        for (job_id, _) in same.iter().filter(|(_, is_queued)| !is_queued) {
            jobs.step_back(*job_id);
        }
    }
    if same.is_empty() || again {
        let job_id = jobs.next_id();
        let turn = JobTurn { vendor: turn::vendor_of(world, &ask), ..JobTurn::default() };
        let job = Job { job_id, kind: ask.kind(), label: ask.label(), target: ask.target(), ask };
        world.spawn((job, turn));
        jobs.may_start = true;
    }
}

/// Keeps what a failed job made as a file of its own, or lets it go: its place in the film is gone.
fn close(world: &mut World, jobs: &mut Jobs, job_id: JobId, word: JobsWord) {
    let Some(entity) = find(world, job_id) else { return };
    let Some(JobState::Failed(failure)) = world.get::<JobState>(entity) else { return };
    let Some(name) = failure.unplaced_job.clone() else { return };
    let Some(open) = jobs.folder().and_then(|folder| OpenJob::find(folder, &name)) else { return };
    if let Some(mut job) = world.get_mut::<Job>(entity) {
        job.ask = JobAsk::Resume { job: open, word };
    }
    world.entity_mut(entity).insert((JobState::Queued, JobTimes::default()));
    jobs.may_start = true;
}

fn cancel(world: &mut World, jobs: &mut Jobs, job_id: JobId) {
    let Some(entity) = find(world, job_id) else { return };
    if jobs.cancel(job_id) {
        if let Some(mut state) = world.get_mut::<JobState>(entity) {
            *state = JobState::Running { progress: None, stage: "stopping".to_owned(), eta_secs: None };
        }
    } else if world.get::<JobState>(entity).is_some_and(|state| *state == JobState::Queued) {
        jobs.may_start = true;
        if !is_stopped_first(world, entity) {
            end(world, entity, JobState::Cancelled);
        }
    }
}

/// Lets a job of an earlier run that waits have the next turn to be stopped: its vendor may be at work on it. Asked once
/// more, it only leaves the queue, and comes back when the film is opened again.
fn is_stopped_first(world: &mut World, entity: Entity) -> bool {
    let highest = world.query::<&JobTurn>().iter(world).map(|turn| turn.priority).max().unwrap_or(0);
    let Some(mut job) = world.get_mut::<Job>(entity) else { return false };
    let JobAsk::Resume { word, .. } = &mut job.ask else { return false };
    if std::mem::replace(word, JobsWord::Stop) == JobsWord::Stop {
        return false;
    }
    if let Some(mut turn) = world.get_mut::<JobTurn>(entity) {
        turn.priority = highest + 1;
    }
    true
}

fn find(world: &mut World, job_id: JobId) -> Option<Entity> {
    let mut query = world.query::<(Entity, &Job)>();
    query.iter(world).find(|(_, job)| job.job_id == job_id).map(|(entity, _)| entity)
}

fn take_in(world: &mut World, jobs: &mut Jobs, ended: Ended) {
    let stepped_back = jobs.forget(ended.job_id);
    jobs.may_start = true;
    // A job of a film that was closed has no entity any more.
    let Some(entity) = find(world, ended.job_id) else { return };
    let state = match ended.ending {
        Ending::Done(made) => {
            if let Some(cuts) = made.cuts {
                world.resource_mut::<CutReports>().take_in(cuts);
            }
            JobState::Done { summary: made.summary, output: made.output }
        }
        Ending::Cancelled if stepped_back => {
            world.entity_mut(entity).insert(JobState::Queued);
            return;
        }
        Ending::Cancelled => JobState::Cancelled,
        Ending::Failed(failure) => JobState::Failed(failure),
    };
    end(world, entity, state);
}

/// Notes how a job ended, and says so. A survey that went well was asked for by nobody and is not shown.
fn end(world: &mut World, entity: Entity, state: JobState) {
    let Some(job) = world.get::<Job>(entity).cloned() else { return };
    if job.ask == JobAsk::SurveyCuts && !matches!(state, JobState::Failed(_)) {
        world.despawn(entity);
        return;
    }
    let mut times = world.get::<JobTimes>(entity).copied().unwrap_or_default();
    times.ended_at = Some(Instant::now());
    world.entity_mut(entity).insert((state.clone(), times));
    let Job { job_id, kind, label, target, .. } = job;
    world.write_message(JobEnded { job_id, kind, label, target, state });
}

fn tell_progress(world: &mut World, jobs: &mut Jobs) {
    for (job_id, standing, eta_secs) in jobs.standings() {
        let Some(entity) = find(world, job_id) else { continue };
        if let Some(mut state) = world.get_mut::<JobState>(entity) {
            *state = JobState::Running { progress: standing.progress, stage: standing.stage, eta_secs };
        }
    }
}

/// Starts what can be started: what the user asked for before what goes on behind, the urgent before the rest, the
/// oldest first. What nothing has changed for since the last look is not looked at again.
fn start_next(world: &mut World, jobs: &mut Jobs) {
    if jobs.paused || !std::mem::take(&mut jobs.may_start) {
        return;
    }
    let mut query = world.query::<(Entity, &Job, &JobTurn, &JobState)>();
    let mut queued: Vec<_> = query
        .iter(world)
        .filter(|(.., state)| **state == JobState::Queued)
        .map(|(entity, job, turn, _)| (job.ask.room() == Room::Behind, -turn.priority, job.job_id, entity))
        .collect();
    queued.sort_unstable();
    let open = turn::OpenTargets::of(world);
    for (.., entity) in queued {
        let (Some(job), Some(turn)) = (world.get::<Job>(entity), world.get::<JobTurn>(entity)) else { continue };
        if job.ask.room() == Room::Rendering {
            // Both would conform the same takes: the render comes first, and leaves its work in the cache.
            jobs.make_way();
        }
        if !jobs.has_room(job, turn) {
            continue;
        }
        let waits_for = open.waits_for(world, job).unwrap_or_default();
        if waits_for != turn.waits_for
            && let Some(mut turn) = world.get_mut::<JobTurn>(entity)
        {
            turn.waits_for.clone_from(&waits_for);
        }
        if waits_for.is_empty() {
            start(world, jobs, entity);
        }
    }
}

fn start(world: &mut World, jobs: &mut Jobs, entity: Entity) {
    let (Some(job), Some(turn)) = (world.get::<Job>(entity).cloned(), world.get::<JobTurn>(entity).cloned()) else {
        return;
    };
    let known = if job.ask == JobAsk::SurveyCuts { world.resource::<CutReports>().known() } else { Default::default() };
    match jobs.start(world, &job, &turn, known) {
        Ok(()) => {
            let mut times = world.get::<JobTimes>(entity).copied().unwrap_or_default();
            times.started_at = Some(Instant::now());
            let state = JobState::Running { progress: None, stage: "starting".to_owned(), eta_secs: None };
            world.entity_mut(entity).insert((state, times));
        }
        Err(error) => {
            jobs.may_start = true;
            end(world, entity, JobState::Failed(JobFailure::new(&job.label, &error)));
        }
    }
}
