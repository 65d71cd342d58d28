//! The close-up: a face in planes of light and shadow, as a linocut would have it. About the middle of the face, one
//! unit is crown to chin.

use super::{
    body::Papers,
    look::{Hair, Hat, Kind, Look},
};
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, ellipse, polygon, smooth},
    colour::{Rgb, hex},
    reading::Era,
};

fn both(half: &[At]) -> Vec<At> {
    half.iter().copied().chain(half.iter().rev().map(|&(x, y)| (-x, y))).collect()
}

/// Light on a face: the side it comes from (-1 left, 1 right), its colour, and how far the face is turned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lit {
    pub(super) side: f32,
    pub(super) key: Rgb,
    pub(super) cool: Rgb,
    pub(super) dark: Rgb,
    pub(super) turn: f32,
    pub(super) hard: f32,
}

/// Hair behind the head, neck, shoulders and dress.
pub(super) fn bust(canvas: &mut Canvas, look: &Look, papers: &Papers, lit: &Lit) {
    let s = lit.side;
    let across = |wide: f32, dark: Rgb, light: Rgb| Ink::across(-s * wide, dark, s * wide, light);
    if matches!(look.kind, Kind::Robot | Kind::Astronaut) {
        let shell = papers.linen.mix(papers.accent, if look.kind == Kind::Robot { 0.4 } else { 0.05 });
        canvas.fill(polygon(&both(&[(0.16, 0.35), (0.18, 0.75)])), papers.deep);
        canvas.fill(
            smooth(&both(&[(0.0, 0.66), (0.30, 0.68), (0.80, 0.80), (1.10, 1.05), (1.16, 1.6), (1.1, 3.0)])),
            across(1.1, shell.shade(0.35), shell.shade(0.9)),
        );
        for y in [0.95_f32, 1.15] {
            canvas.line(curve(&[(-0.7, y - 0.05), (0.0, y + 0.06), (0.7, y - 0.05)]), 0.02, papers.deep);
        }
        canvas.ellipse((s * 0.34, 1.02), 0.06, 0.06, papers.accent.shade(1.6));
        canvas.glow((s * 0.34, 1.02), 0.3, papers.accent.shade(1.5), 0.5);
        return;
    }
    match look.hair {
        Hair::Long => canvas.fill(
            smooth(&both(&[
                (0.0, -0.66),
                (0.36, -0.55),
                (0.50, -0.20),
                (0.50, 0.20),
                (0.56, 0.70),
                (0.46, 1.05),
                (0.20, 1.0),
            ])),
            across(0.5, papers.hair.shade(0.5), papers.hair),
        ),
        Hair::Bob => canvas.fill(
            smooth(&both(&[(0.0, -0.65), (0.38, -0.54), (0.50, -0.18), (0.50, 0.22), (0.42, 0.46), (0.2, 0.44)])),
            across(0.5, papers.hair.shade(0.5), papers.hair),
        ),
        Hair::Bun => canvas.ellipse((0.0, -0.66), 0.19, 0.17, papers.hair),
        _ => {}
    }
    let neck = if look.kind == Kind::Man { 0.215 } else { 0.17 } * look.girth;
    canvas.fill(
        smooth(&both(&[(neck, 0.18), (neck, 0.55), (neck + 0.10, 0.72), (neck + 0.35, 0.84), (0.3, 1.1)])),
        across(0.3, papers.shade.shade(0.7), papers.skin),
    );
    canvas.fill(
        smooth(&[(-0.25, 0.34), (0.0, 0.46), (0.25, 0.34), (0.22, 0.52), (s * -0.02, 0.66), (-0.22, 0.56)]),
        Ink::Flat(papers.shade.shade(0.45), 0.75),
    );
    let g = look.girth;
    let coat = [
        (neck + 0.02, 0.56),
        (neck + 0.12, 0.66),
        (0.62 * g, 0.80),
        (0.92 * g, 0.96),
        (1.08 * g, 1.25),
        (1.16 * g, 1.8),
        (1.2 * g, 3.0),
    ];
    if look.gown {
        let mut low = both(&[(0.42, 0.90), (0.72 * g, 0.84), (0.88 * g, 0.92), (0.96 * g, 1.2), (1.0 * g, 3.0)]);
        low.insert(low.len(), (0.0, 1.06));
        canvas.fill(
            smooth(&[
                (-0.30, 0.70),
                (-0.86 * g, 0.92),
                (-0.9 * g, 1.4),
                (0.9 * g, 1.4),
                (0.86 * g, 0.92),
                (0.30, 0.70),
            ]),
            across(0.9, papers.shade.shade(0.7), papers.skin),
        );
        canvas.fill(smooth(&low), across(1.0, papers.deep, papers.accent));
        canvas.line(
            curve(&[(-0.86 * g, 0.90), (-0.42, 0.92), (0.0, 1.06), (0.42, 0.92), (0.86 * g, 0.90)]),
            0.035,
            papers.linen.mix(papers.accent, 0.35),
        );
        return;
    }
    canvas.fill(smooth(&both(&coat)), across(1.1, papers.deep.shade(0.7), papers.cloth));
    if look.era == Era::Period && look.kind == Kind::Man {
        canvas.fill(
            smooth(&both(&[
                (0.0, 0.50),
                (0.20, 0.44),
                (0.25, 0.55),
                (0.18, 0.80),
                (0.22, 1.15),
                (0.10, 1.35),
                (0.0, 1.42),
            ])),
            across(0.25, papers.linen.shade(0.5), papers.linen),
        );
        canvas.fill(
            smooth(&[
                (-0.12, 0.62),
                (0.0, 0.57),
                (0.12, 0.62),
                (0.15, 0.74),
                (0.05, 0.80),
                (0.09, 1.0),
                (0.0, 1.06),
                (-0.08, 1.0),
                (-0.05, 0.80),
                (-0.15, 0.74),
            ]),
            across(0.16, papers.linen.shade(0.6), papers.linen.shade(1.06)),
        );
        for dx in [-0.06_f32, 0.0, 0.06] {
            canvas.line(
                curve(&[(dx * 0.5, 0.80), (dx, 0.9), (dx * 0.7, 1.02)]),
                0.012,
                Ink::Flat(papers.shade.shade(0.6), 0.6),
            );
        }
        for hand in [-1.0_f32, 1.0] {
            canvas.fill(
                smooth(&[
                    (hand * 0.24, 0.40),
                    (hand * 0.34, 0.46),
                    (hand * 0.44, 0.72),
                    (hand * 0.30, 0.98),
                    (hand * 0.22, 0.80),
                    (hand * 0.235, 0.6),
                ]),
                if hand == s { papers.cloth.mix(papers.linen, 0.10) } else { papers.deep },
            );
            canvas.fill(
                smooth(&[
                    (hand * 0.42, 0.74),
                    (hand * 0.60, 0.92),
                    (hand * 0.46, 1.02),
                    (hand * 0.52, 1.12),
                    (hand * 0.18, 1.9),
                    (hand * 0.10, 1.6),
                    (hand * 0.26, 1.0),
                ]),
                if hand == s { papers.cloth.mix(papers.linen, 0.06) } else { papers.deep },
            );
            canvas.line(
                curve(&[(hand * 0.42, 0.74), (hand * 0.27, 1.0), (hand * 0.10, 1.6)]),
                0.012,
                Ink::Flat(papers.deep.shade(0.4), 0.8),
            );
        }
        canvas.fill(polygon(&[(-0.13, 1.32), (0.0, 1.42), (0.13, 1.32), (0.2, 3.0), (-0.2, 3.0)]), papers.accent);
    } else {
        canvas.fill(
            smooth(&[(-0.22, 0.60), (0.0, 0.92), (0.22, 0.60), (0.18, 0.98), (0.0, 1.2), (-0.18, 0.98)]),
            papers.accent,
        );
        for hand in [-1.0_f32, 1.0] {
            canvas.fill(
                polygon(&[(hand * 0.22, 0.54), (hand * 0.36, 0.70), (hand * 0.18, 0.95), (hand * 0.04, 1.05)]),
                if hand == s { papers.cloth.mix(papers.linen, 0.22) } else { papers.cloth },
            );
            canvas.line(
                curve(&[(hand * 0.30, 0.74), (hand * 0.34, 1.1), (hand * 0.10, 1.6)]),
                0.014,
                Ink::Flat(papers.deep.shade(0.5), 0.8),
            );
        }
    }
    if look.cloak {
        for hand in [-1.0_f32, 1.0] {
            canvas.fill(
                smooth(&[
                    (hand * 0.20, 0.36),
                    (hand * 0.40, 0.40),
                    (hand * 0.62, 0.66),
                    (hand * 1.15, 0.92),
                    (hand * 1.4, 3.0),
                    (hand * 0.62, 3.0),
                    (hand * 0.50, 1.1),
                    (hand * 0.30, 0.78),
                ]),
                if hand == s { papers.deep.mix(papers.accent, 0.28) } else { papers.deep.shade(0.6) },
            );
        }
    }
}

