//! Whole stand-ins in profile, facing right: feet at 0,0, crown at 0,-1.

use super::look::{Kind, Look};
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, polygon, smooth},
    colour::{Rgb, hex},
    palette::Palette,
    posture::Posture,
    reading::Era,
};

/// Papers of one person in one light.
#[derive(Debug, Clone, Copy)]
pub(super) struct Papers {
    pub(super) skin: Rgb,
    pub(super) shade: Rgb,
    pub(super) cloth: Rgb,
    pub(super) deep: Rgb,
    pub(super) linen: Rgb,
    pub(super) accent: Rgb,
    pub(super) hair: Rgb,
}

impl Papers {
    pub(super) fn of(look: &Look, palette: &Palette, distance_haze: f32) -> Self {
        let air = |paper: Rgb| paper.mix(palette.haze, distance_haze);
        let cloth = look.cloth_tone(palette);
        let dim = if palette.bright { 0.86 } else { 0.74 };
        let skin = look.skin_tone(palette).shade(dim);
        Self {
            skin: air(skin),
            shade: air(skin.mix(palette.ink, 0.55)),
            cloth: air(cloth),
            deep: air(cloth.mix(palette.ink, 0.55)),
            linen: air(hex(0xe9e0cf).mix(palette.key, 0.25).shade(dim)),
            accent: air(look.accent.mix(palette.ink, 0.12)),
            hair: air(look.hair_tone.mix(palette.ink, 0.35)),
        }
    }
}

/// What the near arm does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arm {
    Hanging,
    ToChest,
    Reaching,
    Behind,
}

/// Height of the joint of the neck.
pub(super) const NECK: At = (0.004, -0.864);
/// Size of a head against the body.
pub(super) const HEAD: f32 = 0.142;

/// Where the floor is under someone whose feet, standing, would be at 0.
pub(super) const fn floor_y(posture: Posture) -> f32 {
    match posture {
        Posture::Standing | Posture::Lying => 0.0,
        Posture::Kneeling => -0.27,
        Posture::Seated => -0.24,
    }
}

/// Draws the body below the neck.
pub(super) fn body(canvas: &mut Canvas, look: &Look, papers: &Papers, arm: Arm, posture: Posture) {
    match look.kind {
        Kind::Robot => return robot(canvas, papers),
        Kind::Astronaut => return suit(canvas, papers),
        Kind::Man | Kind::Woman | Kind::Child => {}
    }
    let g = look.girth;
    if posture == Posture::Seated {
        stool(canvas, papers);
    }
    if look.gown {
        gown(canvas, look, papers, posture);
    } else {
        match posture {
            Posture::Standing | Posture::Lying => legs(canvas, look, papers),
            Posture::Kneeling | Posture::Seated => bent_legs(canvas, look, papers, posture),
        }
        coat(canvas, look, papers, posture);
    }
    neck(canvas, papers, g);
    limb(canvas, look, papers, arm);
    if look.cloak {
        cloak(canvas, papers, g, posture);
    }
}

/// Cloth that would hang lower rests on the floor, or on the seat.
fn resting<const N: usize>(points: [At; N], posture: Posture) -> [At; N] {
    let lowest = match posture {
        Posture::Standing | Posture::Lying => return points,
        Posture::Kneeling => floor_y(posture),
        Posture::Seated => SEAT_Y,
    };
    points.map(|(x, y)| if y > lowest { (x + (y - lowest) * x.signum() * 0.3, lowest) } else { (x, y) })
}

/// Height of a seat under someone who sits.
const SEAT_Y: f32 = -0.435;

fn stool(canvas: &mut Canvas, papers: &Papers) {
    let (wood, floor) = (papers.deep.shade(0.55), floor_y(Posture::Seated));
    for x in [-0.115_f32, 0.075] {
        canvas.line(polygon(&[(x, SEAT_Y), (x * 1.12, floor)]), 0.020, wood);
    }
    canvas.line(polygon(&[(-0.10, SEAT_Y + 0.10), (0.066, SEAT_Y + 0.10)]), 0.012, wood.shade(0.8));
    canvas.rect(-0.15, SEAT_Y - 0.012, 0.105, SEAT_Y + 0.016, papers.deep.shade(0.8));
}

