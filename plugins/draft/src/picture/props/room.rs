//! What walls have: windows, doors, a fire, pictures.

use super::{Tones, furniture::turned};
use crate::picture::{
    canvas::{Canvas, Ink, curve, ellipse, polygon, smooth},
    colour::Rgb,
};

/// What is seen through a window.
pub(in crate::picture) struct Outside {
    pub(in crate::picture) top: Rgb,
    pub(in crate::picture) low: Rgb,
    pub(in crate::picture) roofs: Rgb,
    pub(in crate::picture) moon: Option<Rgb>,
}

fn view(canvas: &mut Canvas, outside: &Outside, half: f32, sill: f32) {
    canvas.rect(-half, -1.0, half, sill, Ink::down(-1.0, outside.top, sill, outside.low));
    if let Some(moon) = outside.moon {
        canvas.ellipse((half * 0.32, -0.74), 0.075, 0.075, moon);
        canvas.glow((half * 0.32, -0.74), 0.34, moon, 0.45);
    }
    let roofs = [
        (-1.0, -0.30),
        (-0.7, -0.30),
        (-0.55, -0.40),
        (-0.4, -0.30),
        (-0.2, -0.30),
        (-0.2, -0.37),
        (-0.12, -0.37),
        (-0.12, -0.28),
        (0.2, -0.26),
        (0.42, -0.38),
        (0.66, -0.26),
        (1.0, -0.26),
    ];
    let mut points: Vec<_> = roofs.iter().map(|&(x, y)| (x * half, sill + (y + 0.1) * 0.8)).collect();
    points.extend([(half, sill), (-half, sill)]);
    canvas.fill(polygon(&points), outside.roofs);
}

/// A tall sash window one unit high and `wide` wide, with panes.
pub(in crate::picture) fn tall_window(canvas: &mut Canvas, tones: &Tones, outside: &Outside, wide: f32) {
    let half = wide / 2.0;
    canvas.rect(-half - 0.05, -1.07, half + 0.05, 0.03, tones.dark);
    view(canvas, outside, half, 0.0);
    for column in 1..3 {
        let x = -half + wide * column as f32 / 3.0;
        canvas.rect(x - 0.006, -1.0, x + 0.006, 0.0, tones.dark);
    }
    for row in 1..6 {
        let y = -1.0 + row as f32 / 6.0;
        let thick = if row == 3 { 0.014 } else { 0.006 };
        canvas.rect(-half, y - thick, half, y + thick, tones.dark);
    }
    canvas.rect(-half - 0.08, 0.0, half + 0.08, 0.035, tones.body);
    canvas.rect(-half - 0.08, -1.12, half + 0.08, -1.05, tones.body);
}

/// A pointed window one unit high with tracery.
pub(in crate::picture) fn gothic_window(canvas: &mut Canvas, tones: &Tones, glass: &[Rgb], wide: f32) {
    let half = wide / 2.0;
    let arch = |grow: f32| {
        let (h, spring) = (half + grow, -0.68);
        smooth(&[
            (-h, grow),
            (-h, grow),
            (-h, spring),
            (-h, spring),
            (-h * 0.72, spring - 0.19),
            (0.0, -1.0 - grow),
            (0.0, -1.0 - grow),
            (h * 0.72, spring - 0.19),
            (h, spring),
            (h, spring),
            (h, grow),
            (h, grow),
        ])
    };
    canvas.fill(arch(0.035), tones.dark);
    let (first, last) = (glass[0], glass[glass.len() - 1]);
    canvas.fill(arch(0.0), Ink::down(-1.0, first, 0.0, last));
    for (index, &(x, y)) in [(-0.5, -0.2), (0.5, -0.36), (-0.5, -0.52), (0.5, -0.12), (0.0, -0.76)].iter().enumerate() {
        canvas.ellipse((x * half, y), half * 0.3, half * 0.42, Ink::Flat(glass[index % glass.len()].shade(1.1), 0.75));
    }
    canvas.rect(-0.012, -0.98, 0.012, 0.0, tones.dark);
    for row in 1..5 {
        let y = -0.68 * row as f32 / 5.0;
        canvas.rect(-half, y - 0.005, half, y + 0.005, tones.dark);
    }
    canvas.line(ellipse((0.0, -0.76), half * 0.42, half * 0.42), 0.014, tones.dark);
    canvas.line(
        curve(&[(-half, -0.6), (-half * 0.5, -0.72), (0.0, -0.6), (half * 0.5, -0.72), (half, -0.6)]),
        0.014,
        tones.dark,
    );
}

/// One side of a window's curtain, one unit high, hanging to the right of x = 0.
pub(in crate::picture) fn curtain(canvas: &mut Canvas, tones: &Tones, wide: f32) {
    let cloth = [
        (0.0, -1.0),
        (0.0, -1.0),
        (wide, -1.0),
        (wide, -1.0),
        (wide * 0.92, -0.72),
        (wide * 0.50, -0.46),
        (wide * 0.36, -0.40),
        (wide * 0.55, -0.30),
        (wide * 0.62, 0.0),
        (wide * 0.62, 0.0),
        (0.0, 0.0),
        (0.0, 0.0),
    ];
    canvas.fill(smooth(&cloth), Ink::across(0.0, tones.dark, wide, tones.lit));
    for share in [0.18_f32, 0.36, 0.56, 0.78] {
        let x = wide * share;
        let fold = [(x, -0.98), (x * 0.9, -0.7), (x * 0.55, -0.42), (x * 0.66, -0.2), (x * 0.66, -0.02)];
        canvas.line(curve(&fold), wide * 0.05, Ink::Flat(tones.dark.shade(0.7), 0.7));
        let edge: Vec<_> = fold.iter().map(|&(fx, fy)| (fx + wide * 0.05, fy)).collect();
        canvas.line(curve(&edge), wide * 0.018, Ink::Flat(tones.lit, 0.35));
    }
    canvas.line(curve(&[(0.0, -0.43), (wide * 0.2, -0.40), (wide * 0.42, -0.41)]), wide * 0.07, tones.lit);
}

