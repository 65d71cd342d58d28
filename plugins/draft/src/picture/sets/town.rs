//! A street of the gaslight days and a city of ours.

use super::{
    dress,
    sky::{mist_bank, sky},
};
use crate::picture::{
    canvas::{Canvas, Ink, polygon},
    chance::Chance,
    colour::{Rgb, hex},
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Hour, Thing},
    stage::Builder,
};

fn road(b: &mut Builder<'_>, depth: f32, y: f32, shine: &[(f32, Rgb)], cobbles: bool) {
    let palette = b.palette.clone();
    let mut sheet = b.sheet(depth);
    let seen = b.seen(depth).grow(1.0);
    let under = palette.ink.mix(palette.haze, if palette.bright { 0.55 } else { 0.24 });
    sheet.rect(
        seen.left,
        y,
        seen.right,
        3.0,
        Ink::down(y, under.mix(palette.low, 0.35), 0.6, palette.ink.mix(under, 0.3)),
    );
    let wet = b.reading.rain || b.reading.storm;
    for &(x, colour) in shine {
        let strength = if wet { 0.62 } else { 0.22 };
        let half = 0.028;
        for band in 0..60 {
            let t = band as f32 / 60.0;
            let (top, bottom) = (y + 0.38 * t, y + 0.38 * (t + 0.0125));
            let ripple = crate::picture::chance::noise1(band as f32 * 0.55 + x * 40.0, 3);
            let wobble = ripple * 0.020 * (0.3 + t);
            let wide =
                half * (0.7 + 1.7 * t) * (1.0 + 0.45 * crate::picture::chance::noise1(band as f32 * 0.9 + x * 17.0, 9));
            sheet.rect(
                x + wobble - wide,
                top,
                x + wobble + wide,
                bottom,
                Ink::Flat(colour, strength * (1.0 - t).powf(1.3)),
            );
        }
    }
    sheet.soften(if wet { 0.004 } else { 0.008 });
    if cobbles {
        for row in 0..17 {
            let t = row as f32 / 17.0;
            let py = y + 0.012 + 0.40 * t * t;
            let size = 0.014 + 0.05 * t;
            let count = (seen.width() / size) as i32;
            for column in 0..count.min(400) {
                let x = seen.left + size * (column as f32 + if row % 2 == 0 { 0.0 } else { 0.5 });
                let lit = Ink::Flat(palette.low.mix(palette.key, 0.3), 0.07 + 0.07 * (1.0 - t));
                sheet.ellipse((x, py), size * 0.38, size * 0.13, lit);
            }
        }
    } else {
        for index in -1..=1 {
            let x = index as f32 * 0.1;
            for dash in 0..6 {
                let t = dash as f32 / 6.0;
                let (a, c) = (0.02 + t * t, 0.02 + (t + 0.09).powi(2));
                if index == 0 {
                    sheet.fill(
                        polygon(&[
                            (x - 0.004 - 0.02 * a, y + 0.36 * a),
                            (x + 0.004 + 0.02 * a, y + 0.36 * a),
                            (x + 0.004 + 0.02 * c, y + 0.36 * c),
                            (x - 0.004 - 0.02 * c, y + 0.36 * c),
                        ]),
                        Ink::Flat(palette.low, 0.35),
                    );
                }
            }
        }
    }
    let finish = b.finish(depth);
    b.put(sheet, depth, &finish, vec![Life::Still]);
}

