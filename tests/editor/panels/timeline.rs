//! The timeline: what is clicked, dragged, trimmed and zoomed, and what is asked for then.

use super::bench::{Act, Panel, Screen, act, drag, find, get, lift, name, place, row, run, run_in, screen};
use bevy_egui::egui::{self, Event, Modifiers, MouseWheelUnit, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::kittest::Queryable;
use kinora::{
    jobs::{CutReports, JobAsk, JobFailure, JobState},
    ui::{ask::Ask, state::Selection},
};
use kinora_core::{
    continuity::Cut,
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
    let two = Selection::of_shots(vec![name(1, 2), name(1, 1)]);
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
}

#[test]
fn an_empty_shot_is_as_long_as_its_edge_is_dragged_to() {
    let dragged = |edge: &str, by_frames: f32, model: &'static str| {
        let mut screen = screen(Panel::Timeline, Selection::Film, |film| film.scenes[0].shots[1].model = model.into());
        screen.state_mut().state.timeline.snapping = false;
        let from = get(&screen, edge).rect().center();
        let px_per_frame = screen.state().state.timeline.px_per_frame as f32;
        lift(&mut screen, from, from + vec2(by_frames * px_per_frame, 0.0));
        screen
    };
    let last = |mut screen: Screen| {
        let asks = screen.state_mut().take_asks();
        let Some(Ask::Run { operator: "shot.set", params, group: Some(_) }) = asks.last() else { panic!("{asks:?}") };
        let secs = params["duration"].as_f64().unwrap();
        assert_eq!(*params, shot(2, json!({ "duration": secs })));
        secs
    };
    let (edge_in, edge_out) = ("in point of scene_001/shot_002", "out point of scene_001/shot_002");
    assert_eq!(last(dragged(edge_out, 24.0, "draft:previs")), 5.0);
    assert_eq!(last(dragged(edge_out, -36.0, "draft:previs")), 2.5);
    // Its start stays where the shot before ends.
    assert_eq!(last(dragged(edge_in, 24.0, "draft:previs")), 3.0);
    assert_eq!(last(dragged(edge_in, -12.0, "draft:previs")), 4.5);
    // As long as its model can make it.
    assert_eq!(last(dragged(edge_out, 40.0, "vendor:veo")), 6.0);
    assert_eq!(last(dragged(edge_out, 400.0, "vendor:veo")), 8.0);
    assert_eq!(dragged(edge_out, 10.0, "vendor:veo").state_mut().take_asks(), []);
    // What the rules of the model forbid cannot be dragged to.
    let mut refused = screen(Panel::Timeline, Selection::Film, |film| {
        let shot = &mut film.scenes[0].shots[1];
        (shot.model, shot.duration) = ("vendor:veo".to_owned(), 8.0);
        shot.extra.insert("parameters".to_owned(), json!({ "resolution": "1080p" }));
    });
    let from = get(&refused, edge_out).rect().center();
    lift(&mut refused, from, from - vec2(140.0, 0.0));
    assert_eq!(refused.state_mut().take_asks(), []);
    // Escape puts the length back as it was written.
    let mut cancelled = dragged(edge_out, 24.0, "draft:previs");
    cancelled.state_mut().take_asks();
    cancelled.key_press(egui::Key::Escape);
    cancelled.run_steps(2);
    assert_eq!(cancelled.state_mut().take_asks(), [run_in("shot.set", shot(2, json!({ "duration": 4.0 })))]);
    // The keys that trim to the playhead do the same.
    let mut keys = timeline(Selection::shot(name(1, 2)));
    keys.state_mut().state.transport.frame = SHOT + 24;
    keys.run_steps(2);
    act(&mut keys, &Act::Menu(SECOND, "Trim end to playhead"));
    assert_eq!(keys.state_mut().take_asks(), [run_in("shot.set", shot(2, json!({ "duration": 1.0 })))]);
}

