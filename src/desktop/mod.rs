//! The editor's window: the door for mouse and keyboard. It puts the living film, jobs, pictures and panels into one
//! Bevy app, and carries what the panels ask for to those who do it.
//!
//! - `draw`: models for the panels, and the panels; `asks`: what becomes of an ask; `portraits`: pictures brought in;
//! - `opening`: reading and making projects on a thread; `project`: showing and closing them; `recent`: what is known of
//!   those on the welcome screen;
//! - `playback`: film, playhead and sound brought together; `pictures`: thumbnails as textures; `screen`: the monitor's frames;
//! - `strips`: filmstrips, waves and scrub pictures from the graphics card; `preferences`: what outlives a run;
//! - `spend`: what the film has cost, kept at hand; `vendor_keys`: keys, looked for on a thread of their own; `live_models`:
//!   what vendors say of their models, read on another; `clips`: files that have no place in the film;
//! - `recovery`: what a run that ended badly had not saved, from its `journal`; `chords`: keys with the modifiers they were
//!   pressed with; `alarm`: the next moment at which something on screen changes by itself; `card`: a graphics card that is
//!   lost; `screen_reader`: names for whoever reads the screen aloud;
//! - `look`: pictures of the window itself, for tests and the README; `measure`: what a frame costs,
//!   `measure_strips`: what it costs with filmstrips, `measure_scrub`: how soon a picture follows the hand,
//!   `measure_preview`: how fast frames are found and shown, `measure_play`: whether playback keeps time.

#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "systems are handed what they read by value, one parameter each"
)]

mod alarm;
mod asks;
mod card;
mod chords;
mod clips;
mod draw;
mod journal;
mod live_models;
mod look;
mod measure;
mod measure_play;
mod measure_preview;
mod measure_scrub;
mod measure_strips;
mod opening;
mod pictures;
mod playback;
mod portraits;
mod preferences;
mod project;
mod recent;
mod recovery;
mod screen;
mod screen_reader;
mod spend;
mod strips;
mod vendor_keys;

use crate::{
    audio::{AudioPlugin, AudioSettings},
    commands::CommandsPlugin,
    document::{DocumentPlugin, FilmRevision},
    gpu::GpuPicturePlugin,
    jobs::{JobsPlugin, WakeUp},
    playback::PlaybackPlugin,
    preview::{self, PreviewPlugin, PreviewSettings},
    strips::StripsPlugin,
    ui::{jobs_model::JobsModel, model::FilmModel, state::UiState},
};
use bevy::{
    a11y::AccessibilityRequested,
    prelude::*,
    window::{PresentMode, WindowResolution},
    winit::{EventLoopProxyWrapper, WinitSettings, WinitUserEvent},
};
use bevy_egui::{EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};
use kinora_core::worker::Worker;
use kinora_provider::ProviderRegistry;
use std::{path::PathBuf, sync::Arc, time::Duration};

pub use card::{CardLosses, CardRecoveryPlugin};
pub use look::LookAt;
pub use measure::{Measure, NoteStart};
pub use measure_play::PlayTimes;
pub use measure_preview::{MeasureAsk, PreviewTimes, measure_preview};
pub use measure_scrub::MeasureScrub;
pub use measure_strips::MeasureStrips;

/// What the editor is opened with.
#[derive(Debug, Clone, Default)]
pub struct EditorOptions {
    /// A project to open at once; the welcome screen if absent.
    pub project: Option<PathBuf>,
    /// Width and height of the window in points.
    pub size_px: Option<[u32; 2]>,
    /// Times larger or smaller than the system asks for.
    pub scale: Option<f32>,
    /// A picture of the window to take, and then to end.
    pub look_at: Option<LookAt>,
    /// Times to take without a window, and then to end.
    pub measure: Option<Measure>,
    /// Where to note how soon the window was there.
    pub note_start: Option<NoteStart>,
    /// Times of a timeline with filmstrips to take without a window, and then to end.
    pub measure_strips: Option<MeasureStrips>,
    /// Measure how soon a picture follows the playhead, then end.
    pub measure_scrub: Option<MeasureScrub>,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// Whatever kept the window from opening, in words.
pub fn run(options: EditorOptions, providers: ProviderRegistry) -> Result<(), String> {
    if let Some(measure) = options.measure.clone() {
        return measure::run(options, &measure, providers);
    }
    if let Some(measure) = options.measure_strips.clone() {
        return measure_strips::run(options, &measure, providers);
    }
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin {
        primary_window: Some(window_of(&options)),
        // The film is saved first: see `project::close_on_request`.
        close_when_requested: false,
        ..WindowPlugin::default()
    }));
    app.set_error_handler(bevy::ecs::error::error);
    let is_for_a_person = options.look_at.is_none() && options.measure_scrub.is_none();
    add_editor(&mut app, options, providers);
    if is_for_a_person {
        app.add_systems(Update, live_models::look_once);
    }
    match app.run() {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(format!("the window ended with code {code}")),
    }
}