/// The face itself, with its shadows laid inside it.
pub(super) fn face(canvas: &mut Canvas, look: &Look, papers: &Papers, lit: &Lit) {
    if look.kind == Kind::Robot {
        return robot(canvas, papers, lit);
    }
    if look.kind == Kind::Astronaut {
        return helmet(canvas, papers, lit);
    }
    let s = lit.side;
    let t = lit.turn * 0.10;
    let soft = if look.kind == Kind::Man { 0.0 } else { 1.0 };
    let child = look.kind == Kind::Child;
    let jaw = 1.0 - 0.09 * soft;
    let outline = both(&[
        (0.0, -0.56),
        (0.22, -0.51),
        (0.335, -0.32),
        (0.352, -0.06),
        (0.330 * (1.0 - 0.01 * soft), 0.14),
        (0.268 * jaw, 0.335),
        (0.135 * jaw, 0.478),
        (0.0, 0.508),
    ]);
    for hand in [-1.0_f32, 1.0] {
        let x = hand * 0.355 - t * 0.3;
        canvas.fill(
            smooth(&[
                (x, -0.10),
                (x + hand * 0.055, -0.12),
                (x + hand * 0.065, -0.03),
                (x + hand * 0.03, 0.10),
                (x - hand * 0.01, 0.11),
            ]),
            if hand == s { papers.skin.shade(0.86) } else { papers.shade.shade(0.6) },
        );
    }
    let lit_skin = papers.skin.mix(lit.key, 0.10).shade(1.06);
    canvas.fill(
        smooth(&outline),
        Ink::Fall(
            (-s * 0.36, 0.1),
            (s * 0.36, -0.15),
            vec![
                (0.0, papers.shade, 1.0),
                (0.42, papers.skin.mix(papers.shade, 0.25), 1.0),
                (0.75, lit_skin, 1.0),
                (1.0, papers.skin.shade(0.93), 1.0),
            ],
        ),
    );

    let mut shade = canvas.another();
    let dark = papers.shade.mix(lit.dark, 0.62);
    let deep = |alpha: f32| Ink::Flat(dark, alpha);
    // The far side: one shape from hairline to chin whose edge draws brow, nose and lips.
    let edge = [
        (0.02, -0.62),
        (0.05, -0.34),
        (0.10, -0.20),
        (0.035, -0.155),
        (0.030, -0.06),
        (0.060, 0.055),
        (0.085, 0.115),
        (0.02, 0.165),
        (0.045, 0.215),
        (0.0, 0.262),
        (0.055, 0.315),
        (0.0, 0.375),
        (0.03, 0.52),
    ];
    let mut side: Vec<At> = edge.iter().map(|&(x, y)| (t - s * (x + 0.02), y)).collect();
    side.extend([(-s * 0.6, 0.6), (-s * 0.6, -0.7)]);
    shade.fill(smooth(&side), deep(0.60 + 0.26 * lit.hard));
    for hand in [-1.0_f32, 1.0] {
        let x = hand * 0.152 + t;
        shade.ellipse((x, -0.095), 0.098, 0.062, deep(if look.old || look.pale { 0.44 } else { 0.34 }));
        shade.fill(
            smooth(&[
                (hand * 0.34, 0.02),
                (hand * 0.24 + t * 0.5, 0.10),
                (hand * 0.20 + t * 0.5, 0.24),
                (hand * 0.28, 0.34),
                (hand * 0.38, 0.2),
            ]),
            deep(if look.pale || look.old {
                0.40
            } else if child {
                0.06
            } else {
                0.20
            }),
        );
        shade.fill(
            smooth(&[(hand * 0.37, -0.40), (hand * 0.29, -0.30), (hand * 0.30, -0.14), (hand * 0.38, -0.1)]),
            deep(0.26),
        );
    }
    shade.soften(0.009);
    let mut crisp = canvas.another();
    crisp.fill(
        smooth(&[
            (t + s * 0.005, 0.102),
            (t + s * 0.075, 0.112),
            (t + s * 0.060, 0.150),
            (t + s * 0.02, 0.185),
            (t - s * 0.05, 0.150),
        ]),
        deep(0.55),
    );
    crisp.fill(
        smooth(&[(t - 0.085, 0.325), (t, 0.345), (t + 0.085, 0.325), (t + 0.06, 0.365), (t, 0.378), (t - 0.06, 0.365)]),
        deep(0.38),
    );
    crisp.fill(
        smooth(&[
            (t - s * 0.012, -0.17),
            (t + s * 0.012, -0.17),
            (t + s * 0.022, 0.0),
            (t + s * 0.036, 0.085),
            (t + s * 0.010, 0.095),
            (t - s * 0.004, 0.0),
        ]),
        Ink::Flat(lit_skin.mix(lit.key, 0.4).shade(1.1), 0.55),
    );
    crisp.fill(
        smooth(&[(s * 0.16 + t, 0.02), (s * 0.27, -0.015), (s * 0.30, 0.05), (s * 0.22 + t * 0.5, 0.10)]),
        Ink::Flat(lit_skin.mix(lit.key, 0.35).shade(1.08), 0.36),
    );
    crisp.fill(
        smooth(&[(s * 0.05 + t, -0.44), (s * 0.20, -0.42), (s * 0.24, -0.28), (s * 0.08 + t, -0.25)]),
        Ink::Flat(lit_skin.mix(lit.key, 0.3).shade(1.06), 0.30),
    );
    crisp.soften(0.004);
    canvas.lay_inside(&shade);
    canvas.lay_inside(&crisp);
    features(canvas, look, papers, lit, t);
    front_hair(canvas, look, papers, lit, soft);
}

