//! A command that failed: what, why, what to do. Shown once, by `main`.

use crate::{commands::OperatorError, generation::GenerationError};
use kinora_core::{
    film::{FilmError, PathError},
    render::RenderError,
    screenplay::ScreenplayError,
    store::StoreError,
    worker::WorkerError,
};
use kinora_provider::FieldProblem;
use serde_json::{Value, json};
use std::fmt;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable word for programs: `project`, `operator`, `media`, `provider`, `cancelled` …
    pub kind: Box<str>,
    /// What did not happen: `add a shot to scene_001`.
    pub what: String,
    /// Why not. Says what to do, unless `fix` does.
    pub why: String,
    /// What to do about it.
    pub fix: Option<String>,
    /// The inputs that a provider refused, and why each.
    pub problems: Box<[FieldProblem]>,
    /// Whether a provider took money, where there is something to say: `taken`, `not_taken`, `unknown`.
    pub money: Option<&'static str>,
}

impl Failure {
    /// A failure of a kind.
    pub(crate) fn new(kind: &str, why: impl fmt::Display) -> Self {
        let (kind, why) = (kind.into(), why.to_string());
        Self { kind, what: String::new(), why, fix: None, problems: Box::default(), money: None }
    }

    /// Says what to do.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// For `--json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self { kind, what, why, fix, problems, money } = self;
        let mut error = json!({ "kind": kind, "what": what, "why": why, "fix": fix });
        if !problems.is_empty() {
            error["problems"] = json!(problems);
        }
        if let Some(money) = money {
            error["money"] = json!(money);
        }
        json!({ "error": error })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.what.is_empty() {
            write!(formatter, "error: {}", self.why)?;
        } else {
            write!(formatter, "error: could not {}\n  {}", self.what, self.why)?;
        }
        if let Some(fix) = &self.fix {
            write!(formatter, "\n  {fix}")?;
        }
        Ok(())
    }
}

/// Adds what was being done to an error.
pub(crate) trait Doing<T> {
    /// `what` completes "could not …".
    fn doing(self, what: impl Into<String>) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|error| {
            let failure: Failure = error.into();
            if failure.what.is_empty() { Failure { what: what.into(), ..failure } } else { failure }
        })
    }
}

macro_rules! failure_from {
    ($($error:ty => $kind:literal),* $(,)?) => {
        $( impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new($kind, error)
            }
        } )*
    };
}

failure_from! {
    PathError => "path",
    ScreenplayError => "screenplay",
    OperatorError => "operator",
    crate::document::UnknownName => "unknown",
    std::io::Error => "io",
}

impl From<FilmError> for Failure {
    fn from(error: FilmError) -> Self {
        Self::new(error.kind(), &error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.kind(), &error)
    }
}

impl From<GenerationError> for Failure {
    fn from(error: GenerationError) -> Self {
        // The texts say what to do themselves.
        Self { problems: error.problems().into(), money: error.money().word(), ..Self::new(error.kind(), &error) }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::new(error.kind(), &error)
    }
}

impl From<WorkerError> for Failure {
    fn from(error: WorkerError) -> Self {
        Self::new(error.kind(), &error)
    }
}
