//! A picture of every seam, before and after, that a maker judges at a glance: the frames round the cut, and under them
//! how much each frame of the window differs from the one before. A gap in those bars is a stall, a tall one a jump.

mod canvas;
mod frames;

use super::execute::{ExecuteError, RenderJob, make_seams, with_outcomes};
use crate::{
    continuity::Cut,
    progress::{CancelToken, ProgressSink},
    store::{Cache, StoreError, write_atomic},
};
use canvas::{ACCENT, Canvas, DIM, PANEL, TEXT, Weight};
use frames::{Strip, read_strips};
use std::{io::Cursor, path::Path};

const THUMB_W: u32 = 192;
const GAP: u32 = 6;
const MARGIN: u32 = 32;
const LABEL_W: u32 = 116;
const BARS_H: u32 = 34;
const HEAD_H: u32 = 64;
/// Cuts on one sheet; a film of more is shown scene by scene.
const MOST_CUTS: usize = 40;

/// Draws the cuts of a job, in order, and writes the picture. Makes the seams that the cache lacks. Gives the cuts as
/// they came out.
///
/// # Errors
/// [`ExecuteError`].
pub fn write_sheet(
    job: &RenderJob,
    png: &Path,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<Vec<Cut>, ExecuteError> {
    make_seams(job, cancel, progress)?;
    let cache = Cache::open(&job.project_root)?;
    let cuts = with_outcomes(&job.cuts, &job.plan, &cache);
    let shown = &cuts[..cuts.len().min(MOST_CUTS)];
    let strips = read_strips(job, shown, &cache, (THUMB_W, cancel))?;
    let picture = draw(shown, &strips, cuts.len());
    let mut bytes = Cursor::new(Vec::new());
    let refuse = |error: image::ImageError| StoreError::from_io("write", png, std::io::Error::other(error));
    picture.write_to(&mut bytes, image::ImageFormat::Png).map_err(refuse)?;
    write_atomic(png, bytes.get_ref())?;
    Ok(cuts)
}

fn draw(cuts: &[Cut], strips: &[Vec<Strip>], all_cuts: usize) -> image::RgbImage {
    let most_thumbs = strips.iter().flatten().map(|strip| strip.thumbs.len()).max().unwrap_or(0) as u32;
    let width = (2 * MARGIN + LABEL_W + most_thumbs * (THUMB_W + GAP)).max(1000);
    let row_h = |strip: &Strip| strip.thumbs.first().map_or(0, image::RgbImage::height) + BARS_H + 3 * GAP;
    let cut_h = |rows: &Vec<Strip>| HEAD_H + rows.iter().map(row_h).sum::<u32>() + MARGIN / 2;
    let height = 2 * MARGIN + strips.iter().map(cut_h).sum::<u32>() + if cuts.is_empty() { 40 } else { 0 };
    let mut canvas = Canvas::new(width, height);
    let mut y = MARGIN;
    if cuts.is_empty() {
        canvas.text((MARGIN, y), 20.0, Weight::Regular, DIM, "No cut lies between two shots that have a clip.");
    }
    for (cut, rows) in cuts.iter().zip(strips) {
        canvas.fill((MARGIN / 2, y - 10), (width - MARGIN, cut_h(rows) - 8), PANEL);
        let title = format!("{}   {} to {}", cut.scene_id, cut.from, cut.to);
        canvas.text((MARGIN, y), 20.0, Weight::Strong, TEXT, &title);
        let state = match (cut.smoothed, cut.matched) {
            (true, _) => "smoothed",
            (false, true) => "matched, not smoothed",
            (false, false) => "plain cut",
        };
        let told = format!("score {:.2}   {state}: {}", cut.score, cut.reason);
        canvas.text((MARGIN, y + 28), 16.0, Weight::Regular, if cut.smoothed { ACCENT } else { DIM }, &told);
        let mut row_y = y + HEAD_H;
        let tallest = rows.iter().flat_map(|strip| &strip.steps).fold(1e-6_f32, |most, step| most.max(*step));
        for strip in rows {
            draw_strip(&mut canvas, strip, row_y, tallest);
            row_y += row_h(strip);
        }
        y += cut_h(rows);
    }
    if all_cuts > cuts.len() {
        let rest = format!("{} more cuts: ask for one scene", all_cuts - cuts.len());
        canvas.text((MARGIN, height - 28), 16.0, Weight::Regular, DIM, &rest);
    }
    canvas.into_image()
}

fn draw_strip(canvas: &mut Canvas, strip: &Strip, y: u32, tallest: f32) {
    let left = MARGIN + LABEL_W;
    let thumb_h = strip.thumbs.first().map_or(0, image::RgbImage::height);
    canvas.text((MARGIN, y + thumb_h / 2 - 10), 16.0, Weight::Strong, TEXT, strip.label);
    canvas.text((MARGIN, y + thumb_h + GAP + 6), 13.0, Weight::Regular, DIM, "change");
    for (index, thumb) in strip.thumbs.iter().enumerate() {
        let mut x = left + index as u32 * (THUMB_W + GAP);
        if index >= strip.cut_thumb {
            x += 2 * GAP;
        }
        canvas.image((x, y), thumb);
    }
    let cut_x = left + strip.cut_thumb as u32 * (THUMB_W + GAP) + GAP / 2;
    canvas.fill((cut_x, y), (2, thumb_h), ACCENT);
    // One bar a frame of the window, over the width of the pictures.
    let bars_w = strip.thumbs.len() as u32 * (THUMB_W + GAP) + GAP;
    let count = strip.steps.len().max(1) as u32;
    let base = y + thumb_h + GAP + BARS_H;
    for (index, step) in strip.steps.iter().enumerate() {
        let bar_h = ((step / tallest) * BARS_H as f32).round().max(1.0) as u32;
        let color = if index == strip.cut_step { ACCENT } else { DIM };
        let (start, end) = (bars_w * index as u32 / count, bars_w * (index as u32 + 1) / count);
        canvas.fill((left + start, base - bar_h), ((end - start).saturating_sub(3).max(1), bar_h), color);
    }
}
