//! Great rooms in one-point perspective: arches behind arches.

use super::dress;
use crate::picture::{
    canvas::{Canvas, Ink, polygon, smooth},
    colour::hex,
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Era, Thing},
    stage::Builder,
    weather::{Air, AirKind},
};

/// One bay: two piers, a pointed or round arch over them, everything above filled.
fn bay(sheet: &mut Canvas, b: &Builder<'_>, depth: f32, (half, spring, rise): (f32, f32, f32), tones: &Tones) {
    let seen = b.seen(depth).grow(1.5);
    let pier = half * 0.26;
    let foot = 0.25 + 0.10 / depth;
    let mut arch = vec![
        (seen.left, seen.top - 0.5),
        (seen.left, foot),
        (-half - pier, foot),
        (-half - pier, foot),
        (-half, foot),
        (-half, foot),
        (-half, spring),
        (-half, spring),
    ];
    arch.extend([
        (-half * 0.80, spring - rise * 0.58),
        (0.0, spring - rise),
        (0.0, spring - rise),
        (half * 0.80, spring - rise * 0.58),
    ]);
    arch.extend([
        (half, spring),
        (half, spring),
        (half, foot),
        (half, foot),
        (half + pier, foot),
        (half + pier, foot),
        (seen.right, foot),
        (seen.right, seen.top - 0.5),
    ]);
    // Straight outer edges: double every outer corner.
    let mut outline = Vec::new();
    for (index, point) in arch.iter().enumerate() {
        outline.push(*point);
        if index < 2 || index >= arch.len() - 2 {
            outline.push(*point);
        }
    }
    sheet.fill(smooth(&outline), Ink::down(-0.5, tones.body, foot, tones.dark));
    for side in [-1.0_f32, 1.0] {
        let x = side * (half + pier * 0.5);
        sheet.rect(
            x - pier * 0.5,
            spring,
            x + pier * 0.5,
            foot,
            Ink::across(x - pier * 0.5, tones.dark, x + pier * 0.5, tones.body),
        );
        for share in [-0.32_f32, 0.0, 0.32] {
            sheet.rect(
                x + pier * share - pier * 0.05,
                spring,
                x + pier * share + pier * 0.05,
                foot,
                Ink::Flat(tones.lit, 0.22),
            );
        }
        sheet.rect(x - pier * 0.62, spring - 0.018, x + pier * 0.62, spring + 0.012, tones.lit);
        sheet.rect(x - pier * 0.66, foot - 0.03, x + pier * 0.66, foot, tones.dark);
    }
}