fn features(canvas: &mut Canvas, look: &Look, papers: &Papers, lit: &Lit, t: f32) {
    let s = lit.side;
    let brow = if look.old { papers.hair } else { papers.hair.mix(lit.dark, 0.35) };
    let line = papers.shade.mix(lit.dark, 0.8);
    let size = if look.kind == Kind::Child { 1.12 } else { 1.0 };
    for hand in [-1.0_f32, 1.0] {
        let far = hand != s;
        let x = hand * 0.152 + t;
        let thick = if look.kind == Kind::Woman || look.kind == Kind::Child { 0.014 } else { 0.024 };
        canvas.fill(
            smooth(&[
                (x - hand * 0.082, -0.168),
                (x - hand * 0.02, -0.192 - thick * 0.3),
                (x + hand * 0.06, -0.190),
                (x + hand * 0.105, -0.160),
                (x + hand * 0.055, -0.176 + thick * 0.4),
                (x - hand * 0.02, -0.176 + thick * 0.7),
                (x - hand * 0.078, -0.150),
            ]),
            brow,
        );
        let white = if far { papers.shade.mix(papers.linen, 0.30) } else { papers.linen.mix(papers.skin, 0.28) };
        let eye = [
            (x - hand * 0.070, -0.082),
            (x - hand * 0.03, -0.118 * size),
            (x + hand * 0.03, -0.122 * size),
            (x + hand * 0.074, -0.090),
            (x + hand * 0.03, -0.064),
            (x - hand * 0.035, -0.062),
        ];
        canvas.fill(smooth(&eye), white);
        let gaze = t * 0.25 + s * 0.006;
        let iris = look.accent.mix(hex(0x3a3a40), 0.45).shade(if far { 0.7 } else { 1.1 });
        canvas.ellipse((x + gaze, -0.094), 0.033 * size, 0.034 * size, line);
        canvas.ellipse((x + gaze, -0.093), 0.027 * size, 0.028 * size, iris);
        canvas.ellipse((x + gaze, -0.094), 0.014 * size, 0.015 * size, hex(0x08070a));
        canvas.ellipse((x + gaze + s * 0.012, -0.105), 0.008, 0.008, lit.key.mix(hex(0xffffff), 0.6));
        canvas.fill(
            smooth(&[
                (x - hand * 0.076, -0.080),
                (x - hand * 0.03, -0.124 * size),
                (x + hand * 0.03, -0.130 * size),
                (x + hand * 0.090, -0.086),
                (x + hand * 0.03, -0.111 * size),
                (x - hand * 0.03, -0.108 * size),
            ]),
            line,
        );
        canvas.line(
            curve(&[(x - hand * 0.06, -0.140), (x, -0.150), (x + hand * 0.07, -0.130)]),
            0.007,
            Ink::Flat(line, 0.55),
        );
        canvas.line(
            curve(&[(x - hand * 0.05, -0.058), (x + hand * 0.01, -0.052), (x + hand * 0.06, -0.070)]),
            0.006,
            Ink::Flat(line, if look.old { 0.9 } else { 0.5 }),
        );
        if look.old {
            canvas.line(
                curve(&[(x - hand * 0.05, -0.02), (x + hand * 0.02, -0.005), (x + hand * 0.08, -0.03)]),
                0.007,
                Ink::Flat(line, 0.5),
            );
        }
        if look.glasses {
            canvas.line(ellipse((x, -0.09), 0.115, 0.095), 0.016, papers.deep.shade(0.6));
            canvas.line(
                curve(&[(x - s * 0.06, -0.05), (x - s * 0.02, -0.10), (x + s * 0.0, -0.14)]),
                0.01,
                Ink::Flat(lit.key, 0.5),
            );
        }
        canvas.fill(
            smooth(&[
                (t + hand * 0.016, 0.122),
                (t + hand * 0.045, 0.112),
                (t + hand * 0.058, 0.126),
                (t + hand * 0.035, 0.134),
            ]),
            Ink::Flat(line, 0.85),
        );
    }
    let lip = papers.skin.mix(hex(0x8e2a2a), if look.kind == Kind::Woman { 0.62 } else { 0.36 });
    let lip = if look.pale { lip.mix(hex(0x7a2b34), 0.25) } else { lip };
    canvas.fill(
        smooth(&[
            (t - 0.098, 0.262),
            (t - 0.04, 0.238),
            (t, 0.246),
            (t + 0.04, 0.238),
            (t + 0.098, 0.262),
            (t + 0.04, 0.268),
            (t, 0.264),
            (t - 0.04, 0.268),
        ]),
        lip.mix(lit.dark, 0.42),
    );
    canvas.fill(
        smooth(&[
            (t - 0.086, 0.268),
            (t, 0.266),
            (t + 0.086, 0.268),
            (t + 0.045, 0.306),
            (t, 0.314),
            (t - 0.045, 0.306),
        ]),
        Ink::across(t - s * 0.09, lip.mix(lit.dark, 0.55), t + s * 0.09, lip),
    );
    canvas.line(
        curve(&[(t - 0.104, 0.259), (t - 0.04, 0.270), (t, 0.264), (t + 0.04, 0.270), (t + 0.104, 0.259)]),
        0.009,
        line.shade(0.7),
    );
    if look.old {
        for hand in [-1.0_f32, 1.0] {
            canvas.line(
                curve(&[(t + hand * 0.07, 0.11), (t + hand * 0.125, 0.20), (t + hand * 0.135, 0.28)]),
                0.008,
                Ink::Flat(line, 0.6),
            );
        }
        for y in [-0.36_f32, -0.31] {
            canvas.line(curve(&[(-0.16 + t, y), (t, y - 0.015), (0.16 + t, y)]), 0.006, Ink::Flat(line, 0.35));
        }
    }
    if look.beard {
        let beard = both(&[
            (0.0, 0.205),
            (0.10, 0.195),
            (0.15, 0.27),
            (0.26, 0.20),
            (0.335, 0.05),
            (0.36, 0.20),
            (0.29, 0.42),
            (0.15, 0.60),
            (0.0, 0.64),
        ]);
        canvas.fill_even_odd(
            smooth(&beard),
            Ink::across(-s * 0.35, papers.hair.shade(0.45), s * 0.35, papers.hair.shade(1.2)),
        );
        canvas.fill(
            smooth(&[(t - 0.075, 0.262), (t, 0.258), (t + 0.075, 0.262), (t + 0.03, 0.292), (t - 0.03, 0.292)]),
            lip.mix(lit.dark, 0.3),
        );
    }
}

