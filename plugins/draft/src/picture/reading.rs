//! What a prompt asks for: place, hour, weather, light, shot size, camera, things and people, by the words that film
//! makers use. Unknown words cost nothing; a prompt with no known word still gets a stage to stand on.

use super::camera::Move;

/// Letters of a prompt that are read.
const READ_LETTERS: usize = 6000;

/// Where a shot plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    DrawingRoom,
    Bedchamber,
    Library,
    Hall,
    Church,
    Hut,
    Kitchen,
    Office,
    Corridor,
    Street,
    City,
    Forest,
    Mountain,
    Sea,
    Desert,
    Field,
    Castle,
    Ruins,
    Graveyard,
    Space,
    Stage,
}

/// The hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Hour {
    Night,
    Dawn,
    Morning,
    Day,
    Dusk,
}

/// How people dress and what stands about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Era {
    Period,
    Modern,
    Future,
}

/// How much of a person the frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ShotSize {
    Wide,
    Medium,
    Close,
    Insert,
}

/// A thing worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Candle,
    Table,
    Bed,
    Letter,
    Dagger,
    Ring,
    Carriage,
    Tree,
    Fire,
    Moon,
    Door,
    Window,
    Chair,
    Book,
    Goblet,
    Key,
    Skull,
    Clock,
    Ship,
    Hut,
    Horse,
    Birds,
    Car,
    Lamp,
    Crowd,
}

/// Someone the prompt names without a character of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Walker {
    Man,
    Woman,
    Child,
    Robot,
    Astronaut,
}

/// What the words said.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) place: Place,
    pub(super) hour: Hour,
    pub(super) era: Era,
    pub(super) size: ShotSize,
    pub(super) over_shoulder: bool,
    pub(super) candle: bool,
    pub(super) fire: bool,
    pub(super) neon: bool,
    pub(super) moon: bool,
    pub(super) storm: bool,
    pub(super) rain: bool,
    pub(super) fog: bool,
    pub(super) snow: bool,
    pub(super) dread: bool,
    pub(super) things: Vec<Thing>,
    pub(super) walkers: Vec<Walker>,
    pub(super) moves: Vec<Move>,
    pub(super) reach: f32,
}

/// A text as words between single spaces, lower case, with a space at both ends.
pub(super) struct Words(String);

impl Words {
    pub(super) fn new(text: &str) -> Self {
        let mut words = String::from(" ");
        for letter in text.chars().take(READ_LETTERS).flat_map(char::to_lowercase) {
            if letter.is_alphanumeric() {
                words.push(letter);
            } else if letter != '\'' && letter != '\u{2019}' && !words.ends_with(' ') {
                words.push(' ');
            }
        }
        if !words.ends_with(' ') {
            words.push(' ');
        }
        Self(words)
    }

    /// Where one of the words or phrases first stands (`a|b c|d`); a trailing `s` is accepted.
    pub(super) fn find(&self, any_of: &str) -> Option<usize> {
        let one = |phrase: &str| {
            let exact = self.0.find(&format!(" {phrase} "));
            let plural = self.0.find(&format!(" {phrase}s "));
            match (exact, plural) {
                (Some(first), Some(second)) => Some(first.min(second)),
                (first, second) => first.or(second),
            }
        };
        any_of.split('|').filter_map(one).min()
    }

    /// Where each phrase of a list stands and how long it is, but for those of another list.
    fn spotted(&self, any_of: &str, but: &str) -> Vec<(usize, usize)> {
        let spot = |phrase: &str| {
            let at = self.0.find(&format!(" {phrase} "))?;
            (!but.split('|').any(|other| other == phrase)).then_some((at, phrase.len()))
        };
        any_of.split('|').filter_map(spot).collect()
    }

    /// Every place where one of the words or phrases stands, and its length.
    pub(super) fn each(&self, any_of: &str) -> Vec<(usize, usize)> {
        any_of
            .split('|')
            .flat_map(|phrase| {
                let padded = format!(" {phrase} ");
                let found: Vec<usize> = self.0.match_indices(&padded).map(|(at, _)| at).collect();
                found.into_iter().map(|at| (at, phrase.len()))
            })
            .collect()
    }

