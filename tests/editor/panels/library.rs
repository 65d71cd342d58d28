//! The library: filters, search, order, selection, menus and names.

use super::bench::{Act, Panel, Screen, act, find, get, lift, name, place, run, screen};
use bevy_egui::egui::{DragAndDrop, Key, pos2};
use egui_kittest::kittest::Queryable;
use kinora::{
    generation::VoiceRequest,
    jobs::JobAsk,
    ui::{
        ask::Ask,
        library::{Kind, LibraryDrag, Order},
        state::Selection,
    },
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, ProjectPath},
    ids::{CharacterId, LineId, SceneId, TakeId},
};
use serde_json::json;

fn library(selection: Selection) -> Screen {
    screen(Panel::Library, selection, |_| {})
}

const SCENE: &str = "1  The Hut";
const SHOT: &str = "1.1  A storm, ready";
const OTHER_SHOT: &str = "1.3, empty: no take yet";
const TAKE: &str = "1.1  take_001";
const PLAYING: &str = "1.1  take_002";
const LINE: &str = "“Go.”";
const MUSIC: &str = "1  Music";
const PERSON: &str = "Lord Ruthven";
const PORTRAIT: &str = "Lord Ruthven  Portrait 2";

#[test]
fn a_filter_shows_one_kind() {
    let all = [SCENE, SHOT, TAKE, LINE, MUSIC, PERSON, PORTRAIT];
    let check = |chip: &'static str, filter: Option<Kind>, shown: &[&str]| {
        let mut screen = library(Selection::Film);
        act(&mut screen, &Act::Press(chip));
        assert_eq!(screen.state().state.library.filter, filter);
        for label in all {
            assert_eq!(find(&screen, label).is_some(), shown.contains(&label), "{chip}: {label}");
        }
    };
    check("All", None, &all);
    check("Scenes", Some(Kind::Scenes), &[SCENE]);
    check("Shots", Some(Kind::Shots), &[SHOT]);
    check("Video", Some(Kind::Video), &[TAKE]);
    check("Audio", Some(Kind::Audio), &[LINE, MUSIC]);
    check("Images", Some(Kind::Images), &[PORTRAIT]);
    check("Characters", Some(Kind::Characters), &[PERSON]);
}

#[test]
fn search_finds_words_of_prompts_titles_and_names() {
    let check = |words: &'static str, shown: &[&str]| {
        let mut screen = library(Selection::Film);
        act(&mut screen, &Act::Type("Search the library", words));
        for label in [SCENE, SHOT, OTHER_SHOT, LINE, PERSON] {
            assert_eq!(find(&screen, label).is_some(), shown.contains(&label), "{words}: {label}");
        }
    };
    check("storm", &[SHOT]);
    check("hut", &[SCENE, SHOT, OTHER_SHOT, LINE]);
    check("ruthven", &[PERSON]);
    check("HUT storm", &[SHOT]);
    check("nowhere", &[]);
    let mut screen = library(Selection::Film);
    act(&mut screen, &Act::Type("Search the library", "nowhere"));
    assert!(screen.query_by_label_contains("Nothing matches").is_some());
    act(&mut screen, &Act::Press("Clear search"));
    assert!(find(&screen, SCENE).is_some());
}

#[test]
fn order_and_shape_of_the_list_are_chosen() {
    let mut screen = library(Selection::Film);
    act(&mut screen, &Act::Choose("Order: Film order", "Name"));
    assert_eq!(screen.state().state.library.order, Order::Name);
    // London comes before The Hut: upright or to the left.
    let (first, second) = (get(&screen, "2  London").rect(), get(&screen, SCENE).rect());
    assert!((first.top(), first.left()) < (second.top(), second.left()), "{first:?} {second:?}");
    act(&mut screen, &Act::Press("Show as a list"));
    assert!(screen.state().state.library.as_list);
    let (first, second) = (get(&screen, "2  London").rect(), get(&screen, SCENE).rect());
    assert!(first.bottom() <= second.top() && first.left() == second.left(), "{first:?} {second:?}");
    act(&mut screen, &Act::Press("Show as cards"));
    assert!(!screen.state().state.library.as_list);
    act(&mut screen, &Act::Press("Scenes, 2"));
    assert!(find(&screen, SCENE).is_none(), "a heading folds its cards away");
}

