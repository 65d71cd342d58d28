//! Laws that hold for any edits: what is undone, laid out, saved and counted.

use crate::{
    commands::calls,
    films::{MemoryStore, answered, full_film, without_used_numbers},
};
use kinora::{
    commands::{HeadlessEditor, History},
    document::FilmRevision,
};
use kinora_core::{
    film::*,
    ids::{SceneId, ShotId, TakeId},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc, time::Instant};

fn film(editor: &HeadlessEditor) -> Film {
    without_used_numbers(editor.view().film().unwrap())
}

/// The rules of `kinora check` that need no files, and that every name a shot or line speaks of is there.
fn check_valid(film: &Film) {
    let mut problems = validate_metadata("metadata.json", &film.metadata);
    problems.extend(validate_settings("settings.json", &film.settings));
    problems.extend(validate_characters("characters.json", &film.characters));
    for scene in &film.scenes {
        problems.extend(validate_scene(scene.scene_id.as_str(), scene));
        for line in &scene.voice_lines {
            assert!(scene.shot(&line.shot_id).is_some(), "{} speaks at {}", line.line_id, line.shot_id);
        }
        for shot in &scene.shots {
            let source = shot.continuity_source.as_ref();
            let is_there = |from: &ContinuitySource| {
                film.scene(&from.scene_id).is_some_and(|scene| scene.shot(&from.shot_id).is_some())
            };
            assert!(source.is_none_or(is_there), "{}/{} continues nothing", scene.scene_id, shot.shot_id);
        }
    }
    assert_eq!(problems, []);
}

/// Each shot starts where the one before ends, and shows at least one frame.
fn check_layout(film: &Film) {
    let mut end = 0;
    for shot in film.scenes.iter().flat_map(|scene| &scene.shots) {
        let media = shot.chosen_take().and_then(|take| take.media.as_ref());
        let frames = film.metadata.rate.secs_to_frames(media.map_or(shot.duration, |media| media.duration_secs));
        let out_frame = shot.out_frame.unwrap_or(frames).min(frames);
        assert!(shot.in_frame < out_frame, "{} shows frames {} to {out_frame}", shot.shot_id, shot.in_frame);
        let start = end;
        end += out_frame - shot.in_frame;
        assert!(end > start);
    }
}

fn put_media(folder: &ProjectFolder, film: &Film) {
    for scene in &film.scenes {
        for take in scene.shots.iter().flat_map(|shot| &shot.takes) {
            let clip = take.file_path.under(&folder.scene_dir(&scene.scene_id));
            kinora_core::store::write_atomic(&clip, format!("{} {clip:?}", scene.scene_id).as_bytes()).unwrap();
        }
    }
}

/// A call of the table at another place, of another shot, in a scene of the film.
fn varied(which: usize, index: usize, number: usize) -> (&'static str, Value) {
    let (operator, mut params) = calls().swap_remove(which);
    let varied = [
        ("index", json!(index)),
        ("shot_id", json!(format!("shot_{number:03}"))),
        ("in_frame", json!(number * 17)),
        ("out_frame", json!(index * 23)),
    ];
    // `shot.set` takes any points and answers for none; trims are kept inside the take.
    let is_trim = operator == "shot.trim";
    for (field, value) in varied {
        if params.get(field).is_some() && (is_trim || !field.ends_with("_frame")) {
            params[field] = value;
        }
    }
    (operator, params)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any edits, saved now and then: the film stays valid and laid out, the files say what the world says, every take
    /// has its clip, revisions only rise, and all of it can be undone and done again.
    #[test]
    fn any_edits_keep_the_laws(
        picks in prop::collection::vec((0..calls().len(), 0_usize..5, 1_usize..6, any::<bool>(), 0_u64..3), 1..16),
    ) {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("film");
        let folder = Arc::new(ProjectFolder::create(&root, &full_film()).unwrap());
        put_media(&folder, &full_film());
        let mut editor = HeadlessEditor::new(&full_film(), folder);
        let before = film(&editor);
        let mut seen = revision(&mut editor);
        for (which, index, number, save, group) in picks {
            let (operator, params) = varied(which, index, number);
            let was = film(&editor);
            let outcome = editor.run_in_group(operator, params, Some(group).filter(|group| *group > 0));
            let (is, now) = (film(&editor), revision(&mut editor));
            if outcome.is_err() {
                prop_assert_eq!(&is, &was);
            }
            if is != was {
                prop_assert!(now.film() > seen.film());
            }
            for scene in &is.scenes {
                let same = was.scene(&scene.scene_id) == Some(scene);
                prop_assert!(same || now.scene(&scene.scene_id) > seen.scene(&scene.scene_id), "{operator}");
            }
            seen = now;
            check_valid(&is);
            check_layout(&is);
            if save {
                check_saved(&mut editor, &root);
            }
        }
        let after = film(&editor);
        while editor.run("history.undo", json!({})).is_ok() {}
        prop_assert_eq!(&film(&editor), &before);
        check_saved(&mut editor, &root);
        while editor.run("history.redo", json!({})).is_ok() {}
        prop_assert_eq!(&film(&editor), &after);
        check_saved(&mut editor, &root);
    }
}

