//! What stands under the sky.

use super::Tones;
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, polygon, smooth},
    chance::Chance,
    colour::Rgb,
};

/// A bare tree, its trunk one unit to the first fork; the crown reaches about 2.4 units up.
pub(in crate::picture) fn bare_tree(canvas: &mut Canvas, paper: Rgb, chance: &mut Chance, forks: u32) {
    let roots = [(-0.26, 0.02), (-0.12, -0.05), (-0.09, -0.3), (0.09, -0.3), (0.12, -0.06), (0.3, 0.02)];
    canvas.fill(smooth(&roots), paper);
    limb(canvas, paper, chance, ((0.0, 0.0), -90.0, 1.0, 0.16), forks);
}

fn limb(
    canvas: &mut Canvas,
    paper: Rgb,
    chance: &mut Chance,
    (from, angle, length, thick): (At, f32, f32, f32),
    forks: u32,
) {
    let bend = chance.span(-16.0, 16.0);
    let step = |at: At, degrees: f32, far: f32| {
        let radians = degrees.to_radians();
        (at.0 + radians.cos() * far, at.1 + radians.sin() * far)
    };
    let middle = step(from, angle + bend * 0.6, length * 0.5);
    let end = step(middle, angle + bend, length * 0.5);
    let side = |at: At, degrees: f32, half: f32| {
        let radians = (degrees + 90.0).to_radians();
        (
            (at.0 + radians.cos() * half, at.1 + radians.sin() * half),
            (at.0 - radians.cos() * half, at.1 - radians.sin() * half),
        )
    };
    let tip = thick * 0.62;
    let (a, b) = side(from, angle, thick * 0.5);
    let (c, d) = side(middle, angle + bend * 0.5, (thick + tip) * 0.25);
    let (e, f) = side(end, angle + bend, tip * 0.5);
    canvas.fill(smooth(&[a, a, c, e, e, f, f, d, b, b]), paper);
    if forks == 0 || length < 0.05 {
        return;
    }
    let arms = if chance.often(0.3) { 3 } else { 2 };
    for index in 0..arms {
        let spread = if arms == 2 { [-1.0, 1.0][index] } else { [-1.0, 0.1, 1.0][index] };
        let turn = spread * chance.span(18.0, 40.0);
        // Branches reach for the light: they lean back towards upright.
        let heading = angle + bend + turn;
        let heading = heading + (-90.0 - heading) * 0.12;
        let (long, thin) = (length * chance.span(0.62, 0.82), tip * chance.span(0.74, 0.95));
        limb(canvas, paper, chance, (end, heading, long, thin), forks - 1);
    }
}

/// A conifer one unit high.
pub(in crate::picture) fn pine(canvas: &mut Canvas, paper: Rgb, chance: &mut Chance) {
    canvas.rect(-0.018, -0.3, 0.018, 0.01, paper.shade(0.85));
    let tiers = 8;
    let mut left = vec![(0.0, -1.0), (0.0, -1.0)];
    let mut right = Vec::new();
    for tier in 1..=tiers {
        let y = -1.0 + 0.9 * tier as f32 / tiers as f32;
        let reach = 0.035 + 0.2 * (tier as f32 / tiers as f32).powf(0.85);
        left.push((reach * chance.span(0.85, 1.12), y + 0.015));
        left.push((reach * 0.52, y - 0.012));
        right.push((-reach * chance.span(0.85, 1.12), y + 0.015));
        right.push((-reach * 0.52, y - 0.012));
    }
    let outline: Vec<At> = left.into_iter().chain(right.into_iter().rev()).collect();
    canvas.fill(polygon(&outline), paper);
}

/// A cypress one unit high.
pub(in crate::picture) fn cypress(canvas: &mut Canvas, paper: Rgb, chance: &mut Chance) {
    let mut points = Vec::new();
    for index in 0..9 {
        let t = index as f32 / 8.0;
        let wide = 0.12 * (t * std::f32::consts::PI).sin().powf(0.6) * (0.5 + 0.6 * t) + 0.004;
        points.push((wide * chance.span(0.86, 1.1), -1.0 + 0.97 * t));
    }
    let outline = super::furniture::turned(&points);
    canvas.rect(-0.015, -0.1, 0.015, 0.0, paper);
    canvas.fill(smooth(&outline), paper);
}

