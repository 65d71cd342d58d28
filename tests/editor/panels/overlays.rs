//! What lies over the panes: welcome, new project, palette, cheat sheet, references, tray, notices, recovery.

use super::bench::{Act, Panel, Screen, act, empty_window, find, get, long_ago, name, row, run, run_in, screen};
use bevy_egui::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use kinora::{
    generation::UnreadableJob,
    jobs::{JobAsk, JobFailure, JobId, JobState, RenderOptions},
    ui::{
        actions::ACTIONS,
        ask::{Ask, NewProject, Notice, Weight},
        key_names::keys_text,
        overlays::{Ending, OpeningModel, RecentLook, Recovery},
        state::{Overlay, Selection},
    },
};
use kinora_core::{
    film::{Film, FrameSize, ProjectPath, Shot},
    ids::{SceneId, ShotId},
    time::FrameRate,
};
use serde_json::json;
use std::time::{Duration, Instant};

fn window() -> Screen {
    screen(Panel::Window, Selection::Film, |_| {})
}

fn with(overlay: Overlay) -> Screen {
    let mut screen = window();
    screen.state_mut().state.overlay = Some(overlay);
    screen.run_steps(3);
    screen
}

#[test]
fn a_long_title_leaves_the_buttons_their_room() {
    let title = "A title that nobody can read ".repeat(20).trim().to_owned();
    let screen = screen(Panel::Window, Selection::Film, |film| film.metadata.title.clone_from(&title));
    let (title, keys) = (get(&screen, &title).rect(), get(&screen, "Keyboard shortcuts").rect());
    assert!(title.right() < keys.left(), "{title:?} lies under {keys:?}");
}

#[test]
fn the_welcome_screen_begins_a_film_in_every_way() {
    let mut screen = empty_window();
    act(&mut screen, &Act::Press("New project"));
    assert_eq!(screen.state().state.overlay, Some(Overlay::NewProject));
    for label in ["Open…", "Import screenplay…"] {
        let mut screen = empty_window();
        act(&mut screen, &Act::Press(label));
        assert!(screen.state().state.overlays.is_browsing(), "{label}");
    }
    let mut screen = empty_window();
    act(&mut screen, &Act::Press("Open the sample film"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::OpenSample { afresh: false }]);
    act(&mut screen, &Act::Press("Start the sample afresh"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::OpenSample { afresh: true }]);
    assert!(empty_window().query_by_label("No film yet").is_some());
}

#[test]
fn recent_films_are_opened_and_forgotten() {
    let mut screen = empty_window();
    let films: Vec<_> = ["night-train", "storm"].map(|film| screen.state().folder().join(film)).into();
    screen.state_mut().state.overlays.recent = films.clone();
    screen.run_steps(2);
    act(&mut screen, &Act::Press("Open storm"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::Open(films[1].clone())]);
    // The cross is there while the pointer is.
    get(&screen, "Open night-train").hover();
    screen.run_steps(2);
    act(&mut screen, &Act::Press("Take night-train off the list"));
    assert_eq!(screen.state().state.overlays.recent, films[1..]);
    assert_eq!(screen.state_mut().take_asks(), []);
}

#[test]
fn a_film_that_was_cut_short_stands_first_and_says_so() {
    let mut screen = empty_window();
    let films = ["fine", "cut-short", "lost"].map(|film| screen.state().folder().join(film));
    let at = || "14:03".to_owned();
    let endings = [Ending::Good, Ending::CutShort { at: at() }, Ending::Unsaved { at: at() }];
    let looked = films.iter().cloned().zip(endings.map(|ending| RecentLook { picture: None, ending }));
    screen.state_mut().state.overlays.looked = looked.collect();
    screen.state_mut().state.overlays.recent = films.to_vec();
    screen.run_steps(2);
    let lost = "Open lost: Has unsaved edits of 14:03: open to recover";
    let cut_short = "Open cut-short: Was cut short (14:03); everything is saved";
    let top = |screen: &Screen, label: &str| get(screen, label).rect().top();
    let tops = [lost, cut_short, "Open fine"].map(|label| top(&screen, label));
    assert!(tops[0] < tops[1] && tops[1] < tops[2], "{tops:?}");
    get(&screen, lost).click();
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), [Ask::Open(films[2].clone())]);
    // The film that was open last ended well: nothing is offered over the list.
    assert!(screen.query_by_label_contains("Open and recover").is_none());
    for (last, words) in [(2, "can be brought back"), (1, "Everything was saved before that")] {
        screen.state_mut().state.overlays.recent.swap(0, last);
        screen.run_steps(2);
        assert!(screen.query_by_label_contains(words).is_some(), "{words:?} is not said");
        let title = films[last].file_name().unwrap().to_string_lossy().into_owned();
        get(&screen, &format!("Open and recover {title}")).click();
        screen.run_steps(3);
        assert_eq!(screen.state_mut().take_asks(), [Ask::Open(films[last].clone())]);
        screen.state_mut().state.overlays.recent = films.to_vec();
    }
}

