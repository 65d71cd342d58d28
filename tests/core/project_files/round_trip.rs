//! What is saved is what is read, unknown fields included; only what differs is written.

use super::sample::{film, picture, put, scene};
use kinora_core::{
    film::{Film, FilmError, OpenNote, ProjectFolder, limits},
    ids::SceneId,
    store::StoreError,
};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_film_comes_back_as_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("film");
    let saved = film(3, 4);
    drop(ProjectFolder::create(&root, &saved).unwrap());
    let (project, opened) = ProjectFolder::open(&root).unwrap();
    assert_eq!(opened, saved);
    assert_eq!(project.notes(), []);
    // Reading needs no lock: the project is still open here.
    assert_eq!(ProjectFolder::read(&root).unwrap(), saved);
    assert!(!root.join(".kinora/creating").exists());

    let before = picture(&root);
    assert_eq!(project.save_changed(&opened, &saved).unwrap(), Vec::<std::path::PathBuf>::new());
    for scene in &opened.scenes {
        project.save_scene(scene).unwrap();
    }
    project.save_characters(&opened.characters).unwrap();
    project.save_settings(&opened.settings).unwrap();
    project.save_metadata(&opened.metadata).unwrap();
    assert_eq!(picture(&root), before, "saving what was read changed bytes");
}

#[test]
fn the_files_have_the_missions_names_and_order() {
    let folder = tempfile::tempdir().unwrap();
    drop(ProjectFolder::create(folder.path(), &film(1, 1)).unwrap());
    let text = fs::read_to_string(folder.path().join("scenes/scene_001/scene.json")).unwrap();
    assert!(text.ends_with("}\n") && text.starts_with("{\n  \"scene_id\""), "{text}");
    let scene: Value = serde_json::from_str(&text).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&scene)[..4], ["scene_id", "title", "shots", "audio_tracks"]);
    assert_eq!(
        names(&scene["shots"][0])[..8],
        [
            "shot_id",
            "prompt",
            "model",
            "duration",
            "file_path",
            "first_frame_path",
            "last_frame_path",
            "continuity_source"
        ]
    );
    assert_eq!(names(&scene["audio_tracks"]), ["voice", "music", "ambient"]);
    let characters: Value = serde_json::from_slice(&fs::read(folder.path().join("characters.json")).unwrap()).unwrap();
    assert_eq!(names(&characters[0]), ["character_id", "name", "portrait_paths", "voice_id", "prompt_style_tokens"]);
    let settings: Value = serde_json::from_slice(&fs::read(folder.path().join("settings.json")).unwrap()).unwrap();
    assert_eq!(
        names(&settings)[..5],
        ["default_model", "default_aspect_ratio", "enable_optical_flow", "default_voice", "scene_prompt_template"]
    );
}

#[test]
fn unknown_fields_survive_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(ProjectFolder::create(root, &film(1, 2)).unwrap());
    let places: [(&str, &[&str]); 4] = [
        (
            "scenes/scene_001/scene.json",
            &[
                "",
                "/shots/1",
                "/shots/1/continuity_source",
                "/shots/0/takes/0",
                "/shots/0/takes/0/media",
                "/audio_tracks",
                "/audio_mix",
                "/audio_mix/voice",
                "/voice_lines/0",
            ],
        ),
        ("metadata.json", &[""]),
        ("settings.json", &[""]),
        ("characters.json", &["/0"]),
    ];
    let foreign = json!({"made_by": "another tool", "list": [1, 2.5, null, {"deep": true}], "big": u64::MAX});
    for (file, pointers) in places {
        let mut content: Value = serde_json::from_slice(&fs::read(root.join(file)).unwrap()).unwrap();
        for pointer in pointers {
            let members = content.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            members.insert("x_foreign".to_owned(), foreign.clone());
        }
        put(root, file, serde_json::to_vec(&content).unwrap());
    }
    let (project, opened) = ProjectFolder::open(root).unwrap();
    let mut emptied = opened.clone();
    emptied.metadata.title = "changed".to_owned();
    emptied.settings.default_voice = "changed".to_owned();
    emptied.characters[0].name = "changed".to_owned();
    emptied.scenes[0].title = "changed".to_owned();
    assert_eq!(project.save_changed(&opened, &emptied).unwrap().len(), 4);
    for (file, pointers) in places {
        let content: Value = serde_json::from_slice(&fs::read(root.join(file)).unwrap()).unwrap();
        for pointer in pointers {
            assert_eq!(content.pointer(pointer).unwrap()["x_foreign"], foreign, "{file} {pointer}");
        }
    }
}

