//! Names for things that are found by arithmetic and are no widgets of their own: they are told to whoever listens, and
//! cost nothing while nobody does.

use bevy_egui::egui::{
    Id, Rect, Ui,
    accesskit::{self, Action, Role},
};

/// Whether names are asked for.
pub(super) fn is_heard(ui: &Ui) -> bool {
    // The place that is drawn on has a node of its own, if anything has.
    ui.ctx().accesskit_node_builder(ui.unique_id(), |_| ()).is_some()
}

/// Says what lies somewhere. What is a button can be asked to be pressed, see [`is_asked`].
pub(super) fn say(ui: &Ui, id: Id, place: Rect, role: Role, words: impl FnOnce() -> String) {
    let seen = place.intersect(ui.clip_rect());
    if !seen.is_positive() {
        return;
    }
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(role);
        node.set_label(words());
        let [x0, y0, x1, y1] = [place.min.x, place.min.y, place.max.x, place.max.y].map(f64::from);
        node.set_bounds(accesskit::Rect { x0, y0, x1, y1 });
        if role == Role::Button {
            node.add_action(Action::Click);
        }
    });
}

/// Whether somebody asked for it to be done.
pub(super) fn is_asked(ui: &Ui, id: Id, action: Action) -> bool {
    ui.input(|input| input.has_accesskit_action_request(id, action))
}
