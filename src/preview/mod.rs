//! Pictures and sound shapes for a window: the programme monitor, thumbnails and filmstrips, peaks of sounds, every
//! frame as a small picture for scrubbing.
//!
//! Each is a resource to ask and to get from, and works on named threads behind the window: nothing here waits. What
//! comes out is plain pixels and plain numbers, so any renderer can show it; frames of the film are planes of luma and
//! chroma. Conformed files are decoded in this process, because Kinora wrote them; a take that is not conformed yet shows
//! its still, and only a worker opens it.

mod desk;
mod lru;
mod media;
mod monitor;
mod scrub;
mod scrub_takes;
mod scrub_thread;
mod shapes;
mod slot;
mod thumb_key;
mod thumb_make;
mod thumbs;

pub use desk::Shown;
pub use monitor::{
    Making, Monitor, MonitorAsk, MonitorCounts, MonitorPicture, PictureSource, PlayDirection, PlayTally, Tally, WipeAsk,
};
pub use scrub::{ScrubCounts, ScrubFrames, ScrubMemory, ScrubPicture, ScrubPlace, ScrubState};
pub use shapes::{ShapeKey, SoundShapes};
pub use thumb_key::{ThumbKey, ThumbSubject};
pub use thumbs::{ThumbPicture, Thumbnails};

use bevy::prelude::{App, DetectChanges, Plugin, PreUpdate, Res, ResMut, Resource, World};
use kinora_core::{film::ProjectLayout, store::StoreError, worker::Worker};
use media::ProjectMedia;
use std::sync::{Arc, PoisonError, RwLock};

/// Adds [`Monitor`], [`Thumbnails`], [`SoundShapes`] and [`ScrubFrames`]; [`open_project`] gives them something to show.
#[derive(Debug, Clone, Default)]
pub struct PreviewPlugin {
    /// Limits and helpers.
    pub settings: PreviewSettings,
}

impl Plugin for PreviewPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(self.settings.clone())
            .init_resource::<WakeUp>()
            .init_resource::<Monitor>()
            .init_resource::<Thumbnails>()
            .init_resource::<SoundShapes>()
            .init_resource::<ScrubPlace>()
            .init_resource::<ScrubFrames>()
            .add_systems(PreUpdate, follow_place);
    }
}

/// Limits and helpers of the preview.
#[derive(Resource, Debug, Clone)]
pub struct PreviewSettings {
    /// Most bytes of decoded frames the monitor keeps.
    pub monitor_bytes: usize,
    /// Most bytes of thumbnails kept in memory.
    pub thumbnail_bytes: usize,
    /// Most bytes of peaks kept in memory.
    pub shape_bytes: usize,
    /// Most bytes of small pictures for scrubbing, kept where [`ScrubPlace`] says.
    pub scrub_bytes: usize,
    /// Threads that make thumbnails, at least 1.
    pub thumbnail_threads: usize,
    /// Frames decoded ahead while playing.
    pub ahead_frames: u64,
    /// Opens foreign takes and sounds; without one they show nothing until they are conformed.
    pub worker: Option<Worker>,
}

impl Default for PreviewSettings {
    fn default() -> Self {
        Self {
            monitor_bytes: 192 << 20,
            thumbnail_bytes: 64 << 20,
            shape_bytes: 32 << 20,
            scrub_bytes: 128 << 20,
            thumbnail_threads: 1,
            ahead_frames: 16,
            worker: None,
        }
    }
}

/// Called after each answer, from the thread that made it: it wakes an event loop that sleeps.
#[derive(Resource, Clone, Default)]
pub struct WakeUp(Arc<RwLock<Option<Alarm>>>);

type Alarm = Arc<dyn Fn() + Send + Sync>;

impl WakeUp {
    /// Calls `alarm` from now on, also for work that is under way.
    pub fn set(&self, alarm: Alarm) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(alarm);
    }

    pub(crate) fn ring(&self) {
        let alarm = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(alarm) = alarm {
            alarm();
        }
    }
}

/// Where small pictures go may be another place: a graphics card was lost, and a new one is there.
#[expect(clippy::needless_pass_by_value, reason = "a system is handed what it reads by value")]
fn follow_place(place: Res<'_, ScrubPlace>, mut frames: ResMut<'_, ScrubFrames>) {
    if place.is_changed() {
        frames.move_to(&place);
    }
}

/// Starts showing a project; what was shown before ends.
///
/// # Errors
/// [`StoreError`] if the project's cache cannot be made, or the system has no thread left.
pub fn open_project(world: &mut World, layout: &ProjectLayout) -> Result<(), StoreError> {
    close_project(world);
    let settings = world.resource::<PreviewSettings>().clone();
    let wake = world.resource::<WakeUp>().clone();
    let media = Arc::new(ProjectMedia::open(layout, settings.worker.clone())?);
    let failed = |source| StoreError::from_io("start the preview of", layout.root(), source);
    let monitor = Monitor::start(&settings, &media, &wake).map_err(failed)?;
    let thumbnails = Thumbnails::start(&settings, &media, &wake).map_err(failed)?;
    let shapes = SoundShapes::start(&settings, &media, &wake).map_err(failed)?;
    let place = world.resource::<ScrubPlace>().clone();
    let scrub = ScrubFrames::start(&settings, &media, &wake, &place).map_err(failed)?;
    world.insert_resource(monitor);
    world.insert_resource(scrub);
    world.insert_resource(thumbnails);
    world.insert_resource(shapes);
    Ok(())
}

/// Ends the threads and forgets every picture.
pub fn close_project(world: &mut World) {
    world.insert_resource(Monitor::default());
    world.insert_resource(Thumbnails::default());
    world.insert_resource(SoundShapes::default());
    world.insert_resource(ScrubFrames::default());
}
