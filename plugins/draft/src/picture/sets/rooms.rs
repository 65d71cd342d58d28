//! Rooms: a wall with a window to another world, a floor that takes the light, and the furniture of a life.

use super::dress;
use crate::picture::{
    canvas::{At, Canvas, Ink, curve, ellipse, polygon, smooth},
    colour::{Rgb, hex},
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Era, Hour, Thing},
    stage::Builder,
    weather::{Air, AirKind},
};

const WALL: f32 = 2.7;
const FLOOR_Y: f32 = 0.235;

/// What the windows of this scene show.
fn outside(b: &Builder<'_>) -> props::Outside {
    let palette = b.palette;
    match b.reading.hour {
        Hour::Night => props::Outside {
            top: hex(0x0c1830).mix(palette.cool, 0.12),
            low: hex(0x2b4a6b).mix(palette.cool, 0.35),
            roofs: hex(0x0a1222),
            moon: (!b.reading.storm && !b.reading.rain).then_some(hex(0xe8eefa)),
        },
        Hour::Dusk => props::Outside { top: hex(0x5c4a86), low: hex(0xf5a45e), roofs: hex(0x352a4c), moon: None },
        Hour::Dawn => props::Outside { top: hex(0x7f93bd), low: hex(0xfbd0a2), roofs: hex(0x6b6285), moon: None },
        Hour::Morning => props::Outside { top: hex(0xbfe0e2), low: hex(0xfff6d8), roofs: hex(0xb9c9bd), moon: None },
        Hour::Day => props::Outside { top: hex(0xb4d6e0), low: hex(0xf4f3e2), roofs: hex(0xa3b6b5), moon: None },
    }
}

/// Wall and floor with the light's pool on them. `paint_wall` draws on the wall between wash and shadows.
fn shell(b: &mut Builder<'_>, pool: (At, f32), boards: bool, paint_wall: impl FnOnce(&mut Canvas, &Builder<'_>)) {
    let palette = b.palette.clone();
    let mut wall = b.sheet(WALL);
    let (bright, dim) = (palette.low, palette.top.mix(palette.mid, if palette.bright { 0.75 } else { 0.25 }));
    wall.wash(Ink::down(-0.6, dim, FLOOR_Y, dim.mix(palette.mid, 0.5)));
    wall.wash(Ink::pool(pool.0, pool.1 * 1.25, palette.mid, 1.0));
    wall.wash(Ink::pool(pool.0, pool.1 * 0.8, bright, 0.92));
    paint_wall(&mut wall, b);
    // Corners of the room fall into shadow.
    let far = b.across(1.0) * 1.5;
    let dark = palette.top.shade(if palette.bright { 0.6 } else { 0.5 });
    wall.wash(Ink::Fall((-far, 0.0), (-far * 0.35, 0.0), vec![(0.0, dark, 0.75), (1.0, dark, 0.0)]));
    wall.wash(Ink::Fall((far, 0.0), (far * 0.35, 0.0), vec![(0.0, dark, 0.75), (1.0, dark, 0.0)]));
    wall.wash(Ink::Fall((0.0, -0.62), (0.0, -0.22), vec![(0.0, dark, 0.85), (1.0, dark, 0.0)]));
    let finish = b.finish(WALL);
    b.put(wall, WALL, &finish, vec![Life::Still]);

    let depth = 2.6;
    let mut floor = b.sheet(depth);
    let seen = b.seen(depth).grow(1.2);
    let under = palette.ink.mix(palette.mid, if palette.bright { 0.72 } else { 0.34 });
    floor.rect(
        seen.left,
        FLOOR_Y,
        seen.right,
        3.0,
        Ink::down(FLOOR_Y, under.mix(palette.low, 0.25), 0.62, under.shade(0.45)),
    );
    let glare = (pool.0.0, FLOOR_Y + 0.05);
    floor.pool(glare, (pool.1 * 1.05, 0.22), palette.low, 0.5);
    floor.rect(seen.left, FLOOR_Y - 0.01, seen.right, FLOOR_Y, under.shade(0.5));
    if boards {
        for index in -18..=18 {
            let near = index as f32 * 0.19;
            floor.line(polygon(&[(near * 0.62, FLOOR_Y), (near * 2.1, 0.9)]), 0.0035, Ink::Flat(palette.ink, 0.34));
        }
    } else {
        for row in 0..7 {
            let y = FLOOR_Y + 0.012 * (1.6_f32).powi(row);
            floor.rect(seen.left, y, seen.right, y + 0.003, Ink::Flat(palette.ink, 0.22));
        }
        for index in -16..=16 {
            let near = index as f32 * 0.24;
            floor.line(polygon(&[(near * 0.62, FLOOR_Y), (near * 2.1, 0.9)]), 0.003, Ink::Flat(palette.ink, 0.22));
        }
    }
    let mut finish = b.finish(depth);
    finish.blur *= 0.7;
    b.put(floor, depth, &finish, vec![Life::Still]);
}

