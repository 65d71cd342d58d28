//! The sound lanes under the picture: lines of dialogue, music, ambience, with their shapes.

use super::{
    HEADER_PX, Parts,
    drag::Drag,
    plain::Plain,
    scenes::seen_scenes,
    snap::{self, SoundName},
    text_in,
    view::View,
};
use crate::ui::{actions, ask::Ask, desk::Desk, model::FilmModel, pictures::Wave, state::Selection, widgets};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Id, Mesh, Popup, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::film::{AudioLane, FilmScene, VoiceLine, VoiceSource};
use serde_json::{Value, json};

/// Narrower sounds are drawn as part of a bar: nothing in them could be read or hit.
const BAR_PX: f32 = 8.0;
/// Narrower ones have no round corners and no words.
const WORDS_PX: f32 = 24.0;

/// Something that lies on a lane.
struct Piece<'a> {
    scene: &'a FilmScene,
    /// The line it is; absent for the sound of a whole lane.
    line: Option<&'a VoiceLine>,
    rect: Rect,
    /// Part of the file that is heard, in seconds.
    span_secs: (f64, f64),
    muted: bool,
    offset_secs: f64,
    /// The frame of the film that its offset is counted from.
    base_frame: u64,
    /// Its length in frames.
    frames: f64,
}

impl Piece<'_> {
    fn id(&self, lane: AudioLane) -> Id {
        match self.line {
            Some(line) => Id::new(("line", &self.scene.scene_id, &line.line_id)),
            None => Id::new(("lane", &self.scene.scene_id, lane_name(lane))),
        }
    }

    /// Who says what, or which file it is.
    fn label(&self, model: &FilmModel, lane: AudioLane) -> String {
        if let Some(line) = self.line {
            let speaker = line.character_id.as_ref().and_then(|id| model.character(id));
            return format!("{}: {}", speaker.map_or("Narrator", |speaker| speaker.name.as_str()), line.text);
        }
        self.scene.audio_tracks.lane(lane).map_or_else(String::new, |file| file.file_name().to_owned())
    }

    fn name(&self, lane: AudioLane) -> SoundName {
        let line_id = self.line.map(|line| line.line_id.clone());
        SoundName { scene_id: self.scene.scene_id.clone(), lane, line_id }
    }
}

/// A sound that is being dragged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    sound: SoundName,
    group: u64,
    /// Its offset where the drag began, and where it is now.
    began_secs: f64,
    now_secs: f64,
    /// Where the hand was.
    start_x: f32,
    base_frame: u64,
    frames: f64,
}

impl Moved {
    /// The sound follows the hand.
    pub(super) fn follow(&mut self, desk: &mut Desk<'_>, view: &View, x: f32) {
        let rate = desk.model.rate().as_f64();
        let by_hand = f64::from(x - self.start_x) / view.px_per_frame;
        let start = self.base_frame as f64 + self.began_secs * rate + by_hand;
        // The sound of a whole lane ends with its scene, wherever it begins.
        let borders = [start, start + self.frames];
        let borders = if self.sound.line_id.is_some() { &borders[..] } else { &borders[..1] };
        let held = if by_hand == 0.0 { None } else { snap::sound(desk, view, Some(&self.sound), borders) };
        desk.state.timeline.held = held.map(|held| held.frame);
        let start = start + held.map_or(0.0, |held| held.by_frames);
        // What begins inside its file does not jump when it is taken up. Places on a lane are kept in milliseconds: finer
        // than a frame, and still readable in the file.
        let secs = ((start - self.base_frame as f64) / rate).max(self.began_secs.min(0.0));
        let secs = (secs * 1000.0).round() / 1000.0;
        if by_hand != 0.0 && (secs - self.now_secs).abs() > 1e-9 {
            self.now_secs = secs;
            desk.asks.push(self.to(secs));
        }
    }

    /// What puts it back; nothing if it never left.
    pub(super) fn put_back(&self) -> Option<Ask> {
        (self.now_secs != self.began_secs).then(|| self.to(self.began_secs))
    }

