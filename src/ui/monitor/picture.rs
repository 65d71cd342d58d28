//! The film in its room.

use super::marks;
use crate::{
    preview::PictureSource,
    ui::{
        desk::Desk,
        pictures::{MonitorShown, MonitorWish, PictureState},
        state::Selection,
    },
};
use bevy_egui::egui::{
    Color32, CursorIcon, Id, PointerButton, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use kinora_core::{
    ids::TakeId,
    preview::{TakeClip, Zoom},
};
use std::sync::Arc;

/// How near the line of a wipe a hand takes it, in points.
const LINE_REACH: f32 = 8.0;
/// Enlargement for a point of the wheel.
const WHEEL_STEP: f32 = 0.004;

/// Size of the film in pixels.
pub(super) fn film_px(desk: &Desk<'_>) -> [u32; 2] {
    let size = desk.model.metadata.size;
    [size.width.max(1), size.height.max(1)]
}

/// Two takes that are compared, and their frames at the playhead.
type Pair = [(Arc<TakeClip>, u64); 2];

pub(super) fn picture_ui(ui: &mut Ui, desk: &mut Desk<'_>, room: Rect) {
    let room = room.intersect(ui.max_rect());
    let scale = ui.ctx().pixels_per_point();
    let room_px = [room.width() * scale, room.height() * scale];
    desk.state.monitor.room_px = room_px;
    let frame = desk.state.transport.frame;
    let response = ui.interact(room, Id::new("monitor"), Sense::click_and_drag());
    let film = film_px(desk);
    let Some(span) = desk.model.shot_at(frame).copied() else {
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Monitor: the film is empty"));
        let place = placed(desk, room, scale);
        ui.painter_at(room).rect_filled(place, 0, Color32::BLACK);
        marks::words_ui(ui, place, "The film is empty", "Add a shot with N, or import a screenplay");
        return;
    };
    let name = desk.model.name_of(&span);
    let label =
        format!("Monitor: shot {}.{} at {}", span.scene_index + 1, span.shot_index + 1, desk.model.timecode(frame));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &label));
    let pair = compared(desk, frame);
    let place = placed(desk, room, scale);
    let on_line = pair.is_some() && move_line(ui, desk, &response, place);
    move_picture(ui, desk, &response, room, scale, on_line);
    if response.clicked() && !on_line {
        desk.state.selection = Selection::shot(name);
    }
    // Both may have moved it.
    let place = placed(desk, room, scale);
    let painter = ui.painter_at(room);
    painter.rect_filled(place.intersect(room), 0, Color32::BLACK);
    let (corner_px, picture_px) = desk.state.monitor.view.place(film, room_px);
    let split = desk.state.inspector.wipe_split();
    let is_wipe = pair.is_some();
    let wish = MonitorWish {
        frame,
        speed: desk.state.transport.speed,
        wipe: pair.map(|pair| (pair, corner_px[0] + picture_px[0] * split)),
        room_px: room_px.map(|side| side.round().max(1.0) as u32),
        corner_px,
        picture_px,
    };
    // Also where there is nothing to see: what comes next is decoded, and whether the film plays is known.
    let MonitorShown { picture, source, notice, numbers } = desk.pictures.monitor(&wish);
    if desk.model.shot_of(&span).file_path.is_none() && !is_wipe {
        let title = format!("Shot {}.{} has no take yet", span.scene_index + 1, span.shot_index + 1);
        marks::words_ui(ui, place, &title, "Select it and press G to generate one");
        return;
    }
    match picture {
        PictureState::Ready(picture) => {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(picture.texture, room, uv, Color32::WHITE);
        }
        PictureState::Waiting => {}
        PictureState::Broken(why) => marks::words_ui(ui, place, "This frame cannot be shown", &why),
    }
    if !is_wipe {
        // A small picture of the frame, until the monitor has its own.
        let mut inside = ui.new_child(UiBuilder::new().max_rect(room));
        inside.set_clip_rect(room.intersect(ui.clip_rect()));
        desk.pictures.scrub(&inside, frame, place);
    }
    if desk.state.safe_areas {
        marks::safe_areas_ui(&painter, desk.theme, place);
    }
    if is_wipe {
        marks::line_ui(&painter, desk, place, split);
    }
    let truth = match source {
        PictureSource::PlainSeam => Some("This cut is being smoothed"),
        PictureSource::Still => Some("A still: the take is being made ready"),
        PictureSource::Film | PictureSource::Near | PictureSource::Plain | PictureSource::None => None,
    };
    let said = notice.as_deref().or(truth);
    if let Some(said) = said {
        marks::badge_ui(&painter, desk.theme, room, said, notice.is_some());
    }
    if desk.state.diagnostics {
        marks::diagnostics_ui(&painter, room, &numbers, wish.picture_px[0] / film[0] as f32);
    }
}

