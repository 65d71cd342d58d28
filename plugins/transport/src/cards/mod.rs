//! Model cards from JSON, in three layers: those built into a provider, what its vendor's live schemas say otherwise, and
//! the user's own files, which change both and add to them.
//!
//! Here: reading and laying over each other. `live` is what is kept of live schemas, `merge` finds and applies what
//! differs, `shelf` holds the cards of a running provider.

mod live;
mod merge;
mod shelf;

pub use live::LiveCards;
pub use shelf::{CardPlaces, CardShelf};

use kinora_provider::{CardSource, ModelCard};
use live::LiveFile;
use merge::merge;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

/// Largest card file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// Most card files of one provider.
const MAX_FILES: usize = 256;

/// The cards of a provider, and what was wrong with the files that were left out.
#[derive(Debug, Clone, Default)]
pub struct LoadedCards {
    /// The cards, built-in ones first, in their order.
    pub cards: Vec<ModelCard>,
    /// What was wrong, for the user to see.
    pub problems: Vec<CardProblem>,
}

/// A card that was not taken. The card it meant to change stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {place}: {reason}", path.display())]
pub struct CardProblem {
    /// The file.
    pub path: PathBuf,
    /// Where in it: the model, the field, line and column.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

/// Reads the built-in cards (name and text of each file, one card or a list of them), then the user's files in order of
/// their names.
///
/// A card of a new `id` is added. One of a known `id` changes what it names and leaves the rest: objects are merged, lists
/// replaced, `null` takes a field away.
#[must_use]
pub fn load_cards(built_in: &[(&str, &str)], folder: Option<&Path>) -> LoadedCards {
    load_layers(built_in, None, folder)
}

/// [`load_cards`] with what is kept of live schemas between the two, and the file it was kept in.
fn load_layers(built_in: &[(&str, &str)], live: Option<(&LiveFile, &Path)>, folder: Option<&Path>) -> LoadedCards {
    let mut book = Book::default();
    for (name, text) in built_in {
        book.add_file(Path::new(name), text, &CardSource::BuiltIn);
    }
    if let Some((live, path)) = live {
        for card in &live.cards {
            let source = CardSource::Live { read_at: card.read_at.clone(), address: live.address.clone() };
            book.add(path, "card", card.change.clone(), &source);
        }
    }
    for path in folder.map(|folder| book.files(folder)).unwrap_or_default() {
        match read(&path, MAX_FILE_BYTES) {
            Ok(text) => book.add_file(&path, &text, &CardSource::File { path: path.clone() }),
            Err(reason) => book.problem(&path, "file", reason),
        }
    }
    let cards = book.entries.into_iter().map(|(_, card)| card).collect();
    LoadedCards { cards, problems: book.problems }
}

fn read(path: &Path, max_bytes: u64) -> Result<String, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(max_bytes + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > max_bytes {
        return Err(format!("it is larger than {max_bytes} bytes"));
    }
    Ok(text)
}

#[derive(Default)]
struct Book {
    /// Each card with its whole JSON, which a later layer may change.
    entries: Vec<(Value, ModelCard)>,
    problems: Vec<CardProblem>,
}

impl Book {
    fn problem(&mut self, path: &Path, place: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(CardProblem { path: path.into(), place: place.into(), reason: reason.into() });
    }

