//! `kinora edit`: the window. `kinora` and `kinora DIR` open it too.

use super::{Answer, Failure, args, new::parse_size};
use crate::{
    desktop::{EditorOptions, LookAt, Measure, MeasureScrub, MeasureStrips, NoteStart},
    vendors::providers,
};
use kinora_core::film::FrameSize;
use serde_json::json;
use std::{path::PathBuf, time::Instant};

/// Open the editor's window.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  kinora edit my-film\n  kinora edit\n  kinora my-film")]
pub(super) struct EditCommand {
    /// Folder of the project; the welcome screen if absent.
    dir: Option<PathBuf>,
    /// Size of the window in points.
    #[arg(long, value_parser = parse_size, value_name = "WIDTHxHEIGHT")]
    size: Option<FrameSize>,
    /// Pixels a point; absent for what the system asks for.
    #[arg(long, value_parser = scale)]
    scale: Option<f32>,
    /// Write a picture of the window to this PNG and end.
    #[arg(long, value_name = "FILE")]
    look: Option<PathBuf>,
    /// Actions to perform before the picture, by id: `view.keys`.
    #[arg(long = "do", value_name = "ACTION", requires = "look")]
    actions: Vec<String>,
    /// Frame of the film to look at.
    #[arg(long, requires = "look")]
    frame: Option<u64>,
    /// Measure what a frame costs without a window, write it to this JSON file and end.
    #[arg(long, value_name = "FILE", hide = true, requires = "dir")]
    measure: Option<PathBuf>,
    /// Measure what a frame costs with filmstrips, without a window, write it to this JSON file and end.
    #[arg(long, value_name = "FILE", hide = true, requires = "dir")]
    measure_strips: Option<PathBuf>,
    /// Measure how soon a picture follows the playhead, write it to this JSON file and end.
    #[arg(long, value_name = "FILE", hide = true, requires = "dir")]
    measure_scrub: Option<PathBuf>,
    /// Note in this JSON file how soon the window was there.
    #[arg(long, value_name = "FILE", hide = true)]
    note_start: Option<PathBuf>,
    /// Seconds to wait before the picture.
    #[arg(long, requires = "look", default_value = "3", value_parser = args::number)]
    wait: f64,
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = args::number(text)?;
    if (0.5..=4.0).contains(&scale) { Ok(scale as f32) } else { Err("write a number from 0.5 to 4".to_owned()) }
}

impl EditCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        if let Some(dir) = self.dir.as_ref().filter(|dir| !dir.join("metadata.json").is_file()) {
            let why = format!("{} is no project: it has no metadata.json", dir.display());
            return Err(Failure::new("project", why).fix("`kinora new DIR` makes one"));
        }
        if let Some(id) = self.actions.iter().find(|id| crate::ui::actions::action(id).is_none()) {
            let known: Vec<&str> = crate::ui::actions::ACTIONS.iter().map(|action| action.id).collect();
            return Err(Failure::new("usage", format!("there is no action {id}"))
                .fix(format!("known are {}", known.join(", "))));
        }
        let (actions, frame, wait_secs) = (self.actions, self.frame, self.wait as f32);
        let look_at = self.look.clone().map(|png| LookAt { png, actions, frame, wait_secs });
        let options = EditorOptions {
            project: self.dir,
            size_px: self.size.map(|size| [size.width, size.height]),
            scale: self.scale,
            look_at,
            measure: self.measure.map(|file| Measure { file }),
            measure_strips: self.measure_strips.map(|file| MeasureStrips { file }),
            note_start: self.note_start.map(|file| NoteStart { file, process_began: Instant::now() }),
            measure_scrub: self.measure_scrub.map(|file| MeasureScrub { file, process_began: Instant::now() }),
        };
        crate::desktop::run(options, providers()).map_err(|why| {
            Failure::new("window", why)
                .fix("`kinora doctor` says what this machine can do; everything also works from the command line")
        })?;
        Ok(self.look.map_or_else(
            || Answer::silent(false),
            |png| Answer::new(png.display().to_string(), json!({ "look": png })),
        ))
    }
}
