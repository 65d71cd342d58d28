//! The command line as a person or a script meets it: the built binary, its exit codes and its JSON.

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

pub(crate) fn kinora(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinora"));
    command.args(arguments).env_remove("KINORA_LOG").output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs with `--json` and gives the one object on standard output.
pub(crate) fn answer(arguments: &[&str]) -> Value {
    let output = kinora(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    let lines = text(&output.stdout);
    assert_eq!(lines.trim_end().lines().count(), 1, "{arguments:?}: {lines}");
    let value: Value = serde_json::from_str(&lines).unwrap();
    assert!(value.is_object(), "{arguments:?}: {value}");
    value
}

/// Runs, expects to fail, and gives the words on standard error; the JSON error says the same.
pub(crate) fn refused(arguments: &[&str], code: i32, expected: &str) {
    let output = kinora(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stdout));
    let words = text(&output.stderr);
    assert!(words.contains(expected), "{arguments:?}: {words}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}: an error belongs on standard error");
    let output = kinora(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(code));
    let value: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let error = &value["error"];
    assert!(error["kind"].is_string() && error["what"].is_string() && error["why"].is_string(), "{value}");
    assert!(format!("{} {}", error["what"], error["why"]).contains(&expected.replace('"', "\\\"")), "{value}");
}

/// A project in a folder that is gone after the test.
fn project() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("film").to_str().unwrap().to_owned();
    answer(&["new", &dir, "--title", "The Vampyre", "--fps", "25", "--size", "640x360"]);
    (folder, dir)
}

