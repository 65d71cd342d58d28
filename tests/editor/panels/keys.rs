//! Every action from the keyboard: its keys do what it does.

use super::bench::{Panel, Screen, act, empty_window, get, lift, name, row, screen, take};
use bevy_egui::egui::{Popup, vec2};
use egui_kittest::kittest::Queryable;
use kinora::{
    jobs::{JobAsk, JobState},
    ui::{
        actions::{ACTIONS, Action},
        ask::Ask,
        state::{Overlay, Selection},
    },
};
use kinora_core::{
    film::{ProjectPath, SmoothMode},
    ids::CharacterId,
};

/// A window in which every action can be done: a shot is selected, the playhead is inside it, and there is something to
/// undo and redo.
fn ready() -> Screen {
    let mut screen = screen(Panel::Window, Selection::shot(name(1, 2)), |_| {});
    let bench = screen.state_mut();
    bench.state.transport.frame = 30;
    bench.history.undo_label = Some("Add shot".to_owned());
    bench.history.redo_label = Some("Add shot".to_owned());
    screen.run_steps(2);
    screen
}

/// A window in which this action can be done.
fn ready_for(id: &str) -> Screen {
    let part = id.split_once('.').map_or(id, |(part, _)| part);
    let made = Selection::shot(name(1, 1));
    let person = Selection::Character(CharacterId::new("char_ruthven").unwrap());
    let mut screen = match part {
        "take" | "cut" => screen(Panel::Window, made, |film| {
            let shot = &mut film.scenes[0].shots[0];
            shot.takes = (1..=11).map(take).collect();
            shot.file_path = Some(shot.takes[9].file_path.clone());
            if id == "cut.auto" {
                shot.smooth = SmoothMode::Never;
            }
        }),
        _ if ["shot.lip_sync", "shot.extract_frames"].contains(&id) => screen(Panel::Window, made, |film| {
            film.scenes[0].voice_lines[0].file_path = Some(ProjectPath::new("audio/line_001.wav").unwrap());
        }),
        "voice" | "character" if id != "character.add" => screen(Panel::Window, person, |film| {
            film.characters[0].voice_id = "draft:alto".to_owned();
        }),
        _ => ready(),
    };
    if part == "job" {
        let jobs = [JobState::Cancelled, JobState::Queued];
        let rows = jobs.iter().zip(1..).map(|(state, number)| row(number, JobAsk::CompleteFilm, state));
        screen.state_mut().jobs.set_jobs(rows.collect());
        screen.run_steps(2);
    }
    screen
}

/// Everything that an action can have changed, in words.
fn seen(screen: &mut Screen) -> String {
    let asks = screen.state_mut().take_asks();
    let state = &screen.state().state;
    let timeline = (&state.timeline.px_per_frame, state.timeline.snapping, state.timeline.select_added);
    let open = (state.overlay, state.overlays.is_browsing(), state.tray_open, state.look, state.safe_areas);
    let monitor = (state.monitor, state.diagnostics, state.inspector.compared(), Popup::is_any_open(&screen.ctx));
    let play = (state.transport.clone(), state.marks);
    format!(
        "{asks:?} {timeline:?} {open:?} {play:?} {monitor:?} {:?} {:?}",
        state.selection,
        screen.ctx.memory(|memory| memory.focused())
    )
}

#[test]
fn every_key_does_its_action_and_nothing_else() {
    let by_name = |action: &Action| {
        let mut screen = ready_for(action.id);
        screen.state_mut().state.perform_next = Some(action.id);
        screen.run_steps(4);
        seen(&mut screen)
    };
    for action in ACTIONS.iter() {
        // It needs a thing with a name of its own: see the library's test.
        if action.id == "edit.rename" {
            continue;
        }
        let expected = by_name(action);
        // These put things back to how they are in this window already.
        let may_rest = ["play.stop", "mark.clear", "view.fit", "monitor.fit", "monitor.wipe", "panes.reset"];
        let at_rest = seen(&mut ready_for(action.id));
        assert!(may_rest.contains(&action.id) || expected != at_rest, "{} does nothing", action.id);
        for keys in action.keys {
            let mut screen = ready_for(action.id);
            screen.key_press_modifiers(keys.modifiers, keys.logical_key);
            screen.run_steps(4);
            assert_eq!(seen(&mut screen), expected, "{} by {keys:?}", action.id);
        }
    }
}

#[test]
fn keys_rest_while_something_is_typed_or_lies_over_the_panes() {
    let press = |screen: &mut Screen, key| {
        screen.key_press(key);
        screen.run_steps(2);
        screen.state_mut().take_asks()
    };
    use bevy_egui::egui::Key;
    let mut screen = ready();
    act(&mut screen, &super::bench::Act::Type("Prompt", "gn"));
    let asks = press(&mut screen, Key::N);
    let is_typing = |ask: &Ask| matches!(ask, Ask::Run { operator: "shot.set", .. });
    assert!(asks.iter().all(is_typing), "{asks:?}");
    for overlay in
        [Overlay::Palette, Overlay::Keys, Overlay::NewProject, Overlay::References, Overlay::Spend, Overlay::VendorKeys]
    {
        let mut screen = ready();
        screen.state_mut().state.overlay = Some(overlay);
        screen.run_steps(2);
        assert_eq!(press(&mut screen, Key::G), [], "{overlay:?}");
    }
    let (scene_id, shot_id) = name(1, 2);
    let generate = Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() });
    assert_eq!(press(&mut ready(), Key::G), [generate]);
}

