//! How long words last on the screen. Estimates: a generated line brings its true length later.

/// The shortest shot an import makes, in seconds.
pub const MIN_SHOT_SECS: f64 = 2.5;
/// The longest shot an import makes, in seconds; longer speeches go on in further shots.
pub const MAX_SHOT_SECS: f64 = 20.0;
/// The longest shot an action without speech makes, in seconds. Few models make longer clips.
const MAX_ACTION_SECS: f64 = 10.0;

/// Quiet before the first word of a shot.
pub(super) const LEAD_SECS: f64 = 0.5;
/// Quiet after the last word of a shot.
pub(super) const TAIL_SECS: f64 = 0.6;
/// Quiet between two speeches in one shot.
pub(super) const BREATH_SECS: f64 = 0.35;
/// How long `(beat)` and `(pause)` last.
pub(super) const BEAT_SECS: f64 = 0.9;

/// How long a shot of this action should be seen, in seconds.
pub(super) fn action_secs(action: &str) -> f64 {
    let words = action.split_whitespace().count() as f64;
    half_secs(words.mul_add(0.18, 2.0)).clamp(MIN_SHOT_SECS, MAX_ACTION_SECS)
}

/// How long these words take to say, in seconds.
#[must_use]
pub fn speech_secs(text: &str) -> f64 {
    let words = text.split_whitespace().count() as f64;
    let letters = text.chars().filter(|found| found.is_alphanumeric()).count() as f64;
    let stops = text.chars().filter(|found| matches!(found, '.' | ',' | ';' | ':' | '!' | '?' | '—')).count() as f64;
    // Letters decide where words are long or written without spaces.
    (words / 2.7).max(letters / 13.5) + stops * 0.16 + 0.3
}

/// Up to the next half second, so that lengths read well and most models accept them.
pub(super) fn half_secs(secs: f64) -> f64 {
    (secs * 2.0).ceil() / 2.0
}

/// To a tenth of a second.
pub(super) fn tenth_secs(secs: f64) -> f64 {
    (secs * 10.0).round() / 10.0
}

/// Cuts a speech into pieces that each fit into one shot: after a sentence, else after a comma, else after a word,
/// else anywhere.
pub(super) fn split_speech(text: &str) -> Vec<String> {
    let limit = MAX_SHOT_SECS - LEAD_SECS - TAIL_SECS;
    let (mut pieces, mut current) = (Vec::new(), String::new());
    for sentence in sentences(text, &['.', '!', '?', '…', '。', '！', '？']) {
        let clauses =
            if speech_secs(sentence) <= limit { vec![sentence] } else { sentences(sentence, &[',', ';', ':']) };
        for clause in clauses {
            let parts = if speech_secs(clause) <= limit { vec![clause.to_owned()] } else { by_words(clause, limit) };
            for part in parts {
                let joined = if current.is_empty() { part.clone() } else { format!("{current} {part}") };
                if current.is_empty() || speech_secs(&joined) <= limit {
                    current = joined;
                } else {
                    pieces.push(std::mem::replace(&mut current, part));
                }
            }
        }
    }
    pieces.push(current);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Cuts after each of `marks` that a space follows.
fn sentences<'a>(text: &'a str, marks: &[char]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let (mut start, mut after_mark) = (0, false);
    for (at, character) in text.char_indices() {
        if after_mark && character.is_whitespace() {
            out.push(text[start..at].trim());
            start = at;
        }
        after_mark = marks.contains(&character);
    }
    out.push(text[start..].trim());
    out.retain(|piece| !piece.is_empty());
    out
}

fn by_words(text: &str, limit_secs: f64) -> Vec<String> {
    // A hundred letters take less than any limit used here, so a word cut there always fits.
    let words = text.split_whitespace().flat_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        letters.chunks(100).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>()
    });
    let (mut out, mut current, mut current_secs) = (Vec::new(), String::new(), 0.0);
    for word in words {
        let word_secs = speech_secs(&word);
        if !current.is_empty() && current_secs + word_secs > limit_secs {
            out.push(std::mem::take(&mut current));
            current_secs = 0.0;
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(&word);
        current_secs += word_secs;
    }
    out.push(current);
    out
}
