//! The queue of the living editor with a vendor behind it: how many at once, who first, who waits for whom.

use super::{
    bench::{film, scene_id, shot_id, worker},
    client::SimProvider,
    simulator::{CreateFault, Script, Simulator},
};
use crate::slow_store::{SlowStore, Verdict};
use bevy::prelude::{App, Message};
use kinora::{
    commands::{CommandsPlugin, RunOperator},
    document::{Autosave, DocumentPlugin, FilmStore, FilmView, spawn_film},
    generation::ShotOptions,
    jobs::*,
};
use kinora_core::film::{ContinuitySource, Film, ProjectFolder, ReferenceMoment};
use kinora_provider::AddProvider;
use serde_json::json;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) struct Studio {
    pub(super) app: App,
}

impl Studio {
    pub(super) fn new(dir: &Path, film: &Film, provider: SimProvider) -> Self {
        drop(ProjectFolder::create(dir, film).unwrap());
        Self::open(dir, provider)
    }

    pub(super) fn open(dir: &Path, provider: SimProvider) -> Self {
        Self::with_store(dir, provider, |folder| folder)
    }

    /// On a project that is there, with a store between the editor and its folder.
    pub(super) fn with_store<S: FilmStore>(
        dir: &Path,
        provider: SimProvider,
        store: impl FnOnce(Arc<ProjectFolder>) -> S,
    ) -> Self {
        let (folder, film) = ProjectFolder::open(dir).unwrap();
        let folder = Arc::new(folder);
        let mut app = App::new();
        let jobs = JobsPlugin { worker: Some(worker()), watch_cuts: false, ..JobsPlugin::default() };
        app.add_plugins((DocumentPlugin, CommandsPlugin, jobs));
        app.add_provider(provider);
        app.insert_resource(Autosave::behind(store(Arc::clone(&folder)), || {})).insert_resource(OpenProject(folder));
        app.finish();
        app.cleanup();
        spawn_film(app.world_mut(), &film);
        app.update();
        Self { app }
    }

    pub(super) fn send(&mut self, message: impl Message) {
        self.app.world_mut().write_message(message);
        self.app.update();
    }

    pub(super) fn generate(&mut self, number: usize) -> JobId {
        let ask =
            JobAsk::GenerateShot { scene_id: scene_id(), shot_id: shot_id(number), options: ShotOptions::default() };
        self.send(StartJob::new(ask));
        self.jobs().last().unwrap().0.job_id
    }

    pub(super) fn jobs(&mut self) -> Vec<(Job, JobState, JobTurn)> {
        let mut query = self.app.world_mut().query::<(&Job, &JobState, &JobTurn)>();
        let jobs = query.iter(self.app.world()).map(|(job, state, turn)| (job.clone(), state.clone(), turn.clone()));
        let mut jobs: Vec<_> = jobs.collect();
        jobs.sort_by_key(|(job, ..)| job.job_id);
        jobs
    }

    pub(super) fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}: {:?}", self.jobs());
            std::thread::sleep(Duration::from_millis(2));
            self.app.update();
        }
    }

    fn state(&mut self, job_id: JobId) -> (JobState, JobTurn) {
        self.jobs().into_iter().find(|(job, ..)| job.job_id == job_id).map(|(_, state, turn)| (state, turn)).unwrap()
    }

    pub(super) fn end(&mut self, job_id: JobId) -> JobState {
        self.until("the end of a job", |studio| studio.state(job_id).0.is_final());
        self.state(job_id).0
    }

    fn done(&mut self, job_id: JobId) {
        let state = self.end(job_id);
        assert!(matches!(state, JobState::Done { .. }), "{state:?}");
    }

    pub(super) fn takes(&self, number: usize) -> usize {
        FilmView::new(self.app.world()).shot(&scene_id(), &shot_id(number)).unwrap().takes.len()
    }
}

