//! The timecode ruler: a drag on it moves the playhead.

use super::{plain::Plain, snap, view::View};
use crate::ui::{ask::Ask, desk::Desk};
use bevy_egui::egui::{Align2, CursorIcon, FontId, Id, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2};

/// Points between two labels at least.
const LABEL_PX: f64 = 88.0;

pub(super) fn ruler_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, rect: Rect) {
    let theme = desk.theme;
    let mut lines = Plain::new(ui);
    lines.add(rect, theme.panel);
    lines.add(rect.with_min_y(rect.bottom() - 1.0), theme.line);
    let per_second = u64::from(desk.model.rate().nominal().max(1));
    let step = label_step(view.px_per_frame, per_second);
    let parts = if step >= 10 * per_second || step.is_multiple_of(5) { 5 } else { 4 };
    let (first, end) = view.seen();
    let begin = first / step * step;
    for frame in (begin..=end).step_by(step as usize) {
        lines.upright(view.x_of(frame), rect.with_min_y(rect.bottom() - 8.0).y_range(), theme.faint);
        for part in 1..parts {
            let x = view.x_of(frame + step * part / parts);
            lines.upright(x, rect.with_min_y(rect.bottom() - 4.0).y_range(), theme.line);
        }
    }
    marks_ui(desk, view, rect, &mut lines);
    // The lines lie under the words, all in one go.
    lines.paint(ui);
    for frame in (begin..=end).step_by(step as usize) {
        let at = pos2(view.x_of(frame).round() + 4.5, rect.top() + 9.0);
        let text = desk.model.timecode(frame);
        ui.painter().text(at, Align2::LEFT_CENTER, text, FontId::monospace(10.0), theme.quiet);
    }
    let response =
        ui.interact(rect, Id::new("timeline-ruler"), Sense::click_and_drag()).on_hover_cursor(CursorIcon::Default);
    let frame = desk.state.transport.frame;
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Slider, true, format!("Playhead at {}", desk.model.timecode(frame)))
    });
    if let Some(pointer) = response
        .interact_pointer_pos()
        .filter(|_| response.dragged() || response.is_pointer_button_down_on() || response.clicked())
    {
        let last = desk.model.frames.saturating_sub(1);
        // Frames are what is looked at, so the frame under the pointer is meant, and Shift holds on to cuts.
        let frame = if ui.input(|input| input.modifiers.shift) {
            snap::playhead(desk, view, view.border_at(pointer.x))
        } else {
            view.frame_at(pointer.x)
        };
        let frame = frame.min(last);
        // A hand that rests is not heard.
        if frame == desk.state.transport.frame {
            desk.state.transport.stop();
        } else {
            desk.state.transport.scrub(frame);
        }
        desk.asks.push(Ask::Seek(frame));
    }
}

fn marks_ui(desk: &Desk<'_>, view: &View, rect: Rect, lines: &mut Plain) {
    let (mark_in, mark_out) = desk.state.marks;
    if mark_in.is_none() && mark_out.is_none() {
        return;
    }
    let (start, end) = (view.x_of(mark_in.unwrap_or(0)), view.x_of(mark_out.unwrap_or(desk.model.frames)));
    let bar = Rect::from_min_max(pos2(start, rect.bottom() - 3.0), pos2(end.max(start), rect.bottom()));
    lines.add(bar, desk.theme.accent.gamma_multiply(0.7));
}

/// Frames between labels: whole frames when near, then seconds and minutes in steps that people count in.
fn label_step(px_per_frame: f64, per_second: u64) -> u64 {
    let frames = [1, 2, 5, 10].into_iter().filter(|step| *step < per_second);
    let times = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map(|secs| secs * per_second);
    let mut steps = frames.chain(times);
    steps.find(|step| *step as f64 * px_per_frame >= LABEL_PX).unwrap_or(7200 * per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_crowd() {
        for per_second in [24, 25, 30, 60] {
            for exponent in -40..24 {
                let px_per_frame = 1.25_f64.powi(exponent).max(1e-3);
                let step = label_step(px_per_frame, per_second);
                let room = step as f64 * px_per_frame;
                assert!(room >= LABEL_PX || step == 7200 * per_second, "{px_per_frame} px: {step} frames, {room} px");
            }
        }
    }
}
