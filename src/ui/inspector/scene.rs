//! A scene: its title and words, its sound lanes, its runs of continued shots, its render.

use super::{count, form, heading_ui, json_view, lane};
use crate::{
    jobs::{JobAsk, RenderOptions},
    ui::{
        ask::Ask,
        desk::Desk,
        making,
        widgets::{self, TextField},
    },
};
use bevy_egui::egui::{Id, Ui};
use egui_phosphor::regular as icon;
use kinora_core::{
    continuity::Chain,
    film::{AudioLane, FilmScene},
    ids::SceneId,
};
use serde_json::{Value, json};

pub(super) fn scene_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene_id: &SceneId) {
    let model = desk.model;
    let Some(index) = model.scene_index(scene_id) else { return };
    let (scene, span) = (&model.scenes[index], model.scene_spans[index]);
    let made = scene.shots.iter().filter(|shot| shot.file_path.is_some()).count();
    let secs = model.rate().frames_to_secs(span.frames);
    let detail = format!("{scene_id}   {}   {secs:.1} s   {made} made", count(scene.shots.len(), "shot"));
    heading_ui(ui, desk, &format!("Scene {}", index + 1), &detail);
    ui.horizontal_wrapped(|ui| {
        let why = (made == 0).then_some("No shot of the scene has a take yet: generate one first");
        let help = "Makes scene_render.mp4; shots without a take are left out";
        if form::button_ui(ui, icon::EXPORT, "Render scene", help, why) {
            let options = RenderOptions { skip_missing: true, ..RenderOptions::default() };
            desk.asks.push(Ask::Start(JobAsk::RenderScene { scene_id: scene_id.clone(), options }));
        }
        let missing = desk.model.missing_of(scene_id);
        let why = if missing.is_empty() {
            Some("Every shot has a take")
        } else {
            making::ready(desk, &missing).is_empty().then_some("None can be made now: select a shot to see why")
        };
        if form::button_ui(
            ui,
            icon::SPARKLE,
            "Generate missing shots",
            "A take for every shot of the scene that has none",
            why,
        ) {
            making::generate(desk, &missing);
        }
    });
    words_ui(ui, desk, scene);
    for lane in AudioLane::ALL {
        lane::lane_ui(ui, desk, scene, lane);
    }
    chains_ui(ui, desk, scene_id);
    json_view::json_ui(ui, desk);
}

fn words_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene: &FilmScene) {
    let theme = desk.theme;
    widgets::section_ui(ui, theme, "Scene");
    let film_template = desk.model.settings.scene_prompt_template.clone();
    let extra = |name: &str| scene.extra.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let template_hint = format!("As the film: {film_template}");
    let fields = [
        ("Title", "title", scene.title.clone(), "Aubrey arrives in London", 1, "Name of the scene"),
        (
            "Story",
            "prompt",
            scene.prompt.clone(),
            "Where and when it plays, who is there, what it feels like",
            4,
            "Narrative prompt: added to the prompt of every shot of the scene",
        ),
        (
            "Template",
            "prompt_template",
            scene.prompt_template.clone(),
            template_hint.as_str(),
            2,
            "How a prompt is put together: {prompt}, {scene} and {characters} are filled in. Empty is the film's",
        ),
        (
            "Music",
            "music_prompt",
            extra("music_prompt"),
            "From the story",
            1,
            "What the score is asked for; empty takes title and story",
        ),
        (
            "Ambience",
            "ambience_prompt",
            extra("ambience_prompt"),
            "From the story",
            1,
            "What the ambience is asked for; empty takes title and story",
        ),
    ];
    for (label, field, value, hint, rows, help) in fields {
        let name = if matches!(label, "Music" | "Ambience") { format!("{label} prompt") } else { label.to_owned() };
        let edit = TextField { label: &name, hint, rows };
        let id = Id::new((field, &scene.scene_id));
        let changed = form::row_ui(ui, theme, label, help, |ui| widgets::text_ui(ui, desk, id, &value, edit));
        if let Some((text, group)) = changed {
            let mut params = json!({ "scene_id": scene.scene_id });
            let is_back = text.is_empty() && field != "title" && field != "prompt";
            params[field] = if is_back { Value::Null } else { json!(text) };
            desk.asks.run_in("scene.set", params, group);
        }
    }
}

/// How far runs of continued shots have moved from their first look.
fn chains_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene_id: &SceneId) {
    let theme = desk.theme;
    widgets::section_ui(ui, theme, "Continued shots");
    let jobs = desk.jobs;
    let chains = jobs.chains(scene_id);
    if chains.is_empty() {
        form::note_ui(ui, "No run of shots that continue each other, or they are not made yet", theme.quiet);
        return;
    }
    for chain in chains {
        let Some((first, last)) = chain.shots.first().zip(chain.shots.last()) else { continue };
        let drift = &last.drift;
        let is_far = drift.structure.abs() > 0.3 || drift.color > 5.0 || drift.exposure_stops.abs() > 0.3;
        let words = format!(
            "{} to {}, {}: detail {:+.2} octaves, colour {:.1} codes, light {:+.2} stops",
            first.shot_id,
            last.shot_id,
            count(chain.shots.len(), "shot"),
            drift.softness_octaves,
            drift.color,
            drift.exposure_stops
        );
        form::note_ui(ui, words, if is_far { theme.warn } else { theme.text });
        let help = far_words(chain, is_far);
        form::note_ui(ui, help, theme.quiet);
        if form::button_ui(
            ui,
            icon::FILM_STRIP,
            &format!("Show {}", last.shot_id),
            "Selects the last shot of the run",
            None,
        ) {
            desk.asks.push(Ask::Reveal((scene_id.clone(), last.shot_id.clone())));
        }
    }
}

fn far_words(chain: &Chain, is_far: bool) -> &'static str {
    if !is_far {
        "The look has hardly moved from the first shot"
    } else if chain.shots.len() > 3 {
        "The look has moved visibly: continue one of the later shots from an earlier frame"
    } else {
        "The look has moved visibly from the first shot"
    }
}