#[test]
fn only_what_differs_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let old = film(5, 3);
    let project = ProjectFolder::create(root, &old).unwrap();
    let check = |old: &Film, change: &dyn Fn(&mut Film), expected: &[&str]| {
        let mut new = old.clone();
        change(&mut new);
        let before = picture(root);
        let written = project.save_changed(old, &new).unwrap();
        let expected: Vec<_> = expected.iter().map(|file| root.join(file)).collect();
        assert_eq!(written, expected);
        for (file, bytes) in picture(root) {
            let named = expected.iter().any(|path| root.join(&file).starts_with(path));
            assert!(named || before.get(&file) == Some(&bytes) || file.starts_with(".kinora/trash"), "{file} changed");
        }
        let reread = ProjectFolder::read(root).unwrap();
        new.metadata.scene_order = new.scenes.iter().map(|scene| scene.scene_id.clone()).collect();
        assert_eq!(reread, new);
        reread
    };
    let film = check(&old, &|film| film.scenes[2].shots[1].duration = 8.0, &["scenes/scene_003/scene.json"]);
    let film = check(&film, &|film| film.settings.duck_db = 3.0, &["settings.json"]);
    let film = check(&film, &|film| film.characters.clear(), &["characters.json"]);
    let film = check(&film, &|film| film.metadata.title = "New".to_owned(), &["metadata.json"]);
    let film = check(&film, &|film| film.scenes.swap(0, 4), &["metadata.json"]);
    let film = check(&film, &|film| film.scenes.push(scene(9, 1)), &["scenes/scene_009/scene.json", "metadata.json"]);
    check(&film, &|film| drop(film.scenes.remove(1)), &["scenes/scene_002", "metadata.json"]);
}

#[test]
fn a_removed_scene_keeps_its_media_and_gets_them_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let full = film(2, 1);
    let project = ProjectFolder::create(root, &full).unwrap();
    put(root, "scenes/scene_002/shots/shot_001.mp4", "the clip");
    let mut less = full.clone();
    less.scenes.pop();
    project.save_changed(&full, &less).unwrap();
    assert!(!root.join("scenes/scene_002").exists());
    assert_eq!(fs::read(root.join(".kinora/trash/scene_002.0001/shots/shot_001.mp4")).unwrap(), b"the clip");

    // A new scene of the same name has nothing to do with the old one's media.
    let mut other = less.clone();
    other.scenes.push(kinora_core::film::FilmScene::new(SceneId::numbered(2), "Another"));
    project.save_changed(&less, &other).unwrap();
    assert!(!root.join("scenes/scene_002/shots/shot_001.mp4").exists());
    project.save_changed(&other, &less).unwrap();
    assert!(root.join(".kinora/trash/scene_002.0002").is_dir());

    // Taken back, the old scene finds its clip again.
    project.save_changed(&less, &full).unwrap();
    assert_eq!(fs::read(root.join("scenes/scene_002/shots/shot_001.mp4")).unwrap(), b"the clip");
    assert_eq!(ProjectFolder::read(root).unwrap(), full);
    let missing = project.remove_scene(&SceneId::numbered(7)).unwrap_err();
    assert!(matches!(missing, FilmError::NoSuchScene { .. }), "{missing}");
}

/// Work that ended while a scene was out of the film has made its folder anew.
#[test]
fn a_scene_that_comes_back_finds_its_media_beside_newer_ones() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let full = film(2, 1);
    let project = ProjectFolder::create(root, &full).unwrap();
    put(root, "scenes/scene_002/shots/shot_001.mp4", "the clip");
    put(root, "scenes/scene_002/shots/older.mp4", "an older clip");
    project.remove_scene(&SceneId::numbered(2)).unwrap();
    put(root, "scenes/scene_002/shots/shot_001_take_002.mp4", "a newer clip");
    put(root, "scenes/scene_002/shots/older.mp4", "another");
    project.save_scene(&full.scenes[1]).unwrap();
    let clip = |name: &str| fs::read_to_string(root.join("scenes/scene_002/shots").join(name)).unwrap();
    assert_eq!(["shot_001.mp4", "shot_001_take_002.mp4"].map(clip), ["the clip", "a newer clip"]);
    assert_eq!(clip("older.mp4"), "another", "nothing is written over");
    let kept = root.join(".kinora/trash/scene_002.0001/shots/older.mp4");
    assert_eq!(fs::read_to_string(kept).unwrap(), "an older clip");
    assert_eq!(ProjectFolder::read(root).unwrap(), full);
}

