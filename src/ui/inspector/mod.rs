//! The inspector, right: what is selected, and everything that can be said of it.
//!
//! - `form`: rows, fields and lists; `set`: what is asked to change; `picture`: small pictures and their places;
//! - `shot`: a shot or several, made of `model_form` (model, length, shape), `parameters` (the model's own values),
//!   `cast`, `continuity`, `takes`, `compare`, `dialogue`, `standing` (state, errors and what can be made), `many` (what
//!   several come to);
//! - `request`: what a shot would ask of its model, read against the model's card;
//! - `scene`, `lane`, `character`, `voice`, `film`, `settings`: the other things that can be selected;
//! - `json_view`: the JSON behind the selection.

mod cast;
mod character;
mod compare;
mod continuity;
pub(super) mod dialogue;
mod film;
mod form;
mod json_view;
mod lane;
mod many;
mod model_form;
mod parameters;
mod picture;
pub(super) mod request;
mod scene;
pub(super) mod set;
mod settings;
mod shot;
mod standing;
mod takes;
mod voice;

use super::{desk::Desk, model::ShotName, state::Selection, widgets};
use bevy_egui::egui::{self, FontFamily, FontId, RichText, ScrollArea, Ui};
use egui_phosphor::regular as icon;
use kinora_core::ids::TakeId;

/// What the inspector remembers.
#[derive(Debug, Default)]
pub struct InspectorState {
    /// Takes that are compared.
    compare: compare::Comparison,
    /// The JSON that is shown.
    json: json_view::JsonView,
    /// The prompt of the selected shot takes the keys when it is next drawn.
    pub write_prompt: bool,
    /// The number of this name takes the keys when it is next drawn.
    pub write_number: Option<&'static str>,
    statistics: film::Statistics,
    /// Where the selected character is in the film.
    used: character::Used,
    many: many::Many,
}

impl InspectorState {
    /// The shot whose takes are compared and the two takes, the left one first.
    #[must_use]
    pub fn compared(&self) -> Option<(&ShotName, [&TakeId; 2])> {
        self.compare.pair()
    }

    /// Compares two takes of a shot, the left one first.
    pub fn compare_takes(&mut self, name: &ShotName, takes: [&TakeId; 2]) {
        self.compare = compare::Comparison::default();
        takes.into_iter().for_each(|take| self.compare.toggle(name, take));
    }

    /// Compares nothing any more.
    pub fn end_comparison(&mut self) {
        self.compare = compare::Comparison::default();
    }

    /// Where the line between compared takes is, 0 left to 1 right.
    #[must_use]
    pub const fn wipe_split(&self) -> f32 {
        self.compare.split
    }

    /// Moves that line.
    pub const fn set_wipe_split(&mut self, split: f32) {
        self.compare.split = split.clamp(0.0, 1.0);
    }
}

/// Draws the inspector and answers to it.
pub fn inspector_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    if !desk.model.is_open() {
        widgets::empty_ui(
            ui,
            desk.theme,
            icon::SLIDERS_HORIZONTAL,
            "Nothing is open",
            "Open a project, or make a new one",
        );
        return;
    }
    let selection = desk.state.selection.clone();
    // Each thing keeps its own place, so that another selection begins at its top.
    let salt = match &selection {
        Selection::Film => "film".to_owned(),
        Selection::Scene(scene_id) => format!("scene {scene_id}"),
        Selection::Shots(names) => names.last().map(|name| format!("shot {}/{}", name.0, name.1)).unwrap_or_default(),
        Selection::Lane(scene_id, lane) => format!("lane {scene_id} {}", lane.as_str()),
        Selection::Character(character_id) => format!("character {character_id}"),
    };
    ScrollArea::vertical().id_salt(&salt).auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 6.0);
        ui.push_id(&salt, |ui| match &selection {
            Selection::Film => film::film_ui(ui, desk),
            Selection::Scene(scene_id) => scene::scene_ui(ui, desk, scene_id),
            Selection::Shots(names) if names.len() == 1 => shot::shot_ui(ui, desk, &names[0]),
            Selection::Shots(names) => {
                desk.model.note_many(names);
                shot::shots_ui(ui, desk, names);
            }
            Selection::Lane(scene_id, lane) => lane::lane_page_ui(ui, desk, scene_id, *lane),
            Selection::Character(character_id) => character::character_ui(ui, desk, character_id),
        });
        ui.add_space(24.0);
    });
    // What is not there takes no keys later on.
    desk.state.inspector.write_number = None;
}

/// The name of what is selected, and a line about it.
fn heading_ui(ui: &mut Ui, desk: &Desk<'_>, title: &str, detail: &str) {
    ui.add_space(2.0);
    let font = FontId::new(15.0, FontFamily::Name("semibold".into()));
    ui.add(egui::Label::new(RichText::new(title).font(font)).truncate());
    if !detail.is_empty() {
        ui.add(egui::Label::new(RichText::new(detail).size(11.5).color(desk.theme.quiet)).truncate());
    }
    ui.add_space(2.0);
}

/// `1 shot`, `2 shots`.
fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