fn skirting(wall: &mut Canvas, b: &Builder<'_>, dado: f32) {
    let palette = b.palette;
    let seen = b.seen(WALL).grow(1.0);
    let wood = palette.ink.mix(palette.mid, if palette.bright { 0.8 } else { 0.55 });
    wall.rect(seen.left, dado, seen.right, FLOOR_Y + 0.02, Ink::Flat(wood, 0.5));
    wall.rect(seen.left, dado - 0.008, seen.right, dado + 0.004, Ink::Flat(palette.low.mix(palette.key, 0.15), 0.5));
    wall.rect(seen.left, dado + 0.006, seen.right, dado + 0.013, Ink::Flat(palette.ink, 0.5));
    for index in -9..9 {
        let x = index as f32 * 0.22;
        wall.line(
            polygon(&[
                (x + 0.025, dado + 0.035),
                (x + 0.195, dado + 0.035),
                (x + 0.195, FLOOR_Y - 0.035),
                (x + 0.025, FLOOR_Y - 0.035),
            ]),
            0.0045,
            Ink::Flat(palette.ink, 0.38),
        );
        wall.line(
            polygon(&[
                (x + 0.029, dado + 0.039),
                (x + 0.199, dado + 0.039),
                (x + 0.199, FLOOR_Y - 0.031),
                (x + 0.029, FLOOR_Y - 0.031),
            ]),
            0.002,
            Ink::Flat(palette.low, 0.3),
        );
    }
    wall.rect(seen.left, FLOOR_Y - 0.018, seen.right, FLOOR_Y + 0.02, Ink::Flat(palette.ink, 0.55));
    let top = -0.435;
    wall.rect(seen.left, top, seen.right, top + 0.012, Ink::Flat(palette.low, 0.22));
    wall.rect(seen.left, top + 0.012, seen.right, top + 0.03, Ink::Flat(palette.ink, 0.4));
    wall.rect(seen.left, -2.0, seen.right, top, Ink::Flat(palette.ink, 0.45));
}

fn damask(wall: &mut Canvas, b: &Builder<'_>, bottom: f32) {
    let colour = b.palette.ink.mix(b.palette.mid, 0.5);
    let seen = b.seen(WALL).grow(0.6);
    let step = 0.085;
    for row in 0..12 {
        for column in ((seen.left / step) as i32)..=((seen.right / step) as i32) {
            let x = (column as f32 + if row % 2 == 0 { 0.0 } else { 0.5 }) * step;
            let y = bottom - 0.03 - row as f32 * step * 0.62;
            if y < -0.42 {
                continue;
            }
            wall.place((x, y), step, false, 0.0);
            wall.fill(
                smooth(&[
                    (0.0, -0.42),
                    (0.0, -0.42),
                    (0.15, -0.16),
                    (0.30, -0.06),
                    (0.12, 0.05),
                    (0.0, 0.26),
                    (0.0, 0.26),
                    (-0.12, 0.05),
                    (-0.30, -0.06),
                    (-0.15, -0.16),
                ]),
                Ink::Flat(colour, 0.20),
            );
            wall.unplace();
        }
    }
}

