//! Continuity on the command line: what a cut is called, what is written, and when a shot is out of date.

use crate::cli::{answer, json_file, kinora, refused, text};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// Makes a two-second clip of a move with `ffmpeg`: `filter` chooses its frames.
fn clip(folder: &Path, name: &str, source: &str, filter: &str) -> String {
    let out = folder.join(name);
    let source = format!("{source}=size=320x180:rate=24");
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", &source, "-vf", filter])
        .args(["-frames:v", "48", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"])
        .arg(&out)
        .output()
        .expect("ffmpeg is installed by `make setup`");
    assert!(run.status.success(), "{}", text(&run.stderr));
    out.to_str().unwrap().to_owned()
}

/// A clip, and one that starts from its last frame, held for three frames.
fn continued_clips(folder: &Path) -> [String; 2] {
    let first = clip(folder, "a.mp4", "testsrc2", "null");
    let held = "trim=start_frame=47,setpts=PTS-STARTPTS,tpad=start=2:start_mode=clone";
    [first, clip(folder, "b.mp4", "testsrc2", held)]
}

/// A project of one scene.
fn project() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("film").to_str().unwrap().to_owned();
    answer(&["new", &dir, "--title", "The Vampyre", "--fps", "24", "--size", "320x180"]);
    answer(&["scene", "add", &dir, "--title", "London"]);
    (folder, dir)
}

#[test]
fn every_cut_says_whether_it_matches_and_what_becomes_of_it() {
    let (folder, dir) = project();
    let dir = dir.as_str();
    let empty = answer(&["continuity", dir]);
    assert_eq!((&empty["cuts"], &empty["chains"]), (&json!([]), &json!([])));
    answer(&["shot", "add", dir, "1", "--prompt", "not made yet"]);
    assert_eq!(answer(&["continuity", dir])["cuts"], json!([]));
    answer(&["shot", "remove", dir, "1", "1"]);

    let [first, second] = continued_clips(folder.path());
    let other = clip(folder.path(), "c.mp4", "mandelbrot", "null");
    let added =
        [&first, &second, &other].map(|clip| answer(&["shot", "add", dir, "1", "--clip", clip])["shot_id"].clone());
    let found = answer(&["continuity", dir]);
    let cuts = found["cuts"].as_array().unwrap();
    assert_eq!(cuts.len(), 2, "{found}");
    for (cut, shots) in cuts.iter().zip(added.windows(2)) {
        assert_eq!((&cut["from"], &cut["to"]), (&shots[0], &shots[1]));
        assert!(cut["exact"].is_boolean() && (0.0..=1.0).contains(&cut["score"].as_f64().unwrap()), "{cut}");
    }
    assert_eq!((&cuts[0]["matched"], &cuts[0]["smoothed"]), (&json!(true), &json!(true)), "{found}");
    assert_eq!((&cuts[1]["matched"], &cuts[1]["smoothed"]), (&json!(false), &json!(false)), "{found}");
    assert!(cuts[1]["reason"].as_str().unwrap().contains("do not match"), "{found}");
    let shots = found["chains"][0]["shots"].as_array().unwrap();
    assert_eq!([&shots[0]["shot_id"], &shots[1]["shot_id"]], [&added[0], &added[1]]);
    for field in ["structure", "color", "exposure_stops"] {
        assert!(shots[1][field].is_number(), "{field} of {found}");
    }

    let png = folder.path().join("cuts.png");
    let drawn = answer(&["continuity", dir, "--sheet", png.to_str().unwrap()]);
    assert_eq!(drawn["sheet"], png.to_str().unwrap());
    assert!(image::open(&png).unwrap().width() >= 1_000);

    let first_shot = added[0].as_str().unwrap();
    answer(&["shot", "set", dir, "1", first_shot, "--smooth", "never"]);
    assert_eq!(json_file(format!("{dir}/scenes/scene_001/scene.json"))["shots"][0]["smooth"], "never");
    let cut = &answer(&["continuity", dir])["cuts"][0];
    assert_eq!((&cut["matched"], &cut["smoothed"]), (&json!(true), &json!(false)));
    assert!(cut["reason"].as_str().unwrap().contains("forbidden"), "{cut}");
    refused(&["shot", "set", dir, "1", first_shot, "--smooth", "perhaps"], 2, "perhaps");
    refused(&["continuity", dir, "--scene", "7"], 1, "scene_007");
}

#[test]
fn two_clips_are_smoothed_into_one() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = continued_clips(folder.path());
    let out = folder.path().join("joined.mp4");
    let out = out.to_str().unwrap();
    refused(&["smooth", &first, &second, "-o", out, "--window", "99"], 2, "0.05 to 3 seconds");
    refused(&["smooth", &first, &second, "-o", out, "--whole", "--window", "1"], 2, "--window");
    refused(&["smooth", &first, "nowhere.mp4", "-o", out], 1, "nowhere.mp4");
    refused(&["smooth", &first, "-o", out], 2, "SECOND");
    assert!(!Path::new(out).exists());

    let made = answer(&["smooth", &first, &second, "-o", out]);
    assert_eq!((&made["output"], &made["frames"]), (&json!(out), &json!(96)));
    assert!(made["seam"]["dropped"].as_array().is_some_and(|dropped| !dropped.is_empty()), "{made}");
    let info = kinora_core::media::probe(Path::new(out)).unwrap();
    assert!((info.duration_secs - 4.0).abs() < 0.1, "{info:?}");
    let said = text(&kinora(&["smooth", &first, &second, "-o", out]).stdout);
    assert!(said.contains("repeated frames dropped"), "{said}");
}

