//! The panes: how they share the window, and how that is remembered.

use super::{desk::Desk, inspector::inspector_ui, library::library_ui, monitor::monitor_ui, timeline::timeline_ui};
use bevy_egui::egui::{self, Frame, Margin, Stroke, Ui, Visuals, WidgetText};
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
    const fn title(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Monitor => "Monitor",
            Self::Inspector => "Inspector",
            Self::Timeline => "Timeline",
        }
    }
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
    tree.ui(&mut Panes { desk }, ui);
}

struct Panes<'a, 'd> {
    desk: &'a mut Desk<'d>,
}

impl Behavior<Pane> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        let theme = self.desk.theme;
        ui.painter().rect_filled(ui.max_rect(), 0, theme.panel);
        let margin = if *pane == Pane::Monitor { Margin::ZERO } else { Margin::same(8) };
        Frame::new().inner_margin(margin).show(ui, |ui| match pane {
            Pane::Library => library_ui(ui, self.desk),
            Pane::Monitor => monitor_ui(ui, self.desk),
            Pane::Inspector => inspector_ui(ui, self.desk),
            Pane::Timeline => timeline_ui(ui, self.desk),
        });
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
