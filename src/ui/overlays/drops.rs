//! What is held over the window: the place it would land on is shown, and it is let go there.

use super::browse::{Purpose, picked};
use crate::{
    jobs::JobAsk,
    ui::{
        ask::{Ask, Notice, Weight},
        desk::Desk,
        drops::{Flying, Held, Landing, Mark, Outcome, by_selection},
        state::Selection,
    },
};
use bevy_egui::egui::{
    Align2, Color32, Context, CursorIcon, DragAndDrop, FontFamily, FontId, Id, LayerId, Order, Painter, Pos2, Rect,
    Stroke, StrokeKind, vec2,
};

/// Shows where what is held would land, and lands it when it is let go. Files find a place by what is selected where the
/// pointer is over none, or nobody knows where it is.
pub(super) fn drops_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let Some((Held { flying, pointer, is_let_go }, landing)) = desk.state.drops.take() else { return };
    let outcomes = match (&*flying, landing) {
        (_, Some(landing)) => {
            if !is_let_go {
                landing_ui(ctx, desk, &landing, pointer);
            }
            landing.outcomes
        }
        (Flying::Files(paths), None) => {
            let outcomes: Vec<_> = paths.iter().map(|path| by_selection(desk, path)).collect();
            if !is_let_go {
                hover_ui(ctx, desk, outcomes.first());
            }
            outcomes
        }
        // Let go beside every place, it stays where it was.
        (Flying::Thing(_), None) => return,
    };
    if is_let_go {
        DragAndDrop::clear_payload(ctx);
        land(desk, outcomes);
    }
}

/// Asks for what was taken, as one step, and says what was not.
fn land(desk: &mut Desk<'_>, outcomes: Vec<Outcome>) {
    let mut all = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Becomes { asks, .. } => all.extend(asks),
            Outcome::Refused { what, why } => desk.state.tell(Notice::new(Weight::Warn, what, why)),
        }
    }
    let step = (all.len() > 1).then(|| desk.state.new_group());
    for ask in all {
        match ask {
            // Before a film is open a screenplay begins one.
            Ask::Start(JobAsk::ImportScreenplay { path }) => picked(desk, Purpose::Screenplay, path),
            Ask::Run { operator, params, .. } => {
                desk.state.timeline.select_added |= operator == "take.to_shot";
                desk.asks.push(Ask::Run { operator, params, group: step });
            }
            other => desk.asks.push(other),
        }
    }
}

fn painter_over(ctx: &Context) -> Painter {
    ctx.layer_painter(LayerId::new(Order::Tooltip, Id::new("drop-here")))
}

fn landing_ui(ctx: &Context, desk: &Desk<'_>, landing: &Landing, pointer: Option<Pos2>) {
    let theme = desk.theme;
    let is_taken = landing.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Becomes { .. }));
    let color = if is_taken { theme.accent } else { theme.bad };
    let painter = painter_over(ctx);
    match landing.mark {
        Mark::Line { x, rows } => {
            painter.vline(x, rows, Stroke::new(3.0, color));
            for y in [rows.min, rows.max] {
                painter.circle_filled(Pos2::new(x, y), 4.0, color);
            }
        }
        Mark::Frame(rect) => {
            painter.rect(rect, 4, color.gamma_multiply(0.12), Stroke::new(3.0, color), StrokeKind::Inside);
        }
    }
    if !is_taken {
        ctx.set_cursor_icon(CursorIcon::NotAllowed);
    }
    let Some((pointer, outcome)) = pointer.zip(landing.outcomes.first()) else { return };
    let words = match landing.outcomes.len() {
        1 => outcome.words().to_owned(),
        count => format!("{}, and {} more", outcome.words(), count - 1),
    };
    let window = ctx.content_rect();
    let font = FontId::proportional(12.0);
    let galley = painter.layout(words, font, theme.text, (window.width() * 0.4).clamp(120.0, 360.0));
    // Under the card that follows the pointer, and never outside the window.
    let size = galley.size() + vec2(16.0, 10.0);
    let at = (pointer + vec2(14.0, 46.0)).min(window.max - size).max(window.min);
    let place = Rect::from_min_size(at, size);
    painter.rect(place, 4, theme.raised, Stroke::new(1.0, color), StrokeKind::Inside);
    painter.galley(place.min + vec2(8.0, 5.0), galley, theme.text);
}

/// The window as a whole, and what would become of what hovers over it.
fn hover_ui(ctx: &Context, desk: &Desk<'_>, outcome: Option<&Outcome>) {
    let painter = painter_over(ctx);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0, Color32::from_black_alpha(140));
    painter.rect_stroke(rect.shrink(12.0), 8, Stroke::new(2.0, desk.theme.accent), StrokeKind::Inside);
    let words = match (outcome, desk.model.is_open(), &desk.state.selection) {
        (Some(outcome), ..) => outcome.words(),
        (None, false, _) => "Drop a project folder or a screenplay",
        (None, true, Selection::Shots(_)) => "Drop a clip as a new take of the selected shot",
        (None, true, Selection::Character(_)) => "Drop a picture as a portrait of the selected character",
        (None, true, Selection::Lane(..)) => "Drop a sound on the selected lane",
        (None, true, _) => "Drop a clip as a new shot, or a sound as music of this scene",
    };
    let font = FontId::new(18.0, FontFamily::Name("medium".into()));
    painter.text(rect.center(), Align2::CENTER_CENTER, words, font, Color32::WHITE);
}
