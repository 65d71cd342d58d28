//! `kinora jobs`: what was asked of providers, where it stands, and what becomes of it.

use super::{
    Answer, Failure,
    answer::{short, table},
    args,
    failure::Doing,
    models::usd,
    session::Session,
    work::Work,
};
use crate::generation::{GenerationError, JobListing, JobsWord, UnreadableJob};
use kinora_core::{
    film::{ProjectFolder, ProjectLayout},
    progress::ProgressUpdate,
    store::ProjectLock,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::Write as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum JobsCommand {
    /// List what was asked of providers and where it stands.
    #[command(
        after_help = "Examples:\n  kinora jobs list my-film          (what may still bring something)\n  kinora jobs list my-film --all"
    )]
    List {
        /// Folder of the project.
        dir: PathBuf,
        /// Also what came, failed or was cancelled.
        #[arg(long)]
        all: bool,
    },
    /// Look on while another Kinora works, until nothing is open.
    #[command(after_help = "Examples:\n  kinora jobs watch my-film\n  kinora jobs watch my-film --for 60")]
    Watch {
        /// Folder of the project.
        dir: PathBuf,
        /// Look on for so many seconds at most.
        #[arg(long = "for", value_name = "SECS", value_parser = args::number)]
        limit: Option<f64>,
    },
    /// Go on with open jobs and bring what they made into the film. What was never answered is looked up at the vendor's and
    /// not sent again.
    #[command(
        after_help = "Examples:\n  kinora jobs resume my-film        (every open job)\n  kinora jobs resume my-film 1790000000_scene_001_shot_002_1f2e3d4c"
    )]
    Resume(Named),
    /// Stop jobs, also at the vendor; what was never answered is given up.
    #[command(after_help = "Example:\n  kinora jobs cancel my-film 1790000000_scene_001_shot_002_1f2e3d4c")]
    Cancel(Named),
    /// Hand a job in once more: one that failed, was cancelled, or was never answered. Look at the vendor's first: a job that was
    /// never answered may be running there, and would be paid for twice.
    #[command(after_help = "Example:\n  kinora jobs retry my-film 1790000000_scene_001_shot_002_1f2e3d4c")]
    Retry(Named),
    /// Keep what jobs made whose shot, line or scene is gone from the film: as files of their own in the project's clips
    /// folder, or elsewhere.
    #[command(
        after_help = "Examples:\n  kinora jobs keep my-film 1790000000_scene_001_shot_002_1f2e3d4c\n  kinora jobs keep my-film 1790000000_scene_001_shot_002_1f2e3d4c --to rushes"
    )]
    Keep {
        #[command(flatten)]
        named: Named,
        /// A folder, or a file that is not there yet.
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
    },
    /// Let go of what jobs made and nobody wants: they leave the list of open jobs. What they cost stays in the ledger, and
    /// what they made in the job's folder.
    #[command(after_help = "Example:\n  kinora jobs dismiss my-film 1790000000_scene_001_shot_002_1f2e3d4c")]
    Dismiss(Named),
}

#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// Folder of the project.
    dir: PathBuf,
    /// The jobs, by their names in `kinora jobs list`.
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
}

impl JobsCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::List { dir, all } => list(&dir, all),
            Self::Watch { dir, limit } => watch(&dir, limit),
            Self::Resume(named) => named.resume(),
            Self::Cancel(named) => named.cancel(),
            Self::Retry(named) => named.retry(),
            Self::Keep { named, to } => named.keep(to.as_deref()),
            Self::Dismiss(named) => named.dismiss(),
        }
    }
}

/// The jobs of a folder that is a project.
fn jobs_of(dir: &Path) -> Result<Vec<JobListing>, Failure> {
    ProjectFolder::read(dir).doing(format!("read {}", dir.display()))?;
    Ok(JobListing::list(&ProjectLayout::new(dir)))
}

fn list(dir: &Path, all: bool) -> Result<Answer, Failure> {
    let mut jobs = jobs_of(dir)?;
    let total = jobs.len();
    jobs.retain(|job| all || job.is_open);
    let mut text = table(&jobs.iter().map(row).collect::<Vec<_>>());
    if jobs.is_empty() {
        text = if total == 0 { "nothing was asked yet" } else { "nothing is open" }.to_owned();
    }
    let unreadable = UnreadableJob::list(&ProjectLayout::new(dir));
    for job in &unreadable {
        text.push_str(&format!("\nproblem: {job}"));
    }
    Ok(Answer::new(text, json!({ "jobs": jobs, "total": total, "unreadable": unreadable })))
}

fn row(job: &JobListing) -> Vec<String> {
    let cost = job.cost_usd.or(job.price_usd).map(usd).unwrap_or_default();
    let share = job.progress.map(|share| format!(" {:.0} %", share * 100.0)).unwrap_or_default();
    let why = short(job.why.as_deref().unwrap_or_default(), 60);
    vec![job.job_id.clone(), format!("{}{share}", job.stands), job.purpose.clone(), job.model.clone(), cost, why]
}

/// How often the jobs are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