    /// Whether a word stands at a place that [`Words::each`] gave.
    pub(super) fn is_at(&self, at: usize, word: &str) -> bool {
        self.0[at..]
            .strip_prefix(' ')
            .is_some_and(|rest| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(' ')))
    }

    pub(super) fn has(&self, any_of: &str) -> bool {
        self.find(any_of).is_some()
    }
}

const PLACES: &[(Place, u32, &str)] = &[
    (
        Place::DrawingRoom,
        4,
        "drawing room|drawingroom|parlour|parlor|salon|saloon|ballroom|sitting room|living room|lounge|townhouse|ball|soiree|dining room|hotel room|mansion|manor",
    ),
    (Place::Bedchamber, 4, "bedchamber|bedroom|deathbed|sickbed|sickroom|bed chamber|hospital|ward|chamber"),
    (Place::Library, 4, "library|bookshop|study|archive|bookshelves"),
    (Place::Church, 4, "church|cathedral|chapel|abbey|altar|nave|monastery|temple"),
    (Place::Hall, 3, "hall|great hall|throne room|palace|crypt|dungeon|cellar|vault|museum|theatre|theater"),
    (Place::Hut, 4, "hut|cottage|cabin|hovel|barn|tavern|inn|pub|attic|shed|tent"),
    (Place::Kitchen, 4, "kitchen|breakfast|bakery|diner|cafe|coffee shop"),
    (Place::Office, 4, "office|desk|boardroom|newsroom|classroom|laboratory|lab|police station|detective"),
    (
        Place::Corridor,
        3,
        "corridor|hallway|tunnel|subway|metro|spaceship|starship|spacecraft|airlock|bunker|bridge of the ship|elevator",
    ),
    (
        Place::City,
        4,
        "city street|city|skyline|downtown|metropolis|skyscraper|neon|rooftop|tokyo|new york|cyberpunk|megacity|alley|highway",
    ),
    (Place::Street, 4, "street|lane|road|square|quay|market|courtyard|doorstep"),
    (Place::Street, 2, "london|paris|town|carriage"),
    (Place::Forest, 4, "forest|wood|woods|woodland|jungle|grove|thicket|pines|trees"),
    (Place::Mountain, 4, "mountain|cliff|peak|ridge|alps|gorge|canyon|valley|pass|glacier|volcano"),
    (Place::Sea, 4, "sea|ocean|beach|shore|coast|harbour|harbor|lake|river|ship|boat|waves|island|deck|sail"),
    (Place::Desert, 4, "desert|dune|sahara|sand|wasteland|mars|oasis|planet surface"),
    (
        Place::Field,
        4,
        "field|meadow|village|garden|farm|park|prairie|hill|countryside|moor|heath|orchard|vineyard|playground",
    ),
    (Place::Castle, 4, "castle|fortress|citadel|tower|battlements|keep"),
    (Place::Ruins, 4, "ruin|ruins|acropolis|temple ruins|columns|parthenon|athens|greek temple"),
    (Place::Graveyard, 4, "graveyard|cemetery|churchyard|grave|tomb|tombstone"),
    (Place::Space, 4, "space|orbit around|galaxy|nebula|stars and planets|asteroid|outer space|planet"),
    (Place::DrawingRoom, 1, "room|interior|house|apartment|flat|int"),
    (Place::Field, 1, "exterior|outside|outdoors|ext|landscape"),
];

fn place_of(words: &Words) -> Option<(u32, Place)> {
    // An outdoor scene with a hut in it is the outdoor place; inside the hut it is the hut.
    let outside = words.has("ext|exterior|outside") || words.has("approaches|approaching|stumbles through|rides");
    let inside = words.has("int|interior|inside|indoors");
    let outdoor = |place: Place| !place.indoors();
    PLACES
        .iter()
        .filter_map(|&(place, weight, list)| {
            let at = words.find(list)?;
            let bias = if outside && outdoor(place) || inside && !outdoor(place) { 3 } else { 0 };
            Some((weight + bias, usize::MAX - at, place))
        })
        .max_by_key(|&(weight, early, _)| (weight, early))
        .map(|(weight, _, place)| (weight, place))
}

