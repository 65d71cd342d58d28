//! What is let go over the panes: files of the desktop, and what is dragged out of the library.

use super::bench::{Act, Panel, Screen, act, drag, find, get, lift, name, place, plain, run, run_in, screen};
use crate::films::{MemoryStore, without_used_numbers};
use bevy_egui::egui::{self, DragAndDrop, Key, Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use kinora::{
    commands::HeadlessEditor,
    generation::FrameEnd,
    jobs::{ClipPlace, JobAsk},
    ui::{
        ask::Ask,
        library::LibraryDrag,
        state::{Overlay, Selection},
    },
};
use kinora_core::{
    film::{AudioLane, Film, ProjectPath},
    ids::{CharacterId, SceneId},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const PERSON: &str = "Lord Ruthven";

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn window(selection: Selection) -> Screen {
    screen(Panel::Window, selection, |_| {})
}

fn ruthven() -> CharacterId {
    CharacterId::new("char_ruthven").unwrap()
}

/// Lets files of the desktop go at once, wherever the pointer is.
fn let_go(screen: &mut Screen, files: &[&str]) {
    screen.input_mut().hovered_files.clear();
    let files = files.iter().map(|file| Arc::new(Dropped(file.into())) as egui::DroppedFileHandle);
    screen.input_mut().dropped_files.extend(files);
    screen.run_steps(1);
}

/// Holds files of the desktop over a place.
fn hover(screen: &mut Screen, files: &[&str], at: Pos2) {
    let file = |path: &&str| egui::HoveredFile { path: Some(path.into()), ..Default::default() };
    screen.input_mut().hovered_files = files.iter().map(file).collect();
    screen.hover_at(at);
    screen.run_steps(2);
}

/// Drops files of the desktop on a place.
fn drop_files(screen: &mut Screen, files: &[&str], at: Pos2) -> Vec<Ask> {
    hover(screen, files, at);
    assert_eq!(screen.state_mut().take_asks(), [], "nothing is done while it hovers");
    let_go(screen, files);
    screen.run_steps(2);
    screen.state_mut().take_asks()
}

/// What was said last.
fn said(screen: &Screen) -> String {
    let notice = screen.state().state.toasts.last().map(|toast| &toast.notice);
    notice.map(|notice| format!("{}: {}", notice.title, notice.detail)).unwrap_or_default()
}

/// Where a shot's clip lies in the timeline, which is below the library.
fn clip(screen: &Screen, label: &str) -> Rect {
    let clips = screen.query_all_by_label_contains(label).map(|node| node.rect());
    clips.max_by(|one, other| one.top().total_cmp(&other.top())).unwrap()
}

/// The start of the film on the video track, and points a frame.
fn scale(screen: &Screen) -> (Pos2, f32) {
    let first = clip(screen, "1.1  A storm");
    (first.left_center(), screen.state().state.timeline.px_per_frame as f32)
}

/// A frame of the film on the video track.
fn on_track(screen: &Screen, frame: u64) -> Pos2 {
    let (start, px_per_frame) = scale(screen);
    start + vec2(frame as f32 * px_per_frame, 0.0)
}

/// A frame of the film on a lane.
fn on_lane(screen: &Screen, lane: AudioLane, frame: u64) -> Pos2 {
    let music = get(screen, "Music music.wav").rect().center().y;
    let down = match lane {
        AudioLane::Voice => -38.0,
        AudioLane::Music => 0.0,
        AudioLane::Ambient => 38.0,
    };
    pos2(on_track(screen, frame).x, music + down)
}

fn bring_sound(scene: usize, lane: AudioLane, offset_secs: f64, path: impl Into<PathBuf>) -> Ask {
    let (scene_id, offset_secs) = (SceneId::numbered(scene), Some(offset_secs));
    Ask::Start(JobAsk::ImportAudio { scene_id, lane, offset_secs, path: path.into() })
}

fn bring_clip(scene: usize, index: usize, path: &str) -> Ask {
    let place = ClipPlace::NewShot { index: Some(index) };
    Ask::Start(JobAsk::ImportClip { scene_id: SceneId::numbered(scene), place, path: path.into() })
}

#[test]
fn a_sound_of_the_desktop_lands_on_the_lane_at_the_time() {
    let check = |lane: AudioLane, frame: u64, scene: usize, offset_secs: f64| {
        let mut screen = window(Selection::Film);
        let at = on_lane(&screen, lane, frame);
        let asks = drop_files(&mut screen, &["/sounds/rain.wav"], at);
        assert_eq!(asks, [bring_sound(scene, lane, offset_secs, "/sounds/rain.wav")]);
    };
    check(AudioLane::Voice, 48, 1, 2.0);
    check(AudioLane::Music, 144, 1, 6.0);
    check(AudioLane::Ambient, 288 + 48, 2, 2.0);
    let mut screen = window(Selection::Film);
    let at = on_lane(&screen, AudioLane::Music, 48);
    for (files, why) in [
        (vec!["/clips/a.mp4"], "It is a clip: a lane takes sounds"),
        (vec!["/pictures/a.png"], "It is a picture"),
        (vec!["/texts/a.pdf"], "nothing that a film is made of"),
    ] {
        assert_eq!(drop_files(&mut screen, &files, at), []);
        assert!(said(&screen).contains("has no place here") && said(&screen).contains(why), "{}", said(&screen));
    }
    let two = drop_files(&mut screen, &["/sounds/rain.wav", "/sounds/wind.wav"], at);
    assert_eq!(two, [bring_sound(1, AudioLane::Music, 2.0, "/sounds/rain.wav")]);
    assert!(said(&screen).contains("wind.wav has no place here"), "{}", said(&screen));
}

#[test]
fn clips_of_the_desktop_land_between_shots_and_pictures_on_them() {
    let mut screen = window(Selection::shot(name(1, 3)));
    // Near the cut between the first and the second shot, whatever is selected.
    let at = on_track(&screen, 90);
    assert_eq!(drop_files(&mut screen, &["/clips/a.mp4"], at), [bring_clip(1, 1, "/clips/a.mp4")]);
    let two = drop_files(&mut screen, &["/clips/a.mp4", "/clips/b.mov"], at);
    assert_eq!(two, [bring_clip(1, 1, "/clips/b.mov"), bring_clip(1, 1, "/clips/a.mp4")]);
    let end = on_track(&screen, 380);
    assert_eq!(drop_files(&mut screen, &["/clips/a.mp4"], end), [bring_clip(2, 1, "/clips/a.mp4")]);
    let picture = Ask::bring_frame(vec![name(1, 1)], FrameEnd::First, "/pictures/a.png".into());
    assert_eq!(drop_files(&mut screen, &["/pictures/a.png"], at), [picture]);
    assert_eq!(drop_files(&mut screen, &["/sounds/rain.wav"], at), []);
    assert!(said(&screen).contains("one of the lanes below"), "{}", said(&screen));
}

#[test]
fn pictures_of_the_desktop_land_on_any_character() {
    let portrait = |path: &str| Ask::BringPortrait(ruthven(), path.into());
    // Nobody is selected.
    let mut screen = window(Selection::Film);
    act(&mut screen, &Act::Press("Characters"));
    let card = place(&screen, PERSON).center();
    let both = drop_files(&mut screen, &["/pictures/a.png", "/pictures/b.jpg"], card);
    assert_eq!(both, [portrait("/pictures/a.png"), portrait("/pictures/b.jpg")]);
    assert_eq!(drop_files(&mut screen, &["/clips/a.mp4"], card), []);
    assert!(said(&screen).contains("a character is given pictures of the face"), "{}", said(&screen));
    let mut screen = window(Selection::Character(ruthven()));
    let inspector = get(&screen, "Style tokens").rect().center();
    assert_eq!(drop_files(&mut screen, &["/pictures/a.png"], inspector), [portrait("/pictures/a.png")]);
}

#[test]
fn pictures_of_the_desktop_land_on_the_ends_of_a_shot() {
    let mut screen = screen(Panel::TallWindow, Selection::shot(name(1, 3)), |_| {});
    for (slot, end) in [("Starts from", FrameEnd::First), ("Ends on", FrameEnd::Last)] {
        let at = get(&screen, slot).rect().center();
        let brought = Ask::bring_frame(vec![name(1, 3)], end, "/pictures/a.png".into());
        assert_eq!(drop_files(&mut screen, &["/pictures/a.png"], at), [brought]);
        assert_eq!(drop_files(&mut screen, &["/clips/a.mp4"], at), [], "{slot}");
        assert!(said(&screen).contains("a.mp4 has no place here: It is a clip"), "{}", said(&screen));
    }
}

#[test]
fn a_picture_of_the_desktop_takes_the_place_of_a_reference() {
    let mut screen = window(Selection::Film);
    screen.state_mut().state.overlay = Some(Overlay::References);
    screen.run_steps(3);
    let row = get(&screen, "Reference frame").rect().center();
    let brought = Ask::bring_frame(vec![name(1, 2)], FrameEnd::First, "/pictures/a.png".into());
    assert_eq!(drop_files(&mut screen, &["/pictures/a.png"], row), [brought]);
}

#[test]
fn files_let_go_elsewhere_go_by_what_is_selected() {
    let check = |selection: Selection, chip: &'static str, file: &str, expected: Ask| {
        let mut screen = window(selection);
        act(&mut screen, &Act::Press(chip));
        let search = get(&screen, "Search the library").rect().center();
        assert_eq!(drop_files(&mut screen, &[file], search), [expected], "{file} over the library");
    };
    let take = Ask::bring_clip(SceneId::numbered(1), Some(name(1, 3).1), "/clips/a.mp4".into());
    check(Selection::shot(name(1, 3)), "All", "/clips/a.mp4", take);
    let ambient = JobAsk::ImportAudio {
        scene_id: SceneId::numbered(2),
        lane: AudioLane::Ambient,
        offset_secs: None,
        path: "/sounds/rain.wav".into(),
    };
    let lane = Selection::Lane(SceneId::numbered(2), AudioLane::Ambient);
    check(lane, "All", "/sounds/rain.wav", Ask::Start(ambient));
    let portrait = Ask::BringPortrait(ruthven(), "/pictures/a.png".into());
    check(Selection::Character(ruthven()), "Shots", "/pictures/a.png", portrait);
    let story = JobAsk::ImportScreenplay { path: "/texts/a.fountain".into() };
    check(Selection::Film, "All", "/texts/a.fountain", Ask::Start(story));
    // A project opens wherever it is let go.
    let mut screen = window(Selection::Film);
    let (folder, at) = (screen.state().folder().to_path_buf(), on_lane(&screen, AudioLane::Music, 48));
    assert_eq!(drop_files(&mut screen, &[folder.to_str().unwrap()], at), [Ask::Open(folder)]);
    let mut screen = window(Selection::Film);
    let search = get(&screen, "Search the library").rect().center();
    assert_eq!(drop_files(&mut screen, &["/pictures/a.png"], search), []);
    assert!(said(&screen).contains("a.png has no place here"), "{}", said(&screen));
}

#[test]
fn files_wait_a_moment_for_the_pointer() {
    let selected = || Selection::Lane(SceneId::numbered(1), AudioLane::Voice);
    // Some systems say nothing of the pointer while files are dragged.
    let mut screen = window(selected());
    let_go(&mut screen, &["/sounds/rain.wav"]);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), [], "it is not known yet where they are");
    let at = on_lane(&screen, AudioLane::Ambient, 48);
    screen.hover_at(at);
    screen.run_steps(2);
    let asks = screen.state_mut().take_asks();
    assert_eq!(asks, [bring_sound(1, AudioLane::Ambient, 2.0, "/sounds/rain.wav")]);
    // And some say nothing afterwards.
    let mut screen = window(selected());
    let_go(&mut screen, &["/sounds/rain.wav"]);
    screen.run_steps(40);
    let by_selection = JobAsk::ImportAudio {
        scene_id: SceneId::numbered(1),
        lane: AudioLane::Voice,
        offset_secs: None,
        path: "/sounds/rain.wav".into(),
    };
    assert_eq!(screen.state_mut().take_asks(), [Ask::Start(by_selection)]);
}