#[test]
fn an_edge_holds_on_to_the_playhead_and_to_marks() {
    let trimmed = |by_frames: f32, off_px: f32, snapping: bool| {
        let mut screen = timeline(Selection::Film);
        screen.state_mut().state.timeline.snapping = snapping;
        screen.state_mut().state.transport.frame = 60;
        screen.state_mut().state.marks = (Some(30), None);
        screen.run_steps(1);
        let from = get(&screen, "out point of scene_001/shot_001").rect().center();
        let px_per_frame = screen.state().state.timeline.px_per_frame as f32;
        drag(&mut screen, from, from + vec2(by_frames * px_per_frame + off_px, 0.0));
        let asks = screen.state_mut().take_asks();
        let Some(Ask::Run { operator: "shot.trim", params, .. }) = asks.last().cloned() else { panic!("{asks:?}") };
        params["out_frame"].as_u64().unwrap()
    };
    assert_eq!(trimmed(-36.0, 6.0, true), 60);
    assert_eq!(trimmed(-66.0, -6.0, true), 30);
    assert_ne!(trimmed(-36.0, 6.0, false), 60);
    // Its own end and all that follows moves with it, and holds nothing.
    assert_eq!(trimmed(-1.0, 0.0, true), SHOT - 1);
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
    // Every cut says what it is, and shots that have nothing to do with each other can be joined, too.
    let mut plain = timeline(Selection::Film);
    let quiet = "Cut after scene_001/shot_002: Not linked, a plain cut";
    act(&mut plain, &Act::Choose(quiet, "Always smooth this cut"));
    assert_eq!(plain.state_mut().take_asks(), [run("shot.set", shot(2, json!({ "smooth": "always" })))]);
    assert!(
        plain.query_all_by_label_contains("Cut after scene_001/shot_003").next().is_none(),
        "scenes are not joined"
    );
    let forced = |film: &mut Film| film.scenes[0].shots[1].smooth = kinora_core::film::SmoothMode::Always;
    let screen = screen(Panel::Timeline, Selection::Film, forced);
    assert!(find(&screen, "Cut after scene_001/shot_002: Smoothing is forced at this cut").is_some());
}

