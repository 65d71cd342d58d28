//! Clips from drawn frames: the same frames give the same bytes, at every size.

use kinora_core::{
    media::{ClipSpec, ClipWriter},
    time::FrameRate,
};
use std::path::Path;

fn write(path: &Path, width_px: u32, height_px: u32) {
    let spec = ClipSpec { width_px, height_px, rate: FrameRate::FPS_24 };
    let mut writer = ClipWriter::create(path, &spec).unwrap();
    for frame in 0..12_u32 {
        let mut rgba = Vec::new();
        for y in 0..height_px {
            for x in 0..width_px {
                let noise = ((x * 7919) ^ (y * 104_729) ^ (frame * 1_299_709)).wrapping_mul(2_654_435_761) >> 24;
                rgba.extend([(x * 3 + frame) as u8, (y * 2) as u8, noise as u8, 255]);
            }
        }
        writer.write_rgba(&rgba).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.mp4"), folder.path().join("second.mp4"));
    for (width_px, height_px) in [(160, 90), (160, 96), (320, 180), (16, 16), (426, 240), (98, 130), (640, 360)] {
        write(&first, width_px, height_px);
        for _ in 0..4 {
            write(&second, width_px, height_px);
            let same = std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap();
            assert!(same, "{width_px}x{height_px}");
        }
    }
}
