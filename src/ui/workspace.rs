//! The panes: how they share the window, and how that is remembered.

use super::{desk::Desk, inspector::inspector_ui, library::library_ui, monitor::monitor_ui, timeline::timeline_ui};
use bevy_egui::egui::{
    self, EventFilter, Frame, Id, Margin, Sense, Stroke, StrokeKind, Ui, Visuals, WidgetInfo, WidgetText, WidgetType,
};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, ResizeState, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree,
    UiResponse,
};
use serde::{Deserialize, Serialize};

/// A pane of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    /// Everything the film is made of.
    Library,
    /// The picture.
    Monitor,
    /// What is selected.
    Inspector,
    /// The film in time.
    Timeline,
}

impl Pane {
    /// Every pane, in the order in which a key goes from one to the next.
    const ALL: [Self; 4] = [Self::Library, Self::Monitor, Self::Timeline, Self::Inspector];

    /// What has the keys where nothing in the pane has them yet.
    fn ground(self) -> Id {
        Id::new(("pane", self.title()))
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Monitor => "Monitor",
            Self::Inspector => "Inspector",
            Self::Timeline => "Timeline",
        }
    }
}

/// What is asked of the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaneAsk {
    /// Shows a pane and gives it the keys.
    Focus(Pane),
    /// The same for the one after the pane that has the keys.
    Next,
    /// The same for the one before it.
    Before,
    /// Puts every pane back to where it was at first.
    Reset,
}

/// What was asked of the panes since they were last drawn.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PanesState {
    asked: Option<PaneAsk>,
}

impl PanesState {
    /// Asks for something when the panes are next drawn.
    pub const fn ask(&mut self, ask: PaneAsk) {
        self.asked = Some(ask);
    }
}

/// Whether what has the focus is a pane itself and nothing in it.
#[must_use]
pub fn is_pane(focused: Id) -> bool {
    Pane::ALL.iter().any(|pane| pane.ground() == focused)
}

/// Library and monitor over the timeline, and the inspector, which is long, beside them from top to bottom.
#[must_use]
pub fn default_tree() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [library, monitor, inspector, timeline] =
        [Pane::Library, Pane::Monitor, Pane::Inspector, Pane::Timeline].map(|pane| {
            let id = tiles.insert_pane(pane);
            tiles.insert_tab_tile(vec![id])
        });
    let mut split = |direction, parts: [(TileId, f32); 2]| {
        let mut linear = Linear::new(direction, parts.iter().map(|(id, _)| *id).collect());
        for (id, share) in parts {
            linear.shares.set_share(id, share);
        }
        tiles.insert_container(Container::Linear(linear))
    };
    let upper = split(LinearDir::Horizontal, [(library, 0.3), (monitor, 0.7)]);
    let left = split(LinearDir::Vertical, [(upper, 0.61), (timeline, 0.39)]);
    let root = split(LinearDir::Horizontal, [(left, 0.76), (inspector, 0.24)]);
    Tree::new("workspace", root, tiles)
}

/// Draws the panes.
pub fn workspace_ui(ui: &mut Ui, desk: &mut Desk<'_>, tree: &mut Tree<Pane>) {
    match desk.state.panes.asked.take() {
        Some(PaneAsk::Reset) => *tree = default_tree(),
        Some(PaneAsk::Focus(pane)) => focus(ui, tree, pane),
        Some(PaneAsk::Next) => focus(ui, tree, beside(ui, tree, true)),
        Some(PaneAsk::Before) => focus(ui, tree, beside(ui, tree, false)),
        None => {}
    }
    tree.ui(&mut Panes { desk }, ui);
}

/// Brings a pane to the front and gives it the keys.
fn focus(ui: &Ui, tree: &mut Tree<Pane>, pane: Pane) {
    tree.make_active(|_, tile| matches!(tile, Tile::Pane(found) if *found == pane));
    ui.memory_mut(|memory| memory.request_focus(pane.ground()));
}

