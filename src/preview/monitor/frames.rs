//! Decoded frames in memory, and which files of the cache are known to be there.

use super::locked;
use crate::preview::lru::ByteLru;
use kinora_core::media::PlanarPicture;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

/// A frame of a file of the cache.
pub(super) type FrameKey = (blake3::Hash, u64);

/// Shared by the window, which reads what is there, and the decode thread, which fills it.
pub(super) struct FrameStore {
    frames: Mutex<ByteLru<FrameKey, Arc<PlanarPicture>>>,
    limit_bytes: usize,
    /// Segments that are made.
    made: Mutex<HashSet<blake3::Hash>>,
}

impl FrameStore {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { frames: Mutex::new(ByteLru::new(limit_bytes)), limit_bytes, made: Mutex::default() }
    }

    pub(super) fn get(&self, key: &FrameKey) -> Option<Arc<PlanarPicture>> {
        locked(&self.frames).get(key).map(Arc::clone)
    }

    pub(super) fn contains(&self, key: &FrameKey) -> bool {
        locked(&self.frames).contains(key)
    }

    pub(super) fn insert(&self, key: FrameKey, picture: PlanarPicture) -> Arc<PlanarPicture> {
        let bytes = picture.size_bytes();
        let picture = Arc::new(picture);
        locked(&self.frames).insert(key, Arc::clone(&picture), bytes);
        picture
    }

    pub(super) fn used_bytes(&self) -> usize {
        locked(&self.frames).used_bytes()
    }

    /// Frames of a size that fit beside as many that were shown.
    pub(super) fn room_ahead(&self, size_px: [u32; 2]) -> u64 {
        // Decoders leave room at the end of rows and below them.
        let bytes = (size_px[0] as usize + 64) * (size_px[1] as usize + 32) * 3 / 2;
        (self.limit_bytes / 2).checked_div(bytes).unwrap_or(0) as u64
    }

    pub(super) fn is_made(&self, segment: &blake3::Hash) -> bool {
        locked(&self.made).contains(segment)
    }

    pub(super) fn note_made(&self, segment: blake3::Hash) {
        locked(&self.made).insert(segment);
    }

    /// A segment's file failed: it is made again.
    pub(super) fn forget_made(&self, segment: &blake3::Hash) {
        locked(&self.made).remove(segment);
    }
}