#[test]
fn an_opening_that_takes_its_time_is_said_and_can_be_given_up() {
    let opening = |mut screen: Screen, since: Instant| {
        let (title, detail) = ("Opening storm".to_owned(), String::new());
        screen.state_mut().state.overlays.opening = Some(OpeningModel { title, detail, since });
        screen.run_steps(3);
        screen
    };
    let mut screen = opening(empty_window(), long_ago());
    assert!(screen.query_by_label("Opening storm …").is_some());
    act(&mut screen, &Act::Press("Cancel the opening"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::CancelOpening]);
    screen.key_press(Key::Escape);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), [Ask::CancelOpening]);
    // With a film open Escape is the film's, and the film can be worked on meanwhile.
    let mut screen = opening(window(), long_ago());
    screen.key_press(Key::Escape);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), []);
    act(&mut screen, &Act::Press("Cancel the opening"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::CancelOpening]);
    // What is there in a blink is not announced.
    let far = Instant::now() + Duration::from_secs(3600);
    assert!(find(&opening(empty_window(), far), "Cancel the opening").is_none());
}

#[test]
fn a_new_project_is_what_its_form_says() {
    let made = |acts: &[Act], end: Option<Key>| {
        let mut screen = empty_window();
        screen.state_mut().state.overlay = Some(Overlay::NewProject);
        screen.run_steps(3);
        for done in acts {
            act(&mut screen, done);
        }
        if let Some(key) = end {
            screen.key_press(key);
            screen.run_steps(3);
        }
        (screen.state_mut().take_asks(), screen.state().state.overlay)
    };
    let project = |title: &str, rate: FrameRate, width: u32, height: u32| {
        Ask::New(NewProject {
            folder: kinora::ui::overlays::projects_folder().join(title),
            title: title.to_owned(),
            rate,
            size: FrameSize { width, height },
            screenplay: None,
        })
    };
    let title = Act::Type("Title", "Night Train of 1926");
    let plain = project("Night Train of 1926", FrameRate::FPS_24, 1920, 1080);
    assert_eq!(made(&[title, Act::Press("Create")], None), (vec![plain.clone()], None));
    assert_eq!(made(&[title], Some(Key::Enter)), (vec![plain], None));
    let acts = [
        title,
        Act::Choose("Frames a second: 24", "25"),
        Act::Choose("Picture size: 1920 × 1080  Full HD", "1080 × 1920  Upright"),
        Act::Press("Create"),
    ];
    let upright = project("Night Train of 1926", FrameRate::FPS_25, 1080, 1920);
    assert_eq!(made(&acts, None), (vec![upright], None));
    // Without a title there is nothing to make.
    assert_eq!(made(&[Act::Press("Create")], Some(Key::Enter)), (vec![], Some(Overlay::NewProject)));
    assert_eq!(made(&[title, Act::Press("Cancel")], None), (vec![], None));
    assert_eq!(made(&[title], Some(Key::Escape)), (vec![], None));
    let own = [title, Act::Choose("Picture size: 1920 × 1080  Full HD", "Own size"), Act::Raise("Width")];
    let (asks, _) = made(&[&own[..], &[Act::Press("Create")]].concat(), None);
    let [Ask::New(NewProject { size, .. })] = &asks[..] else { panic!("{asks:?}") };
    assert!(size.width > 1920 && size.height == 1080, "{size:?}");
    for label in ["Browse for a folder", "Browse for a screenplay"] {
        let mut screen = empty_window();
        screen.state_mut().state.overlay = Some(Overlay::NewProject);
        screen.run_steps(3);
        act(&mut screen, &Act::Press(label));
        assert!(screen.state().state.overlays.is_browsing(), "{label}");
    }
    // Enter on a button presses that one alone.
    let mut screen = empty_window();
    screen.state_mut().state.overlay = Some(Overlay::NewProject);
    screen.run_steps(3);
    act(&mut screen, &title);
    get(&screen, "Cancel").focus();
    screen.run_steps(3);
    screen.key_press(Key::Enter);
    screen.run_steps(3);
    assert_eq!((screen.state_mut().take_asks(), screen.state().state.overlay), (vec![], None));
}