/// Drags a card of the library to where `to` says, and answers what is asked for and said.
fn drag_card(
    selection: Selection,
    chip: &'static str,
    card: &str,
    to: impl FnOnce(&Screen) -> Pos2,
    change: impl FnOnce(&mut Film),
) -> (Vec<Ask>, String, PathBuf) {
    let mut screen = screen(Panel::TallWindow, selection, change);
    act(&mut screen, &Act::Press(chip));
    screen.state_mut().take_asks();
    // A chip of the inspector may be called the same.
    let cards = screen.query_all_by_label_contains(card).map(|node| node.rect());
    let from = cards.min_by(|one, other| one.left().total_cmp(&other.left())).unwrap().center();
    let to = to(&screen);
    drag(&mut screen, from, to);
    (screen.state_mut().take_asks(), said(&screen), screen.state().folder().to_path_buf())
}

/// The same with the film as it is.
fn dragged(chip: &'static str, card: &str, to: impl FnOnce(&Screen) -> Pos2) -> (Vec<Ask>, String, PathBuf) {
    drag_card(Selection::Film, chip, card, to, |_| {})
}

#[test]
fn scenes_and_shots_are_dragged_to_their_places() {
    let moved = |card: &str, to: u64| dragged("Scenes", card, |screen| on_track(screen, to)).0;
    let scene = |id: &str, index: usize| run("scene.move", json!({ "scene_id": id, "index": index }));
    assert_eq!(moved("2  London", 6), [scene("scene_002", 0)]);
    assert_eq!(moved("1  The Hut", 380), [scene("scene_001", 1)]);
    assert_eq!(moved("1  The Hut", 6), []);
    let moved = |card: &str, to: u64| dragged("Shots", card, |screen| on_track(screen, to)).0;
    let shot = |fields: Value| {
        let mut params = json!({ "scene_id": "scene_001", "shot_id": "shot_003", "index": 0 });
        params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        run("shot.move", params)
    };
    assert_eq!(moved("1.3, empty", 6), [shot(json!({}))]);
    assert_eq!(moved("1.3, empty", 294), [shot(json!({ "to_scene_id": "scene_002" }))]);
    assert_eq!(moved("1.3, empty", 286), []);
    let both = Selection::of_shots(vec![name(1, 1), name(1, 2)]);
    let asks = drag_card(both, "Shots", "1.2  He waits", |screen| on_track(screen, 380), |_| {}).0;
    let to = |id: &str, index: usize| {
        run_in(
            "shot.move",
            json!({ "scene_id": "scene_001", "shot_id": id, "to_scene_id": "scene_002", "index": index }),
        )
    };
    assert_eq!(asks, [to("shot_001", 1), to("shot_002", 2)]);
}

