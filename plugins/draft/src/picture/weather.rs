//! Small things in the air: rain, snow, dust, embers, fireflies, stars and glitter on water. Each has a closed path in
//! time, so any frame can be drawn without the ones before it.

use super::{camera::CameraState, chance::Chance, colour::Rgb, compose::Frame};

/// What is in the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AirKind {
    Rain,
    Snow,
    Dust,
    Ember,
    Firefly,
    Star,
    Glitter,
}

/// A swarm of one kind in a band of the frame.
#[derive(Debug, Clone)]
pub(super) struct Air {
    pub(super) kind: AirKind,
    pub(super) colour: Rgb,
    pub(super) strength: f32,
    /// Middle across, top and bottom of the band, and half its width, in frame units.
    pub(super) centre_x: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
    pub(super) half_width: f32,
    specks: Vec<Speck>,
}

#[derive(Debug, Clone, Copy)]
struct Speck {
    x: f32,
    y: f32,
    depth: f32,
    size: f32,
    speed: f32,
    phase: f32,
}

impl Air {
    /// Fills a band with specks.
    pub(super) fn new(kind: AirKind, count: usize, colour: Rgb, strength: f32, chance: &mut Chance) -> Self {
        let specks = (0..count)
            .map(|_| Speck {
                x: chance.signed(),
                y: chance.unit(),
                depth: match kind {
                    AirKind::Star => 40.0,
                    AirKind::Glitter => chance.span(2.0, 9.0),
                    _ => chance.span(0.55, 3.2),
                },
                size: chance.span(0.5, 1.5),
                speed: chance.span(0.7, 1.35),
                phase: chance.span(0.0, std::f32::consts::TAU),
            })
            .collect();
        Self { kind, colour, strength, centre_x: 0.0, top: -0.75, bottom: 0.75, half_width: 1.6, specks }
    }

    /// Limits the swarm to a band.
    pub(super) fn within(mut self, centre_x: f32, half_width: f32, top: f32, bottom: f32) -> Self {
        (self.centre_x, self.half_width, self.top, self.bottom) = (centre_x, half_width, top, bottom);
        self
    }

    /// Draws the swarm over finished RGBA rows.
    pub(super) fn draw(&self, out: &mut [u8], frame: &Frame, camera: &CameraState, secs: f32, share: f32) {
        let brush = Brush { frame, colour: [self.colour.0 * 255.0, self.colour.1 * 255.0, self.colour.2 * 255.0] };
        let height = self.bottom - self.top;
        for speck in &self.specks {
            let view = camera.view(speck.depth);
            let near = 1.0 / speck.depth;
            let wave = (secs * speck.speed + speck.phase).sin();
            // `turns` runs a speck through its band again and again.
            let (turns, sideways, alpha) = match self.kind {
                AirKind::Rain => (secs * (1.3 + 1.5 * near) * speck.speed, -0.10, 0.20 + 0.22 * near),
                AirKind::Snow => (secs * (0.07 + 0.10 * near) * speck.speed, 0.03 * wave, 0.45 + 0.4 * near),
                AirKind::Dust => (secs * -0.008 * speck.speed, 0.012 * wave, 0.28 + 0.22 * wave),
                AirKind::Ember => (secs * -0.16 * speck.speed, 0.03 * wave, 0.9),
                AirKind::Firefly => (0.0, 0.03 * wave, (wave * 1.6).clamp(0.0, 1.0)),
                AirKind::Star => {
                    (0.0, 0.0, 0.55 + 0.45 * (secs * 2.2 * speck.speed + speck.phase).sin() * speck.unit())
                }
                AirKind::Glitter => (0.0, 0.0, (secs * 2.6 * speck.speed + speck.phase * 3.0).sin().max(0.0).powi(2)),
            };
            let raw = speck.y + turns;
            let along = raw - raw.floor();
            // Embers and dust die towards the ends of their path instead of vanishing at it.
            let life = match self.kind {
                AirKind::Ember => (1.0 - (1.0 - along)).powf(0.7) * (along * 8.0).min(1.0),
                AirKind::Dust => (along * 5.0).min(1.0) * ((1.0 - along) * 5.0).min(1.0),
                _ => 1.0,
            };
            let lap = if self.kind == AirKind::Rain { 0.37 * raw.floor() } else { 0.0 };
            let spread = (speck.x + lap + 1.0).rem_euclid(2.0) - 1.0;
            let x = self.centre_x + spread * self.half_width + sideways;
            let y = self.top + along * height;
            let (x, y) = view.apply(x, y);
            let size = speck.size * view.a.abs();
            let alpha = alpha.clamp(0.0, 1.0) * life * self.strength * share;
            match self.kind {
                AirKind::Rain => brush.streak(out, (x, y), -0.11, (0.028 + 0.055 * near) * size, alpha),
                AirKind::Glitter => brush.dash(out, (x, y), 0.010 * size / speck.depth * 3.0, alpha),
                AirKind::Star => brush.dot(out, (x, y), 0.0011 * speck.size * speck.size, alpha),
                AirKind::Snow => brush.dot(out, (x, y), (0.0016 + 0.0032 * near) * size, alpha),
                AirKind::Firefly => brush.dot(out, (x, y), 0.004 * size, alpha),
                AirKind::Ember => brush.dot(out, (x, y), 0.0017 * size, alpha),
                AirKind::Dust => brush.dot(out, (x, y), (0.0008 + 0.0016 * near) * size, alpha * 0.8),
            }
        }
    }
}