pub(crate) fn json_file(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_film_is_edited_by_command_and_lies_on_disk() {
    let (_folder, dir) = project();
    let dir = dir.as_str();
    let metadata = json_file(format!("{dir}/metadata.json"));
    assert_eq!((&metadata["title"], &metadata["rate"]), (&"The Vampyre".into(), &"25".into()));

    assert_eq!(answer(&["scene", "add", dir, "--title", "London"])["scene_id"], "scene_001");
    assert_eq!(answer(&["scene", "add", dir, "--title", "Athens", "--prompt", "sun"])["scene_id"], "scene_002");
    assert_eq!(answer(&["scene", "add", dir, "--title", "Sea", "--at", "1"])["scene_id"], "scene_003");
    answer(&["scene", "move", dir, "3", "3"]);
    answer(&["scene", "set", dir, "scene_001", "--title", "London at dusk"]);
    let scenes = answer(&["scene", "list", dir]);
    let names: Vec<_> = scenes["scenes"].as_array().unwrap().iter().map(|scene| scene["title"].clone()).collect();
    assert_eq!(names, ["London at dusk", "Athens", "Sea"]);

    let added =
        answer(&["character", "add", dir, "--name", "Lord Ruthven", "--style", "pale", "--voice", "draft:bass"]);
    assert_eq!(added["character_id"], "char_lord_ruthven");
    answer(&["character", "set", dir, "char_lord_ruthven", "--name", "Ruthven"]);
    assert_eq!(answer(&["character", "list", dir])["characters"][0]["name"], "Ruthven");

    let shot = ["shot", "add", dir, "1", "--prompt", "Fog", "--duration", "4.5", "--character", "char_lord_ruthven"];
    assert_eq!(answer(&shot)["shot_id"], "shot_001");
    assert_eq!(answer(&["shot", "add", dir, "001", "--prompt", "He turns", "--continue"])["shot_id"], "shot_002");
    answer(&["shot", "add", dir, "scene_002", "--prompt", "Later", "--continue", "1/2", "--aspect-ratio", "4:3"]);
    answer(&["shot", "move", dir, "1", "2", "1"]);
    answer(&["shot", "set", dir, "1", "shot_001", "--gain-db", "-3", "--in", "5", "--fit", "crop", "--seed", "9"]);
    answer(&["shot", "set", dir, "1", "shot_001", "--default", "seed", "--no-continue"]);
    let scene = json_file(format!("{dir}/scenes/scene_001/scene.json"));
    let shots = scene["shots"].as_array().unwrap();
    assert_eq!(shots[0]["continuity_source"]["shot_id"], "shot_001");
    assert_eq!(
        (&shots[1]["gain_db"], &shots[1]["in_frame"], &shots[1]["fit"]),
        (&(-3.0).into(), &5.into(), &"crop".into())
    );
    assert!(shots[1]["seed"].is_null());
    let later = &answer(&["shot", "list", dir, "2"])["shots"][0];
    assert_eq!(later["continuity_source"]["scene_id"], "scene_001");
    assert_eq!(answer(&["take", "list", dir, "1", "1"])["takes"], serde_json::json!([]));

    answer(&["settings", "set", dir, "duck_db=4.5", "enable_optical_flow=false", "default_model=draft:previs"]);
    assert_eq!(answer(&["settings", "get", dir, "duck_db"])["settings"]["duck_db"], 4.5);
    answer(&["audio", "set", dir, "1", "music", "--gain-db", "-6", "--loop", "true", "--fade-out", "2"]);
    assert_eq!(json_file(format!("{dir}/scenes/scene_001/scene.json"))["audio_mix"]["music"]["loop"], true);

    assert_eq!(answer(&["shot", "split", dir, "2", "1", "50"])["shot_id"], "shot_002");
    let durations = |shots: &Value| [0, 1].map(|place| shots[place]["duration"].as_f64().unwrap());
    assert_eq!(durations(&answer(&["shot", "list", dir, "2"])["shots"]), [2.0, 4.0]);
    refused(&["shot", "split", dir, "2", "1", "50"], 1, "shows 50 frames");

    answer(&["shot", "remove", dir, "1", "1"]);
    answer(&["scene", "remove", dir, "3"]);
    answer(&["character", "remove", dir, "char_lord_ruthven"]);
    assert_eq!(answer(&["scene", "add", dir, "--title", "Again"])["scene_id"], "scene_004");
    assert_eq!(answer(&["check", dir])["ok"], true);
}

#[test]
fn a_screenplay_becomes_scenes() {
    let (folder, dir) = project();
    let script = folder.path().join("script.fountain");
    let words = "Title: Sea\nAuthor: J. P.\n\nINT. CABIN - NIGHT\n\nA lamp swings.\n\nAUBREY\nWho is he?\n\nEXT. DECK - DAY\n\nSpray.\n";
    std::fs::File::create_new(&script)
        .and_then(|mut file| std::io::Write::write_all(&mut file, words.as_bytes()))
        .unwrap();
    let answered = answer(&["import", &dir, script.to_str().unwrap()]);
    assert_eq!(answered["scene_ids"], serde_json::json!(["scene_001", "scene_002"]));
    let scene = json_file(format!("{dir}/scenes/scene_001/scene.json"));
    assert_eq!(scene["voice_lines"][0]["text"], "Who is he?");
    assert_eq!(json_file(format!("{dir}/metadata.json"))["author"], "J. P.");
    refused(&["import", &dir, "nowhere.fountain"], 1, "nowhere.fountain");
}

#[test]
fn what_fails_says_what_why_and_what_to_do() {
    let (_folder, dir) = project();
    let dir = dir.as_str();
    answer(&["scene", "add", dir, "--title", "London"]);
    refused(&["scene", "list", "/nowhere/at/all"], 1, "not a Kinora project");
    refused(&["new", dir], 1, "already");
    refused(&["shot", "add", dir, "7", "--prompt", "x"], 1, "no scene scene_007");
    refused(&["shot", "add", dir, "1", "--prompt", "x", "--duration", "-2"], 1, "duration");
    refused(&["shot", "add", dir, "1", "--prompt", "x", "--character", "char_x"], 1, "no character char_x");
    refused(&["settings", "set", dir, "colour=red"], 1, "colour");
    refused(&["settings", "set", dir, "duck_db=900"], 1, "duck_db");
    refused(&["scene", "move", dir, "1", "5"], 1, "past the end");
    refused(&["take", "choose", dir, "1", "1", "1"], 1, "no shot shot_001");
    refused(&["new", "x", "--size", "641x360"], 1, "odd");
    // Wrong usage.
    refused(&["scene", "add", dir], 2, "--title");
    refused(&["shot", "add", dir, "1"], 2, "--prompt");
    refused(&["shot", "add", dir, "a/b", "--prompt", "x"], 2, "not a valid scene id");
    refused(&["fly", dir], 2, "fly");
    refused(&["new", "x", "--fps", "fast"], 2, "not a frame rate");
    refused(&["new", "x", "--size", "big"], 2, "1920x1080");
    assert_eq!(answer(&["shot", "list", dir, "1"])["shots"], serde_json::json!([]), "a refused shot is not there");
}

#[test]
fn a_broken_project_is_checked_and_not_touched() {
    let (_folder, dir) = project();
    answer(&["scene", "add", &dir, "--title", "London"]);
    let file = format!("{dir}/scenes/scene_001/scene.json");
    let broken = std::fs::read_to_string(&file).unwrap().replace("\"shots\": []", "\"shots\": 5");
    kinora_core::store::write_atomic(Path::new(&file), broken.as_bytes()).unwrap();
    let output = kinora(&["check", &dir, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!(report["ok"], false);
    assert_eq!(report["problems"][0]["file"], "scenes/scene_001/scene.json");
    refused(&["scene", "set", &dir, "1", "--title", "x"], 1, "scene.json");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), broken);
}

#[test]
fn every_command_has_help_with_an_example() {
    let mut open = vec![Vec::<String>::new()];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let output = kinora(&arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let help = text(&output.stdout);
        let commands = help.split_once("Commands:").map(|(_, rest)| rest.split("\n\n").next().unwrap_or(""));
        match commands {
            Some(commands) => {
                for line in commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
                    let name = line.split_whitespace().next().unwrap();
                    if name != "help" {
                        open.push([path.clone(), vec![name.to_owned()]].concat());
                    }
                }
            }
            None => assert!(help.contains("kinora ") && help.contains("Example"), "{path:?} has no example:\n{help}"),
        }
        assert!(!help.contains('\u{1b}'), "{path:?}: colour without a terminal");
        seen += 1;
    }
    assert!(seen > 30, "only {seen} commands were seen");
}

