//! `.kinora/journal.jsonl`: what was done and may not be on the disk yet, a line an operator.
//!
//! A save that begins adds a line that says which entries it holds and what the files will say; one that is done adds
//! a line that settles them, or empties the file where nothing else is left. So whatever the moment a run is cut short,
//! the next one can tell which entries are in the film: what was settled, and what the last save held if the files say
//! what it wrote.

use kinora_core::{
    film::{FilePrints, ProjectLayout},
    store::write_atomic,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    ops::Range,
    path::PathBuf,
};

/// A journal longer than this is not two seconds of work.
const LARGEST_BYTES: u64 = 16 << 20;
const MOST_ENTRIES: usize = 50_000;
/// Whoever edits without a pause never lets it run empty: beyond this it is written anew, without what is settled.
const TIDY_BYTES: u64 = 4 << 20;
const TIDY_ENTRIES: usize = 10_000;

/// An operator as it was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) operator: String,
    pub(super) params: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<u64>,
}

/// Entries by their places in the file, from 0.
type Places = Vec<Range<usize>>;

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Done(Entry),
    /// A save begins.
    Saving {
        saving: Places,
        files: FilePrints,
    },
    /// These entries are on the disk, or are not wanted.
    Settled {
        settled: Places,
    },
}

/// Names an entry while its journal is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryId(u64);

/// The journal of the open project.
#[derive(Default)]
pub(super) struct JournalFile {
    open: Option<Open>,
    /// As they stand in the file.
    entries: Vec<Held>,
    last_id: u64,
    /// Every change up to this revision of the film is on the disk.
    saved_revision: u64,
}

struct Open {
    path: PathBuf,
    file: File,
    bytes: u64,
}

struct Held {
    entry_id: EntryId,
    entry: Entry,
    standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Of a run that was cut short, and the maker has not decided.
    Left,
    /// It is being done again.
    Again,
    /// In the film, at a revision.
    Done(u64),
    /// On the disk, or not wanted.
    Settled,
}

/// What the last run left behind.
#[derive(Debug, PartialEq)]
pub(super) enum Left {
    /// It ended as it should.
    Nothing,
    /// It was cut short with nothing to save.
    Saved,
    /// It was cut short, and had not saved everything.
    Unsaved,
}

/// Where a project has its journal.
pub(super) fn path(layout: &ProjectLayout) -> PathBuf {
    layout.hidden_dir().join("journal.jsonl")
}

/// Whether the last run with a project left changes that can be done again. Reads only, and takes no lock.
pub(super) fn holds_changes(layout: &ProjectLayout) -> bool {
    let mut journal = JournalFile::default();
    let read = File::open(path(layout)).and_then(|file| journal.read(layout, &file));
    read.is_ok() && journal.left().next().is_some()
}

impl JournalFile {
    /// Begins with a project, which is as on the disk at a revision of the film, and reads what the last run left.
    pub(super) fn begin(&mut self, layout: &ProjectLayout, revision: u64) -> io::Result<Left> {
        *self = Self { last_id: self.last_id, saved_revision: revision, ..Self::default() };
        let path = path(layout);
        let known = path.symlink_metadata();
        // Kinora writes only inside the project.
        if known.as_ref().is_ok_and(|known| !known.is_file()) {
            return Err(io::Error::other(format!("{} is no file", path.display())));
        }
        let file = File::options().read(true).append(true).create(true).open(&path)?;
        let bytes = self.read(layout, &file)?;
        // What is noted from now on must not stand behind half a line.
        file.set_len(bytes)?;
        self.open = Some(Open { path, file, bytes });
        // Once other saves have changed the files, they prove nothing any more.
        self.tidy(&self.places(|standing| standing == Standing::Settled));
        Ok(match (known.is_ok(), self.left().next()) {
            (false, _) => Left::Nothing,
            (true, None) => Left::Saved,
            (true, Some(_)) => Left::Unsaved,
        })
    }

