//! What a timeline with filmstrips costs a frame: the application's own time, and draw calls. There is a graphics card but
//! no window, and the picture goes into a texture. The time is that of the whole editor up to the moment at which the
//! renderer takes over; what the renderer then does until the card has its commands is timed apart, because on a machine
//! without a card that is a rasteriser on the same cores. `benches/run.py --only scrub` reads it.

use super::{EditorOptions, Film, add_editor, pictures::Textures, window_of};
use crate::{
    jobs::StartJob,
    preview::{ScrubCounts, ScrubFrames},
    strips::{DrawCounts, Strips},
    ui::state::UiState,
};
use bevy::{
    app::PluginsState,
    asset::RenderAssetUsages,
    camera::RenderTarget,
    prelude::*,
    render::{
        RenderPlugin,
        pipelined_rendering::PipelinedRenderingPlugin,
        render_resource::{Extent3d, PollType, TextureDimension, TextureFormat, TextureUsages},
        renderer::{RenderAdapterInfo, RenderDevice},
    },
    winit::WinitPlugin,
};
use bevy_egui::{EguiContext, EguiGlobalSettings, PrimaryEguiContext};
use kinora_core::store::write_atomic;
use kinora_provider::ProviderRegistry;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

/// Frames of each part, and those that warm caches first.
const FRAMES: usize = 240;
const WARM_FRAMES: usize = 40;
/// Points that a frame scrolls, and how much it zooms.
const SCROLL_PX: f64 = 40.0;
const ZOOM: f64 = 1.03;
/// Points a frame of the film where it is scrolled.
const SCROLLED_PX_PER_FRAME: f64 = 0.6;
/// Pictures that have not come by then will not come.
const PATIENCE: Duration = Duration::from_secs(900);
const OPENS_WITHIN: Duration = Duration::from_secs(30);

/// Where the times are written.
#[derive(Debug, Clone)]
pub struct MeasureStrips {
    /// The JSON file to write.
    pub file: PathBuf,
}

/// How the view moves in a part.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// The whole film is in view.
    Whole,
    Scroll,
    Zoom,
}

const PARTS: &[(&str, Part)] = &[("whole film", Part::Whole), ("scroll", Part::Scroll), ("zoom", Part::Zoom)];

