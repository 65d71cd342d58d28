//! A few shots in place of very many: what chosen shots have in common is asked field by field in every frame.

use super::{FilmModel, ShotName};
use crate::ui::state::ShotSet;
use kinora_core::film::Shot;
use std::sync::{Arc, PoisonError};

/// So many shots can be looked at in every frame.
const FEW: usize = 64;
/// Values of a field of which each has its stand-in. More of them differ, whatever the rest says.
const MOST_VALUES: usize = 128;

/// Whether two shots have the same value of a field.
type Same = fn(&Shot, &Shot) -> bool;

/// What is asked of many shots at once.
const FIELDS: &[Same] = &[
    |one, other| one.prompt == other.prompt,
    |one, other| one.model == other.model,
    |one, other| one.duration == other.duration,
    |one, other| one.aspect_ratio == other.aspect_ratio,
    |one, other| one.character_ids == other.character_ids,
    |one, other| one.continuity_source.is_some() == other.continuity_source.is_some(),
    |one, other| one.reference_first_frame_path.is_some() == other.reference_first_frame_path.is_some(),
    |one, other| one.file_path.is_some() == other.file_path.is_some(),
    |one, other| one.seed.is_some() == other.seed.is_some(),
    |one, other| one.out_frame.is_some() == other.out_frame.is_some(),
    |one, other| one.fit == other.fit,
    |one, other| one.smooth == other.smooth,
    |one, other| one.gain_db == other.gain_db,
    |one, other| one.mute == other.mute,
    |one, other| one.extra == other.extra,
];

/// Shots that were looked at, and those that stand for them.
#[derive(Debug)]
pub(super) struct StandIns {
    /// Kept, so that no other shots come to lie at its place in memory.
    shots: ShotSet,
    stamp: u64,
    names: Arc<[ShotName]>,
}

impl FilmModel {
    /// Looks for the stand-ins of shots, if they are many and were not looked at before.
    pub fn note_many(&self, shots: &ShotSet) {
        if shots.len() <= FEW {
            return;
        }
        let mut known = self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.as_ref().is_some_and(|known| known.stamp == self.stamp && known.shots.is_copy_of(shots)) {
            *known = Some(StandIns { shots: shots.clone(), stamp: self.stamp, names: self.kinds(shots) });
        }
    }

    /// Shots that have between them every value that a field of some shots has; none where those are few, or were not
    /// noted, and have to be looked at themselves. The last shot is still the last.
    #[must_use]
    pub fn stand_ins(&self, shots: &[ShotName]) -> Option<Arc<[ShotName]>> {
        if shots.len() <= FEW {
            return None;
        }
        let known = self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref().filter(|known| known.stamp == self.stamp && std::ptr::eq(&*known.shots, shots))?;
        Some(Arc::clone(&known.names))
    }

    fn kinds(&self, shots: &[ShotName]) -> Arc<[ShotName]> {
        let mut known: Vec<Vec<&Shot>> = vec![Vec::new(); FIELDS.len()];
        let mut names = Vec::new();
        for (index, name) in shots.iter().enumerate() {
            let Some(shot) = self.shot(name) else { continue };
            let mut is_new = index + 1 == shots.len();
            for (same, values) in FIELDS.iter().zip(&mut known) {
                if values.len() < MOST_VALUES && !values.iter().any(|value| same(value, shot)) {
                    values.push(shot);
                    is_new = true;
                }
            }
            if is_new {
                names.push(name.clone());
            }
        }
        names.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{Film, FilmScene, FitMode},
        ids::{SceneId, ShotId},
    };

    #[test]
    fn a_few_stand_for_many_and_differ_where_those_do() {
        let mut scene = FilmScene::new(SceneId::numbered(1), "");
        scene.shots = (1..=5000).map(|number| Shot::new(ShotId::numbered(number), number.to_string(), 4.0)).collect();
        scene.shots[4000].fit = Some(FitMode::Crop);
        scene.shots[4500].mute = true;
        let model = FilmModel::of(Film { scenes: vec![scene], ..Film::default() }, "/film");
        let shots: ShotSet = model.shot_spans.iter().map(|span| model.name_of(span)).collect();
        assert!(model.stand_ins(&shots).is_none(), "nobody noted them");
        model.note_many(&shots);
        let names = model.stand_ins(&shots).unwrap();
        assert!(names.len() < 200, "{} stand for 5000", names.len());
        assert_eq!(names.last(), shots.last());
        let differ =
            |of: &dyn Fn(&Shot) -> bool, names: &[ShotName]| names.iter().filter_map(|name| model.shot(name)).any(of);
        assert!(differ(&|shot| shot.fit.is_some(), &names) && differ(&|shot| shot.mute, &names));
        assert!(differ(&|shot| shot.prompt == "2", &names), "the prompts differ");
        assert!(!differ(&|shot| shot.gain_db != 0.0, &names));
        let copy: Vec<_> = shots.iter().cloned().collect();
        assert!(model.stand_ins(&copy).is_none(), "other memory may hold other shots");
        let few: ShotSet = shots[..FEW].iter().cloned().collect();
        model.note_many(&few);
        assert!(model.stand_ins(&few).is_none() && model.stand_ins(&shots).is_some());
    }
}