#[test]
fn takes_are_chosen_on_their_shot_and_become_shots_elsewhere() {
    let to = |frame: u64| dragged("Video", "1.1  take_001", |screen| on_track(screen, frame)).0;
    let take = |fields: Value| {
        let mut params = json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": "take_001" });
        params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        params
    };
    assert_eq!(to(48), [run("take.choose", take(json!({})))]);
    assert_eq!(to(100), [run("take.to_shot", take(json!({ "index": 1 })))]);
    assert_eq!(to(380), [run("take.to_shot", take(json!({ "index": 1, "to_scene_id": "scene_002" })))]);
    let lane = dragged("Video", "1.1  take_001", |screen| on_lane(screen, AudioLane::Music, 48));
    assert!(lane.0.is_empty() && lane.1.contains("A lane takes sounds"), "{}", lane.1);
}

#[test]
fn sounds_and_lines_are_dragged_to_lanes() {
    let to = |card: &str, lane: AudioLane, frame: u64| dragged("Audio", card, |screen| on_lane(screen, lane, frame));
    let set = |fields: Value| {
        let mut params = json!({ "scene_id": "scene_001", "offset_secs": 2.0 });
        params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        [run("lane.set", params)]
    };
    let music = "1  Music";
    assert_eq!(to(music, AudioLane::Music, 48).0, set(json!({ "lane": "music" })));
    let other = set(json!({ "lane": "ambient", "file_path": "audio/music.wav" }));
    assert_eq!(to(music, AudioLane::Ambient, 48).0, other);
    // Into another scene's folder it is brought.
    let (asks, _, folder) = to(music, AudioLane::Ambient, 288 + 48);
    let file = folder.join("scenes/scene_001/audio/music.wav");
    assert_eq!(asks, [bring_sound(2, AudioLane::Ambient, 2.0, file)]);
    let line = "“Go.”";
    let spoken = json!({ "scene_id": "scene_001", "line_id": "line_001", "shot_id": "shot_002", "offset_secs": 2.0 });
    assert_eq!(to(line, AudioLane::Voice, 96 + 48).0, [run("line.set", spoken)]);
    for (lane, frame, why) in
        [(AudioLane::Voice, 288 + 48, "spoken in its own scene"), (AudioLane::Music, 48, "not spoken yet")]
    {
        let (asks, said, _) = to(line, lane, frame);
        assert!(asks.is_empty() && said.contains(why), "{said}");
    }
    let (asks, said, _) = dragged("Audio", music, |screen| on_track(screen, 48));
    assert!(asks.is_empty() && said.contains("one of the lanes below"), "{said}");
}