/// Light falling from a window across the floor and through the air.
fn window_light(b: &mut Builder<'_>, at: At, wide: f32, high: f32, strength: f32) {
    let depth = 1.9;
    let mut sheet = b.sheet(depth);
    let colour = if b.reading.hour == Hour::Night { b.palette.cool } else { b.palette.key };
    let lean = if at.0 > 0.0 { -1.0 } else { 1.0 };
    for pane in 0..3 {
        let x = at.0 - wide / 2.0 + wide * (pane as f32 + 0.08) / 3.0;
        let right = x + wide * 0.28;
        let top = (x + lean * 0.05, at.1 - high);
        let shaft = [(x, at.1 - high), (right, at.1 - high), (right + lean * 0.62, 0.46), (x + lean * 0.50, 0.46)];
        let end = (top.0 + lean * 0.55, 0.46);
        sheet.fill(
            polygon(&shaft),
            Ink::Fall(
                top,
                end,
                vec![(0.0, colour, 0.34 * strength), (0.6, colour, 0.14 * strength), (1.0, colour, 0.05 * strength)],
            ),
        );
        let patch = [
            (x + lean * 0.22, FLOOR_Y + 0.05),
            (right + lean * 0.24, FLOOR_Y + 0.05),
            (right + lean * 0.52, FLOOR_Y + 0.22),
            (x + lean * 0.46, FLOOR_Y + 0.22),
        ];
        sheet.fill(polygon(&patch), Ink::Flat(colour, 0.34 * strength));
    }
    sheet.soften(0.006);
    let finish = b.finish(depth);
    b.put_with(sheet, depth, &finish, vec![Life::Still], 0.9);
}

fn dust(b: &mut Builder<'_>, strength: f32) {
    let mut chance = b.set.part("dust");
    let air = Air::new(AirKind::Dust, 90, b.palette.key, strength, &mut chance);
    b.stage.airs.push(air);
}

fn candle_table(b: &mut Builder<'_>, x: f32, depth: f32, branched: bool) {
    let paper = b.tone(depth + 0.4);
    let tones = Tones::of(paper, b.palette.key);
    let brass = Tones::of(paper.mix(b.palette.low, 0.5), b.palette.key);
    let wax = b.palette.key.mix(hex(0xfff3dc), 0.3).shade(0.9);
    let floor = 0.33;
    let size = 0.34 * b.slim();
    let top = floor - size * 0.74;
    let mut sheet = b.sheet(depth);
    sheet.place((x, floor), size, false, 0.0);
    props::table(&mut sheet, &tones, 0.74, true);
    let high = if branched { 0.30 } else { 0.20 };
    sheet.place((x, top), high, false, 0.0);
    let wicks = if branched {
        props::candelabra(&mut sheet, &brass, wax)
    } else {
        vec![props::candlestick(&mut sheet, &brass, wax)]
    };
    sheet.unplace();
    let finish = b.rimmed(b.finish(depth), depth, 0.003, 0.35);
    b.put(sheet, depth, &finish, vec![Life::Still]);
    for wick in &wicks {
        b.flame((x + wick.0 * high, top + wick.1 * high), depth, 0.017);
    }
    let heart = (x, top - high * 0.86);
    b.key_at = heart;
    b.key_reach = 0.55;
    b.lamp(heart, depth, 0.95, (0.62, 0.10), b.palette.key, Burn::Candle);
    b.lamp(heart, depth, 0.30, (0.0, 0.34), b.palette.key, Burn::Candle);
}

fn dim_room(b: &mut Builder<'_>) {
    if !b.palette.bright {
        b.stage.grade.ambient = [0.62, 0.60, 0.62];
    }
}

