//! Things small enough to fill an insert, about one unit across, lying or standing at 0,0.

use super::{Tones, candlestick, furniture::turned};
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, ellipse, polygon, smooth},
    colour::Rgb,
    reading::Thing,
};

/// Draws the hero of an insert; answers with a flame's wick where it has one.
pub(in crate::picture) fn hero(canvas: &mut Canvas, thing: Thing, tones: &Tones, accent: Rgb) -> Option<At> {
    match thing {
        Thing::Dagger => dagger(canvas, tones, accent),
        Thing::Letter => letter(canvas, tones, accent),
        Thing::Ring => ring(canvas, tones, accent),
        Thing::Book => book(canvas, tones, accent),
        Thing::Goblet => goblet(canvas, tones, accent),
        Thing::Key => key(canvas, tones),
        Thing::Skull => skull(canvas, tones),
        Thing::Clock => clock(canvas, tones),
        Thing::Candle => {
            canvas.rect(-0.3, 0.0, -0.3, 0.0, tones.dark);
            return Some(candlestick(canvas, tones, tones.lit));
        }
        _ => letter(canvas, tones, accent),
    }
    None
}

fn dagger(canvas: &mut Canvas, tones: &Tones, accent: Rgb) {
    let blade = [(-0.62, 0.02), (-0.1, -0.045), (0.16, -0.05), (0.16, 0.06), (-0.1, 0.055)];
    canvas.fill(polygon(&blade), Ink::down(-0.06, tones.lit.shade(1.15), 0.06, tones.body));
    canvas.fill(polygon(&[(-0.62, 0.02), (0.16, 0.006), (0.16, 0.06), (-0.1, 0.055)]), tones.dark.mix(tones.body, 0.5));
    canvas.line(polygon(&[(-0.45, 0.012), (0.12, 0.002)]), 0.006, tones.lit);
    canvas.fill(
        smooth(&[
            (0.15, -0.17),
            (0.20, -0.18),
            (0.19, -0.05),
            (0.22, 0.0),
            (0.19, 0.06),
            (0.20, 0.19),
            (0.15, 0.18),
            (0.13, 0.06),
            (0.13, -0.05),
        ]),
        Ink::down(-0.18, tones.lit, 0.19, tones.dark),
    );
    canvas.fill(
        smooth(&[
            (0.20, -0.045),
            (0.34, -0.06),
            (0.46, -0.04),
            (0.50, 0.01),
            (0.46, 0.055),
            (0.34, 0.07),
            (0.20, 0.055),
        ]),
        tones.dark.shade(0.6),
    );
    for index in 0..6 {
        let x = 0.24 + index as f32 * 0.042;
        canvas.line(polygon(&[(x, -0.05), (x + 0.02, 0.062)]), 0.01, Ink::Flat(tones.lit, 0.5));
    }
    canvas.ellipse(
        (0.54, 0.008),
        0.055,
        0.065,
        Ink::Pool((0.525, -0.02), (0.1, 0.1), vec![(0.0, tones.lit, 1.0), (1.0, tones.dark, 1.0)]),
    );
    canvas.ellipse((0.54, 0.008), 0.022, 0.026, accent);
}

fn letter(canvas: &mut Canvas, tones: &Tones, accent: Rgb) {
    let paper = tones.lit.shade(1.08);
    canvas.fill(
        polygon(&[(-0.50, -0.21), (0.40, -0.30), (0.54, 0.20), (-0.38, 0.31)]),
        Ink::across(-0.5, paper, 0.5, paper.mix(tones.body, 0.45)),
    );
    canvas.fill(
        polygon(&[(-0.50, -0.21), (0.40, -0.30), (0.07, 0.055)]),
        Ink::down(-0.3, paper.shade(1.05), 0.06, paper.mix(tones.body, 0.3)),
    );
    canvas.line(
        curve(&[(-0.50, -0.21), (-0.2, -0.07), (0.07, 0.055), (0.24, -0.13), (0.40, -0.30)]),
        0.008,
        Ink::Flat(tones.dark, 0.55),
    );
    canvas.line(polygon(&[(-0.38, 0.31), (-0.04, 0.02)]), 0.006, Ink::Flat(tones.dark, 0.35));
    canvas.line(polygon(&[(0.54, 0.20), (0.13, 0.0)]), 0.006, Ink::Flat(tones.dark, 0.35));
    let mut seal = Vec::new();
    for index in 0..11 {
        let (sin, cos) = (index as f32 * 0.571).sin_cos();
        let radius = 0.088 + 0.011 * ((index * 7 % 5) as f32 - 2.0);
        seal.push((0.065 + cos * radius, 0.04 + sin * radius * 0.92));
    }
    canvas.fill(
        smooth(&seal),
        Ink::Pool((0.04, 0.01), (0.15, 0.15), vec![(0.0, accent.shade(1.25), 1.0), (1.0, accent.shade(0.6), 1.0)]),
    );
    canvas.line(ellipse((0.065, 0.04), 0.055, 0.05), 0.009, accent.shade(0.55));
    canvas.line(curve(&[(0.035, 0.06), (0.065, 0.005), (0.095, 0.06)]), 0.01, accent.shade(0.55));
}

