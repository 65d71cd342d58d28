//! Money is never lost (law 6): a job that was handed in is gone on with, looked up, and never sent twice.

use crate::films::MemoryStore;
use kinora::{
    commands::HeadlessEditor,
    generation::{FrameEnd, Generator, JobsWord, OpenFilm, OpenJob, OpenJobTarget, bring_frame},
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, ProjectFolder, Shot},
    ids::{SceneId, ShotId},
    progress::{CancelToken, NoProgress},
    worker::Worker,
};
use kinora_provider::{
    GenerationOutput, GenerationRequest, JobState, JobTicket, ModelCard, OutputFile, OutputKind, OutputSource,
    Provider, ProviderDescriptor, ProviderError, ProviderRegistry, ReferenceSlot, RequestKind, Submitted,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What the vendor does at each call; then it makes what was asked.
#[derive(Clone, Default)]
struct Script {
    submits: VecDeque<ProviderError>,
    polls: VecDeque<ProviderError>,
    /// Whether the vendor keeps a list in which a lost job is found.
    lists_jobs: bool,
    /// Whether that list lacks it.
    forgets: bool,
}

#[derive(Clone)]
struct Vendor {
    script: Arc<Mutex<Script>>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    /// What it was handed in last.
    asked: Arc<Mutex<Option<GenerationRequest>>>,
}

impl Vendor {
    fn called(&self, call: &'static str) {
        self.calls.lock().unwrap().push(call);
    }
}

fn wav(ticket: &JobTicket) -> OutputFile {
    let path = ticket.work_dir.join("made.wav");
    let samples = 4_800_u32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples * 2).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data");
    bytes.extend((samples * 2).to_le_bytes());
    bytes.extend((0..samples).flat_map(|at| ((at % 100) as i16 * 50).to_le_bytes()));
    kinora_core::store::write_atomic(&path, &bytes).unwrap();
    OutputFile { kind: OutputKind::Audio, source: OutputSource::File(path), media_type: "audio/wav".to_owned() }
}

impl Provider for Vendor {
    fn descriptor(&self) -> ProviderDescriptor {
        let mut clip = ModelCard::new("clip", "Clip", RequestKind::Video);
        let slots = [("reference_first_frame", "First frame"), ("reference_last_frame", "Last frame")];
        clip.references = slots.map(|(field, label)| ReferenceSlot::one(field, label)).into();
        let mut descriptor = ProviderDescriptor {
            id: "vendor".to_owned(),
            name: "Vendor".to_owned(),
            description: "A vendor that follows a script.".to_owned(),
            models: vec![ModelCard::new("score", "Score", RequestKind::Music), clip],
            voices: Vec::new(),
            needs_key: None,
            needs_network: true,
            can_cancel: false,
            limits: Default::default(),
        };
        descriptor.limits.poll_interval_secs = 0.02;
        descriptor
    }

    async fn submit(&self, _job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.called("submit");
        *self.asked.lock().unwrap() = Some(request);
        match self.script.lock().unwrap().submits.pop_front() {
            Some(error) => Err(error),
            None => Ok(Submitted { vendor_id: "v1".to_owned(), state: JobState::Queued }),
        }
    }

    async fn poll(&self, job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        self.called("poll");
        assert_eq!(vendor_id, "v1");
        match self.script.lock().unwrap().polls.pop_front() {
            Some(error) => Err(error),
            None => Ok(JobState::Succeeded(GenerationOutput { files: vec![wav(&job)], ..Default::default() })),
        }
    }