impl Place {
    /// Under a roof.
    pub(super) fn indoors(self) -> bool {
        matches!(
            self,
            Self::DrawingRoom
                | Self::Bedchamber
                | Self::Library
                | Self::Hall
                | Self::Church
                | Self::Hut
                | Self::Kitchen
                | Self::Office
                | Self::Corridor
        )
    }
}

/// Reads a prompt. The scene's label fills in a place and an hour that the prompt leaves open; an explicit camera text
/// replaces the prompt's camera words.
pub(super) fn read(prompt: &str, scene: &str, camera: Option<&str>, any_character: bool) -> Reading {
    let words = Words::new(prompt);
    let label = Words::new(scene);
    let either = |list: &str| words.has(list) || label.has(list);
    // A clear word in the prompt, then one in the scene's label, then a faint one.
    let clear = |found: Option<(u32, Place)>| found.filter(|&(weight, _)| weight >= 4);
    let (said, labelled) = (place_of(&words), place_of(&label));
    let place = clear(said).or(clear(labelled)).or(said).or(labelled).map_or(Place::Stage, |(_, place)| place);
    let hour = hour_of(&words).or_else(|| hour_of(&label));
    let neon = either("neon|cyberpunk|hologram");
    let candle =
        either("candle|candlelight|candlelit|candelabra|chandelier|lantern|lamplight|torch|torchlight|by candle");
    let fire = either("fire|firelight|fireplace|hearth|bonfire|campfire|flames|burning|ember");
    let storm = either("storm|thunder|lightning|tempest|thunderstorm|stormy");
    let rain = either("rain|raining|rainy|downpour|drizzle|wet") || storm && !either("sandstorm|snowstorm");
    let snow = either("snow|snowy|snowing|blizzard|snowstorm|snowfall");
    let fog = either("fog|foggy|mist|misty|haze|smoke|smoky|hazy|steam");
    let moon = either("moon|moonlight|moonlit");
    let hour = hour.unwrap_or(if neon || candle || storm || moon { Hour::Night } else { default_hour(place) });
    let camera_words = camera.map(Words::new);
    let (moves, reach) = moves_of(camera_words.as_ref().unwrap_or(&words), camera_words.is_some());
    Reading {
        place,
        hour,
        era: era_of(&words, &label, place),
        size: size_of(&words, any_character),
        over_shoulder: words.has("over the shoulder|over shoulder|ots|over his shoulder|over her shoulder"),
        candle,
        fire,
        neon,
        moon,
        storm,
        rain,
        fog,
        snow,
        dread: either(
            "vampire|vampyre|terror|horror|dread|blood|murder|ghost|dead|death|corpse|fear|scream|sinister|uncanny|dark|shadow|evil|nightmare|demon|deathbed|oath",
        ),
        things: things_of(&words),
        walkers: walkers_of(&words),
        moves,
        reach,
    }
}

fn hour_of(words: &Words) -> Option<Hour> {
    const HOURS: &[(Hour, &str)] = &[
        (
            Hour::Night,
            "night|midnight|moonlight|moonlit|nocturnal|starry|stars|starlight|nighttime|candlelight|candlelit",
        ),
        (Hour::Dawn, "dawn|sunrise|daybreak|first light"),
        (Hour::Morning, "morning|breakfast"),
        (Hour::Dusk, "dusk|sunset|twilight|evening|golden hour|nightfall|magic hour"),
        (Hour::Day, "day|noon|midday|afternoon|daylight|sunny|sunlight|sun|bright"),
    ];
    HOURS.iter().filter_map(|&(hour, list)| Some((words.find(list)?, hour))).min_by_key(|&(at, _)| at).map(|(_, h)| h)
}