#[test]
fn a_click_selects_and_a_double_click_goes_there() {
    let selected = |label: &'static str| {
        let mut screen = library(Selection::Film);
        act(&mut screen, &Act::Press(label));
        (screen.state().state.selection.clone(), screen.state_mut().take_asks())
    };
    let hut = SceneId::numbered(1);
    assert_eq!(selected(SCENE), (Selection::Scene(hut.clone()), vec![]));
    assert_eq!(selected(SHOT), (Selection::Film, vec![Ask::Reveal(name(1, 1))]));
    assert_eq!(selected(TAKE), (Selection::Film, vec![Ask::Reveal(name(1, 1))]));
    assert_eq!(selected(LINE), (Selection::Lane(hut.clone(), AudioLane::Voice), vec![]));
    assert_eq!(selected(MUSIC), (Selection::Lane(hut, AudioLane::Music), vec![]));
    let person = Selection::Character(CharacterId::new("char_ruthven").unwrap());
    assert_eq!(selected(PERSON), (person.clone(), vec![]));
    assert_eq!(selected(PORTRAIT), (person, vec![]));

    let mut screen = library(Selection::shot(name(1, 1)));
    act(&mut screen, &Act::Add(OTHER_SHOT));
    assert_eq!(screen.state().state.selection, Selection::of_shots(vec![name(1, 1), name(1, 3)]));
    act(&mut screen, &Act::Add(SHOT));
    assert_eq!(screen.state().state.selection, Selection::of_shots(vec![name(1, 3)]));

    let mut screen = library(Selection::Film);
    act(&mut screen, &Act::Double("2.1  Fog, empty: no take yet"));
    assert_eq!(screen.state_mut().take_asks().last(), Some(&Ask::Seek(3 * 96)));
}

/// The menu of a thing asks for exactly this.
fn check_menu(thing: &'static str, entry: &'static str, expected: &[Ask]) {
    let mut screen = library(Selection::Film);
    act(&mut screen, &Act::Menu(thing, entry));
    assert_eq!(screen.state_mut().take_asks(), expected, "{thing}: {entry}");
}

#[test]
fn every_entry_of_every_menu_asks_for_its_operator() {
    let hut = || SceneId::numbered(1);
    let generate = |number: usize| {
        let (scene_id, shot_id) = name(1, number);
        Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() })
    };
    let of_shot = || json!({ "scene_id": "scene_001", "shot_id": "shot_001" });
    let of_take =
        |number: usize| json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": TakeId::numbered(number) });
    // The third shot has no prompt yet.
    check_menu(SCENE, "Generate what is missing", &[generate(2)]);
    check_menu(SCENE, "Duplicate", &[run("scene.duplicate", json!({ "scene_id": "scene_001" }))]);
    check_menu(SCENE, "Delete", &[run("scene.remove", json!({ "scene_id": "scene_001" }))]);
    check_menu(SHOT, "Generate", &[generate(1)]);
    check_menu(SHOT, "Duplicate", &[run("shot.duplicate", of_shot())]);
    check_menu(SHOT, "Delete", &[run("shot.remove", of_shot())]);
    check_menu(TAKE, "Use this take", &[run("take.choose", of_take(1))]);
    check_menu(PLAYING, "Use this take", &[]);
    check_menu(TAKE, "Make a shot of it", &[run("take.to_shot", of_take(1))]);
    let mut pinned = of_take(1);
    pinned["pinned"] = json!(true);
    check_menu(TAKE, "Pin", &[run("take.pin", pinned)]);
    check_menu(TAKE, "Delete", &[run("take.remove", of_take(1))]);
    check_menu(PLAYING, "Delete", &[]);
    let request = VoiceRequest::Line(LineId::numbered(1));
    let speak = Ask::Start(JobAsk::GenerateVoice { scene_id: hut(), request, model: None });
    check_menu(LINE, "Speak it", &[speak]);
    check_menu(LINE, "Delete", &[run("line.remove", json!({ "scene_id": "scene_001", "line_id": "line_001" }))]);
    let bed = JobAsk::GenerateBed { scene_id: hut(), lane: AudioLane::Music, prompt: None, model: None };
    check_menu(MUSIC, "Generate another", &[Ask::Start(bed)]);
    let emptied = json!({ "scene_id": "scene_001", "lane": "music", "file_path": null });
    check_menu(MUSIC, "Delete", &[run("lane.set", emptied)]);
    let person = json!({ "character_id": "char_ruthven" });
    check_menu(PERSON, "Delete", &[run("character.remove", person)]);
    let portrait = json!({ "character_id": "char_ruthven", "portrait_path": "portraits/two.png" });
    check_menu(PORTRAIT, "Delete", &[run("character.remove_portrait", portrait)]);
    for (thing, entry) in [
        (SCENE, "Bring a clip…"),
        (SHOT, "Bring a clip as a take…"),
        (MUSIC, "Replace with a file…"),
        (PERSON, "Add portrait…"),
    ] {
        let mut screen = library(Selection::Film);
        act(&mut screen, &Act::Menu(thing, entry));
        assert!(screen.state().state.overlays.is_browsing(), "{thing}: {entry}");
    }
    for (thing, entry, file) in [
        (SCENE, "Show in folder", "scenes/scene_001/scene.json"),
        (TAKE, "Show in folder", "scenes/scene_001/shots/shot_001_1.mp4"),
        (MUSIC, "Show in folder", "scenes/scene_001/audio/music.wav"),
        (PORTRAIT, "Show in folder", "portraits/two.png"),
    ] {
        let mut screen = library(Selection::Film);
        let file = screen.state().folder().join(file);
        act(&mut screen, &Act::Menu(thing, entry));
        assert_eq!(screen.state_mut().take_asks(), [Ask::ShowInFolder(file)], "{thing}");
    }
}