fn revision(editor: &mut HeadlessEditor) -> FilmRevision {
    editor.app_mut().world().resource::<FilmRevision>().clone()
}

/// The files say what the world says, and every clip of the film as it was made is there.
fn check_saved(editor: &mut HeadlessEditor, root: &Path) {
    editor.save().unwrap();
    let film = editor.view().film().unwrap();
    assert_eq!(ProjectFolder::read(root).unwrap(), film);
    let layout = ProjectLayout::new(root);
    for scene in &film.scenes {
        for take in scene.shots.iter().flat_map(|shot| &shot.takes) {
            // The table's `take.add` and `film.import` speak of clips that nobody put there.
            let is_made = take.provider == "draft" && !scene.scene_id.as_str().ends_with("import");
            let clip = take.file_path.under(&layout.scene_dir(&scene.scene_id));
            let was_imported = scene.scene_id.number().is_some_and(|number| number > 3);
            assert!(!is_made || was_imported || clip.is_file(), "{} is lost", clip.display());
        }
    }
}

#[test]
fn a_shot_that_changes_scene_brings_its_media() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("film");
    let folder = Arc::new(ProjectFolder::create(&root, &full_film()).unwrap());
    put_media(&folder, &full_film());
    let mut editor = HeadlessEditor::new(&full_film(), Arc::clone(&folder));
    let before = film(&editor);
    // A run that was cut short left a clip under the name the shot would get.
    let taken = folder.shots_dir(&SceneId::numbered(3)).join("shot_005.mp4");
    kinora_core::store::write_atomic(&taken, b"other").unwrap();
    let params = json!({ "scene_id": "scene_001", "shot_id": "shot_001", "to_scene_id": "scene_003", "index": 0 });
    let answer = editor.run("shot.move", params).unwrap();
    let was = json!({ "scene_id": "scene_001", "shot_id": "shot_001" });
    assert_eq!(answer, json!({ "scene_id": "scene_003", "shot_id": "shot_006", "index": 0, "moved_from": was }));
    let after = film(&editor);
    let moved = &after.scenes[2].shots[0];
    assert_eq!(moved.file_path.as_ref().unwrap().as_str(), "shots/shot_006.mp4");
    assert_eq!(moved.takes[1].file_path.as_str(), "shots/shot_006_take_002.mp4");
    assert_eq!(moved.reference_first_frame_path.as_ref().unwrap().as_str(), "frames/shot_006_of_ref.png");
    assert_eq!(moved.reference_last_frame_path.as_ref().unwrap().as_str(), "frames/shot_006_of_end.png");
    let follower = after.scenes[0].shots[0].continuity_source.as_ref().unwrap();
    assert_eq!((follower.scene_id.as_str(), follower.shot_id.as_str()), ("scene_003", "shot_006"));
    assert_eq!(follower.take_id, Some(TakeId::numbered(1)));
    let clip = |scene: usize, name: &str| fs::read(folder.shots_dir(&SceneId::numbered(scene)).join(name)).unwrap();
    assert_eq!(clip(3, "shot_006.mp4"), clip(1, "shot_001.mp4"));
    assert_eq!(clip(3, "shot_005.mp4"), b"other", "nothing is written over");
    check_saved(&mut editor, &root);
    editor.run("history.undo", json!({})).unwrap();
    assert_eq!(film(&editor), before);
    check_saved(&mut editor, &root);
}

