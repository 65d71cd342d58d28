//! The timeline: what is clicked, dragged, trimmed and zoomed, and what is asked for then.

use super::bench::{Act, Panel, Screen, act, drag, find, get, lift, name, place, row, run, run_in, screen};
use bevy_egui::egui::{self, Event, Modifiers, MouseWheelUnit, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::kittest::Queryable;
use kinora::{
    jobs::{JobAsk, JobFailure, JobState},
    ui::{ask::Ask, state::Selection},
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, Shot},
    ids::{SceneId, ShotId},
};
use serde_json::{Value, json};

/// Frames of each shot of the film: 4 s at 24 frames a second.
const SHOT: u64 = 96;

fn timeline(selection: Selection) -> Screen {
    screen(Panel::Timeline, selection, |_| {})
}

const FIRST: &str = "1.1  A storm, ready";
const SECOND: &str = "1.2  He waits, empty: no take yet";
const THIRD: &str = "1.3, empty: no take yet";
const FOURTH: &str = "2.1  Fog, empty: no take yet";

#[expect(clippy::needless_pass_by_value, reason = "callers write the JSON in place")]
fn shot(number: usize, fields: Value) -> Value {
    let mut params = json!({ "scene_id": "scene_001", "shot_id": format!("shot_00{number}") });
    params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    params
}

#[test]
fn clips_are_selected_one_by_one_together_and_in_ranges() {
    let mut screen = timeline(Selection::Film);
    let check = |screen: &mut Screen, done: &Act, expected: &[(SceneId, ShotId)]| {
        act(screen, done);
        assert_eq!(screen.state().state.selection.shots(), expected, "{done:?}");
    };
    check(&mut screen, &Act::Press(SECOND), &[name(1, 2)]);
    check(&mut screen, &Act::Add(FOURTH), &[name(1, 2), name(2, 1)]);
    check(&mut screen, &Act::Add(SECOND), &[name(2, 1)]);
    check(&mut screen, &Act::Press(FIRST), &[name(1, 1)]);
    check(&mut screen, &Act::Extend(THIRD), &[name(1, 1), name(1, 2), name(1, 3)]);
    check(&mut screen, &Act::Press(FOURTH), &[name(2, 1)]);
    // The shot that was clicked leads.
    check(&mut screen, &Act::Extend(SECOND), &[name(2, 1), name(1, 3), name(1, 2)]);
    assert_eq!(screen.state_mut().take_asks(), []);
    let mut screen = timeline(Selection::Film);
    act(&mut screen, &Act::Double(THIRD));
    assert_eq!(screen.state_mut().take_asks(), [Ask::Seek(2 * SHOT)]);
    act(&mut screen, &Act::Press("Scene 2: London"));
    assert_eq!(screen.state().state.selection, Selection::Scene(SceneId::numbered(2)));
}

/// The place inside a clip, from its left edge in parts of its width.
fn inside(screen: &Screen, label: &str, part: f32) -> Pos2 {
    let rect = get(screen, label).rect();
    pos2(rect.left() + rect.width() * part, rect.center().y)
}

#[test]
fn a_clip_lands_where_it_is_let_go() {
    let check = |selection: Selection, from: &str, to: (&str, f32), expected: &[Ask]| {
        let mut screen = timeline(selection);
        let (from_at, to_at) = (inside(&screen, from, 0.5), inside(&screen, to.0, to.1));
        drag(&mut screen, from_at, to_at);
        assert_eq!(screen.state_mut().take_asks(), expected, "{from} to {to:?}");
        assert!(!screen.state().state.timeline.is_dragging());
    };
    let none = || Selection::Film;
    check(none(), FIRST, (SECOND, 0.8), &[run_in("shot.move", shot(1, json!({ "index": 1 })))]);
    check(none(), FIRST, (THIRD, 0.9), &[run_in("shot.move", shot(1, json!({ "index": 2 })))]);
    check(none(), THIRD, (FIRST, 0.1), &[run_in("shot.move", shot(3, json!({ "index": 0 })))]);
    // Back where it was is no change.
    check(none(), FIRST, (SECOND, 0.2), &[]);
    let into = json!({ "index": 1, "to_scene_id": "scene_002" });
    check(none(), SECOND, (FOURTH, 0.9), &[run_in("shot.move", shot(2, into))]);
    let two = Selection::Shots(vec![name(1, 2), name(1, 1)]);
    let into = |index: usize| json!({ "index": index, "to_scene_id": "scene_002" });
    let both = [run_in("shot.move", shot(1, into(0))), run_in("shot.move", shot(2, into(1)))];
    check(two, SECOND, (FOURTH, 0.1), &both);
}

