//! From the files' types to entities, and away again. Only these functions make or remove the film's entities.

use super::{
    CharacterKey, CharacterOf, FilmIndex, FilmRevision, FilmRoot, LaneData, LaneKey, LaneOf, LineKey, LineOf,
    MovedShots, Numbered, SceneKey, SceneOf, ShotKey, ShotOf, TakeKey, TakeOf, UsedNumbers,
    character::CharacterBundle,
    film::{FilmBundle, FilmExtra},
    index::SceneEntry,
    scene::{LaneBundle, LineBundle, SceneBundle, SceneExtra},
    shot::{ShotBundle, ShotExtra, TakeBundle},
};
use bevy::{
    ecs::{
        component::Mutable,
        relationship::{OrderedRelationshipSourceCollection, Relationship, RelationshipTarget},
    },
    prelude::{Bundle, Component, Entity, World},
};
use kinora_core::{
    film::{AudioLane, Character, ExtraFields, Film, FilmScene, Shot, Take, VoiceLine},
    ids::{CharacterId, LineId, SceneId, ShotId},
};
use std::collections::HashMap;

/// Puts a film into the world in place of the one that is open.
///
/// The film's ids are unique: the loader refuses a project where they are not.
pub fn spawn_film(world: &mut World, film: &Film) -> Entity {
    close_film(world);
    let root = world.spawn((FilmRoot, FilmBundle::new(film))).id();
    adopt_numbers(world, root, &film.metadata.extra, |extra: &mut FilmExtra| &mut extra.0);
    *world.get_resource_or_init::<FilmIndex>() = FilmIndex { film: Some(root), ..FilmIndex::default() };
    for (index, character) in film.characters.iter().enumerate() {
        insert_character(world, root, index, character);
    }
    for (index, scene) in film.scenes.iter().enumerate() {
        insert_scene(world, root, index, scene);
    }
    root
}

/// Takes the open film out of the world.
pub fn close_film(world: &mut World) {
    let index = std::mem::take(&mut *world.get_resource_or_init::<FilmIndex>());
    if let Some(root) = index.film {
        world.despawn(root);
    }
    world.get_resource_or_init::<FilmRevision>().reopen();
    world.get_resource_or_init::<MovedShots>().forget();
}

pub(crate) fn insert_scene(world: &mut World, film: Entity, index: usize, scene: &FilmScene) {
    let bundle = SceneBundle::new(scene);
    let entity = insert_owned(world, film, index, SceneOf, (SceneKey(scene.scene_id.clone()), bundle));
    adopt_numbers(world, entity, &scene.extra, |extra: &mut SceneExtra| &mut extra.0);
    note_number(world, film, Numbered::Scene, scene.scene_id.number());
    let entry = SceneEntry { entity, shots: HashMap::new(), lines: HashMap::new() };
    world.resource_mut::<FilmIndex>().scenes.insert(scene.scene_id.clone(), entry);
    for lane in AudioLane::ALL {
        let data = LaneData { file: scene.audio_tracks.lane(lane).cloned(), mix: scene.audio_mix.lane(lane).clone() };
        world.spawn((LaneKey(lane), LaneOf(entity), LaneBundle::new(&data)));
    }
    for (index, shot) in scene.shots.iter().enumerate() {
        insert_shot(world, &scene.scene_id, entity, index, shot);
    }
    for (index, line) in scene.voice_lines.iter().enumerate() {
        insert_line(world, &scene.scene_id, entity, index, line);
    }
}

pub(crate) fn remove_scene(world: &mut World, scene_id: &SceneId) {
    if let Some(entry) = world.resource_mut::<FilmIndex>().scenes.remove(scene_id) {
        world.despawn(entry.entity);
    }
}

pub(crate) fn insert_shot(world: &mut World, scene_id: &SceneId, scene: Entity, index: usize, shot: &Shot) {
    let bundle = ShotBundle::new(shot);
    let entity = insert_owned(world, scene, index, ShotOf, (ShotKey(shot.shot_id.clone()), bundle));
    adopt_numbers(world, entity, &shot.extra, |extra: &mut ShotExtra| &mut extra.0);
    note_number(world, scene, Numbered::Shot, shot.shot_id.number());
    if let Some(entry) = world.resource_mut::<FilmIndex>().scenes.get_mut(scene_id) {
        entry.shots.insert(shot.shot_id.clone(), entity);
    }
    for (index, take) in shot.takes.iter().enumerate() {
        insert_take(world, entity, index, take);
    }
}

