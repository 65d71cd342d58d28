//! The colours of a scene: one limited palette per hour, weather and light, turned a little by the scene's name so that
//! a film's scenes differ and the shots of one scene do not.

use super::{
    chance::Chance,
    colour::{Rgb, hex},
    reading::{Hour, Place, Reading},
};

/// What everything in a scene is painted with.
#[derive(Debug, Clone)]
pub(super) struct Palette {
    /// Upper sky, or the wall far from the light.
    pub(super) top: Rgb,
    /// Middle of the sky, or the wall.
    pub(super) mid: Rgb,
    /// The horizon, or the wall near the light.
    pub(super) low: Rgb,
    /// What distance turns things into.
    pub(super) haze: Rgb,
    /// The darkest paper.
    pub(super) ink: Rgb,
    /// The main light.
    pub(super) key: Rgb,
    /// The other light: window, moon, shadow side.
    pub(super) cool: Rgb,
    /// The one colour that is out of the scheme.
    pub(super) accent: Rgb,
    /// Skin in this light.
    pub(super) skin: Rgb,
    /// A bright scene: dark figures need no rim to read.
    pub(super) bright: bool,
}

const fn set(codes: [u32; 9], bright: bool) -> Palette {
    let [top, mid, low, haze, ink, key, cool, accent, skin] = codes;
    Palette {
        top: hex(top),
        mid: hex(mid),
        low: hex(low),
        haze: hex(haze),
        ink: hex(ink),
        key: hex(key),
        cool: hex(cool),
        accent: hex(accent),
        skin: hex(skin),
        bright,
    }
}

//                                        top       mid       low       haze      ink       key       cool      accent    skin
const CANDLE: Palette =
    set([0x1c1112, 0x50301f, 0x8a5a2c, 0x6d4426, 0x0e0809, 0xffc873, 0x5b7fa3, 0x9e2b25, 0xd9a06a], false);
const FIRE: Palette =
    set([0x190c0d, 0x4d2018, 0x93411f, 0x6e321e, 0x0d0607, 0xff9a4a, 0x48627f, 0xc24a22, 0xd08a58], false);
const MOON_ROOM: Palette =
    set([0x0a1120, 0x1c3050, 0x3d5f80, 0x3a5876, 0x060a13, 0xc4dcf2, 0x7fa6c6, 0x8e3a3c, 0xa9b9c6], false);
const LAMP_ROOM: Palette =
    set([0x16140f, 0x3f3a26, 0x857140, 0x5e5535, 0x0b0b0a, 0xffdc8f, 0x4f8a8b, 0xb5482c, 0xd6ac78], false);
const DAY_ROOM: Palette =
    set([0x8f8a76, 0xcbbd97, 0xeedfb8, 0xdccba2, 0x2a2622, 0xfff2cf, 0xa6c6c6, 0xc0532f, 0xe2b98e], true);
const MORNING_ROOM: Palette =
    set([0x9a8468, 0xd9b98a, 0xf7dfac, 0xeccb96, 0x2d231f, 0xffedbd, 0x9cc4c2, 0xc8502c, 0xe6b48a], true);
const DAWN_ROOM: Palette =
    set([0x4a3f52, 0x9a7280, 0xe8b090, 0xc99488, 0x1c1622, 0xffd7a6, 0x7f96b8, 0xb04a4a, 0xd9a68c], false);
const DUSK_ROOM: Palette =
    set([0x2b1c2c, 0x6f3d40, 0xcc7a45, 0x95563f, 0x150d14, 0xffb668, 0x6d6aa0, 0xa82f3c, 0xd99a6c], false);
const NIGHT: Palette =
    set([0x060b1a, 0x11284a, 0x3b6287, 0x35587a, 0x03060d, 0xd4e6f6, 0x7aa3c6, 0xe0a04a, 0xa4b4c4], false);
const STORM: Palette =
    set([0x0a0e15, 0x232f38, 0x5b6d71, 0x495a60, 0x05080b, 0xdfecf0, 0x8fa6ad, 0xe09446, 0xa7b0ae], false);
const DAWN: Palette =
    set([0x2c4470, 0x9d7590, 0xf6bd8c, 0xd9a291, 0x17142a, 0xffdfae, 0x8aa0c8, 0xc4564a, 0xd8a68e], false);
const DUSK: Palette =
    set([0x1f1d4a, 0x7c3a63, 0xf49350, 0xbd6a5c, 0x120d20, 0xffbd70, 0x7676b4, 0xd83f3a, 0xd6956e], false);
const DAY: Palette =
    set([0x5489a6, 0xa3c6c9, 0xece5cb, 0xc6d0c2, 0x1c2c30, 0xfff4d4, 0x88b2c2, 0xc4512f, 0xdcb38a], true);
