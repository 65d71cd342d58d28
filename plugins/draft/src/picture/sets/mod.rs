//! The sets. Each paints its planes from the farthest to just behind the people; `front` adds what stands nearer than
//! they do. A set is decided by the scene, never by the shot, so the shots of a scene share one place.

mod halls;
mod nature;
mod old_stones;
mod rooms;
mod sky;
mod town;
mod void;

use super::{
    canvas::{Ink, smooth},
    layer::{Burn, Life},
    props::{self, Tones},
    reading::{Place, ShotSize, Thing},
    stage::Builder,
};

/// Paints the set behind the people.
pub(super) fn back(b: &mut Builder<'_>) {
    match b.reading.place {
        Place::DrawingRoom => rooms::drawing_room(b),
        Place::Bedchamber => rooms::bedchamber(b),
        Place::Library => rooms::library(b),
        Place::Hut => rooms::hut(b),
        Place::Kitchen => rooms::kitchen(b),
        Place::Office => rooms::office(b),
        Place::Hall => halls::hall(b, false),
        Place::Church => halls::hall(b, true),
        Place::Corridor => halls::corridor(b),
        Place::Street => town::street(b),
        Place::City => town::city(b),
        Place::Forest => nature::forest(b),
        Place::Mountain => nature::mountain(b),
        Place::Sea => nature::sea(b),
        Place::Desert => nature::desert(b),
        Place::Field => nature::field(b),
        Place::Castle => old_stones::castle(b),
        Place::Ruins => old_stones::ruins(b),
        Place::Graveyard => old_stones::graveyard(b),
        Place::Space => void::space(b),
        Place::Stage => void::stage(b),
    }
}

