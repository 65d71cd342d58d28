//! The people: who is in the shot, where they stand, how the light finds them.

mod body;
mod face;
mod head;
mod look;
mod portrait;

use super::{
    CharacterSketch, PictureError,
    canvas::{At, Ink, smooth},
    chance::Chance,
    finish::{Finish, Rim},
    layer::{Layer, Life},
    posture::{Posture, postures},
    props::{Tones, hero},
    reading::{Place, ShotSize, Thing, Words},
    stage::Builder,
};
use body::{Arm, HEAD, NECK, Papers};
use face::Lit;
use look::Look;
use std::path::PathBuf;

/// Someone in the shot.
struct Person {
    look: Look,
    portrait: Option<PathBuf>,
    posture: Posture,
}

/// Puts the people of a shot, or the hero of an insert, on the stage.
pub(super) fn cast(b: &mut Builder<'_>, prompt: &str, characters: &[CharacterSketch]) -> Result<(), PictureError> {
    if b.reading.size == ShotSize::Insert {
        insert(b);
        return Ok(());
    }
    let people = people(b, prompt, characters);
    match b.reading.size {
        ShotSize::Close if !people.is_empty() => close(b, &people),
        _ => standing(b, &people),
    }
}

fn people(b: &Builder<'_>, prompt: &str, characters: &[CharacterSketch]) -> Vec<Person> {
    let words = Words::new(prompt);
    // Whoever is named first leads; those not named stand behind them.
    let mut order: Vec<(usize, &CharacterSketch)> = characters
        .iter()
        .take(24)
        .map(|one| {
            let parts = one.name.to_lowercase();
            let full = words.find(&parts);
            let part = parts.split_whitespace().filter(|part| part.len() > 2).filter_map(|part| words.find(part)).min();
            (full.or(part).unwrap_or(usize::MAX), one)
        })
        .collect();
    order.sort_by_key(|&(at, _)| at);
    let named = order.iter().filter(|&&(at, _)| at != usize::MAX).count();
    let limit = if b.half_width < 0.4 { 2 } else { 3 };
    let keep = if named > 0 { named } else { order.len() };
    let era = b.reading.era;
    let shown: Vec<_> = order.into_iter().take(keep.min(limit)).collect();
    if shown.is_empty() {
        let chance = b.set.part("walkers");
        let walkers: Vec<_> = b.reading.walkers.iter().take(limit).enumerate().collect();
        let held = postures(&words, &vec![None; walkers.len()]);
        return walkers
            .into_iter()
            .zip(held)
            .map(|((index, &walker), posture)| Person {
                look: Look::walker(walker, index, prompt, era, chance.part(["a", "b", "c"][index.min(2)])),
                portrait: None,
                posture,
            })
            .collect();
    }
    let named_at: Vec<_> = shown.iter().map(|&(at, _)| (at != usize::MAX).then_some(at)).collect();
    shown
        .into_iter()
        .zip(postures(&words, &named_at))
        .map(|((_, one), posture)| Person {
            look: Look::of(&one.name, &one.style_tokens, era),
            portrait: one.portraits.first().cloned(),
            posture,
        })
        .collect()
}

fn rims(b: &Builder<'_>, finish: &mut Finish, scale: f32) {
    let light = b.framed(b.key_at, 1.4);
    let strength = if b.palette.bright { 0.30 } else { 0.85 };
    let reach = if b.key_reach.is_finite() { b.key_reach * 1.6 } else { f32::INFINITY };
    finish.rims.push(Rim { light, colour: b.palette.key, width: 0.008 * scale, strength, reach });
    finish.rims.push(Rim { light, colour: b.palette.key, width: 0.034 * scale, strength: strength * 0.30, reach });
    // A whisper of the other light on the far side keeps dark people off dark walls.
    let other = (-light.0 * 2.0 + if light.0.abs() < 0.05 { 1.0 } else { 0.0 }, -0.4);
    finish.rims.push(Rim {
        light: other,
        colour: b.palette.cool,
        width: 0.004 * scale,
        strength: 0.20,
        reach: f32::INFINITY,
    });
}

