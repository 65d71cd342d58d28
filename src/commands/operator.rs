//! What a user action is: an operator. Built-in ones and those of plugins go through the same door.

use super::{Edit, EditError};
use crate::document::{FilmView, UnknownName};
use kinora_core::film::FileCopy;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A user action. It reads the film and says which edits to make; it changes nothing itself.
pub trait Operator: Send + Sync + 'static {
    /// What it is told.
    type Params: DeserializeOwned + 'static;
    /// Stable name, for example `shot.add`.
    const ID: &'static str;
    /// Name in menus and in the undo list, for example `Add shot`.
    const LABEL: &'static str;
    /// What it does, in a sentence.
    const DESCRIPTION: &'static str;

    /// Whether it can run now, and if not why not, in words.
    fn availability(&self, film: FilmView<'_>) -> Availability {
        needs_film(film)
    }

    /// The edits that do what was asked.
    ///
    /// # Errors
    /// [`OperatorError`] when the parameters do not fit the film.
    fn plan(&self, film: FilmView<'_>, params: Self::Params) -> Result<Plan, OperatorError>;
}

/// Whether an operator can run now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It can.
    Available,
    /// It cannot, and this is why.
    Unavailable(String),
}

/// The usual answer: an operator needs an open film.
#[must_use]
pub fn needs_film(film: FilmView<'_>) -> Availability {
    if film.is_open() {
        Availability::Available
    } else {
        Availability::Unavailable("no film is open: open or make a project first".to_owned())
    }
}

/// What an operator wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Make these edits, as one step of the history.
    Change {
        /// The edits in order.
        edits: Vec<Edit>,
        /// What the caller gets to know, for example the name of the new shot.
        answer: Value,
        /// Media that must lie under another name for the edits to be true. They are brought when the edits are made and
        /// stay when they are undone, so a plan never depends on the disk.
        files: Vec<FileCopy>,
    },
    /// Take back the last step of the history.
    Undo,
    /// Do the last undone step again.
    Redo,
}

impl Plan {
    /// Edits with an answer.
    #[must_use]
    pub const fn new(edits: Vec<Edit>, answer: Value) -> Self {
        Self::Change { edits, answer, files: Vec::new() }
    }

    /// Edits with an answer, and the media to bring for them.
    #[must_use]
    pub const fn with_files(edits: Vec<Edit>, answer: Value, files: Vec<FileCopy>) -> Self {
        Self::Change { edits, answer, files }
    }
}

/// Why an operator did nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OperatorError {
    /// No operator has this id.
    #[error("there is no operator {0}")]
    UnknownOperator(String),
    /// The parameters are not what the operator takes.
    #[error("{operator} does not take these parameters: {message}")]
    Params {
        /// The operator.
        operator: String,
        /// What is wrong with them.
        message: String,
    },
    /// It cannot run now.
    #[error("{operator} cannot run: {reason}")]
    Unavailable {
        /// The operator.
        operator: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// The parameters name something that cannot be done to this film.
    #[error("{0}")]
    Refused(String),
    /// The media of a change could not be brought to their new names, or the film could not be saved before.
    #[error("{0}")]
    Files(String),
    /// An edit was refused.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl From<UnknownName> for OperatorError {
    fn from(error: UnknownName) -> Self {
        Self::Edit(error.into())
    }
}

/// The object-safe twin of [`Operator`]: what the registry holds.
pub trait ErasedOperator: Send + Sync + 'static {
    /// [`Operator::ID`].
    fn id(&self) -> &'static str;
    /// [`Operator::LABEL`].
    fn label(&self) -> &'static str;
    /// [`Operator::DESCRIPTION`].
    fn description(&self) -> &'static str;
    /// [`Operator::availability`].
    fn availability(&self, film: FilmView<'_>) -> Availability;
    /// [`Operator::plan`] from JSON parameters.
    ///
    /// # Errors
    /// [`OperatorError`].
    fn plan(&self, film: FilmView<'_>, params: Value) -> Result<Plan, OperatorError>;
}

impl<O: Operator> ErasedOperator for O {
    fn id(&self) -> &'static str {
        O::ID
    }
    fn label(&self) -> &'static str {
        O::LABEL
    }
    fn description(&self) -> &'static str {
        O::DESCRIPTION
    }
    fn availability(&self, film: FilmView<'_>) -> Availability {
        Operator::availability(self, film)
    }
    fn plan(&self, film: FilmView<'_>, params: Value) -> Result<Plan, OperatorError> {
        let params = serde_json::from_value(params)
            .map_err(|error| OperatorError::Params { operator: O::ID.to_owned(), message: error.to_string() })?;
        Operator::plan(self, film, params)
    }
}
