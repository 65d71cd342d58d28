//! Broken and hostile projects: an error that names file and place, and no byte changed.

use super::sample::{edit, film, picture, put, remove};
use kinora_core::film::{CheckOptions, ProjectFolder, check as check_project, limits};
use serde_json::{Value, json};
use std::{fs, path::Path};

const SCENE: &str = "scenes/scene_001/scene.json";

/// Breaks a sound project and expects that reading, opening and checking it all say each of `expected` about it.
fn check(breakage: &dyn Fn(&Path), expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("film");
    drop(ProjectFolder::create(&root, &film(2, 3)).unwrap());
    breakage(&root);
    let before = picture(&root);
    let read = ProjectFolder::read(&root).unwrap_err().to_string();
    let opened = ProjectFolder::open(&root).unwrap_err().to_string();
    let report = check_project(&root, CheckOptions { verify_hashes: true });
    let listed: Vec<_> = report.errors().iter().map(ToString::to_string).collect();
    for part in expected {
        assert!(read.contains(part), "reading said {read:?}, not {part:?}");
        assert!(opened.contains(part), "opening said {opened:?}, not {part:?}");
        assert!(listed.iter().any(|problem| problem.contains(part)), "the check said {listed:#?}, not {part:?}");
    }
    assert!(read.len() < 4000, "a message of {} letters", read.len());
    assert_eq!(picture(&root), before, "bytes on the disk changed: {expected:?}");
}

fn check_edit(file: &str, pointer: &str, value: &Value, expected: &[&str]) {
    check(&|root| edit(root, file, pointer, value.clone()), expected);
}

#[test]
fn text_that_is_no_json() {
    for (text, place) in [
        ("", "line 1, column 0"),
        ("{", "line 1, column 1"),
        ("{\n  \"scene_id\": \"scene_001\",\n  \"shots\": [}\n", "line 3, column 13"),
        ("{\"scene_id\": \"scene_001\"} x", "line 1, column 27"),
        ("{\"scene_id\": \"scene_001\", \"x\": NaN}", "line 1, column"),
        ("not json", "line 1, column 2"),
    ] {
        check(&|root| put(root, SCENE, text), &[SCENE, place, "not valid JSON"]);
    }
    check(&|root| put(root, SCENE, b"{\"scene_id\": \"\xff\xfe\"}"), &[SCENE, "line 1", "not valid JSON"]);
    check(&|root| put(root, "metadata.json", "{\"title\": "), &["metadata.json", "not valid JSON"]);
    // A byte order mark is no error, and does not move the place of one.
    check(&|root| put(root, SCENE, "\u{feff}{\"scene_id\":\n 5}"), &["scene_id (line 2, column 2)"]);
    check(&|root| put(root, "settings.json", "[1, 2"), &["settings.json", "not valid JSON"]);
    check(&|root| put(root, "characters.json", "[{]"), &["characters.json", "not valid JSON"]);
}

