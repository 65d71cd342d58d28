//! Forest, mountain, sea, desert, field.

use super::{
    dress,
    sky::{Ridge, mist_bank, ridge, sky},
};
use crate::picture::{
    canvas::{Canvas, Ink, polygon, smooth},
    chance::{Chance, noise1, noise2},
    colour::{Rgb, hex},
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Hour, Thing},
    stage::Builder,
    weather::{Air, AirKind},
};

fn ground(b: &mut Builder<'_>, depth: f32, y: f32, ink: (Rgb, Rgb), rough: f32) {
    let mut sheet = b.sheet(depth);
    let seen = b.seen(depth).grow(0.8);
    let seed = (depth * 57.0) as u32;
    let mut points: Vec<_> = (0..=120)
        .map(|index| {
            let x = seen.left + seen.width() * index as f32 / 120.0;
            (x, y - rough * (noise1(x * 1.7, seed) + 0.3 * noise1(x * 9.0, seed ^ 3)))
        })
        .collect();
    points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
    sheet.fill(polygon(&points), Ink::down(y - rough, ink.0, y + 0.3, ink.1));
    let finish = b.finish(depth);
    b.put(sheet, depth, &finish, vec![Life::Still]);
}

/// Tree behind tree behind tree, with light or lightning at the end of the wood; a hut when the story has one.
pub(super) fn forest(b: &mut Builder<'_>) {
    sky(b, 0.16);
    let palette = b.palette.clone();
    let mut chance = b.set.part("forest");
    let glade = b.across(chance.span(-0.14, 0.14));
    b.key_at = if b.reading.storm { (glade, -0.2) } else { b.key_at };
    let mut back = b.sheet(9.0);
    back.wash(Ink::pool((glade, 0.05), 0.75, palette.low.mix(palette.key, 0.3), 0.55));
    let finish = b.finish(9.0);
    b.put(back, 9.0, &finish, vec![Life::Still]);
    let conifer = b.reading.snow || chance.often(0.25);
    let sway = if b.reading.storm { 0.016 } else { 0.003 };
    for (index, depth) in [7.0_f32, 4.8, 3.2, 2.1].into_iter().enumerate() {
        let mut part = chance.part(["a", "b", "c", "d"][index]);
        let mut sheet = b.sheet(depth);
        let seen = b.seen(depth).grow(0.4);
        let tone = b.tone(depth * 0.92);
        let foot = 0.17 + index as f32 * 0.045;
        let step = [0.075, 0.13, 0.24, 0.46][index];
        let mut x = seen.left - 0.2;
        while x < seen.right + 0.2 {
            x += step * part.span(0.55, 1.5);
            // The path between the trees stays open.
            let clear = [0.03, 0.07, 0.17, 0.34][index] * b.slim();
            if (x - glade).abs() < clear {
                continue;
            }
            let size = [0.15, 0.20, 0.30, 0.42][index] * part.span(0.8, 1.25);
            sheet.place(
                (x, foot + part.span(-0.008, 0.012)),
                if conifer { size * 2.6 } else { size },
                part.often(0.5),
                part.span(-4.0, 4.0),
            );
            if conifer {
                props::pine(&mut sheet, tone, &mut part);
            } else {
                props::bare_tree(&mut sheet, tone, &mut part, [4, 5, 6, 6][index]);
            }
            if part.often(0.5) {
                sheet.place((x + part.signed() * 0.08, foot + 0.01), size * 0.7, false, 0.0);
                props::bush(&mut sheet, tone, &mut part);
            }
        }
        sheet.unplace();
        let mut points: Vec<_> = (0..=90)
            .map(|at| {
                let px = seen.left + seen.width() * at as f32 / 90.0;
                (px, foot - 0.012 * noise1(px * 5.0, 31 + index as u32))
            })
            .collect();
        points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
        sheet.fill(polygon(&points), Ink::down(foot, tone, foot + 0.2, tone.mix(palette.ink, 0.6)));
        let finish = b.misty(b.finish(depth), depth, foot - 0.30, foot + 0.03, 0.62 - 0.12 * index as f32);
        let finish = b.rimmed(finish, depth, 0.004, if b.reading.storm { 0.30 } else { 0.36 });
        b.put(
            sheet,
            depth,
            &finish,
            vec![Life::Sway { foot_y: foot, amount: sway, speed: 1.1 + 0.2 * index as f32, phase: index as f32 }],
        );
        mist_bank(b, depth - 0.3, foot - 0.10, foot + 0.07, if b.reading.fog { 0.75 } else { 0.42 });
        if index == 2 && b.reading.things.contains(&Thing::Hut) {
            hut_in_the_wood(b, glade);
        }
    }
    if !b.reading.storm && !b.reading.rain {
        shafts(b, glade);
    }
    ground(b, 1.25, 0.40, (palette.ink.mix(palette.haze, 0.14), palette.ink), 0.012);
    if b.reading.hour == Hour::Night && !b.reading.rain {
        let mut flies = b.set.part("flies");
        let air = Air::new(AirKind::Firefly, 26, hex(0xd8f5a0), 0.7, &mut flies);
        b.stage.airs.push(air.within(0.0, b.half_width, 0.02, 0.40));
    }
    dress(b, &[Thing::Tree, Thing::Hut, Thing::Moon]);
}