/// A drawing room of the old days, or a living room of ours.
pub(super) fn drawing_room(b: &mut Builder<'_>) {
    dim_room(b);
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    let candle_x = b.across(-0.20 * side);
    let window_x = b.across(-0.70 * side);
    let fire_x = b.across(0.52 * side);
    let lit = !b.palette.bright;
    b.key_at = (candle_x, -0.12);
    let view = outside(b);
    shell(b, ((candle_x, -0.10), 0.85), true, |wall, b| {
        damask(wall, b, 0.05);
        skirting(wall, b, 0.05);
        let trim = Tones::of(b.palette.ink.mix(b.palette.mid, 0.5), b.palette.key);
        wall.place((window_x, 0.16), 0.54, false, 0.0);
        props::tall_window(wall, &trim, &view, 0.36 * b.slim());
        let marble = Tones::of(b.palette.mid.mix(b.palette.low, 0.45), b.palette.key);
        wall.place((fire_x, FLOOR_Y), 0.46 * b.slim(), false, 0.0);
        props::fireplace(wall, &marble, b.reading.fire || lit, b.palette.key.mix(hex(0xff7a2a), 0.6));
        let gilt = Tones::of(b.palette.low.mix(b.palette.ink, 0.35), b.palette.key);
        wall.place((fire_x, -0.13), 0.26, false, 0.0);
        props::frame_picture(wall, &gilt, 0.84, true);
        wall.place((b.across(0.04 * side), -0.14), 0.22, false, 0.0);
        props::frame_picture(wall, &gilt, 1.25, false);
        wall.place((b.across(0.96 * side), -0.10), 0.24, false, 0.0);
        props::frame_picture(wall, &gilt, 0.78, true);
        wall.unplace();
    });
    let cloth = Tones::of(b.palette.accent.mix(b.palette.ink, 0.45), b.palette.key);
    let mut drapes = b.sheet(2.45);
    for hand in [-1.0_f32, 1.0] {
        drapes.place((window_x + hand * 0.165 * b.slim(), 0.24), 0.69, hand > 0.0, 0.0);
        props::curtain(&mut drapes, &cloth, 0.17);
    }
    drapes.unplace();
    drapes.rect(window_x - 0.2 * b.slim(), -0.47, window_x + 0.2 * b.slim(), -0.435, cloth.body);
    let finish = b.rimmed(b.finish(2.45), 2.45, 0.004, 0.3);
    b.put(drapes, 2.45, &finish, vec![Life::Sway { foot_y: -0.45, amount: 0.008, speed: 0.8, phase: 1.0 }]);
    window_light(b, (window_x, 0.16), 0.19 * b.slim(), 0.50, if b.palette.bright { 1.0 } else { 0.55 });

    let depth = 1.7;
    let mut chairs = b.sheet(depth);
    let tones = Tones::of(b.tone(depth + 0.5).mix(b.palette.accent, 0.12), b.palette.key);
    chairs.place((b.across(0.66 * side), 0.37), 0.40 * b.slim(), side > 0.0, 0.0);
    props::armchair(&mut chairs, &tones);
    chairs.unplace();
    let finish = b.rimmed(b.finish(depth), depth, 0.005, 0.5);
    b.put(chairs, depth, &finish, vec![Life::Still]);
    if lit {
        let fire = (fire_x, FLOOR_Y - 0.03);
        for dx in [-0.035_f32, 0.0, 0.03] {
            b.flame((fire.0 + dx * b.slim(), fire.1), WALL, 0.034 + 0.016 * (1.0 - dx.abs() * 30.0).max(0.0));
        }
        b.lamp(fire, WALL, 0.5, (0.3, 0.16), hex(0xff8a40), Burn::Fire);
    }
    candle_table(b, candle_x, 1.75, b.reading.era == Era::Period);
    dust(b, 0.5);
    dress(b, &[Thing::Candle, Thing::Window, Thing::Chair, Thing::Fire, Thing::Table]);
}

/// A bedchamber with a hung bed.
pub(super) fn bedchamber(b: &mut Builder<'_>) {
    dim_room(b);
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    let window_x = b.across(-0.66 * side);
    let candle_x = b.across(-0.16 * side);
    let view = outside(b);
    shell(b, ((candle_x, -0.05), 0.75), true, |wall, b| {
        damask(wall, b, 0.10);
        skirting(wall, b, 0.10);
        let trim = Tones::of(b.palette.ink.mix(b.palette.mid, 0.45), b.palette.key);
        wall.place((window_x, 0.12), 0.50, false, 0.0);
        props::tall_window(wall, &trim, &view, 0.36 * b.slim());
        wall.place((b.across(0.98 * side), -0.1), 0.22, false, 0.0);
        props::frame_picture(wall, &Tones::of(b.palette.low.mix(b.palette.ink, 0.4), b.palette.key), 0.8, true);
        wall.unplace();
    });
    window_light(b, (window_x, 0.12), 0.18 * b.slim(), 0.46, if b.palette.bright { 1.0 } else { 0.7 });
    let cloth = Tones::of(b.palette.accent.mix(b.palette.ink, 0.5), b.palette.key);
    let mut drapes = b.sheet(2.4);
    for hand in [-1.0_f32, 1.0] {
        drapes.place((window_x + hand * 0.15 * b.slim(), 0.24), 0.66, hand > 0.0, 0.0);
        props::curtain(&mut drapes, &cloth, 0.13);
    }
    drapes.unplace();
    let finish = b.rimmed(b.finish(2.4), 2.4, 0.004, 0.3);
    b.put(drapes, 2.4, &finish, vec![Life::Sway { foot_y: -0.42, amount: 0.010, speed: 0.7, phase: 2.0 }]);
    candle_table(b, candle_x, 1.9, false);
    let depth = 1.6;
    let mut bed = b.sheet(depth);
    let tones = Tones::of(b.palette.accent.mix(b.palette.ink, 0.62), b.palette.key);
    let linen = b.palette.skin.mix(hex(0xf4ead8), 0.55).shade(if b.palette.bright { 1.0 } else { 0.86 });
    bed.place((b.across(0.40 * side), 0.40), 0.80 * b.slim(), side > 0.0, 0.0);
    props::bed(&mut bed, &tones, linen, b.reading.era == Era::Period);
    bed.unplace();
    let finish = b.rimmed(b.finish(depth), depth, 0.006, 0.55);
    b.put(bed, depth, &finish, vec![Life::Still]);
    dust(b, 0.4);
    dress(b, &[Thing::Candle, Thing::Bed, Thing::Window]);
}

