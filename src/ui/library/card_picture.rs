//! What a card shows: a picture that follows the pointer, or the shape of a sound.

use super::items::{Item, frames};
use crate::ui::{
    desk::Desk,
    model::FilmModel,
    pictures::{PictureOf, PictureState},
};
use bevy_egui::egui::{Align2, Color32, FontId, Rect, Shape, Stroke, Ui, pos2, vec2};
use kinora_core::film::AudioLane;
use std::path::PathBuf;

/// Pictures across a card: as many as hovering asks for.
pub(super) const STEPS: u8 = 16;

/// The file behind a thing.
pub(super) fn file_of(model: &FilmModel, item: Item) -> Option<PathBuf> {
    match item {
        Item::Scene(_) => Some(model.layout().scene_file(&item.scene(model)?.scene_id)),
        Item::Character(_) => model.project_file(item.character(model)?.portrait_paths.first()?),
        Item::Portrait(_, index) => model.project_file(item.character(model)?.portrait_paths.get(index)?),
        Item::Clip(_) => item.clip(model).cloned(),
        _ => {
            let (scene, shot) = (item.scene(model)?, item.shot(model).map(|(_, shot)| shot));
            let file = match item {
                Item::Take(..) => Some(&item.take(model)?.file_path),
                Item::First(_) => shot?.first_frame_path.as_ref(),
                Item::Last(_) => shot?.last_frame_path.as_ref(),
                Item::Reference(_, end) => end.path_in(shot?),
                Item::Line(..) => item.line(model)?.file_path.as_ref(),
                Item::Lane(_, lane) => scene.audio_tracks.lane(lane),
                _ => shot?.file_path.as_ref(),
            };
            model.scene_file(&scene.scene_id, file?)
        }
    }
}

/// The file behind a thing, looked up once.
pub(super) fn kept_file(desk: &mut Desk<'_>, item: Item) -> Option<PathBuf> {
    let model = desk.model;
    desk.state.library.kept.files.entry(item).or_insert_with(|| file_of(model, item)).clone()
}

/// What a thing shows at a part of its width.
fn picture_of(model: &FilmModel, item: Item, fraction: f64) -> Option<PictureOf> {
    match item {
        Item::Scene(index) => {
            let span = model.scene_spans.get(index).filter(|span| span.frames > 0)?;
            let frame = span.start_frame + ((span.frames - 1) as f64 * fraction) as u64;
            let shot = model.shot_at(frame)?;
            PictureOf::shot(model, shot, (frame - shot.start_frame) as f64 / shot.frames as f64)
        }
        Item::Shot(index) => PictureOf::shot(model, model.shot_spans.get(index)?, fraction),
        Item::Take(index, _) => {
            let clip = model.clip_of_take(&model.name_of(model.shot_spans.get(index)?), item.take(model)?)?;
            let frame = clip.frame_at(fraction);
            Some(PictureOf::Frame(clip, frame))
        }
        Item::First(_) | Item::Last(_) | Item::Reference(..) | Item::Character(_) | Item::Portrait(..) => {
            file_of(model, item).map(PictureOf::Image)
        }
        Item::Line(..) | Item::Lane(..) | Item::Clip(_) => None,
    }
}

/// Draws it. `scrub` is where the pointer is, 0 to 1.
pub(super) fn show(ui: &Ui, desk: &mut Desk<'_>, item: Item, rect: Rect, glyph: &str, scrub: Option<f32>) {
    let theme = desk.theme;
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4, theme.backdrop);
    if let Item::Line(..) | Item::Lane(..) = item {
        if !shape(ui, desk, item, rect) {
            painter.text(rect.center(), Align2::CENTER_CENTER, glyph, FontId::proportional(18.0), theme.faint);
        }
        return;
    }
    let step = (scrub.unwrap_or(0.0).clamp(0.0, 1.0) * f32::from(STEPS)).round() as u8;
    let model = desk.model;
    let kept = &mut desk.state.library.kept.pictures;
    let of = kept.entry((item, step)).or_insert_with(|| picture_of(model, item, f64::from(step) / f64::from(STEPS)));
    let state = of.as_ref().map(|of| desk.pictures.small(of));
    let Some(PictureState::Ready(picture)) = state else {
        let size = (rect.height() * 0.4).clamp(16.0, 26.0);
        painter.text(rect.center(), Align2::CENTER_CENTER, glyph, FontId::proportional(size), theme.faint);
        return;
    };
    let is_person = matches!(item, Item::Character(_) | Item::Portrait(..));
    let (place, uv) = if is_person { fitted(rect, picture.aspect) } else { filled(rect, picture.aspect) };
    painter.image(picture.texture, place, uv, Color32::WHITE);
    if let Some(scrub) = scrub.filter(|_| !matches!(of, Some(PictureOf::Image(_)))) {
        let x = rect.left() + rect.width() * scrub;
        painter.vline(x, rect.y_range(), Stroke::new(1.0, theme.accent));
    }
}

/// The whole picture.
fn fitted(rect: Rect, aspect: f32) -> (Rect, Rect) {
    let width = rect.width().min(rect.height() * aspect);
    let place = Rect::from_center_size(rect.center(), vec2(width, width / aspect.max(0.01)));
    (place, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)))
}

/// The whole place where the shapes are near, else the whole picture.
fn filled(rect: Rect, aspect: f32) -> (Rect, Rect) {
    let room = rect.width() / rect.height().max(1.0);
    if !(0.75..1.6).contains(&(aspect / room)) {
        return fitted(rect, aspect);
    }
    let cut =
        if aspect > room { vec2((1.0 - room / aspect) / 2.0, 0.0) } else { vec2(0.0, (1.0 - aspect / room) / 2.0) };
    (rect, Rect::from_min_max(pos2(cut.x, cut.y), pos2(1.0 - cut.x, 1.0 - cut.y)))
}

/// The shape of a sound, as far as it is known.
fn shape(ui: &Ui, desk: &mut Desk<'_>, item: Item, rect: Rect) -> bool {
    let theme = desk.theme;
    let Some(file) = kept_file(desk, item) else { return false };
    let secs = desk.model.rate().frames_to_secs(frames(desk.model, item));
    let columns = (rect.width() / 2.0) as usize;
    let levels = desk.pictures.levels(&file, (0.0, secs), columns);
    if levels.is_empty() {
        return false;
    }
    let color = match item {
        Item::Lane(_, AudioLane::Music) => theme.music,
        Item::Lane(_, AudioLane::Ambient) => theme.ambient,
        _ => theme.voice,
    };
    let step = rect.width() / levels.len() as f32;
    let lines = levels.iter().enumerate().map(|(index, (low, high))| {
        let x = rect.left() + (index as f32 + 0.5) * step;
        let half = rect.height() * 0.45;
        let (top, bottom) = (rect.center().y - high.max(0.02) * half, rect.center().y - low.min(-0.02) * half);
        Shape::line_segment([pos2(x, top), pos2(x, bottom)], Stroke::new(1.4, color))
    });
    ui.painter_at(rect).extend(lines);
    true
}
