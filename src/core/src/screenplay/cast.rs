//! Who is in the film: cues to characters, and characters found in the action.

use super::heading::title_case;
use crate::{film::Character, ids::CharacterId};
use std::collections::{HashMap, HashSet};

/// Words of names that many people share, so that they name nobody alone.
const SHARED_WORDS: [&str; 22] = [
    "LORD", "LADY", "SIR", "MISTER", "MISSUS", "MISS", "DOCTOR", "CAPTAIN", "COUNT", "COUNTESS", "KING", "QUEEN",
    "OLD", "YOUNG", "THE", "MAN", "WOMAN", "BOY", "GIRL", "FIRST", "SECOND", "VOICE",
];

/// The characters of an import, those of the film it goes into first.
#[derive(Debug, Default)]
pub(super) struct Cast {
    members: Vec<Member>,
    by_cue: HashMap<String, usize>,
    taken_ids: HashSet<String>,
    /// How many members each upper-case word of a name belongs to.
    word_owners: HashMap<String, HashSet<usize>>,
}

#[derive(Debug)]
struct Member {
    character: Character,
    /// Names in upper case, as words.
    names: Vec<Vec<String>>,
}

impl Cast {
    /// Starts with characters the film already has.
    pub(super) fn with(existing: &[Character]) -> Self {
        let mut cast = Self::default();
        for character in existing {
            cast.insert(character.clone());
        }
        cast
    }

    /// The character a cue names, made if it is new.
    pub(super) fn member(&mut self, cue: &str) -> usize {
        let key = cue_key(cue);
        if let Some(index) = self.by_cue.get(&key) {
            return *index;
        }
        let character = Character {
            character_id: self.free_id(cue),
            name: title_case(cue.trim()),
            portrait_paths: Vec::new(),
            voice_id: String::new(),
            prompt_style_tokens: String::new(),
            extra: serde_json::Map::new(),
        };
        self.insert(character);
        self.learn(self.members.len() - 1, &key);
        self.members.len() - 1
    }

    /// Writes down what a `character` note says; what it leaves out stays.
    pub(super) fn describe(&mut self, cue: &str, name: Option<&str>, look: Option<&str>, voice: Option<&str>) {
        let index = self.member(cue);
        let character = &mut self.members[index].character;
        if let Some(look) = look {
            look.clone_into(&mut character.prompt_style_tokens);
        }
        if let Some(voice) = voice {
            voice.clone_into(&mut character.voice_id);
        }
        if let Some(name) = name {
            name.clone_into(&mut character.name);
            // The cue stays known, so that a second import finds the same character.
            let aliases = character.extra.entry("aliases").or_insert_with(|| serde_json::Value::Array(Vec::new()));
            let alias = serde_json::Value::from(cue.trim());
            if let Some(list) = aliases.as_array_mut().filter(|list| !list.contains(&alias)) {
                list.push(alias);
            }
            self.learn(index, &cue_key(name));
        }
    }

    pub(super) fn id(&self, member: usize) -> &CharacterId {
        &self.members[member].character.character_id
    }

    pub(super) fn name(&self, member: usize) -> &str {
        &self.members[member].character.name
    }

    pub(super) fn into_characters(self) -> Vec<Character> {
        self.members.into_iter().map(|member| member.character).collect()
    }

    /// Everyone a text names, in the order of the cast. A name of one word counts with a capital or after `the`, so
    /// that `he will` is not Will; a longer name counts in any case, or by a word that is only theirs.
    pub(super) fn named_in(&self, text: &str) -> Vec<usize> {
        let words: Vec<&str> = words(text).collect();
        let upper: Vec<String> = words.iter().map(|word| without_possessive(&word.to_uppercase()).to_owned()).collect();
        let mut found = HashSet::new();
        for (at, word) in upper.iter().enumerate() {
            let Some(owners) = self.word_owners.get(word) else { continue };
            let set_apart = words[at].starts_with(char::is_uppercase) || (at > 0 && upper[at - 1] == "THE");
            let only_theirs = owners.len() == 1 && !SHARED_WORDS.contains(&word.as_str());
            for owner in owners {
                let whole = self.members[*owner].names.iter().any(|name| {
                    name.first() == Some(word) && upper[at..].starts_with(name) && (name.len() > 1 || set_apart)
                });
                if whole || (only_theirs && set_apart) {
                    found.insert(*owner);
                }
            }
        }
        let mut found: Vec<usize> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    fn insert(&mut self, character: Character) {
        let index = self.members.len();
        let mut keys = vec![cue_key(&character.name)];
        if let Some(aliases) = character.extra.get("aliases").and_then(serde_json::Value::as_array) {
            keys.extend(aliases.iter().filter_map(serde_json::Value::as_str).map(cue_key));
        }
        self.taken_ids.insert(character.character_id.as_str().to_owned());
        self.members.push(Member { character, names: Vec::new() });
        for key in keys {
            self.learn(index, &key);
        }
    }

    fn learn(&mut self, index: usize, key: &str) {
        if self.by_cue.contains_key(key) {
            return;
        }
        self.by_cue.insert(key.to_owned(), index);
        let name: Vec<String> = words(key).map(str::to_owned).collect();
        for word in &name {
            self.word_owners.entry(word.clone()).or_default().insert(index);
        }
        self.members[index].names.extend((!name.is_empty()).then_some(name));
    }

    fn free_id(&mut self, cue: &str) -> CharacterId {
        let slug = slug(cue);
        let base = if slug.is_empty() { "char_001".to_owned() } else { format!("char_{slug}") };
        let mut id = base.clone();
        let mut number = 1;
        while self.taken_ids.contains(&id) {
            number += 1;
            id = if slug.is_empty() { format!("char_{number:03}") } else { format!("{base}_{number}") };
        }
        // `char_`, 40 letters and a number always make a valid id.
        CharacterId::new(id).unwrap_or_else(|_| CharacterId::numbered(self.members.len() + 1))
    }
}

fn cue_key(cue: &str) -> String {
    cue.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|found: char| !found.is_alphanumeric() && !matches!(found, '\'' | '’'))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty())
}

fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'S").or_else(|| word.strip_suffix("’S")).unwrap_or(word)
}

/// ASCII letters and digits of a name, in lower case, other runs as `_`; at most 40.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for character in name.to_lowercase().chars() {
        match fold(character) {
            "" if character.is_ascii_alphanumeric() => out.push(character),
            "" if matches!(character, '\'' | '’' | '.') => {}
            "" if !out.is_empty() && !out.ends_with('_') => out.push('_'),
            folded => out.push_str(folded),
        }
        if out.len() >= 40 {
            break;
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Latin letters with marks to plain ones; empty for the rest.
const fn fold(character: char) -> &'static str {
    match character {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' | 'ţ' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}
