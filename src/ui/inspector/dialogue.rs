//! The lines of dialogue that are spoken at a shot.

use super::form::{self, Choice, Number};
use crate::{
    generation::VoiceRequest,
    jobs::{JobAsk, JobTarget},
    ui::{
        ask::Ask,
        desk::Desk,
        model::ShotName,
        widgets::{self, TextField},
    },
};
use bevy_egui::egui::{Frame, Id, Margin, Ui};
use egui_phosphor::regular as icon;
use kinora_core::film::{VoiceLine, limits};
use serde_json::{Value, json};

pub(super) fn dialogue_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName) {
    widgets::section_ui(ui, desk.theme, "Dialogue");
    let Some(scene) = desk.model.scene(&name.0) else { return };
    let lines: Vec<&VoiceLine> = scene.voice_lines.iter().filter(|line| line.shot_id == name.1).collect();
    if lines.is_empty() {
        form::note_ui(ui, "Nobody speaks in this shot", desk.theme.quiet);
    }
    for line in &lines {
        line_ui(ui, desk, name, line);
        ui.add_space(2.0);
    }
    if form::button_ui(ui, icon::PLUS, "Add line", "Adds a line that is spoken at this shot", None) {
        add_line(desk, name);
    }
}

/// Adds a line to a shot. Whoever spoke last goes on; else whoever is alone in the shot most likely speaks.
pub(in crate::ui) fn add_line(desk: &mut Desk<'_>, name: &ShotName) {
    let (Some(scene), Some(shot)) = (desk.model.scene(&name.0), desk.model.shot(name)) else { return };
    let alone = if let [only] = &shot.character_ids[..] { Some(only) } else { None };
    let last = scene.voice_lines.iter().rfind(|line| line.shot_id == name.1);
    let speaker = last.and_then(|line| line.character_id.as_ref()).or(alone);
    desk.asks.run("line.add", json!({ "scene_id": name.0, "shot_id": name.1, "character_id": speaker, "text": "" }));
}

fn line_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, line: &VoiceLine) {
    let theme = desk.theme;
    Frame::new().fill(theme.raised.gamma_multiply(0.6)).corner_radius(4).inner_margin(Margin::same(6)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let set = |desk: &mut Desk<'_>, field: &str, value: Value, group: Option<u64>| {
            let mut params = json!({ "scene_id": name.0, "line_id": line.line_id });
            params[field] = value;
            desk.asks.push(Ask::Run { operator: "line.set", params, group });
        };
        let people = &desk.model.characters;
        let speaker = line.character_id.as_ref().and_then(|id| people.iter().find(|one| one.character_id == *id));
        let shown = speaker.map_or("Narrator", |speaker| speaker.name.as_str());
        let chosen = form::row_ui(ui, theme, "Who", "Who speaks", |ui| {
            form::choice_ui(
                ui,
                theme,
                &format!("Who speaks {}", line.line_id),
                shown,
                "Who speaks; the voice follows",
                || {
                    let narrator = Choice::new("Narrator", line.character_id.is_none());
                    let others = people.iter().map(|one| {
                        Choice::new(one.name.clone(), line.character_id.as_ref() == Some(&one.character_id))
                    });
                    std::iter::once(narrator).chain(others).collect()
                },
            )
        });
        if let Some(index) = chosen {
            let id = index.checked_sub(1).and_then(|index| people.get(index)).map(|one| &one.character_id);
            set(desk, "character_id", json!(id), None);
        }
        let edit = TextField { label: &format!("Line {}", line.line_id), hint: "What is said", rows: 2 };
        if let Some((text, group)) =
            widgets::text_ui(ui, desk, Id::new(("line", name, &line.line_id)), &line.text, edit)
        {
            set(desk, "text", json!(text), Some(group));
        }
        let edit = TextField { label: &format!("How {}", line.line_id), hint: "whispering", rows: 1 };
        let id = Id::new(("how", name, &line.line_id));
        let changed = form::row_ui(ui, theme, "How", "How it is said, in a word or two", |ui| {
            widgets::text_ui(ui, desk, id, &line.parenthetical, edit)
        });
        if let Some((text, group)) = changed {
            set(desk, "parenthetical", json!(text), Some(group));
        }
        let number = Number {
            label: &format!("Start of {}", line.line_id),
            help: "Seconds after the beginning of the shot",
            range: 0.0..=limits::DURATION_SECS.end() - 1.0,
            step: 0.05,
            decimals: 2,
            unit: " s",
        };
        let id = Id::new(("starts", name, &line.line_id));
        let changed = form::row_ui(ui, theme, "Starts at", number.help, |ui| {
            form::number_ui(ui, desk, id, line.offset_secs, &number)
        });
        if let Some((secs, group)) = changed {
            set(desk, "offset_secs", json!(secs), Some(group));
        }
        ui.horizontal_wrapped(|ui| spoken_ui(ui, desk, name, line));
    });
}

/// Whether it is spoken, and what makes it so.
fn spoken_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, line: &VoiceLine) {
    let theme = desk.theme;
    let is_spoken = line.file_path.is_some();
    let label = if is_spoken { "Speak again" } else { "Speak" };
    let is_busy = desk
        .jobs
        .open()
        .any(|row| row.target == JobTarget::Scene(name.0.clone()) && row.kind == crate::jobs::JobKind::Voice);
    let why = if line.text.trim().is_empty() {
        Some("Write what is said first")
    } else if is_busy {
        Some("Lines of this scene are being spoken")
    } else {
        None
    };
    if form::button_ui(ui, icon::MICROPHONE, label, "Speaks the line in the voice of whoever says it", why) {
        let request = VoiceRequest::Line(line.line_id.clone());
        desk.asks.push(Ask::Start(JobAsk::GenerateVoice { scene_id: name.0.clone(), request, model: None }));
    }
    let file = line.file_path.as_ref().and_then(|path| desk.model.scene_file(&name.0, path));
    if let Some(file) = file
        && form::icon_ui(ui, icon::PLAY, false, &format!("Listen to {}", line.line_id), "Plays the spoken line", None)
    {
        desk.asks.push(Ask::Listen(file));
    }
    if form::icon_ui(
        ui,
        icon::TRASH,
        false,
        &format!("Remove {}", line.line_id),
        "Takes the line out; its sound stays in the folder",
        None,
    ) {
        desk.asks.run("line.remove", json!({ "scene_id": name.0, "line_id": line.line_id }));
    }
    let state =
        if is_spoken { format!("{:.1} s, {}", line.duration_secs, line.voice_id) } else { "Not spoken yet".to_owned() };
    form::note_ui(ui, state, theme.quiet);
}
