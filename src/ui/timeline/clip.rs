//! A clip of the video track: its pictures, its name, its state, and what it answers to.

use super::{
    drag::Drag,
    spoken, text_in,
    trim::{Edge, Trim},
    view::View,
};
use crate::ui::{
    ask::Ask,
    desk::Desk,
    model::{ClipState, FilmModel, ShotName, ShotSpan},
    pictures::{PictureOf, PictureState, Strip},
    state::{Selection, ShotSet},
    widgets,
};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontFamily, FontId, Id, Popup, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, WidgetType, accesskit::Role, pos2, vec2,
};

/// Height of the strip with the name.
const NAME_PX: f32 = 18.0;
/// Height of the line that says why a shot failed.
const REASON_PX: f32 = 17.0;
/// Radius of a clip's corners.
pub(super) const CORNER_PX: u8 = 4;

/// By what a clip is marked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) chosen: bool,
    /// It is being dragged.
    pub(super) lifted: bool,
}

/// Everything of a clip but its pictures.
pub(super) fn clip_ui(ui: &Ui, desk: &mut Desk<'_>, index: usize, rect: Rect, marks: Marks) {
    let model = desk.model;
    let span = &model.shot_spans[index];
    let name = model.name_of(span);
    let state = desk.clip_state(&name);
    let title = title(model, span);
    let response = ui.interact(rect, Id::new(("clip", &name)), Sense::click_and_drag());
    response.widget_info(|| {
        let words = format!("{title}, {}", state.words());
        WidgetInfo::selected(WidgetType::SelectableLabel, true, marks.chosen, words)
    });
    edges_ui(ui, desk, &name, rect, &response);
    paint(ui, desk, (span, rect), &title, &state, marks, &response);
    answer(ui, desk, &name, &response);
    let leads = desk.state.menu.is_asked() && desk.state.selection.leading_shot() == Some(&name);
    menu_ui(ui, desk, &response, leads);
    tooltip_ui(desk, span, &state, &response);
}

/// What is said of the clip under the pointer.
pub(super) fn tooltip_ui(desk: &Desk<'_>, span: &ShotSpan, state: &ClipState, response: &Response) {
    if !response.hovered() || desk.state.timeline.drag.is_some() {
        return;
    }
    let model = desk.model;
    response.clone().on_hover_ui_at_pointer(|ui| {
        let prompt: String = model.shot_of(span).prompt.chars().take(240).collect();
        ui.set_max_width(320.0);
        ui.strong(format!("{}   {}", title(model, span), model.timecode(span.frames)));
        if !prompt.is_empty() {
            ui.label(prompt);
        }
        if *state != ClipState::Ready {
            ui.colored_label(widgets::state_color(desk.theme, state), state.words());
        }
    });
}

/// `2.3`: the third shot of the second scene.
pub(super) fn title(model: &FilmModel, span: &ShotSpan) -> String {
    let line = model.shot_of(span).prompt.lines().next().unwrap_or_default();
    let end = line.char_indices().nth(60).map_or(line.len(), |(at, _)| at);
    format!("{}.{}  {}", span.scene_index + 1, span.shot_index + 1, &line[..end]).trim_end().to_owned()
}

/// Clicks and drags of a clip.
pub(super) fn answer(ui: &Ui, desk: &mut Desk<'_>, name: &ShotName, response: &Response) {
    if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
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
    // A hand that has an edge does not lift the clip.
    let lifts = response.drag_started() && desk.state.timeline.drag.is_none();
    if (lifts || response.secondary_clicked()) && !desk.state.selection.has(name) {
        desk.state.selection = Selection::shot(name.clone());
    }
    if lifts {
        desk.state.timeline.drag = Some(Drag::Shots { names: desk.state.selection.shot_set() });
    }
}

