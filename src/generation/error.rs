//! Why something was not generated.

use crate::{commands::OperatorError, document::UnknownName};
use kinora_core::{
    film::{FilmError, PathError},
    ids::{LineId, SceneId, ShotId},
    media::MediaError,
    progress::Cancelled,
    render::RenderError,
    screenplay::ScreenplayError,
    store::StoreError,
    worker::WorkerError,
};
use kinora_provider::{FieldProblem, ProviderError, RequestKind, usd_words};
use std::path::PathBuf;

/// Why something was not generated. The film is as it was.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// The provider refused or failed.
    #[error("{error} {}{}", error.what_to_do(), after_space(money.words()))]
    Provider {
        /// What it said.
        error: ProviderError,
        /// Whether money was taken.
        money: Money,
    },
    /// No provider has a model for this.
    #[error("no model {name:?} for {kind}; known are: {known}")]
    NoModel {
        /// The model asked for; empty when none was.
        name: String,
        /// The kind of work.
        kind: RequestKind,
        /// What there is.
        known: String,
    },
    /// A continued shot whose source has no take yet.
    #[error(
        "{scene_id}/{shot_id} continues {source_scene_id}/{source_shot_id}, which has no take yet; generate that one \
         first"
    )]
    SourceWithoutTake {
        /// Scene of the shot.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
        /// Scene of the shot it continues.
        source_scene_id: SceneId,
        /// The shot it continues.
        source_shot_id: ShotId,
    },
    /// There is nothing to work on.
    #[error("{0}")]
    Nothing(String),
    /// A line has no voice recording to work with.
    #[error("{scene_id}/{line_id} is not spoken yet; generate the voice first")]
    LineWithoutVoice {
        /// The scene.
        scene_id: SceneId,
        /// The line.
        line_id: LineId,
    },
    /// What came back is not what was asked for.
    #[error("the {kind} that came back cannot be used: {reason}; it is kept at {}", kept.display())]
    BadOutput {
        /// The kind of work.
        kind: RequestKind,
        /// What is wrong.
        reason: String,
        /// Where it is kept.
        kept: PathBuf,
    },
    /// A job was handed in, its answer never came, and the vendor's list does not show it or does not exist.
    #[error(
        "job {job_id} of {created_at} was handed to {model} and never answered: it may be running and paid for \
         already{}. Look at your jobs there. `kinora jobs retry` hands it in once more, `kinora jobs cancel` gives it up",
        if *list_lacks_it { ", though the list of jobs there does not show it" } else { "" }
    )]
    LostJob {
        /// The job.
        job_id: String,
        /// `provider:model`.
        model: String,
        /// When it was handed in.
        created_at: String,
        /// Whether the vendor was asked for its jobs, and this one was not among them.
        list_lacks_it: bool,
    },
    /// What a vendor made is not on this machine yet.
    #[error(
        "what was made for {purpose} could not be fetched: {reason}. It is paid for and its job {job_id} stays open: \
         `kinora jobs resume` tries again; do it soon, vendors delete what they made"
    )]
    NotFetched {
        /// What it is for.
        purpose: String,
        /// The job.
        job_id: String,
        /// What failed.
        reason: String,
    },
    /// It would cost more than the film's budget leaves.
    #[error(
        "{model} asks {} for this, and {} of the budget of {} are spent or set aside: nothing was sent. Raise budget_usd in \
         the settings, or choose another model",
        usd_words(*price_usd), usd_words(*committed_usd), usd_words(*budget_usd)
    )]
    OverBudget {
        /// `provider:model`.
        model: String,
        /// Its price in US dollars.
        price_usd: f64,
        /// Spent and set aside so far, in US dollars.
        committed_usd: f64,
        /// The film's budget in US dollars.
        budget_usd: f64,
    },
    /// There is a budget, and nobody knows what this costs.
    #[error(
        "nobody knows what {model} asks for this, and the film has a budget of {}: nothing was sent. Take budget_usd out of \
         the settings, or choose another model",
        usd_words(*budget_usd)
    )]
    NoPrice {
        /// `provider:model`.
        model: String,
        /// The film's budget in US dollars.
        budget_usd: f64,
    },
    /// A file that a waiting job was to be sent with is no longer what it was.
    #[error("{} has changed since this was asked: nothing was sent. Ask for it again", .0.display())]
    InputChanged(PathBuf),
    /// What a take, line or lane was made for is no longer in the film.
    #[error(
        "{gone}, so what was made is not in the film; it is kept at {}. Undo the removal and try again, or keep it as a \
         file of its own (`kinora jobs keep`), or let it go (`kinora jobs dismiss`)", kept.display()
    )]
    Gone {
        /// What is missing, in words.
        gone: String,
        /// Where what was made is kept.
        kept: PathBuf,
        /// The job that made it, which stays open.
        job_id: String,
    },
    /// A job of a purpose that this build does not know.
    #[error(
        "this build does not know where {purpose} belongs: what was made can be kept as a file of its own (`kinora jobs keep \
         {job_id}`)"
    )]
    NoPlace {
        /// The job.
        job_id: String,
        /// What it is for.
        purpose: String,
    },
    /// A job that made nothing yet cannot be kept or dismissed.
    #[error("{0} is not made yet, so there is nothing to keep or dismiss: `kinora jobs cancel` stops it")]
    NotMade(String),
    /// The film was closed while the work ran.
    #[error("the film was closed while this ran; open it again: what was paid for is then brought")]
    FilmClosed,
    /// No job of that name is open on disk.
    #[error("there is no such open job: {0}. `kinora jobs list` names them")]
    NoOpenJob(String),
    /// A file from outside the project could not be read.
    #[error("{}: {error}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A sound file without sound.
    #[error("{}: it holds no sound; bring a WAV, MP3, FLAC, OGG or M4A file", .0.display())]
    NoSound(PathBuf),
    /// Every name for a file is taken.
    #[error("there is no free name for {0}")]
    NoFreeName(String),
    /// A screenplay that cannot be read.
    #[error(transparent)]
    Screenplay(#[from] ScreenplayError),
    /// A job of an earlier run that its vendor does not know. It is not handed in unasked.
    #[error("{0} was asked for earlier and the vendor knows nothing of it: ask for it again if you still want it")]
    NotSent(String),
    /// The film could not be saved because the disk is full.
    #[error("the film could not be saved: {0}")]
    DiskFull(String),
    /// The film could not be saved.
    #[error("the film could not be saved: {0}")]
    Save(String),
    /// The system gives no threads.
    #[error("cannot start the provider threads: {0}")]
    Runtime(String),
    /// An operator refused.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// A name that is not in the film.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// A file could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Work on media failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Media are not what they should be.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The film could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The project folder refused.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// A name that makes no path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl GenerationError {
    /// A stable word for the kind of error.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Provider { error: ProviderError::Cancelled, .. } | Self::Cancelled(_) => "cancelled",
            Self::Provider { error: ProviderError::DiskFull { .. }, .. } => "disk_full",
            Self::Provider { .. } => "provider",
            Self::NoModel { .. } => "model",
            Self::SourceWithoutTake { .. } | Self::Nothing(_) | Self::LineWithoutVoice { .. } => "nothing_to_do",
            Self::BadOutput { .. } => "bad_output",
            Self::NotSent(_) => "not_sent",
            Self::LostJob { .. } => "lost_job",
            Self::NotFetched { .. } => "not_fetched",
            Self::OverBudget { .. } | Self::NoPrice { .. } => "budget",
            Self::InputChanged(_) => "input_changed",
            Self::DiskFull(_) => "disk_full",
            Self::Save(_) | Self::NoFreeName(_) => "store",
            Self::Gone { .. } => "gone",
            Self::NotMade(_) => "not_made",
            Self::NoPlace { .. } => "unknown",
            Self::FilmClosed => "film_closed",
            Self::NoOpenJob(_) => "unknown",
            Self::Unreadable { .. } => "io",
            Self::NoSound(_) => "media",
            Self::Screenplay(_) => "screenplay",
            Self::Path(_) => "path",
            Self::Store(error) => error.kind(),
            Self::Runtime(_) => "system",
            Self::Operator(_) | Self::Unknown(_) => "operator",
            Self::Worker(error) => error.kind(),
            Self::Media(error) => error.kind(),
            Self::Render(error) => error.kind(),
            Self::Film(error) => error.kind(),
        }
    }

    /// What the person can do about it, where the message does not say so itself.
    #[must_use]
    pub fn what_to_do(&self) -> Option<String> {
        match self {
            Self::Provider { error, .. } => Some(error.what_to_do()),
            _ => None,
        }
    }

    /// Whether money was taken, as far as it is known and not said by the message.
    #[must_use]
    pub const fn money(&self) -> Money {
        match self {
            Self::Provider { money, .. } => *money,
            _ => Money::Untold,
        }
    }

    /// The inputs a provider refused, each by the name of its control.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        match self {
            Self::Provider { error: ProviderError::InvalidInput { problems }, .. } => problems.clone(),
            Self::Provider { error: ProviderError::ContentRefused { message, field: Some(field), .. }, .. } => {
                vec![FieldProblem { field: field.clone(), reason: message.clone() }]
            }
            _ => Vec::new(),
        }
    }
}