#[test]
fn a_drag_is_taken_back_with_escape() {
    let mut screen = timeline(Selection::Film);
    let (from, to) = (inside(&screen, FIRST, 0.5), inside(&screen, THIRD, 0.9));
    lift(&mut screen, from, to);
    assert!(screen.state().state.timeline.is_dragging());
    screen.key_press(egui::Key::Escape);
    screen.run_steps(2);
    screen.drop_at(to);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), []);
}

#[test]
fn a_trim_and_a_moved_sound_are_put_back_with_escape() {
    let put_back = |label: &str| {
        let mut screen = timeline(Selection::Film);
        let from = place(&screen, label).center();
        lift(&mut screen, from, from + vec2(60.0, 0.0));
        assert!(!screen.state_mut().take_asks().is_empty(), "{label} did not follow the hand");
        screen.key_press(egui::Key::Escape);
        screen.run_steps(2);
        let asks = screen.state_mut().take_asks();
        screen.drop_at(from);
        screen.run_steps(3);
        assert_eq!(screen.state_mut().take_asks(), [], "{label}");
        asks
    };
    let trim = run_in("shot.trim", shot(1, json!({ "in_frame": 0 })));
    assert_eq!(put_back("in point of scene_001/shot_001"), [trim]);
    let music = run_in("lane.set", json!({ "scene_id": "scene_001", "lane": "music", "offset_secs": 0.0 }));
    assert_eq!(put_back("Music music.wav"), [music]);
}

#[test]
fn a_scene_is_dragged_before_another() {
    let mut screen = timeline(Selection::Film);
    let (from, to) = (inside(&screen, "Scene 2: London", 0.5), inside(&screen, "Scene 1: The Hut", 0.1));
    drag(&mut screen, from, to);
    let expected = run("scene.move", json!({ "scene_id": "scene_002", "index": 0 }));
    assert_eq!(screen.state_mut().take_asks(), [expected]);
}

#[test]
fn an_edge_trims_in_one_step() {
    let trimmed = |edge: &str, by_px: f32, snapping: bool| {
        let mut screen = timeline(Selection::Film);
        screen.state_mut().state.timeline.snapping = snapping;
        let from = get(&screen, edge).rect().center();
        drag(&mut screen, from, from + vec2(by_px, 0.0));
        let asks = std::mem::take(&mut screen.state_mut().asks).0;
        let px_per_frame = screen.state().state.timeline.px_per_frame as f32;
        let groups: std::collections::HashSet<_> = asks
            .iter()
            .map(|ask| match ask {
                Ask::Run { operator: "shot.trim", group, .. } => group.expect("a drag has a group"),
                other => panic!("{other:?} is no trim"),
            })
            .collect();
        assert_eq!(groups.len(), 1, "one drag is one step");
        let Some(Ask::Run { params, .. }) = asks.last().cloned() else { panic!("nothing was trimmed") };
        (params, (by_px / px_per_frame).round().abs() as u64)
    };
    let (params, frames) = trimmed("out point of scene_001/shot_001", -120.0, false);
    assert_eq!(params, shot(1, json!({ "out_frame": SHOT - frames })));
    let (params, frames) = trimmed("in point of scene_001/shot_001", 120.0, false);
    assert_eq!(params, shot(1, json!({ "in_frame": frames })));
    // Past the end of the take there are no pictures.
    let (params, _) = trimmed("out point of scene_001/shot_001", 300.0, false);
    assert_eq!(params, shot(1, json!({ "out_frame": null })));
    // A shot without a take has nothing to trim.
    assert!(find(&timeline(Selection::Film), "out point of scene_001/shot_002").is_none());
}

