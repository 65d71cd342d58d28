//! Scene headings: inside or outside, where and when; and what that sounds like.

use super::clean::collapse;

/// The words that may start a scene heading, the longest first.
const PREFIXES: [(&str, bool, bool); 9] = [
    ("INT./EXT", true, true),
    ("EXT./INT", true, true),
    ("INT/EXT", true, true),
    ("EXT/INT", true, true),
    ("I/E", true, true),
    ("E/I", true, true),
    ("INT", true, false),
    ("EXT", false, true),
    ("EST", false, true),
];

/// Times of day as headings write them, and the one word the prompt uses.
const TIMES: [(&str, &str); 14] = [
    ("MOMENTS LATER", ""),
    ("CONTINUOUS", ""),
    ("LATER", ""),
    ("SAME", ""),
    ("AFTERNOON", "Afternoon"),
    ("MORNING", "Morning"),
    ("EVENING", "Evening"),
    ("MIDNIGHT", "Midnight"),
    ("SUNRISE", "Dawn"),
    ("SUNSET", "Dusk"),
    ("NIGHT", "Night"),
    ("DAWN", "Dawn"),
    ("DUSK", "Dusk"),
    ("DAY", "Day"),
];

/// What places sound like. Every row whose word is in the heading adds its sound, up to three.
const SOUNDS: [(&[&str], &str); 17] = [
    (&["STORM", "THUNDER"], "storm, thunder and heavy rain"),
    (&["RAIN"], "steady rain"),
    (&["FOREST", "WOOD", "WOODS", "JUNGLE", "GROVE"], "wind in the trees"),
    (&["SEA", "SHIP", "BOAT", "BEACH", "SHORE", "HARBOUR", "HARBOR", "COAST"], "waves and wind"),
    (&["RIVER", "STREAM", "LAKE", "BRIDGE"], "running water"),
    (&["MOUNTAIN", "HILL", "DESERT", "MOOR", "FIELD", "RUINS", "PASS"], "open wind"),
    (&["STREET", "CITY", "ROAD", "SQUARE", "MARKET"], "street murmur, distant steps"),
    (&["CAR", "BUS", "TRUCK", "COACH", "CARRIAGE"], "wheels on the road"),
    (&["TRAIN", "STATION", "RAILWAY"], "rails and a distant train"),
    (&["TAVERN", "INN", "BAR", "CAFE", "CAFÉ", "RESTAURANT", "PUB"], "low crowd murmur"),
    (&["BALL", "BALLROOM", "PARTY", "SALON", "THEATRE", "THEATER"], "elegant crowd murmur"),
    (&["CHURCH", "CATHEDRAL", "CHAPEL", "CRYPT", "VAULT", "CAVE", "TUNNEL"], "large echoing room tone"),
    (&["DRAWING", "PARLOUR", "LIBRARY", "STUDY", "HUT", "COTTAGE", "CABIN"], "crackling fire"),
    (&["BEDROOM", "CHAMBER", "KITCHEN", "HALL"], "a clock ticking"),
    (&["OFFICE", "LAB", "LABORATORY", "HOSPITAL"], "quiet hum of a building"),
    (&["SPACE", "SPACESHIP", "STARSHIP", "COCKPIT"], "deep machine hum"),
    (&["GARDEN", "PARK", "FARM", "VILLAGE"], "birds and leaves"),
];

/// A scene heading taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// `INT`, or both.
    pub interior: bool,
    /// `EXT`, `EST`, or both.
    pub exterior: bool,
    /// Where, in title case: `Drawing Room, Mayfair`.
    pub place: String,
    /// When, in title case and as written: `Moments Later`; empty when unsaid.
    pub time: String,
}

