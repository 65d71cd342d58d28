//! The cast: voices made of espeak-ng's variants, and who gets which.

use std::collections::HashSet;

/// Which kind of name a voice goes with, as far as a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
    Low,
    High,
    /// Given only when asked for by id.
    Special,
}

/// One voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DraftVoice {
    /// Id without the provider; a request may say `draft:narrator` or `narrator`.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) register: Register,
    /// espeak-ng voice with variant.
    pub(crate) espeak: &'static str,
    /// espeak-ng pitch, 0 to 99.
    pub(crate) pitch: u8,
    pub(crate) words_per_minute: u16,
    /// Pause between words in tens of milliseconds.
    pub(crate) word_gap: u8,
    /// Change of the throat after speaking, a factor; 1 for none.
    pub(crate) formant: f32,
    pub(crate) warmth_db: f32,
    pub(crate) air_db: f32,
    /// Pitch a converted recording is brought to, in hertz.
    pub(crate) pitch_hz: f32,
    /// Throat a converted recording is brought to, beside an average man's.
    pub(crate) throat: f32,
}

/// The cast.
#[rustfmt::skip]
pub(crate) const VOICES: &[DraftVoice] = &[
    DraftVoice { id: "narrator", name: "Narrator", description: "Even, unhurried, British", register: Register::Special,
        espeak: "en-gb-x-rp", pitch: 44, words_per_minute: 152, word_gap: 1, formant: 0.97, warmth_db: 3.0, air_db: 1.0, pitch_hz: 105.0, throat: 0.97 },
    DraftVoice { id: "baritone", name: "Baritone", description: "Low and measured, British", register: Register::Low,
        espeak: "en-gb-x-rp+m3", pitch: 26, words_per_minute: 142, word_gap: 1, formant: 0.94, warmth_db: 4.0, air_db: 0.5, pitch_hz: 92.0, throat: 0.94 },
    DraftVoice { id: "tenor", name: "Tenor", description: "Clear and open, British", register: Register::Low,
        espeak: "en-gb-x-rp+m7", pitch: 52, words_per_minute: 162, word_gap: 0, formant: 1.02, warmth_db: 2.0, air_db: 1.5, pitch_hz: 135.0, throat: 1.02 },
    DraftVoice { id: "alto", name: "Alto", description: "Warm and grave, British", register: Register::High,
        espeak: "en-gb-x-rp+f2", pitch: 40, words_per_minute: 152, word_gap: 1, formant: 1.0, warmth_db: 2.0, air_db: 1.0, pitch_hz: 180.0, throat: 1.12 },
    DraftVoice { id: "bass", name: "Bass", description: "Dark, slow, close", register: Register::Low,
        espeak: "en-gb-x-rp+m1", pitch: 14, words_per_minute: 130, word_gap: 2, formant: 0.9, warmth_db: 5.0, air_db: 0.0, pitch_hz: 78.0, throat: 0.89 },
    DraftVoice { id: "soprano", name: "Soprano", description: "Light and quick, British", register: Register::High,
        espeak: "en-gb-x-rp+f3", pitch: 58, words_per_minute: 165, word_gap: 0, formant: 1.03, warmth_db: 1.0, air_db: 1.5, pitch_hz: 225.0, throat: 1.18 },
    DraftVoice { id: "elder", name: "Elder", description: "Aged, rough, Scottish", register: Register::Low,
        espeak: "en-gb-scotland+m4", pitch: 46, words_per_minute: 128, word_gap: 2, formant: 0.98, warmth_db: 1.0, air_db: -1.0, pitch_hz: 118.0, throat: 0.98 },
    DraftVoice { id: "matron", name: "Matron", description: "Firm and full, Scottish", register: Register::High,
        espeak: "en-gb-scotland+f2", pitch: 34, words_per_minute: 146, word_gap: 1, formant: 0.97, warmth_db: 3.0, air_db: 0.0, pitch_hz: 165.0, throat: 1.06 },
    DraftVoice { id: "plainsman", name: "Plainsman", description: "Dry and steady, American", register: Register::Low,
        espeak: "en-us+m2", pitch: 40, words_per_minute: 156, word_gap: 1, formant: 0.98, warmth_db: 2.5, air_db: 0.5, pitch_hz: 112.0, throat: 0.99 },
    DraftVoice { id: "ingenue", name: "Ingenue", description: "Young and bright, American", register: Register::High,
        espeak: "en-us+f5", pitch: 62, words_per_minute: 168, word_gap: 0, formant: 1.05, warmth_db: 0.5, air_db: 1.5, pitch_hz: 245.0, throat: 1.2 },
    DraftVoice { id: "youth", name: "Youth", description: "Eager, a little breathless", register: Register::Low,
        espeak: "en-gb+m5", pitch: 66, words_per_minute: 172, word_gap: 0, formant: 1.06, warmth_db: 1.0, air_db: 1.0, pitch_hz: 155.0, throat: 1.06 },
    DraftVoice { id: "whisper", name: "Whisper", description: "Breath without voice", register: Register::Special,
        espeak: "en-gb-x-rp+whisper", pitch: 40, words_per_minute: 142, word_gap: 2, formant: 1.0, warmth_db: 2.0, air_db: 2.0, pitch_hz: 110.0, throat: 1.0 },
];

