//! The JSON behind the selection, to read and to copy.

use super::form;
use crate::ui::{
    ask::Ask,
    desk::Desk,
    model::{FilmModel, ShotName},
    state::Selection,
};
use bevy_egui::egui::{self, Id, RichText, ScrollArea, Ui};
use egui_phosphor::regular as icon;
use kinora_core::film::FilmScene;
use serde::Serialize;
use std::{path::PathBuf, sync::Arc};

/// Most lines that are laid out; copying takes all of them.
const MOST_LINES: usize = 1000;

/// The last scene that was written out: long scenes are not written anew every frame.
#[derive(Debug, Default)]
pub(super) struct JsonView {
    scene: Option<(Arc<FilmScene>, Arc<str>)>,
}

pub(super) fn json_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    form::fold_ui(ui, Id::new("metadata"), "Metadata", false, |ui| {
        let selection = desk.state.selection.clone();
        let (text, file) = shown(desk, &selection);
        let root = &desk.model.root;
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        ui.add(egui::Label::new(RichText::new(path).size(11.0).color(desk.theme.quiet)).truncate())
            .on_hover_text(file.display().to_string());
        ui.horizontal_wrapped(|ui| {
            if form::button_ui(ui, icon::COPY, "Copy JSON", "Copies all of it", None) {
                ui.ctx().copy_text(text.to_string());
            }
            if form::button_ui(ui, icon::FOLDER_OPEN, "Show in folder", "Opens the file manager at the file", None) {
                desk.asks.push(Ask::ShowInFolder(file.clone()));
            }
        });
        let end = text.match_indices('\n').nth(MOST_LINES).map_or(text.len(), |(at, _)| at);
        ScrollArea::both().id_salt("json").max_height(320.0).auto_shrink([false, true]).show(ui, |ui| {
            let text = RichText::new(&text[..end]).monospace().size(11.0);
            ui.add(egui::Label::new(text).extend().selectable(true));
        });
        if end < text.len() {
            form::note_ui(ui, "The rest is left out here; copying takes all of it", desk.theme.quiet);
        }
    });
}

/// What is shown, and the file it is in.
fn shown(desk: &mut Desk<'_>, selection: &Selection) -> (Arc<str>, PathBuf) {
    let model = desk.model;
    let layout = model.layout();
    match selection {
        Selection::Film => {
            let both = serde_json::json!({ "metadata.json": model.metadata, "settings.json": model.settings });
            (pretty(&both), layout.metadata_file())
        }
        Selection::Character(character_id) => {
            (model.character(character_id).map_or_else(nothing, pretty), layout.characters_file())
        }
        Selection::Shots(names) => {
            (shots(model, names), names.last().map(|name| layout.scene_file(&name.0)).unwrap_or_default())
        }
        Selection::Lane(scene_id, lane) => {
            let text = model.scene(scene_id).map_or_else(nothing, |scene| {
                let (file, mix) = (scene.audio_tracks.lane(*lane), scene.audio_mix.lane(*lane));
                pretty(&serde_json::json!({ "audio_tracks": { lane.as_str(): file }, "audio_mix": { lane.as_str(): mix } }))
            });
            (text, layout.scene_file(scene_id))
        }
        Selection::Scene(scene_id) => {
            let Some(scene) = model.scenes.iter().find(|scene| scene.scene_id == *scene_id) else {
                return (nothing(), PathBuf::new());
            };
            let known = desk.state.inspector.json.scene.as_ref().filter(|(known, _)| Arc::ptr_eq(known, scene));
            let text = known.map_or_else(|| pretty(scene.as_ref()), |(_, text)| Arc::clone(text));
            desk.state.inspector.json.scene = Some((Arc::clone(scene), Arc::clone(&text)));
            (text, layout.scene_file(scene_id))
        }
    }
}

fn shots(model: &FilmModel, names: &[ShotName]) -> Arc<str> {
    match names {
        [name] => model.shot(name).map_or_else(nothing, pretty),
        several => pretty(&several.iter().take(20).filter_map(|name| model.shot(name)).collect::<Vec<_>>()),
    }
}

fn pretty<T: Serialize + ?Sized>(value: &T) -> Arc<str> {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| error.to_string()).into()
}

fn nothing() -> Arc<str> {
    "".into()
}
