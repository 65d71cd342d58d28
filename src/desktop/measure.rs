//! How long the application takes for a frame, without the graphics card: one whole update of the editor (every system,
//! egui's pass and its triangles) while a hand scrolls, zooms, drags a clip and trims one. No window is opened, nothing
//! is rasterised and no job runs, so the figure is the application's own. `benches/run.py --only window` reads it.

use super::{EditorOptions, Film, add_editor, pictures::Textures, window_of};
use crate::{jobs::StartJob, ui::state::UiState};
use bevy::{
    app::PluginsState,
    input::{
        ButtonState,
        keyboard::{Key, KeyCode, KeyboardInput},
        mouse::{MouseButtonInput, MouseScrollUnit, MouseWheel},
        touch::TouchPhase,
    },
    prelude::*,
    render::{RenderPlugin, settings::WgpuSettings},
    window::{CursorMoved, PrimaryWindow, WindowEvent},
    winit::WinitPlugin,
};
use bevy_egui::{EguiContext, EguiGlobalSettings, egui};
use kinora_core::store::write_atomic;
use kinora_provider::ProviderRegistry;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Frames of each part.
const FRAMES: usize = 240;
/// Frames that warm the caches of text and layout first.
const WARM_FRAMES: usize = 40;
/// Points that a turn of the wheel scrolls in a frame.
const WHEEL_PX: f32 = 40.0;
/// The same while it zooms: through the whole range and back in one part.
const ZOOM_PX: f32 = 20.0;

/// Where the times are written.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The JSON file to write.
    pub file: PathBuf,
}

