//! `kinora measure-preview`: for `benches/preview.py`.

use super::{Answer, Failure, session::read};
use crate::desktop::{MeasureAsk, PlayTimes, PreviewTimes, measure_preview};
use kinora_core::film::ProjectLayout;
use serde_json::{Value, json};
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
    /// Seconds to play in time, with sound.
    #[arg(long, default_value = "0", value_parser = super::args::number)]
    play_secs: f64,
}

impl MeasurePreview {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let film = read(&self.dir)?;
        let layout = ProjectLayout::new(&self.dir);
        let Self { seeks, frames, seed, play_secs, .. } = self;
        let times = measure_preview(&film, &layout, MeasureAsk { seeks, frames, seed, play_secs }).map_err(|why| {
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
            play,
        } = times;
        let text = format!("{} seeks, {frames} frames played on {adapter}", seek_ms.len());
        Ok(Answer::new(
            text,
            json!({
                "seek_ms": seek_ms, "decode_ms": decode_ms, "frames": frames, "rate_fps": rate_fps,
                "play_secs": play_secs, "decode_secs": decode_secs, "upload_ms": upload_ms, "adapter": adapter,
                "memory_bytes": memory_bytes, "play": play.as_ref().map(played),
            }),
        ))
    }
}

fn played(play: &PlayTimes) -> Value {
    let PlayTimes { secs, follows, tally, drift_frames, worst_frames, starved_samples, memory_bytes, notices } = play;
    json!({
        "secs": secs, "follows": format!("{follows:?}").to_lowercase(), "shown": tally.shown, "late": tally.late,
        "dropped": tally.dropped, "drift_frames": drift_frames, "worst_frames": worst_frames,
        "starved_samples": starved_samples, "memory_bytes": memory_bytes,
        "notices": notices.iter().map(|notice| format!("{notice:?}")).collect::<Vec<_>>(),
    })
}
