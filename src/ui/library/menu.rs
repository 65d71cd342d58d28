//! What can be done with a thing in the library.

use super::{card_picture::kept_file, items::Item, rename};
use crate::{
    generation::VoiceRequest,
    jobs::JobAsk,
    ui::{ask::Ask, desk::Desk, making, widgets},
};
use bevy_egui::egui::{Button, RichText, Ui, WidgetInfo, WidgetType};
use kinora_core::film::AudioLane;
use serde_json::json;

pub(super) fn menu_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: Item) {
    ui.set_min_width(200.0);
    make_ui(ui, desk, item);
    if matches!(item, Item::Scene(_) | Item::Character(_)) && entry_ui(ui, desk, "Rename", Some("F2"), None) {
        rename::begin(desk, item);
    }
    if let Some(file) = kept_file(desk, item) {
        if !matches!(item, Item::Scene(_)) && entry_ui(ui, desk, "Open", None, None) {
            desk.asks.push(Ask::OpenFile(file.clone()));
        }
        if entry_ui(ui, desk, "Show in folder", None, None) {
            desk.asks.push(Ask::ShowInFolder(file));
        }
    }
    remove_ui(ui, desk, item);
}

/// A line of the menu. `why_not` says why it cannot be chosen.
fn entry_ui(ui: &mut Ui, desk: &Desk<'_>, label: &str, keys: Option<&str>, why_not: Option<&str>) -> bool {
    let button = Button::new(label).right_text(RichText::new(keys.unwrap_or_default()).color(desk.theme.quiet));
    let response = ui.add_enabled(why_not.is_none(), button);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, why_not.is_none(), label));
    widgets::take_keys(ui, &response);
    let clicked = response.clicked();
    if let Some(why_not) = why_not {
        response.on_disabled_hover_text(why_not);
    }
    if clicked {
        ui.close();
    }
    clicked
}

/// What makes something of it.
fn make_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: Item) {
    let model = desk.model;
    match item {
        Item::Scene(_) => {
            let Some(scene_id) = item.scene(model).map(|scene| scene.scene_id.clone()) else { return };
            let missing = model.missing_of(&scene_id);
            let why = making::ready(desk, &missing)
                .is_empty()
                .then_some("No shot of the scene lacks a take that can be made now");
            if entry_ui(ui, desk, "Generate what is missing", None, why) {
                making::generate(desk, &missing);
            }
            if entry_ui(ui, desk, "Bring a clip…", None, None) {
                desk.state.overlays.browse_clip(scene_id.clone(), None);
            }
            if entry_ui(ui, desk, "Duplicate", None, None) {
                desk.asks.run("scene.duplicate", json!({ "scene_id": scene_id }));
            }
        }
        Item::Shot(_) => {
            let Some((scene_id, shot_id)) = item.shot(model).map(|(span, _)| model.name_of(span)) else { return };
            let name = (scene_id.clone(), shot_id.clone());
            let why = making::cannot_generate(desk, &name);
            if entry_ui(ui, desk, "Generate", Some("G"), why.as_deref()) {
                making::generate(desk, [&name]);
            }
            if entry_ui(ui, desk, "Bring a clip as a take…", None, None) {
                desk.state.overlays.browse_clip(scene_id.clone(), Some(shot_id.clone()));
            }
            if entry_ui(ui, desk, "Duplicate", None, None) {
                desk.asks.run("shot.duplicate", json!({ "scene_id": scene_id, "shot_id": shot_id }));
            }
        }
        Item::Take(..) => {
            let (Some((span, shot)), Some(take)) = (item.shot(model), item.take(model)) else { return };
            let (scene_id, shot_id) = model.name_of(span);
            let is_chosen = shot.file_path.as_ref() == Some(&take.file_path);
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take.take_id });
            if entry_ui(ui, desk, "Use this take", None, is_chosen.then_some("It is the take that plays")) {
                desk.asks.run("take.choose", params.clone());
            }
            if entry_ui(ui, desk, "Make a shot of it", None, None) {
                desk.state.timeline.select_added = true;
                desk.asks.run("take.to_shot", params.clone());
            }
            if entry_ui(ui, desk, if take.pinned { "Unpin" } else { "Pin" }, None, None) {
                let mut params = params;
                params["pinned"] = json!(!take.pinned);
                desk.asks.run("take.pin", params);
            }
        }
        Item::Line(..) => {
            let (Some(scene), Some(line)) = (item.scene(model), item.line(model)) else { return };
            let label = if line.file_path.is_some() { "Speak it again" } else { "Speak it" };
            if entry_ui(ui, desk, label, None, None) {
                let request = VoiceRequest::Line(line.line_id.clone());
                let scene_id = scene.scene_id.clone();
                desk.asks.push(Ask::Start(JobAsk::GenerateVoice { scene_id, request, model: None }));
            }
        }
        Item::Lane(_, lane) => {
            let Some(scene_id) = item.scene(model).map(|scene| scene.scene_id.clone()) else { return };
            if lane != AudioLane::Voice && entry_ui(ui, desk, "Generate another", None, None) {
                let scene_id = scene_id.clone();
                desk.asks.push(Ask::Start(JobAsk::GenerateBed { scene_id, lane, prompt: None, model: None }));
            }
            if entry_ui(ui, desk, "Replace with a file…", None, None) {
                desk.state.overlays.browse_audio(scene_id, lane);
            }
        }
        Item::Character(_) => {
            let Some(character) = item.character(model) else { return };
            if entry_ui(ui, desk, "Add portrait…", None, None) {
                desk.state.overlays.browse_portrait(character.character_id.clone());
            }
        }
        Item::Clip(_) => {
            let scene_id = desk.state.selection.scene().or_else(|| Some(&model.scenes.last()?.scene_id)).cloned();
            let why = scene_id.is_none().then_some("There is no scene to add it to");
            if entry_ui(ui, desk, "Add as a shot of the scene", None, why)
                && let (Some(scene_id), Some(clip)) = (scene_id, item.clip(model))
            {
                desk.asks.push(Ask::bring_clip(scene_id, None, clip.clone()));
            }
        }
        Item::First(_) | Item::Last(_) | Item::Reference(..) | Item::Portrait(..) => {}
    }
}

