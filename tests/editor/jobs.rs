//! What takes long, in the living editor: real providers, real workers, and an app that goes on meanwhile.

use kinora::{
    commands::{CommandsPlugin, History, OperatorOutcome, RunOperator},
    document::{Autosave, DocumentPlugin, FilmView, close_film, spawn_film},
    generation::{FrameEnd, ShotOptions},
    jobs::*,
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, FrameSize, ProjectFolder, ProjectPath, Shot, Take},
    ids::{SceneId, ShotId},
    worker::Worker,
};
use kinora_draft::DraftProvider;
use kinora_provider::AddProvider;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bevy::prelude::{App, Messages, World};

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(180);

/// An editor without a window, on a project of its own.
struct Studio {
    app: App,
    dir: tempfile::TempDir,
}

fn scene_id() -> SceneId {
    SceneId::numbered(1)
}

fn shot_id(number: usize) -> ShotId {
    ShotId::numbered(number)
}

fn real_worker() -> Worker {
    Worker {
        program: env!("CARGO_BIN_EXE_kinora").into(),
        arguments: vec!["worker".into()],
        stall_limit: Duration::from_secs(60),
    }
}

/// One scene with shots of these lengths.
fn film(shot_secs: &[f64]) -> Film {
    let mut film = Film::default();
    film.metadata.size = FrameSize { width: 320, height: 180 };
    film.settings.default_model = "draft:previs".to_owned();
    let mut scene = FilmScene::new(scene_id(), "Storm");
    for (index, secs) in shot_secs.iter().enumerate() {
        scene.shots.push(Shot::new(shot_id(index + 1), "A hut in the rain", *secs));
    }
    film.metadata.scene_order.push(scene.scene_id.clone());
    film.scenes.push(scene);
    film
}

impl Studio {
    fn new(shot_secs: &[f64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let film = film(shot_secs);
        drop(ProjectFolder::create(dir.path(), &film).unwrap());
        Self::open(dir, real_worker(), false)
    }

    fn open(dir: tempfile::TempDir, worker: Worker, watch_cuts: bool) -> Self {
        let (folder, film) = ProjectFolder::open(dir.path()).unwrap();
        let folder = Arc::new(folder);
        let mut app = App::new();
        app.add_plugins((
            DocumentPlugin,
            CommandsPlugin,
            JobsPlugin { worker: Some(worker), watch_cuts, ..JobsPlugin::default() },
        ));
        app.add_provider(DraftProvider::default());
        app.insert_resource(Autosave::behind(Arc::clone(&folder), || {})).insert_resource(OpenProject(folder));
        app.finish();
        app.cleanup();
        spawn_film(app.world_mut(), &film);
        app.update();
        Self { app, dir }
    }

    /// Goes on until there is something, as the window would.
    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut World) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            self.app.update();
            if let Some(found) = look(self.app.world_mut()) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}: {:?}", self.jobs());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn jobs(&mut self) -> Vec<(Job, JobState)> {
        let mut query = self.app.world_mut().query::<(&Job, &JobState)>();
        let mut jobs: Vec<_> = query.iter(self.app.world()).map(|(job, state)| (job.clone(), state.clone())).collect();
        jobs.sort_by_key(|(job, _)| job.job_id);
        jobs
    }

    fn send(&mut self, message: impl bevy::prelude::Message) {
        self.app.world_mut().write_message(message);
        self.app.update();
    }

    /// Asks for something and gives its job.
    fn start(&mut self, ask: JobAsk) -> JobId {
        self.send(StartJob::new(ask));
        self.jobs().last().expect("a job for what was asked").0.job_id
    }

    fn state(&mut self, job_id: JobId) -> JobState {
        self.jobs().into_iter().find(|(job, _)| job.job_id == job_id).expect("the job").1
    }

    fn end(&mut self, job_id: JobId) -> JobState {
        self.until("the end of a job", |world| {
            let mut query = world.query::<(&Job, &JobState)>();
            let state = query.iter(world).find(|(job, _)| job.job_id == job_id).map(|(_, state)| state.clone())?;
            state.is_final().then_some(state)
        })
    }

    fn done(&mut self, job_id: JobId) -> Option<PathBuf> {
        match self.end(job_id) {
            JobState::Done { output, .. } => output,
            other => panic!("{other:?}"),
        }
    }

    fn failure(&mut self, job_id: JobId) -> JobFailure {
        match self.end(job_id) {
            JobState::Failed(failure) => failure,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the provider works on a job.
    fn at_work(&mut self, job_id: JobId, at_stage: &str) {
        let at_stage = at_stage.to_owned();
        self.until("a job at work", |world| {
            let mut query = world.query::<(&Job, &JobState)>();
            let (_, state) = query.iter(world).find(|(job, _)| job.job_id == job_id)?;
            assert!(!state.is_final(), "{state:?}");
            matches!(state, JobState::Running { stage, .. } if stage.contains(&at_stage)).then_some(())
        });
    }

    fn run(&mut self, operator: &str, params: Value) {
        self.send(RunOperator { run_id: 7, operator: operator.to_owned(), params, group: None });
        let outcomes: Vec<_> = self.app.world_mut().resource_mut::<Messages<OperatorOutcome>>().drain().collect();
        let outcome = outcomes.into_iter().find(|outcome| outcome.run_id == 7).unwrap();
        outcome.result.unwrap();
    }

    fn takes(&self, number: usize) -> Vec<Take> {
        FilmView::new(self.app.world()).shot(&scene_id(), &shot_id(number)).unwrap().takes
    }

    fn saved_takes(&self, number: usize) -> Vec<Take> {
        let film = ProjectFolder::read(self.dir.path()).unwrap();
        film.scene(&scene_id()).unwrap().shot(&shot_id(number)).unwrap().takes.clone()
    }

    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let folder = self.dir.path().join(folder);
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }

    fn running_count(&self) -> usize {
        self.app.world().resource::<Jobs>().running_count()
    }
}