fn default_hour(place: Place) -> Hour {
    match place {
        Place::DrawingRoom | Place::Bedchamber | Place::Hut | Place::Hall | Place::Graveyard | Place::Castle => {
            Hour::Night
        }
        Place::Space | Place::City | Place::Library | Place::Stage | Place::Corridor => Hour::Night,
        Place::Mountain | Place::Ruins | Place::Church | Place::Street => Hour::Dusk,
        Place::Kitchen => Hour::Morning,
        Place::Forest | Place::Sea => Hour::Dawn,
        Place::Desert | Place::Field | Place::Office => Hour::Day,
    }
}

fn era_of(words: &Words, label: &Words, place: Place) -> Era {
    let either = |list: &str| words.has(list) || label.has(list);
    if either(
        "robot|android|spaceship|starship|astronaut|cyberpunk|hologram|mars|alien|futuristic|space station|spacecraft",
    ) {
        return Era::Future;
    }
    if either(
        "lord|lady|carriage|candelabra|vampyre|regency|victorian|knight|king|queen|medieval|castle|gown|drawing room|bedchamber|sword|duke|count|18th|19th|aristocrat|horse|monk|greek|deathbed|candlelight",
    ) {
        return Era::Period;
    }
    match place {
        Place::City | Place::Kitchen | Place::Office | Place::Corridor => Era::Modern,
        Place::DrawingRoom | Place::Bedchamber | Place::Castle | Place::Hall | Place::Church => Era::Period,
        Place::Space => Era::Future,
        _ if either("car|phone|neon|jeans|jacket|computer|taxi|bus|train|apartment|modern|motel|gun|television") => {
            Era::Modern
        }
        _ => Era::Period,
    }
}

fn size_of(words: &Words, any_character: bool) -> ShotSize {
    const SIZES: &[(ShotSize, &str)] = &[
        (ShotSize::Insert, "insert|extreme close up|extreme closeup|macro|detail shot|detail of|ecu"),
        (ShotSize::Close, "close up|closeup|close shot|close on|cu|face|portrait|headshot|tight on|eyes"),
        (
            ShotSize::Medium,
            "medium shot|medium|mid shot|waist up|two shot|cowboy shot|ms|over the shoulder|medium close|half length",
        ),
        (
            ShotSize::Wide,
            "wide|wide shot|establishing|long shot|full shot|panorama|panoramic|aerial|extreme wide|landscape|vista|ws|ews",
        ),
    ];
    let said = SIZES.iter().filter_map(|&(size, list)| Some((words.find(list)?, size))).min_by_key(|&(at, _)| at);
    match said {
        // "Close on the letter": a thing and nobody named is an insert.
        Some((_, ShotSize::Close)) if !any_character && walkers_of(words).is_empty() && hero_thing(words) => {
            ShotSize::Insert
        }
        Some((_, size)) => size,
        None if words.has("whispers|whisper|stares|gazes|tears|weeps|smiles|says|speaks|looks at") => ShotSize::Medium,
        None => ShotSize::Wide,
    }
}

fn hero_thing(words: &Words) -> bool {
    things_of(words).iter().any(|thing| thing.hero())
}

impl Thing {
    /// Small enough to fill an insert.
    pub(super) fn hero(self) -> bool {
        matches!(
            self,
            Self::Letter
                | Self::Dagger
                | Self::Ring
                | Self::Candle
                | Self::Book
                | Self::Goblet
                | Self::Key
                | Self::Skull
        ) || self == Self::Clock
    }
}