#[test]
fn as_many_run_as_the_vendor_bears_and_the_urgent_goes_first() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script { endless: true, ..Script::default() });
    let mut provider = SimProvider::at(simulator.address);
    provider.limits.concurrent_jobs = 3;
    let mut studio = Studio::new(dir.path(), &film(6), provider);
    let jobs: Vec<_> = (1..=6).map(|number| studio.generate(number)).collect();
    studio.until("three at work", |_| simulator.jobs().len() == 3);
    for _ in 0..50 {
        studio.app.update();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(simulator.jobs().len(), 3, "the vendor bears three");
    studio.send(RunNext(jobs[5]));
    studio.send(CancelJob(jobs[0]));
    assert_eq!(studio.end(jobs[0]), JobState::Cancelled);
    assert_eq!(simulator.jobs().iter().filter(|job| job.status == "cancelled").count(), 1, "the cancel reached it");
    studio.until("the next", |_| simulator.jobs().len() == 4);
    assert_eq!(simulator.jobs()[3].purpose, "scene_001/shot_006", "the urgent one");
    // Paused, nothing more is started.
    studio.send(PauseJobs(true));
    simulator.script(|script| script.endless = false);
    for job_id in [jobs[1], jobs[2], jobs[5]] {
        studio.done(job_id);
    }
    for _ in 0..50 {
        studio.app.update();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(simulator.jobs().len(), 4, "paused");
    studio.send(PauseJobs(false));
    studio.done(jobs[3]);
    studio.done(jobs[4]);
    assert_eq!([1, 2, 3, 4, 5, 6].map(|number| studio.takes(number)), [0, 1, 1, 1, 1, 1]);
}

/// A job has ended when a save that holds what it made is on the disk, and not earlier; and jobs that end while the disk
/// is busy share one save.
#[test]
fn jobs_end_with_the_save_that_holds_what_they_made() {
    const SHOTS: usize = 8;
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script::default());
    let mut provider = SimProvider::at(simulator.address);
    provider.limits.concurrent_jobs = SHOTS as u32;
    drop(ProjectFolder::create(dir.path(), &film(SHOTS)).unwrap());
    let mut disk = None;
    let mut studio = Studio::with_store(dir.path(), provider, |folder| {
        let (store, its) = SlowStore::new(folder);
        disk = Some(its);
        store
    });
    let disk = disk.unwrap();
    let jobs: Vec<_> = (1..=SHOTS).map(|number| studio.generate(number)).collect();
    studio.until("a take of each", |studio| (1..=SHOTS).all(|number| studio.takes(number) == 1));
    for _ in 0..50 {
        studio.app.update();
    }
    let has_ended = |studio: &mut Studio| jobs.iter().filter(|job_id| studio.state(**job_id).0.is_final()).count();
    assert_eq!(has_ended(&mut studio), 0, "nothing of it is on the disk");
    assert!(ProjectFolder::read(dir.path()).unwrap().scenes[0].shots.iter().all(|shot| shot.takes.is_empty()));
    assert_eq!(disk.threads(), ["kinora-save"], "one save is under way, off the frame");
    disk.verdict(Verdict::Save);
    studio.until("the first to end", |studio| has_ended(studio) > 0);
    let saved = disk.saves().remove(0);
    let held = saved.scenes[0].shots.iter().filter(|shot| shot.takes.len() == 1).count();
    studio.until("the end of those it holds", |studio| has_ended(studio) == held);
    for _ in 0..50 {
        studio.app.update();
    }
    assert_eq!(has_ended(&mut studio), held, "the others wait for the next");
    disk.open();
    for job_id in &jobs {
        studio.done(*job_id);
    }
    assert!(disk.saves().len() <= 2, "{} saves for {SHOTS} jobs that ended together", disk.saves().len());
    assert!(disk.threads().iter().all(|thread| thread == "kinora-save"), "{:?}", disk.threads());
    assert!(ProjectFolder::read(dir.path()).unwrap().scenes[0].shots.iter().all(|shot| shot.takes.len() == 1));
}

#[test]
fn a_continued_shot_waits_for_the_frame_it_continues() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script { endless: true, ..Script::default() });
    let mut film = film(3);
    for number in [1, 2] {
        film.scenes[0].shots[number].continuity_source = Some(ContinuitySource {
            scene_id: scene_id(),
            shot_id: shot_id(number),
            moment: ReferenceMoment::Last,
            take_id: None,
            take_blake3: String::new(),
            extra: Default::default(),
        });
    }
    let mut studio = Studio::new(dir.path(), &film, SimProvider::at(simulator.address));
    let jobs: Vec<_> = (1..=3).map(|number| studio.generate(number)).collect();
    studio.until("the first at work", |_| simulator.count("GET /jobs/") > 3);
    assert_eq!(simulator.jobs().len(), 1);
    assert_eq!(studio.state(jobs[1]).1.waits_for, "the last frame of scene_001/shot_001");
    simulator.script(|script| script.endless = false);
    for job_id in jobs {
        studio.done(job_id);
    }
    let order: Vec<_> = simulator.jobs().into_iter().map(|job| job.purpose).collect();
    assert_eq!(order, ["scene_001/shot_001", "scene_001/shot_002", "scene_001/shot_003"]);
}

