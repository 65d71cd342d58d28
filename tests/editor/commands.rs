//! The one door for change, and the way back.

use crate::films::{MemoryStore, answered, full_film, without_used_numbers};
use kinora::{
    commands::{AddOperator, Availability, HeadlessEditor, Operator, OperatorError, OperatorRegistry, Plan},
    document::FilmView,
};
use kinora_core::{
    film::Film,
    ids::{SceneId, ShotId},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn editor() -> HeadlessEditor {
    HeadlessEditor::new(&full_film(), MemoryStore::default())
}

fn film(editor: &HeadlessEditor) -> Film {
    without_used_numbers(editor.view().film().unwrap())
}

const TAKE: &str = r#"{ "take_id": "take_003", "file_path": "shots/shot_001_take_003.mp4", "provider": "file" }"#;

/// One call of every operator that changes the film.
pub(crate) fn calls() -> Vec<(&'static str, Value)> {
    let take: Value = serde_json::from_str(TAKE).unwrap();
    vec![
        ("scene.add", json!({ "title": "New", "prompt": "rain", "index": 1 })),
        ("scene.remove", json!({ "scene_id": "scene_002" })),
        ("scene.move", json!({ "scene_id": "scene_003", "index": 0 })),
        (
            "scene.set",
            json!({ "scene_id": "scene_001", "title": "Other", "prompt": null, "voice_source": "lines",
            "prompt_template": "{prompt}", "music_prompt": "strings" }),
        ),
        ("shot.add", json!({ "scene_id": "scene_001", "prompt": "p", "index": 2, "continue_from": true })),
        ("shot.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_001" })),
        ("shot.remove", json!({ "scene_id": "scene_003", "shot_id": "shot_002" })),
        ("shot.move", json!({ "scene_id": "scene_001", "shot_id": "shot_004", "index": 1 })),
        (
            "shot.set",
            json!({ "scene_id": "scene_001", "shot_id": "shot_003", "duration": 2, "seed": null, "fit": null,
            "character_ids": [], "continue_from": { "scene_id": "scene_002", "shot_id": "shot_004" } }),
        ),
        (
            "shot.move",
            json!({ "scene_id": "scene_001", "shot_id": "shot_002", "to_scene_id": "scene_003", "index": 1 }),
        ),
        ("shot.duplicate", json!({ "scene_id": "scene_001", "shot_id": "shot_002" })),
        ("shot.duplicate", json!({ "scene_id": "scene_002", "shot_id": "shot_002", "to_scene_id": "scene_001" })),
        ("shot.split", json!({ "scene_id": "scene_002", "shot_id": "shot_002", "frame": 30 })),
        ("shot.trim", json!({ "scene_id": "scene_002", "shot_id": "shot_003", "in_frame": 20, "out_frame": 50 })),
        (
            "shot.set_many",
            json!({ "shots": [{ "scene_id": "scene_001", "shot_id": "shot_003" },
                { "scene_id": "scene_002", "shot_id": "shot_004" }], "model": "x:y", "continue_from": true }),
        ),
        ("scene.duplicate", json!({ "scene_id": "scene_001" })),
        ("take.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_002" })),
        (
            "take.remove",
            json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_001", "choose_take_id": "take_002" }),
        ),
        ("take.pin", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_002" })),
        ("character.add_portrait", json!({ "character_id": "char_aubrey", "portrait_path": "portraits/two.png" })),
        ("character.remove_portrait", json!({ "character_id": "char_aubrey", "portrait_path": "portraits/one.png" })),
        ("take.add", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take": take })),
        ("take.to_shot", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_002", "index": 0 })),
        (
            "take.to_shot",
            json!({ "scene_id": "scene_002", "shot_id": "shot_002", "take_id": "take_001", "to_scene_id": "scene_003" }),
        ),
        ("take.choose", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_002" })),
        ("character.add", json!({ "name": "Ianthe", "voice_id": "draft:soprano" })),
        (
            "character.set",
            json!({ "character_id": "char_aubrey", "portrait_paths": [], "prompt_style_tokens": "young" }),
        ),
        ("character.remove", json!({ "character_id": "char_ruthven" })),
        (
            "line.add",
            json!({ "scene_id": "scene_002", "shot_id": "shot_001", "text": "Remember your oath.", "index": 0 }),
        ),
        ("line.set", json!({ "scene_id": "scene_002", "line_id": "line_001", "text": "!", "character_id": null })),
        ("line.remove", json!({ "scene_id": "scene_002", "line_id": "line_001" })),
        (
            "lane.set",
            json!({ "scene_id": "scene_001", "lane": "voice", "file_path": null, "gain_db": 1.5, "loop": false }),
        ),
        ("settings.set", json!({ "default_model": "x:y", "enable_optical_flow": false })),
        ("film.set", json!({ "title": "T", "rate": "24000/1001", "size": { "width": 640, "height": 360 } })),
        (
            "film.import",
            json!({ "title": "ignored", "characters": full_film().characters, "scenes": full_film().scenes }),
        ),
    ]
}

#[test]
fn the_inverse_of_every_operator_restores_the_film_exactly() {
    for (operator, params) in calls() {
        let mut editor = editor();
        let before = film(&editor);
        editor.run(operator, params.clone()).unwrap_or_else(|error| panic!("{operator} {params}: {error}"));
        let after = film(&editor);
        assert_ne!(before, after, "{operator} changed nothing");
        editor.run("history.undo", json!({})).unwrap();
        assert_eq!(film(&editor), before, "{operator} was not taken back");
        editor.run("history.redo", json!({})).unwrap();
        assert_eq!(film(&editor), after, "{operator} was not done again");
    }
}

#[test]
fn every_built_in_operator_is_called_by_the_test_above() {
    let mut editor = editor();
    let called: Vec<_> = calls().into_iter().map(|(operator, _)| operator).collect();
    for operator in editor.app_mut().world().resource::<OperatorRegistry>().iter() {
        let id = operator.id();
        assert!(called.contains(&id) || id.starts_with("history."), "{id} is not tested");
        assert!(!operator.label().is_empty() && operator.description().ends_with('.'), "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Any sequence: undo all is the film before, redo all the film after; and the film is what a fresh world makes
    /// of its own files.
    #[test]
    fn undoing_everything_restores_the_film(picks in prop::collection::vec((0..calls().len(), 0_usize..5, 1_usize..6), 1..25)) {
        let mut editor = editor();
        let before = film(&editor);
        let mut steps = 0;
        for (which, index, number) in picks {
            let (operator, mut params) = calls().swap_remove(which);
            // Other places and other shots than in the table; those that do not exist are refused and change nothing.
            for (field, value) in [("index", json!(index)), ("shot_id", json!(format!("shot_{number:03}")))] {
                if params.get(field).is_some() {
                    params[field] = value;
                }
            }
            let was = film(&editor);
            match editor.run(operator, params) {
                Ok(_) => steps += usize::from(film(&editor) != was),
                Err(_) => prop_assert_eq!(&film(&editor), &was),
            }
        }
        let after = film(&editor);
        while editor.run("history.undo", json!({})).is_ok() {}
        prop_assert_eq!(&film(&editor), &before);
        let mut redone = 0;
        while editor.run("history.redo", json!({})).is_ok() { redone += 1; }
        prop_assert_eq!(&film(&editor), &after);
        prop_assert_eq!(redone, steps);
        let saved = editor.view().film().unwrap();
        prop_assert_eq!(HeadlessEditor::new(&saved, MemoryStore::default()).view().film().unwrap(), saved);
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let check = |operator: &str, params: Value, expected: &str| {
        let mut editor = editor();
        let before = film(&editor);
        let error = editor.run(operator, params.clone()).expect_err(&format!("{operator} {params}")).to_string();
        assert!(error.contains(expected), "{operator} {params}: {error}");
        assert_eq!(film(&editor), before);
    };
    check("shot.fly", json!({}), "no operator shot.fly");
    check("scene.remove", json!({ "scene_id": "scene_009" }), "no scene scene_009");
    check("scene.remove", json!({ "scene": "scene_001" }), "does not take these parameters");
    check("scene.remove", json!({ "scene_id": "../etc" }), "not a valid scene id");
    check("scene.move", json!({ "scene_id": "scene_001", "index": 3 }), "past the end: there are 3");
    check("shot.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_099" }), "scene_001 has no shot shot_099");
    check("shot.add", json!({ "scene_id": "scene_001", "prompt": 5 }), "prompt: invalid type");
    check("shot.add", json!({ "scene_id": "scene_001", "promt": "" }), "promt: there is no such field");
    check("shot.add", json!({ "scene_id": "scene_001", "takes": [] }), "takes: there is no such field");
    check("shot.add", json!({ "scene_id": "scene_001", "character_ids": ["char_x"] }), "no character char_x");
    check("shot.add", json!({ "scene_id": "scene_001", "index": 0, "continue_from": true }), "no shot before this one");
    check(
        "shot.set",
        json!({ "scene_id": "scene_001", "shot_id": "shot_001", "continue_from": { "shot_id": "shot_002" } }),
        "would continue itself",
    );
    check(
        "shot.set_many",
        json!({ "shots": [{ "scene_id": "scene_001", "shot_id": "shot_003" },
            { "scene_id": "scene_001", "shot_id": "shot_099" }], "duration": 2 }),
        "no shot shot_099",
    );
    check(
        "take.remove",
        json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_001" }),
        "the take that plays",
    );
    check("take.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_004", "take_id": "take_002" }), "is pinned");
    check(
        "shot.move",
        json!({ "scene_id": "scene_001", "shot_id": "shot_004", "to_scene_id": "scene_002", "index": 9 }),
        "past the end: there are 4",
    );
    check(
        "character.remove_portrait",
        json!({ "character_id": "char_aubrey", "portrait_path": "portraits/none.png" }),
        "has no portrait",
    );
    check("take.choose", json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_9" }), "no take");
    check("character.add", json!({ "name": " " }), "needs a name");
    check("character.add", json!({ "name": "X", "character_id": "char_aubrey" }), "char_aubrey already exists");
    check("line.add", json!({ "scene_id": "scene_001", "shot_id": "shot_077", "text": "?" }), "no shot shot_077");
    check("settings.set", json!({ "colour": "red" }), "colour: there is no such field");
    check("history.redo", json!({}), "nothing to redo");
    check("history.undo", json!({}), "nothing to undo");
}

#[test]
fn a_drag_is_undone_as_one() {
    let mut editor = editor();
    let before = film(&editor);
    let drag = |gain_db: f64| json!({ "scene_id": "scene_001", "shot_id": "shot_001", "gain_db": gain_db });
    for (gain_db, group) in [(1.0, 7), (2.0, 7), (3.0, 7), (4.0, 8), (5.0, 8)] {
        editor.run_in_group("shot.set", drag(gain_db), Some(group)).unwrap();
    }
    editor.run("history.undo", json!({})).unwrap();
    assert_eq!(film(&editor).scenes[0].shots[0].gain_db, 3.0);
    editor.run("history.undo", json!({})).unwrap();
    assert_eq!(film(&editor), before);
    editor.run("history.redo", json!({})).unwrap();
    assert_eq!(film(&editor).scenes[0].shots[0].gain_db, 3.0);
    editor.run("shot.set", drag(9.0)).unwrap();
    assert!(editor.run("history.redo", json!({})).is_err(), "a new change ends what could be done again");
}

#[test]
fn an_id_is_never_given_twice() {
    let mut editor = editor();
    let last = json!({ "scene_id": "scene_001", "shot_id": "shot_004" });
    let add = json!({ "scene_id": "scene_001", "prompt": "p" });
    editor.run("shot.remove", last).unwrap();
    assert_eq!(answered(&editor.run("shot.add", add.clone()).unwrap(), "shot_id"), "shot_005");
    editor.run("history.undo", json!({})).unwrap();
    editor.run("scene.remove", json!({ "scene_id": "scene_003" })).unwrap();
    // Also after the project was closed.
    let mut editor = HeadlessEditor::new(&editor.view().film().unwrap(), MemoryStore::default());
    assert_eq!(answered(&editor.run("shot.add", add).unwrap(), "shot_id"), "shot_006");
    assert_eq!(answered(&editor.run("scene.add", json!({})).unwrap(), "scene_id"), "scene_004");
    let names = ["Lord Ruthven", "Lord Ruthven", "Ж"]
        .map(|name| answered(&editor.run("character.add", json!({ "name": name })).unwrap(), "character_id"));
    assert_eq!(names, ["char_lord_ruthven", "char_lord_ruthven_2", "char_001"]);
}

#[test]
fn what_is_removed_is_spoken_of_no_more() {
    let mut editor = editor();
    editor.run("shot.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_001" })).unwrap();
    editor.run("shot.remove", json!({ "scene_id": "scene_002", "shot_id": "shot_002" })).unwrap();
    editor.run("character.remove", json!({ "character_id": "char_aubrey" })).unwrap();
    let film = film(&editor);
    assert_eq!(film.scenes[0].shots[0].continuity_source, None);
    assert!(film.scenes[1].voice_lines.is_empty());
    assert_eq!(film.scenes[2].voice_lines[0].character_id, None);
    assert!(film.scenes.iter().flat_map(|scene| &scene.shots).all(|shot| shot.character_ids.len() == 1));
}

