//! JSON to the film's types, finding every error of a file rather than the first.
//!
//! A sound file is read straight into its type. A broken one is read again as plain JSON: the place of the first error
//! is noted and repaired in memory, and the reading starts over, until nothing is wrong or too much is. What was
//! repaired is never saved: it only lets the checks behind it see the rest.

use super::{Problem, SCHEMA_VERSION, json};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json as value};
use std::collections::BTreeSet;

/// Errors of a file that are listed; more would not help anyone.
pub(super) const MAX_ERRORS_PER_FILE: usize = 100;
/// Bytes that are read again to find further errors of one file: bounds the time a big broken file takes.
const REPAIR_BYTES: usize = 64 * 1024 * 1024;

/// What reading a file gave.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    /// The content, repaired where `problems` say so; absent if nothing could be made of it.
    pub(super) value: Option<T>,
    /// The errors found.
    pub(super) problems: Vec<Problem>,
    /// Places that were repaired: what a later check says about them is already said.
    pub(super) repaired: BTreeSet<String>,
}

impl<T> Parsed<T> {
    fn broken(problem: Problem) -> Self {
        Self { value: None, problems: vec![problem], repaired: BTreeSet::new() }
    }
}

/// Reads a file's text as `T`. `upgrade` brings the JSON of an older schema version up to date first.
pub(super) fn parse<T: DeserializeOwned>(
    file: &str,
    text: &[u8],
    upgrade: Option<&dyn Fn(Value) -> Value>,
) -> Parsed<T> {
    let text = text.strip_prefix(json::BYTE_ORDER_MARK).unwrap_or(text);
    if let Err(too_much) = json::scan(text) {
        let (line, column) = json::line_and_column(text, too_much.offset);
        let problem = Problem::error(file, "", too_much.message, "restore the file from a backup");
        return Parsed::broken(Problem { line: Some(line), column: Some(column), ..problem });
    }
    let mut first = None;
    if upgrade.is_none() {
        if let Ok(content) = serde_json::from_slice::<T>(text) {
            return Parsed { value: Some(content), problems: Vec::new(), repaired: BTreeSet::new() };
        }
        // Only a broken file pays for knowing where in it the reader is.
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Ok(content) => {
                return match deserializer.end() {
                    Ok(()) => Parsed { value: Some(content), problems: Vec::new(), repaired: BTreeSet::new() },
                    Err(error) => Parsed::broken(syntax_problem(file, "", &error)),
                };
            }
            Err(error) => {
                let place = place_of(&error);
                if !error.inner().is_data() {
                    return Parsed::broken(syntax_problem(file, &place, error.inner()));
                }
                first = Some(error_problem(file, &place, &error.into_inner()));
            }
        }
    }
    match serde_json::from_slice::<Value>(text) {
        Ok(content) => {
            let content = match upgrade {
                Some(upgrade) => upgrade(content),
                None => content,
            };
            repair(file, text.len(), content, first)
        }
        Err(error) => Parsed::broken(syntax_problem(file, "", &error)),
    }
}

fn repair<T: DeserializeOwned>(file: &str, text_bytes: usize, mut content: Value, first: Option<Problem>) -> Parsed<T> {
    let mut parsed = Parsed { value: None, problems: Vec::from_iter(first), repaired: BTreeSet::new() };
    let mut said: BTreeSet<String> = parsed.problems.iter().map(full_place).collect();
    // Every round mends one place more, and a mended place that is still wrong ends it.
    let rounds = (REPAIR_BYTES / text_bytes.max(1)).clamp(1, MAX_ERRORS_PER_FILE);
    while parsed.repaired.len() <= rounds {
        let error = match serde_path_to_error::deserialize::<_, T>(&content) {
            Ok(value) => {
                parsed.value = Some(value);
                return parsed;
            }
            Err(error) => error,
        };
        let place = place_of(&error);
        let problem = error_problem(file, &place, error.inner());
        let full = full_place(&problem);
        let message = problem.message.clone();
        if said.insert(full.clone()) && !parsed.repaired.contains(&place) {
            parsed.problems.push(problem);
        }
        if !mend(&mut content, &place, &message, parsed.repaired.len()) || !parsed.repaired.insert(full) {
            break;
        }
    }
    parsed
}

/// The place of a problem, with the member that is missing there.
fn full_place(problem: &Problem) -> String {
    match (missing_member(&problem.message), problem.place.is_empty()) {
        (Some(name), true) => name.to_owned(),
        (Some(name), false) => format!("{}.{name}", problem.place),
        (None, _) => problem.place.clone(),
    }
}

