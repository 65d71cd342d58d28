//! The one door: the system that runs operators and applies their edits.

use super::{Availability, History, OperatorError, OperatorRegistry, Plan, apply};
use crate::document::FilmView;
use bevy::prelude::{Message, Messages, World};
use serde_json::{Value, json};

/// Asks for an operator to run. Panels, keys, the command line and the local API all send this.
#[derive(Message, Debug, Clone, PartialEq)]
pub struct RunOperator {
    /// Chosen by the sender, to find the outcome.
    pub run_id: u64,
    /// Id of the operator, for example `shot.add`.
    pub operator: String,
    /// Its parameters as JSON.
    pub params: Value,
    /// Runs with the same group that follow each other are undone as one: one number a drag.
    pub group: Option<u64>,
}

/// What came of a [`RunOperator`].
#[derive(Message, Debug, Clone, PartialEq)]
pub struct OperatorOutcome {
    /// From the request.
    pub run_id: u64,
    /// From the request.
    pub operator: String,
    /// The operator's answer, or why nothing was changed.
    pub result: Result<Value, OperatorError>,
}

/// Runs every operator that was asked for, in order.
pub(super) fn run_operators(world: &mut World) {
    let runs: Vec<_> = world.resource_mut::<Messages<RunOperator>>().drain().collect();
    for run in runs {
        let result = run_operator(world, &run.operator, run.params, run.group);
        world.write_message(OperatorOutcome { run_id: run.run_id, operator: run.operator, result });
    }
}

fn run_operator(world: &mut World, id: &str, params: Value, group: Option<u64>) -> Result<Value, OperatorError> {
    let (plan, label) = {
        let unknown = || OperatorError::UnknownOperator(id.chars().take(80).collect());
        let operator = world.get_resource::<OperatorRegistry>().and_then(|all| all.get(id)).ok_or_else(unknown)?;
        let view = FilmView::new(world);
        if let Availability::Unavailable(reason) = operator.availability(view) {
            return Err(OperatorError::Unavailable { operator: id.to_owned(), reason });
        }
        (operator.plan(view, params)?, operator.label())
    };
    match plan {
        Plan::Change { edits, answer } => {
            let inverse = apply(world, edits)?;
            if !inverse.is_empty() {
                world.resource_mut::<History>().push(label, inverse, group);
            }
            Ok(answer)
        }
        Plan::Undo => {
            let Some(step) = world.resource::<History>().last_done() else { return Ok(json!({ "undone": null })) };
            let again = apply(world, step.edits)?;
            world.resource_mut::<History>().undid(again);
            Ok(json!({ "undone": step.label }))
        }
        Plan::Redo => {
            let Some(step) = world.resource::<History>().last_undone() else { return Ok(json!({ "redone": null })) };
            let back = apply(world, step.edits)?;
            world.resource_mut::<History>().redid(back);
            Ok(json!({ "redone": step.label }))
        }
    }
}
