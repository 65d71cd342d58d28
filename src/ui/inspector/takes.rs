//! The takes of a shot, the newest first: choose, pin, compare, take out of the list.

use super::{form, picture};
use crate::ui::{desk::Desk, model::ShotName, pictures::PictureOf, widgets};
use bevy_egui::egui::{self, Label, RichText, ScrollArea, Stroke, StrokeKind, Ui, vec2};
use egui_phosphor::regular as icon;
use kinora_core::film::{Shot, Take};
use kinora_provider::usd_words;
use serde_json::json;

const ROW_PX: f32 = 64.0;
const MOST_ROWS: usize = 5;

pub(super) fn takes_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    widgets::section_ui(ui, desk.theme, "Takes");
    if shot.takes.is_empty() {
        form::note_ui(ui, "None yet. Generate the shot, or drop a clip on it in the timeline", desk.theme.quiet);
        ui.horizontal(|ui| {
            if form::button_ui(
                ui,
                icon::UPLOAD_SIMPLE,
                "Import clip",
                "Brings a clip of your own as a take of this shot",
                None,
            ) {
                desk.state.overlays.browse_clip(name.0.clone(), Some(name.1.clone()));
            }
        });
        return;
    }
    ui.spacing_mut().item_spacing.y = 4.0;
    let rows = shot.takes.len();
    let height = rows.min(MOST_ROWS) as f32 * (ROW_PX + 4.0);
    let area = ScrollArea::vertical()
        .id_salt("takes")
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true]);
    area.show_rows(ui, ROW_PX, rows, |ui, range| {
        for index in range {
            let take = &shot.takes[rows - 1 - index];
            take_ui(ui, desk, name, shot, take);
        }
    });
    if form::button_ui(ui, icon::UPLOAD_SIMPLE, "Import clip", "Brings a clip of your own as another take", None) {
        desk.state.overlays.browse_clip(name.0.clone(), Some(name.1.clone()));
    }
}

fn take_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot, take: &Take) {
    let theme = desk.theme;
    let is_chosen = shot.file_path.as_ref() == Some(&take.file_path);
    let params = json!({ "scene_id": name.0, "shot_id": name.1, "take_id": take.take_id });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_PX), egui::Sense::hover());
    ui.painter().rect_filled(rect, 4, theme.raised);
    if is_chosen {
        ui.painter().rect_stroke(rect, 4, Stroke::new(1.5, theme.accent), StrokeKind::Inside);
    }
    let inner = rect.shrink(4.0);
    let id = egui::Id::new(("take", name, &take.take_id));
    let builder = egui::UiBuilder::new().id(id).max_rect(inner).layout(egui::Layout::left_to_right(egui::Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let clip = desk.model.clip_of_take(name, take);
        let of = clip.map(|clip| {
            let frame = clip.frame_at(0.3);
            PictureOf::Frame(clip, frame)
        });
        let height = inner.height();
        let width = (height * 16.0 / 9.0).min(inner.width() * 0.4);
        let label = format!("Choose {}", take.take_id);
        let thumb = picture::picture_ui(ui, desk, of.as_ref(), vec2(width, height), &label, "");
        if thumb.clicked() && !is_chosen {
            desk.asks.run("take.choose", params.clone());
        }
        let state = if is_chosen { "This take plays" } else { "Click to make it the one that plays" };
        thumb.on_hover_text(format!("{state}\n{}", take.prompt.chars().take(400).collect::<String>()));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let made_by = if take.model.is_empty() { "Imported".to_owned() } else { model_label(desk, take) };
            ui.add(Label::new(RichText::new(format!("{}  {made_by}", short(take))).size(12.0)).truncate());
            ui.add(Label::new(RichText::new(facts(take)).size(11.0).color(theme.quiet)).truncate())
                .on_hover_text(facts(take));
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                buttons_ui(ui, desk, name, take, is_chosen, &params);
            });
        });
    });
}

fn buttons_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    name: &ShotName,
    take: &Take,
    is_chosen: bool,
    params: &serde_json::Value,
) {
    let id = &take.take_id;
    let why = is_chosen.then_some("This take plays already");
    let glyph = if is_chosen { icon::CHECK_CIRCLE } else { icon::CIRCLE };
    if form::icon_ui(ui, glyph, is_chosen, &format!("Use {id}"), "Makes this take the one that plays", why) {
        desk.asks.run("take.choose", params.clone());
    }
    let help = if take.pinned { "Lets it be removed again" } else { "Keeps it from being removed" };
    if form::icon_ui(ui, icon::PUSH_PIN, take.pinned, &format!("Pin {id}"), help, None) {
        let mut params = params.clone();
        params["pinned"] = json!(!take.pinned);
        desk.asks.run("take.pin", params);
    }
    let on = desk.state.inspector.compare.has(name, id);
    if form::icon_ui(ui, icon::COLUMNS, on, &format!("Compare {id}"), "Choose two takes to see them side by side", None)
    {
        desk.state.inspector.compare.toggle(name, id);
    }
    let why = if take.pinned {
        Some("It is pinned: let go of the pin first")
    } else if is_chosen {
        Some("This take plays: choose another one first")
    } else {
        None
    };
    if form::icon_ui(
        ui,
        icon::TRASH,
        false,
        &format!("Remove {id}"),
        "Takes it out of the list; its clip stays in the folder",
        why,
    ) {
        desk.asks.run("take.remove", params.clone());
    }
}

/// `Take 3` for `take_003`.
fn short(take: &Take) -> String {
    take.take_id.number().map_or_else(|| take.take_id.to_string(), |number| format!("Take {number}"))
}

fn model_label(desk: &Desk<'_>, take: &Take) -> String {
    let provider = desk.providers.iter().find(|provider| provider.id == take.provider);
    provider
        .and_then(|provider| provider.model(&take.model))
        .map_or_else(|| take.model.clone(), |card| card.label.clone())
}

/// Seed, price, length, date.
fn facts(take: &Take) -> String {
    let mut parts = Vec::new();
    if let Some(media) = &take.media {
        parts.push(format!("{:.1} s", media.duration_secs));
    }
    match take.cost_usd {
        Some(0.0) => parts.push("free".to_owned()),
        Some(usd) => parts.push(usd_words(usd)),
        None => {}
    }
    parts.extend(take.seed.map(|seed| format!("seed {seed}")));
    if let Some(date) = take.created_at.get(..16) {
        parts.push(date.replace('T', " "));
    }
    parts.join(" · ")
}