fn out_of_date(dir: &str) -> Value {
    answer(&["shot", "list", dir, "1"])["shots"][1]["out_of_date"].clone()
}

fn warnings(dir: &str) -> Vec<String> {
    let report = answer(&["check", dir, "--no-media"]);
    let problems = report["problems"].as_array().unwrap();
    problems.iter().map(ToString::to_string).filter(|problem| problem.contains("out of date")).collect()
}

#[test]
fn a_continued_shot_is_out_of_date_when_what_it_continues_changes() {
    let (_folder, dir) = project();
    let dir = dir.as_str();
    answer(&["settings", "set", dir, "default_model=draft:previs"]);
    answer(&["shot", "add", dir, "1", "--prompt", "Fog", "--duration", "1"]);
    answer(&["shot", "add", dir, "1", "--prompt", "He turns", "--duration", "1", "--continue", "1@5"]);
    refused(&["shot", "add", dir, "1", "--prompt", "x", "--continue", "1@soon"], 2, "not a frame number");
    answer(&["shot", "add", dir, "1", "--prompt", "He leaves", "--duration", "1", "--continue"]);
    let scene = json_file(format!("{dir}/scenes/scene_001/scene.json"));
    let moments = [&scene["shots"][1], &scene["shots"][2]].map(|shot| shot["continuity_source"]["moment"].clone());
    assert_eq!(moments, [json!({ "frame": 5 }), json!("last")]);

    answer(&["generate", "shot", dir, "1", "1"]);
    answer(&["shot", "set", dir, "1", "2", "--continue", "1"]);
    answer(&["generate", "shot", dir, "1", "2"]);
    let scene = json_file(format!("{dir}/scenes/scene_001/scene.json"));
    let shot = &scene["shots"][1];
    assert_eq!(
        (&shot["continuity_source"]["take_id"], &shot["continuity_source"]["moment"]),
        (&json!("take_001"), &json!("last"))
    );
    let reference = shot["reference_first_frame_path"].as_str().unwrap();
    assert!(Path::new(dir).join("scenes/scene_001").join(reference).is_file(), "{reference}");
    assert_eq!((out_of_date(dir), warnings(dir)), (Value::Null, Vec::new()));

    // The source shows less than was continued.
    answer(&["shot", "set", dir, "1", "1", "--out", "12"]);
    assert!(out_of_date(dir).as_str().unwrap().contains("out point"));
    assert_eq!(warnings(dir).len(), 1);
    answer(&["shot", "set", dir, "1", "1", "--default", "out_frame"]);
    assert_eq!(out_of_date(dir), Value::Null);

    // Another take of the source.
    answer(&["generate", "shot", dir, "1", "1", "--seed", "99"]);
    let why = out_of_date(dir);
    assert!(why.as_str().unwrap().contains("scene_001/shot_001 has changed"), "{why}");
    let warned = warnings(dir);
    assert!(warned.len() == 1 && warned[0].contains("has changed"), "{warned:?}");
    answer(&["take", "choose", dir, "1", "1", "1"]);
    assert_eq!((out_of_date(dir), warnings(dir)), (Value::Null, Vec::new()));
    answer(&["take", "choose", dir, "1", "1", "2"]);
    answer(&["generate", "shot", dir, "1", "2"]);
    assert_eq!(out_of_date(dir), Value::Null, "made again, it is up to date");
}