fn front_hair(canvas: &mut Canvas, look: &Look, papers: &Papers, lit: &Lit, soft: f32) {
    let s = lit.side;
    let ink =
        || Ink::across(-s * 0.42, papers.hair.mix(lit.dark, 0.5), s * 0.42, papers.hair.shade(1.2).mix(lit.key, 0.06));
    let part = if look.seed.is_multiple_of(2) { 1.0 } else { -1.0 };
    let p = |points: &[At]| points.iter().map(|&(x, y)| (x * part, y)).collect::<Vec<_>>();
    match look.hair {
        Hair::Bald => {
            canvas.fill(smooth(&both(&[(0.335, -0.22), (0.372, -0.10), (0.36, 0.04), (0.345, -0.10)])), ink());
        }
        Hair::Cropped => canvas.fill(
            smooth(&p(&[
                (-0.375, 0.02),
                (-0.395, -0.26),
                (-0.33, -0.52),
                (-0.12, -0.665),
                (0.14, -0.665),
                (0.34, -0.52),
                (0.395, -0.24),
                (0.375, 0.02),
                (0.335, -0.16),
                (0.30, -0.32),
                (0.20, -0.415),
                (0.02, -0.40),
                (-0.16, -0.45),
                (-0.27, -0.35),
                (-0.33, -0.16),
            ])),
            ink(),
        ),
        Hair::Tousled => canvas.fill(
            smooth(&p(&[
                (-0.37, 0.13),
                (-0.43, -0.05),
                (-0.47, -0.28),
                (-0.42, -0.50),
                (-0.36, -0.64),
                (-0.20, -0.66),
                (-0.12, -0.76),
                (0.06, -0.70),
                (0.20, -0.755),
                (0.30, -0.63),
                (0.42, -0.57),
                (0.43, -0.38),
                (0.485, -0.22),
                (0.42, -0.02),
                (0.375, 0.13),
                (0.345, -0.08),
                (0.34, -0.24),
                (0.22, -0.33),
                (0.16, -0.26),
                (0.06, -0.40),
                (-0.06, -0.30),
                (-0.14, -0.42),
                (-0.28, -0.27),
                (-0.335, -0.10),
            ])),
            ink(),
        ),
        Hair::Bun => canvas.fill(
            smooth(&both(&[
                (0.0, -0.45),
                (0.16, -0.38),
                (0.29, -0.22),
                (0.345, 0.05),
                (0.385, -0.02),
                (0.395, -0.30),
                (0.30, -0.55),
                (0.12, -0.66),
                (0.0, -0.67),
            ])),
            ink(),
        ),
        Hair::Bob | Hair::Long => {
            let foot = if look.hair == Hair::Bob { 0.34 } else { 0.86 };
            for hand in [-1.0_f32, 1.0] {
                let lock = [
                    (part * 0.08, -0.62),
                    (part * 0.06, -0.46),
                    (hand * 0.22, -0.36),
                    (hand * 0.31, -0.16),
                    (hand * 0.325, 0.12),
                    (hand * 0.36, foot),
                    (hand * 0.46, foot - 0.06),
                    (hand * 0.475, 0.05),
                    (hand * 0.445, -0.34),
                    (hand * 0.30, -0.60),
                ];
                canvas.fill(smooth(&lock), ink());
                canvas.line(
                    curve(&[(part * 0.07, -0.56), (hand * 0.28, -0.42), (hand * 0.375, -0.10), (hand * 0.385, 0.22)]),
                    0.012,
                    Ink::Flat(papers.hair.mix(if hand == s { lit.key } else { lit.dark }, 0.4), 0.6),
                );
            }
        }
    }
    if matches!(look.hair, Hair::Cropped | Hair::Tousled | Hair::Bun) {
        for index in 0..4 {
            let x = s * (0.08 + 0.07 * index as f32);
            canvas.line(
                curve(&[(x - s * 0.05, -0.62), (x + s * 0.03, -0.53), (x + s * 0.06, -0.43)]),
                0.010,
                Ink::Flat(papers.hair.mix(lit.key, 0.45), 0.40),
            );
        }
    }
    let deep = || Ink::across(-s * 0.5, papers.deep.shade(0.5), s * 0.5, papers.deep.mix(papers.cloth, 0.6));
    match look.hat {
        Some(Hat::Top) => {
            canvas.fill(polygon(&[(-0.37, -0.46), (-0.41, -1.22), (0.41, -1.22), (0.37, -0.46)]), deep());
            canvas.fill(
                polygon(&[(-0.375, -0.48), (-0.382, -0.62), (0.382, -0.62), (0.375, -0.48)]),
                papers.accent.mix(papers.deep, 0.4),
            );
            canvas.fill(
                smooth(&[
                    (-0.62, -0.47),
                    (-0.38, -0.53),
                    (0.0, -0.49),
                    (0.38, -0.53),
                    (0.62, -0.47),
                    (0.36, -0.40),
                    (0.0, -0.37),
                    (-0.36, -0.40),
                ]),
                deep(),
            );
        }
        Some(Hat::Wide) => {
            canvas.fill(
                smooth(&[
                    (-0.37, -0.44),
                    (-0.36, -0.78),
                    (-0.10, -0.88),
                    (0.0, -0.82),
                    (0.10, -0.88),
                    (0.36, -0.78),
                    (0.37, -0.44),
                ]),
                deep(),
            );
            canvas.fill(polygon(&[(-0.37, -0.46), (-0.37, -0.58), (0.37, -0.58), (0.37, -0.46)]), papers.accent);
            canvas.fill(
                smooth(&[
                    (-0.74, -0.42),
                    (-0.40, -0.50),
                    (0.0, -0.46),
                    (0.40, -0.50),
                    (0.74, -0.42),
                    (0.38, -0.34),
                    (0.0, -0.30),
                    (-0.38, -0.34),
                ]),
                deep(),
            );
        }
        Some(Hat::Cap) => {
            canvas.fill(
                smooth(&both(&[(0.0, -0.72), (0.28, -0.66), (0.385, -0.44), (0.38, -0.34), (0.0, -0.36)])),
                papers.accent,
            );
            canvas.fill(
                smooth(&[(-0.34, -0.36), (0.0, -0.41), (0.34, -0.36), (0.22, -0.28), (-0.22, -0.28)]),
                papers.accent.shade(0.55),
            );
        }
        Some(Hat::Bonnet) => canvas.fill_even_odd(
            smooth(&both(&[
                (0.0, -0.86),
                (0.34, -0.76),
                (0.54, -0.40),
                (0.50, 0.05),
                (0.36, 0.35),
                (0.35, 0.05),
                (0.38, -0.28),
                (0.24, -0.46),
                (0.0, -0.50),
            ])),
            Ink::across(-s * 0.5, papers.linen.shade(0.5), s * 0.5, papers.linen),
        ),
        Some(Hat::Hood) => canvas.fill(
            smooth(&both(&[
                (0.0, -0.82),
                (0.34, -0.72),
                (0.58, -0.30),
                (0.58, 0.25),
                (0.72, 0.85),
                (0.32, 0.80),
                (0.36, 0.35),
                (0.40, 0.0),
                (0.36, -0.30),
                (0.20, -0.46),
                (0.0, -0.50),
            ])),
            deep(),
        ),
        Some(Hat::Crown) => canvas.fill(
            polygon(&[
                (-0.36, -0.44),
                (-0.42, -0.80),
                (-0.22, -0.60),
                (0.0, -0.88),
                (0.22, -0.60),
                (0.42, -0.80),
                (0.36, -0.44),
            ]),
            Ink::across(-s * 0.4, hex(0x6e5018), s * 0.4, hex(0xf0cf70)),
        ),
        None => {}
    }
    let _ = soft;
}