fn things_of(words: &Words) -> Vec<Thing> {
    const THINGS: &[(Thing, &str)] = &[
        (Thing::Dagger, "dagger|knife|blade|sword|poniard"),
        (Thing::Letter, "letter|note|envelope|parchment|manuscript|seal"),
        (Thing::Ring, "ring|signet|locket|necklace|amulet"),
        (Thing::Key, "key"),
        (Thing::Skull, "skull|bones"),
        (Thing::Goblet, "goblet|glass|wine|chalice|cup|coffee|tea"),
        (Thing::Book, "book|diary|journal|bible"),
        (Thing::Clock, "clock|watch|pocket watch"),
        (Thing::Candle, "candle|candelabra|candlelight|candlelit|candlestick|lantern"),
        (Thing::Carriage, "carriage|coach|hansom"),
        (Thing::Car, "car|taxi|van|limousine"),
        (Thing::Ship, "ship|boat|schooner|vessel|sail"),
        (Thing::Hut, "hut|cottage|cabin"),
        (Thing::Horse, "horse|rider|horseman|stallion"),
        (Thing::Birds, "bird|raven|crow|gull|swallow|pigeons"),
        (Thing::Bed, "bed|deathbed|sickbed|four poster"),
        (Thing::Table, "table|desk"),
        (Thing::Chair, "chair|armchair|throne|seat"),
        (Thing::Door, "door|doorway|threshold|gate"),
        (Thing::Window, "window|casement"),
        (Thing::Fire, "fire|fireplace|hearth|campfire|bonfire"),
        (Thing::Moon, "moon|moonlight|moonlit"),
        (Thing::Tree, "tree|oak|pine|willow"),
        (Thing::Lamp, "lamp|street lamp|lamppost|gaslight|streetlight"),
        (Thing::Crowd, "crowd|guests|dancers|people|crowded|audience|society|villagers|soldiers"),
    ];
    let mut found: Vec<(usize, Thing)> =
        THINGS.iter().filter_map(|&(thing, list)| Some((words.find(list)?, thing))).collect();
    found.sort_by_key(|&(at, _)| at);
    found.into_iter().map(|(_, thing)| thing).collect()
}

fn walkers_of(words: &Words) -> Vec<Walker> {
    const WALKERS: &[(Walker, &str)] = &[
        (Walker::Robot, "robot|android|droid|automaton"),
        (Walker::Astronaut, "astronaut|cosmonaut|spaceman"),
        (
            Walker::Woman,
            "woman|lovers|couple|lady|girl|mother|queen|bride|sister|wife|she|her|nurse|witch|heroine|ianthe|daughter",
        ),
        (
            Walker::Man,
            "man|lord|gentleman|father|king|boy friend|brother|husband|he|him|his|soldier|knight|detective|stranger|monk|priest|hero|traveller|traveler|rider|figure|driver|someone|person|aristocrat|vampire|vampyre|guard",
        ),
        (Walker::Child, "child|boy|kid|little girl|children"),
    ];
    let mut found: Vec<(usize, Walker)> =
        WALKERS.iter().filter_map(|&(walker, list)| Some((words.find(list)?, walker))).collect();
    found.sort_by_key(|&(at, _)| at);
    let mut walkers: Vec<Walker> = found.into_iter().map(|(_, walker)| walker).collect();
    if walkers.contains(&Walker::Robot) || walkers.contains(&Walker::Astronaut) {
        // "A robot … its master, the man": pronouns near a machine mean the machine.
        walkers.retain(|walker| matches!(walker, Walker::Robot | Walker::Astronaut | Walker::Child));
    }
    if words.has("two|couple|lovers|both") && walkers.len() == 1 {
        let lovers = words.has("couple|lovers");
        walkers.push(if lovers && walkers[0] == Walker::Woman { Walker::Man } else { walkers[0] });
    }
    walkers.truncate(3);
    walkers
}

