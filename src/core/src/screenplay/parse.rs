//! Fountain 1.1 to elements: one pass over the lines, no backtracking.

use super::{
    DialogueBlock, DialoguePart, Element, ElementKind, MAX_CHARACTERS, MAX_ELEMENTS, MAX_PARAGRAPH_CHARS,
    MAX_SCENE_CHARS, MAX_SCENE_PARTS, MAX_SCENES, MAX_SCREENPLAY_BYTES, Screenplay, ScreenplayError, TitleField,
    clean::{self, Line},
    heading,
    marks::{cue_block, is_cue, is_shot_heading, is_transition, plain, split_scene_number, title_key},
};
use std::{collections::HashSet, io::Read, path::Path};

/// Reads and parses a screenplay file.
///
/// # Errors
/// [`ScreenplayError`], naming the line where there is one.
pub fn load(path: &Path) -> Result<Screenplay, ScreenplayError> {
    let read_error = |source| ScreenplayError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let limit = MAX_SCREENPLAY_BYTES as u64 + 1;
    std::fs::File::open(path).map_err(read_error)?.take(limit).read_to_end(&mut bytes).map_err(read_error)?;
    parse_bytes(&bytes)
}

/// Parses a screenplay of unknown content.
///
/// # Errors
/// [`ScreenplayError`] as of [`parse`], and if the bytes are no UTF-8 text.
pub fn parse_bytes(bytes: &[u8]) -> Result<Screenplay, ScreenplayError> {
    if bytes.len() > MAX_SCREENPLAY_BYTES {
        return Err(ScreenplayError::TooLarge { limit_bytes: MAX_SCREENPLAY_BYTES });
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ScreenplayError::NotText { line: 1, found: "UTF-16" });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ScreenplayError::NotText {
        line: 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count(),
        found: "bytes that are not UTF-8",
    })?;
    parse(text)
}

/// Parses a screenplay.
///
/// # Errors
/// [`ScreenplayError`] if the text is empty, binary, beyond a limit, or has no scene heading.
pub fn parse(text: &str) -> Result<Screenplay, ScreenplayError> {
    if text.len() > MAX_SCREENPLAY_BYTES {
        return Err(ScreenplayError::TooLarge { limit_bytes: MAX_SCREENPLAY_BYTES });
    }
    let text = clean::normalise(text);
    let strange = |found: char| found.is_control() && !matches!(found, '\n' | '\t' | '\u{c}' | '\u{85}');
    if let Some(at) = text.find(strange) {
        let line = 1 + text[..at].matches('\n').count();
        return Err(ScreenplayError::NotText { line, found: "a control character" });
    }
    if text.trim().is_empty() {
        return Err(ScreenplayError::Empty);
    }
    let lines = clean::lines(&text);
    let mut parser = Parser { lines: &lines, at: 0, screenplay: Screenplay::default(), pending: Vec::new() };
    parser.title_page();
    parser.body()?;
    check_limits(&parser.screenplay, text.split('\n').count())?;
    Ok(parser.screenplay)
}

fn check_limits(screenplay: &Screenplay, lines: usize) -> Result<(), ScreenplayError> {
    let (mut scenes, mut scene_parts, mut scene_chars, mut cues) = (0, 0, 0, HashSet::new());
    for element in &screenplay.elements {
        let too_many = |what, limit| Err(ScreenplayError::TooMany { line: element.line, what, limit });
        match &element.kind {
            ElementKind::SceneHeading { .. } => {
                scenes += 1;
                (scene_parts, scene_chars) = (0, 0);
            }
            ElementKind::Dialogue(block) => {
                scene_parts += block.parts.len();
                cues.insert(block.name.to_uppercase());
            }
            _ => {}
        }
        scene_parts += 1;
        scene_chars += chars(&element.kind);
        if scene_parts > MAX_SCENE_PARTS {
            return too_many("paragraphs and speeches in one scene", MAX_SCENE_PARTS);
        }
        if scene_chars > MAX_SCENE_CHARS {
            return too_many("characters in one scene", MAX_SCENE_CHARS);
        }
        if scenes > MAX_SCENES {
            return too_many("scenes", MAX_SCENES);
        }
        if cues.len() > MAX_CHARACTERS {
            return too_many("characters", MAX_CHARACTERS);
        }
    }
    if scenes == 0 { Err(ScreenplayError::NoScenes { lines }) } else { Ok(()) }
}

