//! The real window: Kinora itself on software Vulkan under Xvfb, driven by keys and pointer as a person would.
//!
//! What an action did is read from the project's files, because that is what must be right; pictures are compared
//! tolerantly, and only where a picture is what is meant.

#[expect(clippy::disallowed_methods, reason = "the log of a test is no project file")]
mod desk;

use desk::WindowDesk;
use serde_json::Value;
use std::{path::Path, time::Duration};

fn shots(project: &Path, scene: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(project.join(format!("scenes/{scene}/scene.json"))).unwrap();
    let scene: Value = serde_json::from_str(&text).unwrap_or_default();
    scene["shots"].as_array().cloned().unwrap_or_default()
}

fn prompts(project: &Path) -> Vec<String> {
    shots(project, "scene_001").iter().map(|shot| shot["prompt"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A project of three short shots without a take.
fn project(folder: &Path) -> std::path::PathBuf {
    let project = folder.join("film");
    let dir = project.to_str().unwrap();
    desk::kinora(&["new", dir, "--title", "Window", "--size", "320x180"]);
    desk::kinora(&["scene", "add", dir, "--title", "A room"]);
    for prompt in ["one", "two", "three"] {
        desk::kinora(&["shot", "add", dir, "1", "--prompt", prompt, "--duration", "1"]);
    }
    project
}

#[test]
fn a_film_is_made_with_the_keyboard_alone() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let mut desk = WindowDesk::open(&project);
    // The second shot: to the first cut, and what lies there.
    desk.key("ctrl+Right");
    desk.key("ctrl+Right");
    desk.key("alt+Left");
    desk.until("the second shot is moved to the front", || prompts(&project) == ["two", "one", "three"]);
    desk.key("g");
    desk.until_within("it is generated", Duration::from_secs(120), || {
        shots(&project, "scene_001").first().is_some_and(|shot| shot["file_path"].is_string())
    });
    desk.key("n");
    desk.until("a shot is added after it", || shots(&project, "scene_001").len() == 4);
    for _ in 0..10 {
        desk.key("ctrl+z");
    }
    // Files remember which names were given, so that none is given twice; everything else is as it was.
    desk.until("everything is undone", || {
        let taken = shots(&project, "scene_001").iter().any(|shot| shot["file_path"].is_string());
        !taken && prompts(&project) == ["one", "two", "three"]
    });
    for _ in 0..10 {
        desk.key("ctrl+y");
    }
    desk.until("everything is done again", || shots(&project, "scene_001").len() == 4);
    desk.key("ctrl+r");
    desk.until_within("the film is rendered", Duration::from_secs(120), || project.join("film_render.mp4").is_file());
    desk.press("ctrl+q");
    desk.ends_well();
    desk::kinora(&["check", project.to_str().unwrap()]);
}

#[test]
fn a_killed_window_loses_two_seconds_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let mut desk = WindowDesk::open(&project);
    for _ in 0..3 {
        desk.key("n");
    }
    std::thread::sleep(Duration::from_secs(3));
    desk.kill();
    assert_eq!(shots(&project, "scene_001").len(), 6, "what was done three seconds before the kill is on disk");
    desk::kinora(&["check", project.to_str().unwrap()]);
    let mut desk = WindowDesk::open(&project);
    desk.key("n");
    desk.until("the project opens again and can be changed", || shots(&project, "scene_001").len() == 7);
    desk.kill();
}