/// Paints what stands between the people and the lens.
pub(super) fn front(b: &mut Builder<'_>) {
    if b.reading.size == ShotSize::Insert {
        return;
    }
    let depth = 0.55;
    let side = if b.set.part("front").often(0.5) { -1.0 } else { 1.0 };
    let mut chance = b.set.part("front things");
    let mut sheet = b.frame_sheet(depth);
    let ink = b.palette.ink.mix(b.palette.haze, if b.palette.bright { 0.05 } else { 0.01 });
    let edge = b.half_width;
    let seen = b.seen(depth);
    match b.reading.place {
        Place::DrawingRoom | Place::Bedchamber => {
            let cloth = [
                (side * (edge * 0.86), seen.top - 0.1),
                (side * (edge * 0.90), -0.2),
                (side * (edge * 0.80), 0.1),
                (side * (edge * 0.98), 0.22),
                (side * (edge * 0.93), seen.bottom + 0.1),
                (side * (edge + 1.6), seen.bottom + 0.1),
                (side * (edge + 1.6), seen.top - 0.1),
            ];
            sheet.fill(
                smooth(&cloth),
                Ink::across(side * edge * 0.78, b.palette.accent.mix(ink, 0.74), side * edge * 1.1, ink),
            );
        }
        Place::Hut | Place::Office | Place::Library | Place::Kitchen | Place::Corridor => {
            let x = side * edge * 0.97;
            sheet.rect(x.min(x + side * 1.6), seen.top - 0.1, x.max(x + side * 1.6), seen.bottom + 0.1, ink);
            if b.reading.place == Place::Kitchen && b.reading.size == ShotSize::Wide {
                sheet.place((-side * edge * 0.66, 0.56), 0.20, false, 0.0);
                sheet.fill(
                    smooth(&[(-0.25, 0.0), (-0.3, -0.5), (-0.18, -0.62), (0.18, -0.62), (0.3, -0.5), (0.25, 0.0)]),
                    ink,
                );
                for (dx, high) in [(-0.16, 1.3), (0.0, 1.55), (0.14, 1.2), (0.05, 1.05)] {
                    sheet.fill(
                        smooth(&[
                            (dx * 0.4, -0.6),
                            (dx * 1.6 - 0.09, -high + 0.2),
                            (dx * 2.0, -high),
                            (dx * 1.7 + 0.09, -high + 0.25),
                        ]),
                        ink,
                    );
                }
                sheet.unplace();
            }
        }
        Place::Forest | Place::Graveyard | Place::Field | Place::Castle | Place::Ruins | Place::Mountain => {
            if b.reading.place != Place::Mountain && b.reading.place != Place::Ruins {
                let low = if b.reading.size == ShotSize::Wide { 0.50 } else { 0.56 };
                sheet.place((0.0, low), 1.0, false, 0.0);
                props::grass(&mut sheet, ink, (seen.left, seen.right), (0.15, 2.6), &mut chance);
                sheet.unplace();
                sheet.rect(seen.left, low, seen.right, seen.bottom + 0.1, ink);
            }
            if b.reading.place == Place::Forest {
                let x = side * edge * 0.92;
                let trunk = [
                    (x - 0.10, seen.bottom + 0.1),
                    (x - 0.075, 0.2),
                    (x - 0.085, -0.3),
                    (x - 0.06, seen.top - 0.1),
                    (x + 0.08, seen.top - 0.1),
                    (x + 0.09, -0.2),
                    (x + 0.075, 0.25),
                    (x + 0.13, seen.bottom + 0.1),
                ];
                sheet.fill(smooth(&trunk), ink);
                if edge > 0.6 {
                    sheet.place((x, -0.12), 0.42, side > 0.0, -52.0);
                    props::bare_tree(&mut sheet, ink, &mut chance, 4);
                    sheet.unplace();
                }
            } else if b.reading.place != Place::Mountain && edge > 0.6 {
                sheet.place((side * edge * 1.05, -0.30), 0.40, side > 0.0, 118.0);
                props::bare_tree(&mut sheet, ink, &mut chance, 5);
                sheet.unplace();
            }
        }
        Place::Street | Place::City => {
            let x = side * edge * 0.9;
            if b.reading.place == Place::Street {
                sheet.place((x, 0.62), 1.05, false, 0.0);
                props::gas_lamp(&mut sheet, ink, false, b.palette.accent);
                sheet.unplace();
            } else {
                sheet.rect(x.min(x + side * 1.2), seen.top - 0.1, x.max(x + side * 1.2), seen.bottom + 0.1, ink);
            }
        }
        _ => {}
    }
    let mut finish = b.finish(depth);
    finish.blur = finish.blur.max(0.008);
    let life = match b.reading.place {
        Place::Forest | Place::Field | Place::Graveyard => {
            vec![Life::Sway { foot_y: 0.6, amount: if b.reading.storm { 0.03 } else { 0.010 }, speed: 1.3, phase: 0.4 }]
        }
        Place::DrawingRoom | Place::Bedchamber => {
            vec![Life::Sway { foot_y: -0.7, amount: 0.006, speed: 0.7, phase: 0.0 }]
        }
        _ => vec![Life::Still],
    };
    b.put(sheet, depth, &finish, life);
}