#[test]
fn what_was_never_answered_waits_for_two_clicks() {
    let dir = tempfile::tempdir().unwrap();
    let script = Script { creates: [CreateFault::DropBefore].into(), ..Script::default() };
    let simulator = Simulator::start(script);
    let mut studio = Studio::new(dir.path(), &film(1), SimProvider::at(simulator.address));
    let job_id = studio.generate(1);
    let JobState::Failed(failure) = studio.end(job_id) else { panic!("it was not answered") };
    assert!(failure.kind == "lost_job" && failure.unanswered_job.is_some(), "{failure:?}");
    studio.send(RetryJob(job_id));
    assert!(matches!(studio.end(job_id), JobState::Failed(failure) if failure.kind == "lost_job"));
    assert_eq!(simulator.count("POST /jobs"), 1, "a retry looks, and does not send");
    drop(studio);
    // The next editor looks by itself, and does not send either.
    let mut studio = Studio::open(dir.path(), SimProvider::at(simulator.address));
    let resumed = studio.jobs()[0].0.job_id;
    assert!(matches!(studio.end(resumed), JobState::Failed(failure) if failure.kind == "lost_job"));
    assert_eq!(simulator.count("POST /jobs"), 1);
    studio.send(SendAgain(resumed));
    studio.done(resumed);
    assert_eq!((simulator.count("POST /jobs"), studio.takes(1)), (2, 1));
}

/// The one job that was never answered is handed in once more, and the rest of the film is made all the same.
#[test]
fn sending_again_goes_on_with_what_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let script = Script { creates: [CreateFault::DropBefore].into(), ..Script::default() };
    let simulator = Simulator::start(script);
    let mut studio = Studio::new(dir.path(), &film(3), SimProvider::at(simulator.address));
    studio.send(StartJob::new(JobAsk::CompleteFilm));
    let job_id = studio.jobs()[0].0.job_id;
    let JobState::Failed(failure) = studio.end(job_id) else { panic!("it was not answered") };
    assert!(failure.unanswered_job.is_some() && simulator.count("POST /jobs") == 1, "{failure:?}");
    studio.send(SendAgain(job_id));
    studio.done(job_id);
    assert_eq!([1, 2, 3].map(|number| studio.takes(number)), [1, 1, 1]);
    let mut made: Vec<_> = simulator.jobs().into_iter().map(|job| job.purpose).collect();
    made.sort();
    let expected = ["music", "scene_001/shot_001", "scene_001/shot_002", "scene_001/shot_003", "sound effect"];
    assert_eq!((made, simulator.count("POST /jobs")), (expected.map(str::to_owned).to_vec(), 6));
    let (job, ..) = studio.jobs().remove(0);
    assert_eq!((job.kind, job.label.as_str()), (JobKind::Film, "make everything the film lacks"));
    // Asked for once more, it is the same ask, and there is nothing left to pay for.
    studio.send(StartJob::new(JobAsk::CompleteFilm));
    let again = studio.jobs().last().unwrap().0.job_id;
    studio.done(again);
    assert_eq!(simulator.count("POST /jobs"), 6);
}

/// A single shot that was never answered comes once, not twice.
#[test]
fn sending_a_shot_again_brings_one_take() {
    let dir = tempfile::tempdir().unwrap();
    let script = Script { creates: [CreateFault::DropBefore].into(), ..Script::default() };
    let simulator = Simulator::start(script);
    let mut studio = Studio::new(dir.path(), &film(1), SimProvider::at(simulator.address));
    let job_id = studio.generate(1);
    assert!(matches!(studio.end(job_id), JobState::Failed(failure) if failure.kind == "lost_job"));
    studio.send(SendAgain(job_id));
    studio.done(job_id);
    assert_eq!((simulator.count("POST /jobs"), studio.takes(1)), (2, 1));
}