/// Legs of someone who kneels or sits: the far one a little behind.
fn bent_legs(canvas: &mut Canvas, look: &Look, papers: &Papers, posture: Posture) {
    let trousers = if look.kind == Kind::Man && look.era == Era::Period {
        papers.linen.mix(papers.deep, 0.80)
    } else {
        papers.deep
    };
    let (boot, floor) = (papers.deep.shade(0.62), floor_y(posture));
    for (shift, shade) in [(-0.028_f32, 0.72_f32), (0.012, 1.0)] {
        let (knee, ankle, toe): (At, At, At) = if posture == Posture::Kneeling {
            ((0.055 + shift, floor - 0.042), (-0.165 + shift, floor - 0.032), (-0.215 + shift, floor - 0.012))
        } else {
            ((0.195 + shift, SEAT_Y - 0.028), (0.185 + shift, floor - 0.045), (0.255 + shift, floor - 0.014))
        };
        canvas.line(polygon(&[(shift, -0.485), knee]), 0.084, trousers.shade(shade));
        canvas.ellipse(knee, 0.042, 0.042, trousers.shade(shade));
        canvas.line(
            polygon(&[knee, ankle]),
            0.064,
            if posture == Posture::Kneeling { boot } else { boot.shade(shade) },
        );
        canvas.ellipse(ankle, 0.032, 0.030, boot.shade(shade));
        canvas.line(polygon(&[(ankle.0, toe.1 - 0.010), toe]), 0.034, boot.shade(shade));
    }
}

fn neck(canvas: &mut Canvas, papers: &Papers, g: f32) {
    canvas.fill(
        smooth(&[
            (-0.034, -0.90),
            (0.014, -0.90),
            (0.020, -0.855),
            (0.048 * g, -0.82),
            (-0.055 * g, -0.82),
            (-0.036, -0.85),
        ]),
        Ink::across(-0.04, papers.shade, 0.04, papers.skin),
    );
}

fn legs(canvas: &mut Canvas, look: &Look, papers: &Papers) {
    let period = look.era == Era::Period;
    let trousers = if look.kind == Kind::Woman {
        papers.shade.mix(papers.deep, 0.5)
    } else if period {
        papers.linen.mix(papers.deep, 0.80)
    } else {
        papers.deep
    };
    let boot = papers.deep.shade(0.62);
    for (shift, lean, far) in [(-0.032_f32, -0.030_f32, true), (0.022, 0.034, false)] {
        let tone = if far { trousers.shade(0.72) } else { trousers };
        let leg = [
            (shift - 0.042, -0.50),
            (shift + 0.046, -0.50),
            (shift + 0.046 + lean * 0.4, -0.36),
            (shift + 0.032 + lean * 0.7, -0.26),
            (shift + 0.036 + lean, -0.16),
            (shift + 0.020 + lean, -0.03),
            (shift - 0.018 + lean, -0.03),
            (shift - 0.034 + lean, -0.17),
            (shift - 0.028 + lean * 0.6, -0.27),
            (shift - 0.044 + lean * 0.2, -0.38),
        ];
        canvas.fill(smooth(&leg), tone);
        let x = shift + lean;
        let top = if period { -0.235 } else { -0.06 };
        let shaft = [
            (x - 0.038, top),
            (x + 0.040, top - 0.008),
            (x + 0.030, -0.07),
            (x + 0.045, -0.035),
            (x + 0.088, -0.018),
            (x + 0.090, 0.0),
            (x + 0.090, 0.0),
            (x - 0.034, 0.0),
            (x - 0.034, 0.0),
            (x - 0.028, -0.08),
        ];
        canvas.fill(smooth(&shaft), if far { boot.shade(0.8) } else { boot });
    }
}

