//! The shapes of sounds: of a shot's own sound and of the files on the lanes.

use super::{
    PreviewSettings, WakeUp,
    desk::{Desk, Made, Maker, Shown},
    media::ProjectMedia,
};
use bevy::prelude::Resource;
use kinora_core::{
    preview::{Peaks, PeaksError, TakeClip, cached_peaks, load_peaks, peaks_key},
    render::{
        prepare::{SoundToConform, TakeConformer},
        sound_files::find_sound,
    },
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Names a sound.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ShapeKey {
    /// A take's own sound, from the first frame of the take (not from the in point).
    Take(Arc<TakeClip>),
    /// A sound file of the project.
    File(PathBuf),
}

/// Measures the sounds that are in sight.
#[derive(Resource, Default)]
pub struct SoundShapes(Option<Running>);

struct Running {
    desk: Desk<ShapeKey, Arc<Peaks>>,
    media: Arc<ProjectMedia>,
}

impl SoundShapes {
    pub(super) fn start(settings: &PreviewSettings, media: &Arc<ProjectMedia>, wake: &WakeUp) -> io::Result<Self> {
        let own = Arc::clone(media);
        let maker: Maker<_, _> = Box::new(move |key: &ShapeKey| make(&own, key));
        let bytes = |peaks: &Arc<Peaks>| peaks.size_bytes();
        let desk = Desk::start("shapes", settings.shape_bytes, vec![maker], bytes, wake)?;
        Ok(Self(Some(Running { desk, media: Arc::clone(media) })))
    }

    /// Says what is in sight now; as [`super::Thumbnails::want`].
    pub fn want(&self, keys: impl IntoIterator<Item = ShapeKey>) {
        if let Some(running) = &self.0 {
            running.desk.want(keys);
        }
    }

    /// The shape of a sound, if it is there.
    #[must_use]
    pub fn get(&self, key: &ShapeKey) -> Shown<Arc<Peaks>> {
        self.0.as_ref().map_or(Shown::Waiting, |running| running.desk.get(key))
    }

    /// Says that a take was conformed or a file replaced.
    pub fn media_changed(&self) {
        if let Some(running) = &self.0 {
            running.desk.media_changed();
        }
    }

    /// Whether everything in sight is measured or refused.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.as_ref().is_none_or(|running| running.desk.is_idle())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ends a long measurement and a worker's conforming.
        self.media.cancel.cancel();
    }
}

fn make(media: &ProjectMedia, key: &ShapeKey) -> Made<Arc<Peaks>> {
    let made = match key {
        ShapeKey::Take(clip) => of_take(media, clip).map(|peaks| Made::Final(Arc::new(peaks))),
        // The file may be replaced under its name: another look is due when media change.
        ShapeKey::File(path) => of_file(media, path).map(|peaks| Made::ForNow(Arc::new(peaks))),
    };
    made.unwrap_or_else(Made::Broken)
}

fn of_take(media: &ProjectMedia, clip: &TakeClip) -> Result<Peaks, String> {
    let conform_key = media.conform_key(clip)?;
    let key = peaks_key(&conform_key);
    if let Some(peaks) = cached_peaks(&media.cache, &key) {
        return Ok(peaks);
    }
    let not_yet = || format!("{}: is not prepared for preview yet", clip.path.display());
    let take = media.conformed(&conform_key).ok_or_else(not_yet)?;
    load_peaks(&take.sound, &key, &media.cache, &media.cancel).map_err(|error| error.to_string())
}

/// A WAV file is read as it is; other sound is conformed first, in a worker, as a render would do it.
fn of_file(media: &ProjectMedia, path: &Path) -> Result<Peaks, String> {
    let hash = media.hash(path)?;
    let key = peaks_key(&hash);
    let refused = match load_peaks(path, &key, &media.cache, &media.cancel) {
        Ok(peaks) => return Ok(peaks),
        Err(error @ PeaksError::NotWav { .. }) => error.to_string(),
        Err(error) => return Err(error.to_string()),
    };
    if find_sound(&media.cache, &hash).is_none()
        && let Some(worker) = &media.worker
    {
        let sound = SoundToConform { path, hash: &hash, project_root: media.root() };
        worker.conform_sound(&sound, &media.cancel).map_err(|error| error.to_string())?;
    }
    let sound = find_sound(&media.cache, &hash).ok_or(refused)?;
    load_peaks(&sound.wav, &key, &media.cache, &media.cancel).map_err(|error| error.to_string())
}