/// The voice asked for, or the speaker's own: the same one each time. `None` for an id that is not in the cast.
pub(crate) fn voice_for(voice_id: Option<&str>, speaker: &str) -> Option<&'static DraftVoice> {
    match voice_id.map(|id| id.strip_prefix("draft:").unwrap_or(id).trim()) {
        Some(id) if !id.is_empty() => VOICES.iter().find(|voice| voice.id == id),
        _ => Some(candidates(speaker)[0]),
    }
}

/// Gives each speaker a voice id, no two the same while the cast lasts; the first named choose first.
#[must_use]
pub fn cast_voices<S: AsRef<str>>(speakers: &[S]) -> Vec<String> {
    let mut taken = HashSet::new();
    speakers
        .iter()
        .map(|speaker| {
            let wishes = candidates(speaker.as_ref());
            let voice = wishes.iter().find(|voice| !taken.contains(voice.id)).unwrap_or(&wishes[0]);
            taken.insert(voice.id);
            format!("{}:{}", crate::PROVIDER_ID, voice.id)
        })
        .collect()
}

/// The voices for a speaker, the best first: the register the name suggests, in an order only the name decides.
fn candidates(speaker: &str) -> Vec<&'static DraftVoice> {
    // `AUBREY (V.O.)` is Aubrey.
    let name = speaker.split('(').next().unwrap_or_default().trim().to_lowercase();
    if name.is_empty() || name == "narrator" {
        return vec![&VOICES[0]];
    }
    let register = register_of(&name);
    let order = |voice: &DraftVoice| {
        let digest = blake3::hash(format!("{name}/{}", voice.id).as_bytes());
        (voice.register != register, *digest.as_bytes())
    };
    let mut voices: Vec<_> = VOICES.iter().filter(|voice| voice.register != Register::Special).collect();
    voices.sort_by_key(|voice| order(voice));
    voices
}

/// A guess from a title or an ending; wrong guesses are mended by naming a voice.
fn register_of(name: &str) -> Register {
    const HIGH: &[&str] = &[
        "lady",
        "miss",
        "mrs",
        "ms",
        "madame",
        "madam",
        "queen",
        "princess",
        "mother",
        "sister",
        "daughter",
        "aunt",
        "woman",
        "girl",
        "wife",
        "nun",
        "maid",
        "countess",
        "duchess",
        "grandmother",
        "actress",
        "mary",
        "jane",
        "elizabeth",
        "anne",
        "alice",
        "rose",
        "margaret",
        "claire",
        "ruth",
        "esther",
        "ellen",
        "helen",
        "ianthe",
    ];
    let words: Vec<_> = name.split(|letter: char| !letter.is_alphabetic()).collect();
    let last = words.iter().rev().find(|word| !word.is_empty()).copied().unwrap_or_default();
    let ends = ["a", "ie", "ette", "elle", "ine", "lyn"];
    if words.iter().any(|word| HIGH.contains(word)) || ends.iter().any(|end| last.ends_with(end)) {
        Register::High
    } else {
        Register::Low
    }
}