pub(crate) fn remove_shot(world: &mut World, scene_id: &SceneId, shot_id: &ShotId) {
    let mut index = world.resource_mut::<FilmIndex>();
    if let Some(entity) = index.scenes.get_mut(scene_id).and_then(|entry| entry.shots.remove(shot_id)) {
        world.despawn(entity);
    }
}

pub(crate) fn insert_take(world: &mut World, shot: Entity, index: usize, take: &Take) {
    insert_owned(world, shot, index, TakeOf, (TakeKey(take.take_id.clone()), TakeBundle::new(take)));
    note_number(world, shot, Numbered::Take, take.take_id.number());
}

pub(crate) fn insert_line(world: &mut World, scene_id: &SceneId, scene: Entity, index: usize, line: &VoiceLine) {
    let key = LineKey(line.line_id.clone());
    let entity = insert_owned(world, scene, index, LineOf, (key, LineBundle::new(line)));
    note_number(world, scene, Numbered::Line, line.line_id.number());
    if let Some(entry) = world.resource_mut::<FilmIndex>().scenes.get_mut(scene_id) {
        entry.lines.insert(line.line_id.clone(), entity);
    }
}

pub(crate) fn remove_line(world: &mut World, scene_id: &SceneId, line_id: &LineId) {
    let mut index = world.resource_mut::<FilmIndex>();
    if let Some(entity) = index.scenes.get_mut(scene_id).and_then(|entry| entry.lines.remove(line_id)) {
        world.despawn(entity);
    }
}

pub(crate) fn insert_character(world: &mut World, film: Entity, index: usize, character: &Character) {
    let key = CharacterKey(character.character_id.clone());
    let entity = insert_owned(world, film, index, CharacterOf, (key, CharacterBundle::new(character)));
    world.resource_mut::<FilmIndex>().characters.insert(character.character_id.clone(), entity);
}

pub(crate) fn remove_character(world: &mut World, character_id: &CharacterId) {
    if let Some(entity) = world.resource_mut::<FilmIndex>().characters.remove(character_id) {
        world.despawn(entity);
    }
}

/// Moves something to another place in its owner's list.
pub(crate) fn place<R: Relationship>(world: &mut World, owner: Entity, index: usize, owned: Entity)
where
    <R::RelationshipTarget as RelationshipTarget>::Collection: OrderedRelationshipSourceCollection,
{
    world.entity_mut(owner).insert_related::<R>(index, &[owned]);
}

fn insert_owned<R: Relationship>(
    world: &mut World,
    owner: Entity,
    index: usize,
    relation: fn(Entity) -> R,
    bundle: impl Bundle,
) -> Entity
where
    <R::RelationshipTarget as RelationshipTarget>::Collection: OrderedRelationshipSourceCollection,
{
    let owned = world.spawn((relation(owner), bundle)).id();
    let count = world.get::<R::RelationshipTarget>(owner).map_or(0, RelationshipTarget::len);
    if index + 1 < count {
        place::<R>(world, owner, index, owned);
    }
    owned
}

/// Reads the numbers that must not be given again out of a thing's unknown fields.
fn adopt_numbers<C: Component<Mutability = Mutable>>(
    world: &mut World,
    owner: Entity,
    extra: &ExtraFields,
    fields: fn(&mut C) -> &mut ExtraFields,
) {
    let used = UsedNumbers::read(extra);
    if used.is_some()
        && let Some(mut component) = world.get_mut::<C>(owner)
    {
        UsedNumbers::remove_from(fields(&mut component));
    }
    world.entity_mut(owner).insert(used.unwrap_or_default());
}

fn note_number(world: &mut World, owner: Entity, kind: Numbered, number: Option<usize>) {
    if let Some(mut used) = world.get_mut::<UsedNumbers>(owner) {
        used.note(kind, number);
    }
}
