//! Castle, ruins, graveyard.

use super::{
    dress,
    sky::{Ridge, mist_bank, ridge, sky},
};
use crate::picture::{
    canvas::{Canvas, Ink, polygon},
    chance::noise1,
    colour::hex,
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Hour, Thing},
    stage::Builder,
};

fn battlement(sheet: &mut Canvas, (left, right): (f32, f32), top: f32, bottom: f32, tones: &Tones) {
    sheet.rect(left, top, right, bottom, Ink::across(left, tones.body, right, tones.dark));
    let merlons = (((right - left) / 0.022).round() as usize).clamp(2, 40);
    let step = (right - left) / (merlons as f32 * 2.0 - 1.0);
    for index in 0..merlons {
        let x = left + index as f32 * step * 2.0;
        sheet.rect(x, top - 0.016, x + step, top + 0.002, tones.body);
    }
}

/// A castle on its rock.
pub(super) fn castle(b: &mut Builder<'_>) {
    sky(b, 0.18);
    let palette = b.palette.clone();
    let mut chance = b.set.part("castle");
    for (depth, base, rise) in [(18.0_f32, 0.08_f32, 0.12_f32), (11.0, 0.15, 0.08)] {
        let line = Ridge { base, rise, wave: 1.7, rough: 0.08, peaked: true, seed: chance.next() as u32 };
        let tone = b.tone(depth * 0.6);
        ridge(b, depth, &line, (tone, tone.mix(palette.haze, 0.3)), 0.6, |_, _, _, _| {});
        mist_bank(b, depth - 1.0, base - 0.04, base + 0.13, 0.6);
    }
    let depth = 5.5;
    let mut keep = b.sheet(depth);
    let tone = b.tone(3.6);
    let tones = Tones { dark: tone.shade(0.75), body: tone, lit: tone.mix(palette.key, 0.3) };
    let x = b.across(if b.key_at.0 > 0.0 { -0.22 } else { 0.22 });
    let rock: Vec<_> = (0..=60)
        .map(|index| {
            let t = index as f32 / 30.0 - 1.0;
            (
                x + t * 0.62,
                0.30 - 0.25 * (1.0 - t.abs()).powf(0.55) - 0.018 * noise1(t * 9.0, 7) - 0.008 * noise1(t * 31.0, 8),
            )
        })
        .collect();
    keep.fill(polygon(&rock), Ink::down(0.0, tones.body, 0.3, tones.dark));
    battlement(&mut keep, (x - 0.24, x + 0.25), -0.02, 0.14, &tones);
    for (dx, half, top) in [
        (-0.24_f32, 0.035_f32, -0.10_f32),
        (-0.08, 0.05, -0.20),
        (0.03, 0.038, -0.30),
        (0.14, 0.045, -0.14),
        (0.25, 0.032, -0.08),
    ] {
        battlement(&mut keep, (x + dx - half, x + dx + half), top, 0.16, &tones);
        if half < 0.045 {
            keep.fill(
                polygon(&[
                    (x + dx - half * 1.15, top - 0.012),
                    (x + dx, top - 0.12),
                    (x + dx + half * 1.15, top - 0.012),
                ]),
                tones.dark,
            );
        }
    }
    let light = palette.accent.mix(hex(0xffc060), 0.6);
    for (dx, y) in [(-0.08_f32, -0.12_f32), (0.03, -0.22), (0.03, -0.13), (0.14, -0.06), (-0.15, 0.04), (0.2, 0.05)] {
        if !palette.bright {
            keep.rect(x + dx - 0.005, y, x + dx + 0.005, y + 0.02, light);
            keep.glow((x + dx, y + 0.01), 0.05, light, 0.5);
        }
    }
    let finish = b.rimmed(b.misty(b.finish(depth), depth, 0.0, 0.28, 0.7), depth, 0.004, 0.35);
    b.put(keep, depth, &finish, vec![Life::Still]);
    mist_bank(b, 4.8, 0.08, 0.28, 0.85);
    for (index, depth) in [3.6_f32, 2.2].into_iter().enumerate() {
        let line = Ridge {
            base: 0.29 + 0.06 * index as f32,
            rise: 0.035,
            wave: 1.3,
            rough: 0.05,
            peaked: false,
            seed: chance.next() as u32,
        };
        let tone = b.tone(depth * 0.7);
        let mut part = chance.part("firs");
        ridge(b, depth, &line, (tone, palette.ink), 0.4, |sheet, line, ink, span| {
            for _ in 0..(46 - 24 * index) {
                let x = part.span(span.0, span.1);
                sheet.place((x, line.at(x) + 0.01), part.span(0.07, 0.15) * (1.0 + index as f32), false, 0.0);
                props::pine(sheet, ink, &mut part);
            }
            sheet.unplace();
        });
    }
    near_ground(b);
    dress(b, &[Thing::Moon, Thing::Tree, Thing::Window]);
}

