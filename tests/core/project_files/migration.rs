//! Projects in the mission's bare format, and the mixtures a save that was cut short leaves behind.

use super::sample::{picture, put};
use kinora_core::film::{AspectRatio, Film, OpenNote, ProjectFolder, VoiceSource};
use serde_json::json;
use std::{fs, path::Path};

/// A project as the mission document shows it.
fn bare_project(root: &Path, characters: &serde_json::Value) {
    put(root, "metadata.json", r#"{"title": "The Vampyre", "fps": 25, "studio": "Villa Diodati"}"#);
    put(
        root,
        "settings.json",
        r#"{"default_model": "veo", "default_aspect_ratio": "16:9", "enable_optical_flow": true,
            "default_voice": null, "scene_prompt_template": "..."}"#,
    );
    put(root, "characters.json", characters.to_string());
    for scene in ["scene_010", "scene_002"] {
        let text = json!({
            "scene_id": scene,
            "title": "Aubrey Arrives in London",
            "shots": [
                {
                    "shot_id": "shot_001", "prompt": "...", "model": "veo", "duration": 6,
                    "file_path": "shots/shot_001.mp4", "first_frame_path": "frames/shot_001_first.png",
                    "last_frame_path": "frames/shot_001_last.png", "continuity_source": null
                },
                {
                    "shot_id": "shot_002", "prompt": null, "model": "", "duration": 4.5, "file_path": "",
                    "first_frame_path": null, "last_frame_path": "", "continuity_source": "shot_001",
                    "note": "kept"
                },
                {
                    "shot_id": "shot_003", "prompt": "x", "duration": 2,
                    "file_path": format!("scenes/{scene}/shots\\shot_003.mp4"),
                    "continuity_source": "scene_002/shot_001"
                }
            ],
            "audio_tracks": {"voice": "audio/voice.wav", "music": "", "ambient": null}
        });
        put(root, &format!("scenes/{scene}/scene.json"), text.to_string());
    }
}

fn bare_characters() -> serde_json::Value {
    json!([{
        "character_id": "char_ruthven", "name": "Lord Ruthven", "portrait_paths": ["portraits/ruthven_01.png"],
        "voice_id": "elevenlabs_voice_id", "prompt_style_tokens": "pale, uncanny, aristocratic"
    }])
}

fn check_film(film: &Film) {
    assert_eq!(film.metadata.title, "The Vampyre");
    assert_eq!(film.metadata.rate.to_string(), "25");
    assert_eq!(film.metadata.extra["studio"], "Villa Diodati");
    assert_eq!(film.settings.default_model, "veo");
    assert_eq!(film.settings.default_aspect_ratio, AspectRatio::WIDE);
    assert_eq!(film.settings.default_voice, "draft:narrator");
    assert_eq!(film.characters[0].character_id.as_str(), "char_ruthven");
    assert_eq!(film.characters[0].voice_id, "elevenlabs_voice_id");
    let order: Vec<_> = film.scenes.iter().map(|scene| scene.scene_id.as_str()).collect();
    assert_eq!(order, ["scene_002", "scene_010"]);
    for scene in &film.scenes {
        let [first, second, third] = &scene.shots[..] else { panic!("three shots") };
        assert_eq!(first.chosen_take().unwrap().model, "veo");
        assert_eq!(first.duration, 6.0);
        assert_eq!((second.file_path.as_ref(), second.takes.len()), (None, 0));
        let source = second.continuity_source.as_ref().unwrap();
        assert_eq!((source.scene_id.clone(), source.shot_id.as_str()), (scene.scene_id.clone(), "shot_001"));
        assert_eq!(second.extra["note"], "kept");
        assert_eq!(third.file_path.as_ref().unwrap().as_str(), "shots/shot_003.mp4");
        assert_eq!(third.continuity_source.as_ref().unwrap().scene_id.as_str(), "scene_002");
        assert_eq!(scene.audio_tracks.voice.as_ref().unwrap().as_str(), "audio/voice.wav");
        assert_eq!((scene.audio_tracks.music.as_ref(), scene.voice_source), (None, VoiceSource::File));
    }
}

#[test]
fn the_missions_bare_format_opens_and_is_written_back_with_the_first_save() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    bare_project(root, &bare_characters());
    let before = picture(root);
    check_film(&ProjectFolder::read(root).unwrap());
    let (project, film) = ProjectFolder::open(root).unwrap();
    check_film(&film);
    assert_eq!(project.notes(), [OpenNote::Migrated { from: 0 }]);
    assert_eq!(picture(root), before, "opening alone changes nothing");

    let mut changed = film.clone();
    changed.scenes[1].title = "Changed".to_owned();
    project.save_changed(&film, &changed).unwrap();
    drop(project);
    for (file, bytes) in &before {
        assert_eq!(&fs::read(root.join(".kinora/backup/schema_0").join(file)).unwrap(), bytes, "{file}");
    }
    let (project, reopened) = ProjectFolder::open(root).unwrap();
    assert_eq!(reopened, changed);
    assert_eq!(project.notes(), []);
}

#[test]
fn characters_may_stand_in_a_list_a_map_or_an_object() {
    let list = bare_characters();
    let mut unnamed = list[0].clone();
    unnamed.as_object_mut().unwrap().shift_remove("character_id");
    for form in [
        list.clone(),
        json!({"characters": list}),
        json!({"char_ruthven": unnamed}),
        json!({"characters": {"char_ruthven": unnamed}}),
        list[0].clone(),
    ] {
        let folder = tempfile::tempdir().unwrap();
        bare_project(folder.path(), &form);
        check_film(&ProjectFolder::read(folder.path()).unwrap());
    }
}

#[test]
fn a_migration_that_was_cut_short_is_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    bare_project(root, &bare_characters());
    let before = picture(root);
    let (project, film) = ProjectFolder::open(root).unwrap();
    project.save_settings(&film.settings).unwrap();
    drop(project);
    // As if the process had died before metadata.json was written: everything but the version is new.
    put(root, "metadata.json", &before["metadata.json"]);
    put(root, "scenes/scene_002/scene.json", &before["scenes/scene_002/scene.json"]);
    let (project, again) = ProjectFolder::open(root).unwrap();
    assert_eq!(again, film);
    project.save_settings(&again.settings).unwrap();
    drop(project);
    assert_eq!(ProjectFolder::read(root).unwrap(), film);
    let backup = fs::read(root.join(".kinora/backup/schema_0/scenes/scene_010/scene.json")).unwrap();
    assert_eq!(backup, before["scenes/scene_010/scene.json"], "the first copy is the original");
}

#[test]
fn what_is_broken_in_an_old_project_is_still_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    bare_project(root, &bare_characters());
    let path = root.join("scenes/scene_002/scene.json");
    let text = fs::read_to_string(&path).unwrap().replace("4.5", "\"long\"");
    fs::write(&path, text).unwrap();
    let error = ProjectFolder::open(root).unwrap_err().to_string();
    assert!(error.contains("scenes/scene_002/scene.json: shots[1].duration (line 1, column "), "{error}");
}