fn hut_in_the_wood(b: &mut Builder<'_>, glade: f32) {
    let depth = 2.7;
    let mut sheet = b.sheet(depth);
    let tones = Tones::of(b.tone(2.2), b.palette.key);
    let light = b.palette.accent.mix(hex(0xffb054), 0.7);
    let size = 0.46 * b.slim();
    sheet.place((glade, 0.285), size, false, 0.0);
    props::hut(&mut sheet, &tones, light);
    sheet.unplace();
    let finish = b.rimmed(b.misty(b.finish(depth), depth, 0.1, 0.3, 0.3), depth, 0.004, 0.5);
    b.put(sheet, depth, &finish, vec![Life::Still]);
    b.lamp((glade + 0.16 * size, 0.285 - 0.19 * size), depth, 0.34, (0.35, 0.30), light, Burn::Fire);
    let mut smoke = b.sheet(depth);
    let top = 0.285 - 0.86 * size;
    for index in 0..9 {
        let t = index as f32 / 9.0;
        let at = (glade + 0.25 * size + 0.09 * t * t + 0.015 * (t * 9.0).sin(), top - t * 0.34);
        smoke.ellipse(
            at,
            0.014 + 0.035 * t,
            0.016 + 0.03 * t,
            Ink::pool(at, 0.02 + 0.045 * t, b.palette.haze.mix(b.palette.low, 0.3), 0.36 * (1.0 - t)),
        );
    }
    smoke.soften(0.006);
    let finish = b.finish(depth);
    b.put(smoke, depth, &finish, vec![Life::Sway { foot_y: top, amount: 0.06, speed: 0.8, phase: 0.0 }]);
}

fn shafts(b: &mut Builder<'_>, glade: f32) {
    let depth = 1.9;
    let mut sheet = b.sheet(depth);
    let mut chance = b.set.part("shafts");
    let from = (b.key_at.0 * 0.8 + glade * 0.2, -0.75);
    let strength = if b.reading.hour == Hour::Night { 0.12 } else { 0.30 };
    for _ in 0..6 {
        let foot = glade + chance.span(-0.75, 0.75);
        let wide = chance.span(0.03, 0.12);
        let light = b.palette.key;
        sheet.fill(
            polygon(&[(from.0 - 0.02, from.1), (from.0 + 0.03, from.1), (foot + wide, 0.45), (foot - wide, 0.45)]),
            Ink::Fall(
                from,
                (foot, 0.45),
                vec![(0.0, light, strength), (0.6, light, strength * 0.5), (1.0, light, 0.0)],
            ),
        );
    }
    sheet.soften(0.010);
    let finish = b.finish(depth);
    b.put_with(sheet, depth, &finish, vec![Life::Pulse { low: 0.6, speed: 0.35, phase: 1.0 }], 0.9);
}

