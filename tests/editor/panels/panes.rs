//! Panes and menus from the keyboard.

use super::bench::{Act, Panel, Screen, act, find, get, name, run, screen};
use bevy_egui::egui::{Key, Modifiers, Popup, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use kinora::{
    jobs::JobAsk,
    ui::{ask::Ask, state::Selection},
};
use kinora_core::{film::AudioLane, ids::SceneId};
use serde_json::json;

fn window(selection: Selection) -> Screen {
    screen(Panel::Window, selection, |_| {})
}

fn press(screen: &mut Screen, modifiers: Modifiers, key: Key) {
    screen.key_press_modifiers(modifiers, key);
    screen.run_steps(5);
}

/// The pane that has the keys itself.
fn pane(screen: &Screen) -> Option<String> {
    let panes = ["Library", "Monitor", "Timeline", "Inspector"];
    let found = |label: &&str| {
        let mut all = screen.query_all_by_label(label);
        all.any(|node| node.accesskit_node().role() == Role::Pane && node.accesskit_node().is_focused())
    };
    panes.iter().find(|label| found(label)).map(|label| (*label).to_owned())
}

#[test]
fn keys_go_from_pane_to_pane() {
    let mut screen = window(Selection::Film);
    assert_eq!(pane(&screen), None);
    for (key, expected) in
        [(Key::Num4, "Inspector"), (Key::Num2, "Monitor"), (Key::Num1, "Library"), (Key::Num3, "Timeline")]
    {
        press(&mut screen, Modifiers::COMMAND, key);
        assert_eq!(pane(&screen).as_deref(), Some(expected));
    }
    for expected in ["Inspector", "Library", "Monitor", "Timeline"] {
        press(&mut screen, Modifiers::NONE, Key::F6);
        assert_eq!(pane(&screen).as_deref(), Some(expected));
    }
    for expected in ["Monitor", "Library", "Inspector"] {
        press(&mut screen, Modifiers::SHIFT, Key::F6);
        assert_eq!(pane(&screen).as_deref(), Some(expected));
    }
    // From something in a pane it goes to the one beside it.
    get(&screen, "All").focus();
    screen.run_steps(2);
    press(&mut screen, Modifiers::NONE, Key::F6);
    assert_eq!(pane(&screen).as_deref(), Some("Monitor"));
    // A pane with the keys leaves the film its own: Space plays, arrows step.
    screen.key_press(Key::Space);
    screen.run_steps(2);
    assert_ne!(screen.state().state.transport.speed, 0.0);
    screen.key_press(Key::Space);
    screen.run_steps(2);
    screen.state_mut().take_asks();
    press(&mut screen, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(screen.state_mut().take_asks(), [Ask::Seek(1)]);
    assert_eq!(pane(&screen).as_deref(), Some("Monitor"));
}

#[test]
fn panes_that_were_moved_are_put_back() {
    let mut screen = window(Selection::Film);
    let places = |screen: &Screen| ["Search the library", "Add shot"].map(|label| get(screen, label).rect());
    let at_first = places(&screen);
    let tree = &mut screen.state_mut().tree;
    let shown = tree.active_tiles().len();
    let root = tree.root.unwrap();
    let Some(egui_tiles::Tile::Container(egui_tiles::Container::Linear(linear))) = tree.tiles.get_mut(root) else {
        panic!("the panes lie beside each other")
    };
    linear.children.reverse();
    screen.run_steps(3);
    assert_ne!(places(&screen), at_first);
    screen.state_mut().state.perform_next = Some("panes.reset");
    screen.run_steps(3);
    assert_eq!(places(&screen), at_first);
    assert_eq!(screen.state().tree.active_tiles().len(), shown);
}

/// Whether a menu is open that has an entry.
fn offers(screen: &Screen, entry: &str) -> bool {
    Popup::is_any_open(&screen.ctx) && find(screen, entry).is_some()
}

#[test]
fn a_key_opens_the_menu_of_what_is_selected() {
    let (scene_id, shot_id) = name(1, 2);
    let mut screen = window(Selection::shot((scene_id.clone(), shot_id.clone())));
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    assert!(offers(&screen, "Move later"));
    // Its first entry has the keys.
    screen.key_press(Key::Enter);
    screen.run_steps(3);
    let generate = JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() };
    assert_eq!(screen.state_mut().take_asks(), [Ask::Start(generate)]);
    assert!(!Popup::is_any_open(&screen.ctx));
    // A lane has a menu too.
    let mut screen = window(Selection::Lane(SceneId::numbered(1), AudioLane::Music));
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    get(&screen, "Mute the music lane").click();
    screen.run_steps(3);
    let muted = json!({ "scene_id": "scene_001", "lane": "music", "mute": true });
    assert_eq!(screen.state_mut().take_asks(), [run("lane.set", muted)]);
    // A scene's is that of its card.
    let mut screen = window(Selection::Scene(SceneId::numbered(1)));
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    assert!(offers(&screen, "Generate what is missing"));
    screen.key_press(Key::Escape);
    screen.run_steps(3);
    assert!(!Popup::is_any_open(&screen.ctx));
    assert_eq!(screen.state().state.selection, Selection::Scene(SceneId::numbered(1)));
}

#[test]
fn what_has_the_focus_opens_its_own_menu() {
    let mut screen = window(Selection::Lane(SceneId::numbered(1), AudioLane::Music));
    act(&mut screen, &Act::Press("Characters"));
    get(&screen, "Lord Ruthven").focus();
    screen.run_steps(2);
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    assert!(offers(&screen, "Add portrait…"));
    let mut screen = window(Selection::Film);
    let cut = screen.query_by_label_contains("Cut after scene_001/shot_001").unwrap();
    cut.focus();
    screen.run_steps(2);
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    assert!(offers(&screen, "Never smooth this cut"));
    // Where nothing has a menu, nothing opens, now or later.
    let mut screen = window(Selection::Film);
    press(&mut screen, Modifiers::SHIFT, Key::F10);
    assert!(!Popup::is_any_open(&screen.ctx));
    screen.state_mut().state.selection = Selection::shot(name(1, 2));
    screen.run_steps(4);
    assert!(!Popup::is_any_open(&screen.ctx));
}