fn generate(number: usize) -> JobAsk {
    JobAsk::GenerateShot { scene_id: scene_id(), shot_id: shot_id(number), options: ShotOptions::default() }
}

#[test]
fn a_generated_shot_is_in_the_film_and_saved_and_undo_takes_it_back() {
    let mut studio = Studio::new(&[1.0]);
    let wakes = Arc::new(AtomicUsize::new(0));
    let woken = Arc::clone(&wakes);
    let wake = move || {
        woken.fetch_add(1, Ordering::Relaxed);
    };
    studio.app.insert_resource(WakeUp(Arc::new(wake)));
    let job_id = studio.start(generate(1));
    let clip = studio.done(job_id).unwrap();
    assert!(wakes.load(Ordering::Relaxed) > 0, "the window sleeps through the news");
    assert!(clip.is_file(), "{}", clip.display());
    assert_eq!(studio.takes(1).len(), 1);
    assert_eq!(studio.saved_takes(1), studio.takes(1), "the film on disk has the take before anyone saves");
    let ended: Vec<_> = studio.app.world_mut().resource_mut::<Messages<JobEnded>>().drain().collect();
    assert_eq!(ended.iter().map(|ended| ended.job_id).collect::<Vec<_>>(), [job_id]);
    assert_eq!(studio.app.world().resource::<History>().undo_label(), Some("Add take"));
    studio.run("history.undo", json!({}));
    assert_eq!(studio.takes(1), []);
    assert!(clip.is_file(), "a take that was undone can be had again");
    studio.run("history.redo", json!({}));
    assert_eq!(studio.takes(1).len(), 1);
    studio.send(ClearFinishedJobs);
    assert_eq!(studio.jobs(), []);
}