    /// Reads the lines up to the first that was not written to its end, and returns how many bytes they have.
    fn read(&mut self, layout: &ProjectLayout, file: &File) -> io::Result<u64> {
        let mut text = Vec::new();
        file.take(LARGEST_BYTES).read_to_end(&mut text)?;
        let (mut bytes, mut last_save) = (0, None);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let Some(Ok(read)) = line.strip_suffix(b"\n").map(serde_json::from_slice::<Line>) else { break };
            match read {
                Line::Done(_) if self.entries.len() >= MOST_ENTRIES => break,
                Line::Done(entry) => self.hold(entry, Standing::Left),
                Line::Saving { saving, files } => last_save = Some((saving, files)),
                Line::Settled { settled } => self.settle_places(&settled),
            }
            bytes += line.len() as u64;
        }
        // A run may have been cut short between the last file of a save and the line that settles it.
        if let Some((places, files)) = last_save
            && files.match_disk(layout)
        {
            self.settle_places(&places);
        }
        Ok(bytes)
    }

    /// What the last run had not saved, while the maker has not decided.
    pub(super) fn left(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|held| held.standing == Standing::Left).map(|held| &held.entry)
    }

    /// The maker does not want what was left.
    pub(super) fn forget_left(&mut self) {
        self.settle(|standing| standing == Standing::Left);
    }

    /// The maker wants what was left: it is handed out to be done again, and kept until it is done and saved.
    pub(super) fn do_left_again(&mut self) -> Vec<(EntryId, Entry)> {
        let left = self.entries.iter_mut().filter(|held| held.standing == Standing::Left);
        left.map(|held| {
            held.standing = Standing::Again;
            (held.entry_id, held.entry.clone())
        })
        .collect()
    }

    /// Notes what was done, unless a save has held it already.
    pub(super) fn note(&mut self, entry: Entry, revision: u64) {
        if revision > self.saved_revision && self.add(&Line::Done(entry.clone())) {
            self.hold(entry, Standing::Done(revision));
        }
    }

    /// What is in the journal already was done again; without a revision it was refused.
    pub(super) fn done_again(&mut self, entry_id: EntryId, revision: Option<u64>) {
        // Names rise along the file.
        let Ok(place) = self.entries.binary_search_by_key(&entry_id.0, |held| held.entry_id.0) else { return };
        let revision = revision.unwrap_or(self.saved_revision);
        self.entries[place].standing = Standing::Done(revision);
        if revision <= self.saved_revision {
            self.settle(is_held_at(revision));
        }
    }

    /// Whether a save at a revision would hold entries.
    pub(super) fn is_at_stake(&self, revision: u64) -> bool {
        self.entries.iter().any(|held| is_held_at(revision)(held.standing))
    }

    /// A save at a revision begins, after which the files say this.
    pub(super) fn save_begins(&mut self, revision: u64, files: FilePrints) {
        let saving = self.places(is_held_at(revision));
        self.add(&Line::Saving { saving, files });
    }

    /// A save at a revision is done.
    pub(super) fn saved(&mut self, revision: u64) {
        self.saved_revision = self.saved_revision.max(revision);
        self.settle(is_held_at(revision));
    }

    /// The project is closed, and everything in it saved.
    pub(super) fn end(&mut self) {
        self.settle(|standing| standing != Standing::Left);
        let is_left = !self.entries.is_empty();
        if let Some(Open { path, .. }) = self.open.take().filter(|_| !is_left)
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!("{} is left over: {error}", path.display());
        }
        self.entries.clear();
    }

    fn hold(&mut self, entry: Entry, standing: Standing) {
        self.last_id += 1;
        self.entries.push(Held { entry_id: EntryId(self.last_id), entry, standing });
    }

    fn places(&self, is_it: impl Fn(Standing) -> bool) -> Places {
        let mut places = Places::new();
        for (place, _) in self.entries.iter().enumerate().filter(|(_, held)| is_it(held.standing)) {
            match places.last_mut().filter(|last| last.end == place) {
                Some(last) => last.end += 1,
                None => places.push(place..place + 1),
            }
        }
        places
    }

    fn settle(&mut self, is_it: impl Fn(Standing) -> bool) {
        let places = self.places(|standing| standing != Standing::Settled && is_it(standing));
        self.settle_places(&places);
        self.tidy(&places);
    }

    fn settle_places(&mut self, places: &[Range<usize>]) {
        for place in places {
            // A line may say anything: what it names beyond the end is not there.
            let end = place.end.min(self.entries.len());
            self.entries.get_mut(place.start..end).into_iter().flatten().for_each(|held| {
                held.standing = Standing::Settled;
            });
        }
    }

    /// Empties the file where nothing is left in it, else notes what was just settled.
    fn tidy(&mut self, settled: &[Range<usize>]) {
        let settled_count = self.entries.iter().filter(|held| held.standing == Standing::Settled).count();
        let Some(open) = &mut self.open else { return };
        if settled_count == self.entries.len() {
            match open.file.set_len(0) {
                Ok(()) => {
                    open.bytes = 0;
                    self.entries.clear();
                    return;
                }
                Err(error) => tracing::warn!("{} cannot be emptied: {error}", open.path.display()),
            }
        }
        let is_long = open.bytes > TIDY_BYTES || self.entries.len() > TIDY_ENTRIES;
        if is_long && settled_count * 2 >= self.entries.len() {
            match self.write_anew() {
                Ok(()) => return,
                Err(error) => tracing::warn!("the journal cannot be written anew: {error}"),
            }
        }
        if !settled.is_empty() {
            self.add(&Line::Settled { settled: settled.to_vec() });
        }
    }

    /// Replaces the file by one that holds what is not settled.
    fn write_anew(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let mut text = Vec::new();
        for held in self.entries.iter().filter(|held| held.standing != Standing::Settled) {
            serde_json::to_writer(&mut text, &held.entry)?;
            text.push(b'\n');
        }
        write_atomic(&open.path, &text)?;
        open.file = File::options().append(true).open(&open.path)?;
        open.bytes = text.len() as u64;
        self.entries.retain(|held| held.standing != Standing::Settled);
        Ok(())
    }

    /// Adds a line; says whether it stands there.
    fn add(&mut self, line: &Line) -> bool {
        let Some(open) = &mut self.open else { return false };
        let Ok(mut text) = serde_json::to_vec(line) else { return false };
        text.push(b'\n');
        // One write a line: the system has it, whatever becomes of this process.
        let Err(error) = open.file.write_all(&text) else {
            open.bytes += text.len() as u64;
            return true;
        };
        tracing::warn!("{} cannot be written: {error}", open.path.display());
        // The next line must not stand behind half a one.
        if open.file.set_len(open.bytes).is_err() {
            self.open = None;
        }
        false
    }
}

