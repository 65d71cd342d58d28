//! The one door: the system that runs operators and applies their edits.

use super::{Availability, Edit, History, OperatorError, OperatorRegistry, Plan, apply};
use crate::document::{FilmRevision, FilmView, MovedShots, bring_files, save_now};
use bevy::prelude::{Message, Messages, World};
use kinora_core::{
    film::FilmError,
    ids::{SceneId, ShotId},
    store::StoreError,
};
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
    /// The [`FilmRevision::film`] it left: what it changed is on the disk once a save speaks of this or a later one.
    pub revision: u64,
}

/// Runs every operator that was asked for, in order.
pub(super) fn run_operators(world: &mut World) {
    let runs: Vec<_> = world.resource_mut::<Messages<RunOperator>>().drain().collect();
    for run in runs {
        let result = run_operator(world, &run.operator, run.params, run.group);
        let revision = world.get_resource_or_init::<FilmRevision>().film();
        world.write_message(OperatorOutcome { run_id: run.run_id, operator: run.operator, result, revision });
    }
}

/// How often a change is planned anew because a file from a run that was cut short has the name of its media.
const MAX_NAME_TRIES: usize = 64;

#[expect(clippy::needless_pass_by_value, reason = "a plan that is made again needs the parameters again")]
fn run_operator(world: &mut World, id: &str, params: Value, group: Option<u64>) -> Result<Value, OperatorError> {
    let (plan, label) = plan_operator(world, id, params.clone())?;
    let step = match plan {
        Plan::Change { edits, answer, files } if files.is_empty() => (apply(world, edits)?, answer),
        Plan::Change { .. } => change_with_files(world, id, &params, plan)?,
        Plan::Undo => {
            let Some(step) = world.resource::<History>().last_done() else { return Ok(json!({ "undone": null })) };
            let again = apply(world, step.edits)?;
            world.resource_mut::<History>().undid(again);
            return Ok(json!({ "undone": step.label }));
        }
        Plan::Redo => {
            let Some(step) = world.resource::<History>().last_undone() else { return Ok(json!({ "redone": null })) };
            let back = apply(world, step.edits)?;
            world.resource_mut::<History>().redid(back);
            return Ok(json!({ "redone": step.label }));
        }
    };
    let (inverse, answer) = step;
    note_new_name(world, &answer);
    if !inverse.is_empty() {
        world.resource_mut::<History>().push(label, inverse, group);
    }
    Ok(answer)
}

/// An answer with `moved_from` says that a shot has another name now: what works on it under the old one follows.
fn note_new_name(world: &mut World, answer: &Value) {
    let name = |of: &Value| {
        let id = |field: &str| of.get(field).and_then(Value::as_str);
        Some((SceneId::new(id("scene_id")?).ok()?, ShotId::new(id("shot_id")?).ok()?))
    };
    if let (Some(from), Some(to)) = (answer.get("moved_from").and_then(name), name(answer)) {
        world.get_resource_or_init::<MovedShots>().note(&from, &to);
    }
}

fn plan_operator(world: &World, id: &str, params: Value) -> Result<(Plan, &'static str), OperatorError> {
    let unknown = || OperatorError::UnknownOperator(id.chars().take(80).collect());
    let operator = world.get_resource::<OperatorRegistry>().and_then(|all| all.get(id)).ok_or_else(unknown)?;
    let view = FilmView::new(world);
    if let Availability::Unavailable(reason) = operator.availability(view) {
        return Err(OperatorError::Unavailable { operator: id.to_owned(), reason });
    }
    Ok((operator.plan(view, params)?, operator.label()))
}

/// Makes a change whose media must first lie under their new names; answers with what takes it back.
///
/// The film is saved before, so that every scene's folder is where its files are looked for. The edits come before the
/// files, because edits that are refused must leave no file behind; if a file cannot be brought, they are taken back.
fn change_with_files(
    world: &mut World,
    id: &str,
    params: &Value,
    mut plan: Plan,
) -> Result<(Vec<Edit>, Value), OperatorError> {
    save_now(world).map_err(|error| OperatorError::Files(error.to_string()))?;
    for _ in 0..MAX_NAME_TRIES {
        let Plan::Change { edits, answer, files } = plan else { break };
        let inverse = apply(world, edits)?;
        let Err(error) = bring_files(world, &files) else { return Ok((inverse, answer)) };
        if let Err(broken) = apply(world, inverse) {
            tracing::error!("a change could not be taken back: {broken}");
        }
        let is_taken =
            error.downcast_ref().is_some_and(|error| matches!(error, FilmError::Store(StoreError::Exists { .. })));
        if !is_taken {
            return Err(OperatorError::Files(error.to_string()));
        }
        // Ids are never given twice, so the next plan names other files.
        plan = plan_operator(world, id, params.clone())?.0;
    }
    Err(OperatorError::Files("the names of the media to bring are taken: tidy the scene's folder".to_owned()))
}
