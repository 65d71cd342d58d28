//! Chosen and dragged clips by their places in the film: every clip in sight asks, in every frame.

use crate::ui::{
    model::FilmModel,
    state::{Selection, ShotSet},
};
use std::sync::Arc;

/// The places of some shots, made again when other shots are meant or the film has changed.
#[derive(Debug, Default)]
pub(super) struct Places {
    shots: ShotSet,
    stamp: u64,
    places: Arc<[usize]>,
}

impl Places {
    /// The places of shots in the order of the film.
    pub(super) fn of(&mut self, shots: &ShotSet, model: &FilmModel) -> Arc<[usize]> {
        if self.stamp != model.stamp || !self.shots.is_copy_of(shots) {
            let mut places: Vec<_> = shots.iter().filter_map(|name| model.index_of(name)).collect();
            places.sort_unstable();
            *self = Self { shots: shots.clone(), stamp: model.stamp, places: places.into() };
        }
        Arc::clone(&self.places)
    }

    /// Those of the chosen shots.
    pub(super) fn of_selection(&mut self, selection: &Selection, model: &FilmModel) -> Arc<[usize]> {
        if let Selection::Shots(shots) = selection { self.of(shots, model) } else { Arc::default() }
    }
}

/// Whether a clip is among them.
pub(super) fn has(places: &[usize], index: usize) -> bool {
    places.binary_search(&index).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{Film, FilmScene, Shot},
        ids::{SceneId, ShotId},
    };

    #[test]
    fn places_follow_the_choice_and_the_film() {
        let film = |order: [usize; 3]| {
            let mut scene = FilmScene::new(SceneId::numbered(1), "");
            scene.shots = order.map(|number| Shot::new(ShotId::numbered(number), "", 2.0)).into();
            FilmModel::of(Film { scenes: vec![scene], ..Film::default() }, "/film")
        };
        let name = |number: usize| (SceneId::numbered(1), ShotId::numbered(number));
        let mut model = film([1, 2, 3]);
        let mut places = Places::default();
        let chosen = Selection::of_shots(vec![name(3), name(1), name(9)]);
        let found = places.of_selection(&chosen, &model);
        assert_eq!(*found, [0, 2], "in the order of the film, without what is gone");
        assert!(has(&found, 2) && !has(&found, 1));
        assert!(Arc::ptr_eq(&found, &places.of_selection(&chosen, &model)), "nothing is looked for twice");
        let before = model.stamp;
        model = film([3, 2, 1]);
        model.stamp = before + 1;
        assert_eq!(*places.of_selection(&Selection::shot(name(3)), &model), [0]);
        assert_eq!(*places.of_selection(&chosen, &model), [0, 2]);
        assert!(places.of_selection(&Selection::Film, &model).is_empty());
    }
}
