//! The video track: a clip a shot, with its pictures, its name and its state.

use super::{
    drag::{self, Drag},
    text_in,
    trim::{Edge, trim},
    view::View,
};
use crate::ui::{
    ask::Ask,
    desk::Desk,
    model::{ClipState, ShotName, ShotSpan},
    pictures::{PictureOf, PictureState, Strip},
    state::Selection,
    widgets,
};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontFamily, FontId, Id, Mesh, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;

/// Narrower clips are drawn as part of a bar: nothing in them could be read or hit.
const LEAST_PX: f32 = 5.0;
/// Height of the strip with the name.
const NAME_PX: f32 = 18.0;
/// Radius of a clip's corners.
const CORNER_PX: u8 = 4;
/// Reach of an edge, inwards.
const EDGE_PX: f32 = 6.0;

pub(super) fn clips_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, track: Rect) {
    let (first, end) = view.seen();
    let spans = &desk.model.shot_spans;
    let from = spans.partition_point(|span| span.end_frame() <= first);
    let to = spans.partition_point(|span| span.start_frame < end);
    let mut clips = Vec::new();
    let mut bar: Option<Rect> = None;
    for index in from..to {
        let span = desk.model.shot_spans[index];
        let rect = Rect::from_min_size(
            pos2(view.x_of(span.start_frame), track.top()),
            vec2(view.width_of(span.frames as f64), track.height()),
        );
        if rect.width() >= LEAST_PX {
            let rect = rect.with_max_x(rect.right() - 1.0);
            let is_empty = desk.model.shot_of(&span).file_path.is_none();
            ui.painter().rect_filled(rect, CORNER_PX, if is_empty { desk.theme.panel } else { desk.theme.clip });
            clips.push((span, rect));
            continue;
        }
        bar = match bar {
            Some(known) if rect.left() - known.right() < 1.0 => Some(known.union(rect)),
            Some(known) => {
                ui.painter().rect_filled(known, 1, desk.theme.clip);
                Some(rect)
            }
            None => Some(rect),
        };
    }
    if let Some(bar) = bar {
        ui.painter().rect_filled(bar, 1, desk.theme.clip);
    }
    // Over the clips' grounds and under everything that is written on them lie their pictures, drawn in one go.
    let pictures = ui.painter().add(Shape::Noop);
    for (span, rect) in &clips {
        clip_ui(ui, desk, view, span, *rect);
    }
    if let Some(shape) = desk.pictures.pile(track.intersect(ui.clip_rect())) {
        ui.painter().set(pictures, shape);
    }
}

fn clip_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, span: &ShotSpan, rect: Rect) {
    let name = desk.model.name_of(span);
    let state = desk.clip_state(&name);
    let id = Id::new(("clip", &name));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let title = title(desk, span);
    let chosen = desk.state.selection.has(&name);
    response.widget_info(|| {
        WidgetInfo::selected(WidgetType::SelectableLabel, true, chosen, format!("{title}, {}", state.words()))
    });
    edges_ui(ui, desk, &name, span, rect, view);
    paint(ui, desk, (span, rect, view), &title, &state, chosen, response.hovered());
    answer(ui, desk, &name, &response);
    if response.hovered() && desk.state.timeline.drag.is_none() {
        let length = desk.model.timecode(span.frames);
        let prompt: String = desk.model.shot_of(span).prompt.chars().take(240).collect();
        response.on_hover_ui_at_pointer(|ui| {
            ui.set_max_width(320.0);
            ui.strong(format!("{title}   {length}"));
            if !prompt.is_empty() {
                ui.label(prompt);
            }
            if state != ClipState::Ready {
                ui.colored_label(state_color(desk, &state), state.words());
            }
        });
    }
}

/// `2.3`: the third shot of the second scene.
fn title(desk: &Desk<'_>, span: &ShotSpan) -> String {
    let shot = desk.model.shot_of(span);
    let words: String = shot.prompt.lines().next().unwrap_or_default().chars().take(60).collect();
    format!("{}.{}  {words}", span.scene_index + 1, span.shot_index + 1).trim_end().to_owned()
}

fn answer(ui: &Ui, desk: &mut Desk<'_>, name: &ShotName, response: &Response) {
    let modifiers = ui.input(|input| input.modifiers);
    if response.clicked() {
        if modifiers.shift {
            select_range(desk, name);
        } else if modifiers.command {
            toggle(desk, name);
        } else {
            desk.state.selection = Selection::shot(name.clone());
        }
    }
    if response.double_clicked()
        && let Some(span) = desk.model.span(name)
    {
        desk.asks.push(Ask::Seek(span.start_frame));
    }
    if response.drag_started() {
        if !desk.state.selection.has(name) {
            desk.state.selection = Selection::shot(name.clone());
        }
        desk.state.timeline.drag = Some(Drag::Shots { names: desk.state.selection.shots().to_vec() });
    }
    if response.secondary_clicked() && !desk.state.selection.has(name) {
        desk.state.selection = Selection::shot(name.clone());
    }
    let leads = desk.state.selection.leading_shot() == Some(name);
    widgets::context_menu_ui(ui, desk, response, leads, |ui, desk| {
        widgets::menu_ui(
            ui,
            desk,
            &[
                "shot.generate",
                "edit.duplicate",
                "shot.split",
                "shot.earlier",
                "shot.later",
                "shot.trim_in",
                "shot.trim_out",
                "edit.delete",
            ],
        );
    });
}

