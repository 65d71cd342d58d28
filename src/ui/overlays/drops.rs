//! Files dropped on the window: each becomes what its kind can become.

use super::browse::{Purpose, SCREENPLAYS, has_extension, picked};
use crate::ui::{desk::Desk, state::Selection};
use bevy_egui::egui::{Align2, Color32, Context, FontFamily, FontId, Id, LayerId, Order, Stroke, StrokeKind};

/// Says where files may be dropped while they hover. With a film open the window brings in what is dropped; before that a
/// screenplay begins a new film.
pub(super) fn take_dropped(ctx: &Context, desk: &mut Desk<'_>) {
    let (dropped, is_hovering) = ctx.input(|input| {
        let paths: Vec<std::path::PathBuf> =
            input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
        (paths, !input.raw.hovered_files.is_empty())
    });
    if is_hovering {
        hover_ui(ctx, desk);
    }
    if desk.model.is_open() {
        return;
    }
    for path in dropped.into_iter().filter(|path| has_extension(path, SCREENPLAYS)) {
        picked(desk, Purpose::Screenplay, path);
    }
}

fn hover_ui(ctx: &Context, desk: &Desk<'_>) {
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::new("drop-here")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0, Color32::from_black_alpha(140));
    painter.rect_stroke(rect.shrink(12.0), 8, Stroke::new(2.0, desk.theme.accent), StrokeKind::Inside);
    let words = match (desk.model.is_open(), &desk.state.selection) {
        (false, _) => "Drop a project folder or a screenplay",
        (true, Selection::Shots(_)) => "Drop a clip as a new take of the selected shot",
        (true, Selection::Character(_)) => "Drop a picture as a portrait of the selected character",
        (true, Selection::Lane(..)) => "Drop a sound on the selected lane",
        (true, _) => "Drop a clip as a new shot, or a sound as music of this scene",
    };
    let font = FontId::new(18.0, FontFamily::Name("medium".into()));
    painter.text(rect.center(), Align2::CENTER_CENTER, words, font, Color32::WHITE);
}