fn coat(canvas: &mut Canvas, look: &Look, papers: &Papers, posture: Posture) {
    let g = look.girth;
    let ink = Ink::across(-0.13, papers.deep, 0.12, papers.cloth);
    if look.era == Era::Period && look.kind != Kind::Child {
        let coat = [
            (-0.030 * g, -0.862),
            (-0.078 * g, -0.825),
            (-0.112 * g, -0.74),
            (-0.108 * g, -0.64),
            (-0.078 * g, -0.54),
            (-0.108 * g, -0.42),
            (-0.122 * g, -0.25),
            (-0.118, -0.22),
            (-0.070, -0.225),
            (-0.045, -0.36),
            (-0.012, -0.475),
            (0.060 * g, -0.485),
            (0.074 * g, -0.52),
            (0.076 * g, -0.60),
            (0.104 * g, -0.70),
            (0.096 * g, -0.77),
            (0.058 * g, -0.832),
        ];
        canvas.fill(smooth(&resting(coat, posture)), ink);
        // Waistcoat and cravat catch the light.
        canvas.fill(
            smooth(&[
                (0.050, -0.805),
                (0.094 * g, -0.755),
                (0.101 * g, -0.69),
                (0.076 * g, -0.60),
                (0.072 * g, -0.50),
                (0.058, -0.50),
                (0.056, -0.62),
                (0.048, -0.72),
            ]),
            papers.accent,
        );
        canvas.fill(
            smooth(&[
                (-0.006, -0.862),
                (0.046, -0.872),
                (0.064, -0.845),
                (0.088, -0.79),
                (0.078, -0.735),
                (0.054, -0.775),
                (0.020, -0.822),
            ]),
            papers.linen,
        );
        canvas.fill(
            smooth(&[
                (-0.048, -0.882),
                (-0.018, -0.888),
                (0.020, -0.846),
                (0.046, -0.80),
                (0.030, -0.775),
                (-0.02, -0.80),
                (-0.056, -0.825),
            ]),
            papers.cloth.mix(papers.deep, 0.5),
        );
        canvas.line(
            curve(&[(0.036, -0.79), (0.048, -0.68), (0.040, -0.56)]),
            0.005,
            Ink::Flat(papers.deep.shade(0.6), 0.8),
        );
        return;
    }
    let skirted = look.kind == Kind::Woman;
    let hem = if skirted { -0.27 } else { -0.44 };
    let (back, front) = if skirted { (-0.150, 0.118) } else { (-0.094, 0.072) };
    let jacket = [
        (-0.030 * g, -0.858),
        (-0.074 * g, -0.825),
        (-0.104 * g, -0.75),
        (-0.098 * g, -0.64),
        (-0.076 * g, -0.56),
        (back * g, hem),
        (back * g, hem),
        (front * g, hem),
        (front * g, hem),
        (0.070 * g, -0.56),
        (0.094 * g, -0.70),
        (0.086 * g, -0.78),
        (0.052 * g, -0.832),
    ];
    canvas.fill(smooth(&resting(jacket, posture)), ink);
    canvas.fill(
        polygon(&[(0.028, -0.852), (0.064, -0.83), (0.090 * g, -0.76), (0.078 * g, -0.70), (0.05, -0.76)]),
        if look.era == Era::Modern { papers.accent } else { papers.linen },
    );
    canvas.line(curve(&[(0.046, -0.75), (0.060, -0.62), (0.054, hem)]), 0.005, Ink::Flat(papers.deep.shade(0.6), 0.8));
    canvas.fill(
        smooth(&[(-0.045, -0.878), (0.0, -0.876), (0.040, -0.842), (0.030, -0.815), (-0.05, -0.825)]),
        papers.deep,
    );
}

