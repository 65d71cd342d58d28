//! What `check` says about films that open but cannot be rendered as they say.

use super::sample::{edit, film, make_media, path, picture};
use kinora_core::film::{CheckOptions, Film, MediaKind, Problem, ProjectFolder, Severity, check as check_project};
use serde_json::json;
use std::{fs, path::Path};

/// Changes a sound film before it is saved or its folder after, and expects exactly these problems, all `severity`.
fn check(severity: Severity, film_change: &dyn Fn(&mut Film), disk_change: &dyn Fn(&Path), expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut film = film(2, 2);
    film_change(&mut film);
    drop(ProjectFolder::create(root, &film).unwrap());
    make_media(root, &film);
    disk_change(root);
    let before = picture(root);
    let report = check_project(root, CheckOptions { verify_hashes: true });
    let said: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for part in expected {
        assert!(said.iter().any(|problem| problem.contains(part)), "{part:?} is not in {said:#?}");
    }
    for problem in &report.problems {
        assert_eq!(problem.severity, severity, "{problem}");
        assert!(!problem.fix.is_empty() && !problem.message.is_empty(), "{problem}");
        assert!(problem.place.is_empty() || problem.line.is_some(), "{problem}");
    }
    assert_eq!(report.is_ok(), report.errors().is_empty());
    assert_eq!(picture(root), before);
    // Nothing of this keeps a film from being opened.
    ProjectFolder::read(root).unwrap();
}

fn check_film(severity: Severity, change: &dyn Fn(&mut Film), expected: &[&str]) {
    check(severity, change, &|_| {}, expected);
}

fn check_disk(severity: Severity, change: &dyn Fn(&Path), expected: &[&str]) {
    check(severity, &|_| {}, change, expected);
}

fn delete(file: &'static str) -> impl Fn(&Path) {
    move |root| fs::remove_file(root.join(file)).unwrap()
}

#[test]
fn a_sound_film_has_no_problems() {
    let folder = tempfile::tempdir().unwrap();
    let sound = film(3, 4);
    drop(ProjectFolder::create(folder.path(), &sound).unwrap());
    make_media(folder.path(), &sound);
    let report = check_project(folder.path(), CheckOptions { verify_hashes: true });
    assert_eq!(report.problems, []);
    let counts = report.counts;
    assert_eq!((counts.scenes, counts.shots, counts.takes, counts.voice_lines, counts.characters), (3, 12, 12, 12, 1));
    let clips = report.media.iter().filter(|media| media.kind == MediaKind::Clip).count();
    // Clip, two frames and a line a shot, music a scene, one portrait.
    assert_eq!((clips, counts.media_files), (12, 12 * 4 + 3 + 1));
    assert!(report.media.iter().all(|media| media.path.is_file()));
    assert_eq!(report.film, Some(sound));
}

#[test]
fn missing_media() {
    let scene = "scenes/scene_001/scene.json: ";
    let clip = format!("{scene}shots[1].file_path (line");
    check_disk(Severity::Error, &delete("scenes/scene_001/shots/shot_002.mp4"), &[&clip]);
    check_disk(Severity::Warning, &delete("scenes/scene_001/frames/shot_001_last.png"), &["shots[0].last_frame_path"]);
    check_disk(Severity::Error, &delete("scenes/scene_001/audio/music.wav"), &["audio_tracks.music"]);
    check_disk(Severity::Error, &delete("scenes/scene_002/audio/line_002.wav"), &["voice_lines[1].file_path"]);
    check_disk(Severity::Error, &delete("portraits/ruthven_01.png"), &["characters.json: [0].portrait_paths[0]"]);
}

#[test]
fn takes_that_do_not_fit() {
    check_film(
        Severity::Warning,
        &|film| {
            let shot = &mut film.scenes[0].shots[0];
            (shot.file_path, shot.first_frame_path, shot.last_frame_path) = (None, None, None);
            film.scenes[0].shots[1].continuity_source = None;
        },
        &["shots[0].file_path (line 10, column 20): shot_001 has no take; make one with `kinora generate shot"],
    );
    check_film(Severity::Error, &|film| film.scenes[0].shots[0].in_frame = 99, &[]);
    check_film(
        Severity::Error,
        &|film| {
            let shot = &mut film.scenes[0].shots[0];
            (shot.in_frame, shot.out_frame) = (144, None);
        },
        &["shots[0].in_frame"],
    );
    check_film(Severity::Warning, &|film| film.scenes[0].shots[0].out_frame = Some(145), &["shots[0].out_frame"]);
    check(
        Severity::Error,
        &|film| film.scenes[0].shots[0].file_path = Some(path("shots/other.mp4")),
        &|root| {
            fs::write(root.join("scenes/scene_001/shots/other.mp4"), "other").unwrap();
            // The recorded continuity is of the take that is no longer chosen.
            edit(root, "scenes/scene_001/scene.json", "/shots/1/continuity_source", json!(null));
        },
        &["shots[0].file_path (line 10, column 20): the chosen clip shots/other.mp4 is not among the takes"],
    );
    check_disk(
        Severity::Error,
        &|root| fs::write(root.join("scenes/scene_002/shots/shot_001.mp4"), "damaged").unwrap(),
        &["scenes/scene_002/scene.json: shots[0].takes[0].blake3"],
    );
    check_disk(
        Severity::Warning,
        &|root| edit(root, "scenes/scene_001/scene.json", "/shots/0/takes/0/created_at", json!("yesterday")),
        &["shots[0].takes[0].created_at"],
    );
}