#[test]
fn a_folder_that_cannot_be_is_named_before_anything_is_made() {
    let mut screen = empty_window();
    std::fs::create_dir(screen.state().folder().join("full")).unwrap();
    let full = screen.state().folder().display().to_string();
    screen.state_mut().state.overlay = Some(Overlay::NewProject);
    screen.run_steps(3);
    act(&mut screen, &Act::Type("Title", "x"));
    let retype = |screen: &mut Screen, text: &str| {
        get(screen, "Folder").focus();
        screen.run_steps(1);
        screen.key_press_modifiers(Modifiers::COMMAND, Key::A);
        get(screen, "Folder").type_text(text);
        screen.run_steps(3);
    };
    let mut check = |text: &str, words: &str| {
        retype(&mut screen, text);
        assert!(screen.query_by_label_contains(words).is_some(), "{text}: {words:?} is not said");
        assert!(get(&screen, "Create").accesskit_node().is_disabled(), "{text}");
    };
    check(&full, "There are files in this folder");
    check("somewhere/else", "Name the whole path");
    check("/proc/version", "This is a file");
}

fn palette(words: &str, selection: Selection) -> Screen {
    let mut screen = screen(Panel::Window, selection, |_| {});
    screen.key_press_modifiers(Modifiers::COMMAND, Key::K);
    screen.run_steps(3);
    for letter in words.chars() {
        get(&screen, "Find an action").type_text(&letter.to_string());
        screen.run_steps(1);
    }
    screen.run_steps(2);
    screen
}

#[test]
fn the_palette_finds_actions_scenes_shots_and_people() {
    let check = |words: &str, expected: &[Ask]| {
        let mut screen = palette(words, Selection::Film);
        screen.key_press(Key::Enter);
        screen.run_steps(3);
        assert_eq!(screen.state_mut().take_asks(), expected, "{words}");
        assert_eq!(screen.state().state.overlay, None, "{words}");
    };
    let options = RenderOptions { skip_missing: true, ..RenderOptions::default() };
    check("render film", &[Ask::Start(JobAsk::RenderFilm { options })]);
    check("gen miss", &[Ask::Start(JobAsk::CompleteFilm)]);
    check("shot 2.1", &[Ask::Reveal(name(2, 1)), Ask::Seek(3 * 96)]);
    check("scene 2 lond", &[Ask::Seek(3 * 96)]);
    check("select lord", &[]);
    // What cannot be done now stays in the list, and says why.
    let mut screen = palette("generate shot", Selection::Film);
    screen.key_press(Key::Enter);
    screen.run_steps(3);
    assert_eq!((screen.state_mut().take_asks(), screen.state().state.overlay), (vec![], Some(Overlay::Palette)));
    assert!(screen.query_all_by_label("Choose a shot first").count() > 0);
    screen.key_press(Key::Escape);
    screen.run_steps(3);
    assert_eq!(screen.state().state.overlay, None);
    assert_eq!(screen.state().state.selection, Selection::Film);
    // Down and a click choose too.
    let mut screen = palette("render", Selection::Film);
    act(&mut screen, &Act::Press("Render scene"));
    let scene = JobAsk::RenderScene {
        scene_id: SceneId::numbered(1),
        options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
    };
    assert_eq!(screen.state_mut().take_asks(), [Ask::Start(scene)]);
}

