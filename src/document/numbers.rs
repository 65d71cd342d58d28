//! Ids are never used twice. A removed shot may still have clips on disk, a job on its way, or a place in the undo
//! history, so its number stays taken, also after the project was closed: a file whose highest number is gone from
//! its list says so in `used_numbers`.

use bevy::prelude::Component;
use kinora_core::film::ExtraFields;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const FIELD: &str = "used_numbers";
/// Above this a number in a file is not ours; it stays where it is, as an unknown field.
const LARGEST: u64 = 10_000_000;

/// What is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Numbered {
    /// Scenes of a film.
    Scene,
    /// Shots of a scene.
    Shot,
    /// Takes of a shot.
    Take,
    /// Lines of a scene.
    Line,
}

impl Numbered {
    const ALL: [Self; 4] = [Self::Scene, Self::Shot, Self::Take, Self::Line];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Scene => "scene",
            Self::Shot => "shot",
            Self::Take => "take",
            Self::Line => "line",
        }
    }
}

/// The highest number ever given to each kind of thing an owner holds.
#[derive(Component, Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedNumbers(BTreeMap<Numbered, usize>);

impl UsedNumbers {
    /// What a file's unknown fields say; `None` if the field is not there or not ours.
    pub(super) fn read(extra: &ExtraFields) -> Option<Self> {
        let mut used = BTreeMap::new();
        for (name, number) in extra.get(FIELD)?.as_object()? {
            let kind = Numbered::ALL.into_iter().find(|kind| kind.as_str() == name)?;
            let number = number.as_u64().filter(|number| *number <= LARGEST)?;
            used.insert(kind, usize::try_from(number).ok()?);
        }
        Some(Self(used))
    }

    /// Takes the field out of a file's unknown fields, once it was read.
    pub(crate) fn remove_from(extra: &mut ExtraFields) {
        extra.shift_remove(FIELD);
    }

    /// Writes the field where a number above all of `present` was used.
    pub(super) fn put_into(&self, extra: &mut ExtraFields, present: &[(Numbered, Option<usize>)]) {
        let highest = |kind: Numbered| {
            present.iter().filter(|(other, _)| *other == kind).filter_map(|(_, number)| *number).max().unwrap_or(0)
        };
        let gone: Map<String, Value> = self
            .0
            .iter()
            .filter(|(kind, used)| **used > highest(**kind))
            .map(|(kind, used)| (kind.as_str().to_owned(), Value::from(*used)))
            .collect();
        if !gone.is_empty() {
            extra.insert(FIELD.to_owned(), Value::Object(gone));
        }
    }

    /// Notes that a number is taken.
    pub(super) fn note(&mut self, kind: Numbered, number: Option<usize>) {
        if let Some(number) = number.filter(|number| *number as u64 <= LARGEST) {
            let used = self.0.entry(kind).or_default();
            *used = number.max(*used);
        }
    }

    /// A number that was never given.
    #[must_use]
    pub fn next(&self, kind: Numbered) -> usize {
        self.0.get(&kind).copied().unwrap_or(0) + 1
    }
}