/// Walls of books.
pub(super) fn library(b: &mut Builder<'_>) {
    dim_room(b);
    let lamp_x = b.across(0.18);
    let view = outside(b);
    shell(b, ((lamp_x, -0.1), 0.9), true, |wall, b| {
        let mut chance = b.set.part("books");
        let tones = Tones::of(b.palette.ink.mix(b.palette.mid, 0.62), b.palette.key);
        let window_x = b.across(-0.22);
        for share in [-1.35_f32, -0.72, 0.28, 0.84, 1.42] {
            wall.place((b.across(share), FLOOR_Y), 0.78, false, 0.0);
            props::bookcase(wall, &tones, 0.50 * b.slim(), &mut chance);
        }
        wall.place((window_x, 0.14), 0.54, false, 0.0);
        props::tall_window(
            wall,
            &Tones::of(b.palette.ink.mix(b.palette.mid, 0.4), b.palette.key),
            &view,
            0.36 * b.slim(),
        );
        wall.unplace();
    });
    window_light(b, (b.across(-0.22), 0.14), 0.19 * b.slim(), 0.50, if b.palette.bright { 0.9 } else { 0.6 });
    let depth = 1.8;
    let mut ladder = b.sheet(depth + 0.4);
    let wood = b.tone(depth + 0.4);
    let x = b.across(0.72);
    for dx in [0.0_f32, 0.09] {
        ladder.line(polygon(&[(x + dx, 0.27), (x + dx + 0.10, -0.44)]), 0.010, wood);
    }
    for rung in 0..9 {
        let t = rung as f32 / 9.0;
        ladder.line(polygon(&[(x + 0.1 * t, 0.23 - 0.68 * t), (x + 0.09 + 0.1 * t, 0.23 - 0.68 * t)]), 0.007, wood);
    }
    let finish = b.rimmed(b.finish(depth + 0.4), depth + 0.4, 0.003, 0.4);
    b.put(ladder, depth + 0.4, &finish, vec![Life::Still]);
    candle_table(b, lamp_x, depth, b.reading.era == Era::Period);
    dust(b, 0.7);
    dress(b, &[Thing::Candle, Thing::Book, Thing::Window, Thing::Table]);
}

