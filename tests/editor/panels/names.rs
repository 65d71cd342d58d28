//! What a screen reader says: everything that can be pressed, typed in or focused has a role and a name.

use super::bench::{Act, Panel, Screen, act, empty_window, long_ago, name, row, screen};
use bevy_egui::egui::accesskit::{Action, Role};
use egui_kittest::kittest::{NodeT, Queryable, by};
use kinora::{
    jobs::{JobAsk, JobState},
    ui::{
        actions::Group,
        ask::{Notice, Weight},
        overlays::{Ending, KeyFound, OpeningModel, RecentLook, Recovery},
        state::{Overlay, Selection},
    },
};
use kinora_core::{
    film::AudioLane,
    ids::{CharacterId, SceneId},
};
use kinora_provider::KeyNeed;

/// The places of what can be pressed or focused and has no name, or no role that says what it is.
fn check(screen: &Screen, what: &str) {
    let controls: Vec<_> = screen
        .query_all(by())
        .filter(|node| {
            let node = node.accesskit_node();
            let data = node.data();
            let is_control = data.supports_action(Action::Click) || data.supports_action(Action::Focus);
            is_control && node.role() != Role::Label
        })
        .collect();
    let is_known = |role: Role| !matches!(role, Role::Unknown | Role::GenericContainer);
    let known: Vec<_> =
        controls.iter().filter(|node| is_known(node.accesskit_node().role())).map(|node| node.rect()).collect();
    let (mut count, mut nameless) = (0, Vec::new());
    for node in &controls {
        let (found, rect) = (node.accesskit_node(), node.rect());
        // The lines between panes are drawn by the crate that lays panes out, without a word.
        let is_line = rect.width().min(rect.height()) <= 10.5 && rect.width().max(rect.height()) > 100.0;
        // The ground of a menu or of a window only keeps clicks from what lies under it.
        let is_ground = || known.iter().any(|other| rect.contains_rect(*other) && rect != *other);
        let is_silent = found.role() == Role::Unknown && (is_line || is_ground());
        // A bar is known by what it is.
        if is_silent || matches!(found.role(), Role::ScrollBar | Role::Splitter) {
            continue;
        }
        count += 1;
        let is_named = found.label().is_some_and(|label| !label.trim().is_empty());
        if !is_named || !is_known(found.role()) {
            nameless.push(format!("{:?} at {rect:?}", found.role()));
        }
    }
    assert!(count > 5, "{what} has {count} controls");
    assert!(nameless.is_empty(), "{what}: {} of {count} without a name:\n{}", nameless.len(), nameless.join("\n"));
}

#[test]
fn every_control_of_every_pane_has_a_name() {
    let selections = [
        Selection::Film,
        Selection::Scene(SceneId::numbered(1)),
        Selection::shot(name(1, 1)),
        Selection::shot(name(1, 2)),
        Selection::of_shots(vec![name(1, 1), name(1, 2)]),
        Selection::Lane(SceneId::numbered(1), AudioLane::Music),
        Selection::Character(CharacterId::new("char_ruthven").unwrap()),
    ];
    for selection in selections {
        check(&screen(Panel::Window, selection.clone(), |_| {}), &format!("window with {selection:?}"));
        let mut screen = screen(Panel::Inspector, selection.clone(), |_| {});
        act(&mut screen, &Act::Press("Metadata"));
        check(&screen, &format!("inspector of {selection:?}"));
    }
    check(&screen(Panel::Library, Selection::Film, |_| {}), "library");
    check(&screen(Panel::Timeline, Selection::Film, |_| {}), "timeline");
    check(&empty_window(), "welcome");
    let mut welcome = empty_window();
    let films = ["lost", "cut-short", "fine"].map(|film| welcome.state().folder().join(film));
    let endings = [Ending::Unsaved { at: "14:03".to_owned() }, Ending::CutShort { at: String::new() }, Ending::Good];
    let overlays = &mut welcome.state_mut().state.overlays;
    overlays.recent = films.to_vec();
    overlays.looked = films.into_iter().zip(endings.map(|ending| RecentLook { picture: None, ending })).collect();
    overlays.opening = Some(OpeningModel {
        title: "Opening storm".to_owned(),
        detail: "What ran on it is still ending".to_owned(),
        since: long_ago(),
    });
    welcome.run_steps(3);
    check(&welcome, "welcome with films");
}

/// Every overlay. A new one does not compile until it is here.
const OVERLAYS: [Overlay; 7] = {
    match Overlay::Palette {
        Overlay::Palette
        | Overlay::Keys
        | Overlay::NewProject
        | Overlay::References
        | Overlay::Recovery
        | Overlay::Spend
        | Overlay::VendorKeys => [
            Overlay::Palette,
            Overlay::Keys,
            Overlay::NewProject,
            Overlay::References,
            Overlay::Recovery,
            Overlay::Spend,
            Overlay::VendorKeys,
        ],
    }
};

#[test]
fn every_control_over_the_panes_has_a_name() {
    for overlay in OVERLAYS {
        let mut screen = screen(Panel::Window, Selection::Film, |_| {});
        // A key that is nowhere yet shows everything there is about one.
        let vendor = screen.state_mut().providers.last_mut().unwrap();
        vendor.needs_key = Some(KeyNeed {
            environment_variable: "VENDOR_KEY".to_owned(),
            where_to_get: "https://vendor.example/keys".to_owned(),
        });
        let vendor = vendor.id.clone();
        screen.state_mut().state.overlays.keys.found.insert(vendor, KeyFound::Nowhere);
        screen.state_mut().state.overlays.recovery = Some(Recovery { changes: vec![("Add shot".to_owned(), 1)] });
        screen.state_mut().state.overlay = Some(overlay);
        screen.run_steps(3);
        check(&screen, &format!("{overlay:?}"));
    }
    let mut tray = screen(Panel::Window, Selection::Film, |_| {});
    let running = JobState::Running { progress: None, stage: String::new(), eta_secs: None };
    tray.state_mut().jobs.set_jobs(vec![
        row(1, JobAsk::CompleteFilm, &running),
        row(2, JobAsk::ConformFilm, &JobState::Cancelled),
        row(3, JobAsk::ConformFilm, &JobState::Done { summary: String::new(), output: Some("/a.mp4".into()) }),
    ]);
    tray.state_mut().state.tray_open = true;
    tray.state_mut().state.tell(Notice::new(Weight::Warn, "Look here", "It is said once"));
    tray.run_steps(3);
    check(&tray, "tray and notices");
}

#[test]
fn every_control_of_menus_and_lists_has_a_name() {
    let opened = |selection: Selection, press: &[&str]| {
        let mut screen = screen(Panel::Window, selection, |_| {});
        for label in press {
            super::bench::get(&screen, label).click();
            screen.run_steps(3);
        }
        check(&screen, &format!("{press:?}"));
    };
    for menu in Group::ALL {
        opened(Selection::shot(name(1, 1)), &[menu.label()]);
    }
    opened(Selection::Film, &["Order: Film order"]);
    opened(Selection::shot(name(1, 1)), &["Model"]);
}