/// The words that are painted.
fn painted(screen: &Screen) -> Vec<String> {
    let texts = screen.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_judged_cut_shows_its_score_where_there_is_room() {
    let cut = |score: f64, matched: bool, smoothed: bool| Cut {
        scene_id: SceneId::numbered(1),
        from: ShotId::numbered(1),
        to: ShotId::numbered(2),
        continued: true,
        exact: false,
        score,
        matched,
        smoothed,
        reason: "as it is".to_owned(),
    };
    let with = |cut: Cut, linked: bool| {
        let mut screen = screen(Panel::Timeline, Selection::Film, |film| {
            let take = film.scenes[0].shots[0].takes[1].clone();
            let next = &mut film.scenes[0].shots[1];
            (next.file_path, next.takes) = (Some(take.file_path.clone()), vec![take]);
            if !linked {
                next.continuity_source = None;
            }
        });
        screen.state_mut().jobs.set_cuts(&CutReports::of(&SceneId::numbered(1), vec![cut]));
        screen.run_steps(2);
        screen
    };
    let label = |words: &str| format!("Cut after scene_001/shot_001: {words}");
    for (matched, smoothed, words) in [
        (true, true, "Smoothed, match 0.87: as it is"),
        (true, false, "Matched 0.87, a plain cut: as it is"),
        (false, false, "Poor match 0.87, a plain cut: as it is"),
    ] {
        let mut screen = with(cut(0.87, matched, smoothed), true);
        let near = get(&screen, &label(words)).rect();
        assert!(painted(&screen).iter().any(|text| text == "0.87"), "{words}");
        // Between narrow clips there is room for the sign alone, and between narrower ones for nothing.
        screen.state_mut().state.timeline.px_per_frame = 40.0 / SHOT as f64;
        screen.run_steps(2);
        let far = get(&screen, &label(words)).rect();
        assert!(near.width() > far.width() + 15.0, "{near:?} {far:?}");
        assert!(!painted(&screen).iter().any(|text| text == "0.87"), "{words}");
        screen.state_mut().state.timeline.px_per_frame = 20.0 / SHOT as f64;
        screen.run_steps(2);
        assert!(find(&screen, &label(words)).is_none());
    }
    let unlinked = with(cut(0.21, false, false), false);
    assert!(find(&unlinked, &label("Not linked, a plain cut: match 0.21")).is_some());
    assert!(!painted(&unlinked).iter().any(|text| text == "0.21"), "a quiet mark");
    let mut unjudged = with(cut(0.2, false, false), true);
    unjudged.state_mut().jobs.set_cuts(&CutReports::default());
    unjudged.run_steps(2);
    assert!(find(&unjudged, &label("Linked: the next shot continues this one, not judged yet")).is_some());
}

#[test]
fn sounds_hold_on_to_cuts_the_playhead_marks_and_each_other() {
    let moved = |label: &str, by_frames: f32, off_px: f32, snapping: bool| {
        let mut screen = timeline(Selection::Film);
        screen.state_mut().state.timeline.snapping = snapping;
        screen.state_mut().state.transport.frame = 50;
        screen.state_mut().state.marks = (Some(30), None);
        screen.run_steps(1);
        let from = place(&screen, label).center();
        let px_per_frame = screen.state().state.timeline.px_per_frame as f32;
        drag(&mut screen, from, from + vec2(by_frames * px_per_frame + off_px, 0.0));
        let asks = screen.state_mut().take_asks();
        let Some(Ask::Run { params, .. }) = asks.last().cloned() else { panic!("{label}: {asks:?}") };
        params["offset_secs"].as_f64().unwrap()
    };
    let (music, line) = ("Music music.wav", "Voice Narrator: Go.");
    let secs = |frames: f64| (frames / 24.0 * 1000.0).round() / 1000.0;
    assert_eq!(moved(music, 96.0, 5.0, true), secs(96.0), "a cut");
    assert_eq!(moved(music, 50.0, -5.0, true), secs(50.0), "the playhead");
    assert_eq!(moved(music, 30.0, 5.0, true), secs(30.0), "a mark");
    assert_ne!(moved(music, 96.0, 5.0, false), secs(96.0), "snapping is off");
    // It is written down to last 0.7 s, 17 frames, while nobody has spoken it.
    assert_eq!(moved(music, 17.0, 4.0, true), secs(17.0), "the end of a line");
    let end = moved(line, 96.0 - 16.8, 4.0, true) * 24.0 + 16.8;
    assert!((end - 96.0).abs() < 0.05, "the end of the line lies at a cut, not at {end}");
}

#[test]
fn a_failed_clip_says_why_where_there_is_room() {
    let failure = JobFailure {
        kind: "provider".to_owned(),
        what: "generate it".to_owned(),
        why: "the vendor is away".to_owned(),
        what_to_do: None,
        problems: Vec::new(),
        money: String::new(),
        unanswered_job: None,
        unplaced_job: None,
    };
    let (scene_id, shot_id) = name(1, 2);
    let ask = JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() };
    let mut screen = timeline(Selection::Film);
    let says = |screen: &Screen| painted(screen).iter().any(|text| text.contains("the vendor is away"));
    assert!(!says(&screen));
    screen.state_mut().jobs.set_jobs(vec![row(1, ask, &JobState::Failed(failure))]);
    screen.run_steps(2);
    assert!(says(&screen));
    screen.state_mut().state.timeline.px_per_frame = 60.0 / SHOT as f64;
    screen.run_steps(2);
    assert!(!says(&screen), "there is no room");
    assert!(find(&screen, "1.2  He waits, failed: the vendor is away").is_some());
}

