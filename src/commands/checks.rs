//! The film in memory can always be saved and loaded again: an edit that would break a file is refused.

use super::EditError;
use crate::document::FilmChanges;
use kinora_core::film::{Severity, validate_characters, validate_metadata, validate_scene, validate_settings};

/// Checks the files that edits changed, by the loader's own rules.
pub(super) fn check(changes: &FilmChanges) -> Result<(), EditError> {
    let scenes = changes.scenes.iter();
    let mut problems: Vec<_> =
        scenes.flat_map(|scene| validate_scene(&format!("scenes/{}/scene.json", scene.scene_id), scene)).collect();
    problems.extend(changes.characters.iter().flat_map(|all| validate_characters("characters.json", all)));
    problems.extend(changes.settings.iter().flat_map(|settings| validate_settings("settings.json", settings)));
    problems.extend(changes.metadata.iter().flat_map(|metadata| validate_metadata("metadata.json", metadata)));
    match problems.into_iter().find(|problem| problem.severity == Severity::Error) {
        None => Ok(()),
        Some(problem) => Err(EditError::Invalid {
            file: problem.file,
            place: problem.place,
            message: problem.message,
            fix: problem.fix,
        }),
    }
}