/// Where the film's picture lies, in points.
fn placed(desk: &Desk<'_>, room: Rect, scale: f32) -> Rect {
    let (corner, size) = desk.state.monitor.view.place(film_px(desk), desk.state.monitor.room_px);
    Rect::from_min_size(room.min + vec2(corner[0], corner[1]) / scale, vec2(size[0], size[1]) / scale)
}

/// The takes that are compared, while the playhead is in their shot: both at the moment that the film shows.
fn compared(desk: &Desk<'_>, frame: u64) -> Option<Pair> {
    if !desk.state.monitor.wipe {
        return None;
    }
    let (name, takes) = desk.state.inspector.compared()?;
    let span = desk.model.span(name)?;
    let offset = frame.checked_sub(span.start_frame).filter(|_| frame < span.end_frame())?;
    let shot = desk.model.shot(name)?;
    let side = |take_id: &TakeId| {
        let take = shot.takes.iter().find(|take| take.take_id == *take_id)?;
        let clip = desk.model.clip_of_take(name, take)?;
        let frame = (shot.in_frame + offset).min(clip.out_frame.saturating_sub(1));
        Some((clip, frame))
    };
    let [left, right] = takes;
    Some([side(left)?, side(right)?])
}

/// Lets the pointer take the line of a wipe. Answers whether it has it.
fn move_line(ui: &Ui, desk: &mut Desk<'_>, response: &Response, place: Rect) -> bool {
    let split = desk.state.inspector.wipe_split();
    let line = place.left() + place.width() * split;
    let is_near = |x: f32| (x - line).abs() <= LINE_REACH;
    let state = &mut desk.state.monitor;
    if response.drag_started_by(PointerButton::Primary) {
        // Where the button went down, not where the drag was noticed.
        let origin = ui.input(|input| input.pointer.press_origin());
        state.has_line = origin.is_some_and(|origin| is_near(origin.x));
    }
    if state.has_line && response.dragged_by(PointerButton::Primary) {
        if let Some(pointer) = response.interact_pointer_pos() {
            desk.state.inspector.set_wipe_split((pointer.x - place.left()) / place.width().max(1.0));
        }
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        return true;
    }
    if response.drag_stopped() {
        return std::mem::take(&mut state.has_line);
    }
    if response.hover_pos().is_some_and(|pointer| is_near(pointer.x)) {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    false
}

/// Zooms about the pointer with the wheel or two fingers, moves an enlarged picture with the hand.
fn move_picture(ui: &Ui, desk: &mut Desk<'_>, response: &Response, room: Rect, scale: f32, on_line: bool) {
    let (film, room_px) = (film_px(desk), desk.state.monitor.room_px);
    let view = desk.state.monitor.view;
    if let Some(pointer) = response.hover_pos() {
        let by = ui.input(|input| input.zoom_delta() * (input.smooth_scroll_delta().y * WHEEL_STEP).exp());
        if (by - 1.0).abs() > 1e-4 {
            let at = (pointer - room.min) * scale;
            desk.state.monitor.view = view.zoomed_about([at.x, at.y], by, film, room_px);
        }
    }
    if view.zoom != Zoom::Fit && response.dragged() && !on_line {
        let by = response.drag_delta() * scale;
        desk.state.monitor.view = view.moved([by.x, by.y], film);
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if response.double_clicked() {
        super::fit(desk);
    }
}
