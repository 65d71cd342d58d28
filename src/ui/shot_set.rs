//! Shots that are chosen or dragged together.

use super::model::ShotName;
use std::{
    collections::HashSet,
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

/// Names up to which looking through them is as quick as an index.
const FEW: usize = 8;

/// Shots in an order, the last of which leads. A copy costs a pointer, and whether a shot is among them costs the same
/// for thousands as for ten.
#[derive(Clone, Default)]
pub struct ShotSet(Arc<Inner>);

#[derive(Default)]
struct Inner {
    names: Vec<ShotName>,
    index: OnceLock<HashSet<ShotName>>,
}

impl ShotSet {
    /// Whether a shot is among them.
    #[must_use]
    pub fn has(&self, name: &ShotName) -> bool {
        let Inner { names, index } = &*self.0;
        if names.len() <= FEW {
            return names.contains(name);
        }
        index.get_or_init(|| names.iter().cloned().collect()).contains(name)
    }

    /// Whether it is a copy of the other, or the other of it: what was made of one holds for the other.
    #[must_use]
    pub fn is_copy_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for ShotSet {
    type Target = [ShotName];

    fn deref(&self) -> &[ShotName] {
        &self.0.names
    }
}

impl From<Vec<ShotName>> for ShotSet {
    fn from(names: Vec<ShotName>) -> Self {
        Self(Arc::new(Inner { names, index: OnceLock::new() }))
    }
}

impl FromIterator<ShotName> for ShotSet {
    fn from_iter<I: IntoIterator<Item = ShotName>>(names: I) -> Self {
        names.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'a> IntoIterator for &'a ShotSet {
    type Item = &'a ShotName;
    type IntoIter = std::slice::Iter<'a, ShotName>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for ShotSet {
    fn eq(&self, other: &Self) -> bool {
        self.is_copy_of(other) || self.0.names == other.0.names
    }
}

impl Eq for ShotSet {}

impl fmt::Debug for ShotSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::ids::{SceneId, ShotId};

    fn name(scene: usize, shot: usize) -> ShotName {
        (SceneId::numbered(scene), ShotId::numbered(shot))
    }

    #[test]
    fn few_and_many_know_their_shots_and_keep_their_order() {
        for count in [0, 1, FEW, FEW + 1, 2000] {
            let names: Vec<_> = (1..=count).rev().map(|shot| name(1, shot)).collect();
            let set = ShotSet::from(names.clone());
            assert!(names.iter().all(|name| set.has(name)), "{count} shots");
            assert!(!set.has(&name(1, count + 1)) && !set.has(&name(2, 1)), "{count} shots");
            assert_eq!(&*set, names.as_slice());
            assert_eq!(set.last(), names.last(), "the last one leads");
        }
    }

    #[test]
    fn a_copy_shares_its_memory_and_equal_shots_are_equal() {
        let set: ShotSet = (1..=20).map(|shot| name(1, shot)).collect();
        let copy = set.clone();
        assert!(copy.is_copy_of(&set) && std::ptr::eq(copy.as_ptr(), set.as_ptr()));
        let same = ShotSet::from(set.to_vec());
        assert!(!same.is_copy_of(&set));
        assert_eq!(same, set);
        assert_ne!(ShotSet::from(set[1..].to_vec()), set);
    }
}
