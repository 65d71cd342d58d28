//! What a run that ended badly had not saved.
//!
//! The film saves itself within two seconds of an edit. What is done in between is noted in a journal (`journal`), a
//! line an operator, the moment it is done; a save takes out what it holds, and closing the project removes the file.
//! So a journal that is there when a project is opened says that the last run was cut short, and what it holds can be
//! done again.

use super::{
    asks::Waiting,
    journal::{Entry, EntryId, JournalFile, Left},
};
use crate::{
    commands::{OperatorOutcome, OperatorRegistry, RunOperator},
    document::{FilmChanges, FilmRevision, FilmStore, SaveBegins, SaveNow},
    ui::{
        ask::{Notice, Weight},
        overlays::Recovery,
        state::{Overlay, UiState},
    },
};
use bevy::{ecs::message::MessageCursor, prelude::*};
use kinora_core::film::{FileCopy, ProjectFolder, ProjectLayout};
use std::{
    collections::HashMap,
    error::Error,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The journal of the open project, and what it still has to hear of.
#[derive(Resource, Default)]
pub(super) struct Journal {
    /// Saves note in it too, on their own thread.
    file: Arc<Mutex<JournalFile>>,
    /// Asked for, and not yet heard of.
    asked: HashMap<u64, Asked>,
    outcomes: MessageCursor<OperatorOutcome>,
}

enum Asked {
    New(Entry),
    /// It stands in the journal already.
    Again(EntryId),
}

impl Journal {
    /// An operator is asked for.
    pub(super) fn ask(&mut self, run: &RunOperator) {
        let RunOperator { run_id, operator, params, group } = run.clone();
        self.asked.insert(run_id, Asked::New(Entry { operator, params, group }));
    }

    /// An operator that the last run had not saved is asked for.
    fn ask_again(&mut self, run_id: u64, entry_id: EntryId) {
        self.asked.insert(run_id, Asked::Again(entry_id));
    }

    /// The project's folder as the store of its film: what is saved is taken out of the journal.
    pub(super) fn store(&self, folder: Arc<ProjectFolder>) -> JournaledStore {
        JournaledStore { folder, file: Arc::clone(&self.file) }
    }

    /// The project is closed, and everything in it saved.
    pub(super) fn end(&mut self) {
        self.asked.clear();
        self.lock().end();
    }

    fn begin(&mut self, layout: &ProjectLayout, revision: u64) -> io::Result<Left> {
        self.asked.clear();
        self.lock().begin(layout, revision)
    }

    fn lock(&self) -> MutexGuard<'_, JournalFile> {
        locked(&self.file)
    }

    /// Notes what was done since the last look. Says whether something was undone or redone.
    fn hear(&mut self, outcomes: &Messages<OperatorOutcome>) -> bool {
        let mut is_history = false;
        let mut file = locked(&self.file);
        for OperatorOutcome { run_id, operator, result, revision } in self.outcomes.read(outcomes) {
            match self.asked.remove(run_id) {
                Some(Asked::New(entry)) if result.is_ok() => file.note(entry, *revision),
                Some(Asked::Again(entry_id)) => file.done_again(entry_id, result.is_ok().then_some(*revision)),
                Some(Asked::New(_)) | None => continue,
            }
            is_history |= result.is_ok() && operator.starts_with("history.");
        }
        is_history
    }
}

fn locked(file: &Mutex<JournalFile>) -> MutexGuard<'_, JournalFile> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A project's folder with its journal.
pub(super) struct JournaledStore {
    folder: Arc<ProjectFolder>,
    file: Arc<Mutex<JournalFile>>,
}

impl FilmStore for JournaledStore {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        if locked(&self.file).is_at_stake(changes.revision) {
            let prints = changes.prints()?;
            locked(&self.file).save_begins(changes.revision, prints);
        }
        FilmStore::save(&mut self.folder, changes)?;
        locked(&self.file).saved(changes.revision);
        Ok(())
    }

    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        FilmStore::bring_files(&mut self.folder, files)
    }
}

