//! The video track: which clips are drawn how. Those wide enough are `clip`s of their own; narrower ones answer through
//! one place for all of them; and the narrowest are bars.

use super::{
    chosen::has,
    clip,
    crowd::{BAR_PX, Crowd, OWN_PX, SHADES},
    let_go,
    plain::Plain,
    spoken,
    view::View,
};
use crate::ui::{
    desk::Desk,
    model::{ClipState, ShotSpan},
    state::Selection,
    widgets,
};
use bevy_egui::egui::{
    Color32, Id, Rect, Sense, Shape, Ui,
    accesskit::{Action, Role},
};
use std::sync::Arc;

/// Height of the line that tells the state of a narrow clip, or that chosen shots lie in a bar.
const STATE_PX: f32 = 3.0;

/// What is drawn in this frame, and by what it is marked.
struct Track<'a> {
    view: &'a View,
    rect: Rect,
    crowd: Crowd,
    chosen: Arc<[usize]>,
    lifted: Arc<[usize]>,
}

impl Track<'_> {
    fn place(&self, start_frame: u64, end_frame: u64) -> Rect {
        Rect::from_x_y_ranges(self.view.x_of(start_frame)..=self.view.x_of(end_frame), self.rect.y_range())
    }

    /// The place of a clip: up to a thin gap before the next.
    fn clip(&self, span: &ShotSpan) -> Rect {
        let place = self.place(span.start_frame, span.end_frame());
        place.with_max_x(place.right() - 1.0)
    }

    fn marks(&self, index: usize) -> clip::Marks {
        clip::Marks { chosen: has(&self.chosen, index), lifted: has(&self.lifted, index) }
    }
}

pub(super) fn clips_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, rect: Rect) {
    let (model, theme) = (desk.model, desk.theme);
    let (chosen, lifted) = desk.state.timeline.places(&desk.state.selection, model);
    let track = Track { view, rect, crowd: Crowd::of(&model.shot_spans, view), chosen, lifted };
    let ground = |has_take: bool| if has_take { theme.clip } else { theme.panel };
    let mut grounds = Plain::new(ui);
    for bar in &track.crowd.bars {
        grounds.add(track.place(bar.start_frame, bar.end_frame), shade(theme.raised, theme.clip, bar.shade));
    }
    for index in &track.crowd.narrow {
        let span = &model.shot_spans[*index];
        // Too narrow for slanted lines, an empty place is a shade of its own.
        grounds.add(track.clip(span), if span.has_take { theme.clip } else { theme.raised });
    }
    grounds.paint(ui);
    for index in &track.crowd.wide {
        let span = &model.shot_spans[*index];
        ui.painter().rect_filled(track.clip(span), clip::CORNER_PX, ground(span.has_take));
    }
    let mut hatches = Plain::new(ui);
    for index in &track.crowd.wide {
        let span = &model.shot_spans[*index];
        if !span.has_take {
            hatches.hatch(track.clip(span), ui.clip_rect(), theme.raised);
        }
    }
    hatches.paint(ui);
    // Over the clips' grounds and under everything that is written on them lie their pictures, drawn in one go.
    let pictures = ui.painter().add(Shape::Noop);
    for index in track.crowd.narrow.iter().chain(&track.crowd.wide) {
        let span = &model.shot_spans[*index];
        if span.has_take {
            let place = track.clip(span);
            // Corners are round where the clip's are.
            let radius = if place.width() + 1.0 >= OWN_PX { f32::from(clip::CORNER_PX) } else { 0.0 };
            clip::strip(ui, desk, span, view, place, radius);
        }
    }
    narrow_ui(ui, desk, &track);
    for index in &track.crowd.wide {
        let place = track.clip(&model.shot_spans[*index]);
        clip::clip_ui(ui, desk, *index, place, track.marks(*index));
    }
    if let Some(shape) = desk.pictures.pile(rect.intersect(ui.clip_rect())) {
        ui.painter().set(pictures, shape);
    }
}

/// Between two colours, by how many shots of a bar have a take.
fn shade(empty: Color32, made: Color32, shade: u64) -> Color32 {
    empty.lerp_to_gamma(made, shade as f32 / SHADES as f32)
}