/// Houses down both sides to a church spire.
pub(super) fn street(b: &mut Builder<'_>) {
    sky(b, 0.17);
    let palette = b.palette.clone();
    let night = !palette.bright;
    let light = palette.accent.mix(hex(0xffc565), 0.7);
    let mut chance = b.set.part("street");
    let mut spire = b.sheet(13.0);
    let tone = b.tone(7.0);
    let x = b.across(chance.span(-0.12, 0.12));
    spire.fill(
        polygon(&[
            (x - 0.045, 0.2),
            (x - 0.045, -0.10),
            (x - 0.052, -0.11),
            (x, -0.34),
            (x + 0.052, -0.11),
            (x + 0.045, -0.10),
            (x + 0.045, 0.2),
        ]),
        tone,
    );
    spire.fill(
        polygon(&[
            (x - 0.15, 0.2),
            (x - 0.15, 0.06),
            (x - 0.10, 0.0),
            (x + 0.10, 0.0),
            (x + 0.15, 0.06),
            (x + 0.15, 0.2),
        ]),
        tone,
    );
    spire.line(polygon(&[(x, -0.38), (x, -0.33)]), 0.004, tone);
    let mut cursor = -b.across(0.75);
    while cursor < b.across(0.75) {
        let wide = chance.span(0.07, 0.12);
        spire.place((cursor, 0.2), chance.span(0.15, 0.22), false, 0.0);
        props::house(
            &mut spire,
            &Tones { dark: tone.shade(0.9), body: tone, lit: tone },
            0.55,
            night.then_some(light.mix(tone, 0.3)),
            &mut chance,
        );
        cursor += wide;
    }
    spire.unplace();
    let finish = b.misty(b.finish(13.0), 13.0, -0.1, 0.2, 0.5);
    b.put(spire, 13.0, &finish, vec![Life::Still]);
    mist_bank(b, 12.0, 0.05, 0.24, if b.reading.fog { 0.95 } else { 0.6 });
    let lamps = [(-0.30_f32, 4.4_f32), (0.36, 3.4), (-0.58, 2.3)];
    let shine: Vec<(f32, Rgb)> = lamps.iter().map(|&(share, _)| (b.across(share), light)).collect();
    road(b, 8.0, 0.19, if night { &shine } else { &[] }, true);
    for (index, depth) in [7.5_f32, 4.8, 3.0].into_iter().enumerate() {
        let mut sheet = b.sheet(depth);
        let tone = b.tone(depth * 0.78);
        let tones =
            Tones { dark: tone.shade(0.72), body: tone.mix(palette.haze, 0.14), lit: tone.mix(palette.key, 0.25) };
        let foot = 0.205 + 0.035 * index as f32;
        let inner = b.across([0.24, 0.42, 0.68][index]);
        let high = [0.40, 0.56, 0.80][index];
        for side in [-1.0_f32, 1.0] {
            let mut x = inner;
            for _ in 0..4 {
                let wide = chance.span(0.20, 0.30) * high / 0.56;
                let size = high * chance.span(0.88, 1.12);
                sheet.place((side * (x + wide / 2.0), foot), size, side < 0.0, 0.0);
                props::house(&mut sheet, &tones, wide / size, night.then_some(light), &mut chance);
                x += wide * 0.99;
            }
        }
        sheet.unplace();
        let finish = b.misty(b.finish(depth), depth, foot - 0.22, foot, 0.5 - 0.1 * index as f32);
        let finish = b.rimmed(finish, depth, 0.004, 0.22);
        b.put(sheet, depth, &finish, vec![Life::Still]);
        mist_bank(b, depth - 0.5, foot - 0.09, foot + 0.05, if b.reading.fog { 0.8 } else { 0.32 });
        let (share, lamp_depth) = lamps[index];
        let mut post = b.sheet(lamp_depth);
        let at = (b.across(share), foot + 0.05);
        let size = [0.34, 0.46, 0.66][index];
        post.place(at, size, false, 0.0);
        let place = props::gas_lamp(
            &mut post,
            b.tone(lamp_depth * 0.7),
            false,
            if night { light.mix(hex(0xfff3d0), 0.6) } else { palette.low },
        );
        post.unplace();
        let heart = (at.0 + place.0 * size, at.1 + place.1 * size);
        if night {
            post.glow(heart, size * 0.42, light, 0.55);
        }
        let finish = b.finish(lamp_depth);
        b.put(post, lamp_depth, &finish, vec![Life::Still]);
        if night {
            b.lamp(heart, lamp_depth, size * 1.1, (0.45, 0.20), light, Burn::Fire);
            if index == 2 {
                b.key_at = heart;
                b.key_reach = 0.9;
            }
        }
    }
    let _ = Hour::Night;
    dress(b, &[Thing::Lamp, Thing::Moon, Thing::Window, Thing::Door]);
}

