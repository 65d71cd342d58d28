//! The first and the true last frame of a shot's chosen take, as pictures beside its clips.

use super::{GenerationError, Generator, OpenFilm};
use crate::commands::operators::frame_paths;
use kinora_core::{
    film::ProjectPath,
    ids::{SceneId, ShotId},
    store::StoreError,
    worker::StillMoment,
};
use serde_json::json;

impl Generator {
    /// Stills the first and the last frame of a shot's chosen take again, and returns where they lie.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn extract_frames(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
    ) -> Result<(ProjectPath, ProjectPath), GenerationError> {
        let shot = film.shot(scene_id, shot_id)?;
        let take = shot.chosen_take().ok_or_else(|| {
            GenerationError::Nothing(format!("{scene_id}/{shot_id} has no take yet; generate the shot first"))
        })?;
        let (scene_dir, root) = (film.folder.scene_dir(scene_id), film.folder.root());
        let clip = take.file_path.resolve(&scene_dir, root)?;
        let (first, last) = frame_paths(&take.file_path)?;
        for (moment, frame) in [(StillMoment::First, &first), (StillMoment::Last, &last)] {
            let png = frame.resolve(&scene_dir, root)?;
            if let Some(folder) = png.parent() {
                std::fs::create_dir_all(folder).map_err(|error| StoreError::from_io("make", folder, error))?;
            }
            self.still(&clip, moment, &png)?;
        }
        if shot.first_frame_path.as_ref() != Some(&first) || shot.last_frame_path.as_ref() != Some(&last) {
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take.take_id });
            film.run("take.choose", params)?;
            film.save()?;
        }
        Ok((first, last))
    }
}