/// A bush one unit wide.
pub(in crate::picture) fn bush(canvas: &mut Canvas, paper: Rgb, chance: &mut Chance) {
    for _ in 0..16 {
        let x = chance.span(-0.42, 0.42);
        let high = 0.42 * (1.0 - (x / 0.5).powi(2));
        canvas.ellipse((x, -chance.unit() * high), chance.span(0.06, 0.14), chance.span(0.05, 0.11), paper);
    }
    canvas.rect(-0.42, -0.06, 0.42, 0.04, paper);
}

/// Grass along a line from left to right at y = 0.
pub(in crate::picture) fn grass(
    canvas: &mut Canvas,
    paper: Rgb,
    (left, right): (f32, f32),
    (tall, dense): (f32, f32),
    chance: &mut Chance,
) {
    let count = (((right - left) / tall) * dense).clamp(8.0, 1800.0) as usize;
    for _ in 0..count {
        let x = chance.span(left, right);
        let high = tall * chance.span(0.35, 1.0);
        let lean = high * chance.span(-0.45, 0.45);
        let half = tall * 0.022;
        canvas.fill(
            smooth(&[
                (x - half, 0.02),
                (x - half + lean * 0.3, -high * 0.5),
                (x + lean, -high),
                (x + lean, -high),
                (x + half + lean * 0.35, -high * 0.5),
                (x + half, 0.02),
            ]),
            paper,
        );
    }
}

/// A town house one unit high: windows lit by chance.
pub(in crate::picture) fn house(
    canvas: &mut Canvas,
    tones: &Tones,
    wide: f32,
    light: Option<Rgb>,
    chance: &mut Chance,
) {
    let half = wide / 2.0;
    let peak = chance.span(0.04, 0.2);
    canvas.fill(
        polygon(&[
            (-half, 0.0),
            (-half, -0.84),
            (-half * 0.7, -0.84 - peak),
            (half * 0.7, -0.84 - peak),
            (half, -0.84),
            (half, 0.0),
        ]),
        Ink::down(-1.0, tones.body, 0.0, tones.dark),
    );
    canvas.rect(-half - 0.012, -0.85, half + 0.012, -0.825, tones.dark);
    for side in [-0.75_f32, 0.6] {
        if chance.often(0.75) {
            let x = half * side;
            canvas.rect(x, -0.92 - peak, x + 0.07, -0.80, tones.dark);
            for pot in 0..2 {
                let px = x + 0.008 + pot as f32 * 0.032;
                canvas.rect(px, -0.955 - peak, px + 0.02, -0.92 - peak, tones.dark);
            }
        }
    }
    let columns = ((wide / 0.15) as usize).clamp(2, 5);
    for row in 0..4 {
        let top = -0.77 + row as f32 * 0.18;
        for column in 0..columns {
            let x = -half + wide * (column as f32 + 0.5) / columns as f32;
            let glass =
                if light.is_some() && chance.often(0.3) { light.unwrap_or(tones.lit) } else { tones.dark.shade(0.8) };
            let low = top + if row == 3 { 0.16 } else { 0.115 };
            canvas.rect(x - 0.034, top, x + 0.034, low, glass);
            canvas.rect(x - 0.003, top, x + 0.003, low, tones.dark);
            canvas.rect(x - 0.034, top + 0.055, x + 0.034, top + 0.06, tones.dark);
            canvas.rect(x - 0.042, low, x + 0.042, low + 0.012, tones.lit.mix(tones.body, 0.5));
        }
    }
}

/// A tower block one unit high with lights and a sign.
pub(in crate::picture) fn tower(canvas: &mut Canvas, tones: &Tones, wide: f32, lights: &[Rgb], chance: &mut Chance) {
    let half = wide / 2.0;
    canvas.rect(-half, -1.0, half, 0.05, Ink::down(-1.0, tones.dark, 0.0, tones.body));
    if chance.often(0.5) {
        canvas.rect(-half * 0.5, -1.05, half * 0.4, -1.0, tones.dark);
    }
    if chance.often(0.5) {
        let x = half * chance.signed() * 0.6;
        canvas.rect(x - 0.003, -1.16, x + 0.003, -1.0, tones.dark);
    }
    let rows = 34;
    let columns = ((wide / 0.021) as usize).clamp(3, 26);
    let lit = chance.span(0.12, 0.34);
    for row in 0..rows {
        let floor_dark = chance.often(0.2);
        for column in 0..columns {
            if floor_dark || !chance.often(lit) {
                continue;
            }
            let x = -half + wide * (column as f32 + 0.5) / columns as f32;
            let y = -0.98 + 0.98 * row as f32 / rows as f32;
            let lamp = lights[chance.pick(lights.len())];
            canvas.rect(
                x - wide / columns as f32 * 0.33,
                y,
                x + wide / columns as f32 * 0.33,
                y + 0.013,
                Ink::Flat(lamp, chance.span(0.25, 0.9)),
            );
        }
    }
}