/// A hut of beams and stones with a hearth.
pub(super) fn hut(b: &mut Builder<'_>) {
    dim_room(b);
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    let fire_x = b.across(0.36 * side);
    let view = outside(b);
    b.key_at = (fire_x, 0.16);
    b.key_reach = 0.8;
    shell(b, ((fire_x, 0.12), 0.85), false, |wall, b| {
        let mut chance = b.set.part("stones");
        let stone = b.palette.ink.mix(b.palette.mid, 0.6);
        for row in 0..14 {
            for column in -16..16 {
                let (x, y) = (column as f32 * 0.105 + if row % 2 == 0 { 0.0 } else { 0.05 }, -0.42 + row as f32 * 0.05);
                let at = (x + chance.signed() * 0.012, y + chance.signed() * 0.006);
                wall.line(ellipse(at, 0.046 + chance.signed() * 0.006, 0.020), 0.004, Ink::Flat(stone.shade(0.5), 0.4));
                if chance.often(0.3) {
                    wall.ellipse(at, 0.044, 0.018, Ink::Flat(stone.shade(chance.span(0.7, 1.4)), 0.25));
                }
            }
        }
        wall.place((b.across(-0.46 * side), 0.05), 0.30, false, 0.0);
        props::tall_window(wall, &Tones::of(b.palette.ink, b.palette.key), &view, 0.72);
        wall.place((fire_x, FLOOR_Y + 0.01), 0.52 * b.slim(), false, 0.0);
        let dark = b.palette.ink;
        wall.fill(
            smooth(&[
                (-0.5, 0.0),
                (-0.5, 0.0),
                (-0.46, -0.62),
                (-0.30, -0.8),
                (-0.28, -2.0),
                (-0.28, -2.0),
                (0.28, -2.0),
                (0.28, -2.0),
                (0.30, -0.8),
                (0.46, -0.62),
                (0.5, 0.0),
                (0.5, 0.0),
            ]),
            Ink::across(-0.5, stone.shade(0.8), 0.5, stone.shade(0.55)),
        );
        let mouth = [(-0.34, 0.0), (-0.34, 0.0), (-0.33, -0.38), (0.0, -0.56), (0.33, -0.38), (0.34, 0.0), (0.34, 0.0)];
        wall.fill(smooth(&mouth), Ink::down(-0.5, dark.shade(0.6), 0.0, b.palette.key.mix(dark, 0.45)));
        wall.glow((0.0, -0.10), 0.55, b.palette.key, 1.1);
        wall.unplace();
        wall.rect(fire_x - 0.30, -0.155, fire_x + 0.30, -0.125, dark);
    });
    window_light(b, (b.across(-0.46 * side), 0.05), 0.2, 0.28, 0.45);
    for (dx, size) in [(-0.07_f32, 0.05_f32), (-0.03, 0.075), (0.02, 0.085), (0.06, 0.055)] {
        b.flame((fire_x + dx * b.slim(), FLOOR_Y + 0.005), WALL, size);
    }
    b.lamp((fire_x, 0.15), WALL, 1.15, (0.85, 0.14), b.palette.key, Burn::Fire);
    b.lamp((fire_x, 0.18), WALL, 0.42, (0.0, 0.32), b.palette.key, Burn::Fire);
    let mut chance = b.set.part("embers");
    let embers = Air::new(AirKind::Ember, 22, b.palette.key, 0.8, &mut chance);
    let at = b.framed((fire_x, 0.2), WALL);
    b.stage.airs.push(embers.within(at.0, 0.14, at.1 - 0.40, at.1));
    let depth = 1.9;
    let mut beams = b.sheet(depth);
    let wood = b.tone(depth).mix(b.palette.mid, 0.12);
    let seen = b.seen(depth).grow(0.8);
    beams.fill(polygon(&[(seen.left, -0.47), (seen.right, -0.43), (seen.right, -0.36), (seen.left, -0.40)]), wood);
    for share in [-0.86_f32, 0.02, 0.92] {
        let x = b.across(share);
        beams.rect(x - 0.024, -0.5, x + 0.024, if share.abs() < 0.5 { -0.38 } else { 0.34 }, wood);
        for hand in [-1.0_f32, 1.0] {
            beams.line(polygon(&[(x, -0.22), (x + hand * 0.19, -0.41)]), 0.026, wood);
        }
    }
    for (share, drop) in [(-0.30_f32, 0.10_f32), (-0.18, 0.13), (0.62, 0.09), (0.70, 0.14)] {
        let x = b.across(share);
        beams.line(polygon(&[(x, -0.4), (x, -0.4 + drop)]), 0.004, wood);
        beams.fill(
            smooth(&[
                (x, -0.41 + drop),
                (x + 0.025, -0.37 + drop),
                (x + 0.02, -0.31 + drop),
                (x, -0.29 + drop),
                (x - 0.02, -0.31 + drop),
                (x - 0.025, -0.37 + drop),
            ]),
            wood,
        );
    }
    let finish = b.rimmed(b.finish(depth), depth, 0.006, 0.5);
    b.put(beams, depth, &finish, vec![Life::Still]);
    let mut table = b.sheet(1.6);
    let tones = Tones::of(b.tone(2.0), b.palette.key);
    table.place((b.across(-0.34 * side), 0.38), 0.46 * b.slim(), false, 0.0);
    props::table(&mut table, &tones, 0.50, false);
    table.unplace();
    let finish = b.rimmed(b.finish(1.6), 1.6, 0.005, 0.6);
    b.put(table, 1.6, &finish, vec![Life::Still]);
    dress(b, &[Thing::Fire, Thing::Table, Thing::Window, Thing::Hut, Thing::Tree]);
}

