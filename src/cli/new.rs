//! `kinora new`

use super::{Answer, Failure, failure::Doing};
use kinora_core::{
    film::{Film, FrameSize, ProjectFolder, validate_metadata},
    time::FrameRate,
};
use serde_json::json;
use std::path::PathBuf;

/// Make an empty project.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  kinora new my-film\n  kinora new my-film --title \"The Vampyre\" --fps 23.976 \
    --size 1280x720")]
pub(super) struct New {
    /// Folder of the project; made if it is not there.
    dir: PathBuf,
    /// Title of the film.
    #[arg(long, default_value = "Untitled")]
    title: String,
    /// Frames a second: 24, 23.976, 24000/1001 …
    #[arg(long, default_value = "24")]
    fps: FrameRate,
    /// Size of the picture in pixels, both sides even.
    #[arg(long, default_value = "1920x1080", value_parser = parse_size)]
    size: FrameSize,
}

/// `1920x1080`
pub(super) fn parse_size(text: &str) -> Result<FrameSize, String> {
    let parsed = text.split_once(['x', 'X']).and_then(|(width, height)| {
        Some(FrameSize { width: width.trim().parse().ok()?, height: height.trim().parse().ok()? })
    });
    parsed.ok_or_else(|| "write width and height in pixels, for example 1920x1080".to_owned())
}

impl New {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let mut film = Film::default();
        film.metadata.title = self.title;
        film.metadata.rate = self.fps;
        film.metadata.size = self.size;
        let what = format!("make a project in {}", self.dir.display());
        if let Some(problem) = validate_metadata("metadata.json", &film.metadata).into_iter().next() {
            return Err(Failure::new("project", format!("{}: {}", problem.place, problem.message)).fix(problem.fix))
                .doing(what);
        }
        ProjectFolder::create(&self.dir, &film).doing(what)?;
        let project = self.dir.display().to_string();
        let text = format!("made {project}\nnext: kinora scene add {project} --title \"..\"");
        let json = json!({ "project": project, "title": film.metadata.title, "rate": film.metadata.rate,
            "size": film.metadata.size });
        Ok(Answer::new(text, json))
    }
}
