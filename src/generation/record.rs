//! A job as it lies in `.kinora/jobs/<job_id>.json` (law 6), with its files in `.kinora/jobs/<job_id>/`.

use super::{GenerationError, UnreadableJob};
use kinora_core::{
    film::{ProjectFolder, ProjectLayout},
    store::{hash_file, write_atomic},
};
use kinora_provider::{GenerationRequest, JobState, JobTicket, OutputSource, Price};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A record larger than this is not ours.
const LARGEST_RECORD_BYTES: u64 = 8 << 20;
/// Changes that are remembered; a job that polls for a day has no more.
const MOST_CHANGES: usize = 200;

/// A job on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JobRecord {
    pub(super) job_id: String,
    /// `provider:model`.
    pub(super) model: String,
    /// What it is for, for a person: `scene_001/shot_002`.
    pub(super) purpose: String,
    /// RFC 3339 in UTC.
    pub(super) created_at: String,
    /// What was asked, frozen.
    pub(super) request: GenerationRequest,
    /// The files the request names, as they were when it was asked.
    #[serde(default)]
    pub(super) inputs: Vec<Input>,
    pub(super) price: Option<Price>,
    /// Which time it is handed in, from 1: once more only on a person's word.
    #[serde(default = "first")]
    pub(super) attempt: u32,
    #[serde(default)]
    pub(super) hand_in: HandIn,
    /// Absent until the provider answered the submit.
    pub(super) vendor_id: Option<String>,
    pub(super) state: JobState,
    /// The main file once it is on this machine, whole.
    #[serde(default)]
    pub(super) made: Option<Made>,
    /// Whether what it made is in the film, and the film saved.
    #[serde(default)]
    pub(super) adopted: bool,
    /// How it was closed without coming into the film, by a person's word.
    #[serde(default)]
    pub(super) closed: Option<Closed>,
    /// Where it stood, and since when.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
}

/// How far the hand-in of an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HandIn {
    /// Nothing has left this machine.
    NotYet,
    /// It was sent, and no answer is known: the vendor may have it. Records of older builds do not say more.
    #[default]
    Unanswered,
    /// The vendor answered.
    Answered,
}

/// How a job whose place in the film is gone was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Closed {
    /// What it made is a file of its own.
    Kept,
    /// Nobody wants it. What it made stays in the job's folder.
    Dismissed,
}

/// A file that a request names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) blake3: String,
}

/// The main file of a job, in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) blake3: String,
}

/// A moment at which a job began to stand elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) at: String,
    pub(super) stands: String,
}

const fn first() -> u32 {
    1
}

impl JobRecord {
    /// A job that is about to be submitted.
    pub(super) fn new(model: String, purpose: &str, request: GenerationRequest, price: Option<Price>) -> Self {
        Self {
            job_id: new_job_id(purpose),
            model,
            purpose: purpose.to_owned(),
            created_at: now(),
            request,
            inputs: Vec::new(),
            price,
            attempt: first(),
            hand_in: HandIn::NotYet,
            vendor_id: None,
            state: JobState::Queued,
            made: None,
            adopted: false,
            closed: None,
            changes: Vec::new(),
        }
    }

    /// Notes what the files of the request are now.
    pub(super) fn freeze_inputs(&mut self) -> Result<(), GenerationError> {
        let mut paths: Vec<PathBuf> = self.request.files().into_iter().map(|(_, path)| path.to_path_buf()).collect();
        paths.sort();
        paths.dedup();
        self.inputs = paths.into_iter().map(Input::of).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The first file of the request that is no longer what it was when it was asked.
    pub(super) fn changed_input(&self) -> Option<&Path> {
        let is_same = |input: &&Input| !Input::of(input.path.clone()).is_ok_and(|now| now == **input);
        self.inputs.iter().find(is_same).map(|input| input.path.as_path())
    }

    /// The newest job that asked the same for the same purpose and may still bring something: an earlier run was
    /// killed, or lost its connection, before what it paid for was in the film. Records that cannot be read are
    /// passed over, and kept for a person to look at.
    pub(super) fn find_open(
        folder: &ProjectFolder,
        model: &str,
        purpose: &str,
        request: &GenerationRequest,
    ) -> Option<Self> {
        let asked = |record: &Self| record.model == model && record.purpose == purpose && record.request == *request;
        Self::list_open(folder).into_iter().rfind(asked)
    }

    /// Every job that may still bring something, the oldest first.
    pub(super) fn list_open(layout: &ProjectLayout) -> Vec<Self> {
        let mut records = Self::list(layout);
        records.retain(Self::is_open);
        records
    }

    /// Every job that can be read, the oldest first.
    pub(super) fn list(layout: &ProjectLayout) -> Vec<Self> {
        Self::read_all(layout).0
    }

    /// Every job, the oldest first, and the files among them that cannot be read.
    pub(super) fn read_all(layout: &ProjectLayout) -> (Vec<Self>, Vec<UnreadableJob>) {
        let Ok(entries) = fs::read_dir(layout.jobs_dir()) else { return Default::default() };
        let (mut records, mut unreadable) = (Vec::new(), Vec::new());
        let paths = entries.flatten().map(|entry| entry.path());
        for file in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            match Self::read(&file) {
                Ok(record) => records.push(record),
                Err(why) => unreadable.push(UnreadableJob { file, why }),
            }
        }
        records.sort_by(|left, right| (&left.created_at, &left.job_id).cmp(&(&right.created_at, &right.job_id)));
        unreadable.sort_by(|left, right| left.file.cmp(&right.file));
        (records, unreadable)
    }

