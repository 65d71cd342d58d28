//! Projects and files.

use super::{Action, Group, always, command, command_shift, film, some_frames, target_scene};
use crate::{
    jobs::{JobAsk, RenderOptions},
    ui::{ask::Ask, state::Overlay},
};
use bevy_egui::egui::Key;

pub(super) const FILE: &[Action] = &[
    Action {
        id: "file.new",
        label: "New project…",
        description: "Makes a new film in a folder of its own.",
        group: Group::File,
        keys: &[command(Key::N)],
        unavailable: always,
        run: |desk| desk.state.overlay = Some(Overlay::NewProject),
    },
    Action {
        id: "file.open",
        label: "Open project…",
        description: "Opens the folder of a film.",
        group: Group::File,
        keys: &[command(Key::O)],
        unavailable: always,
        run: |desk| desk.state.overlays.browse_project(),
    },
    Action {
        id: "file.import",
        label: "Import screenplay…",
        description: "Adds the scenes, shots and lines of a Fountain screenplay.",
        group: Group::File,
        keys: &[command(Key::I)],
        unavailable: film,
        run: |desk| desk.state.overlays.browse_screenplay(),
    },
    Action {
        id: "clip.bring",
        label: "Bring a clip…",
        description: "Copies a clip of your own into the film: a take of the selected shot, or a new shot of the scene.",
        group: Group::File,
        keys: &[command_shift(Key::I)],
        unavailable: |desk| film(desk).or_else(|| desk.model.scenes.is_empty().then_some("Add a scene first")),
        run: |desk| {
            if let Some(scene_id) = target_scene(desk) {
                let shot_id = desk.state.selection.leading_shot().map(|name| name.1.clone());
                desk.state.overlays.browse_clip(scene_id, shot_id);
            }
        },
    },
    Action {
        id: "file.save",
        label: "Save",
        description: "Saves now; Kinora also saves by itself within two seconds.",
        group: Group::File,
        keys: &[command(Key::S)],
        unavailable: film,
        run: |desk| desk.asks.push(Ask::Save),
    },
    Action {
        id: "file.close",
        label: "Close project",
        description: "Saves and goes back to the welcome screen.",
        group: Group::File,
        keys: &[command(Key::W)],
        unavailable: film,
        run: |desk| desk.asks.push(Ask::Close),
    },
    Action {
        id: "render.film",
        label: "Render film",
        description: "Makes film_render.mp4.",
        group: Group::File,
        keys: &[command(Key::R)],
        unavailable: some_frames,
        run: |desk| {
            desk.asks.push(Ask::Start(JobAsk::RenderFilm {
                options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
            }));
        },
    },
    Action {
        id: "render.scene",
        label: "Render scene",
        description: "Makes scene_render.mp4 of the selected scene.",
        group: Group::File,
        keys: &[command_shift(Key::R)],
        unavailable: some_frames,
        run: |desk| {
            if let Some(scene_id) = target_scene(desk) {
                desk.asks.push(Ask::Start(JobAsk::RenderScene {
                    scene_id,
                    options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
                }));
            }
        },
    },
    Action {
        id: "file.quit",
        label: "Quit",
        description: "Saves and leaves Kinora.",
        group: Group::File,
        keys: &[command(Key::Q)],
        unavailable: always,
        run: |desk| desk.asks.push(Ask::Quit),
    },
];
