//! The project folder as the place where the open film is saved.

use super::{FilmChanges, FilmStore};
use kinora_core::film::{FileCopy, ProjectFolder};
use std::{error::Error, sync::Arc};

impl FilmStore for Arc<ProjectFolder> {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        for scene in &changes.scenes {
            self.save_scene(scene)?;
        }
        if let Some(characters) = &changes.characters {
            self.save_characters(characters)?;
        }
        if let Some(settings) = &changes.settings {
            self.save_settings(settings)?;
        }
        if let Some(metadata) = &changes.metadata {
            self.save_metadata(metadata)?;
        }
        // After the list: a kill in between leaves a folder that is found again, not a name without its folder.
        for scene_id in &changes.removed {
            // A scene that came and went between two saves never had a folder.
            if self.scene_dir(scene_id).is_dir() {
                self.remove_scene(scene_id)?;
            }
        }
        Ok(())
    }

    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        ProjectFolder::bring_files(self, files)?;
        Ok(())
    }
}