fn watch(dir: &Path, limit_secs: Option<f64>) -> Result<Answer, Failure> {
    let work = Work::start()?;
    let began = Instant::now();
    let mut known: HashMap<String, &'static str> = HashMap::new();
    loop {
        let jobs = jobs_of(dir)?;
        for job in &jobs {
            let was = known.insert(job.job_id.clone(), job.stands);
            if was != Some(job.stands) && (was.is_some() || job.is_open) {
                // A closed standard error is the reader's choice.
                let _ = writeln!(std::io::stderr(), "{}: {} ({})", job.purpose, job.stands, job.model);
            }
        }
        let open = jobs.iter().filter(|job| job.is_open).count();
        let is_over = limit_secs.is_some_and(|limit| began.elapsed().as_secs_f64() >= limit);
        let is_worked_on = ProjectLock::acquire(dir).is_err();
        if open == 0 || is_over || work.cancel.is_cancelled() || !is_worked_on {
            let text = match open {
                0 => "nothing is open".to_owned(),
                _ if is_worked_on => format!("{open} jobs are open"),
                _ => format!("{open} jobs are open and nobody works on them: `kinora jobs resume` goes on with them"),
            };
            return Ok(Answer::new(text, json!({ "jobs": jobs, "open": open, "is_worked_on": is_worked_on })));
        }
        thread::sleep(LOOK_EVERY);
    }
}

impl Named {
    /// The jobs that were named, or all that fit.
    fn names(&self, session: &Session, fits: impl Fn(&JobListing) -> bool) -> Vec<String> {
        if !self.jobs.is_empty() {
            return self.jobs.clone();
        }
        JobListing::list(&session.folder).into_iter().filter(fits).map(|job| job.job_id).collect()
    }

    fn resume(&self) -> Result<Answer, Failure> {
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let names = self.names(&session, |job| job.is_open);
        let total = names.len() as u64;
        let mut done = Outcomes::default();
        for (index, job_id) in names.iter().enumerate() {
            work.bar.report(ProgressUpdate { label: job_id.clone(), done: index as u64, total });
            let ended = generator.resume(&mut session.open_film(), job_id, JobsWord::GoOn);
            done.add(job_id, ended.map(|open| format!("{} is in the film", open.purpose)))?;
        }
        session.save()?;
        Ok(done.answer("nothing is open"))
    }

    fn retry(&self) -> Result<Answer, Failure> {
        self.must_name("retry")?;
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let mut done = Outcomes::default();
        for job_id in &self.jobs {
            let ended = generator.resume(&mut session.open_film(), job_id, JobsWord::OnceMore);
            done.add(job_id, ended.map(|open| format!("{} is in the film", open.purpose)))?;
        }
        session.save()?;
        Ok(done.answer(""))
    }

    fn cancel(&self) -> Result<Answer, Failure> {
        self.must_name("cancel")?;
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let mut done = Outcomes::default();
        for job_id in &self.jobs {
            let ended = generator.cancel_job(&session.open_film(), job_id).map(|job| match job.stands {
                "cancelled" => format!("{} is cancelled", job.purpose),
                "failed" => format!("{} failed before it could be cancelled", job.purpose),
                "made" => format!("{} was made already: `kinora jobs resume` brings it", job.purpose),
                other => format!("{} is asked to stop, and still {other}", job.purpose),
            });
            done.add(job_id, ended)?;
        }
        Ok(done.answer(""))
    }

    fn keep(&self, to: Option<&Path>) -> Result<Answer, Failure> {
        self.must_name("keep")?;
        if to.is_some_and(|to| !to.is_dir()) && self.jobs.len() > 1 {
            return Err(Failure::new("usage", "several jobs are kept in a folder, not in one file"));
        }
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let mut done = Outcomes::default();
        for job_id in &self.jobs {
            let kept = generator.keep_job(&session.open_film(), job_id, to);
            done.add(job_id, kept.map(|path| format!("{job_id} is kept as {}", path.display())))?;
        }
        Ok(done.answer(""))
    }

    fn dismiss(&self) -> Result<Answer, Failure> {
        self.must_name("dismiss")?;
        let (session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let mut done = Outcomes::default();
        for job_id in &self.jobs {
            let closed = generator.dismiss_job(&session.folder, job_id);
            done.add(job_id, closed.map(|job| format!("{} is let go; its cost stays in the ledger", job.purpose)))?;
        }
        Ok(done.answer(""))
    }

    fn must_name(&self, verb: &str) -> Result<(), Failure> {
        if self.jobs.is_empty() {
            let failure = Failure::new("usage", format!("`kinora jobs {verb}` wants the names of jobs"));
            return Err(failure.fix("`kinora jobs list` shows them"));
        }
        Ok(())
    }
}

/// What became of several jobs: one that fails does not keep the next from its turn.
#[derive(Default)]
struct Outcomes {
    lines: Vec<String>,
    jobs: Vec<Value>,
    failed: bool,
}

impl Outcomes {
    fn add(&mut self, job_id: &str, ended: Result<String, GenerationError>) -> Result<(), Failure> {
        match ended {
            Ok(text) => {
                self.jobs.push(json!({ "job_id": job_id, "done": true, "text": text }));
                self.lines.push(text);
            }
            // The person wants to stop, not to go on with the next.
            Err(error) if error.kind() == "cancelled" => return Err(error).doing("go on with the jobs"),
            Err(error) => {
                self.failed = true;
                let failure = Failure::from(error);
                self.lines.push(format!("{job_id}: {}", failure.why));
                self.jobs.push(json!({ "job_id": job_id, "done": false, "error": failure.to_json()["error"] }));
            }
        }
        Ok(())
    }

    fn answer(self, nothing: &str) -> Answer {
        let text = if self.lines.is_empty() { nothing.to_owned() } else { self.lines.join("\n") };
        let mut answer = Answer::new(text, json!({ "jobs": self.jobs, "failed": self.failed }));
        answer.failed = self.failed;
        answer
    }
}
