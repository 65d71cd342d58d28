//! The cache stays within its limit, and never loses what the film at hand needs.

use super::{execute::RenderJob, mix::SoundRef, plan::Segment, sound_files::sound_key};
use crate::store::{Cache, Cleaned, StoreError};
use std::collections::HashSet;

/// Removes the least recently used files of a project's cache until it is within `limit_mib`; what `job` is made of
/// stays, so that the next render of the same film costs nothing.
///
/// # Errors
/// [`StoreError`] if the cache cannot be listed.
pub fn tidy_cache(job: &RenderJob, limit_mib: u64) -> Result<Cleaned, StoreError> {
    Cache::open(&job.project_root)?.clean(limit_mib.saturating_mul(1 << 20), &keys_of(job))
}

fn keys_of(job: &RenderJob) -> HashSet<blake3::Hash> {
    let conformed = job.plan.shots.iter().map(|shot| shot.conform_key.as_str());
    let encoded = job.plan.video.iter().filter_map(|segment| match segment {
        Segment::Encode(encode) => Some(encode.key.as_str()),
        Segment::Copy { .. } => None,
    });
    let sounds = job.plan.audio.scenes.iter().flat_map(|scene| &scene.clips).filter_map(|clip| match &clip.sound {
        SoundRef::File { blake3 } => blake3::Hash::from_hex(blake3).ok().map(|hash| sound_key(&hash)),
        SoundRef::Clip { .. } => None,
    });
    conformed.chain(encoded).filter_map(|key| blake3::Hash::from_hex(key).ok()).chain(sounds).collect()
}