/// Measures the film of `options` and writes the file.
pub(super) fn run(options: EditorOptions, measure: &MeasureStrips, providers: ProviderRegistry) -> Result<(), String> {
    let mut app = editor(options, providers);
    wait_for_pictures(&mut app)?;
    let world = app.world_mut();
    let mut contexts = world.query::<&mut EguiContext>();
    let ctx = contexts.single_mut(world).map_err(|error| error.to_string())?.get_mut().clone();
    // Other pictures than those of the strips are made by threads, which would be measured too.
    world.resource_mut::<Textures>().stand_in(&ctx);
    let mut parts = serde_json::Map::new();
    for (name, part) in PARTS {
        parts.insert((*name).to_owned(), measured(&mut app, *part));
    }
    let world = app.world();
    let ScrubCounts { pictures, step, finished_takes, .. } = world.resource::<ScrubFrames>().counts();
    let report = json!({
        "shots": world.resource::<Film>().model.shot_spans.len(),
        "adapter": world.get_resource::<RenderAdapterInfo>().map(|info| info.name.clone()),
        "pictures": pictures, "step": step, "finished_takes": finished_takes,
        "frame": parts,
    });
    write_atomic(&measure.file, report.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn editor(options: EditorOptions, providers: ProviderRegistry) -> App {
    let mut app = App::new();
    let window = window_of(&options);
    let [width, height] = [window.resolution.physical_width(), window.resolution.physical_height()];
    let windows = WindowPlugin { primary_window: Some(window), ..WindowPlugin::default() };
    let render = RenderPlugin { synchronous_pipeline_compilation: true, ..RenderPlugin::default() };
    app.add_plugins(
        DefaultPlugins.set(windows).set(render).disable::<WinitPlugin>().disable::<PipelinedRenderingPlugin>(),
    );
    app.set_error_handler(bevy::ecs::error::error);
    add_editor(&mut app, EditorOptions { measure_strips: None, ..options }, providers);
    // There is no window of the system that an input method could be told of.
    app.world_mut().resource_mut::<EguiGlobalSettings>().enable_ime = false;
    let size = Extent3d { width, height, depth_or_array_layers: 1 };
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_uninit(size, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT;
    let target = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    // The panels are drawn into the texture, before they are drawn for the first time.
    let aim = move |mut commands: Commands<'_, '_>, cameras: Query<'_, '_, Entity, With<PrimaryEguiContext>>| {
        for camera in &cameras {
            commands.entity(camera).insert(RenderTarget::Image(target.clone().into()));
        }
    };
    app.add_systems(PostStartup, aim);
    // What goes on behind a film that was just opened would be measured too.
    app.add_systems(First, |mut jobs: ResMut<'_, Messages<StartJob>>| jobs.clear());
    while app.plugins_state() == PluginsState::Adding {
        bevy::tasks::tick_global_task_pools_on_main_thread();
    }
    app.finish();
    app.cleanup();
    app
}

/// Waits until the film is open and every small picture that will be there is there.
fn wait_for_pictures(app: &mut App) -> Result<(), String> {
    let began = Instant::now();
    app.update();
    if !app.world().contains_resource::<Strips>() {
        return Err("there is no graphics card, not even one in software".to_owned());
    }
    loop {
        app.update();
        if !app.world().resource::<Film>().model.is_open() && began.elapsed() > OPENS_WITHIN {
            return Err("the film cannot be opened".to_owned());
        }
        let frames = app.world().resource::<ScrubFrames>();
        let counts = frames.counts();
        if counts.takes > 0 && frames.is_idle() {
            if counts.finished_takes < counts.takes {
                let ScrubCounts { finished_takes, takes, .. } = counts;
                return Err(format!("{finished_takes} of {takes} takes have pictures: render the film first"));
            }
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("the small pictures do not come: {counts:?}"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn measured(app: &mut App, part: Part) -> Value {
    {
        let mut state = app.world_mut().resource_mut::<UiState>();
        match part {
            Part::Whole | Part::Zoom => state.timeline.fit(),
            Part::Scroll => (state.timeline.px_per_frame, state.timeline.scroll_frames) = (SCROLLED_PX_PER_FRAME, 0.0),
        }
    }
    let (mut own_ms, mut render_ms, mut draws) = (Vec::new(), Vec::new(), Vec::new());
    for frame in 0..WARM_FRAMES + FRAMES {
        // A part begins with the view that was asked for: the first frame brings it there.
        if frame > 0 {
            act(&mut app.world_mut().resource_mut::<UiState>(), part, frame);
        }
        let (own, render) = update(app);
        if frame >= WARM_FRAMES {
            own_ms.push(own);
            render_ms.push(render);
            draws.push(*app.world().resource::<DrawCounts>());
        }
    }
    let most = |of: fn(&DrawCounts) -> u64| draws.iter().map(of).max().unwrap_or_default();
    json!({
        "own_ms": spread(own_ms), "render_ms": spread(render_ms),
        "most_strip_draws": most(|draws| draws.strip_draws), "most_egui_draws": most(|draws| draws.egui_draws),
        "most_draws": most(|draws| draws.strip_draws + draws.egui_draws),
        "most_pictures": most(|draws| draws.tiles), "most_waves": most(|draws| draws.waves),
    })
}

/// One frame's worth of a hand: there and back, so that a short film does not lie still at its end.
fn act(state: &mut UiState, part: Part, frame: usize) {
    let forth = (frame / 70).is_multiple_of(2);
    match part {
        Part::Whole => {}
        Part::Scroll => {
            let step = SCROLL_PX / state.timeline.px_per_frame;
            state.timeline.scroll_frames += if forth { step } else { -step };
        }
        Part::Zoom => state.timeline.px_per_frame *= if forth { ZOOM } else { 1.0 / ZOOM },
    }
}

/// A frame: milliseconds of the editor, and of its renderer until the card has its commands.
fn update(app: &mut App) -> (f64, f64) {
    let apps = app.sub_apps_mut();
    let began = Instant::now();
    apps.main.run_default_schedule();
    let own = began.elapsed();
    for render in apps.sub_apps.values_mut() {
        render.extract(apps.main.world_mut());
        render.update();
    }
    apps.main.world_mut().clear_trackers();
    let both = began.elapsed();
    // What is drawn on the cores themselves is done before the next frame is timed.
    if let Some(device) = apps.main.world().get_resource::<RenderDevice>()
        && let Err(error) = device.poll(PollType::wait_indefinitely())
    {
        tracing::warn!("the graphics card was not waited for: {error}");
    }
    (own.as_secs_f64() * 1000.0, (both - own).as_secs_f64() * 1000.0)
}

fn spread(mut millis: Vec<f64>) -> Value {
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| millis[((millis.len() - 1) as f64 * share) as usize];
    json!({ "median_ms": at(0.5), "p95_ms": at(0.95), "worst_ms": at(1.0) })
}