/// A kitchen: window over the counter, hanging lamps, a table laid.
pub(super) fn kitchen(b: &mut Builder<'_>) {
    dim_room(b);
    let window_x = b.across(-0.18);
    let view = outside(b);
    b.key_at = (window_x - 0.2, -0.3);
    shell(b, ((window_x, -0.15), 1.0), false, |wall, b| {
        let tile = b.palette.low.mix(hex(0xffffff), 0.25);
        for row in 0..5 {
            for column in -22..22 {
                let (x, y) =
                    (column as f32 * 0.07 + if row % 2 == 0 { 0.0 } else { 0.035 }, -0.08 + row as f32 * 0.034);
                wall.rect(x, y, x + 0.066, y + 0.030, Ink::Flat(tile, 0.42));
            }
        }
        let trim = Tones::of(b.palette.low.mix(hex(0xffffff), 0.4), b.palette.key);
        wall.place((window_x, -0.07), 0.36, false, 0.0);
        props::tall_window(wall, &trim, &view, 1.25 * b.slim());
        wall.unplace();
        let wood = b.palette.mid.mix(b.palette.ink, 0.4);
        for (share, y) in [(0.62_f32, -0.14_f32), (0.62, -0.30)] {
            let x = b.across(share);
            wall.rect(x - 0.20, y, x + 0.20, y + 0.013, wood);
            for index in 0..7 {
                let px = x - 0.17 + index as f32 * 0.055;
                let high = 0.035 + 0.03 * ((index * 5 % 4) as f32) / 3.0;
                let paper = if index % 3 == 1 { b.palette.accent } else { b.palette.cool.mix(b.palette.mid, 0.4) };
                wall.place((px, y), 1.0, false, 0.0);
                wall.fill(
                    smooth(&[
                        (-0.018, 0.0),
                        (-0.02, -high * 0.7),
                        (-0.012, -high),
                        (0.012, -high),
                        (0.02, -high * 0.7),
                        (0.018, 0.0),
                    ]),
                    paper.mix(b.palette.ink, 0.18),
                );
                wall.unplace();
            }
        }
    });
    let mut row = b.sheet(2.3);
    let tones = Tones::of(b.palette.cool.mix(b.palette.ink, 0.42), b.palette.key);
    row.place((0.0, 0.285), 0.22, false, 0.0);
    let wide = (b.half_width * 2.6 / 0.22).min(16.0);
    props::counter(&mut row, &tones, wide, b.palette.accent);
    row.unplace();
    let finish = b.rimmed(b.finish(2.3), 2.3, 0.003, 0.3);
    b.put(row, 2.3, &finish, vec![Life::Still]);
    window_light(b, (window_x, -0.07), 0.42 * b.slim(), 0.34, 0.9);
    let mut lamps = b.sheet(1.7);
    let metal = Tones::of(b.palette.ink.mix(b.palette.mid, 0.25), b.palette.key);
    for share in [0.16_f32, 0.50] {
        lamps.place((b.across(share), -0.44), 0.15, false, 0.0);
        props::hanging_lamp(&mut lamps, &metal, 0.5);
    }
    lamps.unplace();
    let finish = b.rimmed(b.finish(1.7), 1.7, 0.004, 0.5);
    b.put(lamps, 1.7, &finish, vec![Life::Sway { foot_y: -0.6, amount: 0.012, speed: 0.9, phase: 0.0 }]);
    let mut table = b.sheet(1.45);
    let wood = Tones::of(b.palette.mid.mix(b.palette.ink, 0.55), b.palette.key);
    table.place((b.across(0.46), 0.42), 0.56 * b.slim(), false, 0.0);
    props::table(&mut table, &wood, 0.46, false);
    let cup = Tones::of(hex(0xf3ead8), b.palette.key);
    for (x, accent) in [(-0.2_f32, b.palette.accent), (0.12, b.palette.cool)] {
        table.place((b.across(0.46) + x * 0.56 * b.slim(), 0.42 - 0.28 * b.slim()), 0.06, false, 0.0);
        table.fill(
            smooth(&[(-0.4, -0.7), (-0.38, -0.1), (-0.2, 0.0), (0.2, 0.0), (0.38, -0.1), (0.4, -0.7)]),
            Ink::across(-0.4, cup.lit, 0.4, accent),
        );
        table.line(curve(&[(0.38, -0.55), (0.6, -0.5), (0.55, -0.25), (0.34, -0.2)]), 0.09, accent);
    }
    table.unplace();
    let finish = b.rimmed(b.finish(1.45), 1.45, 0.004, 0.4);
    b.put(table, 1.45, &finish, vec![Life::Still]);
    dust(b, 0.6);
    dress(b, &[Thing::Table, Thing::Window, Thing::Goblet, Thing::Lamp]);
}

