//! Brings the panels' models up to date, and draws the panels.

use super::{
    Film,
    asks::Waiting,
    pictures::{Sources, Textures},
    preferences::Preferences,
    strips::CardSources,
};
use crate::{
    commands::History,
    document::{DirtyFiles, FilmRevision, FilmView},
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

/// Reads what changed in the world into the models.
pub(super) fn gather(world: &mut World) {
    world.resource_scope::<Film, _>(|world, mut film| {
        let root = world.get_resource::<OpenProject>().map(|project| project.0.root().to_path_buf());
        let revision = world.resource::<FilmRevision>().clone();
        let changed = film.model.refresh(FilmView::new(world), &revision, root.as_deref());
        let cuts_changed = world.is_resource_changed::<CutReports>();
        if changed || cuts_changed {
            let Film { model, jobs, .. } = &mut *film;
            jobs.set_cuts(world.resource::<CutReports>(), model);
        }
        let mut all = world.query::<(&Job, Ref<'_, JobState>, &JobTimes, &JobTurn)>();
        let row = |(job, state, times, turn): (&Job, Ref<'_, JobState>, &JobTimes, &JobTurn)| {
            JobRow::new(job, &state, times).in_turn(turn)
        };
        let rows: Vec<_> = all.iter(world).map(row).collect();
        film.jobs.set_jobs(rows);
        film.jobs.paused = world.resource::<Jobs>().is_paused();
        let history = world.resource::<History>();
        film.history.undo_label = history.undo_label().map(str::to_owned);
        film.history.redo_label = history.redo_label().map(str::to_owned);
        film.history.unsaved = !world.resource::<DirtyFiles>().is_clean();
        if film.providers.is_empty() {
            film.providers = world.resource::<ProviderRegistry>().descriptors();
        }
        if changed {
            world.resource_mut::<UiState>().follow(&film.model);
        }
    });
}

/// Draws the panels. Runs in egui's pass, up to twice a frame: a click is only seen by one of them.
pub(super) fn draw(
    mut contexts: EguiContexts<'_, '_>,
    film: Res<'_, Film>,
    mut state: ResMut<'_, UiState>,
    mut waiting: ResMut<'_, Waiting>,
    mut textures: ResMut<'_, Textures>,
    (sources, mut card): (Sources<'_>, CardSources<'_>),
    mut preferences: ResMut<'_, Preferences>,
    mut dressed: Local<'_, Option<Look>>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    let theme = Theme::new(state.look);
    if dressed.is_none() {
        install_fonts(&ctx);
    }
    if *dressed != Some(state.look) {
        theme.apply(&ctx);
        *dressed = Some(state.look);
        // Fonts are there from the next pass on.
        ctx.request_discard("fonts and theme");
        return Ok(());
    }
    let speed = state.transport.speed;
    let mut pictures = card.on(textures.on(&ctx, &film.model, &sources), &film.model, speed);
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
