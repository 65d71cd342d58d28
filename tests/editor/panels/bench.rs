//! What panels are tested on: a film, a desk with it, and hands that press, type and drag.

use bevy_egui::egui::{self, Modifiers, Pos2, Rect, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use egui_tiles::Tree;
use kinora::{
    jobs::{Job, JobAsk, JobId, JobState, JobTimes},
    ui::{
        ask::{Ask, Asks},
        desk::{Desk, HistoryModel},
        inspector::inspector_ui,
        jobs_model::{JobRow, JobsModel},
        library::library_ui,
        model::FilmModel,
        pictures::NoPictures,
        state::{Selection, UiState},
        theme::{Look, Theme, install_fonts},
        timeline::timeline_ui,
        workspace::{Pane, default_tree},
    },
};
use kinora_core::{
    film::{
        Character, ContinuitySource, ExtraFields, Film, FilmScene, ProjectPath, ReferenceMoment, Shot, Take, VoiceLine,
    },
    ids::{CharacterId, SceneId, ShotId, TakeId},
};
use kinora_provider::{
    AspectRatio, Condition, DurationRule, ModelCard, ParameterKind, ParameterSpec, PriceBasis, PriceTier,
    Provider as _, ProviderDescriptor, RequestKind, Rule, Test,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Seconds a step: two clicks in a row are a double click.
const STEP_SECS: f32 = 0.02;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    Inspector,
    Library,
    Timeline,
    /// The whole window, with what lies over the panes.
    Window,
    /// The same, so high that nothing in the inspector has to be scrolled to.
    TallWindow,
}

impl Panel {
    /// The inspector is as narrow as the pane may get, and so high that nothing has to be scrolled to.
    const fn size_px(self) -> egui::Vec2 {
        match self {
            Self::Inspector => egui::vec2(280.0, 6000.0),
            Self::Library => egui::vec2(320.0, 3600.0),
            Self::Timeline => egui::vec2(1200.0, 400.0),
            Self::Window => egui::vec2(1280.0, 800.0),
            Self::TallWindow => egui::vec2(1280.0, 4000.0),
        }
    }
}

/// Everything a panel is handed, and a moment before its first picture in which the fonts come in.
pub(crate) struct Bench {
    pub(crate) model: FilmModel,
    pub(crate) state: UiState,
    pub(super) asks: Asks,
    pub(super) jobs: JobsModel,
    pub(super) history: HistoryModel,
    pub(super) providers: Vec<ProviderDescriptor>,
    theme: Theme,
    pub(super) tree: Tree<Pane>,
    has_fonts: bool,
    folder: tempfile::TempDir,
}

/// A panel on the bench.
pub(crate) type Screen = Harness<'static, Bench>;

/// A moment that lies behind every delay.
pub(super) fn long_ago() -> Instant {
    let now = Instant::now();
    now.checked_sub(Duration::from_secs(10)).unwrap_or(now)
}

pub(super) fn name(scene: usize, shot: usize) -> (SceneId, ShotId) {
    (SceneId::numbered(scene), ShotId::numbered(shot))
}

pub(super) fn take(number: usize) -> Take {
    serde_json::from_value(json!({
        "take_id": TakeId::numbered(number),
        "file_path": format!("shots/shot_001_{number}.mp4"),
        "model": "previs",
        "provider": "draft",
        "seed": 7,
        "cost_usd": 0.25,
        "created_at": "2026-03-04T05:06:07Z",
    }))
    .unwrap()
}

/// A film of two scenes: a shot with two takes, one that continues it, one with nothing; a line, a character.
pub(super) fn film() -> Film {
    let mut first = FilmScene::new(SceneId::numbered(1), "The Hut");
    let mut made = Shot::new(ShotId::numbered(1), "A storm", 4.0);
    made.takes = vec![take(1), take(2)];
    made.file_path = Some(made.takes[1].file_path.clone());
    let mut next = Shot::new(ShotId::numbered(2), "He waits", 4.0);
    next.continuity_source = Some(ContinuitySource {
        scene_id: SceneId::numbered(1),
        shot_id: ShotId::numbered(1),
        take_id: None,
        take_blake3: String::new(),
        moment: ReferenceMoment::Last,
        extra: ExtraFields::new(),
    });
    first.shots = vec![made, next, Shot::new(ShotId::numbered(3), "", 4.0)];
    let line: VoiceLine =
        serde_json::from_value(json!({ "line_id": "line_001", "shot_id": "shot_001", "text": "Go." })).unwrap();
    first.voice_lines = vec![line];
    first.audio_tracks.music = Some(ProjectPath::new("audio/music.wav").unwrap());
    let mut second = FilmScene::new(SceneId::numbered(2), "London");
    second.shots = vec![Shot::new(ShotId::numbered(1), "Fog", 4.0)];
    let character = Character {
        character_id: CharacterId::new("char_ruthven").unwrap(),
        name: "Lord Ruthven".to_owned(),
        portrait_paths: ["one", "two"].map(|name| ProjectPath::new(format!("portraits/{name}.png")).unwrap()).into(),
        voice_id: String::new(),
        prompt_style_tokens: "pale".to_owned(),
        extra: ExtraFields::new(),
    };
    Film { characters: vec![character], scenes: vec![first, second], ..Film::default() }
}

/// A vendor whose larger picture comes in one length only.
fn vendor() -> ProviderDescriptor {
    let mut card = ModelCard::new("veo", "Veo", RequestKind::Video);
    card.durations = Some(DurationRule::Choices(vec![4.0, 6.0, 8.0]));
    card.aspect_ratios = vec![AspectRatio { width: 16, height: 9 }, AspectRatio { width: 9, height: 16 }];
    card.references = vec![kinora_provider::ReferenceSlot::one("reference_first_frame", "First frame")];
    let choices = ["720p", "1080p"].map(Into::into).to_vec();
    card.parameters = vec![
        ParameterSpec::new("resolution", "Resolution", ParameterKind::Choice { choices }, "720p"),
        ParameterSpec::new("audio", "Audio", ParameterKind::Boolean, false),
    ];
    card.rules = vec![Rule {
        when: vec![Condition::new("parameters.resolution", Test::OneOf(vec!["1080p".into()]))],
        then: vec![Condition::new("duration_secs", Test::OneOf(vec![8.into()]))],
        reason: "Veo makes 1080p only at 8 s".to_owned(),
    }];
    card.price.basis = PriceBasis::Second;
    card.price.tiers = vec![PriceTier { when: Vec::new(), usd: 0.1 }];
    ProviderDescriptor {
        id: "vendor".to_owned(),
        name: "Vendor".to_owned(),
        description: String::new(),
        models: vec![card],
        voices: Vec::new(),
        needs_key: None,
        needs_network: true,
        can_cancel: false,
        limits: Default::default(),
    }
}

/// A panel with the film as it was changed.
pub(super) fn screen(panel: Panel, selection: Selection, change: impl FnOnce(&mut Film)) -> Screen {
    let mut film = film();
    change(&mut film);
    let folder = tempfile::tempdir().unwrap();
    let model = FilmModel::of(film, folder.path());
    screen_of(panel, selection, model, folder)
}

/// The whole window with a film that is on the disk.
pub(crate) fn window_of(root: &std::path::Path) -> Screen {
    let film = kinora_core::film::ProjectFolder::read(root).unwrap();
    let folder = tempfile::tempdir().unwrap();
    screen_of(Panel::Window, Selection::Film, FilmModel::of(film, root), folder)
}

/// The window before a film is open.
pub(crate) fn empty_window() -> Screen {
    let folder = tempfile::tempdir().unwrap();
    screen_of(Panel::Window, Selection::Film, FilmModel::default(), folder)
}

fn screen_of(panel: Panel, selection: Selection, model: FilmModel, folder: tempfile::TempDir) -> Screen {
    let mut state = UiState::default();
    state.selection = selection;
    let bench = Bench {
        model,
        state,
        asks: Asks::default(),
        jobs: JobsModel::default(),
        history: HistoryModel::default(),
        providers: vec![kinora_draft::DraftProvider::default().descriptor(), vendor()],
        theme: Theme::new(Look::Dark),
        tree: default_tree(),
        has_fonts: false,
        folder,
    };
    let draw = move |ui: &mut egui::Ui, bench: &mut Bench| {
        if !std::mem::replace(&mut bench.has_fonts, true) {
            install_fonts(ui.ctx());
            bench.theme.apply(ui.ctx());
            ui.ctx().all_styles_mut(|style| style.animation_time = 0.0);
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
            providers: &bench.providers,
        };
        match panel {
            Panel::Inspector => inspector_ui(ui, &mut desk),
            Panel::Library => library_ui(ui, &mut desk),
            Panel::Timeline => timeline_ui(ui, &mut desk),
            Panel::Window | Panel::TallWindow => kinora::ui::draw(&ui.ctx().clone(), &mut desk, &mut bench.tree),
        }
    };
    let mut screen = Harness::builder().with_size(panel.size_px()).with_step_dt(STEP_SECS).build_ui_state(draw, bench);
    screen.run_steps(3);
    screen
}

impl Bench {
    /// A folder of the test's own.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What was asked for since the last look, without the numbers of groups.
    pub(super) fn take_asks(&mut self) -> Vec<Ask> {
        plain(&std::mem::take(&mut self.asks))
    }
}

/// A job as a row of the tray.
pub(super) fn row(number: u64, ask: JobAsk, state: &JobState) -> JobRow {
    let job = Job { job_id: JobId(number), kind: ask.kind(), label: ask.label(), target: ask.target(), ask };
    JobRow::new(&job, state, &JobTimes::default())
}

/// What a maker does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Press(&'static str),
    Type(&'static str, &'static str),
    /// Opens a list and chooses from it.
    Choose(&'static str, &'static str),
    /// Opens the menu of a thing and chooses from it.
    Menu(&'static str, &'static str),
    Double(&'static str),
    /// Presses with the command key held.
    Add(&'static str),
    /// Presses with Shift held.
    Extend(&'static str),
    /// Raises a number by a step.
    Raise(&'static str),
}

pub(super) fn find<'a>(screen: &'a Screen, label: &'a str) -> Option<egui_kittest::Node<'a>> {
    screen.query_all_by_label(label).find(|node| node.accesskit_node().role() != Role::Label)
}

pub(crate) fn get<'a>(screen: &'a Screen, label: &'a str) -> egui_kittest::Node<'a> {
    find(screen, label).unwrap_or_else(|| {
        let all = screen.query_all(egui_kittest::kittest::by());
        let labels: Vec<_> = all.filter_map(|node| node.accesskit_node().label()).collect();
        panic!("there is no {label:?} among {labels:?}")
    })
}

/// The place of something by a part of its name.
pub(super) fn place(screen: &Screen, label: &str) -> Rect {
    let mut found = screen.query_all_by_label_contains(label);
    let node = found.find(|node| node.accesskit_node().role() != Role::Label);
    node.unwrap_or_else(|| panic!("there is no {label:?}")).rect()
}

pub(super) fn act(screen: &mut Screen, act: &Act) {
    match act {
        Act::Press(label) => get(screen, label).click(),
        Act::Double(label) => {
            get(screen, label).click();
            get(screen, label).click();
        }
        Act::Add(label) => get(screen, label).click_modifiers(Modifiers::COMMAND),
        Act::Extend(label) => get(screen, label).click_modifiers(Modifiers::SHIFT),
        Act::Type(label, text) => {
            get(screen, label).focus();
            screen.run_steps(2);
            for letter in text.chars() {
                get(screen, label).type_text(&letter.to_string());
                screen.run_steps(1);
            }
        }
        Act::Choose(list, entry) => {
            get(screen, list).click();
            choose(screen, list, entry);
        }
        Act::Menu(thing, entry) => {
            get(screen, thing).click_secondary();
            choose(screen, thing, entry);
        }
        Act::Raise(label) => {
            get(screen, label).focus();
            screen.run_steps(2);
            screen.key_press(egui::Key::ArrowUp);
            screen.run_steps(2);
            screen.key_press(egui::Key::Enter);
        }
    }
    screen.run_steps(3);
}

fn choose(screen: &mut Screen, list: &str, entry: &str) {
    screen.run_steps(3);
    // A list lies over what is drawn before it; the key of an entry stands behind its name.
    let is_entry = |label: String| label.strip_prefix(entry).is_some_and(|key| key.is_empty() || key.starts_with(' '));
    let found = screen.query_all_by_label_contains(entry).rfind(|node| {
        let node = node.accesskit_node();
        node.role() != Role::Label && node.label().is_some_and(is_entry)
    });
    found
        .unwrap_or_else(|| {
            let all = screen.query_all(egui_kittest::kittest::by());
            let labels: Vec<_> = all.filter_map(|node| node.accesskit_node().label()).collect();
            panic!("{list:?} has no {entry:?} among {labels:?}")
        })
        .click();
}

/// Presses, moves in steps as a hand does, and lets go.
pub(super) fn drag(screen: &mut Screen, from: Pos2, to: Pos2) {
    lift(screen, from, to);
    screen.drop_at(to);
    screen.run_steps(3);
}

/// The same without letting go.
pub(super) fn lift(screen: &mut Screen, from: Pos2, to: Pos2) {
    screen.hover_at(from);
    screen.run_steps(1);
    screen.drag_at(from);
    screen.run_steps(1);
    for step in 1..=8_u8 {
        screen.hover_at(from + (to - from) * (f32::from(step) / 8.0));
        screen.run_steps(1);
    }
}

/// Asks without the numbers of their groups.
pub(super) fn plain(asks: &Asks) -> Vec<Ask> {
    let without = |ask: &Ask| match ask.clone() {
        Ask::Run { operator, params, group } => Ask::Run { operator, params, group: group.map(|_| 0) },
        other => other,
    };
    asks.0.iter().map(without).collect()
}

pub(super) fn run(operator: &'static str, params: Value) -> Ask {
    Ask::Run { operator, params, group: None }
}

pub(super) fn run_in(operator: &'static str, params: Value) -> Ask {
    Ask::Run { operator, params, group: Some(0) }
}
