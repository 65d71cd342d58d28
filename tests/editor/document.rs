//! The living film says what the files say.

use crate::films::{MemoryStore, full_film, names};
use bevy::prelude::{App, Changed, Entity, Query, ResMut, Resource, Update, With, World};
use kinora::{
    commands::HeadlessEditor,
    document::{FilmIndex, FilmView, SceneKey, ShotDuration, ShotKey, ShotOf, UnknownName, close_film, spawn_film},
};
use kinora_core::{
    film::{Film, FilmScene, Shot},
    ids::{SceneId, ShotId},
};
use serde_json::json;

fn check_round_trip(film: &Film) {
    let mut world = World::new();
    spawn_film(&mut world, film);
    assert_eq!(&FilmView::new(&world).film().unwrap(), film);
    // A second film takes the place of the first and leaves nothing behind.
    let things = world.query::<(Entity, &ShotKey)>().iter(&world).count();
    spawn_film(&mut world, film);
    assert_eq!(world.query::<(Entity, &ShotKey)>().iter(&world).count(), things);
    close_film(&mut world);
    assert_eq!(world.query::<&SceneKey>().iter(&world).count(), 0);
    assert_eq!(FilmView::new(&world).film(), Err(UnknownName::NoFilm));
}

#[test]
fn a_film_survives_the_world_exactly() {
    check_round_trip(&Film::default());
    check_round_trip(&full_film());
    let mut odd = full_film();
    odd.scenes.reverse();
    odd.metadata.scene_order.reverse();
    odd.scenes[1].shots.clear();
    odd.scenes[1].voice_lines.clear();
    odd.scenes[0].shots.reverse();
    odd.scenes[0].shots[0].takes.reverse();
    odd.characters.reverse();
    // Numbers of things that are gone, and a field of that name that is not ours.
    odd.scenes[0].extra.insert("used_numbers".to_owned(), json!({ "shot": 9 }));
    odd.scenes[1].extra.insert("used_numbers".to_owned(), json!("someone else's"));
    check_round_trip(&odd);
}

#[test]
fn ten_thousand_shots_are_found_by_name() {
    let mut film = Film::default();
    for number in 1..=500 {
        let mut scene = FilmScene::new(SceneId::numbered(number), "");
        scene.shots = (1..=20).map(|shot| Shot::new(ShotId::numbered(shot), "p", 6.0)).collect();
        film.metadata.scene_order.push(scene.scene_id.clone());
        film.scenes.push(scene);
    }
    let mut world = World::new();
    spawn_film(&mut world, &film);
    let shot = world.resource::<FilmIndex>().shot(&SceneId::numbered(321), &ShotId::numbered(17)).unwrap();
    assert_eq!(world.get::<ShotKey>(shot).unwrap().0, ShotId::numbered(17));
    let scene = world.get::<ShotOf>(shot).unwrap().0;
    assert_eq!(world.get::<SceneKey>(scene).unwrap().0, SceneId::numbered(321));
    assert_eq!(world.query_filtered::<(), With<ShotKey>>().iter(&world).count(), 10_000);
    assert_eq!(FilmView::new(&world).film().unwrap(), film);
}

#[derive(Resource, Default)]
struct Seen(usize);

fn count_changed(shots: Query<'_, '_, (), Changed<ShotDuration>>, mut seen: ResMut<'_, Seen>) {
    seen.0 = shots.iter().count();
}

#[test]
fn a_system_sees_only_the_fact_that_changed() {
    let mut editor = HeadlessEditor::new(&full_film(), MemoryStore::default());
    let app: &mut App = editor.app_mut();
    app.init_resource::<Seen>().add_systems(Update, count_changed);
    app.update();
    app.update();
    assert_eq!(app.world().resource::<Seen>().0, 0);
    for (fields, expected) in [
        (json!({ "prompt": "else" }), 0),
        (json!({ "duration": 5.0 }), 1),
        (json!({ "duration": 5.0, "mute": false }), 0),
    ] {
        let mut params = json!({ "scene_id": "scene_002", "shot_id": "shot_003" });
        params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        editor.run("shot.set", params).unwrap();
        assert_eq!(editor.app_mut().world().resource::<Seen>().0, expected, "{fields}");
    }
}

#[test]
fn only_the_files_that_changed_are_saved() {
    let store = MemoryStore::default();
    let mut editor = HeadlessEditor::new(&full_film(), store.clone());
    assert_eq!(editor.save().unwrap(), 0);
    let mut check = |operator: &str, params: serde_json::Value, expected: &[&str]| {
        editor.run(operator, params).unwrap();
        assert_eq!(editor.save().unwrap(), expected.len(), "{operator}");
        assert_eq!(names(store.saves.lock().unwrap().last().unwrap()), expected, "{operator}");
    };
    check("shot.set", json!({ "scene_id": "scene_002", "shot_id": "shot_001", "prompt": "x" }), &["scene_002"]);
    check("scene.move", json!({ "scene_id": "scene_002", "index": 0 }), &["metadata"]);
    check("settings.set", json!({ "duck_db": 3.0 }), &["settings"]);
    check("character.set", json!({ "character_id": "char_aubrey", "name": "A" }), &["characters"]);
    check("scene.add", json!({ "title": "New" }), &["scene_004", "metadata"]);
    check("scene.remove", json!({ "scene_id": "scene_004" }), &["-scene_004", "metadata"]);
    check("lane.set", json!({ "scene_id": "scene_001", "lane": "music", "gain_db": -6.0 }), &["scene_001"]);
}

#[test]
fn what_could_not_be_saved_stays_marked() {
    let store = MemoryStore::default();
    let mut editor = HeadlessEditor::new(&full_film(), store.clone());
    editor.run("scene.set", json!({ "scene_id": "scene_001", "title": "T" })).unwrap();
    *store.refuse.lock().unwrap() = true;
    assert_eq!(editor.save().unwrap_err().to_string(), "the disk is full");
    *store.refuse.lock().unwrap() = false;
    assert_eq!(editor.save().unwrap(), 1);
    assert_eq!(store.saves.lock().unwrap()[0].scenes[0].title, "T");
}
