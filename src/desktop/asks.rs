//! What becomes of what the panels ask for.

use super::{
    Film, live_models,
    opening::{self, Wanted},
    portraits, project,
    recovery::{self, Journal},
    screen::MonitorDesk,
    vendor_keys,
};
use crate::{
    audio::FilmSound,
    commands::{OperatorOutcome, RunOperator},
    document::{SaveNow, SaveOutcome},
    jobs::{
        CancelJob, ClearFinishedJobs, CloseJob, HoldJobEdits, JobAsk, JobEnded, JobKind, JobState, PauseJobs, RetryJob,
        RunNext, SendAgain, StartJob,
    },
    preview::{Monitor, ScrubFrames, SoundShapes, Thumbnails},
    ui::{
        ask::{Ask, Asks, KeyAsk, Notice, Weight},
        model::ShotName,
        state::{Selection, UiState},
    },
};
use bevy::{prelude::*, window::RequestRedraw};
use kinora_core::ids::{CharacterId, SceneId, ShotId};
use serde_json::Value;
use std::{collections::HashMap, path::Path, process::Command, thread};

/// What was asked for and waits to be carried out.
#[derive(Resource, Default)]
pub(super) struct Waiting {
    pub(super) asks: Asks,
    next_run_id: u64,
    running: HashMap<u64, String>,
}

impl Waiting {
    /// Sends an operator to the one door, and waits for its outcome.
    pub(super) fn send(world: &mut World, operator: String, params: Value, group: Option<u64>) {
        let run = Self::begin(world, operator, params, group);
        world.resource_mut::<Journal>().ask(&run);
        world.write_message(run);
    }

    /// An operator that is about to be sent, and its outcome waited for.
    pub(super) fn begin(world: &mut World, operator: String, params: Value, group: Option<u64>) -> RunOperator {
        let mut waiting = world.resource_mut::<Self>();
        waiting.next_run_id += 1;
        let run_id = waiting.next_run_id;
        waiting.running.insert(run_id, operator.clone());
        RunOperator { run_id, operator, params, group }
    }
}

/// Carries out what the panels asked for in this frame.
pub(super) fn answer(world: &mut World) {
    let dragging = world.resource::<UiState>().timeline.is_dragging();
    world.insert_resource(HoldJobEdits(dragging));
    let asks = std::mem::take(&mut world.resource_mut::<Waiting>().asks).0;
    if asks.is_empty() {
        return;
    }
    for ask in asks {
        carry_out(world, ask);
    }
    // A sleeping event loop would show the outcome seconds later.
    world.write_message(RequestRedraw);
}

fn carry_out(world: &mut World, ask: Ask) {
    match ask {
        Ask::Run { operator, params, group } => Waiting::send(world, operator.to_owned(), params, group),
        Ask::Start(ask) => drop(world.write_message(StartJob::new(ask))),
        Ask::CancelJob(job_id) => drop(world.write_message(CancelJob(job_id))),
        Ask::RetryJob(job_id) => drop(world.write_message(RetryJob(job_id))),
        Ask::SendAgain(job_id) => drop(world.write_message(SendAgain(job_id))),
        Ask::CloseJob { job_id, keep } => drop(world.write_message(CloseJob { job_id, keep })),
        Ask::RunNext(job_id) => drop(world.write_message(RunNext(job_id))),
        Ask::PauseJobs(paused) => drop(world.write_message(PauseJobs(paused))),
        Ask::Keys(KeyAsk::ReadModels(provider)) => live_models::read(world, provider),
        Ask::Keys(ask) => vendor_keys::carry_out(world, ask),
        Ask::ClearJobs => drop(world.write_message(ClearFinishedJobs)),
        Ask::Select(selection) => world.resource_mut::<UiState>().selection = selection,
        Ask::Seek(frame) => {
            let mut state = world.resource_mut::<UiState>();
            state.transport.frame = frame;
            state.timeline.reveal = Some(frame);
        }
        Ask::Reveal(name) => {
            let start = world.resource::<Film>().model.span(&name).map(|span| span.start_frame);
            let mut state = world.resource_mut::<UiState>();
            state.selection = Selection::shot(name);
            state.timeline.reveal = start;
        }
        Ask::Open(path) => opening::begin(world, Wanted::Film(path)),
        Ask::New(new) => opening::begin(world, Wanted::New(new)),
        Ask::OpenSample { afresh } => opening::begin(world, Wanted::sample(afresh)),
        Ask::CancelOpening => opening::cancel(world),
        Ask::Recover(again) => recovery::decide(world, again),
        Ask::Close => drop(project::close(world)),
        Ask::Save => drop(world.write_message(SaveNow)),
        Ask::ShowInFolder(path) => show_file(world, path.parent().unwrap_or(&path)),
        Ask::OpenFile(path) | Ask::Listen(path) => show_file(world, &path),
        Ask::OpenLink(address) => show_file(world, Path::new(&address)),
        Ask::BringPortrait(character_id, path) => portraits::bring(world, character_id, path),
        Ask::Tell(notice) => world.resource_mut::<UiState>().tell(notice),
        Ask::Quit => project::quit(world),
    }
}

