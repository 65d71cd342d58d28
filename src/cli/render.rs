//! `kinora render …`

use super::{Answer, Failure, args, failure::Doing, session::Session, work::Work};
use kinora_core::{
    ids::SceneId,
    media::PictureCodec,
    render::{RenderReport, RenderRequest},
    time::format_clock,
};
use serde_json::Value;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum RenderCommand {
    /// Render one scene to its scene_render.mp4.
    #[command(
        after_help = "Examples:\n  kinora render scene my-film 1\n  kinora render scene my-film 1 --target prores -o scene.mov"
    )]
    Scene {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        #[command(flatten)]
        how: How,
    },
    /// Render the film to film_render.mp4: fades, even loudness, a chapter per scene.
    #[command(
        after_help = "Examples:\n  kinora render film my-film\n  kinora render film my-film --target hevc -o film.mp4\n  kinora \
        render film my-film --skip-missing"
    )]
    Film {
        /// Folder of the project.
        dir: PathBuf,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// Format of the picture.
    #[arg(long, default_value = "h264")]
    target: TargetArg,
    /// File to write; absent for the project's own place.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out shots without a take.
    #[arg(long)]
    skip_missing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum TargetArg {
    /// H.264 in MP4, the master format: unchanged shots are copied.
    H264,
    /// ProRes 422 in MOV, from the original takes.
    Prores,
    /// HEVC in MP4, from the original takes.
    Hevc,
    /// AV1 in MP4, from the original takes.
    Av1,
}

impl From<TargetArg> for PictureCodec {
    fn from(target: TargetArg) -> Self {
        match target {
            TargetArg::H264 => Self::H264,
            TargetArg::Prores => Self::ProRes,
            TargetArg::Hevc => Self::Hevc,
            TargetArg::Av1 => Self::Av1,
        }
    }
}

impl RenderCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let (dir, scene, how) = match self {
            Self::Scene { dir, scene, how } => (dir, Some(scene), how),
            Self::Film { dir, how } => (dir, None, how),
        };
        let (mut session, work) = (Session::open(&dir)?, Work::start()?);
        work.generator()?.refresh_voice_lanes(&mut session.open_film(), scene.as_ref()).doing("render")?;
        let film = session.view().film().doing("render")?;
        let How { target, output, skip_missing } = how;
        let request = RenderRequest { scene_id: scene, codec: target.into(), output, skip_missing };
        let report = work.render(&session, &film, &request)?;
        Ok(Answer::new(describe(&report), render_json(&report)))
    }
}

/// A render's report as `--json` gives it.
pub(super) fn render_json(report: &RenderReport) -> Value {
    serde_json::to_value(report).unwrap_or_default()
}

/// A render's report for a person.
pub(super) fn describe(report: &RenderReport) -> String {
    let mut text = format!("{}\n{}", report.output.display(), format_clock(report.duration_secs));
    if report.up_to_date {
        text.push_str(", up to date");
    } else {
        let segments = report.segments;
        text.push_str(&format!(", {} segments copied, {} encoded", segments.copied, segments.encoded));
    }
    if let (Some(lufs), Some(peak_dbtp)) = (report.loudness_lufs, report.true_peak_dbtp) {
        text.push_str(&format!(", {lufs:.1} LUFS, {peak_dbtp:.1} dBTP"));
    }
    for note in &report.notes {
        text.push_str(&format!("\nnote: {}", serde_json::to_string(note).unwrap_or_default()));
    }
    text
}