/// Range behind range.
pub(super) fn mountain(b: &mut Builder<'_>) {
    sky(b, 0.20);
    let palette = b.palette.clone();
    let mut chance = b.set.part("ranges");
    for (index, depth) in [18.0_f32, 11.0, 6.5, 3.8, 2.3].into_iter().enumerate() {
        let line = Ridge {
            base: [0.06, 0.13, 0.19, 0.25, 0.34][index],
            rise: [0.24, 0.20, 0.15, 0.12, 0.07][index],
            wave: [1.5, 1.9, 2.3, 2.6, 2.2][index],
            rough: 0.13,
            peaked: index < 3,
            seed: chance.next() as u32,
        };
        let near = b.tone(depth * 0.5);
        let tone = near.mix(palette.haze, 0.12);
        let seed = chance.next() as u32;
        let snow = palette.low.mix(palette.key, 0.55);
        let toward = if b.key_at.0 > 0.0 { 1.0 } else { -1.0 };
        let dark = near.mix(palette.top, 0.5);
        let trees = index >= 3;
        let mut part = chance.part("trees");
        ridge(
            b,
            depth,
            &line,
            (tone, tone.mix(palette.haze, 0.3)),
            0.72 - 0.1 * index as f32,
            |sheet, line, ink, span| {
                if index < 3 {
                    rock_faces(sheet, line, (snow, dark), toward, seed);
                }
                if trees {
                    for _ in 0..if index == 3 { 90 } else { 46 } {
                        let x = part.span(span.0, span.1);
                        sheet.place((x, line.at(x) + 0.01), part.span(0.04, 0.085) * (index as f32 - 2.0), false, 0.0);
                        props::pine(sheet, ink, &mut part);
                    }
                    sheet.unplace();
                }
            },
        );
        if index < 4 {
            mist_bank(b, depth - 0.6, line.base - 0.02, line.base + 0.15, if b.reading.fog { 0.9 } else { 0.6 });
        }
    }
    let mut rock = b.sheet(1.15);
    let seen = b.seen(1.15).grow(0.4);
    let side = if chance.often(0.5) { 1.0 } else { -1.0 };
    let mut points: Vec<_> = (0..=70)
        .map(|index| {
            let x = seen.left + seen.width() * index as f32 / 70.0;
            let ledge = if x * side > b.across(0.42) { 0.16 } else { 0.0 };
            (x, 0.41 + ledge - 0.012 * noise1(x * 8.0, 5) - 0.010 * noise1(x * 23.0, 6))
        })
        .collect();
    points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
    rock.fill(polygon(&points), Ink::down(0.40, palette.ink.mix(palette.haze, 0.18), 0.7, palette.ink));
    let finish = b.rimmed(b.finish(1.15), 1.15, 0.006, 0.5);
    b.put(rock, 1.15, &finish, vec![Life::Still]);
    dress(b, &[Thing::Tree, Thing::Moon]);
}

/// Lit and shaded faces streaming down from the crest, as a woodcut has them.
fn rock_faces(sheet: &mut Canvas, line: &Ridge, (snow, shade): (Rgb, Rgb), toward: f32, seed: u32) {
    let deep = line.rise * 2.1;
    sheet.each_pixel(|x, y| {
        let down = y - line.at(x);
        if down <= 0.0015 || down > deep {
            return None;
        }
        let t = down / deep;
        let along = x + toward * down * 0.55;
        let slope = (line.at(along + 0.022) - line.at(along - 0.022)) * toward * 16.0;
        let vein =
            noise2(along * 34.0, down * 7.0, seed) - 0.5 + 0.6 * (noise2(along * 90.0, down * 14.0, seed ^ 7) - 0.5);
        let light = slope * (1.0 - t * 0.6) + vein * 0.9;
        let fade = (1.0 - t) * (1.0 - t);
        if light > 0.12 {
            Some((snow, ((light - 0.12) * 1.6).min(0.62) * fade))
        } else {
            Some((shade, ((0.12 - light) * 0.8).min(0.40) * fade))
        }
    });
}

