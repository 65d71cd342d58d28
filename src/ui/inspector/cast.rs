//! Who is in the shot: a chip for each character of the film, lit where it is in.

use super::{picture, set::set_each};
use crate::ui::{
    ask::Ask,
    desk::Desk,
    drops::{self, on_cast},
    model::ShotName,
    pictures::{PictureOf, PictureState},
    state::Selection,
    widgets,
};
use bevy_egui::egui::{
    Align2, Color32, FontId, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::film::Character;
use serde_json::{Map, json};

const CHIP_PX: f32 = 28.0;
/// Height of the heading over the chips.
const HEADING_PX: f32 = 24.0;

pub(super) fn cast_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let model = desk.model;
    widgets::section_ui(ui, desk.theme, "Characters");
    if model.characters.is_empty() {
        super::form::note_ui(
            ui,
            "The film has no characters yet. Those you add appear here, with face and style",
            desk.theme.quiet,
        );
        widgets::action_button_ui(ui, desk, icon::USER_PLUS, "character.add");
        return;
    }
    let mut toggled = None;
    let few = model.stand_ins(names);
    let looked_at = few.as_deref().unwrap_or(names);
    let chips = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for character in &model.characters {
            let has = |name: &&ShotName| {
                model.shot(name).is_some_and(|shot| shot.character_ids.contains(&character.character_id))
            };
            let present = looked_at.iter().filter(has).count();
            if chip_ui(ui, desk, character, present == looked_at.len(), present > 0) {
                toggled = Some((character, present < looked_at.len()));
            }
        }
    });
    // The heading belongs to it.
    let place = chips.response.rect.with_min_y(chips.response.rect.top() - HEADING_PX);
    let place = place.with_max_x(ui.max_rect().right());
    drops::offer_framed(ui, desk, place, |desk, flying| on_cast(desk, names, flying));
    let Some((character, comes_in)) = toggled else { return };
    let id = &character.character_id;
    let each = names.iter().filter_map(|name| {
        let mut ids = model.shot(name)?.character_ids.clone();
        ids.retain(|other| other != id);
        if comes_in {
            ids.push(id.clone());
        }
        let mut fields = Map::new();
        fields.insert("character_ids".to_owned(), json!(ids));
        Some((name.clone(), fields))
    });
    let group = desk.state.new_group();
    set_each(desk.asks, group, each.collect());
}

/// Answers whether it was pressed.
fn chip_ui(ui: &mut Ui, desk: &mut Desk<'_>, character: &Character, is_in: bool, is_partly_in: bool) -> bool {
    let theme = desk.theme;
    let color = if is_in { theme.text } else { theme.quiet };
    let mut job = LayoutJob::simple_singleline(character.name.clone(), FontId::proportional(12.0), color);
    job.wrap = TextWrapping::truncate_at_width(140.0);
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(CHIP_PX + galley.size().x + 12.0, CHIP_PX), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, is_in, &character.name));
    let fill = if response.hovered() { theme.hovered } else { theme.raised };
    let painter = ui.painter();
    painter.rect_filled(rect, 14, fill);
    let face = Rect::from_min_size(rect.min, vec2(CHIP_PX, CHIP_PX)).shrink(2.0);
    let portrait =
        character.portrait_paths.first().and_then(|path| desk.model.project_file(path)).map(PictureOf::Image);
    match portrait.map(|of| desk.pictures.small(&of)) {
        Some(PictureState::Ready(found)) => {
            let mut mesh_uv = picture::whole();
            // A square from the upper middle, where faces are.
            if found.aspect > 1.0 {
                mesh_uv = Rect::from_center_size(pos2(0.5, 0.5), vec2(1.0 / found.aspect, 1.0));
            } else if found.aspect > 0.0 {
                mesh_uv.max.y = found.aspect;
            }
            let shape = bevy_egui::egui::epaint::RectShape::filled(face, 12, Color32::WHITE)
                .with_texture(found.texture, mesh_uv);
            painter.add(shape);
        }
        _ => {
            painter.text(face.center(), Align2::CENTER_CENTER, icon::USER, FontId::proportional(15.0), theme.quiet);
        }
    }
    painter.galley(pos2(face.right() + 5.0, rect.center().y - galley.size().y * 0.5), galley, color);
    if is_in || is_partly_in || response.has_focus() {
        let stroke = if is_in || response.has_focus() { theme.accent } else { theme.quiet };
        painter.rect_stroke(rect, 14, Stroke::new(1.5, stroke), StrokeKind::Inside);
    }
    let tokens = character.prompt_style_tokens.trim();
    let does = if is_in { "Click to take out of the shot" } else { "Click to put into the shot" };
    let hint = format!("{}\n{tokens}\n{does}; right-click to open", character.name);
    if response.secondary_clicked() {
        desk.asks.push(Ask::Select(Selection::Character(character.character_id.clone())));
    }
    response.on_hover_text(hint).clicked()
}
