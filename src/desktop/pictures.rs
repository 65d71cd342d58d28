//! Thumbnails and frames of the film as textures of the panels.

use super::screen::Screens;
use crate::{
    preview::{PictureSource, ShapeKey, Shown, SoundShapes, ThumbKey, ThumbSubject, Thumbnails},
    ui::{
        model::FilmModel,
        pictures::{MonitorNumbers, MonitorShown, MonitorWish, Picture, PictureOf, PictureState, Pictures},
    },
};
use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_egui::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::{collections::HashMap, path::Path, sync::Arc};

/// Room of a small picture, in pixels.
const SMALL_PX: [u16; 2] = [256, 144];
/// Textures of small pictures that are kept, of about 150 KB each.
const MOST_SMALL: usize = 600;

/// The textures that are there.
#[derive(Resource, Default)]
pub(super) struct Textures {
    small: HashMap<ThumbKey, Small>,
    map: usize,
    wanted: Vec<ThumbKey>,
    shapes_wanted: Vec<ShapeKey>,
    /// What was wanted before: most passes want the same, and then nobody is woken.
    before: (Vec<ThumbKey>, Vec<ShapeKey>),
    pass: u64,
    /// Shown in place of every picture, and nothing is decoded: for times that no other thread disturbs.
    stand_in: Option<TextureHandle>,
}

/// A texture of a small picture.
struct Small {
    texture: TextureHandle,
    /// The pass that drew it last.
    used: u64,
    /// Which of the pictures that were made for the key it shows: a still, at first, of a take that is being conformed.
    number: Option<u64>,
}

/// Where pictures come from.
#[derive(SystemParam)]
pub(super) struct Sources<'w> {
    thumbnails: Res<'w, Thumbnails>,
    shapes: Res<'w, SoundShapes>,
}

/// [`Pictures`] for one pass of the panels.
pub(super) struct OnContext<'a, 'w> {
    textures: &'a mut Textures,
    ctx: &'a Context,
    sources: &'a Sources<'a>,
    screens: &'a mut Screens<'w>,
}

impl Textures {
    /// For a pass of the panels.
    pub(super) fn on<'a, 'w>(
        &'a mut self,
        ctx: &'a Context,
        model: &FilmModel,
        sources: &'a Sources<'a>,
        screens: &'a mut Screens<'w>,
    ) -> OnContext<'a, 'w> {
        self.pass += 1;
        let map = Arc::as_ptr(&model.map) as usize;
        if self.map != map {
            self.map = map;
            self.before = Default::default();
        }
        OnContext { textures: self, ctx, sources, screens }
    }

    /// From now on every picture is the same one, and every sound the same shape.
    pub(super) fn stand_in(&mut self, ctx: &Context) {
        let grey = ColorImage::filled([256, 144], bevy_egui::egui::Color32::from_gray(90));
        self.stand_in = Some(ctx.load_texture("stand-in", grey, TextureOptions::LINEAR));
    }
}

impl OnContext<'_, '_> {
    /// The frame of the film that the monitor's own picture shows.
    pub(super) fn monitor_frame(&self) -> Option<u64> {
        self.screens.monitor_frame()
    }

    /// Pixels a point.
    pub(super) fn px_per_point(&self) -> f32 {
        self.ctx.pixels_per_point().max(0.1)
    }

    /// Asks for the shape of a sound that is drawn another way.
    pub(super) fn want_shape(&mut self, key: ShapeKey) {
        self.textures.shapes_wanted.push(key);
    }
}

impl Drop for OnContext<'_, '_> {
    /// What this pass wanted is what is made.
    fn drop(&mut self) {
        let Textures { wanted, shapes_wanted, before, .. } = &mut *self.textures;
        if *wanted != before.0 {
            before.0.clone_from(wanted);
            self.sources.thumbnails.want(wanted.drain(..));
        }
        if *shapes_wanted != before.1 {
            before.1.clone_from(shapes_wanted);
            self.sources.shapes.want(shapes_wanted.drain(..));
        }
        wanted.clear();
        shapes_wanted.clear();
        let pass = self.textures.pass;
        if self.textures.small.len() > MOST_SMALL {
            self.textures.small.retain(|_, small| small.used + 120 >= pass);
        }
    }
}

fn image_of(size_px: [u32; 2], rgba: &[u8]) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([size_px[0] as usize, size_px[1] as usize], rgba)
}

impl Pictures for OnContext<'_, '_> {
    fn small(&mut self, of: &PictureOf) -> PictureState {
        if let Some(texture) = &self.textures.stand_in {
            return PictureState::Ready(picture(texture));
        }
        let key = match of {
            PictureOf::Image(path) => ThumbKey::of_image(path, SMALL_PX),
            PictureOf::Frame(clip, frame) => {
                ThumbKey { subject: ThumbSubject::Frame(Arc::clone(clip), *frame), size_px: SMALL_PX }
            }
        };
        let pass = self.textures.pass;
        let number = self.sources.thumbnails.number(&key);
        // One that was forgotten for want of memory is still the newest.
        let known = self.textures.small.get_mut(&key).filter(|small| number.is_none() || small.number == number);
        let state = if let Some(small) = known {
            small.used = pass;
            PictureState::Ready(picture(&small.texture))
        } else {
            match self.sources.thumbnails.get(&key) {
                Shown::Waiting => PictureState::Waiting,
                Shown::Broken(why) => PictureState::Broken(why.to_string()),
                Shown::Ready(made) => {
                    let image = image_of(made.size_px, &made.rgba);
                    let texture = self.ctx.load_texture("small", image, TextureOptions::LINEAR);
                    let state = PictureState::Ready(picture(&texture));
                    self.textures.small.insert(key.clone(), Small { texture, used: pass, number });
                    state
                }
            }
        };
        self.textures.wanted.push(key);
        state
    }

    fn monitor(&mut self, wish: &MonitorWish) -> MonitorShown {
        match &self.textures.stand_in {
            Some(texture) => MonitorShown {
                picture: PictureState::Ready(picture(texture)),
                source: PictureSource::Film,
                notice: None,
                numbers: MonitorNumbers::default(),
            },
            None => self.screens.show(wish, self.ctx),
        }
    }

    fn levels(&mut self, file: &Path, span_secs: (f64, f64), columns: usize) -> Vec<(f32, f32)> {
        if self.textures.stand_in.is_some() {
            return vec![(-0.5, 0.5); columns];
        }
        let key = ShapeKey::File(file.to_path_buf());
        let levels = match self.sources.shapes.get(&key) {
            Shown::Ready(peaks) => peaks.range(span_secs.0, span_secs.1, columns),
            Shown::Waiting | Shown::Broken(_) => Vec::new(),
        };
        self.textures.shapes_wanted.push(key);
        levels
    }
}

fn picture(texture: &TextureHandle) -> Picture {
    Picture { texture: texture.id(), aspect: texture.aspect_ratio() }
}