#[test]
fn an_import_gets_new_scene_ids_and_keeps_known_characters() {
    let mut editor = editor();
    let params = json!({ "characters": full_film().characters, "scenes": full_film().scenes });
    let answer = editor.run("film.import", params).unwrap();
    assert_eq!(answer["scene_ids"], json!(["scene_004", "scene_005", "scene_006"]));
    assert_eq!(answer["character_ids"], json!([]));
    let film = film(&editor);
    let source = film.scenes[4].shots[1].continuity_source.as_ref().unwrap();
    assert_eq!(source.scene_id.as_str(), "scene_005");
    assert_eq!(film.metadata.scene_order.len(), 6);
}

struct Shout;

impl Operator for Shout {
    type Params = ();
    const ID: &'static str = "example.shout";
    const LABEL: &'static str = "Shout";
    const DESCRIPTION: &'static str = "Sets the title in capitals.";

    fn availability(&self, film: FilmView<'_>) -> Availability {
        match film.metadata() {
            Ok(metadata) if metadata.title.chars().any(char::is_lowercase) => Availability::Available,
            _ => Availability::Unavailable("the title is loud already".to_owned()),
        }
    }

    fn plan(&self, film: FilmView<'_>, (): ()) -> Result<Plan, OperatorError> {
        let title = film.metadata()?.title.to_uppercase();
        let fact = kinora::document::FilmFact::Title(title);
        Ok(Plan::new(vec![kinora::commands::Edit::SetFilm { fact }], Value::Null))
    }
}

