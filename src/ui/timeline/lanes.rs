//! The sound lanes under the picture: lines of dialogue, music, ambience, with their shapes.

use super::{HEADER_PX, Parts, drag::Drag, scenes::seen_scenes, text_in, view::View};
use crate::ui::{actions, desk::Desk, pictures::Wave, state::Selection, widgets};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Id, Mesh, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::{
    film::{AudioLane, VoiceSource},
    ids::{LineId, SceneId},
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Narrower lines are drawn as part of a bar: nothing in them could be read or hit.
const LEAST_PX: f32 = 4.0;

/// Something that lies on a lane.
struct Piece {
    scene_id: SceneId,
    /// The line it is; absent for the sound of a whole lane.
    line_id: Option<LineId>,
    rect: Rect,
    label: String,
    file: Option<PathBuf>,
    /// Part of the file that is heard, in seconds.
    span_secs: (f64, f64),
    muted: bool,
    offset_secs: f64,
}

impl Piece {
    fn id(&self, lane: AudioLane) -> Id {
        match &self.line_id {
            Some(line_id) => Id::new(("line", &self.scene_id, line_id)),
            None => Id::new(("lane", &self.scene_id, lane_name(lane))),
        }
    }

    /// What sets its place: operator and parameters.
    fn moved_to(&self, lane: AudioLane, offset_secs: f64) -> (&'static str, Value) {
        match &self.line_id {
            Some(line_id) => {
                let params = json!({ "scene_id": self.scene_id, "line_id": line_id, "offset_secs": offset_secs });
                ("line.set", params)
            }
            None => ("lane.set", json!({ "scene_id": self.scene_id, "lane": lane, "offset_secs": offset_secs })),
        }
    }
}

/// Names and switches left of the tracks.
pub(super) fn headers_ui(ui: &mut Ui, desk: &Desk<'_>, rect: Rect, parts: &Parts) {
    let theme = desk.theme;
    let painter = ui.painter_at(rect);
    let header = |row: Rect, glyph: &str, label: &str| {
        let place = Rect::from_min_max(pos2(rect.left(), row.top()), pos2(rect.left() + HEADER_PX - 6.0, row.bottom()));
        painter.text(
            place.left_center() + vec2(4.0, 0.0),
            Align2::LEFT_CENTER,
            glyph,
            FontId::proportional(14.0),
            theme.quiet,
        );
        painter.text(
            place.left_center() + vec2(26.0, 0.0),
            Align2::LEFT_CENTER,
            label,
            FontId::proportional(12.0),
            theme.quiet,
        );
    };
    header(parts.scenes, icon::FILM_SLATE, "Scenes");
    header(parts.video, icon::FILM_STRIP, "Video");
    for (lane, row) in parts.lanes {
        header(row, glyph(lane), lane_name(lane));
    }
}

const fn glyph(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => icon::MICROPHONE,
        AudioLane::Music => icon::MUSIC_NOTES,
        AudioLane::Ambient => icon::WIND,
    }
}

const fn lane_name(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => "Voice",
        AudioLane::Music => "Music",
        AudioLane::Ambient => "Ambient",
    }
}

pub(super) fn lane_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, lane: AudioLane, row: Rect) {
    ui.painter().rect_filled(row, 0, desk.theme.panel.gamma_multiply(0.55));
    let mut seen = Vec::new();
    for index in seen_scenes(desk, view) {
        let scene = &desk.model.scenes[index];
        if lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines {
            seen.extend(lines_ui(ui, desk, view, row, index));
        } else {
            seen.extend(lane_piece(desk, view, lane, row, index));
        }
    }
    seen.retain(|piece| piece.rect.intersects(ui.clip_rect()));
    let color = match lane {
        AudioLane::Voice => desk.theme.voice,
        AudioLane::Music => desk.theme.music,
        AudioLane::Ambient => desk.theme.ambient,
    };
    for piece in &seen {
        ui.painter().rect_filled(piece.rect, 3, if piece.muted { desk.theme.raised } else { color });
    }
    // Over the grounds and under what is written on them lie the shapes of all sounds, drawn in one go.
    let shapes = ui.painter().add(Shape::Noop);
    for piece in &seen {
        piece_ui(ui, desk, view, lane, piece);
    }
    if let Some(shape) = desk.pictures.pile(row.intersect(ui.clip_rect())) {
        ui.painter().set(shapes, shape);
    }
}

