//! Jobs that an earlier run left open: asked for again with the request as it was frozen, and brought into the film.

use super::{
    GenerationError, Generator, JobListing, OpenFilm,
    audition::AUDITION,
    jobs::Begun,
    lipsync::LIP_SYNC,
    record::{Closed, HandIn, JobRecord},
    takes::TakeFacts,
};
use kinora_core::{
    film::{AudioLane, ProjectFolder},
    ids::{LineId, SceneId, ShotId},
    progress::Cancelled,
};
use kinora_provider::{GenerationRequest, ModelAddress, ProviderError, RequestKind};

/// A job on disk that may still bring something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenJob {
    /// Its name in `.kinora/jobs`.
    pub job_id: String,
    /// `provider:model`.
    pub model: String,
    /// What it is for, for a person: `scene_001/shot_002`.
    pub purpose: String,
    /// The kind of work.
    pub kind: RequestKind,
    /// When it was handed in, RFC 3339 in UTC.
    pub created_at: String,
    /// Where in the film its result belongs; absent for a purpose this build does not know.
    pub target: Option<OpenJobTarget>,
}

/// Where the result of a job belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenJobTarget {
    /// A take of a shot.
    Shot(SceneId, ShotId),
    /// The sound of a line.
    Line(SceneId, LineId),
    /// The bed of a scene.
    Lane(SceneId, AudioLane),
}

impl OpenJob {
    /// Every open job of a project that would bring something into the film, the oldest first.
    #[must_use]
    pub fn list(folder: &ProjectFolder) -> Vec<Self> {
        let all = JobRecord::list_open(folder);
        all.iter().filter(|record| !record.purpose.starts_with(AUDITION)).map(Self::new).collect()
    }

    /// The job of a name that did not come into the film, open or not.
    #[must_use]
    pub fn find(folder: &ProjectFolder, job_id: &str) -> Option<Self> {
        let is_closed = |record: &JobRecord| record.adopted || record.closed == Some(Closed::Kept);
        let found = |record: &&JobRecord| record.job_id == job_id && !is_closed(record);
        JobRecord::list(folder).iter().find(found).map(Self::new)
    }

    fn new(record: &JobRecord) -> Self {
        let kind = record.request.kind();
        Self {
            job_id: record.job_id.clone(),
            model: record.model.clone(),
            purpose: record.purpose.clone(),
            kind,
            created_at: record.created_at.clone(),
            target: OpenJobTarget::of(&record.purpose, kind),
        }
    }
}

impl OpenJobTarget {
    /// Reads a purpose, as the files of this room write them.
    fn of(purpose: &str, kind: RequestKind) -> Option<Self> {
        let (scene, rest) = purpose.split_once('/')?;
        let scene_id = SceneId::new(scene).ok()?;
        Some(match kind {
            RequestKind::Video => Self::Shot(scene_id, ShotId::new(rest).ok()?),
            RequestKind::LipSync => Self::Shot(scene_id, ShotId::new(rest.strip_suffix(LIP_SYNC)?).ok()?),
            RequestKind::Speech | RequestKind::VoiceConversion => Self::Line(scene_id, LineId::new(rest).ok()?),
            RequestKind::Music => Self::Lane(scene_id, AudioLane::Music),
            RequestKind::SoundEffect => Self::Lane(scene_id, AudioLane::Ambient),
            RequestKind::Image => return None,
        })
    }
}

/// On whose word a job goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobsWord {
    /// Nobody's: what its vendor does not have is not handed in.
    Nobody,
    /// A person asks for it: what was never sent, or came to nothing, is handed in; what was never answered is not.
    GoOn,
    /// A person has looked at the vendor's: what was never answered is handed in once more, unless it is found there.
    OnceMore,
    /// A person wants it no more: it is stopped, also at its vendor.
    Stop,
    /// What it made has no place in the film any more, and a person wants it as a file of its own.
    Keep,
    /// What it made has no place in the film any more, and a person lets it go. What it cost stays in the ledger.
    Dismiss,
}

impl JobsWord {
    const fn begun(self) -> Begun {
        match self {
            Self::Nobody | Self::Stop | Self::Keep | Self::Dismiss => Begun::EarlierUnasked,
            Self::GoOn => Begun::Earlier,
            Self::OnceMore => Begun::OnceMore,
        }
    }

    const fn may_reopen(self) -> bool {
        matches!(self, Self::GoOn | Self::OnceMore)
    }
}

