//! Things that stand in rooms.

use super::Tones;
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, polygon, smooth},
    chance::Chance,
    colour::Rgb,
};

/// Mirrors a half outline (x ≥ 0, from top to bottom) into a turned shape about x = 0.
pub(super) fn turned(half: &[At]) -> Vec<At> {
    half.iter().copied().chain(half.iter().rev().map(|&(x, y)| (-x, y))).collect()
}

/// A candlestick one unit high; answers with the place of its wick.
pub(in crate::picture) fn candlestick(canvas: &mut Canvas, tones: &Tones, wax: Rgb) -> At {
    let stem = [
        (0.07, -0.62),
        (0.07, -0.58),
        (0.035, -0.54),
        (0.06, -0.42),
        (0.03, -0.30),
        (0.05, -0.12),
        (0.19, -0.03),
        (0.2, 0.0),
    ];
    canvas.fill(smooth(&turned(&stem)), Ink::across(-0.16, tones.dark, 0.16, tones.lit));
    let candle = [(-0.045, -0.62), (-0.045, -0.98), (0.03, -0.985), (0.045, -0.94), (0.045, -0.62)];
    canvas.fill(polygon(&candle), Ink::down(-1.0, wax, -0.6, wax.shade(0.62)));
    (0.0, -1.0)
}

/// A branched candlestick one unit high with five lights; answers with the wicks.
pub(in crate::picture) fn candelabra(canvas: &mut Canvas, tones: &Tones, wax: Rgb) -> Vec<At> {
    let mut wicks = Vec::new();
    for (reach, top) in [(0.36_f32, -0.70_f32), (0.2, -0.78)] {
        for side in [-1.0, 1.0] {
            let arm = [(0.0, -0.46), (side * reach * 0.55, -0.40), (side * reach, -0.50), (side * reach, top + 0.02)];
            canvas.line(curve(&arm), 0.026, tones.body);
            wicks.push((side * reach, top - 0.17));
        }
    }
    wicks.push((0.0, -1.0));
    let stem = [
        (0.035, -0.80),
        (0.05, -0.66),
        (0.03, -0.56),
        (0.075, -0.46),
        (0.03, -0.36),
        (0.05, -0.14),
        (0.17, -0.03),
        (0.19, 0.0),
    ];
    canvas.fill(smooth(&turned(&stem)), Ink::across(-0.12, tones.dark, 0.12, tones.lit));
    for &(x, y) in &wicks {
        canvas.fill(
            polygon(&[(x - 0.06, y + 0.17), (x + 0.06, y + 0.17), (x + 0.03, y + 0.215), (x - 0.03, y + 0.215)]),
            tones.lit,
        );
        canvas.rect(x - 0.022, y, x + 0.022, y + 0.17, Ink::down(y, wax, y + 0.17, wax.shade(0.6)));
    }
    wicks
}

/// A wing chair one unit high, seen from the side, its seat to the right.
pub(in crate::picture) fn armchair(canvas: &mut Canvas, tones: &Tones) {
    let back = [
        (-0.34, -0.16),
        (-0.40, -0.60),
        (-0.36, -0.96),
        (-0.22, -1.0),
        (-0.08, -0.92),
        (-0.10, -0.70),
        (-0.02, -0.58),
        (0.02, -0.40),
        (0.0, -0.14),
    ];
    canvas.fill(smooth(&back), Ink::across(-0.4, tones.dark, 0.1, tones.body));
    let seat = [(-0.30, -0.40), (0.30, -0.42), (0.37, -0.36), (0.36, -0.18), (0.36, -0.14), (-0.30, -0.12)];
    canvas.fill(smooth(&seat), Ink::down(-0.45, tones.lit, -0.12, tones.dark));
    let arm =
        [(-0.22, -0.58), (0.14, -0.60), (0.26, -0.58), (0.28, -0.50), (0.20, -0.46), (0.18, -0.14), (-0.24, -0.14)];
    canvas.fill(smooth(&arm), Ink::across(-0.3, tones.body, 0.3, tones.lit.mix(tones.body, 0.4)));
    for x in [-0.28, 0.30] {
        canvas.fill(polygon(&[(x - 0.03, -0.16), (x + 0.03, -0.16), (x + 0.045, 0.0), (x + 0.01, 0.0)]), tones.dark);
    }
}