#[test]
fn names_that_lead_nowhere() {
    let source = |film: &mut Film, scene: &str, shot: &str| {
        let source = film.scenes[0].shots[1].continuity_source.as_mut().unwrap();
        (source.scene_id, source.shot_id) = (scene.parse().unwrap(), shot.parse().unwrap());
    };
    let place = "scenes/scene_001/scene.json: shots[1].continuity_source (line";
    check_film(Severity::Error, &|film| source(film, "scene_001", "shot_009"), &[place]);
    check_film(Severity::Error, &|film| source(film, "scene_002", "shot_001"), &["continues a later shot"]);
    check_film(Severity::Error, &|film| source(film, "scene_001", "shot_002"), &["continues itself"]);
    check_film(
        Severity::Warning,
        &|film| {
            let source = film.scenes[0].shots[1].continuity_source.as_mut().unwrap();
            source.take_id = Some("take_009".parse().unwrap());
        },
        &["out of date"],
    );
    check_film(
        Severity::Warning,
        &|film| {
            let source = film.scenes[0].shots[1].continuity_source.as_mut().unwrap();
            source.take_blake3 = "0".repeat(64);
        },
        &["out of date"],
    );
    check_film(
        Severity::Error,
        &|film| film.scenes[0].voice_lines[0].shot_id = "shot_77".parse().unwrap(),
        &["voice_lines[0].shot_id"],
    );
    check_film(
        Severity::Error,
        &|film| {
            film.scenes[0].voice_lines[0].character_id = Some("nobody".parse().unwrap());
            film.scenes[1].shots[0].character_ids.push("nobody".parse().unwrap());
        },
        &["voice_lines[0].character_id", "scenes/scene_002/scene.json: shots[0].character_ids[1]"],
    );
    check_film(Severity::Warning, &|film| film.scenes[0].voice_lines[0].file_path = None, &["not spoken yet"]);
}

#[test]
fn scenes_and_files_that_do_not_match() {
    check_film(Severity::Warning, &|film| film.scenes.clear(), &["the film has no scenes"]);
    check_film(
        Severity::Warning,
        &|film| {
            film.scenes[1].shots.clear();
            film.scenes[1].voice_lines.clear();
        },
        &["scenes/scene_002/scene.json: shots"],
    );
    check_disk(
        Severity::Error,
        &|root| edit(root, "metadata.json", "/scene_order", json!(["scene_001", "scene_005", "scene_002"])),
        &["metadata.json: scene_order[1] (line"],
    );
    check_disk(
        Severity::Warning,
        &|root| edit(root, "metadata.json", "/scene_order", json!(["scene_002"])),
        &["metadata.json: scene_order (line"],
    );
    check_disk(
        Severity::Warning,
        &|root| {
            for file in
                ["shots/old.mp4", "frames/old.png", "audio/old.wav", "shots/.hidden", "frames/shot_001_take_2.png"]
            {
                fs::write(root.join("scenes/scene_001").join(file), "x").unwrap();
            }
            fs::write(root.join("scenes/scene_001/audio/voice.wav"), "made by a render").unwrap();
            fs::write(root.join("scenes/scene_001/scene_render.mp4"), "made by a render").unwrap();
            fs::create_dir(root.join("scenes/spare")).unwrap();
        },
        &[
            "scenes/scene_001/shots/old.mp4: ",
            "scenes/scene_001/frames/old.png: ",
            "scenes/scene_001/audio/old.wav: ",
            "scenes/spare: ",
        ],
    );
}

#[test]
fn a_report_takes_problems_from_elsewhere_and_speaks_json() {
    let folder = tempfile::tempdir().unwrap();
    drop(ProjectFolder::create(folder.path(), &film(1, 1)).unwrap());
    let mut report = check_project(folder.path(), CheckOptions::default());
    let (errors, warnings) = (report.errors().len(), report.warnings().len());
    report.add(Problem::warning("scenes/scene_001/scene.json", "shots[0].file_path", "no sound", "none needed"));
    report.add(Problem::error("scenes/scene_001/scene.json", "shots[0].file_path", "not a video", "bring another"));
    assert_eq!((report.errors().len(), report.warnings().len()), (errors + 1, warnings + 1));
    assert_eq!(report.errors().last().unwrap().message, "not a video");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["counts"]["errors"], errors + 1);
    assert_eq!(json["problems"].as_array().unwrap().len(), errors + warnings + 2);
    assert_eq!(json["problems"][0]["severity"], "error");
}
