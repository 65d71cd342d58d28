//! The stage: where sheets become layers at their depths, seen through the shot's own framing of the set.

use super::{
    camera::CameraPath,
    canvas::{Area, At, Canvas},
    chance::Chance,
    colour::Rgb,
    compose::Grade,
    finish::{Finish, Mist, Rim},
    layer::{Burn, Lamp, Layer, Life, Storm},
    palette::Palette,
    reading::{Reading, ShotSize},
    weather::Air,
};

/// Layers are painted with at most this many pixels to a frame height: above it a larger picture only costs memory.
const FINEST_PX_PER_UNIT: f32 = 1440.0;

/// Everything a frame is made of.
pub(super) struct Stage {
    pub(super) layers: Vec<Layer>,
    pub(super) lamps: Vec<Lamp>,
    pub(super) airs: Vec<Air>,
    pub(super) storm: Storm,
    pub(super) grade: Grade,
}

/// Builds a stage.
pub(super) struct Builder<'a> {
    pub(super) reading: &'a Reading,
    pub(super) palette: &'a Palette,
    path: &'a CameraPath,
    /// Half of the frame's width in frame units; its height is 1, or less in a very wide picture.
    pub(super) half_width: f32,
    half_height: f32,
    px_per_unit: f32,
    /// Decides the set: the same for every shot of a scene.
    pub(super) set: Chance,
    /// Decides this shot.
    pub(super) shot: Chance,
    /// Where on the set the camera looks, and how near it is.
    pub(super) look_at: At,
    pub(super) nearness: f32,
    /// Where the main light is on the set.
    pub(super) key_at: At,
    pub(super) key_reach: f32,
    pub(super) stage: Stage,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        (reading, palette): (&'a Reading, &'a Palette),
        path: &'a CameraPath,
        (half_width, half_height, px_per_unit): (f32, f32, f32),
        set: Chance,
        shot: Chance,
    ) -> Self {
        let nearness = match reading.size {
            ShotSize::Wide => 1.0,
            ShotSize::Medium => 1.5,
            ShotSize::Close => 2.0,
            ShotSize::Insert => 2.5,
        };
        let storm =
            if reading.storm { Storm::new(&mut shot.part("storm"), path.duration_secs) } else { Storm::default() };
        let grade = Grade {
            ambient: [1.0; 3],
            vignette: if palette.bright { 0.42 } else { 0.66 },
            grain: if palette.bright { 2.0 } else { 2.7 },
        };
        Self {
            reading,
            palette,
            path,
            half_width,
            half_height,
            px_per_unit,
            set,
            shot,
            look_at: (0.0, 0.0),
            nearness,
            key_at: (0.0, -0.2),
            key_reach: f32::INFINITY,
            stage: Stage { layers: Vec::new(), lamps: Vec::new(), airs: Vec::new(), storm, grade },
        }
    }

    /// A place across the frame by share of its half width: -1 left edge, 1 right edge.
    pub(super) fn across(&self, share: f32) -> f32 {
        share * self.half_width.clamp(0.34, 1.25)
    }

    /// How wide things may be: narrow pictures get slimmer sets.
    pub(super) fn slim(&self) -> f32 {
        (self.half_width / 0.89).clamp(0.55, 1.0)
    }

    /// How a plane at a depth is framed: centre and magnification.
    pub(super) fn framing(&self, depth: f32) -> (At, f32) {
        let scale = 1.0 + (self.nearness - 1.0) / (0.5 + 0.5 * depth.max(0.4));
        let follow = (1.4 / (0.4 + depth.max(0.4))).min(1.0);
        ((self.look_at.0 * follow, self.look_at.1 * follow), scale)
    }

    /// Where a place on the set appears in the frame at rest.
    pub(super) fn framed(&self, at: At, depth: f32) -> At {
        let (centre, scale) = self.framing(depth);
        ((at.0 - centre.0) * scale, (at.1 - centre.1) * scale)
    }

    /// What of a plane the camera will see.
    pub(super) fn seen(&self, depth: f32) -> Area {
        self.path.reach_of(depth, self.half_width, self.half_height)
    }

    /// A sheet of the set at a depth: draw in set places.
    pub(super) fn sheet(&self, depth: f32) -> Canvas {
        let mut canvas = self.frame_sheet(depth);
        let (centre, scale) = self.framing(depth);
        canvas.reframe(centre, scale);
        canvas
    }

    /// A sheet of the frame at a depth: draw in frame places (people, things held to the lens).
    pub(super) fn frame_sheet(&self, depth: f32) -> Canvas {
        let fine = if depth > 5.0 {
            0.6
        } else if depth < 0.7 {
            0.5
        } else {
            1.0
        };
        Canvas::new(self.seen(depth), self.px_per_unit.min(FINEST_PX_PER_UNIT) * fine)
    }

    /// Colour of a thing at a depth: ink near, haze far.
    pub(super) fn tone(&self, depth: f32) -> Rgb {
        let share = 1.0 - (-(depth - 0.6).max(0.0) * 0.16).exp();
        self.palette.ink.mix(self.palette.haze, share * 0.92)
    }

    /// The usual finish for a depth.
    pub(super) fn finish(&self, depth: f32) -> Finish {
        let lens = match self.reading.size {
            ShotSize::Wide => 0.0,
            ShotSize::Medium => 0.0016,
            ShotSize::Close => 0.0042,
            ShotSize::Insert => 0.006,
        };
        let away = ((depth - 1.0).abs() / (0.6 + depth)).min(1.0);
        let near_blur = if depth < 0.75 { 0.011 } else { 0.0 };
        Finish {
            blur: lens * away * 2.2 + near_blur + if depth > 6.0 { 0.0012 } else { 0.0 },
            paper: 0.9,
            seed: 7 + (depth * 10.0) as u32,
            ..Finish::default()
        }
    }

    /// Adds mist at the foot of a layer.
    pub(super) fn misty(&self, mut finish: Finish, depth: f32, top: f32, bottom: f32, share: f32) -> Finish {
        let (top, bottom) = (self.framed((0.0, top), depth).1, self.framed((0.0, bottom), depth).1);
        let base = if self.reading.fog { 0.16 } else { 0.0 };
        finish.mist = Some(Mist {
            colour: self.palette.haze.mix(self.palette.low, 0.45),
            top,
            top_share: base,
            bottom,
            bottom_share: (share + base).min(0.95),
        });
        finish
    }

    /// Adds light along edges from the key light.
    pub(super) fn rimmed(&self, mut finish: Finish, depth: f32, width: f32, strength: f32) -> Finish {
        let light = self.framed(self.key_at, depth);
        finish.rims.push(Rim { light, colour: self.palette.key, width, strength, reach: self.key_reach });
        finish
    }

    /// Puts a sheet on the stage.
    pub(super) fn put(&mut self, canvas: Canvas, depth: f32, finish: &Finish, life: Vec<Life>) {
        self.put_with(canvas, depth, finish, life, 1.0);
    }

    /// Puts a sheet on the stage at an opacity.
    pub(super) fn put_with(&mut self, canvas: Canvas, depth: f32, finish: &Finish, life: Vec<Life>, opacity: f32) {
        // Rim and mist places are already in the frame; the sheet's own framing must not move them again.
        let mut canvas = canvas;
        canvas.unframe();
        if let Some(texture) = canvas.finish(finish) {
            self.stage.layers.push(Layer { texture, depth, life, opacity });
        }
    }

    /// A lamp at a place on the set.
    #[expect(clippy::too_many_arguments, reason = "a drawing call names its place, size and inks one by one")]
    pub(super) fn lamp(&mut self, at: At, depth: f32, radius: f32, (lift, bleed): (f32, f32), colour: Rgb, burn: Burn) {
        let (_, scale) = self.framing(depth);
        let at = self.framed(at, depth);
        let phase = self.stage.lamps.len() as f32 * 17.3;
        self.stage.lamps.push(Lamp { at, depth, radius: radius * scale, colour, lift, bleed, burn, phase });
    }

    /// A candle flame or the like: a small living layer and its lamp.
    pub(super) fn flame(&mut self, at: At, depth: f32, size: f32) {
        let (_, scale) = self.framing(depth);
        let wick = self.framed(at, depth);
        let size = size * scale;
        let mut sheet = Canvas::new(
            Area {
                left: wick.0 - size * 1.6,
                top: wick.1 - size * 2.6,
                right: wick.0 + size * 1.6,
                bottom: wick.1 + size,
            },
            self.px_per_unit.min(FINEST_PX_PER_UNIT),
        );
        let key = self.palette.key;
        let white = Rgb(1.0, 0.97, 0.86);
        let tongue = |height: f32, wide: f32| {
            super::canvas::smooth(&[
                (wick.0, wick.1 - size * height),
                (wick.0, wick.1 - size * height),
                (wick.0 + size * wide, wick.1 - size * height * 0.35),
                (wick.0 + size * wide * 0.6, wick.1),
                (wick.0 - size * wide * 0.6, wick.1),
                (wick.0 - size * wide, wick.1 - size * height * 0.35),
            ])
        };
        sheet.fill(tongue(1.7, 0.36), key.mix(Rgb(1.0, 0.5, 0.15), 0.5));
        sheet.fill(tongue(1.35, 0.24), key.mix(white, 0.5));
        sheet.fill(tongue(0.9, 0.14), white);
        sheet.glow((wick.0, wick.1 - size * 0.7), size * 1.6, key, 0.5);
        let finish = Finish { blur: size * 0.05, ..Finish::default() };
        let phase = wick.0 * 31.0 + wick.1 * 17.0;
        self.put(sheet, depth, &finish, vec![Life::Flame { wick, phase }]);
    }

    /// Pixels to a frame unit in the sharpest layers.
    pub(super) fn fine_px_per_unit(&self) -> f32 {
        self.px_per_unit.min(FINEST_PX_PER_UNIT)
    }
}