fn sign(sheet: &mut Canvas, at: (f32, f32), (wide, high): (f32, f32), colour: Rgb, chance: &mut Chance) {
    let (left, top, right, bottom) = (at.0 - wide / 2.0, at.1 - high / 2.0, at.0 + wide / 2.0, at.1 + high / 2.0);
    sheet.rect(left, top, right, bottom, Ink::Flat(colour.shade(0.30), 0.95));
    sheet.line(polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)]), 0.004, colour);
    // Strokes like the letters of no language.
    let tall = high > wide;
    let cells = if tall { (high / wide).round().max(2.0) } else { (wide / high).round().max(2.0) } as usize;
    for cell in 0..cells {
        let t = (cell as f32 + 0.5) / cells as f32;
        let (cx, cy) = if tall { (at.0, top + high * t) } else { (left + wide * t, at.1) };
        let size = wide.min(high) * 0.27;
        for _ in 0..4 {
            let (a, c) = (chance.pick(3) as f32 - 1.0, chance.pick(3) as f32 - 1.0);
            let line = if chance.often(0.5) {
                [(cx + a * size, cy - size), (cx + a * size, cy + size)]
            } else {
                [(cx - size, cy + c * size), (cx + size, cy + c * size)]
            };
            sheet.line(polygon(&line), size * 0.22, colour.mix(Rgb(1.0, 1.0, 1.0), 0.45));
        }
    }
    sheet.glow(at, wide.max(high) * 1.15, colour, 0.42);
}