/// Wide and medium: whole people in profile, or their cameos, turned to each other.
fn standing(b: &mut Builder<'_>, people: &[Person]) -> Result<(), PictureError> {
    let medium = b.reading.size == ShotSize::Medium || b.reading.size == ShotSize::Close;
    let slim = b.slim();
    let open = !b.reading.place.indoors();
    let (tall, feet) = match (medium, open) {
        // The crown stands a little above the middle of the upper half, however narrow the frame.
        (true, _) => (1.18 * slim.max(0.62), 1.18 * slim.max(0.62) - 0.26),
        (false, true) => (0.40 * slim.max(0.75), 0.425),
        (false, false) => (0.50 * slim.max(0.75), 0.445),
    };
    let narrow = b.half_width < 0.4;
    let spots: &[f32] = match (people.len(), b.reading.place) {
        (0, _) => return Ok(()),
        (1, _) => &[0.30],
        (2, _) if narrow => &[-0.36, 0.38],
        (2, _) => &[-0.26, 0.30],
        _ => &[-0.40, 0.16, 0.48],
    };
    let mut flip = if b.shot.part("side").often(0.5) { -1.0 } else { 1.0 };
    if people.len() == 1 && b.key_at.0.abs() > 0.1 {
        // A lone figure stands across from the light, looking at it.
        flip = if b.key_at.0 > 0.0 { -1.0 } else { 1.0 };
    }
    for (index, person) in people.iter().enumerate() {
        let mut chance = b.shot.part(["one", "two", "three"][index.min(2)]);
        let share = spots[index] * flip * if medium { 0.92 } else { 1.0 };
        let mut x = b.across(share) + chance.signed() * 0.015;
        // Nobody stands before the lamp that lights the room.
        let from_lamp = x - b.key_at.0;
        if !medium && !narrow && b.reading.place.indoors() && b.key_reach.is_finite() && from_lamp.abs() < 0.19 {
            x = b.key_at.0 + 0.19 * if from_lamp == 0.0 { share.signum() } else { from_lamp.signum() };
        }
        let depth = 1.0 + 0.06 * index as f32;
        let size = tall * person.look.height * (1.0 - 0.02 * index as f32);
        // Look across the frame: into the space, at the others.
        let mirror = if people.len() == 3 && index == 1 { flip < 0.0 } else { x > 0.0 };
        if let Some(path) = &person.portrait {
            let height = if medium { 0.66 } else { 0.34 };
            let at = (x, if medium { 0.02 } else { 0.14 });
            place_cameo(b, path, at, height, depth)?;
            continue;
        }
        if person.posture == Posture::Lying {
            if b.reading.place == Place::Bedchamber {
                lie_down(b, &person.look);
            } else {
                lie_on_floor(b, &person.look, (b.across(0.34 * flip), feet - 0.02), tall);
            }
            continue;
        }
        stand(b, person, (x, feet), size, mirror, depth, &mut chance);
    }
    if b.reading.things.contains(&Thing::Crowd) && !medium {
        crowd(b);
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a drawing call names its place, size and inks one by one")]
fn stand(b: &mut Builder<'_>, person: &Person, floor: At, size: f32, mirror: bool, depth: f32, chance: &mut Chance) {
    let Person { look, posture, .. } = person;
    let papers = Papers::of(look, b.palette, if b.reading.fog { 0.16 } else { 0.03 });
    // Where the feet of the same person would be, standing: below the floor for who kneels or sits.
    let foot = (floor.0, floor.1 - body::floor_y(*posture) * size);
    let arm = [Arm::Hanging, Arm::ToChest, Arm::Reaching, Arm::Behind][chance.pick(4)];
    let phase = chance.span(0.0, std::f32::consts::TAU);
    // A contact shadow ties the feet to the floor.
    let mut shadow = b.frame_sheet(depth);
    let away = if b.key_at.0 > floor.0 { -1.0 } else { 1.0 };
    let at = (floor.0 + away * size * 0.10, floor.1 + 0.004);
    shadow.pool(at, (size * 0.36, size * 0.045), b.palette.ink, 0.85);
    b.put(shadow, depth, &Finish::default(), vec![Life::Still]);

    let mut sheet = b.frame_sheet(depth);
    sheet.place(foot, size, mirror, 0.0);
    body::body(&mut sheet, look, &papers, arm, *posture);
    sheet.unplace();
    let mut finish = Finish { paper: 0.8, seed: 11, ..Finish::default() };
    let scale = (size / 0.5).sqrt();
    rims(b, &mut finish, scale);
    let breathe = Life::Breathe { foot: floor, amount: 0.0042, phase };
    let mut life = vec![breathe.clone()];
    if look.cloak || look.gown {
        let amount = if b.reading.storm { 0.030 } else { 0.007 };
        life.push(Life::Sway { foot_y: foot.1 - size * 0.8, amount, speed: 0.9, phase });
    }
    b.put(sheet, depth, &finish, life);

    let joint = (foot.0 + NECK.0 * size, foot.1 + NECK.1 * size);
    let mut sheet = b.frame_sheet(depth);
    sheet.place(joint, size * HEAD * look.head(), mirror, chance.span(-3.0, 4.0));
    head::head(&mut sheet, look, &papers);
    sheet.unplace();
    let mut finish = Finish { paper: 0.7, seed: 12, ..Finish::default() };
    rims(b, &mut finish, scale * 0.9);
    b.put(sheet, depth, &finish, vec![breathe, Life::Nod { joint, degrees: 3.2, speed: 0.42, phase: phase * 3.0 }]);
}

/// Someone in the bed of the bedchamber set: a head on the pillow, a form under the covers.
fn lie_down(b: &mut Builder<'_>, look: &Look) {
    let side = if b.set.part("side").often(0.5) { 1.0 } else { -1.0 };
    let depth = 1.55;
    let size = 0.80 * b.slim();
    let mid = (b.across(0.40 * side), 0.40);
    let papers = Papers::of(look, b.palette, 0.06);
    let pillow = (mid.0 + side * 0.285 * size, mid.1 - 0.295 * size);
    let mut sheet = b.sheet(depth);
    sheet.place(pillow, size * 0.155, side > 0.0, side * 74.0);
    head::head(&mut sheet, look, &papers);
    sheet.place(mid, size, side > 0.0, 0.0);
    let linen = papers.linen.shade(0.82);
    // Covers over a chest, a hollow at the waist, knees, feet.
    sheet.fill(
        smooth(&[
            (-0.27, -0.225),
            (-0.24, -0.305),
            (-0.12, -0.335),
            (0.0, -0.30),
            (0.12, -0.30),
            (0.22, -0.315),
            (0.33, -0.285),
            (0.41, -0.315),
            (0.46, -0.25),
            (0.47, -0.12),
            (0.1, -0.10),
            (-0.26, -0.15),
        ]),
        Ink::down(-0.34, linen, -0.12, linen.mix(papers.deep, 0.5)),
    );
    for (x, lean) in [(-0.16_f32, 0.05_f32), (0.0, 0.03), (0.16, 0.06), (0.3, 0.03)] {
        sheet.line(
            super::canvas::curve(&[(x, -0.29), (x + lean, -0.22), (x + lean * 0.3, -0.13)]),
            0.008,
            Ink::Flat(papers.deep, 0.4),
        );
    }
    sheet.unplace();
    let mut finish = Finish { paper: 0.8, seed: 13, ..Finish::default() };
    rims(b, &mut finish, 1.0);
    let foot = b.framed((mid.0, mid.1 - 0.2 * size), depth);
    b.put(sheet, depth, &finish, vec![Life::Breathe { foot, amount: 0.012, phase: 0.0 }]);
}

/// Someone stretched out on the ground.
fn lie_on_floor(b: &mut Builder<'_>, look: &Look, at: At, tall: f32) {
    let depth = 1.08;
    let side = if at.0 > 0.0 { 1.0 } else { -1.0 };
    let size = tall * look.height;
    let papers = Papers::of(look, b.palette, 0.05);
    let mut sheet = b.frame_sheet(depth);
    sheet.pool((at.0, at.1 + 0.01), (size * 0.62, size * 0.09), b.palette.ink, 0.9);
    sheet.place(at, size, side < 0.0, 0.0);
    let cloth = papers.accent.mix(papers.cloth, if look.gown { 0.3 } else { 0.8 });
    if look.hair == look::Hair::Long {
        sheet.fill(
            smooth(&[
                (0.30, -0.04),
                (0.36, -0.085),
                (0.44, -0.07),
                (0.50, -0.02),
                (0.52, 0.012),
                (0.40, 0.012),
                (0.28, 0.008),
            ]),
            papers.hair,
        );
    }
    // Feet, knees, hip, chest, shoulder; the hem spreads over the floor.
    sheet.fill(smooth(&[(-0.50, 0.005), (-0.52, -0.03), (-0.49, -0.06), (-0.46, -0.035), (-0.42, 0.0)]), papers.deep);
    let form = [
        (-0.54, 0.016),
        (-0.50, -0.018),
        (-0.40, -0.052),
        (-0.27, -0.082),
        (-0.16, -0.068),
        (-0.06, -0.092),
        (0.03, -0.074),
        (0.13, -0.102),
        (0.22, -0.098),
        (0.275, -0.062),
        (0.29, 0.0),
        (0.20, 0.014),
        (-0.10, 0.010),
        (-0.32, 0.020),
    ];
    sheet.fill(smooth(&form), Ink::down(-0.10, cloth.mix(papers.linen, 0.18), 0.02, papers.deep));
    for (x, lean) in [(-0.40_f32, 0.06_f32), (-0.26, 0.07), (-0.12, 0.05), (0.02, 0.04)] {
        sheet.line(
            super::canvas::curve(&[(x, 0.012), (x + lean * 0.5, -0.03), (x + lean, -0.07)]),
            0.005,
            Ink::Flat(papers.deep, 0.5),
        );
    }
    let arm = [
        (0.20, -0.085),
        (0.12, -0.03),
        (0.03, -0.004),
        (-0.03, 0.012),
        (-0.02, 0.022),
        (0.06, 0.016),
        (0.16, -0.01),
        (0.24, -0.06),
    ];
    sheet.fill(smooth(&arm), if look.gown { papers.skin } else { cloth });
    sheet.ellipse((-0.045, 0.016), 0.022, 0.010, papers.skin);
    sheet.place((at.0 + side * size * 0.285, at.1 - size * 0.045), size * HEAD * look.head(), side > 0.0, side * 82.0);
    head::head(&mut sheet, look, &papers);
    sheet.unplace();
    let mut finish = Finish { paper: 0.8, seed: 14, ..Finish::default() };
    rims(b, &mut finish, 1.0);
    b.put(sheet, depth, &finish, vec![Life::Breathe { foot: (at.0, at.1 + 0.02), amount: 0.010, phase: 0.0 }]);
}

/// A back row of guests, cut from one paper.
fn crowd(b: &mut Builder<'_>) {
    let depth = 2.2;
    let mut sheet = b.sheet(depth);
    let mut chance = b.set.part("crowd");
    let paper = b.tone(depth);
    let count = 9;
    for index in 0..count {
        let x = b.across(-1.0 + 2.0 * (index as f32 + 0.5) / count as f32) + chance.signed() * 0.03;
        let name = format!("guest {index} {}", if chance.often(0.5) { "lady" } else { "gentleman" });
        let look = Look::of(&name, "", b.reading.era);
        let light = paper.mix(b.palette.haze, 0.2);
        let papers = Papers {
            skin: light,
            shade: paper,
            cloth: paper,
            deep: paper.shade(0.8),
            linen: light,
            accent: paper.mix(look.accent, 0.15),
            hair: paper,
        };
        let (foot, size, mirror) = ((x, 0.345 + chance.signed() * 0.010), 0.43 * look.height, chance.often(0.5));
        sheet.place(foot, size, mirror, 0.0);
        body::body(&mut sheet, &look, &papers, Arm::Hanging, Posture::Standing);
        sheet.place((foot.0 + NECK.0 * size, foot.1 + NECK.1 * size), size * HEAD, mirror, 0.0);
        head::head(&mut sheet, &look, &papers);
    }
    sheet.unplace();
    let finish = b.rimmed(b.finish(depth), depth, 0.004, 0.5);
    b.put(sheet, depth, &finish, vec![Life::Sway { foot_y: 0.34, amount: 0.004, speed: 0.6, phase: 0.0 }]);
}

/// A face that fills the frame, with the other one's shoulder before it when there are two.
fn close(b: &mut Builder<'_>, people: &[Person]) -> Result<(), PictureError> {
    let lead = &people[0];
    let mut chance = b.shot.part("close");
    let two = people.len() > 1;
    let hand = if chance.often(0.5) { 1.0 } else { -1.0 };
    let x = b.across(0.20) * hand * b.slim();
    let size = 0.53 * b.slim().max(0.72);
    let centre = (x, -0.055);
    if let Some(path) = &lead.portrait {
        place_cameo(b, path, (x, 0.0), 1.02, 1.0)?;
    } else {
        // Light comes from the side that the face looks to.
        let key = b.framed(b.key_at, 1.4);
        let side = if (key.0 - x).abs() < 0.12 { -hand } else { (key.0 - x).signum() };
        let look = &lead.look;
        let papers = Papers::of(look, b.palette, 0.0);
        let lit = Lit {
            side,
            key: b.palette.key,
            cool: b.palette.cool,
            dark: b.palette.ink,
            turn: -hand * 0.55,
            hard: if b.palette.bright {
                0.0
            } else if b.reading.dread {
                1.0
            } else {
                0.6
            },
        };
        let phase = chance.span(0.0, std::f32::consts::TAU);
        let foot = (x, 0.62);
        let breathe = Life::Breathe { foot, amount: 0.0035, phase };
        let nod = Life::Nod { joint: (centre.0, centre.1 + 0.5 * size), degrees: 1.1, speed: 0.33, phase: phase * 5.0 };
        let mut finish = Finish { paper: 0.75, seed: 21, ..Finish::default() };
        face_rims(b, &mut finish, side);
        let mut sheet = b.frame_sheet(1.02);
        sheet.place(centre, size, false, 0.0);
        face::bust(&mut sheet, look, &papers, &lit);
        sheet.unplace();
        b.put(sheet, 1.02, &finish, vec![breathe.clone()]);
        let mut sheet = b.frame_sheet(1.0);
        sheet.place(centre, size, false, -hand * 1.5);
        face::face(&mut sheet, look, &papers, &lit);
        sheet.unplace();
        b.put(sheet, 1.0, &finish, vec![breathe.clone(), nod.clone()]);
        let mut sheet = b.frame_sheet(1.0);
        sheet.place(centre, size, false, -hand * 1.5);
        face::lids(&mut sheet, look, &papers, &lit);
        sheet.unplace();
        b.put(sheet, 1.0, &Finish { paper: 0.5, ..Finish::default() }, vec![breathe, nod, Life::Blink { phase }]);
    }
    if two && (b.reading.over_shoulder || people[1].portrait.is_none()) {
        shoulder(b, &people[1].look, -hand);
    }
    Ok(())
}

fn face_rims(b: &Builder<'_>, finish: &mut Finish, side: f32) {
    let strength = if b.palette.bright { 0.16 } else { 0.42 };
    finish.rims.push(Rim {
        light: (side * 3.0, -0.5),
        colour: b.palette.key,
        width: 0.016,
        strength,
        reach: f32::INFINITY,
    });
    finish.rims.push(Rim {
        light: (-side * 3.0, -0.2),
        colour: b.palette.cool,
        width: 0.008,
        strength: 0.24,
        reach: f32::INFINITY,
    });
}

/// The back of a head and a shoulder, out of focus at the frame's edge.
fn shoulder(b: &mut Builder<'_>, look: &Look, hand: f32) {
    let depth = 0.72;
    let mut sheet = b.frame_sheet(depth);
    let papers = Papers::of(look, b.palette, 0.0);
    let x = hand * (b.half_width.min(1.1) * 0.86);
    let ink = papers.deep.mix(b.palette.ink, 0.5);
    sheet.place((x, 0.06), 0.74, hand > 0.0, 0.0);
    sheet.fill(
        smooth(&[
            (-0.2, 0.42),
            (-0.75, 0.62),
            (-1.3, 1.0),
            (-1.3, 2.0),
            (0.8, 2.0),
            (0.62, 1.0),
            (0.45, 0.66),
            (0.18, 0.42),
        ]),
        Ink::across(-0.6, ink, 0.6, ink.mix(papers.cloth, 0.5)),
    );
    sheet.ellipse((0.0, -0.06), 0.37, 0.47, papers.hair.mix(b.palette.ink, 0.55));
    sheet.fill(smooth(&[(-0.16, 0.2), (0.17, 0.2), (0.19, 0.55), (-0.2, 0.55)]), papers.shade.shade(0.5));
    sheet.unplace();
    let mut finish = Finish { blur: 0.012, paper: 0.5, ..Finish::default() };
    finish.rims.push(Rim {
        light: (-hand * 1.5, -0.5),
        colour: b.palette.key,
        width: 0.022,
        strength: 0.6,
        reach: f32::INFINITY,
    });
    b.put(sheet, depth, &finish, vec![Life::Breathe { foot: (x, 0.7), amount: 0.004, phase: 2.0 }]);
}

fn place_cameo(
    b: &mut Builder<'_>,
    path: &std::path::Path,
    at: At,
    height: f32,
    depth: f32,
) -> Result<(), PictureError> {
    let mut halo = b.frame_sheet(depth + 0.05);
    halo.pool(at, (height * 0.62, height * 0.75), b.palette.ink, 0.6);
    b.put(halo, depth + 0.05, &Finish::default(), vec![Life::Still]);
    let px_per_unit = b.fine_px_per_unit();
    if let Some(texture) = portrait::cameo(path, b.palette, at, height, px_per_unit)? {
        let foot = (at.0, at.1 + height * 0.5);
        let life = vec![Life::Breathe { foot, amount: 0.004, phase: at.0 * 9.0 }];
        b.stage.layers.push(Layer { texture, depth, life, opacity: 1.0 });
    }
    Ok(())
}

/// An insert: one thing on a table in its light.
fn insert(b: &mut Builder<'_>) {
    let thing = b.reading.things.iter().copied().find(|thing| thing.hero()).unwrap_or(Thing::Letter);
    let palette = b.palette.clone();
    let standing = matches!(thing, Thing::Candle | Thing::Goblet | Thing::Skull | Thing::Clock);
    let depth = 1.15;
    let slim = b.slim();
    let mut top = b.frame_sheet(depth);
    let seen = b.seen(depth).grow(0.2);
    let wood = palette.ink.mix(palette.mid, if palette.bright { 0.6 } else { 0.42 });
    let line = if standing { 0.16 } else { -0.22 };
    top.rect(
        seen.left,
        line,
        seen.right,
        seen.bottom,
        Ink::down(line, wood.mix(palette.low, 0.3), 0.6, wood.shade(0.42)),
    );
    for index in 0..26 {
        let y = line + 0.006 + 0.62 * (index as f32 / 26.0).powf(1.7);
        let wave: Vec<At> = (0..=24)
            .map(|step| {
                let x = seen.left + seen.width() * step as f32 / 24.0;
                (x, y + 0.006 * super::chance::noise1(x * 3.0 + index as f32 * 1.7, 5))
            })
            .collect();
        top.line(super::canvas::curve(&wave), 0.0022, Ink::Flat(wood.shade(0.5), 0.42));
    }
    let pool = (0.0, if standing { 0.30 } else { 0.06 });
    top.pool(pool, (1.0, 0.46), palette.key, 0.46);
    let finish = Finish { paper: 1.0, blur: 0.001, seed: 31, ..Finish::default() };
    b.put(top, depth, &finish, vec![Life::Still]);
    let at = (b.across(0.02), if standing { 0.30 } else { 0.06 });
    let size = if standing { 0.62 } else { 0.66 } * slim.max(0.62);
    let base = if standing && thing != Thing::Candle { at.1 - 0.22 * size } else { at.1 };
    let mut shadow = b.frame_sheet(1.05);
    let fall = (at.0 + 0.03, at.1 + if standing { 0.01 } else { 0.035 });
    shadow.pool(fall, (size * 0.64, size * if standing { 0.13 } else { 0.34 }), palette.ink, 0.9);
    b.put(shadow, 1.05, &Finish::default(), vec![Life::Still]);
    let mut sheet = b.frame_sheet(1.0);
    let steel = matches!(thing, Thing::Dagger | Thing::Key);
    let body =
        if steel { super::colour::hex(0x8b939b).mix(palette.low, 0.22) } else { palette.mid.mix(palette.low, 0.62) };
    let metal = Tones::of(body, palette.key.mix(super::colour::hex(0xffffff), if steel { 0.6 } else { 0.15 }));
    sheet.place((at.0, base), size, false, if standing { 0.0 } else { -9.0 });
    let wick = hero(&mut sheet, thing, &metal, palette.accent);
    sheet.unplace();
    let mut finish = Finish { paper: 0.8, seed: 32, ..Finish::default() };
    finish.rims.push(Rim {
        light: (-0.8, -0.9),
        colour: palette.key,
        width: 0.006,
        strength: 0.8,
        reach: f32::INFINITY,
    });
    b.put(sheet, 1.0, &finish, vec![Life::Still]);
    if let Some(wick) = wick {
        b.look_at = (0.0, 0.0);
        b.nearness = 1.0;
        let at = (at.0 + wick.0 * size, base + wick.1 * size);
        b.flame(at, 1.0, 0.06);
        let key = palette.key;
        b.lamp(at, 1.0, 0.8, (0.5, 0.30), key, super::layer::Burn::Candle);
    }
}