/// What takes it out of the film. Files stay where they are.
fn remove_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: Item) {
    let model = desk.model;
    let keys = matches!(item, Item::Scene(_) | Item::Shot(_) | Item::Character(_)).then_some("Del");
    let shot_name = item.shot(model).map(|(span, _)| model.name_of(span));
    let (operator, params, why_not) = match item {
        Item::Scene(_) => {
            let Some(scene) = item.scene(model) else { return };
            ("scene.remove", json!({ "scene_id": scene.scene_id }), None)
        }
        Item::Shot(_) => {
            let Some((scene_id, shot_id)) = shot_name else { return };
            ("shot.remove", json!({ "scene_id": scene_id, "shot_id": shot_id }), None)
        }
        Item::Take(..) => {
            let (Some((scene_id, shot_id)), Some(take)) = (shot_name, item.take(model)) else { return };
            let plays = item.shot(model).is_some_and(|(_, shot)| shot.file_path.as_ref() == Some(&take.file_path));
            let why_not = match (take.pinned, plays) {
                (true, _) => Some("It is pinned: unpin it first"),
                (_, true) => Some("It is the take that plays: choose another one first"),
                _ => None,
            };
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take.take_id });
            ("take.remove", params, why_not)
        }
        Item::Reference(_, end) => {
            let Some(name) = shot_name else { return };
            let (operator, params) = end.setting(std::slice::from_ref(&name), None);
            (operator, params, None)
        }
        Item::Line(..) => {
            let (Some(scene), Some(line)) = (item.scene(model), item.line(model)) else { return };
            ("line.remove", json!({ "scene_id": scene.scene_id, "line_id": line.line_id }), None)
        }
        Item::Lane(_, lane) => {
            let Some(scene) = item.scene(model) else { return };
            ("lane.set", json!({ "scene_id": scene.scene_id, "lane": lane, "file_path": null }), None)
        }
        Item::Character(_) => {
            let Some(character) = item.character(model) else { return };
            ("character.remove", json!({ "character_id": character.character_id }), None)
        }
        Item::Portrait(_, index) => {
            let Some(character) = item.character(model) else { return };
            let params =
                json!({ "character_id": character.character_id, "portrait_path": character.portrait_paths.get(index) });
            ("character.remove_portrait", params, None)
        }
        Item::Clip(_) => ("", json!(null), Some("It is a file of its own: delete it in its folder")),
        // They belong to the take that plays.
        Item::First(_) | Item::Last(_) => return,
    };
    ui.separator();
    if entry_ui(ui, desk, "Delete", keys, why_not) {
        desk.asks.run(operator, params);
    }
}