#[test]
fn the_palette_reaches_what_panels_offer_and_says_why_not() {
    let run = |words: &str, selection: Selection| {
        let mut screen = palette(words, selection);
        screen.key_press(Key::Enter);
        screen.run_steps(3);
        screen.state_mut().take_asks()
    };
    let made = || Selection::shot(name(1, 1));
    let of_take = |number: usize| {
        let take_id = kinora_core::ids::TakeId::numbered(number);
        json!({ "scene_id": "scene_001", "shot_id": "shot_001", "take_id": take_id })
    };
    assert_eq!(run("use take 1", made()), [super::bench::run("take.choose", of_take(1))]);
    let mut pinned = of_take(2);
    pinned["pinned"] = json!(true);
    assert_eq!(run("pin the take", made()), [super::bench::run("take.pin", pinned)]);
    let smooth = json!({ "scene_id": "scene_001", "shot_id": "shot_001", "smooth": "always" });
    assert_eq!(run("always smooth", made()), [super::bench::run("shot.set", smooth)]);
    let louder = json!({ "scene_id": "scene_001", "shot_id": "shot_001", "gain_db": 1.0 });
    assert_eq!(run("louder", made()), [super::bench::run("shot.set", louder)]);
    let muted = json!({ "scene_id": "scene_001", "lane": "music", "mute": true });
    assert_eq!(run("mute the music", Selection::Film), [super::bench::run("lane.set", muted)]);
    assert_eq!(run("pause the queue", Selection::Film), [Ask::PauseJobs(true)]);
    // Words that stand in the description alone find it too.
    let (scene_id, shot_id) = name(1, 1);
    let again = JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() };
    assert_eq!(run("regenerates", made()), [Ask::Start(again)]);
    // The palette, the menus and the buttons give one reason.
    for (words, selection, why) in [
        ("use take 2", made(), "It is the take that plays"),
        ("use take 7", made(), "The shot has no take 7"),
        ("generate shot", Selection::shot(name(1, 3)), "Write a prompt first"),
        ("cancel the job", Selection::Film, "Nothing runs and nothing waits"),
        ("lip-sync the shot", made(), "Its first line is not spoken yet: speak it first"),
    ] {
        let screen = palette(words, selection);
        assert!(screen.query_all_by_label(why).count() > 0, "{words}: {why:?} is not said");
    }
}

#[test]
fn a_menu_entry_that_cannot_be_chosen_says_why() {
    let mut screen = window();
    act(&mut screen, &Act::Press("Shot"));
    let reasons = |screen: &Screen| screen.query_all_by_label_contains("Choose a shot first").count();
    assert_eq!(reasons(&screen), 0);
    get(&screen, "Pin the take").hover();
    screen.run_steps(60);
    assert!(reasons(&screen) > 0);
}

#[test]
fn the_cheat_sheet_names_every_action_and_its_key() {
    let screen = with(Overlay::Keys);
    for action in ACTIONS.iter() {
        let named = screen.query_all_by_label(action.label).count();
        assert!(named > 0, "{} is not on the cheat sheet", action.label);
        for keys in action.keys.iter().take(1) {
            let keys = keys_text(&screen.ctx, keys);
            assert!(screen.query_all_by_label(&keys).count() > 0, "{} without {keys}", action.label);
        }
    }
    assert!(screen.query_by_label_contains("What has no key of its own").is_some());
    let mut screen = with(Overlay::Keys);
    act(&mut screen, &Act::Press("Close"));
    assert_eq!(screen.state().state.overlay, None);
}

