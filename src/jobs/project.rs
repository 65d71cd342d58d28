//! What happens to jobs when a project is opened or closed.

use super::{CutReports, Job, JobAsk, Jobs, WakeUp, queue::add_job};
use crate::{
    document::FilmIndex,
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