#[test]
fn a_cancelled_job_leaves_nothing_half_made_and_can_be_tried_again() {
    let mut studio = Studio::new(&[20.0]);
    let job_id = studio.start(generate(1));
    studio.at_work(job_id, "shot_001");
    // A second click asks for nothing new.
    studio.send(StartJob::new(generate(1)));
    assert_eq!(studio.jobs().len(), 1);
    studio.send(CancelJob(job_id));
    assert_eq!(studio.end(job_id), JobState::Cancelled);
    assert_eq!((studio.takes(1), studio.files("scenes/scene_001/shots").len()), (vec![], 0));
    assert_eq!(studio.running_count(), 0);
    studio.run("shot.set", json!({ "scene_id": scene_id(), "shot_id": shot_id(1), "duration": 1.0 }));
    studio.send(RetryJob(job_id));
    studio.done(job_id);
    assert_eq!(studio.takes(1).len(), 1);
    // What waits is cancelled without ever having run.
    let first = studio.start(generate(1));
    studio.send(StartJob { ask: generate(1), again: true });
    let second = studio.jobs().last().unwrap().0.job_id;
    assert!(second != first && studio.state(second) == JobState::Queued, "two jobs for one shot take turns");
    studio.send(CancelJob(second));
    assert_eq!(studio.state(second), JobState::Cancelled);
    studio.done(first);
}

#[test]
fn two_jobs_run_at_once_and_the_window_goes_on() {
    let mut studio = Studio::new(&[4.0, 4.0, 1.0]);
    let jobs = [1, 2, 3].map(|number| studio.start(generate(number)));
    studio.until("two at once", |world| (world.resource::<Jobs>().running_count() == 2).then_some(()));
    assert_eq!(studio.state(jobs[2]), JobState::Queued);
    // Edits go on while they run.
    studio.run("shot.set", json!({ "scene_id": scene_id(), "shot_id": shot_id(1), "gain_db": -3.0 }));
    for job_id in jobs {
        studio.done(job_id);
    }
    assert_eq!([1, 2, 3].map(|number| studio.saved_takes(number).len()), [1; 3]);
}

#[test]
fn what_was_made_for_a_shot_that_is_gone_is_kept() {
    let mut studio = Studio::new(&[4.0, 1.0]);
    let job_id = studio.start(generate(1));
    studio.at_work(job_id, "shot_001");
    studio.run("shot.remove", json!({ "scene_id": scene_id(), "shot_id": shot_id(1) }));
    let failure = studio.failure(job_id);
    assert_eq!(failure.kind, "gone", "{failure:?}");
    assert!(failure.why.contains("scene_001/shot_001"), "{failure:?}");
    let (_, kept) = failure.why.split_once("kept at ").unwrap();
    let kept = PathBuf::from(kept.split_once(". Undo").unwrap().0);
    assert!(kept.is_file(), "{}", kept.display());
    // It is not made again: the same clip comes in once the shot is back.
    studio.run("history.undo", json!({}));
    let made = std::fs::read(&kept).unwrap();
    studio.send(RetryJob(job_id));
    let clip = studio.done(job_id).unwrap();
    assert!(std::fs::read(clip).unwrap() == made, "another clip than the one that was kept");
    assert_eq!(studio.takes(1).len(), 1);
}

#[test]
fn a_render_tells_its_progress_and_makes_its_file() {
    let mut studio = Studio::new(&[2.0, 2.0]);
    let missing = studio.start(JobAsk::RenderFilm { options: RenderOptions::default() });
    let failure = studio.failure(missing);
    assert_eq!(failure.kind, "missing_takes");
    assert!(failure.why.contains("scene_001/shot_001"), "{failure:?}");
    let complete = studio.start(JobAsk::CompleteFilm);
    studio.done(complete);
    let lane = FilmView::new(studio.app.world()).lane(&scene_id(), AudioLane::Music).unwrap();
    assert!(lane.file.is_some(), "a film that lacks nothing has music");
    let film = studio.start(JobAsk::RenderFilm { options: RenderOptions::default() });
    let scene = studio.start(JobAsk::RenderScene { scene_id: scene_id(), options: RenderOptions::default() });
    let mut shares = Vec::new();
    studio.until("both renders", |world| {
        let mut query = world.query::<(&Job, &JobState)>();
        let states: Vec<_> = query.iter(world).filter(|(job, _)| [film, scene].contains(&job.job_id)).collect();
        let running = states.iter().filter(|(_, state)| matches!(state, JobState::Running { .. })).count();
        assert!(running <= 1, "two renders at once");
        shares.extend(states.iter().filter_map(|(_, state)| match state {
            JobState::Running { progress, .. } => *progress,
            _ => None,
        }));
        states.iter().all(|(_, state)| state.is_final()).then_some(())
    });
    assert!(shares.iter().any(|share| *share > 0.0) && shares.iter().all(|share| (0.0..=1.0).contains(share)));
    for job_id in [film, scene] {
        let file = studio.done(job_id).unwrap();
        assert!(std::fs::metadata(&file).unwrap().len() > 10_000, "{}", file.display());
    }
}

