//! What the window remembers of itself: selection, playhead, zoom, open panels. Nothing here is part of the film.

pub use super::shot_set::ShotSet;
use super::{
    ask::{Notice, Weight},
    model::{FilmModel, ShotName},
    theme::Look,
};
use crate::playback::Transport;
use bevy::prelude::Resource;
use kinora_core::{
    film::AudioLane,
    ids::{CharacterId, SceneId},
};
use std::time::Instant;

/// What the inspector shows and what keys act on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// The film as a whole.
    #[default]
    Film,
    /// A scene.
    Scene(SceneId),
    /// Shots in the order they were chosen; the last one leads.
    Shots(ShotSet),
    /// A sound lane of a scene.
    Lane(SceneId, AudioLane),
    /// A character.
    Character(CharacterId),
}

impl Selection {
    /// One shot.
    #[must_use]
    pub fn shot(name: ShotName) -> Self {
        Self::Shots(vec![name].into())
    }

    /// Shots in an order, the last one leading; the film if there is none.
    #[must_use]
    pub fn of_shots(names: impl Into<ShotSet>) -> Self {
        let names = names.into();
        if names.is_empty() { Self::Film } else { Self::Shots(names) }
    }

    /// The chosen shots.
    #[must_use]
    pub fn shots(&self) -> &[ShotName] {
        if let Self::Shots(names) = self { names } else { &[] }
    }

    /// The same as a copy that costs nothing.
    #[must_use]
    pub fn shot_set(&self) -> ShotSet {
        if let Self::Shots(names) = self { names.clone() } else { ShotSet::default() }
    }

    /// The shot that leads.
    #[must_use]
    pub fn leading_shot(&self) -> Option<&ShotName> {
        self.shots().last()
    }

    /// The scene that is selected or holds what is.
    #[must_use]
    pub fn scene(&self) -> Option<&SceneId> {
        match self {
            Self::Scene(scene_id) | Self::Lane(scene_id, _) => Some(scene_id),
            Self::Shots(names) => names.last().map(|name| &name.0),
            Self::Film | Self::Character(_) => None,
        }
    }

    /// A shot has another name now.
    pub fn rename(&mut self, from: &ShotName, to: &ShotName) {
        if let Self::Shots(names) = self
            && names.has(from)
        {
            *names = names.iter().map(|name| if name == from { to } else { name }).cloned().collect();
        }
    }

    /// Whether a shot is chosen.
    #[must_use]
    pub fn has(&self, name: &ShotName) -> bool {
        matches!(self, Self::Shots(names) if names.has(name))
    }
}

/// Panels that lie over the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    /// The command palette.
    Palette,
    /// The cheat sheet of keys.
    Keys,
    /// A new project.
    NewProject,
    /// The list of every reference frame.
    References,
    /// What a run that was cut short had not saved.
    Recovery,
    /// What the film has cost.
    Spend,
    /// The keys of vendors.
    VendorKeys,
}

/// A notice on screen.
#[derive(Debug, Clone)]
pub struct Toast {
    /// What it says.
    pub notice: Notice,
    /// When it came.
    pub since: Instant,
}

/// Everything the window remembers.
#[derive(Resource, Debug)]
pub struct UiState {
    /// What is selected.
    pub selection: Selection,
    /// How the film plays.
    pub transport: Transport,
    /// In and out of playback and loop, in frames of the film.
    pub marks: (Option<u64>, Option<u64>),
    /// The timeline's view and drag.
    pub timeline: super::timeline::TimelineState,
    /// The library's filter, search and order.
    pub library: super::library::LibraryState,
    /// The inspector's tabs and half-typed texts.
    pub inspector: super::inspector::InspectorState,
    /// The monitor's zoom, and whether it fills the screen.
    pub monitor: super::monitor::MonitorState,
    /// What is dragged over the panes.
    pub drops: super::drops::DropState,
    /// State of the overlays.
    pub overlays: super::overlays::OverlayState,
    /// The overlay that is open.
    pub overlay: Option<Overlay>,
    /// What is asked of the panes.
    pub panes: super::workspace::PanesState,
    /// The menu that a key asked for.
    pub menu: super::widgets::MenuAsk,
    /// What is said in the corner.
    pub toasts: Vec<Toast>,
    /// The theme.
    pub look: Look,
    /// Whether the tray of jobs is open.
    pub tray_open: bool,
    /// Whether the diagnostics are shown over the monitor.
    pub diagnostics: bool,
    /// Whether safe areas are shown over the monitor.
    pub safe_areas: bool,
    /// An action to perform before the next drawing, for menus of the system and for scripts.
    pub perform_next: Option<&'static str>,
    /// Whether a text field had the keys when the last frame ended: its Esc is its own.
    pub was_typing: bool,
    /// Whether what has the focus is moved by the arrow keys, as it was last drawn.
    pub takes_arrows: bool,
    next_group: u64,
}

impl Default for UiState {
    fn default() -> Self {
        Self {
            selection: Selection::Film,
            transport: Transport::default(),
            marks: (None, None),
            timeline: Default::default(),
            library: Default::default(),
            inspector: Default::default(),
            monitor: Default::default(),
            drops: Default::default(),
            overlays: Default::default(),
            overlay: None,
            panes: Default::default(),
            menu: Default::default(),
            toasts: Vec::new(),
            look: Look::Dark,
            tray_open: false,
            diagnostics: false,
            safe_areas: false,
            perform_next: None,
            was_typing: false,
            takes_arrows: false,
            next_group: 1,
        }
    }
}

impl UiState {
    /// A number for a new drag, or for typing in one field.
    pub const fn new_group(&mut self) -> u64 {
        self.next_group += 1;
        self.next_group
    }

    /// Says something. The same text twice is said once.
    pub fn tell(&mut self, notice: Notice) {
        self.toasts.retain(|toast| toast.notice != notice);
        self.toasts.push(Toast { notice, since: Instant::now() });
        let most = 5;
        let extra = self.toasts.len().saturating_sub(most);
        self.toasts.drain(..extra);
    }

    /// Says that something failed.
    pub fn tell_failure(&mut self, title: impl Into<String>, detail: impl Into<String>) {
        self.tell(Notice::new(Weight::Bad, title, detail));
    }

    /// Lets go of what is no longer in the film, and keeps the playhead inside it.
    pub fn follow(&mut self, model: &FilmModel) {
        match &mut self.selection {
            Selection::Film => {}
            Selection::Scene(scene_id) | Selection::Lane(scene_id, _) => {
                if model.scene(scene_id).is_none() {
                    self.selection = Selection::Film;
                }
            }
            Selection::Shots(names) => {
                if !names.iter().all(|name| model.span(name).is_some()) {
                    let left = names.iter().filter(|name| model.span(name).is_some()).cloned();
                    self.selection = Selection::of_shots(left.collect::<ShotSet>());
                }
            }
            Selection::Character(character_id) => {
                if model.character(character_id).is_none() {
                    self.selection = Selection::Film;
                }
            }
        }
        self.transport.frame = self.transport.frame.min(model.frames.saturating_sub(1));
        for mark in [&mut self.marks.0, &mut self.marks.1] {
            *mark = mark.filter(|frame| *frame <= model.frames);
        }
    }
}