/// A table one unit wide, `high` units high; `round` gives it one turned foot.
pub(in crate::picture) fn table(canvas: &mut Canvas, tones: &Tones, high: f32, round: bool) {
    if round {
        let foot = [
            (0.03, -high + 0.04),
            (0.05, -high * 0.6),
            (0.025, -high * 0.45),
            (0.05, -high * 0.2),
            (0.04, -high * 0.12),
        ];
        canvas.fill(smooth(&turned(&foot)), Ink::across(-0.06, tones.dark, 0.06, tones.body));
        for side in [-1.0, 1.0] {
            let leg = [
                (0.0, -high * 0.2),
                (side * 0.16, -high * 0.16),
                (side * 0.26, 0.0),
                (side * 0.21, 0.0),
                (side * 0.12, -high * 0.08),
                (0.0, -high * 0.08),
            ];
            canvas.fill(smooth(&leg), tones.dark);
        }
        canvas.ellipse((0.0, -high), 0.5, 0.055, tones.lit);
        canvas.rect(-0.46, -high, 0.46, -high + 0.045, Ink::across(-0.5, tones.dark, 0.5, tones.body));
        canvas.ellipse((0.0, -high - 0.008), 0.49, 0.045, Ink::across(-0.5, tones.body, 0.5, tones.lit));
        return;
    }
    for x in [-0.45_f32, 0.39] {
        canvas.fill(polygon(&[(x, -high), (x + 0.06, -high), (x + 0.045, 0.0), (x + 0.02, 0.0)]), tones.dark);
    }
    canvas.rect(-0.47, -high + 0.03, 0.47, -high + 0.11, Ink::across(-0.5, tones.dark, 0.5, tones.body));
    canvas.fill(
        polygon(&[(-0.46, -high - 0.035), (0.46, -high - 0.035), (0.52, -high + 0.015), (-0.52, -high + 0.015)]),
        Ink::across(-0.5, tones.body, 0.5, tones.lit),
    );
    canvas.rect(-0.52, -high + 0.012, 0.52, -high + 0.035, tones.dark);
}

/// A bed one unit long, head to the left. With posts and hangings in the old days.
pub(in crate::picture) fn bed(canvas: &mut Canvas, tones: &Tones, linen: Rgb, hung: bool) {
    let deep = tones.dark;
    if hung {
        canvas.rect(-0.53, -1.02, -0.49, 0.0, deep);
        canvas.rect(0.49, -1.02, 0.53, 0.0, deep);
        let back = [
            (-0.49, -0.98),
            (-0.49, -0.98),
            (0.49, -0.98),
            (0.49, -0.98),
            (0.47, -0.2),
            (0.47, -0.2),
            (-0.49, -0.2),
            (-0.49, -0.2),
        ];
        canvas.fill(smooth(&back), Ink::across(-0.5, tones.dark.shade(0.8), 0.5, tones.body.shade(0.8)));
        for index in 0..9 {
            let x = -0.46 + index as f32 * 0.115;
            canvas.line(
                curve(&[(x, -0.96), (x + 0.012, -0.6), (x - 0.006, -0.22)]),
                0.01,
                Ink::Flat(tones.dark.shade(0.6), 0.55),
            );
        }
    }
    canvas.fill(
        smooth(&[
            (-0.53, 0.0),
            (-0.53, 0.0),
            (-0.53, -0.42),
            (-0.53, -0.42),
            (-0.44, -0.50),
            (-0.40, -0.40),
            (-0.40, 0.0),
            (-0.40, 0.0),
        ]),
        deep,
    );
    canvas.rect(-0.5, -0.16, 0.52, -0.03, deep);
    let sheet = [
        (-0.46, -0.26),
        (-0.1, -0.275),
        (0.3, -0.255),
        (0.5, -0.235),
        (0.52, -0.10),
        (0.44, -0.055),
        (0.2, -0.085),
        (-0.1, -0.06),
        (-0.35, -0.08),
        (-0.47, -0.07),
    ];
    canvas.fill(smooth(&sheet), Ink::across(-0.5, linen, 0.55, linen.mix(tones.dark, 0.55)));
    let pillow = [(-0.47, -0.25), (-0.45, -0.355), (-0.33, -0.375), (-0.24, -0.33), (-0.25, -0.26), (-0.36, -0.24)];
    canvas.fill(smooth(&pillow), Ink::down(-0.38, linen.shade(1.08), -0.24, linen.shade(0.68)));
    for (x, lean) in [(-0.16, 0.04), (0.02, 0.06), (0.2, 0.03), (0.36, 0.05)] {
        canvas.line(
            curve(&[(x, -0.26), (x + lean, -0.18), (x + lean * 0.4, -0.09)]),
            0.008,
            Ink::Flat(tones.dark, 0.35),
        );
    }
    canvas.rect(0.48, -0.34, 0.54, 0.0, deep);
    if hung {
        canvas.rect(-0.56, -1.06, 0.56, -0.95, deep);
        let mut fringe = vec![(-0.55, -0.97), (-0.55, -0.97)];
        for index in 0..=11 {
            fringe.push((-0.55 + index as f32 * 0.1, if index % 2 == 0 { -0.90 } else { -0.87 }));
        }
        fringe.extend([(0.55, -0.97), (0.55, -0.97)]);
        canvas.fill(smooth(&fringe), Ink::across(-0.5, tones.body, 0.5, tones.lit.mix(tones.body, 0.5)));
        for side in [-1.0_f32, 1.0] {
            let drape = [
                (side * 0.56, -0.95),
                (side * 0.40, -0.95),
                (side * 0.36, -0.75),
                (side * 0.47, -0.52),
                (side * 0.475, -0.5),
                (side * 0.44, -0.25),
                (side * 0.42, 0.0),
                (side * 0.56, 0.0),
            ];
            canvas.fill(smooth(&drape), Ink::across(-0.56, tones.lit.mix(tones.body, 0.5), 0.56, tones.body));
            for share in [0.3_f32, 0.55, 0.8] {
                let x = 0.56 - 0.16 * share;
                canvas.line(
                    curve(&[(side * x, -0.93), (side * (x + 0.03), -0.55), (side * (x - 0.01), -0.02)]),
                    0.008,
                    Ink::Flat(tones.dark, 0.6),
                );
            }
        }
    }
}