#[test]
fn a_failed_job_is_tried_again() {
    let mut studio = Studio::new(&[1.0]);
    let made = studio.start(generate(1));
    let clip = studio.done(made).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("brought.mp4");
    let place = ClipPlace::NewShot { index: Some(0) };
    let job_id = studio.start(JobAsk::ImportClip { scene_id: scene_id(), place, path: path.clone() });
    let failure = studio.failure(job_id);
    assert!(failure.why.contains("brought.mp4") && failure.what == "import brought.mp4", "{failure:?}");
    assert_eq!(FilmView::new(studio.app.world()).shot_ids(&scene_id()).unwrap().len(), 1);
    std::fs::copy(&clip, &path).unwrap();
    studio.send(RetryJob(job_id));
    studio.done(job_id);
    let shots = FilmView::new(studio.app.world()).scene(&scene_id()).unwrap().shots;
    assert_eq!(shots.iter().map(|shot| shot.takes.len()).collect::<Vec<_>>(), [1, 1]);
    assert!((shots[0].duration - 1.0).abs() < 0.1, "a shot is as long as its clip: {}", shots[0].duration);
    let undone = studio.app.world().resource::<History>().undo_count();
    studio.run("history.undo", json!({}));
    assert_eq!(studio.app.world().resource::<History>().undo_count(), undone - 1);
    assert_eq!(FilmView::new(studio.app.world()).shot_ids(&scene_id()).unwrap().len(), 1, "an import is one step");
    let frames = studio.start(JobAsk::ExtractFrames { scene_id: scene_id(), shot_id: shot_id(1) });
    assert!(studio.done(frames).unwrap().is_file());
}

#[test]
fn clips_let_go_together_lie_in_their_order() {
    let mut studio = Studio::new(&[3.0, 0.5]);
    let outside = tempfile::tempdir().unwrap();
    let names = ["long.mp4", "short.mp4"];
    for (number, name) in (1..).zip(names) {
        let made = studio.start(generate(number));
        std::fs::copy(studio.done(made).unwrap(), outside.path().join(name)).unwrap();
    }
    // As a drop of the short and the long one asks for it: each comes before the one that was brought before it. Side by
    // side, the short one would be there first.
    let jobs = names.map(|name| {
        let (place, path) = (ClipPlace::NewShot { index: Some(0) }, outside.path().join(name));
        studio.start(JobAsk::ImportClip { scene_id: scene_id(), place, path })
    });
    for job_id in jobs {
        studio.done(job_id);
    }
    let shots = FilmView::new(studio.app.world()).scene(&scene_id()).unwrap().shots;
    let secs: Vec<_> = shots.iter().map(|shot| shot.duration.round()).collect();
    assert!(shots[0].duration < 1.0 && shots[1].duration > 2.5, "{secs:?}");
}