fn near_ground(b: &mut Builder<'_>) {
    let palette = b.palette.clone();
    let mut sheet = b.sheet(1.2);
    let seen = b.seen(1.2).grow(0.5);
    let mut points: Vec<_> = (0..=60)
        .map(|index| {
            let x = seen.left + seen.width() * index as f32 / 60.0;
            (x, 0.40 - 0.012 * noise1(x * 2.0, 3) - 0.004 * noise1(x * 13.0, 4))
        })
        .collect();
    points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
    sheet.fill(polygon(&points), Ink::down(0.38, palette.ink.mix(palette.haze, 0.2), 0.6, palette.ink));
    let mut chance = b.set.part("near grass");
    sheet.place((0.0, 0.405), 1.0, false, 0.0);
    props::grass(&mut sheet, palette.ink.mix(palette.haze, 0.16), (seen.left, seen.right), (0.035, 2.6), &mut chance);
    sheet.unplace();
    let finish = b.rimmed(b.finish(1.2), 1.2, 0.003, 0.4);
    b.put(sheet, 1.2, &finish, vec![Life::Still]);
}

/// Broken columns on a hill above the sea.
pub(super) fn ruins(b: &mut Builder<'_>) {
    sky(b, 0.16);
    let palette = b.palette.clone();
    let mut chance = b.set.part("ruins");
    for (depth, base, rise) in [(20.0_f32, 0.11_f32, 0.07_f32), (12.0, 0.16, 0.05)] {
        let line = Ridge { base, rise, wave: 1.5, rough: 0.08, peaked: true, seed: chance.next() as u32 };
        let tone = b.tone(depth * 0.6);
        ridge(b, depth, &line, (tone, tone.mix(palette.haze, 0.4)), 0.6, |_, _, _, _| {});
        mist_bank(b, depth - 1.0, base - 0.02, base + 0.10, 0.5);
    }
    let marble = palette.low.mix(palette.skin, 0.25);
    for (index, depth) in [5.5_f32, 3.4, 2.1].into_iter().enumerate() {
        let mut sheet = b.sheet(depth);
        let tone = b.tone(depth).mix(marble, if palette.bright { 0.6 } else { 0.34 - 0.07 * index as f32 });
        let tones = Tones { dark: tone.shade(0.55), body: tone.shade(0.85), lit: tone.mix(palette.key, 0.45) };
        let (foot, high) = ([0.235, 0.285, 0.36][index], [0.34, 0.50, 0.74][index]);
        let spots: &[(f32, Option<f32>)] = match index {
            0 => &[(-0.46, None), (-0.30, None), (-0.14, None), (0.02, None), (0.18, Some(0.34)), (0.36, Some(0.62))],
            1 => &[(-0.66, Some(0.30)), (0.52, None), (0.74, None)],
            _ => &[(-0.86, None), (0.96, Some(0.48))],
        };
        for &(share, broken) in spots {
            sheet.place((b.across(share), foot), high, share > 0.0, 0.0);
            props::column(&mut sheet, &tones, broken);
        }
        sheet.unplace();
        match index {
            0 => {
                let (left, right, y) = (b.across(-0.46) - 0.05, b.across(0.02) + 0.05, foot - high);
                sheet.rect(left, y - 0.045, right, y, Ink::across(left, tones.dark, right, tones.lit));
                sheet.rect(left - 0.01, y - 0.055, right + 0.01, y - 0.042, tones.lit);
                sheet.fill(
                    polygon(&[
                        (left, y - 0.055),
                        ((left + right) / 2.0 - 0.05, y - 0.15),
                        ((left + right) / 2.0 + 0.03, y - 0.11),
                        (right - 0.09, y - 0.055),
                    ]),
                    tones.body,
                );
            }
            1 => {
                let (left, right, y) = (b.across(0.52) - 0.07, b.across(0.74) + 0.07, foot - high);
                sheet.rect(left, y - 0.05, right, y, Ink::across(left, tones.dark, right, tones.lit));
            }
            _ => {}
        }
        for _ in 0..8 {
            let at = (b.across(chance.span(-1.1, 1.1)), foot + chance.span(0.0, 0.02));
            sheet.place(at, chance.span(0.03, 0.07), false, chance.span(-16.0, 16.0));
            sheet.fill(
                polygon(&[(-0.5, 0.2), (-0.42, -0.3), (0.1, -0.42), (0.5, -0.2), (0.46, 0.2)]),
                Ink::across(-0.5, tones.dark, 0.5, tones.lit),
            );
        }
        sheet.unplace();
        let seen = b.seen(depth).grow(0.5);
        let earth = b.tone(depth * 0.8);
        let mut points: Vec<_> = (0..=60)
            .map(|step| {
                let x = seen.left + seen.width() * step as f32 / 60.0;
                (x, foot + 0.004 - 0.008 * noise1(x * 4.0, 9 + index as u32))
            })
            .collect();
        points.extend([(seen.right, 3.0), (seen.left, 3.0)]);
        sheet.fill(polygon(&points), Ink::down(foot, earth, foot + 0.2, earth.mix(palette.ink, 0.5)));
        let finish = b.rimmed(b.misty(b.finish(depth), depth, foot - 0.2, foot, 0.3), depth, 0.004, 0.35);
        b.put(sheet, depth, &finish, vec![Life::Still]);
    }
    let mut trees = b.sheet(2.6);
    let mut part = chance.part("cypress");
    let tone = b.tone(2.2);
    for (share, size) in [(-0.36_f32, 0.42_f32), (-0.44, 0.34), (0.28, 0.30)] {
        trees.place((b.across(share), 0.33), size, false, 0.0);
        props::cypress(&mut trees, tone, &mut part);
    }
    trees.unplace();
    let finish = b.rimmed(b.finish(2.6), 2.6, 0.004, 0.3);
    b.put(
        trees,
        2.6,
        &finish,
        vec![Life::Sway { foot_y: 0.33, amount: if b.reading.storm { 0.03 } else { 0.008 }, speed: 0.9, phase: 0.0 }],
    );
    near_ground(b);
    dress(b, &[Thing::Moon, Thing::Tree]);
}

