//! Undo and redo, without limit.

use super::Edit;
use bevy::prelude::Resource;

/// What was done, and what was undone.
#[derive(Resource, Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// One step: what an operator did, or what a drag did from press to release.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) label: String,
    /// Applied in order, they take the step back (or do it again, on the undone side).
    pub(super) edits: Vec<Edit>,
    group: Option<u64>,
}

impl History {
    /// The label of what [`super::Plan::Undo`] would take back.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.done.last().map(|step| step.label.as_str())
    }

    /// The label of what [`super::Plan::Redo`] would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|step| step.label.as_str())
    }

    /// The labels of everything that can be undone, the first to be undone first.
    pub fn undo_labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.done.iter().rev().map(|step| step.label.as_str())
    }

    /// The labels of everything that can be done again, the first to be done first.
    pub fn redo_labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.undone.iter().rev().map(|step| step.label.as_str())
    }

    /// Number of steps that can be undone.
    #[must_use]
    pub const fn undo_count(&self) -> usize {
        self.done.len()
    }

    /// Forgets everything, for another film.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes what takes a new step back. Steps of one group that follow each other become one.
    pub(super) fn push(&mut self, label: &str, inverse: Vec<Edit>, group: Option<u64>) {
        self.undone.clear();
        if let Some(last) = self.done.last_mut().filter(|last| group.is_some() && last.group == group) {
            last.edits = joined(inverse, std::mem::take(&mut last.edits));
        } else {
            self.done.push(Step { label: label.to_owned(), edits: inverse, group });
        }
    }

    pub(super) fn last_done(&self) -> Option<Step> {
        self.done.last().cloned()
    }

    pub(super) fn last_undone(&self) -> Option<Step> {
        self.undone.last().cloned()
    }

    /// The last step was taken back; these edits do it again.
    pub(super) fn undid(&mut self, edits: Vec<Edit>) {
        if let Some(step) = self.done.pop() {
            self.undone.push(Step { edits, group: None, ..step });
        }
    }

    /// The last undone step was done again; these edits take it back.
    pub(super) fn redid(&mut self, edits: Vec<Edit>) {
        if let Some(step) = self.undone.pop() {
            self.done.push(Step { edits, group: None, ..step });
        }
    }
}

/// What takes two changes back that follow each other. A drag sends the same fact a thousand times: only what it was
/// before the drag is kept, so that a long drag costs no more to keep and to undo than a short one.
fn joined(newer: Vec<Edit>, older: Vec<Edit>) -> Vec<Edit> {
    let (all_set, mut edits) = (older.iter().all(Edit::sets_a_fact), newer);
    if all_set {
        edits.retain(|edit| !edit.sets_a_fact() || !older.iter().any(|before| before.replaces(edit)));
    }
    edits.extend(older);
    edits
}