fn toggle(desk: &mut Desk<'_>, name: &ShotName) {
    let mut names = desk.state.selection.shots().to_vec();
    if let Some(index) = names.iter().position(|other| other == name) {
        names.remove(index);
    } else {
        names.push(name.clone());
    }
    desk.state.selection = if names.is_empty() { Selection::Film } else { Selection::Shots(names) };
}

/// Everything from the leading shot to this one, this one leading.
fn select_range(desk: &mut Desk<'_>, name: &ShotName) {
    let anchor = desk.state.selection.shots().first().unwrap_or(name).clone();
    let (Some(from), Some(to)) = (desk.model.index_of(&anchor), desk.model.index_of(name)) else { return };
    let names = |range: std::ops::RangeInclusive<usize>| {
        range.map(|index| desk.model.name_of(&desk.model.shot_spans[index])).collect::<Vec<_>>()
    };
    let mut chosen = names(from.min(to)..=from.max(to));
    if to < from {
        chosen.reverse();
    }
    desk.state.selection = Selection::Shots(chosen);
}

fn edges_ui(ui: &Ui, desk: &mut Desk<'_>, name: &ShotName, span: &ShotSpan, rect: Rect, view: &View) {
    if rect.width() < 4.0 * EDGE_PX || desk.model.shot_of(span).file_path.is_none() {
        return;
    }
    for edge in [Edge::In, Edge::Out] {
        let place = match edge {
            Edge::In => rect.with_max_x(rect.left() + EDGE_PX),
            Edge::Out => rect.with_min_x(rect.right() - EDGE_PX),
        };
        let id = Id::new(("edge", name, edge == Edge::In));
        let response = ui.interact(place, id, Sense::drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
        let what = if edge == Edge::In { "in point" } else { "out point" };
        response.widget_info(|| {
            WidgetInfo::labeled(WidgetType::ResizeHandle, true, format!("{what} of {}/{}", name.0, name.1))
        });
        if response.drag_started() {
            let shot = desk.model.shot_of(span);
            let point = match edge {
                Edge::In => shot.in_frame,
                Edge::Out => shot.in_frame + span.frames,
            };
            let border = if edge == Edge::In { span.start_frame } else { span.end_frame() };
            let group = desk.state.new_group();
            let start_x = ui.input(|input| input.pointer.press_origin()).map_or(view.x_of(border), |at| at.x);
            desk.state.timeline.drag = Some(Drag::Trim { name: name.clone(), edge, group, point, border, start_x });
            desk.state.selection = Selection::shot(name.clone());
        }
        if response.dragged()
            && let Some(Drag::Trim { name, edge, group, point, border, start_x }) = desk.state.timeline.drag.clone()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let moved = (f64::from(pointer.x - start_x) / view.px_per_frame).round() as i64;
            let wanted = border.saturating_add_signed(moved);
            let held = view.snapped(desk, wanted, 8.0) as i64 - border as i64;
            if let Some(ask) = trim(desk.model, &name, edge, point as i64 + held, group) {
                desk.asks.push(ask);
            }
        }
        if response.hovered() || response.dragged() {
            ui.painter().rect_filled(place.shrink2(vec2(1.0, 2.0)), 2, desk.theme.accent);
        }
    }
}

fn state_color(desk: &Desk<'_>, state: &ClipState) -> Color32 {
    match state {
        ClipState::Empty | ClipState::Queued => desk.theme.quiet,
        ClipState::Generating { .. } => desk.theme.accent,
        ClipState::Failed { .. } => desk.theme.bad,
        ClipState::OutOfDate { .. } => desk.theme.warn,
        ClipState::Ready => desk.theme.good,
    }
}

#[expect(clippy::too_many_arguments, reason = "one place that draws all of a clip")]
fn paint(
    ui: &Ui,
    desk: &mut Desk<'_>,
    (span, rect, view): (&ShotSpan, Rect, &View),
    title: &str,
    state: &ClipState,
    chosen: bool,
    hovered: bool,
) {
    let theme = desk.theme;
    // The track's own painter: a place of its own for each clip would be a draw call for each.
    let painter = ui.painter();
    if desk.model.shot_of(span).file_path.is_none() {
        if rect.width() > 24.0 {
            hatch(ui, rect, theme.raised);
        }
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    } else {
        strip(ui, desk, span, view, Rect::from_min_max(pos2(rect.left(), rect.top() + NAME_PX), rect.max));
    }
    let font = FontId::new(11.0, FontFamily::Proportional);
    let name = Rect::from_min_size(rect.min, vec2(rect.width(), NAME_PX)).shrink2(vec2(6.0, 0.0));
    let room = if matches!(state, ClipState::Ready) { name } else { name.with_max_x(name.right() - 16.0) };
    text_in(ui, room.with_min_x(room.left().max(ui.clip_rect().left() + 6.0)), title, font, theme.text);
    badge(ui, desk, rect, state);
    if chosen {
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
    } else if hovered {
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(1.0, theme.quiet), StrokeKind::Inside);
    }
    drag::dim_if_dragged(ui, desk, &desk.model.name_of(span), rect);
}