/// Water to the horizon, a ship, a shore.
pub(super) fn sea(b: &mut Builder<'_>) {
    let horizon = 0.05;
    sky(b, horizon);
    let palette = b.palette.clone();
    let mut chance = b.set.part("sea");
    let disc = b.key_at;
    let rough = if b.reading.storm { 3.2 } else { 1.0 };
    let line =
        Ridge { base: horizon + 0.004, rise: 0.035, wave: 1.4, rough: 0.1, peaked: false, seed: chance.next() as u32 };
    let tone = b.tone(12.0);
    ridge(b, 22.0, &line, (tone, tone), 0.5, |_, _, _, _| {});
    let mut water = b.sheet(12.0);
    let seen = b.seen(12.0).grow(1.0);
    water.rect(
        seen.left,
        horizon,
        seen.right,
        3.0,
        Ink::Fall(
            (0.0, horizon),
            (0.0, 0.6),
            vec![
                (0.0, palette.low.mix(palette.mid, 0.25), 1.0),
                (0.25, palette.mid.mix(palette.top, 0.25), 1.0),
                (1.0, palette.top.mix(palette.ink, 0.6), 1.0),
            ],
        ),
    );
    water.fill(
        polygon(&[(disc.0 - 0.05, horizon), (disc.0 + 0.05, horizon), (disc.0 + 0.24, 0.6), (disc.0 - 0.24, 0.6)]),
        Ink::Fall((0.0, horizon), (0.0, 0.6), vec![(0.0, palette.key, 0.55), (1.0, palette.key, 0.05)]),
    );
    water.rect(seen.left, horizon - 0.0015, seen.right, horizon + 0.0015, Ink::Flat(palette.key, 0.35));
    water.soften(0.002);
    let finish = b.finish(12.0);
    b.put(water, 12.0, &finish, vec![Life::Still]);
    if b.reading.things.contains(&Thing::Ship) || chance.often(0.6) {
        let mut ship = b.sheet(8.0);
        let tones = Tones::of(b.tone(4.2), palette.key);
        ship.place((b.across(-disc.0.signum() * 0.34), horizon + 0.022), 0.27 * b.slim(), disc.0 > 0.0, 0.0);
        props::ship(&mut ship, &tones);
        ship.unplace();
        let finish = b.rimmed(b.finish(8.0), 8.0, 0.004, 0.4);
        b.put(
            ship,
            8.0,
            &finish,
            vec![Life::Nod { joint: (0.0, horizon + 0.05), degrees: 0.8 * rough, speed: 0.5, phase: 0.0 }],
        );
    }
    for (index, depth) in [7.0_f32, 4.6, 3.0, 2.0, 1.4].into_iter().enumerate() {
        let t = (index as f32 + 1.0) / 5.0;
        let y = horizon + 0.30 * t * t + 0.03;
        let mut sheet = b.sheet(depth);
        let seen = b.seen(depth).grow(0.5);
        let seed = chance.next() as u32;
        let high = (0.006 + 0.02 * t) * rough;
        let mut crest: Vec<_> = (0..=220)
            .map(|step| {
                let x = seen.left + seen.width() * step as f32 / 220.0;
                let wave = noise1(x * (9.0 - 5.5 * t) / rough.sqrt(), seed);
                (x, y - high * (1.0 - wave.abs()) - high * 0.4 * noise1(x * 23.0, seed ^ 4))
            })
            .collect();
        let edge = crest.clone();
        crest.extend([(seen.right, 3.0), (seen.left, 3.0)]);
        let tone = palette.mid.mix(palette.ink, 0.22 + 0.55 * t);
        sheet.fill(
            polygon(&crest),
            Ink::Fall(
                (0.0, y - high),
                (0.0, y + 0.16),
                vec![
                    (0.0, tone.mix(palette.low, 0.32), 0.96),
                    (0.3, tone, 0.94),
                    (1.0, tone.mix(palette.ink, 0.5), 0.96),
                ],
            ),
        );
        for pair in edge.windows(2) {
            let glint = noise2(pair[0].0 * 14.0, t * 7.0, seed) - 0.45;
            let near = 1.0 - ((pair[0].0 - disc.0).abs() / 0.55).min(1.0);
            if glint > 0.0 {
                sheet.line(
                    crate::picture::canvas::polyline(pair),
                    0.0022 + 0.002 * t,
                    Ink::Flat(palette.key.mix(palette.low, 0.4), (glint * (0.5 + 2.2 * near)).min(0.9)),
                );
            }
        }
        let finish = b.finish(depth);
        b.put(
            sheet,
            depth,
            &finish,
            vec![Life::Drift {
                across: 0.028 * (0.6 + t),
                down: 0.006 * rough,
                speed: 0.55 + 0.13 * index as f32,
                phase: index as f32 * 1.7,
            }],
        );
    }
    let glitter = Air::new(AirKind::Glitter, 150, palette.key, 0.75, &mut chance);
    let at = b.framed(disc, 12.0).0;
    b.stage.airs.push(glitter.within(at, 0.26, b.framed((0.0, horizon + 0.006), 12.0).1, 0.42));
    let mut shore = b.sheet(1.1);
    let seen = b.seen(1.1).grow(0.5);
    let mut points: Vec<_> = (0..=60)
        .map(|index| {
            let x = seen.left + seen.width() * index as f32 / 60.0;
            (x, 0.405 - 0.014 * noise1(x * 2.1, 3) - 0.004 * noise1(x * 17.0, 4))
        })
        .collect();
    points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
    shore.fill(polygon(&points), Ink::down(0.39, palette.ink.mix(palette.haze, 0.22), 0.6, palette.ink));
    let finish = b.rimmed(b.finish(1.1), 1.1, 0.004, 0.4);
    b.put(shore, 1.1, &finish, vec![Life::Still]);
    dress(b, &[Thing::Ship, Thing::Moon]);
}