/// A street lamp one unit high; answers with the place of its light.
pub(in crate::picture) fn gas_lamp(canvas: &mut Canvas, paper: Rgb, modern: bool, light: Rgb) -> At {
    if modern {
        canvas.rect(-0.012, -0.96, 0.012, 0.0, paper);
        canvas.line(curve(&[(0.0, -0.9), (0.03, -0.985), (0.14, -1.0), (0.24, -0.985)]), 0.016, paper);
        canvas.rect(0.16, -0.995, 0.28, -0.965, paper);
        canvas.rect(0.175, -0.966, 0.265, -0.956, light);
        return (0.22, -0.95);
    }
    let post =
        [(0.012, -0.80), (0.014, -0.4), (0.022, -0.36), (0.014, -0.3), (0.022, -0.1), (0.045, -0.06), (0.05, 0.0)];
    canvas.fill(polygon(&super::furniture::turned(&post)), paper);
    canvas.rect(-0.06, -0.745, 0.06, -0.735, paper);
    canvas.fill(polygon(&[(-0.03, -0.80), (0.03, -0.80), (0.062, -0.94), (-0.062, -0.94)]), light.mix(paper, 0.1));
    canvas.fill(
        polygon(&[(-0.075, -0.94), (0.075, -0.94), (0.02, -0.99), (0.012, -1.02), (-0.012, -1.02), (-0.02, -0.99)]),
        paper,
    );
    for x in [-0.05_f32, 0.0, 0.05] {
        canvas.line(polygon(&[(x * 0.5, -0.80), (x, -0.94)]), 0.006, paper);
    }
    (0.0, -0.87)
}

/// A fluted column one unit high, whole or broken off.
pub(in crate::picture) fn column(canvas: &mut Canvas, tones: &Tones, broken: Option<f32>) {
    let top = -1.0 + broken.unwrap_or(0.0);
    let shaft = [
        (-0.085, -0.05),
        (-0.07, top + 0.06),
        (-0.03, top + if broken.is_some() { 0.0 } else { 0.06 }),
        (0.02, top + if broken.is_some() { 0.05 } else { 0.06 }),
        (0.07, top + if broken.is_some() { -0.02 } else { 0.06 }),
        (0.085, -0.05),
    ];
    canvas.fill(polygon(&shaft), Ink::across(-0.085, tones.dark, 0.085, tones.lit));
    for index in 0..5 {
        let x = -0.06 + index as f32 * 0.03;
        canvas.line(polygon(&[(x, -0.06), (x * 0.84, top + 0.09)]), 0.006, Ink::Flat(tones.dark, 0.7));
    }
    canvas.rect(-0.11, -0.06, 0.11, 0.0, Ink::across(-0.11, tones.dark, 0.11, tones.body));
    if broken.is_none() {
        canvas.fill(
            polygon(&[(-0.07, top + 0.07), (0.07, top + 0.07), (0.115, top + 0.03), (-0.115, top + 0.03)]),
            Ink::across(-0.11, tones.dark, 0.11, tones.lit),
        );
        canvas.rect(-0.13, top, 0.13, top + 0.032, Ink::across(-0.13, tones.body, 0.13, tones.lit));
    }
}

