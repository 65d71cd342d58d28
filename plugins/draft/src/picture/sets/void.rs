//! Space, and the bare stage for prompts that name no place.

use super::dress;
use crate::picture::{
    canvas::{Ink, ellipse, polygon},
    chance::{fractal2, noise2},
    colour::hex,
    finish::Finish,
    layer::{Burn, Life},
    stage::Builder,
    weather::{Air, AirKind},
};

/// Stars, a nebula, a planet with its dawn, a small ship.
pub(super) fn space(b: &mut Builder<'_>) {
    let palette = b.palette.clone();
    let mut chance = b.set.part("space");
    let seed = chance.next() as u32;
    let mut sky = b.sheet(60.0);
    sky.wash(palette.top);
    let warm = palette.accent.mix(palette.key, 0.3);
    sky.each_pixel(|x, y| {
        let band = 1.0 - ((y + x * 0.42 + 0.04).abs() / 0.42).min(1.0);
        let cloud = fractal2(x * 2.2, y * 3.0, 5, seed);
        let dust = fractal2(x * 5.0 + 9.0, y * 6.0, 4, seed ^ 3);
        let glow = (band * band * (cloud * 1.6 - 0.35)).clamp(0.0, 1.0) * (1.2 - dust).clamp(0.1, 1.0);
        let colour =
            palette.low.mix(palette.cool, noise2(x * 1.7, y * 1.7, seed ^ 5)).mix(warm, (dust - 0.45).max(0.0) * 1.2);
        Some((colour, glow * 0.85))
    });
    let seen = b.seen(60.0);
    for _ in 0..900 {
        let at = (chance.span(seen.left, seen.right), chance.span(seen.top, seen.bottom));
        let size = 0.0006 + 0.0016 * chance.unit().powi(5);
        let tint = hex(0xffffff).mix(if chance.often(0.5) { palette.cool } else { palette.key }, chance.unit() * 0.5);
        sky.ellipse(at, size, size, Ink::Flat(tint, chance.span(0.3, 1.0)));
    }
    let finish = Finish { paper: 0.4, ..Finish::default() };
    b.put(sky, 60.0, &finish, vec![Life::Still]);
    let stars = Air::new(AirKind::Star, 80, hex(0xeef4ff), 0.9, &mut chance);
    b.stage.airs.push(stars.within(0.0, seen.width() * 0.5, seen.top, seen.bottom));

    let depth = 9.0;
    let side = if chance.often(0.5) { 1.0 } else { -1.0 };
    let (centre, radius) = ((b.across(0.34 * side), 0.44), 0.60 * b.slim().max(0.75));
    let sun = (-side * 0.62, -0.78);
    b.key_at = (centre.0 + sun.0 * 1.6, centre.1 + sun.1 * 1.6);
    let mut planet = b.sheet(depth);
    let land = palette.accent.mix(palette.low, 0.35);
    planet.each_pixel(|x, y| {
        let (dx, dy) = ((x - centre.0) / radius, (y - centre.1) / radius);
        let away = dx * dx + dy * dy;
        let rim = away.sqrt();
        if rim > 1.0 {
            let air = 1.0 - (rim - 1.0) / 0.055;
            let facing = (dx * sun.0 + dy * sun.1).max(0.0);
            return (air > 0.0).then_some((palette.cool, (air * air * facing * 0.75).clamp(0.0, 1.0)));
        }
        let z = (1.0 - away).sqrt();
        let light = (dx * sun.0 + dy * sun.1 + z * 0.18).clamp(0.0, 1.0);
        let bands = fractal2(dx * 1.2 + z, dy * 5.5 + 0.6 * fractal2(dx * 3.0, dy * 3.0, 3, seed ^ 9), 4, seed ^ 7);
        let ground = palette.low.mix(land, bands).mix(palette.key, (bands - 0.55).max(0.0));
        let air = (1.0 - z).powi(3) * light;
        let colour = palette.ink.mix(ground, light.powf(0.8)).mix(palette.cool, (air * 1.4).min(0.85));
        Some((colour, 1.0))
    });
    let finish = Finish { paper: 0.5, ..Finish::default() };
    b.put(planet, depth, &finish, vec![Life::Still]);
    let mut ring = b.sheet(8.6);
    ring.place((centre.0, centre.1 - 0.02), 1.0, false, -14.0 * side);
    for band in 0..9 {
        let size = radius * (1.34 + 0.045 * band as f32);
        let fade = 0.34 - 0.10 * ((band as f32 - 4.0) / 4.0).powi(2) * 2.0;
        ring.line(
            ellipse((0.0, 0.0), size, size * 0.17),
            0.012,
            Ink::Flat(palette.key.mix(palette.low, 0.45), fade.max(0.06)),
        );
    }
    ring.unplace();
    let finish = Finish { blur: 0.001, ..Finish::default() };
    if chance.often(0.6) {
        b.put(ring, 8.6, &finish, vec![Life::Still]);
    }
    let mut ship = b.sheet(3.2);
    let hull = palette.haze.mix(hex(0x8892a6), 0.55);
    ship.place((b.across(-0.34 * side), -0.12), 0.22, side < 0.0, -8.0);
    ship.fill(
        polygon(&[
            (-0.52, 0.02),
            (-0.40, -0.09),
            (0.10, -0.13),
            (0.52, -0.02),
            (0.55, 0.03),
            (0.12, 0.08),
            (-0.42, 0.09),
        ]),
        Ink::down(-0.13, hull.shade(1.7), 0.09, hull),
    );
    ship.fill(polygon(&[(-0.42, -0.05), (-0.60, -0.28), (-0.48, -0.28), (-0.12, -0.10)]), hull.shade(1.2));
    ship.fill(polygon(&[(-0.42, 0.06), (-0.56, 0.22), (-0.46, 0.22), (-0.16, 0.08)]), hull.shade(0.8));
    for index in 0..7 {
        ship.rect(-0.1 + index as f32 * 0.07, -0.05, -0.07 + index as f32 * 0.07, -0.03, palette.key);
    }
    ship.unplace();
    ship.glow((b.across(-0.34 * side) - side * -0.12, -0.11), 0.12, palette.cool, 0.9);
    let finish = b.rimmed(Finish { paper: 0.4, ..Finish::default() }, 3.2, 0.003, 0.8);
    b.put(ship, 3.2, &finish, vec![Life::Drift { across: 0.03, down: 0.008, speed: 0.3, phase: 0.0 }]);
    b.lamp(b.key_at, depth, 0.9, (0.2, 0.12), palette.key, Burn::Steady);
}

