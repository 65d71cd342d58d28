//! Filmstrips, waves and scrub pictures for a pass of the panels, where there is a graphics card.

use super::pictures::OnContext;
use crate::{
    preview::{ScrubFrames, ScrubPicture, ShapeKey, Shown, SoundShapes},
    strips::{Strips, TilePlace},
    ui::{
        model::FilmModel,
        pictures::{MonitorShown, MonitorWish, PictureOf, PictureState, Pictures, Strip, Wave},
    },
};
use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_egui::egui::{Rect, Shape, Ui, pos2, vec2};
use kinora_core::preview::{FilmMap, TakeClip};
use std::{path::Path, sync::Arc};

/// What the graphics card gives to the panels.
#[derive(SystemParam)]
pub(super) struct CardSources<'w> {
    strips: Option<ResMut<'w, Strips>>,
    frames: Res<'w, ScrubFrames>,
    shapes: Res<'w, SoundShapes>,
    shown: ResMut<'w, ScrubShown>,
}

/// What the last pass drew of small pictures, for measuring.
#[derive(Resource, Debug, Clone, Default)]
pub(super) struct ScrubShown {
    /// Frame of the film that the monitor showed a small picture for.
    pub(super) film_frame: Option<u64>,
    /// Frames between it and the picture that was kept nearest.
    pub(super) off_frames: u64,
    /// The film that the pictures were asked of.
    film: Option<Arc<FilmMap>>,
}

/// [`Pictures`] for one pass of the panels, those of the graphics card before the others.
pub(super) struct OnCard<'a, 'w> {
    others: OnContext<'a, 'w>,
    strips: Option<&'a mut Strips>,
    frames: &'a ScrubFrames,
    shapes: &'a SoundShapes,
    shown: &'a mut ScrubShown,
    film: Arc<FilmMap>,
    speed: f64,
    /// Takes that were drawn: they come first.
    seen: Vec<Arc<TakeClip>>,
}

impl CardSources<'_> {
    /// For a pass of the panels, over the pictures that come another way.
    pub(super) fn on<'a, 'w>(&'a mut self, others: OnContext<'a, 'w>, model: &FilmModel, speed: f64) -> OnCard<'a, 'w> {
        let shown = &mut *self.shown;
        if !shown.film.as_ref().is_some_and(|film| Arc::ptr_eq(film, &model.map)) {
            shown.film = Some(Arc::clone(&model.map));
            self.frames.show_film(Arc::clone(&model.map));
        }
        shown.film_frame = None;
        let mut strips = self.strips.as_deref_mut();
        if let Some(strips) = &mut strips {
            strips.begin_pass();
            // The shapes come from one place as long as a project is open.
            if self.shapes.is_changed() {
                strips.forget_sounds();
            }
        }
        OnCard {
            others,
            strips,
            frames: &self.frames,
            shapes: &self.shapes,
            shown,
            film: Arc::clone(&model.map),
            speed,
            seen: Vec::new(),
        }
    }
}

impl Drop for OnCard<'_, '_> {
    /// What this pass drew is what comes first.
    fn drop(&mut self) {
        self.frames.want(std::mem::take(&mut self.seen));
        self.frames.hold(self.speed != 0.0);
    }
}

impl Pictures for OnCard<'_, '_> {
    fn small(&mut self, of: &PictureOf) -> PictureState {
        self.others.small(of)
    }

    fn monitor(&mut self, wish: &MonitorWish) -> MonitorShown {
        self.others.monitor(wish)
    }

    fn levels(&mut self, file: &Path, span_secs: (f64, f64), columns: usize) -> Vec<(f32, f32)> {
        self.others.levels(file, span_secs, columns)
    }

    fn put_strip(&mut self, strip: &Strip<'_>) -> bool {
        let Some(strips) = &mut self.strips else { return false };
        self.seen.push(Arc::clone(strip.clip));
        // They are there in a moment: until then the clip is plain.
        let Some(pictures) = self.frames.pictures(strip.clip) else { return true };
        if pictures.is_empty() {
            return false;
        }
        for rect in tiles(strip) {
            let frames_in = f64::from(rect.center().x - strip.rect.left()) / strip.px_per_frame;
            let frame = strip.clip.in_frame + frames_in.max(0.0) as u64;
            let frame = frame.min(strip.clip.out_frame.saturating_sub(1));
            let Some(picture) = ScrubPicture::nearest(&pictures, frame) else { continue };
            // No line where the strip ends anyway.
            let line = if rect.right() < strip.rect.right() - 1.0 { 1.0 } else { 0.0 };
            strips.push_tile(picture, TilePlace { rect, frame: strip.rect, radius: strip.radius, line });
        }
        true
    }