#[test]
fn a_plugin_adds_operators_by_the_same_door() {
    let mut editor = editor();
    editor.app_mut().add_operator(Shout);
    editor.run("example.shout", Value::Null).unwrap();
    assert_eq!(film(&editor).metadata.title, "THE VAMPYRE");
    let error = editor.run("example.shout", Value::Null).unwrap_err();
    assert_eq!(error.to_string(), "example.shout cannot run: the title is loud already");
    editor.run("history.undo", json!({})).unwrap();
    assert_eq!(film(&editor).metadata.title, "The Vampyre");
}

/// What a film shows, frame by frame: the clip and the frame of it.
fn shown(film: &Film) -> Vec<(String, u64)> {
    let mut shown = Vec::new();
    for (scene, shot) in film.scenes.iter().flat_map(|scene| scene.shots.iter().map(move |shot| (scene, shot))) {
        let take = shot.chosen_take().unwrap();
        let frames = film.metadata.rate.secs_to_frames(take.media.as_ref().unwrap().duration_secs);
        let end = shot.out_frame.unwrap_or(frames).min(frames);
        // A part keeps its own copy of the take's name; the take number tells which clip it is.
        let clip = |frame| (format!("{} {}", scene.scene_id, take.take_id), frame);
        shown.extend((shot.in_frame..end).map(clip));
    }
    shown
}

