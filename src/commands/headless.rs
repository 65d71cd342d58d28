//! The editor without a window: the command line, tests and scripts drive the same operators through it.

use super::{CommandsPlugin, OperatorError, OperatorOutcome, RunOperator};
use crate::document::{Autosave, DocumentPlugin, FilmStore, FilmView, SaveNow, SaveOutcome, spawn_film};
use bevy::prelude::{App, Messages};
use kinora_core::film::Film;
use serde_json::Value;
use std::{error::Error, sync::Arc};

/// An open film and its operators, stepped by hand.
pub struct HeadlessEditor {
    app: App,
    next_run_id: u64,
}

impl HeadlessEditor {
    /// Opens a film. Its changes go to `store` when [`HeadlessEditor::save`] is called.
    pub fn new(film: &Film, store: impl FilmStore) -> Self {
        let mut app = App::new();
        app.add_plugins((DocumentPlugin, CommandsPlugin)).insert_resource(Autosave::new(store));
        app.finish();
        app.cleanup();
        spawn_film(app.world_mut(), film);
        Self { app, next_run_id: 0 }
    }

    /// The film as it is now.
    #[must_use]
    pub fn view(&self) -> FilmView<'_> {
        FilmView::new(self.app.world())
    }

    /// The app, to add plugins to.
    pub const fn app_mut(&mut self) -> &mut App {
        &mut self.app
    }

    /// Runs one operator.
    ///
    /// # Errors
    /// [`OperatorError`]; the film is then as it was.
    pub fn run(&mut self, operator: &str, params: Value) -> Result<Value, OperatorError> {
        self.run_in_group(operator, params, None)
    }

    /// Runs one operator as part of a group that is undone as one.
    ///
    /// # Errors
    /// [`OperatorError`]; the film is then as it was.
    pub fn run_in_group(&mut self, operator: &str, params: Value, group: Option<u64>) -> Result<Value, OperatorError> {
        self.next_run_id += 1;
        let run_id = self.next_run_id;
        self.app.world_mut().write_message(RunOperator { run_id, operator: operator.to_owned(), params, group });
        self.app.update();
        let mut outcomes = self.app.world_mut().resource_mut::<Messages<OperatorOutcome>>();
        let outcome = outcomes.drain().find(|outcome| outcome.run_id == run_id);
        outcome.map_or_else(|| Err(OperatorError::UnknownOperator(operator.to_owned())), |outcome| outcome.result)
    }

    /// Saves what changed, and says how many files that were.
    ///
    /// # Errors
    /// Whatever kept a file from being written.
    pub fn save(&mut self) -> Result<usize, Arc<dyn Error + Send + Sync>> {
        self.app.world_mut().resource_mut::<Messages<SaveOutcome>>().clear();
        self.app.world_mut().write_message(SaveNow);
        self.app.update();
        let mut outcomes = self.app.world_mut().resource_mut::<Messages<SaveOutcome>>();
        match outcomes.drain().last() {
            Some(SaveOutcome::Saved { files, .. }) => Ok(files),
            Some(SaveOutcome::Failed { error, .. }) => Err(error),
            None => Err(Arc::from(Box::<dyn Error + Send + Sync>::from("the film has no place to be saved to"))),
        }
    }
}