/// Adds the things that the prompt names and the set does not have yet.
pub(super) fn dress(b: &mut Builder<'_>, already: &[Thing]) {
    let mut chance = b.set.part("dress");
    let wanted: Vec<Thing> =
        b.reading.things.iter().copied().filter(|thing| !already.contains(thing)).take(3).collect();
    for thing in wanted {
        let depth = 1.25;
        let paper = b.tone(depth + 0.6);
        let tones = Tones::of(paper, b.palette.key);
        let x = b.across(if chance.often(0.5) { -0.58 } else { 0.6 });
        let floor = 0.40;
        let mut sheet = b.sheet(depth);
        let finish = b.rimmed(b.finish(depth), depth, 0.004, 0.5);
        let mut lamp = None;
        match thing {
            Thing::Candle if b.reading.place.indoors() || b.reading.place == Place::Stage => {
                sheet.place((x, floor), 0.30 * b.slim(), false, 0.0);
                props::table(&mut sheet, &tones, 0.85, true);
                sheet.place((x, floor - 0.255 * b.slim()), 0.17, false, 0.0);
                let wick = props::candlestick(&mut sheet, &tones, b.palette.key.mix(b.palette.skin, 0.3));
                lamp = Some((x + wick.0 * 0.17, floor - 0.255 * b.slim() + wick.1 * 0.17));
            }
            Thing::Carriage if !b.reading.place.indoors() => {
                sheet.place((x * 0.7, 0.33), 0.62 * b.slim(), x > 0.0, 0.0);
                props::carriage(&mut sheet, &tones, b.palette.accent.mix(b.palette.key, 0.5));
                let side = if x > 0.0 { -1.0 } else { 1.0 };
                sheet.place((x * 0.7 + side * 0.40 * b.slim(), 0.33), 0.36 * b.slim(), x > 0.0, 0.0);
                props::horse(&mut sheet, tones.dark);
            }
            Thing::Car if !b.reading.place.indoors() => {
                sheet.place((x, 0.36), 0.62 * b.slim(), x > 0.0, 0.0);
                props::car(&mut sheet, &tones, b.palette.key);
            }
            Thing::Horse if !b.reading.place.indoors() => {
                sheet.place((x, 0.38), 0.36 * b.slim(), x > 0.0, 0.0);
                props::horse(&mut sheet, tones.dark);
            }
            Thing::Tree if !b.reading.place.indoors() => {
                sheet.place((x, 0.36), 0.24, x > 0.0, 0.0);
                props::bare_tree(&mut sheet, tones.dark, &mut chance, 6);
            }
            Thing::Lamp if !b.reading.place.indoors() => {
                sheet.place((x, 0.38), 0.72, x > 0.0, 0.0);
                let light = b.palette.accent.mix(b.palette.key, 0.6);
                let at = props::gas_lamp(&mut sheet, tones.dark, false, light);
                let at = (x + -(at.0 * 0.72 * x.signum()), 0.38 + at.1 * 0.72);
                b.lamp(at, depth, 0.5, (0.5, 0.3), light, Burn::Steady);
            }
            Thing::Birds if !b.reading.place.indoors() => {
                for index in 0..7 {
                    let at = (b.across(chance.span(-0.6, 0.7)), chance.span(-0.36, -0.12));
                    sheet.place(at, chance.span(0.02, 0.045), index % 2 == 0, chance.span(-14.0, 14.0));
                    props::bird(&mut sheet, tones.dark, chance.span(-0.06, 0.12));
                }
            }
            Thing::Chair if b.reading.place.indoors() => {
                sheet.place((x, floor), 0.36 * b.slim(), x > 0.0, 0.0);
                props::armchair(&mut sheet, &tones);
            }
            Thing::Table if b.reading.place.indoors() => {
                sheet.place((x, floor), 0.42 * b.slim(), false, 0.0);
                props::table(&mut sheet, &tones, 0.62, false);
            }
            Thing::Door if b.reading.place.indoors() => {
                sheet.place((x, 0.30), 0.62, false, 0.0);
                props::door(&mut sheet, &tones, Some(b.palette.key));
            }
            Thing::Fire if !b.reading.place.indoors() => {
                let at = (x * 0.4, 0.40);
                for (dx, turn) in [(-0.03, 24.0), (0.03, -24.0), (0.0, 4.0)] {
                    sheet.place((at.0 + dx, at.1), 0.12, false, turn);
                    sheet.rect(-0.5, -0.06, 0.5, 0.06, tones.dark);
                }
                sheet.unplace();
                sheet.glow(at, 0.2, b.palette.key, 0.8);
                lamp = Some(at);
            }
            _ => continue,
        }
        sheet.unplace();
        b.put(sheet, depth, &finish, vec![Life::Still]);
        if let Some(at) = lamp {
            let (size, burn, radius) =
                if thing == Thing::Fire { (0.075, Burn::Fire, 0.9) } else { (0.022, Burn::Candle, 0.6) };
            b.flame(at, depth, size);
            if thing == Thing::Fire {
                b.flame((at.0 - 0.03, at.1), depth, size * 0.7);
                b.flame((at.0 + 0.035, at.1), depth, size * 0.6);
            }
            b.lamp(at, depth, radius, (0.5, 0.25), b.palette.key, burn);
        }
    }
}
