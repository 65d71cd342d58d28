//! Opening, making and closing projects.

use super::{
    Film,
    alarm::Alarm,
    asks::Waiting,
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
        ask::{Ask, NewProject, Notice, Weight},
        overlays::{CLIPS, PICTURES, SCREENPLAYS, SOUNDS, has_extension},
        state::{Selection, UiState},
    },
};
use bevy::{
    prelude::*,
    window::{FileDragAndDrop, WindowCloseRequested},
};
use kinora_core::{
    film::{self, FilmError, ProjectFolder, ProjectLayout, validate_metadata},
    screenplay::{self, ImportOptions},
    store::StoreError,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// The sample screenplay, so that an installed Kinora has it too.
const SAMPLE: &str = include_str!("../../assets/samples/the-vampyre.fountain");

/// A project to open with the window.
#[derive(Resource, Debug)]
pub(super) struct OnStart(pub(super) Option<PathBuf>);

pub(super) fn open_on_start(world: &mut World) {
    if let Some(path) = world.resource_mut::<OnStart>().0.take() {
        open(world, &path);
    }
}

/// Opens a project in place of the open one; says so if it cannot, and leaves what is open as it is.
pub(super) fn open(world: &mut World, path: &Path) {
    // A folder can be opened once: opening the one that is open would wait for itself.
    let is_open = world.get_resource::<OpenProject>().map(|open| open.0.root().to_path_buf());
    if is_open.is_some_and(|open| same_place(&open, path)) {
        return;
    }
    world.resource_mut::<Opening>().0 = None;
    match ProjectFolder::open(path) {
        Ok((folder, film)) => {
            show(world, folder, &film);
        }
        Err(error) if is_locked_by_us(&error) => {
            // Work on the project that was just closed still ends.
            wait_for(world, Pending { path: path.to_path_buf(), since: Instant::now() });
            let title = format!("Opening {}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
            world.resource_mut::<UiState>().tell(Notice::new(Weight::Plain, title, "What ran on it is still ending."));
        }
        Err(error) => fail(world, format!("{} cannot be opened", path.display()), error.to_string()),
    }
}

/// A project to open as soon as this very editor lets go of it.
#[derive(Resource, Debug, Default)]
pub(super) struct Opening(Option<Pending>);

#[derive(Debug, Clone)]
struct Pending {
    path: PathBuf,
    since: Instant,
}

/// How long work that was told to stop may take: it has less.
const OPENING_LIMIT: Duration = Duration::from_secs(20);
const OPENING_STEP: Duration = Duration::from_millis(100);

fn is_locked_by_us(error: &FilmError) -> bool {
    let FilmError::Store(StoreError::Locked { holder: Some(holder), .. }) = error else { return false };
    holder.pid == std::process::id()
}

fn wait_for(world: &mut World, pending: Pending) {
    world.resource_mut::<Opening>().0 = Some(pending);
    if let Some(alarm) = world.get_resource::<Alarm>() {
        alarm.after(OPENING_STEP);
    }
}

/// Tries again to open what could not be opened yet.
pub(super) fn go_on_opening(world: &mut World) {
    let Some(pending) = world.resource_mut::<Opening>().0.take() else { return };
    match ProjectFolder::open(&pending.path) {
        Ok((folder, film)) => {
            show(world, folder, &film);
        }
        Err(error) if is_locked_by_us(&error) && pending.since.elapsed() < OPENING_LIMIT => wait_for(world, pending),
        Err(error) => fail(world, format!("{} cannot be opened", pending.path.display()), error.to_string()),
    }
}

fn same_place(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Makes a project and opens it.
pub(super) fn make(world: &mut World, new: &NewProject) {
    let mut film = film::Film::default();
    film.metadata.title.clone_from(&new.title);
    (film.metadata.rate, film.metadata.size) = (new.rate, new.size);
    let title = format!("{} cannot be made", new.folder.display());
    if let Some(problem) = validate_metadata("metadata.json", &film.metadata).into_iter().next() {
        return fail(world, title, format!("{}: {}. {}", problem.place, problem.message, problem.fix));
    }
    let is_shown = match ProjectFolder::create(&new.folder, &film) {
        Ok(folder) => show(world, folder, &film),
        Err(error) => return fail(world, title, error.to_string()),
    };
    // What is meant for the new film must not come to the one that stays open.
    if let Some(path) = new.screenplay.clone().filter(|_| is_shown) {
        world.write_message(StartJob::new(JobAsk::ImportScreenplay { path }));
    }
}

/// Makes a project of the sample screenplay, opens it, and generates what it lacks.
pub(super) fn make_sample(world: &mut World, path: &Path) {
    if path.join("metadata.json").is_file() {
        return open(world, path);
    }
    let title = "The sample film cannot be made";
    let film = match screenplay::parse(SAMPLE) {
        Ok(screenplay) => screenplay::to_film(&screenplay, &ImportOptions::default()).0,
        Err(error) => return fail(world, title, error.to_string()),
    };
    let is_shown = match ProjectFolder::create(path, &film) {
        Ok(folder) => show(world, folder, &film),
        Err(error) => return fail(world, title, error.to_string()),
    };
    if is_shown {
        world.write_message(StartJob::new(JobAsk::CompleteFilm));
    }
}

/// Shows a project in place of the open one. Answers whether it could: what cannot be saved stays open.
fn show(world: &mut World, folder: ProjectFolder, film: &film::Film) -> bool {
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
