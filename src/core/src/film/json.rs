//! JSON text of unknown origin: bounded before it is read, and searchable for the line of a place.

use super::limits::{MAX_DEPTH, MAX_VALUES_PER_FILE};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

/// What editors on Windows like to put in front of a text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a text was refused before it was read as JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMuch {
    /// Byte at which the limit was passed.
    pub(super) offset: usize,
    /// What is too much.
    pub(super) message: String,
}

/// Counts nesting and values without reading the text as JSON: what follows may then use memory in proportion.
pub(super) fn scan(text: &[u8]) -> Result<(), TooMuch> {
    let (mut depth, mut values) = (0_usize, 1_usize);
    let (mut in_string, mut escaped) = (false, false);
    for (offset, byte) in text.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                values += 1;
                if depth > MAX_DEPTH {
                    let message = format!("objects and lists are nested more than {MAX_DEPTH} deep");
                    return Err(TooMuch { offset, message });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > MAX_VALUES_PER_FILE {
            return Err(TooMuch { offset, message: format!("the file holds more than {MAX_VALUES_PER_FILE} values") });
        }
    }
    Ok(())
}

/// Line and column (in bytes) of an offset, both counted from 1.
pub(super) fn line_and_column(text: &[u8], offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    (line, column)
}

/// Finds places such as `shots[3].duration` in a text that was scanned, all in one pass.
#[derive(Debug)]
pub(super) struct Places {
    offsets: HashMap<String, usize>,
    line_starts: Vec<usize>,
}

impl Places {
    /// Looks for the places in a text.
    pub(super) fn find<'a>(text: &[u8], places: impl IntoIterator<Item = &'a str>) -> Self {
        let mut search = Search { text, wanted: HashSet::new(), offsets: HashMap::new() };
        for place in places {
            let mut place = Some(place);
            while let Some(part) = place.filter(|part| search.wanted.insert((*part).to_owned())) {
                place = around(part);
            }
        }
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        search.walk(skip_space(text, start), &mut String::new());
        let starts = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        Self { offsets: search.offsets, line_starts: std::iter::once(0).chain(starts).collect() }
    }

    /// Line and column of a place, or of the nearest part around it that is there.
    pub(super) fn line_and_column(&self, place: &str) -> Option<(usize, usize)> {
        let mut part = Some(place).filter(|place| !place.is_empty());
        while let Some(name) = part {
            if let Some(offset) = self.offsets.get(name) {
                let line = self.line_starts.partition_point(|start| start <= offset);
                return Some((line, offset - self.line_starts[line - 1] + 1));
            }
            part = around(name);
        }
        None
    }
}

/// The place around a place: `shots[3]` of `shots[3].duration`; the whole text is the empty place.
fn around(place: &str) -> Option<&str> {
    if place.is_empty() { None } else { Some(place.rfind(['.', '[']).map_or("", |end| &place[..end])) }
}

struct Search<'a> {
    text: &'a [u8],
    /// Every place looked for, and every place around one.
    wanted: HashSet<String>,
    offsets: HashMap<String, usize>,
}

impl Search<'_> {
    /// Goes through the value at `at`, which is at `place`, and says where it ends.
    fn walk(&mut self, at: usize, place: &mut String) -> Option<usize> {
        if !self.wanted.contains(place.as_str()) {
            return read::<IgnoredAny>(self.text, at).map(|(_, end)| end);
        }
        self.offsets.entry(place.clone()).or_insert(at);
        let opening = *self.text.get(at)?;
        if !matches!(opening, b'{' | b'[') {
            return read::<IgnoredAny>(self.text, at).map(|(_, end)| end);
        }
        let mut at = skip_space(self.text, at + 1);
        let length = place.len();
        for index in 0.. {
            if matches!(self.text.get(at)?, b'}' | b']') {
                break;
            }
            if opening == b'{' {
                let (key, end) = read::<String>(self.text, at)?;
                at = skip_space(self.text, skip_space(self.text, end) + 1);
                let dot = if place.is_empty() { "" } else { "." };
                let _ = write!(place, "{dot}{key}");
            } else {
                let _ = write!(place, "[{index}]");
            }
            let end = self.walk(at, place);
            place.truncate(length);
            at = skip_space(self.text, end?);
            if self.text.get(at) == Some(&b',') {
                at = skip_space(self.text, at + 1);
            }
        }
        Some(at + 1)
    }
}

/// A step of a place: into a member of an object, or into an entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Member(&'a str),
    Entry(usize),
}

/// The steps of a place such as `shots[3].duration`.
pub(super) fn steps(place: &str) -> impl Iterator<Item = Step<'_>> {
    place.split(['.', '[']).filter(|part| !part.is_empty()).map(|part| {
        match part.strip_suffix(']').and_then(|index| index.parse().ok()) {
            Some(index) => Step::Entry(index),
            None => Step::Member(part),
        }
    })
}

/// Reads one value and says where it ends.
fn read<'de, T: Deserialize<'de>>(text: &'de [u8], at: usize) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_slice(text.get(at..)?).into_iter::<T>();
    let value = values.next()?.ok()?;
    Some((value, at + values.byte_offset()))
}

fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_where_it_stands() {
        let text = br#"{ "a": {"x": "[,"}, "shots": [ {"d": 1},
  {"d": 25} ] }"#;
        for (place, expected) in [
            ("a.x", Some((1, 14))),
            ("shots", Some((1, 30))),
            ("shots[0]", Some((1, 32))),
            ("shots[1]", Some((2, 3))),
            ("shots[1].d", Some((2, 9))),
            ("shots[1].missing", Some((2, 3))),
            ("shots[7].d", Some((1, 30))),
            ("b", Some((1, 1))),
            ("", None),
        ] {
            assert_eq!(Places::find(text, [place]).line_and_column(place), expected, "{place}");
        }
        // Any text, whole or not, is gone through to its end.
        for end in 0..text.len() {
            Places::find(&text[..end], ["shots[1].d", "a.x"]);
        }
    }

    #[test]
    fn deep_and_endless_texts_are_refused_before_they_are_read() {
        let nested = "[".repeat(MAX_DEPTH + 1);
        assert_eq!(scan(nested.as_bytes()).unwrap_err().offset, MAX_DEPTH);
        let many = "1,".repeat(MAX_VALUES_PER_FILE + 1);
        assert!(scan(many.as_bytes()).unwrap_err().message.contains("values"));
        assert_eq!(scan(br#"{"text": "[[[[[\"{{{{"}"#), Ok(()));
    }
}