#[test]
fn reference_frames_are_followed_replaced_and_cleared() {
    let mut screen = with(Overlay::References);
    act(&mut screen, &Act::Press("Came from shot 1.1"));
    assert_eq!((screen.state_mut().take_asks(), screen.state().state.overlay), (vec![Ask::Reveal(name(1, 1))], None));
    let mut screen = with(Overlay::References);
    act(&mut screen, &Act::Press("Used in shot 1.2"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::Reveal(name(1, 2))]);
    let mut screen = with(Overlay::References);
    act(&mut screen, &Act::Press("Clear the reference"));
    let cleared = json!({ "scene_id": "scene_001", "shot_id": "shot_002", "continuity_source": null,
        "reference_first_frame_path": null });
    assert_eq!(screen.state_mut().take_asks(), [run("shot.set", cleared)]);
    let from = |frame: Option<u64>| {
        let mut from = json!({ "scene_id": "scene_001", "shot_id": "shot_001" });
        if let Some(frame) = frame {
            from["frame"] = json!(frame);
        }
        let params = json!({ "scene_id": "scene_001", "shot_id": "shot_002", "continue_from": from });
        [run_in("shot.set", params)]
    };
    let mut screen = with(Overlay::References);
    act(&mut screen, &Act::Choose("Replace the reference", "1.1  A storm"));
    assert_eq!(screen.state_mut().take_asks(), from(None));
    let mut screen = with(Overlay::References);
    screen.state_mut().state.transport.frame = 24;
    act(&mut screen, &Act::Choose("Replace the reference", "The frame at the playhead, 00:00:01:00"));
    assert_eq!(screen.state_mut().take_asks(), from(Some(24)));
    let mut screen = with(Overlay::References);
    act(&mut screen, &Act::Choose("Replace the reference", "A picture file…"));
    assert!(screen.state().state.overlays.is_browsing());
}

#[test]
fn a_reference_that_many_shots_share_names_all_of_them_on_demand() {
    let shared = |film: &mut Film| {
        let end = ProjectPath::new("frames/end.png").unwrap();
        let shot = |number| {
            let mut shot = Shot::new(ShotId::numbered(number), "A wood", 4.0);
            shot.reference_last_frame_path = Some(end.clone());
            shot
        };
        film.scenes[1].shots = (1..=12).map(shot).collect();
    };
    let mut screen = screen(Panel::Window, Selection::Film, shared);
    screen.state_mut().state.overlay = Some(Overlay::References);
    screen.run_steps(3);
    assert!(find(&screen, "Used in shot 2.8").is_some() && find(&screen, "Used in shot 2.9").is_none());
    act(&mut screen, &Act::Press("and 4 more"));
    act(&mut screen, &Act::Press("Also used in shot 2.9"));
    assert_eq!(screen.state_mut().take_asks(), [Ask::Reveal(name(2, 9))]);
    // The second row of the list: what shots end on is cleared for all of them in one step.
    screen.state_mut().state.overlay = Some(Overlay::References);
    screen.run_steps(3);
    screen.query_all_by_label("Clear the reference").last().unwrap().click();
    screen.run_steps(3);
    let shot = |number| json!({ "scene_id": "scene_002", "shot_id": ShotId::numbered(number) });
    let shots: Vec<_> = (1..=12).map(shot).collect();
    let params = json!({ "shots": shots, "reference_last_frame_path": null });
    assert_eq!(screen.state_mut().take_asks(), [run("shot.set_many", params)]);
}

#[test]
fn the_tray_says_which_jobs_cannot_be_read() {
    let mut screen = window();
    let job = UnreadableJob { file: "/films/.kinora/jobs/17_x.json".into(), why: "EOF at line 3".to_owned() };
    screen.state_mut().jobs.unreadable = vec![job.clone()];
    screen.state_mut().state.tray_open = true;
    screen.run_steps(3);
    assert!(screen.query_all_by_label_contains(&job.to_string()).count() > 0);
}