/// A gravestone one unit high: three kinds.
pub(in crate::picture) fn grave(canvas: &mut Canvas, tones: &Tones, kind: usize) {
    let ink = || Ink::across(-0.3, tones.dark, 0.35, tones.lit);
    match kind % 3 {
        0 => canvas.fill(
            smooth(&[
                (-0.3, 0.02),
                (-0.3, 0.02),
                (-0.3, -0.7),
                (-0.22, -0.92),
                (0.0, -1.0),
                (0.22, -0.92),
                (0.3, -0.7),
                (0.3, 0.02),
                (0.3, 0.02),
            ]),
            ink(),
        ),
        1 => {
            canvas.fill(
                polygon(&[
                    (-0.07, 0.0),
                    (-0.07, -0.62),
                    (-0.3, -0.62),
                    (-0.3, -0.76),
                    (-0.07, -0.76),
                    (-0.07, -1.0),
                    (0.07, -1.0),
                    (0.07, -0.76),
                    (0.3, -0.76),
                    (0.3, -0.62),
                    (0.07, -0.62),
                    (0.07, 0.0),
                ]),
                ink(),
            );
            canvas.rect(-0.2, -0.1, 0.2, 0.02, tones.dark);
        }
        _ => canvas.fill(polygon(&[(-0.16, 0.02), (-0.12, -0.86), (0.0, -1.0), (0.12, -0.86), (0.16, 0.02)]), ink()),
    }
}

/// A stone hut one unit wide with a lit window and a thatched roof.
pub(in crate::picture) fn hut(canvas: &mut Canvas, tones: &Tones, light: Rgb) {
    canvas.rect(0.20, -0.86, 0.31, -0.5, tones.dark);
    canvas.fill(
        smooth(&[
            (-0.42, 0.02),
            (-0.42, 0.02),
            (-0.43, -0.36),
            (-0.40, -0.42),
            (0.40, -0.42),
            (0.43, -0.36),
            (0.43, 0.02),
            (0.43, 0.02),
        ]),
        Ink::across(-0.43, tones.body, 0.43, tones.dark),
    );
    canvas.fill(
        smooth(&[
            (-0.56, -0.33),
            (-0.50, -0.40),
            (-0.26, -0.72),
            (-0.2, -0.76),
            (0.2, -0.76),
            (0.27, -0.71),
            (0.50, -0.40),
            (0.56, -0.33),
            (0.3, -0.355),
            (0.0, -0.34),
            (-0.3, -0.355),
        ]),
        Ink::down(-0.78, tones.body, -0.3, tones.dark),
    );
    for index in 0..16 {
        let t = index as f32 / 15.0 - 0.5;
        canvas.line(polygon(&[(t * 0.5, -0.72), (t * 1.04, -0.36)]), 0.005, Ink::Flat(tones.dark.shade(0.7), 0.6));
    }
    canvas.fill(
        smooth(&[
            (-0.28, 0.02),
            (-0.28, 0.02),
            (-0.28, -0.24),
            (-0.2, -0.29),
            (-0.12, -0.24),
            (-0.12, 0.02),
            (-0.12, 0.02),
        ]),
        tones.dark.shade(0.6),
    );
    canvas.rect(0.08, -0.27, 0.24, -0.12, light);
    canvas.rect(0.155, -0.27, 0.167, -0.12, tones.dark);
    canvas.rect(0.08, -0.2, 0.24, -0.19, tones.dark);
    canvas.glow((0.16, -0.19), 0.36, light, 0.5);
}

/// A coach and pair one unit long, going right.
pub(in crate::picture) fn carriage(canvas: &mut Canvas, tones: &Tones, light: Rgb) {
    let paper = tones.dark;
    canvas.fill(
        smooth(&[
            (-0.48, -0.20),
            (-0.50, -0.44),
            (-0.46, -0.48),
            (-0.12, -0.48),
            (-0.08, -0.42),
            (-0.10, -0.30),
            (-0.16, -0.20),
            (-0.3, -0.16),
        ]),
        Ink::down(-0.5, tones.body, -0.16, paper),
    );
    canvas.rect(-0.37, -0.43, -0.22, -0.32, light.mix(paper, 0.35));
    canvas.fill(polygon(&[(-0.10, -0.36), (0.02, -0.36), (0.03, -0.32), (-0.02, -0.2), (-0.12, -0.2)]), paper);
    canvas.fill(
        smooth(&[(-0.045, -0.36), (-0.06, -0.52), (-0.03, -0.60), (0.005, -0.60), (0.03, -0.50), (0.03, -0.36)]),
        paper,
    );
    canvas.rect(-0.045, -0.68, 0.012, -0.615, paper);
    canvas.rect(-0.06, -0.625, 0.028, -0.61, paper);
    for (x, radius) in [(-0.38_f32, 0.145_f32), (-0.06, 0.105)] {
        canvas.line(crate::picture::canvas::ellipse((x, -radius), radius, radius), 0.018, paper);
        for spoke in 0..6 {
            let (sin, cos) = (spoke as f32 * 0.523).sin_cos();
            canvas.line(
                polygon(&[(x - cos * radius, -radius - sin * radius), (x + cos * radius, -radius + sin * radius)]),
                0.008,
                paper,
            );
        }
    }
    canvas.line(polygon(&[(-0.05, -0.16), (0.2, -0.19)]), 0.012, paper);
    canvas.ellipse((-0.115, -0.40), 0.014, 0.022, light);
    canvas.glow((-0.115, -0.40), 0.12, light, 0.7);
}