    fn read(file: &Path) -> Result<Self, String> {
        let known = fs::metadata(file).map_err(|error| error.to_string())?;
        if !known.is_file() || known.len() > LARGEST_RECORD_BYTES {
            return Err(format!("it is no file of at most {} MiB", LARGEST_RECORD_BYTES >> 20));
        }
        let text = fs::read(file).map_err(|error| error.to_string())?;
        let record: Self = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let is_its_own = file.file_stem().and_then(|stem| stem.to_str()) == Some(&record.job_id);
        if is_its_own { Ok(record) } else { Err(format!("it holds the job {}", record.job_id)) }
    }

    /// Whether it may still bring something.
    pub(super) const fn is_open(&self) -> bool {
        !self.adopted && self.closed.is_none() && !matches!(self.state, JobState::Failed(_) | JobState::Cancelled)
    }

    /// Writes the record.
    pub(super) fn save(&self, folder: &ProjectFolder) -> Result<(), GenerationError> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| GenerationError::Save(error.to_string()))?;
        text.push(b'\n');
        Ok(write_atomic(&folder.jobs_dir().join(format!("{}.json", self.job_id)), &text)?)
    }

    /// Remembers where it stands now.
    pub(super) fn changed(&mut self) {
        let stands = self.stands().to_owned();
        if self.changes.last().is_none_or(|last| last.stands != stands) {
            self.changes.push(Change { at: now(), stands });
            let over = self.changes.len().saturating_sub(MOST_CHANGES);
            self.changes.drain(..over);
        }
    }

    /// Where it stands, in a word.
    pub(super) const fn stands(&self) -> &'static str {
        match (&self.state, self.hand_in) {
            _ if self.adopted => "in the film",
            _ if matches!(self.closed, Some(Closed::Kept)) => "kept",
            _ if matches!(self.closed, Some(Closed::Dismissed)) => "dismissed",
            (JobState::Failed(_), _) => "failed",
            (JobState::Cancelled, _) => "cancelled",
            (JobState::Succeeded(_), _) => "made",
            (_, HandIn::NotYet) => "waiting",
            (_, HandIn::Unanswered) => "unknown",
            (JobState::Queued, _) => "queued",
            (JobState::Running { .. }, _) => "running",
        }
    }

    /// Begins another attempt: nothing of the one before counts any more.
    pub(super) fn begin_again(&mut self) {
        self.attempt += 1;
        (self.hand_in, self.vendor_id, self.state, self.made) = (HandIn::NotYet, None, JobState::Queued, None);
    }

    /// Removes the record and the job's folder; what cannot be removed is left to the next run.
    pub(super) fn remove(&self, folder: &ProjectFolder) {
        let record = folder.jobs_dir().join(format!("{}.json", self.job_id));
        for removed in [fs::remove_file(&record), fs::remove_dir_all(self.home(folder))] {
            if let Err(error) = removed {
                tracing::warn!("{} is left over: {error}", record.display());
            }
        }
    }

    /// The folder of this job with all its attempts.
    pub(super) fn home(&self, layout: &ProjectLayout) -> PathBuf {
        layout.jobs_dir().join(&self.job_id)
    }

    /// The folder that belongs to this attempt alone.
    pub(super) fn work_dir(&self, layout: &ProjectLayout) -> PathBuf {
        let home = self.home(layout);
        if self.attempt <= 1 { home } else { home.join(format!("attempt_{}", self.attempt)) }
    }

    /// What the provider is told of the job. Each attempt has a name of its own, so that none is taken for another.
    pub(super) fn ticket(&self, folder: &ProjectFolder) -> JobTicket {
        let job_id = if self.attempt <= 1 { self.job_id.clone() } else { format!("{}-{}", self.job_id, self.attempt) };
        JobTicket { job_id, work_dir: self.work_dir(folder) }
    }

    /// The main file, if it is on this machine as it was when it came.
    pub(super) fn made_file(&self, layout: &ProjectLayout) -> Option<PathBuf> {
        let made = self.made.as_ref()?;
        let path = self.work_dir(layout).join(&made.name);
        (Input::of(path.clone()).ok()?.blake3 == made.blake3).then_some(path)
    }

    /// Whether it is made, and the files that lie on this machine are still there.
    pub(super) fn has_files(&self) -> bool {
        let JobState::Succeeded(output) = &self.state else { return false };
        output.files.iter().all(|file| match &file.source {
            OutputSource::File(path) => path.is_file(),
            OutputSource::Url(_) => true,
        })
    }

    /// `provider` of `provider:model`.
    pub(super) fn provider_id(&self) -> &str {
        self.model.split(':').next().unwrap_or_default()
    }
}

impl Input {
    pub(super) fn of(path: PathBuf) -> Result<Self, GenerationError> {
        let unreadable = |error| GenerationError::Unreadable { file: path.clone(), error };
        let bytes = fs::metadata(&path).map_err(unreadable)?.len();
        let blake3 = hash_file(&path)?.to_hex().to_string();
        Ok(Self { path, bytes, blake3 })
    }
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Unique for all time: the clock to the nanosecond, this process, and what the job is for.
fn new_job_id(purpose: &str) -> String {
    let now = jiff::Timestamp::now();
    let seed = format!("{} {} {purpose}", now.as_nanosecond(), std::process::id());
    let name: String = purpose.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
    format!("{}_{name}_{}", now.as_second(), &blake3::hash(seed.as_bytes()).to_hex()[..8])
}