#[expect(clippy::too_many_arguments, reason = "a drawing call names its place, size and inks one by one")]
fn dune(b: &mut Builder<'_>, depth: f32, base: f32, rise: f32, wave: f32, seed: u32, (lit, dark): (Rgb, Rgb)) {
    let mut sheet = b.sheet(depth);
    let seen = b.seen(depth).grow(0.6);
    let top = |x: f32| {
        base - rise * (1.0 - (noise1(x * wave, seed)).abs()).powf(1.6) - rise * 0.25 * noise1(x * wave * 0.5, seed ^ 2)
    };
    let steps = 240;
    let xs: Vec<f32> = (0..=steps).map(|index| seen.left + seen.width() * index as f32 / steps as f32).collect();
    let mut points: Vec<_> = xs.iter().map(|&x| (x, top(x))).collect();
    points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
    sheet.fill(polygon(&points), Ink::down(base - rise, lit, base + 0.22, lit.mix(dark, 0.45)));
    // Each crest turns a lee side from the light: dark between the skyline and a line that winds down from the top.
    let toward = if b.key_at.0 > 0.0 { -1.0 } else { 1.0 };
    let mut last_crest = f32::NEG_INFINITY;
    for index in 4..steps - 4 {
        let x = xs[index];
        let crest = (1..=4).all(|step| top(x) <= top(xs[index - step]) && top(x) <= top(xs[index + step]));
        if !crest || top(x) > base - rise * 0.3 || x - last_crest < 0.25 {
            continue;
        }
        last_crest = x;
        let long = rise * 4.6;
        let mut face = vec![(x, top(x)), (x, top(x))];
        for step in 1..=14 {
            let px = x + toward * long * step as f32 / 14.0;
            face.push((px, top(px) - 0.001));
        }
        let end = (x + toward * long, top(x + toward * long));
        face.extend([
            end,
            (x + toward * long * 0.80, end.1 + rise * 0.22),
            (x + toward * long * 0.52, base + rise * 0.30),
            (x + toward * long * 0.30, base + rise * 0.34),
            (x + toward * long * 0.12, base - rise * 0.12),
            (x + toward * long * 0.055, base - rise * 0.62),
        ]);
        sheet.fill(
            smooth(&face),
            Ink::Fall(
                (x, top(x)),
                (x + toward * long * 0.9, base + rise * 0.3),
                vec![(0.0, dark, 0.80), (0.6, dark, 0.45), (1.0, dark, 0.06)],
            ),
        );
    }
    for row in 0..16 {
        let y = base + 0.012 + row as f32 * 0.018;
        let ripple: Vec<_> =
            xs.iter().step_by(4).map(|&x| (x, y + 0.012 * noise1(x * 4.0 + row as f32, seed ^ 8))).collect();
        sheet.line(crate::picture::canvas::curve(&ripple), 0.0015, Ink::Flat(dark, 0.13));
    }
    let finish = b.misty(b.finish(depth), depth, base - rise, base + 0.06, (0.10 * depth).min(0.5));
    let finish = b.rimmed(finish, depth, 0.004, 0.30);
    b.put(sheet, depth, &finish, vec![Life::Still]);
}

