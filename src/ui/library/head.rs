//! Search, order and the filter chips.

use super::{Kind, Order};
use crate::ui::{desk::Desk, key_names::keys_of, theme::STEP, widgets};
use bevy_egui::egui::{self, Id, Key, Modifiers, RichText, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icon;

pub(super) fn head_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        let tools = 2.0 * (7.0 * STEP + STEP);
        search_ui(ui, desk, (ui.available_width() - tools).max(60.0));
        order_ui(ui, desk);
        let as_list = desk.state.library.as_list;
        let (glyph, label) =
            if as_list { (icon::SQUARES_FOUR, "Show as cards") } else { (icon::ROWS, "Show as a list") };
        let response = widgets::icon_button_ui(ui, glyph, false);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
        if response.on_hover_text(label).clicked() {
            desk.state.library.as_list = !as_list;
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(STEP, STEP);
        chip_ui(ui, desk, None);
        for kind in Kind::ALL {
            chip_ui(ui, desk, Some(kind));
        }
    });
}

fn search_ui(ui: &mut Ui, desk: &mut Desk<'_>, width: f32) {
    let id = Id::new("library-search");
    let library = &mut desk.state.library;
    let field = egui::TextEdit::singleline(&mut library.search)
        .id(id)
        .hint_text(format!("{}  Search", icon::MAGNIFYING_GLASS))
        .desired_width(width - 16.0)
        .margin(vec2(8.0, 5.0));
    let response = ui.add(field);
    let text = library.search.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::TextEdit, true, "Search the library");
        info.current_text_value = Some(text.clone());
        info
    });
    if std::mem::take(&mut library.focus_search) {
        response.request_focus();
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        library.search.clear();
        // The same press would let go of the selection.
        ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    }
    let keys = keys_of(ui.ctx(), "view.find");
    if !desk.state.library.search.is_empty() {
        let at = egui::Rect::from_center_size(response.rect.right_center() - vec2(13.0, 0.0), vec2(18.0, 18.0));
        let clear = ui.put(at, egui::Button::new(RichText::new(icon::X).size(11.0)).frame(false));
        clear.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Clear search"));
        if clear.on_hover_text("Clear search").clicked() {
            desk.state.library.search.clear();
        }
    }
    response.on_hover_text(format!("Titles, prompts and names  {keys}"));
}

fn order_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let now = desk.state.library.order;
    let text = RichText::new(icon::SORT_ASCENDING).size(16.0);
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.weak_bg_fill = egui::Color32::TRANSPARENT;
        ui.spacing_mut().button_padding = vec2(6.0, 4.0);
        let response = ui.menu_button(text, |ui| {
            for order in Order::ALL {
                if ui.selectable_label(now == order, order.label()).clicked() {
                    desk.state.library.order = order;
                    ui.close();
                }
            }
        });
        let label = format!("Order: {}", now.label());
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &label));
        response.response.on_hover_text(label);
    });
}

fn chip_ui(ui: &mut Ui, desk: &mut Desk<'_>, kind: Option<Kind>) {
    let on = desk.state.library.filter == kind;
    let label = kind.map_or("All", Kind::label);
    let theme = desk.theme;
    let (fill, color) = if on { (theme.accent, theme.on_accent) } else { (theme.raised, theme.quiet) };
    ui.spacing_mut().button_padding = vec2(2.0 * STEP, 2.0);
    let button = egui::Button::new(RichText::new(label).size(11.5).color(color)).fill(fill).corner_radius(9);
    let response = ui.add(button.min_size(vec2(0.0, 20.0)));
    response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, on, label));
    let hint = kind.map_or("Everything in the film".to_owned(), |kind| format!("Only {}", kind.label().to_lowercase()));
    if response.on_hover_text(hint).clicked() {
        desk.state.library.filter = kind;
    }
}
