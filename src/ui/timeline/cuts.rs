//! Marks on the cuts: whether the shots are linked, how well their frames match, whether the seam is smoothed. A click
//! forces or forbids smoothing.

use super::view::View;
use crate::ui::{
    desk::Desk,
    model::{ShotName, ShotSpan},
    theme::Theme,
    widgets,
};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Galley, Id, Popup, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::{continuity::Cut, film::SmoothMode};
use serde_json::json;
use std::sync::Arc;

/// Points of the narrower clip beside a mark at least: nearer marks would cover each other.
const LEAST_PX: f32 = 26.0;
/// Points from which a mark has room for its score.
const SCORE_PX: f32 = 64.0;
/// Radius of a mark, and of one that has little to say.
const MARK_PX: f32 = 9.0;
const DOT_PX: f32 = 3.0;

/// How a cut stands.
#[derive(Debug, Clone, Copy)]
enum Standing<'a> {
    Smoothed(&'a Cut),
    Matched(&'a Cut),
    /// The shots belong together, and do not match.
    Poor(&'a Cut),
    /// Linked, or with a wish of the maker's, and not judged: a clip is missing, or it is being looked at.
    Linked {
        has_takes: bool,
    },
    Forced,
    Forbidden,
    /// Two shots that have nothing to do with each other.
    Unlinked(&'a Cut),
    /// The same, not judged yet.
    Unjudged {
        has_takes: bool,
    },
}

impl<'a> Standing<'a> {
    fn of(desk: &Desk<'a>, name: &ShotName, [before, after]: [&ShotSpan; 2]) -> Self {
        let (shot, next) = (desk.model.shot_of(before), desk.model.shot_of(after));
        let source = next.continuity_source.as_ref();
        let linked = source.is_some_and(|source| (&source.scene_id, &source.shot_id) == (&name.0, &name.1));
        let has_takes = before.has_take && after.has_take;
        match (desk.jobs.cut(name, &next.shot_id), shot.smooth) {
            (Some(cut), _) if cut.smoothed => Self::Smoothed(cut),
            (Some(cut), _) if cut.matched => Self::Matched(cut),
            (Some(cut), mode) if linked || mode != SmoothMode::Auto => Self::Poor(cut),
            (Some(cut), _) => Self::Unlinked(cut),
            (None, _) if linked => Self::Linked { has_takes },
            (None, SmoothMode::Always) => Self::Forced,
            (None, SmoothMode::Never) => Self::Forbidden,
            (None, SmoothMode::Auto) => Self::Unjudged { has_takes },
        }
    }

    const fn glyph(self) -> &'static str {
        match self {
            Self::Smoothed(_) | Self::Forced => icon::WAVES,
            Self::Matched(_) => icon::EQUALS,
            Self::Poor(_) => icon::WARNING,
            Self::Linked { .. } => icon::LINK,
            Self::Forbidden => icon::PROHIBIT,
            Self::Unlinked(_) | Self::Unjudged { .. } => icon::LINK_BREAK,
        }
    }

    const fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Smoothed(_) | Self::Matched(_) => theme.good,
            Self::Poor(_) => theme.warn,
            Self::Linked { .. } | Self::Forced | Self::Forbidden | Self::Unlinked(_) | Self::Unjudged { .. } => {
                theme.quiet
            }
        }
    }

    /// Whether it is said with a glyph even while nobody points at it.
    const fn is_loud(self) -> bool {
        !matches!(self, Self::Unlinked(_) | Self::Unjudged { .. })
    }

    /// How alike the frames at the cut are, where that matters.
    const fn score(self) -> Option<f64> {
        match self {
            Self::Smoothed(cut) | Self::Matched(cut) | Self::Poor(cut) => Some(cut.score),
            _ => None,
        }
    }

    fn words(self) -> String {
        let not_yet = |has_takes: bool| if has_takes { ", not judged yet" } else { "" };
        match self {
            Self::Smoothed(cut) => format!("Smoothed, match {:.2}: {}", cut.score, cut.reason),
            Self::Matched(cut) => format!("Matched {:.2}, a plain cut: {}", cut.score, cut.reason),
            Self::Poor(cut) => format!("Poor match {:.2}, a plain cut: {}", cut.score, cut.reason),
            Self::Linked { has_takes } => {
                format!("Linked: the next shot continues this one{}", not_yet(has_takes))
            }
            Self::Forced => "Smoothing is forced at this cut".to_owned(),
            Self::Forbidden => "Smoothing is forbidden at this cut".to_owned(),
            Self::Unlinked(cut) => format!("Not linked, a plain cut: match {:.2}", cut.score),
            Self::Unjudged { has_takes } => format!("Not linked, a plain cut{}", not_yet(has_takes)),
        }
    }
}

