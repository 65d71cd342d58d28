//! Which lines were spoken lately, so that the next one joins them: the vendor takes the request ids of what came
//! before and after, for two hours.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The vendor forgets request ids after two hours; a little less, for requests that take their time.
const LIFETIME: Duration = Duration::from_secs(115 * 60);
/// Most ids the vendor takes on either side.
pub(crate) const MAX_IDS: usize = 3;
/// Most lines remembered; the oldest go first.
const MAX_LINES: usize = 512;

/// The lines spoken lately, of all voices.
#[derive(Default)]
pub(crate) struct Spoken {
    lines: Mutex<VecDeque<Line>>,
}

struct Line {
    voice_id: String,
    model_id: String,
    text: String,
    request_id: String,
    /// Its own id and those before it, the oldest first.
    chain: Vec<String>,
    spoken_at: Instant,
}

/// Who speaks: lines join only where both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Teller<'a> {
    pub(crate) voice_id: &'a str,
    pub(crate) model_id: &'a str,
}

/// The request ids on both sides of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Neighbours {
    /// At most three, the oldest first.
    pub(crate) previous: Vec<String>,
    /// At most one: what follows was made from here on.
    pub(crate) next: Vec<String>,
}

impl Spoken {
    /// Who was heard before and after a line, in the same voice by the same model.
    pub(crate) fn neighbours(&self, teller: Teller<'_>, before: &str, after: &str) -> Neighbours {
        self.neighbours_at(teller, before, after, Instant::now())
    }

    fn neighbours_at(&self, teller: Teller<'_>, before: &str, after: &str, now: Instant) -> Neighbours {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = |text: &str| {
            let text = text.trim();
            lines.iter().rev().find(|line| {
                !text.is_empty()
                    && line.text == text
                    && line.voice_id == teller.voice_id
                    && line.model_id == teller.model_id
                    && now.saturating_duration_since(line.spoken_at) < LIFETIME
            })
        };
        // A chain's oldest ids may be older than two hours although its last line is not.
        let is_fresh = |request_id: &String| {
            lines
                .iter()
                .any(|line| line.request_id == *request_id && now.saturating_duration_since(line.spoken_at) < LIFETIME)
        };
        let chain = latest(before).map(|line| line.chain.iter().filter(|id| is_fresh(id)).cloned().collect::<Vec<_>>());
        let mut previous = chain.unwrap_or_default();
        previous.drain(..previous.len().saturating_sub(MAX_IDS));
        Neighbours { previous, next: latest(after).map(|line| line.request_id.clone()).into_iter().collect() }
    }

    /// Keeps a line that was spoken.
    pub(crate) fn remember(&self, teller: Teller<'_>, text: &str, request_id: &str, previous: &[String]) {
        self.remember_at(teller, text, request_id, previous, Instant::now());
    }

    fn remember_at(&self, teller: Teller<'_>, text: &str, request_id: &str, previous: &[String], spoken_at: Instant) {
        let mut chain: Vec<String> = previous.iter().rev().take(MAX_IDS - 1).rev().cloned().collect();
        chain.push(request_id.to_owned());
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(Line {
            voice_id: teller.voice_id.into(),
            model_id: teller.model_id.into(),
            text: text.trim().into(),
            request_id: request_id.into(),
            chain,
            spoken_at,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Teller<'_> = Teller { voice_id: "voice", model_id: "eleven_multilingual_v2" };

    #[test]
    fn a_line_joins_the_three_before_it_and_the_one_after() {
        let spoken = Spoken::default();
        let mut before = String::new();
        for (index, text) in ["One.", "Two.", "Three.", "Four."].into_iter().enumerate() {
            let around = spoken.neighbours(T, &before, "");
            assert_eq!(around.previous.len(), index.min(MAX_IDS), "{text}");
            spoken.remember(T, text, &format!("r{}", index + 1), &around.previous);
            before = text.into();
        }
        let around = spoken.neighbours(T, " Four. ", "Two.");
        assert_eq!(around.previous, ["r2", "r3", "r4"]);
        assert_eq!(around.next, ["r2"]);
    }

    #[test]
    fn another_voice_another_model_or_two_hours_part_them() {
        let spoken = Spoken::default();
        let start = Instant::now();
        let hour = Duration::from_secs(3600);
        spoken.remember_at(T, "One.", "r1", &[], start);
        spoken.remember_at(T, "Two.", "r2", &["r1".into()], start + hour);
        let at = |teller, before: &str, now| spoken.neighbours_at(teller, before, "", now);
        assert_eq!(at(T, "Two.", start + hour).previous, ["r1", "r2"]);
        assert_eq!(at(T, "Two.", start + 2 * hour).previous, ["r2"], "r1 is too old by now");
        assert_eq!(at(T, "Two.", start + 3 * hour), Neighbours::default());
        assert_eq!(at(Teller { voice_id: "other", ..T }, "Two.", start + hour), Neighbours::default());
        assert_eq!(at(Teller { model_id: "eleven_flash_v2_5", ..T }, "Two.", start + hour), Neighbours::default());
        assert_eq!(at(T, "", start + hour), Neighbours::default());
    }

    #[test]
    fn memory_is_bounded() {
        let spoken = Spoken::default();
        for index in 0..MAX_LINES + 10 {
            spoken.remember(T, &index.to_string(), &format!("r{index}"), &[]);
        }
        assert_eq!(spoken.lines.lock().unwrap().len(), MAX_LINES);
        assert_eq!(spoken.neighbours(T, "3", ""), Neighbours::default());
    }
}
