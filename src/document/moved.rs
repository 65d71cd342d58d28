//! Shots that got another name: a shot that moves to another scene gets an id of that scene, and work that was begun
//! under the old name has to find it.

use super::FilmView;
use bevy::prelude::Resource;
use kinora_core::ids::{SceneId, ShotId};
use std::collections::{HashMap, HashSet};

type Name = (SceneId, ShotId);

/// The names that shots have had since the film was opened. Names are never given twice, so each of them leads to one
/// shot, whatever was moved, undone and done again since.
#[derive(Resource, Debug, Default)]
pub struct MovedShots(HashMap<Name, Vec<Name>>);

impl MovedShots {
    /// A shot has a new name.
    pub(crate) fn note(&mut self, from: &Name, to: &Name) {
        for (one, other) in [(from, to), (to, from)] {
            let known = self.0.entry(one.clone()).or_default();
            if !known.contains(other) {
                known.push(other.clone());
            }
        }
    }

    /// Another film is open, or none.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

impl FilmView<'_> {
    /// The name that a shot has now, given one that it has or had since the film was opened. `None` if it is gone.
    #[must_use]
    pub fn shot_now(self, scene_id: &SceneId, shot_id: &ShotId) -> Option<Name> {
        let moved = self.world().get_resource::<MovedShots>();
        let mut seen = HashSet::new();
        let mut open = vec![(scene_id.clone(), shot_id.clone())];
        while let Some(name) = open.pop() {
            if self.shot_entity(&name.0, &name.1).is_ok() {
                return Some(name);
            }
            let others = moved.and_then(|moved| moved.0.get(&name)).into_iter().flatten();
            open.extend(others.filter(|other| !seen.contains(*other)).cloned());
            seen.insert(name);
        }
        None
    }
}