fn moves_of(words: &Words, camera_field: bool) -> (Vec<Move>, f32) {
    const MOVES: &[(Move, &str)] = &[
        (
            Move::PanLeft,
            "pan left|pans left|panning left|pan to the left|pans to the left|slow pan left|pans slowly left|pan slowly left|swish left|looks left",
        ),
        (
            Move::PanRight,
            "pan right|pans right|panning right|pan to the right|pans to the right|pans across|pan across|pans slowly right|pan slowly right|pans over|pans along",
        ),
        (Move::TiltUp, "tilt up|tilts up|tilting up|tilt upward|tilts upward|tilts slowly up|slow tilt up"),
        (
            Move::TiltDown,
            "tilt down|tilts down|tilting down|tilt downward|tilts downward|tilts slowly down|slow tilt down|tilt",
        ),
        (
            Move::ZoomIn,
            "zoom in|zooms in|zooming in|zoom into|zoom|zooms|crash zoom|slow zoom|punch in|zoom on|zooms slowly in",
        ),
        (Move::ZoomOut, "zoom out|zooms out|zooming out|zooms slowly out"),
        (
            Move::DollyIn,
            "dolly in|dollies in|dolly forward|push in|pushes in|pushing in|push forward|move in|moves in|moves closer|moving closer|creeps in|creep in|dolly|push|track in|tracks in|forward tracking|pushes slowly in|slow push|dolly toward|dolly towards|moves toward|moves towards|dolly into|advance",
        ),
        (
            Move::DollyOut,
            "dolly out|dolly back|pull back|pulls back|pulling back|pull out|pulls out|push out|moves back|dollies out|dollies back|track out|tracks back|retreats|pull away|pulls away|pullback",
        ),
        (
            Move::TruckLeft,
            "truck left|trucks left|track left|tracks left|tracking left|slide left|slides left|move left|moves left|dolly left|lateral left|crab left",
        ),
        (
            Move::TruckRight,
            "truck right|trucks right|track right|tracks right|tracking right|slide right|slides right|move right|moves right|dolly right|tracking shot|tracking|truck|tracks alongside|tracks with|lateral|crab right|follows|following shot|slider",
        ),
        (
            Move::CraneUp,
            "crane up|cranes up|boom up|booms up|jib up|rises|rise|rising camera|camera rises|crane shot|crane|drone|aerial|pedestal up|lifts up|cranes",
        ),
        (
            Move::CraneDown,
            "crane down|cranes down|boom down|booms down|jib down|descends|camera descends|pedestal down|lowers|sinks",
        ),
        (
            Move::OrbitRight,
            "orbit|orbits|orbiting|orbit right|arc shot|arcs|arc right|circles|circling|circles around|rotates around|revolves|360|arc",
        ),
        (Move::OrbitLeft, "orbit left|orbits left|arc left|arcs left|circles left"),
        (Move::Handheld, "handheld|hand held|shaky|shaky cam|documentary style|verite|shake|jittery"),
        (
            Move::Static,
            "static|locked off|locked|lock off|still camera|no camera movement|no movement|tripod|fixed camera|camera still|motionless camera|fixed|still|none",
        ),
    ];
    // Words that mean something else in a story than in a camera note count only as a camera note.
    const ONLY_NOTED: &str = "tilt|zoom|push|rises|rise|follows|retreats|circles|move in|moves in|advance|still|fixed|none|\
        move left|moves left|move right|moves right|descends|sinks|lowers|crane|cranes|aerial|drone|arc|\
        arcs|moves back|moves toward|moves towards|locked|truck|shake|moves closer|lateral|looks left|\
        motionless|circling|revolves|rotates around|tracking";
    let camera_named = camera_field || words.has("camera|shot|lens");
    let mut found: Vec<(usize, usize, Move)> = Vec::new();
    for &(step, list) in MOVES {
        let spotted = words.spotted(list, if camera_named { "" } else { ONLY_NOTED });
        found.extend(spotted.into_iter().map(|(at, length)| (at, length, step)));
    }
    // The longest phrase at a place wins: "pan left" over "pan", "dolly out" over "dolly".
    found.sort_by_key(|&(at, length, _)| (at, usize::MAX - length));
    let mut moves: Vec<Move> = Vec::new();
    let mut free_from = 0;
    for (at, length, step) in found {
        if at >= free_from {
            free_from = at + length;
            let undone = step.opposite().is_some_and(|opposite| moves.contains(&opposite));
            if !undone && !moves.contains(&step) {
                moves.push(step);
            }
        }
    }
    if moves.contains(&Move::Static) {
        moves = vec![Move::Static];
    }
    // A pan that says no direction goes with the reading eye.
    let pans = moves.iter().any(|step| matches!(step, Move::PanLeft | Move::PanRight));
    if !pans && words.has("camera pans|panning|slow pan|slow panning|whip pan|pans slowly|panning shot") {
        moves.insert(0, Move::PanRight);
    }
    moves.truncate(3);
    let named = !moves.is_empty();
    if !named {
        moves.push(Move::DollyIn);
    }
    let speed = if words.has("whip|fast|quick|quickly|rapid|rapidly|crash|swish|swift") {
        1.8
    } else if words.has("slow|slowly|gentle|gently|subtle|creep|creeps|creeping|imperceptible") {
        0.75
    } else {
        1.0
    };
    (moves, if named { speed } else { 0.45 })
}