#[test]
fn a_name_is_typed_in_its_place() {
    // The key is the window's.
    let renamed = |selection: Selection, begin: &dyn Fn(&mut Screen), end: Key| {
        let mut screen = screen(Panel::Window, selection, |_| {});
        begin(&mut screen);
        screen.run_steps(2);
        // What is typed takes the place of the old name.
        for letter in "Inn".chars() {
            get(&screen, "New name").type_text(&letter.to_string());
            screen.run_steps(1);
        }
        screen.key_press(end);
        screen.run_steps(3);
        assert!(find(&screen, "New name").is_none());
        screen.state_mut().take_asks()
    };
    let by_menu = |screen: &mut Screen| act(screen, &Act::Menu(SCENE, "Rename"));
    let by_key = |screen: &mut Screen| screen.key_press(Key::F2);
    let scene = run("scene.set", json!({ "scene_id": "scene_001", "title": "Inn" }));
    assert_eq!(renamed(Selection::Film, &by_menu, Key::Enter), std::slice::from_ref(&scene));
    assert_eq!(renamed(Selection::Scene(SceneId::numbered(1)), &by_key, Key::Enter), [scene]);
    assert_eq!(renamed(Selection::Film, &by_menu, Key::Escape), []);
    let person = Selection::Character(CharacterId::new("char_ruthven").unwrap());
    let by_key = |screen: &mut Screen| {
        act(screen, &Act::Press("Characters"));
        screen.key_press(Key::F2);
    };
    let named = run("character.set", json!({ "character_id": "char_ruthven", "name": "Inn" }));
    assert_eq!(renamed(person, &by_key, Key::Enter), [named]);
}

#[test]
fn a_name_is_brought_into_sight_before_it_is_typed() {
    let many = |film: &mut Film| {
        film.scenes = (1..=200).map(|number| FilmScene::new(SceneId::numbered(number), "A scene")).collect();
    };
    let mut screen = screen(Panel::Window, Selection::Scene(SceneId::numbered(150)), many);
    act(&mut screen, &Act::Press("Characters"));
    screen.key_press(Key::F2);
    screen.run_steps(60);
    let (field, window) = (get(&screen, "New name").rect(), screen.ctx.content_rect());
    assert!(window.contains_rect(field), "{field:?}");
}