/// A great hall, or a church with a window at its end.
pub(super) fn hall(b: &mut Builder<'_>, church: bool) {
    if !b.palette.bright {
        b.stage.grade.ambient = [0.72; 3];
    }
    let palette = b.palette.clone();
    let slim = b.slim();
    b.key_at = (0.0, -0.16);
    let depth = 6.0;
    let mut end = b.sheet(depth);
    end.wash(Ink::down(-0.5, palette.mid, 0.3, palette.mid.mix(palette.haze, 0.5)));
    end.wash(Ink::pool((0.0, -0.12), 0.55, palette.low.mix(palette.key, 0.25), 0.95));
    let stone = Tones::of(palette.mid.mix(palette.ink, 0.35), palette.key);
    let glass = if church {
        vec![palette.cool.mix(hex(0x3f7fd0), 0.5), hex(0xd9a441), palette.accent, palette.key]
    } else {
        vec![palette.key.mix(palette.cool, 0.4), palette.key, palette.low]
    };
    let shares: &[(f32, f32)] = if church { &[(0.0, 0.46)] } else { &[(-0.17, 0.34), (0.0, 0.40), (0.17, 0.34)] };
    for &(x, high) in shares {
        end.place((x * slim, 0.10), high, false, 0.0);
        props::gothic_window(&mut end, &stone, &glass, if church { 0.62 } else { 0.30 });
        end.unplace();
        end.glow((x * slim, -0.10), 0.32, palette.key, 0.30);
    }
    if church {
        end.rect(-0.10, 0.14, 0.10, 0.22, stone.dark);
        end.rect(-0.004, 0.02, 0.004, 0.14, stone.dark);
        end.rect(-0.028, 0.05, 0.028, 0.058, stone.dark);
    }
    let seen = b.seen(depth).grow(1.0);
    end.rect(seen.left, 0.20, seen.right, 3.0, Ink::down(0.20, palette.low.mix(palette.ink, 0.35), 0.55, palette.ink));
    let finish = b.finish(depth);
    b.put(end, depth, &finish, vec![Life::Still]);

    let mut floor = b.sheet(5.2);
    let seen = b.seen(5.2).grow(1.0);
    floor.rect(
        seen.left,
        0.245,
        seen.right,
        3.0,
        Ink::down(0.245, palette.mid.mix(palette.low, 0.25), 0.6, palette.ink),
    );
    for index in -12..=12 {
        let x = index as f32 * 0.11;
        floor.line(polygon(&[(x * 0.6, 0.245), (x * 4.4, 0.95)]), 0.003, Ink::Flat(palette.ink, 0.4));
    }
    for row in 0..8 {
        let y = 0.25 + 0.010 * 1.62_f32.powi(row);
        floor.rect(seen.left, y, seen.right, y + 0.003, Ink::Flat(palette.ink, 0.35));
    }
    floor.fill(
        polygon(&[(-0.05, 0.245), (0.05, 0.245), (0.34, 0.8), (-0.34, 0.8)]),
        Ink::Fall((0.0, 0.245), (0.0, 0.6), vec![(0.0, palette.key, 0.40), (1.0, palette.key, 0.04)]),
    );
    if church {
        floor.fill(
            polygon(&[(-0.045, 0.245), (0.045, 0.245), (0.27, 0.8), (-0.27, 0.8)]),
            Ink::Flat(palette.accent, 0.34),
        );
    }
    let finish = b.finish(5.2);
    b.put(floor, 5.2, &finish, vec![Life::Still]);
    for (depth, half, spring, rise) in
        [(4.6_f32, 0.30_f32, -0.10_f32, 0.20_f32), (3.4, 0.44, -0.13, 0.26), (2.4, 0.66, -0.17, 0.36)]
    {
        let mut sheet = b.sheet(depth);
        let tone = palette.mid.mix(palette.ink, 0.75 - depth * 0.11);
        let tones = Tones::of(tone, palette.key);
        bay(&mut sheet, b, depth, (half * slim, spring, rise), &tones);
        let finish = b.rimmed(b.finish(depth), depth, 0.008, 0.42);
        b.put(sheet, depth, &finish, vec![Life::Still]);
    }
    // Shafts from high windows on one side.
    let mut shafts = b.sheet(2.0);
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    for index in 0..3 {
        let x = side * (0.70 - index as f32 * 0.24) * slim;
        let top = (x, -0.62);
        let to = (x - side * 0.62, 0.42);
        shafts.fill(
            polygon(&[(x, -0.62), (x + side * 0.10, -0.62), (to.0 + side * 0.20, 0.42), (to.0, 0.42)]),
            Ink::Fall(top, to, vec![(0.0, palette.key, 0.24), (1.0, palette.key, 0.02)]),
        );
    }
    shafts.soften(0.012);
    let finish = b.finish(2.0);
    b.put_with(shafts, 2.0, &finish, vec![Life::Pulse { low: 0.75, speed: 0.3, phase: 0.0 }], 0.9);
    if church {
        let mut pews = b.sheet(1.7);
        let tones = Tones::of(b.tone(1.9), palette.key);
        for hand in [-1.0_f32, 1.0] {
            for row in 0..3 {
                let y = 0.31 + row as f32 * 0.055;
                pews.place(
                    (hand * (0.46 + row as f32 * 0.07) * slim, y),
                    (0.44 + row as f32 * 0.10) * slim,
                    false,
                    0.0,
                );
                props::pew(&mut pews, &tones);
            }
        }
        pews.unplace();
        let finish = b.rimmed(b.finish(1.7), 1.7, 0.005, 0.6);
        b.put(pews, 1.7, &finish, vec![Life::Still]);
    }
    if b.reading.candle || b.reading.era == Era::Period {
        let depth = 1.9;
        let mut stands = b.sheet(depth);
        let tones = Tones::of(b.tone(depth), palette.key);
        let mut wicks = Vec::new();
        for hand in [-1.0_f32, 1.0] {
            let at = (hand * 0.60 * slim.max(0.7), 0.36);
            stands.place(at, 0.42, false, 0.0);
            for wick in props::candelabra(&mut stands, &tones, palette.key.shade(0.85)) {
                wicks.push((at.0 + wick.0 * 0.42, at.1 + wick.1 * 0.42));
            }
        }
        stands.unplace();
        let finish = b.rimmed(b.finish(depth), depth, 0.004, 0.4);
        b.put(stands, depth, &finish, vec![Life::Still]);
        for wick in &wicks {
            b.flame(*wick, depth, 0.014);
        }
        for hand in [-1.0_f32, 1.0] {
            b.lamp(
                (hand * 0.60 * slim.max(0.7), 0.0),
                depth,
                0.5,
                (0.35, 0.12),
                palette.key.mix(hex(0xffb860), 0.5),
                Burn::Candle,
            );
        }
    }
    b.lamp((0.0, -0.12), 6.0, 0.8, (0.35, 0.14), palette.key, Burn::Steady);
    let mut chance = b.set.part("dust");
    let air = Air::new(AirKind::Dust, 110, palette.key, 0.7, &mut chance);
    b.stage.airs.push(air);
    dress(b, &[Thing::Candle, Thing::Window, Thing::Door]);
}