#[test]
fn narrow_clips_and_scenes_are_hit_by_arithmetic() {
    let film = |film: &mut Film| {
        film.scenes = (1..=3)
            .map(|number| {
                let mut scene = FilmScene::new(SceneId::numbered(number), "A scene");
                scene.shots = (1..=4).map(|shot| Shot::new(ShotId::numbered(shot), "A shot", 4.0)).collect();
                scene
            })
            .collect();
    };
    let with = |clip_px: f64| {
        let mut screen = screen(Panel::Timeline, Selection::Film, film);
        screen.state_mut().state.timeline.px_per_frame = clip_px / SHOT as f64;
        screen.run_steps(2);
        let left = place(&screen, "Playhead at").left();
        let at = move |index: f32, part: f32| left + (index + part) * clip_px as f32;
        (screen, at)
    };
    let click = |screen: &mut Screen, at: Pos2| {
        screen.hover_at(at);
        screen.run_steps(1);
        drag(screen, at, at);
    };
    let (mut screen, at) = with(12.0);
    let clip = get(&screen, "1.3  A shot, empty: no take yet").rect();
    let y = clip.center().y;
    assert!((clip.left() - at(2.0, 0.0)).abs() < 0.1 && clip.width() < 12.0, "{clip:?}");
    click(&mut screen, pos2(at(2.0, 0.5), y));
    assert_eq!(screen.state().state.selection, Selection::shot(name(1, 3)));
    click(&mut screen, pos2(at(5.0, 0.9), y));
    assert_eq!(screen.state().state.selection, Selection::shot(name(2, 2)));
    assert_eq!(screen.state_mut().take_asks(), []);
    act(&mut screen, &Act::Add("3.1  A shot, empty: no take yet"));
    assert_eq!(screen.state().state.selection.shots(), [name(2, 2), name(3, 1)]);
    // Both are dragged to the front of the second scene.
    drag(&mut screen, pos2(at(8.0, 0.5), y), pos2(at(4.0, 0.1), y));
    let moved = |scene: usize, number: usize, more: Value| {
        let mut params = json!({ "scene_id": format!("scene_00{scene}"), "shot_id": format!("shot_00{number}") });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run_in("shot.move", params)
    };
    let expected = [moved(2, 2, json!({ "index": 0 })), moved(3, 1, json!({ "index": 1, "to_scene_id": "scene_002" }))];
    assert_eq!(screen.state_mut().take_asks(), expected);
    act(&mut screen, &Act::Menu("1.1  A shot, empty: no take yet", "Delete"));
    let delete = run_in("shot.remove", json!({ "scene_id": "scene_001", "shot_id": "shot_001" }));
    assert_eq!(screen.state_mut().take_asks(), [delete]);
    // Narrower still, nothing can be hit: a click means the ground, and moves the playhead. Scenes still can.
    let (mut screen, at) = with(5.0);
    assert!(find(&screen, "1.3  A shot, empty: no take yet").is_none());
    let scenes = get(&screen, "Scene 2: A scene").rect();
    click(&mut screen, pos2(at(6.0, 0.5), y));
    assert_eq!(screen.state().state.selection, Selection::Film);
    let asks = screen.state_mut().take_asks();
    let [Ask::Seek(frame)] = asks.as_slice() else { panic!("{asks:?}") };
    assert!(frame.abs_diff(6 * SHOT + SHOT / 2) <= 1, "frame {frame}");
    click(&mut screen, scenes.center());
    assert_eq!(screen.state().state.selection, Selection::Scene(SceneId::numbered(2)));
    drag(&mut screen, scenes.center(), scenes.center() - vec2(25.0, 0.0));
    let expected = run("scene.move", json!({ "scene_id": "scene_002", "index": 0 }));
    assert_eq!(screen.state_mut().take_asks(), [expected]);
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
    assert!(count(&screen) < 200, "{} parts for a dozen shots", count(&screen));
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