#[test]
fn a_picture_becomes_the_last_frame_of_shots_in_one_step() {
    let mut studio = Studio::new(&[1.0, 1.0]);
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("end.png");
    kinora_core::store::write_atomic(&path, b"no picture").unwrap();
    let shots: Vec<_> = [1, 2].map(|number| (scene_id(), shot_id(number))).into();
    let job_id = studio.start(JobAsk::ImportFrame { shots, end: FrameEnd::Last, path: path.clone() });
    let failure = studio.failure(job_id);
    assert!(failure.why.contains("end.png") && failure.what == "import end.png", "{failure:?}");
    image::RgbImage::from_pixel(64, 36, image::Rgb([10, 200, 30])).save(&path).unwrap();
    studio.send(RetryJob(job_id));
    studio.done(job_id);
    let ends = |studio: &Studio| {
        let shots = FilmView::new(studio.app.world()).scene(&scene_id()).unwrap().shots;
        shots.into_iter().map(|shot| shot.reference_last_frame_path).collect::<Vec<_>>()
    };
    let brought = ProjectPath::new("frames/shot_001_end.png").unwrap();
    assert_eq!(ends(&studio), [Some(brought.clone()), Some(brought)]);
    assert!(studio.dir.path().join("scenes/scene_001/frames/shot_001_end.png").is_file());
    studio.run("history.undo", json!({}));
    assert_eq!(ends(&studio), [None, None], "it is one step");
}

#[test]
fn edits_of_jobs_wait_for_the_end_of_a_drag() {
    let mut studio = Studio::new(&[1.0]);
    let made = studio.start(generate(1));
    let clip = studio.done(made).unwrap();
    studio.app.insert_resource(HoldJobEdits(true));
    let place = ClipPlace::TakeOf(shot_id(1));
    let job_id = studio.start(JobAsk::ImportClip { scene_id: scene_id(), place, path: clip });
    let shots = studio.dir.path().join("scenes/scene_001/frames/shot_001_take_002_last.png");
    studio.until("the frames of the take", |_| shots.is_file().then_some(()));
    for _ in 0..20 {
        studio.app.update();
    }
    assert_eq!(studio.takes(1).len(), 1, "the drag is not over");
    studio.app.insert_resource(HoldJobEdits(false));
    studio.done(job_id);
    assert_eq!(studio.takes(1).len(), 2);
}

#[test]
fn cuts_are_looked_at_behind_the_users_back() {
    let studio = Studio::new(&[1.0, 1.0]);
    let dir = {
        let mut studio = studio;
        for number in [1, 2] {
            let job_id = studio.start(generate(number));
            studio.done(job_id);
        }
        let Studio { app, dir } = studio;
        drop(app);
        dir
    };
    let mut studio = Studio::open(dir, real_worker(), true);
    let score = |world: &World| {
        let reports = world.resource::<CutReports>();
        reports.cut(&scene_id(), &shot_id(1), &shot_id(2)).map(|cut| (cut.score, cut.smoothed, cut.reason.clone()))
    };
    let (_, smoothed, reason) = studio.until("the first look at the cut", |world| score(world));
    assert!(!reason.is_empty());
    let mode = if smoothed { "never" } else { "always" };
    studio.run("shot.set", json!({ "scene_id": scene_id(), "shot_id": shot_id(1), "smooth": mode }));
    studio.until("another look", |world| score(world).filter(|(_, now, _)| *now != smoothed));
    studio.until("an empty tray", |world| (world.query::<&Job>().iter(world).count() == 0).then_some(()));
}

#[test]
fn a_film_that_is_closed_ends_its_jobs_and_the_next_opening_brings_them() {
    let mut studio = Studio::new(&[6.0]);
    let job_id = studio.start(generate(1));
    studio.at_work(job_id, "shot_001");
    let film = FilmView::new(studio.app.world()).film().unwrap();
    let project = studio.app.world_mut().remove_resource::<OpenProject>().unwrap();
    close_film(studio.app.world_mut());
    studio.until("the end of the thread", |world| (world.resource::<Jobs>().running_count() == 0).then_some(()));
    assert_eq!((studio.jobs(), studio.files("scenes/scene_001/shots").len()), (vec![], 0));
    spawn_film(studio.app.world_mut(), &film);
    studio.app.insert_resource(project);
    studio.app.update();
    let resumed = studio.jobs()[0].0.clone();
    assert_eq!(resumed.kind, JobKind::Resumed);
    studio.done(resumed.job_id);
    assert_eq!(studio.saved_takes(1).len(), 1);
}

