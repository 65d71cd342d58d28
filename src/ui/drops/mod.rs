//! What is let go over the panes: files of the desktop, and what is dragged out of the library.
//!
//! - `files`: kinds of files, and what becomes of one where no place is known; `on`: what becomes of a thing on a shot,
//!   on an end of it, on a character;
//! - panels [`offer`] their places while they are drawn; what lies over them shows the place and lets go
//!   (`overlays::drops`).

mod files;
mod on;

pub(in crate::ui) use files::refused as refused_file;
pub use files::{FileKind, by_selection};
pub(in crate::ui) use on::{each_file, path_of};
pub use on::{on_cast, on_character, on_frame, on_shot};

use super::{ask::Ask, desk::Desk, library::LibraryDrag};
use bevy_egui::egui::{Context, DragAndDrop, Pos2, Rangef, Rect, Ui};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How long files that were let go wait for the pointer. Some systems say where it is only after the drag has ended.
const WAIT_SECS: f64 = 0.3;

/// What is held over the window.
#[derive(Debug, Clone)]
pub enum Flying {
    /// Files of the desktop.
    Files(Vec<PathBuf>),
    /// Something of the library.
    Thing(Arc<LibraryDrag>),
}

/// What would become of one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is taken.
    Becomes {
        /// What it becomes.
        words: String,
        /// What is asked for then.
        asks: Vec<Ask>,
    },
    /// It is not.
    Refused {
        /// What is not taken, as the title of a notice.
        what: String,
        /// Why, and where it can go.
        why: String,
    },
}

impl Outcome {
    /// Taken, with one ask.
    #[must_use]
    pub fn becomes(words: impl Into<String>, ask: Ask) -> Self {
        Self::Becomes { words: words.into(), asks: vec![ask] }
    }

    /// A thing of the library is not taken.
    #[must_use]
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused { what: "That has no place here".to_owned(), why: why.into() }
    }

    /// What is said of it while it hovers.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Becomes { words, .. } => words,
            Self::Refused { why, .. } => why,
        }
    }
}

/// How the place is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// An upright line: a border in time.
    Line {
        /// Where it stands.
        x: f32,
        /// From top to bottom.
        rows: Rangef,
    },
    /// A frame about a place.
    Frame(Rect),
}

/// A place under the pointer, and what would become there of what is held.
#[derive(Debug, Clone, PartialEq)]
pub struct Landing {
    /// How it is shown.
    pub mark: Mark,
    /// One for each thing that is held.
    pub outcomes: Vec<Outcome>,
}

/// What is held, where, and whether it is let go: told anew in every drawing of the window.
#[derive(Debug, Clone)]
pub struct Held {
    /// What it is.
    pub flying: Arc<Flying>,
    /// The pointer, where it is known.
    pub pointer: Option<Pos2>,
    /// Whether it was let go just now.
    pub is_let_go: bool,
}

/// What the window remembers of drags.
#[derive(Debug, Default)]
pub struct DropState {
    held: Option<Held>,
    landing: Option<Landing>,
    /// Files that were let go where nobody knows yet, and since when.
    waiting: Option<(Vec<PathBuf>, f64)>,
}

impl DropState {
    /// What is held, and the place it was offered last.
    pub fn take(&mut self) -> Option<(Held, Option<Landing>)> {
        Some((self.held.take()?, self.landing.take()))
    }

    /// What lies over the panes hides their places.
    pub fn forget_landing(&mut self) {
        self.landing = None;
    }
}

/// Looks what is held, before anything is drawn.
pub fn begin(ctx: &Context, desk: &mut Desk<'_>) {
    let state = &mut desk.state.drops;
    (state.held, state.landing) = (None, None);
    let (hovered, dropped, pointer, is_released, now_secs) = ctx.input(|input| {
        let hovered = (!input.raw.hovered_files.is_empty())
            .then(|| input.raw.hovered_files.iter().filter_map(|file| file.path.clone()).collect::<Vec<_>>());
        let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
        let pointer = &input.pointer;
        (hovered, dropped, pointer.latest_pos(), pointer.any_released(), input.time)
    });
    if !dropped.is_empty() {
        state.waiting.get_or_insert_with(|| (Vec::new(), now_secs)).0.extend(dropped);
    }
    let mut hold = |flying, is_let_go| state.held = Some(Held { flying: Arc::new(flying), pointer, is_let_go });
    if let Some((files, since_secs)) = state.waiting.take() {
        let is_let_go = pointer.is_some() || now_secs - since_secs >= WAIT_SECS;
        if !is_let_go {
            ctx.request_repaint_after(Duration::from_secs_f64(WAIT_SECS / 6.0));
            state.waiting = Some((files.clone(), since_secs));
        }
        hold(Flying::Files(files), is_let_go);
    } else if let Some(files) = hovered {
        hold(Flying::Files(files), false);
    } else if let Some(thing) = DragAndDrop::payload::<LibraryDrag>(ctx) {
        let flying = match &*thing {
            LibraryDrag::File(path) => Flying::Files(vec![path.clone()]),
            _ => Flying::Thing(thing),
        };
        hold(flying, is_released);
    }
}

/// A place says what would become there of what is held. The last place under the pointer that says something holds.
pub fn offer(
    ui: &Ui,
    desk: &mut Desk<'_>,
    place: Rect,
    landing: impl FnOnce(&Desk<'_>, &Flying, Pos2) -> Option<Landing>,
) {
    let Some(Held { flying, pointer: Some(pointer), .. }) = &desk.state.drops.held else { return };
    if !place.intersect(ui.clip_rect()).contains(*pointer) {
        return;
    }
    let (flying, pointer) = (Arc::clone(flying), *pointer);
    if let Some(landing) = landing(desk, &flying, pointer) {
        desk.state.drops.landing = Some(landing);
    }
}

/// [`offer`] for a place that is framed as a whole.
pub fn offer_framed(
    ui: &Ui,
    desk: &mut Desk<'_>,
    place: Rect,
    outcomes: impl FnOnce(&Desk<'_>, &Flying) -> Option<Vec<Outcome>>,
) {
    let mark = Mark::Frame(place.intersect(ui.clip_rect()));
    offer(ui, desk, place, |desk, flying, _| Some(Landing { mark, outcomes: outcomes(desk, flying)? }));
}
