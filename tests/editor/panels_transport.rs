//! The keys of playback and the bar under the monitor, without a window.

use bevy_egui::egui::{self, Key, Modifiers};
use egui_kittest::{Harness, kittest::Queryable};
use kinora::{
    playback::{Around, Choice, Scope},
    ui::{
        actions::listen_for_keys,
        ask::{Ask, Asks},
        desk::{Desk, HistoryModel},
        jobs_model::JobsModel,
        model::FilmModel,
        monitor::monitor_ui,
        pictures::NoPictures,
        state::UiState,
        theme::{Look, Theme, install_fonts},
    },
};
use kinora_core::{
    film::{Film, FilmScene, Shot},
    ids::{SceneId, ShotId},
    time::FrameRate,
};

struct Bench {
    model: FilmModel,
    state: UiState,
    asks: Asks,
    theme: Theme,
    has_fonts: bool,
}

/// Two scenes of two shots of two seconds at 24 frames a second.
fn bench() -> Harness<'static, Bench> {
    let scene = |number: usize| {
        let mut scene = FilmScene::new(SceneId::numbered(number), "");
        scene.shots = (1..=2).map(|shot| Shot::new(ShotId::numbered(shot), "", 2.0)).collect();
        scene
    };
    let mut film = Film { scenes: vec![scene(1), scene(2)], ..Film::default() };
    film.metadata.rate = FrameRate::FPS_24;
    let bench = Bench {
        model: FilmModel::of(film, "film"),
        state: UiState::default(),
        asks: Asks::default(),
        theme: Theme::new(Look::Dark),
        has_fonts: false,
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
            pictures: &mut NoPictures,
            jobs: &JobsModel::default(),
            history: &HistoryModel::default(),
            providers: &[],
        };
        let ctx = ui.ctx().clone();
        listen_for_keys(&ctx, &mut desk);
        monitor_ui(ui, &mut desk);
    };
    let mut harness = Harness::builder().with_size(egui::vec2(700.0, 400.0)).build_ui_state(draw, bench);
    harness.run_steps(3);
    harness
}

fn press(harness: &mut Harness<'static, Bench>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(2);
}

#[test]
fn keys_play_turn_stop_mark_and_step() {
    let mut harness = bench();
    for (key, speed) in [
        (Key::Space, 1.0),
        (Key::L, 2.0),
        (Key::L, 4.0),
        (Key::J, -1.0),
        (Key::K, 0.0),
        (Key::J, -1.0),
        (Key::J, -2.0),
        (Key::Space, 0.0),
        (Key::L, 1.0),
        (Key::ArrowRight, 0.0),
    ] {
        press(&mut harness, Modifiers::NONE, key);
        assert_eq!(harness.state().state.transport.speed, speed, "after {key:?}");
    }
    assert_eq!(harness.state().asks.0, [Ask::Seek(1)]);
    assert_eq!(harness.state().state.transport.scrubbed, Some(1), "a step is heard");

    harness.state_mut().state.transport.frame = 20;
    press(&mut harness, Modifiers::NONE, Key::I);
    harness.state_mut().state.transport.frame = 70;
    press(&mut harness, Modifiers::NONE, Key::O);
    assert_eq!(harness.state().state.marks, (Some(20), Some(71)));
    press(&mut harness, Modifiers::COMMAND, Key::L);
    assert!(harness.state().state.transport.looped && harness.state().state.transport.speed == 0.0);
    press(&mut harness, Modifiers::ALT, Key::X);
    assert_eq!(harness.state().state.marks, (None, None));
}

#[test]
fn a_key_plays_around_the_nearest_cut_as_long_as_the_maker_chose() {
    let mut harness = bench();
    harness.state_mut().state.transport.choice.pre_roll_secs = 1.0;
    harness.state_mut().state.transport.choice.post_roll_secs = 0.5;
    harness.state_mut().state.transport.frame = 80;
    press(&mut harness, Modifiers::NONE, Key::Slash);
    let transport = &harness.state().state.transport;
    assert_eq!((transport.frame, transport.speed), (72, 1.0));
    assert_eq!(transport.around, Some(Around { range: 72..108, back_to: 96 }));
}

#[test]
fn the_menu_of_the_bar_says_how_it_plays() {
    let mut harness = bench();
    press(&mut harness, Modifiers::SHIFT, Key::P);
    press(&mut harness, Modifiers::SHIFT, Key::A);
    let chosen = harness.state().state.transport.choice;
    assert_eq!(chosen, Choice { scope: Scope::Scene, scrub_sound: false, ..Choice::default() });

    harness.get_by_label("How it plays").click();
    harness.run_steps(3);
    harness.get_by_label("Play to the end of the film").click();
    harness.run_steps(2);
    harness.get_by_label("Hear the playhead while it is dragged").click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.transport.choice, Choice::default());
}