/// Dunes, a mesa, a great sun.
pub(super) fn desert(b: &mut Builder<'_>) {
    sky(b, 0.12);
    let palette = b.palette.clone();
    let mut chance = b.set.part("desert");
    let mut sun = b.sheet(38.0);
    if b.reading.hour != Hour::Night && !b.reading.storm {
        let x = b.across(if b.key_at.0 > 0.0 { 0.30 } else { -0.30 });
        b.key_at = (x, -0.10);
        sun.ellipse((x, -0.06), 0.135, 0.135, Ink::down(-0.2, palette.key, 0.08, palette.low.mix(palette.key, 0.4)));
        sun.glow((x, -0.06), 0.6, palette.key, 0.35);
    }
    let finish = b.finish(38.0);
    b.put(sun, 38.0, &finish, vec![Life::Still]);
    let mesa_tone = b.tone(7.0).mix(palette.accent, 0.22);
    let mut mesa = b.sheet(14.0);
    for (share, wide, high) in
        [(-0.62_f32, 0.20_f32, 0.15_f32), (-0.36, 0.06, 0.20), (0.62, 0.27, 0.11), (0.95, 0.10, 0.17)]
    {
        let (x, half) = (b.across(share * if b.key_at.0 > 0.0 { 1.0 } else { -1.0 }), wide / 2.0);
        let y = 0.15;
        mesa.fill(
            polygon(&[
                (x - half * 1.5, y),
                (x - half * 1.08, y - high * 0.45),
                (x - half, y - high * 0.5),
                (x - half * 0.94, y - high),
                (x - half * 0.3, y - high * 1.03),
                (x + half * 0.2, y - high * 0.98),
                (x + half * 0.9, y - high),
                (x + half, y - high * 0.52),
                (x + half * 1.1, y - high * 0.45),
                (x + half * 1.55, y),
            ]),
            Ink::down(y - high, mesa_tone, y, mesa_tone.mix(palette.haze, 0.55)),
        );
    }
    let finish = b.rimmed(b.finish(14.0), 14.0, 0.005, 0.3);
    b.put(mesa, 14.0, &finish, vec![Life::Still]);
    let sand = if palette.bright { palette.low.mix(hex(0xe0a24f), 0.5) } else { palette.haze };
    let shade = palette.ink.mix(hex(0x8a3f22), if palette.bright { 0.62 } else { 0.12 });
    for (index, depth) in [7.0_f32, 4.2, 2.6, 1.7].into_iter().enumerate() {
        let t = index as f32 / 3.0;
        let lit = sand.mix(shade, 0.04 + 0.30 * t);
        let seed = chance.next() as u32;
        dune(
            b,
            depth,
            [0.165, 0.215, 0.285, 0.375][index],
            [0.045, 0.07, 0.085, 0.06][index],
            [1.5, 1.2, 0.95, 0.8][index],
            seed,
            (lit, shade.mix(sand, 0.18 - 0.1 * t)),
        );
    }
    let mut chance = b.set.part("sand");
    let air = Air::new(AirKind::Dust, 70, palette.low, 0.5, &mut chance);
    b.stage.airs.push(air);
    dress(b, &[Thing::Moon]);
}