/// A studio: a cyclorama, a pool of light, haze.
pub(super) fn stage(b: &mut Builder<'_>) {
    let palette = b.palette.clone();
    let mut chance = b.set.part("stage");
    let side = if chance.often(0.5) { 1.0 } else { -1.0 };
    let pool = (b.across(0.12 * side), 0.02);
    b.key_at = (b.across(-0.42 * side), -0.55);
    let seed = chance.next() as u32;
    let mut wall = b.sheet(4.0);
    wall.wash(Ink::down(-0.6, palette.top, 0.25, palette.mid));
    wall.wash(Ink::pool(pool, 0.95, palette.mid.mix(palette.low, 0.4), 0.95));
    wall.wash(Ink::pool((pool.0, 0.12), 0.55, palette.low, 0.9));
    wall.each_pixel(|x, y| {
        let smoke = fractal2(x * 1.8, y * 2.4, 4, seed);
        Some((palette.top, ((smoke - 0.42) * 1.1).clamp(0.0, 0.5)))
    });
    let finish = b.finish(4.0);
    b.put(wall, 4.0, &finish, vec![Life::Still]);
    // Great paper planes stand in the depth, so that a move shows.
    for (index, depth) in [3.2_f32, 2.3].into_iter().enumerate() {
        let mut flats = b.sheet(depth);
        let tone = palette.mid.mix(palette.ink, 0.35 + 0.25 * index as f32);
        for hand in [-1.0_f32, 1.0] {
            let x = hand * b.across(0.70 + 0.22 * index as f32);
            flats.fill(
                polygon(&[
                    (x, -0.9),
                    (x + hand * 2.0, -0.9),
                    (x + hand * 2.0, 0.32 + 0.03 * index as f32),
                    (x + hand * 0.05, 0.27 + 0.05 * index as f32),
                ]),
                Ink::across(x - hand * 0.1, tone.mix(palette.low, 0.3), x + hand * 0.5, tone),
            );
        }
        let finish = b.rimmed(b.finish(depth), depth, 0.006, 0.35);
        b.put(flats, depth, &finish, vec![Life::Still]);
    }
    let mut floor = b.sheet(2.0);
    let seen = b.seen(2.0).grow(1.0);
    floor.rect(
        seen.left,
        0.26,
        seen.right,
        3.0,
        Ink::down(0.26, palette.mid.mix(palette.ink, 0.35), 0.62, palette.ink),
    );
    floor.pool((pool.0, 0.36), (0.78, 0.16), palette.low.mix(palette.key, 0.3), 0.8);
    let finish = b.finish(2.0);
    b.put(floor, 2.0, &finish, vec![Life::Still]);
    let mut kit = b.sheet(1.6);
    let ink = b.tone(1.3);
    let lamp = (b.across(-0.62 * side), -0.20);
    for foot in [-0.07_f32, 0.0, 0.07] {
        kit.line(polygon(&[(lamp.0, 0.16), (lamp.0 + foot, 0.385)]), 0.007, ink);
    }
    kit.line(polygon(&[(lamp.0, -0.18), (lamp.0, 0.20)]), 0.008, ink);
    kit.place(lamp, 0.15, side < 0.0, 22.0);
    kit.fill(polygon(&[(-0.42, -0.30), (0.20, -0.34), (0.20, 0.34), (-0.42, 0.30)]), ink);
    kit.fill(polygon(&[(0.20, -0.38), (0.52, -0.62), (0.60, -0.58), (0.30, -0.34)]), ink);
    kit.fill(polygon(&[(0.20, 0.38), (0.52, 0.62), (0.60, 0.58), (0.30, 0.34)]), ink);
    kit.fill(polygon(&[(0.20, -0.33), (0.27, -0.28), (0.27, 0.28), (0.20, 0.33)]), palette.key);
    kit.unplace();
    let lens = (lamp.0 + side * 0.035, lamp.1 + 0.012);
    kit.glow(lens, 0.22, palette.key, 0.7);
    let chair = b.across(0.16 * side);
    kit.place((chair, 0.385), 0.22, side > 0.0, 0.0);
    for (x, top) in [(-0.30_f32, -0.95_f32), (0.30, -0.50)] {
        kit.rect(x - 0.025, top, x + 0.025, 0.0, ink);
    }
    kit.line(polygon(&[(-0.28, -0.40), (0.28, 0.0)]), 0.045, ink);
    kit.line(polygon(&[(0.28, -0.40), (-0.28, 0.0)]), 0.045, ink);
    kit.rect(-0.34, -0.45, 0.34, -0.38, ink);
    kit.rect(-0.35, -0.98, -0.26, -0.66, palette.accent.mix(ink, 0.35));
    kit.rect(-0.30, -0.66, 0.34, -0.62, ink);
    kit.unplace();
    let finish = b.rimmed(b.finish(1.6), 1.6, 0.004, 0.7);
    b.put(kit, 1.6, &finish, vec![Life::Still]);
    b.lamp(lens, 1.6, 0.42, (0.3, 0.25), palette.key, Burn::Steady);
    b.key_at = lens;
    let mut beam = b.sheet(1.8);
    let from = lens;
    beam.fill(
        polygon(&[
            (from.0, from.1 - 0.04),
            (from.0, from.1 + 0.04),
            (pool.0 - side * 0.36, 0.46),
            (pool.0 + side * 0.85, 0.40),
            (pool.0 + side * 1.3, -0.10),
        ]),
        Ink::Fall(
            from,
            (pool.0, 0.4),
            vec![(0.0, palette.key, 0.36), (0.6, palette.key, 0.10), (1.0, palette.key, 0.0)],
        ),
    );
    beam.soften(0.016);
    let finish = b.finish(1.8);
    b.put(beam, 1.8, &finish, vec![Life::Pulse { low: 0.8, speed: 0.4, phase: 0.0 }]);
    let mut dust = b.set.part("dust");
    let air = Air::new(AirKind::Dust, 100, palette.key, 0.6, &mut dust);
    b.stage.airs.push(air);
    dress(b, &[]);
}
