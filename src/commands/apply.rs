//! Applies edits to the world and answers with their inverse.

use super::{Edit, EditError, checks};
use crate::document::{
    self, DirtyFiles, FilmCharacters, FilmFact, FilmRevision, FilmScenes, FilmView, SceneLines, SceneOf, SceneShots,
    ShotOf, ShotTakes,
};
use bevy::prelude::{Component, Entity, EntityWorldMut, World};
use kinora_core::ids::SceneId;
use std::{fmt::Debug, ops::Deref};

/// Applies edits in order, as one: if one is refused, or if a file of the film could not be loaded again afterwards,
/// all of them are undone. Marks the files that changed. The answer, applied in its order, undoes the edits exactly.
///
/// # Errors
/// The first [`EditError`]; the world is then as it was.
pub fn apply(world: &mut World, edits: impl IntoIterator<Item = Edit>) -> Result<Vec<Edit>, EditError> {
    let mut touched = DirtyFiles::default();
    let mut inverses = Vec::new();
    let mut outcome = Ok(());
    for edit in edits {
        let files = Files::of(&edit);
        match change(world, edit.clone()) {
            // An edit that says what is so already is its own inverse: no step to undo, no file to save.
            Ok(inverse) if inverse == edit => {}
            Ok(inverse) => {
                files.mark(&mut touched);
                inverses.push(inverse);
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    inverses.reverse();
    if outcome.is_ok() {
        outcome =
            touched.collect(FilmView::new(world)).map_err(EditError::from).and_then(|after| checks::check(&after));
    }
    if let Err(error) = outcome {
        for inverse in inverses {
            // The inverse of what was just done fits by construction; a refusal is a defect worth its own line.
            if let Err(broken) = change(world, inverse) {
                tracing::error!("an edit could not be taken back: {broken}");
            }
        }
        // The film says what it said before, but things may be other entities now.
        world.get_resource_or_init::<FilmRevision>().note(&touched);
        return Err(error);
    }
    world.get_resource_or_init::<FilmRevision>().note(&touched);
    world.get_resource_or_init::<DirtyFiles>().merge(touched);
    Ok(inverses)
}

/// Which files an edit changes.
enum Files {
    Metadata,
    Settings,
    Characters,
    Scene(SceneId),
    SceneGains(SceneId),
    SceneAndOrder(SceneId),
}

impl Files {
    fn of(edit: &Edit) -> Self {
        match edit {
            Edit::SetFilm { fact: FilmFact::Settings(_) } => Self::Settings,
            Edit::SetFilm { .. } | Edit::MoveScene { .. } => Self::Metadata,
            Edit::InsertCharacter { .. } | Edit::RemoveCharacter { .. } | Edit::SetCharacter { .. } => Self::Characters,
            Edit::InsertScene { scene, .. } => Self::SceneAndOrder(scene.scene_id.clone()),
            Edit::RemoveScene { scene_id } => Self::SceneAndOrder(scene_id.clone()),
            Edit::InsertShot { scene_id, .. } | Edit::InsertLine { scene_id, .. } => Self::SceneGains(scene_id.clone()),
            Edit::SetScene { scene_id, .. }
            | Edit::SetLane { scene_id, .. }
            | Edit::RemoveShot { scene_id, .. }
            | Edit::MoveShot { scene_id, .. }
            | Edit::SetShot { scene_id, .. }
            | Edit::InsertTake { scene_id, .. }
            | Edit::RemoveTake { scene_id, .. }
            | Edit::SetTake { scene_id, .. }
            | Edit::RemoveLine { scene_id, .. }
            | Edit::SetLine { scene_id, .. } => Self::Scene(scene_id.clone()),
        }
    }

    fn mark(self, dirty: &mut DirtyFiles) {
        match self {
            Self::Metadata => dirty.metadata = true,
            Self::Settings => dirty.settings = true,
            Self::Characters => dirty.characters = true,
            Self::Scene(scene_id) => {
                dirty.scenes.insert(scene_id);
            }
            Self::SceneGains(scene_id) => {
                dirty.scenes.insert(scene_id.clone());
                dirty.gained.insert(scene_id);
            }
            Self::SceneAndOrder(scene_id) => {
                dirty.metadata = true;
                dirty.scenes.insert(scene_id);
            }
        }
    }
}

fn change(world: &mut World, edit: Edit) -> Result<Edit, EditError> {
    let view = FilmView::new(world);
    Ok(match edit {
        Edit::SetFilm { fact } => {
            let entity = view.root()?;
            Edit::SetFilm { fact: swap(world, entity, fact, |fact, entity| fact.swap(entity))? }
        }
        Edit::InsertCharacter { index, character } => {
            let root = view.root()?;
            place_for::<FilmCharacters>(view, root, "character", index)?;
            free(&view.character_entity(&character.character_id), &character.character_id)?;
            document::insert_character(world, root, index, &character);
            Edit::RemoveCharacter { character_id: character.character_id }
        }
        Edit::RemoveCharacter { character_id } => {
            let character = view.character(&character_id)?;
            let index = place_of::<FilmCharacters>(view, view.root()?, view.character_entity(&character_id)?);
            document::remove_character(world, &character_id);
            Edit::InsertCharacter { index, character }
        }
        Edit::SetCharacter { character_id, fact } => {
            let entity = view.character_entity(&character_id)?;
            let fact = swap(world, entity, fact, |fact, entity| fact.swap(entity))?;
            Edit::SetCharacter { character_id, fact }
        }
        Edit::InsertScene { index, scene } => {
            let root = view.root()?;
            place_for::<FilmScenes>(view, root, "scene", index)?;
            free(&view.scene_entity(&scene.scene_id), &scene.scene_id)?;
            document::insert_scene(world, root, index, &scene);
            Edit::RemoveScene { scene_id: scene.scene_id.clone() }
        }
        Edit::RemoveScene { scene_id } => {
            let scene = Box::new(view.scene(&scene_id)?);
            let index = place_of::<FilmScenes>(view, view.root()?, view.scene_entity(&scene_id)?);
            document::remove_scene(world, &scene_id);
            Edit::InsertScene { index, scene }
        }
        Edit::MoveScene { scene_id, index } => {
            let (root, entity) = (view.root()?, view.scene_entity(&scene_id)?);
            let from = move_within::<FilmScenes>(view, root, entity, "scene", index)?;
            document::place::<SceneOf>(world, root, index, entity);
            Edit::MoveScene { scene_id, index: from }
        }
        Edit::SetScene { scene_id, fact } => {
            let entity = view.scene_entity(&scene_id)?;
            Edit::SetScene { scene_id, fact: swap(world, entity, fact, |fact, entity| fact.swap(entity))? }
        }
        Edit::SetLane { scene_id, lane, fact } => {
            let entity = view.lane_entity(&scene_id, lane)?;
            Edit::SetLane { scene_id, lane, fact: swap(world, entity, fact, |fact, entity| fact.swap(entity))? }
        }
        Edit::InsertShot { scene_id, index, shot } => {
            let scene = view.scene_entity(&scene_id)?;
            place_for::<SceneShots>(view, scene, "shot", index)?;
            free(&view.shot_entity(&scene_id, &shot.shot_id), &shot.shot_id)?;
            document::insert_shot(world, &scene_id, scene, index, &shot);
            Edit::RemoveShot { scene_id, shot_id: shot.shot_id.clone() }
        }
        Edit::RemoveShot { scene_id, shot_id } => {
            let shot = Box::new(view.shot(&scene_id, &shot_id)?);
            let (scene, entity) = (view.scene_entity(&scene_id)?, view.shot_entity(&scene_id, &shot_id)?);
            let index = place_of::<SceneShots>(view, scene, entity);
            document::remove_shot(world, &scene_id, &shot_id);
            Edit::InsertShot { scene_id, index, shot }
        }
        Edit::MoveShot { scene_id, shot_id, index } => {
            let (scene, entity) = (view.scene_entity(&scene_id)?, view.shot_entity(&scene_id, &shot_id)?);
            let from = move_within::<SceneShots>(view, scene, entity, "shot", index)?;
            document::place::<ShotOf>(world, scene, index, entity);
            Edit::MoveShot { scene_id, shot_id, index: from }
        }
        Edit::SetShot { scene_id, shot_id, fact } => {
            let entity = view.shot_entity(&scene_id, &shot_id)?;
            let fact = swap(world, entity, fact, |fact, entity| fact.swap(entity))?;
            Edit::SetShot { scene_id, shot_id, fact }
        }
        Edit::InsertTake { scene_id, shot_id, index, take } => {
            let shot = view.shot_entity(&scene_id, &shot_id)?;
            place_for::<ShotTakes>(view, shot, "take", index)?;
            free(&view.take_entity(&scene_id, &shot_id, &take.take_id), &take.take_id)?;
            document::insert_take(world, shot, index, &take);
            Edit::RemoveTake { scene_id, shot_id, take_id: take.take_id }
        }
        Edit::RemoveTake { scene_id, shot_id, take_id } => {
            let (index, entity) = view.take_entity(&scene_id, &shot_id, &take_id)?;
            let take = view.take_at(entity).ok_or_else(|| EditError::Incomplete(take_id.to_string()))?;
            world.despawn(entity);
            Edit::InsertTake { scene_id, shot_id, index, take }
        }
        Edit::SetTake { scene_id, shot_id, take_id, fact } => {
            let (_, entity) = view.take_entity(&scene_id, &shot_id, &take_id)?;
            let fact = swap(world, entity, fact, |fact, entity| fact.swap(entity))?;
            Edit::SetTake { scene_id, shot_id, take_id, fact }
        }
        Edit::InsertLine { scene_id, index, line } => {
            let scene = view.scene_entity(&scene_id)?;
            place_for::<SceneLines>(view, scene, "voice line", index)?;
            free(&view.line_entity(&scene_id, &line.line_id), &line.line_id)?;
            view.shot_entity(&scene_id, &line.shot_id)?;
            document::insert_line(world, &scene_id, scene, index, &line);
            Edit::RemoveLine { scene_id, line_id: line.line_id }
        }
        Edit::RemoveLine { scene_id, line_id } => {
            let line = view.line(&scene_id, &line_id)?;
            let (scene, entity) = (view.scene_entity(&scene_id)?, view.line_entity(&scene_id, &line_id)?);
            let index = place_of::<SceneLines>(view, scene, entity);
            document::remove_line(world, &scene_id, &line_id);
            Edit::InsertLine { scene_id, index, line }
        }
        Edit::SetLine { scene_id, line_id, fact } => {
            let entity = view.line_entity(&scene_id, &line_id)?;
            let fact = swap(world, entity, fact, |fact, entity| fact.swap(entity))?;
            Edit::SetLine { scene_id, line_id, fact }
        }
    })
}

fn swap<F: Debug>(
    world: &mut World,
    entity: Entity,
    fact: F,
    swap: impl FnOnce(F, &mut EntityWorldMut<'_>) -> Option<F>,
) -> Result<F, EditError> {
    let what = format!("{fact:?}").chars().take(80).collect();
    swap(fact, &mut world.entity_mut(entity)).ok_or(EditError::Incomplete(what))
}

fn free<T, E>(found: &Result<T, E>, name: &impl ToString) -> Result<(), EditError> {
    if found.is_ok() { Err(EditError::Taken(name.to_string())) } else { Ok(()) }
}

fn place_for<L: Component + Deref<Target = [Entity]>>(
    view: FilmView<'_>,
    owner: Entity,
    what: &'static str,
    index: usize,
) -> Result<(), EditError> {
    let count = view.owned::<L>(owner).len();
    if index <= count { Ok(()) } else { Err(EditError::PastTheEnd { what, index, count }) }
}

fn place_of<L: Component + Deref<Target = [Entity]>>(view: FilmView<'_>, owner: Entity, owned: Entity) -> usize {
    view.owned::<L>(owner).iter().position(|other| *other == owned).unwrap_or(0)
}

/// Where something is now, once the place it is to move to is known to exist.
fn move_within<L: Component + Deref<Target = [Entity]>>(
    view: FilmView<'_>,
    owner: Entity,
    owned: Entity,
    what: &'static str,
    index: usize,
) -> Result<usize, EditError> {
    let count = view.owned::<L>(owner).len();
    if index >= count {
        return Err(EditError::PastTheEnd { what, index, count });
    }
    Ok(place_of::<L>(view, owner, owned))
}
