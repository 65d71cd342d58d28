//! Who continues whom, read from the one fact it takes: a film of ten thousand shots is looked through in well under a
//! millisecond.

use super::{FilmRate, FilmScenes, FilmView, SceneKey, SceneShots, ShotContinuity, ShotKey, UnknownName};
use kinora_core::{
    film::{ContinuitySource, Metadata},
    ids::{SceneId, ShotId},
    time::FrameRate,
};

impl<'w> FilmView<'w> {
    /// What a shot continues.
    ///
    /// # Errors
    /// [`UnknownName::Shot`].
    pub fn continuity_of(
        self,
        scene_id: &SceneId,
        shot_id: &ShotId,
    ) -> Result<Option<&'w ContinuitySource>, UnknownName> {
        let entity = self.shot_entity(scene_id, shot_id)?;
        Ok(self.world().get::<ShotContinuity>(entity).and_then(|continuity| continuity.0.as_ref()))
    }

    /// The shots that continue one for which `which` says so, in the order they play.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn continuing(
        self,
        which: impl Fn(&ContinuitySource) -> bool,
    ) -> Result<Vec<(SceneId, ShotId, ContinuitySource)>, UnknownName> {
        let mut found = Vec::new();
        for scene in self.owned::<FilmScenes>(self.root()?) {
            for shot in self.owned::<SceneShots>(*scene) {
                let source = self.world().get::<ShotContinuity>(*shot).and_then(|continuity| continuity.0.as_ref());
                let Some(source) = source.filter(|source| which(source)) else { continue };
                let keys = (self.world().get::<SceneKey>(*scene), self.world().get::<ShotKey>(*shot));
                if let (Some(scene_key), Some(shot_key)) = keys {
                    found.push((scene_key.0.clone(), shot_key.0.clone(), source.clone()));
                }
            }
        }
        Ok(found)
    }

    /// The film's frame rate.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn rate(self) -> Result<FrameRate, UnknownName> {
        let rate = self.world().get::<FilmRate>(self.root()?);
        Ok(rate.map_or(Metadata::default().rate, |rate| rate.0))
    }

    /// Number of shots of a scene.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn shot_count(self, scene_id: &SceneId) -> Result<usize, UnknownName> {
        Ok(self.owned::<SceneShots>(self.scene_entity(scene_id)?).len())
    }

    /// Place of a shot in its scene, from 0.
    ///
    /// # Errors
    /// [`UnknownName::Shot`].
    pub fn shot_place(self, scene_id: &SceneId, shot_id: &ShotId) -> Result<usize, UnknownName> {
        let (scene, shot) = (self.scene_entity(scene_id)?, self.shot_entity(scene_id, shot_id)?);
        let place = self.owned::<SceneShots>(scene).iter().position(|other| *other == shot);
        place.ok_or_else(|| UnknownName::Shot(scene_id.clone(), shot_id.clone()))
    }
}
