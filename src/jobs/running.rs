//! The threads of the jobs that run: few, named, each with a cancel, and none left behind.

use super::{
    Job, JobFailure, JobId, JobTarget, JobTurn,
    ask::Room,
    cuts::KnownCuts,
    door::Desk,
    slot::{ProgressSlot, Standing},
    wake::Waker,
    work::{Ending, Work},
};
use crate::generation::{GenerationError, Generator};
use bevy::prelude::{Resource, World};
use crossbeam_channel::{Receiver, Sender, bounded};
use kinora_core::{
    film::ProjectFolder,
    progress::{CancelToken, NoProgress},
    render::progress::EtaEstimator,
    worker::{Worker, WorkerError},
};
use kinora_provider::ProviderRegistry;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long the end of the editor waits for its jobs to tidy up: what they run has less.
const END_LIMIT: Duration = Duration::from_secs(8);
/// Steps in which progress is counted for the time left.
const ETA_STEPS: f32 = 10_000.0;
/// Endings that may wait to be taken in; there are never as many threads.
const MOST_ENDINGS: usize = 256;

/// The running jobs, and what they need. Panels read the [`Job`] entities instead.
#[derive(Resource)]
pub struct Jobs {
    pub(super) desk: Desk,
    pub(super) waker: Waker,
    worker: Option<Worker>,
    making_at_once: usize,
    watch_cuts: bool,
    folder: Option<Arc<ProjectFolder>>,
    generator: Option<Generator>,
    last_id: u64,
    running: HashMap<JobId, Running>,
    endings: (Sender<Ended>, Receiver<Ended>),
    /// Nothing is started.
    pub(super) paused: bool,
    /// Something has changed that may let a job start.
    pub(super) may_start: bool,
}

struct Running {
    room: Room,
    target: JobTarget,
    vendor: Option<Arc<str>>,
    cancel: CancelToken,
    /// Raised before the cancel when the film is closed.
    leaving: CancelToken,
    /// Cancelled to make way: it waits again.
    stepped_back: bool,
    slot: Arc<ProgressSlot>,
    started_at: Instant,
    eta: EtaEstimator,
    thread: JoinHandle<()>,
}

/// A thread's last word.
pub(super) struct Ended {
    pub(super) job_id: JobId,
    pub(super) ending: Ending,
}

impl Jobs {
    pub(super) fn new(waker: Waker, worker: Option<Worker>, making_at_once: usize, watch_cuts: bool) -> Self {
        Self {
            desk: Desk::new(waker.clone()),
            waker,
            worker,
            making_at_once: making_at_once.max(1),
            watch_cuts,
            folder: None,
            generator: None,
            last_id: 0,
            running: HashMap::new(),
            endings: bounded(MOST_ENDINGS),
            paused: false,
            may_start: false,
        }
    }

