//! Saves beside the frames: edits go on while the disk is slow, and nothing is lost, told too early or written twice.

use crate::{
    films::{MemoryStore, full_film, names},
    slow_store::{Disk, Happened, SlowStore, Verdict},
};
use bevy::prelude::{App, Messages};
use crossbeam_channel::{Receiver, bounded};
use kinora::{
    commands::{CommandsPlugin, OperatorOutcome, RunOperator},
    document::{
        Autosave, DirtyFiles, DocumentPlugin, FilmChanges, FilmRevision, FilmStore, FilmView, SaveNow, SaveOutcome,
        is_saved, spawn_film,
    },
};
use kinora_core::{film::*, ids::SceneId};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor whose saves wait for verdicts.
struct Studio {
    app: App,
    disk: Disk,
    wakes: Receiver<()>,
}

impl Studio {
    fn new(store: impl FilmStore) -> Self {
        let (store, disk) = SlowStore::new(store);
        let (wake, wakes) = bounded(1024);
        let mut app = App::new();
        app.add_plugins((DocumentPlugin, CommandsPlugin));
        app.finish();
        app.cleanup();
        spawn_film(app.world_mut(), &full_film());
        app.insert_resource(Autosave::behind(store, move || {
            let _ = wake.try_send(());
        }));
        Self { app, disk, wakes }
    }

    /// Runs an operator in an update of its own; says whether it was done.
    fn run(&mut self, operator: &str, params: Value) -> bool {
        self.app.world_mut().write_message(RunOperator {
            run_id: 1,
            operator: operator.to_owned(),
            params,
            group: None,
        });
        self.app.update();
        let outcomes: Vec<_> = self.app.world_mut().resource_mut::<Messages<OperatorOutcome>>().drain().collect();
        assert_eq!(outcomes.len(), 1);
        assert_eq!(outcomes[0].revision, self.revision());
        outcomes[0].result.is_ok()
    }

    fn title(&mut self, scene: usize, title: &str) {
        assert!(self.run("scene.set", json!({ "scene_id": SceneId::numbered(scene), "title": title })));
    }

    fn ask(&mut self) {
        self.app.world_mut().write_message(SaveNow);
        self.app.update();
    }

    /// Lets the save under way go, and takes in what came of it.
    fn let_go(&mut self, verdict: Verdict) -> Vec<SaveOutcome> {
        self.disk.verdict(verdict);
        self.wakes.recv_timeout(PATIENCE).expect("the window is woken when a save has ended");
        self.app.update();
        self.outcomes()
    }

    fn outcomes(&mut self) -> Vec<SaveOutcome> {
        self.app.world_mut().resource_mut::<Messages<SaveOutcome>>().drain().collect()
    }

    fn revision(&self) -> u64 {
        self.app.world().resource::<FilmRevision>().film()
    }

    fn is_saved(&self) -> bool {
        is_saved(self.app.world())
    }

