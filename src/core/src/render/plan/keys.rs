//! Content hashes of segments and plans. JSON is the canonical form: field order and number text are fixed by the
//! types, so equal values give equal bytes on every machine.

use super::{EncodeKind, Piece, RenderPlan};
use crate::{film::FrameSize, time::FrameRate};
use serde::Serialize;

/// Raised whenever the same plan would give other bytes: it is part of every key, so old cache files lie unused.
const FORMAT_VERSION: u32 = 1;

/// The key of an encoded segment.
pub(super) fn segment_key(rate: FrameRate, size: FrameSize, kind: &EncodeKind, pieces: &[Piece]) -> String {
    content_hash("segment", &(rate, size, kind, pieces))
}

/// The hash of everything in a plan that changes the file. Notes and the names of shots do not.
pub(super) fn plan_hash(plan: &RenderPlan) -> String {
    content_hash(
        "render",
        &(plan.rate, plan.size, &plan.title, &plan.video, &plan.audio, &plan.loudness, &plan.chapters),
    )
}

/// blake3 of a value under a domain name, 64 hex digits.
pub(in crate::render) fn content_hash(domain: &str, value: &impl Serialize) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("kinora {domain} {FORMAT_VERSION}\n").as_bytes());
    // Plans hold only strings, integers and finite floats, and no maps: this serialisation has no way to fail.
    if let Err(error) = serde_json::to_writer(&mut hasher, value) {
        unreachable!("plans always serialise: {error}");
    }
    hasher.finalize().to_hex().to_string()
}