/// A standing horse one unit long, head to the right.
pub(in crate::picture) fn horse(canvas: &mut Canvas, paper: Rgb) {
    for (x, knee, hoof) in [(-0.335_f32, -0.015_f32, 0.03_f32), (0.205, 0.015, 0.01)] {
        leg(canvas, paper.shade(0.75), (x, knee, hoof));
    }
    let body = [
        (-0.40, -0.60),
        (-0.30, -0.665),
        (-0.14, -0.635),
        (0.02, -0.635),
        (0.14, -0.675),
        (0.235, -0.80),
        (0.315, -0.935),
        (0.345, -1.02),
        (0.362, -1.02),
        (0.375, -0.955),
        (0.43, -0.885),
        (0.515, -0.785),
        (0.520, -0.735),
        (0.470, -0.725),
        (0.405, -0.775),
        (0.365, -0.775),
        (0.325, -0.685),
        (0.300, -0.570),
        (0.250, -0.470),
        (0.120, -0.425),
        (-0.06, -0.405),
        (-0.22, -0.44),
        (-0.33, -0.43),
        (-0.41, -0.49),
    ];
    canvas.fill(smooth(&body), paper);
    for (x, knee, hoof) in [(-0.375_f32, -0.035_f32, -0.015_f32), (0.245, 0.01, 0.045)] {
        leg(canvas, paper, (x, knee, hoof));
    }
    canvas.fill(
        smooth(&[(0.335, -1.0), (0.25, -0.90), (0.155, -0.74), (0.12, -0.64), (0.20, -0.68), (0.29, -0.82)]),
        paper.shade(0.6),
    );
    canvas.fill(
        smooth(&[
            (-0.395, -0.62),
            (-0.47, -0.55),
            (-0.495, -0.35),
            (-0.48, -0.18),
            (-0.445, -0.16),
            (-0.435, -0.36),
            (-0.405, -0.52),
        ]),
        paper.shade(0.6),
    );
}

fn leg(canvas: &mut Canvas, paper: Rgb, (x, knee, hoof): (f32, f32, f32)) {
    canvas.fill(
        smooth(&[
            (x - 0.065, -0.52),
            (x + 0.06, -0.50),
            (x + 0.032 + knee, -0.27),
            (x + 0.026 + knee, -0.22),
            (x + 0.016 + hoof, -0.08),
            (x + 0.038 + hoof, -0.02),
            (x + 0.038 + hoof, 0.0),
            (x + 0.038 + hoof, 0.0),
            (x - 0.020 + hoof, 0.0),
            (x - 0.020 + hoof, 0.0),
            (x - 0.014 + hoof, -0.07),
            (x - 0.022 + knee, -0.22),
            (x - 0.030 + knee, -0.27),
        ]),
        paper,
    );
}

/// A tree in leaf; the trunk as [`bare_tree`].
pub(in crate::picture) fn leafy_tree(canvas: &mut Canvas, paper: Rgb, leaves: Rgb, lit: Rgb, chance: &mut Chance) {
    bare_tree(canvas, paper, chance, 3);
    let mut clumps: Vec<At> = Vec::new();
    for _ in 0..170 {
        let (angle, far) = (chance.span(0.0, std::f32::consts::TAU), chance.unit().sqrt());
        clumps.push((angle.cos() * far * 1.25, -2.15 + angle.sin() * far * 0.92));
    }
    clumps.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (x, y) in clumps {
        let size = chance.span(0.13, 0.27);
        let up = ((-1.3 - y) / 1.8).clamp(0.0, 1.0);
        let mut blot = Vec::new();
        for index in 0..9 {
            let (sin, cos) = (index as f32 * 0.698).sin_cos();
            let reach = size * chance.span(0.72, 1.18);
            blot.push((x + cos * reach, y + sin * reach * 0.8));
        }
        canvas.fill(smooth(&blot), leaves.shade(0.72).mix(lit, up * chance.span(0.35, 0.85)));
    }
}

