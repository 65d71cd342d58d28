//! Skies, clouds, moon and sun, ridges: what the open sets share.

use crate::picture::{
    canvas::{At, Ink, polygon},
    chance::{fractal2, noise1, noise2},
    colour::{Rgb, hex},
    layer::{Burn, Life},
    reading::Hour,
    stage::Builder,
    weather::{Air, AirKind},
};

/// Depth of the sky.
pub(super) const SKY: f32 = 40.0;

/// Sky, stars, moon or sun, clouds and lightning down to a horizon height.
pub(super) fn sky(b: &mut Builder<'_>, horizon: f32) {
    let palette = b.palette.clone();
    let night = b.reading.hour == Hour::Night;
    let mut chance = b.set.part("sky");
    let seed = chance.next() as u32;
    let mut sheet = b.sheet(SKY);
    let seen = b.seen(SKY);
    let top = -0.62;
    sheet.wash(Ink::Fall(
        (0.0, top),
        (0.0, horizon),
        vec![
            (0.0, palette.top, 1.0),
            (0.35, palette.top.mix(palette.mid, 0.62), 1.0),
            (0.62, palette.mid, 1.0),
            (0.84, palette.mid.mix(palette.low, 0.6), 1.0),
            (1.0, palette.low, 1.0),
        ],
    ));
    let disc_side = if chance.often(0.5) { -1.0 } else { 1.0 };
    let low_sun = matches!(b.reading.hour, Hour::Dawn | Hour::Dusk);
    let disc: At = if low_sun {
        (b.across(disc_side * 0.38), horizon - chance.span(0.06, 0.11))
    } else {
        (b.across(disc_side * chance.span(0.34, 0.52)), -chance.span(0.24, 0.31))
    };
    b.key_at = disc;
    let clouded = b.reading.storm || b.reading.rain || b.reading.fog;
    let cover = if b.reading.storm {
        0.36
    } else if clouded {
        0.44
    } else {
        0.56
    };
    let rich = if b.reading.storm { 0.95 } else { 0.62 };
    // Clouds: fractal noise stretched along the horizon, lit from the disc's side, drawn as soft-edged cut shapes.
    let light = palette.low.mix(palette.key, 0.35);
    let shade = palette.top.mix(palette.mid, 0.35);
    sheet.each_pixel(|x, y| {
        if y > horizon {
            return None;
        }
        let far = ((horizon - y) / 0.6).clamp(0.02, 1.4);
        let (u, v) = (x * 1.35 / (0.35 + far), y * 4.6 / (0.30 + far));
        let warp = noise2(u * 0.8, v * 0.5, seed ^ 3) * 0.9;
        let body = fractal2(u + warp, v, 5, seed);
        let amount = ((body - cover) / 0.16).clamp(0.0, 1.0);
        if amount <= 0.0 {
            return None;
        }
        let toward = (((disc.0 - x) / 0.25).clamp(-1.0, 1.0) * 0.035, -0.03);
        let edge = body - fractal2(u + warp + toward.0, v + toward.1 * 2.0, 3, seed);
        let lit = (0.42 + edge * 4.5).clamp(0.0, 1.0);
        let near_disc = 1.0 - ((x - disc.0).hypot(y - disc.1) / 0.9).min(1.0);
        let colour = shade.mix(light, (lit * (0.45 + 0.6 * near_disc)).clamp(0.0, 1.0));
        Some((colour, amount * rich))
    });
    let own_sun = b.reading.place == crate::picture::reading::Place::Desert && !night;
    if !clouded && !own_sun {
        if night {
            let moon = hex(0xf3ecd6).mix(palette.key, 0.3);
            let radius = chance.span(0.042, 0.058);
            sheet.glow(disc, 0.62, palette.cool, 0.50);
            sheet.glow(disc, 0.22, palette.key, 0.45);
            sheet.ellipse(disc, radius, radius, moon);
            for (dx, dy, size) in [(-0.3, -0.2, 0.30), (0.25, 0.1, 0.22), (-0.1, 0.4, 0.26), (0.35, -0.4, 0.14)] {
                sheet.ellipse(
                    (disc.0 + dx * radius, disc.1 + dy * radius),
                    radius * size,
                    radius * size * 0.8,
                    Ink::Flat(palette.cool, 0.22),
                );
            }
        } else if low_sun {
            let sun = hex(0xfff1c9).mix(palette.key, 0.4);
            sheet.glow(disc, 0.95, palette.key, 0.55);
            sheet.ellipse(disc, 0.062, 0.062, sun);
            sheet.glow(disc, 0.24, palette.key, 0.55);
        } else {
            sheet.glow(disc, 0.8, palette.key, 0.30);
            sheet.ellipse(disc, 0.045, 0.045, hex(0xfffbe6));
        }
    } else if b.reading.storm {
        sheet.glow((b.across(-0.2), horizon - 0.05), 0.9, palette.low, 0.18);
    }
    let finish = crate::picture::finish::Finish { paper: 0.7, seed: 3, blur: 0.001, ..Default::default() };
    b.put(sheet, SKY, &finish, vec![Life::Still]);
    if night && !clouded {
        let stars = Air::new(AirKind::Star, 150, hex(0xe8f0ff), 0.85, &mut chance);
        let (half, up) = (seen.width() * 0.55, seen.top.min(-0.5));
        b.stage.airs.push(stars.within(0.0, half, up, horizon - 0.16));
    }
    if b.reading.storm {
        lightning(b, horizon);
    }
}

