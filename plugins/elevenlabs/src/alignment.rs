//! From the vendor's times of characters to times of words.

use kinora_provider::WordTiming;
use serde::Deserialize;

/// Times of characters; the three lists are equally long.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub(crate) struct Alignment {
    #[serde(default)]
    characters: Vec<String>,
    #[serde(default)]
    character_start_times_seconds: Vec<f64>,
    #[serde(default)]
    character_end_times_seconds: Vec<f64>,
}

/// When each word is said. Empty where the lists do not belong together.
///
/// `has_tags` leaves out directions in square brackets (`[whispers]`), which are not said.
pub(crate) fn words(alignment: &Alignment, has_tags: bool) -> Vec<WordTiming> {
    let Alignment { characters, character_start_times_seconds: starts, character_end_times_seconds: ends } = alignment;
    if characters.len() != starts.len() || characters.len() != ends.len() {
        return Vec::new();
    }
    let mut words: Vec<WordTiming> = Vec::new();
    let mut is_open = false;
    let mut in_tag = false;
    let mut latest_secs = 0.0_f64;
    for ((character, start), end) in characters.iter().zip(starts).zip(ends) {
        if has_tags && character == "[" {
            in_tag = true;
        }
        if in_tag || character.trim().is_empty() {
            in_tag &= character != "]";
            is_open = false;
            continue;
        }
        // Times never run backwards, whatever the vendor says.
        let start_secs = if start.is_finite() { start.max(latest_secs) } else { latest_secs };
        let end_secs = if end.is_finite() { end.max(start_secs) } else { start_secs };
        latest_secs = end_secs;
        let alone = character.chars().all(stands_alone);
        match words.last_mut().filter(|_| is_open && !alone) {
            Some(word) => {
                word.word.push_str(character);
                word.end_secs = end_secs;
            }
            None => words.push(WordTiming { word: character.clone(), start_secs, end_secs }),
        }
        is_open = !alone;
    }
    words
}

/// Scripts that are written without spaces: each character is a caption's word.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, has_tags: bool, wanted: &[(&str, f64, f64)]) {
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let starts = (0..characters.len()).map(|index| index as f64 * 0.5).collect();
        let ends = (0..characters.len()).map(|index| index as f64 * 0.5 + 0.5).collect();
        let alignment =
            Alignment { characters, character_start_times_seconds: starts, character_end_times_seconds: ends };
        let found: Vec<_> = words(&alignment, has_tags);
        let found: Vec<_> = found.iter().map(|word| (word.word.as_str(), word.start_secs, word.end_secs)).collect();
        assert_eq!(found, wanted, "{text:?}");
    }

    #[test]
    fn characters_are_gathered_into_words() {
        check("Hi you", false, &[("Hi", 0.0, 1.0), ("you", 1.5, 3.0)]);
        check("  a\n b. ", false, &[("a", 1.0, 1.5), ("b.", 2.5, 3.5)]);
        check("", false, &[]);
        check("[sighs] No", true, &[("No", 4.0, 5.0)]);
        check("ah[long pause]oh", true, &[("ah", 0.0, 1.0), ("oh", 7.0, 8.0)]);
        check("a[1]", false, &[("a[1]", 0.0, 2.0)]);
        check(
            "月ですa b",
            false,
            &[("月", 0.0, 0.5), ("で", 0.5, 1.0), ("す", 1.0, 1.5), ("a", 1.5, 2.0), ("b", 2.5, 3.0)],
        );
    }

    #[test]
    fn broken_times_never_run_backwards() {
        let lists = |starts: Vec<f64>, ends: Vec<f64>| Alignment {
            characters: vec!["a".into(), " ".into(), "b".into()],
            character_start_times_seconds: starts,
            character_end_times_seconds: ends,
        };
        assert_eq!(words(&lists(vec![0.0], vec![0.1]), false), Vec::new());
        let found = words(&lists(vec![1.0, 1.0, 0.2], vec![0.5, 0.0, f64::NAN]), false);
        assert!(found.iter().all(|word| word.end_secs >= word.start_secs), "{found:?}");
        assert!(found[1].start_secs >= found[0].end_secs, "{found:?}");
    }
}