struct Parser<'a> {
    lines: &'a [Line],
    at: usize,
    screenplay: Screenplay,
    /// Notes of the element being read: they follow it.
    pending: Vec<(usize, String)>,
}

impl Parser<'_> {
    /// `Key: value` lines at the very top, up to the first empty line.
    fn title_page(&mut self) {
        while self.lines.get(self.at).is_some_and(|line| line.is_blank() || line.is_transparent()) {
            self.take_notes();
            self.at += 1;
        }
        if self.lines.get(self.at).is_none_or(|line| title_key(&line.text).is_none()) {
            self.flush_notes();
            return;
        }
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.is_blank()) {
            if let Some((key, value)) = title_key(&line.text) {
                let values = (!value.is_empty()).then(|| plain(value)).into_iter().collect();
                self.screenplay.title_page.push(TitleField { line: line.number, key: key.to_owned(), values });
            } else if let Some(field) = self.screenplay.title_page.last_mut() {
                let value = plain(&line.text);
                field.values.extend((!value.is_empty()).then_some(value));
            }
            self.take_notes();
            self.at += 1;
        }
        self.flush_notes();
    }

    fn body(&mut self) -> Result<(), ScreenplayError> {
        let mut at_break = true;
        while let Some(line) = self.lines.get(self.at) {
            if line.is_blank() || line.is_transparent() {
                self.take_notes();
                self.at += 1;
                // A note right above an element belongs to it; one alone stands for itself.
                if line.is_blank() || self.lines.get(self.at).is_none_or(Line::is_blank) {
                    self.flush_notes();
                }
                at_break |= line.is_blank();
                continue;
            }
            at_break = self.element(at_break)?;
            self.flush_notes();
            if self.screenplay.elements.len() > MAX_ELEMENTS {
                let limit = MAX_ELEMENTS;
                return Err(ScreenplayError::TooMany {
                    line: line.number,
                    what: "headings, paragraphs and notes",
                    limit,
                });
            }
        }
        Ok(())
    }

    /// Reads the element that starts here. Says whether the next line stands as after an empty line.
    fn element(&mut self, at_break: bool) -> Result<bool, ScreenplayError> {
        let number = self.lines[self.at].number;
        let text = self.lines[self.at].text.trim();
        let single = |parser: &mut Self, kind| {
            parser.take_notes();
            parser.at += 1;
            parser.push(number, kind)?;
            Ok(true)
        };
        if text.len() >= 3 && text.bytes().all(|byte| byte == b'=') {
            return single(self, ElementKind::PageBreak);
        }
        if let Some(rest) = text.strip_prefix('#') {
            let depth = 1 + rest.bytes().take_while(|byte| *byte == b'#').count();
            return single(self, ElementKind::Section { depth, text: plain(rest.trim_start_matches('#')) });
        }
        if let Some(rest) = text.strip_prefix('=') {
            return single(self, ElementKind::Synopsis(plain(rest)));
        }
        let forced_heading = text.strip_prefix('.').filter(|rest| rest.starts_with(char::is_alphanumeric));
        if let Some(rest) = forced_heading.or_else(|| (at_break && heading::starts_heading(text)).then_some(text)) {
            let (rest, scene_number) = split_scene_number(rest);
            return single(self, ElementKind::SceneHeading { text: plain(rest), scene_number });
        }
        if let Some(rest) = text.strip_prefix('>') {
            return single(
                self,
                match rest.strip_suffix('<') {
                    Some(middle) => ElementKind::Centered(plain(middle)),
                    None => ElementKind::Transition(plain(rest)),
                },
            );
        }
        if let Some(rest) = text.strip_prefix('~') {
            return single(self, ElementKind::Lyric(plain(rest)));
        }
        if let Some(rest) = text.strip_prefix("!!") {
            return single(self, ElementKind::ShotHeading(plain(rest)));
        }
        if let Some(rest) = text.strip_prefix('!') {
            return if is_shot_heading(rest) {
                single(self, ElementKind::ShotHeading(plain(rest)))
            } else {
                self.action(number, Some(rest))
            };
        }
        if at_break && self.next_is_blank() && is_transition(text) {
            return single(self, ElementKind::Transition(plain(text)));
        }
        if at_break && is_shot_heading(text) {
            return single(self, ElementKind::ShotHeading(plain(text)));
        }
        let forced_cue = text.strip_prefix('@');
        let spoken = !self.next_is_blank();
        if let Some(cue) = forced_cue.or_else(|| (at_break && spoken && is_cue(text)).then_some(text))
            && let Some(block) = cue_block(cue)
        {
            return self.dialogue(number, block);
        }
        self.action(number, None)
    }

    /// A paragraph: every line up to an empty one or one that can only be something else.
    fn action(&mut self, number: usize, first: Option<&str>) -> Result<bool, ScreenplayError> {
        let mut paragraph = vec![plain(first.unwrap_or(&self.lines[self.at].text))];
        self.take_notes();
        self.at += 1;
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.is_blank()) {
            let text = line.text.trim();
            let breaks = text.starts_with(['#', '~']) || text.starts_with("===") || text.starts_with("!!");
            if breaks || (text.starts_with('>') && text.ends_with('<')) {
                break;
            }
            if !line.is_transparent() {
                paragraph.push(plain(text));
            }
            self.take_notes();
            self.at += 1;
        }
        paragraph.retain(|line| !line.is_empty());
        if !paragraph.is_empty() {
            self.push(number, ElementKind::Action(paragraph.join("\n")))?;
        }
        Ok(false)
    }

    /// What follows a cue, up to an empty line (two spaces hold it open).
    fn dialogue(&mut self, number: usize, mut block: DialogueBlock) -> Result<bool, ScreenplayError> {
        self.take_notes();
        self.at += 1;
        let mut spoken: Vec<String> = Vec::new();
        let end_text = |spoken: &mut Vec<String>, parts: &mut Vec<DialoguePart>| {
            if !spoken.is_empty() {
                parts.push(DialoguePart::Text(spoken.join("\n")));
                spoken.clear();
            }
        };
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.is_blank() || line.is_held_open()) {
            let text = line.text.trim();
            if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
                end_text(&mut spoken, &mut block.parts);
                block.parts.push(DialoguePart::Parenthetical(plain(inner)));
            } else if let Some(sung) = text.strip_prefix('~') {
                end_text(&mut spoken, &mut block.parts);
                block.parts.push(DialoguePart::Lyric(plain(sung)));
            } else if !text.is_empty() {
                spoken.push(plain(text));
            }
            self.take_notes();
            self.at += 1;
        }
        end_text(&mut spoken, &mut block.parts);
        self.push(number, ElementKind::Dialogue(block))?;
        Ok(false)
    }

    fn push(&mut self, line: usize, kind: ElementKind) -> Result<(), ScreenplayError> {
        if chars(&kind) > MAX_PARAGRAPH_CHARS {
            let limit = MAX_PARAGRAPH_CHARS;
            return Err(ScreenplayError::TooMany { line, what: "characters in one paragraph", limit });
        }
        self.screenplay.elements.push(Element { line, kind });
        Ok(())
    }

    /// Whether the next line ends a paragraph; lines of notes alone do not count.
    fn next_is_blank(&self) -> bool {
        self.lines[self.at + 1..].iter().find(|line| !line.is_transparent()).is_none_or(Line::is_blank)
    }

    fn take_notes(&mut self) {
        self.pending.extend(self.lines[self.at].notes.iter().cloned());
    }

    fn flush_notes(&mut self) {
        for (line, text) in self.pending.drain(..) {
            self.screenplay.elements.push(Element { line, kind: ElementKind::Note(text) });
        }
    }
}

fn chars(kind: &ElementKind) -> usize {
    match kind {
        ElementKind::Dialogue(block) => block.parts.iter().map(part_chars).sum(),
        ElementKind::Action(text)
        | ElementKind::Centered(text)
        | ElementKind::Lyric(text)
        | ElementKind::Note(text)
        | ElementKind::SceneHeading { text, .. }
        | ElementKind::Section { text, .. }
        | ElementKind::ShotHeading(text)
        | ElementKind::Synopsis(text)
        | ElementKind::Transition(text) => text.chars().count(),
        ElementKind::PageBreak => 0,
    }
}

fn part_chars(part: &DialoguePart) -> usize {
    match part {
        DialoguePart::Text(text) | DialoguePart::Parenthetical(text) | DialoguePart::Lyric(text) => {
            text.chars().count()
        }
    }
}
