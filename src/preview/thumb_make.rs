//! Making one small picture: from the cache, from a conformed file, from a still, from an image.

use super::{
    desk::Made,
    media::ProjectMedia,
    thumb_key::{ThumbKey, ThumbSubject},
    thumbs::ThumbPicture,
};
use kinora_core::{
    conform::Conformed,
    media::{FrameDecoder, MediaError, RgbaScaler},
    preview::{TakeClip, ThumbImage, fit_inside, read_image, read_thumb, write_thumb},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Raised when the same source gives another picture.
const THUMB_VERSION: u32 = 1;

/// Belongs to one thread.
pub(super) struct ThumbMaker {
    media: Arc<ProjectMedia>,
    videos_read: Arc<AtomicU64>,
    scaler: RgbaScaler,
}

impl ThumbMaker {
    pub(super) fn new(media: Arc<ProjectMedia>, videos_read: Arc<AtomicU64>) -> Self {
        Self { media, videos_read, scaler: RgbaScaler::default() }
    }

    pub(super) fn make(&mut self, key: &ThumbKey) -> Made<ThumbPicture> {
        let box_px = key.size_px.map(u32::from);
        match &key.subject {
            ThumbSubject::Frame(clip, frame) => self.of_take(clip, &[*frame], box_px),
            ThumbSubject::Strip(clip, pictures) => self.of_take(clip, &strip_frames(clip, *pictures), box_px),
            ThumbSubject::Image(path) => self.of_image(path, box_px),
        }
    }

    fn of_image(&self, path: &Path, box_px: [u32; 2]) -> Made<ThumbPicture> {
        let content = match self.media.hash(path) {
            Ok(hash) => hash,
            Err(reason) => return Made::Broken(reason),
        };
        let key = thumb_key("image", &content, &[], box_px);
        if let Some(kept) = read_thumb(&self.media.cache, &key) {
            return Made::ForNow(shown(kept, 1));
        }
        match read_image(path, box_px) {
            Ok(image) => {
                self.keep(&key, &image);
                // The file may be replaced under its name: another look is due when media change.
                Made::ForNow(shown(image, 1))
            }
            Err(error) => Made::Broken(error.to_string()),
        }
    }

    /// Frames of a take side by side.
    fn of_take(&mut self, clip: &TakeClip, frames: &[u64], box_px: [u32; 2]) -> Made<ThumbPicture> {
        let take_key = match self.media.conform_key(clip) {
            Ok(key) => key,
            Err(reason) => return Made::Broken(reason),
        };
        let pictures = frames.len() as u16;
        let key = thumb_key("take", &take_key, frames, box_px);
        if let Some(kept) = read_thumb(&self.media.cache, &key) {
            return Made::Final(shown(kept, pictures));
        }
        let mut refused = None;
        if let Some(take) = self.media.conformed(&take_key) {
            match self.read_conformed(clip, &take, frames, box_px) {
                Ok(image) => {
                    self.keep(&key, &image);
                    return Made::Final(shown(image, pictures));
                }
                Err(error) => refused = Some(error.to_string()),
            }
        }
        match self.read_stills(clip, frames, box_px) {
            Ok(image) => Made::ForNow(shown(image, pictures)),
            Err(reason) => Made::Broken(refused.unwrap_or(reason)),
        }
    }

    /// In one pass through the file, forwards.
    fn read_conformed(
        &mut self,
        clip: &TakeClip,
        take: &Conformed,
        frames: &[u64],
        box_px: [u32; 2],
    ) -> Result<ThumbImage, MediaError> {
        let size_px = fit_inside([clip.spec.format.size.width, clip.spec.format.size.height], box_px);
        self.videos_read.fetch_add(1, Ordering::Relaxed);
        let mut decoder = FrameDecoder::open(&take.video, clip.spec.format.rate, 1)?;
        let mut atlas = Atlas::new(size_px, frames.len());
        let mut last: Option<(u64, Vec<u8>)> = None;
        for (place, frame) in frames.iter().enumerate() {
            let frame = (*frame).min(take.frames.saturating_sub(1));
            if last.as_ref().is_none_or(|(number, _)| *number != frame)
                && let Some(picture) = decoder.picture(frame, &mut |_, _| true)?
            {
                last = Some((frame, self.scaler.rgba(&picture, size_px)?));
            }
            if let Some((_, rgba)) = &last {
                atlas.put(place, size_px, rgba);
            }
        }
        Ok(atlas.image)
    }

    fn read_stills(&self, clip: &TakeClip, frames: &[u64], box_px: [u32; 2]) -> Result<ThumbImage, String> {
        let first = self.media.still(clip, frames[0], box_px)?;
        let mut atlas = Atlas::new(first.size_px, frames.len());
        for (place, frame) in frames.iter().enumerate() {
            let is_late = *frame * 2 > clip.in_frame + clip.out_frame;
            let still = if is_late { self.media.still(clip, *frame, first.size_px)? } else { first.clone() };
            atlas.put(place, still.size_px, &still.rgba);
        }
        Ok(atlas.image)
    }

    /// A picture that could not be kept is made again next time.
    fn keep(&self, key: &blake3::Hash, image: &ThumbImage) {
        if let Err(error) = write_thumb(&self.media.cache, key, image) {
            tracing::warn!("a thumbnail was not kept: {error}");
        }
    }
}

/// Pictures of one size side by side.
struct Atlas {
    image: ThumbImage,
    cell_px: [u32; 2],
}

impl Atlas {
    fn new(cell_px: [u32; 2], pictures: usize) -> Self {
        let size_px = [cell_px[0] * pictures as u32, cell_px[1]];
        let rgba = [0, 0, 0, 255].repeat(size_px[0] as usize * size_px[1] as usize);
        Self { image: ThumbImage { size_px, rgba }, cell_px }
    }

    /// Copies a picture to its place; what sticks out is cut off.
    fn put(&mut self, place: usize, size_px: [u32; 2], rgba: &[u8]) {
        let (row, stride) = (size_px[0] as usize * 4, self.image.size_px[0] as usize * 4);
        let (width, from) = (row.min(self.cell_px[0] as usize * 4), place * self.cell_px[0] as usize * 4);
        for (target, line) in self.image.rgba.chunks_exact_mut(stride).zip(rgba.chunks_exact(row)) {
            target[from..from + width].copy_from_slice(&line[..width]);
        }
    }
}

/// The middle of each of equal parts of what is used, at the start of its group where that is used too: such frames
/// are decoded alone.
fn strip_frames(clip: &TakeClip, pictures: u16) -> Vec<u64> {
    let (used, gop) = (clip.out_frame - clip.in_frame, clip.spec.format.rate.gop_frames());
    let parts = u64::from(pictures.max(1));
    let spacing = used / parts;
    (0..parts)
        .map(|part| {
            let middle = clip.in_frame + (2 * part + 1) * used / (2 * parts);
            let middle = middle.min(clip.out_frame - 1);
            // Where several pictures share a group, each keeps its own frame.
            if spacing >= gop { (middle / gop * gop).max(clip.in_frame) } else { middle }
        })
        .collect()
}

fn thumb_key(kind: &str, content: &blake3::Hash, frames: &[u64], box_px: [u32; 2]) -> blake3::Hash {
    blake3::hash(format!("thumb {THUMB_VERSION} {kind} {} {frames:?} {box_px:?}", content.to_hex()).as_bytes())
}

fn shown(image: ThumbImage, pictures: u16) -> ThumbPicture {
    ThumbPicture { size_px: image.size_px, rgba: image.rgba.into(), pictures }
}
