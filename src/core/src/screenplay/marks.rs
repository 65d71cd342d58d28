//! What a single line is: title keys, scene numbers, transitions, shot headings and cues.

use super::{
    DialogueBlock,
    clean::{collapse, strip_emphasis},
    heading,
};

/// Openings of all-caps lines that begin a new shot within a scene.
const SHOT_PREFIXES: [&str; 25] = [
    "ANGLE ON",
    "ANOTHER ANGLE",
    "NEW ANGLE",
    "REVERSE ANGLE",
    "LOW ANGLE",
    "HIGH ANGLE",
    "WIDE ANGLE",
    "CLOSE ON",
    "CLOSE UP",
    "CLOSE-UP",
    "CLOSEUP",
    "CLOSER ON",
    "EXTREME CLOSE",
    "MEDIUM SHOT",
    "WIDE SHOT",
    "LONG SHOT",
    "WIDE ON",
    "TWO SHOT",
    "TRACKING SHOT",
    "AERIAL SHOT",
    "OVERHEAD",
    "ESTABLISHING",
    "INSERT",
    "POV",
    "BACK TO",
];

/// Lines that writers set flush left and that are transitions all the same.
const TRANSITIONS: [&str; 9] = [
    "FADE IN",
    "FADE OUT",
    "FADE TO BLACK",
    "CUT TO BLACK",
    "SMASH TO BLACK",
    "DISSOLVE",
    "FADE TO WHITE",
    "IRIS OUT",
    "IRIS IN",
];

/// Text as it is read: no emphasis, single spaces.
pub(super) fn plain(text: &str) -> String {
    collapse(&strip_emphasis(text))
}

pub(super) fn title_key(line: &str) -> Option<(&str, &str)> {
    if line.starts_with([' ', '\t']) {
        return None;
    }
    let (key, value) = line.split_once(':')?;
    let named = key.starts_with(char::is_alphabetic)
        && key.len() <= 40
        && key.chars().all(|found| found.is_alphanumeric() || matches!(found, ' ' | '_' | '-' | '\''));
    (named && !is_transition(line.trim()) && !heading::starts_heading(key)).then_some((key, value.trim()))
}

/// `INT. HUT - NIGHT #12A#` without its number, and the number.
pub(super) fn split_scene_number(text: &str) -> (&str, Option<String>) {
    let numbered = text.trim_end().strip_suffix('#').and_then(|rest| rest.rsplit_once('#'));
    match numbered {
        Some((rest, number)) if !number.is_empty() && !number.contains(char::is_whitespace) => {
            (rest, Some(number.to_owned()))
        }
        _ => (text, None),
    }
}

/// Capitals and no small letters. Scripts without capitals name speakers with `@`.
fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

pub(super) fn is_transition(text: &str) -> bool {
    let bare = text.trim_end_matches(['.', ':', ' ']);
    is_upper(text) && (text.ends_with("TO:") || TRANSITIONS.contains(&bare))
}

pub(super) fn is_shot_heading(text: &str) -> bool {
    let text = text.trim();
    is_upper(text)
        && SHOT_PREFIXES
            .iter()
            .any(|prefix| text.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// A line that can name who speaks: capitals, before any parentheses.
pub(super) fn is_cue(text: &str) -> bool {
    let name = text.split_once('(').map_or(text, |(name, _)| name);
    is_upper(name) && name.chars().count() <= 60
}

/// `RUTHVEN (V.O.) (CONT'D) ^` taken apart; none without a name.
pub(super) fn cue_block(cue: &str) -> Option<DialogueBlock> {
    let cue = cue.trim();
    let (cue, dual) = cue.strip_suffix('^').map_or((cue, false), |rest| (rest.trim_end(), true));
    let (name, rest) = cue.split_once('(').unwrap_or((cue, ""));
    let name: String = plain(name).chars().take(60).collect();
    let extensions = rest.split('(').map(|part| plain(part.split(')').next().unwrap_or_default()));
    let extensions = extensions.filter(|part| !part.is_empty()).collect();
    (!name.is_empty()).then(|| DialogueBlock { name, extensions, dual, parts: Vec::new() })
}
