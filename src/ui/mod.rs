//! The panels. They read a [`desk::Desk`] and ask; nothing here touches the world, so every panel can be drawn and
//! pressed in a test without a window.
//!
//! - `model`: the film as plain data; `jobs_model`: jobs and cuts; `pictures`: thumbnails, stills and sound shapes;
//! - `state`, `shot_set`: what the window remembers; `ask`: what a panel can ask for; `desk`: all of it together;
//! - `actions`: everything that has a key, in one table; `key_names`: keys in words; `theme`, `widgets`: the look and shared parts;
//! - `drops`: what is dragged over the panes, and what becomes of it where;
//! - `workspace`: the panes; `library`, `monitor` and its `transport`, `timeline`, `inspector`: what is in them;
//! - `overlays`: what lies over them; `top`: the bar above.

pub mod actions;
pub mod ask;
pub mod desk;
pub mod drops;
pub mod inspector;
pub mod jobs_model;
pub mod key_names;
pub mod library;
mod making;
pub mod model;
pub mod monitor;
pub mod overlays;
pub mod pictures;
mod shot_set;
pub mod state;
pub mod theme;
pub mod timeline;
pub mod top;
pub mod transport;
pub mod widgets;
pub mod workspace;

use bevy_egui::egui::{self, Context, LayerId, Ui, UiBuilder};
use desk::Desk;
use egui_tiles::Tree;
use workspace::Pane;

/// Draws everything and answers to pointer and keys.
pub fn draw(ctx: &Context, desk: &mut Desk<'_>, tree: &mut Tree<Pane>) {
    let builder = UiBuilder::new().layer_id(LayerId::background()).max_rect(ctx.viewport_rect());
    let mut ui = Ui::new(ctx.clone(), "window".into(), builder);
    ui.painter().rect_filled(ctx.viewport_rect(), 0, desk.theme.backdrop);
    drops::begin(ctx, desk);
    if let Some(id) = desk.state.perform_next.take() {
        actions::perform(desk, id);
    }
    overlays::listen_while_opening(ctx, desk);
    actions::listen_for_keys(ctx, desk);
    let menu = desk.state.menu;
    if desk.model.is_open() && desk.state.monitor.fullscreen {
        let frame = egui::Frame::new().fill(egui::Color32::BLACK);
        egui::CentralPanel::default().frame(frame).show(&mut ui, |ui| monitor::fullscreen_ui(ui, desk));
    } else if desk.model.is_open() {
        egui::Panel::top("top")
            .show_separator_line(false)
            .frame(top::frame(desk.theme))
            .show(&mut ui, |ui| top::top_ui(ui, desk));
        let frame = egui::Frame::new().fill(desk.theme.backdrop);
        egui::CentralPanel::default().frame(frame).show(&mut ui, |ui| workspace::workspace_ui(ui, desk, tree));
    } else {
        let frame = egui::Frame::new().fill(desk.theme.backdrop);
        egui::CentralPanel::default().frame(frame).show(&mut ui, |ui| overlays::welcome_ui(ui, desk));
    }
    overlays::overlays_ui(ctx, desk);
    desk.state.was_typing = ctx.text_edit_focused();
    if desk.state.menu.next_turn(menu) {
        ctx.request_repaint();
    }
}