fn robot(canvas: &mut Canvas, papers: &Papers, lit: &Lit) {
    let s = lit.side;
    let shell = papers.linen.mix(papers.accent, 0.35);
    canvas.fill(
        smooth(&both(&[
            (0.0, -0.60),
            (0.28, -0.56),
            (0.39, -0.34),
            (0.40, 0.05),
            (0.32, 0.36),
            (0.16, 0.48),
            (0.0, 0.49),
        ])),
        Ink::across(-s * 0.4, shell.shade(0.32), s * 0.4, shell),
    );
    canvas.fill(
        smooth(&both(&[(0.0, -0.28), (0.28, -0.27), (0.33, -0.12), (0.27, 0.03), (0.0, 0.05)])),
        papers.deep.shade(0.45),
    );
    for hand in [-1.0_f32, 1.0] {
        let x = hand * 0.145 + lit.turn * 0.08;
        canvas.ellipse((x, -0.115), 0.074, 0.074, papers.accent.shade(0.7));
        canvas.ellipse((x, -0.115), 0.050, 0.050, papers.accent.shade(1.7));
        canvas.ellipse((x + s * 0.014, -0.13), 0.014, 0.014, hex(0xffffff));
        canvas.glow((x, -0.115), 0.26, papers.accent.shade(1.6), 0.7);
        canvas.fill(
            smooth(&[(hand * 0.39, -0.2), (hand * 0.46, -0.18), (hand * 0.47, 0.05), (hand * 0.40, 0.08)]),
            papers.deep,
        );
    }
    for index in -3..=3 {
        let x = index as f32 * 0.045;
        canvas.line(polygon(&[(x, 0.20), (x, 0.30)]), 0.018, papers.deep.shade(0.6));
    }
    canvas.line(curve(&[(-0.38, -0.36), (0.0, -0.40), (0.38, -0.36)]), 0.012, papers.deep);
    canvas.line(polygon(&[(0.0, -0.60), (0.0, -0.42)]), 0.010, papers.deep);
    canvas.line(curve(&[(s * 0.22, -0.52), (s * 0.33, -0.36), (s * 0.35, -0.1)]), 0.02, Ink::Flat(lit.key, 0.55));
}

