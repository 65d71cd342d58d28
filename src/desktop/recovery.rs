//! What a run that ended badly had not saved.
//!
//! The film saves itself within two seconds of an edit. What is done in between is noted in `.kinora/journal.jsonl`, a
//! line an operator, the moment it is done; a save empties the file, and closing the project removes it. So a journal
//! that is there when a project is opened says that the last run was cut short, and what it holds can be done again.

use super::asks::Waiting;
use crate::{
    commands::{OperatorOutcome, OperatorRegistry, RunOperator},
    document::{SaveNow, SaveOutcome},
    ui::{
        ask::{Notice, Weight},
        overlays::Recovery,
        state::{Overlay, UiState},
    },
};
use bevy::{ecs::message::MessageCursor, prelude::*};
use kinora_core::film::ProjectLayout;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, Write},
    path::PathBuf,
};

/// A journal longer than this is not two seconds of work.
const LARGEST_BYTES: u64 = 16 << 20;
const MOST_ENTRIES: usize = 20_000;

/// An operator as it was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    operator: String,
    params: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<u64>,
}

/// The journal of the open project.
#[derive(Resource, Default)]
pub(super) struct Journal {
    open: Option<(PathBuf, File)>,
    /// Asked for, and not yet heard of.
    asked: HashMap<u64, Entry>,
    /// What the last run had not saved, until the maker has decided.
    left: Vec<Entry>,
    saves: MessageCursor<SaveOutcome>,
}

impl Journal {
    /// An operator is asked for.
    pub(super) fn ask(&mut self, run: &RunOperator) {
        let RunOperator { run_id, operator, params, group } = run.clone();
        self.asked.insert(run_id, Entry { operator, params, group });
    }

    /// Begins with a project, and reads what the last run left.
    fn begin(&mut self, layout: &ProjectLayout) -> io::Result<Left> {
        *self = Self { saves: std::mem::take(&mut self.saves), ..Self::default() };
        let path = layout.hidden_dir().join("journal.jsonl");
        let known = path.symlink_metadata();
        // Kinora writes only inside the project.
        if known.as_ref().is_ok_and(|known| !known.is_file()) {
            return Err(io::Error::other(format!("{} is no file", path.display())));
        }
        let was_cut_short = known.is_ok();
        let file = File::options().read(true).append(true).create(true).open(&path)?;
        if was_cut_short {
            // The last line may have been cut short with the run.
            let lines = BufReader::new((&file).take(LARGEST_BYTES)).lines().take(MOST_ENTRIES).map_while(Result::ok);
            self.left = lines.map_while(|line| serde_json::from_str(&line).ok()).collect();
            if self.left.is_empty() {
                // What is noted from now on must not stand behind half a line.
                file.set_len(0)?;
            }
        }
        self.open = Some((path, file));
        Ok(if !was_cut_short {
            Left::Nothing
        } else if self.left.is_empty() {
            Left::Saved
        } else {
            Left::Unsaved
        })
    }

    /// Everything is saved.
    fn clear(&mut self) {
        // What has not been decided on stays until it is.
        if !self.left.is_empty() {
            return;
        }
        if let Some((path, file)) = &mut self.open
            && let Err(error) = file.set_len(0).and_then(|()| file.rewind())
        {
            tracing::warn!("{} cannot be emptied: {error}", path.display());
        }
    }

    fn note(&mut self, entry: &Entry) {
        let Some((path, file)) = &mut self.open else { return };
        let Ok(mut line) = serde_json::to_string(entry) else { return };
        line.push('\n');
        // One write a line: the system has it, whatever becomes of this process.
        if let Err(error) = file.write_all(line.as_bytes()) {
            tracing::warn!("{} cannot be written: {error}", path.display());
            self.open = None;
        }
    }

    /// The project is closed, and everything in it saved.
    pub(super) fn end(&mut self) {
        let Self { open, left, .. } = std::mem::take(self);
        if let Some((path, _)) = open.filter(|_| left.is_empty())
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!("{} is left over: {error}", path.display());
        }
    }
}

/// What the last run left behind.
#[derive(Debug, PartialEq)]
enum Left {
    /// It ended as it should.
    Nothing,
    /// It was cut short with nothing to save.
    Saved,
    /// It was cut short, and had not saved everything.
    Unsaved,
}