/// A corridor of frames running away: a ship, a bunker, a tunnel.
pub(super) fn corridor(b: &mut Builder<'_>) {
    b.stage.grade.ambient = [0.78; 3];
    let palette = b.palette.clone();
    let slim = b.slim();
    b.key_at = (0.0, -0.02);
    let mut end = b.sheet(9.0);
    end.wash(palette.mid);
    end.wash(Ink::pool((0.0, 0.0), 0.5, palette.key, 0.9));
    end.ellipse((0.0, 0.0), 0.075, 0.075, palette.key);
    end.glow((0.0, 0.0), 0.4, palette.cool, 0.6);
    let finish = b.finish(9.0);
    b.put(end, 9.0, &finish, vec![Life::Still]);
    let frames = 6;
    for index in 0..frames {
        let depth = 6.6 - index as f32 * 0.92;
        let half = 0.125 * 1.34_f32.powi(index) * slim.max(0.7);
        let high = 0.115 * 1.34_f32.powi(index);
        let mut sheet = b.sheet(depth);
        let seen = b.seen(depth).grow(1.2);
        let tone = palette.mid.mix(palette.ink, 0.2 + 0.13 * index as f32);
        let cut = high * 0.42;
        let hole = [
            (-half, -high + cut),
            (-half + cut, -high),
            (half - cut, -high),
            (half, -high + cut),
            (half, high - cut * 0.5),
            (half - cut * 0.5, high),
            (-half + cut * 0.5, high),
            (-half, high - cut * 0.5),
        ];
        let mut path = tiny_skia::PathBuilder::new();
        path.move_to(seen.left, seen.top);
        for (x, y) in [(seen.right, seen.top), (seen.right, seen.bottom), (seen.left, seen.bottom)] {
            path.line_to(x, y);
        }
        path.close();
        path.move_to(hole[0].0, hole[0].1);
        for point in &hole[1..] {
            path.line_to(point.0, point.1);
        }
        path.close();
        sheet.fill_even_odd(path.finish(), Ink::down(-high * 1.5, tone.shade(0.75), high * 1.5, tone));
        let light = if index % 2 == 0 { palette.cool } else { palette.key };
        sheet.line(polygon(&hole), 0.006 + 0.0025 * index as f32, tone.shade(1.4));
        for side in [-1.0_f32, 1.0] {
            sheet.line(
                polygon(&[(side * (half + 0.012), -high * 0.45), (side * (half + 0.012), high * 0.45)]),
                0.006 + 0.001 * index as f32,
                light,
            );
            sheet.glow((side * half, 0.0), high * 0.9, light, 0.28);
        }
        sheet.line(polygon(&[(-half * 0.5, high * 1.03), (half * 0.5, high * 1.03)]), 0.008, Ink::Flat(light, 0.6));
        let finish = b.rimmed(b.finish(depth), depth, 0.006, 0.25);
        b.put(sheet, depth, &finish, vec![Life::Still]);
    }
    b.lamp((0.0, 0.0), 9.0, 0.7, (0.3, 0.2), palette.cool, Burn::Steady);
    b.lamp((0.4 * slim, -0.2), 2.0, 0.5, (0.25, 0.06), palette.accent, Burn::Neon);
    dress(b, &[Thing::Lamp, Thing::Door]);
}
