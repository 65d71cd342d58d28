//! The tray of jobs and the spend view, pressed without a window.

use bevy_egui::egui::{self, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use kinora::{
    generation::Spend,
    jobs::{Job, JobAsk, JobFailure, JobId, JobState, JobTimes, JobTurn},
    ui::{
        ask::{Ask, Asks},
        desk::{Desk, HistoryModel},
        jobs_model::{JobRow, JobsModel},
        model::FilmModel,
        overlays::overlays_ui,
        pictures::NoPictures,
        state::{Overlay, UiState},
        theme::{Look, Theme, install_fonts},
    },
};
use kinora_core::{
    film::{Film, ProjectLayout},
    ids::{SceneId, ShotId},
};
use serde_json::json;

struct Bench {
    model: FilmModel,
    state: UiState,
    asks: Asks,
    jobs: JobsModel,
    history: HistoryModel,
    theme: Theme,
    has_fonts: bool,
    folder: tempfile::TempDir,
}

fn bench(change: impl FnOnce(&mut Bench)) -> Harness<'static, Bench> {
    let folder = tempfile::tempdir().unwrap();
    let mut film = Film::default();
    film.settings.budget_usd = Some(10.0);
    let mut bench = Bench {
        model: FilmModel::of(film, folder.path()),
        state: UiState::default(),
        asks: Asks::default(),
        jobs: JobsModel::default(),
        history: HistoryModel::default(),
        theme: Theme::new(Look::Dark),
        has_fonts: false,
        folder,
    };
    change(&mut bench);
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
            jobs: &bench.jobs,
            history: &bench.history,
            providers: &[],
        };
        overlays_ui(&ui.ctx().clone(), &mut desk);
    };
    let mut harness = Harness::builder().with_size(egui::vec2(1200.0, 900.0)).build_ui_state(draw, bench);
    harness.run_steps(4);
    harness
}

fn press(harness: &mut Harness<'static, Bench>, label: &str) {
    let found = harness.query_all_by_label(label).find(|node| node.accesskit_node().role() != Role::Label);
    found.unwrap_or_else(|| panic!("there is no {label:?}")).click();
    harness.run_steps(4);
}

fn says(harness: &Harness<'static, Bench>, words: &str) {
    assert!(harness.query_all_by_label_contains(words).next().is_some(), "{words:?} is not said");
}

fn row(number: usize, state: &JobState, waits_for: &str) -> JobRow {
    let (scene_id, shot_id) = (SceneId::numbered(1), ShotId::numbered(number));
    let ask = JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() };
    let job_id = JobId(number as u64);
    let job = Job { job_id, kind: ask.kind(), label: ask.label(), target: ask.target(), ask };
    let mut turn = JobTurn::default();
    turn.waits_for = waits_for.to_owned();
    JobRow::new(&job, state, &JobTimes::default()).in_turn(&turn)
}

fn failed(unanswered_job: Option<&str>, money: &str) -> JobState {
    JobState::Failed(JobFailure {
        kind: "provider".to_owned(),
        what: "generate scene_001/shot_001".to_owned(),
        why: "the vendor is away".to_owned(),
        what_to_do: None,
        problems: Vec::new(),
        money: money.to_owned(),
        unanswered_job: unanswered_job.map(str::to_owned),
        unplaced_job: None,
    })
}

fn tray(rows: Vec<JobRow>) -> Harness<'static, Bench> {
    bench(|bench| {
        bench.jobs.set_jobs(rows);
        bench.state.tray_open = true;
    })
}

#[test]
fn what_waits_says_for_what_and_can_go_first() {
    let mut harness =
        tray(vec![row(1, &JobState::Queued, ""), row(2, &JobState::Queued, "the last frame of scene_001/shot_001")]);
    says(&harness, "Waits for its turn");
    says(&harness, "Waits for the last frame of scene_001/shot_001");
    press(&mut harness, "Run next: Generate scene_001/shot_002");
    press(&mut harness, "Start no more jobs");
    assert_eq!(harness.state().asks.0, [Ask::RunNext(JobId(2)), Ask::PauseJobs(true)]);
    harness.state_mut().jobs.paused = true;
    harness.run_steps(2);
    says(&harness, "Paused");
    press(&mut harness, "Go on starting jobs");
    assert_eq!(harness.state().asks.0.last(), Some(&Ask::PauseJobs(false)));
}