fn helmet(canvas: &mut Canvas, papers: &Papers, lit: &Lit) {
    let s = lit.side;
    canvas.ellipse((0.0, 0.0), 0.64, 0.64, Ink::across(-s * 0.6, papers.linen.shade(0.35), s * 0.6, papers.linen));
    canvas.fill(
        smooth(&both(&[(0.0, -0.46), (0.34, -0.38), (0.48, -0.06), (0.40, 0.28), (0.0, 0.42)])),
        Ink::Fall(
            (-s * 0.4, 0.4),
            (s * 0.4, -0.4),
            vec![(0.0, lit.dark, 1.0), (0.55, papers.accent.mix(lit.dark, 0.4), 1.0), (1.0, lit.key, 1.0)],
        ),
    );
    canvas.line(curve(&[(-0.44, -0.1), (0.0, 0.02), (0.46, -0.12)]), 0.02, Ink::Flat(lit.cool, 0.5));
    canvas.line(curve(&[(s * 0.22, -0.34), (s * 0.36, -0.2), (s * 0.40, 0.0)]), 0.045, Ink::Flat(hex(0xffffff), 0.7));
}

/// Closed lids, shown for a blink.
pub(super) fn lids(canvas: &mut Canvas, look: &Look, papers: &Papers, lit: &Lit) {
    if matches!(look.kind, Kind::Robot | Kind::Astronaut) {
        return;
    }
    let t = lit.turn * 0.10;
    let line = papers.shade.mix(lit.dark, 0.8);
    for hand in [-1.0_f32, 1.0] {
        let x = hand * 0.152 + t;
        let skin =
            if hand == lit.side { papers.skin.mix(papers.shade, 0.35) } else { papers.shade.mix(lit.dark, 0.45) };
        canvas.fill(
            smooth(&[
                (x - hand * 0.082, -0.082),
                (x - hand * 0.03, -0.130),
                (x + hand * 0.03, -0.136),
                (x + hand * 0.090, -0.088),
                (x + hand * 0.03, -0.058),
                (x - hand * 0.035, -0.056),
            ]),
            skin,
        );
        canvas.line(curve(&[(x - hand * 0.078, -0.078), (x, -0.056), (x + hand * 0.086, -0.082)]), 0.015, line);
    }
}