/// An office with blinds: the light comes in bars.
pub(super) fn office(b: &mut Builder<'_>) {
    dim_room(b);
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    let window_x = b.across(-0.30 * side);
    let view = outside(b);
    b.key_at = (window_x, -0.2);
    shell(b, ((window_x + 0.2 * side, -0.1), 0.95), true, |wall, b| {
        skirting(wall, b, 0.10);
        let trim = Tones::of(b.palette.ink.mix(b.palette.mid, 0.35), b.palette.key);
        wall.place((window_x, 0.06), 0.46, false, 0.0);
        props::tall_window(wall, &trim, &view, 1.3 * b.slim());
        for index in 0..26 {
            let y = -1.0 + index as f32 / 26.0;
            wall.rect(-0.66 * b.slim(), y, 0.66 * b.slim(), y + 0.017, Ink::Flat(trim.dark, 0.92));
        }
        wall.unplace();
        let board = b.palette.mid.mix(b.palette.ink, 0.35);
        let x = b.across(0.52 * side);
        wall.rect(x - 0.16, -0.30, x + 0.16, 0.0, board);
        let mut chance = b.set.part("notes");
        for _ in 0..16 {
            let (px, py) = (x + chance.span(-0.14, 0.11), chance.span(-0.28, -0.06));
            let paper = if chance.often(0.2) { b.palette.accent } else { b.palette.low.mix(Rgb(1.0, 1.0, 1.0), 0.3) };
            wall.rect(px, py, px + chance.span(0.02, 0.04), py + chance.span(0.02, 0.045), Ink::Flat(paper, 0.8));
        }
    });
    // Bars of light over wall and floor.
    let mut bars = b.sheet(2.1);
    for index in 0..15 {
        let y = -0.30 + index as f32 * 0.036;
        let (left, right) = (window_x + side * 0.18, window_x + side * 0.86);
        bars.fill(
            polygon(&[(left, y), (right, y + 0.13), (right, y + 0.145), (left, y + 0.015)]),
            Ink::Fall((left, 0.0), (right, 0.0), vec![(0.0, b.palette.key, 0.30), (1.0, b.palette.key, 0.10)]),
        );
    }
    let mut finish = b.finish(2.1);
    finish.blur += 0.002;
    b.put(bars, 2.1, &finish, vec![Life::Still]);
    let mut desk = b.sheet(1.6);
    let tones = Tones::of(b.tone(1.9), b.palette.key);
    let (x, size) = (b.across(0.22 * side), 0.64 * b.slim());
    desk.place((x, 0.41), size, false, 0.0);
    let lamp = props::desk(&mut desk, &tones, b.reading.era != Era::Period);
    desk.unplace();
    let finish = b.rimmed(b.finish(1.6), 1.6, 0.004, 0.5);
    b.put(desk, 1.6, &finish, vec![Life::Still]);
    let at = (x + lamp.0 * size, 0.41 + lamp.1 * size);
    b.lamp(at, 1.6, 0.5, (0.5, 0.22), b.palette.key, Burn::Steady);
    dust(b, 0.5);
    dress(b, &[Thing::Table, Thing::Window, Thing::Lamp]);
}