    fn files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.problem(folder, "folder", error.to_string());
                return Vec::new();
            }
        };
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        let json = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let paths: BTreeSet<_> = paths.filter(json).take(MAX_FILES + 1).collect();
        if paths.len() > MAX_FILES {
            self.problem(folder, "folder", format!("more than {MAX_FILES} card files: none is read"));
            return Vec::new();
        }
        paths.into_iter().collect()
    }

    fn add_file(&mut self, path: &Path, text: &str, source: &CardSource) {
        match serde_json::from_str(text) {
            Ok(Value::Array(cards)) => {
                for (index, card) in cards.into_iter().enumerate() {
                    self.add(path, &format!("card {}", index + 1), card, source);
                }
            }
            Ok(card) => self.add(path, "card", card, source),
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                self.problem(path, place, error.to_string());
            }
        }
    }

    fn add(&mut self, path: &Path, place: &str, change: Value, source: &CardSource) {
        let Some(id) = change.get("id").and_then(Value::as_str).map(str::to_owned) else {
            return self.problem(
                path,
                format!("{place}, id"),
                "a card needs the id of a model, such as \"google/veo-3.1\"",
            );
        };
        let known = self.entries.iter().position(|(_, card)| card.id == id);
        let mut value = match known {
            Some(index) => self.entries[index].0.clone(),
            None => Value::Object(serde_json::Map::new()),
        };
        merge(&mut value, change);
        let mut card: ModelCard = match serde_path_to_error::deserialize(&value) {
            Ok(card) => card,
            Err(error) => {
                let field = error.path().to_string();
                return self.problem(path, format!("{id}, {field}"), error.into_inner().to_string());
            }
        };
        let wrong = card.problems();
        if !wrong.is_empty() {
            return self.problem(path, id, wrong.join("; "));
        }
        // With everything that the file leaves to defaults: a later layer may change a part of that.
        let whole = serde_json::to_value(&card).unwrap_or(value);
        card.sources = known.map(|index| self.entries[index].1.sources.clone()).unwrap_or_default();
        card.sources.push(source.clone());
        match known {
            Some(index) => self.entries[index] = (whole, card),
            None => self.entries.push((whole, card)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const BUILT_IN: &[(&str, &str)] = &[(
        "veo.json",
        r#"[{"id":"google/veo","label":"Veo","kind":"video","parameters":[
              {"name":"resolution","label":"Resolution","type":"choice","choices":["720p","1080p"],"default":"720p"}],
            "price":{"basis":"second","tiers":[{"usd":0.4}]},"vendor":{"a":1,"b":2}},
           {"id":"google/banana","label":"Banana","kind":"image","price":{"basis":"output","tiers":[{"usd":0.04}]}}]"#,
    )];

    fn load(files: &[(&str, &str)]) -> LoadedCards {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let mut options = fs::OpenOptions::new();
            let mut file = options.write(true).create_new(true).open(folder.path().join(name)).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        load_cards(BUILT_IN, Some(folder.path()))
    }

    #[test]
    fn a_users_file_changes_what_it_names_and_leaves_the_rest() {
        let loaded = load(&[
            ("a.json", r#"{"id":"google/veo","label":"My Veo","vendor":{"b":null,"c":3}}"#),
            ("b.json", r#"{"id":"me/own","label":"Own","kind":"image","price":{"basis":"free"}}"#),
            ("notes.txt", "not read"),
        ]);
        assert_eq!(loaded.problems, []);
        let ids: Vec<_> = loaded.cards.iter().map(|card| card.id.as_str()).collect();
        assert_eq!(ids, ["google/veo", "google/banana", "me/own"]);
        let veo = &loaded.cards[0];
        assert_eq!((veo.label.as_str(), veo.parameters.len(), veo.price.tiers[0].usd), ("My Veo", 1, 0.4));
        assert_eq!(Value::Object(veo.vendor.clone()), serde_json::json!({"a": 1, "c": 3}));
    }

    #[test]
    fn a_broken_file_is_named_with_its_place_and_the_built_in_card_stays() {
        let built_in = load_cards(BUILT_IN, None).cards;
        for (text, place, reason) in [
            ("{\n  \"id\": ", "line 2", "EOF"),
            (r#"{"label":"x"}"#, "id", "needs the id"),
            (r#"[{"id":"google/veo","kind":"opera"}]"#, "google/veo, kind", "unknown variant"),
            (r#"{"id":"google/veo","parameters":[{"name":"x","label":"X","type":"knob"}]}"#, "google/veo", "knob"),
            (r#"{"id":"google/veo","price":{"tiers":[{"usd":-1}]}}"#, "google/veo", "price"),
            (r#"{"id":"me/new","label":"No price","kind":"image"}"#, "me/new", "price"),
            ("7", "id", "needs the id"),
        ] {
            let loaded = load(&[("broken.json", text)]);
            let [problem] = loaded.problems.as_slice() else { panic!("{text}: {:?}", loaded.problems) };
            let shown = problem.to_string();
            assert!(shown.contains("broken.json") && problem.place.contains(place), "{text}: {shown}");
            assert!(problem.reason.contains(reason), "{text}: {shown}");
            assert_eq!(loaded.cards, built_in, "{text}");
        }
        // A part of what the built-in card leaves to defaults.
        let loaded = load(&[("text.json", r#"{"id":"google/veo","text":{"max_chars":100}}"#)]);
        assert_eq!((loaded.problems.len(), loaded.cards[0].text.max_chars), (0, 100));
        assert!(matches!(loaded.cards[0].sources.as_slice(), [CardSource::BuiltIn, CardSource::File { .. }]));
        let huge = format!("\"{}\"", "x".repeat(1 << 20));
        assert!(load(&[("huge.json", &huge)]).problems[0].reason.contains("larger"));
    }
}
