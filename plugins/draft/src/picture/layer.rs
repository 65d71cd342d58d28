//! A layer: a texture at a depth with a little life of its own, and the lamps that play over the finished picture.

use super::{
    camera::Affine,
    canvas::At,
    chance::{Chance, mix64, noise1},
    colour::Rgb,
    texture::Texture,
};

/// How a layer lives while the camera looks at it. Times are seconds, places frame units.
#[derive(Debug, Clone)]
pub(super) enum Life {
    Still,
    /// Bends from a foot: cloth, trees, grass.
    Sway {
        foot_y: f32,
        amount: f32,
        speed: f32,
        phase: f32,
    },
    /// A chest that rises, with the weight shifting a little.
    Breathe {
        foot: At,
        amount: f32,
        phase: f32,
    },
    /// Turns about a joint: a head on its neck.
    Nod {
        joint: At,
        degrees: f32,
        speed: f32,
        phase: f32,
    },
    /// Moves to and fro across: fog, clouds, water.
    Drift {
        across: f32,
        down: f32,
        speed: f32,
        phase: f32,
    },
    /// A flame about its wick.
    Flame {
        wick: At,
        phase: f32,
    },
    /// Shown only now and then for a blink.
    Blink {
        phase: f32,
    },
    /// Light that comes with lightning.
    Flash {
        gain: f32,
    },
    /// Light that swells and sinks: neon, fire on a wall.
    Pulse {
        low: f32,
        speed: f32,
        phase: f32,
    },
}

/// One plane of the picture.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) texture: Texture,
    pub(super) depth: f32,
    pub(super) life: Vec<Life>,
    pub(super) opacity: f32,
}

impl Layer {
    /// Movement of its own at a time, in frame units, and opacity.
    pub(super) fn pose(&self, secs: f32, storm: &Storm) -> (Affine, f32) {
        let mut map = Affine::IDENTITY;
        let mut opacity = self.opacity;
        for life in &self.life {
            let (step, gain) = life.pose(secs, storm);
            map = map.after(step);
            opacity *= gain;
        }
        (map, opacity)
    }
}

impl Life {
    fn pose(&self, secs: f32, storm: &Storm) -> (Affine, f32) {
        let still = Affine::IDENTITY;
        match *self {
            Self::Still => (still, 1.0),
            Self::Sway { foot_y, amount, speed, phase } => {
                let wave = (secs * speed + phase).sin() * 0.7 + (secs * speed * 1.7 + phase * 2.0).sin() * 0.3;
                let lean = amount * wave;
                (Affine { b: -lean, c: lean * foot_y, ..still }, 1.0)
            }
            Self::Breathe { foot, amount, phase } => {
                let breath = (secs * 1.55 + phase).sin();
                let scale = 1.0 + amount * breath;
                let lean = 0.35 * amount * (secs * 0.63 + phase * 1.7).sin();
                let wide = 1.0 + 0.4 * amount * breath;
                let map = Affine {
                    a: wide,
                    b: -lean,
                    c: foot.0 * (1.0 - wide) + lean * foot.1,
                    d: 0.0,
                    e: scale,
                    f: foot.1 * (1.0 - scale),
                };
                (map, 1.0)
            }
            Self::Nod { joint, degrees, speed, phase } => {
                let wave = noise1(secs * speed + phase, 5) + 0.4 * noise1(secs * speed * 2.1 + phase, 17);
                (turn_about(joint, (degrees * wave).to_radians()), 1.0)
            }
            Self::Drift { across, down, speed, phase } => {
                let wave = (secs * speed + phase).sin() - phase.sin();
                (
                    Affine { c: across * wave, f: down * ((secs * speed * 1.9 + phase).sin() - phase.sin()), ..still },
                    1.0,
                )
            }
            Self::Flame { wick, phase } => {
                let tall = 1.0 + 0.16 * noise1(secs * 7.0 + phase, 3) + 0.05 * noise1(secs * 17.0 + phase, 4);
                let lean = 0.22 * noise1(secs * 3.1 + phase, 8);
                let wide = 2.0 - tall;
                let map = Affine {
                    a: wide,
                    b: -lean,
                    c: wick.0 * (1.0 - wide) + lean * wick.1,
                    d: 0.0,
                    e: tall,
                    f: wick.1 * (1.0 - tall),
                };
                (map, 1.0)
            }
            Self::Blink { phase } => (still, blink(secs, phase)),
            Self::Flash { gain } => (still, (storm.flash(secs) * gain).min(1.0)),
            Self::Pulse { low, speed, phase } => {
                let wave = 0.5 + 0.5 * noise1(secs * speed + phase, 29);
                (still, low + (1.0 - low) * wave.clamp(0.0, 1.0))
            }
        }
    }
}