/// Everything that is drawn on narrow clips and bars, and what they answer to: the clip under the pointer is found by
/// arithmetic.
fn narrow_ui(ui: &Ui, desk: &mut Desk<'_>, track: &Track<'_>) {
    let (model, theme) = (desk.model, desk.theme);
    let mut marks = Plain::new(ui);
    chosen_in_bars(&mut marks, desk, track);
    let spans = &model.shot_spans;
    for index in &track.crowd.narrow {
        let span = &spans[*index];
        let place = track.clip(span);
        if let Some(color) = state_color(desk, span) {
            marks.add(place.with_min_y(place.bottom() - STATE_PX), color);
        }
        let clip::Marks { chosen, lifted } = track.marks(*index);
        if lifted {
            marks.add(place, theme.backdrop.gamma_multiply(0.6));
        }
        if chosen {
            marks.border(place, 2.0, theme.accent);
        }
    }
    if let (Some(first), Some(last)) = (track.crowd.narrow.first(), track.crowd.narrow.last()) {
        let place = track.place(spans[*first].start_frame, spans[*last].end_frame());
        answer(ui, desk, track, place, &mut marks);
    }
    marks.paint(ui);
}

/// One place for all narrow clips, for the pointer alone: the keyboard goes through shots by its own keys.
fn answer(ui: &Ui, desk: &mut Desk<'_>, track: &Track<'_>, place: Rect, marks: &mut Plain) {
    let (model, spans) = (desk.model, &desk.model.shot_spans);
    let response = ui.interact(place, Id::new("narrow-clips"), Sense::CLICK | Sense::DRAG);
    // Where the button went down counts: until it is clear that the hand drags, it has moved on.
    let pressed = ui.input(|input| input.pointer.press_origin());
    let at = response.interact_pointer_pos().map(|at| pressed.unwrap_or(at)).or_else(|| response.hover_pos());
    let hit = at.and_then(|at| track.crowd.narrow_at(spans, track.view.frame_at(at.x)));
    if let Some(at) = at {
        match hit {
            Some(index) => {
                let name = model.name_of(&spans[index]);
                let state = desk.clip_state(&name);
                clip::answer(ui, desk, &name, &response);
                clip::tooltip_ui(desk, &spans[index], &state, &response);
                if response.hovered() && !has(&track.chosen, index) {
                    marks.border(track.clip(&spans[index]), 1.0, desk.theme.quiet);
                }
            }
            // A bar cannot be chosen from: it is part of the ground.
            None if response.clicked() => let_go(desk, track.view, at.x),
            None => {}
        }
    }
    // One that is open stays, wherever the pointer is; a new one is a clip's.
    if hit.is_some() || !response.secondary_clicked() {
        let leads = desk.state.menu.is_asked()
            && desk
                .state
                .selection
                .leading_shot()
                .and_then(|name| model.index_of(name))
                .is_some_and(|index| track.crowd.narrow.contains(&index));
        clip::menu_ui(ui, desk, &response, leads);
    }
    if !spoken::is_heard(ui) {
        return;
    }
    for index in &track.crowd.narrow {
        let span = &spans[*index];
        let name = model.name_of(span);
        let state = desk.clip_state(&name);
        let id = Id::new(("clip", &name));
        spoken::say(ui, id, track.clip(span), Role::Button, || {
            format!("{}, {}", clip::title(model, span), state.words())
        });
        if spoken::is_asked(ui, id, Action::Click) {
            desk.state.selection = Selection::shot(name);
        }
    }
}

/// A state that is to be seen on a clip without room for words.
fn state_color(desk: &Desk<'_>, span: &ShotSpan) -> Option<Color32> {
    // Of most shots neither a job nor another shot has anything to say.
    if desk.jobs.leaves_clips_alone() && desk.model.shot_of(span).continuity_source.is_none() {
        return None;
    }
    let state = desk.clip_state(&desk.model.name_of(span));
    (!matches!(state, ClipState::Ready | ClipState::Empty)).then(|| widgets::state_color(desk.theme, &state))
}

/// Chosen shots that lie in bars are underlined.
fn chosen_in_bars(marks: &mut Plain, desk: &Desk<'_>, track: &Track<'_>) {
    let seen = track.chosen.partition_point(|index| *index < track.crowd.seen.start)
        ..track.chosen.partition_point(|index| *index < track.crowd.seen.end);
    let least = track.view.frames_of(BAR_PX);
    let mut open: Option<Rect> = None;
    for index in &track.chosen[seen] {
        let span = &desk.model.shot_spans[*index];
        if span.frames as f64 >= least {
            continue;
        }
        let place = track.place(span.start_frame, span.end_frame());
        let place = place.with_min_y(place.bottom() - STATE_PX);
        match &mut open {
            Some(known) if place.left() - known.right() < 1.0 => *known = known.union(place),
            known => {
                if let Some(ended) = known.replace(place) {
                    marks.add(ended, desk.theme.accent);
                }
            }
        }
    }
    if let Some(ended) = open {
        marks.add(ended, desk.theme.accent);
    }
}
