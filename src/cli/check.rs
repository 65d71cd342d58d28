//! `kinora check`

use super::{Answer, Failure};
use kinora_core::{
    film::{CheckOptions, MediaKind, Problem, Severity, check},
    progress::CancelToken,
    worker::Worker,
};
use serde_json::json;
use std::path::PathBuf;

/// List every problem of a project, without changing a byte of it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora check my-film\n  kinora check my-film --verify   (reads every clip)\n\nExits with 1 if \
    there is an error."
)]
pub(super) struct Check {
    /// Folder of the project.
    dir: PathBuf,
    /// Read every take and compare it with its hash.
    #[arg(long)]
    verify: bool,
    /// Do not look into the clips and sounds.
    #[arg(long)]
    no_media: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let mut report = check(&self.dir, CheckOptions { verify_hashes: self.verify });
        if !self.no_media {
            let media = std::mem::take(&mut report.media);
            let media: Vec<_> =
                media.into_iter().filter(|medium| matches!(medium.kind, MediaKind::Clip | MediaKind::Sound)).collect();
            let paths: Vec<PathBuf> = media.iter().map(|medium| medium.path.clone()).collect();
            let found = Worker::of_this_binary()?.probe_all(&paths, &CancelToken::default())?;
            for (medium, found) in media.into_iter().zip(found) {
                let wrong = match found {
                    Ok(info) if medium.kind == MediaKind::Clip && info.picture.is_none() => {
                        Some("it has no picture".to_owned())
                    }
                    Ok(info) if medium.kind == MediaKind::Sound && info.sound.is_none() => {
                        Some("it has no sound".to_owned())
                    }
                    Ok(_) => None,
                    Err(error) => Some(error.to_string()),
                };
                if let Some(wrong) = wrong {
                    let fix = "generate it again, or bring another file";
                    report.add(Problem::error(medium.file, medium.place, wrong, fix));
                }
            }
        }
        let counts = report.counts;
        let mut lines: Vec<String> = report
            .problems
            .iter()
            .map(|problem| {
                let word = if problem.severity == Severity::Error { "error" } else { "warning" };
                format!("{word}: {problem}")
            })
            .collect();
        lines.push(format!(
            "{} scenes, {} shots, {} takes: {} errors, {} warnings",
            counts.scenes, counts.shots, counts.takes, counts.errors, counts.warnings
        ));
        let json = json!({ "ok": report.is_ok(), "problems": report.problems, "counts": counts });
        Ok(Answer { failed: !report.is_ok(), ..Answer::new(lines.join("\n"), json) })
    }
}