impl Move {
    /// The move that would undo this one.
    const fn opposite(self) -> Option<Self> {
        Some(match self {
            Self::PanLeft => Self::PanRight,
            Self::PanRight => Self::PanLeft,
            Self::TiltUp => Self::TiltDown,
            Self::TiltDown => Self::TiltUp,
            Self::ZoomIn => Self::ZoomOut,
            Self::ZoomOut => Self::ZoomIn,
            Self::DollyIn => Self::DollyOut,
            Self::DollyOut => Self::DollyIn,
            Self::TruckLeft => Self::TruckRight,
            Self::TruckRight => Self::TruckLeft,
            Self::CraneUp => Self::CraneDown,
            Self::CraneDown => Self::CraneUp,
            Self::OrbitLeft => Self::OrbitRight,
            Self::OrbitRight => Self::OrbitLeft,
            Self::Static | Self::Handheld => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camera_words_are_read_as_a_crew_reads_them() {
        for (text, moves) in [
            ("A street. Camera pans left across the houses", vec![Move::PanLeft]),
            ("Slow pan right over the city", vec![Move::PanRight]),
            ("she fries eggs in a pan right away", vec![Move::PanRight]),
            ("frying pan on the stove", vec![Move::DollyIn]),
            ("Tilt up to the tower", vec![Move::TiltUp]),
            ("Slow zoom in on the letter", vec![Move::ZoomIn]),
            ("zoom out to reveal the field", vec![Move::ZoomOut]),
            ("dolly out from the bed, handheld", vec![Move::DollyOut, Move::Handheld]),
            ("Push in on Ruthven", vec![Move::DollyIn]),
            ("The camera tracks left", vec![Move::TruckLeft]),
            ("Camera orbits the statue", vec![Move::OrbitRight]),
            ("Crane shot over the forest", vec![Move::CraneUp]),
            ("Locked-off wide shot", vec![Move::Static]),
            ("the moon rises over the hill", vec![Move::DollyIn]),
        ] {
            assert_eq!(read(text, "", None, false).moves, moves, "{text}");
        }
        assert_eq!(read("pan left", "", Some("tilt down"), false).moves, vec![Move::TiltDown]);
    }

    #[test]
    fn places_hours_and_sizes_are_read() {
        for (text, place, hour, size) in [
            ("London drawing room by candlelight, wide shot", Place::DrawingRoom, Hour::Night, ShotSize::Wide),
            ("Ext. Greek forest, a hut in a storm, lightning", Place::Forest, Hour::Night, ShotSize::Wide),
            ("Inside the hut, firelight, medium shot", Place::Hut, Hour::Night, ShotSize::Medium),
            ("Close-up of Aubrey at the deathbed", Place::Bedchamber, Hour::Night, ShotSize::Close),
            ("neon city street at night in rain", Place::City, Hour::Night, ShotSize::Wide),
            ("a robot in a desert", Place::Desert, Hour::Day, ShotSize::Wide),
            ("kitchen in the morning", Place::Kitchen, Hour::Morning, ShotSize::Wide),
            ("Insert: a dagger on the table", Place::Stage, Hour::Night, ShotSize::Insert),
            ("sea at dawn", Place::Sea, Hour::Dawn, ShotSize::Wide),
        ] {
            let reading = read(text, "", None, false);
            assert_eq!((reading.place, reading.hour, reading.size), (place, hour, size), "{text}");
        }
        assert_eq!(read("He turns.", "INT. LIBRARY - DAWN", None, true).place, Place::Library);
    }
}