/// A bookcase one unit high and `wide` units wide.
pub(in crate::picture) fn bookcase(canvas: &mut Canvas, tones: &Tones, wide: f32, chance: &mut Chance) {
    let half = wide / 2.0;
    canvas.rect(-half, -1.0, half, 0.0, tones.dark);
    canvas.rect(-half - 0.02, -1.03, half + 0.02, -0.985, tones.body);
    let shelves = 6;
    for shelf in 0..shelves {
        let (top, bottom) = (-0.965 + shelf as f32 * 0.155, -0.965 + (shelf as f32 + 0.84) * 0.155);
        canvas.rect(-half + 0.015, top, half - 0.015, bottom, tones.dark.shade(0.55));
        let mut x = -half + 0.02;
        while x < half - 0.035 {
            let book = chance.span(0.010, 0.026);
            if chance.often(0.06) {
                x += chance.span(0.02, 0.05);
                continue;
            }
            let high = chance.span(0.70, 0.96) * (bottom - top);
            let shade = chance.span(0.75, 1.35);
            let paper = if chance.often(0.2) { tones.lit } else { tones.body.turn(chance.span(-35.0, 35.0), 1.1) };
            canvas.rect(x, bottom - high, x + book - 0.002, bottom, paper.shade(shade));
            canvas.rect(x, bottom - high * 0.8, x + book - 0.002, bottom - high * 0.74, Ink::Flat(tones.lit, 0.4));
            x += book;
        }
        canvas.rect(-half, bottom, half, bottom + 0.018, tones.body);
    }
    for x in [-half, half - 0.02] {
        canvas.rect(x, -1.0, x + 0.02, 0.0, tones.body);
    }
}

/// A row of kitchen units one unit high, `wide` units wide, with the things of a kitchen on it.
pub(in crate::picture) fn counter(canvas: &mut Canvas, tones: &Tones, wide: f32, accent: Rgb) {
    let half = wide / 2.0;
    canvas.rect(-half, -0.9, half, 0.0, Ink::across(-half, tones.dark, half, tones.body));
    canvas.rect(-half - 0.03, -1.0, half + 0.03, -0.9, Ink::across(-half, tones.body, half, tones.lit));
    canvas.rect(-half, -0.9, half, -0.86, Ink::Flat(tones.dark.shade(0.6), 0.7));
    let doors = (wide / 0.55).round().max(1.0);
    for index in 0..doors as usize {
        let left = -half + wide * index as f32 / doors;
        let right = left + wide / doors;
        canvas.line(
            polygon(&[(left + 0.05, -0.8), (right - 0.05, -0.8), (right - 0.05, -0.08), (left + 0.05, -0.08)]),
            0.012,
            Ink::Flat(tones.dark.shade(0.7), 0.8),
        );
        canvas.rect((left + right) / 2.0 - 0.07, -0.74, (left + right) / 2.0 + 0.07, -0.72, tones.lit);
    }
    let kettle = [
        (-0.16, -1.0),
        (-0.17, -1.16),
        (-0.10, -1.28),
        (0.08, -1.28),
        (0.15, -1.18),
        (0.26, -1.27),
        (0.29, -1.25),
        (0.19, -1.08),
        (0.15, -1.0),
    ];
    let at = |points: &[At], dx: f32| points.iter().map(|&(x, y)| (x + dx, y)).collect::<Vec<_>>();
    canvas.fill(
        smooth(&at(&kettle, -half * 0.52)),
        Ink::across(-half * 0.52 - 0.2, accent.shade(0.6), -half * 0.52 + 0.2, accent),
    );
    canvas.line(
        curve(&at(&[(-0.12, -1.26), (-0.05, -1.42), (0.06, -1.42), (0.1, -1.27)], -half * 0.52)),
        0.025,
        tones.dark,
    );
    for (x, high) in [(0.20, 0.34), (0.29, 0.26), (0.37, 0.42)] {
        canvas.rect(
            half * x * 2.0 - 0.05,
            -1.0 - high,
            half * x * 2.0 + 0.05,
            -1.0,
            Ink::across(half * x * 2.0 - 0.05, tones.body, half * x * 2.0 + 0.05, tones.lit),
        );
        canvas.rect(half * x * 2.0 - 0.055, -1.03 - high, half * x * 2.0 + 0.055, -0.98 - high, tones.dark);
    }
}