#[test]
fn scenes_that_the_list_does_not_know_are_adopted_and_missing_ones_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(ProjectFolder::create(root, &film(12, 1)).unwrap());
    let mut metadata: Value = serde_json::from_slice(&fs::read(root.join("metadata.json")).unwrap()).unwrap();
    metadata["scene_order"] = json!(["scene_012", "scene_077", "scene_003"]);
    put(root, "metadata.json", metadata.to_string());
    let (project, opened) = ProjectFolder::open(root).unwrap();
    let names: Vec<_> = opened.scenes.iter().map(|scene| scene.scene_id.number().unwrap()).collect();
    assert_eq!(names, [12, 3, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]);
    let adopted = project.notes().iter().filter(|note| matches!(note, OpenNote::AdoptedScene(_))).count();
    assert_eq!(adopted, 10);
    assert!(project.notes().contains(&OpenNote::MissingScene(SceneId::numbered(77))));
}

#[test]
fn a_new_project_replaces_nothing() {
    for found in ["metadata.json", "settings.json", "characters.json", "scenes/notes.txt"] {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), found, "mine");
        let before = picture(folder.path());
        let error = ProjectFolder::create(folder.path(), &film(1, 1)).unwrap_err();
        assert!(matches!(error, FilmError::AlreadyAProject { .. }), "{error}");
        assert_eq!(picture(folder.path()), before);
    }
    // Other files may be there, and so may what an attempt left that was cut short.
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "notes.txt", "mine");
    put(folder.path(), ".kinora/creating", "");
    put(folder.path(), "scenes/scene_001/scene.json", "{");
    ProjectFolder::create(folder.path(), &film(1, 1)).unwrap();
    assert_eq!(fs::read(folder.path().join("notes.txt")).unwrap(), b"mine");
}

#[test]
fn what_could_not_be_opened_again_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let sound = film(1, 2);
    let project = ProjectFolder::create(root, &sound).unwrap();
    let before = picture(root);
    let check = |change: &dyn Fn(&mut Film), place: &str| {
        let mut broken = sound.clone();
        change(&mut broken);
        let error = project.save_changed(&sound, &broken).unwrap_err();
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(picture(root), before);
    };
    check(&|film| film.scenes[0].shots[1].duration = f64::NAN, "scenes/scene_001/scene.json: shots[1].duration");
    check(&|film| film.scenes[0].shots[0].shot_id = "shot_002".parse().unwrap(), "shots[1].shot_id");
    check(&|film| film.scenes[0].audio_mix.music.gain_db = f64::INFINITY, "audio_mix.music.gain_db");
    check(&|film| film.settings.loudness_target_lufs = 3.0, "settings.json: loudness_target_lufs");
    check(&|film| film.metadata.size.width = 1281, "metadata.json: size.width");
    check(&|film| film.scenes.push(film.scenes[0].clone()), "metadata.json: scene_order[1]");
    check(
        &|film| {
            let mut deep = json!(1);
            (0..limits::MAX_DEPTH).for_each(|_| deep = json!([deep]));
            film.scenes[0].extra.insert("deep".to_owned(), deep);
        },
        "scenes/scene_001/scene.json: objects and lists are nested",
    );
    check(&|film| film.characters.push(film.characters[0].clone()), "characters.json: [1].character_id");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_that_leaves_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let (root, outside) = (folder.path().join("film"), folder.path().join("outside"));
    fs::create_dir(&outside).unwrap();
    let sound = film(1, 1);
    let project = ProjectFolder::create(&root, &sound).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("scenes/scene_002")).unwrap();
    let mut more = sound.clone();
    more.scenes.push(scene(2, 1));
    let error = project.save_changed(&sound, &more).unwrap_err();
    assert!(error.to_string().contains("scenes/scene_002/scene.json"), "{error}");
    drop(project);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);

    // A hostile project cannot have its lock, or its cache, somewhere else either.
    fs::remove_dir_all(root.join(".kinora")).unwrap();
    std::os::unix::fs::symlink(&outside, root.join(".kinora")).unwrap();
    let error = ProjectFolder::open(&root).unwrap_err();
    assert!(matches!(error, FilmError::Store(StoreError::Link { .. })), "{error}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}
