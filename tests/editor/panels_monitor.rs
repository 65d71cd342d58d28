//! The monitor, pointed at and pressed without a window: what it asks to see, and where.

use bevy_egui::egui::{self, Event, Key, MouseWheelUnit, PointerButton, Pos2, TouchPhase, accesskit::Role, pos2, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use kinora::{
    preview::PictureSource,
    ui::{
        self,
        ask::Asks,
        desk::{Desk, HistoryModel},
        inspector::inspector_ui,
        jobs_model::JobsModel,
        model::FilmModel,
        monitor::monitor_ui,
        pictures::{MonitorNumbers, MonitorShown, MonitorWish, PictureOf, PictureState, Pictures},
        state::{Selection, UiState},
        theme::{Look, Theme, install_fonts},
        workspace::{Pane, default_tree},
    },
};
use kinora_core::{
    film::{Film, FilmScene, Shot, Take},
    ids::{SceneId, ShotId, TakeId},
    preview::{MonitorView, Zoom},
};
use serde_json::json;

/// Points of the whole, of which the left part is the monitor.
const SIZE: egui::Vec2 = vec2(1000.0, 540.0);
const MONITOR_WIDTH: f32 = 640.0;

/// Remembers what the monitor asked for last.
#[derive(Default)]
struct Remembering(Option<MonitorWish>);

impl Pictures for Remembering {
    fn small(&mut self, _: &PictureOf) -> PictureState {
        PictureState::Waiting
    }

    fn monitor(&mut self, wish: &MonitorWish) -> MonitorShown {
        self.0 = Some(wish.clone());
        MonitorShown {
            picture: PictureState::Waiting,
            source: PictureSource::PlainSeam,
            notice: Some("the file is damaged".to_owned()),
            numbers: MonitorNumbers::default(),
        }
    }

    fn levels(&mut self, _: &std::path::Path, _: (f64, f64), _: usize) -> Vec<(f32, f32)> {
        Vec::new()
    }
}

struct Bench {
    model: FilmModel,
    state: UiState,
    pictures: Remembering,
    asks: Asks,
    theme: Theme,
    has_fonts: bool,
    tree: egui_tiles::Tree<Pane>,
    /// The whole window in place of monitor and inspector.
    whole: bool,
    _folder: tempfile::TempDir,
}

/// One scene: two shots with two takes each of four seconds, and one without.
fn film() -> Film {
    let take = |shot: usize, number: usize| -> Take {
        serde_json::from_value(json!({
            "take_id": TakeId::numbered(number),
            "file_path": format!("shots/shot_00{shot}_{number}.mp4"),
            "media": { "width": 320, "height": 180, "rate": "24", "duration_secs": 4.0, "has_audio": false },
        }))
        .unwrap()
    };
    let shot = |number: usize| {
        let mut shot = Shot::new(ShotId::numbered(number), "", 4.0);
        if number < 3 {
            shot.takes = vec![take(number, 1), take(number, 2)];
            shot.file_path = Some(shot.takes[0].file_path.clone());
        }
        shot
    };
    let mut scene = FilmScene::new(SceneId::numbered(1), "");
    scene.shots = (1..=3).map(shot).collect();
    scene.shots[1].in_frame = 10;
    Film { scenes: vec![scene], ..Film::default() }
}

fn bench(whole: bool) -> Harness<'static, Bench> {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench {
        model: FilmModel::of(film(), folder.path()),
        state: UiState::default(),
        pictures: Remembering::default(),
        asks: Asks::default(),
        theme: Theme::new(Look::Dark),
        has_fonts: false,
        tree: default_tree(),
        whole,
        _folder: folder,
    };
    let draw = |ui: &mut egui::Ui, bench: &mut Bench| {
        if !std::mem::replace(&mut bench.has_fonts, true) {
            install_fonts(ui.ctx());
            bench.theme.apply(ui.ctx());
            ui.ctx().request_repaint();
            return;
        }
        let mut desk = Desk {
            model: &bench.model,
            state: &mut bench.state,
            asks: &mut bench.asks,
            theme: &bench.theme,
            pictures: &mut bench.pictures,
            jobs: &JobsModel::default(),
            history: &HistoryModel::default(),
            providers: &[],
        };
        if bench.whole {
            ui::draw(&ui.ctx().clone(), &mut desk, &mut bench.tree);
            return;
        }
        let rect = egui::Rect::from_min_size(Pos2::ZERO, SIZE);
        let (left, right) = rect.split_left_right_at_x(MONITOR_WIDTH);
        let part = |ui: &mut egui::Ui, rect| ui.new_child(egui::UiBuilder::new().max_rect(rect));
        monitor_ui(&mut part(ui, left), &mut desk);
        inspector_ui(&mut part(ui, right), &mut desk);
    };
    let mut harness = Harness::builder().with_size(SIZE).build_ui_state(draw, bench);
    harness.run_steps(3);
    harness
}