    fn to(&self, offset_secs: f64) -> Ask {
        let (scene_id, lane) = (&self.sound.scene_id, self.sound.lane);
        let (operator, params): (_, Value) = match &self.sound.line_id {
            Some(line_id) => {
                ("line.set", json!({ "scene_id": scene_id, "line_id": line_id, "offset_secs": offset_secs }))
            }
            None => ("lane.set", json!({ "scene_id": scene_id, "lane": lane, "offset_secs": offset_secs })),
        };
        Ask::Run { operator, params, group: Some(self.group) }
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

pub(super) const fn lane_name(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => "Voice",
        AudioLane::Music => "Music",
        AudioLane::Ambient => "Ambient",
    }
}

pub(super) fn lane_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, lane: AudioLane, row: Rect) {
    let (theme, model) = (desk.theme, desk.model);
    let color = match lane {
        AudioLane::Voice => theme.voice,
        AudioLane::Music => theme.music,
        AudioLane::Ambient => theme.ambient,
    };
    let mut grounds = Plain::new(ui);
    grounds.add(row, theme.panel.gamma_multiply(0.55));
    let mut pieces = Vec::new();
    for index in seen_scenes(desk, view) {
        let scene = &model.scenes[index];
        if lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines {
            let color = if scene.audio_mix.lane(lane).mute { theme.raised } else { color };
            lines(model, view, row, index, &mut pieces, &mut |bar| grounds.add(bar, color));
        } else {
            pieces.extend(
                lane_piece(model, view, lane, row, index).filter(|piece| piece.rect.intersects(ui.clip_rect())),
            );
        }
    }
    let ground = |piece: &Piece<'_>| if piece.muted { theme.raised } else { color };
    for piece in pieces.iter().filter(|piece| piece.rect.width() < WORDS_PX) {
        grounds.add(piece.rect, ground(piece));
    }
    grounds.paint(ui);
    for piece in pieces.iter().filter(|piece| piece.rect.width() >= WORDS_PX) {
        ui.painter().rect_filled(piece.rect, 3, ground(piece));
    }
    // Over the grounds and under what is written on them lie the shapes of all sounds, drawn in one go.
    let shapes = ui.painter().add(Shape::Noop);
    // A point of each is the gap before the next.
    for piece in pieces.iter().filter(|piece| piece.rect.width() >= BAR_PX - 1.0) {
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

/// The lines of a scene that can be seen, each where it is spoken. Those too short to be read come as bars: as one where
/// they nearly touch.
fn lines<'a>(
    model: &'a FilmModel,
    view: &View,
    row: Rect,
    index: usize,
    pieces: &mut Vec<Piece<'a>>,
    bar_ui: &mut dyn FnMut(Rect),
) {
    let (scene, span, rate) = (&model.scenes[index], model.scene_spans[index], model.rate().as_f64());
    let muted = scene.audio_mix.lane(AudioLane::Voice).mute;
    let (first, end) = view.seen();
    let (first, end) = (first as f64, end as f64);
    let least = view.frames_of(BAR_PX);
    let mut bar: Option<Rect> = None;
    for line in model.lines_in(index) {
        let (start_frame, frames) = (span.start_frame + line.start_frame, line.secs * rate);
        let start = start_frame as f64;
        if start > end {
            break;
        }
        if start + frames < first {
            continue;
        }
        let rect = place(view, row, start_frame, frames);
        if frames < least {
            match &mut bar {
                Some(known) if rect.left() - known.right() < 2.0 => *known = known.union(rect),
                known => {
                    if let Some(ended) = known.replace(rect) {
                        bar_ui(ended);
                    }
                }
            }
            continue;
        }
        let spoken = &scene.voice_lines[line.line_index];
        pieces.push(Piece {
            scene,
            line: Some(spoken),
            rect,
            span_secs: (0.0, line.secs),
            muted,
            offset_secs: spoken.offset_secs,
            base_frame: span.start_frame + line.shot_frame,
            frames,
        });
    }
    if let Some(ended) = bar {
        bar_ui(ended);
    }
}

/// The sound of a lane of a scene.
fn lane_piece<'a>(model: &'a FilmModel, view: &View, lane: AudioLane, row: Rect, index: usize) -> Option<Piece<'a>> {
    let scene = &model.scenes[index];
    scene.audio_tracks.lane(lane)?;
    let (span, rate) = (model.scene_spans[index], model.rate());
    let mix = scene.audio_mix.lane(lane);
    let start = span.start_frame + rate.secs_to_frames(mix.offset_secs.max(0.0));
    let frames = (span.start_frame + span.frames).saturating_sub(start) as f64;
    let skipped = (-mix.offset_secs).max(0.0);
    Some(Piece {
        scene,
        line: None,
        rect: place(view, row, start, frames),
        span_secs: (skipped, skipped + frames / rate.as_f64().max(1.0)),
        muted: mix.mute,
        offset_secs: mix.offset_secs,
        base_frame: span.start_frame,
        frames,
    })
}

