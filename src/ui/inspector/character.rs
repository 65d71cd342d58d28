//! A character: name, faces, voice, style, and where it is in the film.

use super::{count, form, heading_ui, json_view, picture, voice};
use crate::ui::{
    ask::Ask,
    desk::Desk,
    drops::{self, on_character},
    model::{FilmModel, ShotSpan},
    pictures::PictureOf,
    widgets::{self, TextField},
};
use bevy_egui::egui::{Id, Ui, vec2};
use egui_phosphor::regular as icon;
use kinora_core::{film::Character, ids::CharacterId};
use serde_json::{Value, json};

const PORTRAIT_PX: f32 = 78.0;
/// Most shots that are listed.
const MOST_LISTED: usize = 100;

pub(super) fn character_ui(ui: &mut Ui, desk: &mut Desk<'_>, character_id: &CharacterId) {
    let model = desk.model;
    let Some(character) = model.character(character_id) else { return };
    // The whole of what is seen of the character takes pictures of the face.
    drops::offer_framed(ui, desk, ui.clip_rect(), |desk, flying| on_character(desk, character_id, flying));
    heading_ui(ui, desk, &character.name, character_id.as_str());
    let theme = desk.theme;
    let set = |desk: &mut Desk<'_>, field: &str, value: Value, group: Option<u64>| {
        let mut params = json!({ "character_id": character_id });
        params[field] = value;
        desk.asks.push(Ask::Run { operator: "character.set", params, group });
    };
    let edit = TextField { label: "Name", hint: "Lord Ruthven", rows: 1 };
    let id = Id::new(("name", character_id));
    let changed = form::row_ui(ui, theme, "Name", "As the film says it", |ui| {
        widgets::text_ui(ui, desk, id, &character.name, edit)
    });
    // A character needs a name: an empty field waits for the next letter.
    if let Some((text, group)) = changed.filter(|(text, _)| !text.trim().is_empty()) {
        set(desk, "name", json!(text), Some(group));
    }
    widgets::section_ui(ui, theme, "Style");
    let hint = "pale, uncanny, aristocratic";
    let edit = TextField { label: "Style tokens", hint, rows: 3 };
    if let Some((text, group)) =
        widgets::text_ui(ui, desk, Id::new(("tokens", character_id)), &character.prompt_style_tokens, edit)
    {
        set(desk, "prompt_style_tokens", json!(text), Some(group));
    }
    form::note_ui(ui, "Added to the prompt of every shot the character is in", theme.quiet);
    widgets::section_ui(ui, theme, "Voice");
    let help = "The voice of the character's lines";
    let id = Id::new(("voice", character_id));
    if let Some((voice_id, group)) =
        voice::voice_ui(ui, desk, id, "Voice", &character.voice_id, "Chosen by the provider", help)
    {
        set(desk, "voice_id", json!(voice_id), group);
    }
    portraits_ui(ui, desk, character);
    used_ui(ui, desk, character);
    json_view::json_ui(ui, desk);
}

fn portraits_ui(ui: &mut Ui, desk: &mut Desk<'_>, character: &Character) {
    let theme = desk.theme;
    widgets::section_ui(ui, theme, "Portraits");
    if character.portrait_paths.is_empty() {
        form::note_ui(
            ui,
            "None yet. Drop pictures of the face here, or add one; models that know faces follow the first",
            theme.quiet,
        );
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (index, path) in character.portrait_paths.iter().enumerate() {
            let params = json!({ "character_id": character.character_id, "portrait_path": path });
            let file = desk.model.project_file(path);
            let of = file.clone().map(PictureOf::Image);
            let number = index + 1;
            ui.vertical(|ui| {
                ui.set_width(PORTRAIT_PX);
                ui.spacing_mut().item_spacing.y = 2.0;
                let response = picture::picture_ui(
                    ui,
                    desk,
                    of.as_ref(),
                    vec2(PORTRAIT_PX, PORTRAIT_PX),
                    &format!("Portrait {number}"),
                    "gone",
                );
                if response.clicked()
                    && let Some(file) = file
                {
                    desk.asks.push(Ask::OpenFile(file));
                }
                response.on_hover_text(format!("{path}\nClick to open it"));
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    let why = (index == 0).then_some("It is the face that models are shown first");
                    let help = "Makes it the face that models are shown first";
                    if form::icon_ui(ui, icon::STAR, index == 0, &format!("Show portrait {number} first"), help, why) {
                        let mut params = params.clone();
                        params["index"] = json!(0);
                        desk.asks.run("character.add_portrait", params);
                    }
                    if form::icon_ui(
                        ui,
                        icon::TRASH,
                        false,
                        &format!("Remove portrait {number}"),
                        "Takes it from the character; its file stays",
                        None,
                    ) {
                        desk.asks.run("character.remove_portrait", params.clone());
                    }
                });
            });
        }
    });
    if form::button_ui(
        ui,
        icon::PLUS,
        "Add portrait",
        "Brings a picture of the face; it is copied into the project",
        None,
    ) {
        desk.state.overlays.browse_portrait(character.character_id.clone());
    }
}

/// Where a character is in the film: looked for when the film or the character is another one.
#[derive(Debug, Default)]
pub(super) struct Used {
    of: Option<(u64, CharacterId)>,
    /// Places of the shots in the film.
    shots: Vec<usize>,
    lines: usize,
}

impl Used {
    fn look(&mut self, model: &FilmModel, id: &CharacterId) {
        if self.of.as_ref().is_some_and(|(stamp, known)| *stamp == model.stamp && known == id) {
            return;
        }
        let is_in = |(_, span): &(usize, &ShotSpan)| model.shot_of(span).character_ids.contains(id);
        let shots = model.shot_spans.iter().enumerate().filter(is_in).map(|(index, _)| index).collect();
        let lines = model.scenes.iter().flat_map(|scene| &scene.voice_lines);
        let lines = lines.filter(|line| line.character_id.as_ref() == Some(id)).count();
        *self = Self { of: Some((model.stamp, id.clone())), shots, lines };
    }
}

/// The shots the character is in.
fn used_ui(ui: &mut Ui, desk: &mut Desk<'_>, character: &Character) {
    let (model, theme) = (desk.model, desk.theme);
    widgets::section_ui(ui, theme, "Used in");
    let used = &mut desk.state.inspector.used;
    used.look(model, &character.character_id);
    let (all, lines) = (used.shots.len(), used.lines);
    let shown: Vec<_> = used.shots.iter().take(MOST_LISTED).filter_map(|index| model.shot_spans.get(*index)).collect();
    if all == 0 && lines == 0 {
        form::note_ui(ui, "Nowhere yet. Select a shot and press the character's chip", theme.quiet);
        return;
    }
    form::note_ui(ui, format!("{}, {}", count(all, "shot"), count(lines, "line")), theme.quiet);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for span in shown {
            let label = format!("Shot {}.{}", span.scene_index + 1, span.shot_index + 1);
            let prompt = &model.shot_of(span).prompt;
            let response = ui
                .button(&label)
                .on_hover_text(format!("{}\nClick to go there", prompt.chars().take(200).collect::<String>()));
            if response.clicked() {
                desk.asks.push(Ask::Reveal(model.name_of(span)));
            }
        }
    });
    if all > MOST_LISTED {
        form::note_ui(ui, format!("and {} more", all - MOST_LISTED), theme.quiet);
    }
}