fn wish(harness: &Harness<'static, Bench>) -> MonitorWish {
    harness.state().pictures.0.clone().unwrap()
}

/// An action, as its key or its menu does it.
fn act(harness: &mut Harness<'static, Bench>, id: &str) {
    let found = ui::actions::action(id).unwrap();
    let bench = harness.state_mut();
    let mut desk = Desk {
        model: &bench.model,
        state: &mut bench.state,
        asks: &mut bench.asks,
        theme: &bench.theme,
        pictures: &mut bench.pictures,
        jobs: &JobsModel::default(),
        history: &HistoryModel::default(),
        providers: &[],
    };
    ui::actions::perform(&mut desk, found.id);
    harness.run_steps(2);
}

fn drag(harness: &mut Harness<'static, Bench>, from: Pos2, to: Pos2) {
    let press = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    harness.event(Event::PointerMoved(from));
    harness.run_steps(1);
    harness.event(press(from, true));
    harness.run_steps(1);
    for step in 1..=4 {
        harness.event(Event::PointerMoved(from + (to - from) * (step as f32 / 4.0)));
        harness.run_steps(1);
    }
    harness.event(press(to, false));
    harness.run_steps(2);
}

fn wheel(harness: &mut Harness<'static, Bench>, at: Pos2, lines: f32) {
    harness.event(Event::PointerMoved(at));
    harness.run_steps(1);
    let (unit, delta) = (MouseWheelUnit::Line, vec2(0.0, lines));
    harness.event(Event::MouseWheel { unit, delta, phase: TouchPhase::Move, modifiers: egui::Modifiers::NONE });
    // Scrolling is spread over some frames.
    harness.run_steps(30);
}

/// Where in the film, as a share of width and height, a point of the monitor lies.
fn film_point(wish: &MonitorWish, room: Pos2, at: Pos2) -> [f32; 2] {
    let (x, y) = (at.x - room.x, at.y - room.y);
    [(x - wish.corner_px[0]) / wish.picture_px[0], (y - wish.corner_px[1]) / wish.picture_px[1]]
}

#[test]
fn the_picture_is_fitted_then_enlarged_about_the_pointer_and_moved_by_hand() {
    let mut harness = bench(false);
    let fitted = wish(&harness);
    let aspect = fitted.picture_px[0] / fitted.picture_px[1];
    assert!((aspect - 16.0 / 9.0).abs() < 0.01 && fitted.corner_px.iter().all(|edge| *edge >= 0.0), "{fitted:?}");
    assert!(fitted.picture_px[0] <= fitted.room_px[0] as f32 + 0.5);

    let at = pos2(150.0, 200.0);
    act(&mut harness, "monitor.full_size");
    let whole = wish(&harness);
    let size = Film::default().metadata.size;
    assert_eq!(whole.picture_px, [size.width as f32, size.height as f32]);
    let under = film_point(&whole, Pos2::ZERO, at);
    wheel(&mut harness, at, 3.0);
    let closer = wish(&harness);
    assert!(closer.picture_px[0] > whole.picture_px[0] * 1.05, "{closer:?}");
    let now = film_point(&closer, Pos2::ZERO, at);
    for axis in 0..2 {
        assert!((now[axis] - under[axis]).abs() * closer.picture_px[axis] < 3.0, "{under:?} is now at {now:?}");
    }

    drag(&mut harness, at, at + vec2(60.0, -30.0));
    let moved = wish(&harness);
    assert_eq!(moved.picture_px, closer.picture_px);
    let by = [0, 1].map(|axis| moved.corner_px[axis] - closer.corner_px[axis]);
    assert!((by[0] - 60.0).abs() <= 2.0 && (by[1] + 30.0).abs() <= 2.0, "{by:?}");
    assert_eq!(harness.state().state.selection, Selection::Film, "a drag is no click");

    act(&mut harness, "monitor.fit");
    assert_eq!(wish(&harness), fitted);
    act(&mut harness, "monitor.zoom_in");
    assert!((wish(&harness).picture_px[0] / fitted.picture_px[0] - 1.25).abs() < 0.01);
    act(&mut harness, "monitor.zoom_out");
    assert!((wish(&harness).picture_px[0] / fitted.picture_px[0] - 1.0).abs() < 0.01);
    // An enlarged picture stays in sight, however far it is pulled.
    harness.state_mut().state.monitor.view = MonitorView { zoom: Zoom::Times(4.0), center: [0.0; 2] };
    for _ in 0..12 {
        drag(&mut harness, pos2(500.0, 300.0), pos2(100.0, 100.0));
    }
    let far = wish(&harness);
    for axis in 0..2 {
        assert!(far.corner_px[axis] + far.picture_px[axis] >= far.room_px[axis] as f32 / 2.0 - 1.0, "{far:?}");
    }
}