/// Hands a path to the system's own program for it.
fn show_file(world: &mut World, path: &Path) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let begun = Command::new(program).arg(path).spawn().and_then(|mut child| {
        // Whoever is not waited for stays in the system's list until this process ends.
        thread::Builder::new().name("kinora-open".to_owned()).spawn(move || drop(child.wait()))
    });
    if let Err(error) = begun {
        project::fail(world, format!("{} cannot be shown", path.display()), format!("{program}: {error}"));
    }
}

/// Everything that shows or plays media.
type MediaReaders<'w> =
    (Res<'w, Thumbnails>, Res<'w, SoundShapes>, Res<'w, ScrubFrames>, Res<'w, Monitor>, Res<'w, FilmSound>);

/// Hears how operators, saves and jobs ended.
pub(super) fn hear_outcomes(
    mut outcomes: MessageReader<'_, '_, OperatorOutcome>,
    mut saves: MessageReader<'_, '_, SaveOutcome>,
    mut jobs: MessageReader<'_, '_, JobEnded>,
    mut waiting: ResMut<'_, Waiting>,
    mut film: ResMut<'_, Film>,
    mut state: ResMut<'_, UiState>,
    (thumbnails, shapes, scrub, monitor, sound): MediaReaders<'_>,
    mut monitor_desk: ResMut<'_, MonitorDesk>,
    mut start: MessageWriter<'_, StartJob>,
) {
    for outcome in outcomes.read() {
        // Jobs run operators too, and say themselves how they ended.
        let known = waiting.running.get(&outcome.run_id).is_some_and(|id| *id == outcome.operator);
        let Some(operator) = known.then(|| waiting.running.remove(&outcome.run_id)).flatten() else {
            continue;
        };
        match &outcome.result {
            Ok(answer) => {
                // A shot in another scene has another name, and stays selected.
                if let (Some(from), Some(to)) = (answer.get("moved_from").and_then(shot_name), shot_name(answer)) {
                    state.selection.rename(&from, &to);
                }
                if std::mem::take(&mut state.timeline.select_added)
                    && let Some(selection) = added(&operator, answer)
                {
                    state.selection = selection;
                }
            }
            Err(error) => state.tell_failure("That was not done", error.to_string()),
        }
    }
    for save in saves.read() {
        match save {
            SaveOutcome::Saved { .. } => film.history.save_error = None,
            SaveOutcome::Failed { error, .. } => {
                if film.history.save_error.is_none() {
                    state.tell_failure("The film is not saved", format!("{error}. Kinora tries again by itself."));
                }
                film.history.save_error = Some(error.to_string());
            }
        }
    }
    for job in jobs.read() {
        thumbnails.media_changed();
        shapes.media_changed();
        scrub.media_changed();
        monitor.media_changed();
        monitor_desk.ask_again();
        sound.media_changed();
        let brings_clips = [JobKind::Shot, JobKind::LipSync, JobKind::Film, JobKind::Import, JobKind::Resumed];
        if matches!(job.state, JobState::Done { .. }) && brings_clips.contains(&job.kind) {
            // The monitor shows conformed takes; a render finds them done.
            start.write(StartJob::new(JobAsk::ConformFilm));
        }
        if let (JobKind::Audition, JobState::Done { output: Some(sound), .. }) = (job.kind, &job.state) {
            waiting.asks.push(Ask::Listen(sound.clone()));
        }
        if let Some(notice) = notice_of(job) {
            state.tell(notice);
        }
    }
}

/// The shot that an answer speaks of.
fn shot_name(answer: &Value) -> Option<ShotName> {
    let id = |field: &str| answer.get(field).and_then(Value::as_str);
    Some((SceneId::new(id("scene_id")?).ok()?, ShotId::new(id("shot_id")?).ok()?))
}

/// What an operator added, to select it.
fn added(operator: &str, answer: &Value) -> Option<Selection> {
    let name = |field: &str| answer.get(field).and_then(Value::as_str);
    match operator {
        "shot.add" | "shot.split" | "take.to_shot" => shot_name(answer).map(Selection::shot),
        "scene.add" => Some(Selection::Scene(SceneId::new(name("scene_id")?).ok()?)),
        "character.add" => Some(Selection::Character(CharacterId::new(name("character_id")?).ok()?)),
        _ => None,
    }
}

fn notice_of(job: &JobEnded) -> Option<Notice> {
    match &job.state {
        // What nobody asked for is not announced, unless it failed.
        JobState::Done { .. } if matches!(job.kind, JobKind::Conform | JobKind::Cuts | JobKind::Audition) => None,
        JobState::Done { summary, .. } => Some(Notice::new(Weight::Good, capital(&job.label), summary.clone())),
        JobState::Failed(failure) => {
            let to_do = failure.what_to_do.as_deref().unwrap_or_default();
            let detail = [failure.why.as_str(), to_do, failure.money.as_str()].join(" ");
            Some(Notice::new(Weight::Bad, format!("Could not {}", failure.what), detail.trim()))
        }
        JobState::Cancelled => Some(Notice::new(Weight::Plain, format!("Cancelled: {}", job.label), "")),
        JobState::Queued | JobState::Running { .. } => None,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