#[test]
fn a_failure_says_whether_money_was_taken_and_an_unanswered_job_takes_two_clicks() {
    let harness = tray(vec![row(1, &failed(None, "No money was taken."), "")]);
    says(&harness, "No money was taken.");
    assert!(harness.query_by_label("Send again: Generate scene_001/shot_001").is_none());
    let mut harness = tray(vec![row(1, &failed(Some("job_7"), ""), "")]);
    press(&mut harness, "Send again: Generate scene_001/shot_001");
    assert_eq!(harness.state().asks.0, []);
    says(&harness, "It may be paid for twice.");
    press(&mut harness, "Do not send again: Generate scene_001/shot_001");
    press(&mut harness, "Send again: Generate scene_001/shot_001");
    press(&mut harness, "Send again for sure: Generate scene_001/shot_001");
    assert_eq!(harness.state().asks.0, [Ask::SendAgain(JobId(1))]);
}

#[test]
fn what_has_no_place_in_the_film_is_kept_with_one_click_and_let_go_with_two() {
    let JobState::Failed(failure) = failed(None, "") else { unreachable!() };
    let gone = JobState::Failed(JobFailure { unplaced_job: Some("job_7".to_owned()), ..failure });
    let mut harness = tray(vec![row(1, &gone, "")]);
    press(&mut harness, "Keep as a clip: Generate scene_001/shot_001");
    press(&mut harness, "Dismiss: Generate scene_001/shot_001");
    assert_eq!(harness.state().asks.0, [Ask::CloseJob { job_id: JobId(1), keep: true }]);
    says(&harness, "It was paid for.");
    press(&mut harness, "Do not dismiss: Generate scene_001/shot_001");
    press(&mut harness, "Dismiss: Generate scene_001/shot_001");
    press(&mut harness, "Dismiss for sure: Generate scene_001/shot_001");
    assert_eq!(harness.state().asks.0.last(), Some(&Ask::CloseJob { job_id: JobId(1), keep: false }));
}

#[test]
fn the_spend_view_adds_up_and_sets_the_budget() {
    let line = |job: &str, model: &str, event: &str, more: &str| {
        format!(
            "{{\"at\":\"2026-01-01T00:00:00Z\",\"job_id\":\"{job}\",\"attempt\":1,\"model\":\"{model}\",\"purpose\":\
             \"scene_001/{job}\",\"kind\":\"video\",\"price_usd\":3.0,\"event\":\"{event}\"{more}}}"
        )
    };
    let lines = [
        line("shot_001", "replicate:veo", "succeeded", ",\"cost_usd\":2.5"),
        line("shot_002", "replicate:veo", "cancelled", ""),
        line("line_001", "elevenlabs:v3", "submitting", ""),
    ];
    let mut harness = bench(|bench| {
        let layout = ProjectLayout::new(bench.folder.path());
        std::fs::create_dir_all(layout.hidden_dir()).unwrap();
        for line in lines {
            kinora_core::store::append_line(&layout.ledger_file(), &line).unwrap();
        }
        bench.state.overlays.spend = Spend::of(&layout).unwrap();
        bench.state.overlay = Some(Overlay::Spend);
    });
    for words in ["$8.50 spent or set aside", "$1.50 left", "$2.50", "up to $3.00", "1 cancelled", "Together"] {
        says(&harness, words);
    }
    press(&mut harness, "Budget");
    let expected = Ask::Run { operator: "settings.set", params: json!({ "budget_usd": null }), group: None };
    assert_eq!(harness.state().asks.0, [expected]);
}