    /// Waits until a save waits for its verdict.
    fn until_begun(&self, saves: usize) {
        let start = Instant::now();
        while self.disk.threads().len() < saves {
            assert!(start.elapsed() < PATIENCE, "no save begins: {:?}", self.disk.happened());
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn saved_revision(outcomes: &[SaveOutcome]) -> Option<u64> {
    match outcomes {
        [SaveOutcome::Saved { revision, .. }] => Some(*revision),
        _ => None,
    }
}

#[test]
fn edits_go_on_while_a_save_is_written_and_share_the_next() {
    let mut studio = Studio::new(MemoryStore::default());
    studio.title(1, "one");
    let first = studio.revision();
    studio.ask();
    studio.until_begun(1);
    for (scene, title) in [(1, "two"), (2, "three"), (1, "four")] {
        studio.title(scene, title);
        studio.ask();
    }
    assert!(studio.run("history.undo", json!({})), "undo does not wait for the disk");
    assert!(!studio.is_saved() && studio.outcomes().is_empty(), "nothing is on the disk, and nothing is said to be");
    assert_eq!(studio.disk.threads().len(), 1, "one save at a time");
    assert_eq!(saved_revision(&studio.let_go(Verdict::Save)), Some(first), "what came later is not told yet");
    assert!(!studio.is_saved());
    assert_eq!(saved_revision(&studio.let_go(Verdict::Save)), Some(studio.revision()));
    assert!(studio.is_saved());
    let saves = studio.disk.saves();
    assert_eq!(saves.iter().map(names).collect::<Vec<_>>(), [vec!["scene_001"], vec!["scene_001", "scene_002"]]);
    let titles = |changes: &FilmChanges| changes.scenes.iter().map(|scene| scene.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&saves[0]), ["one"]);
    assert_eq!(titles(&saves[1]), ["two", "three"], "the undone title is not saved");
    assert_eq!(studio.disk.threads(), ["kinora-save", "kinora-save"]);
    // With nothing to save, an ask is answered at once.
    studio.ask();
    assert_eq!(saved_revision(&studio.outcomes()), Some(studio.revision()));
}

#[test]
fn a_save_that_fails_marks_its_files_again_beside_newer_ones() {
    let mut studio = Studio::new(MemoryStore::default());
    studio.title(1, "one");
    assert!(studio.run("settings.set", json!({ "duck_db": 3.0 })));
    studio.ask();
    studio.until_begun(1);
    studio.title(2, "two");
    studio.title(1, "newer");
    let outcomes = studio.let_go(Verdict::RefuseHalfway);
    assert!(matches!(&outcomes[..], [SaveOutcome::Failed { error, .. }] if error.to_string().contains("halfway")));
    let dirty = studio.app.world().resource::<DirtyFiles>();
    assert_eq!(dirty.scenes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["scene_001", "scene_002"]);
    assert!(dirty.settings && !studio.is_saved());
    studio.ask();
    assert_eq!(saved_revision(&studio.let_go(Verdict::Save)), Some(studio.revision()));
    let saves = studio.disk.saves();
    assert_eq!(names(&saves[0]), ["scene_001", "scene_002", "settings"]);
    assert_eq!(saves[0].scenes[0].title, "newer");
}

/// Who asked after a save began hears of the save that holds what he did, whatever became of the one before.
#[test]
fn an_ask_is_answered_by_a_save_that_holds_what_was_asked_for() {
    let mut studio = Studio::new(MemoryStore::default());
    studio.title(1, "one");
    studio.ask();
    studio.until_begun(1);
    studio.title(2, "two");
    let wanted = studio.revision();
    studio.ask();
    let outcomes = studio.let_go(Verdict::Refuse);
    assert!(matches!(&outcomes[..], [SaveOutcome::Failed { revision, .. }] if *revision < wanted), "{outcomes:?}");
    studio.until_begun(2);
    assert_eq!(saved_revision(&studio.let_go(Verdict::Save)), Some(wanted), "asked for, it waits for no pause");
}

/// Moving a shot to another scene saves the film first, and then brings files.
#[test]
fn files_are_brought_after_the_saves_before_them() {
    let mut studio = Studio::new(MemoryStore::default());
    studio.title(1, "one");
    studio.ask();
    studio.until_begun(1);
    studio.title(2, "two");
    studio.disk.open();
    let move_there = json!({ "scene_id": "scene_001", "shot_id": "shot_001", "to_scene_id": "scene_002", "index": 0 });
    assert!(studio.run("shot.move", move_there));
    let happened = studio.disk.happened();
    let (saves, threads) = (studio.disk.saves(), studio.disk.threads());
    assert_eq!(saves.iter().map(names).collect::<Vec<_>>(), [["scene_001"], ["scene_002"]]);
    assert_eq!(threads[0], "kinora-save");
    assert_ne!(threads[1], "kinora-save", "what must be there before anything else happens is saved at once");
    assert!(matches!(happened[..], [_, _, _, Happened::Saved(_), Happened::Brought(1..)]), "{happened:?}");
    studio.ask();
    while !studio.is_saved() {
        studio.wakes.recv_timeout(PATIENCE).unwrap();
        studio.app.update();
    }
    let last = studio.disk.saves().pop().unwrap();
    assert_eq!(names(&last), ["scene_002", "scene_001"], "the scene that gained the shot comes first");
}

#[test]
fn a_store_that_breaks_down_is_an_error_and_the_next_save_is_tried() {
    struct Broken(usize, MemoryStore);
    impl FilmStore for Broken {
        fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
            self.0 += 1;
            assert!(self.0 > 1, "a defect");
            self.1.save(changes)
        }
        fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
            self.1.bring_files(files)
        }
    }
    let store = MemoryStore::default();
    let mut studio = Studio::new(Broken(0, store.clone()));
    studio.title(1, "one");
    studio.ask();
    assert!(matches!(&studio.let_go(Verdict::Save)[..], [SaveOutcome::Failed { .. }]));
    studio.ask();
    assert!(saved_revision(&studio.let_go(Verdict::Save)).is_some() && studio.is_saved());
    assert_eq!(store.saves.lock().unwrap().len(), 1);
}

#[test]
fn an_editor_that_ends_writes_what_it_has_begun_to_its_end() {
    let mut studio = Studio::new(MemoryStore::default());
    studio.title(1, "one");
    studio.ask();
    studio.disk.open();
    drop(studio.app);
    assert_eq!(studio.disk.saves().len(), 1);
}

/// The project's files.
#[derive(Debug, Clone, PartialEq, Default)]
struct Files {
    scenes: BTreeMap<SceneId, FilmScene>,
    characters: Vec<Character>,
    settings: Settings,
    metadata: Metadata,
}