fn place(view: &View, row: Rect, start_frame: u64, frames: f64) -> Rect {
    let width = view.width_of(frames).max(2.0) - 1.0;
    Rect::from_min_size(pos2(view.x_of(start_frame), row.top() + 1.0), vec2(width, row.height() - 2.0))
}

/// The lines of a scene, each where it is spoken. Those too short to be read are drawn here, as bars.
fn lines_ui(ui: &Ui, desk: &Desk<'_>, view: &View, row: Rect, index: usize) -> Vec<Piece> {
    let model = desk.model;
    let (scene, rate) = (&model.scenes[index], model.rate());
    let muted = scene.audio_mix.lane(AudioLane::Voice).mute;
    let seen = ui.clip_rect();
    let mut pieces = Vec::new();
    let mut bar: Option<Rect> = None;
    for line in &scene.voice_lines {
        let Some(shot) = model.shot_in(index, &line.shot_id) else { continue };
        let start = shot.start_frame + rate.secs_to_frames(line.offset_secs.max(0.0));
        // A line that is not spoken yet takes about as long as it takes to read.
        let secs = if line.duration_secs > 0.0 { line.duration_secs } else { 0.5 + line.text.len() as f64 / 15.0 };
        let rect = place(view, row, start, secs * rate.as_f64());
        if !rect.intersects(seen) {
            continue;
        }
        if rect.width() < LEAST_PX {
            bar = match bar {
                Some(known) if rect.left() - known.right() < 2.0 => Some(known.union(rect)),
                known => {
                    bar_ui(ui, desk, known);
                    Some(rect)
                }
            };
            continue;
        }
        let speaker = line.character_id.as_ref().and_then(|id| model.character(id));
        let who = speaker.map_or("Narrator", |speaker| speaker.name.as_str());
        pieces.push(Piece {
            scene_id: scene.scene_id.clone(),
            line_id: Some(line.line_id.clone()),
            rect,
            label: format!("{who}: {}", line.text),
            file: line.file_path.as_ref().and_then(|file| model.scene_file(&scene.scene_id, file)),
            span_secs: (0.0, secs),
            muted,
            offset_secs: line.offset_secs,
        });
    }
    bar_ui(ui, desk, bar);
    pieces
}

fn bar_ui(ui: &Ui, desk: &Desk<'_>, bar: Option<Rect>) {
    if let Some(bar) = bar {
        ui.painter().rect_filled(bar, 1, desk.theme.voice);
    }
}

/// The sound of a lane of a scene.
fn lane_piece(desk: &Desk<'_>, view: &View, lane: AudioLane, row: Rect, index: usize) -> Option<Piece> {
    let (model, scene) = (desk.model, &desk.model.scenes[index]);
    let (span, rate) = (model.scene_spans[index], model.rate());
    let mix = scene.audio_mix.lane(lane);
    let file = scene.audio_tracks.lane(lane)?;
    let start = span.start_frame + rate.secs_to_frames(mix.offset_secs.max(0.0));
    let frames = (span.start_frame + span.frames).saturating_sub(start) as f64;
    let skipped = (-mix.offset_secs).max(0.0);
    Some(Piece {
        scene_id: scene.scene_id.clone(),
        line_id: None,
        rect: place(view, row, start, frames),
        label: file.file_name().to_owned(),
        file: model.scene_file(&scene.scene_id, file),
        span_secs: (skipped, skipped + frames / rate.as_f64().max(1.0)),
        muted: mix.mute,
        offset_secs: mix.offset_secs,
    })
}

