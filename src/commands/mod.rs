//! Every user action, and the one system that changes the film (law 1).
//!
//! - `edit`: the primitive edits, serialisable and invertible; `apply`: applies them; `checks`: refuses what could
//!   not be loaded again;
//! - `operator`: what an action is; `registry`: all of them, by id; `operators`: the built-in ones;
//! - `run`: the door: `RunOperator` in, `OperatorOutcome` out; `history`: undo and redo;
//! - `headless`: the editor without a window.

mod apply;
mod checks;
mod edit;
mod headless;
mod history;
mod operator;
pub mod operators;
mod registry;
mod run;

pub use apply::apply;
pub use edit::{Edit, EditError};
pub use headless::HeadlessEditor;
pub use history::History;
pub use operator::{Availability, ErasedOperator, Operator, OperatorError, Plan, needs_film};
pub use registry::{AddOperator, OperatorRegistry};
pub use run::{OperatorOutcome, RunOperator};

use bevy::prelude::{App, IntoScheduleConfigs, Plugin, PreUpdate, SystemSet};

/// Runs operators. Needs [`crate::document::DocumentPlugin`].
pub struct CommandsPlugin;

/// When operators run.
#[derive(SystemSet, Debug, Clone, PartialEq, Eq, Hash)]
pub enum CommandSystems {
    /// Applies every [`RunOperator`], in [`PreUpdate`]: what was asked for in a frame is in the film in the next.
    Run,
}

impl Plugin for CommandsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<History>()
            .init_resource::<OperatorRegistry>()
            .add_message::<RunOperator>()
            .add_message::<OperatorOutcome>()
            .add_systems(PreUpdate, run::run_operators.in_set(CommandSystems::Run));
        operators::add_all(app);
    }
}
