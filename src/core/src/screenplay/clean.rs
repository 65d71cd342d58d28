//! From text to numbered lines: line ends made one kind, boneyards cut out, notes taken aside, emphasis marks removed.

/// A line after boneyards and notes were taken out.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Where it starts in the file, from 1.
    pub(super) number: usize,
    /// What is left of it.
    pub(super) text: String,
    /// The notes that stood in it, with the line each starts on.
    pub(super) notes: Vec<(usize, String)>,
    /// A boneyard was cut out of it.
    boneyard: bool,
}

impl Line {
    fn new(number: usize) -> Self {
        Self { number, ..Self::default() }
    }

    /// No text and no note: it ends a paragraph.
    pub(super) fn is_blank(&self) -> bool {
        self.notes.is_empty() && !self.boneyard && self.has_no_text()
    }

    /// Two spaces and nothing else: an empty line that does not end a speech.
    pub(super) fn is_held_open(&self) -> bool {
        self.has_no_text() && self.text.starts_with("  ")
    }

    /// Notes or boneyards and nothing else: it neither ends a paragraph nor adds to one.
    pub(super) fn is_transparent(&self) -> bool {
        self.has_no_text() && !self.is_blank()
    }

    fn has_no_text(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// One kind of line end, no byte-order mark, and no blanks in empty lines (two stay two: they hold a speech open).
pub(super) fn normalise(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(match line.trim() {
            "" if line.starts_with("  ") => "  ",
            "" => "",
            _ => line,
        });
    }
    out
}

/// Splits normalised text into lines. Linear in the length of the text, whatever it holds.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let (mut out, mut line, mut number, mut at) = (Vec::new(), Line::new(1), 1, 0);
    let mut has_text = false;
    let (mut boneyard_end, mut note_end, mut gap) = (Finder::new("*/"), Finder::new("]]"), Finder::new("\n\n"));
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        let cut = if rest.starts_with("/*") {
            boneyard_end.at_or_after(text, at + 2).map(|end| (end + 2, None))
        } else if rest.starts_with("[[") {
            // A note ends in its paragraph; one that never closes is text.
            let end = note_end.at_or_after(text, at + 2);
            let limit = gap.at_or_after(text, at + 2).unwrap_or(text.len());
            end.filter(|end| *end < limit).map(|end| (end + 2, Some(text[at + 2..end].trim().to_owned())))
        } else {
            None
        };
        if let Some((end, note)) = cut {
            line.boneyard |= note.is_none();
            line.notes.extend(note.map(|note| (number, note)));
            number += text[at..end].matches('\n').count();
            at = end;
            continue;
        }
        at += character.len_utf8();
        if character == '\n' {
            number += 1;
            out.push(std::mem::replace(&mut line, Line::new(number)));
            has_text = false;
        } else {
            if !has_text && !character.is_whitespace() {
                has_text = true;
                line.number = number;
            }
            line.text.push(character);
        }
    }
    out.push(line);
    out
}

/// Finds the next occurrence of a mark from ever later places, looking at each byte once.
struct Finder {
    mark: &'static str,
    found: Option<Option<usize>>,
}

impl Finder {
    const fn new(mark: &'static str) -> Self {
        Self { mark, found: None }
    }

    fn at_or_after(&mut self, text: &str, from: usize) -> Option<usize> {
        match self.found {
            Some(Some(at)) if at >= from => return Some(at),
            Some(None) => return None,
            Some(Some(_)) | None => {}
        }
        let found = text.get(from..).and_then(|rest| rest.find(self.mark)).map(|offset| from + offset);
        self.found = Some(found);
        found
    }
}

/// Takes `*italics*`, `**bold**`, `***both***` and `_underline_` marks out of one line; `\*` and `\_` stay as signs.
/// A mark without its partner is a sign too.
pub(super) fn strip_emphasis(line: &str) -> String {
    if !line.contains(['*', '_', '\\']) {
        return line.to_owned();
    }
    let chars: Vec<char> = line.chars().collect();
    let (mut keep, mut open) = (vec![true; chars.len()], [None::<usize>; 4]);
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '\\' if matches!(chars.get(at + 1), Some('*' | '_')) => {
                keep[at] = false;
                at += 2;
            }
            mark @ ('*' | '_') => {
                let longest = if mark == '*' { 3 } else { 1 };
                let length = chars[at..].iter().take(longest).take_while(|found| **found == mark).count();
                let before = at.checked_sub(1).map(|index| chars[index]);
                let after = chars.get(at + length).copied();
                let within_word = |side: Option<char>| mark == '_' && side.is_some_and(|found| found.is_alphanumeric());
                let closes = before.is_some_and(|found| !found.is_whitespace()) && !within_word(after);
                let opens = after.is_some_and(|found| !found.is_whitespace()) && !within_word(before);
                let kind = if mark == '_' { 0 } else { length };
                match open[kind] {
                    Some(start) if closes => {
                        keep[start..start + length].fill(false);
                        keep[at..at + length].fill(false);
                        open[kind] = None;
                    }
                    _ if opens => open[kind] = Some(at),
                    _ => {}
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    chars.iter().zip(keep).filter_map(|(character, keep)| keep.then_some(*character)).collect()
}

/// Words with single spaces between them.
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