#[test]
fn the_ruler_and_the_empty_place_move_the_playhead() {
    let mut screen = timeline(Selection::shot(name(1, 1)));
    let clip = get(&screen, THIRD).rect();
    let ruler = place(&screen, "Playhead at");
    screen.hover_at(pos2(clip.left() + 1.0, ruler.center().y));
    screen.drag_at(pos2(clip.left() + 1.0, ruler.center().y));
    screen.run_steps(2);
    let asks = screen.state_mut().take_asks();
    assert_eq!(asks.last(), Some(&Ask::Seek(2 * SHOT)));
    screen.drop_at(pos2(clip.left() + 1.0, ruler.center().y));
    screen.run_steps(2);
    assert_eq!(screen.state().state.selection, Selection::shot(name(1, 1)), "the ruler leaves the selection alone");
    // Under the clips, where no sound lies.
    screen.state_mut().take_asks();
    let at = pos2(get(&screen, FOURTH).rect().left() + 2.0, 396.0);
    drag(&mut screen, at, at);
    assert_eq!(screen.state_mut().take_asks(), [Ask::Seek(3 * SHOT)]);
    assert_eq!(screen.state().state.selection, Selection::Film);
}

#[test]
fn a_cut_mark_forces_and_forbids_smoothing() {
    let mark = "Cut after scene_001/shot_001: Linked: the next shot continues this one";
    let check = |entry: &'static str, value: &str| {
        let mut screen = timeline(Selection::Film);
        act(&mut screen, &Act::Choose(mark, entry));
        assert_eq!(screen.state_mut().take_asks(), [run("shot.set", shot(1, json!({ "smooth": value })))]);
    };
    check("Smooth where the frames match", "auto");
    check("Always smooth this cut", "always");
    check("Never smooth this cut", "never");
    let forced = |film: &mut Film| film.scenes[0].shots[1].smooth = kinora_core::film::SmoothMode::Always;
    let screen = screen(Panel::Timeline, Selection::Film, forced);
    assert!(find(&screen, "Cut after scene_001/shot_002: Smoothing is forced at this cut").is_some());
}

#[test]
fn sounds_are_selected_and_moved() {
    let check = |label: &str, lane: AudioLane, operator: &'static str, params: Value| {
        let mut screen = timeline(Selection::Film);
        let from = place(&screen, label).center();
        let px_per_second = screen.state().state.timeline.px_per_frame as f32 * 24.0;
        drag(&mut screen, from, from + vec2(px_per_second, 0.0));
        assert_eq!(screen.state().state.selection, Selection::Lane(SceneId::numbered(1), lane));
        let asks = screen.state_mut().take_asks();
        let Some(Ask::Run { operator: id, params: found, .. }) = asks.last() else { panic!("{label}: {asks:?}") };
        let (mut found, secs) = (found.clone(), found["offset_secs"].as_f64().unwrap());
        found.as_object_mut().unwrap().shift_remove("offset_secs");
        assert_eq!((*id, found), (operator, params));
        assert!((secs - 1.0).abs() < 0.02, "{label} lies at {secs} s");
    };
    check(
        "Voice Narrator: Go.",
        AudioLane::Voice,
        "line.set",
        json!({ "scene_id": "scene_001", "line_id": "line_001" }),
    );
    check("Music music.wav", AudioLane::Music, "lane.set", json!({ "scene_id": "scene_001", "lane": "music" }));
}

