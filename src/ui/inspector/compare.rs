//! Two takes of a shot in one picture, at the same moment, with a line between them that is dragged.

use super::{
    form::{self, Number},
    picture,
};
use crate::ui::{
    desk::Desk,
    model::ShotName,
    pictures::{PictureOf, PictureState},
    widgets,
};
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, EventFilter, FontId, Id, Key, Rect, Sense, Stroke, Ui, WidgetInfo, lerp, pos2, vec2,
};
use kinora_core::{film::Take, ids::TakeId};

/// What is compared.
#[derive(Debug)]
pub(super) struct Comparison {
    shot: Option<ShotName>,
    takes: Vec<TakeId>,
    /// Where the line is, 0 left to 1 right.
    pub(super) split: f32,
    /// The moment in both takes, 0 the first frame and 1 the last.
    at: f64,
}

impl Default for Comparison {
    fn default() -> Self {
        Self { shot: None, takes: Vec::new(), split: 0.5, at: 0.5 }
    }
}

impl Comparison {
    /// Whether a take is one of the two.
    pub(super) fn has(&self, name: &ShotName, take_id: &TakeId) -> bool {
        self.shot.as_ref() == Some(name) && self.takes.contains(take_id)
    }

    /// The shot and both takes, once there are two.
    pub(super) fn pair(&self) -> Option<(&ShotName, [&TakeId; 2])> {
        let [left, right] = &self.takes[..] else { return None };
        Some((self.shot.as_ref()?, [left, right]))
    }

    /// Takes a take in, or lets it go. A third one takes the place of the older of the two.
    pub(super) fn toggle(&mut self, name: &ShotName, take_id: &TakeId) {
        if self.shot.as_ref() != Some(name) {
            self.shot = Some(name.clone());
            self.takes.clear();
        }
        if let Some(index) = self.takes.iter().position(|other| other == take_id) {
            self.takes.remove(index);
            return;
        }
        if self.takes.len() == 2 {
            self.takes.remove(0);
        }
        self.takes.push(take_id.clone());
    }
}

pub(super) fn compare_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName) {
    let model = desk.model;
    let theme = desk.theme;
    let state = &desk.state.inspector.compare;
    if state.shot.as_ref() != Some(name) || state.takes.is_empty() {
        return;
    }
    let (split, at) = (state.split, state.at);
    let Some(shot) = model.shot(name) else { return };
    let takes: Vec<&Take> =
        state.takes.iter().filter_map(|id| shot.takes.iter().find(|take| take.take_id == *id)).collect();
    let [left, right] = takes[..] else {
        form::note_ui(ui, "Choose a second take to compare with", theme.quiet);
        return;
    };
    let (left_id, right_id): (String, String) = (left.take_id.to_string(), right.take_id.to_string());
    widgets::section_ui(ui, theme, "Compare");
    let of = |take: &Take| {
        let clip = model.clip_of_take(name, take)?;
        let frame = clip.frame_at(at);
        Some(PictureOf::Frame(clip, frame))
    };
    let (left, right) = (of(left), of(right));
    let width = ui.available_width();
    let aspect = model.metadata.size.width.max(1) as f32 / model.metadata.size.height.max(1) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, width / aspect), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(split), "Wipe"));
    let line = rect.left() + rect.width() * split;
    ui.painter().rect_filled(rect, 3, theme.backdrop);
    half_ui(ui, desk, left.as_ref(), rect, Rect::from_min_max(rect.min, pos2(line, rect.bottom())));
    half_ui(ui, desk, right.as_ref(), rect, Rect::from_min_max(pos2(line, rect.top()), rect.max));
    let painter = ui.painter_at(rect);
    painter.vline(line, rect.y_range(), Stroke::new(1.5, theme.accent));
    painter.circle_filled(pos2(line, rect.center().y), 6.0, theme.accent);
    for (text, at, align) in [
        (&left_id, rect.left_top() + vec2(6.0, 5.0), Align2::LEFT_TOP),
        (&right_id, rect.right_top() + vec2(-6.0, 5.0), Align2::RIGHT_TOP),
    ] {
        painter.text(at + vec2(1.0, 1.0), align, text, FontId::proportional(11.0), Color32::BLACK);
        painter.text(at, align, text, FontId::proportional(11.0), Color32::WHITE);
    }
    if let Some(pointer) = response.interact_pointer_pos() {
        desk.state.inspector.compare.split = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
    } else if response.has_focus() {
        desk.state.takes_arrows = true;
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let moved = ui
            .input(|input| i8::from(input.key_pressed(Key::ArrowRight)) - i8::from(input.key_pressed(Key::ArrowLeft)));
        desk.state.inspector.compare.split = (split + f32::from(moved) * 0.05).clamp(0.0, 1.0);
    }
    let hint = format!(
        "Left {left_id}, right {right_id}. Drag the line. Full size in the monitor, while the playhead is in the shot"
    );
    response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(hint);
    let number = Number {
        label: "Moment",
        help: "The same moment of both takes",
        range: 0.0..=100.0,
        step: 1.0,
        decimals: 0,
        unit: " %",
    };
    let changed = form::row_ui(ui, theme, "Moment", number.help, |ui| {
        form::slider_ui(ui, desk, Id::new("moment of takes"), at * 100.0, &number)
    });
    if let Some((percent, _)) = changed {
        desk.state.inspector.compare.at = percent / 100.0;
    }
    if form::button_ui(ui, egui_phosphor::regular::X, "End comparison", "Puts the pictures away", None) {
        desk.state.inspector.compare.takes.clear();
    }
}

/// The part of a picture that lies in a half.
fn half_ui(ui: &Ui, desk: &mut Desk<'_>, of: Option<&PictureOf>, rect: Rect, half: Rect) {
    let Some(PictureState::Ready(found)) = of.map(|of| desk.pictures.small(of)) else { return };
    let place = picture::inside(rect, found.aspect);
    let seen = place.intersect(half);
    if !seen.is_positive() {
        return;
    }
    let part = |x: f32| (x - place.left()) / place.width();
    let uv = Rect::from_min_max(pos2(part(seen.left()), 0.0), pos2(part(seen.right()), 1.0));
    let whole = Rect::from_min_max(
        pos2(seen.left(), lerp(place.y_range(), 0.0)),
        pos2(seen.right(), lerp(place.y_range(), 1.0)),
    );
    ui.painter_at(rect).image(found.texture, whole, uv, Color32::WHITE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::ids::{SceneId, ShotId};

    #[test]
    fn two_takes_are_compared_and_a_third_pushes_out_the_first() {
        let name = |number| (SceneId::numbered(1), ShotId::numbered(number));
        let mut comparison = Comparison::default();
        let mut check = |shot: usize, take: usize, expected: &[usize]| {
            comparison.toggle(&name(shot), &TakeId::numbered(take));
            assert_eq!(comparison.takes, expected.iter().map(|number| TakeId::numbered(*number)).collect::<Vec<_>>());
            for number in 1..5 {
                assert_eq!(comparison.has(&name(shot), &TakeId::numbered(number)), expected.contains(&number));
            }
            let pair = comparison.pair().map(|(name, takes)| (name.clone(), takes.map(Clone::clone)));
            let expected: Result<[usize; 2], _> = expected.to_vec().try_into();
            assert_eq!(pair, expected.ok().map(|pair| (name(shot), pair.map(TakeId::numbered))));
        };
        check(1, 1, &[1]);
        check(1, 2, &[1, 2]);
        check(1, 3, &[2, 3]);
        check(1, 2, &[3]);
        check(2, 1, &[1]);
        check(2, 1, &[]);
    }
}