    /// Number of jobs that run now.
    #[must_use]
    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// Whether nothing is started until the user goes on.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    pub(super) const fn is_open(&self) -> bool {
        self.folder.is_some()
    }

    pub(super) fn folder(&self) -> Option<&ProjectFolder> {
        self.folder.as_deref()
    }

    pub(super) const fn watches_cuts(&self) -> bool {
        self.watch_cuts && self.folder.is_some()
    }

    pub(super) fn wake_at(&self, moment: Instant) {
        self.waker.signal_at(moment);
    }

    pub(super) const fn next_id(&mut self) -> JobId {
        self.last_id += 1;
        JobId(self.last_id)
    }

    /// Another project, or none: the jobs of the one before are told to stop.
    pub(super) fn turn_page(&mut self, folder: Option<Arc<ProjectFolder>>) {
        self.leave();
        self.desk.turn_page(folder.is_some());
        self.folder = folder;
        self.paused = false;
    }

    /// Whether a job may start now.
    pub(super) fn has_room(&self, job: &Job, turn: &JobTurn) -> bool {
        let room = job.ask.room();
        let count = |is_it: &dyn Fn(&Running) -> bool| self.running.values().filter(|running| is_it(running)).count();
        match room {
            // Two jobs for one shot take turns, so that neither waits on a thread.
            Room::Making => {
                let is_shot = matches!(job.target, JobTarget::Shot(..));
                let has_place = match &turn.vendor {
                    Some((vendor, at_once)) => count(&|other| other.vendor.as_ref() == Some(vendor)) < *at_once,
                    None => count(&|other| other.room == room && other.vendor.is_none()) < self.making_at_once,
                };
                has_place && !self.running.values().any(|other| is_shot && other.target == job.target)
            }
            Room::Rendering => count(&|other| other.room == room) == 0,
            Room::Behind => count(&|other| other.room != Room::Making) == 0,
        }
    }

    /// What goes on behind gives way, and waits again.
    pub(super) fn make_way(&mut self) {
        for running in self.running.values_mut().filter(|running| running.room == Room::Behind) {
            running.stepped_back = true;
            running.cancel.cancel();
        }
    }

    /// A job begins anew when it has stopped.
    pub(super) fn step_back(&mut self, job_id: JobId) {
        if let Some(running) = self.running.get_mut(&job_id) {
            running.stepped_back = true;
            running.cancel.cancel();
        }
    }

    /// What a job works on has another name now.
    pub(super) fn aim(&mut self, job_id: JobId, target: JobTarget) {
        if let Some(running) = self.running.get_mut(&job_id) {
            running.target = target;
        }
    }

    /// Asks a job to stop; `false` if it does not run.
    pub(super) fn cancel(&mut self, job_id: JobId) -> bool {
        let Some(running) = self.running.get_mut(&job_id) else { return false };
        running.stepped_back = false;
        running.cancel.cancel();
        true
    }

    pub(super) fn start(
        &mut self,
        world: &World,
        job: &Job,
        turn: &JobTurn,
        known_cuts: KnownCuts,
    ) -> Result<(), GenerationError> {
        let folder = self.folder.clone().ok_or(GenerationError::FilmClosed)?;
        let cancel = CancelToken::default();
        let slot = Arc::new(ProgressSlot::new(self.waker.clone()));
        let generator = self.generator(world)?.for_work(cancel.clone(), Arc::clone(&slot) as _);
        let leaving = generator.leaving();
        let work = Work {
            job_id: job.job_id,
            label: job.label.clone(),
            ask: job.ask.clone(),
            door: self.desk.door(cancel.clone()),
            folder,
            generator,
            slot: Arc::clone(&slot),
            known_cuts,
        };
        let (endings, waker) = (self.endings.0.clone(), self.waker.clone());
        let name = format!("kinora-job-{}", job.job_id.0);
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || {
                let ended = run(work);
                // Nobody listens any more when the editor has ended.
                let _ = endings.send(ended);
                waker.signal();
            })
            .map_err(|error| GenerationError::Runtime(error.to_string()))?;
        let running = Running {
            room: job.ask.room(),
            target: job.target.clone(),
            vendor: turn.vendor.as_ref().map(|(vendor, _)| Arc::clone(vendor)),
            cancel,
            leaving,
            stepped_back: false,
            slot,
            started_at: Instant::now(),
            eta: EtaEstimator::default(),
            thread,
        };
        self.running.insert(job.job_id, running);
        Ok(())
    }

    /// The threads that have said their last word since the last look.
    pub(super) fn ended(&self) -> Vec<Ended> {
        self.endings.1.try_iter().collect()
    }

    /// A job has ended; says whether it was only to make way.
    pub(super) fn forget(&mut self, job_id: JobId) -> bool {
        let Some(running) = self.running.remove(&job_id) else { return false };
        // It has said its last word; a panic was turned into a failure.
        let _ = running.thread.join();
        running.stepped_back
    }

    /// Where jobs stand, as far as that is news, with the seconds left. One that is stopping says nothing more.
    pub(super) fn standings(&mut self) -> Vec<(JobId, Standing, Option<f64>)> {
        let going = self.running.iter_mut().filter(|(_, running)| !running.cancel.is_cancelled());
        going
            .filter_map(|(job_id, running)| {
                let standing = running.slot.take()?;
                let at_secs = running.started_at.elapsed().as_secs_f64();
                let done = standing.progress.map(|share| (share.clamp(0.0, 1.0) * ETA_STEPS) as u64);
                let eta_secs = done.and_then(|done| running.eta.update(at_secs, done, ETA_STEPS as u64));
                Some((*job_id, standing, eta_secs))
            })
            .collect()
    }

    /// Stops what runs, and lets vendors finish what they are paid for.
    fn leave(&self) {
        for running in self.running.values() {
            running.leaving.cancel();
            running.cancel.cancel();
        }
    }

    fn generator(&mut self, world: &World) -> Result<&Generator, GenerationError> {
        if self.generator.is_none() {
            let registry = world.get_resource::<ProviderRegistry>().cloned().unwrap_or_default();
            let worker = self.worker.clone().map_or_else(Worker::of_this_binary, Ok::<_, WorkerError>)?;
            self.generator = Some(Generator::new(registry, worker, CancelToken::default(), Arc::new(NoProgress))?);
        }
        self.generator.as_ref().ok_or_else(|| GenerationError::Runtime("they have ended".to_owned()))
    }
}

/// Runs a job; whatever it does, there is an ending.
fn run(work: Work) -> Ended {
    let (job_id, what) = (work.job_id, work.label.clone());
    let ending = catch_unwind(AssertUnwindSafe(|| work.run())).unwrap_or_else(|_| {
        Ending::Failed(JobFailure {
            kind: "internal".to_owned(),
            what,
            why: "the job broke down; the film is as it was".to_owned(),
            what_to_do: Some("try again, and report it with the log".to_owned()),
            problems: Vec::new(),
            money: String::new(),
            unanswered_job: None,
            unplaced_job: None,
        })
    });
    Ended { job_id, ending }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.desk.close();
        self.leave();
        let deadline = Instant::now() + END_LIMIT;
        for (job_id, running) in self.running.drain() {
            while !running.thread.is_finished() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            if running.thread.is_finished() {
                let _ = running.thread.join();
            } else {
                tracing::warn!("{job_id} did not stop in time");
            }
        }
    }
}