#[test]
fn every_tool_and_every_entry_of_a_clips_menu_does_its_action() {
    let check = |done: Act, expected: &[Ask]| {
        let mut screen = timeline(Selection::shot(name(1, 1)));
        screen.state_mut().state.transport.frame = 24;
        screen.state_mut().history.undo_label = Some("Add shot".to_owned());
        screen.state_mut().history.redo_label = Some("Add shot".to_owned());
        screen.run_steps(2);
        act(&mut screen, &done);
        assert_eq!(screen.state_mut().take_asks(), expected, "{done:?}");
    };
    let (scene_id, shot_id) = name(1, 1);
    let generate = Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() });
    let split = run("shot.split", shot(1, json!({ "frame": 24 })));
    let trim = |fields: Value| run_in("shot.trim", shot(1, fields));
    check(Act::Press("Add shot"), &[run("shot.add", json!({ "scene_id": "scene_001", "index": 1 }))]);
    check(Act::Press("Add scene"), &[run("scene.add", json!({ "title": "New scene", "index": 1 }))]);
    check(Act::Press("Generate shot"), std::slice::from_ref(&generate));
    check(Act::Press("Split at playhead"), std::slice::from_ref(&split));
    check(Act::Press("Undo"), &[run("history.undo", json!({}))]);
    check(Act::Press("Redo"), &[run("history.redo", json!({}))]);
    check(Act::Menu(FIRST, "Generate shot"), &[generate]);
    check(Act::Menu(FIRST, "Duplicate"), &[run_in("shot.duplicate", shot(1, json!({})))]);
    check(Act::Menu(FIRST, "Split at playhead"), &[split]);
    check(Act::Menu(FIRST, "Move later"), &[run("shot.move", shot(1, json!({ "index": 1 })))]);
    check(Act::Menu(FIRST, "Trim start to playhead"), &[trim(json!({ "in_frame": 24 }))]);
    check(Act::Menu(FIRST, "Trim end to playhead"), &[trim(json!({ "out_frame": 24 }))]);
    check(Act::Menu(FIRST, "Delete"), &[run_in("shot.remove", shot(1, json!({})))]);
    let mut screen = timeline(Selection::Film);
    act(&mut screen, &Act::Press("Snapping"));
    assert!(!screen.state().state.timeline.snapping);
    // At the very start of a shot there is nothing to split.
    act(&mut screen, &Act::Press("Split at playhead"));
    assert_eq!(screen.state_mut().take_asks(), []);
}

fn wheel(screen: &mut Screen, at: Pos2, y: f32, modifiers: Modifiers) {
    screen.hover_at(at);
    screen.run_steps(1);
    let phase = TouchPhase::Move;
    let event = Event::MouseWheel { unit: MouseWheelUnit::Point, delta: vec2(0.0, y), phase, modifiers };
    screen.event_modifiers(event, modifiers);
    screen.run_steps(30);
}

#[test]
fn the_wheel_zooms_about_the_pointer_and_scrolls() {
    let mut screen = timeline(Selection::Film);
    let whole = screen.state().state.timeline.px_per_frame;
    let at = inside(&screen, THIRD, 0.25);
    let frame_at = |screen: &Screen| {
        let state = &screen.state().state.timeline;
        let left = place(screen, "Playhead at").left();
        state.scroll_frames + f64::from(at.x - left) / state.px_per_frame
    };
    let before = frame_at(&screen);
    wheel(&mut screen, at, 200.0, Modifiers::COMMAND);
    let near = screen.state().state.timeline.px_per_frame;
    assert!(near > whole * 1.5, "{whole} became {near} points a frame");
    assert!((frame_at(&screen) - before).abs() < 1.0, "frame {before} moved to {}", frame_at(&screen));
    let scrolled = screen.state().state.timeline.scroll_frames;
    wheel(&mut screen, at, -100.0, Modifiers::NONE);
    let now = screen.state().state.timeline.scroll_frames;
    assert!((now - scrolled - 100.0 / near).abs() < 1.0, "from {scrolled} to {now}");
    act(&mut screen, &Act::Press("Fit the film"));
    assert!((screen.state().state.timeline.px_per_frame - whole).abs() < 1e-9);
    act(&mut screen, &Act::Press("Zoom in"));
    assert!(screen.state().state.timeline.px_per_frame > whole);
    act(&mut screen, &Act::Press("Zoom out"));
    assert!((screen.state().state.timeline.px_per_frame / whole - 1.0).abs() < 1e-6);
    // To single frames, and no further.
    for _ in 0..12 {
        wheel(&mut screen, at, 400.0, Modifiers::COMMAND);
    }
    assert_eq!(screen.state().state.timeline.px_per_frame, 48.0);
}