#[test]
fn lines_move_with_their_shot_and_a_full_disk_changes_nothing() {
    let store = MemoryStore::default();
    let mut editor = HeadlessEditor::new(&full_film(), store.clone());
    let params = json!({ "scene_id": "scene_001", "shot_id": "shot_002", "to_scene_id": "scene_002", "index": 4 });
    let before = film(&editor);
    *store.refuse.lock().unwrap() = true;
    let error = editor.run("shot.move", params.clone()).unwrap_err();
    assert_eq!((error.to_string().as_str(), &film(&editor)), ("the disk is full", &before));
    *store.refuse.lock().unwrap() = false;
    let shot_id = answered(&editor.run("shot.move", params).unwrap(), "shot_id");
    let after = film(&editor);
    assert!(after.scenes[0].voice_lines.is_empty());
    let line = &after.scenes[1].voice_lines[1];
    assert_eq!(
        (line.line_id.as_str(), line.shot_id.as_str()),
        ("line_003", shot_id.as_str()),
        "a number is never given twice"
    );
    assert_eq!(line.file_path.as_ref().unwrap().as_str(), "audio/line_003.wav");
    let brought = store.brought.lock().unwrap();
    assert!(brought.iter().any(|file| file.to.as_str() == "audio/line_003.wav"), "{brought:?}");
    drop(brought);
    // The scene that gained the shot is written before the one that lost it.
    editor.save().unwrap();
    let saves = store.saves.lock().unwrap();
    let order: Vec<_> = saves.last().unwrap().scenes.iter().map(|scene| scene.scene_id.to_string()).collect();
    assert_eq!(order, ["scene_002", "scene_001"]);
}

#[test]
fn a_trim_stays_inside_its_take() {
    // The take has 4.5 s, 113 frames at 25; the shot uses 3..90 of them.
    let check = |params: Value, expected: (u64, Option<u64>)| {
        let mut editor = HeadlessEditor::new(&full_film(), MemoryStore::default());
        let mut all = json!({ "scene_id": "scene_001", "shot_id": "shot_001" });
        all.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        editor.run("shot.trim", all).unwrap();
        let shot = &film(&editor).scenes[0].shots[0];
        assert_eq!((shot.in_frame, shot.out_frame), expected, "{params}");
    };
    check(json!({ "in_frame": 10 }), (10, Some(90)));
    check(json!({ "in_frame": -5 }), (0, Some(90)));
    check(json!({ "in_frame": 500 }), (89, Some(90)));
    check(json!({ "out_frame": 100 }), (3, Some(100)));
    check(json!({ "out_frame": 113 }), (3, None));
    check(json!({ "out_frame": 9_999 }), (3, None));
    check(json!({ "out_frame": null }), (3, None));
    check(json!({ "out_frame": 0 }), (3, Some(4)));
    check(json!({ "in_frame": 500, "out_frame": 500 }), (112, None));
    check(json!({ "in_frame": 50, "out_frame": 20 }), (50, Some(51)));
    check(json!({}), (3, Some(90)));
}

#[test]
fn a_drag_that_something_else_interrupts_is_two_steps() {
    let mut editor = HeadlessEditor::new(&full_film(), MemoryStore::default());
    let states: Vec<_> = [
        ("shot.trim", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "in_frame": 5 }), Some(7)),
        ("shot.trim", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "in_frame": 6 }), Some(7)),
        ("scene.set", json!({ "scene_id": "scene_001", "title": "T" }), None),
        ("shot.trim", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "in_frame": 7 }), Some(7)),
        ("shot.move", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "index": 2 }), Some(7)),
    ]
    .into_iter()
    .map(|(operator, params, group)| {
        editor.run_in_group(operator, params, group).unwrap();
        film(&editor)
    })
    .collect();
    let labels = |editor: &mut HeadlessEditor| {
        let history = editor.app_mut().world().resource::<History>();
        let owned = |label: &str| label.to_owned();
        (history.undo_labels().map(owned).collect::<Vec<_>>(), history.redo_labels().map(owned).collect::<Vec<_>>())
    };
    assert_eq!(labels(&mut editor).0, ["Trim shot", "Change scene", "Trim shot"]);
    for expected in [&states[2], &states[1], &full_film()] {
        editor.run("history.undo", json!({})).unwrap();
        assert_eq!(&film(&editor), expected);
    }
    assert_eq!(labels(&mut editor), (vec![], ["Trim shot", "Change scene", "Trim shot"].map(str::to_owned).to_vec()));
    for expected in [&states[1], &states[2], &states[4]] {
        editor.run("history.redo", json!({})).unwrap();
        assert_eq!(&film(&editor), expected);
    }
}