    async fn cancel(&self, _job: JobTicket, _vendor_id: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn find_lost(
        &self,
        _job: JobTicket,
        _request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        self.called("find");
        if self.script.lock().unwrap().forgets {
            return Ok(None);
        }
        if self.script.lock().unwrap().lists_jobs {
            return Ok(Some(Submitted { vendor_id: "v1".to_owned(), state: JobState::Queued }));
        }
        Err(ProviderError::NotSupported { provider: "vendor".to_owned(), what: "look up a lost job".to_owned() })
    }
}

fn trouble() -> ProviderError {
    ProviderError::VendorTrouble { provider: "vendor".to_owned(), message: "500".to_owned(), retryable: false }
}

fn lost() -> ProviderError {
    ProviderError::LostAnswer { provider: "vendor".to_owned(), message: "timed out".to_owned() }
}

fn slow_down() -> ProviderError {
    ProviderError::RateLimited { provider: "vendor".to_owned(), retry_after_secs: Some(0.1) }
}

/// A scene with a shot, and a project for it.
fn project() -> (tempfile::TempDir, ProjectFolder, HeadlessEditor) {
    let folder = tempfile::tempdir().unwrap();
    let mut film = Film::default();
    film.settings.default_model = "vendor".to_owned();
    let mut scene = FilmScene::new(SceneId::numbered(1), "Storm");
    scene.shots.push(Shot::new(ShotId::numbered(1), "p", 2.0));
    film.metadata.scene_order.push(scene.scene_id.clone());
    film.scenes.push(scene);
    let project = ProjectFolder::create(folder.path(), &film).unwrap();
    (folder, project, HeadlessEditor::new(&film, MemoryStore::default()))
}

/// A generator as a fresh process has it.
fn generator(vendor: &Vendor) -> Generator {
    let mut registry = ProviderRegistry::default();
    registry.add(Arc::new(vendor.clone()));
    let worker = Worker {
        program: env!("CARGO_BIN_EXE_kinora").into(),
        arguments: vec!["worker".into()],
        stall_limit: Duration::from_secs(60),
    };
    Generator::new(registry, worker, CancelToken::default(), Arc::new(NoProgress)).unwrap()
}

/// Asks for the music of a scene once per expected outcome, each time as a fresh process would, and compares the calls
/// the vendor saw.
fn check(script: Script, outcomes: &[Result<(), &str>], calls: &[&str]) {
    let vendor = Vendor { script: Arc::new(Mutex::new(script)), calls: Arc::default(), asked: Arc::default() };
    let (_folder, project, mut editor) = project();
    for outcome in outcomes {
        let film = &mut OpenFilm::new(&mut editor, &project);
        let made = generator(&vendor).bed(film, &SceneId::numbered(1), AudioLane::Music, None, None);
        match (outcome, made) {
            (Ok(()), Ok(path)) => assert!(path.under(&project.scene_dir(&SceneId::numbered(1))).is_file()),
            (Err(words), Err(error)) => assert!(error.to_string().contains(words), "{error}"),
            (expected, made) => panic!("{expected:?}, but {made:?}"),
        }
    }
    assert_eq!(*vendor.calls.lock().unwrap(), calls);
}

#[test]
fn a_job_is_handed_in_once() {
    check(Script::default(), &[Ok(())], &["submit", "poll"]);
    // The connection broke while waiting: the next run asks for the same job.
    let script = Script { polls: [trouble()].into(), ..Script::default() };
    check(script, &[Err("500"), Ok(())], &["submit", "poll", "poll"]);
    // What came is in the film: another wish is another job.
    check(Script::default(), &[Ok(()), Ok(())], &["submit", "poll", "submit", "poll"]);
    // Asked to slow down, it waits and goes on.
    let script = Script { submits: [slow_down()].into(), polls: [slow_down()].into(), ..Script::default() };
    check(script, &[Ok(())], &["submit", "submit", "poll", "poll"]);
    // Refused, nothing was made, so the next wish is handed in.
    let script = Script { submits: [trouble()].into(), ..Script::default() };
    check(script, &[Err("500"), Ok(())], &["submit", "submit", "poll"]);
}

#[test]
fn a_job_whose_answer_was_lost_is_looked_up_and_never_sent_again() {
    let script = Script { submits: [lost()].into(), lists_jobs: true, ..Script::default() };
    check(script, &[Ok(())], &["submit", "find", "poll"]);
    let script = Script { submits: [lost()].into(), ..Script::default() };
    let never = Err("may be running and paid for");
    check(script, &[never, never, never], &["submit", "find", "find", "find"]);
    // A list may lag: it is looked at three times.
    let script = Script { submits: [lost()].into(), forgets: true, ..Script::default() };
    check(script, &[Err("does not show it")], &["submit", "find", "find", "find"]);
    // The vendor failed on its side: it may have taken the job in all the same.
    let failed = || ProviderError::VendorTrouble { provider: "vendor".into(), message: "503".into(), retryable: true };
    let script = Script { submits: [failed()].into(), lists_jobs: true, ..Script::default() };
    check(script, &[Ok(())], &["submit", "find", "poll"]);
}

#[test]
fn what_an_earlier_run_left_open_is_brought_and_never_sent_unasked() {
    let check = |script: Script, expected: Result<(), &str>, calls: &[&str]| {
        let vendor = Vendor { script: Arc::new(Mutex::new(script)), calls: Arc::default(), asked: Arc::default() };
        let (_folder, project, mut editor) = project();
        let scene_id = SceneId::numbered(1);
        let film = &mut OpenFilm::new(&mut editor, &project);
        generator(&vendor).bed(film, &scene_id, AudioLane::Music, None, None).unwrap_err();
        let open = OpenJob::list(&project);
        assert_eq!(open[0].target, Some(OpenJobTarget::Lane(scene_id.clone(), AudioLane::Music)));
        match (expected, generator(&vendor).resume(film, &open[0].job_id, JobsWord::Nobody)) {
            (Ok(()), Ok(_)) => {
                assert!(editor.view().lane(&scene_id, AudioLane::Music).unwrap().file.is_some());
                assert_eq!(OpenJob::list(&project), []);
            }
            (Err(words), Err(error)) => {
                assert!(error.to_string().contains(words), "{error}");
                assert_eq!(OpenJob::list(&project).len(), 1, "it stays to be asked for by a person");
            }
            (expected, made) => panic!("{expected:?}, but {made:?}"),
        }
        assert_eq!(*vendor.calls.lock().unwrap(), calls);
    };
    let broken = Script { polls: [trouble()].into(), ..Script::default() };
    check(broken, Ok(()), &["submit", "poll", "poll"]);
    let forgotten = Script { submits: [lost()].into(), forgets: true, ..Script::default() };
    check(forgotten, Err("does not show it"), &["submit", "find", "find", "find", "find", "find", "find"]);
    let unlisted = Script { submits: [lost()].into(), ..Script::default() };
    check(unlisted, Err("may be running and paid for"), &["submit", "find", "find"]);
}

#[test]
fn pictures_of_ones_own_are_brought_and_asked_for_as_first_and_last_frame() {
    let vendor = Vendor {
        script: Arc::new(Mutex::new(Script { submits: [trouble()].into(), ..Script::default() })),
        calls: Arc::default(),
        asked: Arc::default(),
    };
    let (folder, project, mut editor) = project();
    let (scene_id, shot_id) = (SceneId::numbered(1), ShotId::numbered(1));
    let (picture, text) = (folder.path().join("Mine.PNG"), folder.path().join("text.png"));
    image::RgbImage::from_pixel(64, 36, image::Rgb([10, 200, 30]))
        .save_with_format(&picture, image::ImageFormat::Png)
        .unwrap();
    kinora_core::store::write_atomic(&text, b"no picture").unwrap();
    let error = bring_frame(&project, &scene_id, &shot_id, FrameEnd::First, &text).unwrap_err().to_string();
    assert!(error.contains("text.png"), "{error}");
    let mut params = serde_json::json!({ "scene_id": scene_id, "shot_id": shot_id });
    let mut places = Vec::new();
    for end in FrameEnd::ALL {
        let path = bring_frame(&project, &scene_id, &shot_id, end, &picture).unwrap();
        places.push(path.under(&project.scene_dir(&scene_id)));
        params[end.field()] = serde_json::json!(path);
    }
    assert!(places.iter().all(|place| place.is_file()) && places[0] != places[1], "{places:?}");
    // Brought again it is the same file.
    let again = bring_frame(&project, &scene_id, &shot_id, FrameEnd::Last, &picture).unwrap();
    assert_eq!(again.under(&project.scene_dir(&scene_id)), places[1]);
    editor.run("shot.set", params).unwrap();
    let film = &mut OpenFilm::new(&mut editor, &project);
    generator(&vendor).shot(film, &scene_id, &shot_id, &Default::default()).unwrap_err();
    let asked = vendor.asked.lock().unwrap().take();
    let Some(GenerationRequest::Video(video)) = asked else { panic!("{asked:?}") };
    assert_eq!([video.reference_first_frame, video.reference_last_frame], [0, 1].map(|end| Some(places[end].clone())));
}