/// Whether an entry is in the film as it was at a revision.
fn is_held_at(revision: u64) -> impl Fn(Standing) -> bool + Copy {
    move |standing| matches!(standing, Standing::Done(at) if at <= revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{Film, FilmScene, ProjectFolder},
        ids::SceneId,
    };
    use serde_json::json;

    fn entry(number: u64) -> Entry {
        Entry { operator: "shot.set".to_owned(), params: json!({ "seed": number }), group: Some(number) }
    }

    fn project() -> (tempfile::TempDir, ProjectFolder, FilmScene) {
        let home = tempfile::tempdir().unwrap();
        let mut film = Film::default();
        film.scenes.push(FilmScene::new(SceneId::numbered(1), "Storm"));
        let folder = ProjectFolder::create(home.path(), &film).unwrap();
        (home, folder, film.scenes.remove(0))
    }

    /// What a run would find that begins now, as after a kill.
    fn found(folder: &ProjectFolder) -> (Left, Vec<Entry>) {
        let mut journal = JournalFile::default();
        let left = journal.begin(folder, 0).unwrap();
        (left, journal.left().cloned().collect())
    }

    fn text(folder: &ProjectFolder) -> String {
        fs::read_to_string(folder.hidden_dir().join("journal.jsonl")).unwrap()
    }

    fn begun(folder: &ProjectFolder) -> JournalFile {
        let mut journal = JournalFile::default();
        journal.begin(folder, 1).unwrap();
        journal
    }

    fn save(journal: &mut JournalFile, revision: u64) {
        journal.save_begins(revision, FilePrints::default());
        journal.saved(revision);
    }

    #[test]
    fn what_was_not_saved_is_found_again() {
        let (_home, folder, _) = project();
        let mut journal = JournalFile::default();
        assert_eq!(journal.begin(&folder, 1).unwrap(), Left::Nothing);
        journal.note(entry(1), 2);
        save(&mut journal, 2);
        journal.note(entry(2), 3);
        journal.note(entry(3), 4);
        // A line that was not written to its end counts for nothing, and the next one is not lost behind it.
        journal.open.as_mut().unwrap().file.write_all(b"{\"operator\": \"shot.s").unwrap();
        drop(journal);
        assert_eq!(found(&folder), (Left::Unsaved, vec![entry(2), entry(3)]));
        let mut journal = begun(&folder);
        journal.note(entry(4), 2);
        drop(journal);
        assert_eq!(found(&folder), (Left::Unsaved, vec![entry(2), entry(3), entry(4)]));
        let mut journal = begun(&folder);
        journal.forget_left();
        drop(journal);
        assert_eq!(found(&folder), (Left::Saved, vec![]));
        begun(&folder).end();
        assert_eq!(found(&folder), (Left::Nothing, vec![]));
    }

    #[test]
    fn a_save_settles_what_it_holds_and_no_more() {
        let (_home, folder, _) = project();
        let mut journal = begun(&folder);
        journal.note(entry(1), 2);
        journal.note(entry(2), 3);
        journal.save_begins(3, FilePrints::default());
        // Done while the save is written.
        journal.note(entry(3), 4);
        assert_eq!(found(&folder).1, [entry(1), entry(2), entry(3)], "nothing is on the disk yet");
        journal.saved(3);
        assert_eq!(found(&folder).1, [entry(3)]);
        assert!(!journal.is_at_stake(3) && journal.is_at_stake(4));
        save(&mut journal, 4);
        assert_eq!(text(&folder), "", "nothing is left in it");
        // Told late, it is on the disk all the same.
        journal.note(entry(4), 4);
        assert_eq!(text(&folder), "");
    }

    #[test]
    fn a_save_that_was_finished_is_told_by_its_files() {
        let (_home, folder, mut scene) = project();
        let mut journal = begun(&folder);
        journal.note(entry(1), 2);
        scene.title = "Calm".to_owned();
        let mut files = FilePrints::default();
        files.add_scene(&scene).unwrap();
        journal.save_begins(2, files);
        journal.note(entry(2), 3);
        assert_eq!(found(&folder).1, [entry(1), entry(2)], "killed before the first file");
        folder.save_scene(&scene).unwrap();
        assert_eq!(found(&folder).1, [entry(2)], "killed after the last file");
        // And it stays settled when later saves change the files.
        scene.title = "Gale".to_owned();
        folder.save_scene(&scene).unwrap();
        assert_eq!(found(&folder).1, [entry(2)]);
    }

    #[test]
    fn what_is_done_again_is_kept_until_it_is_saved() {
        let (_home, folder, _) = project();
        let mut journal = begun(&folder);
        (1..=3).for_each(|number| journal.note(entry(number), number + 1));
        drop(journal);
        let mut journal = begun(&folder);
        // What is done before the maker has decided is saved, and what was left stays.
        journal.note(entry(4), 2);
        save(&mut journal, 2);
        let again = journal.do_left_again();
        assert_eq!(again.iter().map(|(_, entry)| entry.clone()).collect::<Vec<_>>(), [1, 2, 3].map(entry));
        assert_eq!(found(&folder).1, [1, 2, 3].map(entry), "killed in the frame of the decision");
        journal.done_again(again[0].0, Some(3));
        journal.done_again(again[1].0, None);
        assert_eq!(found(&folder).1, [1, 3].map(entry), "what was refused is not offered for ever");
        // A save between two of them, such as a change with files makes.
        save(&mut journal, 3);
        assert_eq!(found(&folder).1, [entry(3)]);
        journal.done_again(again[2].0, Some(4));
        save(&mut journal, 4);
        assert_eq!(found(&folder), (Left::Saved, vec![]));
    }

    #[test]
    fn whoever_never_pauses_does_not_make_it_grow() {
        let (_home, folder, _) = project();
        let mut journal = begun(&folder);
        let steps = TIDY_ENTRIES as u64 * 3;
        for number in 2..steps {
            journal.note(entry(number), number);
            if number % 1000 == 0 {
                save(&mut journal, number - 1);
            }
        }
        assert!(text(&folder).len() < TIDY_ENTRIES * 100, "{} bytes", text(&folder).len());
        let (_, left) = found(&folder);
        assert_eq!((left.first(), left.last()), (Some(&entry(steps - 1000)), Some(&entry(steps - 1))));
    }

    #[test]
    fn a_line_that_cannot_be_written_costs_no_other() {
        let (_home, folder, _) = project();
        let mut journal = begun(&folder);
        journal.note(entry(1), 2);
        let path = folder.hidden_dir().join("journal.jsonl");
        journal.open.as_mut().unwrap().file = File::open(&path).unwrap();
        journal.note(entry(2), 3);
        assert_eq!(journal.entries.len(), 1, "what does not stand there is not counted on");
        drop(journal);
        assert_eq!(found(&folder).1, [entry(1)]);
    }
}
