//! What panels ask for. A panel changes nothing itself: it draws, and it asks.

use super::{model::ShotName, state::Selection};
use crate::{
    generation::FrameEnd,
    jobs::{ClipPlace, JobAsk, JobId},
};
use kinora_core::{
    film::{FrameSize, ProjectPath},
    ids::{CharacterId, SceneId, ShotId},
    time::FrameRate,
};
use kinora_transport::Secret;
use serde_json::Value;
use std::path::PathBuf;

/// Everything a panel can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// An operator: the one way to change the film.
    Run {
        /// Its id, for example `shot.set`.
        operator: &'static str,
        /// Its parameters.
        params: Value,
        /// Runs of one group that follow each other are undone as one.
        group: Option<u64>,
    },
    /// Long work: it becomes a job.
    Start(JobAsk),
    /// Ends a job, also at the vendor.
    CancelJob(JobId),
    /// Starts a failed or cancelled job again.
    RetryJob(JobId),
    /// Hands a job that was never answered in once more: it may be paid for twice.
    SendAgain(JobId),
    /// Closes a job whose place in the film is gone: what it made is kept as a file of its own, or let go.
    CloseJob {
        /// Which.
        job_id: JobId,
        /// Whether it is kept.
        keep: bool,
    },
    /// Lets a job that waits have the next turn.
    RunNext(JobId),
    /// Starts no more jobs, or goes on starting them.
    PauseJobs(bool),
    /// Something about the keys of vendors.
    Keys(KeyAsk),
    /// Takes ended jobs out of the tray.
    ClearJobs,
    /// Selects.
    Select(Selection),
    /// Moves the playhead to a frame of the film.
    Seek(u64),
    /// Shows a shot in the timeline and selects it.
    Reveal(ShotName),
    /// Copies a picture into the project as a character's portrait.
    BringPortrait(CharacterId, PathBuf),
    /// Opens a project folder, in place of the open one.
    Open(PathBuf),
    /// Makes a project and opens it.
    New(NewProject),
    /// Opens the copy of the sample film that is there; makes one where there is none.
    OpenSample {
        /// Whether to make another copy in any case.
        afresh: bool,
    },
    /// Gives up opening or making a project; the film that is open stays.
    CancelOpening,
    /// Does again what a run that was cut short had not saved, or forgets it.
    Recover(bool),
    /// Saves and closes the film: back to the welcome screen.
    Close,
    /// Saves now.
    Save,
    /// Opens the file manager at a file.
    ShowInFolder(PathBuf),
    /// Opens a file with the system's own program for it.
    OpenFile(PathBuf),
    /// Opens an address with the system's own program for it.
    OpenLink(String),
    /// Plays a sound file.
    Listen(PathBuf),
    /// Says something to the maker.
    Tell(Notice),
    /// Leaves the editor.
    Quit,
}

/// What can be asked about the keys of vendors. A key shows itself to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAsk {
    /// Looks where each is.
    Look,
    /// Puts one of a provider into the vault.
    Set(String, Secret),
    /// Asks a provider whether it takes its key.
    Test(String),
    /// Takes the one of a provider out of the vault.
    Remove(String),
    /// Reads the live schemas of a provider's models.
    ReadModels(String),
}

impl Ask {
    /// Gives shots a picture of their scene as their first or last frame, or none: one operator, whatever their number.
    #[must_use]
    pub fn set_frame(names: &[ShotName], end: FrameEnd, path: Option<&ProjectPath>) -> Self {
        let (operator, params) = end.setting(names, path);
        Self::Run { operator, params, group: None }
    }

    /// Brings a picture into the film as the first or last frame that shots are asked for with, in one step.
    #[must_use]
    pub fn bring_frame(shots: Vec<ShotName>, end: FrameEnd, path: PathBuf) -> Self {
        Self::Start(JobAsk::ImportFrame { shots, end, path })
    }

    /// Brings a clip into a scene: a take of a shot, or a shot of its own.
    #[must_use]
    pub fn bring_clip(scene_id: SceneId, shot_id: Option<ShotId>, path: PathBuf) -> Self {
        let place = shot_id.map_or(ClipPlace::NewShot { index: None }, ClipPlace::TakeOf);
        Self::Start(JobAsk::ImportClip { scene_id, place, path })
    }
}

/// What a new project is told.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProject {
    /// Its folder: not there yet, or empty.
    pub folder: PathBuf,
    /// Title of the film.
    pub title: String,
    /// Frames a second.
    pub rate: FrameRate,
    /// Size of the picture.
    pub size: FrameSize,
    /// A screenplay to begin with.
    pub screenplay: Option<PathBuf>,
}

/// How much a notice weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is done.
    Good,
    /// Good to know.
    Plain,
    /// Something is not as it should be.
    Warn,
    /// It failed.
    Bad,
}

/// Something said to the maker once, in a corner of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// How much it weighs.
    pub weight: Weight,
    /// What happened.
    pub title: String,
    /// Why, and what to do.
    pub detail: String,
}

impl Notice {
    /// A notice.
    #[must_use]
    pub fn new(weight: Weight, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { weight, title: title.into(), detail: detail.into() }
    }
}

/// What was asked for in this frame, in order.
#[derive(Debug, Default, PartialEq)]
pub struct Asks(pub Vec<Ask>);

impl Asks {
    /// Asks for something.
    pub fn push(&mut self, ask: Ask) {
        self.0.push(ask);
    }

    /// Asks for an operator as a step of its own.
    pub fn run(&mut self, operator: &'static str, params: Value) {
        self.push(Ask::Run { operator, params, group: None });
    }

    /// Asks for an operator as part of a drag, or of typing in one field.
    pub fn run_in(&mut self, operator: &'static str, params: Value, group: u64) {
        self.push(Ask::Run { operator, params, group: Some(group) });
    }
}