impl Heading {
    /// Takes a heading apart. Any text is one: what is neither prefix nor time is the place.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = collapse(text);
        let (interior, exterior, rest) = prefix(&text).unwrap_or((false, false, &text));
        let words: Vec<&str> = rest.split(' ').collect();
        let mut parts: Vec<String> =
            words.split(|word| is_dash(word)).map(|part| part.join(" ")).filter(|part| !part.is_empty()).collect();
        let time = match parts.last() {
            Some(last) if parts.len() > 1 && time_of(last).is_some() => parts.pop().unwrap_or_default(),
            _ => String::new(),
        };
        Self { interior, exterior, place: title_case(&parts.join(", ")), time: title_case(&time) }
    }

    /// The scene's title: `Drawing Room, Mayfair – Night`.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.place.as_str(), self.time.as_str()) {
            ("", "") => "Scene".to_owned(),
            (place, "") => place.to_owned(),
            ("", time) => time.to_owned(),
            (place, time) => format!("{place} – {time}"),
        }
    }

    /// What the heading says of the picture: `Interior. Drawing Room, Mayfair. Night.`
    #[must_use]
    pub fn prompt(&self) -> String {
        let side = match (self.interior, self.exterior) {
            (true, true) => "Interior and exterior",
            (true, false) => "Interior",
            (false, true) => "Exterior",
            (false, false) => "",
        };
        let time = time_of(&self.time).unwrap_or_default();
        let parts: Vec<&str> = [side, &self.place, time].into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { String::new() } else { format!("{}.", parts.join(". ")) }
    }

    /// What the place sounds like, in words for a sound model; never empty.
    #[must_use]
    pub fn ambience(&self) -> String {
        let upper = self.place.to_uppercase();
        let words: Vec<&str> = upper.split(|character: char| !character.is_alphanumeric()).collect();
        let heard = |names: &[&str]| words.iter().any(|word| names.contains(word));
        let mut sounds: Vec<&str> =
            SOUNDS.iter().filter(|(names, _)| heard(names)).map(|(_, sound)| *sound).take(3).collect();
        let dark = matches!(time_of(&self.time), Some("Night" | "Midnight" | "Dusk" | "Evening"));
        if self.interior && !self.exterior {
            sounds.push("quiet room tone");
        } else if self.exterior && dark {
            sounds.push("night air, crickets");
        } else if self.exterior {
            sounds.push("open air, distant birds");
        }
        if sounds.is_empty() { "quiet room tone".to_owned() } else { sounds.join(", ") }
    }
}

/// Whether a line starts as scene headings do.
pub(super) fn starts_heading(line: &str) -> bool {
    prefix(line).is_some()
}

fn prefix(text: &str) -> Option<(bool, bool, &str)> {
    PREFIXES.iter().find_map(|(name, interior, exterior)| {
        let (head, rest) = text.split_at_checked(name.len())?;
        let marked = rest.starts_with(['.', ' ']);
        (head.eq_ignore_ascii_case(name) && marked)
            .then(|| (*interior, *exterior, rest.trim_start_matches(['.', ' ', '-', '–', '—'])))
    })
}

fn is_dash(word: &str) -> bool {
    matches!(word, "-" | "--" | "–" | "—")
}

/// The prompt's word for a time of day, empty for `LATER` and its like; none if the text names no time.
fn time_of(text: &str) -> Option<&'static str> {
    let upper = text.to_uppercase();
    let named = |name: &str| upper.split(|found: char| !found.is_alphanumeric()).any(|word| word == name);
    TIMES.iter().find(|(name, _)| if name.contains(' ') { upper.contains(name) } else { named(name) }).map(|row| row.1)
}

/// `LORD RUTHVEN'S HOUSE` to `Lord Ruthven's House`. Text with small letters stays as its writer set it.
pub(super) fn title_case(text: &str) -> String {
    const SMALL: [&str; 15] =
        ["a", "an", "and", "at", "by", "de", "for", "from", "in", "of", "on", "the", "to", "von", "with"];
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    let mut words = Vec::new();
    for (index, word) in text.split(' ').enumerate() {
        let lower = word.to_lowercase();
        if index > 0 && SMALL.contains(&lower.as_str()) {
            words.push(lower);
            continue;
        }
        let (mut out, mut start) = (String::with_capacity(lower.len()), true);
        for character in lower.chars() {
            if start && character.is_alphanumeric() {
                out.extend(character.to_uppercase());
                start = false;
            } else {
                out.push(character);
                start |= matches!(character, '-' | '/' | '.' | '(' | '"' | '“');
            }
        }
        words.push(out);
    }
    words.join(" ")
}