#[test]
fn a_clip_says_how_it_stands() {
    let ask = |number: usize| {
        let (scene_id, shot_id) = name(1, number);
        JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() }
    };
    let check = |state: &JobState, words: &str| {
        let mut screen = timeline(Selection::Film);
        screen.state_mut().jobs.set_jobs(vec![row(1, ask(2), state)]);
        screen.run_steps(2);
        assert!(find(&screen, &format!("1.2  He waits, {words}")).is_some(), "{words}");
    };
    check(&JobState::Queued, "queued");
    let running = |progress| JobState::Running { progress, stage: "drawing".to_owned(), eta_secs: None };
    check(&running(None), "generating");
    check(&running(Some(0.5)), "generating, 50 %");
    let failure = JobFailure {
        kind: "provider".to_owned(),
        what: "generate it".to_owned(),
        why: "the vendor is away".to_owned(),
        what_to_do: Some("try again later".to_owned()),
        problems: Vec::new(),
        money: String::new(),
        unanswered_job: None,
        unplaced_job: None,
    };
    check(&JobState::Failed(failure), "failed: the vendor is away try again later");
    check(&JobState::Cancelled, "empty: no take yet");
    let stale = |film: &mut Film| {
        let source = film.scenes[0].shots[1].continuity_source.as_mut().unwrap();
        source.take_id = Some(kinora_core::ids::TakeId::numbered(9));
        source.take_blake3 = "ab".repeat(32);
        let clip = film.scenes[0].shots[0].takes[1].clone();
        let shot = &mut film.scenes[0].shots[1];
        (shot.file_path, shot.takes) = (Some(clip.file_path.clone()), vec![clip]);
    };
    let screen = screen(Panel::Timeline, Selection::Film, stale);
    assert!(screen.query_by_label_contains("1.2  He waits, out of date: ").is_some());
}

#[test]
fn a_long_film_draws_only_what_is_seen() {
    let long = |film: &mut Film| {
        film.scenes = (1..=100)
            .map(|number| {
                let mut scene = FilmScene::new(SceneId::numbered(number), "A scene");
                scene.shots = (1..=100).map(|shot| Shot::new(ShotId::numbered(shot), "A shot", 4.0)).collect();
                scene
            })
            .collect();
    };
    let mut screen = screen(Panel::Timeline, Selection::Film, long);
    let count = |screen: &Screen| screen.query_all(egui_kittest::kittest::by()).count();
    assert!(count(&screen) < 400, "{} parts for the whole film", count(&screen));
    screen.state_mut().state.timeline.px_per_frame = 1.0;
    screen.state_mut().state.timeline.scroll_frames = 480_000.0;
    screen.run_steps(3);
    assert!(find(&screen, "51.1  A shot, empty: no take yet").is_some());
    assert!(count(&screen) < 120, "{} parts for a dozen shots", count(&screen));
}

#[test]
fn the_flag_of_an_empty_scene_holds_its_number() {
    let many = |film: &mut Film| {
        let mut scenes = vec![film.scenes[1].clone()];
        scenes.extend((2..=1000).map(|number| FilmScene::new(SceneId::numbered(number), "Empty")));
        film.scenes = scenes;
    };
    let screen = screen(Panel::Timeline, Selection::Film, many);
    let width = |number: usize| find(&screen, &format!("Scene {number}: Empty")).unwrap().rect().width();
    assert!(width(1000) > width(2) + 8.0, "{} for four digits, {} for one", width(1000), width(2));
}

#[test]
fn an_empty_film_says_what_to_do() {
    let screen = screen(Panel::Timeline, Selection::Film, |film| film.scenes.clear());
    assert!(screen.query_by_label("No scene yet").is_some());
    assert!(screen.query_by_label_contains("Add a scene").is_some());
}
