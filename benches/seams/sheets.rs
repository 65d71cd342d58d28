//! Strips of pictures for the eye: a row for each way, a column for each frame.

use crate::{Outcome, cases::Case, methods::Shown};
use image::{Rgb, RgbImage, imageops};
use kinora_core::planes::YuvFrame;
use std::path::Path;

/// Frames in a strip, round the cut.
const COLUMNS: usize = 8;
const COLUMN_PX: u32 = 320;
const GAP_PX: u32 = 4;

/// Writes `NAME.png`: truth, then every way in its order.
pub(crate) fn save(folder: &Path, case: &Case, shown: &[Shown]) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let rows: Vec<&[YuvFrame]> =
        std::iter::once(case.truth.as_slice()).chain(shown.iter().map(|shown| shown.frames.as_slice())).collect();
    let columns = COLUMNS.min(case.truth.len());
    let first = (case.truth.len() - columns) / 2;
    let row_px = COLUMN_PX * case.truth[0].height_px() as u32 / case.truth[0].width_px() as u32;
    let mut sheet = RgbImage::new((COLUMN_PX + GAP_PX) * columns as u32, (row_px + GAP_PX) * rows.len() as u32);
    for (row, frames) in rows.iter().enumerate() {
        for column in 0..columns {
            let picture = rgb(&frames[first + column]);
            let small = imageops::resize(&picture, COLUMN_PX, row_px, imageops::FilterType::Triangle);
            let (x, y) = ((COLUMN_PX + GAP_PX) * column as u32, (row_px + GAP_PX) * row as u32);
            imageops::replace(&mut sheet, &small, i64::from(x), i64::from(y));
        }
    }
    sheet.save(folder.join(format!("{}.png", case.name)))?;
    Ok(())
}

/// BT.709, limited range.
fn rgb(frame: &YuvFrame) -> RgbImage {
    RgbImage::from_fn(frame.width_px() as u32, frame.height_px() as u32, |x, y| {
        let (x, y) = (x as usize, y as usize);
        let light = (f32::from(frame.luma.row(y)[x]) - 16.0) * 255.0 / 219.0;
        let blue = (f32::from(frame.cb.row(y / 2)[x / 2]) - 128.0) * 255.0 / 224.0;
        let red = (f32::from(frame.cr.row(y / 2)[x / 2]) - 128.0) * 255.0 / 224.0;
        let codes = [light + 1.5748 * red, light - 0.1873 * blue - 0.4681 * red, light + 1.8556 * blue];
        Rgb(codes.map(|code| code.round().clamp(0.0, 255.0) as u8))
    })
}
