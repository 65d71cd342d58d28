//! The real window: Kinora itself on software Vulkan under Xvfb, driven by keys and pointer as a person would.
//!
//! What an action did is read from the project's files, because that is what must be right; pictures are compared
//! tolerantly, and only where a picture is what is meant.

#[expect(clippy::disallowed_methods, reason = "the log of a test is no project file")]
mod desk;
mod picture;

use crate::panels::bench;
use bevy_egui::egui::{Pos2, Rect, vec2};
use desk::WindowDesk;
use egui_kittest::kittest::Queryable;
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
    let journal = project.join(".kinora/journal.jsonl");
    desk.until("nothing waits to be saved", || std::fs::metadata(&journal).is_ok_and(|file| file.len() == 0));
    desk.key("n");
    let is_saved = || shots(&project, "scene_001").len() == 8;
    // Under load a key is heard late: what counts is from when the film has changed.
    desk.until("the change is noted", || is_saved() || std::fs::metadata(&journal).is_ok_and(|file| file.len() > 0));
    desk.kill();
    // What was done right before is saved already, or offered.
    let was_saved = is_saved();
    let mut desk = WindowDesk::open(&project);
    if !was_saved {
        desk.key("Return");
    }
    desk.until("nothing is lost", is_saved);
    desk.kill();
}

/// The middle of something in the window, by its name: the same panels on the bench lie where the window's lie.
fn middle(project: &Path, label: &str) -> Pos2 {
    bench::get(&bench::window_of(project), label).rect().center()
}

/// Where a clip lies in the timeline: the library, which has a card of the same name, is above it.
fn clip(project: &Path, label: &str) -> Rect {
    let screen = bench::window_of(project);
    let places = screen.query_all_by_label(label).map(|node| node.rect());
    places.max_by(|one, other| one.top().total_cmp(&other.top())).unwrap()
}

/// The middle of an entry of the File menu.
fn menu_entry(project: &Path, label: &str) -> Pos2 {
    let mut screen = bench::window_of(project);
    bench::get(&screen, "File").click();
    screen.run_steps(4);
    // The window has buttons of the same name; the menu hangs at its left edge.
    let places = screen.query_all_by_label(label).map(|node| node.rect());
    places.min_by(|one, other| one.left().total_cmp(&other.left())).unwrap().center()
}

#[test]
fn the_mouse_adds_drags_generates_and_quits() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let mut desk = WindowDesk::open(&project);
    desk.looks_like("opened");
    desk.click(middle(&project, "1.1  one, empty: no take yet"));
    desk.click(middle(&project, "Add shot"));
    desk.until("a shot is added after the selected one", || prompts(&project) == ["one", "", "two", "three"]);
    // The buttons stay where they are, whatever the film holds.
    let (undo, redo) = (middle(&project, "Undo"), middle(&project, "Redo"));
    desk.click(undo);
    desk.until("it is undone", || prompts(&project) == ["one", "two", "three"]);
    desk.click(redo);
    desk.until("it is done again", || prompts(&project) == ["one", "", "two", "three"]);
    // The film has grown, and the timeline still shows all of it.
    let (first, last) =
        (clip(&project, "1.1  one, empty: no take yet"), clip(&project, "1.4  three, empty: no take yet"));
    desk.drag(last.center(), first.left_center() + vec2(12.0, 0.0));
    desk.until("the last shot is dragged before the first", || prompts(&project) == ["three", "one", "", "two"]);
    desk.click(middle(&project, "Generate shot"));
    desk.until_within("the dragged shot is generated", Duration::from_secs(120), || {
        shots(&project, "scene_001").first().is_some_and(|shot| shot["file_path"].is_string())
    });
    desk.looks_like("generated");
    desk.click(middle(&project, "File"));
    desk.click_last(menu_entry(&project, "Quit"));
    desk.ends_well();
    desk::kinora(&["check", project.to_str().unwrap()]);
}

#[test]
fn a_second_film_is_made_from_nothing_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("documents/Kinora/Night");
    let mut desk = WindowDesk::welcome(folder.path());
    desk.looks_like("welcome");
    desk.key("ctrl+n");
    desk.write("Night");
    desk.key("Return");
    desk.until("the project is made", || project.join("metadata.json").is_file());
    std::thread::sleep(Duration::from_secs(2));
    desk.key("shift+s");
    desk.until("it has a scene", || project.join("scenes/scene_001/scene.json").is_file());
    desk.key("n");
    desk.until("it has a shot", || shots(&project, "scene_001").len() == 1);
    desk.key("Return");
    desk.write("rain");
    desk.until("the shot has a prompt", || prompts(&project) == ["rain"]);
    desk.key("Escape");
    desk.key("g");
    desk.until_within("it is generated", Duration::from_secs(180), || {
        shots(&project, "scene_001").first().is_some_and(|shot| shot["file_path"].is_string())
    });
    desk.key("ctrl+r");
    desk.until_within("the film is rendered", Duration::from_secs(180), || project.join("film_render.mp4").is_file());
    desk.press("ctrl+q");
    desk.ends_well();
    desk::kinora(&["check", project.to_str().unwrap()]);
}

#[test]
fn a_project_that_is_closed_at_work_opens_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let mut desk = WindowDesk::open(&project);
    let again = {
        let mut screen = bench::empty_window();
        screen.state_mut().state.overlays.recent = vec![project.clone()];
        screen.run_steps(3);
        bench::get(&screen, "Open film").rect().center()
    };
    desk.key("ctrl+Right");
    desk.key("g");
    desk.key("ctrl+w");
    desk.click(again);
    std::thread::sleep(Duration::from_secs(2));
    desk.key("n");
    desk.until("it is open again", || shots(&project, "scene_001").len() == 4);
    desk.kill();
}
