//! How big a project may be. The limits are far above any real film; they keep a hostile file from taking the memory
//! or the time of the machine.

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};
use std::{fmt, marker::PhantomData, ops::RangeInclusive};

/// Bytes of one JSON file.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of all JSON files of a project.
pub const MAX_PROJECT_BYTES: u64 = 512 * 1024 * 1024;
/// Values (objects, lists, members, entries) in one JSON file.
pub const MAX_VALUES_PER_FILE: usize = 2_000_000;
/// Objects and lists inside each other in one JSON file.
pub const MAX_DEPTH: usize = 64;
/// Scenes of a film.
pub const MAX_SCENES: usize = 10_000;
/// Shots of a scene.
pub const MAX_SHOTS_PER_SCENE: usize = 5_000;
/// Shots of a film.
pub const MAX_SHOTS: usize = 100_000;
/// Takes of a shot.
pub const MAX_TAKES_PER_SHOT: usize = 1_000;
/// Lines of dialogue of a scene.
pub const MAX_LINES_PER_SCENE: usize = 10_000;
/// Characters of a film.
pub const MAX_CHARACTERS: usize = 1_000;
/// Portraits of a character, and characters in a shot.
pub const MAX_PER_CHARACTER_LIST: usize = 100;
/// Letters of a prompt, a line of dialogue or any other text.
pub const MAX_TEXT_CHARS: usize = 100_000;
/// Letters of a title, a name or a model.
pub const MAX_NAME_CHARS: usize = 1_000;

/// Seconds of a shot or of any clip.
pub const DURATION_SECS: RangeInclusive<f64> = 0.04..=3600.0;
/// Seconds by which a lane or a line of dialogue may be moved.
pub const OFFSET_SECS: RangeInclusive<f64> = -86_400.0..=86_400.0;
/// Seconds of a fade of a lane.
pub const FADE_SECS: RangeInclusive<f64> = 0.0..=600.0;
/// Decibels of any gain.
pub const GAIN_DB: RangeInclusive<f64> = -96.0..=24.0;
/// Seconds of the fade between scenes.
pub const SCENE_FADE_SECS: RangeInclusive<f64> = 0.0..=30.0;
/// Seconds of a smoothed seam on each side of its cut.
pub const SEAM_WINDOW_SECS: RangeInclusive<f64> = 0.05..=3.0;
/// Decibels by which music steps back under speech.
pub const DUCK_DB: RangeInclusive<f64> = 0.0..=60.0;
/// Loudness of a film in LUFS.
pub const LOUDNESS_LUFS: RangeInclusive<f64> = -40.0..=-5.0;
/// Highest true peak of a film in dBTP.
pub const TRUE_PEAK_DBTP: RangeInclusive<f64> = -20.0..=0.0;
/// US dollars of a take.
pub const COST_USD: RangeInclusive<f64> = 0.0..=1_000_000.0;
/// Pixels of each side of the film's picture.
pub const FRAME_SIDE_PX: RangeInclusive<u32> = 16..=8192;
/// Pixels of each side of a take's picture.
pub const TAKE_SIDE_PX: RangeInclusive<u32> = 1..=32_768;
/// MiB of the cache.
pub const CACHE_MIB: RangeInclusive<u64> = 16..=16_777_216;
/// US dollars of a film's budget.
pub const BUDGET_USD: RangeInclusive<f64> = 0.0..=10_000_000.0;
/// An in or out point, in frames: an hour at 240 frames a second.
pub const MAX_POINT_FRAMES: u64 = 864_000;

/// Reads a list of at most `LIMIT` entries and stops at the first one more.
pub(super) fn bounded<'de, D, T, const LIMIT: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T, const LIMIT: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const LIMIT: usize> Visitor<'de> for Bounded<T, LIMIT> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "a list of at most {LIMIT}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while list.len() < LIMIT {
                match entries.next_element()? {
                    Some(entry) => list.push(entry),
                    None => return Ok(list),
                }
            }
            match entries.next_element::<IgnoredAny>()? {
                Some(_) => Err(A::Error::custom(format_args!("more than {LIMIT} entries, which is the limit"))),
                None => Ok(list),
            }
        }
    }

    deserializer.deserialize_seq(Bounded::<T, LIMIT>(PhantomData))
}
