//! A sound lane of a scene: its file and shape, where it starts, how loud it is and how it fades.

use super::{
    form::{self, Number},
    heading_ui, json_view,
};
use crate::{
    generation::VoiceRequest,
    jobs::JobAsk,
    ui::{ask::Ask, desk::Desk, making, widgets},
};
use bevy_egui::egui::{Color32, Id, Mesh, Rect, Sense, Shape, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icon;
use kinora_core::{
    film::{AudioLane, FilmScene, VoiceSource, limits},
    ids::SceneId,
};
use serde_json::{Value, json};

const SHAPE_PX: f32 = 44.0;

pub(super) const fn lane_name(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => "Voice",
        AudioLane::Music => "Music",
        AudioLane::Ambient => "Ambient",
    }
}

/// A lane that is selected by itself.
pub(super) fn lane_page_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene_id: &SceneId, lane: AudioLane) {
    let model = desk.model;
    let Some(scene) = model.scene(scene_id) else { return };
    heading_ui(ui, desk, &format!("{} of {}", lane_name(lane), scene.title), scene_id.as_str());
    lane_ui(ui, desk, scene, lane);
    if lane == AudioLane::Voice {
        form::note_ui(ui, "Lines are written where they are spoken: select a shot", desk.theme.quiet);
    }
    json_view::json_ui(ui, desk);
}

/// Everything about one lane.
pub(super) fn lane_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene: &FilmScene, lane: AudioLane) {
    let theme = desk.theme;
    let name = lane_name(lane);
    widgets::section_ui(ui, theme, name);
    let file = scene.audio_tracks.lane(lane);
    let path = file.and_then(|file| desk.model.scene_file(&scene.scene_id, file));
    let plays_lines = lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines;
    if let Some(path) = &path {
        shape_ui(ui, desk, path, lane, scene);
    }
    let words = match file {
        _ if plays_lines => {
            let spoken = scene.voice_lines.iter().filter(|line| line.file_path.is_some()).count();
            format!("Plays {}, {spoken} spoken", super::count(scene.voice_lines.len(), "line"))
        }
        Some(file) => file.file_name().to_owned(),
        None => "Empty".to_owned(),
    };
    form::note_ui(ui, words, theme.quiet);
    files_ui(ui, desk, scene, lane, plays_lines);
    mix_ui(ui, desk, scene, lane);
}

fn set(desk: &mut Desk<'_>, scene: &FilmScene, lane: AudioLane, field: &str, value: Value, group: Option<u64>) {
    let mut params = json!({ "scene_id": scene.scene_id, "lane": lane });
    params[field] = value;
    desk.asks.push(Ask::Run { operator: "lane.set", params, group });
}

/// Where the lane's sound comes from.
fn files_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene: &FilmScene, lane: AudioLane, plays_lines: bool) {
    let name = lane_name(lane).to_lowercase();
    let scene_id = scene.scene_id.clone();
    let has_file = scene.audio_tracks.lane(lane).is_some() && !plays_lines;
    ui.horizontal_wrapped(|ui| {
        let why = making::cannot_make_sound(desk, scene, lane);
        let (label, ask) = match lane {
            AudioLane::Voice => {
                let ask =
                    JobAsk::GenerateVoice { scene_id: scene_id.clone(), request: VoiceRequest::Missing, model: None };
                ("Speak lines".to_owned(), ask)
            }
            _ => {
                let ask = JobAsk::GenerateBed { scene_id: scene_id.clone(), lane, prompt: None, model: None };
                (format!("Generate {name}"), ask)
            }
        };
        let help = if lane == AudioLane::Voice {
            "Speaks every line that has no sound yet"
        } else {
            "Makes it as long as the scene, and lays it on the lane"
        };
        if form::button_ui(ui, icon::SPARKLE, &label, help, why) {
            desk.asks.push(Ask::Start(ask));
        }
        let label = if has_file { format!("Replace {name}") } else { format!("Add {name}") };
        if form::button_ui(ui, icon::UPLOAD_SIMPLE, &label, "Brings a sound file; it is copied into the project", None)
        {
            desk.state.overlays.browse_audio(scene_id.clone(), lane);
        }
        if has_file {
            let help = if lane == AudioLane::Voice {
                "The lines play again; the file stays in the folder"
            } else {
                "Empties the lane; the file stays in the folder"
            };
            if form::icon_ui(ui, icon::TRASH, false, &format!("Remove {name}"), help, None) {
                set(desk, scene, lane, "file_path", Value::Null, None);
            }
        }
    });
}