#[test]
fn completions_and_doctor_answer() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = kinora(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("kinora"), "{shell}");
    }
    let doctor = answer(&["doctor"]);
    assert!(doctor["ffmpeg"]["encoders"].as_array().unwrap().iter().any(|encoder| encoder["available"] == true));
}

/// A screenplay becomes a film in one go, a second run finds it done, and single things can be made anew.
#[test]
fn a_film_comes_from_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.fountain");
    let words =
        "Title: Sea\n\nINT. CABIN - NIGHT\n\nA lamp swings.\n\nAUBREY\nWho is he?\n\nEXT. DECK - DAY\n\nSpray.\n";
    std::fs::File::create_new(&script)
        .and_then(|mut file| std::io::Write::write_all(&mut file, words.as_bytes()))
        .unwrap();
    let (script, dir) = (script.to_str().unwrap(), folder.path().join("film"));
    let dir = dir.to_str().unwrap();
    let film = ["film", script, "-o", dir, "--size", "320x180", "--fps", "12"];
    let made = answer(&film);
    assert_eq!(made["up_to_date"], false);
    assert!(made["frames"].as_u64().unwrap() > 24 && made["loudness_lufs"].is_number(), "{made}");
    let output = made["output"].as_str().unwrap();
    let info = kinora_core::media::probe(Path::new(output)).unwrap();
    assert!((info.duration_secs - made["duration_secs"].as_f64().unwrap()).abs() < 0.2);
    assert_eq!(info.picture.map(|picture| (picture.width_px, picture.height_px)), Some((320, 180)));
    assert!(info.sound.is_some());

    let scene = json_file(format!("{dir}/scenes/scene_001/scene.json"));
    let shot = &scene["shots"][0];
    assert_eq!(shot["file_path"], "shots/shot_001.mp4");
    for name in ["file_path", "first_frame_path", "last_frame_path"] {
        assert!(Path::new(dir).join("scenes/scene_001").join(shot[name].as_str().unwrap()).is_file(), "{name}");
    }
    assert!(scene["voice_lines"][0]["duration_secs"].as_f64().unwrap() > 0.2);

    let again = answer(&film);
    assert_eq!((&again["up_to_date"], &again["frames"]), (&true.into(), &made["frames"]));
    assert_eq!(answer(&["check", dir])["counts"]["errors"], 0);

    let take = answer(&["generate", "shot", dir, "2", "1", "--seed", "5"]);
    assert_eq!(take["file_path"], "shots/shot_001_take_002.mp4");
    answer(&["take", "choose", dir, "2", "1", "1"]);
    let takes = answer(&["take", "list", dir, "2", "1"]);
    assert_eq!((&takes["takes"][0]["chosen"], &takes["takes"][1]["chosen"]), (&true.into(), &false.into()));

    let clip = format!("{dir}/scenes/scene_001/shots/shot_001.mp4");
    let added = answer(&["shot", "add", dir, "2", "--clip", &clip]);
    assert_eq!(added["take"]["provider"], "file");
    let rendered = answer(&["render", "scene", dir, "2"]);
    assert_eq!(rendered["segments"]["copied"], 2);
    refused(&["shot", "add", dir, "2", "--clip", script], 1, "script.fountain");
    assert_eq!(answer(&["shot", "list", dir, "2"])["shots"].as_array().unwrap().len(), 2);
    refused(&["film", script, "-o", folder.path().join("film/scenes").to_str().unwrap(), "--size", "1x1"], 1, "size");
}

