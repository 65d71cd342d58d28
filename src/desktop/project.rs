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
    generation::UnreadableJob,
    jobs::{JobAsk, OpenProject, StartJob, WakeUp},
    playback::Transport,
    preview,
    ui::{
        ask::{Ask, Notice, Weight},
        state::{Selection, UiState},
    },
};
use bevy::{prelude::*, window::WindowCloseRequested};
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
    world.insert_resource(DirtyFiles::default());
    let store = world.resource::<Journal>().store(Arc::clone(&folder));
    let WakeUp(wake) = world.get_resource::<WakeUp>().cloned().unwrap_or_default();
    world.insert_resource(Autosave::behind(store, move || wake()));
    world.resource_mut::<History>().clear();
    if let Err(error) = preview::open_project(world, &ProjectLayout::new(&root)) {
        fail(world, "Pictures cannot be shown", error.to_string());
    }
    if let Err(error) = audio::open_project(world, &ProjectLayout::new(&root)) {
        fail(world, "The film has no sound", error.to_string());
    }
    world.insert_resource(OpenProject(folder));
    let unreadable = UnreadableJob::list(&ProjectLayout::new(&root));
    world.resource_mut::<Film>().jobs.unreadable.clone_from(&unreadable);
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
    if let Some(first) = unreadable.first() {
        let title = match unreadable.len() {
            1 => "A job of this project cannot be read".to_owned(),
            count => format!("{count} jobs of this project cannot be read: see the tray"),
        };
        state.tell(Notice::new(Weight::Warn, title, first.to_string()));
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
