//! Why a render could not be made ready.

use crate::{
    continuity::ContinuityError,
    film::PathError,
    ids::SceneId,
    media::MediaError,
    progress::Cancelled,
    render::{execute::ExecuteError, gather::GatherError, plan::PlanError},
    store::StoreError,
    worker::WorkerError,
};

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is no such scene.
    #[error("there is no scene {0}: `kinora scene list` names the scenes of the film")]
    NoScene(SceneId),
    /// Shots without a take, or whose clip is gone.
    #[error("no clip for {}: generate them, bring the clips back, or leave them out with --skip-missing", .0.join(", "))]
    MissingTakes(Vec<String>),
    /// A path that leads out of the project.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A take or sound could not be conformed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The process that conformed a take failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Something is no longer there.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// There is nothing to render.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The render itself.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}; close other programs and render again")]
    Thread(std::io::Error),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl RenderError {
    /// A stable word for the kind of error.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::NoScene(_) => "no_scene",
            Self::MissingTakes(_) => "missing_takes",
            Self::Path(_) => "path",
            Self::Media(error) => error.kind(),
            Self::Worker(error) => error.kind(),
            Self::Gather(_) => "missing",
            Self::Plan(_) => "nothing_to_render",
            Self::Execute(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Thread(_) => "thread",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

impl From<ContinuityError> for RenderError {
    fn from(error: ContinuityError) -> Self {
        match error {
            ContinuityError::Media(media) => Self::Media(media),
            ContinuityError::Store(store) => Self::Store(store),
        }
    }
}