pub(super) fn cuts_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, track: Rect) {
    let least = view.frames_of(LEAST_PX);
    let spans = &desk.model.shot_spans;
    let (first, end) = view.seen();
    let from = spans.partition_point(|span| span.end_frame() < first);
    let to = spans.partition_point(|span| span.start_frame <= end);
    for index in from.max(1)..to {
        let [before, after] = [&spans[index - 1], &spans[index]];
        if before.scene_index == after.scene_index && before.frames.min(after.frames) as f64 >= least {
            cut_ui(ui, desk, view, track, [before, after]);
        }
    }
}

fn cut_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, track: Rect, [before, after]: [&ShotSpan; 2]) {
    let name = desk.model.name_of(before);
    let standing = Standing::of(desk, &name, [before, after]);
    let center = pos2(view.x_of(after.start_frame) - 0.5, track.bottom() - 12.0);
    let room = view.width_of(before.frames.min(after.frames) as f64);
    let score = standing.score().filter(|_| room >= SCORE_PX).map(|score| {
        ui.painter().layout_no_wrap(format!("{score:.2}"), FontId::proportional(10.5), standing.color(desk.theme))
    });
    let width = 2.0 * MARK_PX + score.as_ref().map_or(0.0, |score| score.size().x + 3.0);
    let pill = Rect::from_center_size(center, vec2(width, 2.0 * MARK_PX));
    // It takes drags too, and does nothing with them: whoever presses a mark does not mean the clips under it.
    let response = ui
        .interact(pill.expand(1.0), Id::new(("cut", &name)), Sense::click_and_drag())
        .on_hover_cursor(CursorIcon::PointingHand);
    response.widget_info(|| {
        let words = format!("Cut after {}/{}: {}", name.0, name.1, standing.words());
        WidgetInfo::labeled(WidgetType::Button, true, words)
    });
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    if standing.is_loud() || response.hovered() || response.has_focus() || is_open {
        mark(ui, desk.theme, standing, pill, score, &response);
    } else {
        dot(ui, desk.theme, standing, center);
    }
    // Asking for a menu that is neither open nor about to be would cost more than the mark.
    let by_key = desk.state.menu.is_for(&response, false);
    if by_key {
        widgets::open_by_key(ui, Popup::default_response_id(&response));
    }
    if response.clicked() || is_open || by_key {
        Popup::menu(&response).show(|ui| menu_ui(ui, desk, &name, standing));
    }
    if response.hovered() {
        response.on_hover_text(format!("{}\nClick to force or forbid smoothing", standing.words()));
    }
}

/// A glyph, with the score beside it where there is room.
fn mark(ui: &Ui, theme: &Theme, standing: Standing<'_>, pill: Rect, score: Option<Arc<Galley>>, response: &Response) {
    let (painter, color) = (ui.painter(), standing.color(theme));
    let fill = if response.hovered() { theme.hovered } else { theme.panel };
    painter.rect(pill, MARK_PX, fill, Stroke::new(1.5, color), StrokeKind::Middle);
    let at = pos2(pill.left() + MARK_PX, pill.center().y);
    painter.text(at, Align2::CENTER_CENTER, standing.glyph(), FontId::proportional(12.0), color);
    if let Some(score) = score {
        let at = pos2(pill.left() + 2.0 * MARK_PX - 1.0, pill.center().y - score.size().y * 0.5);
        painter.galley(at, score, color);
    }
    if response.has_focus() {
        painter.rect_stroke(pill.expand(2.0), MARK_PX + 2.0, Stroke::new(1.0, theme.accent), StrokeKind::Outside);
    }
}

/// A cut that is just a cut: a dot, hollow while it was not judged.
fn dot(ui: &Ui, theme: &Theme, standing: Standing<'_>, center: Pos2) {
    let (painter, color) = (ui.painter(), standing.color(theme));
    // Discs are ready-made pictures, and rings are not.
    painter.circle_filled(center, DOT_PX + 2.0, theme.panel);
    painter.circle_filled(center, DOT_PX, color);
    if matches!(standing, Standing::Unjudged { .. }) {
        painter.circle_filled(center, DOT_PX - 1.25, theme.panel);
    }
}

fn menu_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, standing: Standing<'_>) {
    ui.set_max_width(260.0);
    ui.label(standing.words());
    ui.separator();
    let mode = desk.model.shot(name).map_or(SmoothMode::Auto, |shot| shot.smooth);
    let choices = [
        (SmoothMode::Auto, "auto", "Smooth where the frames match"),
        (SmoothMode::Always, "always", "Always smooth this cut"),
        (SmoothMode::Never, "never", "Never smooth this cut"),
    ];
    for (choice, value, label) in choices {
        let response = ui.selectable_label(mode == choice, label);
        widgets::take_keys(ui, &response);
        if response.clicked() {
            desk.asks.run("shot.set", json!({ "scene_id": name.0, "shot_id": name.1, "smooth": value }));
            ui.close();
        }
    }
}
