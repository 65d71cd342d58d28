//! How a stand-in looks: what the style notes say, and where they are silent, what the name decides, always the same.

use crate::picture::{
    chance::{Chance, hash_text},
    colour::{Rgb, hex},
    palette::Palette,
    reading::{Era, Walker, Words},
};

/// What kind of body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Man,
    Woman,
    Child,
    Robot,
    Astronaut,
}

/// Hair as a silhouette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hair {
    Bald,
    Cropped,
    Tousled,
    Bob,
    Bun,
    Long,
}

/// What is on the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hat {
    Top,
    Wide,
    Cap,
    Bonnet,
    Hood,
    Crown,
}

/// A stand-in.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) kind: Kind,
    pub(super) era: Era,
    /// Height against a usual adult of 1.
    pub(super) height: f32,
    pub(super) girth: f32,
    pub(super) hair: Hair,
    pub(super) hair_tone: Rgb,
    pub(super) hat: Option<Hat>,
    pub(super) beard: bool,
    pub(super) cloak: bool,
    pub(super) gown: bool,
    pub(super) pale: bool,
    pub(super) old: bool,
    pub(super) glasses: bool,
    /// The colour this person wears in every shot.
    pub(super) accent: Rgb,
    pub(super) skin: f32,
    pub(super) seed: u64,
}

impl Look {
    /// The look of a named character.
    pub(super) fn of(name: &str, style: &str, era: Era) -> Self {
        let words = Words::new(&format!("{name} {style}"));
        let seed = hash_text(&name.to_lowercase());
        let mut chance = Chance::new(seed);
        let last = name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let woman = words.has("woman|lady|girl|she|her|female|miss|mrs|ms|madame|mother|sister|queen|princess|duchess|countess|wife|bride|actress|gown|nurse|witch|ianthe|mary|anne|elizabeth|jane|emily|alice|helen|sarah|ruth|grace|claire|eve|zoe|iris|chloe|sophie|marie|margaret|charlotte")
            || last.len() > 3 && last.ends_with('a') && !words.has("man|he|male|lord|mr");
        let kind = if words.has("robot|android|droid|automaton|cyborg|machine") {
            Kind::Robot
        } else if words.has("astronaut|cosmonaut|spacesuit") {
            Kind::Astronaut
        } else if words.has("child|kid|boy|little girl|toddler") {
            Kind::Child
        } else if woman && !words.has("lord|mr|sir|man|king|duke") {
            Kind::Woman
        } else {
            Kind::Man
        };
        Self::dressed(kind, &words, era, &mut chance, seed)
    }

    /// The look of someone the prompt names in passing.
    pub(super) fn walker(walker: Walker, index: usize, style: &str, era: Era, mut chance: Chance) -> Self {
        let kind = match walker {
            Walker::Man => Kind::Man,
            Walker::Woman => Kind::Woman,
            Walker::Child => Kind::Child,
            Walker::Robot => Kind::Robot,
            Walker::Astronaut => Kind::Astronaut,
        };
        let words = Words::new(if index == 0 { style } else { "" });
        let seed = chance.next();
        Self::dressed(kind, &words, era, &mut chance, seed)
    }

