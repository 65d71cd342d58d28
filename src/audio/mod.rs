//! The film's sound while it plays: the mix of a render, made in blocks on a thread of its own, on the system's device.
//!
//! The window says what to play and asks where the output stands; it never waits. How it goes: `thread` plans the mix
//! (`kinora_core::render::live`), opens the output, and keeps a ring of half a second full (`feed`); the device's own
//! thread empties it (`stream`, `output`) and leaves a reading of when it did. That reading is the clock that the
//! picture follows: sound is never dropped or stretched for the picture.
//!
//! - `order`: what is asked and told; `inbox`, `shared`: the two ways between window and thread; `files`: conforms
//!   sounds.
//!
//! How loud: at the level that the last render of the film measured; before the first one, as it is mixed, with
//! peaks held. A speed other than 1 moves the pitch with it; above 2 it is silent.

mod feed;
mod files;
mod inbox;
mod order;
mod output;
mod shared;
mod stream;
mod thread;

pub use order::{LOUDEST_SPEED, PlayOrder, PlaysSound, Reading, SoundNotice, SoundState};
pub use output::{Output, OutputError};
pub use shared::SoundCounts;
pub use stream::FilmStream;
pub use thread::OpenOutput;

use crate::preview::WakeUp;
use bevy::prelude::{App, Plugin, Resource, World};
use files::SoundFiles;
use inbox::{Inbox, Order};
use kinora_core::{
    film::ProjectLayout,
    render::live::{LiveFilm, LiveMedia},
    store::StoreError,
    worker::Worker,
};
use output::SystemOutput;
use shared::Shared;
use std::{
    sync::Arc,
    thread::{Builder, JoinHandle},
};
use thread::SoundThread;

/// Adds [`FilmSound`]; [`open_project`] gives it something to play.
#[derive(Clone, Default)]
pub struct AudioPlugin {
    /// Where to play.
    pub settings: AudioSettings,
}

impl Plugin for AudioPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(self.settings.clone()).init_resource::<WakeUp>().init_resource::<FilmSound>();
    }
}

/// Where to play, and who helps.
#[derive(Resource, Clone)]
pub struct AudioSettings {
    /// Opens the output, when there is something to play.
    pub open_output: OpenOutput,
    /// Conforms sound files; without one they are silent until a render has done it.
    pub worker: Option<Worker>,
}

impl Default for AudioSettings {
    fn default() -> Self {
        let open = || -> Result<Box<dyn Output>, OutputError> { Ok(Box::new(SystemOutput::open()?)) };
        Self { open_output: Arc::new(open), worker: None }
    }
}

/// The sound of the open film.
#[derive(Resource, Default)]
pub struct FilmSound(Option<Running>);

struct Running {
    inbox: Arc<Inbox>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl FilmSound {
    fn start(settings: &AudioSettings, layout: &ProjectLayout, wake: &WakeUp) -> Result<Self, StoreError> {
        let media = LiveMedia::open(layout)?;
        let failed = |source| StoreError::from_io("start the sound of", layout.root(), source);
        let inbox = Arc::new(Inbox::default());
        let shared = Arc::new(Shared::new(wake.clone()));
        let root = layout.root().to_path_buf();
        let files = SoundFiles::start(settings.worker.clone(), root, Arc::clone(&inbox)).map_err(failed)?;
        let (own_inbox, own_shared) = (Arc::clone(&inbox), Arc::clone(&shared));
        let open_output = Arc::clone(&settings.open_output);
        // The output and the mix never leave the thread, so they are made on it.
        let run = move || SoundThread::new(own_inbox, own_shared, media, files, open_output).run();
        let thread = Builder::new().name("kinora-sound".to_owned()).spawn(run).map_err(failed)?;
        Ok(Self(Some(Running { inbox, shared, thread: Some(thread) })))
    }

    /// Says how the film is now: once it is open, and after every edit. What plays goes on in the new film.
    pub fn show_film(&self, film: LiveFilm) {
        if let Some(running) = &self.0 {
            running.inbox.say(|mail| mail.film = Some(film));
        }
    }

    /// Says that takes or sounds were conformed or replaced.
    pub fn media_changed(&self) {
        if let Some(running) = &self.0 {
            running.inbox.say(|mail| mail.media_changed = true);
        }
    }

    /// What the listener should know, each once.
    #[must_use]
    pub fn take_notices(&self) -> Vec<SoundNotice> {
        self.0.as_ref().map_or_else(Vec::new, |running| running.shared.take_notices().collect())
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> SoundCounts {
        self.0.as_ref().map_or_else(SoundCounts::default, |running| running.shared.counts())
    }
}

impl PlaysSound for FilmSound {
    fn play(&self, order: PlayOrder) {
        if let Some(running) = &self.0 {
            running.inbox.say(|mail| mail.order = Some(Order::Play(order)));
        }
    }

    fn stop(&self) {
        if let Some(running) = &self.0 {
            running.inbox.say(|mail| mail.order = Some(Order::Stop));
        }
    }

    fn state(&self, id: u64) -> SoundState {
        self.0.as_ref().map_or(SoundState::Silent, |running| running.shared.state(id))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.inbox.say(|mail| mail.closed = true);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

/// Starts the sound of a project; what played before ends.
///
/// # Errors
/// [`StoreError`] if the project's cache cannot be made, or the system has no thread left.
pub fn open_project(world: &mut World, layout: &ProjectLayout) -> Result<(), StoreError> {
    close_project(world);
    let settings = world.resource::<AudioSettings>().clone();
    let wake = world.resource::<WakeUp>().clone();
    let sound = FilmSound::start(&settings, layout, &wake)?;
    world.insert_resource(sound);
    Ok(())
}

/// Falls silent and ends the threads.
pub fn close_project(world: &mut World) {
    world.insert_resource(FilmSound::default());
}
