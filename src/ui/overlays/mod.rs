//! What lies over the panes.
//!
//! - `welcome`: while no film is open; `new_project`: its form, and what is wrong with it;
//! - `browse`: file dialogs; `drops`: what is dragged over the window, let go;
//! - `palette`: any action by name, with `fuzzy`; `keys`: the cheat sheet; `references`: every reference frame;
//! - `recovery`: what a run that was cut short had not saved; `opening`: a project that is being read or made;
//! - `tray`: jobs; `spend`: what they cost; `vendor_keys`: the keys of vendors; `toasts`: what is said in the corner.

mod browse;
mod drops;
mod fuzzy;
mod keys;
mod new_project;
mod opening;
mod palette;
mod recovery;
mod references;
mod spend;
mod toasts;
mod tray;
mod vendor_keys;
mod welcome;

pub use browse::{CLIPS, PICTURES, SCREENPLAYS, SOUNDS, has_extension};
pub use fuzzy::score;
pub use new_project::folder_name;
pub use opening::OpeningModel;
pub(super) use opening::listen as listen_while_opening;
pub use recovery::Recovery;
pub use tray::{TRAY_PX, tray_rect};
pub use vendor_keys::{KeyFound, KeysModel, ModelsRead};
pub use welcome::{Ending, RecentLook, projects_folder, welcome_ui};

use super::{
    desk::Desk,
    state::Overlay,
    theme::{STEP, Theme},
    widgets,
};
use crate::generation::Spend;
use bevy_egui::egui::{Context, Frame, Id, Margin, Modal, ScrollArea, Stroke, Ui, WidgetInfo, WidgetType, vec2};
use browse::Browsing;
use egui_phosphor::regular as icon;
use new_project::Form;
use palette::PaletteState;
use std::{collections::HashMap, path::PathBuf};

/// What the overlays remember.
#[derive(Debug, Default)]
pub struct OverlayState {
    /// Projects opened lately, the latest first.
    pub recent: Vec<PathBuf>,
    /// What a run that was cut short had not saved.
    pub recovery: Option<Recovery>,
    browsing: Option<Browsing>,
    /// Folder of the file picked last.
    last_folder: Option<PathBuf>,
    form: Option<Form>,
    palette: Option<PaletteState>,
    /// What was found of recent projects without opening them.
    pub looked: HashMap<PathBuf, RecentLook>,
    /// The project that is being opened or made.
    pub opening: Option<OpeningModel>,
    /// What the open film has cost so far.
    pub spend: Spend,
    /// The keys of vendors.
    pub keys: KeysModel,
}

/// Everything that lies over the panes just now.
pub fn overlays_ui(ctx: &Context, desk: &mut Desk<'_>) {
    if desk.state.overlay.is_some() || desk.state.overlays.is_browsing() {
        desk.state.drops.forget_landing();
    }
    open_ui(ctx, desk);
    drops::drops_ui(ctx, desk);
}

fn open_ui(ctx: &Context, desk: &mut Desk<'_>) {
    if desk.state.tray_open {
        tray::tray_ui(ctx, desk);
    }
    toasts::toasts_ui(ctx, desk);
    opening::opening_ui(ctx, desk);
    // A file dialog that a form asked for lies over it: the form waits.
    if desk.state.overlays.is_browsing() {
        browse::browse_ui(ctx, desk);
        return;
    }
    match desk.state.overlay {
        Some(Overlay::Palette) => palette::palette_ui(ctx, desk),
        Some(Overlay::Keys) => keys::keys_ui(ctx, desk),
        Some(Overlay::NewProject) => new_project::new_project_ui(ctx, desk),
        Some(Overlay::References) => references::references_ui(ctx, desk),
        Some(Overlay::Recovery) => recovery::recovery_ui(ctx, desk),
        Some(Overlay::VendorKeys) => vendor_keys::vendor_keys_ui(ctx, desk),
        Some(Overlay::Spend) => spend::spend_ui(ctx, desk),
        None => {}
    }
    if desk.state.overlay != Some(Overlay::Palette) {
        desk.state.overlays.palette = None;
    }
}

/// A panel over the middle of the window. Escape and a click beside it close it.
fn modal_ui(ctx: &Context, desk: &mut Desk<'_>, name: &str, add: impl FnOnce(&mut Ui, &mut Desk<'_>)) {
    let theme = desk.theme;
    let response = Modal::new(Id::new(("overlay", name))).frame(frame(theme)).show(ctx, |ui| {
        ui.response().widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, name));
        add(ui, desk);
    });
    if response.should_close() {
        desk.state.overlay = None;
    }
}

/// The frame of what lies over the panes.
fn frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(8)
        .inner_margin(Margin::same(16))
        .shadow(bevy_egui::egui::Shadow {
            offset: [0, 8],
            blur: 32,
            spread: 0,
            color: bevy_egui::egui::Color32::from_black_alpha(110),
        })
}

/// A heading with a button that closes the overlay.
fn title_ui(ui: &mut Ui, desk: &mut Desk<'_>, title: &str) {
    ui.horizontal(|ui| {
        ui.heading(title);
        ui.with_layout(bevy_egui::egui::Layout::right_to_left(bevy_egui::egui::Align::Center), |ui| {
            if close_ui(ui, "Close", "Esc") {
                desk.state.overlay = None;
            }
        });
    });
    ui.add_space(2.0 * STEP);
}

/// A small cross. `keys` do the same; empty where none do.
fn close_ui(ui: &mut Ui, label: &str, keys: &str) -> bool {
    let button = bevy_egui::egui::Button::new(icon::X).frame_when_inactive(false);
    let response = ui.add_sized(vec2(24.0, 24.0), button);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
    response.on_hover_text(format!("{label}  {keys}").trim_end()).clicked()
}

/// A quiet button with an icon and words, which a screen reader knows by its words.
fn named_button_ui(ui: &mut Ui, glyph: &str, text: &str, name: &str, hint: &str) -> bool {
    let shown = [glyph, text].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    let response = ui.button(shown);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    response.on_hover_text(hint).clicked()
}

/// The same for something that may not be possible now, and then says why.
fn able_button_ui(ui: &mut Ui, text: &str, name: &str, hint: &str, why_not: Option<&str>) -> bool {
    let response = ui.add_enabled(why_not.is_none(), bevy_egui::egui::Button::new(text));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, why_not.is_none(), name));
    let hint = why_not.unwrap_or(hint);
    response.on_hover_text(hint).on_disabled_hover_text(hint).clicked()
}

/// A list in a dialog: as tall as what is in it, and up to so many points. A dialog that was once small would keep it small.
fn list(most_px: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(most_px).min_scrolled_height(most_px).auto_shrink([false, true])
}

/// What is said of something empty in an overlay.
fn nothing_ui(ui: &mut Ui, theme: &Theme, glyph: &str, title: &str, to_do: &str) {
    ui.allocate_ui(vec2(ui.available_width(), 140.0), |ui| {
        ui.set_min_height(140.0);
        widgets::empty_ui(ui, theme, glyph, title, to_do);
    });
}