fn gown(canvas: &mut Canvas, look: &Look, papers: &Papers, posture: Posture) {
    let g = look.girth;
    let skirt = [
        (-0.052 * g, -0.69),
        (0.058 * g, -0.69),
        (0.066 * g, -0.60),
        (0.098 * g, -0.42),
        (0.142 * g, -0.18),
        (0.168 * g, 0.0),
        (0.168 * g, 0.0),
        (-0.27 * g, 0.0),
        (-0.27 * g, 0.0),
        (-0.20 * g, -0.10),
        (-0.150 * g, -0.30),
        (-0.098 * g, -0.52),
    ];
    let light = papers.accent.mix(papers.cloth, 0.45);
    let skirt = match posture {
        Posture::Seated => skirt_seated(g),
        Posture::Standing | Posture::Kneeling | Posture::Lying => resting(skirt, posture),
    };
    canvas.fill(smooth(&skirt), Ink::across(-0.22, papers.deep, 0.17, light));
    let folds = if posture == Posture::Standing { &FOLDS[..] } else { &[] };
    for &(top, foot) in folds {
        canvas.line(
            curve(&[(top * g, -0.64), (top * 1.6 + foot * 0.25, -0.36), (foot * g, -0.015)]),
            0.006,
            Ink::Flat(papers.deep.shade(0.75), 0.65),
        );
    }
    let bodice = [
        (-0.030, -0.85),
        (-0.072 * g, -0.815),
        (-0.076 * g, -0.75),
        (-0.054 * g, -0.68),
        (0.060 * g, -0.68),
        (0.092 * g, -0.735),
        (0.078 * g, -0.785),
        (0.040, -0.825),
    ];
    canvas.fill(smooth(&bodice), Ink::across(-0.08, papers.deep, 0.09, papers.accent));
    canvas.fill(
        smooth(&[
            (-0.02, -0.855),
            (0.026, -0.848),
            (0.074 * g, -0.783),
            (0.068 * g, -0.772),
            (0.010, -0.80),
            (-0.03, -0.825),
        ]),
        papers.skin,
    );
    canvas.line(
        curve(&[(-0.056 * g, -0.682), (0.0, -0.674), (0.066 * g, -0.684)]),
        0.014,
        papers.linen.mix(papers.accent, 0.4),
    );
}

/// Folds of a gown: where each begins under the waist and where it ends at the hem.
const FOLDS: [At; 4] = [(-0.03, -0.15), (0.0, -0.05), (0.025, 0.05), (0.04, 0.115)];

/// Over a lap, down from the knees to the floor.
fn skirt_seated(g: f32) -> [At; 12] {
    let floor = floor_y(Posture::Seated);
    [
        (-0.052 * g, -0.69),
        (0.058 * g, -0.69),
        (0.072 * g, -0.57),
        (0.16, -0.51),
        (0.235, -0.475),
        (0.25, -0.36),
        (0.265, floor),
        (0.265, floor),
        (0.02, floor),
        (0.02, floor),
        (-0.15 * g, SEAT_Y + 0.02),
        (-0.098 * g, -0.52),
    ]
}

