//! `history.*`

use crate::{
    commands::{Availability, History, Operator, OperatorError, Plan},
    document::FilmView,
};
use serde::Deserialize;

/// No parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// `history.undo`
pub(super) struct Undo;

impl Operator for Undo {
    type Params = Nothing;
    const ID: &'static str = "history.undo";
    const LABEL: &'static str = "Undo";
    const DESCRIPTION: &'static str = "Takes back the last change.";

    fn availability(&self, film: FilmView<'_>) -> Availability {
        match film.world().get_resource::<History>().and_then(History::undo_label) {
            Some(_) => Availability::Available,
            None => Availability::Unavailable("there is nothing to undo".to_owned()),
        }
    }

    fn plan(&self, _film: FilmView<'_>, _params: Self::Params) -> Result<Plan, OperatorError> {
        Ok(Plan::Undo)
    }
}

/// `history.redo`
pub(super) struct Redo;

impl Operator for Redo {
    type Params = Nothing;
    const ID: &'static str = "history.redo";
    const LABEL: &'static str = "Redo";
    const DESCRIPTION: &'static str = "Does the last undone change again.";

    fn availability(&self, film: FilmView<'_>) -> Availability {
        match film.world().get_resource::<History>().and_then(History::redo_label) {
            Some(_) => Availability::Available,
            None => Availability::Unavailable("there is nothing to redo".to_owned()),
        }
    }

    fn plan(&self, _film: FilmView<'_>, _params: Self::Params) -> Result<Plan, OperatorError> {
        Ok(Plan::Redo)
    }
}
