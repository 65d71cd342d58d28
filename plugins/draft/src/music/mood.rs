//! Moods: what words like *tense* or *sorrowful* mean in key, tempo, harmony and colour.

/// How a mood sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mood {
    pub(crate) name: &'static str,
    /// Beginnings of words that call for it.
    words: &'static [&'static str],
    pub(crate) beats_per_minute: f32,
    /// Semitones of the seven steps above the root.
    pub(crate) scale: [i32; 7],
    /// Roots to choose from, MIDI numbers around the second octave.
    pub(crate) roots: &'static [i32],
    /// Chord progressions as scale steps (0 is the tonic), one chord a bar.
    pub(crate) progressions: &'static [&'static [usize]],
    /// Scale steps added to each triad.
    pub(crate) colour: &'static [usize],
    /// The chord before the last.
    pub(crate) cadence: usize,
    pub(crate) figure: Figure,
    /// How much of the melody's places are filled, 0 to 1.
    pub(crate) melody: f32,
    /// How fast overtones of the pad fall; higher is darker.
    pub(crate) darkness: f32,
    /// Loudness of the bass, as a gain.
    pub(crate) bass: f32,
    pub(crate) air_db: f32,
}

/// What moves between the chords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Broken chords on the piano, eighths.
    Flowing,
    /// Broken chords, quarters and rests.
    Sparse,
    /// A muted low pulse, eighths.
    Pulse,
    /// Chords and drum on the beats.
    March,
    /// Short plucked notes off and on the beat.
    Plucked,
    /// A few bells.
    Bells,
}

const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
const DORIAN: [i32; 7] = [0, 2, 3, 5, 7, 9, 10];
const LYDIAN: [i32; 7] = [0, 2, 4, 6, 7, 9, 11];

/// All moods; the first is for prompts that call for none.
#[rustfmt::skip]
const MOODS: &[Mood] = &[
    Mood { name: "calm", words: &["calm", "peace", "quiet", "gentle", "soft", "serene", "ambient", "dream", "still"],
        beats_per_minute: 62.0, scale: MAJOR, roots: &[36, 38, 41], progressions: &[&[0, 3, 0, 4], &[0, 5, 3, 4], &[0, 2, 3, 3]],
        colour: &[1], cadence: 3, figure: Figure::Sparse, melody: 0.35, darkness: 2.0, bass: 0.5, air_db: 0.0 },
    Mood { name: "tense", words: &["tens", "suspen", "dread", "fear", "horror", "dark", "danger", "chase", "threat", "ominous", "sinister", "vampyre", "vampire", "storm", "evil", "menac", "terror", "murder", "night", "gothic"],
        beats_per_minute: 76.0, scale: MINOR, roots: &[33, 35, 36], progressions: &[&[0, 5, 0, 1], &[0, 0, 5, 3], &[0, 1, 0, 5]],
        colour: &[], cadence: 1, figure: Figure::Pulse, melody: 0.2, darkness: 1.9, bass: 1.0, air_db: -2.0 },
    Mood { name: "sorrowful", words: &["sorrow", "sad", "grief", "mourn", "melanchol", "loss", "lament", "tear", "lonel", "elegy", "funeral", "death", "farewell", "tragic"],
        beats_per_minute: 58.0, scale: MINOR, roots: &[38, 40, 33], progressions: &[&[0, 5, 2, 6], &[0, 3, 5, 4], &[0, 6, 5, 4]],
        colour: &[1], cadence: 4, figure: Figure::Flowing, melody: 0.55, darkness: 2.1, bass: 0.6, air_db: -1.0 },
    Mood { name: "warm", words: &["warm", "hope", "tender", "home", "love", "roman", "friend", "comfort", "nostalg", "morning", "heart", "sweet"],
        beats_per_minute: 70.0, scale: MAJOR, roots: &[36, 41, 43], progressions: &[&[0, 4, 5, 3], &[0, 2, 3, 4], &[0, 5, 3, 4]],
        colour: &[1], cadence: 3, figure: Figure::Flowing, melody: 0.6, darkness: 1.7, bass: 0.6, air_db: 0.5 },
    Mood { name: "triumphant", words: &["triumph", "victor", "hero", "epic", "glor", "grand", "majest", "noble", "brave", "battle", "march", "fanfare"],
        beats_per_minute: 96.0, scale: MAJOR, roots: &[36, 38, 41], progressions: &[&[0, 4, 5, 3], &[0, 3, 4, 0], &[0, 6, 3, 4]],
        colour: &[], cadence: 4, figure: Figure::March, melody: 0.7, darkness: 1.35, bass: 0.9, air_db: 1.0 },
    Mood { name: "mysterious", words: &["myster", "magic", "secret", "strange", "eerie", "wonder", "fog", "ghost", "ancient", "uncanny", "moon", "curious"],
        beats_per_minute: 64.0, scale: DORIAN, roots: &[33, 35, 38], progressions: &[&[0, 3, 0, 6], &[0, 2, 3, 0], &[0, 6, 3, 3]],
        colour: &[1], cadence: 3, figure: Figure::Bells, melody: 0.3, darkness: 2.0, bass: 0.7, air_db: 0.5 },
    Mood { name: "playful", words: &["play", "happy", "joy", "comic", "comedy", "light", "cheer", "bright", "funny", "dance", "whims", "merry", "fun"],
        beats_per_minute: 112.0, scale: LYDIAN, roots: &[36, 38, 43], progressions: &[&[0, 1, 0, 4], &[0, 5, 1, 4], &[0, 2, 3, 4]],
        colour: &[], cadence: 4, figure: Figure::Plucked, melody: 0.65, darkness: 1.8, bass: 0.6, air_db: 1.0 },
];

/// The mood most words of a prompt call for.
pub(super) fn mood_of(prompt: &str) -> &'static Mood {
    let prompt = prompt.to_lowercase();
    let words: Vec<&str> = prompt.split(|letter: char| !letter.is_alphabetic()).collect();
    let calls = |mood: &Mood| {
        words.iter().filter(|word| mood.words.iter().any(|beginning| word.starts_with(beginning))).count()
    };
    // The first of the best, so that equal calls are settled by the table and not by chance.
    MOODS.iter().rev().max_by_key(|mood| calls(mood)).unwrap_or(&MOODS[0])
}