/// Pictures of the clip side by side, each at its own moment.
fn strip(ui: &Ui, desk: &mut Desk<'_>, span: &ShotSpan, view: &View, rect: Rect) {
    let size = &desk.model.metadata.size;
    let tile = (rect.height() * size.width as f32 / size.height.max(1) as f32).max(12.0);
    let Some(clip) = desk.model.mapped(span).and_then(|shot| shot.clip.as_ref()) else { return };
    let (px_per_frame, radius) = (view.px_per_frame, f32::from(CORNER_PX));
    let strip = Strip { clip, rect, seen: rect.intersect(ui.clip_rect()), tile_px: tile, px_per_frame, radius };
    // Of a clip that is hardly wider than its edges a texture each would be too much.
    if desk.pictures.put_strip(&strip) || rect.width() <= 24.0 {
        return;
    }
    let count = (rect.width() / tile).ceil().max(1.0) as usize;
    let seen = ui.clip_rect();
    for index in 0..count {
        let left = rect.left() + index as f32 * tile;
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(tile, rect.height()));
        if !place.intersects(seen) {
            continue;
        }
        let fraction = f64::from(((index as f32 + 0.5) * tile / rect.width()).min(1.0));
        let Some(of) = PictureOf::shot(desk.model, span, fraction) else { return };
        if let PictureState::Ready(picture) = desk.pictures.small(&of) {
            let shown = place.intersect(rect);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(shown.width() / tile, 1.0));
            ui.painter_at(rect).image(picture.texture, shown, uv, Color32::WHITE);
        }
    }
}

fn badge(ui: &Ui, desk: &Desk<'_>, rect: Rect, state: &ClipState) {
    let color = state_color(desk, state);
    let painter = ui.painter();
    let glyph = match state {
        ClipState::Ready => return,
        ClipState::Empty => icon::CIRCLE_DASHED,
        ClipState::Queued => icon::HOURGLASS,
        ClipState::Generating { .. } => icon::SPARKLE,
        ClipState::Failed { .. } => icon::WARNING_CIRCLE,
        ClipState::OutOfDate { .. } => icon::CLOCK_COUNTER_CLOCKWISE,
    };
    if rect.width() > 22.0 {
        let at = pos2(rect.right() - 6.0, rect.top() + NAME_PX * 0.5);
        painter.text(at, Align2::RIGHT_CENTER, glyph, FontId::proportional(13.0), color);
    }
    if matches!(state, ClipState::Empty) && rect.width() > 96.0 {
        let at = rect.center() + vec2(0.0, NAME_PX * 0.5);
        painter.text(at, Align2::CENTER_CENTER, "no take yet", FontId::proportional(11.0), desk.theme.quiet);
    }
    if let ClipState::Generating { progress } = state {
        let bar = Rect::from_min_max(
            pos2(rect.left() + 4.0, rect.bottom() - 7.0),
            pos2(rect.right() - 4.0, rect.bottom() - 4.0),
        );
        painter.rect_filled(bar, 1, desk.theme.line);
        let part = progress.unwrap_or(0.0).clamp(0.02, 1.0);
        painter.rect_filled(bar.with_max_x(bar.left() + bar.width() * part), 1, color);
    }
    if matches!(state, ClipState::Failed { .. } | ClipState::OutOfDate { .. }) {
        painter.rect_filled(Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.0), rect.max), 0, color);
    }
}

/// Slanted lines: there is a place, and nothing in it yet.
fn hatch(ui: &Ui, rect: Rect, color: Color32) {
    let painter = ui.painter_at(rect);
    let seen = rect.intersect(ui.clip_rect());
    let mut mesh = Mesh::default();
    let height = rect.height();
    let mut x = ((seen.left() - height) / 12.0).floor() * 12.0;
    while x < seen.right() {
        let base = mesh.vertices.len() as u32;
        for at in [
            pos2(x, rect.bottom()),
            pos2(x + 3.0, rect.bottom()),
            pos2(x + 3.0 + height, rect.top()),
            pos2(x + height, rect.top()),
        ] {
            mesh.colored_vertex(at, color);
        }
        mesh.add_triangle(base, base + 1, base + 2);
        mesh.add_triangle(base, base + 2, base + 3);
        x += 12.0;
    }
    painter.add(Shape::mesh(mesh));
}