impl From<ProviderError> for GenerationError {
    fn from(error: ProviderError) -> Self {
        Self::Provider { error, money: Money::Untold }
    }
}

/// Whether a request that failed cost money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// There is nothing to say.
    Untold,
    /// None was taken.
    NotTaken,
    /// It was taken all the same.
    Taken,
    /// The vendor does not say.
    Unknown,
}

impl Money {
    /// What is known of a job that was taken in and failed.
    #[must_use]
    pub const fn of(error: &ProviderError) -> Self {
        match error {
            ProviderError::ContentRefused { charged: Some(true), .. } => Self::Taken,
            ProviderError::ContentRefused { charged: Some(false), .. } => Self::NotTaken,
            _ => Self::Unknown,
        }
    }

    /// The same as the ledger keeps it.
    pub(super) const fn charged(self) -> Option<bool> {
        match self {
            Self::NotTaken => Some(false),
            Self::Taken => Some(true),
            Self::Untold | Self::Unknown => None,
        }
    }

    /// A sentence for a person; empty where there is nothing to say.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Untold => "",
            Self::NotTaken => "No money was taken.",
            Self::Taken => "Money was taken for it.",
            Self::Unknown => "Whether money was taken the vendor does not say: look at your account there.",
        }
    }

    /// One word for programs.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Untold => None,
            Self::NotTaken => Some("not_taken"),
            Self::Taken => Some("taken"),
            Self::Unknown => Some("unknown"),
        }
    }
}

fn after_space(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}