#[test]
fn an_empty_library_says_what_to_do() {
    let empty = |film: &mut Film| (film.scenes, film.characters) = (Vec::new(), Vec::new());
    let check = |chip: &'static str, action: &'static str, operator: &str| {
        let mut screen = screen(Panel::Library, Selection::Film, empty);
        act(&mut screen, &Act::Press(chip));
        act(&mut screen, &Act::Press(action));
        let asks = screen.state_mut().take_asks();
        let asked = asks.iter().any(|ask| matches!(ask, Ask::Run { operator: id, .. } if *id == operator));
        assert!(asked, "{chip}: {action} asks for {asks:?}");
    };
    check("All", "Add scene", "scene.add");
    check("Scenes", "Add scene", "scene.add");
    check("Characters", "Add character", "character.add");
    let mut screen = screen(Panel::Library, Selection::Film, empty);
    act(&mut screen, &Act::Press("Video"));
    act(&mut screen, &Act::Press("Generate missing"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::Start(JobAsk::CompleteFilm)]);
}

#[test]
fn a_picture_of_a_take_is_not_deleted_by_itself() {
    let with_frame = |film: &mut Film| {
        film.scenes[0].shots[0].first_frame_path = Some(ProjectPath::new("frames/a.png").unwrap());
    };
    let mut screen = screen(Panel::Library, Selection::Film, with_frame);
    get(&screen, "1.1  First frame").click_secondary();
    screen.run_steps(3);
    assert!(find(&screen, "Show in folder").is_some());
    assert!(find(&screen, "Delete").is_none(), "it belongs to its take");
}

#[test]
fn what_cards_say_is_searched() {
    let with_frames = |film: &mut Film| {
        film.scenes[0].shots[0].first_frame_path = Some(ProjectPath::new("frames/a.png").unwrap());
        film.scenes[0].shots[2].reference_last_frame_path = Some(ProjectPath::new("frames/b.png").unwrap());
        film.scenes[0].audio_tracks.ambient = Some(ProjectPath::new("audio/rain.wav").unwrap());
    };
    let (first, end) = ("1.1  First frame", "1.3  Reference to end on");
    let check = |words: &'static str, shown: &[&str]| {
        let mut screen = screen(Panel::Library, Selection::Film, with_frames);
        act(&mut screen, &Act::Type("Search the library", words));
        for label in [first, end, MUSIC, "1  Ambience", PORTRAIT] {
            assert_eq!(find(&screen, label).is_some(), shown.contains(&label), "{words}: {label}");
        }
    };
    check("first frame", &[first]);
    check("end on", &[end]);
    check("ambience", &["1  Ambience"]);
    check("rain", &["1  Ambience"]);
    check("portrait", &[PORTRAIT]);
}

#[test]
fn everything_is_dragged_out() {
    let lifted = |label: &str, selection: Selection| {
        let mut screen = library(selection);
        let card = find(&screen, label).map(|node| node.rect());
        let from = card.unwrap_or_else(|| place(&screen, label)).center();
        lift(&mut screen, from, pos2(from.x + 90.0, from.y + 40.0));
        DragAndDrop::payload::<LibraryDrag>(&screen.ctx).map(|payload| payload.as_ref().clone())
    };
    let check = |label: &str, expected: LibraryDrag| assert_eq!(lifted(label, Selection::Film), Some(expected));
    let hut = || SceneId::numbered(1);
    check("1.3, empty", LibraryDrag::Shots(vec![name(1, 3)]));
    let both = vec![name(1, 1), name(1, 3)];
    assert_eq!(lifted("1.3, empty", Selection::of_shots(both.clone())), Some(LibraryDrag::Shots(both)));
    check(TAKE, LibraryDrag::Take(name(1, 1), TakeId::numbered(1)));
    check(SCENE, LibraryDrag::Scene(hut()));
    check(LINE, LibraryDrag::Line(hut(), LineId::numbered(1)));
    let file = ProjectPath::new("audio/music.wav").unwrap();
    check(MUSIC, LibraryDrag::Sound { scene_id: hut(), lane: AudioLane::Music, file });
    let file = ProjectPath::new("portraits/two.png").unwrap();
    check(PORTRAIT, LibraryDrag::Picture { scene_id: None, file });
    check(PERSON, LibraryDrag::Character(CharacterId::new("char_ruthven").unwrap()));
}