#[test]
fn scenes_and_shots_move_by_key_also_from_scene_to_scene() {
    use bevy_egui::egui::{Key, Modifiers};
    use serde_json::json;
    let moved = |selection: Selection, key: Key| {
        let mut screen = screen(Panel::Window, selection, |_| {});
        screen.key_press_modifiers(Modifiers::ALT, key);
        screen.run_steps(2);
        screen.state_mut().take_asks()
    };
    let run = |operator: &'static str, params| vec![super::bench::run(operator, params)];
    let shot = |scene: usize, shot: usize| Selection::shot(name(scene, shot));
    let params = |shot: usize, index: usize| json!({ "scene_id": "scene_001", "shot_id": format!("shot_00{shot}"), "index": index });
    assert_eq!(moved(shot(1, 1), Key::ArrowRight), run("shot.move", params(1, 1)));
    assert_eq!(moved(shot(1, 2), Key::ArrowLeft), run("shot.move", params(2, 0)));
    let mut on = params(3, 0);
    on["to_scene_id"] = json!("scene_002");
    assert_eq!(moved(shot(1, 3), Key::ArrowRight), run("shot.move", on));
    let back = json!({ "scene_id": "scene_002", "shot_id": "shot_001", "index": 3, "to_scene_id": "scene_001" });
    assert_eq!(moved(shot(2, 1), Key::ArrowLeft), run("shot.move", back));
    assert_eq!(moved(shot(1, 1), Key::ArrowLeft), []);
    assert_eq!(moved(shot(2, 1), Key::ArrowRight), []);
    let scene = |number| Selection::Scene(kinora_core::ids::SceneId::numbered(number));
    let placed = |scene: &str, index: usize| run("scene.move", json!({ "scene_id": scene, "index": index }));
    assert_eq!(moved(scene(1), Key::ArrowRight), placed("scene_001", 1));
    assert_eq!(moved(scene(2), Key::ArrowLeft), placed("scene_002", 0));
    assert_eq!(moved(scene(2), Key::ArrowRight), []);
}

#[test]
fn space_and_enter_press_what_has_the_focus() {
    use bevy_egui::egui::Key;
    for key in [Key::Space, Key::Enter] {
        let pressed = |mut screen: Screen, label: &str| {
            get(&screen, label).focus();
            screen.run_steps(3);
            screen.key_press(key);
            screen.run_steps(3);
            assert_eq!(screen.state().state.transport.speed, 0.0, "{key:?} played");
            screen.state_mut().take_asks()
        };
        let asks = pressed(empty_window(), "Open the sample film");
        assert!(asks[..] == [Ask::OpenSample { afresh: false }], "{key:?}: {asks:?}");
        let asks = pressed(ready(), "Add shot");
        assert!(matches!(&asks[..], [Ask::Run { operator: "shot.add", .. }]), "{key:?}: {asks:?}");
    }
}

#[test]
fn arrows_move_the_slider_that_has_the_focus() {
    use bevy_egui::egui::Key;
    let mut screen = ready();
    get(&screen, "Gain slider").focus();
    screen.run_steps(3);
    screen.state_mut().take_asks();
    screen.key_press(Key::ArrowRight);
    screen.run_steps(3);
    let asks = screen.state_mut().take_asks();
    let is_gain =
        |ask: &Ask| matches!(ask, Ask::Run { operator: "shot.set", params, .. } if !params["gain_db"].is_null());
    assert!(!asks.is_empty() && asks.iter().all(is_gain), "{asks:?}");
    assert_eq!(screen.state().state.transport.frame, 30);
}

#[test]
fn escape_closes_a_menu_and_leaves_the_selection() {
    let mut screen = ready();
    get(&screen, "File").click();
    screen.run_steps(3);
    let entries = |screen: &Screen| screen.query_all_by_label_contains("Quit").count();
    assert!(entries(&screen) > 0);
    screen.key_press(bevy_egui::egui::Key::Escape);
    screen.run_steps(3);
    assert_eq!(entries(&screen), 0);
    assert_eq!(screen.state().state.selection, Selection::shot(name(1, 2)));
}

#[test]
fn escape_takes_a_drag_back_and_leaves_the_selection() {
    let mut screen = screen(Panel::Window, Selection::Film, |_| {});
    // The clip in the timeline lies below the card of the same name.
    let clips = screen.query_all_by_label_contains("1.2  He waits");
    let clip = clips.map(|node| node.rect()).max_by(|one, other| one.top().total_cmp(&other.top())).unwrap();
    let to = clip.center() - vec2(clip.width(), 0.0);
    lift(&mut screen, clip.center(), to);
    assert!(screen.state().state.timeline.is_dragging());
    screen.key_press(bevy_egui::egui::Key::Escape);
    screen.run_steps(2);
    assert!(!screen.state().state.timeline.is_dragging());
    assert_eq!(screen.state().state.selection, Selection::shot(name(1, 2)));
    screen.drop_at(to);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), []);
}