fn piece_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, lane: AudioLane, piece: &Piece<'_>) {
    let (theme, model) = (desk.theme, desk.model);
    let response =
        ui.interact(piece.rect, piece.id(lane), Sense::click_and_drag()).on_hover_cursor(CursorIcon::PointingHand);
    response.widget_info(|| {
        let label = piece.label(model, lane);
        WidgetInfo::labeled(WidgetType::Button, true, format!("{} {label}", lane_name(lane)))
    });
    let scene_id = &piece.scene.scene_id;
    let chosen = matches!(&desk.state.selection, Selection::Lane(chosen, on) if *on == lane && chosen == scene_id);
    shape(ui, desk, lane, piece, if piece.muted { theme.faint } else { theme.text.gamma_multiply(0.5) });
    let name = Rect::from_min_size(piece.rect.min, vec2(piece.rect.width(), 15.0)).shrink2(vec2(6.0, 0.0));
    let name = name.with_min_x(name.left().max(view.tracks.left() + 6.0));
    if piece.rect.width() >= WORDS_PX {
        let label = piece.label(model, lane);
        let text = if piece.muted { format!("{}  {label}", icon::SPEAKER_SLASH) } else { label };
        text_in(ui, name, text, FontId::proportional(10.5), if piece.muted { theme.quiet } else { theme.text });
    }
    if chosen || response.hovered() {
        let stroke = Stroke::new(if chosen { 1.5 } else { 1.0 }, if chosen { theme.accent } else { theme.quiet });
        ui.painter().rect_stroke(piece.rect, 3, stroke, StrokeKind::Inside);
    }
    if response.clicked() || response.drag_started() {
        desk.state.selection = Selection::Lane(scene_id.clone(), lane);
    }
    if response.drag_started() {
        let start_x = ui.input(|input| input.pointer.press_origin()).map_or(piece.rect.left(), |at| at.x);
        desk.state.timeline.drag = Some(Drag::Sound(Moved {
            sound: piece.name(lane),
            group: desk.state.new_group(),
            began_secs: piece.offset_secs,
            now_secs: piece.offset_secs,
            start_x,
            base_frame: piece.base_frame,
            frames: piece.frames,
        }));
    }
    let menu = Popup::default_response_id(&response);
    if response.secondary_clicked() && !chosen {
        desk.state.selection = Selection::Lane(scene_id.clone(), lane);
    }
    // Asking for a menu that is neither open nor about to be would cost more than the sound.
    if response.secondary_clicked() || desk.state.menu.is_asked() || Popup::is_id_open(ui.ctx(), menu) {
        widgets::context_menu_ui(ui, desk, &response, chosen, |ui, desk| {
            widgets::menu_ui(ui, desk, actions::of_lane(lane));
        });
    }
    if response.hovered() {
        response.on_hover_text(format!("{}\nDrag to move it", piece.label(model, lane)));
    }
}

/// The shape of the sound, a column a point.
fn shape(ui: &Ui, desk: &mut Desk<'_>, lane: AudioLane, piece: &Piece<'_>, color: Color32) {
    let file = match piece.line {
        Some(line) => line.file_path.as_ref(),
        None => piece.scene.audio_tracks.lane(lane),
    };
    let Some(file) = file.and_then(|file| desk.model.scene_file(&piece.scene.scene_id, file)) else { return };
    let seen = piece.rect.intersect(ui.clip_rect());
    let columns = (seen.width() / 2.0).floor().max(0.0) as usize;
    if columns == 0 {
        return;
    }
    let (start, end) = piece.span_secs;
    let secs_at = |x: f32| start + (end - start) * f64::from((x - piece.rect.left()) / piece.rect.width());
    let wave = Wave {
        file: &file,
        rect: Rect::from_min_max(pos2(seen.left(), seen.top() + 13.0), pos2(seen.right(), seen.bottom() - 1.0)),
        start_secs: secs_at(seen.left()),
        secs_per_px: (end - start) / f64::from(piece.rect.width().max(1.0)),
        colour: color,
    };
    if desk.pictures.put_wave(&wave) {
        return;
    }
    let levels = desk.pictures.levels(&file, (secs_at(seen.left()), secs_at(seen.right())), columns);
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
    ui.painter().add(Shape::mesh(mesh));
}