/// The menu of a clip; `leads` says that it leads the selection, so that a key may mean it.
pub(super) fn menu_ui(ui: &Ui, desk: &mut Desk<'_>, response: &Response, leads: bool) {
    // Asking for a menu that is neither open nor about to be would be the dearest part of a clip.
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(response));
    if !response.secondary_clicked() && !is_open && !desk.state.menu.is_asked() {
        return;
    }
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
    let chosen = desk.state.selection.shots();
    let names: ShotSet = if desk.state.selection.has(name) {
        chosen.iter().filter(|other| *other != name).cloned().collect()
    } else {
        chosen.iter().chain([name]).cloned().collect()
    };
    desk.state.selection = Selection::of_shots(names);
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
    desk.state.selection = Selection::of_shots(chosen);
}

/// The edges lie in the clip's own place, so that a finger finds them too: where the button goes down says which is meant.
fn edges_ui(ui: &Ui, desk: &mut Desk<'_>, name: &ShotName, rect: Rect, response: &Response) {
    let pressed = ui.input(|input| input.pointer.press_origin().filter(|_| input.pointer.primary_pressed()));
    if let Some(at) = pressed.filter(|_| response.is_pointer_button_down_on() && desk.state.timeline.drag.is_none())
        && let Some(edge) = Edge::at(rect, at.x)
    {
        desk.state.timeline.drag = Trim::begin(desk, name, edge, at.x).map(Drag::Trim);
    }
    let trimmed = match &desk.state.timeline.drag {
        Some(Drag::Trim(trim)) if trim.name == *name => Some(trim.edge),
        Some(_) => None,
        None => response.hover_pos().and_then(|at| Edge::at(rect, at.x)),
    };
    if let Some(edge) = trimmed {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        ui.painter().rect_filled(edge.place(rect).shrink2(vec2(1.0, 2.0)), 2, desk.theme.accent);
    }
    if spoken::is_heard(ui) {
        for edge in [Edge::In, Edge::Out] {
            let id = Id::new(("edge", name, edge == Edge::In));
            let words = || format!("{} of {}/{}", edge.words(), name.0, name.1);
            spoken::say(ui, id, edge.place(rect), Role::Splitter, words);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one place that draws all of a clip")]
fn paint(
    ui: &Ui,
    desk: &Desk<'_>,
    (span, rect): (&ShotSpan, Rect),
    title: &str,
    state: &ClipState,
    marks: Marks,
    response: &Response,
) {
    let theme = desk.theme;
    // The track's own painter: a place of its own for each clip would be a draw call for each.
    let painter = ui.painter();
    if !span.has_take {
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    }
    let font = FontId::new(11.0, FontFamily::Proportional);
    let name = Rect::from_min_size(rect.min, vec2(rect.width(), NAME_PX)).shrink2(vec2(6.0, 0.0));
    let room = if matches!(state, ClipState::Ready) { name } else { name.with_max_x(name.right() - 16.0) };
    text_in(ui, room.with_min_x(room.left().max(ui.clip_rect().left() + 6.0)), title, font, theme.text);
    badge(ui, desk, rect, state);
    if marks.chosen {
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
    } else if response.hovered() || response.has_focus() {
        painter.rect_stroke(rect, CORNER_PX, Stroke::new(1.0, theme.quiet), StrokeKind::Inside);
    }
    if marks.lifted {
        painter.rect_filled(rect, CORNER_PX, theme.backdrop.gamma_multiply(0.6));
    }
}

/// Pictures of the clip side by side, each at its own moment.
pub(super) fn strip(ui: &Ui, desk: &mut Desk<'_>, span: &ShotSpan, view: &View, clip: Rect, radius: f32) {
    let rect = clip.with_min_y(clip.top() + NAME_PX);
    let size = &desk.model.metadata.size;
    let tile = (rect.height() * size.width as f32 / size.height.max(1) as f32).max(12.0);
    let Some(clip) = desk.model.mapped(span).and_then(|shot| shot.clip.as_ref()) else { return };
    let seen = rect.intersect(ui.clip_rect());
    let strip = Strip { clip, rect, seen, tile_px: tile, px_per_frame: view.px_per_frame, radius };
    // Of a clip that is hardly wider than its edges a texture each would be too much.
    if desk.pictures.put_strip(&strip) || rect.width() <= 24.0 {
        return;
    }
    let first = ((seen.left() - rect.left()) / tile).floor().max(0.0) as usize;
    let count = (rect.width() / tile).ceil().max(1.0) as usize;
    for index in first..count {
        let left = rect.left() + index as f32 * tile;
        if left >= seen.right() {
            break;
        }
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(tile, rect.height()));
        let fraction = f64::from(((index as f32 + 0.5) * tile / rect.width()).min(1.0));
        let Some(of) = PictureOf::shot(desk.model, span, fraction) else { return };
        if let PictureState::Ready(picture) = desk.pictures.small(&of) {
            let shown = place.intersect(rect);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(shown.width() / tile, 1.0));
            ui.painter().image(picture.texture, shown, uv, Color32::WHITE);
        }
    }
}

fn badge(ui: &Ui, desk: &Desk<'_>, rect: Rect, state: &ClipState) {
    let Some(glyph) = widgets::state_glyph(state) else { return };
    let (theme, color) = (desk.theme, widgets::state_color(desk.theme, state));
    let painter = ui.painter();
    let at = pos2(rect.right() - 6.0, rect.top() + NAME_PX * 0.5);
    painter.text(at, Align2::RIGHT_CENTER, glyph, FontId::proportional(13.0), color);
    if matches!(state, ClipState::Empty) && rect.width() > 96.0 {
        let at = rect.center() + vec2(0.0, NAME_PX * 0.5);
        painter.text(at, Align2::CENTER_CENTER, "no take yet", FontId::proportional(11.0), theme.quiet);
    }
    if let ClipState::Generating { progress } = state {
        let bar = Rect::from_min_max(
            pos2(rect.left() + 4.0, rect.bottom() - 7.0),
            pos2(rect.right() - 4.0, rect.bottom() - 4.0),
        );
        painter.rect_filled(bar, 1, theme.line);
        let part = progress.unwrap_or(0.0).clamp(0.02, 1.0);
        painter.rect_filled(bar.with_max_x(bar.left() + bar.width() * part), 1, color);
    }
    if let ClipState::Failed { reason } = state
        && let Some(place) = reason_place(rect, ui.clip_rect())
    {
        // On a ground of its own: it is read over any picture.
        painter.rect_filled(place, 0, theme.panel.gamma_multiply(0.92));
        text_in(ui, place.shrink2(vec2(5.0, 0.0)), reason.as_str(), FontId::proportional(10.5), color);
    }
    if matches!(state, ClipState::Failed { .. } | ClipState::OutOfDate { .. }) {
        painter.rect_filled(Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.0), rect.max), 0, color);
    }
}