fn turn_about(joint: At, radians: f32) -> Affine {
    let (sin, cos) = radians.sin_cos();
    Affine {
        a: cos,
        b: -sin,
        c: joint.0 - cos * joint.0 + sin * joint.1,
        d: sin,
        e: cos,
        f: joint.1 - sin * joint.0 - cos * joint.1,
    }
}

/// Lids closed: about 140 ms, every three to five seconds.
fn blink(secs: f32, phase: f32) -> f32 {
    let period = 3.7;
    let turn = ((secs + phase) / period).floor();
    let inside = (secs + phase) - turn * period;
    let start = 1.1 + (mix64(turn as i64 as u64 ^ phase.to_bits() as u64) % 1000) as f32 / 1000.0 * 1.6;
    let t = (inside - start) / 0.15;
    if (0.0..1.0).contains(&t) { (1.0 - (t * 2.0 - 1.0).abs()).min(0.6) / 0.6 } else { 0.0 }
}

/// How a lamp burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Burn {
    Steady,
    Candle,
    Fire,
    Neon,
    Lightning,
}

/// Light over the finished picture: it lifts what is near it and bleeds into the air.
#[derive(Debug, Clone)]
pub(super) struct Lamp {
    pub(super) at: At,
    pub(super) depth: f32,
    pub(super) radius: f32,
    pub(super) colour: Rgb,
    /// How much it lifts the layers (0 not at all).
    pub(super) lift: f32,
    /// How much it bleeds into the air.
    pub(super) bleed: f32,
    pub(super) burn: Burn,
    pub(super) phase: f32,
}

impl Lamp {
    pub(super) fn gain(&self, secs: f32, storm: &Storm) -> f32 {
        match self.burn {
            Burn::Steady => 1.0,
            Burn::Candle => {
                1.0 + 0.10 * noise1(secs * 5.2 + self.phase, 41) + 0.05 * noise1(secs * 13.0 + self.phase, 43)
            }
            Burn::Fire => 1.0 + 0.17 * noise1(secs * 4.1 + self.phase, 47) + 0.10 * noise1(secs * 9.7 + self.phase, 53),
            Burn::Neon => {
                let buzz = noise1(secs * 11.0 + self.phase, 59);
                if noise1(secs * 1.3 + self.phase, 61) > 0.62 && buzz > 0.0 { 0.45 } else { 1.0 + 0.03 * buzz }
            }
            Burn::Lightning => storm.flash(secs),
        }
    }
}

/// The lightning of a shot: when it strikes.
#[derive(Debug, Clone, Default)]
pub(super) struct Storm {
    strikes: Vec<f32>,
}

impl Storm {
    /// Strikes about every two and a half seconds, the first early enough for a short shot.
    pub(super) fn new(chance: &mut Chance, duration_secs: f32) -> Self {
        let mut strikes = Vec::new();
        let mut at = (duration_secs * 0.22).min(0.9) + 0.3 * chance.unit();
        while at < duration_secs {
            strikes.push(at);
            at += chance.span(1.5, 3.6);
        }
        Self { strikes }
    }

    /// Light of the lightning, 0..1: a stab, a dark gap, a longer stab that dies away.
    pub(super) fn flash(&self, secs: f32) -> f32 {
        let next = self.strikes.partition_point(|&strike| strike <= secs);
        let Some(since) = next.checked_sub(1).map(|index| secs - self.strikes[index]) else { return 0.0 };
        match since {
            s if s < 0.06 => 0.8,
            s if s < 0.12 => 0.15,
            s if s < 0.19 => 1.0,
            s => (-(s - 0.19) * 5.5).exp(),
        }
    }
}