/// The pane after, or before, the one that has the keys; the first, or the last, if none has them.
fn beside(ui: &Ui, tree: &Tree<Pane>, forward: bool) -> Pane {
    let [first, .., last] = Pane::ALL;
    let here = with_keys(ui, tree).and_then(|pane| Pane::ALL.iter().position(|other| *other == pane));
    let count = Pane::ALL.len();
    match here {
        Some(here) => Pane::ALL[(here + if forward { 1 } else { count - 1 }) % count],
        None if forward => first,
        None => last,
    }
}

/// The pane that has the keys, or in which something has them.
fn with_keys(ui: &Ui, tree: &Tree<Pane>) -> Option<Pane> {
    let focused = ui.memory(|memory| memory.focused())?;
    let is_there = |pane: &Pane| {
        let at = ui.ctx().read_response(focused).map(|found| found.rect.center());
        let tile = tree.tiles.find_pane(pane).filter(|tile| tree.active_tiles().contains(tile));
        let rect = tile.and_then(|tile| tree.tiles.rect(tile));
        at.zip(rect).is_some_and(|(at, rect)| rect.contains(at))
    };
    Pane::ALL.into_iter().find(|pane| pane.ground() == focused).or_else(|| Pane::ALL.into_iter().find(is_there))
}

/// The pane itself as something that can have the keys. Only while it has them: Tab goes from thing to thing.
fn ground_ui(ui: &Ui, pane: Pane) -> bool {
    let id = pane.ground();
    if !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    let response = ui.interact(ui.max_rect(), id, Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Panel, true, pane.title()));
    // The arrows are the film's: they do not leave the pane.
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
    true
}

struct Panes<'a, 'd> {
    desk: &'a mut Desk<'d>,
}

impl Behavior<Pane> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        let theme = self.desk.theme;
        ui.painter().rect_filled(ui.max_rect(), 0, theme.panel);
        let (whole, has_keys) = (ui.max_rect(), ground_ui(ui, *pane));
        let margin = if *pane == Pane::Monitor { Margin::ZERO } else { Margin::same(8) };
        Frame::new().inner_margin(margin).show(ui, |ui| match pane {
            Pane::Library => library_ui(ui, self.desk),
            Pane::Monitor => monitor_ui(ui, self.desk),
            Pane::Inspector => inspector_ui(ui, self.desk),
            Pane::Timeline => timeline_ui(ui, self.desk),
        });
        if has_keys {
            ui.painter().rect_stroke(whole.shrink(1.0), 2, Stroke::new(1.5, theme.accent), StrokeKind::Inside);
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    /// A pane is dragged by its tab; the bar behind the tabs is no handle of its own.
    fn is_tile_draggable(&self, tiles: &Tiles<Pane>, tile_id: TileId) -> bool {
        // What is being drawn is not among the tiles just then: only bars ask for themselves.
        tiles.get(tile_id).is_some_and(|tile| matches!(tile, Tile::Pane(_)))
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        2.0
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        26.0
    }

    fn tab_bar_color(&self, _: &Visuals) -> egui::Color32 {
        self.desk.theme.panel
    }

    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::new(1.0, self.desk.theme.line)
    }

    fn tab_bg_color(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &TabState) -> egui::Color32 {
        egui::Color32::TRANSPARENT
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, state: &TabState) -> egui::Color32 {
        if state.active { self.desk.theme.quiet } else { self.desk.theme.faint }
    }

    fn resize_stroke(&self, _: &egui::Style, state: ResizeState) -> Stroke {
        match state {
            ResizeState::Idle => Stroke::new(2.0, self.desk.theme.backdrop),
            ResizeState::Hovering | ResizeState::Dragging => Stroke::new(2.0, self.desk.theme.accent),
        }
    }

    fn min_size(&self) -> f32 {
        120.0
    }
}