fn limb(canvas: &mut Canvas, look: &Look, papers: &Papers, arm: Arm) {
    let g = look.girth;
    let shoulder = (-0.012, -0.785);
    let (elbow, hand): (At, At) = match arm {
        Arm::Hanging => ((-0.038, -0.62), (-0.004, -0.46)),
        Arm::ToChest => ((-0.028, -0.61), (0.082, -0.665)),
        Arm::Reaching => ((0.062, -0.645), (0.205, -0.70)),
        Arm::Behind => ((-0.085, -0.625), (-0.100, -0.515)),
    };
    let sleeve = if look.gown { papers.skin.mix(papers.shade, 0.3) } else { papers.cloth.mix(papers.deep, 0.25) };
    let part = |canvas: &mut Canvas, from: At, to: At, (first, last): (f32, f32), tone: Rgb| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let long = dx.hypot(dy).max(1e-3);
        let (nx, ny) = (-dy / long, dx / long);
        let points = [
            (from.0 + nx * first, from.1 + ny * first),
            (to.0 + nx * last, to.1 + ny * last),
            (to.0 - nx * last, to.1 - ny * last),
            (from.0 - nx * first, from.1 - ny * first),
        ];
        canvas.fill(polygon(&points), tone);
        canvas.ellipse(from, first, first, tone);
        canvas.ellipse(to, last, last, tone);
    };
    let slim = if look.gown { 0.72 } else { 1.0 };
    // A thin line of shadow keeps the arm off the coat.
    part(
        canvas,
        (shoulder.0 - 0.006, shoulder.1),
        (elbow.0 - 0.006, elbow.1),
        (0.040 * g * slim, 0.031 * slim),
        papers.deep.shade(0.7),
    );
    part(canvas, shoulder, elbow, (0.037 * g * slim, 0.029 * slim), sleeve);
    part(canvas, elbow, hand, (0.029 * slim, 0.020 * slim), sleeve.mix(papers.cloth, 0.4));
    let (dx, dy) = (hand.0 - elbow.0, hand.1 - elbow.1);
    let long = dx.hypot(dy).max(1e-3);
    if look.era == Era::Period && !look.gown {
        canvas.ellipse((hand.0 + dx / long * 0.004, hand.1 + dy / long * 0.004), 0.023, 0.021, papers.linen);
    }
    let palm = (hand.0 + dx / long * 0.028, hand.1 + dy / long * 0.028);
    canvas.ellipse(palm, 0.020, 0.022, papers.skin);
    part(canvas, palm, (palm.0 + dx / long * 0.026, palm.1 + dy / long * 0.026), (0.014, 0.008), papers.skin);
}

fn cloak(canvas: &mut Canvas, papers: &Papers, g: f32, posture: Posture) {
    let cape = [
        (0.030, -0.868),
        (-0.044, -0.885),
        (-0.105 * g, -0.80),
        (-0.165 * g, -0.58),
        (-0.20 * g, -0.30),
        (-0.255 * g, -0.045),
        (-0.255 * g, -0.045),
        (-0.20, -0.065),
        (-0.155, -0.035),
        (-0.11, -0.068),
        (-0.06, -0.045),
        (-0.06, -0.045),
        (-0.045, -0.30),
        (-0.028, -0.56),
        (0.018, -0.74),
        (0.062 * g, -0.81),
    ];
    canvas.fill(
        smooth(&resting(cape, posture)),
        Ink::across(-0.24, papers.deep, 0.06, papers.deep.mix(papers.cloth, 0.5)),
    );
    let folds: &[At] =
        if posture == Posture::Standing { &[(-0.06, -0.20), (-0.04, -0.14), (-0.02, -0.09)] } else { &[] };
    for &(top, foot) in folds {
        canvas.line(
            curve(&[(top, -0.80), (top * 2.2, -0.45), (foot, -0.08)]),
            0.006,
            Ink::Flat(papers.deep.shade(0.5), 0.7),
        );
    }
    canvas.fill(
        smooth(&[(-0.052, -0.905), (-0.01, -0.90), (0.034, -0.862), (0.058, -0.82), (0.02, -0.80), (-0.055, -0.83)]),
        papers.accent.mix(papers.deep, 0.4),
    );
}