#[test]
fn an_editor_that_ends_leaves_its_work_to_the_next() {
    let mut studio = Studio::new(&[6.0]);
    let job_id = studio.start(generate(1));
    studio.at_work(job_id, "shot_001");
    let Studio { app, dir } = studio;
    drop(app);
    assert!(ProjectFolder::open(dir.path()).is_ok(), "the lock is let go of when the editor has ended");
    let mut studio = Studio::open(dir, real_worker(), false);
    let jobs = studio.jobs();
    assert_eq!(jobs.iter().map(|(job, _)| job.kind).collect::<Vec<_>>(), [JobKind::Resumed]);
    assert_eq!(jobs[0].0.target, JobTarget::Shot(scene_id(), shot_id(1)));
    studio.done(jobs[0].0.job_id);
    assert_eq!(studio.saved_takes(1).len(), 1);
}

/// A worker that hears nothing and says nothing is ended with the editor.
#[cfg(target_os = "linux")]
#[test]
fn no_worker_outlives_the_editor() {
    let dir = tempfile::tempdir().unwrap();
    drop(ProjectFolder::create(dir.path(), &film(&[1.0])).unwrap());
    let length = format!("600.{}", std::process::id());
    let deaf = Worker {
        program: "/bin/sleep".into(),
        arguments: vec![length.clone().into()],
        stall_limit: Duration::from_secs(600),
    };
    let lives = || {
        let is_it = |entry: std::fs::DirEntry| {
            let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            words.split(|byte| *byte == 0).any(|word| word == length.as_bytes())
        };
        std::fs::read_dir("/proc").unwrap().flatten().any(is_it)
    };
    let mut studio = Studio::open(dir, deaf, false);
    let path = Path::new("any.mp4").to_path_buf();
    studio.start(JobAsk::ImportClip { scene_id: scene_id(), place: ClipPlace::TakeOf(shot_id(1)), path });
    studio.until("the worker", |_| lives().then_some(()));
    drop(studio);
    assert!(!lives(), "a worker outlives the editor");
}

#[test]
fn a_job_follows_its_shot_into_another_scene() {
    let mut studio = Studio::new(&[4.0, 1.0]);
    let added = FilmView::new(studio.app.world()).next_scene_id().unwrap();
    studio.run("scene.add", json!({ "title": "Elsewhere" }));
    let running = studio.start(generate(1));
    studio.at_work(running, "shot_001");
    studio.send(StartJob { ask: generate(1), again: true });
    let waiting = studio.jobs().last().unwrap().0.job_id;
    studio.run("shot.move", json!({ "scene_id": scene_id(), "shot_id": shot_id(1), "to_scene_id": added, "index": 0 }));
    let target = JobTarget::Shot(added.clone(), shot_id(1));
    for job_id in [running, waiting] {
        let (job, _) = studio.jobs().into_iter().find(|(job, _)| job.job_id == job_id).unwrap();
        assert_eq!((job.target, job.label), (target.clone(), format!("generate {added}/shot_001")));
    }
    for job_id in [running, waiting] {
        let clip = studio.done(job_id).unwrap();
        assert!(clip.starts_with(studio.dir.path().join(format!("scenes/{added}"))), "{}", clip.display());
        assert!(clip.is_file());
    }
    let takes = FilmView::new(studio.app.world()).shot(&added, &shot_id(1)).unwrap().takes;
    assert_eq!(takes.len(), 2);
}

#[test]
fn a_voice_is_heard_without_a_line_and_costs_nothing_twice() {
    let mut studio = Studio::new(&[1.0]);
    let hear = || JobAsk::Audition { voice_id: "draft:baritone".to_owned() };
    let job_id = studio.start(hear());
    let first = studio.done(job_id).unwrap();
    let made = std::fs::metadata(&first).unwrap();
    assert!(made.len() > 10_000, "{} bytes of speech", made.len());
    let job_id = studio.start(hear());
    assert_eq!(studio.done(job_id).unwrap(), first);
    let other = studio.start(JobAsk::Audition { voice_id: "draft:alto".to_owned() });
    assert_ne!(studio.done(other).unwrap(), first);
    assert!(studio.files("scenes/scene_001/audio").is_empty(), "an audition brings nothing into the film");
}