fn mix_ui(ui: &mut Ui, desk: &mut Desk<'_>, scene: &FilmScene, lane: AudioLane) {
    let theme = desk.theme;
    let mix = scene.audio_mix.lane(lane);
    let name = lane_name(lane);
    let id = |field: &str| Id::new(("lane", &scene.scene_id, lane.as_str(), field));
    let fade = *limits::FADE_SECS.start()..=30.0;
    let gain = (-60.0)..=*limits::GAIN_DB.end();
    let offset = (-600.0)..=600.0;
    let fields = [
        ("Gain", "gain_db", mix.gain_db, "Loudness of the lane", gain, 0.5, 1, " dB", true),
        (
            "Starts at",
            "offset_secs",
            mix.offset_secs,
            "Where the file starts in the scene; negative starts inside the file",
            offset,
            0.05,
            2,
            " s",
            false,
        ),
        (
            "Fade in",
            "fade_in_secs",
            mix.fade_in_secs,
            "Length of the fade at the start",
            fade.clone(),
            0.1,
            2,
            " s",
            false,
        ),
        ("Fade out", "fade_out_secs", mix.fade_out_secs, "Length of the fade at the end", fade, 0.1, 2, " s", false),
    ];
    for (label, field, value, help, range, step, decimals, unit, has_slider) in fields {
        let named = format!("{name} {}", label.to_lowercase());
        let number = Number { label: &named, help, range, step, decimals, unit };
        let changed = form::row_ui(ui, theme, label, help, |ui| {
            if has_slider {
                form::slider_ui(ui, desk, id(field), value, &number)
            } else {
                form::number_ui(ui, desk, id(field), value, &number)
            }
        });
        if let Some((value, group)) = changed {
            set(desk, scene, lane, field, json!(value), Some(group));
        }
    }
    let help = "Silences the lane";
    if let Some(mute) =
        form::row_ui(ui, theme, "Mute", help, |ui| form::tick_ui(ui, mix.mute, &format!("{name} mute"), help, None))
    {
        set(desk, scene, lane, "mute", json!(mute), None);
    }
    let help = "A file that is shorter than the scene starts again";
    if let Some(looped) =
        form::row_ui(ui, theme, "Loop", help, |ui| form::tick_ui(ui, mix.looped, &format!("{name} loop"), help, None))
    {
        set(desk, scene, lane, "loop", json!(looped), None);
    }
}

/// The shape of the sound over the length of the scene, with its fades.
fn shape_ui(ui: &mut Ui, desk: &mut Desk<'_>, path: &std::path::Path, lane: AudioLane, scene: &FilmScene) {
    let theme = desk.theme;
    let color = match lane {
        AudioLane::Voice => theme.voice,
        AudioLane::Music => theme.music,
        AudioLane::Ambient => theme.ambient,
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), SHAPE_PX), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, format!("{} shape", lane_name(lane))));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let mix = scene.audio_mix.lane(lane);
    let index = desk.model.scenes.iter().position(|one| one.scene_id == scene.scene_id);
    let frames = index.and_then(|index| desk.model.scene_spans.get(index)).map_or(0, |span| span.frames);
    let secs = desk.model.rate().frames_to_secs(frames).max(1.0);
    ui.painter().rect_filled(rect, 3, color.gamma_multiply(if mix.mute { 0.3 } else { 0.8 }));
    let columns = (rect.width() / 2.0).floor().max(1.0) as usize;
    let levels = desk.pictures.levels(path, (-mix.offset_secs, secs - mix.offset_secs), columns);
    let ink: Color32 = theme.text.gamma_multiply(if mix.mute { 0.25 } else { 0.6 });
    let (middle, half) = (rect.center().y, rect.height() * 0.46);
    let mut mesh = Mesh::default();
    for (column, (low, high)) in levels.into_iter().enumerate() {
        let left = rect.left() + column as f32 * 2.0;
        let at = f64::from((left - rect.left()) / rect.width()) * secs;
        let ramp = |part: f64, length: f64| if length > 0.0 { (part / length).clamp(0.0, 1.0) } else { 1.0 };
        let loud = (ramp(at, mix.fade_in_secs) * ramp(secs - at, mix.fade_out_secs)) as f32;
        let (top, bottom) = (middle - high.clamp(-1.0, 1.0) * half * loud, middle - low.clamp(-1.0, 1.0) * half * loud);
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(left, top.min(middle - 0.5)), pos2(left + 1.5, bottom.max(middle + 0.5))),
            ink,
        );
    }
    ui.painter_at(rect).add(Shape::mesh(mesh));
}