/// The window as it is asked for.
fn window_of(options: &EditorOptions) -> Window {
    let [width, height] = options.size_px.unwrap_or([1440, 900]);
    let mut resolution = WindowResolution::new(width, height);
    if let Some(scale) = options.scale {
        resolution.set_scale_factor_override(Some(scale));
    }
    Window {
        title: "Kinora".to_owned(),
        name: Some("kinora".to_owned()),
        resolution,
        present_mode: PresentMode::AutoVsync,
        ..Window::default()
    }
}

/// Everything but the window itself.
fn add_editor(app: &mut App, options: EditorOptions, providers: ProviderRegistry) {
    let preferences = preferences::Preferences::load();
    app.add_plugins(EguiPlugin::default())
        .add_plugins((DocumentPlugin, CommandsPlugin, JobsPlugin::default()))
        .add_plugins(PreviewPlugin { settings: preview_settings(&preferences) })
        .add_plugins((StripsPlugin, GpuPicturePlugin, CardRecoveryPlugin))
        .add_plugins((AudioPlugin { settings: audio_settings() }, PlaybackPlugin))
        .insert_resource(providers)
        .insert_resource(WinitSettings::desktop_app())
        .insert_resource(ClearColor(Color::BLACK))
        .insert_resource(EguiGlobalSettings { auto_create_primary_context: false, ..default() })
        .init_resource::<UiState>()
        .insert_resource(project::OnStart(options.project))
        .insert_resource(preferences)
        .init_resource::<FilmRevision>()
        .init_resource::<Film>()
        .init_resource::<asks::Waiting>()
        .init_resource::<pictures::Textures>()
        .init_resource::<screen::MonitorDesk>()
        .init_resource::<strips::ScrubShown>()
        .init_resource::<opening::Opening>()
        .init_resource::<portraits::PortraitDesk>()
        .init_resource::<recent::RecentDesk>()
        .init_resource::<project::Leaving>()
        .init_resource::<recovery::Journal>()
        .add_systems(Startup, (preferences::remember, spawn_camera, wake_window, project::open_on_start).chain())
        .add_systems(
            Update,
            (
                opening::hear,
                playback::show_film,
                playback::play,
                asks::hear_outcomes,
                recovery::keep_journal,
                draw::gather_jobs,
                draw::gather,
            )
                .chain(),
        )
        .add_systems(
            Update,
            (
                spend::keep_spend,
                vendor_keys::hear,
                live_models::hear,
                card::tell,
                portraits::hear,
                recent::look_at_recent,
            ),
        )
        .add_systems(Update, clips::keep_clips.after(draw::gather))
        .add_systems(EguiPrimaryContextPass, draw::draw)
        .add_systems(Update, (project::close_on_request, screen::give_way, screen::follow_fullscreen))
        .add_observer(recovery::note_before_save)
        .add_systems(Last, (asks::answer, project::save_on_exit, playback::pace, preferences::keep).chain());
    chords::add(app);
    screen_reader::add(app);
    look::add(app, options.look_at);
    measure::note_start(app, options.note_start);
    measure_scrub::add(app, options.measure_scrub);
}

/// What the panels draw.
#[derive(Resource, Default)]
struct Film {
    model: FilmModel,
    jobs: JobsModel,
    history: crate::ui::desk::HistoryModel,
    providers: Vec<kinora_provider::ProviderDescriptor>,
}

fn spawn_camera(mut commands: Commands<'_, '_>) {
    // egui smooths its own edges, and nothing else is drawn: several samples a pixel would only cost.
    commands.spawn((Camera2d, Msaa::Off, PrimaryEguiContext));
}

/// Jobs and pictures wake the event loop, which otherwise sleeps.
fn wake_window(
    mut commands: Commands<'_, '_>,
    proxy: Option<Res<'_, EventLoopProxyWrapper>>,
    pictures: Res<'_, preview::WakeUp>,
    reader: Option<Res<'_, AccessibilityRequested>>,
) {
    let Some(proxy) = proxy else { return };
    let proxy = (**proxy).clone();
    // The loop is gone when the window is: then nobody is left to wake.
    let wake = Arc::new(move || {
        let _ = proxy.send_event(WinitUserEvent::WakeUp);
    });
    pictures.set(wake.clone());
    match alarm::Alarm::start(wake.clone()) {
        Ok(alarm) => commands.insert_resource(alarm),
        Err(error) => tracing::warn!("hints and notices wait for the pointer: {error}"),
    }
    let wake = WakeUp(wake);
    if let Some(Err(error)) = reader.map(|reader| screen_reader::listen(&reader, &wake)) {
        tracing::warn!("a screen reader that comes later is heard when the window is next used: {error}");
    }
    commands.insert_resource(wake);
}

/// Sound files are read in a process of their own, as a render does it.
fn audio_settings() -> AudioSettings {
    AudioSettings { worker: Worker::of_this_binary().ok(), ..AudioSettings::default() }
}

/// A take that hangs a decoder holds the monitor up for seconds, not for minutes.
fn preview_settings(preferences: &preferences::Preferences) -> PreviewSettings {
    let worker = Worker::of_this_binary().ok().map(|mut worker| {
        worker.stall_limit = Duration::from_secs(10);
        worker
    });
    let scrub_bytes = (preferences.scrub_mib as usize) << 20;
    PreviewSettings { worker, scrub_bytes, ..PreviewSettings::default() }
}