/// Rolling country: hedges, a lone tree, grass that moves.
pub(super) fn field(b: &mut Builder<'_>) {
    sky(b, 0.14);
    let palette = b.palette.clone();
    let mut chance = b.set.part("field");
    let green = if palette.bright && !b.reading.snow { hex(0x5c7a3f) } else { palette.haze };
    for (index, depth) in [12.0_f32, 7.0, 4.2, 2.6].into_iter().enumerate() {
        let line = Ridge {
            base: [0.12, 0.165, 0.225, 0.31][index],
            rise: [0.035, 0.04, 0.045, 0.04][index],
            wave: [1.3, 1.1, 0.9, 0.8][index],
            rough: 0.02,
            peaked: false,
            seed: chance.next() as u32,
        };
        let tone = b.tone(depth * 0.55).mix(green, if palette.bright { 0.5 - 0.06 * index as f32 } else { 0.1 });
        let tone = if b.reading.snow { tone.mix(palette.low, 0.55) } else { tone };
        let mut part = chance.part(["a", "b", "c", "d"][index]);
        ridge(
            b,
            depth,
            &line,
            (tone, tone.mix(palette.ink, 0.25)),
            0.5 - 0.1 * index as f32,
            |sheet, line, ink, span| {
                let dark = ink.shade(0.68);
                plant(sheet, line, dark, span, index, &mut part);
            },
        );
    }
    let mut tree = b.sheet(1.9);
    let side = if b.key_at.0 > 0.0 { -1.0 } else { 1.0 };
    let paper = b.tone(1.5);
    tree.place((b.across(0.56 * side), 0.365), 0.25, side > 0.0, 0.0);
    let mut part = chance.part("tree");
    if palette.bright && !b.reading.snow {
        let leaves = paper.mix(green, 0.55);
        props::leafy_tree(&mut tree, paper, leaves, leaves.mix(palette.key, 0.35), &mut part);
    } else {
        props::bare_tree(&mut tree, paper, &mut part, 7);
    }
    tree.unplace();
    let finish = b.rimmed(b.finish(1.9), 1.9, 0.003, 0.4);
    b.put(
        tree,
        1.9,
        &finish,
        vec![Life::Sway { foot_y: 0.36, amount: if b.reading.storm { 0.03 } else { 0.006 }, speed: 1.1, phase: 0.0 }],
    );
    let near = palette.ink.mix(green, if palette.bright { 0.38 } else { 0.08 });
    ground(b, 1.3, 0.385, (near, palette.ink), 0.012);
    let mut blades = b.sheet(1.2);
    let seen = b.seen(1.2).grow(0.3);
    blades.place((0.0, 0.395), 1.0, false, 0.0);
    props::grass(&mut blades, near, (seen.left, seen.right), (0.045, 4.0), &mut part);
    blades.unplace();
    let finish = b.rimmed(b.finish(1.2), 1.2, 0.002, 0.5);
    b.put(blades, 1.2, &finish, vec![Life::Sway { foot_y: 0.41, amount: 0.08, speed: 1.5, phase: 0.5 }]);
    dress(b, &[Thing::Tree, Thing::Moon]);
}

fn plant(sheet: &mut Canvas, line: &Ridge, paper: Rgb, span: (f32, f32), index: usize, part: &mut Chance) {
    for _ in 0..[26, 20, 12, 5][index] {
        let x = part.span(span.0, span.1);
        let size = [0.022, 0.035, 0.06, 0.10][index] * part.span(0.7, 1.5);
        sheet.place((x, line.at(x) + size * 0.06), size, false, 0.0);
        if part.often(0.25) {
            props::cypress(sheet, paper, part);
        } else {
            props::bush(sheet, paper, part);
        }
    }
    if index == 1 {
        for _ in 0..3 {
            let x = part.span(span.0 * 0.5, span.1 * 0.5);
            sheet.place((x, line.at(x) + 0.004), 0.05, part.often(0.5), 0.0);
            sheet.fill(
                polygon(&[(-0.5, 0.0), (-0.5, -0.4), (-0.2, -0.72), (0.5, -0.72), (0.6, -0.4), (0.6, 0.0)]),
                paper,
            );
        }
    }
    sheet.unplace();
}