fn press(harness: &mut Harness<'static, Bench>, label: &str) {
    let found = harness.query_all_by_label(label).find(|node| node.accesskit_node().role() != Role::Label);
    // What lies below the edge of the inspector is reached as a screen reader reaches it.
    found.unwrap_or_else(|| panic!("there is no {label:?}")).click_accesskit();
    harness.run_steps(3);
}

#[test]
fn two_takes_are_wiped_at_the_moment_of_the_film() {
    let mut harness = bench(false);
    let shot = (SceneId::numbered(1), ShotId::numbered(2));
    harness.state_mut().state.selection = Selection::shot(shot);
    harness.run_steps(3);
    let frame = harness.state().model.shot_spans[1].start_frame + 7;
    harness.state_mut().state.transport.frame = frame;
    harness
        .state_mut()
        .state
        .inspector
        .compare_takes(&(SceneId::numbered(1), ShotId::numbered(2)), [&TakeId::numbered(1), &TakeId::numbered(2)]);
    harness.run_steps(3);
    let seen = wish(&harness);
    let ([left, right], line) = seen.wipe.clone().unwrap();
    assert!(left.0.path.ends_with("shot_002_1.mp4") && right.0.path.ends_with("shot_002_2.mp4"), "{seen:?}");
    assert_eq!((left.1, right.1), (17, 17), "the shot begins at frame 10 of its take");
    assert!((line - seen.corner_px[0] - seen.picture_px[0] / 2.0).abs() < 1.0);

    // The line is taken where it is, and goes where the hand goes.
    let room = 8.0;
    drag(&mut harness, pos2(line + room, 200.0), pos2(200.0, 220.0));
    let (_, moved) = wish(&harness).wipe.unwrap();
    assert!((moved - (200.0 - room)).abs() < 2.0, "{moved}");
    drag(&mut harness, pos2(400.0, 200.0), pos2(300.0, 220.0));
    assert_eq!(wish(&harness).wipe.unwrap().1, moved, "a drag elsewhere leaves the line alone");

    act(&mut harness, "monitor.wipe");
    assert_eq!(wish(&harness).wipe, None, "the film again");
    act(&mut harness, "monitor.wipe");
    assert!(wish(&harness).wipe.is_some());
    harness.state_mut().state.transport.frame = 3;
    harness.run_steps(2);
    assert_eq!(wish(&harness).wipe, None, "another shot has other takes");
    press(&mut harness, "End comparison");
    harness.state_mut().state.transport.frame = frame;
    harness.run_steps(2);
    assert_eq!(wish(&harness).wipe, None);
}

#[test]
fn full_screen_is_the_picture_alone_and_esc_leaves_it() {
    let mut harness = bench(true);
    let windowed = wish(&harness).room_px;
    let buttons = |harness: &Harness<'static, Bench>| harness.query_all_by_role(Role::Button).count();
    assert!(buttons(&harness) > 5);
    harness.key_press(Key::F);
    harness.run_steps(3);
    let full = wish(&harness);
    assert_eq!(full.room_px, [SIZE.x as u32, SIZE.y as u32], "{windowed:?}");
    assert_eq!(buttons(&harness), 0);
    harness.state_mut().state.selection = Selection::Scene(SceneId::numbered(1));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(wish(&harness).room_px, windowed);
    assert_eq!(harness.state().state.selection, Selection::Scene(SceneId::numbered(1)), "Esc left the screen alone");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.state().state.selection, Selection::Film);
}

#[test]
fn every_mark_can_be_drawn_over_every_picture() {
    let mut harness = bench(false);
    harness.state_mut().state.diagnostics = true;
    harness.state_mut().state.safe_areas = true;
    for (frame, speed) in [(0, 0.0), (100, 1.0), (200, -2.0), (5_000, 0.0)] {
        harness.state_mut().state.transport.frame = frame;
        harness.state_mut().state.transport.speed = speed;
        harness.state_mut().pictures.0 = None;
        harness.run_steps(2);
        let asked = harness.state().pictures.0.as_ref().map(|wish| (wish.frame, wish.speed));
        // The third shot has no take and is asked for all the same; beyond the film there is nothing to ask for.
        let is_in_film = harness.state().model.shot_at(frame).is_some();
        assert_eq!(asked, is_in_film.then_some((frame, speed)));
    }
}
