//! Which layers a prompt's words call for.

/// One layer of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Layer {
    Rain,
    HeavyRain,
    Wind,
    Thunder,
    Sea,
    Fire,
    RoomTone,
    Crowd,
    Night,
    Forest,
    City,
    Knock,
    Footsteps,
    Bell,
    ThunderClap,
    Heartbeat,
    Clock,
    Hooves,
    Whoosh,
    Impact,
}

/// Beginnings of words, and the layers they call for.
const CALLS: &[(&[&str], &[Layer])] = &[
    (&["storm", "tempest", "thunderstorm"], &[Layer::HeavyRain, Layer::Wind, Layer::Thunder]),
    (&["downpour", "torrent"], &[Layer::HeavyRain]),
    (&["rain", "rainy", "raining", "rainfall", "drizzl"], &[Layer::Rain]),
    (
        &["wind", "windy", "windswept", "breeze", "gust", "gale", "moor", "mountain", "snow", "blizzard", "desert"],
        &[Layer::Wind],
    ),
    (&["thunder"], &[Layer::Thunder]),
    (&["sea", "ocean", "wave", "surf", "beach", "shore", "coast", "harbour", "harbor", "lake"], &[Layer::Sea]),
    (&["fire", "fireplace", "fireside", "hearth", "campfire", "flame", "burning", "torch"], &[Layer::Fire]),
    (
        &[
            "crowd",
            "murmur",
            "people",
            "party",
            "ball",
            "ballroom",
            "market",
            "tavern",
            "inn",
            "pub",
            "cafe",
            "restaurant",
            "assembly",
            "soiree",
            "salon",
            "theatre",
            "guests",
        ],
        &[Layer::Crowd],
    ),
    (&["night", "cricket", "evening", "dusk", "midnight"], &[Layer::Night]),
    (
        &["forest", "wood", "woods", "bird", "garden", "meadow", "park", "jungle", "countryside", "ruin"],
        &[Layer::Forest],
    ),
    (&["city", "street", "traffic", "urban", "london", "town", "road"], &[Layer::City]),
    (&["knock"], &[Layer::Knock]),
    (&["footstep", "steps", "walking"], &[Layer::Footsteps]),
    (&["bell", "toll", "chime", "church"], &[Layer::Bell]),
    (&["heartbeat", "heart"], &[Layer::Heartbeat]),
    (&["clock", "tick"], &[Layer::Clock]),
    (&["hoof", "hooves", "horse", "carriage", "coach"], &[Layer::Hooves]),
    (&["whoosh", "swish", "sweep", "flyby"], &[Layer::Whoosh]),
    (&["impact", "slam", "thud", "crash", "boom", "gunshot", "explosion", "bang"], &[Layer::Impact]),
    (&["room", "interior", "silence", "indoors", "office", "hall", "chamber", "house"], &[Layer::RoomTone]),
];

/// Most layers at once: more is mud.
const MOST: usize = 4;

/// Layers in the order the words come; an empty room for words that call for nothing.
pub(super) fn layers_of(prompt: &str) -> Vec<Layer> {
    let prompt = prompt.to_lowercase();
    let mut layers = Vec::new();
    let words: Vec<&str> =
        prompt.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    // A clap or a crack of thunder is an effect, thunder alone is weather far off.
    let claps = words.contains(&"clap") || words.contains(&"crack") || words.contains(&"thunderclap");
    for word in &words {
        let called = CALLS.iter().find(|(beginnings, _)| {
            beginnings.iter().any(|beginning| {
                // Short beginnings stand for themselves: `inn` is not `inner`, `sea` not `search`.
                if beginning.len() <= 4 {
                    word.trim_end_matches('s') == beginning.trim_end_matches('s')
                } else {
                    word.starts_with(beginning)
                }
            })
        });
        for layer in called.map_or(&[][..], |(_, layers)| layers) {
            let layer = if claps && *layer == Layer::Thunder { Layer::ThunderClap } else { *layer };
            if !layers.contains(&layer) {
                layers.push(layer);
            }
        }
    }
    if layers.contains(&Layer::HeavyRain) {
        layers.retain(|layer| *layer != Layer::Rain);
    }
    // A room is only heard where nothing else is.
    if layers.len() > 1 {
        layers.retain(|layer| *layer != Layer::RoomTone);
    }
    layers.truncate(MOST);
    if layers.is_empty() { vec![Layer::RoomTone] } else { layers }
}

impl Layer {
    /// Whether it happens once, rather than lies under a scene.
    pub(super) fn is_effect(self) -> bool {
        matches!(
            self,
            Self::Knock
                | Self::Footsteps
                | Self::Bell
                | Self::ThunderClap
                | Self::Heartbeat
                | Self::Clock
                | Self::Hooves
                | Self::Whoosh
                | Self::Impact
        )
    }

    /// Loudness beside the other layers.
    pub(super) fn weight_lufs(self) -> f64 {
        match self {
            Self::RoomTone => -44.0,
            Self::Night => -34.0,
            Self::Forest | Self::Wind => -31.0,
            Self::Thunder | Self::City => -29.0,
            layer if layer.is_effect() => -24.0,
            _ => -28.0,
        }
    }
}