#[test]
fn nesting_numbers_and_sizes_without_end() {
    let nested = |depth: usize| format!("{{\"x\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
    check(&|root| put(root, SCENE, nested(100_000)), &[SCENE, "nested", "line 1, column"]);
    check(&|root| put(root, "metadata.json", nested(200)), &["metadata.json", "nested"]);
    check(&|root| put(root, SCENE, vec![b' '; 33 * 1024 * 1024]), &[SCENE, "bytes"]);
    check(&|root| put(root, SCENE, format!("[{}0]", "0,".repeat(3_000_000))), &[SCENE, "values"]);
    check(&|root| put(root, SCENE, r#"{"scene_id": "scene_001", "x": 1e999}"#), &[SCENE, "line 1"]);
}

#[test]
fn wrong_types_and_missing_members() {
    for (pointer, value, place) in [
        ("/scene_id", json!(5), "scene_id (line"),
        ("/title", json!(["a"]), "title (line"),
        ("/shots", json!({}), "shots (line"),
        ("/shots/1", json!("shot"), "shots[1] (line"),
        ("/shots/1/duration", json!("six"), "shots[1].duration (line"),
        ("/shots/1/duration", Value::Null, "shots[1].duration (line"),
        ("/shots/1/prompt", json!(1), "shots[1].prompt (line"),
        ("/shots/1/seed", json!(-1), "shots[1].seed (line"),
        ("/shots/1/in_frame", json!(1.5), "shots[1].in_frame (line"),
        ("/shots/1/smooth", json!("perhaps"), "shots[1].smooth (line"),
        ("/shots/1/aspect_ratio", json!("16x9"), "shots[1].aspect_ratio (line"),
        ("/shots/1/continuity_source", json!("shot_001"), "shots[1].continuity_source (line"),
        ("/shots/2/takes/0/take_id", json!(""), "shots[2].takes[0].take_id (line"),
        ("/shots/2/takes/0/media/rate", json!("0"), "shots[2].takes[0].media.rate (line"),
        ("/shots/2/character_ids/0", json!("a/b"), "shots[2].character_ids[0] (line"),
        ("/audio_tracks", json!("voice.wav"), "audio_tracks (line"),
        ("/audio_mix/music/mute", json!("yes"), "audio_mix.music.mute (line"),
        ("/voice_lines/0/text", Value::Null, "voice_lines[0].text (line"),
        ("/voice_source", json!(3), "voice_source (line"),
    ] {
        check_edit(SCENE, pointer, &value, &[SCENE, place]);
    }
    check(&|root| put(root, SCENE, "[]"), &[SCENE, "invalid type"]);
    check(&|root| put(root, "characters.json", "{}"), &["characters.json", "a list of at most"]);
    check(&|root| remove(root, SCENE, "/shots/1/shot_id"), &[SCENE, "shots[1] (line", "missing field `shot_id`"]);
    check(&|root| remove(root, SCENE, "/shots/1/duration"), &["shots[1] (line", "missing field `duration`"]);
    check(&|root| remove(root, SCENE, "/scene_id"), &[SCENE, "missing field `scene_id`"]);
    check(&|root| remove(root, "metadata.json", "/title"), &["metadata.json", "missing field `title`"]);
    check_edit("metadata.json", "/rate", &json!("fast"), &["metadata.json", "rate (line", "frame rate"]);
    check_edit("metadata.json", "/rate", &json!([24]), &["metadata.json", "rate (line", "frame rate"]);
    check_edit("metadata.json", "/size/depth", &json!(1), &["metadata.json", "size", "unknown field `depth`"]);
    check_edit("metadata.json", "/scene_order/1", &json!("../x"), &["metadata.json", "scene_order[1] (line"]);
    check_edit("settings.json", "/fit", &json!("stretch"), &["settings.json", "fit (line", "crop"]);
    check_edit("characters.json", "/0/name", &Value::Null, &["characters.json", "[0].name (line"]);
    let twice = r#"{"scene_id": "scene_001", "title": "a", "title": "b"}"#;
    check(&|root| put(root, SCENE, twice), &[SCENE, "duplicate field `title`", "line 1"]);
}

#[test]
fn numbers_out_of_any_sane_range() {
    for duration in [0.0, -6.0, 0.001, 3600.5, 1e300, f64::MIN_POSITIVE] {
        let place = "shots[1].duration (line";
        check_edit(SCENE, "/shots/1/duration", &json!(duration), &[SCENE, place, "out of range", "0.04 to 3600"]);
    }
    for (pointer, value, place) in [
        ("/shots/1/gain_db", json!(200), "shots[1].gain_db (line"),
        ("/shots/1/in_frame", json!(u64::MAX), "shots[1].in_frame (line"),
        ("/shots/1/out_frame", json!(2), "shots[1].out_frame (line"),
        ("/shots/1/out_frame", json!(0), "shots[1].out_frame (line"),
        ("/shots/1/takes/0/cost_usd", json!(-5), "shots[1].takes[0].cost_usd (line"),
        ("/shots/1/takes/0/blake3", json!("abc"), "shots[1].takes[0].blake3 (line"),
        ("/shots/1/takes/0/media/width", json!(4_000_000_000_u32), "shots[1].takes[0].media.width (line"),
        ("/shots/1/takes/0/media/duration_secs", json!(-1), "shots[1].takes[0].media.duration_secs (line"),
        ("/shots/1/continuity_source/take_blake3", json!("zz"), "shots[1].continuity_source.take_blake3 (line"),
        ("/audio_mix/music/gain_db", json!(1e9), "audio_mix.music.gain_db (line"),
        ("/audio_mix/voice/offset_secs", json!(-1e9), "audio_mix.voice.offset_secs (line"),
        ("/audio_mix/ambient/fade_in_secs", json!(-1), "audio_mix.ambient.fade_in_secs (line"),
        ("/voice_lines/2/offset_secs", json!(1e12), "voice_lines[2].offset_secs (line"),
        ("/voice_lines/2/duration_secs", json!(-2), "voice_lines[2].duration_secs (line"),
        ("/prompt", json!("a".repeat(100_001)), "prompt (line"),
    ] {
        check_edit(SCENE, pointer, &value, &[SCENE, place]);
    }
    for (pointer, value) in [
        ("/loudness_target_lufs", json!(0)),
        ("/true_peak_limit_dbtp", json!(3)),
        ("/scene_fade_secs", json!(-0.5)),
        ("/duck_db", json!(1e6)),
        ("/cache_limit_mib", json!(0)),
    ] {
        let place = format!("{} (line", &pointer[1..]);
        check_edit("settings.json", pointer, &value, &["settings.json", &place, "out of range"]);
    }
    for (pointer, value) in
        [("/size/width", json!(1_000_000)), ("/size/height", json!(0)), ("/size/width", json!(1281))]
    {
        check_edit("metadata.json", pointer, &value, &["metadata.json", "size.", "(line"]);
    }
}

#[test]
fn names_that_are_there_twice() {
    check_edit(SCENE, "/shots/2/shot_id", &json!("shot_001"), &[SCENE, "shots[2].shot_id (line", "shot_001"]);
    check_edit(SCENE, "/voice_lines/1/line_id", &json!("line_001"), &[SCENE, "voice_lines[1].line_id (line"]);
    check_edit("metadata.json", "/scene_order/1", &json!("scene_001"), &["metadata.json", "scene_order[1] (line"]);
    check_edit(SCENE, "/scene_id", &json!("scene_009"), &[SCENE, "scene_id (line", "scene_009", "scene_001"]);
    let twins = json!([{"character_id": "a", "name": "A"}, {"character_id": "a", "name": "B"}]);
    check(&|root| put(root, "characters.json", twins.to_string()), &["characters.json", "[1].character_id (line"]);
    let take = json!({"take_id": "take_001", "file_path": "shots/a.mp4"});
    check_edit(SCENE, "/shots/0/takes", &json!([take, take]), &[SCENE, "shots[0].takes[1].take_id (line"]);
}

#[test]
fn paths_that_leave_the_project() {
    let hostile = [
        "../x.mp4",
        "shots/../../x.mp4",
        "/etc/passwd",
        "C:\\x.mp4",
        "C:/x.mp4",
        "shots\\x.mp4",
        "",
        "./x",
        "a//b",
        "shots/",
        "a\u{0}b",
        "a\nb",
    ];
    for path in hostile {
        check_edit(
            SCENE,
            "/shots/1/file_path",
            &json!(path),
            &[SCENE, "shots[1].file_path (line", "not a path inside"],
        );
    }
    for pointer in [
        "/shots/0/first_frame_path",
        "/shots/0/last_frame_path",
        "/shots/0/reference_first_frame_path",
        "/shots/0/takes/0/file_path",
        "/audio_tracks/voice",
        "/voice_lines/0/file_path",
    ] {
        check_edit(SCENE, pointer, &json!("../../../x"), &[SCENE, "not a path inside"]);
    }
    let pointer = "/0/portrait_paths/0";
    check_edit("characters.json", pointer, &json!("../me.png"), &["characters.json", "[0].portrait_paths[0] (line"]);
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_project() {
    use std::os::unix::fs::symlink;
    let link = |root: &Path, from: &str, to: &Path| {
        let path = root.join(from);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir_all(&path);
        symlink(to, path).unwrap();
    };
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("shot_002.mp4"), "theirs").unwrap();
    fs::write(outside.path().join("scene.json"), r#"{"scene_id": "scene_001"}"#).unwrap();
    let clip = outside.path().join("shot_002.mp4");
    let leads_out = "leads out of the project";
    check(
        &|root| link(root, "scenes/scene_001/shots/shot_002.mp4", &clip),
        &[SCENE, "shots[1].file_path (line", leads_out],
    );
    check(
        &|root| link(root, "scenes/scene_001/shots", outside.path()),
        &[SCENE, "shots[0].file_path (line", leads_out],
    );
    // Where a link to nothing leads is decided when something appears there.
    check(
        &|root| link(root, "scenes/scene_001/shots/shot_002.mp4", Path::new("/nowhere/clip.mp4")),
        &["shots[1].file_path (line", leads_out],
    );
    check(&|root| link(root, "scenes/scene_001", outside.path()), &[SCENE, leads_out]);
    check(&|root| link(root, SCENE, &outside.path().join("scene.json")), &[SCENE, leads_out]);
    check(&|root| link(root, "settings.json", &outside.path().join("scene.json")), &["settings.json", leads_out]);
    check(
        &|root| link(root, "portraits", outside.path()),
        &["characters.json", "[0].portrait_paths[0] (line", leads_out],
    );

    // Links inside the project are nobody's business.
    let folder = tempfile::tempdir().unwrap();
    drop(ProjectFolder::create(folder.path(), &film(1, 2)).unwrap());
    fs::write(folder.path().join("scenes/scene_001/shots/shot_001.mp4"), "clip").unwrap();
    link(folder.path(), "scenes/scene_001/shots/shot_002.mp4", Path::new("shot_001.mp4"));
    assert_eq!(ProjectFolder::read(folder.path()).unwrap(), film(1, 2));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    check(
        &|root| {
            fs::remove_file(root.join(SCENE)).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(root.join(SCENE)).status().unwrap().success());
        },
        &[SCENE, "not a file"],
    );
    check(
        &|root| {
            fs::remove_file(root.join("settings.json")).unwrap();
            fs::create_dir(root.join("settings.json")).unwrap();
        },
        &["settings.json", "not a file"],
    );
}

#[test]
fn a_film_of_a_million_shots() {
    let shots = |count: usize| {
        let list: Vec<_> = (0..count).map(|n| format!("{{\"shot_id\":\"s{n}\",\"duration\":1}}")).collect();
        list.join(",")
    };
    let one = format!("{{\"scene_id\": \"scene_001\", \"shots\": [{}]}}", shots(1_000_000));
    check(&|root| put(root, SCENE, &one), &[SCENE]);
    let many = format!("{{\"scene_id\": \"scene_001\", \"shots\": [{}]}}", shots(limits::MAX_SHOTS_PER_SCENE + 1));
    check(&|root| put(root, SCENE, &many), &[SCENE, "shots (line", "more than 5000 entries"]);
    let full = shots(limits::MAX_SHOTS_PER_SCENE);
    check(
        &|root| {
            for number in 1..=limits::MAX_SHOTS / limits::MAX_SHOTS_PER_SCENE + 1 {
                let id = format!("scene_{number:03}");
                let text = format!("{{\"scene_id\": \"{id}\", \"shots\": [{full}]}}");
                put(root, &format!("scenes/{id}/scene.json"), text);
            }
        },
        &["scenes", "shots", "limit of 100000"],
    );
    let order: Vec<_> = (0..=limits::MAX_SCENES).map(|number| format!("s{number}")).collect();
    check_edit("metadata.json", "/scene_order", &json!(order), &["metadata.json", "scene_order (line", "10000"]);
}

#[test]
fn versions_and_folders_that_are_none_of_ours() {
    check_edit("metadata.json", "/schema_version", &json!(2), &["metadata.json", "schema_version", "newer Kinora"]);
    check_edit("metadata.json", "/schema_version", &json!("1"), &["metadata.json", "schema_version (line"]);
    check_edit("metadata.json", "/schema_version", &json!(-1), &["metadata.json", "schema_version (line"]);
    check(&|root| fs::remove_file(root.join("metadata.json")).unwrap(), &["no metadata.json"]);

    let folder = tempfile::tempdir().unwrap();
    let error = ProjectFolder::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("not a Kinora project") && error.contains("kinora new"), "{error}");
    assert_eq!(picture(folder.path()).len(), 0);
    assert!(!folder.path().join(".kinora").exists(), "a folder that is no project was written to");
    let error = ProjectFolder::open(&folder.path().join("missing")).unwrap_err().to_string();
    assert!(error.contains("not a Kinora project"), "{error}");

    // Settings and characters have defaults.
    let root = folder.path().join("film");
    let mut bare = film(1, 1);
    bare.characters.clear();
    bare.scenes[0].shots[0].character_ids.clear();
    drop(ProjectFolder::create(&root, &bare).unwrap());
    fs::remove_file(root.join("settings.json")).unwrap();
    fs::remove_file(root.join("characters.json")).unwrap();
    assert_eq!(ProjectFolder::read(&root).unwrap(), bare);
}

#[test]
fn every_problem_of_a_file_is_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(ProjectFolder::create(root, &film(2, 6)).unwrap());
    edit(root, SCENE, "/shots/0/duration", json!("long"));
    edit(root, SCENE, "/shots/1", json!(7));
    edit(root, SCENE, "/shots/2/file_path", json!("../x"));
    edit(root, SCENE, "/shots/3/gain_db", json!(999));
    edit(root, SCENE, "/shots/4/smooth", json!("maybe"));
    edit(root, SCENE, "/shots/5/takes/0/take_id", json!(1));
    remove(root, SCENE, "/voice_lines/0/line_id");
    edit(root, "settings.json", "/fit", json!(1));
    edit(root, "settings.json", "/duck_db", json!("loud"));
    put(root, "characters.json", "nonsense");
    let report = check_project(root, CheckOptions::default());
    let broken: Vec<_> = report
        .errors()
        .iter()
        .filter(|problem| !problem.message.contains("missing") || problem.message.contains("missing field"))
        .filter(|problem| !problem.message.contains("character"))
        .map(|problem| (problem.file.as_str(), problem.place.as_str(), problem.line.is_some()))
        .collect();
    let expected = [
        ("settings.json", "fit", true),
        ("settings.json", "duck_db", true),
        ("characters.json", "", true),
        (SCENE, "shots[0].duration", true),
        (SCENE, "shots[1]", true),
        (SCENE, "shots[2].file_path", true),
        (SCENE, "shots[4].smooth", true),
        (SCENE, "shots[5].takes[0].take_id", true),
        (SCENE, "voice_lines[0]", true),
        (SCENE, "shots[3].gain_db", true),
    ];
    for place in expected {
        assert!(broken.contains(&place), "{place:?} is not in {:#?}", report.errors());
    }
    assert!(broken.iter().all(|(_, place, _)| !place.contains("unreadable")));
}