fn ring(canvas: &mut Canvas, tones: &Tones, accent: Rgb) {
    canvas.line(ellipse((0.0, 0.0), 0.30, 0.27), 0.075, Ink::across(-0.3, tones.dark, 0.3, tones.lit.shade(1.1)));
    canvas.line(curve(&[(-0.25, -0.15), (-0.31, 0.0), (-0.24, 0.17)]), 0.014, tones.lit.shade(1.2));
    canvas.line(curve(&[(0.15, 0.245), (0.26, 0.12), (0.29, -0.02)]), 0.012, tones.lit.shade(1.25));
    canvas.fill(
        polygon(&[(-0.13, -0.27), (-0.16, -0.34), (0.16, -0.34), (0.13, -0.27), (0.06, -0.22), (-0.06, -0.22)]),
        tones.body,
    );
    canvas.fill(polygon(&[(-0.15, -0.36), (-0.09, -0.46), (0.09, -0.46), (0.15, -0.36), (0.0, -0.235)]), accent);
    canvas.fill(polygon(&[(-0.15, -0.36), (-0.09, -0.46), (-0.03, -0.36)]), accent.shade(1.5));
    canvas.fill(polygon(&[(-0.09, -0.46), (0.09, -0.46), (0.04, -0.36), (-0.03, -0.36)]), accent.shade(1.2));
    canvas.fill(polygon(&[(0.04, -0.36), (0.15, -0.36), (0.0, -0.235)]), accent.shade(0.6));
    canvas.glow((-0.06, -0.42), 0.14, accent.mix(tones.lit, 0.6), 0.8);
}

fn book(canvas: &mut Canvas, tones: &Tones, accent: Rgb) {
    canvas.fill(polygon(&[(-0.58, -0.10), (-0.02, -0.02), (0.0, 0.2), (-0.52, 0.17)]), accent.shade(0.5));
    canvas.fill(polygon(&[(0.58, -0.10), (0.02, -0.02), (0.0, 0.2), (0.52, 0.17)]), accent.shade(0.4));
    for side in [-1.0_f32, 1.0] {
        let page = [
            (0.0, -0.05),
            (side * 0.16, -0.16),
            (side * 0.40, -0.17),
            (side * 0.56, -0.13),
            (side * 0.56, -0.13),
            (side * 0.50, 0.12),
            (side * 0.50, 0.12),
            (side * 0.34, 0.07),
            (side * 0.14, 0.08),
            (0.0, 0.16),
        ];
        let near = tones.lit.shade(1.08);
        canvas.fill(smooth(&page), Ink::across(-0.5, near, 0.5, near.mix(tones.body, 0.5)));
        for row in 0..6 {
            let y = -0.105 + row as f32 * 0.033;
            canvas.line(
                curve(&[(side * 0.10, y + 0.012), (side * 0.28, y - 0.025), (side * 0.48, y - 0.008)]),
                0.007,
                Ink::Flat(tones.dark, 0.42),
            );
        }
    }
    canvas.line(curve(&[(0.0, -0.05), (0.004, 0.06), (0.0, 0.16)]), 0.012, Ink::Flat(tones.dark, 0.7));
    canvas.fill(smooth(&[(0.01, -0.05), (0.05, 0.1), (0.04, 0.28), (0.02, 0.24), (0.0, 0.28), (0.01, 0.1)]), accent);
}