/// Puts something harmless where the error is. False if nothing can be done.
fn mend(content: &mut Value, place: &str, message: &str, number: usize) -> bool {
    let steps: Vec<_> = json::steps(place).collect();
    if let Some(name) = missing_member(message) {
        return match follow(content, &steps) {
            Some(Value::Object(members)) => {
                members.insert(name.to_owned(), harmless(name, number).unwrap_or(Value::Null));
                true
            }
            _ => false,
        };
    }
    let Some((last, outer)) = steps.split_last() else {
        // The whole file is of the wrong type.
        *content = if message.contains("expected a list") { value!([]) } else { value!({}) };
        return true;
    };
    match (follow(content, outer), last) {
        (Some(Value::Object(members)), json::Step::Member(name)) => {
            match harmless(name, number).filter(|sound| members.get(*name) != Some(sound)) {
                Some(sound) => drop(members.insert((*name).to_owned(), sound)),
                None => drop(members.shift_remove(*name)),
            }
            true
        }
        (Some(Value::Array(entries)), json::Step::Entry(index)) if *index < entries.len() => {
            let objects = matches!(outer.last(), None | Some(json::Step::Member("shots" | "takes" | "voice_lines")));
            let sound = if objects { Value::Object(Map::new()) } else { unreadable_name(number) };
            if entries[*index] == sound {
                return false;
            }
            entries[*index] = sound;
            true
        }
        _ => false,
    }
}

/// A sound value for a member that must be there; `None` for members that may be absent.
fn harmless(name: &str, number: usize) -> Option<Value> {
    Some(match name {
        "shot_id" | "take_id" | "line_id" | "character_id" | "scene_id" => unreadable_name(number),
        "file_path" => unreadable_name(number),
        "name" | "text" | "title" => value!(""),
        "duration" | "duration_secs" => value!(1.0),
        "schema_version" => value!(SCHEMA_VERSION),
        "rate" => value!("24"),
        "size" => value!({"width": 1920, "height": 1080}),
        "width" | "height" => value!(16),
        "has_audio" => value!(false),
        "scene_order" => value!([]),
        _ => return None,
    })
}

fn unreadable_name(number: usize) -> Value {
    value!(format!("unreadable-{number}"))
}

fn follow<'a>(content: &'a mut Value, steps: &[json::Step<'_>]) -> Option<&'a mut Value> {
    steps.iter().try_fold(content, |value, step| match step {
        json::Step::Member(name) => value.as_object_mut()?.get_mut(*name),
        json::Step::Entry(index) => value.as_array_mut()?.get_mut(*index),
    })
}

fn place_of<E>(error: &serde_path_to_error::Error<E>) -> String {
    match error.path().to_string() {
        root if root == "." => String::new(),
        place => place.trim_end_matches('?').trim_end_matches('.').to_owned(),
    }
}

/// The name in serde's "missing field `name`".
fn missing_member(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

fn error_problem(file: &str, place: &str, error: &serde_json::Error) -> Problem {
    let message = without_position(error);
    let fix = if missing_member(&message).is_some() {
        "add it"
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "write a value of the expected type"
    } else if message.starts_with("unknown variant") {
        "write one of the values named"
    } else if message.starts_with("duplicate field") {
        "keep one of the two"
    } else if message.starts_with("more than") {
        "split the film into smaller parts"
    } else {
        "correct the value"
    };
    let mut problem = Problem::error(file, place, message, fix);
    // Where serde stopped is behind the place; only a problem of the whole file has no better line.
    if place.is_empty() && error.line() > 0 {
        (problem.line, problem.column) = (Some(error.line()), Some(error.column()));
    }
    problem
}

fn syntax_problem(file: &str, place: &str, error: &serde_json::Error) -> Problem {
    let message = format!("not valid JSON: {}", without_position(error));
    let problem = Problem::error(file, place, message, "correct the text at this place, or restore a backup");
    Problem { line: Some(error.line()), column: Some(error.column()), ..problem }
}

/// serde's message without the position at its end, which a problem carries apart.
fn without_position(error: &serde_json::Error) -> String {
    let mut message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    if message.ends_with(&position) {
        message.truncate(message.len() - position.len());
    }
    // What a hostile file quotes back is cut, so that a message stays one line.
    match message.char_indices().nth(400) {
        Some((cut, _)) => format!("{} …", &message[..cut]),
        None => message,
    }
}
