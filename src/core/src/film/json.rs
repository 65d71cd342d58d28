//! JSON text of unknown origin: bounded before it is read, and searchable for the line of a place.

use super::limits::{MAX_DEPTH, MAX_VALUES_PER_FILE};
use serde::{Deserialize, de::IgnoredAny};

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

/// The offset of the value at a place such as `shots[3].duration`; the nearest part around it that exists.
pub(super) fn locate(text: &[u8], place: &str) -> Option<usize> {
    if place.is_empty() {
        return None;
    }
    let mut at = skip_space(text, 0);
    for step in steps(place) {
        match enter(text, at, step) {
            Some(inside) => at = inside,
            None => break,
        }
    }
    Some(at)
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

/// The offset of what lies one step inside the value at `at`.
fn enter(text: &[u8], at: usize, step: Step<'_>) -> Option<usize> {
    let opening = text.get(at)?;
    let mut at = skip_space(text, at + 1);
    let mut index = 0;
    loop {
        let found = match (opening, step) {
            (b'{', Step::Member(name)) => {
                let (key, end) = read::<String>(text, at)?;
                at = skip_space(text, skip_space(text, end) + 1);
                key == name
            }
            (b'[', Step::Entry(wanted)) => index == wanted,
            _ => return None,
        };
        if found {
            return (at < text.len()).then_some(at);
        }
        let (_, end) = read::<IgnoredAny>(text, at)?;
        at = skip_space(text, end);
        if text.get(at) != Some(&b',') {
            return None;
        }
        at = skip_space(text, at + 1);
        index += 1;
    }
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
        let check = |place: &str, expected: Option<&str>| {
            let found = locate(text, place).map(|at| &text[at..]);
            assert_eq!(found.map(|rest| rest.starts_with(expected.unwrap_or("?").as_bytes())), expected.map(|_| true));
        };
        check("shots[1].d", Some("25"));
        check("shots[1]", Some("{\"d\": 25"));
        check("a.x", Some("\"[,\""));
        check("shots[1].missing", Some("{\"d\": 25"));
        check("shots[7].d", Some("[ {"));
        check("", None);
        assert_eq!(line_and_column(text, locate(text, "shots[1].d").unwrap()), (2, 9));
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