#[test]
fn pictures_are_dragged_to_shots_and_to_their_ends() {
    let portrait = format!("{PERSON}  Portrait 2");
    let (asks, _, folder) = dragged("Images", &portrait, |screen| on_track(screen, 200));
    let file = folder.join("portraits/two.png");
    assert_eq!(asks, [Ask::bring_frame(vec![name(1, 3)], FrameEnd::First, file)]);
    let third = || Selection::shot(name(1, 3));
    for (slot, end) in [("Starts from", FrameEnd::First), ("Ends on", FrameEnd::Last)] {
        let at = |screen: &Screen| get(screen, slot).rect().center();
        let (asks, _, folder) = drag_card(third(), "Images", &portrait, at, |_| {});
        assert_eq!(asks, [Ask::bring_frame(vec![name(1, 3)], end, folder.join("portraits/two.png"))], "{slot}");
        // A picture of the same scene is named as it is.
        let given = |film: &mut Film| {
            film.scenes[0].shots[0].first_frame_path = Some(ProjectPath::new("frames/a.png").unwrap());
        };
        let (asks, ..) = drag_card(third(), "Images", "1.1  First frame", at, given);
        let mut params = json!({ "scene_id": "scene_001", "shot_id": "shot_003" });
        params[end.field()] = json!("frames/a.png");
        if end == FrameEnd::First {
            params["continuity_source"] = Value::Null;
        }
        assert_eq!(asks, [run("shot.set", params)], "{slot}");
        let (asks, said, _) = drag_card(third(), "Scenes", "2  London", at, |_| {});
        assert!(asks.is_empty() && said.contains("drag one out of Images"), "{said}");
    }
}