/// Where a clip says in a line why its shot failed: under its name, in the part that can be seen, if there is room.
fn reason_place(clip: Rect, seen: Rect) -> Option<Rect> {
    let top = clip.top() + NAME_PX;
    let place = Rect::from_x_y_ranges(clip.left() + 1.0..=clip.right() - 1.0, top..=top + REASON_PX).intersect(seen);
    (place.width() >= 72.0 && place.bottom() <= clip.bottom() - 4.0).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_where_there_is_room_and_where_it_is_seen() {
        let seen = Rect::from_min_max(pos2(92.0, 0.0), pos2(1000.0, 300.0));
        let clip =
            |left: f32, right: f32, height: f32| Rect::from_min_max(pos2(left, 50.0), pos2(right, 50.0 + height));
        let place = reason_place(clip(200.0, 400.0, 60.0), seen).unwrap();
        assert!(clip(200.0, 400.0, 60.0).contains_rect(place));
        let cut = reason_place(clip(-500.0, 400.0, 60.0), seen).unwrap();
        assert_eq!((cut.left(), cut.right()), (92.0, 399.0), "it stays in sight");
        assert_eq!(reason_place(clip(200.0, 260.0, 60.0), seen), None, "too narrow");
        assert_eq!(reason_place(clip(-500.0, 120.0, 60.0), seen), None, "hardly seen");
        assert_eq!(reason_place(clip(200.0, 400.0, 36.0), seen), None, "too low");
    }
}
