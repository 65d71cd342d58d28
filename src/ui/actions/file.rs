//! Projects and files.

use super::{Action, Group, WhyNot, always, command, command_shift, film, some_frames, some_scene, target_scene, when};
use crate::{
    jobs::{JobAsk, RenderOptions},
    ui::{ask::Ask, desk::Desk, state::Overlay},
};
use bevy_egui::egui::Key;

/// Why the film cannot be rendered. The first shot with a take settles it.
fn cannot_render(desk: &Desk<'_>) -> WhyNot {
    let mut shots = desk.model.scenes.iter().flat_map(|scene| &scene.shots);
    some_frames(desk)
        .or_else(|| when(!shots.any(|shot| shot.file_path.is_some()), "No shot has a take yet: generate one first"))
}

/// Why the scene cannot be rendered.
fn cannot_render_scene(desk: &Desk<'_>) -> WhyNot {
    some_frames(desk).or_else(|| {
        let scene = target_scene(desk).and_then(|scene_id| desk.model.scene(&scene_id));
        let is_made = scene.is_some_and(|scene| scene.shots.iter().any(|shot| shot.file_path.is_some()));
        when(!is_made, "No shot of the scene has a take yet: generate one first")
    })
}

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
        id: "file.sample",
        label: "Open the sample film",
        description: "A short film after Polidori, made of the screenplay that comes with Kinora; your copy, once there is one.",
        group: Group::File,
        keys: &[],
        unavailable: always,
        run: |desk| desk.asks.push(Ask::OpenSample { afresh: false }),
    },
    Action {
        id: "file.sample_afresh",
        label: "Start the sample afresh",
        description: "Makes another copy of the sample film in a folder of its own; copies that are there stay.",
        group: Group::File,
        keys: &[],
        unavailable: always,
        run: |desk| desk.asks.push(Ask::OpenSample { afresh: true }),
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
        unavailable: some_scene,
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
        unavailable: cannot_render,
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
        unavailable: cannot_render_scene,
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