fn piece_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, lane: AudioLane, piece: &Piece) {
    let theme = desk.theme;
    let response =
        ui.interact(piece.rect, piece.id(lane), Sense::click_and_drag()).on_hover_cursor(CursorIcon::PointingHand);
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{} {}", lane_name(lane), piece.label)));
    let selection = Selection::Lane(piece.scene_id.clone(), lane);
    let chosen = desk.state.selection == selection;
    let painter = ui.painter();
    shape(ui, desk, piece, if piece.muted { theme.faint } else { theme.text.gamma_multiply(0.5) });
    let name = Rect::from_min_size(piece.rect.min, vec2(piece.rect.width(), 15.0)).shrink2(vec2(6.0, 0.0));
    let name = name.with_min_x(name.left().max(view.tracks.left() + 6.0));
    let text = if piece.muted { format!("{}  {}", icon::SPEAKER_SLASH, piece.label) } else { piece.label.clone() };
    text_in(ui, name, &text, FontId::proportional(10.5), if piece.muted { theme.quiet } else { theme.text });
    if chosen || response.hovered() {
        let stroke = Stroke::new(if chosen { 1.5 } else { 1.0 }, if chosen { theme.accent } else { theme.quiet });
        painter.rect_stroke(piece.rect, 3, stroke, StrokeKind::Inside);
    }
    if response.clicked() || response.drag_started() {
        desk.state.selection = selection;
    }
    if response.drag_started() {
        let start_x = ui.input(|input| input.pointer.press_origin()).map_or(piece.rect.left(), |at| at.x);
        let group = desk.state.new_group();
        let back = piece.moved_to(lane, piece.offset_secs);
        desk.state.timeline.drag = Some(Drag::Lane { group, offset_secs: piece.offset_secs, start_x, back });
    }
    if response.dragged()
        && let Some(Drag::Lane { group, offset_secs, start_x, .. }) = desk.state.timeline.drag
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let moved = f64::from(pointer.x - start_x) / view.px_per_frame / desk.model.rate().as_f64();
        // Places on a lane are kept in milliseconds: finer than a frame, and still readable in the file.
        // What begins inside its file does not jump when it is taken up.
        let secs = ((offset_secs + moved).max(offset_secs.min(0.0)) * 1000.0).round() / 1000.0;
        let (operator, params) = piece.moved_to(lane, secs);
        desk.asks.run_in(operator, params, group);
    }
    let lane_is_chosen = desk.state.selection == Selection::Lane(piece.scene_id.clone(), lane);
    if response.secondary_clicked() && !lane_is_chosen {
        desk.state.selection = Selection::Lane(piece.scene_id.clone(), lane);
    }
    widgets::context_menu_ui(ui, desk, &response, lane_is_chosen, |ui, desk| {
        widgets::menu_ui(ui, desk, actions::of_lane(lane));
    });
    response.on_hover_text(format!("{}\nDrag to move it", piece.label));
}

/// The shape of the sound, a column a point.
fn shape(ui: &Ui, desk: &mut Desk<'_>, piece: &Piece, color: Color32) {
    let Some(file) = &piece.file else { return };
    let seen = piece.rect.intersect(ui.clip_rect());
    let columns = (seen.width() / 2.0).floor().max(0.0) as usize;
    if columns == 0 {
        return;
    }
    let (start, end) = piece.span_secs;
    let secs_at = |x: f32| start + (end - start) * f64::from((x - piece.rect.left()) / piece.rect.width());
    let wave = Wave {
        file,
        rect: Rect::from_min_max(pos2(seen.left(), seen.top() + 13.0), pos2(seen.right(), seen.bottom() - 1.0)),
        start_secs: secs_at(seen.left()),
        secs_per_px: (end - start) / f64::from(piece.rect.width().max(1.0)),
        colour: color,
    };
    if desk.pictures.put_wave(&wave) {
        return;
    }
    let levels = desk.pictures.levels(file, (secs_at(seen.left()), secs_at(seen.right())), columns);
    let base = Rect::from_min_max(pos2(seen.left(), seen.top() + 14.0), pos2(seen.right(), seen.bottom() - 2.0));
    let (middle, half) = (base.center().y, base.height() * 0.5);
    let mut mesh = Mesh::default();
    for (index, (low, high)) in levels.into_iter().enumerate() {
        let left = base.left() + index as f32 * 2.0;
        // The root of the level: a bed 27 dB down still shows where it swells.
        let height = |level: f32| level.clamp(-1.0, 1.0).abs().sqrt().copysign(level) * half;
        let (top, bottom) = (middle - height(high), middle - height(low));
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(left, top.min(middle - 0.5)), pos2(left + 1.5, bottom.max(middle + 0.5))),
            color,
        );
    }
    ui.painter_at(piece.rect).add(Shape::mesh(mesh));
}