/// A parked car one unit long.
pub(in crate::picture) fn car(canvas: &mut Canvas, tones: &Tones, light: Rgb) {
    let body = [
        (-0.5, -0.08),
        (-0.5, -0.18),
        (-0.45, -0.22),
        (-0.32, -0.23),
        (-0.22, -0.36),
        (0.08, -0.37),
        (0.22, -0.24),
        (0.42, -0.21),
        (0.5, -0.16),
        (0.5, -0.07),
    ];
    canvas.fill(smooth(&body), Ink::down(-0.38, tones.lit, -0.06, tones.dark));
    canvas.fill(smooth(&[(-0.26, -0.235), (-0.2, -0.33), (-0.06, -0.34), (-0.06, -0.235)]), tones.dark.shade(0.5));
    canvas.fill(smooth(&[(-0.035, -0.235), (-0.035, -0.34), (0.06, -0.335), (0.15, -0.235)]), tones.dark.shade(0.5));
    for x in [-0.31_f32, 0.30] {
        canvas.ellipse((x, -0.075), 0.08, 0.08, tones.dark.shade(0.35));
        canvas.ellipse((x, -0.075), 0.036, 0.036, tones.body);
    }
    canvas.rect(0.455, -0.18, 0.5, -0.14, light);
    canvas.glow((0.5, -0.16), 0.25, light, 0.6);
    canvas.rect(-0.5, -0.18, -0.475, -0.14, Rgb(0.9, 0.1, 0.1));
    canvas.glow((-0.5, -0.16), 0.14, Rgb(0.9, 0.1, 0.1), 0.6);
}

/// A sailing ship one unit long.
pub(in crate::picture) fn ship(canvas: &mut Canvas, tones: &Tones) {
    for (x, high, wide) in [(-0.26_f32, 0.74_f32, 0.14_f32), (0.0, 0.92, 0.17), (0.24, 0.72, 0.13)] {
        canvas.rect(x - 0.007, -high, x + 0.007, -0.08, tones.dark);
        for (top, bottom, share) in [(0.97, 0.76, 0.6), (0.74, 0.46, 0.86), (0.44, 0.18, 1.0)] {
            let sail = [
                (x - wide * share, -high * bottom),
                (x - wide * share * 0.86, -high * top),
                (x - wide * share * 0.86, -high * top),
                (x + wide * share * 0.8, -high * top),
                (x + wide * share * 0.8, -high * top),
                (x + wide * share * 1.12, -high * (top + bottom) / 2.0),
                (x + wide * share, -high * bottom),
                (x, -high * (bottom + 0.03)),
            ];
            canvas.fill(smooth(&sail), Ink::across(x - wide, tones.body, x + wide, tones.lit));
        }
    }
    canvas.fill(
        smooth(&[
            (-0.47, -0.16),
            (-0.47, -0.16),
            (-0.44, -0.02),
            (-0.36, 0.03),
            (0.32, 0.03),
            (0.42, -0.05),
            (0.52, -0.14),
            (0.52, -0.14),
            (0.30, -0.10),
            (-0.2, -0.10),
            (-0.36, -0.15),
        ]),
        tones.dark,
    );
    canvas.line(polygon(&[(0.44, -0.12), (0.64, -0.24)]), 0.012, tones.dark);
    canvas.fill(polygon(&[(0.27, -0.62), (0.60, -0.21), (0.34, -0.14)]), Ink::Flat(tones.body, 0.95));
}

/// A bird in flight one unit wide.
pub(in crate::picture) fn bird(canvas: &mut Canvas, paper: Rgb, lift: f32) {
    canvas.fill(
        smooth(&[
            (-0.5, -0.12 - lift),
            (-0.5, -0.12 - lift),
            (-0.24, -0.2 - lift * 0.6),
            (-0.03, -0.03),
            (0.03, -0.03),
            (0.24, -0.2 - lift * 0.6),
            (0.5, -0.12 - lift),
            (0.5, -0.12 - lift),
            (0.24, -0.12 - lift * 0.4),
            (0.05, 0.05),
            (-0.05, 0.05),
            (-0.24, -0.12 - lift * 0.4),
        ]),
        paper,
    );
}
