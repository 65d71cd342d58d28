//! A frame's name by its codes.

use crate::planes::YuvFrame;

/// The blake3 hash of the three planes with their sizes. Equal hashes mean the same codes in the same places.
#[must_use]
pub fn frame_hash(frame: &YuvFrame) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for plane in frame.planes() {
        hasher.update(&(plane.width_px as u64).to_le_bytes());
        hasher.update(&(plane.height_px as u64).to_le_bytes());
        hasher.update(&plane.codes);
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_tells_one_code_and_one_shape_from_another() {
        let frame = YuvFrame::filled(8, 4, [60, 120, 130]);
        assert_eq!(frame_hash(&frame), frame_hash(&frame.clone()));
        let mut other = frame.clone();
        other.cr.codes[7] += 1;
        assert_ne!(frame_hash(&frame), frame_hash(&other));
        assert_ne!(frame_hash(&frame), frame_hash(&YuvFrame::filled(4, 8, [60, 120, 130])));
    }
}
