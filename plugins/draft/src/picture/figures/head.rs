//! Heads of whole stand-ins in profile, facing right, with hair and hats.

use super::{
    body::Papers,
    look::{Hair, Hat, Kind, Look},
};
use crate::picture::{
    canvas::{Canvas, Ink, curve, ellipse, polygon, smooth},
    colour::hex,
};

/// Draws the head in profile about the joint of the neck; one unit is the head's height.
pub(super) fn head(canvas: &mut Canvas, look: &Look, papers: &Papers) {
    match look.kind {
        Kind::Robot => {
            canvas.fill(
                smooth(&[
                    (-0.40, -0.22),
                    (-0.44, -0.70),
                    (-0.24, -0.98),
                    (0.20, -0.98),
                    (0.42, -0.76),
                    (0.46, -0.36),
                    (0.34, -0.14),
                    (-0.24, -0.12),
                ]),
                Ink::across(-0.45, papers.deep, 0.46, papers.linen.mix(papers.accent, 0.3)),
            );
            canvas.fill(
                smooth(&[(0.08, -0.70), (0.42, -0.72), (0.46, -0.50), (0.38, -0.42), (0.10, -0.44)]),
                papers.deep.shade(0.5),
            );
            canvas.ellipse((0.30, -0.57), 0.075, 0.085, papers.accent.shade(1.9));
            canvas.glow((0.30, -0.57), 0.45, papers.accent.shade(1.7), 0.8);
            canvas.line(polygon(&[(-0.15, -0.95), (-0.22, -1.30)]), 0.035, papers.deep);
            canvas.ellipse((-0.22, -1.32), 0.05, 0.05, papers.accent.shade(1.6));
            return;
        }
        Kind::Astronaut => {
            canvas.ellipse((0.02, -0.50), 0.66, 0.66, Ink::across(-0.66, papers.linen.shade(0.5), 0.6, papers.linen));
            canvas.fill(
                smooth(&[(0.06, -0.92), (0.48, -0.86), (0.66, -0.52), (0.50, -0.16), (0.08, -0.12), (-0.10, -0.50)]),
                Ink::across(-0.1, papers.deep, 0.6, papers.accent),
            );
            canvas.line(curve(&[(0.28, -0.80), (0.48, -0.66), (0.54, -0.44)]), 0.045, Ink::Flat(hex(0xffffff), 0.75));
            return;
        }
        Kind::Man | Kind::Woman | Kind::Child => {}
    }
    let soft = if look.kind == Kind::Man { 0.0 } else { 1.0 };
    let jaw = 0.02 * (1.0 - soft);
    // Hair that falls behind the neck goes first.
    match look.hair {
        Hair::Long => canvas.fill(
            smooth(&[
                (-0.05, -1.02),
                (-0.42, -0.90),
                (-0.56, -0.50),
                (-0.52, -0.05),
                (-0.60, 0.45),
                (-0.44, 0.62),
                (-0.20, 0.50),
                (-0.10, 0.10),
                (0.0, -0.35),
            ]),
            papers.hair,
        ),
        Hair::Bob => canvas.fill(
            smooth(&[
                (-0.05, -1.03),
                (-0.44, -0.88),
                (-0.54, -0.45),
                (-0.47, 0.0),
                (-0.25, 0.08),
                (-0.05, -0.05),
                (0.0, -0.4),
            ]),
            papers.hair,
        ),
        Hair::Bun => canvas.ellipse((-0.56, -0.66), 0.20, 0.19, papers.hair),
        _ => {}
    }
    let nose = if look.kind == Kind::Man { 0.565 } else { 0.53 };
    let face = [
        (0.0, -0.99),
        (0.26, -0.90),
        (0.385, -0.72),
        (0.425, -0.61),
        (0.400, -0.545),
        (0.470, -0.43),
        (nose, -0.345),
        (nose - 0.02, -0.315),
        (0.448, -0.292),
        (0.442, -0.262),
        (0.478, -0.226),
        (0.430, -0.192),
        (0.462, -0.155),
        (0.415, -0.105),
        (0.430 + jaw, -0.045),
        (0.385 + jaw, 0.010),
        (0.285, 0.020),
        (0.14, 0.010 - 0.03 * soft),
        (0.02, -0.05),
        (0.02, 0.08),
        (0.02, 0.17),
        (-0.22, 0.17),
        (-0.24, 0.02),
        (-0.34, -0.20),
        (-0.45, -0.46),
        (-0.42, -0.76),
        (-0.24, -0.95),
    ];
    canvas.fill(smooth(&face), Ink::across(-0.40, papers.shade, 0.46, papers.skin));
    // Planes: cheek, jaw line, eye socket, ear.
    canvas.fill(
        smooth(&[
            (0.02, -0.05),
            (0.16, -0.02),
            (0.30, 0.015),
            (0.14, 0.012),
            (0.02, 0.05),
            (0.02, 0.17),
            (-0.20, 0.17),
            (-0.16, 0.0),
        ]),
        Ink::Flat(papers.shade, 0.55),
    );
    canvas.fill(
        smooth(&[(0.255, -0.575), (0.33, -0.60), (0.385, -0.565), (0.355, -0.515), (0.285, -0.51)]),
        Ink::Flat(papers.shade.shade(0.6), 0.75),
    );
    canvas.fill(smooth(&[(0.29, -0.545), (0.345, -0.560), (0.368, -0.535), (0.33, -0.520)]), papers.hair.shade(0.5));
    canvas.line(curve(&[(0.24, -0.625), (0.32, -0.655), (0.40, -0.628)]), 0.035, papers.hair);
    canvas.line(curve(&[(0.47, -0.206), (0.42, -0.197), (0.375, -0.205)]), 0.016, papers.shade.shade(0.5));
    canvas.fill(
        smooth(&[(0.16, -0.40), (0.27, -0.33), (0.26, -0.20), (0.18, -0.10), (0.13, -0.22)]),
        Ink::Flat(papers.shade, if look.old || look.pale { 0.36 } else { 0.24 }),
    );
    canvas.fill(
        smooth(&[(-0.10, -0.50), (-0.02, -0.54), (0.01, -0.46), (-0.03, -0.34), (-0.09, -0.33)]),
        papers.shade.mix(papers.skin, 0.4),
    );
    canvas.line(curve(&[(-0.08, -0.49), (-0.02, -0.50), (-0.03, -0.40)]), 0.018, papers.shade.shade(0.7));
    hair(canvas, look, papers);
    if look.beard {
        canvas.fill(
            smooth(&[
                (0.0, -0.32),
                (0.10, -0.20),
                (0.30, -0.26),
                (0.44, -0.275),
                (0.46, -0.235),
                (0.36, -0.20),
                (0.44, -0.13),
                (0.47, 0.0),
                (0.40, 0.16),
                (0.24, 0.17),
                (0.06, 0.06),
                (-0.04, -0.12),
            ]),
            papers.hair.mix(papers.shade, 0.2),
        );
    }
    if look.glasses {
        canvas.line(ellipse((0.34, -0.54), 0.075, 0.075), 0.022, papers.deep);
        canvas.line(polygon(&[(0.265, -0.55), (-0.03, -0.52)]), 0.018, papers.deep);
    }
    if let Some(hat) = look.hat {
        hat_on(canvas, hat, papers);
    }
}