impl Speck {
    fn unit(&self) -> f32 {
        (self.phase / std::f32::consts::TAU).clamp(0.0, 1.0)
    }
}

struct Brush<'a> {
    frame: &'a Frame,
    colour: [f32; 3],
}

impl Brush<'_> {
    fn px_of(&self, at: (f32, f32)) -> (f32, f32) {
        let frame = self.frame;
        ((at.0 + frame.half_width()) * frame.px_per_unit, (at.1 + frame.half_height()) * frame.px_per_unit)
    }

    fn touch(&self, out: &mut [u8], x: i64, y: i64, alpha: f32) {
        if x < 0 || y < 0 || x >= self.frame.width_px as i64 || y >= self.frame.height_px as i64 || alpha <= 0.004 {
            return;
        }
        let index = (y as usize * self.frame.width_px + x as usize) * 4;
        for (part, colour) in out[index..index + 3].iter_mut().zip(self.colour) {
            // Screened, so that light on light stays light.
            let under = f32::from(*part);
            *part = (under + colour * alpha * (1.0 - under / 255.0 * 0.8)).min(255.0) as u8;
        }
    }

    fn dot(&self, out: &mut [u8], at: (f32, f32), radius: f32, alpha: f32) {
        let (x, y) = self.px_of(at);
        let wanted_px = radius * self.frame.px_per_unit;
        let radius_px = wanted_px.max(0.75);
        let alpha = alpha * (wanted_px / radius_px).powi(2).max(0.3);
        let reach = radius_px.ceil() as i64 + 1;
        if !(-200.0..20_000.0).contains(&x) || !(-200.0..20_000.0).contains(&y) || reach > 400 {
            return;
        }
        for py in (y as i64 - reach)..=(y as i64 + reach) {
            for px in (x as i64 - reach)..=(x as i64 + reach) {
                let distance = (px as f32 - x).hypot(py as f32 - y) / (radius_px + 0.5);
                self.touch(out, px, py, alpha * (1.0 - distance * distance).max(0.0));
            }
        }
    }

    fn streak(&self, out: &mut [u8], at: (f32, f32), slope: f32, length: f32, alpha: f32) {
        let (x, y) = self.px_of(at);
        let rows = (length * self.frame.px_per_unit).clamp(2.0, 2000.0) as i64;
        let wide = (self.frame.px_per_unit / 900.0).max(0.8);
        for row in 0..rows {
            let along = row as f32 / rows as f32;
            let px = x + slope * row as f32;
            let gain = alpha * along * (1.0 - along * along) * 2.2;
            let left = px.floor();
            self.touch(out, left as i64, y as i64 + row, gain * (1.0 - (px - left)) * wide.min(1.0));
            self.touch(out, left as i64 + 1, y as i64 + row, gain * (px - left).max(wide - 1.0).min(1.0));
        }
    }

    fn dash(&self, out: &mut [u8], at: (f32, f32), half: f32, alpha: f32) {
        let (x, y) = self.px_of(at);
        let half_px = (half * self.frame.px_per_unit).clamp(0.5, 900.0);
        let thick = ((self.frame.px_per_unit / 700.0) as i64).max(1);
        for px in (x - half_px) as i64..=(x + half_px) as i64 {
            let gain = alpha * (1.0 - ((px as f32 - x) / half_px).powi(2)).max(0.0);
            for row in 0..thick {
                self.touch(out, px, y as i64 + row, gain);
            }
        }
    }
}
