//! `kinora continuity` and `kinora smooth`: how the shots meet.

use super::{Answer, Failure, args, failure::Doing, session::read, work::Work};
use kinora_core::{
    continuity::{Chain, Cut},
    film::{ProjectLayout, SmoothingEngine},
    ids::SceneId,
    render::{
        Continuity, RenderJob,
        execute::with_outcomes,
        join::{JoinReach, JoinReport, JoinRequest},
        survey,
    },
    store::Cache,
    time::{FrameRate, format_clock},
    worker::{WorkerReply, WorkerRequest},
};
use serde_json::json;
use std::path::PathBuf;

/// Say how every cut joins: whether the frames match, whether it is smoothed, and why; and how runs of continued shots
/// drift.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora continuity my-film\n  kinora continuity my-film --scene 2 --sheet cuts.png\n\nA cut is \
    smoothed where its frames match and optical flow is on in the settings. Force or forbid it with\n`kinora shot set DIR \
    SCENE SHOT --smooth always|never|auto`: the cut into the next shot."
)]
pub(super) struct ContinuityCommand {
    /// Folder of the project.
    dir: PathBuf,
    /// One scene alone.
    #[arg(long, value_parser = args::scene_id)]
    scene: Option<SceneId>,
    /// Draw every cut, before and after, into a PNG.
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
}

impl ContinuityCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let what = "look at the cuts";
        let film = read(&self.dir)?;
        let layout = ProjectLayout::new(&self.dir);
        let work = Work::start()?;
        let found = survey(&film, &layout, self.scene.as_ref(), work.worker(), &work.cancel, &*work.bar).doing(what)?;
        let Continuity { cuts, chains } = found.continuity;
        let cuts = match (&found.pictures, &self.sheet) {
            (Some(job), Some(png)) => draw(&work, job, png)?,
            (Some(job), None) => with_outcomes(&cuts, &job.plan, &Cache::open(layout.root()).doing(what)?),
            (None, _) => cuts,
        };
        let mut text = describe(&cuts, &chains);
        let sheet = self.sheet.filter(|_| found.pictures.is_some());
        if let Some(png) = &sheet {
            text.push_str(&format!("\n{}", png.display()));
        }
        Ok(Answer::new(text, json!({ "cuts": cuts, "chains": chains, "sheet": sheet })))
    }
}

fn draw(work: &Work, job: &RenderJob, png: &std::path::Path) -> Result<Vec<Cut>, Failure> {
    let what = format!("draw {}", png.display());
    let request = WorkerRequest::Sheet { job: Box::new(job.clone()), png: png.to_path_buf() };
    match work.worker().run(&request, &work.cancel, &*work.bar).doing(&what)? {
        WorkerReply::Sheet { cuts } => Ok(cuts),
        other => Err(Failure::new("protocol", format!("the worker answered a sheet with {other:?}"))).doing(what),
    }
}

fn describe(cuts: &[Cut], chains: &[Chain]) -> String {
    if cuts.is_empty() {
        return "no cut lies between two shots that have a clip".to_owned();
    }
    let mut lines: Vec<String> = cuts
        .iter()
        .map(|cut| {
            let state = match (cut.smoothed, cut.matched) {
                (true, _) => "smoothed",
                (false, true) => "matched ",
                (false, false) => "plain   ",
            };
            format!("{}  {} to {}  {:.2}  {state}  {}", cut.scene_id, cut.from, cut.to, cut.score, cut.reason)
        })
        .collect();
    for chain in chains {
        lines.push(format!("{}: drift from the first frame of {}", chain.scene_id, chain.shots[0].shot_id));
        lines.extend(chain.shots.iter().map(|shot| {
            let drift = &shot.drift;
            format!(
                "  {}  structure {:.2}  colour {:.1} codes  exposure {:+.2} stops",
                shot.shot_id, drift.structure, drift.color, drift.exposure_stops
            )
        }));
    }
    lines.join("\n")
}

/// Join two clips and smooth the cut between them, without a project.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora smooth a.mp4 b.mp4 -o joined.mp4\n  kinora smooth a.mp4 b.mp4 -o joined.mp4 --window 0.8 \
    --engine minterpolate\n  kinora smooth a.mp4 b.mp4 -o joined.mp4 --whole --fps 60\n\nOnly the frames round the cut \
    change. --whole puts every frame of both clips through\nmpdecimate,minterpolate=fps=60:mi_mode=mci, which is slow."
)]
pub(super) struct SmoothCommand {
    /// The clip before the cut; the result has its size.
    first: PathBuf,
    /// The clip after it.
    second: PathBuf,
    /// File to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Frames a second of the result: the first clip's, or 60 with --whole.
    #[arg(long)]
    fps: Option<FrameRate>,
    /// Seconds on each side of the cut that are smoothed.
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = window, conflicts_with = "whole")]
    window: f64,
    /// What makes the pictures.
    #[arg(long, default_value = "dis", conflicts_with = "whole")]
    engine: EngineArg,
    /// Smooth both clips from end to end.
    #[arg(long)]
    whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum EngineArg {
    /// Dense optical flow: better pictures, and faster.
    Dis,
    /// FFmpeg's motion interpolation.
    Minterpolate,
}

fn window(text: &str) -> Result<f64, String> {
    let secs = args::number(text)?;
    let allowed = kinora_core::film::limits::SEAM_WINDOW_SECS;
    if allowed.contains(&secs) {
        Ok(secs)
    } else {
        Err(format!("write {} to {} seconds", allowed.start(), allowed.end()))
    }
}

impl SmoothCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let what = format!("smooth {} into {}", self.first.display(), self.second.display());
        let engine = match self.engine {
            EngineArg::Dis => SmoothingEngine::Dis,
            EngineArg::Minterpolate => SmoothingEngine::Minterpolate,
        };
        let window_secs = self.window;
        let reach = if self.whole { JoinReach::Whole } else { JoinReach::Window { window_secs, engine } };
        let request = JoinRequest { first: self.first, second: self.second, out: self.output, rate: self.fps, reach };
        let work = Work::start()?;
        let request = WorkerRequest::Join(Box::new(request));
        match work.worker().run(&request, &work.cancel, &*work.bar).doing(&what)? {
            WorkerReply::Joined(report) => Ok(Answer::new(tell(&report), json!(report))),
            other => Err(Failure::new("protocol", format!("the worker answered a join with {other:?}"))).doing(what),
        }
    }
}

fn tell(report: &JoinReport) -> String {
    let mut text = format!("{}\n{}", report.output.display(), format_clock(report.duration_secs));
    if let Some(score) = report.score {
        text.push_str(&format!(", the frames at the cut score {score:.2}"));
    }
    match report.seam.as_ref().map(|seam| (seam, seam.left_alone)) {
        Some((_, Some(why))) => text.push_str(&format!("\nthe cut was left as it is: {why}")),
        Some((seam, None)) => text.push_str(&format!(
            "\n{} repeated frames dropped, {} made anew; longest stall {} frames, was {}",
            seam.dropped.len(),
            seam.interpolated_frames,
            seam.after.longest_stall_frames,
            seam.before.longest_stall_frames
        )),
        None => {}
    }
    text
}