/// Stones under bare trees.
pub(super) fn graveyard(b: &mut Builder<'_>) {
    sky(b, 0.16);
    let palette = b.palette.clone();
    let mut chance = b.set.part("graves");
    let line = Ridge { base: 0.17, rise: 0.03, wave: 1.2, rough: 0.05, peaked: false, seed: 4 };
    let tone = b.tone(7.0);
    let church = b.across(if b.key_at.0 > 0.0 { -0.38 } else { 0.38 });
    ridge(b, 9.0, &line, (tone, tone), 0.5, |sheet, line, ink, _| {
        let y = line.at(church) + 0.02;
        sheet.fill(
            polygon(&[
                (church - 0.16, y),
                (church - 0.16, y - 0.11),
                (church - 0.02, y - 0.20),
                (church + 0.08, y - 0.11),
                (church + 0.08, y),
            ]),
            ink,
        );
        sheet.fill(
            polygon(&[
                (church + 0.06, y),
                (church + 0.06, y - 0.23),
                (church + 0.105, y - 0.36),
                (church + 0.15, y - 0.23),
                (church + 0.15, y),
            ]),
            ink,
        );
        sheet.line(polygon(&[(church + 0.105, y - 0.41), (church + 0.105, y - 0.35)]), 0.005, ink);
        sheet.line(polygon(&[(church + 0.092, y - 0.39), (church + 0.118, y - 0.39)]), 0.005, ink);
    });
    mist_bank(b, 8.0, 0.10, 0.24, 0.75);
    for (index, depth) in [5.2_f32, 3.3, 2.1, 1.5].into_iter().enumerate() {
        let mut sheet = b.sheet(depth);
        let foot = 0.205 + 0.055 * index as f32;
        let tone = b.tone(depth * 0.9);
        let tones = Tones { dark: tone.shade(0.7), body: tone, lit: tone.mix(palette.key, 0.28) };
        let seen = b.seen(depth).grow(0.4);
        if index < 2 {
            for share in [[-0.72_f32, 0.66], [-0.95, 0.88]][index] {
                sheet.place((b.across(share), foot), [0.20, 0.30][index], share > 0.0, 0.0);
                props::bare_tree(&mut sheet, tone, &mut chance, 6);
            }
        }
        let mut x = seen.left;
        while x < seen.right {
            x += chance.span(0.07, 0.17) * (0.8 + 0.5 * index as f32);
            if index == 3 && x.abs() < b.across(0.55) {
                continue;
            }
            sheet.place(
                (x, foot + 0.006),
                chance.span(0.05, 0.085) * (1.0 + 0.55 * index as f32),
                chance.often(0.5),
                chance.span(-7.0, 7.0),
            );
            props::grave(&mut sheet, &tones, chance.pick(5));
        }
        sheet.place((0.0, foot), 1.0, false, 0.0);
        let blades = tones.dark;
        props::grass(&mut sheet, blades, (seen.left, seen.right), (0.02 + 0.008 * index as f32, 2.0), &mut chance);
        sheet.unplace();
        sheet.rect(seen.left, foot, seen.right, 3.0, Ink::down(foot, tones.dark, foot + 0.15, palette.ink));
        let finish = b.rimmed(b.misty(b.finish(depth), depth, foot - 0.1, foot + 0.02, 0.45), depth, 0.003, 0.4);
        b.put(sheet, depth, &finish, vec![Life::Still]);
        mist_bank(b, depth - 0.25, foot - 0.07, foot + 0.05, if b.reading.fog { 0.85 } else { 0.5 });
    }
    if b.reading.hour == Hour::Night {
        let light = palette.accent.mix(hex(0xffb860), 0.7);
        let at = (b.across(0.48), 0.335);
        let mut lantern = b.sheet(1.6);
        lantern.rect(at.0 - 0.012, at.1 - 0.05, at.0 + 0.012, at.1, light);
        lantern.line(polygon(&[(at.0 - 0.016, at.1 - 0.055), (at.0 + 0.016, at.1 - 0.055)]), 0.008, palette.ink);
        lantern.rect(at.0 - 0.017, at.1 - 0.004, at.0 + 0.017, at.1 + 0.005, palette.ink);
        lantern.glow((at.0, at.1 - 0.025), 0.12, light, 0.8);
        let finish = b.finish(1.6);
        b.put(lantern, 1.6, &finish, vec![Life::Still]);
        b.lamp((at.0, at.1 - 0.03), 1.6, 0.55, (0.5, 0.2), light, Burn::Candle);
    }
    near_ground(b);
    dress(b, &[Thing::Moon, Thing::Tree, Thing::Candle]);
}
