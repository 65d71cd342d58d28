//! Brings the panels' models up to date, and draws the panels.

use super::{
    Film,
    alarm::Alarm,
    asks::Waiting,
    pictures::{Sources, Textures},
    preferences::Preferences,
    screen::Screens,
    strips::CardSources,
};
use crate::{
    commands::History,
    document::{FilmRevision, FilmView, is_saved},
    jobs::{CutReports, Job, JobState, JobTimes, JobTurn, Jobs, OpenProject},
    ui::{
        self,
        desk::Desk,
        jobs_model::JobRow,
        state::UiState,
        theme::{Look, Theme, install_fonts},
    },
};
use bevy::prelude::*;
use bevy_egui::EguiContexts;
use kinora_provider::ProviderRegistry;

/// Jobs of which something is new.
type News<'w, 's> = Query<'w, 's, (), Or<(Changed<JobState>, Changed<Job>, Changed<JobTurn>)>>;

/// Reads the jobs and the cuts into their model, when one of them has news.
pub(super) fn gather_jobs(
    jobs: Query<'_, '_, (&Job, &JobState, &JobTimes, &JobTurn)>,
    turns: Res<'_, Jobs>,
    news: News<'_, '_>,
    mut gone: RemovedComponents<'_, '_, Job>,
    cuts: Res<'_, CutReports>,
    mut film: ResMut<'_, Film>,
) {
    if gone.read().count() > 0 || !news.is_empty() {
        let row = |(job, state, times, turn)| JobRow::new(job, state, times).in_turn(turn);
        film.jobs.set_jobs(jobs.iter().map(row).collect());
    }
    if film.jobs.paused != turns.is_paused() {
        film.jobs.paused = turns.is_paused();
    }
    film.jobs.set_cuts(&cuts);
}

/// Reads what changed in the world into the models.
pub(super) fn gather(world: &mut World) {
    world.resource_scope::<Film, _>(|world, mut film| {
        let revision = world.resource::<FilmRevision>();
        let root = world.get_resource::<OpenProject>().map(|project| project.0.root());
        let changed = film.model.refresh(FilmView::new(world), revision, root);
        let history = world.resource::<History>();
        follow(&mut film.history.undo_label, history.undo_label());
        follow(&mut film.history.redo_label, history.redo_label());
        film.history.unsaved = !is_saved(world);
        if film.providers.is_empty() {
            film.providers = world.resource::<ProviderRegistry>().descriptors();
        }
        if changed {
            world.resource_mut::<UiState>().follow(&film.model);
        }
    });
}

/// Takes a text over where it differs.
fn follow(known: &mut Option<String>, now: Option<&str>) {
    if known.as_deref() != now {
        *known = now.map(str::to_owned);
    }
}

/// Draws the panels. Runs in egui's pass, up to twice a frame: a click is only seen by one of them.
pub(super) fn draw(
    mut contexts: EguiContexts<'_, '_>,
    film: Res<'_, Film>,
    mut state: ResMut<'_, UiState>,
    mut waiting: ResMut<'_, Waiting>,
    mut textures: ResMut<'_, Textures>,
    (sources, mut screens, mut card): (Sources<'_>, Screens<'_>, CardSources<'_>),
    mut preferences: ResMut<'_, Preferences>,
    alarm: Option<Res<'_, Alarm>>,
    mut dressed: Local<'_, Option<Look>>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    screens.hang(&mut contexts);
    let theme = Theme::new(state.look);
    if dressed.is_none() {
        install_fonts(&ctx);
        if let Some(alarm) = alarm {
            // `bevy_egui` itself wakes the window only for what is due at once.
            let alarm = Alarm::clone(&alarm);
            ctx.set_request_repaint_callback(move |asked| alarm.after(asked.delay));
        }
    }
    if *dressed != Some(state.look) {
        theme.apply(&ctx);
        *dressed = Some(state.look);
        // Fonts are there from the next pass on.
        ctx.request_discard("fonts and theme");
        return Ok(());
    }
    let speed = state.transport.speed;
    screens.follow(&film.model);
    let mut pictures = card.on(textures.on(&ctx, &film.model, &sources, &mut screens), &film.model, speed);
    let mut desk = Desk {
        model: &film.model,
        state: &mut state,
        asks: &mut waiting.asks,
        theme: &theme,
        pictures: &mut pictures,
        jobs: &film.jobs,
        history: &film.history,
        providers: &film.providers,
    };
    ui::draw(&ctx, &mut desk, &mut preferences.tree);
    Ok(())
}
