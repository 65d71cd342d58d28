//! `kinora measure-preview`: for `benches/preview.py`.

use super::{Answer, Failure, session::read};
use crate::desktop::{PreviewTimes, measure_preview};
use kinora_core::film::ProjectLayout;
use serde_json::json;
use std::path::PathBuf;

/// Measure how fast frames of a film that was rendered are found and shown.
#[derive(Debug, clap::Args)]
pub(super) struct MeasurePreview {
    /// Folder of the project.
    dir: PathBuf,
    /// Random frames to go to.
    #[arg(long, default_value_t = 200)]
    seeks: u32,
    /// Frames to play.
    #[arg(long, default_value_t = 480)]
    frames: u64,
    /// Chooses the random frames.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl MeasurePreview {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let film = read(&self.dir)?;
        let layout = ProjectLayout::new(&self.dir);
        let times = measure_preview(&film, &layout, self.seeks, self.frames, self.seed).map_err(|why| {
            Failure::new("preview", why).fix("render the film first: what is measured is the film as it is rendered")
        })?;
        let PreviewTimes {
            seek_ms,
            decode_ms,
            play_secs,
            decode_secs,
            upload_ms,
            frames,
            rate_fps,
            adapter,
            memory_bytes,
        } = times;
        let text = format!("{} seeks, {frames} frames played on {adapter}", seek_ms.len());
        Ok(Answer::new(
            text,
            json!({
                "seek_ms": seek_ms, "decode_ms": decode_ms, "frames": frames, "rate_fps": rate_fps,
                "play_secs": play_secs, "decode_secs": decode_secs, "upload_ms": upload_ms, "adapter": adapter,
                "memory_bytes": memory_bytes,
            }),
        ))
    }
}