/// A project was opened: says whether the last run was cut short, and offers what it had not saved.
pub(super) fn look_back(world: &mut World, layout: &ProjectLayout) {
    let revision = world.resource::<FilmRevision>().film();
    let left = world.resource_mut::<Journal>().begin(layout, revision);
    match left {
        Ok(Left::Nothing) => {}
        Ok(Left::Saved) => {
            let detail = "Everything was saved before that: nothing is lost.";
            let notice = Notice::new(Weight::Plain, "Kinora was cut short last time", detail);
            world.resource_mut::<UiState>().tell(notice);
        }
        Ok(Left::Unsaved) => {
            let entries: Vec<_> = world.resource::<Journal>().lock().left().cloned().collect();
            let label = |operator: &str| {
                let known = world.get_resource::<OperatorRegistry>().and_then(|all| all.get(operator));
                known.map_or_else(|| operator.to_owned(), |known| known.label().to_owned())
            };
            let mut changes: Vec<(String, usize)> = Vec::new();
            let mut group = None;
            for entry in &entries {
                let label = label(&entry.operator);
                // What was one drag, or typing in one field, is one change.
                let is_same = entry.group.is_some() && entry.group == group;
                group = entry.group;
                match changes.last_mut().filter(|(last, _)| *last == label) {
                    Some((_, count)) => *count += usize::from(!is_same),
                    None => changes.push((label, 1)),
                }
            }
            let mut state = world.resource_mut::<UiState>();
            state.overlays.recovery = Some(Recovery { changes });
            state.overlay = Some(Overlay::Recovery);
        }
        Err(error) => tracing::warn!("the journal cannot be kept: {error}"),
    }
}

/// The maker has decided: what was not saved is done again, or forgotten. It stays in the journal until it is done again
/// and saved.
pub(super) fn decide(world: &mut World, again: bool) {
    let entries = {
        let journal = world.resource::<Journal>();
        let mut file = journal.lock();
        if !again {
            file.forget_left();
        }
        file.do_left_again()
    };
    let state = &mut *world.resource_mut::<UiState>();
    (state.overlay, state.overlays.recovery) = (None, None);
    for (entry_id, Entry { operator, params, group }) in regrouped(entries, || state.new_group()) {
        let run = Waiting::begin(world, operator, params, group);
        world.resource_mut::<Journal>().ask_again(run.run_id, entry_id);
        world.write_message(run);
    }
}

/// Numbers of groups begin anew with every run: under its old one the last change would be undone together with a drag
/// of today.
fn regrouped(entries: Vec<(EntryId, Entry)>, mut new_group: impl FnMut() -> u64) -> Vec<(EntryId, Entry)> {
    let mut groups = HashMap::new();
    let mut renumbered = |old: u64| *groups.entry(old).or_insert_with(&mut new_group);
    let entries = entries.into_iter();
    entries.map(|(id, entry)| (id, Entry { group: entry.group.map(&mut renumbered), ..entry })).collect()
}

/// Notes what was done.
pub(super) fn keep_journal(
    outcomes: Res<'_, Messages<OperatorOutcome>>,
    mut journal: ResMut<'_, Journal>,
    mut saves: MessageWriter<'_, SaveNow>,
) {
    if journal.hear(&outcomes) {
        // The next run has no history in which it could be done again.
        saves.write(SaveNow);
    }
}