#[test]
fn characters_are_dragged_into_shots() {
    let comes_in =
        run("shot.set", json!({ "scene_id": "scene_001", "shot_id": "shot_003", "character_ids": ["char_ruthven"] }));
    let on_clip = |screen: &Screen| on_track(screen, 200);
    let third = || Selection::shot(name(1, 3));
    assert_eq!(dragged("Characters", PERSON, on_clip).0, std::slice::from_ref(&comes_in));
    let on_cast = |screen: &Screen| {
        let chips = screen.query_all_by_label(PERSON).map(|node| node.rect());
        chips.max_by(|one, other| one.left().total_cmp(&other.left())).unwrap().center()
    };
    assert_eq!(drag_card(third(), "Characters", PERSON, on_cast, |_| {}).0, [comes_in]);
    let is_in = |film: &mut Film| film.scenes[0].shots[2].character_ids = vec![ruthven()];
    let (asks, said, _) = drag_card(Selection::Film, "Characters", PERSON, on_clip, is_in);
    assert!(asks.is_empty() && said.contains("is in shot 1.3 already"), "{said}");
}

#[test]
fn escape_gives_up_what_was_dragged_out() {
    let mut screen = window(Selection::Film);
    act(&mut screen, &Act::Press("Scenes"));
    let (from, to) = (place(&screen, "2  London").center(), on_track(&screen, 6));
    lift(&mut screen, from, to);
    assert!(DragAndDrop::payload::<LibraryDrag>(&screen.ctx).is_some());
    screen.key_press(Key::Escape);
    screen.run_steps(2);
    screen.drop_at(to);
    screen.run_steps(3);
    assert_eq!(plain(&screen.state().asks), []);
    assert!(find(&screen, "2  London").is_some());
}

#[test]
fn every_drop_is_one_step_to_undo() {
    let check = |selection: Selection, chip: &'static str, card: &str, to: u64| {
        let mut screen = screen(Panel::TallWindow, selection, |_| {});
        act(&mut screen, &Act::Press(chip));
        screen.state_mut().asks.0.clear();
        let from = place(&screen, card).center();
        let to = on_track(&screen, to);
        drag(&mut screen, from, to);
        let mut editor = HeadlessEditor::new(&super::bench::film(), MemoryStore::default());
        let film = |editor: &HeadlessEditor| without_used_numbers(editor.view().film().unwrap());
        let before = film(&editor);
        let asks = std::mem::take(&mut screen.state_mut().asks.0);
        assert!(!asks.is_empty(), "{card}");
        for ask in asks {
            let Ask::Run { operator, params, group } = ask else { panic!("{ask:?}") };
            editor.run_in_group(operator, params, group).unwrap();
        }
        assert_ne!(film(&editor), before, "{card}");
        editor.run("history.undo", json!({})).unwrap();
        assert_eq!(film(&editor), before, "{card}");
    };
    check(Selection::Film, "Scenes", "2  London", 6);
    check(Selection::of_shots(vec![name(1, 1), name(1, 2)]), "Shots", "1.2  He waits", 380);
    check(Selection::Film, "Video", "1.1  take_001", 380);
    check(Selection::Film, "Characters", PERSON, 200);
}