const MORNING: Palette =
    set([0x6f9bb2, 0xc3d0c4, 0xf9e3b6, 0xe2d3b2, 0x24302f, 0xffefc4, 0x93bac2, 0xc4582f, 0xe0b58c], true);
const DESERT: Palette =
    set([0x2f8a9c, 0x9cc3ad, 0xf6d795, 0xe9bb79, 0x4a2119, 0xfff1c4, 0x5fa0a4, 0x1f6f78, 0xcf9468], true);
const NEON: Palette =
    set([0x070619, 0x1f1145, 0x6d2380, 0x40205f, 0x04030b, 0xff5aa8, 0x2fd8e8, 0xffd257, 0xb48ab0], false);
const SPACE: Palette =
    set([0x02030a, 0x0a1030, 0x2b1d52, 0x1b1a40, 0x020308, 0xffe7c2, 0x6fb4ff, 0xff8a4a, 0xb8b4c0], false);
const SNOW_DAY: Palette =
    set([0x7f97a8, 0xb9c8d0, 0xeceff0, 0xd3dde2, 0x1e2a36, 0xffffff, 0x8fa9bd, 0xb23a32, 0xd2b6a2], true);
const STAGE: Palette =
    set([0x0d1014, 0x262c33, 0x5d6468, 0x474e54, 0x07090c, 0xf2e6cf, 0x7d97a8, 0xc8553a, 0xc2ab92], false);

/// The palette of a scene.
pub(super) fn palette(reading: &Reading, mut scene: Chance) -> Palette {
    let base = if reading.place.indoors() { room(reading) } else { open(reading) };
    let (turn, chroma) = (scene.span(-9.0, 9.0), scene.span(0.94, 1.1) * if reading.dread { 0.93 } else { 1.0 });
    let each = |colour: Rgb| colour.turn(turn, chroma);
    let mut palette = Palette {
        top: each(base.top),
        mid: each(base.mid),
        low: each(base.low),
        haze: each(base.haze),
        ink: each(base.ink),
        key: base.key.turn(turn * 0.5, 1.0),
        cool: each(base.cool),
        accent: base.accent.turn(scene.span(-14.0, 14.0), 1.05),
        skin: base.skin,
        bright: base.bright,
    };
    if reading.fog {
        let grey = palette.haze.mix(palette.low, 0.4).turn(0.0, 0.7);
        palette.top = palette.top.mix(grey, 0.55);
        palette.mid = palette.mid.mix(grey, 0.6);
        palette.low = palette.low.mix(grey, 0.35);
        palette.haze = grey;
    }
    if reading.snow && !palette.bright {
        palette.low = palette.low.mix(hex(0xb8cbd8), 0.25);
        palette.haze = palette.haze.mix(hex(0x9fb6c6), 0.3);
    }
    palette
}

fn room(reading: &Reading) -> Palette {
    if reading.neon {
        return NEON;
    }
    if reading.candle {
        return CANDLE;
    }
    if reading.fire || reading.place == Place::Hut && matches!(reading.hour, Hour::Night | Hour::Dusk) {
        return FIRE;
    }
    match reading.hour {
        Hour::Night if reading.place == Place::Corridor => SPACE_ROOM,
        Hour::Night if reading.moon || matches!(reading.place, Place::Hall | Place::Church) => MOON_ROOM,
        Hour::Night if matches!(reading.place, Place::DrawingRoom | Place::Bedchamber) => CANDLE,
        Hour::Night => LAMP_ROOM,
        Hour::Dawn => DAWN_ROOM,
        Hour::Morning => MORNING_ROOM,
        Hour::Day => DAY_ROOM,
        Hour::Dusk => DUSK_ROOM,
    }
}

const SPACE_ROOM: Palette =
    set([0x0a1418, 0x1d3a42, 0x4d8286, 0x3a6468, 0x04090b, 0xd2f2ee, 0x59c1c9, 0xff7b45, 0xb0bcb8], false);

fn open(reading: &Reading) -> Palette {
    let night = reading.hour == Hour::Night;
    match reading.place {
        Place::Space => return SPACE,
        Place::Stage => {
            return if reading.candle {
                CANDLE
            } else if reading.fire {
                FIRE
            } else {
                STAGE
            };
        }
        _ => {}
    }
    if reading.neon || reading.place == Place::City && night {
        return NEON;
    }
    if reading.storm {
        return STORM;
    }
    if reading.snow && !night {
        return SNOW_DAY;
    }
    match reading.hour {
        Hour::Night => NIGHT,
        Hour::Dawn => DAWN,
        Hour::Dusk => DUSK,
        Hour::Day | Hour::Morning if reading.place == Place::Desert => DESERT,
        Hour::Morning => MORNING,
        Hour::Day => DAY,
    }
}
