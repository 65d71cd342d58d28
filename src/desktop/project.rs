//! What is shown when a project was opened, and how it is closed.

use super::{
    Film,
    asks::Waiting,
    opening,
    preferences::note_project,
    recovery::{self, Journal},
};
use crate::{
    audio,
    commands::History,
    document::{Autosave, DirtyFiles, close_film, save_now, spawn_film},
    jobs::{JobAsk, OpenProject, StartJob},
    playback::Transport,
    preview,
    ui::{
        ask::{Ask, Notice, Weight},
        overlays::{CLIPS, PICTURES, SCREENPLAYS, SOUNDS, has_extension},
        state::{Selection, UiState},
    },
};
use bevy::{
    prelude::*,
    window::{FileDragAndDrop, WindowCloseRequested},
};
use kinora_core::film::{self, ProjectFolder, ProjectLayout};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// A project to open with the window.
#[derive(Resource, Debug)]
pub(super) struct OnStart(pub(super) Option<PathBuf>);

pub(super) fn open_on_start(world: &mut World) {
    if let Some(path) = world.resource_mut::<OnStart>().0.take() {
        opening::begin_on_start(world, path);
    }
}

/// Shows a project in place of the open one. Answers whether it could: what cannot be saved stays open.
pub(super) fn show(world: &mut World, folder: ProjectFolder, film: &film::Film) -> bool {
    if !close(world) {
        return false;
    }
    let notes: Vec<_> = folder.notes().to_vec();
    let root = folder.root().to_path_buf();
    let folder = Arc::new(folder);
    spawn_film(world, film);
    world.insert_resource(Autosave::new(Arc::clone(&folder)));
    world.insert_resource(DirtyFiles::default());
    world.resource_mut::<History>().clear();
    if let Err(error) = preview::open_project(world, &ProjectLayout::new(&root)) {
        fail(world, "Pictures cannot be shown", error.to_string());
    }
    if let Err(error) = audio::open_project(world, &ProjectLayout::new(&root)) {
        fail(world, "The film has no sound", error.to_string());
    }
    world.insert_resource(OpenProject(folder));
    let mut state = world.resource_mut::<UiState>();
    let transport = Transport { choice: state.transport.choice, ..Transport::default() };
    (state.selection, state.transport, state.marks) = (Selection::Film, transport, (None, None));
    state.timeline = Default::default();
    state.overlay = None;
    state.overlays.recovery = None;
    note_project(&mut state.overlays.recent, &root);
    for note in notes {
        state.tell(Notice::new(Weight::Warn, "Kinora mended something in this project", note.to_string()));
    }
    recovery::look_back(world, &ProjectLayout::new(&root));
    world.write_message(StartJob::new(JobAsk::ConformFilm));
    true
}

/// When the maker last asked to leave a film that cannot be saved.
#[derive(Resource, Debug, Default)]
pub(super) struct Leaving(Option<Instant>);

/// How long a second ask counts as insisting.
const INSISTS_WITHIN: Duration = Duration::from_secs(30);

/// Saves and leaves. Who insists leaves a film that cannot be saved as it is: the journal keeps its last changes.
pub(super) fn quit(world: &mut World) {
    if close(world) {
        world.write_message(AppExit::Success);
        return;
    }
    let before = world.resource_mut::<Leaving>().0.replace(Instant::now());
    if before.is_some_and(|before| before.elapsed() < INSISTS_WITHIN) {
        world.write_message(AppExit::Success);
        return;
    }
    let detail = "Free some room or make the folder writable. Or quit again within half a minute to leave as it is: what \
                  is not saved is offered when the project is opened again, as far as its journal could be written.";
    world.resource_mut::<UiState>().tell(Notice::new(Weight::Warn, "Kinora stays open", detail));
}

/// Saves and closes what is open. If it cannot be saved it stays open, and the maker is told.
pub(super) fn close(world: &mut World) -> bool {
    if world.get_resource::<OpenProject>().is_none() {
        return true;
    }
    if let Err(error) = save_now(world) {
        fail(world, "The film cannot be saved, so it stays open", error.to_string());
        return false;
    }
    world.resource_mut::<Journal>().end();
    world.remove_resource::<OpenProject>();
    world.remove_resource::<Autosave>();
    preview::close_project(world);
    audio::close_project(world);
    close_film(world);
    world.resource_mut::<History>().clear();
    true
}

/// The window's own close button is an ask like any other.
pub(super) fn close_on_request(
    mut requests: MessageReader<'_, '_, WindowCloseRequested>,
    mut waiting: ResMut<'_, Waiting>,
) {
    if requests.read().count() > 0 {
        waiting.asks.push(Ask::Quit);
    }
}

/// Ctrl-C in the terminal and the end of the session do not ask; what was changed is saved all the same.
pub(super) fn save_on_exit(world: &mut World) {
    if world.resource::<Messages<AppExit>>().is_empty() {
        return;
    }
    match save_now(world) {
        Ok(()) => world.resource_mut::<Journal>().end(),
        Err(error) => tracing::error!("the film could not be saved: {error}"),
    }
}

pub(super) fn fail(world: &mut World, title: impl Into<String>, detail: impl Into<String>) {
    world.resource_mut::<UiState>().tell_failure(title, detail);
}

/// Files dropped from the desktop: a project opens, a screenplay, clip, sound or picture is brought in.
pub(super) fn take_drops(
    mut drops: MessageReader<'_, '_, FileDragAndDrop>,
    film: Res<'_, Film>,
    mut state: ResMut<'_, UiState>,
    mut waiting: ResMut<'_, Waiting>,
) {
    for drop in drops.read() {
        let FileDragAndDrop::DroppedFile { path_buf: path, .. } = drop else { continue };
        if !film.model.is_open() && !path.is_dir() {
            // The welcome screen takes screenplays itself.
            continue;
        }
        // What a file dialog takes may be dropped too.
        let is = |kinds: &[&str]| has_extension(path, kinds);
        let scene_id = state.selection.scene().cloned().or_else(|| {
            let index = film.model.scene_at(state.transport.frame)?;
            Some(film.model.scenes[index].scene_id.clone())
        });
        let shot_id = state.selection.leading_shot().map(|name| name.1.clone());
        let character = if let Selection::Character(id) = &state.selection { Some(id.clone()) } else { None };
        let ask = match (scene_id, character) {
            _ if path.is_dir() => Some(Ask::Open(path.clone())),
            _ if is(SCREENPLAYS) => Some(Ask::Start(JobAsk::ImportScreenplay { path: path.clone() })),
            (Some(scene_id), _) if is(CLIPS) => Some(Ask::bring_clip(scene_id, shot_id, path.clone())),
            (Some(scene_id), _) if is(SOUNDS) => {
                let lane = match &state.selection {
                    Selection::Lane(_, lane) => *lane,
                    _ => kinora_core::film::AudioLane::Music,
                };
                Some(Ask::Start(JobAsk::ImportAudio { scene_id, lane, path: path.clone() }))
            }
            (_, Some(character_id)) if is(PICTURES) => Some(Ask::BringPortrait(character_id, path.clone())),
            _ => None,
        };
        match ask {
            Some(ask) => waiting.asks.push(ask),
            None => state.tell(Notice::new(
                Weight::Warn,
                format!("{} has no place here", path.file_name().unwrap_or_default().to_string_lossy()),
                "Drop a project folder, a Fountain screenplay, a clip or a sound on a scene, or a picture while a character is selected.",
            )),
        }
    }
}
