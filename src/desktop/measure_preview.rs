//! How fast the monitor finds frames of a film, and how fast they go through to the graphics card. Nothing is drawn: a
//! software renderer would measure itself. `benches/run.py --only preview` reads it.

use super::measure_play::{PlayTimes, play_in_time};
use crate::{
    audio::{AudioPlugin, AudioSettings},
    gpu::{GpuPicturePlugin, Screen},
    preview::{Monitor, MonitorAsk, MonitorPicture, PictureSource, PlayDirection, PreviewPlugin, WakeUp, open_project},
};
use bevy::{
    prelude::*, render::pipelined_rendering::PipelinedRenderingPlugin, render::renderer::RenderAdapterInfo,
    window::ExitCondition, winit::WinitPlugin,
};
use crossbeam_channel::{Receiver, bounded};
use kinora_core::{
    film::{Film, ProjectLayout},
    preview::ShownFilm,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// An answer that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was found.
#[derive(Debug, Clone)]
pub struct PreviewTimes {
    /// From each ask for a random frame to its picture.
    pub seek_ms: Vec<f64>,
    /// The part of it that decoding took.
    pub decode_ms: Vec<f64>,
    /// Frames that were played.
    pub frames: u64,
    /// The film's rate.
    pub rate_fps: f64,
    /// Time to play them as fast as they come, into textures.
    pub play_secs: f64,
    /// Time to play them as fast as they come, without textures.
    pub decode_secs: f64,
    /// Mean time to hand a frame to the graphics driver.
    pub upload_ms: f64,
    /// The graphics card.
    pub adapter: String,
    /// Bytes of decoded frames at the end.
    pub memory_bytes: u64,
    /// Playback in time, if it was asked for.
    pub play: Option<PlayTimes>,
}

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct MeasureAsk {
    /// Random frames to go to.
    pub seeks: u32,
    /// Frames to play as fast as they come.
    pub frames: u64,
    /// Chooses the random frames.
    pub seed: u64,
    /// Seconds to play in time, with sound.
    pub play_secs: f64,
}

/// Measures a film whose takes are conformed and whose seams and fades are made.
///
/// # Errors
/// Words about what kept a frame from being shown as the film has it.
pub fn measure_preview(film: &Film, layout: &ProjectLayout, ask: MeasureAsk) -> Result<PreviewTimes, String> {
    let mut stage = Stage::open(film, layout)?;
    let total = stage.film.map.total_frames();
    if total == 0 {
        return Err("the film has no frame".to_owned());
    }
    // The plan of the whole film is there before anything is timed.
    stage.picture(total - 1, PlayDirection::Still, true)?;
    stage.picture(0, PlayDirection::Still, true)?;
    let mut random = Random(ask.seed);
    let (mut seek_ms, mut decode_ms) = (Vec::new(), Vec::new());
    for _ in 0..ask.seeks {
        let frame = random.below(total);
        let began = Instant::now();
        stage.picture(frame, PlayDirection::Still, false)?;
        seek_ms.push(began.elapsed().as_secs_f64() * 1000.0);
        decode_ms.push(stage.monitor().counts().decode_micros as f64 / 1000.0);
    }
    let frames = ask.frames.min(total);
    let decode_secs = stage.play(frames, false)?;
    let before = stage.app.world().resource::<Screen>().counts();
    // From the far end on, so that memory holds none of it.
    let play_secs = stage.play(frames, true)?;
    let after = stage.app.world().resource::<Screen>().counts();
    let uploads = after.uploads - before.uploads;
    if uploads < frames / 2 {
        return Err(format!("only {uploads} of {frames} frames reached the graphics card"));
    }
    let memory_bytes = stage.monitor().counts().memory_bytes;
    let play = (ask.play_secs > 0.0).then(|| play_in_time(&mut stage, film, layout, ask.play_secs)).transpose()?;
    Ok(PreviewTimes {
        seek_ms,
        decode_ms,
        frames,
        rate_fps: film.metadata.rate.as_f64(),
        play_secs,
        decode_secs,
        upload_ms: (after.all_uploads_micros - before.all_uploads_micros) as f64 / 1000.0 / uploads as f64,
        adapter: stage
            .app
            .world()
            .get_resource::<RenderAdapterInfo>()
            .map_or_else(String::new, |info| info.name.clone()),
        memory_bytes,
        play,
    })
}

/// A monitor and a graphics card without a window.
pub(super) struct Stage {
    pub(super) app: App,
    pub(super) film: Arc<ShownFilm>,
    wakes: Receiver<()>,
}

impl Stage {
    fn open(film: &Film, layout: &ProjectLayout) -> Result<Self, String> {
        let mut app = App::new();
        let window = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
        app.add_plugins(
            DefaultPlugins
                .set(window)
                .disable::<WinitPlugin>()
                .disable::<bevy::app::TerminalCtrlCHandlerPlugin>()
                .disable::<PipelinedRenderingPlugin>(),
        )
        .add_plugins((PreviewPlugin::default(), GpuPicturePlugin))
        .add_plugins(AudioPlugin { settings: AudioSettings::default() });
        app.finish();
        app.cleanup();
        let (sender, wakes) = bounded(1);
        app.world().resource::<WakeUp>().set(Arc::new(move || {
            // One that waits is enough.
            let _ = sender.try_send(());
        }));
        open_project(app.world_mut(), layout).map_err(|error| error.to_string())?;
        let film = Arc::new(ShownFilm::of_film(film, layout));
        app.world().resource::<Monitor>().show_film(Arc::clone(&film));
        // A screen of one pixel: pictures are sent to the card, and painting costs nothing.
        app.world_mut().resource_scope::<Assets<Image>, _>(|world, mut images| {
            world.resource_mut::<Screen>().image([1, 1], &mut images);
        });
        for _ in 0..3 {
            app.update();
        }
        Ok(Self { app, film, wakes })
    }

    pub(super) fn monitor(&self) -> &Monitor {
        self.app.world().resource()
    }

    /// Asks for a frame and waits for it; with `be_patient` until it is surely the film's.
    fn picture(&self, frame: u64, direction: PlayDirection, be_patient: bool) -> Result<MonitorPicture, String> {
        self.monitor().ask(MonitorAsk { film_frame: frame, direction, wipe: None });
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.monitor().take().filter(|found| found.film_frame == frame) {
                match found.source {
                    PictureSource::Film => return Ok(found),
                    _ if be_patient && Instant::now() < deadline => {}
                    source => {
                        let why = found.notice.as_deref().unwrap_or("it is not what the film shows").to_owned();
                        return Err(format!("frame {frame} is {source:?}: {why}"));
                    }
                }
            }
            if self.wakes.recv_timeout(PATIENCE).is_err() {
                return Err(format!("frame {frame} did not come"));
            }
        }
    }

    /// Plays as fast as frames come; gives the seconds. Two runs play different frames, so none is in memory.
    fn play(&mut self, frames: u64, onto_card: bool) -> Result<f64, String> {
        let total = self.film.map.total_frames();
        let start = if onto_card { total - frames } else { 0 };
        let began = Instant::now();
        for frame in start..start + frames {
            let found = self.picture(frame, PlayDirection::Forward, false)?;
            if onto_card {
                self.app.world_mut().resource_mut::<Screen>().show(found.picture, None);
                self.app.update();
            }
        }
        Ok(began.elapsed().as_secs_f64())
    }
}

/// SplitMix64: the same frames for the same seed, wherever it runs.
struct Random(u64);

impl Random {
    const fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