/// Many jobs at once, and a budget that two of them fit into: each sees what the others have set aside.
#[test]
fn jobs_at_once_do_not_pass_the_budget_together() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script { thinks: Duration::from_millis(40), ..Script::default() });
    let mut film = film(8);
    film.settings.budget_usd = Some(1.2);
    let mut studio = Studio::new(dir.path(), &film, SimProvider::at(simulator.address));
    let jobs: Vec<_> = (1..=8).map(|number| studio.generate(number)).collect();
    let ends: Vec<_> = jobs.into_iter().map(|job_id| studio.end(job_id)).collect();
    let done = ends.iter().filter(|end| matches!(end, JobState::Done { .. })).count();
    let stopped = ends.iter().filter(|end| matches!(end, JobState::Failed(failure) if failure.kind == "budget"));
    assert_eq!((done, stopped.count(), simulator.count("POST /jobs")), (2, 6, 2), "{ends:?}");
    let spend = kinora::generation::Spend::of(&kinora_core::film::ProjectLayout::new(dir.path())).unwrap();
    assert_eq!((spend.total.committed_usd(), spend.total.paid_usd), (1.0, 1.0));
}

/// A job that was started under one budget and waits is handed in under the one that holds then.
#[test]
fn a_budget_that_is_lowered_holds_for_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let busy = CreateFault::Refuse(429, json!({}), Some(1.0));
    let simulator = Simulator::start(Script { creates: [busy].into(), ..Script::default() });
    let mut film = film(1);
    film.settings.budget_usd = Some(10.0);
    let mut studio = Studio::new(dir.path(), &film, SimProvider::at(simulator.address));
    let job_id = studio.generate(1);
    studio.until("a vendor that is busy", |_| simulator.count("POST /jobs") == 1);
    studio.send(RunOperator {
        run_id: 1,
        operator: "settings.set".to_owned(),
        params: json!({ "budget_usd": 0.2 }),
        group: None,
    });
    let JobState::Failed(failure) = studio.end(job_id) else { panic!("it was sent beyond the budget") };
    assert_eq!((failure.kind.as_str(), simulator.count("POST /jobs")), ("budget", 1), "{failure:?}");
    let spend = kinora::generation::Spend::of(&kinora_core::film::ProjectLayout::new(dir.path())).unwrap();
    assert_eq!((spend.total.committed_usd(), spend.total.open), (0.0, 0), "nothing stays set aside");
}

#[test]
fn a_cancel_reaches_a_job_of_an_earlier_run_that_waits_for_its_turn() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script { endless: true, ..Script::default() });
    let mut provider = SimProvider::at(simulator.address);
    let mut studio = Studio::new(dir.path(), &film(2), provider.clone());
    for number in [1, 2] {
        studio.generate(number);
    }
    let polled = |simulator: &Simulator, id: &str| simulator.count(&format!("GET /jobs/{id}"));
    studio.until("both at work", |_| polled(&simulator, "v1") > 1 && polled(&simulator, "v2") > 1);
    drop(studio);
    provider.limits.concurrent_jobs = 1;
    let before = simulator.count("GET /jobs/");
    let mut studio = Studio::open(dir.path(), provider);
    let jobs: Vec<_> = studio.jobs().into_iter().map(|(job, ..)| job.job_id).collect();
    studio.until("one at work", |_| simulator.count("GET /jobs/") > before);
    studio.send(CancelJob(jobs[1]));
    studio.send(CancelJob(jobs[0]));
    for job_id in jobs {
        assert_eq!(studio.end(job_id), JobState::Cancelled);
    }
    assert!(simulator.jobs().iter().all(|job| job.status == "cancelled"), "{:?}", simulator.jobs());
}

#[test]
fn a_refused_job_is_a_card_with_the_field_and_the_money() {
    let dir = tempfile::tempdir().unwrap();
    let refused = json!({ "field": "parameters.resolution", "detail": "720p or 1080p" });
    let creates = [CreateFault::Refuse(422, refused, None)].into();
    let simulator = Simulator::start(Script { creates, ..Script::default() });
    let mut studio = Studio::new(dir.path(), &film(1), SimProvider::at(simulator.address));
    let job_id = studio.generate(1);
    let JobState::Failed(failure) = studio.end(job_id) else { panic!("it was refused") };
    assert_eq!(failure.problems[0].field, "parameters.resolution");
    assert_eq!(failure.money, "No money was taken.");
    assert!(failure.what_to_do.unwrap().contains("parameters.resolution"));
    studio.send(RetryJob(job_id));
    studio.done(job_id);
    assert_eq!(simulator.jobs().len(), 1);
}