/// Notes what was done in this very update before a save takes it out of the world.
pub(super) fn note_before_save(
    _: On<'_, '_, SaveBegins>,
    outcomes: Res<'_, Messages<OperatorOutcome>>,
    mut journal: ResMut<'_, Journal>,
) {
    journal.hear(&outcomes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commands::CommandsPlugin,
        document::{Autosave, DirtyFiles, DocumentPlugin, FilmView, spawn_film},
    };
    use kinora_core::{
        film::{Film, FilmScene, ProjectPath, Shot},
        ids::{SceneId, ShotId},
    };
    use serde_json::{Value, json};

    /// An editor without a window, as far as its journal goes.
    struct Studio {
        app: App,
    }

    fn project() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let mut film = Film::default();
        for number in 1..=2 {
            let mut scene = FilmScene::new(SceneId::numbered(number), "Storm");
            scene.shots.push(Shot::new(ShotId::numbered(1), "A hut in the rain", 1.0));
            film.scenes.push(scene);
        }
        drop(ProjectFolder::create(home.path(), &film).unwrap());
        home
    }

    impl Studio {
        fn open(home: &tempfile::TempDir) -> Self {
            let (folder, film) = ProjectFolder::open(home.path()).unwrap();
            let mut app = App::new();
            app.add_plugins((DocumentPlugin, CommandsPlugin))
                .init_resource::<Journal>()
                .init_resource::<Waiting>()
                .init_resource::<UiState>()
                .add_observer(note_before_save)
                .add_systems(Update, keep_journal);
            spawn_film(app.world_mut(), &film);
            let folder = Arc::new(folder);
            look_back(app.world_mut(), &folder);
            let store = app.world().resource::<Journal>().store(folder);
            app.insert_resource(Autosave::new(store));
            Self { app }
        }

        fn ask(&mut self, operator: &str, params: Value) {
            Waiting::send(self.app.world_mut(), operator.to_owned(), params, None);
        }

        fn add_shot(&mut self, prompt: &str) {
            self.ask("shot.add", json!({ "scene_id": "scene_001", "prompt": prompt }));
        }

        fn prompts(&self) -> Vec<String> {
            let scene = FilmView::new(self.app.world()).scene(&SceneId::numbered(1)).unwrap();
            scene.shots.into_iter().map(|shot| shot.prompt).collect()
        }

        fn is_offered(&self) -> bool {
            self.app.world().resource::<UiState>().overlay == Some(Overlay::Recovery)
        }

        fn save(&mut self) {
            self.app.world_mut().write_message(SaveNow);
            self.app.update();
            assert!(self.app.world().resource::<DirtyFiles>().is_clean());
        }

        /// The process is gone, with what it had not saved.
        fn kill(mut self) {
            self.app.world_mut().remove_resource::<Autosave>();
        }
    }

    #[test]
    fn what_was_not_saved_is_offered_and_done_again_once() {
        let home = project();
        let mut studio = Studio::open(&home);
        studio.add_shot("one");
        studio.app.update();
        studio.save();
        studio.add_shot("two");
        studio.add_shot("three");
        studio.app.update();
        studio.kill();
        // Killed in the frame of the decision, and in the one in which it is done: it is offered again.
        for updates in [0, 1] {
            let mut studio = Studio::open(&home);
            assert!(studio.is_offered(), "after {updates} updates");
            decide(studio.app.world_mut(), true);
            (0..updates).for_each(|_| studio.app.update());
            studio.kill();
        }
        let mut studio = Studio::open(&home);
        decide(studio.app.world_mut(), true);
        studio.app.update();
        assert_eq!(studio.prompts(), ["A hut in the rain", "one", "two", "three"]);
        studio.save();
        studio.kill();
        let studio = Studio::open(&home);
        assert!(!studio.is_offered(), "it is saved");
        assert_eq!(studio.prompts(), ["A hut in the rain", "one", "two", "three"]);
    }

    #[test]
    fn what_the_maker_does_not_want_is_forgotten() {
        let home = project();
        let mut studio = Studio::open(&home);
        studio.add_shot("one");
        studio.app.update();
        studio.kill();
        let mut studio = Studio::open(&home);
        decide(studio.app.world_mut(), false);
        studio.kill();
        let studio = Studio::open(&home);
        assert!(!studio.is_offered() && studio.prompts().len() == 1);
    }

    /// A change with files saves the film in the midst of a batch, and the process is killed before the batch is heard of.
    #[test]
    fn a_batch_with_a_save_in_its_midst_is_not_offered_twice() {
        let batch = |studio: &mut Studio| {
            studio.add_shot("one");
            let shot = ShotId::numbered(1);
            let from = json!({ "scene_id": "scene_002", "shot_id": shot, "to_scene_id": "scene_001", "index": 0 });
            studio.ask("shot.move", from);
        };
        let home = project();
        give_shot_a_file(&home);
        let mut studio = Studio::open(&home);
        batch(&mut studio);
        // As far as the operators, and no further: nobody hears of what was done.
        studio.app.world_mut().run_schedule(PreUpdate);
        assert_eq!(studio.prompts().len(), 3);
        studio.kill();
        let saved = ProjectFolder::read(home.path()).unwrap();
        assert_eq!(saved.scenes[0].shots.len(), 2, "the save holds the first of the batch");
        let mut studio = Studio::open(&home);
        assert!(!studio.is_offered());
        // The same with what an earlier run had not saved.
        studio.add_shot("two");
        studio.app.update();
        studio.kill();
        let mut studio = Studio::open(&home);
        assert!(studio.is_offered());
        decide(studio.app.world_mut(), true);
        batch(&mut studio);
        studio.app.world_mut().run_schedule(PreUpdate);
        studio.kill();
        let studio = Studio::open(&home);
        assert!(!studio.is_offered(), "what was done again is saved with the rest of the batch");
        assert_eq!(studio.prompts().iter().filter(|prompt| *prompt == "two").count(), 1);
    }

    /// So that moving the second scene's shot is a change with files.
    fn give_shot_a_file(home: &tempfile::TempDir) {
        let (folder, mut film) = ProjectFolder::open(home.path()).unwrap();
        let path = ProjectPath::new("shots/shot_001.mp4").unwrap();
        let scene = &mut film.scenes[1];
        kinora_core::store::write_atomic(&path.under(&folder.scene_dir(&scene.scene_id)), b"clip").unwrap();
        scene.shots[0].file_path = Some(path);
        folder.save_scene(scene).unwrap();
    }

    #[test]
    fn groups_of_the_last_run_get_numbers_of_this_one() {
        let home = project();
        let mut journal = JournalFile::default();
        let layout = ProjectLayout::new(home.path());
        journal.begin(&layout, 0).unwrap();
        for group in [Some(2), Some(2), None, Some(3)] {
            journal.note(Entry { operator: "shot.set".to_owned(), params: json!({}), group }, 1);
        }
        drop(journal);
        let mut journal = JournalFile::default();
        journal.begin(&layout, 0).unwrap();
        let mut next = 100;
        let groups = regrouped(journal.do_left_again(), || {
            next += 1;
            next
        });
        let groups: Vec<_> = groups.into_iter().map(|(_, entry)| entry.group).collect();
        assert_eq!(groups, [Some(101), Some(101), None, Some(102)]);
    }

    #[test]
    fn what_was_undone_is_saved_at_once() {
        let mut app = App::new();
        app.add_message::<OperatorOutcome>().add_message::<SaveNow>().init_resource::<Journal>();
        app.add_systems(Update, keep_journal);
        let mut saves_after = |operator: &str| {
            let (run_id, operator) = (1, operator.to_owned());
            let run = RunOperator { run_id, operator: operator.clone(), params: json!({}), group: None };
            app.world_mut().resource_mut::<Journal>().ask(&run);
            app.world_mut().write_message(OperatorOutcome { run_id, operator, result: Ok(json!({})), revision: 1 });
            app.update();
            app.world_mut().resource_mut::<Messages<SaveNow>>().drain().count()
        };
        assert_eq!(saves_after("shot.set"), 0);
        assert_eq!(saves_after("history.undo"), 1);
    }
}
