//! Who stands, kneels, sits or lies, by the verbs of a prompt.

use super::reading::Words;

/// How someone holds the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Posture {
    #[default]
    Standing,
    Kneeling,
    Seated,
    Lying,
}

const VERBS: &[(Posture, &str)] = &[
    (
        Posture::Lying,
        "lies|lying|lay|laid out|deathbed|sickbed|dying|asleep|sleeping|sleep|in bed|on the bed|corpse|unconscious|collapsed",
    ),
    (
        Posture::Kneeling,
        "kneels|kneeling|kneel|knelt|on one knee|on his knees|on her knees|crouches|crouching|crouched",
    ),
    (Posture::Seated, "sits|sitting|sit|sat|seated|sits down|takes a seat|slumped in a chair|in the armchair"),
];

/// Words that stand right before the one they tell of: "the dying king".
const BEFORE_NAMES: &str = "dying|sleeping|unconscious|kneeling|crouching|seated|lying";

/// The posture of each of some people, whose words stand in the prompt at these places (none for the unnamed). A verb
/// belongs to the person last named before it, a describing word to the one named right after it, and a verb before
/// every name to the last person, who is then the one looked at.
pub(super) fn postures(words: &Words, named_at: &[Option<usize>]) -> Vec<Posture> {
    let mut found: Vec<Option<(usize, Posture)>> = vec![None; named_at.len()];
    for &(posture, list) in VERBS {
        for (at, length) in words.each(list) {
            let describes = BEFORE_NAMES.split('|').any(|word| words.is_at(at, word));
            let after = named_at.iter().position(|named| describes && *named == Some(at + length + 1));
            let before = || {
                let named = named_at.iter().enumerate().filter_map(|(person, named)| Some((person, (*named)?)));
                named.filter(|&(_, named)| named < at).max_by_key(|&(_, named)| named).map(|(person, _)| person)
            };
            let Some(person) = after.or_else(before).or_else(|| named_at.len().checked_sub(1)) else { continue };
            if found[person].is_none_or(|(earlier, _)| at < earlier) {
                found[person] = Some((at, posture));
            }
        }
    }
    found.into_iter().map(|found| found.map_or(Posture::Standing, |(_, posture)| posture)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Posture::*, *};

    #[test]
    fn a_verb_belongs_to_whom_it_is_said_of() {
        for (prompt, names, expected) in [
            (
                "Ruthven lies dying on the bed. Aubrey kneels beside him.",
                vec!["ruthven", "aubrey"],
                vec![Lying, Kneeling],
            ),
            ("Aubrey kneels beside the dying Ruthven.", vec!["aubrey", "ruthven"], vec![Kneeling, Lying]),
            ("Mara sits by the fire, Tom at the door.", vec!["mara", "tom"], vec![Seated, Standing]),
            ("Someone asleep in a chair.", vec!["?"], vec![Lying]),
            ("Mara turns to the window.", vec!["mara"], vec![Standing]),
            ("A corpse on the shore.", vec![], vec![]),
        ] {
            let words = Words::new(prompt);
            let named: Vec<_> = names.iter().map(|name| words.find(name)).collect();
            assert_eq!(postures(&words, &named), expected, "{prompt}");
        }
    }
}
