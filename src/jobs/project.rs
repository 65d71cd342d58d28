//! What happens to jobs when a project is opened or closed.

use super::{CutReports, Job, JobAsk, JobState, JobTarget, Jobs, WakeUp, queue::add_job};
use crate::{
    document::{FilmIndex, FilmRevision, FilmView},
    generation::{JobsWord, OpenJob},
};
use bevy::prelude::{Entity, Local, Resource, World};
use kinora_core::film::ProjectFolder;
use std::sync::Arc;

/// The folder of the open film. The window inserts it when it spawns the film, and removes it when it closes the film.
#[derive(Resource, Clone)]
pub struct OpenProject(pub Arc<ProjectFolder>);

/// The film and the folder that jobs last knew.
#[derive(Default)]
pub(super) struct Followed {
    film: Option<Entity>,
    folder: Option<Arc<ProjectFolder>>,
}

/// Jobs on a shot that moved to another scene follow it there, those that run among them.
pub(super) fn follow_shots(world: &mut World, mut seen: Local<'_, u64>) {
    let Some(film) = world.get_resource::<FilmRevision>().map(FilmRevision::film) else { return };
    if std::mem::replace(&mut *seen, film) == film {
        return;
    }
    let query = world.query::<(Entity, &Job, &JobState)>();
    let view = FilmView::new(world);
    let moved: Vec<_> = query
        .iter_manual(world)
        .filter(|(_, _, state)| !state.is_final())
        .filter_map(|(entity, job, _)| {
            let JobTarget::Shot(scene_id, shot_id) = &job.target else { return None };
            let now = view.shot_now(scene_id, shot_id)?;
            ((scene_id, shot_id) != (&now.0, &now.1)).then_some((entity, now))
        })
        .collect();
    for (entity, now) in moved {
        let Some(mut job) = world.get_mut::<Job>(entity) else { continue };
        job.target = JobTarget::Shot(now.0.clone(), now.1.clone());
        job.ask.follow(&now);
        job.label = job.ask.label();
        let (job_id, target) = (job.job_id, job.target.clone());
        world.resource_mut::<Jobs>().aim(job_id, target);
    }
}

/// Notices another film: jobs of the one before are stopped, and what an earlier run left open is asked for.
pub(super) fn follow_project(world: &mut World, mut followed: Local<'_, Followed>) {
    if world.is_resource_changed::<WakeUp>()
        && let Some(wake) = world.get_resource::<WakeUp>().cloned()
    {
        world.resource::<Jobs>().waker.set(wake);
    }
    let film = world.get_resource::<FilmIndex>().and_then(FilmIndex::film);
    let folder = world.get_resource::<OpenProject>().map(|project| Arc::clone(&project.0)).filter(|_| film.is_some());
    let is_same = match (&followed.folder, &folder) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now) && followed.film == film,
        (None, None) => true,
        _ => false,
    };
    if is_same {
        return;
    }
    *followed = Followed { film, folder: folder.clone() };
    let mut query = world.query_filtered::<Entity, bevy::prelude::With<Job>>();
    for entity in query.iter(world).collect::<Vec<_>>() {
        world.despawn(entity);
    }
    world.resource_mut::<CutReports>().forget();
    world.resource_scope::<Jobs, _>(|world, mut jobs| {
        jobs.turn_page(folder.clone());
        for open in folder.iter().flat_map(|folder| OpenJob::list(folder)) {
            add_job(world, &mut jobs, JobAsk::Resume { job: open, word: JobsWord::Nobody }, false);
        }
    });
}