/// Measures the film of `options` and writes the file.
pub(super) fn run(options: EditorOptions, measure: &Measure, providers: ProviderRegistry) -> Result<(), String> {
    let mut hand = Hand::new(options, providers)?;
    let mut parts = serde_json::Map::new();
    for (name, part) in PARTS {
        parts.insert((*name).to_owned(), hand.part(*part));
    }
    let shots = hand.app.world().resource::<Film>().model.shot_spans.len();
    let report = json!({ "shots": shots, "frame": parts });
    write_atomic(&measure.file, report.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// What a hand does in a part.
#[derive(Debug, Clone, Copy)]
enum Part {
    Still,
    Scroll,
    Zoom,
    Drag,
    Trim,
}

const PARTS: &[(&str, Part)] = &[
    ("still", Part::Still),
    ("scroll", Part::Scroll),
    ("zoom", Part::Zoom),
    ("drag", Part::Drag),
    ("trim", Part::Trim),
];

/// The editor without a window, and the hand on it.
struct Hand {
    app: App,
    window: Entity,
    pointer: Vec2,
}

impl Hand {
    fn new(options: EditorOptions, providers: ProviderRegistry) -> Result<Self, String> {
        let mut app = App::new();
        let render = RenderPlugin {
            render_creation: WgpuSettings { backends: None, ..WgpuSettings::default() }.into(),
            ..RenderPlugin::default()
        };
        let windows = WindowPlugin { primary_window: Some(window_of(&options)), ..WindowPlugin::default() };
        app.add_plugins(DefaultPlugins.set(windows).set(render).disable::<WinitPlugin>());
        app.set_error_handler(bevy::ecs::error::error);
        add_editor(&mut app, EditorOptions { measure: None, ..options }, providers);
        // There is no window of the system that an input method could be told of.
        app.world_mut().resource_mut::<EguiGlobalSettings>().enable_ime = false;
        // What goes on behind a film that was just opened would be measured too.
        app.add_systems(First, |mut jobs: ResMut<'_, Messages<StartJob>>| jobs.clear());
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        let mut query = app.world_mut().query_filtered::<Entity, With<PrimaryWindow>>();
        let window = query.single(app.world()).map_err(|error| error.to_string())?;
        let mut hand = Self { app, window, pointer: Vec2::ZERO };
        for _ in 0..3 {
            hand.app.update();
        }
        // A long film takes longer to read than the first frame waits.
        while hand.app.world().resource::<UiState>().overlays.opening.is_some() {
            std::thread::sleep(Duration::from_millis(5));
            hand.app.update();
        }
        if !hand.app.world().resource::<Film>().model.is_open() {
            return Err("the film cannot be opened".to_owned());
        }
        let ctx = hand.ctx()?;
        hand.app.world_mut().resource_mut::<Textures>().stand_in(&ctx);
        Ok(hand)
    }

    fn ctx(&mut self) -> Result<egui::Context, String> {
        let mut query = self.app.world_mut().query::<&mut EguiContext>();
        let mut found = query.single_mut(self.app.world_mut()).map_err(|error| error.to_string())?;
        Ok(found.get_mut().clone())
    }

    /// Times the frames of a part.
    fn part(&mut self, part: Part) -> Value {
        self.begin(part);
        let mut millis = Vec::with_capacity(FRAMES);
        for frame in 0..WARM_FRAMES + FRAMES {
            self.act(part, frame);
            let began = Instant::now();
            self.app.update();
            if frame >= WARM_FRAMES {
                millis.push(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        self.end(part);
        millis.sort_by(f64::total_cmp);
        let at = |share: f64| millis[((millis.len() - 1) as f64 * share) as usize];
        json!({ "median_ms": at(0.5), "p95_ms": at(0.95), "worst_ms": at(1.0), "frames": millis.len() })
    }

    /// Brings the view and the pointer to where the part begins.
    fn begin(&mut self, part: Part) {
        let middle = self.middle_shot();
        let mut state = self.app.world_mut().resource_mut::<UiState>();
        match part {
            Part::Still | Part::Zoom => state.timeline.fit(),
            Part::Scroll => (state.timeline.px_per_frame, state.timeline.scroll_frames) = (0.6, 0.0),
            Part::Drag | Part::Trim => {
                state.timeline.px_per_frame = 0.6;
                state.timeline.scroll_frames = middle.start_frame.saturating_sub(600) as f64;
            }
        }
        for _ in 0..3 {
            self.app.update();
        }
        if let Some(at) = self.place(part) {
            self.move_to(at);
            self.app.update();
        }
        match part {
            Part::Zoom => self.control(ButtonState::Pressed),
            Part::Drag | Part::Trim => self.button(ButtonState::Pressed),
            Part::Still | Part::Scroll => {}
        }
        self.app.update();
    }

    /// One frame's worth of a hand.
    fn act(&mut self, part: Part, frame: usize) {
        let half = (WARM_FRAMES + FRAMES) / 2;
        match part {
            Part::Still => {}
            // There and back, so that a short film does not lie still at its end.
            Part::Scroll => self.wheel(if (frame / 70).is_multiple_of(2) { -WHEEL_PX } else { WHEEL_PX }),
            Part::Zoom => self.wheel(if frame < half { ZOOM_PX } else { -ZOOM_PX }),
            // Back and forth over a few shots.
            Part::Drag => self.move_by(if (frame / 60).is_multiple_of(2) { 5.0 } else { -5.0 }),
            Part::Trim => self.move_by(if (frame / 30).is_multiple_of(2) { -2.0 } else { 2.0 }),
        }
    }

    fn end(&mut self, part: Part) {
        match part {
            Part::Zoom => self.control(ButtonState::Released),
            Part::Drag | Part::Trim => self.button(ButtonState::Released),
            Part::Still | Part::Scroll => {}
        }
        self.app.update();
    }

    fn middle_shot(&self) -> crate::ui::model::ShotSpan {
        let spans = &self.app.world().resource::<Film>().model.shot_spans;
        spans[spans.len() / 2]
    }

    /// Where the pointer begins: on the middle shot, just inside its end, or on the ruler.
    fn place(&mut self, part: Part) -> Option<Vec2> {
        let model = &self.app.world().resource::<Film>().model;
        let name = model.name_of(&model.shot_spans[model.shot_spans.len() / 2]);
        let ctx = self.ctx().ok()?;
        let place = |id: egui::Id| ctx.read_response(id).map(|found| found.rect);
        let ruler = || place(egui::Id::new("timeline-ruler"));
        let clip = || place(egui::Id::new(("clip", &name)));
        let at = match part {
            Part::Still => return None,
            Part::Scroll | Part::Zoom => ruler()?.center(),
            Part::Drag => clip()?.center(),
            Part::Trim => clip()?.right_center() - egui::vec2(3.0, 0.0),
        };
        Some(Vec2::new(at.x, at.y))
    }

    fn move_by(&mut self, x: f32) {
        self.move_to(self.pointer + Vec2::new(x, 0.0));
    }

    fn move_to(&mut self, position: Vec2) {
        self.pointer = position;
        let moved = CursorMoved { window: self.window, position, delta: None };
        self.app.world_mut().write_message(WindowEvent::CursorMoved(moved));
    }

    fn button(&mut self, state: ButtonState) {
        let pressed = MouseButtonInput { button: MouseButton::Left, state, window: self.window };
        self.app.world_mut().write_message(WindowEvent::MouseButtonInput(pressed));
    }

    fn wheel(&mut self, y: f32) {
        let unit = MouseScrollUnit::Pixel;
        let turned = MouseWheel { unit, x: 0.0, y, window: self.window, phase: TouchPhase::Moved };
        self.app.world_mut().write_message(turned);
    }

    fn control(&mut self, state: ButtonState) {
        self.app.world_mut().write_message(KeyboardInput {
            key_code: KeyCode::ControlLeft,
            logical_key: Key::Control,
            state,
            text: None,
            repeat: false,
            window: self.window,
        });
    }
}

/// Notes when the window was there to be used, into a JSON file: its second frame with the film has begun, so the first
/// was handed to the screen.
#[derive(Resource, Debug, Clone)]
pub struct NoteStart {
    /// The file to write.
    pub file: PathBuf,
    /// When the process began.
    pub process_began: Instant,
}

pub(super) fn note_start(app: &mut App, note: Option<NoteStart>) {
    if let Some(note) = note {
        app.insert_resource(note).add_systems(First, write_start);
    }
}

fn write_start(note: Res<'_, NoteStart>, film: Res<'_, Film>, mut frames: Local<'_, usize>) {
    if !film.model.is_open() || *frames > 1 {
        return;
    }
    *frames += 1;
    if *frames == 2 {
        let secs: Duration = note.process_began.elapsed();
        let text = json!({ "start_secs": secs.as_secs_f64() }).to_string();
        if let Err(error) = write_atomic(&note.file, text.as_bytes()) {
            tracing::error!("{error}");
        }
    }
}