/// A project was opened: says whether the last run was cut short, and offers what it had not saved.
pub(super) fn look_back(world: &mut World, layout: &ProjectLayout) {
    let left = world.resource_mut::<Journal>().begin(layout);
    match left {
        Ok(Left::Nothing) => {}
        Ok(Left::Saved) => {
            let detail = "Everything was saved before that: nothing is lost.";
            let notice = Notice::new(Weight::Plain, "Kinora was cut short last time", detail);
            world.resource_mut::<UiState>().tell(notice);
        }
        Ok(Left::Unsaved) => {
            let entries = world.resource::<Journal>().left.clone();
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

/// The maker has decided: what was not saved is done again, or forgotten.
pub(super) fn decide(world: &mut World, again: bool) {
    let entries = std::mem::take(&mut world.resource_mut::<Journal>().left);
    world.resource_mut::<Journal>().clear();
    let state = &mut *world.resource_mut::<UiState>();
    (state.overlay, state.overlays.recovery) = (None, None);
    let entries = regrouped(entries, || state.new_group());
    for Entry { operator, params, group } in entries.into_iter().filter(|_| again) {
        Waiting::send(world, operator, params, group);
    }
}

/// Numbers of groups begin anew with every run: under its old one the last change would be undone together with a drag
/// of today.
fn regrouped(entries: Vec<Entry>, mut new_group: impl FnMut() -> u64) -> Vec<Entry> {
    let mut groups = HashMap::new();
    let mut renumbered = |old: u64| *groups.entry(old).or_insert_with(&mut new_group);
    entries.into_iter().map(|entry| Entry { group: entry.group.map(&mut renumbered), ..entry }).collect()
}

/// Forgets what is saved: right after the save, and before anything else is noted.
pub(super) fn hear_saves(saves: Res<'_, Messages<SaveOutcome>>, mut journal: ResMut<'_, Journal>) {
    let journal = &mut *journal;
    if journal.saves.read(&saves).any(|save| matches!(save, SaveOutcome::Saved { .. })) {
        journal.clear();
    }
}

/// Notes what was done.
pub(super) fn keep_journal(
    mut outcomes: MessageReader<'_, '_, OperatorOutcome>,
    mut journal: ResMut<'_, Journal>,
    mut saves: MessageWriter<'_, SaveNow>,
) {
    for outcome in outcomes.read() {
        if let Some(entry) = journal.asked.remove(&outcome.run_id)
            && outcome.result.is_ok()
        {
            journal.note(&entry);
            if entry.operator.starts_with("history.") {
                // The next run has no history in which it could be done again.
                saves.write(SaveNow);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(number: u64) -> Entry {
        Entry { operator: "shot.set".to_owned(), params: json!({ "seed": number }), group: Some(number) }
    }

    #[test]
    fn what_was_not_saved_is_found_again() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".kinora")).unwrap();
        let layout = ProjectLayout::new(home.path());
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Nothing);
        journal.note(&entry(1));
        journal.clear();
        journal.note(&entry(2));
        journal.note(&entry(3));
        // Killed: a line that was not written to its end counts for nothing.
        journal.open.as_mut().unwrap().1.write_all(b"{\"operator\": \"shot.s").unwrap();
        drop(journal);
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Unsaved);
        assert_eq!(journal.left, [entry(2), entry(3)]);
        // A save in between takes nothing away from what has not been decided on.
        journal.clear();
        drop(journal);
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Unsaved);
        journal.left.clear();
        journal.clear();
        drop(journal);
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Saved);
        journal.end();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Nothing);
        // Killed in the middle of the first line, and again a moment later.
        journal.open.as_mut().unwrap().1.write_all(b"{\"operator\": \"sh").unwrap();
        drop(journal);
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Saved);
        journal.note(&entry(4));
        drop(journal);
        let mut journal = Journal::default();
        assert_eq!(journal.begin(&layout).unwrap(), Left::Unsaved);
        assert_eq!(journal.left, [entry(4)]);
    }

    #[test]
    fn groups_of_the_last_run_get_numbers_of_this_one() {
        let alone = Entry { group: None, ..entry(9) };
        let mut next = 100;
        let groups = regrouped(vec![entry(2), entry(2), alone, entry(3)], || {
            next += 1;
            next
        });
        let groups: Vec<_> = groups.into_iter().map(|entry| entry.group).collect();
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
            app.world_mut().write_message(OperatorOutcome { run_id, operator, result: Ok(json!({})) });
            app.update();
            app.world_mut().resource_mut::<Messages<SaveNow>>().drain().count()
        };
        assert_eq!(saves_after("shot.set"), 0);
        assert_eq!(saves_after("history.undo"), 1);
    }
}