impl Generator {
    /// Stops a job of this project, also at its vendor. One that was made meanwhile, or that its vendor cannot stop,
    /// stays open, for it is paid for; one that was never answered is given up.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub fn cancel_job(&self, film: &OpenFilm<'_>, job_id: &str) -> Result<JobListing, GenerationError> {
        let unknown = || GenerationError::NoOpenJob(job_id.to_owned());
        let record = JobRecord::list_open(film.folder).into_iter().find(|record| record.job_id == job_id);
        let record = record.ok_or_else(unknown)?;
        let no_model = || ProviderError::ModelNotFound { model: record.model.clone() };
        let provider = self.registry.get(record.provider_id()).ok_or_else(no_model)?;
        Ok(JobListing::of(&self.stop_record(film.folder, &*provider, record)?))
    }

    /// Goes on with a job that an earlier run left open, and brings what it makes into the film.
    ///
    /// # Errors
    /// [`GenerationError`]; a vendor that works on keeps working, and what it made is kept.
    pub fn resume(&self, film: &mut OpenFilm<'_>, job_id: &str, word: JobsWord) -> Result<OpenJob, GenerationError> {
        let find = || {
            let mut records = JobRecord::list(film.folder).into_iter();
            let is_it = |record: &JobRecord| {
                let is_closed = record.adopted || record.closed == Some(Closed::Kept);
                record.job_id == job_id && !is_closed && (record.is_open() || word.may_reopen())
            };
            records.find(is_it)
        };
        let unknown = || GenerationError::NoOpenJob(job_id.to_owned());
        let purpose = find().ok_or_else(unknown)?.purpose;
        let _claim = self.claim(&purpose)?;
        // Whoever had the claim before may have brought it.
        let mut record = find().ok_or_else(unknown)?;
        // One that was let go is wanted after all: it was made, and is not asked for once more.
        record.closed = None;
        let open = OpenJob::new(&record);
        match word {
            JobsWord::Stop => {
                // Made meanwhile, it is paid for, and stays to be brought.
                self.cancel_job(film, job_id)?;
                return Err(Cancelled.into());
            }
            JobsWord::Keep => return self.keep_record(film, record, None).map(|_| open),
            JobsWord::Dismiss => return Self::dismiss_record(film.folder, record).map(|_| open),
            JobsWord::Nobody | JobsWord::GoOn | JobsWord::OnceMore => {}
        }
        let no_model = || ProviderError::ModelNotFound { model: open.model.clone() };
        let address: ModelAddress = open.model.parse().map_err(|_| no_model())?;
        let provider = self.registry.get(&address.provider_id).ok_or_else(no_model)?;
        let request = record.request.clone();
        // Where nothing was taken in, asking again is what was meant.
        let is_unknown = record.vendor_id.is_none() && record.hand_in == HandIn::Unanswered;
        let begun = if record.is_open() || is_unknown { word.begun() } else { Begun::OnceMore };
        if open.target.is_none() && !open.purpose.starts_with(AUDITION) {
            return Err(GenerationError::NoPlace { job_id: open.job_id, purpose: open.purpose });
        }
        let finished = self.run_record(film, &*provider, record, begun)?;
        let Some(target) = open.target.clone() else {
            self.keep_audition(film, &open.purpose, &address, finished)?;
            return Ok(open);
        };
        match target {
            OpenJobTarget::Shot(scene_id, shot_id) => {
                let (prompt, seed) = (prompt_of(&request), seed_of(&request));
                let facts = TakeFacts::of_job(&address, prompt, seed, &finished.output);
                self.add_made_take(film, &scene_id, &shot_id, finished, facts)?;
            }
            OpenJobTarget::Line(scene_id, line_id) => {
                let line = film.line(&scene_id, &line_id).map_err(|error| finished.kept_from(error))?;
                if let GenerationRequest::Speech(speech) = &request
                    && speech.text != line.text
                {
                    let gone = format!("{scene_id}/{line_id} has other words now");
                    return Err(finished.gone(gone));
                }
                let voice = voice_of(&request)
                    .map_or_else(|| address.to_string(), |voice| format!("{}:{voice}", address.provider_id));
                self.adopt_speech(film, &scene_id, &line_id, &voice, finished)?;
                self.assemble_voice(film, &scene_id)?;
            }
            OpenJobTarget::Lane(scene_id, lane) => {
                self.adopt_bed(film, &scene_id, lane, finished)?;
            }
        }
        Ok(open)
    }
}

fn prompt_of(request: &GenerationRequest) -> String {
    match request {
        GenerationRequest::Video(video) => video.final_prompt.clone(),
        GenerationRequest::LipSync(lips) => lips.prompt.clone(),
        _ => String::new(),
    }
}

const fn seed_of(request: &GenerationRequest) -> Option<u64> {
    match request {
        GenerationRequest::Video(video) => video.seed,
        GenerationRequest::LipSync(lips) => lips.seed,
        _ => None,
    }
}

fn voice_of(request: &GenerationRequest) -> Option<&str> {
    match request {
        GenerationRequest::Speech(speech) => speech.voice_id.as_deref(),
        GenerationRequest::VoiceConversion(conversion) => conversion.voice_id.as_deref(),
        _ => None,
    }
}
