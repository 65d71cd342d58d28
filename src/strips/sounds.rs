//! Peaks of sounds in memory of the graphics card, every level of them.

use bevy::render::{
    render_resource::{Buffer, BufferDescriptor, BufferUsages},
    renderer::{RenderDevice, RenderQueue},
};
use kinora_core::preview::Peaks;
use std::{collections::HashMap, sync::Arc};

/// Bytes of a bucket: least and greatest sample.
const BUCKET_BYTES: u64 = 4;
/// Buckets there is room for at first, and at most: 64 MiB, or eighteen hours of sound.
const FIRST_BUCKETS: u64 = 1 << 18;
const MOST_BUCKETS: u64 = 1 << 24;

/// The buckets of every sound that was drawn lately.
pub(super) struct Sounds {
    device: RenderDevice,
    queue: RenderQueue,
    buffer: Option<Buffer>,
    room: u64,
    used: u64,
    /// By where the peaks lie in memory, which they do not leave while they are kept here.
    kept: HashMap<usize, Kept>,
}

struct Kept {
    peaks: Arc<Peaks>,
    levels: Arc<[Level]>,
}

/// Where a level's buckets lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// The first bucket.
    pub(super) start: u32,
    /// Buckets.
    pub(super) count: u32,
}

impl Sounds {
    pub(super) fn new(device: &RenderDevice, queue: &RenderQueue) -> Self {
        let (device, queue) = (device.clone(), queue.clone());
        Self { device, queue, buffer: None, room: 0, used: 0, kept: HashMap::new() }
    }

    /// All buckets, once there are any.
    pub(super) fn buffer(&self) -> Option<Buffer> {
        self.buffer.clone()
    }

    /// Bytes of memory they take.
    pub(super) const fn bytes(&self) -> u64 {
        self.room * BUCKET_BYTES
    }

    /// Where a sound's levels lie, the finest first; put there if they are not. None for a sound too long to keep.
    pub(super) fn levels(&mut self, peaks: &Arc<Peaks>) -> Option<Arc<[Level]>> {
        let key = Arc::as_ptr(peaks) as usize;
        if let Some(kept) = self.kept.get(&key) {
            return Some(Arc::clone(&kept.levels));
        }
        let needed: u64 = peaks.levels().map(|level| level.len() as u64).sum();
        if needed > MOST_BUCKETS {
            return None;
        }
        if self.used + needed > MOST_BUCKETS {
            // What is in sight comes back at once, in the same frame or the next.
            self.kept.clear();
            self.used = 0;
        }
        self.make_room(self.used + needed);
        let levels = self.put(peaks, self.used);
        self.used += needed;
        self.kept.insert(key, Kept { peaks: Arc::clone(peaks), levels: Arc::clone(&levels) });
        Some(levels)
    }

    /// Forgets every sound, and their memory.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        (self.buffer, self.room, self.used) = (None, 0, 0);
    }

    fn make_room(&mut self, buckets: u64) {
        if self.buffer.is_some() && buckets <= self.room {
            return;
        }
        self.room = buckets.max(FIRST_BUCKETS).next_power_of_two();
        self.buffer = Some(self.device.create_buffer(&BufferDescriptor {
            label: Some("peaks"),
            size: self.room * BUCKET_BYTES,
            usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }));
        // Everything keeps its place in the larger buffer, so what was laid out with the old one stays right.
        for kept in self.kept.values() {
            self.put(&kept.peaks, u64::from(kept.levels.first().map_or(0, |level| level.start)));
        }
    }

    fn put(&self, peaks: &Peaks, start: u64) -> Arc<[Level]> {
        let mut at = start;
        let mut bytes = Vec::new();
        let levels = peaks
            .levels()
            .map(|level| {
                bytes.extend(level.iter().flatten().flat_map(|sample| sample.to_le_bytes()));
                let place = Level { start: at as u32, count: level.len() as u32 };
                at += level.len() as u64;
                place
            })
            .collect();
        if let Some(buffer) = self.buffer.as_ref().filter(|_| !bytes.is_empty()) {
            self.queue.write_buffer(buffer, start * BUCKET_BYTES, &bytes);
        }
        levels
    }
}