fn goblet(canvas: &mut Canvas, tones: &Tones, accent: Rgb) {
    let bowl = [
        (0.24, -0.62),
        (0.25, -0.45),
        (0.20, -0.26),
        (0.10, -0.14),
        (0.035, -0.10),
        (0.03, 0.04),
        (0.045, 0.08),
        (0.03, 0.14),
        (0.06, 0.2),
        (0.19, 0.25),
        (0.20, 0.28),
    ];
    canvas.fill(smooth(&turned(&bowl)), Ink::across(-0.25, tones.lit, 0.25, tones.dark));
    canvas.fill(
        smooth(&turned(&[(0.2, -0.47), (0.2, -0.42), (0.15, -0.26), (0.06, -0.18)])),
        Ink::across(-0.2, accent, 0.2, accent.shade(0.5)),
    );
    canvas.ellipse((0.0, -0.47), 0.205, 0.04, accent.shade(1.15));
    canvas.line(ellipse((0.0, -0.615), 0.235, 0.045), 0.014, tones.lit.shade(1.15));
    canvas.line(
        curve(&[(-0.20, -0.52), (-0.195, -0.38), (-0.14, -0.25)]),
        0.014,
        Ink::Flat(tones.lit.shade(1.3), 0.85),
    );
}

fn key(canvas: &mut Canvas, tones: &Tones) {
    let ink = || Ink::down(-0.2, tones.lit.shade(1.1), 0.2, tones.dark);
    canvas.line(ellipse((-0.38, 0.0), 0.15, 0.13), 0.055, ink());
    canvas.line(ellipse((-0.38, 0.0), 0.05, 0.045), 0.03, ink());
    canvas.rect(-0.23, -0.03, 0.48, 0.035, ink());
    for x in [-0.20_f32, -0.14] {
        canvas.rect(x, -0.055, x + 0.03, 0.06, ink());
    }
    canvas.fill(
        polygon(&[
            (0.34, 0.03),
            (0.46, 0.03),
            (0.46, 0.19),
            (0.42, 0.19),
            (0.42, 0.12),
            (0.38, 0.12),
            (0.38, 0.17),
            (0.34, 0.17),
        ]),
        ink(),
    );
}

fn skull(canvas: &mut Canvas, tones: &Tones) {
    let bone = tones.lit;
    let head = [
        (-0.30, -0.10),
        (-0.34, -0.30),
        (-0.22, -0.54),
        (0.0, -0.62),
        (0.22, -0.54),
        (0.34, -0.30),
        (0.30, -0.10),
        (0.20, -0.02),
        (0.18, 0.12),
        (0.10, 0.2),
        (-0.10, 0.2),
        (-0.18, 0.12),
        (-0.20, -0.02),
    ];
    canvas.fill(smooth(&head), Ink::across(-0.34, bone.shade(1.08), 0.36, tones.dark));
    for side in [-1.0_f32, 1.0] {
        canvas.fill(
            smooth(&[
                (side * 0.06, -0.18),
                (side * 0.12, -0.28),
                (side * 0.22, -0.26),
                (side * 0.24, -0.15),
                (side * 0.16, -0.08),
                (side * 0.08, -0.10),
            ]),
            tones.dark.shade(0.4),
        );
    }
    canvas.fill(smooth(&[(0.0, -0.1), (0.05, 0.0), (0.0, 0.01), (-0.05, 0.0)]), tones.dark.shade(0.4));
    for index in 0..7 {
        let x = -0.105 + index as f32 * 0.035;
        canvas.line(polygon(&[(x, 0.08), (x, 0.17)]), 0.01, tones.dark);
    }
    canvas.line(polygon(&[(-0.13, 0.125), (0.13, 0.125)]), 0.01, tones.dark);
}

fn clock(canvas: &mut Canvas, tones: &Tones) {
    canvas.ellipse((0.0, -0.1), 0.42, 0.42, Ink::across(-0.42, tones.lit, 0.42, tones.dark));
    canvas.ellipse(
        (0.0, -0.1),
        0.36,
        0.36,
        Ink::Pool((-0.1, -0.22), (0.6, 0.6), vec![(0.0, tones.lit.shade(1.15), 1.0), (1.0, tones.body, 1.0)]),
    );
    for index in 0..12 {
        let (sin, cos) = (index as f32 * std::f32::consts::FRAC_PI_6).sin_cos();
        canvas.line(
            polygon(&[(cos * 0.28, -0.1 + sin * 0.28), (cos * 0.33, -0.1 + sin * 0.33)]),
            if index % 3 == 0 { 0.022 } else { 0.010 },
            tones.dark,
        );
    }
    canvas.line(polygon(&[(0.0, -0.1), (0.02, -0.37)]), 0.016, tones.dark);
    canvas.line(polygon(&[(0.0, -0.1), (-0.15, -0.2)]), 0.024, tones.dark);
    canvas.ellipse((0.0, -0.1), 0.025, 0.025, tones.dark);
    canvas.line(ellipse((0.0, -0.58), 0.075, 0.065), 0.03, Ink::across(-0.08, tones.lit, 0.08, tones.dark));
}