/// Towers, signs and a wet road.
pub(super) fn city(b: &mut Builder<'_>) {
    sky(b, 0.19);
    let palette = b.palette.clone();
    let night = !palette.bright;
    let mut chance = b.set.part("city");
    b.key_at = (b.across(-0.2), -0.05);
    b.key_reach = 1.2;
    let neon = [palette.key, palette.cool, palette.accent, hex(0x9b6bff).mix(palette.key, 0.2)];
    let windows = if night {
        vec![palette.accent, palette.cool, palette.accent.mix(palette.key, 0.5)]
    } else {
        vec![palette.low, palette.cool]
    };
    for (index, depth) in [16.0_f32, 9.0, 5.2].into_iter().enumerate() {
        let mut sheet = b.sheet(depth);
        let seen = b.seen(depth).grow(0.3);
        let tone = b.tone(depth * 0.75);
        let tones = Tones { dark: tone, body: tone.mix(palette.low, 0.25), lit: tone.mix(palette.key, 0.3) };
        let foot = 0.20 + 0.01 * index as f32;
        let mut x = seen.left - 0.1;
        while x < seen.right + 0.1 {
            let wide = chance.span(0.07, 0.17) * [0.7, 1.0, 1.3][index];
            let middle = 1.0 - (x / b.across(1.2)).abs().min(1.0);
            let high = [0.34, 0.30, 0.34][index] + chance.span(0.0, 0.26) - [(-0.06), 0.10, 0.26][index] * middle;
            if high > 0.05 {
                sheet.place((x + wide / 2.0, foot), high, false, 0.0);
                props::tower(&mut sheet, &tones, wide / high, &windows, &mut chance);
            }
            x += wide * chance.span(1.0, 1.25);
        }
        sheet.unplace();
        let finish = b.misty(b.finish(depth), depth, -0.2, foot, 0.62 - 0.12 * index as f32);
        b.put(sheet, depth, &finish, vec![Life::Still]);
        mist_bank(b, depth - 0.6, foot - 0.12, foot + 0.03, 0.5);
    }
    let shine: Vec<(f32, Rgb)> =
        (0..9).map(|index| (b.across(-0.9 + 0.225 * index as f32) + chance.signed() * 0.03, neon[index % 4])).collect();
    road(b, 4.6, 0.205, if night { &shine } else { &[] }, false);
    for (index, depth) in [3.8_f32, 2.6].into_iter().enumerate() {
        let mut walls = b.sheet(depth);
        let mut signs = b.sheet(depth - 0.1);
        let tone = b.tone(depth * 0.55);
        let foot = 0.235 + 0.05 * index as f32;
        let inner = b.across([0.46, 0.74][index]);
        for side in [-1.0_f32, 1.0] {
            let seen = b.seen(depth).grow(0.4);
            let edge = if side > 0.0 { seen.right } else { seen.left };
            let (left, right) = (f32::min(side * inner, edge), f32::max(side * inner, edge));
            walls.rect(
                left,
                seen.top - 0.2,
                right,
                foot,
                Ink::down(-0.5, tone.shade(0.7), foot, tone.mix(palette.low, 0.2)),
            );
            for floor in 0..9 {
                let y = -0.52 + floor as f32 * 0.075;
                walls.rect(left, y, right, y + 0.006, Ink::Flat(tone.shade(1.5), 0.5));
                for column in 0..6 {
                    let x = side * (inner + 0.03 + column as f32 * 0.062);
                    let lit = chance.often(if night { 0.26 } else { 0.1 });
                    let glass =
                        if lit { windows[chance.pick(windows.len())].mix(palette.mid, 0.3) } else { tone.shade(0.55) };
                    let (top, low) = (y + 0.020, y + 0.056);
                    walls.rect(
                        x - 0.015,
                        top,
                        x + 0.015,
                        low,
                        Ink::down(top, tone.shade(0.6), low, glass.mix(tone, if lit { 0.15 } else { 0.8 })),
                    );
                    if lit {
                        let blind = top + chance.span(0.004, 0.022);
                        walls.rect(x - 0.015, top, x + 0.015, blind, tone.shade(0.7));
                        walls.rect(x - 0.001, top, x + 0.001, low, tone.shade(0.6));
                    }
                }
            }
            walls.rect(
                left,
                foot - 0.10,
                right,
                foot - 0.008,
                Ink::down(foot - 0.1, neon[(index + (side > 0.0) as usize) % 4].mix(tone, 0.35), foot, tone),
            );
            for pane in 0..5 {
                let x = side * (inner + 0.02 + pane as f32 * 0.075);
                walls.rect(x - 0.003, foot - 0.10, x + 0.003, foot, tone.shade(0.5));
            }
            if night {
                for row in 0..2 {
                    let colour = neon[(index * 2 + row + (side > 0.0) as usize) % 4];
                    let at = (
                        side * (inner - 0.012 + 0.02 * index as f32),
                        -0.25 + 0.20 * row as f32 + chance.signed() * 0.03,
                    );
                    let size = if row == 0 { (0.052, 0.20) } else { (0.12, 0.05) };
                    let grow = 1.0 + 0.5 * index as f32;
                    sign(&mut signs, at, (size.0 * grow, size.1 * grow), colour, &mut chance);
                    b.lamp(at, depth, 0.42 * grow, (0.32, 0.13), colour, Burn::Neon);
                }
            }
        }
        let finish = b.misty(b.finish(depth), depth, -0.05, foot, 0.34);
        b.put(walls, depth, &finish, vec![Life::Still]);
        let finish = b.finish(depth);
        b.put(signs, depth - 0.1, &finish, vec![Life::Still]);
    }
    let mut post = b.sheet(1.9);
    post.place((b.across(0.62), 0.38), 0.78, true, 0.0);
    let place = props::gas_lamp(&mut post, palette.ink, true, palette.low);
    post.unplace();
    let finish = b.rimmed(b.finish(1.9), 1.9, 0.003, 0.6);
    b.put(post, 1.9, &finish, vec![Life::Still]);
    if night {
        b.lamp(
            (b.across(0.62) - place.0 * 0.78, 0.38 + place.1 * 0.78),
            1.9,
            0.5,
            (0.2, 0.2),
            palette.low.mix(palette.key, 0.4),
            Burn::Steady,
        );
    }
    dress(b, &[Thing::Lamp, Thing::Moon, Thing::Window]);
}