/// A panelled door one unit high.
pub(in crate::picture) fn door(canvas: &mut Canvas, tones: &Tones, glow: Option<Rgb>) {
    canvas.rect(-0.27, -1.06, 0.27, 0.0, tones.dark);
    canvas.rect(-0.31, -1.10, 0.31, -1.04, tones.body);
    canvas.rect(-0.22, -1.0, 0.22, 0.0, Ink::across(-0.22, tones.body, 0.22, tones.dark));
    for (left, top, right, bottom) in [
        (-0.17, -0.92, -0.02, -0.55),
        (0.02, -0.92, 0.17, -0.55),
        (-0.17, -0.46, -0.02, -0.08),
        (0.02, -0.46, 0.17, -0.08),
    ] {
        canvas.rect(left, top, right, bottom, tones.dark);
        canvas.rect(
            left + 0.012,
            top + 0.014,
            right,
            bottom,
            Ink::down(top, tones.body.shade(0.9), bottom, tones.body),
        );
    }
    canvas.ellipse((0.18, -0.5), 0.016, 0.016, tones.lit);
    if let Some(light) = glow {
        canvas.rect(0.205, -1.0, 0.235, 0.0, light);
        canvas.glow((0.22, -0.45), 0.5, light, 0.3);
    }
}

/// A chimney piece one unit wide with a fire bed; the mantel is 0.72 high.
pub(in crate::picture) fn fireplace(canvas: &mut Canvas, tones: &Tones, lit: bool, fire: Rgb) {
    canvas.rect(-0.46, -0.68, 0.46, 0.0, Ink::across(-0.46, tones.body, 0.46, tones.lit));
    canvas.rect(-0.54, -0.74, 0.54, -0.66, Ink::across(-0.5, tones.body, 0.5, tones.lit));
    canvas.rect(-0.50, -0.66, 0.50, -0.64, tones.dark);
    for x in [-0.40_f32, 0.40] {
        canvas.rect(x - 0.05, -0.62, x + 0.05, 0.0, tones.body);
        canvas.line(
            polygon(&[(x - 0.03, -0.52), (x + 0.03, -0.52), (x + 0.03, -0.06), (x - 0.03, -0.06)]),
            0.008,
            tones.dark,
        );
        canvas.ellipse((x, -0.575), 0.028, 0.028, tones.dark);
    }
    canvas.fill(
        smooth(&[(-0.16, -0.56), (0.0, -0.60), (0.16, -0.56), (0.08, -0.53), (0.0, -0.545), (-0.08, -0.53)]),
        tones.dark,
    );
    let hole = [
        (-0.29, 0.0),
        (-0.29, 0.0),
        (-0.29, -0.42),
        (-0.2, -0.48),
        (0.2, -0.48),
        (0.29, -0.42),
        (0.29, 0.0),
        (0.29, 0.0),
    ];
    let inside = tones.dark.shade(0.4);
    canvas.fill(smooth(&hole), if lit { Ink::down(-0.5, inside, 0.0, inside.mix(fire, 0.55)) } else { inside.into() });
    if lit {
        canvas.glow((0.0, -0.12), 0.36, fire, 0.8);
    }
    for (x, lean) in [(-0.12, 0.03), (0.02, -0.02), (0.13, 0.02)] {
        canvas.line(polygon(&[(x - 0.1, -0.04 + lean), (x + 0.1, -0.04 - lean)]), 0.045, tones.dark.shade(0.5));
    }
}

/// A picture in a frame, one unit high: someone's forebear, or hills.
pub(in crate::picture) fn frame_picture(canvas: &mut Canvas, tones: &Tones, wide: f32, portrait: bool) {
    let half = wide / 2.0;
    canvas.rect(-half, -1.0, half, 0.0, Ink::across(-half, tones.lit, half, tones.body));
    canvas.rect(-half + 0.07, -0.93, half - 0.07, -0.07, tones.dark);
    canvas.rect(
        -half + 0.09,
        -0.91,
        half - 0.09,
        -0.09,
        Ink::down(-0.9, tones.dark.mix(tones.body, 0.5), -0.1, tones.dark.shade(0.8)),
    );
    if portrait {
        canvas.fill(
            smooth(&turned(&[
                (0.05, -0.76),
                (0.11, -0.68),
                (0.10, -0.54),
                (0.06, -0.46),
                (0.2, -0.38),
                (0.27, -0.2),
                (0.28, -0.09),
            ])),
            tones.dark.shade(0.5),
        );
        canvas.ellipse((0.012, -0.60), 0.075, 0.11, tones.lit.mix(tones.body, 0.35));
        canvas.fill(smooth(&[(-0.04, -0.47), (0.05, -0.47), (0.03, -0.30), (0.0, -0.24), (-0.03, -0.30)]), tones.lit);
    } else {
        canvas.fill(
            smooth(&[
                (-half + 0.09, -0.3),
                (-half * 0.4, -0.5),
                (0.0, -0.36),
                (half * 0.5, -0.55),
                (half - 0.09, -0.34),
                (half - 0.09, -0.09),
                (half - 0.09, -0.09),
                (-half + 0.09, -0.09),
                (-half + 0.09, -0.09),
            ]),
            tones.body,
        );
    }
}