/// A desk one unit wide with a lamp, papers and, in our days, a screen.
pub(in crate::picture) fn desk(canvas: &mut Canvas, tones: &Tones, modern: bool) -> At {
    canvas.rect(-0.46, -0.36, -0.22, 0.0, tones.dark);
    canvas.rect(0.22, -0.36, 0.46, 0.0, tones.dark);
    canvas.rect(-0.5, -0.4, 0.5, -0.355, Ink::across(-0.5, tones.body, 0.5, tones.lit));
    for (x, y) in [(-0.40, -0.25), (-0.40, -0.13), (0.28, -0.25), (0.28, -0.13)] {
        canvas.rect(x + 0.03, y, x + 0.09, y + 0.012, tones.lit);
    }
    if modern {
        canvas.rect(-0.24, -0.66, 0.1, -0.46, tones.dark.shade(0.7));
        canvas.fill(polygon(&[(-0.10, -0.46), (-0.04, -0.46), (-0.02, -0.4), (-0.12, -0.4)]), tones.dark);
    } else {
        for (index, x) in [-0.30_f32, -0.27, -0.24].into_iter().enumerate() {
            let y = -0.4 - index as f32 * 0.03;
            canvas.rect(x, y - 0.03, x + 0.2, y, tones.body.shade(0.8 + 0.25 * index as f32));
        }
    }
    canvas.line(curve(&[(0.32, -0.4), (0.34, -0.56), (0.27, -0.68), (0.22, -0.70)]), 0.014, tones.dark);
    canvas.fill(polygon(&[(0.26, -0.72), (0.20, -0.75), (0.10, -0.62), (0.24, -0.58)]), tones.body);
    canvas.ellipse((0.32, -0.4), 0.06, 0.015, tones.dark);
    (0.17, -0.60)
}

/// A lamp on a cord: origin at the ceiling, the shade `drop` units below; one unit is the shade's width.
pub(in crate::picture) fn hanging_lamp(canvas: &mut Canvas, tones: &Tones, drop: f32) {
    canvas.rect(-0.012, -4.0, 0.012, drop, tones.dark);
    let shade = [
        (-0.08, drop - 0.06),
        (0.08, drop - 0.06),
        (0.2, drop + 0.16),
        (0.5, drop + 0.36),
        (0.5, drop + 0.4),
        (-0.5, drop + 0.4),
        (-0.5, drop + 0.36),
        (-0.2, drop + 0.16),
    ];
    canvas.fill(smooth(&shade), Ink::across(-0.5, tones.dark, 0.5, tones.body));
}

/// A church bench one unit wide, seen from behind.
pub(in crate::picture) fn pew(canvas: &mut Canvas, tones: &Tones) {
    canvas.rect(-0.5, -0.34, 0.5, 0.0, Ink::down(-0.34, tones.body, 0.0, tones.dark));
    canvas.rect(-0.52, -0.36, 0.52, -0.31, tones.lit);
    for x in [-0.5_f32, 0.44] {
        canvas.fill(
            smooth(&[
                (x, 0.0),
                (x, 0.0),
                (x, -0.4),
                (x + 0.03, -0.46),
                (x + 0.06, -0.4),
                (x + 0.06, 0.0),
                (x + 0.06, 0.0),
            ]),
            tones.body,
        );
    }
}