fn hair(canvas: &mut Canvas, look: &Look, papers: &Papers) {
    let tone = || Ink::across(-0.5, papers.hair.shade(0.7), 0.4, papers.hair.shade(1.15));
    match look.hair {
        Hair::Bald => {}
        Hair::Cropped => canvas.fill(
            smooth(&[
                (0.36, -0.77),
                (0.26, -0.96),
                (0.02, -1.05),
                (-0.26, -1.0),
                (-0.46, -0.80),
                (-0.49, -0.48),
                (-0.38, -0.18),
                (-0.28, -0.12),
                (-0.20, -0.34),
                (-0.10, -0.56),
                (-0.01, -0.58),
                (0.03, -0.42),
                (0.07, -0.44),
                (0.08, -0.62),
                (0.16, -0.76),
            ]),
            tone(),
        ),
        Hair::Tousled => canvas.fill(
            smooth(&[
                (0.40, -0.72),
                (0.46, -0.88),
                (0.34, -1.00),
                (0.20, -1.12),
                (0.02, -1.10),
                (-0.14, -1.16),
                (-0.30, -1.05),
                (-0.46, -0.98),
                (-0.52, -0.78),
                (-0.60, -0.62),
                (-0.52, -0.44),
                (-0.50, -0.22),
                (-0.34, -0.10),
                (-0.24, -0.24),
                (-0.14, -0.54),
                (-0.02, -0.58),
                (0.02, -0.34),
                (0.08, -0.30),
                (0.09, -0.60),
                (0.20, -0.74),
                (0.30, -0.76),
            ]),
            tone(),
        ),
        Hair::Bob | Hair::Long => canvas.fill(
            smooth(&[
                (0.34, -0.80),
                (0.24, -0.99),
                (0.0, -1.07),
                (-0.28, -1.02),
                (-0.50, -0.80),
                (-0.54, -0.45),
                (-0.48, -0.10),
                (-0.22, 0.0),
                (-0.06, -0.20),
                (0.0, -0.46),
                (0.08, -0.66),
                (0.20, -0.78),
            ]),
            tone(),
        ),
        Hair::Bun => {
            canvas.fill(
                smooth(&[
                    (0.36, -0.76),
                    (0.26, -0.97),
                    (0.0, -1.06),
                    (-0.28, -1.0),
                    (-0.48, -0.80),
                    (-0.48, -0.54),
                    (-0.38, -0.34),
                    (-0.24, -0.36),
                    (-0.12, -0.52),
                    (0.0, -0.56),
                    (0.06, -0.40),
                    (0.10, -0.38),
                    (0.12, -0.62),
                    (0.22, -0.74),
                ]),
                tone(),
            );
            canvas.line(
                curve(&[(0.10, -0.98), (-0.06, -0.84), (-0.30, -0.70), (-0.46, -0.66)]),
                0.02,
                Ink::Flat(papers.hair.shade(0.6), 0.7),
            );
        }
    }
}