fn robot(canvas: &mut Canvas, papers: &Papers) {
    let shell = |left: f32, right: f32| Ink::across(left, papers.deep, right, papers.linen.mix(papers.accent, 0.35));
    for (shift, gain) in [(-0.045_f32, 0.6_f32), (0.035, 1.0)] {
        let tone = papers.linen.mix(papers.accent, 0.4).shade(0.6 * gain);
        canvas.line(polygon(&[(shift, -0.48), (shift + 0.012, -0.27)]), 0.050, tone);
        canvas.line(polygon(&[(shift + 0.012, -0.27), (shift, -0.05)]), 0.042, tone.shade(0.85));
        canvas.ellipse((shift + 0.012, -0.27), 0.034, 0.034, papers.deep);
        canvas.fill(
            smooth(&[
                (shift - 0.05, 0.0),
                (shift - 0.05, 0.0),
                (shift - 0.035, -0.055),
                (shift + 0.04, -0.06),
                (shift + 0.10, -0.02),
                (shift + 0.10, 0.0),
                (shift + 0.10, 0.0),
            ]),
            tone,
        );
    }
    canvas.fill(smooth(&[(-0.07, -0.44), (-0.08, -0.52), (0.07, -0.53), (0.065, -0.44)]), papers.deep);
    canvas.fill(
        smooth(&[
            (-0.06, -0.855),
            (-0.125, -0.80),
            (-0.12, -0.64),
            (-0.085, -0.53),
            (0.075, -0.53),
            (0.105, -0.66),
            (0.105, -0.80),
            (0.055, -0.86),
        ]),
        shell(-0.13, 0.11),
    );
    canvas.ellipse((0.055, -0.70), 0.030, 0.030, papers.deep);
    canvas.ellipse((0.055, -0.70), 0.018, 0.018, papers.accent.shade(1.6));
    canvas.glow((0.055, -0.70), 0.10, papers.accent.shade(1.5), 0.6);
    canvas.line(curve(&[(-0.11, -0.66), (0.0, -0.63), (0.10, -0.65)]), 0.006, papers.deep);
    canvas.ellipse((-0.03, -0.785), 0.056, 0.056, papers.deep);
    canvas.line(polygon(&[(-0.03, -0.785), (-0.045, -0.60)]), 0.044, papers.linen.mix(papers.accent, 0.4).shade(0.75));
    canvas.ellipse((-0.045, -0.60), 0.030, 0.030, papers.deep);
    canvas.line(polygon(&[(-0.045, -0.60), (0.010, -0.43)]), 0.036, papers.linen.mix(papers.accent, 0.4).shade(0.9));
    for dx in [-0.012_f32, 0.004, 0.02] {
        canvas.line(polygon(&[(0.010, -0.42), (0.012 + dx, -0.375)]), 0.010, papers.deep);
    }
    canvas.rect(-0.025, -0.885, 0.025, -0.845, papers.deep);
}

fn suit(canvas: &mut Canvas, papers: &Papers) {
    let shell = || Ink::across(-0.15, papers.linen.shade(0.45), 0.13, papers.linen);
    canvas.fill(
        smooth(&[(-0.19, -0.83), (-0.205, -0.60), (-0.18, -0.52), (-0.08, -0.52), (-0.06, -0.84), (-0.12, -0.87)]),
        papers.linen.shade(0.5),
    );
    for (shift, gain) in [(-0.05_f32, 0.6_f32), (0.04, 0.95)] {
        canvas.line(
            polygon(&[(shift, -0.46), (shift + 0.015, -0.26), (shift, -0.06)]),
            0.105,
            papers.linen.shade(gain),
        );
        canvas.fill(
            smooth(&[
                (shift - 0.06, 0.0),
                (shift - 0.06, 0.0),
                (shift - 0.05, -0.07),
                (shift + 0.05, -0.07),
                (shift + 0.11, -0.02),
                (shift + 0.11, 0.0),
                (shift + 0.11, 0.0),
            ]),
            papers.deep,
        );
    }
    canvas.fill(
        smooth(&[
            (-0.06, -0.87),
            (-0.135, -0.80),
            (-0.14, -0.60),
            (-0.11, -0.45),
            (0.09, -0.45),
            (0.12, -0.62),
            (0.115, -0.80),
            (0.06, -0.87),
        ]),
        shell(),
    );
    canvas.rect(0.03, -0.72, 0.112, -0.63, papers.linen.shade(0.6));
    canvas.rect(0.045, -0.70, 0.065, -0.685, papers.accent.shade(1.4));
    canvas.line(curve(&[(-0.02, -0.79), (-0.05, -0.62), (0.02, -0.47)]), 0.088, papers.linen.shade(0.82));
    canvas.ellipse((0.03, -0.445), 0.042, 0.042, papers.deep);
    canvas.line(curve(&[(-0.09, -0.60), (0.0, -0.575), (0.11, -0.595)]), 0.012, papers.accent);
}