#[test]
fn only_the_scene_that_changed_has_a_new_revision() {
    let mut editor = HeadlessEditor::new(&full_film(), MemoryStore::default());
    let (one, two) = (SceneId::numbered(1), SceneId::numbered(2));
    let before = revision(&mut editor);
    editor.run("shot.set", json!({ "scene_id": "scene_002", "shot_id": "shot_001", "prompt": "x" })).unwrap();
    let after = revision(&mut editor);
    assert_eq!((after.scene(&one), after.metadata()), (before.scene(&one), before.metadata()));
    assert!(after.scene(&two) > before.scene(&two) && after.film() > before.film());
    editor.run("shot.set", json!({ "scene_id": "scene_002", "shot_id": "shot_001", "prompt": "x" })).unwrap();
    assert_eq!(revision(&mut editor), after, "nothing changed");
    editor.run("history.undo", json!({})).unwrap();
    let undone = revision(&mut editor);
    assert!(undone.scene(&two) > after.scene(&two));
    kinora::document::spawn_film(editor.app_mut().world_mut(), &full_film());
    let reopened = revision(&mut editor);
    assert!(reopened.scene(&one) > undone.film() && reopened.settings() > undone.settings());
}

#[test]
#[ignore = "a measurement: cargo test --release --test editor operator_times -- --ignored --nocapture"]
fn operator_times() {
    let mut big = Film::default();
    for number in 1..=100 {
        let mut scene = FilmScene::new(SceneId::numbered(number), "");
        let template = &full_film().scenes[0].shots[1];
        scene.shots = (1..=100).map(|shot| Shot { shot_id: ShotId::numbered(shot), ..template.clone() }).collect();
        for (index, shot) in scene.shots.iter_mut().enumerate() {
            let source = shot.continuity_source.as_mut().unwrap();
            (source.scene_id, source.shot_id) = (scene.scene_id.clone(), ShotId::numbered(index.max(1)));
            shot.continuity_source.take_if(|_| index == 0);
        }
        big.metadata.scene_order.push(scene.scene_id.clone());
        big.scenes.push(scene);
    }
    big.characters = full_film().characters;
    let mut editor = HeadlessEditor::new(&big, MemoryStore::default());
    let at =
        |scene: usize, shot: usize| json!({ "scene_id": SceneId::numbered(scene), "shot_id": ShotId::numbered(shot) });
    let mut measure = |operator: &str, params: &dyn Fn(usize) -> Value| {
        let mut times_us: Vec<_> = (1..=40)
            .map(|round| {
                let mut all = at(round + 10, round + 20);
                all.as_object_mut().unwrap().extend(params(round).as_object().unwrap().clone());
                let start = Instant::now();
                editor.run(operator, all).unwrap();
                start.elapsed().as_micros()
            })
            .collect();
        times_us.sort_unstable();
        println!("{operator:16} median {} us, slowest {} us", times_us[20], times_us[39]);
    };
    measure("shot.set", &|round| json!({ "prompt": format!("p {round}") }));
    measure("shot.set", &|_| json!({ "continue_from": true, "duration": 2 }));
    measure("shot.trim", &|round| json!({ "in_frame": round }));
    measure("shot.move", &|_| json!({ "index": 50 }));
    measure("shot.move", &|round| json!({ "index": 5, "to_scene_id": SceneId::numbered(round) }));
    measure("shot.duplicate", &|_| json!({ "shot_id": "shot_005" }));
    measure("shot.remove", &|_| json!({ "shot_id": "shot_006" }));
}