    fn put_wave(&mut self, wave: &Wave<'_>) -> bool {
        let Some(strips) = &mut self.strips else { return false };
        let key = ShapeKey::File(wave.file.to_path_buf());
        if let Shown::Ready(peaks) = self.shapes.get(&key) {
            let secs_per_px = wave.secs_per_px / f64::from(self.others.px_per_point());
            strips.push_wave(&peaks, (wave.rect, wave.colour), wave.start_secs, secs_per_px);
        }
        self.others.want_shape(key);
        true
    }

    fn pile(&mut self, rect: Rect) -> Option<Shape> {
        self.strips.as_mut()?.take_shape(rect)
    }

    fn scrub(&mut self, ui: &Ui, frame: u64, rect: Rect) {
        let Some(strips) = &mut self.strips else { return };
        let Some((clip, source_frame)) = self.film.place(frame).and_then(|place| place.source) else { return };
        let picture = self.frames.get(&clip, source_frame);
        self.seen.insert(0, clip);
        // While it plays, a picture that is a frame late looks better than one that is not sharp.
        if self.others.monitor_frame() == Some(frame) || self.speed != 0.0 {
            return;
        }
        let Some(picture) = picture else { return };
        strips.push_tile(picture, TilePlace { rect, frame: rect, radius: 0.0, line: 0.0 });
        if let Some(shape) = strips.take_shape(rect.intersect(ui.clip_rect())) {
            ui.painter().add(shape);
            self.shown.film_frame = Some(frame);
            self.shown.off_frames = u64::from(picture.frame).abs_diff(source_frame);
        }
    }
}

/// The pictures of a strip that can be seen. They are counted from the clip's start, so that they stay where they are
/// while it is scrolled; in a clip narrower than one picture its middle is seen.
fn tiles(strip: &Strip<'_>) -> impl Iterator<Item = Rect> + use<> {
    let Strip { rect, seen, tile_px, .. } = *strip;
    let tile_px = tile_px.max(1.0);
    let narrow = (rect.width() < tile_px).then(|| Rect::from_center_size(rect.center(), vec2(tile_px, rect.height())));
    let first = ((seen.left() - rect.left()) / tile_px).floor().max(0.0);
    let count = if seen.is_positive() { ((seen.right() - rect.left()) / tile_px - first).ceil().max(0.0) } else { 0.0 };
    let count = if narrow.is_some() && count > 0.0 { 1 } else { count as usize };
    (0..count).map(move |index| {
        narrow.unwrap_or_else(|| {
            let left = rect.left() + (first + index as f32) * tile_px;
            Rect::from_min_size(pos2(left, rect.top()), vec2(tile_px, rect.height()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        conform::ConformSpec,
        film::{FitMode, FrameSize},
        media::PictureFormat,
        time::FrameRate,
    };

    fn strip(clip: &Arc<TakeClip>, rect: Rect, seen: (f32, f32)) -> Strip<'_> {
        let seen = rect.intersect(Rect::from_min_max(pos2(seen.0, 0.0), pos2(seen.1, 100.0)));
        Strip { clip, rect, seen, tile_px: 50.0, px_per_frame: 2.0, radius: 4.0 }
    }

    #[test]
    fn only_what_is_seen_is_drawn_and_pictures_keep_their_places() {
        let format = PictureFormat { size: FrameSize { width: 160, height: 90 }, rate: FrameRate::FPS_24 };
        let clip = Arc::new(TakeClip {
            path: "take.mp4".into(),
            spec: ConformSpec { format, fit: FitMode::Blur, optical_flow: false },
            in_frame: 0,
            out_frame: 1000,
            first_png: None,
            last_png: None,
        });
        let long = Rect::from_min_max(pos2(-10_000.0, 10.0), pos2(10_000.0, 40.0));
        let lefts: Vec<f32> = tiles(&strip(&clip, long, (0.0, 120.0))).map(|rect| rect.left()).collect();
        assert_eq!(lefts, [0.0, 50.0, 100.0]);
        let lefts: Vec<f32> = tiles(&strip(&clip, long, (20.0, 140.0))).map(|rect| rect.left()).collect();
        assert_eq!(lefts, [0.0, 50.0, 100.0], "scrolled, they stay");
        let narrow = Rect::from_min_max(pos2(100.0, 10.0), pos2(110.0, 40.0));
        let rects: Vec<Rect> = tiles(&strip(&clip, narrow, (0.0, 500.0))).collect();
        assert_eq!((rects.len(), rects[0].center().x, rects[0].width()), (1, 105.0, 50.0));
        assert_eq!(tiles(&strip(&clip, narrow, (200.0, 500.0))).count(), 0, "out of sight");
    }
}
