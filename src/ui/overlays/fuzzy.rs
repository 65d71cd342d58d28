//! How well typed letters fit a name: they must come in order; the better the fewer words they break.

/// Score of `query` in `text`, the higher the better; none where a letter is missing. Spaces count for nothing.
#[must_use]
pub fn score(query: &str, text: &str) -> Option<i32> {
    let query: Vec<char> =
        query.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect();
    if query.is_empty() {
        return Some(0);
    }
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).take(MOST_LETTERS).collect();
    // best[i]: the best score with the letters so far, the last of them at i.
    let mut best: Vec<Option<i32>> = vec![None; text.len()];
    for (number, letter) in query.iter().enumerate() {
        let mut next: Vec<Option<i32>> = vec![None; text.len()];
        let mut before: Option<i32> = (number == 0).then_some(0);
        for at in 0..text.len() {
            if text[at] == *letter {
                let apart = before.map(|score| score + letter_score(&text, at));
                let joined = at.checked_sub(1).and_then(|last| best[last]).map(|score| score + JOINED);
                next[at] = apart.max(joined.filter(|_| number > 0));
            }
            if number > 0 {
                before = before.max(best[at]);
            }
        }
        best = next;
    }
    let top = best.into_iter().flatten().max()?;
    // Of two names that fit alike the shorter one is meant.
    Some(top - i32::try_from(text.len()).unwrap_or(i32::MAX) / 8)
}

const MOST_LETTERS: usize = 200;
/// A letter right after the one before it.
const JOINED: i32 = 12;

/// A letter by itself: more where a word begins.
fn letter_score(text: &[char], at: usize) -> i32 {
    match at.checked_sub(1).map(|last| text[last]) {
        None => 16,
        Some(last) if !last.is_alphanumeric() => 10,
        Some(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_is_meant_comes_first() {
        let check = |query: &str, better: &str, worse: &str| {
            let (one, other) = (score(query, better), score(query, worse));
            assert!(one > other, "{query:?}: {better:?} {one:?} is not before {worse:?} {other:?}");
        };
        check("undo", "Undo", "Sound door");
        check("as", "Add shot", "Mark as");
        check("rf", "Render film", "Reference frames far");
        check("render", "Render film", "Rear end era");
        check("zoom in", "Zoom in", "Zoom out and in");
        check("q", "Quit", "Make square");
        check("gen", "Generate shot", "Scene of gentry");
        check("x", "Exit", "Open");
    }

    #[test]
    fn letters_come_in_order() {
        let check =
            |query: &str, text: &str, fits: bool| assert_eq!(score(query, text).is_some(), fits, "{query} {text}");
        check("", "anything", true);
        check("abc", "a b c", true);
        check("cba", "a b c", false);
        check("aa", "a", false);
        check("É", "née", true);
        check("z", "", false);
    }
}