#[test]
fn models_jobs_and_spend_are_told_without_a_vendor() {
    let models = answer(&["models", "--kind", "video"]);
    let names: Vec<_> = models["models"].as_array().unwrap().iter().map(|model| model["model"].clone()).collect();
    assert!(names.contains(&"draft:previs".into()), "{models}");
    assert_eq!(answer(&["models", "draft:previs"])["card"]["id"], "previs");
    let shown = answer(&["models", "show", "replicate:google/veo-3.1"]);
    assert_eq!((&shown["card"]["id"], &shown["sources"][0]["from"]), (&"google/veo-3.1".into(), &"built_in".into()));
    refused(&["models", "draft:no"], 1, "no model");
    refused(&["models", "show", "draft:no"], 1, "no model");
    refused(&["models", "refresh", "--vendor", "no"], 1, "no vendor");
    refused(&["models", "--provider", "no"], 1, "no provider");

    let (_folder, dir) = project();
    let dir = dir.as_str();
    answer(&["scene", "add", dir, "--title", "London"]);
    answer(&["shot", "add", dir, "1", "--prompt", "Fog", "--duration", "1"]);
    let quote = answer(&["generate", "shot", dir, "1", "1", "--dry-run"]);
    assert_eq!((&quote["quotes"][0]["price"]["usd"], &quote["total_usd"]), (&0.0.into(), &0.0.into()));
    assert_eq!(answer(&["jobs", "list", dir, "--all"])["total"], 0, "a dry run asks nothing");
    answer(&["generate", "shot", dir, "1", "1"]);
    let jobs = answer(&["jobs", "list", dir, "--all"]);
    assert_eq!((&jobs["jobs"][0]["stands"], &jobs["jobs"][0]["is_open"]), (&"in the film".into(), &false.into()));
    assert_eq!(answer(&["jobs", "list", dir])["jobs"].as_array().unwrap().len(), 0);
    assert_eq!(answer(&["jobs", "watch", dir])["open"], 0);
    assert_eq!(answer(&["jobs", "resume", dir])["failed"], false);
    refused(&["jobs", "retry", dir], 2, "wants the names");
    refused(&["jobs", "cancel", dir], 2, "wants the names");

    answer(&["settings", "set", dir, "budget_usd=12.5"]);
    let spend = answer(&["spend", dir, "--attempts"]);
    assert_eq!((&spend["left_usd"], &spend["attempts"]), (&12.5.into(), &serde_json::json!([])), "the draft is free");
    refused(&["spend", dir, "--settle", "nothing", "--cost-usd", "1"], 1, "no such open job");
    refused(&["settings", "set", dir, "budget_usd=-1"], 1, "budget_usd");
}

/// A job whose record cannot be read may be paid for: it is told, and left as it is.
#[test]
fn a_job_that_cannot_be_read_is_told_and_left_alone() {
    let (_folder, dir) = project();
    let jobs = Path::new(&dir).join(".kinora/jobs");
    std::fs::create_dir_all(&jobs).unwrap();
    let broken = jobs.join("1790000000_scene_001_shot_001_1f2e3d4c.json");
    let torn = b"{ \"job_id\": \"1790000000_scene_001_shot_001_1f2e3d4c\", \"model\": \"sim:cl";
    kinora_core::store::write_atomic(&broken, torn).unwrap();
    answer(&["scene", "add", &dir, "--title", "Cabin"]);
    answer(&["shot", "add", &dir, "1", "--prompt", "Fog", "--duration", "1"]);
    answer(&["generate", "shot", &dir, "1", "1"]);
    let listed = answer(&["jobs", "list", &dir, "--all"]);
    assert_eq!(listed["jobs"].as_array().unwrap().len(), 1, "{listed}");
    let problems = listed["unreadable"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{listed}");
    assert!(problems[0]["file"].as_str().unwrap().ends_with("1f2e3d4c.json"), "{listed}");
    let words = text(&kinora(&["jobs", "list", &dir]).stdout);
    assert!(words.contains("problem: ") && words.contains("1f2e3d4c.json cannot be read: EOF"), "{words}");
    assert_eq!(std::fs::read(&broken).unwrap(), torn);
}
