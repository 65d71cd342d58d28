//! The operators by id.

use super::{ErasedOperator, Operator};
use bevy::prelude::{App, Resource};
use std::collections::BTreeMap;

/// Every operator of the running editor.
#[derive(Resource, Default)]
pub struct OperatorRegistry(BTreeMap<&'static str, Box<dyn ErasedOperator>>);

impl OperatorRegistry {
    /// Adds an operator. A later one with the same id takes the place of the earlier, so a plugin can refine one.
    pub fn add(&mut self, operator: impl Operator) {
        let operator: Box<dyn ErasedOperator> = Box::new(operator);
        if let Some(replaced) = self.0.insert(operator.id(), operator) {
            tracing::info!("operator {} was replaced", replaced.id());
        }
    }

    /// An operator by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&dyn ErasedOperator> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// Every operator, by id.
    pub fn iter(&self) -> impl Iterator<Item = &dyn ErasedOperator> {
        self.0.values().map(AsRef::as_ref)
    }
}

/// `app.add_operator(..)`, for plugins and for Kinora itself.
pub trait AddOperator {
    /// Adds an operator to the editor.
    fn add_operator(&mut self, operator: impl Operator) -> &mut Self;
}

impl AddOperator for App {
    fn add_operator(&mut self, operator: impl Operator) -> &mut Self {
        self.world_mut().get_resource_or_init::<OperatorRegistry>().add(operator);
        self
    }
}