#[test]
fn a_split_shot_looks_as_before() {
    let split = |frame: u64| json!({ "scene_id": "scene_001", "shot_id": "shot_002", "frame": frame });
    for frame in [1, 12, 13, 50, 86] {
        let mut editor = editor();
        let before = film(&editor);
        let answer = editor.run("shot.split", split(frame)).unwrap();
        let after = film(&editor);
        assert_eq!(shown(&after), shown(&before), "split at {frame}");
        let scene = &after.scenes[0];
        let (first, second) = (&scene.shots[1], &scene.shots[2]);
        assert_eq!(answer["shot_id"], json!(second.shot_id));
        assert_eq!(
            (first.in_frame, first.out_frame, second.in_frame, second.out_frame),
            (3, Some(3 + frame), 3 + frame, Some(90))
        );
        assert_eq!((&first.reference_last_frame_path, &second.reference_first_frame_path), (&None, &None));
        let end = second.reference_last_frame_path.as_ref().unwrap().file_name();
        assert_eq!(end, format!("{}_of_end.png", second.shot_id));
        // The line begins half a second into the shot: it is heard where it was.
        let line = &scene.voice_lines[0];
        let at = scene.shots.iter().position(|shot| shot.shot_id == line.shot_id).unwrap();
        let part_secs = if at == 1 { 0.0 } else { after.metadata.rate.frames_to_secs(frame) };
        assert!((part_secs + line.offset_secs - 0.5).abs() < 1e-9, "split at {frame}: {line:?}");
        assert_eq!(at, if frame <= 12 { 2 } else { 1 }, "split at {frame}");
        assert_eq!(scene.voice_lines.len(), before.scenes[0].voice_lines.len());
        editor.run("history.undo", json!({})).unwrap();
        assert_eq!(film(&editor), before);
    }
    for frame in [0, 87, 1000] {
        let error = editor().run("shot.split", split(frame)).unwrap_err().to_string();
        assert!(error.contains("shows 87 frames"), "{error}");
    }
}