    fn dressed(kind: Kind, words: &Words, era: Era, chance: &mut Chance, seed: u64) -> Self {
        let old = words.has("old|aged|elderly|grey|gray|ancient|grandfather|grandmother|wrinkled|weathered");
        let pale = words.has("pale|white|ashen|wan|bloodless|vampire|vampyre|ghostly|cold");
        let woman = kind == Kind::Woman;
        let hues = [18.0, 150.0, 205.0, 255.0, 320.0, 62.0, 98.0, 232.0];
        let named_hue = [
            ("red|scarlet|crimson|ruby", 25.0),
            ("orange|rust|copper", 55.0),
            ("yellow|gold|golden|ochre|mustard", 88.0),
            ("green|emerald|olive", 145.0),
            ("teal|turquoise|cyan", 200.0),
            ("blue|navy|azure|indigo", 258.0),
            ("purple|violet|plum", 310.0),
            ("pink|rose", 355.0),
        ];
        let monk = words.has("monk|priest|friar|nun|hermit");
        let hue = named_hue.iter().find(|(list, _)| words.has(list)).map(|&(_, hue)| hue);
        let dark = words.has("black|dark|mourning|vampire|vampyre|sombre|somber");
        let accent = Rgb::lch(
            0.50,
            if dark || monk { 0.05 } else { 0.115 },
            hue.unwrap_or(if monk { 62.0 } else { hues[chance.pick(hues.len())] + chance.span(-10.0, 10.0) }),
        );
        let hair_tones = [0x1d1612, 0x2b1c12, 0x4a2f1a, 0x7a4a22, 0xa8793c, 0x14141a];
        let hair_tone = if old || words.has("white hair|silver|grey hair|gray hair") {
            hex(0xb9b4aa)
        } else if words.has("blond|blonde|fair|golden hair") {
            hex(0xc39a55)
        } else if words.has("red hair|ginger|auburn|redhead") {
            hex(0x8a3d1c)
        } else if words.has("dark hair|black hair|raven") || dark {
            hex(0x120f10)
        } else {
            hex(hair_tones[chance.pick(hair_tones.len())])
        };
        let hair = if words.has("bald|shaved") {
            Hair::Bald
        } else if words.has("long hair|flowing|tresses") {
            Hair::Long
        } else if words.has("bun|chignon|updo") {
            Hair::Bun
        } else if words.has("short hair|cropped|crew cut") {
            Hair::Cropped
        } else if words.has("curly|curls|tousled|wild hair|young|romantic") && !woman {
            Hair::Tousled
        } else if woman {
            [Hair::Long, Hair::Bun, Hair::Bob][if era == Era::Period { chance.pick(2) } else { chance.pick(3) }]
        } else {
            [Hair::Cropped, Hair::Tousled][chance.pick(2)]
        };
        let hat = if words.has("top hat|tophat|hat") && era == Era::Period && !woman {
            Some(Hat::Top)
        } else if words.has("hood|hooded|monk|cowl") {
            Some(Hat::Hood)
        } else if words.has("bonnet") {
            Some(Hat::Bonnet)
        } else if words.has("crown|king|queen") {
            Some(Hat::Crown)
        } else if words.has("cap|beanie") {
            Some(Hat::Cap)
        } else if words.has("hat|fedora|cowboy|detective") {
            Some(Hat::Wide)
        } else {
            None
        };
        let base = match kind {
            Kind::Child => 0.64,
            Kind::Woman => 0.94,
            Kind::Astronaut => 1.03,
            Kind::Man | Kind::Robot => 1.0,
        };
        let tall = if words.has("tall|towering|giant|looming") {
            1.08
        } else if words.has("short|small|tiny|petite") {
            0.91
        } else {
            chance.span(0.97, 1.035)
        };
        let girth = if words.has("thin|gaunt|slender|slim|lean|skinny|emaciated") {
            0.88
        } else if words.has("stout|fat|heavy|burly|broad|muscular|large") {
            1.2
        } else {
            chance.span(0.95, 1.07)
        };
        let brown = words.has("black skin|dark skinned|african|brown skin|dark skin");
        Self {
            kind,
            era,
            height: base * tall,
            girth,
            hair,
            hair_tone,
            hat,
            beard: !woman
                && kind == Kind::Man
                && (words.has("beard|bearded|moustache|mustache|whiskers") || old && chance.often(0.6)),
            cloak: words.has("cloak|cape|cloaked|mantle|robe|vampire|vampyre") || hat == Some(Hat::Hood),
            gown: woman && (era == Era::Period || words.has("dress|gown|skirt")) || words.has("dress|gown"),
            pale,
            old,
            glasses: words.has("glasses|spectacles|bespectacled|goggles"),
            accent,
            skin: if pale {
                1.14
            } else if brown {
                0.66
            } else {
                chance.span(0.92, 1.04)
            },
            seed,
        }
    }

    /// Size of the head against an adult's share of the body.
    pub(super) fn head(&self) -> f32 {
        if self.kind == Kind::Child { 1.32 } else { 1.04 }
    }

    /// Skin in a scene's light.
    pub(super) fn skin_tone(&self, palette: &Palette) -> Rgb {
        let skin = palette.skin.shade(self.skin);
        if self.pale { skin.mix(hex(0xdfe3e2), 0.42) } else { skin }
    }

    /// The main cloth in a scene's light: mostly ink, with the person's colour in it.
    pub(super) fn cloth_tone(&self, palette: &Palette) -> Rgb {
        let share = if self.gown {
            0.62
        } else if self.era == Era::Period {
            0.40
        } else {
            0.55
        };
        let lit = palette.ink.mix(self.accent, share);
        if palette.bright { lit.mix(self.accent, 0.35) } else { lit.mix(palette.mid, 0.10) }
    }
}