impl From<Film> for Files {
    fn from(film: Film) -> Self {
        let Film { metadata, settings, characters, scenes } = film;
        let scenes = scenes.into_iter().map(|scene| (scene.scene_id.clone(), scene)).collect();
        Self { scenes, characters, settings, metadata }
    }
}

/// The files, and what they said after the last save at each revision.
#[derive(Clone)]
struct FileStore(Arc<Mutex<Files>>, Arc<Mutex<BTreeMap<u64, Files>>>);

impl FilmStore for FileStore {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut files = self.0.lock().unwrap();
        files.scenes.extend(changes.scenes.iter().map(|scene| (scene.scene_id.clone(), scene.clone())));
        files.scenes.retain(|scene_id, _| !changes.removed.contains(scene_id));
        files.characters = changes.characters.clone().unwrap_or_else(|| files.characters.clone());
        files.settings = changes.settings.clone().unwrap_or_else(|| files.settings.clone());
        files.metadata = changes.metadata.clone().unwrap_or_else(|| files.metadata.clone());
        self.1.lock().unwrap().insert(changes.revision, files.clone());
        Ok(())
    }

    fn bring_files(&mut self, _: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Run(&'static str, Value),
    Ask,
    Update,
    Verdict(Verdict),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let scene = 1..=4_usize;
    let edit = (0..8_usize, scene, 0..100_u32).prop_map(|(which, scene, number)| {
        let scene_id = SceneId::numbered(scene);
        let shot = json!({ "scene_id": scene_id, "shot_id": "shot_001", "prompt": number.to_string() });
        match which {
            0 => Step::Run("scene.set", json!({ "scene_id": scene_id, "title": number.to_string() })),
            1 => Step::Run("shot.set", shot),
            2 => Step::Run("scene.add", json!({ "title": number.to_string() })),
            3 => Step::Run("scene.remove", json!({ "scene_id": scene_id })),
            4 => Step::Run("settings.set", json!({ "duck_db": f64::from(number % 20) })),
            5 => Step::Run("character.set", json!({ "character_id": "char_aubrey", "name": number.to_string() })),
            6 => Step::Run("history.undo", json!({})),
            _ => Step::Run("history.redo", json!({})),
        }
    });
    let verdict = prop_oneof![
        4 => Just(Verdict::Save),
        1 => Just(Verdict::Refuse),
        1 => Just(Verdict::RefuseHalfway),
    ];
    let step = prop_oneof![
        4 => edit,
        2 => Just(Step::Ask),
        1 => Just(Step::Update),
        2 => verdict.prop_map(Step::Verdict),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// However edits, saves and failures interleave: each save that is done leaves the files as the film was when it
    /// began, an outcome never speaks of more than that, and in the end the disk says what the film says.
    #[test]
    fn the_files_say_what_the_film_said(steps in steps()) {
        let store = FileStore(Arc::new(Mutex::new(full_film().into())), Arc::default());
        let mut studio = Studio::new(store.clone());
        let mut films = BTreeMap::new();
        let mut told = Vec::new();
        let mut look = |studio: &mut Studio| {
            let film = FilmView::new(studio.app.world()).film().unwrap();
            films.insert(studio.revision(), Files::from(film));
            told.extend(studio.outcomes());
        };
        look(&mut studio);
        for step in steps {
            match step {
                // Some cannot be done, and change nothing.
                Step::Run(operator, params) => {
                    studio.run(operator, params);
                }
                Step::Ask => studio.ask(),
                Step::Update => studio.app.update(),
                Step::Verdict(verdict) => studio.disk.verdict(verdict),
            }
            look(&mut studio);
        }
        studio.disk.open();
        let start = Instant::now();
        while !studio.is_saved() {
            assert!(start.elapsed() < PATIENCE, "it is never saved: {:?}", studio.disk.happened());
            studio.ask();
            look(&mut studio);
            thread::sleep(Duration::from_millis(1));
        }
        let film = Files::from(FilmView::new(studio.app.world()).film().unwrap());
        let on_disk = store.0.lock().unwrap().clone();
        prop_assert_eq!(on_disk, film);
        let after_saves = store.1.lock().unwrap().clone();
        for changes in studio.disk.saves() {
            prop_assert!(films.contains_key(&changes.revision), "a save in the midst of an update");
            prop_assert_eq!(&after_saves[&changes.revision], &films[&changes.revision]);
        }
        for outcome in told {
            let SaveOutcome::Saved { revision, .. } = outcome else { continue };
            let mut done = studio.disk.saves();
            done.retain(|changes| changes.revision <= revision);
            let before = full_film().into();
            let on_disk = done.last().map_or(&before, |changes| &films[&changes.revision]);
            prop_assert_eq!(on_disk, &films[&revision], "told too early");
        }
    }
}