fn lightning(b: &mut Builder<'_>, horizon: f32) {
    let mut chance = b.set.part("bolt");
    let white = hex(0xf2f6ff);
    let x = b.across(chance.span(-0.45, 0.45));
    let mut flash = b.sheet(SKY);
    flash.wash(Ink::Fall(
        (0.0, -0.6),
        (0.0, horizon),
        vec![(0.0, b.palette.cool.mix(white, 0.25), 0.55), (1.0, b.palette.low.mix(white, 0.5), 0.75)],
    ));
    let finish = crate::picture::finish::Finish { paper: 0.5, seed: 4, ..Default::default() };
    b.put(flash, SKY, &finish, vec![Life::Flash { gain: 0.8 }]);
    let mut bolt = b.sheet(SKY - 2.0);
    fork(&mut bolt, &mut chance, (x, -0.56), (horizon + 0.56) / 14.0, 0.0075, 0.1, 14);
    bolt.glow((x, -0.25), 0.5, b.palette.cool, 0.35);
    let finish = crate::picture::finish::Finish { blur: 0.0008, ..Default::default() };
    b.put(bolt, SKY - 2.0, &finish, vec![Life::Flash { gain: 1.15 }]);
    b.lamp((x, -0.2), SKY, 2.6, (0.75, 0.05), hex(0xd8e6ff), Burn::Lightning);
}

#[expect(clippy::too_many_arguments, reason = "a drawing call names its place, size and inks one by one")]
fn fork(
    bolt: &mut crate::picture::canvas::Canvas,
    chance: &mut crate::picture::chance::Chance,
    from: At,
    step: f32,
    width: f32,
    lean: f32,
    left: u32,
) {
    let white = hex(0xf6f9ff);
    let mut at = from;
    for index in 0..left {
        let next = (at.0 + step * (lean + chance.span(-1.0, 1.0) * 0.85), at.1 + step * chance.span(0.7, 1.25));
        bolt.line(crate::picture::canvas::polyline(&[at, next]), width * 3.2, Ink::Flat(hex(0x9fb9ff), 0.25));
        bolt.line(crate::picture::canvas::polyline(&[at, next]), width, white);
        if chance.often(0.22) && left > 5 {
            let lean = if chance.often(0.5) { 0.9 } else { -0.9 };
            fork(bolt, chance, next, step * 0.7, width * 0.5, lean, (left - index) / 2);
        }
        at = next;
    }
}

/// How a ridge rises and falls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ridge {
    pub(super) base: f32,
    pub(super) rise: f32,
    pub(super) wave: f32,
    pub(super) rough: f32,
    pub(super) peaked: bool,
    pub(super) seed: u32,
}

impl Ridge {
    /// Height of the ridge line at a place across.
    pub(super) fn at(&self, x: f32) -> f32 {
        let slow = noise1(x * self.wave + 3.1, self.seed);
        let mid = noise1(x * self.wave * 2.3 + 7.7, self.seed ^ 5);
        let fine = noise1(x * self.wave * 7.9, self.seed ^ 9) + 0.5 * noise1(x * self.wave * 19.0, self.seed ^ 13);
        let body =
            if self.peaked { (1.0 - slow.abs()) * 1.3 - 0.5 + 0.35 * (0.5 - mid.abs()) } else { slow + 0.4 * mid };
        self.base - self.rise * body - self.rise * self.rough * fine
    }
}

/// A hill or mountain line at a depth, misty at the foot.
pub(super) fn ridge(
    b: &mut Builder<'_>,
    depth: f32,
    line: &Ridge,
    ink: (Rgb, Rgb),
    mist: f32,
    decorate: impl FnOnce(&mut crate::picture::canvas::Canvas, &Ridge, Rgb, (f32, f32)),
) {
    let mut sheet = b.sheet(depth);
    let seen = b.seen(depth);
    let (left, right) = (seen.left - 0.2, seen.right + 0.2);
    let steps = 260;
    let mut points: Vec<At> = (0..=steps)
        .map(|index| {
            let x = left + (right - left) * index as f32 / steps as f32;
            (x, line.at(x))
        })
        .collect();
    points.extend([(right, 3.0), (left, 3.0)]);
    sheet.fill(polygon(&points), Ink::down(line.base - line.rise, ink.0, line.base + 0.3, ink.1));
    decorate(&mut sheet, line, ink.0, (left, right));
    let finish = b.misty(b.finish(depth), depth, line.base - line.rise * 0.6, line.base + line.rise * 0.5 + 0.12, mist);
    let finish = b.rimmed(finish, depth, 0.006, if b.reading.hour == Hour::Night { 0.16 } else { 0.28 });
    b.put(sheet, depth, &finish, vec![Life::Still]);
}

/// A bank of drifting mist at a depth.
pub(super) fn mist_bank(b: &mut Builder<'_>, depth: f32, top: f32, bottom: f32, strength: f32) {
    let mut sheet = b.sheet(depth);
    let seed = (depth * 31.0) as u32;
    let colour = b.palette.haze.mix(b.palette.low, 0.5);
    sheet.each_pixel(|x, y| {
        let t = ((y - top) / (bottom - top)).clamp(0.0, 1.0);
        let shape = (t * std::f32::consts::PI).sin();
        if shape <= 0.01 {
            return None;
        }
        let body = fractal2(x * 1.6, y * 6.0, 4, seed);
        let amount = shape * ((body - 0.30) * 2.3).clamp(0.0, 1.0) * strength;
        (amount > 0.004).then_some((colour, amount))
    });
    let finish = crate::picture::finish::Finish::default();
    let phase = depth * 2.0;
    b.put(sheet, depth, &finish, vec![Life::Drift { across: 0.05 / depth.sqrt(), down: 0.004, speed: 0.23, phase }]);
}