#[test]
fn the_tray_cancels_retries_opens_and_copies() {
    let ask = |number: usize| {
        let (scene_id, shot_id) = name(1, number);
        JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() }
    };
    let failure = JobFailure {
        kind: "provider".to_owned(),
        what: "generate scene_001/shot_003".to_owned(),
        why: "the vendor is away".to_owned(),
        what_to_do: Some("try again later".to_owned()),
        problems: Vec::new(),
        money: String::new(),
        unanswered_job: None,
        unplaced_job: None,
    };
    let film = std::path::PathBuf::from("/films/film_render.mp4");
    let done = JobState::Done { summary: "0:16".to_owned(), output: Some(film.clone()) };
    let tray = || {
        let mut screen = window();
        let running = JobState::Running { progress: Some(0.25), stage: "drawing".to_owned(), eta_secs: Some(61.0) };
        screen.state_mut().jobs.set_jobs(vec![
            row(1, ask(1), &running),
            row(2, ask(2), &JobState::Queued),
            row(3, ask(3), &JobState::Failed(failure.clone())),
            row(4, JobAsk::RenderFilm { options: RenderOptions::default() }, &done),
        ]);
        screen.state_mut().state.tray_open = true;
        screen.run_steps(3);
        screen
    };
    let check = |label: &'static str, expected: &[Ask]| {
        let mut screen = tray();
        act(&mut screen, &Act::Press(label));
        assert_eq!(screen.state_mut().take_asks(), expected, "{label}");
    };
    check("Cancel: Generate scene_001/shot_001", &[Ask::CancelJob(JobId(1))]);
    check("Cancel: Generate scene_001/shot_002", &[Ask::CancelJob(JobId(2))]);
    check("Clear finished", &[Ask::ClearJobs]);
    check("Retry: Generate scene_001/shot_003", &[Ask::RetryJob(JobId(3))]);
    let screen = tray();
    for words in ["Drawing  ·  25 %  ·  1:01 left", "Waits for its turn", "the vendor is away", "try again later"] {
        assert!(screen.query_all_by_label(words).count() > 0, "{words:?} is not said");
    }
    // The list is longer than the tray: what is below is scrolled to.
    let lower = |label: &'static str, expected: &[Ask]| {
        let mut screen = tray();
        let all = screen.query_all_by_label(label);
        all.last().unwrap_or_else(|| panic!("there is no {label}")).scroll_to_me();
        screen.run_steps(4);
        screen.query_all_by_label(label).last().unwrap().click();
        screen.run_steps(3);
        assert_eq!(screen.state_mut().take_asks(), expected, "{label}");
    };
    lower("Open the file", &[Ask::OpenFile(film.clone())]);
    lower("Show in folder", &[Ask::ShowInFolder(film)]);
    let mut screen = tray();
    act(&mut screen, &Act::Press("Close the jobs"));
    assert!(!screen.state().state.tray_open);
    screen.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.run_steps(2);
    assert!(screen.state().state.tray_open);
}

#[test]
fn a_failure_is_said_until_it_is_closed() {
    let mut screen = window();
    screen.state_mut().state.tell(Notice::new(Weight::Bad, "Could not render", "The disk is full"));
    screen.run_steps(3);
    assert!(screen.query_by_label("The disk is full").is_some());
    act(&mut screen, &Act::Press("Close: Could not render"));
    assert!(screen.state().state.toasts.is_empty());
}

#[test]
fn what_was_not_saved_is_offered_and_nothing_is_thrown_away_by_mistake() {
    let offered = || {
        let mut screen = window();
        let changes = vec![("Add shot".to_owned(), 1), ("Change shot".to_owned(), 3)];
        screen.state_mut().state.overlays.recovery = Some(Recovery { changes });
        screen.state_mut().state.overlay = Some(Overlay::Recovery);
        screen.run_steps(3);
        screen
    };
    for words in ["Add shot", "Change shot   3 times"] {
        assert!(offered().query_all_by_label_contains(words).count() > 0, "{words}");
    }
    for (label, again) in [("Bring back", true), ("Leave them", false)] {
        let mut screen = offered();
        act(&mut screen, &Act::Press(label));
        assert_eq!(screen.state_mut().take_asks(), [Ask::Recover(again)]);
        assert_eq!(screen.state().state.overlay, None);
    }
    let mut screen = offered();
    screen.key_press(Key::Escape);
    screen.run_steps(3);
    assert_eq!((screen.state_mut().take_asks(), screen.state().state.overlay), (vec![], Some(Overlay::Recovery)));
    screen.key_press(Key::Enter);
    screen.run_steps(3);
    assert_eq!(screen.state_mut().take_asks(), [Ask::Recover(true)]);
    assert!(find(&screen, "Bring back").is_none());
}
