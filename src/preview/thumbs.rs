//! Small pictures of shots and images, kept in the project's cache.

use super::{
    PreviewSettings, WakeUp,
    desk::{Desk, Maker, Shown},
    media::ProjectMedia,
    thumb_key::ThumbKey,
    thumb_make::ThumbMaker,
};
use bevy::prelude::Resource;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A small picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThumbPicture {
    /// Width and height of the whole.
    pub size_px: [u32; 2],
    /// Rows from the top, four bytes a pixel, alpha not multiplied in.
    pub rgba: Arc<[u8]>,
    /// Pictures side by side, equally wide: 1, or the length of a strip.
    pub pictures: u16,
}

/// Makes small pictures of what is in sight.
#[derive(Resource, Default)]
pub struct Thumbnails(Option<Running>);

struct Running {
    desk: Desk<ThumbKey, ThumbPicture>,
    media: Arc<ProjectMedia>,
    videos_read: Arc<AtomicU64>,
}

impl Thumbnails {
    pub(super) fn start(settings: &PreviewSettings, media: &Arc<ProjectMedia>, wake: &WakeUp) -> io::Result<Self> {
        let videos_read = Arc::new(AtomicU64::new(0));
        let makers = (0..settings.thumbnail_threads.max(1)).map(|_| {
            let mut maker = ThumbMaker::new(Arc::clone(media), Arc::clone(&videos_read));
            Box::new(move |key: &ThumbKey| maker.make(key)) as Maker<_, _>
        });
        let bytes = |picture: &ThumbPicture| picture.rgba.len();
        let desk = Desk::start("thumbs", settings.thumbnail_bytes, makers.collect(), bytes, wake)?;
        Ok(Self(Some(Running { desk, media: Arc::clone(media), videos_read })))
    }

    /// Says what is in sight now, the most important first. Call it each frame: the newest wishes are made first, and
    /// work for what went out of sight is dropped. What is in sight at once must fit the memory limit.
    pub fn want(&self, keys: impl IntoIterator<Item = ThumbKey>) {
        if let Some(running) = &self.0 {
            running.desk.want(keys);
        }
    }

    /// A picture, if it is there.
    #[must_use]
    pub fn get(&self, key: &ThumbKey) -> Shown<ThumbPicture> {
        self.0.as_ref().map_or(Shown::Waiting, |running| running.desk.get(key))
    }

    /// Another number for every picture that is made, so that whoever keeps one sees that there is a truer one.
    #[must_use]
    pub fn number(&self, key: &ThumbKey) -> Option<u64> {
        self.0.as_ref()?.desk.number(key)
    }

    /// Says that a take was conformed or a file replaced: what was broken or only a still is tried again.
    pub fn media_changed(&self) {
        if let Some(running) = &self.0 {
            running.desk.media_changed();
        }
    }

    /// Whether everything in sight is made or refused.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.as_ref().is_none_or(|running| running.desk.is_idle())
    }

    /// Times a video was opened, since the project was.
    #[must_use]
    pub fn videos_read(&self) -> u64 {
        self.0.as_ref().map_or(0, |running| running.videos_read.load(Ordering::Relaxed))
    }

    /// Bytes of pictures in memory.
    #[must_use]
    pub fn used_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |running| running.desk.used_bytes())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A worker that is asked for a still stops.
        self.media.cancel.cancel();
    }
}