#[test]
fn what_continues_the_end_of_a_split_shot_continues_its_second_part() {
    let mut editor = editor();
    let continues = |editor: &HeadlessEditor| {
        let film = film(editor);
        let source = film.scenes[0].shots.iter().find(|shot| shot.shot_id.as_str() == "shot_004").unwrap();
        source.continuity_source.as_ref().unwrap().shot_id.to_string()
    };
    let from = json!({ "shot_id": "shot_003" });
    editor.run("shot.set", json!({ "scene_id": "scene_001", "shot_id": "shot_004", "continue_from": from })).unwrap();
    assert_eq!(continues(&editor), "shot_003");
    let params = json!({ "scene_id": "scene_001", "shot_id": "shot_003", "frame": 20 });
    let second = answered(&editor.run("shot.split", params).unwrap(), "shot_id");
    assert_eq!(continues(&editor), second);
}

#[test]
fn a_take_becomes_a_shot_of_its_own() {
    let mut editor = editor();
    let before = film(&editor);
    let params = json!({ "scene_id": "scene_001", "shot_id": "shot_002", "take_id": "take_002", "index": 0 });
    let shot_id = answered(&editor.run("take.to_shot", params).unwrap(), "shot_id");
    let after = film(&editor);
    let (shot, old) = (&after.scenes[0].shots[0], &before.scenes[0].shots[1]);
    assert_eq!(
        (shot.shot_id.as_str(), &shot.prompt, &shot.character_ids),
        (&*shot_id, &old.prompt, &old.character_ids)
    );
    let clip = format!("shots/{shot_id}_take_002.mp4");
    let [take] = &shot.takes[..] else { panic!("{:?}", shot.takes) };
    assert_eq!((take.file_path.as_str(), shot.file_path.as_ref()), (clip.as_str(), Some(&take.file_path)));
    assert_eq!(shot.last_frame_path.as_ref().unwrap().as_str(), format!("frames/{shot_id}_take_002_last.png"));
    // It is another clip than the one that was trimmed, and continues nothing.
    assert_eq!((shot.in_frame, shot.out_frame, &shot.continuity_source), (0, None, &None));
    assert_eq!((&shot.reference_first_frame_path, &shot.reference_last_frame_path), (&None, &None));
    assert_eq!(&after.scenes[0].shots[2], old, "the take stays with its shot");
    assert_eq!(after.scenes[0].voice_lines, before.scenes[0].voice_lines);
    // The take that plays keeps its points.
    let params = json!({ "scene_id": "scene_001", "shot_id": "shot_003", "take_id": "take_001",
        "to_scene_id": "scene_002" });
    editor.run("take.to_shot", params).unwrap();
    let last = film(&editor).scenes[1].shots.last().cloned().unwrap();
    assert_eq!((last.in_frame, last.out_frame), (3, Some(90)));
    for _ in 0..2 {
        editor.run("history.undo", json!({})).unwrap();
    }
    assert_eq!(film(&editor), before);
    let gone = json!({ "scene_id": "scene_001", "shot_id": "shot_002", "take_id": "take_009" });
    let error = editor.run("take.to_shot", gone).unwrap_err().to_string();
    assert!(error.contains("take_009"), "{error}");
}

#[test]
fn a_shot_is_found_under_every_name_it_had() {
    let mut editor = editor();
    let name = |scene: &str, shot: &str| (SceneId::new(scene).unwrap(), ShotId::new(shot).unwrap());
    let moved = |editor: &mut HeadlessEditor, from: &(SceneId, ShotId), to: &str| {
        let params = json!({ "scene_id": from.0, "shot_id": from.1, "to_scene_id": to, "index": 0 });
        let answer = editor.run("shot.move", params).unwrap();
        name(to, &answered(&answer, "shot_id"))
    };
    let now = |editor: &HeadlessEditor, name: &(SceneId, ShotId)| editor.view().shot_now(&name.0, &name.1);
    let first = name("scene_001", "shot_002");
    let second = moved(&mut editor, &first, "scene_002");
    let third = moved(&mut editor, &second, "scene_003");
    let names = [&first, &second, &third];
    let check = |editor: &HeadlessEditor, expected: Option<&(SceneId, ShotId)>| {
        for name in names {
            assert_eq!(now(editor, name).as_ref(), expected);
        }
    };
    check(&editor, Some(&third));
    editor.run("history.undo", json!({})).unwrap();
    check(&editor, Some(&second));
    editor.run("history.undo", json!({})).unwrap();
    check(&editor, Some(&first));
    editor.run("history.redo", json!({})).unwrap();
    check(&editor, Some(&second));
    editor.run("shot.remove", json!({ "scene_id": second.0, "shot_id": second.1 })).unwrap();
    check(&editor, None);
}