fn hat_on(canvas: &mut Canvas, hat: Hat, papers: &Papers) {
    let ink = || Ink::across(-0.5, papers.deep.shade(0.7), 0.5, papers.deep.mix(papers.cloth, 0.4));
    match hat {
        Hat::Top => {
            canvas.fill(
                smooth(&[
                    (-0.42, -0.84),
                    (-0.42, -0.84),
                    (-0.46, -1.60),
                    (-0.46, -1.60),
                    (0.36, -1.66),
                    (0.36, -1.66),
                    (0.30, -0.88),
                    (0.30, -0.88),
                ]),
                ink(),
            );
            canvas.fill(
                smooth(&[(-0.70, -0.82), (-0.40, -0.86), (0.30, -0.90), (0.62, -0.90), (0.34, -0.80), (-0.36, -0.76)]),
                ink(),
            );
            canvas.fill(
                polygon(&[(-0.43, -0.88), (0.31, -0.92), (0.32, -1.02), (-0.435, -0.98)]),
                papers.accent.mix(papers.deep, 0.4),
            );
        }
        Hat::Wide => {
            canvas.fill(
                smooth(&[
                    (-0.42, -0.84),
                    (-0.42, -0.84),
                    (-0.38, -1.20),
                    (-0.05, -1.28),
                    (0.28, -1.22),
                    (0.32, -0.88),
                    (0.32, -0.88),
                ]),
                ink(),
            );
            canvas.fill(
                smooth(&[(-0.82, -0.76), (-0.42, -0.86), (0.32, -0.90), (0.78, -0.84), (0.40, -0.78), (-0.40, -0.74)]),
                ink(),
            );
            canvas.fill(polygon(&[(-0.41, -0.86), (0.31, -0.90), (0.31, -0.98), (-0.41, -0.95)]), papers.accent);
        }
        Hat::Cap => {
            canvas.fill(
                smooth(&[(-0.46, -0.74), (-0.44, -0.98), (-0.15, -1.10), (0.22, -1.02), (0.38, -0.80)]),
                papers.accent,
            );
            canvas
                .fill(smooth(&[(0.26, -0.82), (0.40, -0.82), (0.72, -0.72), (0.40, -0.74)]), papers.accent.shade(0.7));
        }
        Hat::Bonnet => {
            canvas.fill(
                smooth(&[
                    (0.46, -0.74),
                    (0.50, -1.04),
                    (0.10, -1.16),
                    (-0.40, -1.06),
                    (-0.60, -0.66),
                    (-0.44, -0.24),
                    (-0.20, -0.10),
                    (0.0, -0.30),
                    (0.10, -0.62),
                    (0.30, -0.70),
                ]),
                papers.linen.mix(papers.accent, 0.3),
            );
            canvas.line(curve(&[(-0.05, -0.25), (0.10, -0.05), (0.22, 0.06)]), 0.05, papers.accent);
        }
        Hat::Hood => {
            canvas.fill(
                smooth(&[
                    (0.48, -0.62),
                    (0.50, -0.92),
                    (0.28, -1.12),
                    (-0.06, -1.22),
                    (-0.44, -1.30),
                    (-0.52, -1.02),
                    (-0.66, -0.66),
                    (-0.62, -0.16),
                    (-0.66, 0.34),
                    (-0.50, 0.46),
                    (0.20, 0.40),
                    (0.22, 0.14),
                    (0.10, -0.10),
                    (0.14, -0.40),
                    (0.30, -0.66),
                    (0.40, -0.70),
                ]),
                ink(),
            );
            canvas.fill(
                smooth(&[
                    (0.40, -0.66),
                    (0.30, -0.70),
                    (0.14, -0.50),
                    (0.08, -0.20),
                    (0.16, 0.06),
                    (0.12, -0.20),
                    (0.20, -0.46),
                ]),
                papers.deep.shade(0.4),
            );
            canvas.line(
                curve(&[(0.47, -0.66), (0.46, -0.90), (0.24, -1.06), (-0.08, -1.12)]),
                0.02,
                Ink::Flat(papers.cloth, 0.8),
            );
        }
        Hat::Crown => canvas.fill(
            polygon(&[
                (-0.42, -0.86),
                (-0.50, -1.24),
                (-0.28, -1.04),
                (-0.06, -1.30),
                (0.12, -1.05),
                (0.36, -1.26),
                (0.32, -0.90),
            ]),
            Ink::across(-0.4, hex(0x7a5a1e), 0.4, hex(0xe6c25e)),
        ),
    }
}
