//! Everything that takes long in the living editor, on threads of its own, so that nothing blocks the window.
//!
//! A job is an entity with [`Job`], [`JobState`], [`JobTurn`] and [`JobTimes`]. Panels send [`StartJob`],
//! [`CancelJob`], [`RetryJob`], [`SendAgain`], [`CloseJob`], [`RunNext`], [`PauseJobs`] and [`ClearFinishedJobs`], draw the entities, and show a toast for each [`JobEnded`]. The window puts
//! the project's folder in as [`OpenProject`] when it spawns a film, and how it is woken as [`WakeUp`].
//!
//! - `ask`: what can be asked; `job`: components and messages;
//! - `queue`: which job runs when, with `turn` (its vendor, and what it waits for); `running`: the threads, and their end; `work`: what each ask does there;
//! - `door`: how a thread reads the living film and runs operators on it;
//! - `slot`: the latest progress; `wake`: waking the window, not too often;
//! - `cuts`: how every cut joins, looked at behind; `project`: what happens when a project is opened or closed.

mod ask;
mod cuts;
mod door;
mod job;
mod project;
mod queue;
mod running;
mod slot;
mod turn;
mod wake;
mod work;

pub use ask::{ClipPlace, JobAsk, RenderOptions};
pub use cuts::CutReports;
pub use job::{
    CancelJob, ClearFinishedJobs, CloseJob, Job, JobEnded, JobFailure, JobId, JobKind, JobState, JobTarget, JobTimes,
    JobTurn, PauseJobs, RetryJob, RunNext, SendAgain, StartJob,
};
pub use project::OpenProject;
pub use running::Jobs;
pub use wake::WakeUp;

use crate::{commands::CommandSystems, document::DocumentSystems};
use bevy::prelude::{App, IntoScheduleConfigs, Last, Plugin, PreUpdate, Resource, SystemSet, Update, World};
use kinora_core::worker::Worker;

/// Runs jobs. Needs [`crate::document::DocumentPlugin`] and [`crate::commands::CommandsPlugin`], and the providers in
/// the app's [`kinora_provider::ProviderRegistry`]. Dropping the app cancels what runs and waits for its end, a few
/// seconds at most.
pub struct JobsPlugin {
    /// How work on foreign media is started; absent for this very binary.
    pub worker: Option<Worker>,
    /// How the window is woken; can be replaced later by inserting [`WakeUp`].
    pub wake: WakeUp,
    /// Jobs of providers, imports and stills that run at once.
    pub making_at_once: usize,
    /// Whether the cuts are looked at behind the user's back after edits.
    pub watch_cuts: bool,
}

impl Default for JobsPlugin {
    fn default() -> Self {
        Self { worker: None, wake: WakeUp::default(), making_at_once: 2, watch_cuts: true }
    }
}

/// While true, what jobs want to change in the film waits: set it from press to release of a drag, so that a take that
/// arrives does not cut the drag's undo step in two.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HoldJobEdits(pub bool);

/// When the systems of jobs run.
#[derive(SystemSet, Debug, Clone, PartialEq, Eq, Hash)]
pub enum JobSystems {
    /// Takes in asks and news and starts jobs, in [`PreUpdate`] before operators run.
    Queue,
    /// Answers jobs whose operators ran, in [`PreUpdate`].
    Answer,
    /// Answers jobs whose film was saved, in [`Last`].
    AnswerSaves,
}

impl Plugin for JobsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<CutReports>()
            .init_resource::<HoldJobEdits>()
            .add_message::<StartJob>()
            .add_message::<CancelJob>()
            .add_message::<RetryJob>()
            .add_message::<SendAgain>()
            .add_message::<CloseJob>()
            .add_message::<RunNext>()
            .add_message::<PauseJobs>()
            .add_message::<ClearFinishedJobs>()
            .add_message::<JobEnded>();
        let waker = match wake::Waker::new(self.wake.clone()) {
            Ok(waker) => waker,
            // No thread at the very start of the program: nothing long can run, and the rest of the editor can.
            Err(error) => {
                tracing::error!("jobs cannot run: {error}");
                return;
            }
        };
        app.insert_resource(Jobs::new(waker, self.worker.clone(), self.making_at_once, self.watch_cuts))
            .add_systems(
                PreUpdate,
                (project::follow_project, queue::run_queue)
                    .chain()
                    .in_set(JobSystems::Queue)
                    .before(CommandSystems::Run),
            )
            .add_systems(
                PreUpdate,
                (answer_runs, project::follow_shots).chain().in_set(JobSystems::Answer).after(CommandSystems::Run),
            )
            .add_systems(Update, cuts::watch_cuts)
            .add_systems(Last, answer_saves.in_set(JobSystems::AnswerSaves).after(DocumentSystems::Autosave));
    }
}

fn answer_runs(world: &mut World) {
    world.resource_scope::<Jobs, _>(|world, mut jobs| {
        let answered = jobs.desk.answer_runs(world);
        let hold = world.resource::<HoldJobEdits>().0;
        jobs.desk.attend(world, hold, answered);
    });
}

fn answer_saves(world: &mut World) {
    world.resource_scope::<Jobs, _>(|world, mut jobs| jobs.desk.answer_saves(world));
}
