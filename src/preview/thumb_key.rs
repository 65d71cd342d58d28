//! What a small picture shows, and how large.

use kinora_core::preview::{MappedShot, TakeClip};
use std::{path::PathBuf, sync::Arc};

/// Largest side of a small picture.
pub(super) const MAX_SIDE_PX: u16 = 320;
/// Widest filmstrip: it must fit into a texture.
const MAX_STRIP_PX: u16 = 8192;

/// Names a small picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ThumbKey {
    /// What it shows.
    pub subject: ThumbSubject,
    /// The room there is (of one picture of a strip), at most 320 a side: the picture keeps its shape inside it.
    pub size_px: [u16; 2],
}

/// What a small picture shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ThumbSubject {
    /// A frame of a take, counted in its conformed file.
    Frame(Arc<TakeClip>, u64),
    /// Evenly spaced frames of what is used of a take, side by side in one picture.
    Strip(Arc<TakeClip>, u16),
    /// An image file of the project: PNG, JPEG or WebP.
    Image(PathBuf),
}

impl ThumbKey {
    /// A moment of a shot, 0 its first frame and 1 its last; `None` for a shot without a take.
    #[must_use]
    pub fn of_shot(shot: &MappedShot, fraction: f64, size_px: [u16; 2]) -> Option<Self> {
        let clip = shot.clip.as_ref()?;
        let subject = ThumbSubject::Frame(Arc::clone(clip), clip.frame_at(fraction));
        Some(Self { subject, size_px: limited(size_px) })
    }

    /// A filmstrip of a shot with as many pictures as asked and fit into 8192 pixels; `None` without a take.
    #[must_use]
    pub fn strip_of_shot(shot: &MappedShot, pictures: u16, size_px: [u16; 2]) -> Option<Self> {
        let clip = shot.clip.as_ref()?;
        let size_px = limited(size_px);
        let pictures = pictures.clamp(1, MAX_STRIP_PX / size_px[0]);
        Some(Self { subject: ThumbSubject::Strip(Arc::clone(clip), pictures), size_px })
    }

    /// An image file.
    #[must_use]
    pub fn of_image(path: impl Into<PathBuf>, size_px: [u16; 2]) -> Self {
        Self { subject: ThumbSubject::Image(path.into()), size_px: limited(size_px) }
    }
}

fn limited(size_px: [u16; 2]) -> [u16; 2] {
    size_px.map(|side| side.clamp(1, MAX_SIDE_PX))
}
